//! Descriptors from which signals are read.

use crate::abi::errno::{Errno, Result};
use crate::abi::flags::OpenFlags;
use crate::abi::ids::TaskRef;
use crate::abi::siginfo::{SIGNALFD_SIGINFO_BYTES, SigInfo};
use crate::abi::signal::{SigSet, Signal};
use crate::objects::blocked::Transfer;
use crate::objects::file::{FileKind, FileRef};
use crate::world::World;

use super::deliver::dequeue_signal;
use super::file::{alloc_file, fd_install, files_of};
use super::pidfd::can_install;
use super::pipe::Progress;
use super::poll::{WaitQueue, wake_pollers};
use super::signal::recalc_sigpending;
use super::uaccess::copy_to_user;

/// A new descriptor from which these signals can be read.
///
/// # Errors
/// - EMFILE: RLIMIT_NOFILE. ENFILE: too many files are open. ENOMEM: the descriptor table cannot grow.
pub fn create(w: &mut World<'_>, task: TaskRef, mask: SigSet, flags: OpenFlags) -> Result<u32> {
    let fd = can_install(w, task)?;
    let status = (flags - OpenFlags::O_CLOEXEC) | OpenFlags::O_RDWR;
    let file = alloc_file(w, FileKind::Signalfd(mask), status)?;
    let files = files_of(w, task)?;
    fd_install(w, files, fd, file, flags.contains(OpenFlags::O_CLOEXEC));
    Ok(fd)
}

/// Other signals for a descriptor that is there, in whatever tasks have it. Who waits in the caller's process looks again;
/// who waits in another one is not told.
///
/// # Errors
/// EINVAL: it is none of signals.
pub fn change(w: &mut World<'_>, task: TaskRef, file: FileRef, mask: SigSet) -> Result<()> {
    let FileKind::Signalfd(place) = &mut w.filp[file].kind else {
        return Err(Errno::EINVAL);
    };
    *place = mask;
    wake_readers(w, task);
    Ok(())
}

/// `signalfd_notify()`: who reads signals of this task's process, or of one that shares its actions, looks again.
pub fn wake_readers(w: &mut World<'_>, task: TaskRef) {
    if let Some(sighand) = w.tasks[task].sighand {
        wake_pollers(w, WaitQueue::Signalfd(sighand), None);
    }
}

/// `signalfd_poll()`: whether there is one of these signals for the task itself, whoever has made the descriptor.
#[must_use]
pub fn is_readable(w: &World<'_>, task: TaskRef, mask: SigSet) -> bool {
    let pending = w.tasks[task].pending.union(w.signal(task).shared_pending);
    !pending.and(mask).is_empty()
}

/// `signalfd_dequeue()`. It looks anew what else the task is to be told of, whether there is one or not.
fn dequeue(w: &mut World<'_>, task: TaskRef, mask: SigSet) -> Option<(Signal, SigInfo)> {
    let found = dequeue_signal(w, task, SigSet(!mask.0));
    recalc_sigpending(w, task);
    found
}

/// read(2) of signals that pend for the caller, or for its process: as many as there are and the buffer has room for.
///
/// # Errors
/// - EINVAL: there is no room for one.
/// - EAGAIN: there is none and O_NONBLOCK is set.
/// - EFAULT: one cannot be stored; it is lost.
pub fn read(
    w: &mut World<'_>,
    task: TaskRef,
    mask: SigSet,
    mut t: Transfer,
    nonblock: bool,
) -> Result<Progress> {
    let size = SIGNALFD_SIGINFO_BYTES as u64;
    if t.count < size {
        return Err(Errno::EINVAL);
    }
    while t.count >= size {
        let Some((_, info)) = dequeue(w, task, mask) else {
            break;
        };
        match copy_to_user(w, task, t.buf, &info.to_signalfd_siginfo()) {
            Ok(()) => {}
            Err(_) if t.done > 0 => break,
            Err(errno) => return Err(errno),
        }
        t.done += size;
        t.count -= size;
        t.buf.0 = t.buf.0.wrapping_add(size);
    }
    match () {
        () if t.done > 0 => Ok(Progress::Done(t.done)),
        () if nonblock => Err(Errno::EAGAIN),
        () => Ok(Progress::Wait(t)),
    }
}
