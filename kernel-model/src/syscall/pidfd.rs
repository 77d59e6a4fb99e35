//! clone3, and descriptors of tasks.

use super::process::clone;
use super::{Reply, Result};
use crate::abi::call::{CloneArgs, Fd, UserPtr};
use crate::abi::errno::Errno;
use crate::abi::flags::{CloneFlags, OpenFlags, TaskFlags};
use crate::abi::ids::{Pid, TaskRef};
use crate::abi::limits::{PAGE_SIZE, TASK_SIZE};
use crate::objects::file::FileKind;
use crate::verbs::cred::ptrace_may_access;
use crate::verbs::file::{alloc_fd, fd_install, fdget, files_of, get_file};
use crate::verbs::kill::{self, Scope};
use crate::verbs::pidfd::{PidRef, can_install, open, pid_task, pidfd_get_pid};
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
    let mut words = [0; CLONE_ARGS_WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    }
    Ok(words)
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

/// pidfd_open(2).
///
/// - EINVAL: flags other than PIDFD_NONBLOCK and PIDFD_THREAD; no number.
/// - ESRCH: nobody has the number. ENOENT: a thread that is no leader, without PIDFD_THREAD.
/// - EMFILE, ENFILE: no descriptor is left.
pub(super) fn pidfd_open(w: &mut World<'_>, task: TaskRef, pid: i32, flags: u32) -> Result<Reply> {
    let allowed = OpenFlags::O_NONBLOCK | OpenFlags::O_EXCL;
    let flags = OpenFlags::from_bits(flags)
        .filter(|flags| allowed.contains(*flags))
        .ok_or(Errno::EINVAL)?;
    let nr = u32::try_from(pid)
        .ok()
        .filter(|nr| *nr > 0)
        .ok_or(Errno::EINVAL)?;
    let pid = w.pid.find(Pid(nr)).ok_or(Errno::ESRCH)?;
    let of = pid_task(w, pid).ok_or(Errno::ESRCH)?;
    if !flags.contains(OpenFlags::O_EXCL) && !w.tasks[of].is_group_leader() {
        return Err(Errno::ENOENT);
    }
    let fd = can_install(w, task)?;
    open(w, task, fd, pid, flags)?;
    Ok(fd.into())
}

/// pidfd_getfd(2): another's descriptor, as one of one's own; EBADF where it has none, ESRCH where it has ended, EPERM where
/// it is another user's.
pub(super) fn pidfd_getfd(
    w: &mut World<'_>,
    task: TaskRef,
    pidfd: Fd,
    targetfd: Fd,
    flags: u32,
) -> Result<Reply> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let (pid, _) = pidfd_get_pid(w, task, pidfd)?;
    let of = pid_task(w, pid).ok_or(Errno::ESRCH)?;
    if !ptrace_may_access(w, task, of) {
        return Err(Errno::EPERM);
    }
    if w.tasks[of].flags.contains(TaskFlags::PF_EXITING) {
        return Err(Errno::ESRCH);
    }
    let file = fdget(w, of, targetfd)?;
    let fd = alloc_fd(w, task, 0)?;
    get_file(w, file);
    let files = files_of(w, task)?;
    fd_install(w, files, fd, file, true);
    Ok(fd.into())
}

/// In place of a descriptor: the calling thread, and the process of it.
const PIDFD_SELF_THREAD: Fd = -10000;
const PIDFD_SELF_THREAD_GROUP: Fd = -10001;

/// Whom a descriptor names for a signal, and whom of its process if the flags do not say.
fn pidfd_to_pid(w: &World<'_>, task: TaskRef, pidfd: Fd) -> Result<(PidRef, Scope)> {
    let t = &w.tasks[task];
    match pidfd {
        PIDFD_SELF_THREAD => return Ok((t.thread_pid, Scope::Thread)),
        PIDFD_SELF_THREAD_GROUP => return Ok((w.tasks[t.group_leader].thread_pid, Scope::ThreadGroup)),
        _ => {}
    }
    let file = &w.filp[fdget(w, task, pidfd)?];
    let FileKind::Pidfd(pid) = file.kind else {
        return Err(Errno::EBADF);
    };
    // PIDFD_THREAD
    match file.flags.contains(OpenFlags::O_EXCL) {
        true => Ok((pid, Scope::Thread)),
        false => Ok((pid, Scope::ThreadGroup)),
    }
}

/// pidfd_send_signal(2): to whom a descriptor names, to its process, or to the group with its number.
///
/// - EINVAL: unknown flags, or more than one; the information is of another signal; no such signal.
/// - EBADF: the descriptor names no task.
/// - EFAULT, E2BIG: the information cannot be read, or says what this kernel does not know.
/// - EPERM: the information is one that only the kernel or `kill` gives, and it is not for the caller itself; the caller
///   may not send there.
/// - ESRCH: it is gone; there is no such group.
pub(super) fn pidfd_send_signal(
    w: &mut World<'_>,
    task: TaskRef,
    pidfd: Fd,
    number: i32,
    info: UserPtr,
    flags: u32,
) -> Result<Reply> {
    let asked = match flags {
        0 => None,
        1 => Some(Scope::Thread),
        2 => Some(Scope::ThreadGroup),
        4 => Some(Scope::ProcessGroup),
        _ => return Err(Errno::EINVAL),
    };
    let (pid, scope) = pidfd_to_pid(w, task, pidfd)?;
    let info = match info.is_null() {
        true => None,
        false => Some(super::signal::read_whole_siginfo(w, task, info)?),
    };
    if info.is_some_and(|info| info.signo() != number) {
        return Err(Errno::EINVAL);
    }
    kill::pidfd_send_signal(w, task, pid, asked.unwrap_or(scope), number, info).map(Reply::from)
}
