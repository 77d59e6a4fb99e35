//! A kernel for x86-64 whose every decision about tasks is kernel-model's. It boots in QEMU, runs programs in ring 3 in
//! address spaces of their own, and carries out what the model orders. docs/porting.md walks through it.
#![no_std]
#![no_main]

mod audit;
mod board;
mod conform;
mod descriptors;
mod elf;
mod events;
mod inward;
mod json;
mod look;
mod machine;
mod mem;
mod memory;
mod mistakes;
mod paging;
mod puppets;
mod pvh;
mod regs;
mod serial;
mod stored;
mod tasks;
mod timer;
mod trap;
mod user;
mod x86;

use core::fmt::Write;
use core::panic::PanicInfo;

use kernel_model::abi::wait::WaitStatus;

use serial::{COM1, COM2};
use tasks::kernel;

core::arch::global_asm!(include_str!("boot.s"));
core::arch::global_asm!(include_str!("entry.s"));

/// QEMU's device to end with a status: 2 * value + 1. A triple fault ends it with 0, so 0 is never success.
const DEBUG_EXIT: u16 = 0xf4;
const SUCCESS: u8 = 16;
const FAILURE: u8 = 17;

fn exit(value: u8) -> ! {
    x86::outb(DEBUG_EXIT, value);
    loop {
        x86::wait_for_interrupt();
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    for mut port in [COM1, COM2] {
        // Writing to a port does not fail.
        let _ = writeln!(port, "\n{info}");
    }
    exit(FAILURE)
}

/// From boot.s, with the address that the loader left.
#[unsafe(no_mangle)]
extern "C" fn kmain(info: u64) -> ! {
    COM1.init();
    COM2.init();
    descriptors::init();
    // SAFETY: boot.s passes on what the loader gave.
    let told = unsafe { pvh::read(info) }.expect("loaded by PVH");
    let file = told.module.expect("a program file (-initrd)");
    let image = elf::Image::new(file).expect("a program for x86-64");
    memory::init();
    kernel(|_, hw| {
        hw.tables.init();
        hw.image = image;
    });
    let mut words = told
        .cmdline
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty());
    let program = words.next().expect("the name of a program (-append)");
    let mistake = words
        .next()
        .map(|name| mistakes::Mistake::named(name).expect("a mistake"));
    kernel(|_, hw| hw.mistake = mistake);
    if program == b"conform" {
        conform::serve()
    }
    timer::init(true, false);
    machine::boot(program);
    tasks::idle();
    end()
}

/// Init has ended, and everybody with it: nothing may be left.
fn end() -> ! {
    kernel(|k, hw| {
        if let Err(violation) = k.audit() {
            panic!("audit: {violation:?}");
        }
        audit::tables(k, hw);
        let used = |table: &str| {
            k.used()
                .iter()
                .find(|(name, _)| *name == table)
                .map_or(0, |(_, used)| *used)
        };
        log!("ticks {}", k.now() / kernel_model::abi::limits::TICK_NSEC);
        log!("switches {}", hw.switches);
        log!("frames copied {}", hw.copied_frames);
        log!("faults of ring 0 on user pages {}", hw.ring0_faults);
        log!(
            "frames in use {}, table pages {}, address spaces {}",
            used("pages"),
            hw.tables.used(),
            used("mms")
        );
        // The zero page is the model's own.
        assert_eq!(
            (used("pages"), hw.tables.used(), used("mms")),
            (1, 0, 0),
            "something is left"
        );
        match hw.init_status {
            Some(WaitStatus::Exited(code)) => log!("exited {code}"),
            other => panic!("init ended with {other:?}"),
        }
    });
    exit(SUCCESS)
}
