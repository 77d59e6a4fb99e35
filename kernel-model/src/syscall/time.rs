//! Clocks and sleeping, on the time that the embedder gives.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::errno::Errno;
use crate::abi::ids::TaskRef;
use crate::abi::limits::CLOCK_TICK;
use crate::abi::words;
use crate::objects::blocked::Blocked;
use crate::verbs::exit::{process_usage, task_usage};
use crate::verbs::signal::signal_pending;
use crate::verbs::uaccess::{copy_to_user, get_u64, put_optional};
use crate::world::World;

const SECOND: u64 = 1_000_000_000;

/// The bytes of a `struct timespec` or `struct timeval`.
fn two_words(first: u64, second: u64) -> [u8; 16] {
    words::to_bytes(&[first, second])
}

/// clock_nanosleep(2) and nanosleep(2).
pub(super) fn clock_nanosleep(
    w: &mut World<'_>,
    task: TaskRef,
    clock: i32,
    absolute: bool,
    request: UserPtr,
    remain: UserPtr,
) -> Result<Reply> {
    // CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME; the process clock comes with timers.
    if !matches!(clock, 0 | 1 | 7) {
        return Err(Errno::EINVAL);
    }
    let time = read_timespec(w, task, request)?;
    let until = match (absolute, clock) {
        (false, _) => w.sys.now.saturating_add(time),
        (true, 0) => time.saturating_sub(w.sys.boot_time),
        (true, _) => time,
    };
    let remain = if absolute { UserPtr(0) } else { remain };
    nanosleep(w, task, until, remain, absolute)
}

/// A length of time in nanoseconds, from a `struct timespec`. EINVAL: a negative one, or more than 999,999,999
/// nanoseconds.
pub(super) fn read_timespec(w: &mut World<'_>, task: TaskRef, from: UserPtr) -> Result<u64> {
    let seconds = get_u64(w, task, from)?;
    let nanos = get_u64(w, task, UserPtr(from.0.wrapping_add(8)))?;
    if i64::try_from(seconds).is_err() || nanos >= SECOND {
        return Err(Errno::EINVAL);
    }
    Ok(seconds.saturating_mul(SECOND).saturating_add(nanos))
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
        put_optional(w, task, remain, &two_words(left / SECOND, left % SECOND))?;
    }
    Ok(Reply::Block(Blocked::Nanosleep {
        until,
        remain,
        absolute,
    }))
}

/// clock_gettime(2).
pub(super) fn clock_gettime(w: &mut World<'_>, task: TaskRef, clock: i32, tp: UserPtr) -> Result<Reply> {
    let time = match clock {
        0 | 5 => w.sys.boot_time.saturating_add(w.sys.now),
        1 | 4 | 6 | 7 => w.sys.now,
        2 => {
            let usage = process_usage(w, task);
            usage.utime + usage.stime
        }
        3 => {
            let usage = task_usage(w, task);
            usage.utime + usage.stime
        }
        _ => return Err(Errno::EINVAL),
    };
    copy_to_user(w, task, tp, &two_words(time / SECOND, time % SECOND))?;
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
        let first = two_words(own.utime / CLOCK_TICK, own.stime / CLOCK_TICK);
        let second = two_words(children.utime / CLOCK_TICK, children.stime / CLOCK_TICK);
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(first.into_iter().chain(second)) {
            *to = from;
        }
        copy_to_user(w, task, buf, &bytes)?;
    }
    Ok(Reply::Done(
        i64::try_from(w.sys.now / CLOCK_TICK).unwrap_or(i64::MAX),
    ))
}
