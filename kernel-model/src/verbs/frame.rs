//! The frame of a signal on the task's own stack (`arch/x86/kernel/signal_64.c`), and the alternate stack.
//!
//! | address | holds |
//! |---|---|
//! | the frame | the words with which a handler begins: its return address |
//! | behind | `struct ucontext`: flags, link, the alternate stack, the registers, the mask |
//! | behind | the `siginfo_t` |
//! | behind | the floating-point state, where the machine has one |

use crate::abi::call::UserPtr;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::{SaFlags, StackFlags};
use crate::abi::ids::TaskRef;
use crate::abi::limits::MINSIGSTKSZ;
use crate::abi::siginfo::SIGINFO_BYTES;
use crate::abi::signal::{SigSet, Signal};
use crate::abi::words;
use crate::world::World;

use super::deliver::Ksignal;
use super::fault::Access;
use super::signal::{force_fatal_sig, force_sig, set_current_blocked};
use super::uaccess::{UserAccess, copy_from_user};

/// The most words with which a handler can begin.
pub const MAX_LINKAGE: usize = 8;
/// Registers in a `ucontext_t`.
pub const NGREG: usize = 23;

/// The registers as a `ucontext_t` has them (`gregset_t`): r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, flags,
/// segments, error code, trap number, old mask, fault address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gregs {
    /// The registers.
    pub words: [u64; NGREG],
    /// Which of them the machine has: the others are not stored. Bit 0 stands for the first.
    pub used: u32,
}

impl Default for Gregs {
    fn default() -> Gregs {
        Gregs {
            words: [0; NGREG],
            used: 0,
        }
    }
}

/// Words of a `struct ucontext` before its registers, and of all: the registers take 32, the mask comes last.
const BEFORE_GREGS: u64 = 5;
const UCONTEXT: u64 = BEFORE_GREGS + 32 + 1;
const WORD: u64 = 8;
/// What a program may use below its stack pointer (x86-64 ABI).
const REDZONE: u64 = 128;

/// What a frame keeps of the registers, and with what the handler begins.
#[derive(Clone, Copy, Debug)]
pub struct Saved<'a> {
    /// The registers.
    pub gregs: &'a Gregs,
    /// The words at the handler's stack pointer.
    pub linkage: &'a [u64],
    /// The floating-point state.
    pub fpstate: &'a [u8],
}

/// The parts of a frame, by address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Its beginning.
    pub sp: u64,
    /// The `ucontext_t`.
    pub ucontext: u64,
    /// The `siginfo_t`.
    pub info: u64,
    /// The floating-point state; 0 where there is none.
    pub fpstate: u64,
}

impl Frame {
    /// The frame that begins here, without floating-point state.
    #[must_use]
    pub const fn at(sp: u64, linkage: usize) -> Frame {
        let ucontext = sp.wrapping_add(linkage as u64 * WORD);
        Frame {
            sp,
            ucontext,
            info: ucontext.wrapping_add(UCONTEXT * WORD),
            fpstate: 0,
        }
    }
}

/// `__on_sig_stack()`: whether the address lies in the alternate stack.
fn lies_on_stack(w: &World<'_>, task: TaskRef, sp: u64) -> bool {
    let t = &w.tasks[task];
    sp > t.sas_ss_sp && sp - t.sas_ss_sp <= t.sas_ss_size
}

/// `on_sig_stack()`: with SS_AUTODISARM nobody is on it, for it is none while it is used.
fn on_sig_stack(w: &World<'_>, task: TaskRef, sp: u64) -> bool {
    !w.tasks[task].sas_ss_flags.contains(StackFlags::SS_AUTODISARM) && lies_on_stack(w, task, sp)
}

/// `sas_ss_flags()`: SS_DISABLE, SS_ONSTACK or nothing.
fn sas_ss_flags(w: &World<'_>, task: TaskRef, sp: u64) -> StackFlags {
    match () {
        () if w.tasks[task].sas_ss_size == 0 => StackFlags::SS_DISABLE,
        () if on_sig_stack(w, task, sp) => StackFlags::SS_ONSTACK,
        () => StackFlags::empty(),
    }
}

/// An alternate stack as `stack_t` has it: where, `ss_flags`, how much.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SigStack {
    /// `ss_sp`.
    pub sp: u64,
    /// `ss_flags`.
    pub flags: u32,
    /// `ss_size`.
    pub size: u64,
}

impl SigStack {
    /// Reads a `stack_t`.
    ///
    /// # Errors
    /// EFAULT.
    pub fn read(w: &mut World<'_>, task: TaskRef, from: UserPtr) -> Result<SigStack> {
        let mut bytes = [0; 24];
        copy_from_user(w, task, from, &mut bytes)?;
        Ok(SigStack::from_bytes(&bytes))
    }

    fn from_bytes(bytes: &[u8; 24]) -> SigStack {
        let [sp, flags, size] = words::from_bytes(bytes);
        SigStack {
            sp,
            // An int, and four bytes that mean nothing.
            flags: u32::try_from(flags & u64::from(u32::MAX)).unwrap_or(0),
            size,
        }
    }

    /// The bytes of a `stack_t`.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 24] {
        words::to_bytes(&[self.sp, u64::from(self.flags), self.size])
    }
}

/// The alternate stack as sigaltstack tells it to a task whose stack pointer is here.
#[must_use]
pub fn sigaltstack(w: &World<'_>, task: TaskRef, sp: u64) -> SigStack {
    let t = &w.tasks[task];
    let kept = t.sas_ss_flags & StackFlags::SS_AUTODISARM;
    SigStack {
        sp: t.sas_ss_sp,
        flags: (sas_ss_flags(w, task, sp) | kept).bits(),
        size: t.sas_ss_size,
    }
}

/// `do_sigaltstack()`: sets it.
///
/// # Errors
/// - EPERM: the task runs on it.
/// - EINVAL: an unknown flag.
/// - ENOMEM: smaller than MINSIGSTKSZ.
pub fn set_sigaltstack(w: &mut World<'_>, task: TaskRef, sp: u64, new: SigStack) -> Result<()> {
    if on_sig_stack(w, task, sp) {
        return Err(Errno::EPERM);
    }
    let flags = StackFlags::from_bits(new.flags).ok_or(Errno::EINVAL)?;
    let mode = flags - StackFlags::SS_AUTODISARM;
    if mode == StackFlags::SS_ONSTACK | StackFlags::SS_DISABLE {
        return Err(Errno::EINVAL);
    }
    let t = &mut w.tasks[task];
    if (t.sas_ss_sp, t.sas_ss_size, t.sas_ss_flags) == (new.sp, new.size, flags) {
        return Ok(());
    }
    let (place, size) = match mode == StackFlags::SS_DISABLE {
        true => (0, 0),
        false if new.size < MINSIGSTKSZ => return Err(Errno::ENOMEM),
        false => (new.sp, new.size),
    };
    (t.sas_ss_sp, t.sas_ss_size, t.sas_ss_flags) = (place, size, flags);
    Ok(())
}

/// `get_sigframe()`: where the frame of this signal goes, with so many words at its beginning and so many bytes of
/// floating-point state at its end; none if the alternate stack is too small for it.
#[must_use]
pub fn get_sigframe(
    w: &World<'_>,
    task: TaskRef,
    ksignal: &Ksignal,
    sp: u64,
    (linkage, fpstate): (usize, usize),
) -> Option<Frame> {
    let nested = on_sig_stack(w, task, sp);
    let entering = ksignal.action.flags.contains(SaFlags::SA_ONSTACK) && sas_ss_flags(w, task, sp).is_empty();
    let top = match entering {
        true => w.tasks[task].sas_ss_sp.wrapping_add(w.tasks[task].sas_ss_size),
        false => sp.wrapping_sub(REDZONE),
    };
    // fpu__alloc_mathframe()
    let place = match fpstate {
        0 => top,
        _ => top.wrapping_sub(fpstate as u64) & !63,
    };
    let bytes = (linkage as u64 + UCONTEXT) * WORD + SIGINFO_BYTES as u64;
    // align_sigframe(): the handler begins as a function does that was called, so it is what lies behind its return
    // address that begins at a multiple of 16.
    let sp = (place.wrapping_sub(bytes) & !15).wrapping_sub(linkage as u64 * WORD % 16);
    if (nested || entering) && !lies_on_stack(w, task, sp) {
        return None;
    }
    Some(Frame {
        fpstate: if fpstate == 0 { 0 } else { place },
        ..Frame::at(sp, linkage)
    })
}

/// Stores a row of words.
fn put_words(w: &mut World<'_>, stack: &mut UserAccess, to: u64, words: &[u64]) -> Result<()> {
    (0u64..)
        .zip(words)
        .try_for_each(|(at, word)| stack.put_u64(w, to + at * WORD, *word))
}

/// `x64_setup_rt_frame()`: fills the frame.
///
/// # Errors
/// EFAULT: it cannot be stored there, or the action has no restorer.
#[inline(never)]
pub fn setup_rt_frame(
    w: &mut World<'_>,
    task: TaskRef,
    ksignal: &Ksignal,
    frame: &Frame,
    saved: Saved<'_>,
) -> Result<()> {
    if !ksignal.action.flags.contains(SaFlags::SA_RESTORER) {
        return Err(Errno::EFAULT);
    }
    let t = &w.tasks[task];
    // sigmask_to_save()
    let mask = match t.restore_sigmask {
        true => t.saved_sigmask,
        false => t.blocked,
    };
    let (sp, flags, size) = (t.sas_ss_sp, u64::from(t.sas_ss_flags.bits()), t.sas_ss_size);
    let stack = &mut UserAccess::begin(task, Access::Write);
    if ksignal.action.flags.contains(SaFlags::SA_SIGINFO) {
        stack.put(w, frame.info, &ksignal.info.to_bytes())?;
    }
    put_words(w, stack, frame.sp, saved.linkage)?;
    put_words(w, stack, frame.ucontext, &[0, 0, sp, flags, size])?;
    let place = frame.ucontext + BEFORE_GREGS * WORD;
    for (at, word) in (0u64..).zip(&saved.gregs.words) {
        if saved.gregs.used >> at & 1 == 1 {
            stack.put_u64(w, place + at * WORD, *word)?;
        }
    }
    stack.put_u64(w, frame.ucontext + (UCONTEXT - 1) * WORD, mask.0)?;
    if frame.fpstate != 0 {
        stack.put_u64(w, place + NGREG as u64 * WORD, frame.fpstate)?;
        stack.put(w, frame.fpstate, saved.fpstate)?;
    }
    // save_altstack_ex(): from here on there is none.
    let t = &mut w.tasks[task];
    if t.sas_ss_flags.contains(StackFlags::SS_AUTODISARM) {
        (t.sas_ss_sp, t.sas_ss_size, t.sas_ss_flags) = (0, 0, StackFlags::SS_DISABLE);
    }
    Ok(())
}

/// `signal_delivered()`: what is blocked while the handler runs.
pub fn signal_delivered(w: &mut World<'_>, task: TaskRef, ksignal: &Ksignal) {
    w.tasks[task].restore_sigmask = false;
    let mut mask = w.tasks[task].blocked.union(ksignal.action.mask);
    if !ksignal.action.flags.contains(SaFlags::SA_NODEFER) {
        mask.add(ksignal.signal);
    }
    set_current_blocked(w, task, mask);
}

/// `force_sigsegv()`: there is no room for the frame. For SIGSEGV itself that is the end.
pub fn force_sigsegv(w: &mut World<'_>, task: TaskRef, signal: Signal) {
    match signal {
        Signal::SIGSEGV => force_fatal_sig(w, task, Signal::SIGSEGV),
        _ => force_sig(w, task, Signal::SIGSEGV),
    }
}

/// `restore_saved_sigmask()`: no handler runs, so sigsuspend's mask goes at once.
pub fn restore_saved_sigmask(w: &mut World<'_>, task: TaskRef) {
    if core::mem::take(&mut w.tasks[task].restore_sigmask) {
        let saved = w.tasks[task].saved_sigmask;
        set_current_blocked(w, task, saved);
    }
}

/// `rt_sigreturn()`: the mask, the registers and the alternate stack from the frame, and into `fpstate` the floating-point
/// state, if the frame names one. `sp_of` tells the stack pointer in such registers. A frame that cannot be read is SIGSEGV,
/// and none is returned.
pub fn rt_sigreturn(
    w: &mut World<'_>,
    task: TaskRef,
    frame: &Frame,
    sp_of: &dyn Fn(&Gregs) -> u64,
    fpstate: &mut [u8],
) -> Option<Gregs> {
    let read = match read_frame(w, task, frame) {
        Ok(read) => read_fpstate(w, task, frame, fpstate).map(|()| read),
        Err(errno) => Err(errno),
    };
    match read {
        Ok((gregs, mask, stack)) => {
            set_current_blocked(w, task, mask);
            // restore_altstack() does not mind what it cannot set.
            let _ = set_sigaltstack(w, task, sp_of(&gregs), stack);
            Some(gregs)
        }
        Err(_) => {
            force_sig(w, task, Signal::SIGSEGV);
            None
        }
    }
}

fn read_frame(w: &mut World<'_>, task: TaskRef, frame: &Frame) -> Result<(Gregs, SigSet, SigStack)> {
    let place = |words: u64| frame.ucontext.wrapping_add(words * WORD);
    let access = &mut UserAccess::begin(task, Access::Read);
    let (mut mask, mut gregs, mut stack) = ([0; 8], [0; 8 * NGREG], [0; 24]);
    access.get(w, place(UCONTEXT - 1), &mut mask)?;
    access.get(w, place(BEFORE_GREGS), &mut gregs)?;
    access.get(w, place(2), &mut stack)?;
    let gregs = Gregs {
        words: words::from_bytes(&gregs),
        ..Gregs::default()
    };
    let mask = SigSet(u64::from_le_bytes(mask));
    Ok((gregs, mask, SigStack::from_bytes(&stack)))
}

/// A program that names no floating-point state keeps what it has.
fn read_fpstate(w: &mut World<'_>, task: TaskRef, frame: &Frame, fpstate: &mut [u8]) -> Result<()> {
    if fpstate.is_empty() {
        return Ok(());
    }
    let place = frame.ucontext.wrapping_add((BEFORE_GREGS + NGREG as u64) * WORD);
    match super::uaccess::get_u64(w, task, UserPtr(place))? {
        0 => Ok(()),
        from => copy_from_user(w, task, UserPtr(from), fpstate),
    }
}
