//! The programs of ring 3: one file for all, which looks at `argv[1]` as init and runs that one.
//!
//! Each has a twin in C under tests/bare-metal, which prints the same on `ktm run` and on Linux.
#![no_std]
#![no_main]

#[path = "../src/mem.rs"]
mod mem;
mod memory;
mod processes;
mod puppet;
mod signals;
mod sys;

use core::panic::PanicInfo;

use sys::{exit_group, fork, pause, setpgid, setsid, wait4};

// At the start the stack holds argc, argv and the rest; a function expects it 8 off a multiple of 16.
core::arch::global_asm!(
    ".globl _start",
    "_start:",
    "xor ebp, ebp",
    "mov rdi, rsp",
    "and rsp, -16",
    "call {start}",
    "ud2",
    start = sym start
);

/// What can be run.
const PROGRAMS: &[(&str, fn())] = &[
    ("zombie", processes::zombie),
    ("orphan", processes::orphan),
    ("pingpong", processes::pingpong),
    ("tree", processes::tree),
    ("vfork", processes::vfork),
    ("thread", processes::thread),
    ("preempt", processes::preempt),
    ("sleep", processes::sleep),
    ("cow", memory::cow),
    ("kernel_writes", memory::kernel_writes),
    ("fault", memory::fault),
    ("heap", memory::heap),
    ("handler", signals::handler),
    ("restart", signals::restart),
    ("computes", signals::computes),
];

extern "C" fn start(stack: *const usize) -> ! {
    // SAFETY: exec has put argc words there.
    let argv = unsafe { core::slice::from_raw_parts(stack.add(1).cast::<*const u8>(), *stack) };
    let program = PROGRAMS
        .iter()
        .find(|(name, _)| argv.get(1).is_some_and(|arg| is(*arg, name)));
    match program {
        None if argv.first().is_some_and(|arg| is(*arg, "puppet")) => puppet::run(),
        Some((_, program)) => init(*program),
        None => {
            sys::print(format_args!("there is no such program\n"));
            exit_group(127)
        }
    }
}

/// Whether a string with its NUL is this one.
fn is(string: *const u8, name: &str) -> bool {
    let bytes = name.bytes().chain([0]);
    // SAFETY: bytes are looked at only as long as they are the same, so none behind the NUL.
    bytes
        .enumerate()
        .all(|(at, byte)| unsafe { *string.add(at) } == byte)
}

/// Process 1: starts the program as a job of its own, reaps all that is left to it, and ends as the program did.
fn init(program: fn()) -> ! {
    setsid();
    let job = fork();
    if job == 0 {
        setpgid(0, 0);
        program();
        exit_group(0);
    }
    let mut ended = 0;
    loop {
        let mut status = 0;
        let pid = wait4(-1, &mut status, 0);
        if pid == job {
            ended = status;
        }
        if pid < 0 {
            break;
        }
    }
    // As a shell tells it.
    exit_group(if ended & 0x7f == 0 {
        ended >> 8
    } else {
        128 + (ended & 0x7f)
    })
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    sys::print(format_args!("{info}\n"));
    exit_group(101)
}

/// For who has nothing more to do.
pub fn rest() -> ! {
    loop {
        pause();
    }
}
