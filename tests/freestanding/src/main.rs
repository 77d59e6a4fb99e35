//! A hobby kernel in miniature: a static kernel of 64 tasks and 1,024 frames, no allocator, no C library, no start
//! files. It boots the model, forks, lets the child exit, waits, and ends with the child's exit code. With the feature
//! `life` it does no more than that, so that the linker can leave out the rest.
//!
//! Each door of the kernel is called in a function of its own: `tests/sizes.rs` looks at every stack frame.
#![no_std]
#![no_main]

use core::arch::asm;
use core::panic::PanicInfo;

use kernel_model::abi::call::UserPtr;
use kernel_model::abi::effect::{Board, Effect, NoBoard};
use kernel_model::abi::ids::{ImageId, PhysAddr};
use kernel_model::abi::limits::STACK_TOP;
use kernel_model::abi::wait::WaitStatus;
use kernel_model::kernel::storage::{Fixed, NoThread};
use kernel_model::kernel::{Config, Kernel};
use kernel_model::objects::task::Comm;
use kernel_model::store::bitmap::words;
use kernel_model::syscall::decode::fork;
use kernel_model::verbs::exec::Program;
use kernel_model::verbs::fault::Access;
use kernel_model::{Call, Outcome, Pid, TaskRef};

/// Tasks that there can be; the rest of the tables in proportion.
const TASKS: usize = if cfg!(feature = "tasks-16") {
    16
} else if cfg!(feature = "tasks-256") {
    256
} else if cfg!(feature = "tasks-4096") {
    4096
} else {
    64
};
const FRAMES: usize = 16 * TASKS;

/// By default 64 tasks, 1,024 frames, 512 ranges, 512 page tables, 128 open files, 16 pipes, pids below 32,768.
type Tables = Fixed<
    NoThread,
    TASKS,
    FRAMES,
    { 8 * TASKS },
    { 8 * TASKS },
    { 2 * TASKS },
    { TASKS / 4 },
    { words(32_768) },
>;

static mut KERNEL: Kernel<Tables> = Kernel::unbooted(Tables::with_threads([NoThread; TASKS]));

/// Notes the status that a parent took.
struct Machine {
    reaped: Option<WaitStatus>,
    switches: u32,
}

impl Board for Machine {
    fn emit(&mut self, effect: Effect) {
        match effect {
            Effect::Reaped { status, .. } => self.reaped = Some(status),
            Effect::Switch { .. } => self.switches += 1,
            _ => {}
        }
    }
    fn load(&self, from: PhysAddr, into: &mut [u8]) {
        NoBoard.load(from, into);
    }
}

#[inline(never)]
fn boot(kernel: &mut Kernel<Tables>, board: &mut Machine) -> Option<()> {
    kernel.boot_in_place(&Config::default(), board).ok()
}

#[inline(never)]
fn find(kernel: &Kernel<Tables>, pid: u32) -> Option<TaskRef> {
    kernel.find(Pid(pid))
}

/// Runs an empty program: all its memory is its stack.
#[inline(never)]
fn exec(kernel: &mut Kernel<Tables>, init: TaskRef, board: &mut Machine) -> Outcome {
    let program = Program {
        image: ImageId(1),
        comm: Comm::new(b"init"),
        segments: &[],
        brk: 0x40_0000,
        entry: 0x40_0000,
    };
    kernel.exec(init, &program, board)
}

#[inline(never)]
fn touch(kernel: &mut Kernel<Tables>, task: TaskRef, board: &mut Machine) -> Option<()> {
    let fault = kernel.page_fault(task, STACK_TOP - 8, Access::Write, board);
    fault.is_ok().then_some(())
}

#[inline(never)]
fn call(kernel: &mut Kernel<Tables>, task: TaskRef, call: Call, board: &mut Machine) -> Outcome {
    kernel.syscall(task, call, board)
}

#[inline(never)]
fn resume(kernel: &mut Kernel<Tables>, task: TaskRef, board: &mut Machine) -> Outcome {
    kernel.resume(task, board)
}

/// What else a whole kernel has: calls by their numbers, traps, time, input, and its own audit.
#[cfg(not(feature = "life"))]
mod doors {
    use super::{Kernel, Machine, Outcome, Tables, TaskRef};
    use kernel_model::abi::ids::CpuId;
    use kernel_model::abi::signal::Signal;

    #[inline(never)]
    pub fn raw(kernel: &mut Kernel<Tables>, task: TaskRef, board: &mut Machine) -> Option<()> {
        // getpid.
        (kernel.syscall_raw(task, 39, [0; 6], board) == Outcome::Done(1)).then_some(())
    }

    #[inline(never)]
    pub fn tick(kernel: &mut Kernel<Tables>, board: &mut Machine) {
        kernel.tick(CpuId(0), 1_000_000, board);
    }

    #[inline(never)]
    pub fn advance(kernel: &mut Kernel<Tables>, board: &mut Machine) {
        kernel.advance(1_000_000, board);
    }

    #[inline(never)]
    pub fn input(kernel: &mut Kernel<Tables>, board: &mut Machine) {
        kernel.receive_buf(b"x", board);
    }

    #[inline(never)]
    pub fn trap(kernel: &mut Kernel<Tables>, task: TaskRef, board: &mut Machine) {
        kernel.trap(task, Signal::SIGFPE, 1, 0, board);
    }

    #[inline(never)]
    pub fn audit(kernel: &Kernel<Tables>) -> Option<()> {
        kernel.audit().ok()
    }
}

fn life(kernel: &mut Kernel<Tables>) -> Option<u8> {
    let mut board = Machine {
        reaped: None,
        switches: 0,
    };
    let board = &mut board;
    boot(kernel, board)?;
    let init = find(kernel, 1)?;
    if exec(kernel, init, board) != Outcome::Done(0) {
        return None;
    }
    touch(kernel, init, board)?;
    #[cfg(not(feature = "life"))]
    {
        doors::raw(kernel, init, board)?;
        doors::tick(kernel, board);
        doors::advance(kernel, board);
        doors::input(kernel, board);
        doors::audit(kernel)?;
    }
    if call(kernel, init, fork(), board) != Outcome::Done(3) {
        return None;
    }
    let child = find(kernel, 3)?;
    let wait = Call::Wait4 {
        pid: -1,
        wstatus: UserPtr(0),
        options: 0,
        rusage: UserPtr(0),
    };
    if call(kernel, init, wait, board) != Outcome::Blocked {
        return None;
    }
    if call(kernel, child, Call::ExitGroup { status: 42 }, board) != Outcome::Gone {
        return None;
    }
    if resume(kernel, init, board) != Outcome::Done(3) || board.switches == 0 {
        return None;
    }
    #[cfg(not(feature = "life"))]
    {
        doors::audit(kernel)?;
        // It ends a task that nobody needs any more.
        if call(kernel, init, fork(), board) != Outcome::Done(4) {
            return None;
        }
        let child = find(kernel, 4)?;
        doors::trap(kernel, child, board);
        if resume(kernel, child, board) != Outcome::Gone {
            return None;
        }
        doors::audit(kernel)?;
    }
    match board.reaped? {
        WaitStatus::Exited(code) => Some(code),
        _ => None,
    }
}

fn exit(code: u8) -> ! {
    // exit_group(code) of the host.
    unsafe {
        asm!("syscall", in("rax") 231u64, in("rdi") u64::from(code), options(noreturn, nostack));
    }
}

#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    // The only reference there is: nothing else runs.
    let kernel = unsafe { &mut *(&raw mut KERNEL) };
    exit(life(kernel).unwrap_or(1))
}

// The kernel of the host enters here with the stack aligned to 16; a function expects it 8 off.
core::arch::global_asm!(".globl _start", "_start:", "xor ebp, ebp", "call {start}", "ud2", start = sym start);

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

/// The four that the compiler may call by itself; byte by byte, in assembly so that they do not become calls of
/// themselves.
mod memory {
    use core::arch::asm;

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
        unsafe {
            asm!("rep movsb", inout("rcx") len => _, inout("rdi") to => _, inout("rsi") from => _, options(nostack));
        }
        to
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, len: usize) -> *mut u8 {
        if to.addr().wrapping_sub(from.addr()) >= len {
            return unsafe { memcpy(to, from, len) };
        }
        unsafe {
            asm!("std", "rep movsb", "cld", inout("rcx") len => _, inout("rdi") to.wrapping_add(len).wrapping_sub(1) => _,
                inout("rsi") from.wrapping_add(len).wrapping_sub(1) => _, options(nostack));
        }
        to
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memset(to: *mut u8, byte: i32, len: usize) -> *mut u8 {
        unsafe {
            asm!("rep stosb", inout("rcx") len => _, inout("rdi") to => _, in("al") byte.to_le_bytes()[0], options(nostack));
        }
        to
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, len: usize) -> i32 {
        let mut at = 0;
        while at < len {
            let (x, y) = unsafe { (a.add(at).read_volatile(), b.add(at).read_volatile()) };
            if x != y {
                return i32::from(x) - i32::from(y);
            }
            at += 1;
        }
        0
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, len: usize) -> i32 {
        unsafe { memcmp(a, b, len) }
    }
}
