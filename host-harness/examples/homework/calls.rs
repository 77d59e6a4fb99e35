//! The system calls by number, as x86-64 has them.

use crate::fork::{CLONE_VFORK, CLONE_VM};
use crate::kernel::{IDLE, Kernel, Parked, Result};
use crate::mistake::Mistake;

pub const EPERM: i64 = 1;
pub const ESRCH: i64 = 3;
pub const EBADF: i64 = 9;
pub const ECHILD: i64 = 10;
pub const EAGAIN: i64 = 11;
pub const ENOMEM: i64 = 12;
pub const EACCES: i64 = 13;
pub const EFAULT: i64 = 14;
pub const EEXIST: i64 = 17;
pub const ENODEV: i64 = 19;
pub const EINVAL: i64 = 22;
pub const EMFILE: i64 = 24;
pub const EPIPE: i64 = 32;
const ENOSYS: i64 = 38;

const SIGCHLD: u64 = 17;

/// What `dispatch` knows, and the three that are no system calls: a kernel is asked for no more than it says it has.
pub const CALLS: &[&str] = &[
    "fork",
    "vfork",
    "clone",
    "exit",
    "exit_group",
    "wait4",
    "waitid",
    "exec",
    "sched_yield",
    "prctl",
    "getpid",
    "getppid",
    "gettid",
    "getpgrp",
    "getpgid",
    "getsid",
    "setpgid",
    "setsid",
    "kill",
    "tkill",
    "tgkill",
    "load",
    "store",
    "mmap",
    "munmap",
    "mprotect",
    "madvise",
    "brk",
    "pipe",
    "pipe2",
    "read",
    "write",
    "close",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
];

/// The `int` in a register: its lower half.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the upper half is no part of the argument"
)]
pub const fn int(word: u64) -> i32 {
    (word as u32).cast_signed()
}

/// How far a call has come.
pub enum Reply {
    Done(i64),
    /// It must wait.
    Block(Parked),
    /// The caller sleeps already, or has ended.
    Left,
}

fn done(result: Result<()>) -> Result<Reply> {
    result.map(|()| Reply::Done(0))
}

fn number(result: Result<u32>) -> Result<Reply> {
    result.map(|number| Reply::Done(i64::from(number)))
}

fn address(addr: u64) -> Reply {
    Reply::Done(i64::try_from(addr).unwrap_or(i64::MAX))
}

impl Kernel {
    pub fn dispatch(&mut self, task: usize, nr: u64, args: &[u64; 6]) -> Result<Reply> {
        let [a, b, c, d, ..] = *args;
        match nr {
            0 => self.read(task, a, b, c),
            1 => self.write(task, a, b, c),
            3 => done(self.close(task, a)),
            9 => self.mmap(task, args).map(address),
            10 => done(self.mprotect(task, a, b, c)),
            11 => done(self.munmap(task, a, b)),
            12 => Ok(address(self.brk(task, a))),
            22 => done(self.pipe2(task, a, 0)),
            24 => Ok(Reply::Done(0)),
            28 => done(self.madvise(task, a, b, c)),
            32 => number(self.dup(task, a)),
            33 => number(self.dup2(task, a, b)),
            39 if self.has(Mistake::TidForTgid) => number(Ok(self.tasks[task].tid)),
            39 => number(Ok(self.tgid(task))),
            56 => self.clone_task(task, u64::from(int(a).cast_unsigned()), c, d),
            57 => self.clone_task(task, SIGCHLD, 0, 0),
            58 => self.clone_task(task, CLONE_VFORK | CLONE_VM | SIGCHLD, 0, 0),
            60 => {
                self.exit(task, (int(a) & 0xff) << 8);
                Ok(Reply::Left)
            }
            61 => self.wait4(task, args),
            62 => done(self.kill(task, a, b)),
            72 => number(self.fcntl(task, a, b, c)),
            109 => done(self.setpgid(task, a, b)),
            110 => number(Ok(self.getppid(task))),
            111 => number(self.getpgid(task, 0)),
            112 => number(self.setsid(task)),
            121 => number(self.getpgid(task, a)),
            124 => number(self.getsid(task, a)),
            157 => done(self.prctl(task, a, b)),
            186 if self.has(Mistake::TgidForTid) => number(Ok(self.tgid(task))),
            186 => number(Ok(self.tasks[task].tid)),
            200 => done(self.tgkill(task, None, a, b)),
            231 => {
                self.exit_group(task, (int(a) & 0xff) << 8);
                Ok(Reply::Left)
            }
            234 => done(self.tgkill(task, Some(a), b, c)),
            247 => self.waitid(task, args),
            292 => number(self.dup3(task, a, b, c)),
            293 => done(self.pipe2(task, a, b)),
            _ => Err(ENOSYS),
        }
    }

    fn getppid(&self, task: usize) -> u32 {
        if self.has(Mistake::GetppidRemembers) {
            return self.process(task).first_parent;
        }
        self.tgid(self.tasks[task].parent)
    }

    fn prctl(&mut self, task: usize, option: u64, arg: u64) -> Result<()> {
        match int(option) {
            // PR_SET_CHILD_SUBREAPER
            36 => {
                self.process_mut(task).subreaper = arg != 0;
                if arg != 0 && !self.has(Mistake::SubreaperOnlyForLaterBorn) {
                    self.tell_descendants(task);
                }
                Ok(())
            }
            // PR_GET_CHILD_SUBREAPER
            37 => {
                let is = u32::from(self.process(task).subreaper);
                self.copy_to_user(task, arg, &is.to_le_bytes())
            }
            _ => Err(EINVAL),
        }
    }

    /// All descendants learn that there is a subreaper above them.
    fn tell_descendants(&mut self, task: usize) {
        let above = self.tasks[task].process;
        for process in 2..self.processes.len() {
            let mut at = self.processes[process].leader;
            while at != IDLE {
                at = self.tasks[at].parent;
                if self.tasks[at].process == above {
                    self.processes[process].has_subreaper = true;
                    break;
                }
            }
        }
    }
}
