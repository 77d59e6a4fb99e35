//! What a step touches that other tasks may touch too: two steps of different tasks that touch nothing in common, or
//! only read it, can change places and nobody notices.

use kernel_model::abi::call::WaitReport;
use kernel_model::abi::effect::Stream;
use kernel_model::abi::flags::SaFlags;
use kernel_model::abi::ids::{Pid, TaskRef};
use kernel_model::abi::signal::Signal;
use kernel_model::objects::blocked::Blocked;
use kernel_model::objects::file::FileKind;
use kernel_model::world::WorldView;

use crate::machine::Machine;
use crate::machine::watch::words;

/// Something that more than one task can touch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Object {
    /// Everything: written by the calls whose reach is not told here, and read by all the others.
    All,
    /// What stands on standard output.
    Console,
    /// All pipes.
    Pipes,
    /// A table of descriptors that tasks share.
    Files,
    /// Address spaces that tasks share: which ranges they have.
    Space,
    /// All futexes.
    Futex,
    /// The time.
    Clock,
    /// What time it is, and not only how long something still takes: contended as soon as anybody asks.
    Now,
    /// What pends for a process, and what it does about it.
    Signals(Pid),
    /// What a process does about SIGCHLD.
    Sigchld(Pid),
    /// Which children a process has to wait for.
    Children(Pid),
    /// Who the parent of a process is.
    Parent(Pid),
    /// Whether there is a task with this number.
    Number(Pid),
    /// Who is in a process group.
    Group(Pid),
    /// The threads of a process.
    Threads(Pid),
    /// Eight bytes of shared memory.
    Word(u64),
}

/// How a step touches something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Touch {
    /// Any number of tasks may do so in any order.
    Read,
    /// The order counts.
    Write,
}
use Touch::{Read, Write};

/// What is done with a descriptor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Write,
    Close,
}

/// All that a step touches.
pub(super) type Footprint = Vec<(Object, Touch)>;

const SIGCHLD: u64 = 17;
const SIGCONT_AND_STOPS: std::ops::RangeInclusive<u64> = 18..=22;

/// Whether a call asks how late it is, or how much time was used: gettimeofday, getrusage, times, time, clock_gettime.
/// Of its answers only one is explored.
pub(super) const fn asks_for_time(nr: u64) -> bool {
    matches!(nr, 96 | 98 | 100 | 201 | 228)
}

/// Whether a call depends on what time it is: those that ask; clock_nanosleep with TIMER_ABSTIME and futex, some of whose
/// limits are moments, may have been told.
pub(super) const fn asks_now((nr, args): (u64, [u64; 6])) -> bool {
    const TIMER_ABSTIME: u64 = 1;
    let [_, flags, _, limit, ..] = args;
    match nr {
        _ if asks_for_time(nr) => true,
        230 => flags & TIMER_ABSTIME != 0,
        202 => is_futex_wait(flags) && limit != 0,
        _ => false,
    }
}

/// FUTEX_WAIT and FUTEX_WAIT_BITSET, whose fourth argument is a limit of time.
const fn is_futex_wait(op: u64) -> bool {
    const FUTEX_CMD_MASK: u64 = 0x7f;
    matches!(op & FUTEX_CMD_MASK, 0 | 9)
}

/// Notes what a step of one task touches.
struct Steps<'m> {
    machine: &'m Machine,
    view: WorldView<'m>,
    task: TaskRef,
    tgid: Pid,
    /// The program's first process: what it leaves behind is part of the outcome.
    main: Option<Pid>,
    footprint: Footprint,
}

/// What a system call of a task will touch.
pub(super) fn of_syscall(
    machine: &Machine,
    task: TaskRef,
    (nr, args): (u64, [u64; 6]),
    main: Option<Pid>,
) -> Footprint {
    let mut steps = Steps::new(machine, task, main);
    steps.syscall(nr, args);
    steps.footprint
}

/// What a task will touch that goes on in the kernel, or takes a signal.
pub(super) fn of_resume(machine: &Machine, task: TaskRef, main: Option<Pid>) -> Footprint {
    let mut steps = Steps::new(machine, task, main);
    steps.resume();
    steps.footprint
}

impl<'m> Steps<'m> {
    fn new(machine: &'m Machine, task: TaskRef, main: Option<Pid>) -> Steps<'m> {
        let view = machine.kernel().view();
        let tgid = view.tasks.get(task).map_or(Pid(0), |t| t.tgid);
        Steps {
            machine,
            view,
            task,
            tgid,
            main,
            // Whether a signal comes before or after matters to every call.
            footprint: vec![(Object::All, Read), (Object::Signals(tgid), Read)],
        }
    }

    fn add(&mut self, object: Object, touch: Touch) {
        self.footprint.push((object, touch));
    }

    fn all(&mut self) {
        self.add(Object::All, Write);
    }

    fn threads(&self) -> u32 {
        self.view.signal(self.task).live
    }

    fn shares_mm(&self) -> bool {
        let mm = self
            .view
            .tasks
            .get(self.task)
            .and_then(|t| self.view.mms.get(t.mm?));
        mm.is_some_and(|mm| mm.mm_users > 1)
    }

    fn shares_files(&self) -> bool {
        let files = self.view.tasks.get(self.task).and_then(|t| t.files);
        let users = self
            .view
            .tasks
            .iter()
            .filter(|(_, t)| files.is_some() && t.files == files);
        users.count() > 1
    }

    fn files(&mut self, touch: Touch) {
        if self.shares_files() {
            self.add(Object::Files, touch);
        }
    }

    fn kind(&self, fd: u64) -> Option<FileKind> {
        self.machine
            .kernel()
            .descriptor(self.task, u32::try_from(fd & 0xffff_ffff).ok()?)
    }

    /// A descriptor is read, written or closed.
    fn descriptor(&mut self, fd: u64, use_of: Use) {
        let writes = use_of == Use::Write;
        let reads_or_writes = use_of != Use::Close;
        match self.kind(fd) {
            Some(FileKind::PipeRead(_) | FileKind::PipeWrite(_) | FileKind::ConsoleInput { .. }) => {
                self.add(Object::Pipes, Write);
            }
            Some(FileKind::Console {
                stream: Stream::Stdout,
            }) if reads_or_writes => {
                self.add(Object::Console, Write);
            }
            // Whether it may be written from the background, and by whom it is read, ioctl decides, which touches all.
            Some(FileKind::Tty { .. }) if writes => self.add(Object::Console, Write),
            Some(FileKind::Tty { .. }) if reads_or_writes => self.all(),
            Some(FileKind::Pidfd(_) | FileKind::Signalfd(_)) if reads_or_writes => self.all(),
            _ => {}
        }
    }

    /// All its pipes are closed, if it has some.
    fn pipes(&mut self) {
        let view = self.view;
        let Some(files) = view.tasks.get(self.task).and_then(|t| t.files) else {
            return;
        };
        let has_pipes = view.files[files].open(view.fdtables).any(|(_, file)| {
            matches!(
                view.filp[file].kind,
                FileKind::PipeRead(_) | FileKind::PipeWrite(_)
            )
        });
        if has_pipes {
            self.add(Object::Pipes, Write);
        }
    }

    fn signal(&mut self, target: Pid) {
        self.add(Object::Number(target), Read);
        let Some(task) = self.view.find_task(target) else {
            return;
        };
        self.add(Object::Signals(self.view.tasks[task].tgid), Write);
    }

    fn kill(&mut self, target: u64, signal: u64) {
        let target = (target & 0xffff_ffff) as u32 as i32;
        match target {
            _ if SIGCONT_AND_STOPS.contains(&signal) => self.all(),
            -1 => self.all(),
            1.. => self.signal(Pid(target.unsigned_abs())),
            _ => {
                let own = self.view.pids[self.view.signal(self.task).pgrp].nr;
                let group = if target == 0 {
                    own
                } else {
                    Pid(target.unsigned_abs())
                };
                self.add(Object::Group(group), Write);
                let view = self.view;
                for member in view.for_each_process() {
                    if view.pids[view.signal(member).pgrp].nr == group {
                        self.add(Object::Signals(view.tasks[member].tgid), Write);
                    }
                }
            }
        }
    }

    /// The whole process ends, or this thread of it.
    fn exit(&mut self, whole: bool) {
        let view = self.view;
        let t = &view.tasks[self.task];
        let (last, group) = (whole || self.threads() <= 1, view.signal(self.task).pgrp);
        if self.threads() > 1 {
            self.add(Object::Threads(self.tgid), Write);
        }
        if t.pid != t.tgid {
            // Nobody waits for a thread: its number is free at once.
            self.add(Object::Number(t.pid), Write);
        }
        if t.clear_child_tid.0 != 0 && self.shares_mm() {
            self.add(Object::Futex, Write);
            for word in words(t.clear_child_tid.0, 4) {
                self.add(Object::Word(word), Write);
            }
        }
        if !last {
            return;
        }
        self.add(Object::Signals(self.tgid), Write);
        self.add(Object::Group(view.pids[group].nr), Read);
        self.pipes();
        let stopped = |(_, t): (_, &kernel_model::objects::task::TaskStruct)| {
            t.state() == kernel_model::abi::state::State::Stopped
        };
        let s = view.signal(self.task);
        // The terminal goes with the session's leader.
        if view.tasks.iter().any(stopped) || s.session_leader && s.tty.is_some() {
            self.all();
        }
        self.tells(view.tasks[t.group_leader].real_parent);
        if self.main == Some(self.tgid) {
            self.add(Object::Children(self.tgid), Write);
        }
        for thread in view.for_each_thread(self.task) {
            for child in view.children(thread).map(|child| &view.tasks[child]) {
                self.add(Object::Parent(child.tgid), Write);
                if child.pdeath_signal.is_some() {
                    self.add(Object::Signals(child.tgid), Write);
                }
            }
        }
    }

    /// A parent learns that a child has ended. Of several children it makes no difference which is the first: a wait
    /// looks at them in the order of their birth.
    fn tells(&mut self, parent: TaskRef) {
        let view = self.view;
        self.add(Object::Parent(self.tgid), Read);
        let Some(parent_task) = view.tasks.get(parent).filter(|t| t.pid != Pid::INIT) else {
            return;
        };
        self.add(Object::Children(parent_task.tgid), Read);
        self.add(Object::Sigchld(parent_task.tgid), Read);
        let sighand = parent_task.sighand.map(|sighand| &view.sighands[sighand]);
        let action = sighand.map(|sighand| sighand.action(Signal::SIGCHLD));
        let caught = action.is_some_and(|action| action.handler > 1);
        let unawaited = action.is_some_and(|action| action.flags.contains(SaFlags::SA_NOCLDWAIT))
            || sighand.is_some_and(|sighand| sighand.ignored().has(Signal::SIGCHLD));
        if unawaited {
            self.add(Object::Number(self.tgid), Write);
        }
        if caught || parent_task.blocked.has(Signal::SIGCHLD) {
            self.add(Object::Signals(parent_task.tgid), Write);
        }
    }

    fn wait(&mut self) {
        let view = self.view;
        self.add(Object::Children(self.tgid), Write);
        for thread in view.for_each_thread(self.task) {
            for child in view.children(thread).map(|child| &view.tasks[child]) {
                if child.state().has_exited() {
                    self.add(Object::Number(child.pid), Write);
                }
            }
        }
    }

    fn futex(&mut self, addr: u64) {
        self.add(Object::Futex, Write);
        self.reads(addr, 4);
    }

    /// The kernel reads memory that may be shared.
    fn reads(&mut self, addr: u64, len: u64) {
        self.words(addr, len, Read);
    }

    /// The kernel may store something there.
    fn stores(&mut self, addr: u64, len: u64) {
        self.words(addr, len, Write);
    }

    fn words(&mut self, addr: u64, len: u64, touch: Touch) {
        let shared = self.machine.shared(self.task);
        if addr == 0 || shared.is_nothing() {
            return;
        }
        for word in words(addr, len).filter(|word| shared.contains(word * 8)) {
            self.add(Object::Word(word), touch);
        }
    }

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
            // getresuid, getresgid
            118 | 120 => &[(a, 4), (b, 4), (c, 4)],
            // prctl: PR_GET_PDEATHSIG, PR_GET_NAME
            157 if a == 2 || a == 16 => &[(b, 16)],
            _ => &[],
        };
        for (addr, len) in stores {
            self.stores(*addr, *len);
        }
    }

    #[allow(clippy::too_many_lines, reason = "a table: a row for every call")]
    fn syscall(&mut self, nr: u64, args: [u64; 6]) {
        let [a, b, c, d, ..] = args;
        let own = Object::Signals(self.tgid);
        self.results(nr, args);
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
            72 if matches!(b, 1 | 3) => self.files(Read),
            72 if b == 4 => {
                self.files(Read);
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
            // mmap, mprotect, munmap, brk. Who still uses what another thread unmaps is not asked: every thread's end
            // unmaps a stack.
            9..=12 if self.shares_mm() => self.add(Object::Space, Write),
            9..=12 => {}
            // rt_sigaction
            13 => {
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
            56 | 57 | 58 | 435 => {
                if self.shares_mm() && nr == 57 {
                    self.all();
                }
                let group = self.view.signal(self.task).pgrp;
                self.add(Object::Group(self.view.pids[group].nr), Read);
                self.add(Object::Threads(self.tgid), Read);
            }
            // execve
            59 => {
                if self.threads() > 1 {
                    self.all();
                }
                self.add(own, Write);
                self.add(Object::Sigchld(self.tgid), Write);
                self.pipes();
            }
            // exit, exit_group
            60 => self.exit(false),
            231 => self.exit(true),
            // wait4, waitid
            61 | 247 => self.wait(),
            // kill, rt_sigqueueinfo
            62 | 129 => self.kill(a, b),
            // tkill
            200 => match SIGCONT_AND_STOPS.contains(&b) {
                true => self.all(),
                false => self.signal(Pid(a as u32)),
            },
            // tgkill, rt_tgsigqueueinfo
            234 | 297 => match SIGCONT_AND_STOPS.contains(&c) {
                true => self.all(),
                false => self.signal(Pid(b as u32)),
            },
            // getppid
            110 => self.add(Object::Parent(self.tgid), Read),
            // prctl: PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_NAME, PR_GET_NAME
            157 if (1..=2).contains(&a) => self.add(Object::Parent(self.tgid), Read),
            157 if (15..=16).contains(&a) => {}
            // futex
            202 => {
                self.futex(a);
                if is_futex_wait(b) && d != 0 {
                    self.add(Object::Clock, Write);
                }
            }
            // getpid, gettid, getuid and its like, getpgrp, getrlimit, getrusage, sched_yield, sigaltstack, madvise,
            // set_tid_address, set_robust_list
            39 | 186 | 102 | 104 | 107 | 108 | 115 | 118 | 120 | 111 | 97 | 98 | 24 | 131 | 218 | 273 => {}
            _ => self.all(),
        }
    }

    fn resume(&mut self) {
        let Some(t) = self.view.tasks.get(self.task) else {
            return;
        };
        if t.sigpending {
            // A handler begins, or the process ends or stops.
            self.add(Object::Signals(self.tgid), Write);
            self.add(Object::Sigchld(self.tgid), Write);
            self.exit(true);
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
                self.add(Object::Pipes, Write);
            }
            Some(Blocked::PipeWrite(write)) => {
                self.reads(write.buf.0, write.count.min(1 << 16));
                self.add(Object::Pipes, Write);
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
            Some(Blocked::Futex(wait)) => self.futex(wait.uaddr.0),
            Some(_) => self.all(),
        }
    }
}
