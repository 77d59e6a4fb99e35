//! Why a task sleeps, as data: enough to go on with the call when the task runs again.

use crate::abi::call::{CloneArgs, UserPtr, WaitArgs};
use crate::abi::clock::CpuClock;
use crate::abi::ids::{Handle, Pid, kind};
use crate::abi::signal::SigSet;
use crate::abi::state::Sleep;

use super::futex::FutexWait;

/// How much of a read or write is done, and how much is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Transfer {
    /// The open file description, held while the caller sleeps: another thread may close the descriptor.
    pub file: Handle<kind::File>,
    /// Where in user space the rest begins.
    pub buf: UserPtr,
    /// Bytes still to move.
    pub count: u64,
    /// Bytes moved so far.
    pub done: u64,
}

/// What poll waits for. The array is read when the call begins, and again when a signal has interrupted it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PollWait {
    /// The array of `struct pollfd`.
    pub fds: UserPtr,
    /// How many there are.
    pub nfds: u32,
    /// When it is over, in nanoseconds since boot; `u64::MAX` for never.
    pub until: u64,
}

/// A sleep by a clock of processor time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CpuSleep {
    /// The clock.
    pub clock: CpuClock,
    /// What it shows when the sleep is over, in nanoseconds.
    pub until: u64,
    /// What was asked for: the time left when the clock's task is gone.
    pub asked: u64,
    /// Where the time left goes if a signal comes first; NULL for none.
    pub remain: UserPtr,
    /// A moment was asked for, and not a length: there is no time left to tell.
    pub absolute: bool,
}

/// The call that a task sleeps in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)] // and from 1 on, so that "in no call" is all zero bytes
pub enum Blocked {
    /// wait4 or waitid: no child has anything to tell yet.
    Wait(WaitArgs) = 1,
    /// vfork: until the child execs or exits.
    VforkDone {
        /// The child: the value of the call.
        child: Pid,
    },
    /// read from an empty pipe.
    PipeRead(Transfer),
    /// write to a full pipe.
    PipeWrite(Transfer),
    /// read of signals of which none pends.
    SignalfdRead(Transfer),
    /// read from the terminal: until there is a line, or a signal.
    TtyRead(Transfer),
    /// write to the terminal from the background: begun anew once SIGTTOU is taken. Nobody sleeps in it.
    TtyWrite(Transfer),
    /// ioctl on the terminal from the background: the same.
    TtyIoctl {
        /// The descriptor.
        fd: i32,
        /// What is asked for.
        request: u32,
        /// Its argument.
        arg: UserPtr,
    },
    /// nanosleep.
    Nanosleep {
        /// When it is over, in nanoseconds since boot.
        until: u64,
        /// Where the time left goes if a signal comes first; NULL for none.
        remain: UserPtr,
        /// A moment was asked for, and not a length: there is no time left to tell.
        absolute: bool,
    },
    /// clock_nanosleep by a clock of processor time.
    CpuNanosleep(CpuSleep),
    /// pause: until a signal.
    Pause,
    /// sigsuspend: the same, with this mask.
    Sigsuspend {
        /// The mask.
        mask: SigSet,
    },
    /// sigsuspend that is made anew: the mask is back, and what it lets through is taken first.
    SigsuspendRestart {
        /// The mask that it sets again.
        mask: SigSet,
    },
    /// sigtimedwait: until one of these signals comes, or another one that the task takes.
    Sigtimedwait {
        /// The signals.
        set: SigSet,
        /// Where the `siginfo_t` goes; NULL for nowhere.
        info: UserPtr,
        /// When it is over, in nanoseconds since boot; none for never.
        until: Option<u64>,
    },
    /// execve: until the other threads of the process have ended. The embedder tries again with the program.
    DeThread,
    /// A kernel thread without work.
    Kthread,
    /// clone: begun anew once the signals are taken that were there (ERESTARTNOINTR). Nobody sleeps in it.
    Clone(CloneArgs),
    /// futex: until a wake, a time or a signal.
    Futex(FutexWait),
    /// futex: begun anew once the signals are taken that were there. Nobody sleeps in it.
    FutexRestart(FutexWait),
    /// poll: until one of the descriptors has something to tell, a time or a signal.
    Poll(PollWait),
    /// poll: begun anew once the signals are taken that were there. Nobody sleeps in it.
    PollRestart(PollWait),
    /// exit: all is given back, and nobody has heard of the end. Nobody sleeps in it.
    Exit,
}

/// How a call ends that a signal has interrupted and for which a handler runs (`ERESTART*`). Without a handler each
/// is made anew as if nothing had been.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Restart {
    /// EINTR, unless the handler has SA_RESTART (ERESTARTSYS).
    Sys,
    /// EINTR always (ERESTARTNOHAND, ERESTART_RESTARTBLOCK).
    NoHand,
    /// Made anew always (ERESTARTNOINTR).
    NoIntr,
}

impl Blocked {
    /// The same, with its moment counted from this one instead of from boot; one that has passed is over whenever it was.
    pub(crate) fn counted_from(mut self, now: u64) -> Blocked {
        let until = match &mut self {
            Blocked::Nanosleep { until, .. }
            | Blocked::Sigtimedwait {
                until: Some(until), ..
            } => until,
            Blocked::Futex(FutexWait { until, .. })
            | Blocked::FutexRestart(FutexWait { until, .. })
            | Blocked::Poll(PollWait { until, .. })
            | Blocked::PollRestart(PollWait { until, .. })
                if *until != u64::MAX =>
            {
                until
            }
            _ => return self,
        };
        *until = until.saturating_sub(now);
        self
    }

    /// What becomes of the call when a signal with a handler interrupts it: `signal(7)`.
    #[must_use]
    pub const fn restart(&self) -> Restart {
        match self {
            Blocked::Wait(_)
            | Blocked::PipeRead(_)
            | Blocked::PipeWrite(_)
            | Blocked::SignalfdRead(_)
            | Blocked::TtyRead(_)
            | Blocked::TtyWrite(_)
            | Blocked::TtyIoctl { .. } => Restart::Sys,
            // With a time limit ERESTART_RESTARTBLOCK.
            Blocked::Futex(wait) | Blocked::FutexRestart(wait) => match wait.until {
                u64::MAX => Restart::Sys,
                _ => Restart::NoHand,
            },
            Blocked::Nanosleep { .. }
            | Blocked::CpuNanosleep(_)
            | Blocked::Pause
            | Blocked::Sigsuspend { .. }
            | Blocked::Sigtimedwait { .. }
            | Blocked::Poll(_)
            | Blocked::PollRestart(_)
            | Blocked::Kthread => Restart::NoHand,
            Blocked::VforkDone { .. }
            | Blocked::DeThread
            | Blocked::Clone(_)
            | Blocked::Exit
            | Blocked::SigsuspendRestart { .. } => Restart::NoIntr,
        }
    }

    /// When its sleep is over by itself, in nanoseconds since boot.
    #[must_use]
    pub const fn expires(&self) -> Option<u64> {
        match self {
            Blocked::Nanosleep { until, .. } => Some(*until),
            Blocked::Sigtimedwait { until, .. } => *until,
            Blocked::Futex(FutexWait { until, .. }) | Blocked::Poll(PollWait { until, .. })
                if *until != u64::MAX =>
            {
                Some(*until)
            }
            _ => None,
        }
    }

    /// The open file description that the call holds, and how far it came.
    #[must_use]
    pub const fn transfer(&self) -> Option<&Transfer> {
        match self {
            Blocked::PipeRead(transfer)
            | Blocked::PipeWrite(transfer)
            | Blocked::SignalfdRead(transfer)
            | Blocked::TtyRead(transfer)
            | Blocked::TtyWrite(transfer) => Some(transfer),
            _ => None,
        }
    }

    /// What may wake the sleeper early.
    #[must_use]
    pub const fn sleep(&self) -> Sleep {
        match self {
            // wait_for_vfork_done() sleeps in TASK_KILLABLE.
            Blocked::VforkDone { .. } | Blocked::DeThread | Blocked::Exit => Sleep::Killable,
            Blocked::Wait(_)
            | Blocked::PipeRead(_)
            | Blocked::PipeWrite(_)
            | Blocked::SignalfdRead(_)
            | Blocked::TtyRead(_)
            | Blocked::TtyWrite(_)
            | Blocked::TtyIoctl { .. }
            | Blocked::Nanosleep { .. }
            | Blocked::CpuNanosleep(_)
            | Blocked::Pause
            | Blocked::Sigsuspend { .. }
            | Blocked::SigsuspendRestart { .. }
            | Blocked::Sigtimedwait { .. }
            | Blocked::Kthread
            | Blocked::Clone(_)
            | Blocked::Futex(_)
            | Blocked::FutexRestart(_)
            | Blocked::Poll(_)
            | Blocked::PollRestart(_) => Sleep::Interruptible,
        }
    }

    /// `/proc/PID/wchan`: the kernel function it sleeps in.
    #[must_use]
    pub const fn wchan(&self) -> &'static str {
        match self {
            Blocked::Wait(_) => "do_wait",
            Blocked::VforkDone { .. } => "kernel_clone",
            Blocked::PipeRead(_) => "pipe_read",
            Blocked::PipeWrite(_) => "pipe_write",
            Blocked::SignalfdRead(_) => "signalfd_read_iter",
            Blocked::TtyRead(_) => "wait_woken",
            Blocked::TtyWrite(_) => "n_tty_write",
            Blocked::TtyIoctl { .. } => "tty_ioctl",
            Blocked::Nanosleep { .. } => "hrtimer_nanosleep",
            Blocked::CpuNanosleep(_) => "do_cpu_nanosleep",
            Blocked::Pause => "do_sys_pause",
            Blocked::Sigsuspend { .. } | Blocked::SigsuspendRestart { .. } => "sigsuspend",
            Blocked::Sigtimedwait { .. } => "do_sigtimedwait",
            Blocked::DeThread => "de_thread",
            Blocked::Exit => "do_exit",
            Blocked::Kthread => "kthreadd",
            Blocked::Clone(_) => "copy_process",
            Blocked::Futex(_) | Blocked::FutexRestart(_) => "futex_do_wait",
            Blocked::Poll(_) | Blocked::PollRestart(_) => "poll_schedule_timeout",
        }
    }
}
