//! Floor 6: the front door. [`Kernel`] owns the tables, and the registers of every task.
//!
//! What is done to a task goes through four methods: [`Kernel::syscall`], [`Kernel::resume`], [`Kernel::page_fault`]
//! and [`Kernel::exec`]; what the embedder itself does to its memory, through [`Kernel::handle_mm_fault`]. The time goes
//! through [`Kernel::tick`] and [`Kernel::advance`], input and keys through [`Kernel::console_received`] and
//! [`Kernel::receive_buf`]. All others only look.

pub mod audit;
mod boot;
#[cfg(feature = "alloc")]
mod boxed;
mod changes;
mod console;
mod entry;
mod exec;
mod fingerprint;
mod lanes;
#[cfg(feature = "spin")]
pub mod lock;
mod names;
pub mod proc;
mod signal;
pub mod storage;
mod thread;

pub use changes::Changes;
pub use fingerprint::{Contents, Detail, Parts, Sum, What};
pub use lanes::Lanes;
pub use names::Names;

use crate::abi::call::{Call, Outcome, UserPtr};
use crate::abi::effect::{Board, Effect};
use crate::abi::errno::{Errno, Result};
use crate::abi::ids::{CpuId, Pid, TaskRef};
use crate::abi::siginfo::{SEGV_ACCERR, SEGV_MAPERR, SigInfo};
use crate::abi::signal::Signal;
use crate::abi::state::State;
use crate::objects::file::{FileKind, FileRef};
use crate::objects::pid::PidCursor;
use crate::store::arena::View;
use crate::syscall::{self, Stand};
use crate::verbs::fault::{Access, BadAccess, Mapped};
use crate::verbs::pipe::PipeRef;
use crate::verbs::signal::{Force, force_sig, force_sig_info};
use crate::verbs::{fault, sched, timer, uaccess};
use crate::world::{System, World, WorldView};

pub use boot::{Config, Console};
use storage::Storage;

/// A kernel: one owned value. Many can live side by side.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use kernel_model::abi::effect::NoBoard;
/// use kernel_model::kernel::storage::{Boxed, Capacity, NoThread};
/// use kernel_model::kernel::{Config, Kernel};
/// use kernel_model::syscall::decode::fork;
/// use kernel_model::{Call, Outcome, Pid};
///
/// let storage = Boxed::<NoThread>::new(&Capacity::for_tasks(8));
/// let mut kernel = Kernel::boot(storage, &Config::default(), &mut NoBoard).unwrap();
/// let init = kernel.find(Pid::INIT).unwrap();
/// assert_eq!(kernel.syscall(init, fork(), &mut NoBoard), Outcome::Done(3));
/// let child = kernel.find(Pid(3)).unwrap();
/// assert_eq!(kernel.syscall(child, Call::Getppid, &mut NoBoard), Outcome::Done(1));
/// # }
/// ```
#[derive(PartialEq, Debug)]
pub struct Kernel<S> {
    storage: S,
    sys: System,
    cursor: PidCursor,
    console_input: Option<PipeRef>,
}

impl<S: Clone> Clone for Kernel<S> {
    fn clone(&self) -> Self {
        Kernel {
            storage: self.storage.clone(),
            sys: self.sys.clone(),
            cursor: self.cursor,
            console_input: self.console_input,
        }
    }

    fn clone_from(&mut self, other: &Self) {
        self.storage.clone_from(&other.storage);
        self.sys.clone_from(&other.sys);
        (self.cursor, self.console_input) = (other.cursor, other.console_input);
    }
}

impl<S> Kernel<S> {
    /// A kernel before [`Kernel::boot_in_place`]: all zero bytes if the registers in its storage are, so that a static
    /// one lies in `.bss`.
    #[must_use]
    pub const fn unbooted(storage: S) -> Self {
        Kernel {
            storage,
            sys: System::EMPTY,
            cursor: PidCursor::EMPTY,
            console_input: None,
        }
    }
}

#[cfg(feature = "alloc")]
impl<T: storage::Thread> Kernel<storage::Boxed<T>> {
    /// The kernel as it is, to go back to: it takes as much room as is in use, and cannot run.
    #[must_use]
    pub fn snapshot(&self) -> Kernel<storage::Snapshot<T>> {
        Kernel {
            storage: self.storage.snapshot(),
            sys: self.sys.clone(),
            cursor: self.cursor,
            console_input: self.console_input,
        }
    }

    /// Goes back to what this kernel was once, or another one of the same sizes.
    pub fn restore(&mut self, once: &Kernel<storage::Snapshot<T>>) {
        self.storage.restore(&once.storage);
        self.sys.clone_from(&once.sys);
        (self.cursor, self.console_input) = (once.cursor, once.console_input);
    }
}

impl<S: Storage> Kernel<S> {
    /// All tables, to read.
    #[inline]
    #[must_use]
    pub fn view(&self) -> WorldView<'_> {
        let t = self.storage.view();
        let p = t.pools;
        WorldView {
            tasks: View::new(t.tasks, &p.tasks),
            pids: View::new(t.pids, &p.pids),
            hash: t.pid_hash,
            signals: View::new(t.signals, &p.signals),
            sighands: View::new(t.sighands, &p.sighands),
            sigqueues: View::new(t.sigqueues, &p.sigqueues),
            files: View::new(t.files, &p.files),
            fdtables: View::new(t.fdtables, &p.fdtables),
            fs: View::new(t.fs, &p.fs),
            mms: View::new(t.mms, &p.mms),
            vmas: View::new(t.vmas, &p.vmas),
            tables: View::new(t.tables, &p.tables),
            pages: View::new(t.pages, &p.pages),
            mappings: View::new(t.mappings, &p.mappings),
            filp: View::new(t.filp, &p.filp),
            pipes: View::new(t.pipes, &p.pipes),
            polls: View::new(t.polls, &p.polls),
            futex_queues: t.futex_queues,
            sys: &self.sys,
        }
    }

    /// How many objects of each table are in use.
    #[must_use]
    pub fn used(&self) -> [(&'static str, u32); 16] {
        self.storage.view().pools.used()
    }

    /// The task with this number.
    #[must_use]
    pub fn find(&self, nr: Pid) -> Option<TaskRef> {
        self.view().find_task(nr)
    }

    /// The registers of a task.
    #[must_use]
    pub fn thread(&self, task: TaskRef) -> Option<&S::Thread> {
        self.view().tasks.get(task)?;
        self.storage.threads().get(task.index() as usize)
    }

    /// The registers of a task, to change.
    #[must_use]
    pub fn thread_mut(&mut self, task: TaskRef) -> Option<&mut S::Thread> {
        self.view().tasks.get(task)?;
        self.storage.parts().1.get_mut(task.index() as usize)
    }

    /// A system call of a task. The task must be ready, and parked in no call; otherwise the call is not made, and
    /// the outcome says [`Outcome::Blocked`] or [`Outcome::Gone`].
    ///
    /// Signals that wait for the task are taken before it returns to user space, so a call may end its caller.
    pub fn syscall(&mut self, task: TaskRef, call: Call, board: &mut dyn Board) -> Outcome {
        self.call(task, &call, syscall::syscall, board)
    }

    /// The same for a task that had entered the kernel before it was sent what pends for it: even one that is to die
    /// finishes the call, unless it would sleep. From a call number and six words, as x86-64 numbers them.
    pub fn syscall_entered(
        &mut self,
        task: TaskRef,
        nr: u64,
        args: [u64; 6],
        board: &mut dyn Board,
    ) -> Outcome {
        match syscall::decode::decode(nr, args) {
            Ok(call) => self.call(task, &call, syscall::syscall_entered, board),
            // A call that does not exist does nothing: it makes no difference when it is made.
            Err(_) => self.syscall_raw(task, nr, args, board),
        }
    }

    fn call(
        &mut self,
        task: TaskRef,
        call: &Call,
        make: fn(&mut World<'_>, TaskRef, &Call, u64) -> Stand,
        board: &mut dyn Board,
    ) -> Outcome {
        let mut entry = self.entry(board);
        if let Err(outcome) = enter(&mut entry.w, task) {
            return outcome;
        }
        if entry.w.tasks[task].parked.is_some() {
            return Outcome::Blocked;
        }
        if *call == Call::RtSigreturn {
            return entry.rt_sigreturn(task);
        }
        let sp = entry.stack_pointer(task);
        let stand = make(&mut entry.w, task, call, sp);
        entry.leave(task, stand)
    }

    /// The same from a call number and six words, as x86-64 numbers them.
    pub fn syscall_raw(&mut self, task: TaskRef, nr: u64, args: [u64; 6], board: &mut dyn Board) -> Outcome {
        match syscall::decode::decode(nr, args) {
            Ok(call) => self.syscall(task, call, board),
            Err(errno) => {
                let mut entry = self.entry(board);
                if let Err(outcome) = enter(&mut entry.w, task) {
                    return outcome;
                }
                let stand = Stand::over(&entry.w, task, errno.to_return_value());
                entry.leave(task, stand)
            }
        }
    }

    /// The task runs again: it goes on with the call in which it slept, and takes its signals. Nothing happens where
    /// there is neither.
    #[inline(never)]
    pub fn resume(&mut self, task: TaskRef, board: &mut dyn Board) -> Outcome {
        let mut entry = self.entry(board);
        if let Err(outcome) = enter(&mut entry.w, task) {
            return outcome;
        }
        entry.resume(task)
    }

    /// Whether [`Self::resume`] has something to do before the task executes its next instruction.
    #[must_use]
    pub fn has_work(&self, task: TaskRef) -> bool {
        let view = self.view();
        let Some(t) = view.tasks.get(task) else {
            return false;
        };
        t.parked.is_some() || t.sigpending
    }

    /// What the processor finds in the page table; none means a page fault.
    #[must_use]
    pub fn translate(&self, task: TaskRef, addr: u64, access: Access) -> Option<Mapped> {
        let view = self.view();
        let mm = view.tasks.get(task)?.mm?;
        fault::translate(&view.mms[mm], view.vmas, view.tables, addr, access)
    }

    /// A page fault of the running task: resolved, or else its signal is sent: SIGSEGV, or SIGKILL where memory is
    /// used up. The signal is taken at the next [`Self::resume`].
    ///
    /// # Errors
    /// [`BadAccess`], with its reason.
    pub fn page_fault(
        &mut self,
        task: TaskRef,
        addr: u64,
        access: Access,
        board: &mut dyn Board,
    ) -> core::result::Result<Mapped, BadAccess> {
        let result = self.handle_mm_fault(task, addr, access, board);
        if let Err(why) = result {
            self.bad_area(task, addr, why, board);
        }
        result
    }

    /// `bad_area()`: what an access comes to that cannot be had.
    #[cold]
    fn bad_area(&mut self, task: TaskRef, addr: u64, why: BadAccess, board: &mut dyn Board) {
        let mut w = self.world(board);
        if w.tasks.get(task).is_none_or(|t| t.mm.is_none()) {
            return;
        }
        let code = match why {
            // An address that is none at all (bits 47 to 63 differ) is a protection fault, and tells no address.
            _ if !matches!(addr >> 47, 0 | 0x1_ffff) => return force_sig(&mut w, task, Signal::SIGSEGV),
            BadAccess::Maperr => SEGV_MAPERR,
            BadAccess::Accerr => SEGV_ACCERR,
            BadAccess::Oom => {
                // pagefault_out_of_memory(): the task that needs a frame is the one that dies.
                w.tell(|w| Effect::OutOfMemory { task: w.id(task) });
                return force_sig(&mut w, task, Signal::SIGKILL);
            }
        };
        let info = SigInfo::fault(Signal::SIGSEGV, code, addr);
        force_sig_info(&mut w, task, Signal::SIGSEGV, info, Force::HandlerCurrent);
    }

    /// A page fault of the kernel's own, at an address that a program has passed to it: resolved as the program's would be,
    /// but no signal is sent. What the call comes to is the embedder's: mostly EFAULT.
    ///
    /// # Errors
    /// [`BadAccess`], with its reason.
    pub fn handle_mm_fault(
        &mut self,
        task: TaskRef,
        addr: u64,
        access: Access,
        board: &mut dyn Board,
    ) -> core::result::Result<Mapped, BadAccess> {
        let mut w = self.world(board);
        let mm = w.tasks.get(task).and_then(|t| t.mm).ok_or(BadAccess::Maperr)?;
        match addr < crate::abi::limits::TASK_SIZE {
            true => fault::handle_mm_fault(&mut w, task, mm, addr, access),
            false => Err(BadAccess::Maperr),
        }
    }

    /// Another fault of the program at an address: SIGFPE for a division by zero, SIGILL for a bad instruction, ...,
    /// with its `si_code`. It is taken at the next [`Self::resume`].
    pub fn trap(&mut self, task: TaskRef, signal: Signal, code: i32, addr: u64, board: &mut dyn Board) {
        let mut w = self.world(board);
        if w.tasks.get(task).is_some_and(|t| !t.state().has_exited()) {
            let info = SigInfo::fault(signal, code, addr);
            force_sig_info(&mut w, task, signal, info, Force::HandlerCurrent);
        }
    }

    /// Reads user memory as the kernel does for the task.
    ///
    /// # Errors
    /// EFAULT: some of it cannot be read.
    pub fn copy_from_user(
        &mut self,
        task: TaskRef,
        from: u64,
        into: &mut [u8],
        board: &mut dyn Board,
    ) -> Result<()> {
        let mut w = self.world(board);
        w.tasks.get(task).ok_or(Errno::EFAULT)?;
        uaccess::copy_from_user(&mut w, task, UserPtr(from), into)
    }

    /// Writes user memory as the kernel does for the task.
    ///
    /// # Errors
    /// EFAULT: some of it cannot be written.
    pub fn copy_to_user(
        &mut self,
        task: TaskRef,
        to: u64,
        bytes: &[u8],
        board: &mut dyn Board,
    ) -> Result<()> {
        let mut w = self.world(board);
        w.tasks.get(task).ok_or(Errno::EFAULT)?;
        uaccess::copy_to_user(&mut w, task, UserPtr(to), bytes)
    }

    /// How many processors there are.
    #[must_use]
    pub fn cpus(&self) -> u8 {
        u8::try_from(self.sys.cpus.len()).unwrap_or(u8::MAX)
    }

    /// The task that a processor runs; none when it is idle.
    #[must_use]
    pub fn current(&self, cpu: CpuId) -> Option<TaskRef> {
        let rq = self.sys.cpus.get(usize::from(cpu.0))?;
        (rq.curr != self.sys.init_task).then_some(rq.curr)
    }

    /// Gives an idle processor work, if there is any; returns whom it runs then.
    pub fn schedule(&mut self, cpu: CpuId, board: &mut dyn Board) -> Option<TaskRef> {
        if self.current(cpu).is_none() {
            let mut w = self.world(board);
            let first = w.sys.cpus.get(usize::from(cpu.0)).and_then(|rq| rq.queue.first());
            match first {
                Some(task) => sched::dispatch(&mut w, cpu, task),
                None => sched::tick(&mut w, cpu, 0),
            }
        }
        self.current(cpu)
    }

    /// Lets a processor run this ready task, out of turn.
    pub fn dispatch(&mut self, cpu: CpuId, task: TaskRef, board: &mut dyn Board) {
        let mut w = self.world(board);
        if w.tasks.get(task).is_some() {
            sched::dispatch(&mut w, cpu, task);
        }
    }

    /// So many nanoseconds have passed on a processor: the running task is charged, and gives way at the end of its
    /// time slice.
    pub fn tick(&mut self, cpu: CpuId, ns: u64, board: &mut dyn Board) {
        sched::tick(&mut self.world(board), cpu, ns);
    }

    /// It is now so many nanoseconds after boot: those whose time has come are woken. Time never goes back, and ends before
    /// `KTIME_MAX`.
    pub fn advance(&mut self, now: u64, board: &mut dyn Board) {
        timer::advance(&mut self.world(board), now);
    }

    /// The time, in nanoseconds since boot.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.sys.now
    }

    /// When the next sleeper wakes, or the next real timer goes off.
    #[must_use]
    pub fn next_timer(&self) -> Option<u64> {
        timer::next_expiry(self.view())
    }

    /// `kernel.ns_last_pid`: the number that counts as handed out last, so that the next task gets the one after it, or
    /// the next free one. Whoever wants a fork to give the same number whatever was forked before says so here.
    pub fn set_last_pid(&mut self, nr: Pid) {
        self.cursor.next = nr.0.saturating_add(1).min(self.cursor.pid_max);
    }

    /// What a descriptor of a task leads to.
    #[must_use]
    pub fn descriptor(&self, task: TaskRef, fd: u32) -> Option<FileKind> {
        Some(self.view().filp[self.open_file(task, fd)?].kind)
    }

    /// The open file that a descriptor of a task leads to, if it is open.
    #[must_use]
    pub fn open_file(&self, task: TaskRef, fd: u32) -> Option<FileRef> {
        let view = self.view();
        let files = view.tasks.get(task)?.files?;
        view.files[files].get(view.fdtables, fd)
    }
}

/// Lets the task run if it can: whoever makes it act has chosen it, so its processor turns to it first.
#[inline]
fn enter(w: &mut World<'_>, task: TaskRef) -> core::result::Result<(), Outcome> {
    let Some(t) = w.tasks.get(task) else {
        return Err(Outcome::Gone);
    };
    match t.state() {
        State::Running => {}
        state if state.has_exited() => return Err(Outcome::Gone),
        _ => return Err(Outcome::Blocked),
    }
    sched::dispatch_queued(w, task);
    Ok(())
}
