//! A kernel on a Cortex-M4: it starts without an operating system, lets [`story`] run on a static kernel, and prints
//! through the debugger that QEMU stands for (semihosting).
#![no_std]
#![no_main]

mod story;

use core::arch::{asm, global_asm};
use core::fmt::{self, Write};
use core::panic::PanicInfo;

use kernel_model::kernel::Kernel;
use story::{Frames, Registers, Tables};

static mut KERNEL: Kernel<Tables> = Kernel::unbooted(Tables::with_threads([Registers::NONE; story::TASKS]));
static mut FRAMES: Frames = Frames::EMPTY;

// The stack pointer and the reset handler, which the processor reads at 0, then what every fault leads to. The reset handler brings
// the variables into the state that a Rust program expects.
global_asm!(
    ".section .vectors, \"a\"",
    ".word STACK_TOP, reset",
    ".rept 14",
    ".word {fault}",
    ".endr",
    ".text",
    ".thumb_func",
    ".globl reset",
    "reset:",
    "ldr r0, =DATA_START",
    "ldr r1, =DATA_END",
    "ldr r2, =DATA_LOAD",
    "1: cmp r0, r1",
    "bhs 2f",
    "ldr r3, [r2], #4",
    "str r3, [r0], #4",
    "b 1b",
    "2: ldr r0, =BSS_START",
    "ldr r1, =BSS_END",
    "movs r3, #0",
    "3: cmp r0, r1",
    "bhs 4f",
    "str r3, [r0], #4",
    "b 3b",
    "4: bl {start}",
    "udf #0",
    fault = sym fault,
    start = sym start,
);

/// SYS_WRITE0: print a text that ends with a zero byte.
const WRITE0: u32 = 0x04;
/// SYS_EXIT_EXTENDED: end the emulator.
const EXIT_EXTENDED: u32 = 0x20;
/// ADP_Stopped_ApplicationExit: it ends as it should.
const APPLICATION_EXIT: u32 = 0x2_0026;

fn semihosting(operation: u32, parameter: *const u32) {
    // SAFETY: the operations used here read what the parameter points to, and write nothing.
    unsafe {
        asm!("bkpt #0xab", inout("r0") operation => _, in("r1") parameter, options(nostack));
    }
}

/// What the debugger prints.
struct Debugger;

impl Write for Debugger {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.as_bytes().chunks(63) {
            let mut line = [0; 64];
            line[..piece.len()].copy_from_slice(piece);
            semihosting(WRITE0, line.as_ptr().cast());
        }
        Ok(())
    }
}

fn exit(status: u32) -> ! {
    semihosting(EXIT_EXTENDED, [APPLICATION_EXIT, status].as_ptr());
    loop {}
}

extern "C" fn start() -> ! {
    // SAFETY: the only references there are; nothing else runs, and this runs once.
    let (kernel, frames) = unsafe { (&mut *(&raw mut KERNEL), &mut *(&raw mut FRAMES)) };
    match story::tell(kernel, frames, &mut Debugger) {
        Ok(()) => exit(0),
        Err(_) => exit(1),
    }
}

extern "C" fn fault() -> ! {
    let _ = Debugger.write_str("the processor met a fault\n");
    exit(2)
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let _ = writeln!(Debugger, "{info}");
    exit(101)
}
