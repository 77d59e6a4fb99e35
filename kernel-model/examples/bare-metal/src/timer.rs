//! The interrupt controller and the timer: 250 ticks a second, each the model's.

use kernel_model::abi::limits::TICK_NSEC;

use crate::x86::outb;

const PIC1: u16 = 0x20;
const PIC2: u16 = 0xa0;
const PIT: u16 = 0x40;
const PIT_HZ: u64 = 1_193_182;

/// The vectors of the interrupts that are let through: the timer's, and that of the first serial port.
pub const TIMER: u64 = 32;
pub const SERIAL: u64 = 36;

/// Moves interrupts to vectors 32 and above, and masks all but these.
pub fn init(timer: bool, serial: bool) {
    // ICW1 to ICW4: begin; the first vector; the line between the two; 8086 mode.
    for (pic, vector, line) in [(PIC1, 32, 4), (PIC2, 40, 2)] {
        outb(pic, 0x11);
        outb(pic + 1, vector);
        outb(pic + 1, line);
        outb(pic + 1, 1);
    }
    let through = u8::from(timer) | u8::from(serial) << 4;
    outb(PIC1 + 1, !through);
    outb(PIC2 + 1, 0xff);
    // Channel 0, low byte then high byte, rate generator.
    let [low, high, ..] = (PIT_HZ * TICK_NSEC / 1_000_000_000).to_le_bytes();
    outb(PIT + 3, 0x34);
    outb(PIT, low);
    outb(PIT, high);
}

/// The interrupt has been taken: the next may come.
pub fn acknowledge() {
    outb(PIC1, 0x20);
}
