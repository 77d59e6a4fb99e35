//! Descriptors of tasks.

use super::{Reply, Result};
use crate::abi::call::{Fd, UserPtr};
use crate::abi::errno::Errno;
use crate::abi::flags::{OpenFlags, TaskFlags};
use crate::abi::ids::{Pid, TaskRef};
use crate::verbs::cred::ptrace_may_access;
use crate::verbs::file::{alloc_fd, fd_install, fdget, files_of, get_file};
use crate::verbs::kill::{self, Scope};
use crate::verbs::pidfd::{PidRef, can_install, open, pid_task, pidfd_get_pid};
use crate::world::World;

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
/// the caller may not look into it ([`ptrace_may_access`]).
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
    let (pid, flags) = pidfd_get_pid(w, task, pidfd)?;
    // PIDFD_THREAD
    match flags.contains(OpenFlags::O_EXCL) {
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
        false => Some(super::signal::copy_siginfo_from_user(w, task, info)?),
    };
    if info.is_some_and(|info| info.signo() != number) {
        return Err(Errno::EINVAL);
    }
    kill::pidfd_send_signal(w, task, pid, asked.unwrap_or(scope), number, info).map(Reply::from)
}
