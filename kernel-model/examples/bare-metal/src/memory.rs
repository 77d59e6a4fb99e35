//! Physical memory: the frames that the model hands out, and pages for the processor's own tables.
//!
//! The first GiB is mapped at [`KERNEL_BASE`], so every physical address has an address in the kernel.

use core::cell::UnsafeCell;

use kernel_model::abi::ids::{FrameNo, PhysAddr};

/// Where physical address 0 is mapped; kernel.ld and boot.s say the same.
pub const KERNEL_BASE: u64 = 0xffff_ffff_8000_0000;
/// Bytes of a page and of a frame.
pub const PAGE: usize = 4096;
/// Frames of user memory, the zero page among them.
pub const FRAMES: usize = 2048;
/// Pages for page tables.
pub const TABLE_PAGES: usize = 512;

/// A page of bytes or of table entries.
#[repr(C, align(4096))]
pub struct Page(UnsafeCell<[u8; PAGE]>);

impl Page {
    const fn zero() -> Page {
        Page(UnsafeCell::new([0; PAGE]))
    }
}

// SAFETY: there is one processor; see `frame`.
unsafe impl Sync for Page {}

static USER: [Page; FRAMES] = [const { Page::zero() }; FRAMES];
static TABLES: [Page; TABLE_PAGES] = [const { Page::zero() }; TABLE_PAGES];

/// What no order has filled is rubbish, so that a forgotten order shows. The zero page is the board's to provide.
pub fn init() {
    for number in 1..FRAMES as u32 {
        frame(FrameNo(number)).fill(0xa5);
    }
}

/// The physical address of something in the kernel.
pub fn phys<T>(of: *const T) -> u64 {
    of.addr() as u64 - KERNEL_BASE
}

/// The kernel's address of a physical one.
pub fn virt(phys: u64) -> *mut u8 {
    core::ptr::with_exposed_provenance_mut((phys + KERNEL_BASE) as usize)
}

/// The physical address of a frame. That of one which does not exist is a bug of the model, and a panic.
pub fn frame_phys(frame: FrameNo) -> u64 {
    phys(USER[frame.0 as usize].0.get())
}

/// The bytes of a frame.
pub fn frame<'a>(frame: FrameNo) -> &'a mut [u8; PAGE] {
    // SAFETY: ring 3 reaches a frame only while no code of the kernel runs. The board, which alone calls this, holds one
    // frame at a time, and lets it go before it returns.
    unsafe { &mut *USER[frame.0 as usize].0.get() }
}

/// Bytes within a frame; a range that passes its end is a bug of the model, and a panic.
pub fn bytes<'a>(at: PhysAddr, len: usize) -> &'a mut [u8] {
    let from = usize::from(at.offset);
    &mut frame(at.frame)[from..from + len]
}

/// Copies bytes from one place to another, which may be in the same frame.
pub fn copy(from: PhysAddr, to: PhysAddr, len: usize) {
    let (from, to) = (bytes(from, len).as_ptr(), bytes(to, len).as_mut_ptr());
    // SAFETY: both are `len` bytes of frames, and no reference to them is left.
    unsafe { core::ptr::copy(from, to, len) }
}

/// The entries of a page table that [`table_pages`] gave, or of the first one.
pub fn entries<'a>(table: u64) -> &'a mut [u64; 512] {
    // SAFETY: only paging.rs calls this, which lets one table go before it looks into another; the processor itself
    // reads what is written whole.
    unsafe { &mut *virt(table).cast() }
}

/// The physical addresses of the pages for page tables.
pub fn table_pages() -> impl Iterator<Item = u64> {
    TABLES.iter().map(|page| phys(page.0.get()))
}
