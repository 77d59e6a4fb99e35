//! The mailbox: memory that the controller shares with all puppets, with a slot and an area for output for each.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, AtomicU64};

use crate::oracle::inward::{self, Places};
use crate::oracle::out::OutForm;
use crate::oracle::stacks::stack_top;
use crate::oracle::system::Handling;

/// Slots: one for the launcher, the others for the tasks of a program.
pub(super) const SLOTS: usize = 64;
/// Where the puppets have the mailbox. It is no place that commands name, and `OUT` itself is not mapped.
pub(super) const MAILBOX: u64 = 0x2100_0000_0000;
/// Bytes of the mailbox.
pub(super) const MAILBOX_LEN: usize = size_of::<Shared>();
/// Bytes of a slot.
pub(super) const SLOT_LEN: usize = size_of::<Slot>();
/// Where the slots begin in the mailbox.
pub(super) const SLOTS_AT: u64 = std::mem::offset_of!(Shared, slots) as u64;

/// Handlers that a task can be in.
const LEVELS: usize = 64;
/// Bytes of a level.
pub(super) const LEVEL_LEN: usize = size_of::<Level>();

/// Bytes of a path, with its NUL.
const PATH_ROOM: usize = 4096;
/// Words of an area for output: 64 KiB, since a read from a pipe can store so much.
const OUT_WORDS: usize = 8192;
/// Words that are cleared before a command that is given the area: what wait4, waitid and pipe store.
const OUT_CLEARED: usize = 32;

/// What a task does outside of handlers, or in one of them.
#[repr(C)]
pub(super) struct Level {
    /// 1: the command is over, or the task is ready for one.
    pub(super) done: AtomicU32,
    /// What the handler was told: `si_signo`, `si_code`, and the words at 16, 20 and 24.
    pub(super) told: [AtomicU32; 5],
    /// What the command gave.
    pub(super) result: AtomicI64,
}

/// What controller and puppet tell each other. The puppet's side is in [`super::puppet`].
#[repr(C, align(512))]
pub(super) struct Slot {
    /// 1: there is a command. The puppet sleeps on this word.
    pub(super) command: AtomicU32,
    /// The number of the call, or a pseudo number.
    pub(super) nr: AtomicU64,
    /// Its arguments.
    pub(super) args: [AtomicU64; 6],
    /// The address of the slot of the child that this command makes; 0 when it makes none.
    pub(super) child: AtomicU64,
    /// Not 0: this is the slot of the first task of a namespace.
    pub(super) first: AtomicU64,
    /// The task's number in its own namespace.
    pub(super) tid: AtomicU64,
    /// `TGID/task/TID` with the host's numbers, and a NUL.
    pub(super) link: [AtomicU64; 8],
    /// The address of the slot itself.
    pub(super) own: AtomicU64,
    /// A very long time, as a `struct timespec`.
    pub(super) long: [AtomicU64; 2],
    /// Where the stack begins of a task that is about to be born; 0: it goes on on a copy of its parent's.
    pub(super) stack: AtomicU64,
    /// The same for a task after exec.
    pub(super) own_stack: AtomicU64,
    /// In how many handlers the task is, times the size of a level.
    pub(super) level: AtomicU64,
    /// What it does in each.
    pub(super) levels: [Level; LEVELS],
    /// The argument vector for exec: addresses in the mailbox, and NULL.
    argv: [AtomicU64; 4],
    /// The slot's number plus one, as a string of one byte.
    name: AtomicU64,
}

#[repr(C, align(4096))]
struct Shared {
    /// The path of the program.
    program: [AtomicU8; PATH_ROOM],
    /// The path of the mailbox.
    path: [AtomicU8; PATH_ROOM],
    slots: [Slot; SLOTS],
    /// What calls take from memory.
    inward: [[AtomicU64; inward::WORDS]; SLOTS],
    out: [[AtomicU64; OUT_WORDS]; SLOTS],
}

/// The controller's mapping of the mailbox.
#[derive(Debug)]
pub(super) struct Mailbox(NonNull<Shared>);

impl Mailbox {
    /// Makes the file and maps it.
    pub(super) fn create(path: &Path) -> io::Result<Mailbox> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)?;
        file.set_len(MAILBOX_LEN as u64)?;
        // SAFETY: a new mapping at an address that the kernel chooses; the descriptor is open.
        let address = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                MAILBOX_LEN,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let mailbox =
            Mailbox(NonNull::new(address.cast()).ok_or_else(|| io::Error::other("a mapping at 0"))?);
        store_path(&mailbox.shared().path, path)?;
        for (index, slot) in mailbox.shared().slots.iter().enumerate() {
            let argv = [
                MAILBOX,
                slot_address(index) + std::mem::offset_of!(Slot, name) as u64,
                MAILBOX + std::mem::offset_of!(Shared, path) as u64,
                0,
            ];
            slot.argv
                .iter()
                .zip(argv)
                .for_each(|(to, from)| to.store(from, Relaxed));
            slot.name.store(index as u64 + 1, Relaxed);
            slot.own.store(slot_address(index), Relaxed);
            slot.long[0].store(1 << 30, Relaxed);
            slot.own_stack.store(stack_top(0), Relaxed);
        }
        Ok(mailbox)
    }

    /// Names the program that exec is to run.
    pub(super) fn set_program(&self, path: &Path) -> io::Result<()> {
        store_path(&self.shared().program, path)
    }

    fn shared(&self) -> &Shared {
        // SAFETY: the mapping has this size, is aligned to a page and lasts until drop. All of it are atomics, for
        // which every value is valid and which other processes may change.
        unsafe { self.0.as_ref() }
    }

    /// A slot; one that does not exist is the launcher's, which no caller asks for by accident: all come from
    /// the numbers below [`SLOTS`].
    pub(super) fn slot(&self, index: usize) -> &Slot {
        let slots = &self.shared().slots;
        slots.get(index).unwrap_or(&slots[0])
    }

    fn out(&self, index: usize) -> &[AtomicU64; OUT_WORDS] {
        let out = &self.shared().out;
        out.get(index).unwrap_or(&out[0])
    }

    /// Clears the area into which the next command may store, and gives its address.
    pub(super) fn clear_out(&self, index: usize) -> u64 {
        let out = self.out(index);
        out.iter()
            .take(OUT_CLEARED)
            .for_each(|word| word.store(0, Relaxed));
        MAILBOX + (std::mem::offset_of!(Shared, out) + index * size_of_val(out)) as u64
    }

    /// The start of the area, in which everything lies that a call stores.
    pub(super) fn out_bytes(&self, index: usize) -> [u8; OutForm::BYTES] {
        let words = self.out(index);
        let mut bytes = [0; OutForm::BYTES];
        for (to, word) in bytes.chunks_exact_mut(8).zip(words) {
            to.copy_from_slice(&word.load(Acquire).to_le_bytes());
        }
        bytes
    }

    /// Puts what the next command is given into the area.
    pub(super) fn fill_out(&self, index: usize, words: &[u64]) {
        let out = self.out(index);
        out.iter()
            .zip(words)
            .for_each(|(to, from)| to.store(*from, Relaxed));
    }

    /// Fills the area from which the next command takes something, and gives the command's arguments with their
    /// addresses.
    pub(super) fn fill_inward(
        &self,
        index: usize,
        nr: u64,
        args: [u64; 6],
        terminal: inward::Path,
    ) -> [u64; 6] {
        let all = &self.shared().inward;
        let area = all.get(index).unwrap_or(&all[0]);
        let places = Places {
            area: MAILBOX + (std::mem::offset_of!(Shared, inward) + index * size_of_val(area)) as u64,
            handler: super::puppet::handler(),
            restorer: super::puppet::handler(),
            stack: self.slot(index).own_stack.load(Relaxed),
            terminal,
        };
        if let Some(words) = inward::content(nr, &args, &places) {
            area.iter()
                .zip(words)
                .for_each(|(to, from)| to.store(from, Relaxed));
        }
        args.map(|arg| inward::translated(arg, places.area))
    }

    /// The arguments of execve that run the puppet again for a slot.
    pub(super) fn exec_args(&self, index: usize) -> [u64; 6] {
        let argv = slot_address(index) + std::mem::offset_of!(Slot, argv) as u64;
        [MAILBOX, argv, argv + 24, 0, 0, 0]
    }

    /// Makes a slot ready for a task that is about to begin, with the stack of this number: the first of a namespace, or
    /// the child of a slot's task. A child with memory of its own stays in its parent's handlers, on a copy of their
    /// stack. Gives the level on which it begins.
    pub(super) fn prepare(&self, index: usize, stack: u64, parent: Option<(usize, bool)>) -> usize {
        let slot = self.slot(index);
        slot.command.store(0, Relaxed);
        slot.child.store(0, Relaxed);
        slot.first.store(u64::from(parent.is_none()), Relaxed);
        slot.own_stack.store(stack_top(stack), Relaxed);
        let level = match parent {
            Some((parent, false)) => self.level(parent),
            _ => 0,
        };
        if let Some((parent, _)) = parent {
            let levels = slot.levels.iter().zip(&self.slot(parent).levels);
            for (to, from) in levels.take(level + 1) {
                to.done.store(from.done.load(Relaxed), Relaxed);
                for (to, from) in to.told.iter().zip(&from.told) {
                    to.store(from.load(Relaxed), Relaxed);
                }
            }
        }
        let own = if level == 0 { stack_top(stack) } else { 0 };
        slot.stack.store(own, Relaxed);
        slot.level.store((level * LEVEL_LEN) as u64, Relaxed);
        self.at(index, level).done.store(0, Release);
        level
    }

    fn at(&self, index: usize, level: usize) -> &Level {
        let levels = &self.slot(index).levels;
        levels.get(level).unwrap_or(&levels[0])
    }

    /// In how many handlers a slot's task is.
    pub(super) fn level(&self, index: usize) -> usize {
        let level = self.slot(index).level.load(Acquire);
        usize::try_from(level).unwrap_or(0) / LEVEL_LEN
    }

    /// What each of these handlers was told, the innermost last.
    pub(super) fn handlers(&self, index: usize) -> Vec<Handling> {
        let inside = self.slot(index).levels.iter().take(self.level(index) + 1).skip(1);
        let handling = |level: &Level| {
            let [signo, code, pid, uid, value] = [0, 1, 2, 3, 4].map(|at: usize| {
                let word = level.told.get(at);
                word.map_or(0, |word| word.load(Relaxed))
            });
            Handling {
                signo,
                code: code.cast_signed(),
                words: [pid, uid, value],
            }
        };
        inside.map(handling).collect()
    }

    /// Gives a command and wakes the puppet.
    pub(super) fn send(&self, index: usize, nr: u64, args: [u64; 6], child: Option<usize>) {
        let slot = self.slot(index);
        slot.nr.store(nr, Relaxed);
        slot.args
            .iter()
            .zip(args)
            .for_each(|(to, from)| to.store(from, Relaxed));
        slot.child.store(child.map_or(0, slot_address), Relaxed);
        self.at(index, self.level(index)).done.store(0, Relaxed);
        slot.command.store(1, Release);
        // SAFETY: FUTEX_WAKE looks at no memory but the word, which is mapped. It cannot fail for an aligned word.
        unsafe { libc::syscall(libc::SYS_futex, slot.command.as_ptr(), libc::FUTEX_WAKE, 1) };
    }

    /// What the command that a slot was given at this level gave, once it is over.
    pub(super) fn result(&self, index: usize, level: usize) -> Option<i64> {
        let level = self.at(index, level);
        (level.done.load(Acquire) == 1).then(|| level.result.load(Relaxed))
    }

    /// Who the task of a slot says it is: its own number, and the host's of its process and its thread.
    pub(super) fn introduction(&self, index: usize) -> Option<Introduction> {
        let slot = self.slot(index);
        if self.at(index, self.level(index)).done.load(Acquire) != 1 {
            return None;
        }
        let bytes: Vec<u8> = slot
            .link
            .iter()
            .flat_map(|word| word.load(Relaxed).to_le_bytes())
            .collect();
        let text = std::str::from_utf8(bytes.split(|b| *b == 0).next()?).ok()?;
        let (process, task) = text.split_once("/task/")?;
        Some(Introduction {
            tid: u32::try_from(slot.tid.load(Relaxed)).ok()?,
            host_process: process.parse().ok()?,
            host_task: task.parse().ok()?,
        })
    }
}

/// Who a task says it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Introduction {
    /// Its tid in its own namespace.
    pub(super) tid: u32,
    /// The host's number of its process.
    pub(super) host_process: u32,
    /// The host's number of the task.
    pub(super) host_task: u32,
}

fn slot_address(index: usize) -> u64 {
    MAILBOX + SLOTS_AT + (index * SLOT_LEN) as u64
}

fn store_path(room: &[AtomicU8; PATH_ROOM], path: &Path) -> io::Result<()> {
    let bytes = path.as_os_str().as_bytes();
    if bytes.len() >= PATH_ROOM {
        return Err(io::Error::other("the path of the temporary folder is too long"));
    }
    room.iter()
        .zip(bytes.iter().chain(&[0]))
        .for_each(|(to, from)| to.store(*from, Relaxed));
    Ok(())
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        // SAFETY: the mapping made by `create`, which no reference outlives. Failing would leave it mapped.
        unsafe { libc::munmap(self.0.as_ptr().cast(), MAILBOX_LEN) };
    }
}
