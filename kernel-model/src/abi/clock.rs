//! Clocks (`clock_gettime(2)`) and interval timers (`setitimer(2)`).

use super::ids::Pid;
use super::signal::Signal;

/// A clock of the system, or of somebody's processor time. The numbers are Linux's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Clock {
    /// CLOCK_REALTIME 0: since 1970.
    Realtime,
    /// CLOCK_MONOTONIC 1: since boot.
    Monotonic,
    /// CLOCK_THREAD_CPUTIME_ID 3: of the calling thread. Nobody can sleep by it.
    ThreadCputime,
    /// CLOCK_MONOTONIC_RAW 4: the same as the monotonic one, which nobody corrects here.
    MonotonicRaw,
    /// CLOCK_REALTIME_COARSE 5.
    RealtimeCoarse,
    /// CLOCK_MONOTONIC_COARSE 6.
    MonotonicCoarse,
    /// CLOCK_BOOTTIME 7: with the time that the machine was suspended, which is none.
    Boottime,
    /// CLOCK_REALTIME_ALARM 8 and CLOCK_BOOTTIME_ALARM 9: of a clock that can wake the machine, which there is not.
    Alarm,
    /// CLOCK_TAI 11: without leap seconds, of which nobody has told the kernel.
    Tai,
    /// CLOCK_PROCESS_CPUTIME_ID 2, and all of `clock_getcpuclockid(3)` and `pthread_getcpuclockid(3)`.
    Cpu(CpuClock),
    /// A negative number that names nobody's time.
    NoCpu,
    /// A device's, by a descriptor, which there are not.
    Dynamic,
}

impl Clock {
    /// `clockid_to_kclock()`: the clock with this number (`clockid_t`); none for 10 and for 12 and above.
    #[must_use]
    pub const fn new(number: i32) -> Option<Clock> {
        const CLOCKFD: i32 = 3;
        Some(match number {
            0 => Clock::Realtime,
            1 => Clock::Monotonic,
            2 => Clock::Cpu(CpuClock::OWN_PROCESS),
            3 => Clock::ThreadCputime,
            4 => Clock::MonotonicRaw,
            5 => Clock::RealtimeCoarse,
            6 => Clock::MonotonicCoarse,
            7 => Clock::Boottime,
            8 | 9 => Clock::Alarm,
            11 => Clock::Tai,
            ..0 if number & 7 == CLOCKFD => Clock::Dynamic,
            ..0 => match CpuClock::new(number) {
                Some(clock) => Clock::Cpu(clock),
                None => Clock::NoCpu,
            },
            _ => return None,
        })
    }
}

/// Which of a task's times a clock shows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CpuTime {
    /// CPUCLOCK_PROF: user and system time, by ticks.
    Prof,
    /// CPUCLOCK_VIRT: user time.
    Virt,
    /// CPUCLOCK_SCHED: both, to the nanosecond.
    Sched,
}

/// Whose time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CpuOf {
    /// Of all threads of a process, and of those that have ended.
    Process,
    /// Of a thread of the caller's process.
    Thread,
}

/// A clock of processor time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CpuClock {
    /// Which time.
    pub which: CpuTime,
    /// Of what.
    pub of: CpuOf,
    /// Of whom; 0 for the caller.
    pub pid: Pid,
}

impl CpuClock {
    const OWN_PROCESS: CpuClock = CpuClock {
        which: CpuTime::Sched,
        of: CpuOf::Process,
        pid: Pid(0),
    };
    /// CLOCK_THREAD_CPUTIME_ID.
    pub const OWN_THREAD: CpuClock = CpuClock {
        of: CpuOf::Thread,
        ..CpuClock::OWN_PROCESS
    };

    /// The number is `~pid << 3`, with 4 for a thread, and the time.
    const fn new(number: i32) -> Option<CpuClock> {
        let which = match number & 3 {
            0 => CpuTime::Prof,
            1 => CpuTime::Virt,
            2 => CpuTime::Sched,
            _ => return None,
        };
        let of = if number & 4 == 0 {
            CpuOf::Process
        } else {
            CpuOf::Thread
        };
        let pid = Pid((!(number >> 3)).unsigned_abs());
        Some(CpuClock { which, of, pid })
    }
}

/// Which interval timer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ItimerWhich {
    /// ITIMER_REAL: by the clock.
    Real,
    /// ITIMER_VIRTUAL: by the user time of the process.
    Virtual,
    /// ITIMER_PROF: by its user and system time.
    Prof,
}

impl ItimerWhich {
    /// The timer with this number; none for another number than 0, 1 and 2.
    #[must_use]
    pub const fn new(number: i32) -> Option<ItimerWhich> {
        Some(match number {
            0 => ItimerWhich::Real,
            1 => ItimerWhich::Virtual,
            2 => ItimerWhich::Prof,
            _ => return None,
        })
    }

    /// The signal that it sends.
    #[must_use]
    pub const fn signal(self) -> Signal {
        match self {
            ItimerWhich::Real => Signal::SIGALRM,
            ItimerWhich::Virtual => Signal::SIGVTALRM,
            ItimerWhich::Prof => Signal::SIGPROF,
        }
    }

    /// The processor time by which it runs; none for the real one.
    #[must_use]
    pub const fn cpu_time(self) -> Option<CpuTime> {
        match self {
            ItimerWhich::Real => None,
            ItimerWhich::Virtual => Some(CpuTime::Virt),
            ItimerWhich::Prof => Some(CpuTime::Prof),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_processor_clocks_are_those_of_the_library() {
        let of = |pid: i32, kind: i32| Clock::new(!pid << 3 | kind);
        let clock = |which, of, pid| {
            Some(Clock::Cpu(CpuClock {
                which,
                of,
                pid: Pid(pid),
            }))
        };
        assert_eq!(of(7, 2), clock(CpuTime::Sched, CpuOf::Process, 7));
        assert_eq!(of(0, 6), clock(CpuTime::Sched, CpuOf::Thread, 0));
        assert_eq!(of(32_000, 1), clock(CpuTime::Virt, CpuOf::Process, 32_000));
        assert_eq!(of(7, 3), Some(Clock::Dynamic));
        assert_eq!(of(7, 7), Some(Clock::NoCpu));
        assert_eq!([10, 12, 16, i32::MAX].map(Clock::new), [None; 4]);
    }
}
