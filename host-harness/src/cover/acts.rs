//! What tasks may do in the worlds that are covered: few calls with few arguments, for every state is met with each.

use crate::oracle::alphabet::{Area, CallId};
use crate::oracle::operand::Operand;
use crate::oracle::operand::Operand::{Fd, Group, Number, Out, Page, Process, Task};
use crate::oracle::out;
use crate::oracle::program::Step;
use crate::oracle::system;

/// A call with its arguments.
type Act = (&'static str, &'static [Operand]);

const FORK: Act = ("fork", &[]);
const VFORK: Act = ("vfork", &[]);
/// `CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD`.
const THREAD: Act = ("clone", &[Number(0x1_0f00)]);
const EXIT: Act = ("exit", &[Number(1)]);
const EXIT_GROUP: Act = ("exit_group", &[Number(2)]);
const WAIT: Act = ("wait4", &[Number(-1), Out, Number(0), Number(0)]);
const WNOHANG: Act = ("wait4", &[Number(-1), Out, Number(1), Number(0)]);
const EXEC: Act = ("exec", &[]);
const AT: Operand = Page { page: 0, offset: 0 };
const NEXT: Operand = Page { page: 1, offset: 0 };
const PAGE: Operand = Number(4096);

/// Birth, death and waiting, with threads, vfork, exec and a subreaper.
const LIFE: &[Act] = &[
    FORK,
    VFORK,
    THREAD,
    // CLONE_PARENT | SIGCHLD, and a child without an exit signal.
    ("clone", &[Number(0x8011)]),
    ("clone", &[Number(0)]),
    EXIT,
    EXIT_GROUP,
    WAIT,
    WNOHANG,
    // __WALL | WNOHANG
    ("wait4", &[Number(-1), Out, Number(0x4000_0001), Number(0)]),
    // P_ALL, WEXITED | WNOWAIT | WNOHANG
    (
        "waitid",
        &[Number(0), Number(0), Out, Number(0x0100_0005), Number(0)],
    ),
    EXEC,
    ("prctl", &[Number(36), Number(1)]),
    ("kill", &[Process(1), Number(9)]),
];

/// Groups and sessions, zombies in them, and who may be moved.
const GROUPS: &[Act] = &[
    FORK,
    EXIT_GROUP,
    WNOHANG,
    EXEC,
    ("setpgid", &[Number(0), Number(0)]),
    ("setpgid", &[Process(1), Number(0)]),
    ("setpgid", &[Process(2), Operand::Pgid(1)]),
    ("setsid", &[]),
    ("getpgid", &[Task(1)]),
    ("getsid", &[Task(2)]),
    ("kill", &[Group(1), Number(0)]),
    ("kill", &[Group(1), Number(9)]),
    // The own group.
    ("wait4", &[Number(0), Out, Number(1), Number(0)]),
];

const IN: Operand = Number(system::IN.cast_signed());
/// SIGUSR1 in a set.
const USR1: Operand = Number(1 << 9);

/// Stops and continues, what waits for them, and orphaned groups; handlers, masks and sigsuspend.
const SIGNALS: &[Act] = &[
    FORK,
    THREAD,
    EXIT,
    ("setpgid", &[Number(0), Number(0)]),
    ("kill", &[Process(1), Number(19)]),
    ("kill", &[Process(1), Number(18)]),
    ("kill", &[Process(1), Number(15)]),
    ("kill", &[Process(2), Number(20)]),
    ("kill", &[Number(-1), Number(9)]),
    ("tkill", &[Task(2), Number(19)]),
    WAIT,
    // WNOHANG | WUNTRACED | WCONTINUED
    ("wait4", &[Number(-1), Out, Number(11), Number(0)]),
    // P_ALL, WSTOPPED
    ("waitid", &[Number(0), Number(0), Out, Number(2), Number(0)]),
    // SA_SIGINFO and a restorer; SA_RESTART for SIGCHLD.
    (
        "rt_sigaction",
        &[
            Number(10),
            IN,
            Number(0),
            Number(8),
            Number(0x0400_0004),
            Number(0),
        ],
    ),
    (
        "rt_sigaction",
        &[
            Number(17),
            IN,
            Number(0),
            Number(8),
            Number(0x1400_0004),
            Number(0),
        ],
    ),
    ("kill", &[Process(1), Number(10)]),
    ("rt_sigprocmask", &[Number(0), IN, Number(0), Number(8), USR1]),
    ("rt_sigsuspend", &[IN, Number(8), Number(0)]),
    ("rt_sigreturn", &[]),
    ("signalfd4", &[Number(-1), IN, Number(8), Number(0), USR1]),
    ("read_signals", &[Fd(0), Out, Number(128)]),
];

/// Private and shared pages, what fork makes of them, and what faults do.
const MEMORY: &[Act] = &[
    FORK,
    VFORK,
    EXIT_GROUP,
    WNOHANG,
    ("mmap", &[AT, Number(8192), Number(3), Number(0x32), Number(-1)]),
    ("mmap", &[NEXT, PAGE, Number(3), Number(0x31), Number(-1)]),
    ("munmap", &[AT, PAGE]),
    ("mprotect", &[AT, PAGE, Number(1)]),
    ("madvise", &[AT, PAGE, Number(10)]),
    ("madvise", &[AT, PAGE, Number(18)]),
    ("madvise", &[AT, Number(8192), Number(4)]),
    ("load", &[AT]),
    ("store", &[AT, Number(1)]),
    ("store", &[NEXT, Number(2)]),
];

/// Pipes and descriptors across fork and exec.
const FILES: &[Act] = &[
    FORK,
    EXIT_GROUP,
    WAIT,
    EXEC,
    ("pipe2", &[Out, Number(0)]),
    // O_CLOEXEC | O_NONBLOCK
    ("pipe2", &[Out, Number(0x8_0800)]),
    ("read", &[Fd(0), Out, Number(1)]),
    ("write", &[Fd(1), Out, Number(1)]),
    ("close", &[Fd(0)]),
    ("close", &[Fd(1)]),
    ("dup", &[Fd(1)]),
    ("dup2", &[Fd(0), Fd(1)]),
    // One descriptor, for ever, POLLIN | POLLOUT.
    ("poll", &[Out, Number(1), Number(-1), Fd(0), Fd(0), Number(5)]),
];

/// `CLONE_CHILD_CLEARTID` with the flags of a thread: its end is a wake.
const CLEARED: Act = ("clone", &[Number(0x21_0f00), Number(0), Number(0), AT, Number(0)]);

/// Waits on words of memory, shared or not, and what ends them.
const THREADS: &[Act] = &[
    FORK,
    CLEARED,
    EXIT,
    EXIT_GROUP,
    // Shared memory.
    ("mmap", &[AT, PAGE, Number(3), Number(0x31), Number(-1)]),
    ("store", &[AT, Number(1)]),
    // FUTEX_WAIT of 0, for all processes and for this one alone.
    ("futex", &[AT, Number(0), Number(0)]),
    ("futex", &[AT, Number(128), Number(0)]),
    // FUTEX_WAIT_BITSET of 1, time passed.
    ("futex", &[AT, Number(9), Number(1), Out, Number(0), Number(1)]),
    // FUTEX_WAKE of one.
    ("futex", &[AT, Number(1), Number(1)]),
    ("futex", &[AT, Number(129), Number(1)]),
    // FUTEX_REQUEUE: none is woken, all move to the next word.
    (
        "futex",
        &[AT, Number(3), Number(0), Number(9), Page { page: 0, offset: 8 }],
    ),
    ("futex", &[Page { page: 0, offset: 8 }, Number(1), Number(1)]),
    ("kill", &[Process(1), Number(19)]),
    ("kill", &[Process(1), Number(18)]),
];

/// Two users, what they may do to each other, and what exec makes of them.
const CREDENTIALS: &[Act] = &[
    FORK,
    EXIT_GROUP,
    EXEC,
    ("setuid", &[Number(1001)]),
    // The effective one alone, and back.
    ("setresuid", &[Number(-1), Number(1001), Number(-1)]),
    ("setresuid", &[Number(-1), Number(0), Number(-1)]),
    ("setreuid", &[Number(1001), Number(1002)]),
    (
        "getresuid",
        &[Out, Number(0x2000_0000_0004), Number(0x2000_0000_0008)],
    ),
    // PR_SET_KEEPCAPS, PR_SET_PDEATHSIG, PR_GET_DUMPABLE.
    ("prctl_task", &[Number(8), Number(1)]),
    ("prctl_task", &[Number(1), Number(15)]),
    ("prctl_task", &[Number(3), Number(0)]),
    ("kill", &[Process(1), Number(0)]),
    ("kill", &[Process(2), Number(15)]),
];

/// Far enough that it never comes.
const FAR: Operand = Number(4_000_000_000);
const NONE: Operand = Number(0);

/// Alarms and sleeps across fork, exec, stops and handlers.
const TIME: &[Act] = &[
    FORK,
    THREAD,
    EXIT,
    EXEC,
    ("alarm", &[Number(100_000)]),
    ("alarm", &[NONE]),
    // ITIMER_PROF, every 7 seconds from now on; and stopped.
    (
        "setitimer",
        &[
            Number(2),
            IN,
            Number(out::ITIMER_AT.cast_signed()),
            Number(50_000),
            NONE,
            Number(7),
        ],
    ),
    ("setitimer", &[Number(2), NONE, NONE]),
    ("getitimer", &[NONE, Number(out::ITIMER_AT.cast_signed())]),
    ("nanosleep", &[IN, NONE, FAR, NONE]),
    ("clock_nanosleep", &[NONE, Number(1), IN, NONE, FAR, NONE]),
    // The processor time of task 2.
    ("clock_nanosleep", &[Number(-22), NONE, IN, NONE, FAR, NONE]),
    (
        "rt_sigaction",
        &[Number(14), IN, NONE, Number(8), Number(0x0400_0004), NONE],
    ),
    ("rt_sigreturn", &[]),
    ("kill", &[Process(1), Number(14)]),
    ("kill", &[Process(1), Number(19)]),
    ("kill", &[Process(1), Number(18)]),
];

/// A session that takes the terminal, its groups in the foreground and in the background.
const TERMINALS: &[Act] = &[
    FORK,
    EXIT_GROUP,
    WNOHANG,
    ("setsid", &[]),
    ("setpgid", &[Number(0), Number(0)]),
    ("open", &[IN, Number(2)]),
    // TIOCGPGRP.
    ("tiocg", &[Fd(0), Number(0x540f), Out]),
    ("tiocspgrp", &[Fd(0), Number(0x5410), IN, Operand::Pgid(1)]),
    ("tiocspgrp", &[Fd(0), Number(0x5410), IN, Operand::Pgid(2)]),
    ("tiocsctty", &[Fd(0), Number(0x540e), Number(1)]),
    ("tiocnotty", &[Fd(0), Number(0x5422), Number(0)]),
    ("read", &[Fd(0), Out, Number(1)]),
    ("kill", &[Process(2), Number(18)]),
];

/// What an area's worlds are made of.
pub(super) const fn of(area: Area) -> &'static [Act] {
    match area {
        Area::Life => LIFE,
        Area::Groups => GROUPS,
        Area::Signals => SIGNALS,
        Area::Memory => MEMORY,
        Area::Files => FILES,
        Area::Threads => THREADS,
        Area::Credentials => CREDENTIALS,
        Area::Time => TIME,
        Area::Terminals => TERMINALS,
    }
}

/// The steps that the k-th waiting task may make; none that makes a task where there are enough.
pub(super) fn steps(area: Area, who: u32, full: bool) -> impl Iterator<Item = Step> {
    of(area).iter().filter_map(move |(name, operands)| {
        let makes_a_task = matches!(*name, "fork" | "vfork" | "clone");
        let call = CallId::named(name)?;
        (!full || !makes_a_task).then(|| Step {
            who,
            call,
            operands: operands.to_vec(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_one_of_the_alphabet() {
        for area in Area::ALL {
            assert_eq!(steps(area, 0, false).count(), of(area).len(), "{area:?}");
        }
    }
}
