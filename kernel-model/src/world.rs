//! Floor 3: the world. The first place where two tables meet.
//!
//! A `World` borrows every pool of a kernel for the time of one step. It is not generic: the capacities stay
//! with the kernel above, and all verbs are compiled once.

use crate::abi::effect::{Board, Effect, TaskId};
use crate::abi::flags::CloneFlags;
use crate::abi::ids::{Handle, MmRef, Pid, TaskRef, kind};
use crate::abi::limits::NR_CPUS;
use crate::objects::file::{Fdtable, File, FilesStruct, FsStruct};
use crate::objects::futex::FutexQueue;
use crate::objects::mm::{AddressSpace, Images, MmStruct, Vma};
use crate::objects::page_table::{PageTables, Table};
use crate::objects::pid::{PidStruct, PidTable, find_pid};
use crate::objects::pipe::PipeInode;
use crate::objects::poll::PollEntry;
use crate::objects::pte::Page;
use crate::objects::sched::Rq;
use crate::objects::signal::{RealTimers, SighandStruct, SignalStruct};
use crate::objects::sigqueue::Sigqueue;
use crate::objects::task::{self, TaskStruct, Tasks, Timers, WaitEntry};
use crate::objects::tty::TtyStruct;
use crate::store::arena::{Arena, View};
use crate::store::list::List;

/// A task that is still to get its registers: those of its parent, but for these. No field has a value to spare, so
/// that none of it is all zero bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forked {
    /// The task.
    pub child: TaskRef,
    /// Its stack pointer; 0 to go on with a copy of the parent's.
    pub stack: u64,
    /// What it was asked for: CLONE_SETTLS.
    pub flags: CloneFlags,
    /// Its thread pointer then.
    pub tls: u64,
}

/// What is neither in a pool nor anyone's own.
#[derive(Clone, PartialEq, Debug)]
pub struct System {
    /// The idle task, pid 0: where the ring of processes begins.
    pub init_task: TaskRef,
    /// The first process, pid 1.
    pub init: TaskRef,
    /// All processes, `init_task` first.
    pub tasks: List<Tasks>,
    /// The processors.
    pub cpus: heapless::Vec<Rq, NR_CPUS>,
    /// Who sleeps for a time, the earliest first.
    pub timers: List<Timers>,
    /// Who sleeps in poll or reads signals, who came last first.
    pub pollers: List<WaitEntry>,
    /// Who sleeps by a clock of processor time.
    pub cpu_sleepers: List<WaitEntry>,
    /// The real timers of processes, the earliest first.
    pub real_timers: List<RealTimers>,
    /// The programs that are mapped somewhere.
    pub images: List<Images>,
    /// The terminal.
    pub tty: TtyStruct,
    /// Nanoseconds since boot.
    pub now: u64,
    /// Nanoseconds from 1970 to the boot.
    pub boot_time: u64,
    /// Tasks created since boot.
    pub total_forks: u64,
    /// Children born or adopted since boot.
    pub births: u64,
    /// The task that the call in progress has created: its registers are still to be copied.
    pub forked: Option<Forked>,
    /// Tasks that may exist at once (`kernel.threads-max`): EAGAIN.
    pub max_threads: u32,
    /// Whether the end of a process is two steps where others can notice.
    pub preempt_exit: bool,
}

impl System {
    /// Before boot.
    pub(crate) const EMPTY: System = System {
        init_task: Handle::NULL,
        init: Handle::NULL,
        tasks: List::EMPTY,
        cpus: heapless::Vec::new(),
        timers: List::EMPTY,
        pollers: List::EMPTY,
        cpu_sleepers: List::EMPTY,
        real_timers: List::EMPTY,
        images: List::EMPTY,
        tty: TtyStruct::EMPTY,
        now: 0,
        boot_time: 0,
        total_forks: 0,
        births: 0,
        forked: None,
        max_threads: 0,
        preempt_exit: false,
    };
}

/// All tables of a kernel, to read and to change, and the machine below.
#[allow(missing_docs, reason = "each field is the table of that object")]
pub struct World<'a> {
    pub tasks: Arena<'a, TaskStruct>,
    pub pid: PidTable<'a>,
    pub signals: Arena<'a, SignalStruct>,
    pub sighands: Arena<'a, SighandStruct>,
    pub sigqueues: Arena<'a, Sigqueue>,
    pub files: Arena<'a, FilesStruct>,
    pub fdtables: Arena<'a, Fdtable>,
    pub fs: Arena<'a, FsStruct>,
    pub mms: Arena<'a, MmStruct>,
    pub vmas: Arena<'a, Vma>,
    pub tables: Arena<'a, Table>,
    pub pages: Arena<'a, Page>,
    pub mappings: Arena<'a, AddressSpace>,
    pub filp: Arena<'a, File>,
    pub pipes: Arena<'a, PipeInode>,
    pub polls: Arena<'a, PollEntry>,
    pub futex_queues: &'a mut [FutexQueue],
    pub sys: &'a mut System,
    pub board: &'a mut dyn Board,
    /// What [`Board::hears`] says.
    pub hears: bool,
}

impl core::fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("World")
            .field("sys", &self.sys)
            .finish_non_exhaustive()
    }
}

impl<'a> World<'a> {
    /// Gives an order to the machine.
    pub fn emit(&mut self, effect: Effect) {
        self.board.emit(effect);
    }

    /// Tells a part of the story, if anybody hears it.
    #[inline(always)]
    pub fn tell(&mut self, story: impl FnOnce(&Self) -> Effect) {
        if self.hears {
            let effect = story(self);
            self.board.emit(effect);
        }
    }

    /// The task as an event names it.
    #[must_use]
    pub fn id(&self, task: TaskRef) -> TaskId {
        task::id(&self.tasks, task)
    }

    /// The signal_struct of a task.
    #[must_use]
    pub fn signal(&self, task: TaskRef) -> &SignalStruct {
        &self.signals[self.tasks[task].signal]
    }

    /// The signal_struct of a task, to change.
    pub fn signal_mut(&mut self, task: TaskRef) -> &mut SignalStruct {
        &mut self.signals[self.tasks[task].signal]
    }

    /// Frames and page tables.
    pub fn page_tables(&mut self) -> PageTables<'_, 'a> {
        PageTables {
            tables: &mut self.tables,
            pages: &mut self.pages,
        }
    }

    /// The page table of an address space, out of it, with what is needed to change it; the caller puts it back.
    pub fn with_pgd<R>(
        &mut self,
        mm: MmRef,
        change: impl FnOnce(&mut PageTables<'_, 'a>, &mut Option<Handle<kind::Table>>) -> R,
    ) -> R {
        let mut pgd = self.mms[mm].pgd;
        let result = change(&mut self.page_tables(), &mut pgd);
        self.mms[mm].pgd = pgd;
        result
    }

    /// The same world, to read.
    #[must_use]
    pub fn view(&self) -> WorldView<'_> {
        WorldView {
            tasks: self.tasks.view(),
            pids: self.pid.pids.view(),
            hash: self.pid.hash,
            signals: self.signals.view(),
            sighands: self.sighands.view(),
            sigqueues: self.sigqueues.view(),
            files: self.files.view(),
            fdtables: self.fdtables.view(),
            fs: self.fs.view(),
            mms: self.mms.view(),
            vmas: self.vmas.view(),
            tables: self.tables.view(),
            pages: self.pages.view(),
            mappings: self.mappings.view(),
            filp: self.filp.view(),
            pipes: self.pipes.view(),
            polls: self.polls.view(),
            futex_queues: self.futex_queues,
            sys: self.sys,
        }
    }
}

/// All tables of a kernel, to read.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each field is the table of that object")]
pub struct WorldView<'a> {
    pub tasks: View<'a, TaskStruct>,
    pub pids: View<'a, PidStruct>,
    pub hash: &'a [Option<Handle<kind::Pid>>],
    pub signals: View<'a, SignalStruct>,
    pub sighands: View<'a, SighandStruct>,
    pub sigqueues: View<'a, Sigqueue>,
    pub files: View<'a, FilesStruct>,
    pub fdtables: View<'a, Fdtable>,
    pub fs: View<'a, FsStruct>,
    pub mms: View<'a, MmStruct>,
    pub vmas: View<'a, Vma>,
    pub tables: View<'a, Table>,
    pub pages: View<'a, Page>,
    pub mappings: View<'a, AddressSpace>,
    pub filp: View<'a, File>,
    pub pipes: View<'a, PipeInode>,
    pub polls: View<'a, PollEntry>,
    pub futex_queues: &'a [FutexQueue],
    pub sys: &'a System,
}

impl<'a> WorldView<'a> {
    /// The signal_struct of a task.
    #[must_use]
    pub fn signal(&self, task: TaskRef) -> &SignalStruct {
        &self.signals[self.tasks[task].signal]
    }

    /// `find_task_by_vpid()`.
    #[must_use]
    #[inline]
    pub fn find_task(&self, nr: Pid) -> Option<TaskRef> {
        self.pids[find_pid(self.pids, self.hash, nr)?].task
    }

    /// `for_each_process`: all processes but `init_task`, in the order of the ring.
    pub fn for_each_process(self) -> impl Iterator<Item = TaskRef> + 'a {
        self.sys.tasks.iter(self.tasks).skip(1)
    }

    /// `for_each_thread`: the threads of a task's process, the leader first.
    pub fn for_each_thread(self, task: TaskRef) -> impl Iterator<Item = TaskRef> + 'a {
        self.signals[self.tasks[task].signal].threads.iter(self.tasks)
    }

    /// The children of a task, in birth order.
    pub fn children(self, task: TaskRef) -> impl Iterator<Item = TaskRef> + 'a {
        self.tasks[task].children.iter(self.tasks)
    }

    /// The processor that runs a task now.
    #[must_use]
    pub fn on_cpu(&self, task: TaskRef) -> bool {
        self.sys.cpus.iter().any(|rq| rq.curr == task)
    }
}
