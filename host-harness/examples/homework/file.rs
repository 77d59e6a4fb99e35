//! Descriptors: open, copied, closed.

use host_harness::oracle::system::FileKind;

use crate::calls::{EBADF, EINVAL, EMFILE, int};
use crate::kernel::{Kernel, Result};
use crate::mistake::Mistake;
use crate::pipe::{O_CLOEXEC, O_NONBLOCK};

/// RLIMIT_NOFILE.
const LIMIT: u32 = 1024;
const O_APPEND: u32 = 0x400;

impl Kernel {
    /// What a descriptor names.
    pub fn file_of(&self, task: usize, fd: u64) -> Result<usize> {
        let fd = u32::try_from(int(fd)).map_err(|_| EBADF)?;
        let files = self.tasks[task].files.ok_or(EBADF)?;
        let (file, _) = self.files[files].fds.get(&fd).ok_or(EBADF)?;
        Ok(*file)
    }

    pub fn lowest_free(&self, task: usize, from: u32) -> Result<u32> {
        let files = self.tasks[task].files.ok_or(EBADF)?;
        let fds = &self.files[files].fds;
        if self.has(Mistake::NotLowestDescriptor) {
            let next = fds.last_key_value().map_or(0, |(last, _)| last + 1);
            return Ok(next.max(from)).and_then(|fd| if fd < LIMIT { Ok(fd) } else { Err(EMFILE) });
        }
        (from..LIMIT).find(|fd| !fds.contains_key(fd)).ok_or(EMFILE)
    }

    /// Lets a descriptor name a file that has been counted for it. What it named before is closed.
    pub fn install(&mut self, task: usize, fd: u32, file: usize, cloexec: bool) {
        let Some(files) = self.tasks[task].files else {
            return;
        };
        let old = self.files[files].fds.insert(fd, (file, cloexec));
        if let Some((old, _)) = old
            && !self.has(Mistake::Dup2LeaksOld)
        {
            self.put_file(old);
        }
    }

    /// One user more.
    pub fn get_file(&mut self, file: usize) {
        self.opened[file].users += 1;
        if self.has(Mistake::CountIsSmall) {
            self.opened[file].users &= 7;
        }
    }

    /// One user less; the last one closes the end of the pipe.
    pub fn put_file(&mut self, file: usize) {
        let opened = &mut self.opened[file];
        if opened.users == 0 {
            return;
        }
        opened.users -= 1;
        if opened.users > 0 {
            return;
        }
        let (pipe, kind) = (opened.pipe, opened.kind);
        match kind {
            FileKind::PipeRead => {
                self.pipes[pipe].readers -= 1;
                if self.pipes[pipe].readers == 0 {
                    self.wake_queue(pipe, false);
                }
            }
            FileKind::PipeWrite => {
                self.pipes[pipe].writers -= 1;
                if self.pipes[pipe].writers == 0 && !self.has(Mistake::EofNotWoken) {
                    self.wake_queue(pipe, true);
                }
            }
            // It has no calls that make them.
            FileKind::Pidfd | FileKind::Signalfd | FileKind::Tty => {}
        }
    }

    fn wake_queue(&mut self, pipe: usize, readers: bool) {
        let pipe = &self.pipes[pipe];
        let queue = if readers {
            &pipe.read_queue
        } else {
            &pipe.write_queue
        };
        for task in queue.clone() {
            self.wake_up(task);
        }
    }

    pub fn put_files(&mut self, files: usize) {
        self.files[files].users -= 1;
        if self.files[files].users > 0 {
            return;
        }
        for (file, _) in std::mem::take(&mut self.files[files].fds).into_values() {
            self.put_file(file);
        }
    }

    pub fn close(&mut self, task: usize, fd: u64) -> Result<()> {
        let fd = u32::try_from(int(fd)).map_err(|_| EBADF)?;
        let files = self.tasks[task].files.ok_or(EBADF)?;
        match self.files[files].fds.remove(&fd) {
            Some((file, _)) => {
                self.put_file(file);
                Ok(())
            }
            None if self.has(Mistake::CloseTwice) => Ok(()),
            None => Err(EBADF),
        }
    }

    fn dup_from(&mut self, task: usize, fd: u64, from: u32, cloexec: bool) -> Result<u32> {
        let file = self.file_of(task, fd)?;
        let new = self.lowest_free(task, from)?;
        self.get_file(file);
        let kept = self.has(Mistake::DupKeepsCloexec) && self.cloexec(task, fd)?;
        self.install(task, new, file, cloexec || kept);
        Ok(new)
    }

    fn dup_to(&mut self, task: usize, fd: u64, new: u64, cloexec: bool) -> Result<u32> {
        let new = u32::try_from(int(new))
            .ok()
            .filter(|new| *new < LIMIT)
            .ok_or(EBADF)?;
        let file = self.file_of(task, fd)?;
        self.get_file(file);
        let kept = self.has(Mistake::DupKeepsCloexec) && self.cloexec(task, fd)?;
        self.install(task, new, file, cloexec || kept);
        Ok(new)
    }

    pub fn dup(&mut self, task: usize, fd: u64) -> Result<u32> {
        self.dup_from(task, fd, 0, false)
    }

    pub fn dup2(&mut self, task: usize, fd: u64, new: u64) -> Result<u32> {
        if int(fd) == int(new) {
            self.file_of(task, fd)?;
            if self.has(Mistake::Dup2SameCloses) {
                self.close(task, fd)?;
            }
            return u32::try_from(int(fd)).map_err(|_| EBADF);
        }
        self.dup_to(task, fd, new, false)
    }

    pub fn dup3(&mut self, task: usize, fd: u64, new: u64, flags: u64) -> Result<u32> {
        let flags = int(flags).cast_unsigned();
        if flags & !O_CLOEXEC != 0 || int(fd) == int(new) {
            return Err(EINVAL);
        }
        self.dup_to(task, fd, new, flags & O_CLOEXEC != 0)
    }

    fn cloexec(&self, task: usize, fd: u64) -> Result<bool> {
        let fd = u32::try_from(int(fd)).map_err(|_| EBADF)?;
        let files = self.tasks[task].files.ok_or(EBADF)?;
        let (_, cloexec) = self.files[files].fds.get(&fd).ok_or(EBADF)?;
        Ok(*cloexec)
    }

    pub fn fcntl(&mut self, task: usize, fd: u64, command: u64, arg: u64) -> Result<u32> {
        const WRITE_ONLY: u32 = 1;
        let file = self.file_of(task, fd)?;
        let number = u32::try_from(int(fd)).map_err(|_| EBADF)?;
        let files = self.tasks[task].files.ok_or(EBADF)?;
        let arg = int(arg).cast_unsigned();
        match int(command) {
            // F_DUPFD, F_DUPFD_CLOEXEC
            command @ (0 | 1030) => {
                if arg >= LIMIT {
                    return Err(EINVAL);
                }
                self.dup_from(task, fd, arg, command == 1030)
            }
            // F_GETFD, F_SETFD
            1 => Ok(u32::from(self.cloexec(task, fd)?)),
            2 => {
                self.files[files].fds.insert(number, (file, arg & 1 == 1));
                Ok(0)
            }
            // F_GETFL, F_SETFL
            3 => {
                let opened = &self.opened[file];
                let writer = opened.kind == FileKind::PipeWrite;
                Ok(opened.flags | if writer { WRITE_ONLY } else { 0 })
            }
            4 => {
                self.opened[file].flags = arg & (O_NONBLOCK | O_APPEND);
                Ok(0)
            }
            // F_GETPIPE_SZ
            1032 => Ok(65536),
            _ => Err(EINVAL),
        }
    }
}
