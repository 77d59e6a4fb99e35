//! A system under test: whatever makes the calls of tasks, one at a time, and can be looked at in between.
//!
//! Numbers are those that user space sees: a task is named by its tid, and every system begins with the one task 1,
//! which leads its group and its session, has no descriptor, and whose parent is 0.

use kernel_model::abi::rlimit::{Resource, Rlimit, Rlimits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the pages lie that programs read, write, map and unmap. At the start nothing is mapped there.
pub const ARENA: u64 = 0x1000_0000_0000;
/// Pages of the arena.
pub const ARENA_PAGES: u64 = 16;
/// An address that each system replaces by that of an area of the calling task's own, into which the kernel stores a
/// status word, a `siginfo_t` or a pair of descriptors. It is no place of the arena, and can always be written.
pub const OUT: u64 = 0x2000_0000_0000;
/// Bytes of the area: an address within it is replaced like the first.
pub const OUT_LEN: u64 = 128;
/// The first of the [`USERS`] numbers of users that programs become beside 0. A system may put others in their place, so
/// that nobody else's tasks count as theirs.
pub const USER: u32 = 1001;
/// How many there are.
pub const USERS: u32 = 3;
/// What task 1 is capable of: all but CAP_SYS_RESOURCE, which root has not everywhere, and with which no limit is one.
pub const CAPABILITIES: u64 = ((1 << 41) - 1) & !(1 << 24);
/// The limits of task 1. Where Linux has none by itself a small one stands here, which every system can have, and with which
/// programs of this size do not meet. Not asked for is RLIMIT_CORE, which depends on where cores go.
pub const LIMITS: Rlimits = {
    let mut limits = Rlimits::INIT;
    limits.set(Resource::Nproc, both(1024));
    limits.set(Resource::Sigpending, both(1024));
    limits.set(Resource::Memlock, both(1 << 16));
    limits.set(Resource::Msgqueue, both(1 << 16));
    limits
};
const fn both(limit: u64) -> Rlimit {
    Rlimit {
        cur: limit,
        max: limit,
    }
}
/// Where the heap begins, for the argument of brk: each system adds the distance to its own beginning.
pub const HEAP: u64 = 0x3000_0000_0000;

/// An address that each system replaces by that of an area of the calling task's own which it has filled as
/// [`super::inward`] says: the action, the mask, the `siginfo_t` or the `stack_t` that the call takes.
pub const IN: u64 = 0x2000_0010_0000;
/// The same for an action: SIG_IGN.
pub const IN_IGN: u64 = IN + 0x1000;
/// The same for an action: SIG_DFL.
pub const IN_DFL: u64 = IN + 0x2000;
/// The same for a length of time.
pub const IN_TIME: u64 = IN + 0x3000;
/// The call by which a task leaves the handler that it is in. Outside of handlers every system gives 0 and does nothing.
pub const RT_SIGRETURN: u64 = 15;

/// A handler that a task is in: the signal and what it tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Handling {
    /// `si_signo`.
    pub signo: u32,
    /// `si_code`.
    pub code: i32,
    /// The words at 16, 20 and 24 of the `siginfo_t`: `si_pid`, `si_uid`, `si_status` or `si_value`; or `si_addr`.
    pub words: [u32; 3],
}

/// What a task is told to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A system call, by its number on x86-64. [`OUT`] and [`HEAP`] among the arguments are replaced.
    Syscall {
        /// The number.
        nr: u64,
        /// The arguments.
        args: [u64; 6],
    },
    /// Read one byte: its value is the command's. A bad address is SIGSEGV.
    Load {
        /// The address.
        addr: u64,
    },
    /// Write one byte.
    Store {
        /// The address.
        addr: u64,
        /// The byte.
        byte: u8,
    },
    /// execve of the program that the task runs already: it goes on taking commands, with a new address space.
    Exec,
}

/// What the kernel stored in the [`OUT`] area.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Out {
    /// Nothing, or the call was not given the area.
    #[default]
    None,
    /// The status word of wait4.
    Status(i32),
    /// The `siginfo_t` of waitid.
    Info {
        /// `si_signo`: SIGCHLD, or 0 when nobody was found.
        signo: i32,
        /// `si_code`: CLD_EXITED and its like.
        code: i32,
        /// `si_pid`.
        pid: i32,
        /// `si_status`.
        status: i32,
    },
    /// The descriptors of pipe: the end to read, the end to write.
    Fds(i32, i32),
    /// What others store, in words of 32 bits, and 0 behind it.
    Words([u32; 8]),
}

/// What a command gave.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Returned {
    /// The value, or minus the errno.
    pub value: i64,
    /// What was stored beside it.
    #[serde(default)]
    pub out: Out,
}

/// What became of a command.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is over.
    Done(Returned),
    /// The task sleeps in it, or was stopped; what it gives will be told by [`System::returned`].
    Blocked,
    /// The task has ended.
    Gone,
}

/// What stands behind a descriptor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// The end of a pipe to read from.
    PipeRead,
    /// The end of a pipe to write to.
    PipeWrite,
    /// A task.
    Pidfd,
    /// Signals.
    Signalfd,
    /// The terminal.
    Tty,
}

/// One descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Descriptor {
    /// Descriptors with the same number, in this task or another, share one open file description. The numbers begin
    /// at 0 and are given in the order of tasks and descriptors: [`Snapshot::canonical`] makes them so.
    pub description: u32,
    /// The pipe, the terminal, or the task of a [`FileKind::Pidfd`], numbered in the same way; one for all of
    /// [`FileKind::Signalfd`].
    pub pipe: u32,
    /// What it is.
    pub kind: FileKind,
    /// FD_CLOEXEC.
    pub cloexec: bool,
    /// O_NONBLOCK.
    pub nonblock: bool,
}

/// A task, as it can be seen from outside.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct TaskView {
    /// R (it waits for a command), S, D (it sleeps in one), T, t, Z, X.
    pub state: char,
    /// Its process.
    pub tgid: u32,
    /// The process that is its parent; 0 for task 1.
    pub ppid: u32,
    /// Its process group; 0 when it has none any more.
    pub pgid: u32,
    /// Its session; 0 when it has none any more.
    pub sid: u32,
    /// Threads of its process that are not released.
    pub threads: u32,
    /// The signal its parent gets when it ends: -1 for a thread that is not the leader.
    pub exit_signal: i32,
    /// Signals sent to it and not yet taken, bit N-1 for signal N.
    pub pending: u64,
    /// Signals sent to its process.
    pub shared_pending: u64,
    /// Its signal mask.
    pub blocked: u64,
    /// Signals it ignores.
    pub ignored: u64,
    /// Signals it has handlers for.
    pub caught: u64,
    /// The handlers that it is in, the innermost last. A task in a handler takes commands, and [`RT_SIGRETURN`] ends it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handlers: Vec<Handling>,
    /// Its descriptors by number.
    pub descriptors: BTreeMap<u32, Descriptor>,
    /// The frames behind the pages of the arena that are present: page number to frame, numbered like
    /// [`Descriptor::description`].
    pub pages: BTreeMap<u32, u32>,
}

/// All tasks by tid.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// The tasks: live ones and zombies.
    pub tasks: BTreeMap<u32, TaskView>,
    /// The system does not let the frames be seen: no task has [`TaskView::pages`], whatever it has mapped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pages_hidden: bool,
}

impl Snapshot {
    /// Numbers frames, descriptions and pipes by their first appearance, so that two systems which share alike are
    /// equal. A first process that has ended and is alone counts as gone: whether its parent, which is outside, has
    /// waited for it is nobody's business here.
    #[must_use]
    pub fn canonical(mut self) -> Snapshot {
        if self.tasks.len() == 1 {
            self.tasks.retain(|_, task| task.state != 'Z');
        }
        let [mut frames, mut descriptions, mut pipes] = [const { BTreeMap::new() }; 3];
        let number = |seen: &mut BTreeMap<u32, u32>, raw: u32| {
            let next = u32::try_from(seen.len()).unwrap_or(u32::MAX);
            *seen.entry(raw).or_insert(next)
        };
        for task in self.tasks.values_mut() {
            for frame in task.pages.values_mut() {
                *frame = number(&mut frames, *frame);
            }
            for fd in task.descriptors.values_mut() {
                fd.description = number(&mut descriptions, fd.description);
                fd.pipe = number(&mut pipes, fd.pipe);
            }
        }
        self
    }
}

/// A system cannot be asked any more: it crashed, hung, or broke the protocol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lost(
    /// Why, for people.
    pub String,
);

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Lost {}

/// What makes the calls of tasks, one at a time, and can be looked at in between.
///
/// After each step everything runs until every task waits for a command, sleeps, is stopped or is dead.
pub trait System {
    /// Begins anew: one task, number 1.
    ///
    /// # Errors
    /// [`Lost`]: it cannot.
    fn boot(&mut self) -> Result<(), Lost>;

    /// A task does something. The task must be one that waits for a command.
    ///
    /// # Errors
    /// [`Lost`]: the system broke down in it.
    fn step(&mut self, task: u32, command: Command) -> Result<Outcome, Lost>;

    /// The commands that had blocked and have given their value since this was asked last, by tid.
    ///
    /// # Errors
    /// [`Lost`]: the system broke down.
    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost>;

    /// All that can be seen of all tasks, [canonical](Snapshot::canonical).
    ///
    /// # Errors
    /// [`Lost`]: the system broke down.
    fn observe(&mut self) -> Result<Snapshot, Lost>;

    /// What it has, where it is less than all: only that is asked for, and compared. Known once it has booted.
    fn scope(&self) -> super::scope::Scope {
        super::scope::Scope::ALL
    }
}
