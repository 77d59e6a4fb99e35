//! futex: sleeping on a word of user memory, and waking who sleeps on it.
//!
//! A waiter stands in its queue from the call until it runs again or is woken; one that a signal has got out of bed is
//! still found by a wake before it has looked around, as in Linux.

use crate::abi::call::UserPtr;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::VmFlags;
use crate::abi::ids::TaskRef;
use crate::abi::limits::{PAGE_SIZE, TASK_SIZE};
use crate::objects::blocked::Blocked;
use crate::objects::futex::{FutexKey, FutexObject, FutexWait};
use crate::objects::task::WaitEntry;
use crate::store::list;
use crate::world::World;

use super::fault::Access;
use super::state::wake_up;
use super::uaccess::{copy_to_user, get_u32, get_u64, user_piece};

/// `FUTEX_BITSET_MATCH_ANY`.
pub const MATCH_ANY: u32 = u32::MAX;
/// `FUTEX_WAITERS`, `FUTEX_OWNER_DIED`, `FUTEX_TID_MASK`: how the words of robust lists are laid out.
const FUTEX_WAITERS: u32 = 0x8000_0000;
const FUTEX_OWNER_DIED: u32 = 0x4000_0000;
const FUTEX_TID_MASK: u32 = 0x3fff_ffff;
/// The most entries of a robust list that exit looks at.
const ROBUST_LIST_LIMIT: u32 = 2048;

/// `get_futex_key()`: by what name the word is known. Without `FUTEX_PRIVATE_FLAG` the page behind it is looked up, and
/// brought in: to write, and with [`Access::Read`] only to read where that is all there is.
///
/// # Errors
/// - EINVAL: the address is no multiple of 4.
/// - EFAULT: no user's address; for a shared futex also a page that cannot be had, or private memory that can only be
///   read, in which nothing ever changes.
pub fn get_futex_key(
    w: &mut World<'_>,
    task: TaskRef,
    uaddr: UserPtr,
    shared: bool,
    access: Access,
) -> Result<FutexKey> {
    if !uaddr.0.is_multiple_of(4) {
        return Err(Errno::EINVAL);
    }
    if uaddr.0 > TASK_SIZE {
        return Err(Errno::EFAULT);
    }
    let mm = w.tasks[task].mm.ok_or(Errno::EFAULT)?;
    let key = |object, at| FutexKey { object, at };
    if !shared {
        return Ok(key(FutexObject::Private(mm), uaddr.0));
    }
    let read_only = match user_piece(w, task, uaddr.0, 4, Access::Write) {
        Ok(_) => false,
        Err(_) if access == Access::Read => user_piece(w, task, uaddr.0, 4, access).map(|_| true)?,
        Err(errno) => return Err(errno),
    };
    let vma = w.mms[mm].vma_at(w.vmas.view(), uaddr.0).ok_or(Errno::EFAULT)?;
    let vma = &w.vmas[vma];
    let file = vma
        .mapping
        .filter(|_| vma.flags.contains(VmFlags::VM_SHARED) || read_only);
    match file {
        Some(mapping) => {
            let at = vma.page_of(uaddr.0) * PAGE_SIZE + uaddr.0 % PAGE_SIZE;
            Ok(key(FutexObject::Inode(mapping), at))
        }
        None if read_only => Err(Errno::EFAULT),
        None => Ok(key(FutexObject::Mm(mm), uaddr.0)),
    }
}

/// `futex_wait_setup()`: the wait with the queue that it is to enter.
///
/// # Errors
/// - EAGAIN: the word does not hold the value any more.
/// - EINVAL: no bit is set in `bitset`; the address is not aligned.
/// - EFAULT: the word cannot be read.
pub fn futex_wait_setup(w: &mut World<'_>, task: TaskRef, wait: FutexWait) -> Result<FutexWait> {
    if wait.bitset == 0 {
        return Err(Errno::EINVAL);
    }
    let key = get_futex_key(w, task, wait.uaddr, wait.shared, Access::Read)?;
    if get_u32(w, task, wait.uaddr)? != wait.val {
        return Err(Errno::EAGAIN);
    }
    Ok(FutexWait {
        key: Some(key),
        ..wait
    })
}

/// `futex_queue()`: a task that goes to sleep enters the queue of its wait.
pub fn enqueue(w: &mut World<'_>, task: TaskRef, wait: &FutexWait) {
    change_queue(w, wait.key, |queue, tasks| queue.push_back(tasks, task));
}

/// `futex_unqueue()`: the waiter runs again. Tells whether it was woken meanwhile.
pub fn unqueue(w: &mut World<'_>, task: TaskRef, wait: &FutexWait) -> bool {
    if w.tasks[task].wait_entry.is_linked() {
        change_queue(w, wait.key, |queue, tasks| queue.remove(tasks, task));
    }
    wait.key.is_none()
}

fn change_queue(
    w: &mut World<'_>,
    key: Option<FutexKey>,
    change: impl FnOnce(
        &mut list::List<WaitEntry>,
        &mut crate::store::arena::Arena<'_, crate::objects::task::TaskStruct>,
    ),
) {
    let Some(key) = key else { return };
    let at = key.queue(w.futex_queues.len());
    if let Some(queue) = w.futex_queues.get_mut(at) {
        change(queue, &mut w.tasks);
    }
}

/// The waiters of a key from this place of its queue on: the next one, and who stands behind it.
fn next_waiter(w: &World<'_>, mut at: Option<TaskRef>, key: FutexKey) -> Option<(TaskRef, FutexWait)> {
    while let Some(task) = at {
        if let Some(Blocked::Futex(wait)) = w.tasks[task].parked
            && wait.key == Some(key)
        {
            return Some((task, wait));
        }
        at = list::next::<WaitEntry>(&w.tasks[task]);
    }
    None
}

fn first_of_queue(w: &World<'_>, key: FutexKey) -> Option<TaskRef> {
    w.futex_queues.get(key.queue(w.futex_queues.len()))?.first()
}

/// `futex_wake_mark()` and `wake_up_q()`: the waiter is told.
fn wake(w: &mut World<'_>, task: TaskRef, wait: FutexWait) {
    unqueue(w, task, &wait);
    w.tasks[task].parked = Some(Blocked::Futex(FutexWait { key: None, ..wait }));
    wake_up(w, task);
}

/// `futex_wake()`: wakes the first waiters that have a bit of `bitset`, at least one, and tells how many.
///
/// # Errors
/// - EINVAL: no bit is set in `bitset`; the address is not aligned.
/// - EFAULT: as for [`get_futex_key`].
pub fn futex_wake(
    w: &mut World<'_>,
    task: TaskRef,
    uaddr: UserPtr,
    shared: bool,
    nr_wake: i32,
    bitset: u32,
) -> Result<u32> {
    if bitset == 0 {
        return Err(Errno::EINVAL);
    }
    let key = get_futex_key(w, task, uaddr, shared, Access::Read)?;
    Ok(wake_key(w, key, nr_wake, bitset))
}

fn wake_key(w: &mut World<'_>, key: FutexKey, nr_wake: i32, bitset: u32) -> u32 {
    let mut woken = 0;
    let mut at = first_of_queue(w, key);
    while let Some((waiter, wait)) = next_waiter(w, at, key) {
        at = list::next::<WaitEntry>(&w.tasks[waiter]);
        if wait.bitset & bitset == 0 {
            continue;
        }
        wake(w, waiter, wait);
        woken += 1;
        // Asked after the first: a count of 0, or a negative one, wakes one.
        if i64::from(woken) >= i64::from(nr_wake) {
            break;
        }
    }
    woken
}

/// What `FUTEX_REQUEUE` and `FUTEX_CMP_REQUEUE` are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Requeue {
    /// Whose waiters.
    pub uaddr: UserPtr,
    /// How many of them are woken.
    pub nr_wake: i32,
    /// How many of the others move.
    pub nr_requeue: i32,
    /// Where to.
    pub uaddr2: UserPtr,
    /// What the first word must hold.
    pub cmpval: Option<u32>,
}

/// `futex_requeue()`: wakes some waiters and lets others wait on another word; tells how many were either.
///
/// # Errors
/// - EINVAL: a count is negative; an address is not aligned.
/// - EAGAIN: the word does not hold the value any more.
/// - EFAULT: as for [`get_futex_key`]; the word cannot be read.
pub fn futex_requeue(w: &mut World<'_>, task: TaskRef, shared: bool, ask: &Requeue) -> Result<u32> {
    if ask.nr_wake < 0 || ask.nr_requeue < 0 {
        return Err(Errno::EINVAL);
    }
    let from = get_futex_key(w, task, ask.uaddr, shared, Access::Read)?;
    let to = get_futex_key(w, task, ask.uaddr2, shared, Access::Read)?;
    if let Some(cmpval) = ask.cmpval
        && get_u32(w, task, ask.uaddr)? != cmpval
    {
        return Err(Errno::EAGAIN);
    }
    let mut count = 0;
    let mut at = first_of_queue(w, from);
    while let Some((waiter, wait)) = next_waiter(w, at, from) {
        at = list::next::<WaitEntry>(&w.tasks[waiter]);
        if count - i64::from(ask.nr_wake) >= i64::from(ask.nr_requeue) {
            break;
        }
        count += 1;
        if count <= i64::from(ask.nr_wake) {
            wake(w, waiter, wait);
        } else if from != to {
            unqueue(w, waiter, &wait);
            let moved = FutexWait {
                key: Some(to),
                ..wait
            };
            w.tasks[waiter].parked = Some(Blocked::Futex(moved));
            enqueue(w, waiter, &moved);
        }
    }
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

const fn sign_extend_12(bits: u32) -> i32 {
    (bits << 20).cast_signed() >> 20
}

/// `futex_atomic_op_inuser()`: changes the word as `encoded` says and tells whether what it held passes the test in it.
///
/// # Errors
/// - ENOSYS: no such operation; no such test, which is found after the word was changed.
/// - EFAULT: the word cannot be changed.
fn futex_atomic_op(w: &mut World<'_>, task: TaskRef, encoded: u32, uaddr: UserPtr) -> Result<bool> {
    let (op, cmp) = (encoded >> 28 & 7, encoded >> 24 & 15);
    let (mut oparg, cmparg) = (
        sign_extend_12(encoded >> 12 & 0xfff),
        sign_extend_12(encoded & 0xfff),
    );
    // FUTEX_OP_OPARG_SHIFT
    if encoded >> 31 == 1 {
        oparg = 1 << (oparg & 31);
    }
    if op > 4 {
        return Err(Errno::ENOSYS);
    }
    user_piece(w, task, uaddr.0, 4, Access::Write)?;
    let old = get_u32(w, task, uaddr)?.cast_signed();
    let new = match op {
        0 => oparg,
        1 => old.wrapping_add(oparg),
        2 => old | oparg,
        3 => old & !oparg,
        _ => old ^ oparg,
    };
    copy_to_user(w, task, uaddr, &new.to_le_bytes())?;
    Ok(match cmp {
        0 => old == cmparg,
        1 => old != cmparg,
        2 => old < cmparg,
        3 => old <= cmparg,
        4 => old > cmparg,
        5 => old >= cmparg,
        _ => return Err(Errno::ENOSYS),
    })
}

/// `futex_wake_op()`: changes the second word, wakes waiters of the first, and, if what the second held passes a test,
/// waiters of the second.
///
/// # Errors
/// - EINVAL: an address is not aligned.
/// - ENOSYS: no such operation or test.
/// - EFAULT: as for [`get_futex_key`]; the second word cannot be changed.
pub fn futex_wake_op(
    w: &mut World<'_>,
    task: TaskRef,
    shared: bool,
    (uaddr, nr_wake): (UserPtr, i32),
    (uaddr2, nr_wake2): (UserPtr, i32),
    encoded: u32,
) -> Result<u32> {
    let first = get_futex_key(w, task, uaddr, shared, Access::Read)?;
    let second = get_futex_key(w, task, uaddr2, shared, Access::Write)?;
    let passes = futex_atomic_op(w, task, encoded, uaddr2)?;
    let mut woken = wake_key(w, first, nr_wake, MATCH_ANY);
    if passes {
        woken += wake_key(w, second, nr_wake2, MATCH_ANY);
    }
    Ok(woken)
}

/// An entry of a robust list: its address, and whether the lowest bit marks it as one with priority inheritance.
fn fetch_robust_entry(w: &mut World<'_>, task: TaskRef, at: u64) -> Result<(u64, bool)> {
    let entry = get_u64(w, task, UserPtr(at))?;
    Ok((entry & !1, entry & 1 == 1))
}

/// `exit_robust_list()`: every lock in the task's robust list that it still holds is marked FUTEX_OWNER_DIED, and a waiter
/// of it is woken. The list is the program's: what is wrong with it ends the walk.
pub fn exit_robust_list(w: &mut World<'_>, task: TaskRef) {
    let head = core::mem::take(&mut w.tasks[task].robust_list);
    if !head.is_null() {
        // Whatever cannot be read is the program's own loss.
        let _ = walk_robust_list(w, task, head.0);
    }
}

fn walk_robust_list(w: &mut World<'_>, task: TaskRef, head: u64) -> Result<()> {
    // struct robust_list_head: the first entry, the distance from an entry to its word, the lock in the making.
    let (mut entry, mut pi) = fetch_robust_entry(w, task, head)?;
    let offset = get_u64(w, task, UserPtr(head.wrapping_add(8)))?;
    let (pending, pending_pi) = fetch_robust_entry(w, task, head.wrapping_add(16))?;
    for _ in 0..ROBUST_LIST_LIMIT {
        if entry == head {
            break;
        }
        // Read before the lock is let go: its memory may be another's then.
        let next = fetch_robust_entry(w, task, entry);
        if entry != pending {
            futex_death(w, task, entry.wrapping_add(offset), pi, false)?;
        }
        (entry, pi) = next?;
    }
    if pending != 0 {
        futex_death(w, task, pending.wrapping_add(offset), pending_pi, true)?;
    }
    Ok(())
}

/// `handle_futex_death()`.
fn futex_death(w: &mut World<'_>, task: TaskRef, uaddr: u64, pi: bool, pending: bool) -> Result<()> {
    if !uaddr.is_multiple_of(4) {
        return Err(Errno::EINVAL);
    }
    let uaddr = UserPtr(uaddr);
    let word = get_u32(w, task, uaddr)?;
    let owner = word & FUTEX_TID_MASK;
    // It died between letting go of the lock and waking the next one.
    let let_go = pending && !pi && owner == 0;
    if !let_go {
        if owner != w.tasks[task].pid.0 {
            return Ok(());
        }
        let died = word & FUTEX_WAITERS | FUTEX_OWNER_DIED;
        copy_to_user(w, task, uaddr, &died.to_le_bytes())?;
    }
    if let_go || !pi && word & FUTEX_WAITERS != 0 {
        // Nobody is told that it failed.
        let _ = futex_wake(w, task, uaddr, true, 1, MATCH_ANY);
    }
    Ok(())
}
