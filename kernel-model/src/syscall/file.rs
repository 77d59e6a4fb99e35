//! What is done to descriptors.

use super::{Reply, Result};
use crate::abi::call::{Fd, UserPtr};
use crate::abi::errno::Errno;
use crate::abi::flags::OpenFlags;
use crate::abi::ids::TaskRef;
use crate::abi::limits::PIPE_BUFFERS;
use crate::objects::file::FileKind;
use crate::objects::tty::TTY_DEV;
use crate::verbs::file::{dup_from, dup_to, fdget, files_of, nofile};
use crate::verbs::uaccess::copy_to_user;
use crate::world::World;

/// dup2(2): of a descriptor onto itself it only asks whether it is open.
pub(super) fn dup2(w: &mut World<'_>, task: TaskRef, fd: Fd, newfd: Fd) -> Result<Reply> {
    if fd == newfd {
        fdget(w, task, fd)?;
        return Ok(Reply::Done(i64::from(fd)));
    }
    dup_to(w, task, fd, newfd, false).map(Reply::from)
}

/// dup3(2): EINVAL for flags other than O_CLOEXEC, and for a descriptor onto itself.
pub(super) fn dup3(w: &mut World<'_>, task: TaskRef, fd: Fd, newfd: Fd, flags: u32) -> Result<Reply> {
    let flags = OpenFlags::from_bits(flags).filter(|flags| OpenFlags::O_CLOEXEC.contains(*flags));
    let flags = flags.filter(|_| fd != newfd).ok_or(Errno::EINVAL)?;
    dup_to(w, task, fd, newfd, flags.contains(OpenFlags::O_CLOEXEC)).map(Reply::from)
}

/// fcntl(2), the commands about descriptors.
pub(super) fn fcntl(w: &mut World<'_>, task: TaskRef, fd: Fd, cmd: u32, arg: u64) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    let number = u32::try_from(fd).map_err(|_| Errno::EBADF)?;
    let files = files_of(w, task)?;
    match cmd {
        // F_DUPFD 0, F_DUPFD_CLOEXEC 1030: EINVAL where the number asked for can never be had.
        0 | 1030 => {
            let limit = nofile(w, task);
            let from = u32::try_from(arg & 0xffff_ffff)
                .ok()
                .filter(|from| *from < limit)
                .ok_or(Errno::EINVAL)?;
            dup_from(w, task, fd, from, cmd == 1030).map(Reply::from)
        }
        // F_GETFD, F_SETFD: FD_CLOEXEC is 1.
        1 => Ok(u32::from(w.files[files].close_on_exec(w.fdtables.view(), number)).into()),
        2 => {
            w.files[files].set_close_on_exec(&mut w.fdtables, number, arg & 1 == 1);
            Ok(Reply::Done(0))
        }
        // F_GETFL, F_SETFL: of what is modelled, only O_NONBLOCK and O_APPEND can be changed.
        3 => Ok(w.filp[file].flags.bits().into()),
        4 => {
            let settable = OpenFlags::O_NONBLOCK | OpenFlags::O_APPEND;
            let bits = u32::try_from(arg & 0xffff_ffff).unwrap_or(0);
            let new = OpenFlags::from_bits_truncate(bits) & settable;
            w.filp[file].flags = (w.filp[file].flags - settable) | new;
            Ok(Reply::Done(0))
        }
        // F_GETPIPE_SZ.
        1032 => match w.filp[file].kind {
            FileKind::PipeRead(_) | FileKind::PipeWrite(_) => Ok(Reply::Done(PIPE_BUFFERS as i64 * 4096)),
            FileKind::Console { .. }
            | FileKind::ConsoleInput { .. }
            | FileKind::Tty { .. }
            | FileKind::Pidfd(_)
            | FileKind::Signalfd(_) => Err(Errno::EBADF),
        },
        _ => Err(Errno::EINVAL),
    }
}

/// fstat(2): what stdio asks to choose its buffer.
pub(super) fn fstat(w: &mut World<'_>, task: TaskRef, fd: Fd, statbuf: UserPtr) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    // S_IFCHR | 0620 with 1 KiB blocks, or S_IFIFO | 0600 with 4 KiB blocks.
    let (mode, blksize, rdev) = match w.filp[file].kind {
        FileKind::Tty { .. } => (0o020_620u32, 1024u64, u64::from(TTY_DEV)),
        _ => (0o010_600, 4096, 0),
    };
    let mut bytes = [0; 144];
    let mut put = |at: usize, value: &[u8]| {
        for (to, from) in bytes.iter_mut().skip(at).zip(value) {
            *to = *from;
        }
    };
    put(16, &1u64.to_le_bytes());
    put(24, &mode.to_le_bytes());
    put(40, &rdev.to_le_bytes());
    put(56, &blksize.to_le_bytes());
    copy_to_user(w, task, statbuf, &bytes)?;
    Ok(Reply::Done(0))
}

/// lseek(2): pipes and terminals have no position; that of signals is always 0.
pub(super) fn lseek(w: &mut World<'_>, task: TaskRef, fd: Fd) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    match w.filp[file].kind {
        // `noop_llseek()`
        FileKind::Signalfd(_) => Ok(Reply::Done(0)),
        _ => Err(Errno::ESPIPE),
    }
}
