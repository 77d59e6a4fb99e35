//! Interval timers: setitimer, getitimer, alarm.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::clock::ItimerWhich;
use crate::abi::errno::Errno;
use crate::abi::ids::TaskRef;
use crate::abi::limits::KTIME_MAX;
use crate::abi::words;
use crate::verbs::timer::{Itimerval, do_getitimer, do_setitimer};
use crate::verbs::uaccess::{copy_from_user, copy_to_user};
use crate::world::World;

const SECOND: u64 = 1_000_000_000;
const MICROSECOND: u64 = 1000;
const MICROSECONDS: u64 = SECOND / MICROSECOND;

fn which_of(number: i32) -> Result<ItimerWhich> {
    ItimerWhich::new(number).ok_or(Errno::EINVAL)
}

/// `get_itimerval()`: EINVAL for a negative time, and for microseconds that are a second.
fn get_itimerval(w: &mut World<'_>, task: TaskRef, from: UserPtr) -> Result<Itimerval> {
    let mut bytes = [0; 32];
    copy_from_user(w, task, from, &mut bytes)?;
    let [interval_sec, interval_usec, sec, usec] = words::from_bytes(&bytes);
    let time = |sec: u64, usec: u64| {
        if i64::try_from(sec).is_err() || usec >= MICROSECONDS {
            return Err(Errno::EINVAL);
        }
        // ktime_set()
        if sec >= KTIME_MAX / SECOND {
            return Ok(KTIME_MAX);
        }
        Ok(sec * SECOND + usec * MICROSECOND)
    };
    Ok(Itimerval {
        value: time(sec, usec)?,
        interval: time(interval_sec, interval_usec)?,
    })
}

/// `put_itimerval()`. Of a timer by processor time more may be left than an `i64` holds: that is shown as negative.
fn put_itimerval(w: &mut World<'_>, task: TaskRef, to: UserPtr, left: Itimerval) -> Result<()> {
    let second = SECOND.cast_signed();
    let time = |ns: u64| {
        let ns = ns.cast_signed();
        [
            ns.div_euclid(second),
            ns.rem_euclid(second) / MICROSECOND.cast_signed(),
        ]
    };
    let ([interval_sec, interval_usec], [sec, usec]) = (time(left.interval), time(left.value));
    let all = [interval_sec, interval_usec, sec, usec].map(i64::cast_unsigned);
    let bytes: [u8; 32] = words::to_bytes(&all);
    copy_to_user(w, task, to, &bytes)
}

/// getitimer(2). EINVAL: no such timer. EFAULT: `value` cannot be written.
pub(super) fn getitimer(w: &mut World<'_>, task: TaskRef, which: i32, value: UserPtr) -> Result<Reply> {
    let left = do_getitimer(w, task, which_of(which)?);
    put_itimerval(w, task, value, left)?;
    Ok(Reply::Done(0))
}

/// setitimer(2). NULL for the new value stops the timer. EFAULT: `new` cannot be read, or `old` not be written: that is
/// found last, and the timer is set. EINVAL: no such timer, a negative time, or a million microseconds.
pub(super) fn setitimer(
    w: &mut World<'_>,
    task: TaskRef,
    which: i32,
    new: UserPtr,
    old: UserPtr,
) -> Result<Reply> {
    let new = match new {
        UserPtr(0) => Itimerval::default(),
        new => get_itimerval(w, task, new)?,
    };
    let which = which_of(which)?;
    let before = do_getitimer(w, task, which);
    do_setitimer(w, task, which, new);
    if !old.is_null() {
        put_itimerval(w, task, old, before)?;
    }
    Ok(Reply::Done(0))
}

/// alarm(2): the seconds that were left of the one before, rounded to the nearest, but never to 0.
pub(super) fn alarm(w: &mut World<'_>, task: TaskRef, seconds: u32) -> Reply {
    let before = do_getitimer(w, task, ItimerWhich::Real).value;
    let new = Itimerval {
        value: u64::from(seconds) * SECOND,
        interval: 0,
    };
    do_setitimer(w, task, ItimerWhich::Real, new);
    let (whole, rest) = (before / SECOND, before % SECOND);
    let up = rest >= SECOND / 2 || whole == 0 && rest > 0;
    Reply::Done(i64::try_from(whole + u64::from(up)).unwrap_or(i64::MAX))
}
