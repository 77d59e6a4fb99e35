//! Descriptors of tasks.

use crate::abi::errno::{Errno, Result};
use crate::abi::flags::OpenFlags;
use crate::abi::ids::{Handle, TaskRef, kind};
use crate::objects::file::FileKind;
use crate::world::World;

use super::file::{alloc_fd, alloc_file, fd_install, fdget, files_of};

/// Names the object of a number.
pub type PidRef = Handle<kind::Pid>;

/// Whether a further descriptor of a task can be had; its number.
///
/// # Errors
/// - EMFILE: RLIMIT_NOFILE. ENFILE: too many files are open. ENOMEM: the descriptor table cannot grow.
pub fn can_install(w: &World<'_>, task: TaskRef) -> Result<u32> {
    let fd = alloc_fd(w, task, 0)?;
    if w.filp.available() > 0 {
        Ok(fd)
    } else {
        Err(Errno::ENFILE)
    }
}

/// `pidfd_prepare()` and `fd_install()`: the descriptor names the task that has or had the number, and is closed on exec.
/// Of the flags are PIDFD_NONBLOCK (O_NONBLOCK) and PIDFD_THREAD (O_EXCL). The caller has asked [`can_install`].
///
/// # Errors
/// ENFILE, EBADF: as for [`can_install`].
pub fn open(w: &mut World<'_>, task: TaskRef, fd: u32, pid: PidRef, flags: OpenFlags) -> Result<()> {
    let file = alloc_file(w, FileKind::Pidfd(pid), flags | OpenFlags::O_RDWR)?;
    let files = files_of(w, task)?;
    fd_install(w, files, fd, file, true);
    Ok(())
}

/// `pidfd_get_pid()`: whom a descriptor names, and its flags, as [`open`] has set them.
///
/// # Errors
/// EBADF: it names no task.
pub fn pidfd_get_pid(w: &World<'_>, task: TaskRef, fd: i32) -> Result<(PidRef, OpenFlags)> {
    let file = &w.filp[fdget(w, task, fd)?];
    match file.kind {
        FileKind::Pidfd(pid) => Ok((pid, file.flags)),
        _ => Err(Errno::EBADF),
    }
}

/// The task that the object of a number names; none once it is released.
#[must_use]
pub fn pid_task(w: &World<'_>, pid: PidRef) -> Option<TaskRef> {
    w.pid.pids.get(pid)?.task
}
