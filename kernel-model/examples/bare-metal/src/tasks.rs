//! Who runs: the model behind its lock, the kernel stacks, and the way back to ring 3.

use core::cell::UnsafeCell;

use kernel_model::Kernel;
use kernel_model::abi::ids::{CpuId, TaskRef};
use kernel_model::kernel::lock::BigLock;
use kernel_model::kernel::storage::Fixed;
use kernel_model::store::bitmap::words;

use crate::board::Hardware;
use crate::memory::FRAMES;
use crate::regs::{Frame, Regs};
use crate::x86::{self, Cli, OneCpu, msr};
use crate::{events, machine};

/// Tasks that may exist at once.
pub const TASKS: usize = 72;
/// One more than the highest pid.
pub const PID_MAX: u32 = 32_768;
/// The one processor.
pub const CPU: CpuId = CpuId(0);

/// The model's tables: ranges, page tables, open files and pipes come to about a dozen ranges a task.
pub type Tables = Fixed<Regs, TASKS, FRAMES, 1024, 1536, 512, 64, { words(PID_MAX as usize) }>;

static KERNEL: BigLock<Tables, Cli> =
    BigLock::masking(Kernel::unbooted(Tables::with_threads([Regs::ZERO; TASKS])));
static HARDWARE: OneCpu<Hardware> = OneCpu::new(Hardware::EMPTY);

/// A step of the model, with the board under it. Interrupts are masked; the step must not enter itself again.
pub fn kernel<R>(step: impl FnOnce(&mut Kernel<Tables>, &mut Hardware) -> R) -> R {
    let mut kernel = KERNEL
        .try_lock()
        .expect("the model is entered in the middle of a step");
    HARDWARE.with(|hardware| step(&mut kernel, hardware))
}

const STACK_BYTES: usize = 32 * 1024;

#[repr(C, align(16))]
struct Stack(UnsafeCell<[u8; STACK_BYTES]>);

// SAFETY: each belongs to one task, and one task runs.
unsafe impl Sync for Stack {}

static STACKS: [Stack; TASKS] = [const { Stack(UnsafeCell::new([0; STACK_BYTES])) }; TASKS];

fn stack_top(task: TaskRef) -> u64 {
    STACKS[task.index() as usize].0.get().addr() as u64 + STACK_BYTES as u64
}

/// Where entry.s begins in the kernel, and keeps the stack pointer of ring 3 for two instructions.
#[unsafe(no_mangle)]
static mut KERNEL_RSP: u64 = 0;
#[unsafe(no_mangle)]
static mut USER_RSP: u64 = 0;

unsafe extern "C" {
    fn switch_stacks(from: *mut u64, to: u64);
    fn first_return();
}

/// Whose kernel stack is in use, and where the others were left.
struct Stacks {
    /// The task, or none for the idle loop.
    running: Option<TaskRef>,
    /// Which task each stack belongs to: it is prepared when the model first turns to that task.
    owner: [Option<TaskRef>; TASKS],
    saved: [u64; TASKS],
    idle: u64,
}

static WHO: OneCpu<Stacks> = OneCpu::new(Stacks {
    running: None,
    owner: [None; TASKS],
    saved: [0; TASKS],
    idle: 0,
});

/// The task that is in the kernel, or was interrupted; none in the idle loop.
pub fn running() -> Option<TaskRef> {
    WHO.with(|who| who.running)
}

/// A stack on which nothing has happened but that ring 3 is about to be entered.
fn prepare(task: TaskRef) -> u64 {
    // Under the registers of ring 3: what `switch_stacks` takes off, six registers and where it returns to.
    let top = stack_top(task) - size_of::<Frame>() as u64;
    let words = [0, 0, 0, 0, 0, 0, first_return as *const () as u64];
    let bottom = top - size_of_val(&words) as u64;
    let place = core::ptr::with_exposed_provenance_mut::<[u64; 7]>(bottom as usize);
    // SAFETY: the place is within the stack of a task that has never run; its owner before has ended.
    unsafe { place.write(words) };
    bottom
}

/// Leaves this stack for that of another task, or of the idle loop; comes back when somebody turns to this one again.
pub fn switch_to(next: Option<TaskRef>) {
    let (from, to) = WHO.with(|who| {
        let to = match next {
            None => who.idle,
            Some(next) => {
                let at = next.index() as usize;
                if who.owner[at] != Some(next) {
                    who.owner[at] = Some(next);
                    who.saved[at] = prepare(next);
                }
                // SAFETY: entry.s reads it when ring 3 is left, which cannot be now.
                unsafe { KERNEL_RSP = stack_top(next) };
                who.saved[at]
            }
        };
        let from = match core::mem::replace(&mut who.running, next) {
            None => &raw mut who.idle,
            Some(prev) => &raw mut who.saved[prev.index() as usize],
        };
        (from, to)
    });
    activate(next);
    // SAFETY: both are stacks of this kernel, and `to` is where its owner left it.
    unsafe { switch_stacks(from, to) };
}

/// The address space of a task; a kernel thread and the idle loop have none.
fn activate(task: Option<TaskRef>) {
    kernel(|k, hw| {
        let mm = task.and_then(|task| k.view().tasks.get(task)?.mm);
        hw.tables.activate(mm);
    });
}

/// The registers of the task that has just left ring 3 go to the model.
pub fn enter(frame: &Frame) -> TaskRef {
    let me = running().expect("ring 3 ran without a task");
    kernel(|k, _| {
        if let Some(regs) = k.thread_mut(me) {
            regs.frame = frame.clone();
        }
    });
    me
}

/// The way back to ring 3, on the stack of the task: until the model says that it runs, others do; then whatever waits for
/// it is taken; then its registers come from the model.
#[unsafe(no_mangle)]
pub extern "C" fn return_to_user(frame: &mut Frame) {
    let me = running();
    loop {
        events::drain();
        let next = machine::choose();
        if next != me {
            switch_to(next);
            continue;
        }
        let Some(me) = me else { return };
        let ready = kernel(|k, hw| {
            if k.has_work(me) {
                // What comes of it, the next turn sees: the task may sleep or be gone.
                let _ = machine::go_on(k, me, hw);
                return false;
            }
            let Some(regs) = k.thread(me) else { return false };
            frame.clone_from(&regs.frame);
            // SAFETY: it is the base of a segment that only ring 3 uses; no address above 2^47 comes here.
            unsafe { x86::wrmsr(msr::FS_BASE, regs.tp & 0x7fff_ffff_ffff) };
            hw.tables.activate(k.view().tasks.get(me).and_then(|t| t.mm));
            true
        });
        if ready {
            return;
        }
    }
}

/// The idle loop: nobody can run. It returns when `machine::is_over`.
pub fn idle() {
    while !machine::is_over() {
        events::drain();
        match machine::choose() {
            Some(next) => switch_to(Some(next)),
            None => machine::wait(),
        }
    }
}

/// Forgets whose the stacks were: all tasks are gone.
pub fn forget() {
    WHO.with(|who| who.owner = [None; TASKS]);
}

/// The model as it was before it was booted, and the hardware too.
pub fn clear() {
    *KERNEL.lock() = const { Kernel::unbooted(Tables::with_threads([Regs::ZERO; TASKS])) };
    HARDWARE.with(|hardware| hardware.tables.init());
    forget();
}
