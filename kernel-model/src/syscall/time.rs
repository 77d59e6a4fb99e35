//! Clocks and sleeping, on the time that the embedder gives.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::clock::{Clock, CpuClock, CpuOf, CpuTime};
use crate::abi::errno::Errno;
use crate::abi::ids::{Pid, TaskRef};
use crate::abi::limits::{CLOCK_TICK, KTIME_MAX, TICK_NSEC};
use crate::abi::words;
use crate::objects::blocked::{Blocked, CpuSleep};
use crate::verbs::exit::process_usage;
use crate::verbs::signal::signal_pending;
use crate::verbs::timer::{cpu_clock_sample, ktime_add_safe};
use crate::verbs::uaccess::{copy_to_user, get_u64, put_optional};
use crate::world::World;

const SECOND: u64 = 1_000_000_000;

/// The bytes of a `struct timespec` or `struct timeval`.
fn two_words(first: u64, second: u64) -> [u8; 16] {
    words::to_bytes(&[first, second])
}

fn timespec(ns: u64) -> [u8; 16] {
    two_words(ns / SECOND, ns % SECOND)
}

/// What a clock of the system shows, in nanoseconds; none for others.
fn system_clock(w: &World<'_>, clock: Clock) -> Option<u64> {
    match clock {
        Clock::Realtime | Clock::RealtimeCoarse | Clock::Tai => {
            Some(w.sys.boot_time.saturating_add(w.sys.now))
        }
        Clock::Monotonic | Clock::MonotonicRaw | Clock::MonotonicCoarse | Clock::Boottime => Some(w.sys.now),
        Clock::ThreadCputime | Clock::Alarm | Clock::Cpu(_) | Clock::NoCpu | Clock::Dynamic => None,
    }
}

/// clock_nanosleep(2) and nanosleep(2).
///
/// EINVAL: no such clock, a time that is none, a clock of the calling thread, or of nobody. EOPNOTSUPP: a clock that nobody
/// can sleep by. EFAULT: `request` cannot be read, or `remain` not be written when a signal comes.
pub(super) fn clock_nanosleep(
    w: &mut World<'_>,
    task: TaskRef,
    clock: i32,
    absolute: bool,
    request: UserPtr,
    remain: UserPtr,
) -> Result<Reply> {
    let clock = match Clock::new(clock).ok_or(Errno::EINVAL)? {
        Clock::ThreadCputime
        | Clock::MonotonicRaw
        | Clock::RealtimeCoarse
        | Clock::MonotonicCoarse
        | Clock::Dynamic => return Err(Errno::EOPNOTSUPP),
        clock => clock,
    };
    let time = read_timespec(w, task, request)?;
    let remain = if absolute { UserPtr(0) } else { remain };
    match clock {
        // alarm_timer_nsleep() without a clock that wakes the machine
        Clock::Alarm => Err(Errno::EOPNOTSUPP),
        Clock::NoCpu => Err(Errno::EINVAL),
        Clock::Cpu(clock) => posix_cpu_nsleep(w, task, clock, (absolute, time), remain),
        clock => {
            let shown = system_clock(w, clock).unwrap_or(w.sys.now);
            // How far the clock is ahead of the time since boot.
            let ahead = shown.saturating_sub(w.sys.now);
            let until = match absolute {
                false => ktime_add_safe(w.sys.now, time),
                true => time.saturating_sub(ahead),
            };
            nanosleep(w, task, until, remain, absolute)
        }
    }
}

/// `posix_cpu_nsleep()`: until a clock of processor time shows so much.
fn posix_cpu_nsleep(
    w: &mut World<'_>,
    task: TaskRef,
    clock: CpuClock,
    (absolute, time): (bool, u64),
    remain: UserPtr,
) -> Result<Reply> {
    // A thread that sleeps uses no time.
    let own = [Pid(0), w.tasks[task].pid].contains(&clock.pid);
    if clock.of == CpuOf::Thread && own {
        return Err(Errno::EINVAL);
    }
    let now = cpu_clock_sample(w, task, clock).ok_or(Errno::EINVAL)?;
    let until = match (absolute, time) {
        (_, 0) => return Ok(Reply::Done(0)),
        (true, time) => time,
        (false, time) => now.saturating_add(time),
    };
    let sleep = CpuSleep {
        clock,
        until,
        asked: time,
        remain,
        absolute,
    };
    cpu_nanosleep(w, task, sleep)
}

/// `do_cpu_nanosleep()`, from the look at the clock on. EINVAL: it is made anew, and the clock's task is gone.
pub(super) fn cpu_nanosleep(w: &mut World<'_>, task: TaskRef, sleep: CpuSleep) -> Result<Reply> {
    let interrupted = signal_pending(w, task);
    let left = match cpu_clock_sample(w, task, sleep.clock) {
        Some(now) => sleep.until.saturating_sub(now),
        None if interrupted => sleep.asked,
        None => return Err(Errno::EINVAL),
    };
    if left == 0 {
        return Ok(Reply::Done(0));
    }
    if !sleep.absolute && interrupted {
        put_optional(w, task, sleep.remain, &timespec(left))?;
    }
    Ok(Reply::Block(Blocked::CpuNanosleep(sleep)))
}

/// A length of time in nanoseconds, no longer than `KTIME_MAX`, from a `struct timespec`. EINVAL: a negative one, or more than 999,999,999
/// nanoseconds.
pub(super) fn read_timespec(w: &mut World<'_>, task: TaskRef, from: UserPtr) -> Result<u64> {
    let seconds = get_u64(w, task, from)?;
    let nanos = get_u64(w, task, UserPtr(from.0.wrapping_add(8)))?;
    if i64::try_from(seconds).is_err() || nanos >= SECOND {
        return Err(Errno::EINVAL);
    }
    // timespec64_to_ktime()
    if seconds >= KTIME_MAX / SECOND {
        return Ok(KTIME_MAX);
    }
    Ok(seconds * SECOND + nanos)
}

/// Whether the time has come. Whoever is interrupted before learns the time left (`nanosleep_copyout()`).
pub(super) fn nanosleep(
    w: &mut World<'_>,
    task: TaskRef,
    until: u64,
    remain: UserPtr,
    absolute: bool,
) -> Result<Reply> {
    if w.sys.now >= until {
        return Ok(Reply::Done(0));
    }
    if !absolute && signal_pending(w, task) {
        let left = until - w.sys.now;
        put_optional(w, task, remain, &timespec(left))?;
    }
    Ok(Reply::Block(Blocked::Nanosleep {
        until,
        remain,
        absolute,
    }))
}

/// clock_gettime(2). EINVAL: no such clock, or one of nobody. EFAULT: `tp` cannot be written.
pub(super) fn clock_gettime(w: &mut World<'_>, task: TaskRef, clock: i32, tp: UserPtr) -> Result<Reply> {
    let clock = Clock::new(clock).ok_or(Errno::EINVAL)?;
    let time = match clock {
        Clock::ThreadCputime => cpu_clock_sample(w, task, CpuClock::OWN_THREAD),
        // Who names itself means its process.
        Clock::Cpu(clock) if clock.of == CpuOf::Process && clock.pid == w.tasks[task].pid => {
            let own = CpuClock { pid: Pid(0), ..clock };
            cpu_clock_sample(w, task, own)
        }
        Clock::Cpu(clock) => cpu_clock_sample(w, task, clock),
        clock => system_clock(w, clock),
    };
    let time = time.ok_or(Errno::EINVAL)?;
    copy_to_user(w, task, tp, &timespec(time))?;
    Ok(Reply::Done(0))
}

/// clock_getres(2): a nanosecond; a tick of what goes by ticks. EINVAL: no such clock, or one of nobody. EFAULT: `res`
/// cannot be written.
pub(super) fn clock_getres(w: &mut World<'_>, task: TaskRef, clock: i32, res: UserPtr) -> Result<Reply> {
    let nanos = match Clock::new(clock).ok_or(Errno::EINVAL)? {
        Clock::RealtimeCoarse | Clock::MonotonicCoarse => TICK_NSEC,
        Clock::Cpu(clock) => {
            cpu_clock_sample(w, task, clock).ok_or(Errno::EINVAL)?;
            match clock.which {
                CpuTime::Sched => 1,
                CpuTime::Prof | CpuTime::Virt => TICK_NSEC,
            }
        }
        Clock::Alarm | Clock::NoCpu | Clock::Dynamic => return Err(Errno::EINVAL),
        _ => 1,
    };
    put_optional(w, task, res, &timespec(nanos))?;
    Ok(Reply::Done(0))
}

/// gettimeofday(2).
pub(super) fn gettimeofday(w: &mut World<'_>, task: TaskRef, tv: UserPtr) -> Result<Reply> {
    let time = w.sys.boot_time.saturating_add(w.sys.now);
    put_optional(w, task, tv, &two_words(time / SECOND, time % SECOND / 1000))?;
    Ok(Reply::Done(0))
}

/// time(2).
pub(super) fn time(w: &mut World<'_>, task: TaskRef, tloc: UserPtr) -> Result<Reply> {
    let seconds = w.sys.boot_time.saturating_add(w.sys.now) / SECOND;
    put_optional(w, task, tloc, &seconds.to_le_bytes())?;
    Ok(Reply::Done(i64::try_from(seconds).unwrap_or(i64::MAX)))
}

/// times(2): ticks of user and system time, own and of the children waited for.
pub(super) fn times(w: &mut World<'_>, task: TaskRef, buf: UserPtr) -> Result<Reply> {
    let (own, children) = (process_usage(w, task), w.signal(task).children);
    if !buf.is_null() {
        let times = [own.utime, own.stime, children.utime, children.stime];
        let bytes: [u8; 32] = words::to_bytes(&times.map(|ns| ns / CLOCK_TICK));
        copy_to_user(w, task, buf, &bytes)?;
    }
    Ok(Reply::Done(
        i64::try_from(w.sys.now / CLOCK_TICK).unwrap_or(i64::MAX),
    ))
}
