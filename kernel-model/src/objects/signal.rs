//! `signal_struct` and `sighand_struct`: what the threads of a process share.

use crate::abi::ids::{Handle, TaskRef, kind};
use crate::abi::rlimit::Rlimits;
use crate::abi::signal::{SigSet, Signal};
use crate::store::arena::Object;
use crate::store::list::{Link, Linked, List};

use super::task::{ThreadNode, WaitEntry};

/// Time and faults of threads or children that have ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Usage {
    /// Nanoseconds in user mode.
    pub utime: u64,
    /// Nanoseconds in kernel mode.
    pub stime: u64,
    /// Voluntary context switches.
    pub nvcsw: u64,
    /// Involuntary context switches.
    pub nivcsw: u64,
    /// Minor faults.
    pub min_flt: u64,
    /// Major faults.
    pub maj_flt: u64,
    /// The largest resident set, in pages.
    pub maxrss: u64,
}

impl Usage {
    /// Nothing.
    pub const ZERO: Usage = Usage {
        utime: 0,
        stime: 0,
        nvcsw: 0,
        nivcsw: 0,
        min_flt: 0,
        maj_flt: 0,
        maxrss: 0,
    };

    /// Adds another's sums; of the resident sets the larger is kept.
    pub fn add(&mut self, other: &Usage) {
        self.utime = self.utime.saturating_add(other.utime);
        self.stime = self.stime.saturating_add(other.stime);
        self.nvcsw = self.nvcsw.saturating_add(other.nvcsw);
        self.nivcsw = self.nivcsw.saturating_add(other.nivcsw);
        self.min_flt = self.min_flt.saturating_add(other.min_flt);
        self.maj_flt = self.maj_flt.saturating_add(other.maj_flt);
        self.maxrss = self.maxrss.max(other.maxrss);
    }
}

/// Whether the whole process is ending (SIGNAL_GROUP_EXIT), or all but one thread (`group_exec_task`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum GroupExit {
    /// No.
    #[default]
    None,
    /// Yes, with this status word for the parent.
    Exit {
        /// The status word.
        code: i32,
    },
    /// This thread is in exec and waits until it is the only one.
    Exec {
        /// The thread.
        by: TaskRef,
    },
}

/// Whether a job-control signal has stopped the process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[repr(u8)] // so that the first variant is all zero bytes
pub enum GroupStop {
    /// No.
    #[default]
    None,
    /// Some threads still run; each stops at its next chance.
    Stopping {
        /// The signal.
        signal: Signal,
    },
    /// All threads stand still (SIGNAL_STOP_STOPPED).
    Stopped {
        /// The signal.
        signal: Signal,
        /// Whether a wait has taken the report.
        reported: bool,
    },
    /// It was continued, and no wait has taken the report (SIGNAL_STOP_CONTINUED).
    Continued,
}

/// What the threads of a process share (`signal_struct`).
#[derive(Clone, PartialEq, Debug)]
pub struct SignalStruct {
    /// The process, by its leader.
    pub leader: TaskRef,
    /// The threads, the leader first.
    pub threads: List<ThreadNode>,
    /// Threads that have not ended.
    pub live: u32,
    /// The thread that the last signal for the process was given to, where the one it was sent to did not want it:
    /// the search for the next goes on from here.
    pub curr_target: TaskRef,
    /// Signals sent to the process and not yet taken by a thread.
    pub shared_pending: SigSet,
    /// Whether the process is ending.
    pub group_exit: GroupExit,
    /// Whether the process is stopped.
    pub group_stop: GroupStop,
    /// The threads that sleep in wait4 or waitid.
    pub wait_chldexit: List<WaitEntry>,
    /// The process group.
    pub pgrp: Handle<kind::Pid>,
    /// Its place in the group.
    pub pgrp_link: Link<kind::Signal>,
    /// The session.
    pub session: Handle<kind::Pid>,
    /// Its place in the session.
    pub session_link: Link<kind::Signal>,
    /// Whether it leads its session.
    pub session_leader: bool,
    /// PR_SET_CHILD_SUBREAPER.
    pub is_child_subreaper: bool,
    /// Whether some ancestor is a subreaper.
    pub has_child_subreaper: bool,
    /// SIGNAL_UNKILLABLE: init, which no default action ends.
    pub unkillable: bool,
    /// Resource limits.
    pub rlim: Rlimits,
    /// Sums over the threads that have ended.
    pub ended: Usage,
    /// Sums over the children that were waited for.
    pub children: Usage,
}

impl Object for SignalStruct {
    type Kind = kind::Signal;
    const FREE: SignalStruct = SignalStruct {
        leader: Handle::NULL,
        threads: List::EMPTY,
        live: 0,
        curr_target: Handle::NULL,
        shared_pending: SigSet::EMPTY,
        group_exit: GroupExit::None,
        group_stop: GroupStop::None,
        wait_chldexit: List::EMPTY,
        pgrp: Handle::NULL,
        pgrp_link: Link::NONE,
        session: Handle::NULL,
        session_link: Link::NONE,
        session_leader: false,
        is_child_subreaper: false,
        has_child_subreaper: false,
        unkillable: false,
        rlim: Rlimits::ZERO,
        ended: Usage::ZERO,
        children: Usage::ZERO,
    };
}

/// The processes of one group.
#[derive(Clone, Copy, Debug)]
pub enum Pgrp {}
impl Linked for Pgrp {
    type Item = SignalStruct;
    fn link(item: &SignalStruct) -> &Link<kind::Signal> {
        &item.pgrp_link
    }
    fn link_mut(item: &mut SignalStruct) -> &mut Link<kind::Signal> {
        &mut item.pgrp_link
    }
}

/// The processes of one session.
#[derive(Clone, Copy, Debug)]
pub enum Session {}
impl Linked for Session {
    type Item = SignalStruct;
    fn link(item: &SignalStruct) -> &Link<kind::Signal> {
        &item.session_link
    }
    fn link_mut(item: &mut SignalStruct) -> &mut Link<kind::Signal> {
        &mut item.session_link
    }
}

/// What a process does with each signal (`sighand_struct`). Handlers come with signal delivery; until then a
/// signal is at its default or ignored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SighandStruct {
    /// Tasks that share it.
    pub count: u32,
    /// Signals set to SIG_IGN.
    pub ignored: SigSet,
    /// SA_NOCLDWAIT is set for SIGCHLD.
    pub nocldwait: bool,
    /// SA_NOCLDSTOP is set for SIGCHLD.
    pub nocldstop: bool,
}

impl Object for SighandStruct {
    type Kind = kind::Sighand;
    const FREE: SighandStruct = SighandStruct {
        count: 0,
        ignored: SigSet::EMPTY,
        nocldwait: false,
        nocldstop: false,
    };
}

impl SighandStruct {
    /// `sig_handler_ignored()`: whether the signal would do nothing more. What SIGCONT does, it does when it is sent.
    #[must_use]
    pub fn ignores(&self, signal: Signal) -> bool {
        use crate::abi::signal::DefaultAction;
        let nothing = matches!(
            signal.default_action(),
            DefaultAction::Ignore | DefaultAction::Continue
        );
        self.ignored.has(signal) || nothing
    }
}
