//! read, write and what is done to descriptors.

use super::{Reply, Result};
use crate::abi::call::{Fd, UserPtr};
use crate::abi::effect::{Effect, Stream};
use crate::abi::errno::Errno;
use crate::abi::flags::OpenFlags;
use crate::abi::ids::TaskRef;
use crate::abi::limits::{MAX_RW_COUNT, PIPE_BUFFERS, TASK_SIZE};
use crate::abi::signal::Signal;
use crate::abi::termios::LocalModes;
use crate::objects::blocked::{Blocked, Transfer};
use crate::objects::file::{FileKind, FileRef};
use crate::verbs::fault::Access;
use crate::verbs::file::{dup_from, dup_to, fdget, files_of, fput, get_file, nofile};
use crate::verbs::n_tty::n_tty_read;
use crate::verbs::pipe::{Progress, Stage, pipe_read, pipe_write};
use crate::verbs::signal::signal_pending;
use crate::verbs::signalfd;
use crate::verbs::tty::{Change, tty_check_change};
use crate::verbs::uaccess::{copy_to_user, user_piece};
use crate::world::World;

/// The device number of the terminal, as of the first one that a terminal window opens (`/dev/pts/0`).
const TTY_DEV: u64 = 136 << 8;

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
    // No `read` at all, which is seen before the buffer is looked at.
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
        FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe } => {
            match pipe_read(w, task, pipe, transfer, nonblock)? {
                Progress::Done(bytes) => Ok(done(bytes)),
                Progress::Wait(transfer) => Ok(Reply::Block(Blocked::PipeRead(transfer))),
            }
        }
        FileKind::Signalfd(mask) => match signalfd::read(w, task, mask, transfer, nonblock)? {
            Progress::Done(bytes) => Ok(done(bytes)),
            Progress::Wait(transfer) => Ok(Reply::Block(Blocked::SignalfdRead(transfer))),
        },
        FileKind::Tty { .. } => read_from_tty(w, task, transfer),
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

pub(super) fn pipe_read_again(
    w: &mut World<'_>,
    task: TaskRef,
    transfer: Transfer,
    stage: Stage,
) -> Result<Reply> {
    if stage == Stage::GoesOn && pipe_is_awaited(w, transfer) {
        return Ok(Reply::Block(Blocked::PipeRead(transfer)));
    }
    let reply = read_from(w, task, transfer);
    settle(w, transfer, reply)
}

/// `pipe_readable()`, `pipe_writable()`: whoever was woken and finds that neither holds sleeps on, and does not look what
/// O_NONBLOCK says by now.
fn pipe_is_awaited(w: &World<'_>, transfer: Transfer) -> bool {
    match w.filp[transfer.file].kind {
        FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe } => {
            w.pipes[pipe].is_empty() && w.pipes[pipe].writers > 0
        }
        FileKind::PipeWrite(pipe) => w.pipes[pipe].is_full() && w.pipes[pipe].readers > 0,
        _ => false,
    }
}

pub(super) fn signalfd_read_again(w: &mut World<'_>, task: TaskRef, transfer: Transfer) -> Result<Reply> {
    let reply = read_from(w, task, transfer);
    settle(w, transfer, reply)
}

pub(super) fn pipe_write_again(
    w: &mut World<'_>,
    task: TaskRef,
    transfer: Transfer,
    stage: Stage,
) -> Result<Reply> {
    if stage == Stage::GoesOn && pipe_is_awaited(w, transfer) {
        return Ok(Reply::Block(Blocked::PipeWrite(transfer)));
    }
    let reply = write_to(w, task, transfer, stage);
    settle(w, transfer, reply)
}

/// `n_tty_read()` from its beginning: the background gets SIGTTIN.
fn read_from_tty(w: &mut World<'_>, task: TaskRef, transfer: Transfer) -> Result<Reply> {
    match tty_check_change(w, task, Signal::SIGTTIN)? {
        Change::Restart => Ok(Reply::Block(Blocked::TtyRead(transfer))),
        Change::Allowed => read_line(w, task, transfer),
    }
}

/// The same once it is known that the reader may: it does not look again when it wakes.
fn read_line(w: &mut World<'_>, task: TaskRef, transfer: Transfer) -> Result<Reply> {
    let nonblock = w.filp[transfer.file].flags.contains(OpenFlags::O_NONBLOCK);
    match n_tty_read(w, task, transfer, nonblock)? {
        Progress::Done(bytes) => Ok(done(bytes)),
        Progress::Wait(transfer) => Ok(Reply::Block(Blocked::TtyRead(transfer))),
    }
}

pub(super) fn tty_read_again(w: &mut World<'_>, task: TaskRef, transfer: Transfer) -> Result<Reply> {
    let reply = read_line(w, task, transfer);
    settle(w, transfer, reply)
}

/// A signal has interrupted it.
pub(super) fn tty_read_anew(w: &mut World<'_>, task: TaskRef, transfer: Transfer) -> Result<Reply> {
    let reply = read_from_tty(w, task, transfer);
    settle(w, transfer, reply)
}

pub(super) fn tty_write_anew(w: &mut World<'_>, task: TaskRef, transfer: Transfer) -> Result<Reply> {
    let reply = write_to(w, task, transfer, Stage::Begins);
    settle(w, transfer, reply)
}

/// write(2).
pub(super) fn write(w: &mut World<'_>, task: TaskRef, fd: Fd, buf: UserPtr, count: u64) -> Result<Reply> {
    let file = fdget(w, task, fd)?;
    if (w.filp[file].flags & O_ACCMODE).is_empty() {
        return Err(Errno::EBADF);
    }
    if let FileKind::Pidfd(_) | FileKind::Signalfd(_) = w.filp[file].kind {
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
        FileKind::Console { stream } => {
            let bytes = write_to_stream(w, task, transfer.buf.0, transfer.count, stream);
            match bytes {
                (0, Some(errno)) => Err(errno),
                (bytes, _) => Ok(done(bytes)),
            }
        }
        FileKind::Tty { stream } => write_to_tty(w, task, transfer, stream),
        FileKind::PipeWrite(pipe) => match pipe_write(w, task, pipe, transfer, (stage, nonblock))? {
            Progress::Done(bytes) => Ok(done(bytes)),
            Progress::Wait(transfer) => Ok(Reply::Block(Blocked::PipeWrite(transfer))),
        },
        FileKind::PipeRead(_) | FileKind::ConsoleInput { .. } => Err(Errno::EBADF),
        FileKind::Pidfd(_) | FileKind::Signalfd(_) => Err(Errno::EINVAL),
    }
}

/// Bytes for the embedder's output: how many, and why no more.
fn write_to_stream(
    w: &mut World<'_>,
    task: TaskRef,
    buf: u64,
    count: u64,
    stream: Stream,
) -> (u64, Option<Errno>) {
    let (by, mut written) = (w.id(task), 0);
    while written < count {
        let piece = match user_piece(w, task, buf + written, count - written, Access::Read) {
            Ok(piece) => piece,
            Err(errno) => return (written, Some(errno)),
        };
        w.emit(Effect::ConsoleWrite {
            by,
            stream,
            from: piece.at,
            len: piece.len,
        });
        written += u64::from(piece.len);
    }
    (written, None)
}

/// Bytes that one step of a write to a terminal takes, all or none (`iterate_tty_write()`).
const TTY_CHUNK: u64 = 2048;

/// `iterate_tty_write()`: the bytes are fetched before the background is told SIGTTOU, where TOSTOP is set.
fn write_to_tty(w: &mut World<'_>, task: TaskRef, transfer: Transfer, stream: Stream) -> Result<Reply> {
    let mut written = 0;
    loop {
        let (buf, count) = (transfer.buf.0 + written, TTY_CHUNK.min(transfer.count - written));
        if let Err(errno) = is_readable(w, task, buf, count) {
            return if written > 0 {
                Ok(done(written))
            } else {
                Err(errno)
            };
        }
        if w.sys.tty.termios.c_lflag.contains(LocalModes::TOSTOP) {
            match tty_check_change(w, task, Signal::SIGTTOU) {
                Ok(Change::Allowed) => {}
                Ok(Change::Restart) if written == 0 => return Ok(Reply::Block(Blocked::TtyWrite(transfer))),
                Err(errno) if written == 0 => return Err(errno),
                _ => return Ok(done(written)),
            }
        }
        let (bytes, _) = write_to_stream(w, task, buf, count, stream);
        written += bytes;
        if written >= transfer.count || signal_pending(w, task) {
            return Ok(done(written));
        }
    }
}

/// Whether all of a buffer can be read.
fn is_readable(w: &mut World<'_>, task: TaskRef, buf: u64, count: u64) -> Result<()> {
    let mut seen = 0;
    while seen < count {
        let piece = user_piece(w, task, buf + seen, count - seen, Access::Read)?;
        seen += u64::from(piece.len);
    }
    Ok(())
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
        FileKind::Tty { .. } => (0o020_620u32, 1024u64, TTY_DEV),
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
