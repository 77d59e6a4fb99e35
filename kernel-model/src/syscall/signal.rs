//! Signal actions and masks.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::errno::Errno;
use crate::abi::ids::TaskRef;
use crate::abi::signal::{SigSet, Signal};
use crate::verbs::signal::{discard, recalc_sigpending, retarget_shared_pending, signal_pending};
use crate::verbs::uaccess::{copy_from_user, copy_to_user, get_u64};
use crate::world::World;

const SIGSET_SIZE: u64 = 8;
const SA_NOCLDSTOP: u64 = 1;
const SA_NOCLDWAIT: u64 = 2;

/// rt_sigaction(2), for SIG_DFL and SIG_IGN. A handler is ENOSYS until signal delivery is built.
pub(super) fn rt_sigaction(
    w: &mut World<'_>,
    task: TaskRef,
    number: i32,
    act: UserPtr,
    oldact: UserPtr,
    size: u64,
) -> Result<Reply> {
    if size != SIGSET_SIZE {
        return Err(Errno::EINVAL);
    }
    let mut new = [0; 32];
    if !act.is_null() {
        copy_from_user(w, task, act, &mut new)?;
    }
    let signal = u64::try_from(number)
        .ok()
        .and_then(Signal::new)
        .ok_or(Errno::EINVAL)?;
    if !act.is_null() && signal.is_kernel_only() {
        return Err(Errno::EINVAL);
    }
    let sighand = w.tasks[task].sighand.ok_or(Errno::EINVAL)?;
    let old = w.sighands[sighand];
    if !act.is_null() {
        set_action(w, task, signal, &new)?;
    }
    if !oldact.is_null() {
        let flags = if signal == Signal::SIGCHLD {
            (u64::from(old.nocldstop) * SA_NOCLDSTOP) | (u64::from(old.nocldwait) * SA_NOCLDWAIT)
        } else {
            0
        };
        let mut bytes = [0; 32];
        let words = [u64::from(old.ignored.has(signal)), flags, 0, 0];
        for (to, from) in bytes
            .iter_mut()
            .zip(words.iter().flat_map(|word: &u64| word.to_le_bytes()))
        {
            *to = from;
        }
        copy_to_user(w, task, oldact, &bytes)?;
    }
    Ok(Reply::Done(0))
}

fn set_action(w: &mut World<'_>, task: TaskRef, signal: Signal, act: &[u8; 32]) -> Result<()> {
    let mut words = act
        .chunks_exact(8)
        .map(|word| word.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    let (handler, flags) = (words.next().unwrap_or(0), words.next().unwrap_or(0));
    let sighand = w.tasks[task].sighand.ok_or(Errno::EINVAL)?;
    match handler {
        0 => w.sighands[sighand].ignored.remove(signal),
        1 => w.sighands[sighand].ignored.add(signal),
        _ => return Err(Errno::ENOSYS),
    }
    if signal == Signal::SIGCHLD {
        w.sighands[sighand].nocldstop = flags & SA_NOCLDSTOP != 0;
        w.sighands[sighand].nocldwait = flags & SA_NOCLDWAIT != 0;
    }
    // do_sigaction(): a signal that is now ignored is thrown away, even if it is blocked.
    if w.sighands[sighand].ignores(signal) {
        discard(w, task, SigSet::of(signal));
    }
    Ok(())
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
    if size != SIGSET_SIZE {
        return Err(Errno::EINVAL);
    }
    let old = w.tasks[task].blocked;
    if !set.is_null() {
        let set = SigSet(get_u64(w, task, set)?).minus(SigSet::KERNEL_ONLY);
        w.tasks[task].blocked = match how {
            0 => old.union(set),
            1 => old.minus(set),
            2 => set,
            _ => return Err(Errno::EINVAL),
        };
        if signal_pending(w, task) {
            retarget_shared_pending(w, task);
        }
        recalc_sigpending(w, task);
    }
    if !oldset.is_null() {
        copy_to_user(w, task, oldset, &old.0.to_le_bytes())?;
    }
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
