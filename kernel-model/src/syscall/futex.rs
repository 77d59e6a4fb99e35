//! futex and robust lists.

use super::time::read_timespec;
use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::errno::Errno;
use crate::abi::ids::TaskRef;
use crate::objects::blocked::Blocked;
use crate::objects::futex::FutexWait;
use crate::verbs::cred::ptrace_may_access;
use crate::verbs::futex::{
    MATCH_ANY, Requeue, futex_requeue, futex_wait_setup, futex_wake, futex_wake_op, unqueue,
};
use crate::verbs::group::task_or_current;
use crate::verbs::signal::signal_pending;
use crate::verbs::timer::ktime_add_safe;
use crate::verbs::uaccess::put_user;
use crate::world::World;

const FUTEX_WAIT: u32 = 0;
const FUTEX_WAKE: u32 = 1;
const FUTEX_REQUEUE: u32 = 3;
const FUTEX_CMP_REQUEUE: u32 = 4;
const FUTEX_WAKE_OP: u32 = 5;
const FUTEX_WAIT_BITSET: u32 = 9;
const FUTEX_WAKE_BITSET: u32 = 10;
const FUTEX_PRIVATE_FLAG: u32 = 128;
const FUTEX_CLOCK_REALTIME: u32 = 256;

/// `sizeof(struct robust_list_head)`.
const ROBUST_LIST_HEAD: u64 = 24;

/// The arguments of futex(2): what the fourth is, the operation says.
#[derive(Clone, Copy)]
pub(super) struct FutexArgs {
    pub(super) uaddr: UserPtr,
    pub(super) op: u32,
    pub(super) val: u32,
    pub(super) timeout: u64,
    pub(super) uaddr2: UserPtr,
    pub(super) val3: u32,
}

/// futex(2). Operations with priority inheritance are ENOSYS.
pub(super) fn futex(w: &mut World<'_>, task: TaskRef, args: &FutexArgs) -> Result<Reply> {
    let FutexArgs {
        uaddr,
        op,
        val,
        timeout,
        uaddr2,
        val3,
    } = *args;
    let cmd = op & !(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    let (shared, realtime) = (op & FUTEX_PRIVATE_FLAG == 0, op & FUTEX_CLOCK_REALTIME != 0);
    let waits = matches!(cmd, FUTEX_WAIT | FUTEX_WAIT_BITSET);
    // The time is read before anything else is looked at.
    let until = if waits && timeout != 0 {
        let time = read_timespec(w, task, UserPtr(timeout))?;
        match (cmd, realtime) {
            (FUTEX_WAIT, _) => ktime_add_safe(w.sys.now, time),
            (_, true) => time.saturating_sub(w.sys.boot_time),
            (_, false) => time,
        }
    } else {
        u64::MAX
    };
    if realtime && cmd != FUTEX_WAIT_BITSET {
        return Err(Errno::ENOSYS);
    }
    let (count, count2) = (val.cast_signed(), low_int(timeout));
    match cmd {
        FUTEX_WAIT | FUTEX_WAIT_BITSET => {
            let bitset = if cmd == FUTEX_WAIT { MATCH_ANY } else { val3 };
            wait(
                w,
                task,
                FutexWait {
                    uaddr,
                    val,
                    bitset,
                    shared,
                    until,
                    key: None,
                },
            )
        }
        FUTEX_WAKE => futex_wake(w, task, uaddr, shared, count, MATCH_ANY).map(Reply::from),
        FUTEX_WAKE_BITSET => futex_wake(w, task, uaddr, shared, count, val3).map(Reply::from),
        FUTEX_REQUEUE | FUTEX_CMP_REQUEUE => {
            let ask = Requeue {
                uaddr,
                nr_wake: count,
                nr_requeue: count2,
                uaddr2,
                cmpval: (cmd == FUTEX_CMP_REQUEUE).then_some(val3),
            };
            futex_requeue(w, task, shared, &ask).map(Reply::from)
        }
        FUTEX_WAKE_OP => {
            futex_wake_op(w, task, shared, (uaddr, count), (uaddr2, count2), val3).map(Reply::from)
        }
        _ => Err(Errno::ENOSYS),
    }
}

/// The lower half of a word, as an `int`.
fn low_int(word: u64) -> i32 {
    u32::try_from(word & u64::from(u32::MAX))
        .unwrap_or(0)
        .cast_signed()
}

/// `futex_wait()`. A time that has passed already does not excuse from looking at the word.
fn wait(w: &mut World<'_>, task: TaskRef, ask: FutexWait) -> Result<Reply> {
    let wait = futex_wait_setup(w, task, ask)?;
    if w.sys.now >= wait.until {
        return Err(Errno::ETIMEDOUT);
    }
    // With a signal there is no sleep: it is taken first, and then the call starts anew (ERESTARTSYS). The word may hold
    // something else by then. It waits for the word that it was called with, wherever it was requeued to.
    Ok(Reply::Block(match signal_pending(w, task) {
        true => Blocked::FutexRestart(ask),
        false => Blocked::Futex(wait),
    }))
}

/// The waiter runs again: it was woken, its time has come, or a signal has.
pub(super) fn futex_wait_again(w: &mut World<'_>, task: TaskRef, wait: FutexWait) -> Result<Reply> {
    let anew = FutexWait { key: None, ..wait };
    match () {
        () if unqueue(w, task, &wait) => Ok(Reply::Done(0)),
        () if w.sys.now >= wait.until => Err(Errno::ETIMEDOUT),
        () if signal_pending(w, task) => Ok(Reply::Block(Blocked::FutexRestart(anew))),
        () => self::wait(w, task, anew),
    }
}

/// A wait that a signal has interrupted starts anew.
pub(super) fn futex_restart(w: &mut World<'_>, task: TaskRef, wait: FutexWait) -> Result<Reply> {
    self::wait(w, task, wait)
}

/// set_robust_list(2): where the list lies, exit will find out. EINVAL for another size of its head.
pub(super) fn set_robust_list(w: &mut World<'_>, task: TaskRef, head: UserPtr, len: u64) -> Result<Reply> {
    if len != ROBUST_LIST_HEAD {
        return Err(Errno::EINVAL);
    }
    w.tasks[task].robust_list = head;
    Ok(Reply::Done(0))
}

/// get_robust_list(2): ESRCH for a thread that does not exist, EPERM where the
/// caller may not look into it ([`ptrace_may_access`]).
pub(super) fn get_robust_list(
    w: &mut World<'_>,
    task: TaskRef,
    pid: i32,
    head_ptr: UserPtr,
    len_ptr: UserPtr,
) -> Result<Reply> {
    let of = task_or_current(w, task, pid)?;
    if !ptrace_may_access(w, task, of) {
        return Err(Errno::EPERM);
    }
    let head = w.tasks[of].robust_list;
    put_user(w, task, len_ptr, &ROBUST_LIST_HEAD.to_le_bytes())?;
    put_user(w, task, head_ptr, &head.0.to_le_bytes())?;
    Ok(Reply::Done(0))
}
