//! Signal actions, masks, and waiting for signals.

use super::time::read_timespec;
use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::errno::Errno;
use crate::abi::flags::SaFlags;
use crate::abi::ids::TaskRef;
use crate::abi::siginfo::{KERNEL_SIGINFO_BYTES, SIGINFO_BYTES, SigInfo};
use crate::abi::signal::{SigSet, Signal};
use crate::abi::words;
use crate::objects::blocked::Blocked;
use crate::objects::signal::KSigaction;
use crate::verbs::deliver::dequeue_signal;
use crate::verbs::frame::{self, SigStack};
use crate::verbs::kill;
use crate::verbs::signal::{
    discard, recalc_sigpending, set_current_blocked, set_task_blocked, signal_pending,
};
use crate::verbs::timer::ktime_add_safe;
use crate::verbs::uaccess::{copy_from_user, copy_to_user, get_u64, put_optional};
use crate::world::World;

const SIGSET_SIZE: u64 = 8;

/// The size of a set: nothing else is accepted.
fn check_size(size: u64) -> Result<()> {
    if size == SIGSET_SIZE {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

/// rt_sigaction(2).
pub(super) fn rt_sigaction(
    w: &mut World<'_>,
    task: TaskRef,
    number: i32,
    act: UserPtr,
    oldact: UserPtr,
    size: u64,
) -> Result<Reply> {
    check_size(size)?;
    let new = match act.is_null() {
        true => None,
        false => Some(read_action(w, task, act)?),
    };
    let signal = u64::try_from(number)
        .ok()
        .and_then(Signal::new)
        .ok_or(Errno::EINVAL)?;
    if new.is_some() && signal.is_kernel_only() {
        return Err(Errno::EINVAL);
    }
    let sighand = w.tasks[task].sighand.ok_or(Errno::EINVAL)?;
    let old = *w.sighands[sighand].action(signal);
    if let Some(new) = new {
        w.sighands[sighand].set_action(signal, new);
        // do_sigaction(): a signal that is now ignored is thrown away, even if it is blocked.
        if w.sighands[sighand].ignores(signal) {
            discard(w, task, SigSet::of(signal));
        }
    }
    let bytes: [u8; 32] = words::to_bytes(&[old.handler, old.flags.bits(), old.restorer, old.mask.0]);
    put_optional(w, task, oldact, &bytes)?;
    Ok(Reply::Done(0))
}

/// The kernel's `struct sigaction`: handler, flags, restorer, mask. What the kernel does not know is left out.
fn read_action(w: &mut World<'_>, task: TaskRef, act: UserPtr) -> Result<KSigaction> {
    let mut bytes = [0; 32];
    copy_from_user(w, task, act, &mut bytes)?;
    let [handler, flags, restorer, mask] = words::from_bytes(&bytes);
    Ok(KSigaction {
        handler,
        flags: SaFlags::from_bits_truncate(flags),
        restorer,
        mask: SigSet(mask).minus(SigSet::KERNEL_ONLY),
    })
}

/// rt_sigprocmask(2): SIG_BLOCK 0, SIG_UNBLOCK 1, SIG_SETMASK 2.
pub(super) fn rt_sigprocmask(
    w: &mut World<'_>,
    task: TaskRef,
    how: i32,
    set: UserPtr,
    oldset: UserPtr,
    size: u64,
) -> Result<Reply> {
    check_size(size)?;
    let old = w.tasks[task].blocked;
    if !set.is_null() {
        let set = SigSet(get_u64(w, task, set)?).minus(SigSet::KERNEL_ONLY);
        let new = match how {
            0 => old.union(set),
            1 => old.minus(set),
            2 => set,
            _ => return Err(Errno::EINVAL),
        };
        set_current_blocked(w, task, new);
    }
    put_optional(w, task, oldset, &old.0.to_le_bytes())?;
    Ok(Reply::Done(0))
}

/// rt_sigsuspend(2).
pub(super) fn rt_sigsuspend(w: &mut World<'_>, task: TaskRef, mask: UserPtr, size: u64) -> Result<Reply> {
    check_size(size)?;
    let mask = SigSet(get_u64(w, task, mask)?);
    Ok(sigsuspend(w, task, mask))
}

/// `sigsuspend()`: the mask for as long as the task sleeps; a handler returns to the one before.
pub(super) fn sigsuspend(w: &mut World<'_>, task: TaskRef, mask: SigSet) -> Reply {
    w.tasks[task].saved_sigmask = w.tasks[task].blocked;
    set_current_blocked(w, task, mask);
    w.tasks[task].restore_sigmask = true;
    Reply::Block(Blocked::Sigsuspend { mask })
}

/// rt_sigtimedwait(2). EAGAIN: the time is over; EINTR: another signal came.
pub(super) fn rt_sigtimedwait(
    w: &mut World<'_>,
    task: TaskRef,
    set: UserPtr,
    info: UserPtr,
    timeout: UserPtr,
    size: u64,
) -> Result<Reply> {
    check_size(size)?;
    let set = SigSet(get_u64(w, task, set)?).minus(SigSet::KERNEL_ONLY);
    let length = match timeout.is_null() {
        true => None,
        false => Some(read_timespec(w, task, timeout)?),
    };
    if let Some(reply) = take_awaited(w, task, set, info)? {
        return Ok(reply);
    }
    if length == Some(0) {
        return Err(Errno::EAGAIN);
    }
    // What it waits for is not blocked while it sleeps, so that it is woken.
    let t = &mut w.tasks[task];
    t.real_blocked = t.blocked;
    t.blocked = t.blocked.minus(set);
    recalc_sigpending(w, task);
    let until = length.map(|length| ktime_add_safe(w.sys.now, length));
    match signal_pending(w, task) {
        true => sigtimedwait_again(w, task, set, info, until),
        false => Ok(Reply::Block(Blocked::Sigtimedwait { set, info, until })),
    }
}

/// The task was woken: by one of the signals, by another, or since the time is over.
pub(super) fn sigtimedwait_again(
    w: &mut World<'_>,
    task: TaskRef,
    set: SigSet,
    info: UserPtr,
    until: Option<u64>,
) -> Result<Reply> {
    let mask = core::mem::replace(&mut w.tasks[task].real_blocked, SigSet::EMPTY);
    set_task_blocked(w, task, mask);
    match take_awaited(w, task, set, info)? {
        Some(reply) => Ok(reply),
        None if until.is_some_and(|until| w.sys.now >= until) => Err(Errno::EAGAIN),
        None => Err(Errno::EINTR),
    }
}

fn take_awaited(w: &mut World<'_>, task: TaskRef, set: SigSet, to: UserPtr) -> Result<Option<Reply>> {
    let found = dequeue_signal(w, task, SigSet(!set.0));
    // Also of what it was not told of, and where there is none.
    recalc_sigpending(w, task);
    let Some((signal, info)) = found else {
        return Ok(None);
    };
    put_optional(w, task, to, &info.to_bytes())?;
    Ok(Some(Reply::Done(i64::from(signal.number()))))
}

/// `copy_siginfo_from_user()`. The number is the one that the signal is sent with.
fn __copy_siginfo_from_user(w: &mut World<'_>, task: TaskRef, number: i32, from: UserPtr) -> Result<SigInfo> {
    let mut bytes = [0; KERNEL_SIGINFO_BYTES];
    copy_from_user(w, task, from, &mut bytes)?;
    // A number that is none is refused later; until then any stands for it.
    let signal = u64::try_from(number).ok().and_then(Signal::new);
    let info = SigInfo::from_bytes(signal.unwrap_or(Signal::SIGHUP), &bytes);
    post_copy_siginfo_from_user(w, task, &info, from)?;
    Ok(info)
}

/// The same with the number that is in it.
pub(super) fn copy_siginfo_from_user(w: &mut World<'_>, task: TaskRef, from: UserPtr) -> Result<SigInfo> {
    let mut bytes = [0; KERNEL_SIGINFO_BYTES];
    copy_from_user(w, task, from, &mut bytes)?;
    let info = SigInfo::from_user(&bytes);
    post_copy_siginfo_from_user(w, task, &info, from)?;
    Ok(info)
}

/// E2BIG: what is behind the words that the kernel keeps is not zero, and it does not know that it can be forgotten.
fn post_copy_siginfo_from_user(
    w: &mut World<'_>,
    task: TaskRef,
    info: &SigInfo,
    from: UserPtr,
) -> Result<()> {
    if !info.has_known_layout() {
        // What the kernel would have to forget must be zero.
        let mut rest = [0; SIGINFO_BYTES - KERNEL_SIGINFO_BYTES];
        let behind = from.0.wrapping_add(KERNEL_SIGINFO_BYTES as u64);
        copy_from_user(w, task, UserPtr(behind), &mut rest)?;
        if rest.iter().any(|byte| *byte != 0) {
            return Err(Errno::E2BIG);
        }
    }
    Ok(())
}

/// rt_sigqueueinfo(2).
pub(super) fn rt_sigqueueinfo(
    w: &mut World<'_>,
    task: TaskRef,
    tgid: i32,
    number: i32,
    info: UserPtr,
) -> Result<Reply> {
    let info = __copy_siginfo_from_user(w, task, number, info)?;
    kill::rt_sigqueueinfo(w, task, tgid, number, info).map(Reply::from)
}

/// rt_tgsigqueueinfo(2).
pub(super) fn rt_tgsigqueueinfo(
    w: &mut World<'_>,
    task: TaskRef,
    to: (i32, i32),
    number: i32,
    info: UserPtr,
) -> Result<Reply> {
    let info = __copy_siginfo_from_user(w, task, number, info)?;
    kill::rt_tgsigqueueinfo(w, task, to, number, info).map(Reply::from)
}

/// sigaltstack(2), by a task whose stack pointer is here.
pub(super) fn sigaltstack(
    w: &mut World<'_>,
    task: TaskRef,
    sp: u64,
    ss: UserPtr,
    old: UserPtr,
) -> Result<Reply> {
    let new = match ss.is_null() {
        true => None,
        false => Some(SigStack::read(w, task, ss)?),
    };
    let was = frame::sigaltstack(w, task, sp);
    if let Some(new) = new {
        frame::set_sigaltstack(w, task, sp, new)?;
    }
    put_optional(w, task, old, &was.to_bytes())?;
    Ok(Reply::Done(0))
}

/// rt_sigpending(2): the blocked signals that wait.
pub(super) fn rt_sigpending(w: &mut World<'_>, task: TaskRef, set: UserPtr, size: u64) -> Result<Reply> {
    if size > SIGSET_SIZE {
        return Err(Errno::EINVAL);
    }
    let t = &w.tasks[task];
    let pending = t.pending.union(w.signal(task).shared_pending).0 & t.blocked.0;
    let bytes = pending.to_le_bytes();
    let wanted = bytes.get(..usize::try_from(size).unwrap_or(8)).unwrap_or(&bytes);
    copy_to_user(w, task, set, wanted)?;
    Ok(Reply::Done(0))
}
