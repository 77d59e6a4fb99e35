//! clone3: the arguments of clone in a structure that may grow.

use super::process::clone;
use super::{Reply, Result};
use crate::abi::call::{CloneArgs, UserPtr};
use crate::abi::errno::Errno;
use crate::abi::flags::CloneFlags;
use crate::abi::ids::{Pid, TaskRef};
use crate::abi::limits::{PAGE_SIZE, TASK_SIZE};
use crate::abi::words;
use crate::verbs::uaccess::copy_from_user;
use crate::world::World;

/// `sizeof(struct clone_args)`, of the first version and of the one that is known.
const CLONE_ARGS_SIZE_VER0: u64 = 64;
const CLONE_ARGS_SIZE: u64 = 88;
const CLONE_ARGS_WORDS: usize = 11;
/// Namespaces of numbers that can lie in each other.
const MAX_PID_NS_LEVEL: u64 = 32;

/// `copy_struct_from_user()`: a structure of another size than the known one. What is missing is 0; E2BIG where what is too
/// much is not.
fn copy_words(w: &mut World<'_>, task: TaskRef, from: UserPtr, size: u64) -> Result<[u64; CLONE_ARGS_WORDS]> {
    let mut at = CLONE_ARGS_SIZE;
    while at < size {
        let mut byte = [0];
        copy_from_user(w, task, UserPtr(from.0.wrapping_add(at)), &mut byte)?;
        if byte != [0] {
            return Err(Errno::E2BIG);
        }
        at += 1;
    }
    let mut bytes = [0; CLONE_ARGS_SIZE as usize];
    let known = usize::try_from(size.min(CLONE_ARGS_SIZE)).unwrap_or(0);
    let given = bytes.get_mut(..known).ok_or(Errno::EINVAL)?;
    copy_from_user(w, task, from, given)?;
    Ok(words::from_bytes(&bytes))
}

/// clone3(2).
///
/// - E2BIG: the structure is larger than a page, or says what this kernel does not know.
/// - EINVAL: it is too small; unknown flags, and those for namespaces and cgroups; an exit signal that is none, or with
///   CLONE_THREAD or CLONE_PARENT; a stack without a size, or a size without a stack.
/// - EFAULT: it cannot be read.
pub(super) fn clone3(w: &mut World<'_>, task: TaskRef, uargs: UserPtr, size: u64) -> Result<Reply> {
    if size > PAGE_SIZE {
        return Err(Errno::E2BIG);
    }
    if size < CLONE_ARGS_SIZE_VER0 {
        return Err(Errno::EINVAL);
    }
    let words = copy_words(w, task, uargs, size)?;
    let [
        flags,
        pidfd,
        child_tid,
        parent_tid,
        exit_signal,
        stack,
        stack_size,
        tls,
        set_tid,
        set_tid_size,
        _,
    ] = words;
    if set_tid_size > MAX_PID_NS_LEVEL || (set_tid == 0) != (set_tid_size == 0) {
        return Err(Errno::EINVAL);
    }
    let exit_signal = u8::try_from(exit_signal)
        .ok()
        .filter(|signal| *signal <= 64)
        .ok_or(Errno::EINVAL)?;
    let nr = match set_tid_size {
        0 => None,
        _ => Some(set_tid_of(w, task, UserPtr(set_tid), set_tid_size)?),
    };
    let flags = clone3_flags(flags, exit_signal)?;
    let stack_ok = match (stack, stack_size) {
        (0, size) => size == 0,
        (_, 0) => false,
        (stack, size) => stack.checked_add(size).is_some_and(|end| end <= TASK_SIZE),
    };
    if !stack_ok {
        return Err(Errno::EINVAL);
    }
    let args = CloneArgs {
        flags,
        exit_signal,
        stack: stack.wrapping_add(stack_size),
        parent_tid: UserPtr(parent_tid),
        child_tid: UserPtr(child_tid),
        tls,
        pidfd: UserPtr(pidfd),
        set_tid: nr,
    };
    clone(w, task, &args)
}

/// The one number that is asked for: there is one namespace. A number that is none is 0, which fork refuses.
fn set_tid_of(w: &mut World<'_>, task: TaskRef, from: UserPtr, size: u64) -> Result<Pid> {
    let mut last = [0; 4];
    for index in 0..size {
        copy_from_user(w, task, UserPtr(from.0.wrapping_add(index * 4)), &mut last)?;
    }
    let nr = u32::try_from(i32::from_le_bytes(last)).unwrap_or(0);
    Ok(Pid(if size == 1 { nr } else { 0 }))
}

/// `clone3_args_valid()`: the byte of the exit signal and CLONE_DETACHED are no flags here.
fn clone3_flags(bits: u64, exit_signal: u8) -> Result<CloneFlags> {
    // CLONE_NEWTIME is the one flag in that byte.
    let flags = CloneFlags::from_bits(bits).ok_or(Errno::EINVAL)?;
    let thread = CloneFlags::CLONE_THREAD | CloneFlags::CLONE_PARENT;
    let both = CloneFlags::CLONE_SIGHAND | CloneFlags::CLONE_CLEAR_SIGHAND;
    let wrong = flags.contains(CloneFlags::CLONE_DETACHED)
        || flags.contains(both)
        || flags.intersects(thread) && exit_signal != 0;
    if wrong { Err(Errno::EINVAL) } else { Ok(flags) }
}
