//! Kinds of arguments: which operands a parameter of a call is given, and how its value is written.

pub mod cred;
pub mod limits;
pub mod signals;
pub mod terminals;
mod threads;
pub mod time;

use super::operand::Operand::{Child, Fd, Group, Heap, Number, Out, Page, Pgid, Process, Task};
use super::operand::{BAD, NOBODY, NOT_USER, Operand};
use super::system::{ARENA, HEAP, IN, IN_DFL, IN_IGN, IN_TIME, OUT};
pub use threads::{
    CLONE3_AT, CLONE3_FLAGS, CLONE3_SIZE, EVENTS, EXIT_SIGNAL, FUTEX_AT, FUTEX_OP, FUTEX_TIMEOUT, FUTEX_VAL,
    FUTEX_VAL3, INFO_OR_NOT, NFDS, OTHER_SIGNO, P_PIDFD, PIDFD, PIDFD_FLAGS, PIDFD_SIGNAL, POLL_AT,
    POLL_TIMEOUT, ROBUST_HEAD, ROBUST_LEN, SET_TID, ZERO_OR_ONE,
};

/// How a value is written for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Words {
    /// As an `int`.
    Int,
    /// As an unsigned number.
    Size,
    /// As an address, by the place where it lies.
    Address,
    /// By name, if it has one.
    Names(&'static [(u64, &'static str)]),
    /// As the flags in it.
    Flags(&'static [(u64, &'static str)]),
}

/// A kind of argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    /// What a program passes as a rule, the simplest first.
    pub usual: &'static [Operand],
    /// What it passes now and then.
    pub rare: &'static [Operand],
    /// What no program should pass.
    pub wild: &'static [Operand],
    /// How a value is written.
    pub words: Words,
}

impl Kind {
    /// All operands of the kind, the simplest first.
    pub fn all(&self) -> impl Iterator<Item = Operand> + Clone + '_ {
        self.usual.iter().chain(self.rare).chain(self.wild).copied()
    }

    /// Operands simpler than this one, the simplest first.
    #[must_use]
    pub fn simpler(&self, than: Operand) -> Vec<Operand> {
        let same = |operand: &Operand| operand.with(0) == than.with(0);
        let mut found: Vec<Operand> = self.all().take_while(|operand| !same(operand)).collect();
        found.extend((0..than.chooses().unwrap_or(0)).map(|k| than.with(k)));
        found
    }

    /// A value as people write it.
    #[must_use]
    pub fn show(&self, value: u64) -> String {
        self.words.show(value)
    }
}

impl Words {
    fn show(self, value: u64) -> String {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the call takes an int, and looks at no more"
        )]
        let int = value as u32;
        match self {
            Words::Int => int.cast_signed().to_string(),
            Words::Size => value.to_string(),
            Words::Address => address(value),
            Words::Names(names) => names
                .iter()
                .find(|(number, _)| *number == u64::from(int))
                .map_or_else(|| int.cast_signed().to_string(), |(_, name)| (*name).to_owned()),
            Words::Flags(names) => flags(names, u64::from(int)),
        }
    }
}

fn address(value: u64) -> String {
    let from = |name: &str, base: u64| match value - base {
        0 => name.to_owned(),
        distance => format!("{name}+{distance:#x}"),
    };
    match value {
        0 => "NULL".to_owned(),
        _ if (OUT..OUT + 64).contains(&value) => from("OUT", OUT),
        IN => "IN".to_owned(),
        IN_IGN => "SIG_IGN".to_owned(),
        IN_DFL => "SIG_DFL".to_owned(),
        IN_TIME => "TIME".to_owned(),
        _ if (ARENA..ARENA + (1 << 24)).contains(&value) => from("ARENA", ARENA),
        _ if (HEAP..HEAP + (1 << 41)).contains(&value) => from("HEAP", HEAP),
        _ => format!("{value:#x}"),
    }
}

fn flags(names: &[(u64, &str)], value: u64) -> String {
    let mut rest = value;
    let mut said: Vec<String> = Vec::new();
    for (bits, name) in names {
        if *bits != 0 && rest & bits == *bits {
            said.push((*name).to_owned());
            rest &= !bits;
        }
    }
    if rest != 0 || said.is_empty() {
        let zero = names.iter().find(|(bits, _)| *bits == rest);
        said.push(zero.map_or_else(
            || {
                if rest == 0 {
                    "0".to_owned()
                } else {
                    format!("{rest:#x}")
                }
            },
            |(_, name)| (*name).to_owned(),
        ));
    }
    said.join("|")
}

pub(super) const fn kind(
    usual: &'static [Operand],
    rare: &'static [Operand],
    wild: &'static [Operand],
    words: Words,
) -> Kind {
    Kind {
        usual,
        rare,
        wild,
        words,
    }
}

pub(super) const NULL: Operand = Number(0);
pub(super) const fn number(value: u64) -> Operand {
    Number(value.cast_signed())
}
const NONE: Operand = number(NOBODY);
const AT: Operand = Page { page: 0, offset: 0 };
const fn at(offset: u32) -> Operand {
    Page { page: 0, offset }
}

/// Always 0.
pub const ZERO: Kind = kind(&[Number(0)], &[], &[], Words::Int);
/// Always NULL.
pub const NULL_POINTER: Kind = kind(&[NULL], &[], &[], Words::Address);
/// The status of exit.
pub const STATUS: Kind = kind(
    &[Number(0), Number(7)],
    &[Number(255)],
    &[Number(256), Number(-1)],
    Words::Int,
);

/// Whom wait4 waits for.
pub const WAITED: Kind = kind(
    &[Number(-1), Child(0)],
    &[Number(0), Group(0), Task(0)],
    &[NONE, Number(i32::MIN as i64)],
    Words::Int,
);
/// Whom kill sends to.
pub const KILLED: Kind = kind(
    &[Task(0), Child(0)],
    &[Number(0), Group(0), Number(-1)],
    &[NONE, Number(-(NOBODY as i64)), Number(i32::MIN as i64)],
    Words::Int,
);
/// A process, 0 for the caller.
pub const PID: Kind = kind(
    &[Number(0), Child(0), Task(0)],
    &[Process(0)],
    &[NONE, Number(-1)],
    Words::Int,
);
/// A group to enter.
pub const PGID: Kind = kind(&[Number(0), Pgid(0)], &[Task(0)], &[NONE, Number(-1)], Words::Int);
/// What waitid's idtype speaks of.
pub const ID: Kind = kind(
    &[Child(0), Number(0)],
    &[Pgid(0), Task(0)],
    &[NONE, Number(-1)],
    Words::Int,
);
/// A thread.
pub const TID: Kind = kind(&[Task(0)], &[], &[NONE, Number(0), Number(-1)], Words::Int);
/// The process of a thread.
pub const TGID: Kind = kind(
    &[Process(0)],
    &[Task(0)],
    &[NONE, Number(0), Number(-1)],
    Words::Int,
);

/// A signal.
pub const SIGNAL: Kind = kind(
    &[Number(9), Number(0), Number(19), Number(18)],
    &[
        Number(15),
        Number(17),
        Number(11),
        Number(20),
        Number(28),
        Number(10),
        Number(34),
        Number(64),
    ],
    &[Number(65), Number(-1)],
    Words::Names(&[
        (9, "SIGKILL"),
        (10, "SIGUSR1"),
        (11, "SIGSEGV"),
        (15, "SIGTERM"),
        (17, "SIGCHLD"),
        (18, "SIGCONT"),
        (19, "SIGSTOP"),
        (20, "SIGTSTP"),
        (28, "SIGWINCH"),
    ]),
);

const WAIT_WORDS: Words = Words::Flags(&[
    (0x1, "WNOHANG"),
    (0x2, "WUNTRACED"),
    (0x4, "WEXITED"),
    (0x8, "WCONTINUED"),
    (0x0100_0000, "WNOWAIT"),
    (0x2000_0000, "__WNOTHREAD"),
    (0x4000_0000, "__WALL"),
    (0x8000_0000, "__WCLONE"),
]);
/// The options of wait4.
pub const WAIT4_OPTIONS: Kind = kind(
    &[Number(1), Number(0), Number(3)],
    &[
        Number(9),
        Number(11),
        Number(2),
        number(0x4000_0001),
        number(0x8000_0001),
        number(0x2000_0001),
        number(0x8000_0000),
    ],
    &[Number(5), Number(0x11), number(0x0100_0001)],
    WAIT_WORDS,
);
/// The options of waitid.
pub const WAITID_OPTIONS: Kind = kind(
    &[Number(5), Number(4), number(0x0100_0005)],
    &[
        Number(3),
        Number(9),
        Number(0xf),
        number(0x0100_000f),
        number(0x4000_0005),
        number(0x8000_0005),
        number(0x2000_0005),
    ],
    &[Number(0), Number(1), Number(0x15)],
    WAIT_WORDS,
);
/// The idtype of waitid.
pub const IDTYPE: Kind = kind(
    &[Number(0), Number(1)],
    &[Number(2)],
    &[Number(4), Number(-1)],
    Words::Names(&[(0, "P_ALL"), (1, "P_PID"), (2, "P_PGID")]),
);

/// The flags of clone, with the exit signal.
pub const CLONE_FLAGS: Kind = kind(
    &[Number(17), Number(0x1_0f00), Number(0x4111)],
    &[
        Number(0x111),
        Number(0x411),
        Number(0x911),
        Number(0xf11),
        Number(0x8011),
        Number(0),
        Number(10),
        Number(0x100),
        Number(0x4011),
        Number(0x1_0900),
        Number(0x1_4f00),
        Number(0x1_8f00),
        number(0x0110_0011),
        number(0x0120_0011),
        number(0x0131_0f00),
    ],
    &[Number(0x811), Number(0x1_0000), Number(0x1_0800), Number(200)],
    Words::Flags(&[
        (0x100, "CLONE_VM"),
        (0x200, "CLONE_FS"),
        (0x400, "CLONE_FILES"),
        (0x800, "CLONE_SIGHAND"),
        (0x4000, "CLONE_VFORK"),
        (0x8000, "CLONE_PARENT"),
        (0x1_0000, "CLONE_THREAD"),
        (0x10_0000, "CLONE_PARENT_SETTID"),
        (0x20_0000, "CLONE_CHILD_CLEARTID"),
        (0x100_0000, "CLONE_CHILD_SETTID"),
        (17, "SIGCHLD"),
    ]),
);

/// Where a result goes: a pointer that may be NULL.
pub const WHERE: Kind = kind(
    &[Out, NULL],
    &[AT],
    &[number(BAD), number(NOT_USER), at(4094)],
    Words::Address,
);
/// Where a result goes that should not be NULL.
pub const INTO: Kind = kind(
    &[Out],
    &[AT, NULL],
    &[number(BAD), number(NOT_USER), at(4094)],
    Words::Address,
);
/// The OUT area.
pub const INTO_OUT: Kind = kind(&[Out], &[], &[], Words::Address);
/// The same, or where nothing can be stored.
pub const INTO_OR_FAULT: Kind = kind(
    &[Out],
    &[],
    &[NULL, number(BAD), number(NOT_USER)],
    Words::Address,
);
/// Where clone stores a tid.
pub const TID_AT: Kind = kind(&[NULL], &[AT, at(64)], &[number(BAD)], Words::Address);
/// Where a resource usage goes: its content is the machine's own, so that only its failing can be compared.
pub const RUSAGE: Kind = kind(&[NULL], &[], &[number(BAD)], Words::Address);
/// A buffer of bytes.
pub const BUFFER: Kind = kind(
    &[AT],
    &[at(4000), at(4095)],
    &[NULL, number(BAD), number(NOT_USER)],
    Words::Address,
);
/// A byte of memory.
pub const BYTE_AT: Kind = kind(
    &[AT, at(8)],
    &[at(4095)],
    &[NULL, number(BAD), number(NOT_USER)],
    Words::Address,
);
/// A byte.
pub const BYTE: Kind = kind(
    &[Number(1), Number(2)],
    &[Number(255), Number(0)],
    &[],
    Words::Int,
);
/// The start of a range of pages.
pub const PAGES_AT: Kind = kind(&[AT], &[], &[at(1), at(4095), number(NOT_USER)], Words::Address);
/// The length of a range of pages.
pub const LENGTH: Kind = kind(
    &[Number(4096), Number(8192), Number(16384)],
    &[Number(1), Number(4097), Number(65536)],
    &[Number(0), number(1 << 47), Number(-1), Number(-4096)],
    Words::Size,
);
/// The length of a range for madvise, which does not stop at what is not mapped: within the arena, or none at all.
pub const ADVISED: Kind = kind(
    LENGTH.usual,
    LENGTH.rare,
    &[Number(0), Number(-1), Number(-4096)],
    Words::Size,
);
/// A protection.
pub const PROT: Kind = kind(
    &[Number(3), Number(1), Number(0)],
    &[Number(2), Number(5), Number(7)],
    // Not PROT_EXEC alone: whether that can be read is the processor's matter (protection keys).
    &[Number(0x10)],
    Words::Flags(&[
        (0, "PROT_NONE"),
        (1, "PROT_READ"),
        (2, "PROT_WRITE"),
        (4, "PROT_EXEC"),
    ]),
);
/// The flags of mmap; always at a fixed address, since the address that a kernel chooses is its own.
pub const MAP_FLAGS: Kind = kind(
    &[Number(0x32), Number(0x31)],
    &[
        Number(0x8032),
        Number(0x8031),
        Number(0x10_0022),
        Number(0x10_0021),
        Number(0x4032),
        Number(0x2_0032),
        Number(0x12),
        Number(0x11),
    ],
    &[Number(0x30), Number(0x33)],
    Words::Flags(&[
        (0x1, "MAP_SHARED"),
        (0x2, "MAP_PRIVATE"),
        (0x10_0000, "MAP_FIXED_NOREPLACE"),
        (0x10, "MAP_FIXED"),
        (0x20, "MAP_ANONYMOUS"),
        (0x4000, "MAP_NORESERVE"),
        (0x8000, "MAP_POPULATE"),
        (0x2_0000, "MAP_STACK"),
    ]),
);
/// The advice of madvise.
pub const ADVICE: Kind = kind(
    &[Number(4), Number(10), Number(18)],
    &[Number(11), Number(19), Number(0), Number(1)],
    &[Number(2), Number(3), Number(99), Number(-1)],
    Words::Names(&[
        (0, "MADV_NORMAL"),
        (1, "MADV_RANDOM"),
        (2, "MADV_SEQUENTIAL"),
        (3, "MADV_WILLNEED"),
        (4, "MADV_DONTNEED"),
        (10, "MADV_DONTFORK"),
        (11, "MADV_DOFORK"),
        (18, "MADV_WIPEONFORK"),
        (19, "MADV_KEEPONFORK"),
    ]),
);
/// The new end of the heap.
pub const BREAK: Kind = kind(
    &[Heap(0), Heap(4096), Heap(8192)],
    &[Heap(1), Heap(4097), Heap(65536), NULL],
    &[Heap(1 << 46), number(NOT_USER)],
    Words::Address,
);

/// An open descriptor.
pub const FD: Kind = kind(
    &[Fd(0)],
    &[Number(0), Number(5)],
    &[Number(-1), Number(1024), Number(99)],
    Words::Int,
);
/// The descriptor of mmap, which anonymous memory does not look at.
pub const MAP_FD: Kind = kind(&[Number(-1)], &[Fd(0)], &[Number(99)], Words::Int);
/// A descriptor to open.
pub const NEW_FD: Kind = kind(
    &[Number(0), Number(5), Fd(0)],
    &[Number(3), Number(40), Number(1023)],
    &[Number(-1), Number(1024)],
    Words::Int,
);
/// How many bytes to read or write.
pub const COUNT: Kind = kind(
    &[Number(1), Number(4), Number(100)],
    &[Number(0), Number(4096), Number(4097), Number(65536)],
    &[Number(65537), number(0x7fff_f000), Number(-1)],
    Words::Size,
);
const OPEN_WORDS: Words = Words::Flags(&[
    (0x1, "O_WRONLY"),
    (0x400, "O_APPEND"),
    (0x800, "O_NONBLOCK"),
    (0x8_0000, "O_CLOEXEC"),
]);
/// The flags of pipe2.
pub const PIPE_FLAGS: Kind = kind(
    &[Number(0), Number(0x800)],
    &[Number(0x8_0000), Number(0x8_0800)],
    &[Number(1), Number(0x400)],
    OPEN_WORDS,
);
/// The flags of dup3.
pub const DUP_FLAGS: Kind = kind(
    &[Number(0), Number(0x8_0000)],
    &[],
    &[Number(1), Number(0x800)],
    OPEN_WORDS,
);
/// The command of fcntl.
pub const FCNTL: Kind = kind(
    &[Number(1), Number(2), Number(0), Number(3)],
    &[Number(1030), Number(4), Number(1032)],
    &[Number(99), Number(-1)],
    Words::Names(&[
        (0, "F_DUPFD"),
        (1, "F_GETFD"),
        (2, "F_SETFD"),
        (3, "F_GETFL"),
        (4, "F_SETFL"),
        (1030, "F_DUPFD_CLOEXEC"),
        (1032, "F_GETPIPE_SZ"),
    ]),
);
/// The argument of fcntl.
pub const FCNTL_ARG: Kind = kind(
    &[Number(0), Number(1), Number(5)],
    &[Number(0x800), Number(2), Number(1023)],
    // Not -1: F_SETFL would take flags from it that the model does not have.
    &[Number(1024), Number(0x8000_0000)],
    Words::Size,
);
/// The option of prctl.
pub const PRCTL: Kind = kind(
    &[Number(36), Number(37)],
    &[],
    &[Number(99)],
    Words::Names(&[(36, "PR_SET_CHILD_SUBREAPER"), (37, "PR_GET_CHILD_SUBREAPER")]),
);
/// The first argument of prctl.
pub const PRCTL_ARG: Kind = kind(&[Number(1), AT], &[NULL, Out], &[number(BAD)], Words::Address);
