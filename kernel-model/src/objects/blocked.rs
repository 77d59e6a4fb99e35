//! Why a task sleeps, as data: enough to go on with the call when the task runs again.

use crate::abi::call::{CloneArgs, UserPtr, WaitArgs};
use crate::abi::ids::{Handle, Pid, kind};
use crate::abi::state::Sleep;

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
    /// nanosleep.
    Nanosleep {
        /// When it is over, in nanoseconds since boot.
        until: u64,
        /// Where the time left goes if a signal comes first; NULL for none.
        remain: UserPtr,
    },
    /// pause: until a signal.
    Pause,
    /// execve: until the other threads of the process have ended. The embedder tries again with the program.
    DeThread,
    /// A kernel thread without work.
    Kthread,
    /// clone: begun anew once the signals are taken that were there (ERESTARTNOINTR). Nobody sleeps in it.
    Clone(CloneArgs),
}

impl Blocked {
    /// What may wake the sleeper early.
    #[must_use]
    pub const fn sleep(&self) -> Sleep {
        match self {
            // wait_for_vfork_done() sleeps in TASK_KILLABLE.
            Blocked::VforkDone { .. } | Blocked::DeThread => Sleep::Killable,
            Blocked::Wait(_)
            | Blocked::PipeRead(_)
            | Blocked::PipeWrite(_)
            | Blocked::Nanosleep { .. }
            | Blocked::Pause
            | Blocked::Kthread
            | Blocked::Clone(_) => Sleep::Interruptible,
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
            Blocked::Nanosleep { .. } => "hrtimer_nanosleep",
            Blocked::Pause => "do_sys_pause",
            Blocked::DeThread => "de_thread",
            Blocked::Kthread => "kthreadd",
            Blocked::Clone(_) => "copy_process",
        }
    }
}
