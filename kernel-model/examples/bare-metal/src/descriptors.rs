//! The tables of the processor: segments, the task state segment with its stacks, and the gates of the vectors.

use core::arch::asm;
use core::cell::UnsafeCell;

use crate::x86::{msr, wrmsr};

/// What each stack of the interrupt stack table holds at most: the handlers of ring 0 call the model.
const STACK_BYTES: usize = 32 * 1024;

/// The stacks on which what interrupts ring 0 begins, by their numbers in a gate. A page fault and an interrupt have one
/// each, so that neither lands in the other's.
const PAGE_FAULT_STACK: u8 = 1;
const DOUBLE_FAULT_STACK: u8 = 2;
const INTERRUPT_STACK: u8 = 3;
const FAULT_STACK: u8 = 4;

const DOUBLE_FAULT: usize = 8;
const PAGE_FAULT: usize = 14;
const FIRST_INTERRUPT: usize = 32;
/// Vectors that entry.s has stubs for, and the bytes of a stub.
const VECTORS: usize = 48;
const STUB_BYTES: u64 = 16;

#[repr(C, align(16))]
struct Stack(UnsafeCell<[u8; STACK_BYTES]>);

// SAFETY: only the processor uses them, one stack at a time.
unsafe impl Sync for Stack {}

static STACKS: [Stack; 4] = [const { Stack(UnsafeCell::new([0; STACK_BYTES])) }; 4];

/// The task state segment: since all vectors have a stack of the table, only those are in it.
#[repr(C, packed(4))]
struct Tss {
    reserved: u32,
    rsp: [u64; 3],
    reserved1: u64,
    ist: [u64; 7],
    reserved2: u64,
    reserved3: u16,
    iomap: u16,
}

#[repr(C, align(16))]
struct Tables {
    gdt: [u64; 8],
    idt: [[u64; 2]; VECTORS],
    tss: Tss,
}

struct Shared(UnsafeCell<Tables>);

// SAFETY: written once at boot, then read by the processor alone.
unsafe impl Sync for Shared {}

static TABLES: Shared = Shared(UnsafeCell::new(Tables {
    // Null; kernel code 0x08, data 0x10; none; user data 0x20, code 0x28; the TSS 0x30, in two words.
    gdt: [
        0,
        0x00af_9a00_0000_ffff,
        0x00cf_9200_0000_ffff,
        0,
        0x00cf_f200_0000_ffff,
        0x00af_fa00_0000_ffff,
        0,
        0,
    ],
    idt: [[0; 2]; VECTORS],
    tss: Tss {
        reserved: 0,
        rsp: [0; 3],
        reserved1: 0,
        ist: [0; 7],
        reserved2: 0,
        reserved3: 0,
        iomap: size_of::<Tss>() as u16,
    },
}));

unsafe extern "C" {
    fn trap_stubs();
    fn syscall_entry();
}

#[repr(C, packed)]
struct Pointer {
    limit: u16,
    base: u64,
}

fn pointer<T>(to: &T) -> Pointer {
    Pointer {
        limit: (size_of::<T>() - 1) as u16,
        base: core::ptr::from_ref(to).addr() as u64,
    }
}

/// An interrupt gate of the kernel: interrupts are masked in it.
fn gate(vector: usize) -> [u64; 2] {
    let stack = match vector {
        PAGE_FAULT => PAGE_FAULT_STACK,
        DOUBLE_FAULT => DOUBLE_FAULT_STACK,
        FIRST_INTERRUPT.. => INTERRUPT_STACK,
        _ => FAULT_STACK,
    };
    let offset = trap_stubs as *const () as u64 + vector as u64 * STUB_BYTES;
    // Present, an interrupt gate; int3 (3) may be used by ring 3.
    let kind: u64 = if vector == 3 { 0xee } else { 0x8e };
    let low =
        offset & 0xffff | 0x08 << 16 | u64::from(stack) << 32 | kind << 40 | (offset >> 16 & 0xffff) << 48;
    [low, offset >> 32]
}

/// Fills and loads them, and says where `syscall` goes.
pub fn init() {
    // SAFETY: called once, before there is an interrupt or a task.
    let tables = unsafe { &mut *TABLES.0.get() };
    let mut ist = [0; 7];
    for (top, stack) in ist.iter_mut().zip(&STACKS) {
        *top = stack.0.get().addr() as u64 + STACK_BYTES as u64;
    }
    tables.tss.ist = ist;
    for (vector, place) in tables.idt.iter_mut().enumerate() {
        *place = gate(vector);
    }
    let tss = core::ptr::from_ref(&tables.tss).addr() as u64;
    let limit = size_of::<Tss>() as u64 - 1;
    tables.gdt[6] = limit | (tss & 0xff_ffff) << 16 | 0x89 << 40 | (tss >> 24 & 0xff) << 56;
    tables.gdt[7] = tss >> 32;
    let (gdt, idt) = (pointer(&tables.gdt), pointer(&tables.idt));
    // SAFETY: the tables are as the processor wants them, and stay. The selectors are those of boot.s.
    unsafe {
        asm!("lgdt [{}]", "lidt [{}]", "ltr {:x}", in(reg) &raw const gdt, in(reg) &raw const idt, in(reg) 0x30_u64);
        // Kernel selectors of `syscall`; the way back is `iretq`.
        wrmsr(msr::STAR, 0x08 << 32);
        wrmsr(msr::LSTAR, syscall_entry as *const () as u64);
        // Interrupts, direction, single step and alignment checks are off in the kernel.
        wrmsr(msr::SFMASK, 0x4_0700);
    }
}
