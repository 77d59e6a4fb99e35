//! Two serial ports: what programs write goes to the first, what the kernel says to the second.

use core::fmt::{self, Write};

use crate::x86::{inb, outb};

/// A 16550.
#[derive(Clone, Copy)]
pub struct Serial(u16);

/// The console.
pub const COM1: Serial = Serial(0x3f8);
/// The log.
pub const COM2: Serial = Serial(0x2f8);

const INTERRUPT_ENABLE: u16 = 1;
const FIFO_CONTROL: u16 = 2;
const LINE_CONTROL: u16 = 3;
const MODEM_CONTROL: u16 = 4;
const LINE_STATUS: u16 = 5;
const DATA_READY: u8 = 1;
const EMPTY: u8 = 0x20;
/// Bytes that the port holds until they are on the line.
const QUEUE: usize = 16;

impl Serial {
    /// 115,200 bits a second, 8 of them a byte, with queues.
    pub fn init(self) {
        for (register, value) in [
            (INTERRUPT_ENABLE, 0),
            (LINE_CONTROL, 0x80),
            (0, 1),
            (INTERRUPT_ENABLE, 0),
            (LINE_CONTROL, 3),
            (FIFO_CONTROL, 0xc7),
            (MODEM_CONTROL, 0xb),
        ] {
            outb(self.0 + register, value);
        }
    }

    /// Bytes that come raise an interrupt from now on.
    pub fn listen(self) {
        outb(self.0 + FIFO_CONTROL, 1);
        outb(self.0 + INTERRUPT_ENABLE, 1);
    }

    /// The next byte that has come.
    pub fn read(self) -> Option<u8> {
        (inb(self.0 + LINE_STATUS) & DATA_READY != 0).then(|| inb(self.0))
    }

    /// Writes bytes as they are; waits until the queue is empty, and fills it.
    pub fn write(self, bytes: &[u8]) {
        for chunk in bytes.chunks(QUEUE) {
            while inb(self.0 + LINE_STATUS) & EMPTY == 0 {}
            chunk.iter().for_each(|byte| outb(self.0, *byte));
        }
    }
}

impl Write for Serial {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write(text.as_bytes());
        Ok(())
    }
}

/// A line in the kernel's log.
#[macro_export]
macro_rules! log {
    ($($arg:tt)*) => {{
        use core::fmt::Write;
        // Writing to a port does not fail.
        let _ = writeln!({ $crate::serial::COM2 }, $($arg)*);
    }};
}
