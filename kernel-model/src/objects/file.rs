//! Open file descriptions, descriptor tables, and `fs_struct`.

use crate::abi::effect::Stream;
use crate::abi::flags::OpenFlags;
use crate::abi::ids::{Handle, kind};
use crate::abi::limits::{CHUNKS_PER_TABLE, FDS_PER_CHUNK};
use crate::store::arena::{Arena, Object, View};

/// What an open file description leads to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)] // so that the first variant is all zero bytes
pub enum FileKind {
    /// The console, to write: the embedder's standard output or error.
    Console {
        /// Which of the two.
        stream: Stream,
        /// Whether it says it is a terminal.
        tty: bool,
    },
    /// The console, to read: a pipe that the embedder fills.
    ConsoleInput {
        /// The pipe.
        pipe: Handle<kind::Pipe>,
        /// Whether it says it is a terminal.
        tty: bool,
    },
    /// The end of a pipe from which one reads.
    PipeRead(Handle<kind::Pipe>),
    /// The end of a pipe to which one writes.
    PipeWrite(Handle<kind::Pipe>),
}

/// An open file description (`struct file`), shared by all descriptors made from it by dup and fork.
#[derive(Clone, PartialEq, Debug)]
pub struct File {
    /// Descriptors that name it, and calls in flight that hold it (`f_count`).
    pub count: u32,
    /// What it leads to.
    pub kind: FileKind,
    /// O_NONBLOCK and the access mode.
    pub flags: OpenFlags,
}

impl Object for File {
    type Kind = kind::File;
    const FREE: File = File {
        count: 0,
        kind: FileKind::Console {
            stream: Stream::Stdout,
            tty: false,
        },
        flags: OpenFlags::empty(),
    };
}

/// Names an open file description.
pub type FileRef = Handle<kind::File>;

/// One piece of a descriptor table: 32 descriptors.
#[derive(Clone, PartialEq, Debug)]
pub struct Fdtable {
    open: u32,
    close_on_exec: u32,
    fd: [Handle<kind::File>; FDS_PER_CHUNK],
}

impl Fdtable {
    /// The descriptions that its descriptors name, lowest first.
    pub fn files(&self) -> impl Iterator<Item = FileRef> + '_ {
        bits(self.open).filter_map(|at| self.fd.get(at).copied())
    }
}

impl Object for Fdtable {
    type Kind = kind::Fdtable;
    const FREE: Fdtable = Fdtable {
        open: 0,
        close_on_exec: 0,
        fd: [Handle::NULL; FDS_PER_CHUNK],
    };
}

/// A descriptor table (`files_struct`).
#[derive(Clone, PartialEq, Debug)]
pub struct FilesStruct {
    /// Tasks that share it.
    pub count: u32,
    /// A bit for each piece in use.
    pieces: u32,
    chunks: [Handle<kind::Fdtable>; CHUNKS_PER_TABLE],
}

impl Object for FilesStruct {
    type Kind = kind::Files;
    const FREE: FilesStruct = FilesStruct {
        count: 0,
        pieces: 0,
        chunks: [Handle::NULL; CHUNKS_PER_TABLE],
    };
}

/// The most descriptors that a table can hold (`sysctl_nr_open`).
pub const NR_OPEN: u32 = (FDS_PER_CHUNK * CHUNKS_PER_TABLE) as u32;

/// The numbers of the bits that are set, lowest first.
fn bits(mut word: u32) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let at = word.trailing_zeros();
        word &= word.wrapping_sub(1);
        (at < u32::BITS).then_some(at as usize)
    })
}

const fn split(fd: u32) -> (usize, usize) {
    (fd as usize / FDS_PER_CHUNK, fd as usize % FDS_PER_CHUNK)
}

impl FilesStruct {
    /// A table without descriptors, used by one task.
    #[must_use]
    pub const fn empty() -> FilesStruct {
        FilesStruct {
            count: 1,
            ..FilesStruct::FREE
        }
    }

    /// The pieces in use, with their numbers.
    pub fn chunks(&self) -> impl Iterator<Item = (usize, Handle<kind::Fdtable>)> + '_ {
        bits(self.pieces).filter_map(|number| Some((number, self.chunk(number)?)))
    }

    fn chunk(&self, number: usize) -> Option<Handle<kind::Fdtable>> {
        self.chunks.get(number).and_then(|chunk| chunk.non_null())
    }

    /// The open file description behind a descriptor.
    #[must_use]
    pub fn get(&self, tables: View<'_, Fdtable>, fd: u32) -> Option<FileRef> {
        let (chunk, at) = split(fd);
        tables[self.chunk(chunk)?].fd.get(at)?.non_null()
    }

    /// Whether the descriptor is closed on exec.
    #[must_use]
    pub fn close_on_exec(&self, tables: View<'_, Fdtable>, fd: u32) -> bool {
        let (chunk, at) = split(fd);
        self.chunk(chunk)
            .is_some_and(|chunk| tables[chunk].close_on_exec >> at & 1 == 1)
    }

    /// Sets or clears close-on-exec of an open descriptor.
    pub fn set_close_on_exec(&self, tables: &mut Arena<'_, Fdtable>, fd: u32, on: bool) {
        let (chunk, at) = split(fd);
        if let Some(chunk) = self.chunk(chunk) {
            let word = &mut tables[chunk].close_on_exec;
            *word = *word & !(1 << at) | u32::from(on) << at;
        }
    }

    /// The lowest free descriptor from `from` on and below `end`.
    #[must_use]
    pub fn lowest_free(&self, tables: View<'_, Fdtable>, from: u32, end: u32) -> Option<u32> {
        let mut fd = from;
        while fd < end.min(NR_OPEN) {
            let (chunk, at) = split(fd);
            let open = self.chunk(chunk).map_or(0, |chunk| tables[chunk].open);
            let free = !open & (u32::MAX << at);
            if free != 0 {
                let found = fd - fd % FDS_PER_CHUNK as u32 + free.trailing_zeros();
                return (found < end).then_some(found);
            }
            fd = fd - fd % FDS_PER_CHUNK as u32 + FDS_PER_CHUNK as u32;
        }
        None
    }

    /// Whether a descriptor can be set without a further piece, or with one that is there to be had.
    #[must_use]
    pub fn can_set(&self, tables: &Arena<'_, Fdtable>, fd: u32) -> bool {
        self.chunk(split(fd).0).is_some() || tables.available() > 0
    }

    /// Lets a descriptor name a description; what it named before is returned. The caller has asked
    /// [`Self::can_set`] and counts the descriptions.
    pub fn set(
        &mut self,
        tables: &mut Arena<'_, Fdtable>,
        fd: u32,
        file: FileRef,
        close_on_exec: bool,
    ) -> Option<FileRef> {
        let (number, at) = split(fd);
        let chunk = match self.chunk(number) {
            Some(chunk) => chunk,
            None => {
                let chunk = tables.alloc(Fdtable::FREE)?;
                *self.chunks.get_mut(number)? = chunk;
                self.pieces |= 1 << number;
                chunk
            }
        };
        let table = &mut tables[chunk];
        let old = core::mem::replace(table.fd.get_mut(at)?, file).non_null();
        table.open |= 1 << at;
        table.close_on_exec = table.close_on_exec & !(1 << at) | u32::from(close_on_exec) << at;
        old
    }

    /// Closes a descriptor; the description it named is returned. An empty piece is given back.
    pub fn clear(&mut self, tables: &mut Arena<'_, Fdtable>, fd: u32) -> Option<FileRef> {
        let (number, at) = split(fd);
        let chunk = self.chunk(number)?;
        let table = &mut tables[chunk];
        let old = core::mem::replace(table.fd.get_mut(at)?, Handle::NULL).non_null()?;
        table.open &= !(1 << at);
        table.close_on_exec &= !(1 << at);
        if table.open == 0 {
            tables.free(chunk);
            *self.chunks.get_mut(number)? = Handle::NULL;
            self.pieces &= !(1 << number);
        }
        Some(old)
    }

    /// The open descriptors, lowest first.
    pub fn open<'v>(&'v self, tables: View<'v, Fdtable>) -> impl Iterator<Item = (u32, FileRef)> + 'v {
        self.chunks().flat_map(move |(number, chunk)| {
            let base = (number * FDS_PER_CHUNK) as u32;
            bits(tables[chunk].open)
                .filter_map(move |at| Some((base + at as u32, *tables[chunk].fd.get(at)?)))
        })
    }

    /// The lowest open descriptor from `from` on.
    #[must_use]
    pub fn next_open(&self, tables: View<'_, Fdtable>, from: u32) -> Option<u32> {
        let (first, at) = split(from);
        let mut chunks = self.chunks().filter(|(number, _)| *number >= first);
        chunks.find_map(|(number, chunk)| {
            let from = if number == first { u32::MAX << at } else { u32::MAX };
            let open = tables[chunk].open & from;
            (open != 0).then(|| (number * FDS_PER_CHUNK) as u32 + open.trailing_zeros())
        })
    }

    /// `dup_fd()`: a copy of the table, naming the same descriptions, each of which has one more user. The caller
    /// has made sure of the pieces.
    #[must_use]
    pub fn copy(&self, tables: &mut Arena<'_, Fdtable>, filp: &mut Arena<'_, File>) -> FilesStruct {
        let mut copy = FilesStruct::empty();
        for number in bits(self.pieces) {
            let Some(from) = self.chunk(number) else { continue };
            let table = tables[from].clone();
            for file in table.files() {
                filp[file].count += 1;
            }
            if let (Some(to), Some(chunk)) = (copy.chunks.get_mut(number), tables.alloc(table)) {
                *to = chunk;
                copy.pieces |= 1 << number;
            }
        }
        copy
    }

    /// Takes the whole table apart, piece by piece: the next piece is returned, and no longer in the table.
    pub fn take_piece(&mut self, tables: &mut Arena<'_, Fdtable>) -> Option<Fdtable> {
        let number = bits(self.pieces).next()?;
        let chunk = core::mem::replace(self.chunks.get_mut(number)?, Handle::NULL);
        self.pieces &= !(1 << number);
        let piece = tables[chunk].clone();
        tables.free(chunk);
        Some(piece)
    }
}

/// Working directory, root and umask (`fs_struct`). Directories come with the file layer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FsStruct {
    /// Tasks that share it.
    pub users: u32,
    /// Permission bits that new files do not get.
    pub umask: u32,
}

impl Object for FsStruct {
    type Kind = kind::Fs;
    const FREE: FsStruct = FsStruct { users: 0, umask: 0 };
}
