//! `signal_struct` and `sighand_struct`: what the threads of a process share.

use crate::abi::flags::SaFlags;
use crate::abi::ids::{Handle, TaskRef, kind};
use crate::abi::rlimit::Rlimits;
use crate::abi::signal::{NSIG, SIG_DFL, SIG_IGN, SigSet, Signal};
use crate::store::arena::Object;
use crate::store::list::{Link, Linked, List};

use super::sigqueue::Queued;
use super::task::{ThreadNode, WaitEntry};
use super::tty::Tty;

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

/// `SIGNAL_CLD_MASK`: news for the parent that the process itself brings, when it runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[repr(u8)] // so that the first variant is all zero bytes
pub enum CldNews {
    /// None.
    #[default]
    None,
    /// It was stopped, and is continued (SIGNAL_CLD_CONTINUED).
    Continued,
    /// It was about to stop (SIGNAL_CLD_STOPPED).
    Stopped,
}

/// An interval timer (`setitimer(2)`): when it goes off, and how long after that again; 0 for never. Like `struct
/// cpu_itimer`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Itimer {
    /// When, in nanoseconds: since boot for ITIMER_REAL, of the process's time for the others.
    pub expires: u64,
    /// And then every so many nanoseconds.
    pub incr: u64,
}

impl Itimer {
    /// Not set.
    pub const OFF: Itimer = Itimer { expires: 0, incr: 0 };
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
    /// What those tell that were queued.
    pub shared_sigqueue: List<Queued>,
    /// Whether the process is ending.
    pub group_exit: GroupExit,
    /// Whether the process is stopped.
    pub group_stop: GroupStop,
    /// What SIGCONT has done that the parent is still to hear: the first thread that runs tells it.
    pub cld: CldNews,
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
    /// Its controlling terminal.
    pub tty: Option<Tty>,
    /// PR_SET_CHILD_SUBREAPER.
    pub is_child_subreaper: bool,
    /// Whether some ancestor is a subreaper.
    pub has_child_subreaper: bool,
    /// SIGNAL_UNKILLABLE: init, which no default action ends.
    pub unkillable: bool,
    /// ITIMER_REAL. It counts while it is in the queue; between its signal and the taking of it, it is not.
    pub real_timer: Itimer,
    /// Its place among the real timers that count.
    pub real_link: Link<kind::Signal>,
    /// ITIMER_VIRTUAL: user time.
    pub virtual_timer: Itimer,
    /// ITIMER_PROF: user and system time.
    pub prof_timer: Itimer,
    /// Resource limits.
    pub rlim: Rlimits,
    /// Sums over the threads that have ended.
    pub ended: Usage,
    /// Sums over the children that were waited for.
    pub children: Usage,
}

impl Object for SignalStruct {
    const IS_MARKED: bool = true;
    type Kind = kind::Signal;
    const FREE: SignalStruct = SignalStruct {
        leader: Handle::NULL,
        threads: List::EMPTY,
        live: 0,
        curr_target: Handle::NULL,
        shared_pending: SigSet::EMPTY,
        shared_sigqueue: List::EMPTY,
        group_exit: GroupExit::None,
        group_stop: GroupStop::None,
        cld: CldNews::None,
        wait_chldexit: List::EMPTY,
        pgrp: Handle::NULL,
        pgrp_link: Link::NONE,
        session: Handle::NULL,
        session_link: Link::NONE,
        session_leader: false,
        tty: None,
        is_child_subreaper: false,
        has_child_subreaper: false,
        unkillable: false,
        real_timer: Itimer::OFF,
        real_link: Link::NONE,
        virtual_timer: Itimer::OFF,
        prof_timer: Itimer::OFF,
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

/// The real timers that count, the earliest first.
#[derive(Clone, Copy, Debug)]
pub enum RealTimers {}
impl Linked for RealTimers {
    type Item = SignalStruct;
    fn link(item: &SignalStruct) -> &Link<kind::Signal> {
        &item.real_link
    }
    fn link_mut(item: &mut SignalStruct) -> &mut Link<kind::Signal> {
        &mut item.real_link
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

/// What is done at a signal (`struct k_sigaction`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct KSigaction {
    /// The handler: an address, SIG_DFL (0) or SIG_IGN (1).
    pub handler: u64,
    /// `SA_*`.
    pub flags: SaFlags,
    /// Where the handler returns to (SA_RESTORER).
    pub restorer: u64,
    /// Signals blocked while it runs.
    pub mask: SigSet,
}

impl KSigaction {
    /// SIG_DFL.
    pub const DEFAULT: KSigaction = KSigaction {
        handler: SIG_DFL,
        flags: SaFlags::empty(),
        restorer: 0,
        mask: SigSet::EMPTY,
    };
}

/// What a process does with each signal (`sighand_struct`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SighandStruct {
    /// Tasks that share it.
    pub count: u32,
    /// Signals set to SIG_IGN.
    ignored: SigSet,
    /// Signals that have a handler.
    caught: SigSet,
    /// Signals whose action was ever set, since exec: the others' is all default.
    set: SigSet,
    /// The action of each signal.
    action: [KSigaction; NSIG],
}

impl Object for SighandStruct {
    const IS_MARKED: bool = true;
    type Kind = kind::Sighand;
    const FREE: SighandStruct = SighandStruct {
        count: 0,
        ignored: SigSet::EMPTY,
        caught: SigSet::EMPTY,
        set: SigSet::EMPTY,
        action: [KSigaction::DEFAULT; NSIG],
    };
}

impl Default for SighandStruct {
    fn default() -> SighandStruct {
        SighandStruct::new()
    }
}

impl SighandStruct {
    /// All at their default, for one task.
    #[must_use]
    pub const fn new() -> SighandStruct {
        SighandStruct {
            count: 1,
            ..SighandStruct::FREE
        }
    }

    /// Becomes all default, for one task.
    pub fn reset(&mut self) {
        while let Some(signal) = self.set.lowest() {
            self.set_action(signal, KSigaction::DEFAULT);
        }
        self.count = 1;
    }

    /// Becomes the same as another one, for one task. An action that is at its default here and there costs nothing.
    pub fn copy_from(&mut self, other: &SighandStruct) {
        let mut differ = self.set.union(other.set);
        while let Some(signal) = differ.lowest() {
            differ.remove(signal);
            let at = usize::from(signal.number()) - 1;
            if let Some(place) = self.action.get_mut(at) {
                *place = *other.action(signal);
            }
        }
        (self.ignored, self.caught, self.set) = (other.ignored, other.caught, other.set);
        self.count = 1;
    }

    /// Signals set to SIG_IGN.
    #[must_use]
    pub const fn ignored(&self) -> SigSet {
        self.ignored
    }

    /// Signals that have a handler.
    #[must_use]
    pub const fn caught(&self) -> SigSet {
        self.caught
    }

    /// The action of a signal.
    #[must_use]
    pub fn action(&self, signal: Signal) -> &KSigaction {
        const DEFAULT: &KSigaction = &KSigaction::DEFAULT;
        self.action
            .get(usize::from(signal.number()) - 1)
            .unwrap_or(DEFAULT)
    }

    /// Sets the action of a signal.
    pub fn set_action(&mut self, signal: Signal, action: KSigaction) {
        let Some(place) = self.action.get_mut(usize::from(signal.number()) - 1) else {
            return;
        };
        *place = action;
        for set in [&mut self.ignored, &mut self.caught, &mut self.set] {
            set.remove(signal);
        }
        match action.handler {
            SIG_DFL => {}
            SIG_IGN => self.ignored.add(signal),
            _ => self.caught.add(signal),
        }
        if action != KSigaction::DEFAULT {
            self.set.add(signal);
        }
    }

    /// Puts a signal back to SIG_DFL; the rest of its action stays.
    pub fn reset_handler(&mut self, signal: Signal) {
        let action = KSigaction {
            handler: SIG_DFL,
            ..*self.action(signal)
        };
        self.set_action(signal, action);
    }

    /// `flush_signal_handlers()`: what was caught is at its default again, what was ignored stays so; flags and masks go.
    pub fn flush_handlers(&mut self) {
        let mut rest = self.set;
        while let Some(signal) = rest.lowest() {
            rest.remove(signal);
            let handler = if self.ignored.has(signal) {
                SIG_IGN
            } else {
                SIG_DFL
            };
            self.set_action(
                signal,
                KSigaction {
                    handler,
                    ..KSigaction::DEFAULT
                },
            );
        }
    }

    /// The signals whose action is not all default, with it.
    pub fn actions(&self) -> impl Iterator<Item = (Signal, &KSigaction)> {
        let mut left = self.set;
        core::iter::from_fn(move || {
            let signal = left.lowest()?;
            left.remove(signal);
            Some((signal, self.action(signal)))
        })
    }

    /// `sig_handler_ignored()`: whether the signal would do nothing more. What SIGCONT does, it does when it is sent.
    #[must_use]
    pub fn ignores(&self, signal: Signal) -> bool {
        use crate::abi::signal::DefaultAction;
        let nothing = matches!(
            signal.default_action(),
            DefaultAction::Ignore | DefaultAction::Continue
        );
        self.ignored.has(signal) || nothing && !self.caught.has(signal)
    }
}
