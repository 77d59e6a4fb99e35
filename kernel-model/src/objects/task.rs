//! `task_struct`: one thread of execution, and the ring of all processes.

use crate::abi::call::UserPtr;
use crate::abi::effect::TaskId;
use crate::abi::flags::{StackFlags, TaskFlags};
use crate::abi::ids::{CpuId, Handle, MmRef, Pid, TaskRef, kind};
use crate::abi::limits::TASK_COMM_LEN;
use crate::abi::signal::{SigSet, Signal};
use crate::abi::state::State;
use crate::store::arena::{Arena, Object, View};
use crate::store::list::{Link, Linked, List};

use super::blocked::Blocked;
use super::cred::Cred;
use super::poll::Polled;
use super::sigqueue::Queued;

/// A command name: at most 15 bytes and a NUL.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Comm([u8; TASK_COMM_LEN]);

impl Comm {
    /// The name, cut to 15 bytes as `__set_task_comm` cuts it.
    #[must_use]
    pub fn new(name: &[u8]) -> Comm {
        let mut comm = [0; TASK_COMM_LEN];
        let bytes = name.iter().take_while(|byte| **byte != 0);
        for (to, from) in comm.iter_mut().take(TASK_COMM_LEN - 1).zip(bytes) {
            *to = *from;
        }
        Comm(comm)
    }

    /// The bytes before the NUL.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let len = self.0.iter().position(|byte| *byte == 0).unwrap_or(TASK_COMM_LEN);
        self.0.get(..len).unwrap_or(&[])
    }

    /// The name as text; what is not UTF-8 is left out.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = self.as_bytes();
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = bytes.get(..error.valid_up_to()).unwrap_or(&[]);
                core::str::from_utf8(valid).unwrap_or("")
            }
        }
    }

    /// All 16 bytes, as `prctl(PR_GET_NAME)` gives them.
    #[must_use]
    pub const fn bytes(&self) -> [u8; TASK_COMM_LEN] {
        self.0
    }
}

/// Which scheduling class a task is in (`sched(7)`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[repr(u8)]
pub enum Policy {
    /// SCHED_NORMAL, the default.
    #[default]
    Normal = 0,
    /// SCHED_FIFO.
    Fifo = 1,
    /// SCHED_RR.
    Rr = 2,
    /// SCHED_BATCH.
    Batch = 3,
    /// SCHED_IDLE.
    Idle = 5,
}

/// Holds the state of a task so that only this file can write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StateCell(State);

/// A task. The fields are those of Linux's `task_struct`, under its names.
///
/// The saved registers (`thread`) lie beside it, in the [`Kernel`](crate::kernel::Kernel), which alone knows
/// their type.
#[derive(Clone, PartialEq, Debug)]
pub struct TaskStruct {
    /// The state; read with [`TaskStruct::state`].
    pub(crate) state: StateCell,
    /// `PF_*`.
    pub flags: TaskFlags,
    /// The number of this thread.
    pub pid: Pid,
    /// The number of its process: the pid of the group leader.
    pub tgid: Pid,
    /// Its `struct pid`.
    pub thread_pid: Handle<kind::Pid>,

    /// The process that created it, or adopted it.
    pub real_parent: TaskRef,
    /// Who gets SIGCHLD and may wait for it: the real parent, or a tracer.
    pub parent: TaskRef,
    /// Its children, in birth order, adopted ones behind.
    pub children: List<Sibling>,
    /// Its place among its parent's children.
    pub sibling: Link<kind::Task>,
    /// Those of its children that may have something to tell a wait, in birth order.
    pub reports: List<Report>,
    /// Its place among those.
    pub report: Link<kind::Task>,
    /// Grows from child to child of one parent.
    pub birth: u64,
    /// The first thread of the process.
    pub group_leader: TaskRef,
    /// Its place among the threads of the process.
    pub thread_node: Link<kind::Task>,
    /// Its place in the ring of all processes.
    pub tasks: Link<kind::Task>,

    /// The status word for the parent.
    pub exit_code: i32,
    /// The signal for the parent when it ends: 0 for none, -1 for a thread that is not the leader.
    pub exit_signal: i16,
    /// The signal it wants when its parent thread ends.
    pub pdeath_signal: Option<Signal>,
    /// The command name.
    pub comm: Comm,
    /// Whose it is.
    pub cred: Cred,
    /// PR_SET_NO_NEW_PRIVS: exec gives it no privilege that it has not.
    pub no_new_privs: bool,

    /// Its address space; none for a kernel thread and for a task that has ended.
    pub mm: Option<MmRef>,
    /// Whether the address space that it had when it ended could be dumped.
    pub user_dumpable: bool,
    /// Its descriptors; none once it has ended.
    pub files: Option<Handle<kind::Files>>,
    /// Its working directory and umask; none once it has ended.
    pub fs: Option<Handle<kind::Fs>>,
    /// What it shares with the threads of its process.
    pub signal: Handle<kind::Signal>,
    /// Its signal actions; none once it is released.
    pub sighand: Option<Handle<kind::Sighand>>,
    /// Signals sent to this thread and not yet taken.
    pub pending: SigSet,
    /// What those tell that were queued.
    pub sigqueue: List<Queued>,
    /// The signal mask.
    pub blocked: SigSet,
    /// The mask to go back to after sigtimedwait, which meanwhile does not block what it waits for; else empty.
    pub real_blocked: SigSet,
    /// The mask that sigsuspend replaced.
    pub saved_sigmask: SigSet,
    /// TIF_RESTORE_SIGMASK: a handler that runs now will go back to that mask, and so will the task without one.
    pub restore_sigmask: bool,
    /// Where its alternate signal stack begins.
    pub sas_ss_sp: u64,
    /// Bytes of it; 0 for none.
    pub sas_ss_size: u64,
    /// The flags it was set with.
    pub sas_ss_flags: StackFlags,
    /// TIF_SIGPENDING: it was told to look for signals, and does before it sleeps or returns to user space. What pends
    /// for the process while only another thread was told, it does not see.
    pub sigpending: bool,
    /// It has stopped in `get_signal()`, where it looks for more when it runs, and was told of nothing since: for others it is
    /// as if `sigpending` were not set.
    pub in_get_signal: bool,

    /// Scheduling class.
    pub policy: Policy,
    /// -20 (most favourable) to 19.
    pub nice: i8,
    /// The processor whose queue it is on.
    pub cpu: CpuId,
    /// Nanoseconds left of its time slice.
    pub time_slice: u64,
    /// Nanoseconds in user mode.
    pub utime: u64,
    /// Nanoseconds in kernel mode.
    pub stime: u64,
    /// Voluntary context switches.
    pub nvcsw: u64,
    /// Involuntary context switches.
    pub nivcsw: u64,
    /// Page faults resolved without reading a disk.
    pub min_flt: u64,
    /// Page faults that read a disk.
    pub maj_flt: u64,
    /// When it was created, in nanoseconds since boot.
    pub start_time: u64,

    /// CLONE_CHILD_SETTID.
    pub set_child_tid: UserPtr,
    /// CLONE_CHILD_CLEARTID.
    pub clear_child_tid: UserPtr,
    /// `struct robust_list_head` of the locks that it holds, as set_robust_list told; NULL for none.
    pub robust_list: UserPtr,
    /// The parent that sleeps in vfork until this task execs or exits.
    pub vfork_done: Option<TaskRef>,

    /// The call it sleeps in, or will go on with when it runs.
    pub parked: Option<Blocked>,
    /// What it watches while it sleeps in poll.
    pub polls: List<Polled>,
    /// It has left that call for a signal's sake (ERESTARTSYS) and was stopped: when it runs again, it takes its signals
    /// before the call starts anew.
    pub restart: bool,
    /// How often it has exec'ed (`self_exec_id`).
    pub self_exec_id: u32,
    /// How often its parent had when it was made: after a further exec the parent expects SIGCHLD.
    pub parent_exec_id: u32,
    /// Its place in the wait queue that the call names.
    pub wait_entry: Link<kind::Task>,
    /// Its place in a run queue.
    pub run_list: Link<kind::Task>,
    /// Its place among the sleepers for a time.
    pub timer: Link<kind::Task>,
}

impl TaskStruct {
    /// Its state.
    #[must_use]
    pub const fn state(&self) -> State {
        self.state.0
    }

    /// `__state`, as Linux numbers it.
    #[must_use]
    pub const fn __state(&self) -> u32 {
        self.state.0.__state()
    }

    /// `exit_state`, as Linux numbers it.
    #[must_use]
    pub const fn exit_state(&self) -> u32 {
        self.state.0.exit_state()
    }

    /// `thread_group_leader()`: a leader's exit signal is never -1.
    #[must_use]
    pub const fn is_group_leader(&self) -> bool {
        self.exit_signal >= 0
    }

    /// Changes the state. The one caller, [`set_state`](crate::verbs::state::set_state), has checked the edge
    /// and tells the world.
    pub(crate) const fn store_state(&mut self, next: State) {
        self.state.0 = next;
    }
}

impl Object for TaskStruct {
    const IS_MARKED: bool = true;
    type Kind = kind::Task;
    const FREE: TaskStruct = TaskStruct {
        state: StateCell(State::New),
        flags: TaskFlags::empty(),
        pid: Pid(0),
        tgid: Pid(0),
        thread_pid: Handle::NULL,
        real_parent: Handle::NULL,
        parent: Handle::NULL,
        children: List::EMPTY,
        sibling: Link::NONE,
        reports: List::EMPTY,
        report: Link::NONE,
        birth: 0,
        group_leader: Handle::NULL,
        thread_node: Link::NONE,
        tasks: Link::NONE,
        exit_code: 0,
        exit_signal: 0,
        pdeath_signal: None,
        comm: Comm([0; TASK_COMM_LEN]),
        cred: Cred::FREE,
        no_new_privs: false,
        mm: None,
        files: None,
        fs: None,
        signal: Handle::NULL,
        sighand: None,
        pending: SigSet::EMPTY,
        sigqueue: List::EMPTY,
        blocked: SigSet::EMPTY,
        real_blocked: SigSet::EMPTY,
        saved_sigmask: SigSet::EMPTY,
        restore_sigmask: false,
        user_dumpable: false,
        sas_ss_sp: 0,
        sas_ss_size: 0,
        sas_ss_flags: StackFlags::empty(),
        sigpending: false,
        in_get_signal: false,
        policy: Policy::Normal,
        nice: 0,
        cpu: CpuId(0),
        time_slice: 0,
        utime: 0,
        stime: 0,
        nvcsw: 0,
        nivcsw: 0,
        min_flt: 0,
        maj_flt: 0,
        start_time: 0,
        set_child_tid: UserPtr(0),
        clear_child_tid: UserPtr(0),
        robust_list: UserPtr(0),
        vfork_done: None,
        parked: None,
        polls: List::EMPTY,
        restart: false,
        self_exec_id: 0,
        parent_exec_id: 0,
        wait_entry: Link::NONE,
        run_list: Link::NONE,
        timer: Link::NONE,
    };
}

macro_rules! task_lists {
    ($($(#[$doc:meta])* $name:ident by $field:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}
            impl Linked for $name {
                type Item = TaskStruct;
                fn link(item: &TaskStruct) -> &Link<kind::Task> { &item.$field }
                fn link_mut(item: &mut TaskStruct) -> &mut Link<kind::Task> { &mut item.$field }
            }
        )*
    };
}

task_lists! {
    /// The children of one parent.
    Sibling by sibling;
    /// The children of one parent that may have something to tell.
    Report by report;
    /// The threads of one process.
    ThreadNode by thread_node;
    /// All processes.
    Tasks by tasks;
    /// A wait queue.
    WaitEntry by wait_entry;
    /// A run queue.
    RunList by run_list;
    /// The sleepers for a time, the earliest first.
    Timers by timer;
}

/// The task's handle and number, for an event.
#[must_use]
pub fn id(tasks: &Arena<'_, TaskStruct>, task: TaskRef) -> TaskId {
    TaskId {
        task,
        pid: tasks.get(task).map_or(Pid(0), |task| task.pid),
    }
}

/// `next_task()`: the process after this one in the ring; after the last comes `init_task` again.
#[must_use]
pub fn next_task(tasks: View<'_, TaskStruct>, ring: &List<Tasks>, task: TaskRef) -> Option<TaskRef> {
    crate::store::list::next::<Tasks>(tasks.get(task)?).or(ring.first())
}

/// The process before this one in the ring; before `init_task` comes the last.
#[must_use]
pub fn prev_task(tasks: View<'_, TaskStruct>, ring: &List<Tasks>, task: TaskRef) -> Option<TaskRef> {
    crate::store::list::prev::<Tasks>(tasks.get(task)?).or(ring.last())
}
