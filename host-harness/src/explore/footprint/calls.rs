//! What each system call touches: the table has a row for every call that another task could notice.

use kernel_model::abi::call::WaitReport;
use kernel_model::abi::ids::Pid;
use kernel_model::objects::blocked::Blocked;
use kernel_model::objects::file::FileKind;

use super::Touch::{Read, Take, Write};
use super::{
    CLONE, CLONE3, FORK, Object, Reach, SIGCHLD, SIGCONT_AND_STOPS, Use, VFORK, is_futex_of_two,
    is_futex_wait,
};

impl Reach<'_> {
    /// Where a system call may store what it has to tell.
    fn results(&mut self, nr: u64, [a, b, c, d, e, _]: [u64; 6]) {
        let stores: &[(u64, u64)] = match nr {
            // read: no more than is asked for
            0 => &[(b, c.min(1 << 16))],
            // pipe, pipe2
            22 | 293 => &[(a, 8)],
            // rt_sigaction, rt_sigprocmask, rt_sigpending, rt_sigtimedwait, sigaltstack
            13 => &[(c, 32)],
            14 => &[(c, 8)],
            127 => &[(a, 8)],
            128 => &[(b, 128)],
            131 => &[(b, 24)],
            // nanosleep, clock_nanosleep, getitimer, setitimer
            35 => &[(b, 16)],
            230 => &[(d, 16)],
            36 => &[(b, 32)],
            38 => &[(c, 32)],
            // fstat, ioctl
            5 => &[(b, 144)],
            16 => &[(c, 64)],
            // wait4, waitid
            61 => &[(b, 4), (d, 144)],
            247 => &[(c, 128), (e, 144)],
            // gettimeofday, times, time, clock_gettime, clock_getres, getrlimit, getrusage
            96 => &[(a, 16), (b, 8)],
            100 => &[(a, 32)],
            201 => &[(a, 8)],
            228 | 229 | 97 => &[(b, 16)],
            98 => &[(b, 144)],
            // getgroups
            115 => &[(b, 4 * a.min(1 << 16))],
            // getresuid, getresgid
            118 | 120 => &[(a, 4), (b, 4), (c, 4)],
            // prctl: PR_GET_PDEATHSIG, PR_GET_NAME
            157 if a == 2 || a == 16 => &[(b, 16)],
            // prlimit64
            302 => &[(d, 16)],
            _ => &[],
        };
        for (addr, len) in stores {
            self.stores(*addr, *len);
        }
    }

    #[allow(clippy::too_many_lines, reason = "a table: a row for every call")]
    pub(super) fn syscall(&mut self, nr: u64, args: [u64; 6]) {
        let [a, b, c, d, ..] = args;
        let own = Object::Signals(self.tgid);
        self.results(nr, args);
        self.takes_signals(nr, args);
        match nr {
            // read, write
            0 => {
                self.files(Read);
                self.descriptor(a, Use::Read);
            }
            1 => {
                self.files(Read);
                self.descriptor(a, Use::Write);
                self.reads(b, c);
            }
            // close
            3 => {
                self.files(Write);
                self.descriptor(a, Use::Close);
            }
            // open, openat, pipe, pipe2, dup
            2 | 257 | 22 | 293 | 32 => self.files(Write),
            // dup2, dup3: what the number led to is closed
            33 | 292 => {
                self.files(Write);
                self.descriptor(b, Use::Close);
            }
            // fcntl: F_GETFD, F_GETFL; F_SETFL, which changes the file for all who have it; the others change the table
            72 if b == 1 => self.files(Read),
            72 if b == 3 => {
                self.files(Read);
                self.flags(a, Read);
            }
            72 if b == 4 => {
                self.files(Read);
                self.flags(a, Write);
                self.descriptor(a, Use::Write);
            }
            72 => self.files(Write),
            // fstat, lseek
            5 | 8 => self.files(Read),
            // ioctl: FIONREAD
            16 if b == 0x541b => {
                self.files(Read);
                self.descriptor(a, Use::Write);
            }
            // ioctl: TCGETS asks, and is all that a program without a terminal asks for
            16 if !matches!(self.kind(a), Some(FileKind::Tty { .. })) || b == 0x5401 => self.files(Read),
            // mmap, mprotect, munmap, brk; who uses what they take away, `space` asks
            11 if self.shares_mm() => self.add(Object::Space, Take),
            9..=12 if self.shares_mm() => self.add(Object::Space, Write),
            9..=12 => {}
            // rt_sigaction
            13 => {
                if self.shares_sighand() {
                    self.all();
                }
                self.add(own, Write);
                self.reads(b, 32);
                if a == SIGCHLD {
                    self.add(Object::Sigchld(self.tgid), Write);
                }
            }
            // rt_sigprocmask
            14 => {
                self.add(own, Write);
                self.add(Object::Sigchld(self.tgid), Write);
                self.reads(b, 8);
            }
            // rt_sigreturn, pause, rt_sigpending
            15 | 34 | 127 => self.add(own, Write),
            // rt_sigtimedwait, rt_sigsuspend: they change the mask for a while
            128 | 130 => {
                self.add(own, Write);
                self.add(Object::Sigchld(self.tgid), Write);
                self.add(Object::Clock, Write);
                self.reads(a, 8);
                if nr == 128 {
                    self.reads(c, 16);
                }
            }
            // nanosleep, clock_nanosleep
            35 => {
                self.add(Object::Clock, Write);
                self.reads(a, 16);
            }
            230 => {
                self.add(Object::Clock, Write);
                self.reads(c, 16);
            }
            // getitimer, alarm, setitimer
            36..=38 => {
                self.add(Object::Clock, Write);
                self.add(own, Write);
                self.reads(b, 32);
            }
            // gettimeofday, times, time, clock_gettime, clock_getres
            96 | 100 | 201 | 228 | 229 => self.add(Object::Clock, Read),
            // clone, fork, vfork, clone3
            CLONE | FORK | VFORK | CLONE3 => self.clone(nr, args),
            // execve
            59 => {
                // The other threads end, and it takes the place of the first of them, which may have ended before.
                let leads = self.view.tasks.get(self.task).is_some_and(|t| t.pid == t.tgid);
                if self.threads() > 1 || !leads {
                    self.all();
                }
                self.reads_text(a);
                self.reads_texts(b);
                self.reads_texts(c);
                self.add(own, Write);
                self.add(Object::Sigchld(self.tgid), Write);
                self.leaves_locks();
                self.closes_pipes();
            }
            // exit, exit_group
            60 => {
                // The code of the thread that ends last is the process's.
                if a & 0xff != 0 {
                    self.add(Object::Threads(self.tgid), Write);
                }
                self.exit(false);
            }
            231 => self.exit(true),
            // wait4, waitid
            61 | 247 => self.wait(),
            // kill, rt_sigqueueinfo
            62 => self.kill(a, b),
            129 => {
                self.kill(a, b);
                self.reads(c, 128);
            }
            // tkill
            200 => match SIGCONT_AND_STOPS.contains(&b) {
                true => self.all(),
                false => self.signal(Pid(a as u32)),
            },
            // tgkill, rt_tgsigqueueinfo
            234 | 297 => {
                if nr == 297 {
                    self.reads(d, 128);
                }
                match SIGCONT_AND_STOPS.contains(&c) {
                    true => self.all(),
                    false => self.signal(Pid(b as u32)),
                }
            }
            // getppid
            110 => self.add(Object::Parent(self.tgid), Read),
            // prctl: PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_NAME, PR_GET_NAME
            157 if (1..=2).contains(&a) => self.add(Object::Parent(self.tgid), Read),
            157 if a == 15 => self.reads(b, 16),
            157 if a == 16 => {}
            // prlimit64: the caller's own limits are told
            302 if a == 0 && c == 0 => {}
            // sigaltstack
            131 => self.reads(a, 24),
            // futex
            202 => {
                self.futex(a);
                if is_futex_of_two(b) {
                    self.all();
                }
                if is_futex_wait(b) && d != 0 {
                    self.add(Object::Clock, Write);
                    self.reads(d, 16);
                }
            }
            // getpid, gettid, getuid and its like, getpgrp, getrlimit, getrusage, sched_yield, set_tid_address,
            // set_robust_list
            39 | 186 | 102 | 104 | 107 | 108 | 115 | 118 | 120 | 111 | 97 | 98 | 24 | 218 | 273 => {}
            _ => self.all(),
        }
    }

    /// Whether a write goes on to a pipe that nobody reads any more: SIGPIPE.
    fn writes_to_nobody(&self, parked: Option<Blocked>) -> bool {
        let Some(Blocked::PipeWrite(write)) = parked else {
            return false;
        };
        let file = self.view.filp.get(write.file);
        file.is_some_and(|file| match file.kind {
            FileKind::PipeWrite(pipe) => self.view.pipes[pipe].readers == 0,
            _ => false,
        })
    }

    pub(super) fn resume(&mut self) {
        let Some(t) = self.view.tasks.get(self.task) else {
            return;
        };
        if t.parked == Some(Blocked::Exit) {
            return self.exit_after_files();
        }
        if t.sigpending && self.shares_sighand() {
            // SA_RESETHAND, for another process too.
            self.all();
        }
        if t.sigpending || self.writes_to_nobody(t.parked) {
            // A handler begins, or the process ends or stops.
            self.add(Object::Signals(self.tgid), Write);
            self.add(Object::Sigchld(self.tgid), Write);
            self.takes_signal();
        }
        match t.parked {
            None | Some(Blocked::VforkDone { .. }) => {}
            Some(Blocked::Wait(wait)) => {
                match wait.report {
                    WaitReport::Wait4 { wstatus } => self.stores(wstatus.0, 4),
                    WaitReport::Waitid { infop } => self.stores(infop.0, 128),
                }
                self.stores(wait.rusage.0, 144);
                self.wait();
            }
            Some(Blocked::PipeRead(read)) => {
                self.stores(read.buf.0, read.count.min(1 << 16));
                self.file(read.file);
            }
            Some(Blocked::PipeWrite(write)) => {
                self.reads(write.buf.0, write.count.min(1 << 16));
                self.file(write.file);
            }
            Some(Blocked::Nanosleep { remain, .. }) => {
                self.stores(remain.0, 16);
                self.add(Object::Clock, Write);
            }
            Some(Blocked::Pause | Blocked::Sigsuspend { .. } | Blocked::Sigtimedwait { .. }) => {
                if let Some(Blocked::Sigtimedwait { info, .. }) = t.parked {
                    self.stores(info.0, 128);
                }
                self.add(Object::Signals(self.tgid), Write);
                self.add(Object::Clock, Write);
            }
            Some(Blocked::Futex(wait)) => {
                self.futex(wait.uaddr.0);
                if wait.until != u64::MAX {
                    self.add(Object::Clock, Write);
                }
            }
            Some(_) => self.all(),
        }
    }
}
