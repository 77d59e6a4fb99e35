//! `tty_struct`: the terminal. There is one, the console.

use crate::abi::ids::{FrameNo, Handle, Pid, TaskRef, kind};
use crate::abi::limits::N_TTY_BUF_SIZE;
use crate::abi::termios::{Termios, Winsize};
use crate::store::list::List;

use super::task::WaitEntry;

/// The device number of the terminal: that of the first one that a terminal window opens (`/dev/pts/0`).
pub const TTY_DEV: u32 = 136 << 8;

/// Which terminal: there is one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tty {
    /// The console.
    Console,
}

/// A number that is remembered (`get_pid()`): it can be read when nobody has it any more, and is then not the same as
/// an equal number handed out later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeldPid {
    /// The object: stale once nobody has the number.
    pub pid: Handle<kind::Pid>,
    /// The number.
    pub nr: Pid,
}

/// Whether anything more can be typed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)] // so that the first variant is all zero bytes
pub enum Keyboard {
    /// Yes.
    There,
    /// No: every read finds the end of the file once what was typed is read.
    Gone,
}

/// The reader that sleeps for input. Others wait until it has read (`atomic_read_lock`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reader {
    /// Who.
    pub task: TaskRef,
    /// MIN as it was when the read began; 0 where lines were read.
    pub min: u8,
}

/// The terminal.
#[derive(Clone, PartialEq, Debug)]
pub struct TtyStruct {
    /// The session that it controls (`ctrl.session`).
    pub session: Option<HeldPid>,
    /// The foreground process group (`ctrl.pgrp`).
    pub pgrp: Option<HeldPid>,
    /// How it behaves.
    pub termios: Termios,
    /// Its size: all 0 until somebody sets it.
    pub winsize: Winsize,
    /// What was typed and not read.
    pub input: NTtyData,
    /// Whether anything more can be typed.
    pub keyboard: Keyboard,
    /// Who reads.
    pub reader: Option<Reader>,
    /// Who sleeps until there is something to read: the reader, and those that wait for it.
    pub read_wait: List<WaitEntry>,
}

impl TtyStruct {
    /// Before boot: all zero bytes.
    pub const EMPTY: TtyStruct = TtyStruct {
        session: None,
        pgrp: None,
        termios: Termios::ZERO,
        winsize: Winsize([0; 4]),
        input: NTtyData::EMPTY,
        keyboard: Keyboard::There,
        reader: None,
        read_wait: List::EMPTY,
    };
}

const WORDS: usize = N_TTY_BUF_SIZE / 64;

/// A mark for each place of the buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Marks([u64; WORDS]);

impl Marks {
    const NONE: Marks = Marks([0; WORDS]);

    fn has(&self, at: u16) -> bool {
        let word = self.0.get(usize::from(at) / 64);
        word.is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn set(&mut self, at: u16, on: bool) {
        if let Some(word) = self.0.get_mut(usize::from(at) / 64) {
            *word = *word & !(1 << (at % 64)) | u64::from(on) << (at % 64);
        }
    }
}

/// What ends a line of input.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LineEnd {
    /// A character, which is read with the line.
    Character,
    /// The end of the file, which is not.
    Eof,
    /// Nothing: the input is not read in lines.
    None,
}

/// A piece of input that one look of a reader finds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// Where in the frame it begins; behind the last byte comes the first.
    pub at: u16,
    /// Bytes to read.
    pub len: u16,
    /// What ends it, if that is part of the piece.
    pub end: LineEnd,
}

/// The input of a terminal (`struct n_tty_data`): a ring of bytes in one frame, which is there while there are any, and
/// where lines end. `read_tail <= canon_head <= read_head`, counted from when the ring was last empty.
#[derive(Clone, PartialEq, Debug)]
pub struct NTtyData {
    /// The frame with the bytes.
    pub frame: Option<FrameNo>,
    read_tail: u64,
    canon_head: u64,
    read_head: u64,
    /// Where lines end (`read_flags`).
    ends: Marks,
    /// Those of the ends that are ends of the file.
    eofs: Marks,
    /// The last end is there only since ICANON came back (`push`): a read up to it is not the end of a line.
    push: bool,
}

#[allow(clippy::cast_possible_truncation, reason = "4096 fits")]
const fn place(position: u64) -> u16 {
    (position % N_TTY_BUF_SIZE as u64) as u16
}

#[allow(clippy::cast_possible_truncation, reason = "at most 4096")]
const fn distance(from: u64, to: u64) -> u16 {
    to.saturating_sub(from) as u16
}

impl NTtyData {
    /// Nothing.
    pub const EMPTY: NTtyData = NTtyData {
        frame: None,
        read_tail: 0,
        canon_head: 0,
        read_head: 0,
        ends: Marks::NONE,
        eofs: Marks::NONE,
        push: false,
    };

    /// Bytes and ends of files that are there, whether they can be read yet or not.
    #[must_use]
    pub const fn len(&self) -> u16 {
        distance(self.read_tail, self.read_head)
    }

    /// Whether nothing is there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.read_tail == self.read_head
    }

    /// Whether a whole line is there.
    #[must_use]
    pub const fn has_line(&self) -> bool {
        self.canon_head != self.read_tail
    }

    /// Whether there is no room: one place is kept for the end of a line.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.len() as usize + 1 >= N_TTY_BUF_SIZE
    }

    /// `inq_canon()`: bytes of whole lines.
    #[must_use]
    pub fn whole_lines(&self) -> u32 {
        let places = (self.read_tail..self.canon_head).map(place);
        let bytes = places.filter(|at| !(self.ends.has(*at) && self.eofs.has(*at)));
        u32::try_from(bytes.count()).unwrap_or(u32::MAX)
    }

    /// A place for one more byte, which counts from now on. The caller has asked [`Self::is_full`].
    pub fn push_byte(&mut self) -> u16 {
        let at = place(self.read_head);
        self.ends.set(at, false);
        self.eofs.set(at, false);
        self.read_head += 1;
        at
    }

    /// The last place ends a line.
    pub fn end_line(&mut self, end: LineEnd) {
        let Some(last) = self.read_head.checked_sub(1) else {
            return;
        };
        self.ends.set(place(last), true);
        self.eofs.set(place(last), end == LineEnd::Eof);
        self.canon_head = self.read_head;
    }

    /// Takes back the last byte of the line that is being typed.
    pub const fn erase(&mut self) {
        if self.read_head != self.canon_head {
            self.read_head -= 1;
        }
    }

    /// Takes back all of the line that is being typed.
    pub const fn kill(&mut self) {
        self.read_head = self.canon_head;
    }

    /// The next piece for a reader who has room for so many bytes: up to the end of a line, or without lines what is
    /// there.
    #[must_use]
    pub fn next(&self, room: u16, lines: bool) -> Line {
        let at = place(self.read_tail);
        if !lines {
            return Line {
                at,
                len: room.min(self.len()),
                end: LineEnd::None,
            };
        }
        let most = room.min(distance(self.read_tail, self.canon_head));
        let places = (self.read_tail..).take(usize::from(most)).map(place);
        let end = (0u16..).zip(places).find(|(_, at)| self.ends.has(*at));
        match end {
            None => Line {
                at,
                len: most,
                end: LineEnd::None,
            },
            Some((len, end)) if self.eofs.has(end) && !self.push => Line {
                at,
                len,
                end: LineEnd::Eof,
            },
            Some((len, _)) => Line {
                at,
                len: len + 1,
                end: LineEnd::Character,
            },
        }
    }

    /// A reader has taken this piece. Tells whether its line is over.
    pub fn consume(&mut self, line: Line) -> bool {
        let taken = match line.end {
            LineEnd::Eof => line.len + 1,
            LineEnd::Character | LineEnd::None => line.len,
        };
        self.read_tail += u64::from(taken);
        self.canon_head = self.canon_head.max(self.read_tail);
        line.end != LineEnd::None && !core::mem::take(&mut self.push)
    }

    /// `canon_skip_eof()`: a reader whose room was filled by the bytes before the end of the file does not find it again.
    pub fn skip_eof(&mut self) {
        let at = place(self.read_tail);
        if self.has_line() && self.ends.has(at) && self.eofs.has(at) {
            self.read_tail += 1;
        }
    }

    /// `n_tty_set_termios()`: ICANON has come or gone. What is there is one line now, or is read without lines.
    pub fn set_lines(&mut self, lines: bool) {
        self.ends = Marks::NONE;
        self.eofs = Marks::NONE;
        self.push = lines && !self.is_empty();
        self.canon_head = self.read_tail;
        if self.push {
            self.end_line(LineEnd::Character);
        }
    }

    /// `reset_buffer_flags()`: all is gone. The frame is returned, to be freed.
    pub fn reset(&mut self) -> Option<FrameNo> {
        let frame = self.frame;
        *self = NTtyData::EMPTY;
        frame
    }

    /// What can be told of it: for each place its mark, the earliest first, and how many of them are whole lines.
    pub fn marks(&self) -> impl Iterator<Item = LineEnd> + '_ {
        (self.read_tail..self.read_head)
            .map(place)
            .map(|at| match (self.ends.has(at), self.eofs.has(at)) {
                (true, true) => LineEnd::Eof,
                (true, false) => LineEnd::Character,
                (false, _) => LineEnd::None,
            })
    }

    /// Where the first byte lies, how many are whole lines, and whether the last end is one at all.
    #[must_use]
    pub const fn shape(&self) -> (u16, u16, bool) {
        (
            place(self.read_tail),
            distance(self.read_tail, self.canon_head),
            self.push,
        )
    }
}
