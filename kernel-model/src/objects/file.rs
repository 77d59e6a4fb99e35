//! Open file descriptions, descriptor tables, and `fs_struct`.

use crate::abi::effect::Stream;
use crate::abi::flags::OpenFlags;
use crate::abi::ids::{Handle, kind};
use crate::abi::limits::{CHUNKS_PER_TABLE, FDS_PER_CHUNK};
use crate::abi::signal::SigSet;
use crate::store::arena::{Arena, Object, View};

/// What an open file description leads to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)] // so that the first variant is all zero bytes
pub enum FileKind {
    /// Where the embedder's standard output or error goes, as to a pipe.
    Console {
        /// Which of the two.
        stream: Stream,
    },
    /// The embedder's standard input: a pipe that the embedder fills.
    ConsoleInput {
        /// The pipe.
        pipe: Handle<kind::Pipe>,
    },
    /// The terminal, to read and to write.
    Tty {
        /// Where what is written goes.
        stream: Stream,
    },
    /// The end of a pipe from which one reads.
    PipeRead(Handle<kind::Pipe>),
    /// The end of a pipe to which one writes.
    PipeWrite(Handle<kind::Pipe>),
    /// A task, by its number's object: stale once the task is released, and the number with it.
    Pidfd(Handle<kind::Pid>),
    /// Those of these signals that pend for whoever reads.
    Signalfd(SigSet),
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
        },
        flags: OpenFlags::empty(),
    };
}

/// Names an open file description.
pub type FileRef = Handle<kind::File>;

/// One piece of a descriptor table: 32 descriptors.
#[derive(Clone, Debug)]
pub struct Fdtable {
    /// A bit for each descriptor that names something.
    open: u32,
    /// A bit for each that exec closes; of a closed one, 0.
    close_on_exec: u32,
    /// What the open ones name. The others hold what was there last, so that copying costs what is open.
    fd: [Handle<kind::File>; FDS_PER_CHUNK],
}

impl Fdtable {
    fn get(&self, at: usize) -> Option<FileRef> {
        self.fd.get(at).copied().filter(|_| self.open >> at & 1 == 1)
    }

    /// The open descriptors, lowest first.
    fn iter(&self) -> impl Iterator<Item = (usize, FileRef)> {
        bits(self.open).filter_map(|at| Some((at, *self.fd.get(at)?)))
    }

    /// Closes a descriptor; what it named is returned.
    fn clear(&mut self, at: usize) -> Option<FileRef> {
        let old = self.get(at)?;
        self.open &= !(1 << at);
        self.close_on_exec &= !(1 << at);
        Some(old)
    }

    /// Names what the other does; each description has one more user.
    fn copy_from(&mut self, other: &Fdtable, filp: &mut Arena<'_, File>) {
        self.open = other.open;
        self.close_on_exec = other.close_on_exec;
        for at in bits(other.open) {
            if let (Some(to), Some(file)) = (self.fd.get_mut(at), other.fd.get(at)) {
                *to = *file;
                filp[*file].count += 1;
            }
        }
    }
}

/// Two pieces are equal if the same descriptors name the same.
impl PartialEq for Fdtable {
    fn eq(&self, other: &Self) -> bool {
        self.open == other.open && self.close_on_exec == other.close_on_exec && self.iter().eq(other.iter())
    }
}

impl Object for Fdtable {
    const IS_MARKED: bool = true;
    type Kind = kind::Fdtable;
    const FREE: Fdtable = Fdtable {
        open: 0,
        close_on_exec: 0,
        fd: [Handle::NULL; FDS_PER_CHUNK],
    };
}

/// A descriptor table (`files_struct`). The lowest descriptors are in it, and most processes need no others.
#[derive(Clone, Debug)]
pub struct FilesStruct {
    /// Tasks that share it.
    pub count: u32,
    /// A bit for each further piece in use.
    further: u32,
    /// The first piece (`fd_array`).
    fd_array: Fdtable,
    /// The further pieces in use; the second is the first of them.
    chunks: [Handle<kind::Fdtable>; CHUNKS_PER_TABLE - 1],
}

impl Object for FilesStruct {
    const IS_MARKED: bool = true;
    type Kind = kind::Files;
    const FREE: FilesStruct = FilesStruct {
        count: 0,
        further: 0,
        fd_array: Fdtable::FREE,
        chunks: [Handle::NULL; CHUNKS_PER_TABLE - 1],
    };
}

/// Two tables are equal if they are used alike and consist of the same pieces.
impl PartialEq for FilesStruct {
    fn eq(&self, other: &Self) -> bool {
        let same = |at| self.chunk(at + 1) == other.chunk(at + 1);
        (self.count, self.further) == (other.count, other.further)
            && self.fd_array == other.fd_array
            && bits(self.further).all(same)
    }
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

    /// How many pieces of the pool it uses.
    #[must_use]
    pub const fn pieces(&self) -> u32 {
        self.further.count_ones()
    }

    /// A further piece, if it is in use.
    fn chunk(&self, number: usize) -> Option<Handle<kind::Fdtable>> {
        let at = number.checked_sub(1)?;
        self.chunks
            .get(at)
            .copied()
            .filter(|_| self.further >> at & 1 == 1)
    }

    fn piece<'v>(&'v self, tables: View<'v, Fdtable>, number: usize) -> Option<&'v Fdtable> {
        match number {
            0 => Some(&self.fd_array),
            _ => self.chunk(number).map(|chunk| tables.follow(chunk)),
        }
    }

    fn piece_mut<'v>(
        &'v mut self,
        tables: &'v mut Arena<'_, Fdtable>,
        number: usize,
    ) -> Option<&'v mut Fdtable> {
        match number {
            0 => Some(&mut self.fd_array),
            _ => self.chunk(number).map(|chunk| &mut tables[chunk]),
        }
    }

    /// The pieces that may name something, with their numbers.
    fn all<'v>(&'v self, tables: View<'v, Fdtable>) -> impl Iterator<Item = (usize, &'v Fdtable)> {
        let further = bits(self.further).map(|at| at + 1);
        let numbers = core::iter::once(0).chain(further);
        numbers.filter_map(move |number| Some((number, self.piece(tables, number)?)))
    }

    /// The open file description behind a descriptor.
    #[must_use]
    pub fn get(&self, tables: View<'_, Fdtable>, fd: u32) -> Option<FileRef> {
        let (number, at) = split(fd);
        self.piece(tables, number)?.get(at)
    }

    /// Whether the descriptor is closed on exec.
    #[must_use]
    pub fn close_on_exec(&self, tables: View<'_, Fdtable>, fd: u32) -> bool {
        let (number, at) = split(fd);
        self.piece(tables, number)
            .is_some_and(|table| table.close_on_exec >> at & 1 == 1)
    }

    /// Sets or clears close-on-exec of an open descriptor.
    pub fn set_close_on_exec(&mut self, tables: &mut Arena<'_, Fdtable>, fd: u32, on: bool) {
        let (number, at) = split(fd);
        if let Some(table) = self.piece_mut(tables, number) {
            table.close_on_exec = table.close_on_exec & !(1 << at) | u32::from(on) << at;
        }
    }

    /// The lowest free descriptor from `from` on and below `end`.
    #[must_use]
    pub fn lowest_free(&self, tables: View<'_, Fdtable>, from: u32, end: u32) -> Option<u32> {
        let mut fd = from;
        while fd < end.min(NR_OPEN) {
            let (number, at) = split(fd);
            let open = self.piece(tables, number).map_or(0, |table| table.open);
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
        let (number, _) = split(fd);
        number == 0 || self.chunk(number).is_some() || tables.available() > 0
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
        if number > 0 && self.chunk(number).is_none() {
            *self.chunks.get_mut(number - 1)? = tables.alloc(Fdtable::FREE)?;
            self.further |= 1 << (number - 1);
        }
        let table = self.piece_mut(tables, number)?;
        let old = table.get(at);
        *table.fd.get_mut(at)? = file;
        table.open |= 1 << at;
        table.close_on_exec = table.close_on_exec & !(1 << at) | u32::from(close_on_exec) << at;
        old
    }

    /// Closes a descriptor; the description it named is returned. An empty piece is given back.
    pub fn clear(&mut self, tables: &mut Arena<'_, Fdtable>, fd: u32) -> Option<FileRef> {
        let (number, at) = split(fd);
        let table = self.piece_mut(tables, number)?;
        let old = table.clear(at)?;
        if number > 0 && table.open == 0 {
            tables.free(self.chunk(number)?);
            self.further &= !(1 << (number - 1));
        }
        Some(old)
    }

    /// The open descriptors, lowest first.
    pub fn open<'v>(&'v self, tables: View<'v, Fdtable>) -> impl Iterator<Item = (u32, FileRef)> + 'v {
        self.all(tables).flat_map(|(number, table)| {
            let base = (number * FDS_PER_CHUNK) as u32;
            table.iter().map(move |(at, file)| (base + at as u32, file))
        })
    }

    /// The lowest open descriptor from `from` on.
    #[must_use]
    pub fn next_open(&self, tables: View<'_, Fdtable>, from: u32) -> Option<u32> {
        let (first, at) = split(from);
        let mut pieces = self.all(tables).filter(|(number, _)| *number >= first);
        pieces.find_map(|(number, table)| {
            let from = if number == first { u32::MAX << at } else { u32::MAX };
            let open = table.open & from;
            (open != 0).then(|| (number * FDS_PER_CHUNK) as u32 + open.trailing_zeros())
        })
    }

    /// `dup_fd()`: names what the other does, each description having one more user. The caller has made sure of
    /// the pieces.
    pub fn copy_from(
        &mut self,
        other: &FilesStruct,
        tables: &mut Arena<'_, Fdtable>,
        filp: &mut Arena<'_, File>,
    ) {
        self.count = 1;
        self.further = 0;
        self.fd_array.copy_from(&other.fd_array, filp);
        for at in bits(other.further) {
            let copy = other
                .chunk(at + 1)
                .and_then(|from| tables.alloc_from(from, |copy, from| copy.copy_from(from, filp)));
            if let (Some(to), Some(copy)) = (self.chunks.get_mut(at), copy) {
                *to = copy;
                self.further |= 1 << at;
            }
        }
    }

    /// Takes the table apart: the next descriptor is closed, and what it named is returned.
    pub fn take(&mut self, tables: &mut Arena<'_, Fdtable>) -> Option<FileRef> {
        match bits(self.fd_array.open).next() {
            Some(at) => self.fd_array.clear(at),
            None => self.clear(tables, self.next_open(tables.view(), FDS_PER_CHUNK as u32)?),
        }
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
    const IS_MARKED: bool = true;
    type Kind = kind::Fs;
    const FREE: FsStruct = FsStruct { users: 0, umask: 0 };
}
