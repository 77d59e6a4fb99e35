//! What becomes of a system call, a fault and an interrupt, by the stack that entry.s has put it on.

use kernel_model::abi::signal::Signal;
use kernel_model::verbs::fault::{Access, BadAccess};

use crate::regs::Frame;
use crate::tasks::{enter, kernel, return_to_user, running};
use crate::{events, machine, user, x86};

/// Vectors of the processor.
const DIVIDE: u64 = 0;
const BREAKPOINT: u64 = 3;
const INVALID_OPCODE: u64 = 6;
const GENERAL_PROTECTION: u64 = 13;
const PAGE_FAULT: u64 = 14;
const X87: u64 = 16;
const SIMD: u64 = 19;
const FIRST_INTERRUPT: u64 = 32;

/// `si_code`s: FPE_INTDIV, ILL_ILLOPN, TRAP_BRKPT, FPE_FLTINV.
const FPE_INTDIV: i32 = 1;
const ILL_ILLOPN: i32 = 2;
const TRAP_BRKPT: i32 = 1;
const FPE_FLTINV: i32 = 7;

/// An address that is none: its upper bits differ from bit 47.
const NO_ADDRESS: u64 = 1 << 63;

/// The instruction `syscall`, on the task's kernel stack. Number and arguments are where Linux has them.
#[unsafe(no_mangle)]
extern "C" fn syscall_from_user(frame: &mut Frame) {
    let me = enter(frame);
    events::drain();
    let args = [frame.rdi, frame.rsi, frame.rdx, frame.r10, frame.r8, frame.r9];
    machine::syscall(me, frame.rax, args);
    return_to_user(frame);
}

/// A fault or an interrupt out of ring 3, on the task's kernel stack.
#[unsafe(no_mangle)]
extern "C" fn trap_from_user(frame: &mut Frame) {
    // Before interrupts can come again.
    let addr = x86::cr2();
    let me = enter(frame);
    let trap = |signal, code| kernel(|k, hw| k.trap(me, signal, code, frame.rip, hw));
    match frame.vector {
        FIRST_INTERRUPT.. => events::interrupt(frame.vector),
        PAGE_FAULT => {
            let access = access(frame.error);
            kernel(|k, hw| match k.translate(me, addr, access) {
                // The model knows the page: the processor's tables had forgotten it, or never heard.
                Some(mapped) => {
                    if let Some(mm) = k.view().tasks.get(me).and_then(|t| t.mm) {
                        hw.map(mm, addr & !0xfff, mapped);
                    }
                }
                // Resolved, or a signal is sent, which is taken on the way back.
                None => {
                    let _ = k.page_fault(me, addr, access, hw);
                }
            });
        }
        GENERAL_PROTECTION => {
            let _ = kernel(|k, hw| k.page_fault(me, NO_ADDRESS, Access::Read, hw));
        }
        DIVIDE => trap(Signal::SIGFPE, FPE_INTDIV),
        X87 | SIMD => trap(Signal::SIGFPE, FPE_FLTINV),
        BREAKPOINT => trap(Signal::SIGTRAP, TRAP_BRKPT),
        INVALID_OPCODE => trap(Signal::SIGILL, ILL_ILLOPN),
        vector => panic!("vector {vector} out of ring 3, at {:#x}", frame.rip),
    }
    return_to_user(frame);
}

/// What a page fault was about, by its error code.
fn access(error: u64) -> Access {
    match (error & 2 != 0, error & 16 != 0) {
        (true, _) => Access::Write,
        (_, true) => Access::Exec,
        _ => Access::Read,
    }
}

/// A fault or an interrupt in ring 0, on a stack of the interrupt stack table: it returns to where it came from.
#[unsafe(no_mangle)]
extern "C" fn trap_from_kernel(frame: &mut Frame) {
    match frame.vector {
        FIRST_INTERRUPT.. => events::interrupt(frame.vector),
        PAGE_FAULT if user::is_access(frame.rip) => user_fault(frame, x86::cr2()),
        PAGE_FAULT => panic!(
            "a page fault in the kernel at {:#x}: {:#x}, {:#x}",
            frame.rip,
            x86::cr2(),
            frame.error
        ),
        vector => panic!(
            "vector {vector} in the kernel at {:#x}, error {:#x}",
            frame.rip, frame.error
        ),
    }
}

/// The kernel has touched an address that a program gave it: resolved as for the program, or the copy ends there.
fn user_fault(frame: &mut Frame, addr: u64) {
    let access = access(frame.error);
    let resolved = running().ok_or(BadAccess::Maperr).and_then(|me| {
        kernel(|k, hw| {
            let mapped = match k.translate(me, addr, access) {
                Some(mapped) => mapped,
                None => k.handle_mm_fault(me, addr, access, hw)?,
            };
            if let Some(mm) = k.view().tasks.get(me).and_then(|t| t.mm) {
                hw.map(mm, addr & !0xfff, mapped);
                // The first page of an address space that nothing was mapped of has given it its tables.
                hw.tables.activate(Some(mm));
            }
            hw.ring0_faults += 1;
            Ok(())
        })
    });
    if resolved.is_err() {
        frame.rip = user::fixup();
    }
}
