//! Programs about memory.

use crate::say;
use crate::sys::{
    brk, close, exit_group, fork, minflt, mprotect, munmap, pages, pipe, read, uname, wait4, write,
};

const PAGES: u64 = 8;

/// One byte into each page; how many faults that cost.
fn touch(at: *mut u8, byte: u8) -> i64 {
    let before = minflt();
    for page in 0..PAGES as usize {
        // SAFETY: the pages are this process's.
        unsafe { at.add(page * 4096).write_volatile(byte) };
    }
    minflt() - before
}

fn first(at: *mut u8) -> u8 {
    // SAFETY: as above.
    unsafe { at.read_volatile() }
}

/// After fork every page is shared until somebody writes: then it is copied once, and the last sharer keeps it.
pub fn cow() {
    let at = pages(PAGES, false);
    // What measures is there already when it measures.
    minflt();
    say!("new pages: {} faults", touch(at, 1));
    say!("once more: {} faults", touch(at, 2));
    let mut gate = [0; 2];
    pipe(&mut gate);
    let child = fork();
    if child == 0 {
        minflt();
        say!(
            "the child writes: {} faults, the page says {}",
            touch(at, 3),
            first(at)
        );
        say!("once more: {} faults", touch(at, 4));
        write(gate[1], &[0]);
        exit_group(first(at).into());
    }
    close(gate[1]);
    read(gate[0], &mut [0]);
    let mut status = 0;
    wait4(child, &mut status, 0);
    minflt();
    say!(
        "the parent still reads {}, the child had {}",
        first(at),
        status >> 8
    );
    say!("the parent writes: {} faults", touch(at, 5));
    say!("once more: {} faults", touch(at, 6));
}

/// The kernel itself writes to a page that parent and child share: it is copied for it too.
pub fn kernel_writes() {
    let at = pages(1, false);
    // SAFETY: the page is this process's.
    unsafe { at.write_volatile(b'.') };
    let child = fork();
    if child == 0 {
        say!(
            "uname gives {}, the page begins with {}",
            uname(at.addr() as u64),
            first(at) as char
        );
        exit_group(0);
    }
    let mut status = 0;
    wait4(child, &mut status, 0);
    say!("the parent's page begins with {}", first(at) as char);
    say!("uname of nowhere gives {}", uname(8));
    mprotect(at.addr() as u64, 4096, 1);
    say!(
        "uname of a page that is read-only gives {}",
        uname(at.addr() as u64)
    );
}

/// What a child does with a page of its own.
type Act = fn(*mut u8);

/// What ends a child that does this, by its wait status.
fn end_of(act: Act) -> i32 {
    let at = pages(1, false);
    let child = fork();
    if child == 0 {
        act(at);
        exit_group(0);
    }
    let mut status = 0;
    wait4(child, &mut status, 0);
    munmap(at.addr() as u64, 4096);
    status & 0x7f
}

fn wild(_: *mut u8) {
    // SAFETY: none: it is there to fault.
    unsafe { core::ptr::with_exposed_provenance_mut::<u8>(0x1234_5678_9000).write_volatile(1) }
}

fn null(_: *mut u8) {
    // SAFETY: none: it is there to fault.
    unsafe { core::arch::asm!("mov al, [{}]", in(reg) 0_u64, out("al") _) }
}

fn kernel(_: *mut u8) {
    // SAFETY: none: it is there to fault.
    unsafe { core::ptr::with_exposed_provenance_mut::<u8>(0xffff_ffff_8010_0000).write_volatile(1) }
}

fn no_address(_: *mut u8) {
    // SAFETY: none: it is there to fault.
    unsafe { core::ptr::with_exposed_provenance_mut::<u8>(0x1234_0000_0000_0000).write_volatile(1) }
}

fn read_only(at: *mut u8) {
    // SAFETY: none: it is there to fault.
    unsafe {
        at.write_volatile(1);
        mprotect(at.addr() as u64, 4096, 1);
        at.write_volatile(2);
    }
}

fn data(at: *mut u8) {
    // SAFETY: none: it is there to fault. The byte would be `ret`.
    unsafe {
        at.write_volatile(0xc3);
        core::arch::asm!("call {}", in(reg) at, clobber_abi("C"));
    }
}

fn division(_: *mut u8) {
    // SAFETY: none: it is there to fault.
    unsafe { core::arch::asm!("xor edx, edx", "div {:e}", in(reg) 0, inout("eax") 1 => _, out("edx") _) }
}

/// A bad access ends who makes it, and nobody else.
pub fn fault() {
    let faults: [(&str, Act); 7] = [
        ("an address where nothing is", wild),
        ("NULL", null),
        ("the kernel's memory", kernel),
        ("no address at all", no_address),
        ("a page that is read-only", read_only),
        ("instructions among data", data),
        ("a division by zero", division),
    ];
    for (what, act) in faults {
        say!("{what}: signal {}", end_of(act));
    }
    say!("the parent goes on");
}

/// brk gives pages and takes them.
pub fn heap() {
    let start = brk(0) as u64;
    say!("grows: {}", brk(start + 3 * 4096) as u64 == start + 3 * 4096);
    let at = core::ptr::with_exposed_provenance_mut::<u8>(start as usize);
    // SAFETY: the heap has three pages.
    let sum = unsafe {
        at.add(2 * 4096).write_volatile(7);
        at.add(2 * 4096).read_volatile() + at.add(2 * 4096 + 1).read_volatile() + at.read_volatile()
    };
    say!("the heap holds {sum}");
    say!("shrinks: {}", brk(start) as u64 == start);
    let child = fork();
    if child == 0 {
        // SAFETY: none: it is there to fault.
        unsafe { at.write_volatile(1) };
        exit_group(0);
    }
    let mut status = 0;
    wait4(child, &mut status, 0);
    say!("what was there is gone: signal {}", status & 0x7f);
}
