//! The calls that programs are made of. Adding a call is one row.

use serde::{Deserialize, Serialize};

use super::kind::cred::{
    CAPABILITIES, CAPABILITIES_FROM, CAPABILITY, CAPABILITY_2, GROUP_ID, GROUPS, GROUPS_INTO, GROUPS_ROOM,
    HEADER, NICE, PRCTL_CAP, PRCTL_TASK, PRCTL_VALUE, PRIORITY_OF, USER, WORD_0, WORD_1, WORD_2,
};
use super::kind::limits::{
    ALL_OR_NOTHING, CPU, FAR, FARTHER, HARD, NEW_LIMIT, NEW_LIMIT_OR_NONE, OLD_LIMIT, RESOURCE, SETTABLE,
    SIGPENDING, SOFT,
};
use super::kind::signals::{
    ACTION, AWAITED, CATCHABLE, HOW, INWARD, MASK, NO_TIME, OLD, SA_FLAGS, SENT, SET_SIZE, SI_CODE, SIGNALFD,
    SIGNALFD_FLAGS, SIGNALS_LEN, STACK_FLAGS, STACK_SIZE, TIMEOUT, VALUE,
};
use super::kind::terminals::{
    FOREGROUND, LFLAG, MIN, OPEN_FLAGS, QUEUE, SET_FROM, STEALS, TCFLSH, TCGETS, TCSETS, TIOCG, TIOCNOTTY,
    TIOCSCTTY, TIOCSPGRP, TIOCSWINSZ, TTY_PATH, WINSIZE,
};
use super::kind::time::{
    ALARM, CLOCK, CLOCK_INTO, EVERY, ITIMER, MICROSECONDS, NEW_TIMER, OLD_TIMER, REMAIN, REQUEST,
    RESOLUTION_INTO, SECONDS, SLEEP_FLAGS, SLEEP_NANOSECONDS, SLEEP_SECONDS, TIMER_INTO, TIMES_INTO,
};
use super::kind::{
    ADVICE, ADVISED, BREAK, BUFFER, BYTE, BYTE_AT, CLONE_FLAGS, CLONE3_AT, CLONE3_FLAGS, CLONE3_SIZE, COUNT,
    DUP_FLAGS, EVENTS, EXIT_SIGNAL, FCNTL, FCNTL_ARG, FD, FUTEX_AT, FUTEX_OP, FUTEX_TIMEOUT, FUTEX_VAL,
    FUTEX_VAL3, ID, IDTYPE, INFO_OR_NOT, INTO, INTO_OR_FAULT, INTO_OUT, KILLED, Kind, LENGTH, MAP_FD,
    MAP_FLAGS, NEW_FD, NFDS, NULL_POINTER, OTHER_SIGNO, P_PIDFD, PAGES_AT, PGID, PID, PIDFD, PIDFD_FLAGS,
    PIDFD_SIGNAL, PIPE_FLAGS, POLL_AT, POLL_TIMEOUT, PRCTL, PRCTL_ARG, PROT, ROBUST_HEAD, ROBUST_LEN, RUSAGE,
    SET_TID, SIGNAL, STATUS, TGID, TID, TID_AT, WAIT4_OPTIONS, WAITED, WAITID_OPTIONS, WHERE, ZERO,
    ZERO_OR_ONE,
};
use super::operand::Operand;
use super::system::{Command, OUT};

/// What a row makes a task do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verb {
    /// The system call with this number.
    Syscall(u64),
    /// Read a byte of memory.
    Load,
    /// Write a byte of memory.
    Store,
    /// execve of the program itself.
    Exec,
}

/// What a call is about.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Birth, death and waiting.
    Life,
    /// Numbers, groups, sessions.
    Groups,
    /// Signals.
    Signals,
    /// Memory.
    Memory,
    /// Pipes and descriptors.
    Files,
    /// Threads and what they wait for.
    Threads,
    /// Users, groups, capabilities and limits.
    Credentials,
    /// Clocks, timers and sleeping.
    Time,
    /// The terminal, and who is in its foreground.
    Terminals,
}

impl Area {
    /// Every area.
    pub const ALL: [Area; 9] = [
        Area::Life,
        Area::Groups,
        Area::Signals,
        Area::Memory,
        Area::Files,
        Area::Threads,
        Area::Credentials,
        Area::Time,
        Area::Terminals,
    ];
}

/// A call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What is done.
    pub verb: Verb,
    /// The kinds of its arguments.
    pub kinds: &'static [Kind],
    /// How often it is drawn, beside the others.
    pub weight: u32,
    /// What it is about.
    pub area: Area,
    /// Whether it creates what fills the model's tables: such calls are left out when there is little room.
    pub creates: bool,
}

const fn call(name: &'static str, number: u64, kinds: &'static [Kind], weight: u32, area: Area) -> Row {
    Row {
        name,
        verb: Verb::Syscall(number),
        kinds,
        weight,
        area,
        creates: false,
    }
}

const fn creates(row: Row) -> Row {
    Row { creates: true, ..row }
}

const fn other(name: &'static str, verb: Verb, kinds: &'static [Kind], weight: u32, area: Area) -> Row {
    Row {
        name,
        verb,
        kinds,
        weight,
        area,
        creates: false,
    }
}

use Area::{Credentials, Files, Groups, Life, Memory, Signals, Terminals, Threads, Time};

/// ioctl, which has a row for each of its requests.
const IOCTL: u64 = 16;

/// Every call.
pub const ROWS: &[Row] = &[
    creates(call("fork", 57, &[], 60, Life)),
    creates(call("vfork", 58, &[], 16, Life)),
    creates(call(
        "clone",
        56,
        &[CLONE_FLAGS, NULL_POINTER, TID_AT, TID_AT, NULL_POINTER],
        50,
        Life,
    )),
    call("exit", 60, &[STATUS], 24, Life),
    call("exit_group", 231, &[STATUS], 20, Life),
    call("wait4", 61, &[WAITED, WHERE, WAIT4_OPTIONS, RUSAGE], 40, Life),
    call(
        "waitid",
        247,
        &[IDTYPE, ID, WHERE, WAITID_OPTIONS, RUSAGE],
        30,
        Life,
    ),
    other("exec", Verb::Exec, &[], 12, Life),
    call("sched_yield", 24, &[], 4, Life),
    call("prctl", 157, &[PRCTL, PRCTL_ARG, ZERO, ZERO, ZERO], 14, Life),
    call("getpid", 39, &[], 4, Groups),
    call("getppid", 110, &[], 8, Groups),
    call("gettid", 186, &[], 4, Groups),
    call("getpgrp", 111, &[], 4, Groups),
    call("getpgid", 121, &[PID], 8, Groups),
    call("getsid", 124, &[PID], 8, Groups),
    call("setpgid", 109, &[PID, PGID], 24, Groups),
    call("setsid", 112, &[], 12, Groups),
    call("kill", 62, &[KILLED, SIGNAL], 26, Signals),
    call("tkill", 200, &[TID, SIGNAL], 14, Signals),
    call("tgkill", 234, &[TGID, TID, SIGNAL], 14, Signals),
    call(
        "rt_sigaction",
        13,
        &[CATCHABLE, ACTION, OLD, SET_SIZE, SA_FLAGS, MASK],
        30,
        Signals,
    ),
    call("rt_sigreturn", 15, &[], 30, Signals),
    call(
        "rt_sigprocmask",
        14,
        &[HOW, INWARD, OLD, SET_SIZE, MASK],
        16,
        Signals,
    ),
    call("rt_sigpending", 127, &[INTO, SET_SIZE], 2, Signals),
    call("rt_sigsuspend", 130, &[INWARD, SET_SIZE, MASK], 8, Signals),
    call(
        "rt_sigtimedwait",
        128,
        &[INWARD, OLD, TIMEOUT, SET_SIZE, AWAITED, NO_TIME],
        10,
        Signals,
    ),
    call(
        "rt_sigqueueinfo",
        129,
        &[TGID, SENT, INWARD, SI_CODE, VALUE],
        12,
        Signals,
    ),
    call(
        "rt_tgsigqueueinfo",
        297,
        &[TGID, TID, SENT, INWARD, SI_CODE, VALUE],
        8,
        Signals,
    ),
    call(
        "sigaltstack",
        131,
        &[INWARD, OLD, STACK_FLAGS, STACK_SIZE],
        5,
        Signals,
    ),
    creates(call(
        "signalfd4",
        289,
        &[SIGNALFD, INWARD, SET_SIZE, SIGNALFD_FLAGS, AWAITED],
        12,
        Signals,
    )),
    creates(call(
        "signalfd",
        282,
        &[SIGNALFD, INWARD, SET_SIZE, AWAITED],
        4,
        Signals,
    )),
    call("pause", 34, &[], 5, Signals),
    other("load", Verb::Load, &[BYTE_AT], 34, Memory),
    other("store", Verb::Store, &[BYTE_AT, BYTE], 40, Memory),
    creates(call(
        "mmap",
        9,
        &[PAGES_AT, LENGTH, PROT, MAP_FLAGS, MAP_FD, ZERO],
        44,
        Memory,
    )),
    call("munmap", 11, &[PAGES_AT, LENGTH], 14, Memory),
    creates(call("mprotect", 10, &[PAGES_AT, LENGTH, PROT], 18, Memory)),
    creates(call("madvise", 28, &[PAGES_AT, ADVISED, ADVICE], 20, Memory)),
    creates(call("brk", 12, &[BREAK], 10, Memory)),
    creates(call("pipe", 22, &[INTO], 24, Files)),
    creates(call("pipe2", 293, &[INTO, PIPE_FLAGS], 24, Files)),
    call("read", 0, &[FD, BUFFER, COUNT], 30, Files),
    call("read_signals", 0, &[FD, INTO_OUT, SIGNALS_LEN], 14, Signals),
    creates(call("write", 1, &[FD, BUFFER, COUNT], 34, Files)),
    call("close", 3, &[FD], 24, Files),
    creates(call("dup", 32, &[FD], 10, Files)),
    creates(call("dup2", 33, &[FD, NEW_FD], 12, Files)),
    creates(call("dup3", 292, &[FD, NEW_FD, DUP_FLAGS], 12, Files)),
    creates(call("fcntl", 72, &[FD, FCNTL, FCNTL_ARG], 20, Files)),
    call(
        "futex",
        202,
        &[FUTEX_AT, FUTEX_OP, FUTEX_VAL, FUTEX_TIMEOUT, FUTEX_AT, FUTEX_VAL3],
        50,
        Threads,
    ),
    creates(call(
        "clone3",
        435,
        &[CLONE3_AT, CLONE3_SIZE, CLONE3_FLAGS, EXIT_SIGNAL, SET_TID],
        30,
        Threads,
    )),
    creates(call("pidfd_open", 434, &[TID, PIDFD_FLAGS], 16, Threads)),
    creates(call("pidfd_getfd", 438, &[FD, FD, ZERO_OR_ONE], 12, Threads)),
    call(
        "pidfd_send_signal",
        424,
        &[PIDFD, SENT, INFO_OR_NOT, PIDFD_SIGNAL, SI_CODE, OTHER_SIGNO],
        14,
        Signals,
    ),
    call(
        "waitid_pidfd",
        247,
        &[P_PIDFD, FD, WHERE, WAITID_OPTIONS, RUSAGE],
        10,
        Threads,
    ),
    call(
        "poll",
        7,
        &[POLL_AT, NFDS, POLL_TIMEOUT, FD, FD, EVENTS],
        16,
        Threads,
    ),
    call("set_tid_address", 218, &[TID_AT], 8, Threads),
    call("set_robust_list", 273, &[ROBUST_HEAD, ROBUST_LEN], 6, Threads),
    call("get_robust_list", 274, &[TID, WHERE, INTO], 6, Threads),
    call("setuid", 105, &[USER], 8, Credentials),
    call("setreuid", 113, &[USER, USER], 8, Credentials),
    call("setresuid", 117, &[USER, USER, USER], 12, Credentials),
    call("setfsuid", 122, &[USER], 6, Credentials),
    call("getuid", 102, &[], 4, Credentials),
    call("geteuid", 107, &[], 4, Credentials),
    call("getresuid", 118, &[WORD_0, WORD_1, WORD_2], 12, Credentials),
    call("setgid", 106, &[GROUP_ID], 6, Credentials),
    call("setregid", 114, &[GROUP_ID, GROUP_ID], 4, Credentials),
    call("setresgid", 119, &[GROUP_ID, GROUP_ID, GROUP_ID], 6, Credentials),
    call("setfsgid", 123, &[GROUP_ID], 4, Credentials),
    call("getgid", 104, &[], 2, Credentials),
    call("getegid", 108, &[], 2, Credentials),
    call("getresgid", 120, &[WORD_0, WORD_1, WORD_2], 6, Credentials),
    call("setgroups", 116, &[GROUPS, BUFFER], 6, Credentials),
    call("getgroups", 115, &[GROUPS_ROOM, GROUPS_INTO], 12, Credentials),
    call("capget", 125, &[HEADER, CAPABILITIES], 12, Credentials),
    call("capset", 126, &[HEADER, CAPABILITIES_FROM], 10, Credentials),
    call(
        "prctl_task",
        157,
        &[PRCTL_TASK, PRCTL_VALUE, ZERO, ZERO, ZERO],
        14,
        Credentials,
    ),
    call(
        "prctl_cap",
        157,
        &[PRCTL_CAP, CAPABILITY, CAPABILITY_2, ZERO, ZERO],
        12,
        Credentials,
    ),
    call("getpriority", 140, &[PRIORITY_OF, PID], 6, Credentials),
    call("setpriority", 141, &[PRIORITY_OF, PID, NICE], 10, Credentials),
    call("getrlimit", 97, &[RESOURCE, INTO_OR_FAULT], 10, Credentials),
    call(
        "setrlimit",
        160,
        &[SETTABLE, NEW_LIMIT, SOFT, HARD],
        14,
        Credentials,
    ),
    call(
        "setrlimit_sigpending",
        160,
        &[SIGPENDING, NEW_LIMIT, ALL_OR_NOTHING, ALL_OR_NOTHING],
        4,
        Credentials,
    ),
    call(
        "setrlimit_cpu",
        160,
        &[CPU, NEW_LIMIT, FAR, FARTHER],
        4,
        Credentials,
    ),
    call(
        "prlimit64",
        302,
        &[PID, SETTABLE, NEW_LIMIT_OR_NONE, OLD_LIMIT, SOFT, HARD],
        16,
        Credentials,
    ),
    call("alarm", 37, &[ALARM], 20, Time),
    call("getitimer", 36, &[ITIMER, TIMER_INTO], 16, Time),
    call(
        "setitimer",
        38,
        &[ITIMER, NEW_TIMER, OLD_TIMER, SECONDS, MICROSECONDS, EVERY],
        24,
        Time,
    ),
    call("clock_gettime", 228, &[CLOCK, CLOCK_INTO], 10, Time),
    call("clock_getres", 229, &[CLOCK, RESOLUTION_INTO], 10, Time),
    call(
        "nanosleep",
        35,
        &[REQUEST, REMAIN, SLEEP_SECONDS, SLEEP_NANOSECONDS],
        16,
        Time,
    ),
    call(
        "clock_nanosleep",
        230,
        &[
            CLOCK,
            SLEEP_FLAGS,
            REQUEST,
            REMAIN,
            SLEEP_SECONDS,
            SLEEP_NANOSECONDS,
        ],
        24,
        Time,
    ),
    call("times", 100, &[TIMES_INTO], 4, Time),
    creates(call("open", 2, &[TTY_PATH, OPEN_FLAGS, ZERO], 24, Terminals)),
    call("tiocg", 16, &[FD, TIOCG, INTO_OR_FAULT], 16, Terminals),
    call(
        "tiocspgrp",
        16,
        &[FD, TIOCSPGRP, SET_FROM, FOREGROUND],
        30,
        Terminals,
    ),
    call("tiocsctty", 16, &[FD, TIOCSCTTY, STEALS], 20, Terminals),
    call("tiocnotty", 16, &[FD, TIOCNOTTY, ZERO], 6, Terminals),
    call("tcgets", 16, &[FD, TCGETS, INTO_OR_FAULT], 6, Terminals),
    call("tcsets", 16, &[FD, TCSETS, SET_FROM, LFLAG, MIN], 16, Terminals),
    call("tcflsh", 16, &[FD, TCFLSH, QUEUE], 10, Terminals),
    call(
        "tiocswinsz",
        16,
        &[FD, TIOCSWINSZ, SET_FROM, WINSIZE],
        6,
        Terminals,
    ),
];

/// A row of the table, by its place. In files it is written by its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallId(usize);

impl CallId {
    /// The first of the table.
    pub const FIRST: CallId = CallId(0);

    /// Every call.
    pub fn all() -> impl Iterator<Item = CallId> {
        (0..ROWS.len()).map(CallId)
    }

    /// The call of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<CallId> {
        CallId::all().find(|call| call.row().name == name)
    }

    /// The call that makes such commands.
    #[must_use]
    pub fn of(command: &Command) -> Option<CallId> {
        let verb = match command {
            Command::Syscall { nr, .. } => Verb::Syscall(*nr),
            Command::Load { .. } => Verb::Load,
            Command::Store { .. } => Verb::Store,
            Command::Exec => Verb::Exec,
        };
        // Of rows of one call, the one whose first argument it is; of ioctl's, the second.
        let args = match command {
            Command::Syscall { args, .. } => *args,
            _ => [0; 6],
        };
        let which = usize::from(verb == Verb::Syscall(IOCTL));
        let said = args.get(which).map(|arg| Operand::Number(arg.cast_signed()));
        let fits = |call: &CallId| {
            let kind = call.row().kinds.get(which);
            kind.is_some_and(|kind| kind.all().any(|operand| Some(operand) == said))
        };
        let is_meant = |call: &CallId| call.row().verb == verb;
        let mut rows = CallId::all().filter(is_meant);
        let exactly = |call: &CallId| is_meant(call) && gives(call.row(), command);
        let mut exact = CallId::all().filter(exactly);
        exact
            .find(fits)
            .or_else(|| CallId::all().find(exactly))
            .or_else(|| rows.find(fits))
            .or_else(|| CallId::all().find(is_meant))
    }

    /// A simpler call that does much the same, and takes the first of the arguments.
    #[must_use]
    pub fn simpler(self) -> Option<CallId> {
        const SIMPLER: &[(&str, &str)] = &[
            ("clone", "fork"),
            ("vfork", "fork"),
            ("exit", "exit_group"),
            ("pipe2", "pipe"),
            ("dup3", "dup2"),
        ];
        let known = SIMPLER.iter().find(|(name, _)| *name == self.row().name);
        known.and_then(|(_, simpler)| CallId::named(simpler))
    }

    /// Its row.
    #[must_use]
    pub fn row(self) -> &'static Row {
        const NONE: &Row = &call("none", u64::MAX, &[], 0, Area::Life);
        // Only the constructors above make one, so that it always names a row.
        ROWS.get(self.0).unwrap_or(NONE)
    }
}

/// Whether the row gives such arguments, as far as they are the OUT area or numbers.
fn gives(row: &Row, command: &Command) -> bool {
    let Command::Syscall { args, .. } = command else {
        return true;
    };
    let given = |(arg, kind): (&u64, &Kind)| match *arg {
        OUT => kind.all().any(|operand| operand == Operand::Out),
        number => {
            let same = Operand::Number(number.cast_signed());
            kind.all()
                .any(|operand| operand == same || !matches!(operand, Operand::Number(_)))
        }
    };
    args.iter().zip(row.kinds).all(given)
}

impl TryFrom<String> for CallId {
    type Error = String;

    fn try_from(name: String) -> Result<CallId, String> {
        CallId::named(&name).ok_or_else(|| format!("there is no call {name}"))
    }
}

impl From<CallId> for String {
    fn from(call: CallId) -> String {
        call.row().name.to_owned()
    }
}

impl Row {
    /// The command with these arguments; those that are missing are 0.
    #[must_use]
    pub fn command(&self, values: &[u64]) -> Command {
        let value = |at: usize| values.get(at).copied().unwrap_or(0);
        match self.verb {
            Verb::Syscall(nr) => Command::Syscall {
                nr,
                args: std::array::from_fn(value),
            },
            Verb::Load => Command::Load { addr: value(0) },
            Verb::Store => Command::Store {
                addr: value(0),
                byte: value(1).to_le_bytes()[0],
            },
            Verb::Exec => Command::Exec,
        }
    }
}

/// A command as strace writes it: `wait4(-1, OUT, WNOHANG, NULL)`.
#[must_use]
pub fn show(command: &Command) -> String {
    let Some(call) = CallId::of(command) else {
        return format!("{command:?}");
    };
    let row = call.row();
    let values: Vec<u64> = match *command {
        Command::Syscall { args, .. } => args.to_vec(),
        Command::Load { addr } => vec![addr],
        Command::Store { addr, byte } => vec![addr, u64::from(byte)],
        Command::Exec => Vec::new(),
    };
    let shown: Vec<String> = row
        .kinds
        .iter()
        .zip(values)
        .map(|(kind, value)| kind.show(value))
        .collect();
    format!("{}({})", row.name, shown.join(", "))
}
