//! Signal numbers and sets (`signal(7)`).

use core::fmt;

/// Signals, 1 to this number (`_NSIG`).
pub const NSIG: usize = 64;
/// The first signal of which each sending counts.
pub const SIGRTMIN: u8 = 32;
/// The default action.
pub const SIG_DFL: u64 = 0;
/// The signal does nothing.
pub const SIG_IGN: u64 = 1;

/// A signal number, 1 to 64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(u8);

macro_rules! signals {
    ($($name:ident = $number:literal;)*) => {
        impl Signal {
            $(#[doc = concat!("`", stringify!($name), "`, number ", $number, ".")] pub const $name: Signal = Signal($number);)*

            /// The C name, such as `"SIGKILL"`; `"SIGRT"` for the real-time signals.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self.0 { $($number => stringify!($name),)* _ => "SIGRT" }
            }
        }
    };
}

signals! {
    SIGHUP = 1; SIGINT = 2; SIGQUIT = 3; SIGILL = 4; SIGTRAP = 5; SIGABRT = 6; SIGBUS = 7; SIGFPE = 8;
    SIGKILL = 9; SIGUSR1 = 10; SIGSEGV = 11; SIGUSR2 = 12; SIGPIPE = 13; SIGALRM = 14; SIGTERM = 15;
    SIGSTKFLT = 16; SIGCHLD = 17; SIGCONT = 18; SIGSTOP = 19; SIGTSTP = 20; SIGTTIN = 21; SIGTTOU = 22;
    SIGURG = 23; SIGXCPU = 24; SIGXFSZ = 25; SIGVTALRM = 26; SIGPROF = 27; SIGWINCH = 28; SIGIO = 29;
    SIGPWR = 30; SIGSYS = 31;
}

/// What a signal does when its action is `SIG_DFL`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DefaultAction {
    /// The process ends.
    Terminate,
    /// The process ends; a core is dumped where `RLIMIT_CORE` allows it.
    Core,
    /// Nothing happens.
    Ignore,
    /// The process stops.
    Stop,
    /// A stopped process continues.
    Continue,
}

impl Signal {
    /// The signal with this number, or none: 0 and numbers above 64 are no signals.
    #[must_use]
    pub const fn new(number: u64) -> Option<Signal> {
        match number {
            1..=64 => Some(Signal((number & 0x7f) as u8)),
            _ => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The default action, from the table in `signal(7)`.
    #[must_use]
    pub const fn default_action(self) -> DefaultAction {
        match self.0 {
            17 | 23 | 28 => DefaultAction::Ignore,
            18 => DefaultAction::Continue,
            19..=22 => DefaultAction::Stop,
            3..=8 | 11 | 24 | 25 | 31 => DefaultAction::Core,
            _ => DefaultAction::Terminate,
        }
    }

    /// `sig_kernel_only`: SIGKILL and SIGSTOP can be neither blocked, caught nor ignored.
    #[must_use]
    pub const fn is_kernel_only(self) -> bool {
        self.0 == 9 || self.0 == 19
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            32..=64 => write!(f, "SIGRT{}", self.0),
            _ => f.write_str(self.name()),
        }
    }
}

/// A set of signals (`sigset_t`): bit `n - 1` stands for signal `n`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SigSet(pub u64);

impl SigSet {
    /// No signal.
    pub const EMPTY: SigSet = SigSet(0);
    /// SIGKILL and SIGSTOP.
    pub const KERNEL_ONLY: SigSet = SigSet(1 << 8 | 1 << 18);
    /// The faults, delivered before all others: SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS.
    pub const SYNCHRONOUS: SigSet = SigSet(1 << 10 | 1 << 6 | 1 << 3 | 1 << 4 | 1 << 7 | 1 << 30);

    const fn bit(signal: Signal) -> u64 {
        1 << (signal.0 - 1)
    }

    /// The set of one signal.
    #[must_use]
    pub const fn of(signal: Signal) -> SigSet {
        SigSet(Self::bit(signal))
    }

    /// Whether the signal is in the set.
    #[must_use]
    pub const fn has(self, signal: Signal) -> bool {
        self.0 & Self::bit(signal) != 0
    }

    /// Adds a signal.
    pub const fn add(&mut self, signal: Signal) {
        self.0 |= Self::bit(signal);
    }

    /// Takes a signal out.
    pub const fn remove(&mut self, signal: Signal) {
        self.0 &= !Self::bit(signal);
    }

    /// The signals of this set that are not in the other.
    #[must_use]
    pub const fn minus(self, other: SigSet) -> SigSet {
        SigSet(self.0 & !other.0)
    }

    /// The signals of both.
    #[must_use]
    pub const fn union(self, other: SigSet) -> SigSet {
        SigSet(self.0 | other.0)
    }

    /// The signals of this set that are in the other too.
    #[must_use]
    pub const fn and(self, other: SigSet) -> SigSet {
        SigSet(self.0 & other.0)
    }

    /// The signal with the lowest number.
    #[must_use]
    pub const fn lowest(self) -> Option<Signal> {
        match self.0 {
            0 => None,
            set => Signal::new(set.trailing_zeros() as u64 + 1),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// `next_signal()`: the one to deliver first: a fault if there is one, else the lowest number.
    #[must_use]
    pub const fn first(self) -> Option<Signal> {
        let set = if self.0 & Self::SYNCHRONOUS.0 != 0 {
            self.0 & Self::SYNCHRONOUS.0
        } else {
            self.0
        };
        match set {
            0 => None,
            set => Signal::new(set.trailing_zeros() as u64 + 1),
        }
    }
}

impl fmt::Debug for SigSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries((1..=64).filter_map(Signal::new).filter(|s| self.has(*s)))
            .finish()
    }
}
