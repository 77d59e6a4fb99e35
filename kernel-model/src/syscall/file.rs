//! read, write and what is done to descriptors.

use super::{Reply, Result};
use crate::abi::call::{Fd, UserPtr};
use crate::abi::effect::Effect;
use crate::abi::errno::Errno;
use crate::abi::flags::OpenFlags;
use crate::abi::ids::TaskRef;
use crate::abi::limits::{MAX_RW_COUNT, PIPE_BUFFERS, TASK_SIZE};
use crate::objects::blocked::{Blocked, Transfer};
use crate::objects::file::{FileKind, FileRef};
use crate::verbs::fault::Access;
use crate::verbs::file::{dup_from, dup_to, fdget, files_of, fput, get_file, nofile};
use crate::verbs::pipe::{Progress, Stage, pipe_read, pipe_write};
use crate::verbs::uaccess::{copy_to_user, user_piece};
use crate::world::World;

const O_ACCMODE: OpenFlags = OpenFlags::O_WRONLY.union(OpenFlags::O_RDWR);

/// `access_ok()`: the whole buffer lies below the end of user space.
fn access_ok(buf: UserPtr, count: u64) -> Result<()> {
    match buf.0.checked_add(count) {
        Some(end) if end <= TASK_SIZE => Ok(()),
        _ => Err(Errno::EFAULT),
    }
}

/// `access_ok()` and `rw_verify_area()`: what a read or write asks for, if the buffer lies in user space. A count that
/// is no `ssize_t` does not get as far as its own EINVAL.
fn rw_verify_area(file: FileRef, buf: UserPtr, count: u64) -> Result<Transfer> {
    access_ok(buf, count)?;
    Ok(Transfer {
        file,
        buf,
        count: count.min(MAX_RW_COUNT),
        done: 0,
    })
}

/// read(2).
pub(super) fn read(w: &mut World<'_>, task: TaskRef, fd: Fd, buf: UserPtr, count: u64) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    if w.filp[file].flags & O_ACCMODE == OpenFlags::O_WRONLY {
        return Err(Errno::EBADF);
    }
    if let FileKind::Pidfd(_) = w.filp[file].kind {
        return Err(Errno::EINVAL);
    }
    let transfer = rw_verify_area(file, buf, count)?;
    let reply = read_from(w, task, transfer)?;
    Ok(hold(w, reply, transfer))
}

/// A call that blocks holds the description.
fn hold(w: &mut World<'_>, reply: Reply, transfer: Transfer) -> Reply {
    if let Reply::Block(_) = reply {
        get_file(w, transfer.file);
    }
    reply
}

fn read_from(w: &mut World<'_>, task: TaskRef, transfer: Transfer) -> Result<Reply> {
    let file = &w.filp[transfer.file];
    let nonblock = file.flags.contains(OpenFlags::O_NONBLOCK);
    match file.kind {
        FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe, .. } => {
            match pipe_read(w, task, pipe, transfer, nonblock)? {
                Progress::Done(bytes) => Ok(done(bytes)),
                Progress::Wait(transfer) => Ok(Reply::Block(Blocked::PipeRead(transfer))),
            }
        }
        FileKind::PipeWrite(_) | FileKind::Console { .. } => Err(Errno::EBADF),
        FileKind::Pidfd(_) => Err(Errno::EINVAL),
    }
}

fn done(bytes: u64) -> Reply {
    Reply::Done(i64::try_from(bytes).unwrap_or(i64::MAX))
}

/// The call is over, however it ended: the description is let go. While it waits, it is held.
fn settle(w: &mut World<'_>, transfer: Transfer, reply: Result<Reply>) -> Result<Reply> {
    if !matches!(reply, Ok(Reply::Block(_))) {
        fput(w, transfer.file);
    }
    reply
}

pub(super) fn pipe_read_again(w: &mut World<'_>, task: TaskRef, transfer: Transfer) -> Result<Reply> {
    let reply = read_from(w, task, transfer);
    settle(w, transfer, reply)
}

pub(super) fn pipe_write_again(
    w: &mut World<'_>,
    task: TaskRef,
    transfer: Transfer,
    stage: Stage,
) -> Result<Reply> {
    let reply = write_to(w, task, transfer, stage);
    settle(w, transfer, reply)
}

/// write(2).
pub(super) fn write(w: &mut World<'_>, task: TaskRef, fd: Fd, buf: UserPtr, count: u64) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    if (w.filp[file].flags & O_ACCMODE).is_empty() {
        return Err(Errno::EBADF);
    }
    if let FileKind::Pidfd(_) = w.filp[file].kind {
        return Err(Errno::EINVAL);
    }
    let transfer = rw_verify_area(file, buf, count)?;
    let reply = write_to(w, task, transfer, Stage::Begins)?;
    Ok(hold(w, reply, transfer))
}

fn write_to(w: &mut World<'_>, task: TaskRef, transfer: Transfer, stage: Stage) -> Result<Reply> {
    let file = &w.filp[transfer.file];
    let nonblock = file.flags.contains(OpenFlags::O_NONBLOCK);
    match file.kind {
        FileKind::Console { stream, .. } => {
            let mut done_bytes = 0;
            let by = w.id(task);
            while done_bytes < transfer.count {
                let (addr, rest) = (transfer.buf.0 + done_bytes, transfer.count - done_bytes);
                let piece = match user_piece(w, task, addr, rest, Access::Read) {
                    Ok(piece) => piece,
                    Err(_) if done_bytes > 0 => break,
                    Err(errno) => return Err(errno),
                };
                w.emit(Effect::ConsoleWrite {
                    by,
                    stream,
                    from: piece.at,
                    len: piece.len,
                });
                done_bytes += u64::from(piece.len);
            }
            Ok(done(done_bytes))
        }
        FileKind::PipeWrite(pipe) => match pipe_write(w, task, pipe, transfer, (stage, nonblock))? {
            Progress::Done(bytes) => Ok(done(bytes)),
            Progress::Wait(transfer) => Ok(Reply::Block(Blocked::PipeWrite(transfer))),
        },
        FileKind::PipeRead(_) | FileKind::ConsoleInput { .. } => Err(Errno::EBADF),
        FileKind::Pidfd(_) => Err(Errno::EINVAL),
    }
}

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
            FileKind::Console { .. } | FileKind::ConsoleInput { .. } | FileKind::Pidfd(_) => {
                Err(Errno::EBADF)
            }
        },
        _ => Err(Errno::EINVAL),
    }
}

fn is_tty(kind: FileKind) -> bool {
    matches!(
        kind,
        FileKind::Console { tty: true, .. } | FileKind::ConsoleInput { tty: true, .. }
    )
}

/// ioctl(2): TCGETS, by which isatty asks.
pub(super) fn ioctl(w: &mut World<'_>, task: TaskRef, fd: Fd, request: u32, arg: UserPtr) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    if request != 0x5401 || !is_tty(w.filp[file].kind) {
        return Err(Errno::ENOTTY);
    }
    // struct termios of a terminal in its usual mode: ICRNL IXON, OPOST ONLCR, B38400 CS8 CREAD, the line discipline on.
    let mut termios = [0; 36];
    let words: [u32; 4] = [0x500, 0x5, 0xbf, 0x8a3b];
    for (to, from) in termios
        .iter_mut()
        .zip(words.iter().flat_map(|word| word.to_le_bytes()))
    {
        *to = from;
    }
    copy_to_user(w, task, arg, &termios)?;
    Ok(Reply::Done(0))
}

/// fstat(2): what stdio asks to choose its buffer.
pub(super) fn fstat(w: &mut World<'_>, task: TaskRef, fd: Fd, statbuf: UserPtr) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    // S_IFCHR | 0620 with 1 KiB blocks, or S_IFIFO | 0600 with 4 KiB blocks.
    let (mode, blksize) = if is_tty(w.filp[file].kind) {
        (0o020_620u32, 1024u64)
    } else {
        (0o010_600, 4096)
    };
    let mut bytes = [0; 144];
    let mut put = |at: usize, value: &[u8]| {
        for (to, from) in bytes.iter_mut().skip(at).zip(value) {
            *to = *from;
        }
    };
    put(16, &1u64.to_le_bytes());
    put(24, &mode.to_le_bytes());
    put(56, &blksize.to_le_bytes());
    copy_to_user(w, task, statbuf, &bytes)?;
    Ok(Reply::Done(0))
}

/// lseek(2): pipes and terminals have no position.
pub(super) fn lseek(w: &mut World<'_>, task: TaskRef, fd: Fd) -> Result<Reply> {
    fdget(w, task, fd)?;
    Err(Errno::ESPIPE)
}
