//! What is there before the first program: the zero page, the idle task, init and kthreadd.

use super::Kernel;
use super::storage::{Storage, Thread};
use crate::abi::call::CloneArgs;
use crate::abi::effect::{Board, Stream};
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::{CloneFlags, OpenFlags, StackFlags, TaskFlags};
use crate::abi::ids::{Pid, TaskRef};
use crate::abi::limits::{NR_CPUS, PID_MAX_DEFAULT, PID_MAX_LIMIT};
use crate::abi::rlimit::Rlimits;
use crate::abi::signal::{SIG_IGN, Signal};
use crate::abi::state::State;
use crate::abi::termios::Termios;
use crate::objects::blocked::Blocked;
use crate::objects::cred::Cred;
use crate::objects::file::{FileKind, FilesStruct, FsStruct};
use crate::objects::pipe::PipeInode;
use crate::objects::pte::Page;
use crate::objects::sched::Rq;
use crate::objects::signal::{KSigaction, SignalStruct};
use crate::objects::task::{Comm, TaskStruct};
use crate::store::arena::Object;
use crate::store::bitmap::words;
use crate::verbs::pipe::PipeRef;
use crate::verbs::{file, fork, group, state};
use crate::world::World;

/// What init's descriptors 0, 1 and 2 are: the terminal, or pipes from and to the embedder. It is one terminal, and
/// nobody's until the leader of a session takes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Console {
    /// Standard input is the terminal.
    pub stdin_tty: bool,
    /// Standard output is the terminal.
    pub stdout_tty: bool,
    /// Standard error is the terminal.
    pub stderr_tty: bool,
}

/// How a kernel boots.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// Processors, 1 to [`NR_CPUS`].
    pub cpus: u8,
    /// One more than the highest pid, at most [`PID_MAX_LIMIT`] and what the storage has words for.
    pub pid_max: u32,
    /// Whether there is a kthreadd, pid 2; a PID namespace has none.
    pub kthreadd: bool,
    /// Tasks that may exist at once; none for as many as there is room for.
    pub max_threads: Option<u32>,
    /// Nanoseconds from 1970 to the boot.
    pub boot_time: u64,
    /// Init's limits, which all inherit.
    pub rlimits: Rlimits,
    /// Init's descriptors 0 to 2; none for no descriptors.
    pub console: Option<Console>,
    /// Whether the end of a process is two steps where others can notice: it closes pipes, or lets go on who waits in
    /// vfork, and is a zombie only after its next [`Kernel::resume`]. In Linux it can be preempted in between, as
    /// everywhere; who looks for what can happen wants that, and nobody else.
    pub preempt_exit: bool,
}

impl Default for Config {
    /// One processor, `pid_max` 32,768, a kthreadd, Linux's limits, a console that is no terminal, and a boot at
    /// midnight of the 1st of January 2026.
    fn default() -> Config {
        Config {
            cpus: 1,
            pid_max: PID_MAX_DEFAULT,
            kthreadd: true,
            max_threads: None,
            boot_time: 1_767_225_600 * 1_000_000_000,
            rlimits: Rlimits::INIT,
            console: Some(Console::default()),
            preempt_exit: false,
        }
    }
}

impl<S: Storage> Kernel<S> {
    /// A kernel as it is when init is about to execute its first program: `init_task` idles on every processor,
    /// init is ready, kthreadd sleeps.
    ///
    /// # Errors
    /// - EINVAL: no processor or too many; a `pid_max` below 3 or above what there is room for.
    /// - EAGAIN, ENOMEM, ENFILE: the storage is too small even for this.
    pub fn boot(storage: S, config: &Config, board: &mut dyn Board) -> Result<Self> {
        let mut kernel = Kernel::unbooted(storage);
        kernel.boot_in_place(config, board)?;
        Ok(kernel)
    }

    /// [`Self::boot`] for a kernel that lies where it is to stay: in a static.
    ///
    /// # Errors
    /// As for [`Self::boot`]; EBUSY for a kernel that has been booted.
    #[inline(never)]
    pub fn boot_in_place(&mut self, config: &Config, board: &mut dyn Board) -> Result<()> {
        if !self.sys.cpus.is_empty() {
            return Err(Errno::EBUSY);
        }
        let kernel = self;
        kernel.cursor.pid_max = config.pid_max;
        let room = kernel.storage.parts().0.pid_map.len();
        let pids_ok = (3..=PID_MAX_LIMIT).contains(&config.pid_max) && words(config.pid_max as usize) <= room;
        let cpus = usize::from(config.cpus);
        if !pids_ok || !(1..=NR_CPUS).contains(&cpus) {
            return Err(Errno::EINVAL);
        }
        for thread in kernel.storage.parts().1 {
            *thread = S::Thread::default();
            thread.set_return_value(0);
        }
        let mut w = kernel.world(board);
        w.sys.tty.termios = Termios::STD;
        w.sys.boot_time = config.boot_time;
        w.sys.preempt_exit = config.preempt_exit;
        w.sys.max_threads = config.max_threads.unwrap_or(u32::MAX);
        let idle = init_task(&mut w, config)?;
        for _ in 0..cpus {
            w.sys.cpus.push(Rq::new(idle)).map_err(|_| Errno::EINVAL)?;
        }
        let init = kernel_thread(&mut w, idle, b"init")?;
        rest_init(&mut w, init)?;
        if config.kthreadd {
            let kthreadd = kernel_thread(&mut w, idle, b"kthreadd")?;
            w.tasks[kthreadd].parked = Some(Blocked::Kthread);
            state::set_state(&mut w, kthreadd, State::Sleeping(Blocked::Kthread.sleep()));
            crate::verbs::sched::dequeue(&mut w, kthreadd);
            debug_assert_eq!(w.tasks[kthreadd].pid, Pid::KTHREADD);
        }
        let input = match &config.console {
            Some(console) => open_console(&mut w, init, console)?,
            None => None,
        };
        w.sys.forked = None;
        w.sys.total_forks = 0;
        kernel.console_input = input;
        Ok(())
    }
}

/// The idle task, pid 0, written by hand as in Linux's `init/init_task.c`; and the zero page.
#[inline(never)]
fn init_task(w: &mut World<'_>, config: &Config) -> Result<TaskRef> {
    w.page_tables()
        .alloc_page(Page {
            refcount: 0,
            holders: 1,
        })
        .ok_or(Errno::ENOMEM)?;
    let task = w.tasks.alloc_with(|task| *task = TaskStruct::FREE);
    let task = task.ok_or(Errno::EAGAIN)?;
    let nr = w.pid.peek().ok_or(Errno::EAGAIN)?;
    let pid = w.pid.alloc(nr, task).ok_or(Errno::EAGAIN)?;
    // Nobody waits for the children of the idle task.
    let ignored = KSigaction {
        handler: SIG_IGN,
        ..KSigaction::DEFAULT
    };
    let sighand = w.sighands.alloc_with(|actions| {
        actions.reset();
        actions.set_action(Signal::SIGCHLD, ignored);
    });
    let sighand = sighand.ok_or(Errno::ENOMEM)?;
    let signal = w.signals.alloc_with(|signal| {
        *signal = SignalStruct::FREE;
        (signal.leader, signal.curr_target) = (task, task);
        (signal.pgrp, signal.session) = (pid, pid);
        signal.rlim = config.rlimits;
        signal.live = 1;
    });
    let signal = signal.ok_or(Errno::ENOMEM)?;
    let t = &mut w.tasks[task];
    t.flags = TaskFlags::PF_KTHREAD | TaskFlags::PF_IDLE;
    t.thread_pid = pid;
    (t.real_parent, t.parent, t.group_leader) = (task, task, task);
    t.comm = Comm::new(b"swapper/0");
    t.cred = Cred::ROOT;
    (t.signal, t.sighand) = (signal, Some(sighand));
    t.sas_ss_flags = StackFlags::SS_DISABLE;
    w.sys.init_task = task;
    state::set_state(w, task, State::Running);
    w.signals[signal].threads.push_back(&mut w.tasks, task);
    w.sys.tasks.push_back(&mut w.tasks, task);
    group::join(w, signal);
    Ok(task)
}

/// `kernel_thread()`.
#[inline(never)]
fn kernel_thread(w: &mut World<'_>, parent: TaskRef, comm: &[u8]) -> Result<TaskRef> {
    let flags = CloneFlags::CLONE_VM | CloneFlags::CLONE_UNTRACED;
    let args = CloneArgs {
        flags,
        exit_signal: Signal::SIGCHLD.number(),
        ..CloneArgs::default()
    };
    let task = fork::kernel_clone(w, parent, &args)?;
    w.tasks[task].comm = Comm::new(comm);
    if let Some(sighand) = w.tasks[task].sighand {
        w.sighands[sighand].set_action(Signal::SIGCHLD, KSigaction::DEFAULT);
    }
    Ok(task)
}

/// What makes a kernel thread init: no default action ends it, and it has descriptors and a umask to hand down.
#[inline(never)]
fn rest_init(w: &mut World<'_>, init: TaskRef) -> Result<()> {
    w.sys.init = init;
    w.signal_mut(init).unkillable = true;
    let files = w.files.alloc(FilesStruct::empty()).ok_or(Errno::ENOMEM)?;
    let fs =
        w.fs.alloc(FsStruct {
            users: 1,
            umask: 0o22,
        })
        .ok_or(Errno::ENOMEM)?;
    let t = &mut w.tasks[init];
    t.files = Some(files);
    t.fs = Some(fs);
    t.flags -= TaskFlags::PF_KTHREAD;
    Ok(())
}

/// `console_on_rootfs()`: descriptors 0, 1 and 2 of init. Returns the pipe from which input is read, unless that comes
/// from the terminal.
#[inline(never)]
fn open_console(w: &mut World<'_>, init: TaskRef, console: &Console) -> Result<Option<PipeRef>> {
    let pipe = match console.stdin_tty {
        true => None,
        false => Some(w.pipes.alloc(PipeInode::open()).ok_or(Errno::ENFILE)?),
    };
    let tty = |stream| {
        (
            FileKind::Tty { stream },
            OpenFlags::O_RDWR | OpenFlags::O_LARGEFILE,
        )
    };
    let output = |stream| (FileKind::Console { stream }, OpenFlags::O_WRONLY);
    let out = |is_tty, stream| if is_tty { tty(stream) } else { output(stream) };
    let input = pipe.map(|pipe| (FileKind::ConsoleInput { pipe }, OpenFlags::empty()));
    let kinds = [
        input.unwrap_or(tty(Stream::Stdout)),
        out(console.stdout_tty, Stream::Stdout),
        out(console.stderr_tty, Stream::Stderr),
    ];
    let files = file::files_of(w, init)?;
    for (fd, (kind, flags)) in (0u32..).zip(kinds) {
        let file = file::alloc_file(w, kind, flags)?;
        if !w.files[files].can_set(&w.fdtables, fd) {
            return Err(Errno::ENOMEM);
        }
        file::fd_install(w, files, fd, file, false);
    }
    Ok(pipe)
}
