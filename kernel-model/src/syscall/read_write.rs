//! read and write, whatever they read and write.

use super::{Reply, Result};
use crate::abi::call::{Fd, UserPtr};
use crate::abi::effect::{Effect, Stream};
use crate::abi::errno::Errno;
use crate::abi::flags::OpenFlags;
use crate::abi::ids::TaskRef;
use crate::abi::limits::{MAX_RW_COUNT, TASK_SIZE};
use crate::abi::signal::Signal;
use crate::abi::termios::LocalModes;
use crate::objects::blocked::{Blocked, Transfer};
use crate::objects::file::{FileKind, FileRef};
use crate::verbs::fault::Access;
use crate::verbs::file::{fdget, fput, get_file};
use crate::verbs::n_tty::n_tty_read;
use crate::verbs::pipe::{Progress, Stage, pipe_read, pipe_write};
use crate::verbs::signal::signal_pending;
use crate::verbs::signalfd;
use crate::verbs::tty::{Change, tty_check_change};
use crate::verbs::uaccess::user_piece;
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

/// A read or write that was parked: it goes on where it was, or begins anew after a signal.
pub(super) fn again(w: &mut World<'_>, task: TaskRef, reason: Blocked, stage: Stage) -> Result<Reply> {
    let waited = stage == Stage::GoesOn;
    let (transfer, reply) = match reason {
        Blocked::PipeRead(t) | Blocked::PipeWrite(t) if waited && pipe_is_awaited(w, t) => {
            return Ok(Reply::Block(reason));
        }
        Blocked::TtyRead(t) if waited => (t, read_line(w, task, t)),
        // Whoever was stopped may be in the background now.
        Blocked::PipeRead(t) | Blocked::SignalfdRead(t) | Blocked::TtyRead(t) => (t, read_from(w, task, t)),
        Blocked::PipeWrite(t) | Blocked::TtyWrite(t) => (t, write_to(w, task, t, stage)),
        // No other call is one.
        _ => return Ok(Reply::Block(reason)),
    };
    if !matches!(reply, Ok(Reply::Block(_))) {
        fput(w, transfer.file);
    }
    reply
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
        if let Err(errno) = fault_in_readable(w, task, buf, count) {
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

/// `fault_in_readable()`: whether all of a buffer can be read.
fn fault_in_readable(w: &mut World<'_>, task: TaskRef, buf: u64, count: u64) -> Result<()> {
    let mut seen = 0;
    while seen < count {
        let piece = user_piece(w, task, buf + seen, count - seen, Access::Read)?;
        seen += u64::from(piece.len);
    }
    Ok(())
}
