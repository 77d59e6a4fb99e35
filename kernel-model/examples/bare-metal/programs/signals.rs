//! Programs about signals.

use core::hint::black_box;
use core::sync::atomic::{AtomicI32, Ordering};

use crate::say;
use crate::sys::{
    SA_RESTART, exit_group, fork, getpid, getppid, kill, nanosleep, pipe, read, sigaction, wait4, write,
};

const SIGUSR1: i32 = 10;
const SIGUSR2: i32 = 12;
const SIGSEGV: i32 = 11;

static CAUGHT: AtomicI32 = AtomicI32::new(0);

extern "C" fn note(signal: i32, info: *const [i32; 32], _: u64) {
    // SAFETY: the kernel has put it there.
    let [number, _, code, ..] = unsafe { *info };
    CAUGHT.fetch_add(1, Ordering::Relaxed);
    say!("caught {signal}: number {number}, code {code}");
    if signal == SIGUSR1 {
        // The other one comes in the middle of this one.
        kill(getpid(), SIGUSR2);
        say!("the first handler goes on");
    }
}

extern "C" fn fault(signal: i32, info: *const [i32; 32], _: u64) {
    // SAFETY: the kernel has put it there.
    let info = unsafe { *info };
    say!("caught {signal}: code {}, address {:#x}", info[2], info[4]);
    exit_group(5);
}

/// A handler runs on the task's stack, and what it interrupted goes on.
pub fn handler() {
    sigaction(SIGUSR1, note, 0);
    sigaction(SIGUSR2, note, 0);
    say!("kill gives {}", kill(getpid(), SIGUSR1));
    say!("{} handlers have run", CAUGHT.load(Ordering::Relaxed));
    let child = fork();
    if child == 0 {
        sigaction(SIGSEGV, fault, 0);
        // SAFETY: none: it is there to fault.
        unsafe { core::ptr::with_exposed_provenance_mut::<u8>(0x4000).write_volatile(1) };
        exit_group(0);
    }
    let mut status = 0;
    wait4(child, &mut status, 0);
    say!("the child ends with {}", status >> 8);
}

/// Sends the signal once its parent sleeps in a read; then the byte, if the read is to end by itself.
fn read_interrupted(flags: u64) {
    sigaction(SIGUSR2, note, flags);
    let mut fds = [0; 2];
    pipe(&mut fds);
    let child = fork();
    if child == 0 {
        nanosleep(&[0, 50_000_000], 0);
        kill(getppid(), SIGUSR2);
        nanosleep(&[0, 50_000_000], 0);
        write(fds[1], &[1]);
        exit_group(0);
    }
    say!("read gives {}", read(fds[0], &mut [0]));
    let mut status = 0;
    while wait4(child, &mut status, 0) != child {}
}

/// A signal ends a sleeping call, or the call starts anew.
pub fn restart() {
    read_interrupted(0);
    read_interrupted(SA_RESTART);
}

static COMPUTED: AtomicI32 = AtomicI32::new(0);

extern "C" fn halve(_: i32, _: *const [i32; 32], _: u64) {
    // All registers for floating point are used here.
    let mut numbers = [0.0_f64; 32];
    for (at, number) in numbers.iter_mut().enumerate() {
        *number = black_box(at as f64) / 2.0;
    }
    COMPUTED.store(black_box(numbers).iter().sum::<f64>() as i32, Ordering::Relaxed);
}

/// A handler computes with floating point, and so does what it interrupts; and two processes do at the same time.
pub fn computes() {
    sigaction(SIGUSR1, halve, 0);
    let bits: u64;
    // SAFETY: a kill(2) between a load and a store of a register that the handler uses too.
    unsafe {
        core::arch::asm!("movq xmm7, {0}", "syscall", "movq {0}, xmm7", inout(reg) 1.5_f64.to_bits() => bits,
            inout("rax") 62_u64 => _, in("rdi") getpid(), in("rsi") u64::from(SIGUSR1.unsigned_abs()),
            out("rcx") _, out("r11") _, out("xmm7") _);
    }
    say!(
        "the handler has {}, the interrupted {}",
        COMPUTED.load(Ordering::Relaxed),
        f64::from_bits(bits)
    );
    let child = fork();
    let step = if child == 0 { 0.5 } else { 0.25 };
    let mut sum = 0.0;
    for _ in 0..400_000 {
        sum += black_box(step);
    }
    if child == 0 {
        exit_group(if sum == 200_000.0 { 0 } else { 1 });
    }
    let mut status = 0;
    wait4(child, &mut status, 0);
    say!(
        "the parent has {}, the child is {}",
        sum as i64,
        if status == 0 { "right" } else { "wrong" }
    );
}
