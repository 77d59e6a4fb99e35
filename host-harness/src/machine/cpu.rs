//! The processor: executes one instruction of a program against the memory of one task.

mod arith;

pub(super) use arith::low;

use crate::isa::{
    Convert, INSTR_BYTES, Image, Instr, LINKAGE_BYTES, Mem, Regs, Size, Slot, TEXT_BASE, text_address,
    text_index,
};

/// What an access wanted to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Load.
    Read,
    /// Store.
    Write,
    /// Fetch an instruction.
    Exec,
}

/// An access that the memory refused: the kernel's page-fault handler decides what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The address that was wanted.
    pub addr: u64,
    /// For what.
    pub access: Access,
}

/// User memory as the running task sees it. Unaligned access is allowed and may cross a page.
pub trait Bus {
    /// Reads `size` bytes, zero-extended.
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault>;
    /// Writes the low `size` bytes of `value`.
    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault>;
    /// Writes what another value becomes in the same instruction.
    fn change(&mut self, addr: u64, size: Size, _old: u64, new: u64) -> Result<(), Fault> {
        self.store(addr, size, new)
    }
    /// Copies `len` bytes; the ranges may overlap as in `memmove`. A fault may leave a prefix copied.
    fn copy(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Fault>;
    /// Sets `len` bytes to `byte`. A fault may leave a prefix set.
    fn fill(&mut self, dst: u64, byte: u8, len: u64) -> Result<(), Fault>;

    /// Reads a slot of the stack frame: nearly always an aligned address in the page that was used last.
    #[inline]
    fn load_slot(&mut self, addr: u64) -> Result<u64, Fault> {
        self.load(addr, Size::B8)
    }

    /// Writes a slot of the stack frame.
    #[inline]
    fn store_slot(&mut self, addr: u64, value: u64) -> Result<(), Fault> {
        self.store(addr, Size::B8, value)
    }
}

/// Why the processor stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// An access was refused; the registers are as before the instruction.
    Fault(Fault),
    /// A system call; `pc` is already behind it, its result belongs into `acc`.
    Syscall {
        /// Linux's number on x86-64.
        nr: u64,
        /// Its arguments; those that the call does not take are arbitrary.
        args: [u64; 6],
    },
    /// Division by zero, or a quotient that does not fit.
    DivideError,
    /// An opcode that does not exist.
    InvalidOpcode,
    /// `pc` lies outside the text.
    Fetch(u64),
    /// The instructions that were allowed are used up.
    OutOfFuel,
}

impl From<Fault> for Trap {
    #[inline]
    fn from(fault: Fault) -> Trap {
        Trap::Fault(fault)
    }
}

/// Executes exactly one instruction.
///
/// # Errors
/// What stopped it: on every trap but a system call the registers are as before.
pub fn step(image: &Image, regs: &mut Regs, bus: &mut impl Bus) -> Result<(), Trap> {
    execute(&image.text, regs, bus)
}

/// Executes up to `fuel` instructions; says what ended it, and takes what was executed from `fuel`.
pub fn run(image: &Image, regs: &mut Regs, bus: &mut impl Bus, fuel: &mut u64) -> Trap {
    let text = image.text.as_slice();
    // Copies, so that they can live in the host's registers.
    let mut local = *regs;
    let mut left = *fuel;
    let trap = loop {
        if left == 0 {
            break Trap::OutOfFuel;
        }
        match execute(text, &mut local, bus) {
            Ok(()) => left -= 1,
            Err(trap @ Trap::Syscall { .. }) => {
                left -= 1;
                break trap;
            }
            Err(trap) => break trap,
        }
    };
    *regs = local;
    *fuel = left;
    trap
}

/// The address of a slot.
#[inline(always)]
fn at(regs: &Regs, slot: Slot) -> u64 {
    offset(regs.fp, slot)
}

#[inline(always)]
fn offset(base: u64, distance: i32) -> u64 {
    base.wrapping_add_signed(i64::from(distance))
}

#[inline(always)]
fn get(regs: &Regs, bus: &mut impl Bus, slot: Slot) -> Result<u64, Fault> {
    bus.load_slot(at(regs, slot))
}

#[inline(always)]
fn put(regs: &Regs, bus: &mut impl Bus, slot: Slot, value: u64) -> Result<(), Fault> {
    bus.store_slot(at(regs, slot), value)
}

/// Loads and extends.
#[inline(always)]
fn load(bus: &mut impl Bus, mem: Mem, addr: u64) -> Result<u64, Fault> {
    Ok(match mem {
        Mem::B64 => bus.load(addr, Size::B8)?,
        Mem::I32 => arith::convert(Convert::Sext32, bus.load(addr, Size::B4)?),
        Mem::U32 => bus.load(addr, Size::B4)?,
        Mem::I8 => arith::convert(Convert::Sext8, bus.load(addr, Size::B1)?),
        Mem::U8 => bus.load(addr, Size::B1)?,
        Mem::I16 => arith::convert(Convert::Sext16, bus.load(addr, Size::B2)?),
        Mem::U16 => bus.load(addr, Size::B2)?,
    })
}

#[inline(always)]
fn store(bus: &mut impl Bus, size: Size, addr: u64, value: u64) -> Result<(), Fault> {
    match size {
        Size::B8 => bus.store(addr, Size::B8, value),
        Size::B4 => bus.store(addr, Size::B4, value),
        Size::B1 => bus.store(addr, Size::B1, value),
        Size::B2 => bus.store(addr, Size::B2, value),
    }
}

/// Executes one instruction. Registers change only after its last access to memory.
#[inline(always)]
fn execute(text: &[Instr], regs: &mut Regs, bus: &mut impl Bus) -> Result<(), Trap> {
    let Some(instr) = text_index(regs.pc).and_then(|index| text.get(index)) else {
        return Err(Trap::Fetch(regs.pc));
    };
    let mut next = regs.pc.wrapping_add(INSTR_BYTES);
    match *instr {
        Instr::Alu { op, dst, a, b } => {
            let (a, b) = (get(regs, bus, a)?, get(regs, bus, b)?);
            put(regs, bus, dst, arith::alu(op, a, b)?)?;
        }
        Instr::AluImm { op, dst, a, imm } => {
            let a = get(regs, bus, a)?;
            put(regs, bus, dst, arith::alu(op, a, arith::extend(imm))?)?;
        }
        Instr::BranchImm { cond, a, imm, target } => {
            let a = get(regs, bus, a)?;
            if arith::holds(cond, a, arith::extend(imm)) {
                next = text_address(target);
            }
        }
        Instr::Branch { cond, a, b, target } => {
            let (a, b) = (get(regs, bus, a)?, get(regs, bus, b)?);
            if arith::holds(cond, a, b) {
                next = text_address(target);
            }
        }
        Instr::Jump { target } => next = text_address(target),
        Instr::Imm { dst, value } => put(regs, bus, dst, value.cast_unsigned())?,
        Instr::Move { dst, src } => {
            let value = get(regs, bus, src)?;
            put(regs, bus, dst, value)?;
        }
        Instr::Lea { dst, offset } => put(regs, bus, dst, at(regs, offset))?,
        Instr::Load {
            mem,
            dst,
            base,
            offset: distance,
        } => {
            let addr = offset(get(regs, bus, base)?, distance);
            let value = load(bus, mem, addr)?;
            put(regs, bus, dst, value)?;
        }
        Instr::Store {
            size,
            src,
            base,
            offset: distance,
        } => {
            let addr = offset(get(regs, bus, base)?, distance);
            let value = get(regs, bus, src)?;
            store(bus, size, addr, value)?;
        }
        Instr::LoadFrame { mem, dst, offset } => {
            let value = load(bus, mem, at(regs, offset))?;
            put(regs, bus, dst, value)?;
        }
        Instr::StoreFrame { size, src, offset } => {
            let value = get(regs, bus, src)?;
            store(bus, size, at(regs, offset), value)?;
        }
        Instr::LoadAbs { mem, dst, addr } => {
            let value = load(bus, mem, u64::from(addr))?;
            put(regs, bus, dst, value)?;
        }
        Instr::StoreAbs { size, src, addr } => {
            let value = get(regs, bus, src)?;
            store(bus, size, u64::from(addr), value)?;
        }
        Instr::LoadIndex {
            mem,
            dst,
            base,
            index,
        } => {
            let addr = element(regs, bus, base, index, mem.size().bytes())?;
            let value = load(bus, mem, addr)?;
            put(regs, bus, dst, value)?;
        }
        Instr::StoreIndex {
            size,
            src,
            base,
            index,
        } => {
            let addr = element(regs, bus, base, index, size.bytes())?;
            let value = get(regs, bus, src)?;
            store(bus, size, addr, value)?;
        }
        Instr::Index {
            scale,
            dst,
            base,
            index,
        } => {
            let addr = element(regs, bus, base, index, u64::from(scale))?;
            put(regs, bus, dst, addr)?;
        }
        Instr::Fpu { op, dst, a, b } => {
            let (a, b) = (get(regs, bus, a)?, get(regs, bus, b)?);
            put(regs, bus, dst, arith::fpu(op, a, b))?;
        }
        Instr::Convert { op, dst, src } => {
            let value = get(regs, bus, src)?;
            put(regs, bus, dst, arith::convert(op, value))?;
        }
        Instr::Call { target, args, .. } => {
            call(regs, bus, at(regs, args), next)?;
            next = text_address(target);
        }
        Instr::CallPtr { callee, args, .. } => {
            let callee = get(regs, bus, callee)?;
            call(regs, bus, at(regs, args), next)?;
            next = callee;
        }
        Instr::Enter { size } => regs.sp = regs.fp.wrapping_sub(u64::from(size)),
        Instr::RetValue { src } => {
            let value = get(regs, bus, src)?;
            next = back(regs, bus)?;
            regs.acc = value;
        }
        Instr::Ret => next = back(regs, bus)?,
        Instr::GetAcc { dst } => put(regs, bus, dst, regs.acc)?,
        ref rare => {
            // Through a copy: a call that took the address of `regs` would keep it out of the host's registers.
            let mut copy = *regs;
            let outcome = execute_rare(rare, &mut copy, bus, next);
            *regs = copy;
            next = outcome?;
        }
    }
    regs.pc = next;
    Ok(())
}

#[inline(always)]
fn element(regs: &Regs, bus: &mut impl Bus, base: Slot, index: Slot, scale: u64) -> Result<u64, Fault> {
    let (base, index) = (get(regs, bus, base)?, get(regs, bus, index)?);
    Ok(base.wrapping_add(index.wrapping_mul(scale)))
}

/// Links a new frame below the arguments at `args`.
#[inline(always)]
fn call(regs: &mut Regs, bus: &mut impl Bus, args: u64, back_to: u64) -> Result<(), Fault> {
    let fp = offset(args, -LINKAGE_BYTES);
    bus.store_slot(fp.wrapping_add(16), back_to)?;
    bus.store_slot(fp.wrapping_add(8), regs.fp)?;
    bus.store_slot(fp, regs.sp)?;
    regs.fp = fp;
    Ok(())
}

/// Unlinks the current frame; says where the caller goes on.
#[inline(always)]
fn back(regs: &mut Regs, bus: &mut impl Bus) -> Result<u64, Fault> {
    let pc = bus.load_slot(regs.fp.wrapping_add(16))?;
    let fp = bus.load_slot(regs.fp.wrapping_add(8))?;
    let sp = bus.load_slot(regs.fp)?;
    regs.fp = fp;
    regs.sp = sp;
    Ok(pc)
}

/// The instructions that no inner loop waits for. Returns the address of the next one.
#[inline(never)]
fn execute_rare(instr: &Instr, regs: &mut Regs, bus: &mut impl Bus, next: u64) -> Result<u64, Trap> {
    match *instr {
        Instr::Syscall { base, count } => {
            let nr = get(regs, bus, base)?;
            let mut args = [0; 6];
            let mut slot = base;
            for arg in args.iter_mut().take(usize::from(count)) {
                slot = slot.wrapping_add(8);
                *arg = get(regs, bus, slot)?;
            }
            regs.pc = next;
            return Err(Trap::Syscall { nr, args });
        }
        Instr::ExitThread => {
            regs.pc = next;
            return Err(Trap::Syscall {
                nr: SYS_EXIT,
                args: [regs.acc, 0, 0, 0, 0, 0],
            });
        }
        Instr::CallBelow { callee, args, count } => {
            let callee = get(regs, bus, callee)?;
            let bytes = u64::from(count) * 8;
            let below = regs.sp.wrapping_sub(bytes);
            bus.copy(below, at(regs, args), bytes)?;
            call(regs, bus, below, next)?;
            return Ok(callee);
        }
        Instr::Alloca { dst, size } => {
            let size = get(regs, bus, size)?;
            let sp = regs.sp.wrapping_sub(size) & !(STACK_ALIGN - 1);
            put(regs, bus, dst, sp)?;
            regs.sp = sp;
        }
        Instr::GetSp { dst } => put(regs, bus, dst, regs.sp)?,
        Instr::SetSp { src } => regs.sp = get(regs, bus, src)?,
        Instr::Copy { dst, src, len } => {
            let (dst, src, len) = (get(regs, bus, dst)?, get(regs, bus, src)?, get(regs, bus, len)?);
            bus.copy(dst, src, len)?;
        }
        Instr::CopyImm { dst, src, len } => {
            let (dst, src) = (get(regs, bus, dst)?, get(regs, bus, src)?);
            bus.copy(dst, src, u64::from(len))?;
        }
        Instr::Fill { dst, byte, len } => {
            let (dst, byte, len) = (get(regs, bus, dst)?, get(regs, bus, byte)?, get(regs, bus, len)?);
            bus.fill(dst, arith::low_byte(byte), len)?;
        }
        Instr::Zero { dst, len } => {
            let dst = get(regs, bus, dst)?;
            bus.fill(dst, 0, u64::from(len))?;
        }
        Instr::Atomic {
            op,
            size,
            dst,
            addr,
            src,
        } => {
            let (addr, src) = (get(regs, bus, addr)?, get(regs, bus, src)?);
            let old = bus.load(addr, size)?;
            // The slot is nobody's operand, so that a fault of the store can start over.
            put(regs, bus, dst, old)?;
            bus.change(addr, size, old, arith::atomic(op, size, old, src))?;
        }
        Instr::CompareSwap { size, base } => {
            let slot = |index: i32| base.wrapping_add(index * 8);
            let (addr, expected) = (get(regs, bus, slot(0))?, get(regs, bus, slot(1))?);
            let new = get(regs, bus, slot(2))?;
            let old = bus.load(addr, size)?;
            put(regs, bus, slot(3), old)?;
            // Written back as it was otherwise, as the processor does.
            let equal = old == arith::low(size, expected);
            bus.change(addr, size, old, if equal { new } else { old })?;
        }
        Instr::SetJump { base } => {
            let addr = get(regs, bus, base)?;
            store(bus, Size::B8, addr, next)?;
            regs.acc = 0;
        }
        Instr::LongJump { base } => {
            let slot = |index: i32| base.wrapping_add(index * 8);
            let (pc, sp) = (get(regs, bus, slot(0))?, get(regs, bus, slot(1))?);
            let (fp, acc) = (get(regs, bus, slot(2))?, get(regs, bus, slot(3))?);
            (regs.sp, regs.fp, regs.acc) = (sp, fp, acc);
            return Ok(pc);
        }
        Instr::GetTp { dst } => put(regs, bus, dst, regs.tp)?,
        Instr::ChildStart => return child_start(regs, bus, next),
        Instr::FirstFrame => regs.fp = offset(regs.sp, -LINKAGE_BYTES),
        _ => return Err(Trap::InvalidOpcode),
    }
    Ok(next)
}

/// exit: what a thread's function returns ends it.
pub(super) const SYS_EXIT: u64 = 60;
const STACK_ALIGN: u64 = 16;

/// What `clone` does in user space: the child calls the function that its parent left on the new stack.
fn child_start(regs: &mut Regs, bus: &mut impl Bus, next: u64) -> Result<u64, Trap> {
    if regs.acc != 0 {
        return Ok(next);
    }
    let function = bus.load_slot(regs.sp)?;
    let args = regs.sp.wrapping_add(8);
    // The return address overwrites the function's, so it is stored last: until then a fault can start over.
    let fp = offset(args, -LINKAGE_BYTES);
    bus.store_slot(fp, fp)?;
    bus.store_slot(fp.wrapping_add(8), fp)?;
    bus.store_slot(fp.wrapping_add(16), TEXT_BASE)?;
    regs.fp = fp;
    Ok(function)
}

#[cfg(test)]
mod tests;
