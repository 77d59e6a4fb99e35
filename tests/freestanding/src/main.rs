//! A hobby kernel in miniature: a static kernel of 64 tasks and 1,024 frames, no allocator, no C library, no start
//! files. It boots the model, forks, lets the child exit, waits, and ends with the child's exit code.
#![no_std]
#![no_main]

use core::arch::asm;
use core::panic::PanicInfo;

use kernel_model::abi::call::UserPtr;
use kernel_model::abi::effect::{Board, Effect, NoBoard};
use kernel_model::abi::ids::PhysAddr;
use kernel_model::abi::wait::WaitStatus;
use kernel_model::kernel::storage::{Fixed, NoThread};
use kernel_model::kernel::{Config, Kernel};
use kernel_model::store::bitmap::words;
use kernel_model::syscall::decode::fork;
use kernel_model::{Call, Outcome, Pid};

/// 64 tasks, 1,024 frames, 512 ranges, 512 page tables, 128 open files, 16 pipes, pids below 32,768.
type Tables = Fixed<NoThread, 64, 1024, 512, 512, 128, 16, { words(32_768) }>;

static mut KERNEL: Kernel<Tables> = Kernel::unbooted(Tables::with_threads([NoThread; 64]));

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

fn life(kernel: &mut Kernel<Tables>) -> Option<u8> {
    let mut board = Machine {
        reaped: None,
        switches: 0,
    };
    kernel.boot_in_place(&Config::default(), &mut board).ok()?;
    let init = kernel.find(Pid::INIT)?;
    if kernel.syscall(init, fork(), &mut board) != Outcome::Done(3) {
        return None;
    }
    let child = kernel.find(Pid(3))?;
    let wait = Call::Wait4 {
        pid: -1,
        wstatus: UserPtr(0),
        options: 0,
        rusage: UserPtr(0),
    };
    if kernel.syscall(init, wait, &mut board) != Outcome::Blocked {
        return None;
    }
    if kernel.syscall(child, Call::ExitGroup { status: 42 }, &mut board) != Outcome::Gone {
        return None;
    }
    if kernel.resume(init, &mut board) != Outcome::Done(3) || board.switches == 0 {
        return None;
    }
    kernel.audit().ok()?;
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
