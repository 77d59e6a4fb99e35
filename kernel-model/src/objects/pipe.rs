//! `pipe_inode_info`: sixteen buffers of a page each.

use crate::abi::ids::{FrameNo, PhysAddr, kind};
use crate::abi::limits::PIPE_BUFFERS;
use crate::store::arena::Object;
use crate::store::list::List;

use super::task::WaitEntry;

/// A page with bytes in it (`struct pipe_buffer`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PipeBuffer {
    /// The frame that holds the bytes.
    pub frame: FrameNo,
    /// Where the unread ones begin.
    pub offset: u16,
    /// How many are unread.
    pub len: u16,
}

impl PipeBuffer {
    /// Where the unread bytes begin.
    #[must_use]
    pub const fn start(&self) -> PhysAddr {
        PhysAddr {
            frame: self.frame,
            offset: self.offset,
        }
    }

    /// Where a further byte goes, and how many still fit.
    #[must_use]
    pub const fn room(&self) -> (PhysAddr, u16) {
        let end = self.offset + self.len;
        (
            PhysAddr {
                frame: self.frame,
                offset: end,
            },
            4096 - end,
        )
    }
}

/// A pipe.
#[derive(Clone, PartialEq, Debug)]
pub struct PipeInode {
    /// Open read ends.
    pub readers: u32,
    /// Open write ends.
    pub writers: u32,
    head: u8,
    used: u8,
    bufs: [Option<PipeBuffer>; PIPE_BUFFERS],
    /// Who sleeps until there is something to read.
    pub rd_wait: List<WaitEntry>,
    /// Who sleeps until there is room.
    pub wr_wait: List<WaitEntry>,
}

impl Object for PipeInode {
    type Kind = kind::Pipe;
    const FREE: PipeInode = PipeInode {
        readers: 0,
        writers: 0,
        head: 0,
        used: 0,
        bufs: [None; PIPE_BUFFERS],
        rd_wait: List::EMPTY,
        wr_wait: List::EMPTY,
    };
}

impl PipeInode {
    /// An empty pipe with one reader and one writer.
    #[must_use]
    pub const fn open() -> PipeInode {
        PipeInode {
            readers: 1,
            writers: 1,
            ..PipeInode::FREE
        }
    }

    const fn place(&self, number: u8) -> usize {
        (self.head as usize + number as usize) % PIPE_BUFFERS
    }

    /// Buffers in use.
    #[must_use]
    pub const fn used(&self) -> u8 {
        self.used
    }

    /// Whether all buffers are in use: a full pipe, though its last buffer may have room.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.used as usize >= PIPE_BUFFERS
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The buffers in the order of reading.
    pub fn bufs(&self) -> impl Iterator<Item = PipeBuffer> + '_ {
        (0..self.used).filter_map(|number| self.bufs.get(self.place(number)).copied().flatten())
    }

    /// Unread bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bufs().map(|buf| u64::from(buf.len)).sum()
    }

    /// The buffer that is read next.
    pub fn first_mut(&mut self) -> Option<&mut PipeBuffer> {
        let at = self.place(0);
        if self.used == 0 {
            None
        } else {
            self.bufs.get_mut(at)?.as_mut()
        }
    }

    /// The buffer written last: the only one that a write may add to.
    pub fn last_mut(&mut self) -> Option<&mut PipeBuffer> {
        let at = self.place(self.used.checked_sub(1)?);
        self.bufs.get_mut(at)?.as_mut()
    }

    /// Adds a buffer; the caller has asked [`Self::is_full`].
    pub fn push(&mut self, buf: PipeBuffer) {
        let at = self.place(self.used);
        if let Some(place) = self.bufs.get_mut(at) {
            *place = Some(buf);
            self.used += 1;
        }
    }

    /// Takes the first buffer out.
    pub fn pop(&mut self) -> Option<PipeBuffer> {
        let at = self.place(0);
        if self.used == 0 {
            return None;
        }
        self.used -= 1;
        self.head = if usize::from(self.head) + 1 == PIPE_BUFFERS {
            0
        } else {
            self.head + 1
        };
        self.bufs.get_mut(at)?.take()
    }
}
