//! The instructions that Rust has no words for, and what is masked by them.

use core::arch::asm;
use core::cell::RefCell;

use kernel_model::kernel::lock::{Irq, Nesting};

/// Writes to a port.
pub fn outb(port: u16, byte: u8) {
    // SAFETY: no memory is touched; the devices behind the ports that this kernel names do no DMA.
    unsafe { asm!("out dx, al", in("dx") port, in("al") byte, options(nomem, nostack, preserves_flags)) }
}

/// Reads from a port.
pub fn inb(port: u16) -> u8 {
    let byte;
    // SAFETY: as for `outb`.
    unsafe { asm!("in al, dx", in("dx") port, out("al") byte, options(nomem, nostack, preserves_flags)) }
    byte
}

/// Model-specific registers.
pub mod msr {
    pub const STAR: u32 = 0xc000_0081;
    pub const LSTAR: u32 = 0xc000_0082;
    pub const SFMASK: u32 = 0xc000_0084;
    pub const FS_BASE: u32 = 0xc000_0100;
}

/// Writes a model-specific register.
///
/// # Safety
/// The value must be one that this kernel can live with: an entry point is one, a segment base of ring 3 is.
pub unsafe fn wrmsr(register: u32, value: u64) {
    let [low, high] = [value & 0xffff_ffff, value >> 32];
    // SAFETY: the caller's.
    unsafe {
        asm!("wrmsr", in("ecx") register, in("eax") low as u32, in("edx") high as u32, options(nostack))
    }
}

/// The address of the page fault.
pub fn cr2() -> u64 {
    let addr;
    // SAFETY: it only reads a register.
    unsafe { asm!("mov {}, cr2", out(reg) addr, options(nomem, nostack, preserves_flags)) }
    addr
}

/// The physical address of the page table in use.
pub fn cr3() -> u64 {
    let root;
    // SAFETY: it only reads a register.
    unsafe { asm!("mov {}, cr3", out(reg) root, options(nomem, nostack, preserves_flags)) }
    root
}

/// Turns to another page table; all cached translations go.
///
/// # Safety
/// It must map the kernel as this one does.
pub unsafe fn set_cr3(root: u64) {
    // SAFETY: the caller's.
    unsafe { asm!("mov cr3, {}", in(reg) root, options(nostack, preserves_flags)) }
}

/// Forgets the cached translation of one page.
pub fn invlpg(addr: u64) {
    // SAFETY: a translation that is still true is looked up again.
    unsafe { asm!("invlpg [{}]", in(reg) addr, options(nostack, preserves_flags)) }
}

/// Lets interrupts through for as long as it takes one to come.
pub fn wait_for_interrupt() {
    // SAFETY: the handlers leave everything as it was. Between `sti` and `hlt` no interrupt can come.
    unsafe { asm!("sti", "hlt", "cli", options(nostack)) }
}

/// This processor's interrupts, for [`kernel_model::kernel::lock::BigLock`].
pub struct Cli;

static NESTING: Nesting = Nesting::new();

impl Irq for Cli {
    fn save() {
        let flags: u64;
        // SAFETY: masking an interrupt harms nobody.
        unsafe { asm!("pushfq", "pop {}", "cli", out(reg) flags) }
        NESTING.enter(flags & 0x200 != 0);
    }

    fn restore() {
        if NESTING.leave() {
            // SAFETY: they came through before the first `save`.
            unsafe { asm!("sti", options(nostack)) }
        }
    }
}

/// What only this processor uses, and only while its interrupts are masked: one user at a time, or a panic.
pub struct OneCpu<T>(RefCell<T>);

// SAFETY: there is one processor, and `with` masks its interrupts.
unsafe impl<T> Sync for OneCpu<T> {}

impl<T> OneCpu<T> {
    pub const fn new(value: T) -> OneCpu<T> {
        OneCpu(RefCell::new(value))
    }

    pub fn with<R>(&self, using: impl FnOnce(&mut T) -> R) -> R {
        Cli::save();
        let result = using(&mut self.0.borrow_mut());
        Cli::restore();
        result
    }
}
