//! Pipes: sixteen buffers of a page each.

use host_harness::oracle::system::FileKind;

use crate::calls::{EAGAIN, EBADF, EFAULT, EINVAL, EPIPE, Reply, int};
use crate::kernel::{Buffer, File, Kernel, Parked, Pipe, Result};
use crate::memory::TASK_SIZE;
use crate::mistake::Mistake;
use crate::signal::SIGPIPE;

pub const O_NONBLOCK: u32 = 0x800;
pub const O_CLOEXEC: u32 = 0x8_0000;
const BUFFERS: usize = 16;
const PAGE: usize = 4096;

/// How far a read or a write has come.
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    pub file: usize,
    at: u64,
    left: usize,
    done: usize,
}

impl Transfer {
    fn advance(&mut self, bytes: usize) {
        self.at += u64::try_from(bytes).unwrap_or(0);
        self.left -= bytes;
        self.done += bytes;
    }

    fn over(self) -> Result<Reply> {
        Ok(Reply::Done(i64::try_from(self.done).unwrap_or(i64::MAX)))
    }
}

impl Pipe {
    fn is_full(&self) -> bool {
        self.buffers.len() >= BUFFERS
    }
}

impl Kernel {
    pub fn pipe2(&mut self, task: usize, at: u64, flags: u64) -> Result<()> {
        let flags = int(flags).cast_unsigned();
        if flags & !(O_CLOEXEC | O_NONBLOCK) != 0 {
            return Err(EINVAL);
        }
        let read = self.lowest_free(task, 0)?;
        let write = self.lowest_free(task, read + 1)?;
        let bytes: Vec<u8> = [read, write].iter().flat_map(|fd| fd.to_le_bytes()).collect();
        self.copy_to_user(task, at, &bytes)?;
        self.pipes.push(Pipe {
            readers: 1,
            writers: 1,
            ..Pipe::default()
        });
        for (fd, kind) in [(read, FileKind::PipeRead), (write, FileKind::PipeWrite)] {
            self.opened.push(File {
                users: 1,
                pipe: self.pipes.len() - 1,
                kind,
                flags: flags & O_NONBLOCK,
            });
            self.install(task, fd, self.opened.len() - 1, flags & O_CLOEXEC != 0);
        }
        Ok(())
    }

    /// What a read or write asks for, if the buffer can be a program's.
    fn transfer(&self, task: usize, fd: u64, kind: FileKind, at: u64, count: u64) -> Result<Transfer> {
        let file = self.file_of(task, fd)?;
        if self.opened[file].kind != kind {
            return Err(EBADF);
        }
        if at.checked_add(count).is_none_or(|end| end > TASK_SIZE) {
            return Err(EFAULT);
        }
        let left = usize::try_from(count).unwrap_or(usize::MAX).min(0x7fff_f000);
        Ok(Transfer {
            file,
            at,
            left,
            done: 0,
        })
    }

    /// A call that sleeps keeps the file open.
    fn hold(&mut self, reply: Result<Reply>, file: usize) -> Result<Reply> {
        if let Ok(Reply::Block(_)) = reply {
            self.opened[file].users += 1;
        }
        reply
    }

    fn settle(&mut self, reply: Result<Reply>, file: usize) -> Result<Reply> {
        if !matches!(reply, Ok(Reply::Block(_))) {
            self.put_file(file);
        }
        reply
    }

    pub fn read(&mut self, task: usize, fd: u64, at: u64, count: u64) -> Result<Reply> {
        let transfer = self.transfer(task, fd, FileKind::PipeRead, at, count)?;
        let reply = self.read_pipe(task, transfer);
        self.hold(reply, transfer.file)
    }

    pub fn read_again(&mut self, task: usize, transfer: Transfer) -> Result<Reply> {
        let reply = self.read_pipe(task, transfer);
        self.settle(reply, transfer.file)
    }

    pub fn write(&mut self, task: usize, fd: u64, at: u64, count: u64) -> Result<Reply> {
        let transfer = self.transfer(task, fd, FileKind::PipeWrite, at, count)?;
        let reply = self.write_pipe(task, transfer);
        self.hold(reply, transfer.file)
    }

    pub fn write_again(&mut self, task: usize, transfer: Transfer) -> Result<Reply> {
        let reply = self.write_pipe(task, transfer);
        self.settle(reply, transfer.file)
    }

    fn read_pipe(&mut self, task: usize, mut t: Transfer) -> Result<Reply> {
        if t.left == 0 {
            return Ok(Reply::Done(0));
        }
        let File { pipe, flags, .. } = self.opened[t.file];
        let was_full = self.pipes[pipe].is_full();
        let mut fault = false;
        while t.left > 0
            && !fault
            && let Some(buffer) = self.pipes[pipe].buffers.front()
        {
            let want = t.left.min(buffer.bytes.len() - buffer.from);
            let bytes = buffer.bytes[buffer.from..buffer.from + want].to_vec();
            fault = self.copy_to_user(task, t.at, &bytes).is_err();
            if fault {
                break;
            }
            t.advance(want);
            let buffers = &mut self.pipes[pipe].buffers;
            if let Some(buffer) = buffers.front_mut() {
                buffer.from += want;
                if buffer.from == buffer.bytes.len() {
                    buffers.pop_front();
                }
            }
        }
        let has_room = was_full && !self.pipes[pipe].is_full();
        if has_room && !self.has(Mistake::WriterNotWoken) {
            self.wake_first(pipe, false);
        }
        if !self.pipes[pipe].buffers.is_empty() && (t.done > 0 || fault) {
            self.wake_first(pipe, true);
        }
        match () {
            () if t.left > 0
                && t.done > 0
                && self.pipes[pipe].writers > 0
                && self.has(Mistake::ReadWaitsForAll) =>
            {
                Ok(Reply::Block(Parked::Read(t)))
            }
            () if t.done > 0 => t.over(),
            () if fault => Err(EFAULT),
            () if self.pipes[pipe].writers == 0 => Ok(Reply::Done(0)),
            () if flags & O_NONBLOCK != 0 => Err(EAGAIN),
            () => Ok(Reply::Block(Parked::Read(t))),
        }
    }

    fn write_pipe(&mut self, task: usize, mut t: Transfer) -> Result<Reply> {
        if t.left == 0 && t.done == 0 {
            return Ok(Reply::Done(0));
        }
        let File { pipe, flags, .. } = self.opened[t.file];
        if self.pipes[pipe].readers == 0 {
            return self.broken_pipe(task, t);
        }
        let was_empty = self.pipes[pipe].buffers.is_empty();
        let mut error = if t.done == 0 {
            self.fill_last(task, pipe, &mut t).err()
        } else {
            None
        };
        while error.is_none() && t.left > 0 && !self.pipes[pipe].is_full() {
            let want = t.left.min(PAGE);
            match self.copy_from_user(task, t.at, want) {
                Ok(bytes) => {
                    self.pipes[pipe].buffers.push_back(Buffer { bytes, from: 0 });
                    t.advance(want);
                }
                Err(errno) => error = Some(errno),
            }
        }
        if was_empty && !self.pipes[pipe].buffers.is_empty() {
            self.wake_first(pipe, true);
        }
        if !self.pipes[pipe].is_full() {
            self.wake_first(pipe, false);
        }
        match error {
            _ if t.left == 0 => t.over(),
            Some(_) if t.done > 0 => t.over(),
            Some(errno) => Err(errno),
            None if flags & O_NONBLOCK != 0 && t.done > 0 => t.over(),
            None if flags & O_NONBLOCK != 0 => Err(EAGAIN),
            None => Ok(Reply::Block(Parked::Write(t))),
        }
    }

    fn broken_pipe(&mut self, task: usize, t: Transfer) -> Result<Reply> {
        if self.has(Mistake::WriteToNobodyGivesZero) {
            return Ok(Reply::Done(0));
        }
        if !self.has(Mistake::NoSigpipe) {
            self.send_signal(task, SIGPIPE, true, Some(task));
        }
        if t.done > 0 { t.over() } else { Err(EPIPE) }
    }

    /// What is over a whole number of pages goes into the last buffer, if it fits there.
    fn fill_last(&mut self, task: usize, pipe: usize, t: &mut Transfer) -> Result<()> {
        let rest = t.left % PAGE;
        let Some(room) = self.pipes[pipe]
            .buffers
            .back()
            .map(|last| PAGE - last.bytes.len())
        else {
            return Ok(());
        };
        if rest == 0 || rest > room {
            return Ok(());
        }
        let bytes = self.copy_from_user(task, t.at, rest)?;
        if let Some(last) = self.pipes[pipe].buffers.back_mut() {
            last.bytes.extend(bytes);
        }
        t.advance(rest);
        Ok(())
    }

    fn wake_first(&mut self, pipe: usize, reader: bool) {
        let pipe = &self.pipes[pipe];
        let queue = if reader {
            &pipe.read_queue
        } else {
            &pipe.write_queue
        };
        if let Some(first) = queue.first() {
            self.wake_up(*first);
        }
    }
}
