//! Pipes: read, write, and the console's input, which is a pipe that the embedder writes.

use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::OpenFlags;
use crate::abi::ids::{FrameNo, Handle, PhysAddr, TaskRef, kind};
use crate::abi::limits::PIPE_BUF;
use crate::objects::blocked::Transfer;
use crate::objects::file::FileKind;
use crate::objects::pipe::{PipeBuffer, PipeInode};
use crate::objects::pte::Page;
use crate::world::World;

use super::fault::Access;
use super::file::{alloc_fd, alloc_file, fd_install, files_of};
use super::poll::{POLLIN, POLLOUT, WaitQueue, wake_pollers};
use super::signal;
use super::state::{wake_all, wake_one};
use super::uaccess::{copy_to_user, user_piece};

/// Names a pipe.
pub type PipeRef = Handle<kind::Pipe>;

/// How far a read or write came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// It is over, with this many bytes.
    Done(u64),
    /// It must wait, with what is left to do.
    Wait(Transfer),
}

/// pipe2(2): two descriptors, the read end in the lower word.
///
/// # Errors
/// - EINVAL: flags other than O_CLOEXEC and O_NONBLOCK.
/// - EMFILE: RLIMIT_NOFILE. ENFILE: too many files or pipes are open.
/// - EFAULT: the two numbers cannot be stored; no descriptor is left open.
pub fn do_pipe2(
    w: &mut World<'_>,
    task: TaskRef,
    fds: crate::abi::call::UserPtr,
    flags: OpenFlags,
) -> Result<()> {
    if !(OpenFlags::O_CLOEXEC | OpenFlags::O_NONBLOCK).contains(flags) {
        return Err(Errno::EINVAL);
    }
    let files = files_of(w, task)?;
    if w.filp.available() < 2 || w.pipes.available() < 1 {
        return Err(Errno::ENFILE);
    }
    let read_fd = alloc_fd(w, task, 0)?;
    let write_fd = alloc_fd(w, task, read_fd + 1)?;
    let mut numbers = [0; 8];
    for (to, from) in numbers
        .iter_mut()
        .zip(read_fd.to_le_bytes().into_iter().chain(write_fd.to_le_bytes()))
    {
        *to = from;
    }
    copy_to_user(w, task, fds, &numbers)?;
    let inode = PipeInode::open();
    let pipe = w.pipes.alloc(inode).ok_or(Errno::ENFILE)?;
    let (cloexec, status) = (flags.contains(OpenFlags::O_CLOEXEC), flags - OpenFlags::O_CLOEXEC);
    let reader = alloc_file(w, FileKind::PipeRead(pipe), status)?;
    let writer = alloc_file(w, FileKind::PipeWrite(pipe), status | OpenFlags::O_WRONLY)?;
    fd_install(w, files, read_fd, reader, cloexec);
    fd_install(w, files, write_fd, writer, cloexec);
    Ok(())
}

/// The last descriptor of a read end is closed: writers learn of it.
pub fn release_reader(w: &mut World<'_>, pipe: PipeRef) {
    w.pipes[pipe].readers -= 1;
    if w.pipes[pipe].readers == 0 {
        let waiting = w.pipes[pipe].wr_wait;
        wake_pollers(w, WaitQueue::Write(pipe), None);
        wake_all(w, waiting);
    }
    free_unused(w, pipe);
}

/// The last descriptor of a write end is closed: readers learn of it.
pub fn release_writer(w: &mut World<'_>, pipe: PipeRef) {
    w.pipes[pipe].writers -= 1;
    if w.pipes[pipe].writers == 0 {
        let waiting = w.pipes[pipe].rd_wait;
        wake_pollers(w, WaitQueue::Read(pipe), None);
        wake_all(w, waiting);
    }
    free_unused(w, pipe);
}

fn free_unused(w: &mut World<'_>, pipe: PipeRef) {
    if w.pipes[pipe].readers > 0 || w.pipes[pipe].writers > 0 {
        return;
    }
    while let Some(buf) = w.pipes[pipe].pop() {
        w.page_tables().drop_holder(buf.frame);
    }
    w.pipes.free(pipe);
}

/// Copies between a frame and user memory, page by page; tells how many bytes were copied before a fault.
pub(super) fn copy(
    w: &mut World<'_>,
    task: TaskRef,
    user: u64,
    kernel: PhysAddr,
    len: u16,
    access: Access,
) -> u16 {
    let mut done = 0;
    while done < len {
        let Some(addr) = user.checked_add(u64::from(done)) else {
            return done;
        };
        let Ok(piece) = user_piece(w, task, addr, u64::from(len - done), access) else {
            return done;
        };
        let kernel = PhysAddr {
            offset: kernel.offset + done,
            ..kernel
        };
        let (from, to) = match access {
            Access::Write => (kernel, piece.at),
            Access::Read | Access::Exec => (piece.at, kernel),
        };
        w.emit(Effect::CopyBytes {
            from,
            to,
            len: piece.len,
        });
        done += piece.len;
    }
    done
}

fn small(count: u64) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// read(2) from a pipe: what is there, at most `count`; at the end of all writers, 0.
///
/// # Errors
/// - EAGAIN: nothing is there and O_NONBLOCK is set.
/// - EFAULT: the bytes cannot be stored; they stay in the pipe.
pub fn pipe_read(
    w: &mut World<'_>,
    task: TaskRef,
    pipe: PipeRef,
    mut t: Transfer,
    nonblock: bool,
) -> Result<Progress> {
    if t.count == 0 {
        return Ok(Progress::Done(0));
    }
    let was_full = w.pipes[pipe].is_full();
    let mut fault = false;
    while let Some(buf) = w.pipes[pipe].first_mut().copied()
        && t.count > 0
        && !fault
    {
        let want = buf.len.min(small(t.count));
        let copied = copy(w, task, t.buf.0, buf.start(), want, Access::Write);
        // copy_page_to_iter() either moves the whole piece or leaves the buffer as it was.
        fault = copied < want;
        if !fault {
            consume(w, pipe, copied);
            t.done += u64::from(copied);
            t.count -= u64::from(copied);
            t.buf.0 += u64::from(copied);
        }
    }
    let inode = &w.pipes[pipe];
    let (wr_wait, rd_wait, left) = (inode.wr_wait, inode.rd_wait, !inode.is_empty());
    if was_full && !w.pipes[pipe].is_full() {
        wake_pollers(w, WaitQueue::Write(pipe), Some(POLLOUT));
        wake_one(w, wr_wait);
    }
    if left && (t.done > 0 || fault) {
        // The next reader may find a better address than this one.
        wake_one(w, rd_wait);
    }
    match () {
        () if t.done > 0 => Ok(Progress::Done(t.done)),
        () if fault => Err(Errno::EFAULT),
        () if w.pipes[pipe].writers == 0 => Ok(Progress::Done(0)),
        () if nonblock => Err(Errno::EAGAIN),
        () => Ok(Progress::Wait(t)),
    }
}

fn consume(w: &mut World<'_>, pipe: PipeRef, bytes: u16) {
    let Some(buf) = w.pipes[pipe].first_mut() else {
        return;
    };
    buf.offset += bytes;
    buf.len -= bytes;
    if buf.len == 0 {
        let frame = buf.frame;
        w.pipes[pipe].pop();
        w.page_tables().drop_holder(frame);
    }
}

/// How far a read or a write has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// It begins, perhaps once more after a signal: the first piece of a write may go into the last buffer.
    Begins,
    /// It has waited, and goes on; a write with new buffers.
    GoesOn,
}

/// write(2) to a pipe. Up to PIPE_BUF bytes go in whole or not at all; more may go in parts.
///
/// # Errors
/// - EPIPE: nobody has the read end open; SIGPIPE is sent too.
/// - EAGAIN: there is no room and O_NONBLOCK is set.
/// - EFAULT: the bytes cannot be read.
/// - ENOMEM: no frame is left for them.
pub fn pipe_write(
    w: &mut World<'_>,
    task: TaskRef,
    pipe: PipeRef,
    mut t: Transfer,
    (stage, nonblock): (Stage, bool),
) -> Result<Progress> {
    // Nothing to write is no error even where nobody reads.
    if t.count == 0 && t.done == 0 {
        return Ok(Progress::Done(0));
    }
    if w.pipes[pipe].readers == 0 {
        signal::send_sigpipe(w, task);
        return if t.done > 0 {
            Ok(Progress::Done(t.done))
        } else {
            Err(Errno::EPIPE)
        };
    }
    let was_empty = w.pipes[pipe].is_empty();
    let mut error = match stage {
        Stage::Begins => merge(w, task, pipe, &mut t).err(),
        Stage::GoesOn => None,
    };
    while error.is_none() && t.count > 0 && !w.pipes[pipe].is_full() {
        error = append(w, task, pipe, &mut t).err();
    }
    let inode = &w.pipes[pipe];
    let (rd_wait, wr_wait, room) = (inode.rd_wait, inode.wr_wait, !inode.is_full());
    let waits = error.is_none() && t.count > 0 && !nonblock;
    if was_empty || !waits {
        // A pipe that was ever polled (`poll_usage`) tells of every write, whether it was empty or not.
        wake_pollers(w, WaitQueue::Read(pipe), Some(POLLIN));
    }
    if was_empty {
        // Also for nothing, where the bytes could not be read: who finds the pipe empty goes behind the others.
        wake_one(w, rd_wait);
    }
    if room {
        // pipe_write() passes the wake-up on to the next writer.
        wake_one(w, wr_wait);
    }
    match error {
        _ if t.count == 0 => Ok(Progress::Done(t.done)),
        Some(_) if t.done > 0 => Ok(Progress::Done(t.done)),
        Some(error) => Err(error),
        None if nonblock && t.done > 0 => Ok(Progress::Done(t.done)),
        None if nonblock => Err(Errno::EAGAIN),
        None => Ok(Progress::Wait(t)),
    }
}

fn advance(t: &mut Transfer, bytes: u16) {
    t.done += u64::from(bytes);
    t.count -= u64::from(bytes);
    t.buf.0 = t.buf.0.wrapping_add(u64::from(bytes));
}

/// The first piece of a write goes into the last buffer, if what is over a whole number of pages fits there.
fn merge(w: &mut World<'_>, task: TaskRef, pipe: PipeRef, t: &mut Transfer) -> Result<()> {
    let chars = small(t.count % PIPE_BUF);
    let Some((to, room)) = w.pipes[pipe].last_mut().map(|buf| buf.room()) else {
        return Ok(());
    };
    if chars == 0 || chars > room {
        return Ok(());
    }
    if copy(w, task, t.buf.0, to, chars, Access::Read) < chars {
        return Err(Errno::EFAULT);
    }
    if let Some(buf) = w.pipes[pipe].last_mut() {
        buf.len += chars;
    }
    advance(t, chars);
    Ok(())
}

/// A further buffer with up to a page of bytes.
fn append(w: &mut World<'_>, task: TaskRef, pipe: PipeRef, t: &mut Transfer) -> Result<()> {
    let frame = w
        .page_tables()
        .alloc_page(Page {
            refcount: 0,
            holders: 1,
        })
        .ok_or(Errno::ENOMEM)?;
    let want = small(t.count.min(PIPE_BUF));
    let copied = copy(
        w,
        task,
        t.buf.0,
        PhysAddr { frame, offset: 0 },
        want,
        Access::Read,
    );
    if copied < want {
        w.page_tables().drop_holder(frame);
        return Err(Errno::EFAULT);
    }
    w.pipes[pipe].push(PipeBuffer {
        frame,
        offset: 0,
        len: copied,
    });
    advance(t, copied);
    Ok(())
}

/// Room in the console's input for the embedder: a frame to fill from its start, and how many bytes it holds. None
/// when the input is full or memory is.
pub fn console_room(w: &mut World<'_>, pipe: PipeRef) -> Option<FrameNo> {
    if w.pipes[pipe].is_full() {
        return None;
    }
    w.page_tables().alloc_page(Page {
        refcount: 0,
        holders: 1,
    })
}

/// The embedder has filled the frame that [`console_room`] gave with this many bytes.
pub fn console_received(w: &mut World<'_>, pipe: PipeRef, frame: FrameNo, len: u16) {
    if len == 0 || w.pipes[pipe].is_full() {
        w.page_tables().drop_holder(frame);
        return;
    }
    w.pipes[pipe].push(PipeBuffer {
        frame,
        offset: 0,
        len: len.min(small(PIPE_BUF)),
    });
    let waiting = w.pipes[pipe].rd_wait;
    wake_pollers(w, WaitQueue::Read(pipe), Some(POLLIN));
    wake_one(w, waiting);
}
