//! The instruction set that C is lowered to, and the image of a compiled program: plain data.
//!
//! The operands of an instruction are *slots*: 8-byte cells of the current stack frame, named by their distance
//! from `fp`. The frame lies in the memory of the modelled process, so the four registers of [`Regs`] and the
//! process's pages are all that a program is.
//!
//! A slot holds a value in canonical form: an integer narrower than 64 bits is sign- or zero-extended as its type
//! says, a `float` is its 32 bits zero-extended.
//!
//! A frame, from high addresses to low:
//!
//! | address | holds |
//! |---|---|
//! | `fp + 24 + 8*i` | argument `i` (a struct takes as many slots as it needs) |
//! | `fp + 16` | return address |
//! | `fp + 8`, `fp` | the caller's `fp` and `sp` |
//! | `fp - 8` and below | locals, temporaries, arguments of calls in the making |

use std::ops::Range;

/// The address of the first instruction of every program.
pub const TEXT_BASE: u64 = 0x40_1000;
/// How far one instruction is from the next.
pub const INSTR_BYTES: u64 = 16;
/// Bytes between `fp` and the first argument.
pub const LINKAGE_BYTES: i32 = 24;
/// The page size of the modelled machine.
pub const PAGE_BYTES: u64 = 4096;

/// A cell of the current frame: a distance in bytes from `fp`.
pub type Slot = i32;

/// The registers of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Regs {
    /// Address of the next instruction.
    pub pc: u64,
    /// Lowest address of the current frame.
    pub sp: u64,
    /// The cell that slots are counted from.
    pub fp: u64,
    /// What a system call or a function returned.
    pub acc: u64,
    /// The thread pointer: 0 in the first thread of a program (CLONE_SETTLS sets it).
    pub tp: u64,
}

/// How many bytes one access to memory moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Size {
    /// 1 byte.
    B1 = 1,
    /// 2 bytes.
    B2 = 2,
    /// 4 bytes.
    B4 = 4,
    /// 8 bytes.
    B8 = 8,
}

impl Size {
    /// The number of bytes.
    #[inline]
    pub const fn bytes(self) -> u64 {
        self as u64
    }
}

/// What a load reads: a size, and how it is extended to a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mem {
    /// 1 byte, sign-extended.
    I8,
    /// 1 byte, zero-extended.
    U8,
    /// 2 bytes, sign-extended.
    I16,
    /// 2 bytes, zero-extended.
    U16,
    /// 4 bytes, sign-extended.
    I32,
    /// 4 bytes, zero-extended (also `float`).
    U32,
    /// 8 bytes.
    B64,
}

impl Mem {
    /// The size of the access.
    #[inline]
    pub const fn size(self) -> Size {
        match self {
            Mem::I8 | Mem::U8 => Size::B1,
            Mem::I16 | Mem::U16 => Size::B2,
            Mem::I32 | Mem::U32 => Size::B4,
            Mem::B64 => Size::B8,
        }
    }
}

/// Integer operations on two slots. The suffix names the type of the result: `32` is `int`, `U32` is
/// `unsigned`, `64` and `U64` are the long ones. Those without a suffix are the same for every type in canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Alu {
    Add32,
    AddU32,
    Add64,
    Sub32,
    SubU32,
    Sub64,
    Mul32,
    MulU32,
    Mul64,
    Div32,
    DivU32,
    Div64,
    DivU64,
    Rem32,
    RemU32,
    Rem64,
    RemU64,
    And,
    Or,
    Xor,
    Shl32,
    ShlU32,
    Shl64,
    Shr32,
    ShrU32,
    Shr64,
    ShrU64,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    LtU,
    LeU,
    GtU,
    GeU,
}

/// Floating-point operations on two slots; comparisons give 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Fpu {
    AddF32,
    SubF32,
    MulF32,
    DivF32,
    EqF32,
    NeF32,
    LtF32,
    LeF32,
    AddF64,
    SubF64,
    MulF64,
    DivF64,
    EqF64,
    NeF64,
    LtF64,
    LeF64,
}

/// Operations on one slot: conversions between the types of C, as gcc does them on x86-64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Convert {
    Sext8,
    Sext16,
    Sext32,
    Zext8,
    Zext16,
    Zext32,
    /// 1 if the slot is not 0.
    Bool,
    BoolF32,
    BoolF64,
    NegF32,
    NegF64,
    I64ToF32,
    U64ToF32,
    I64ToF64,
    U64ToF64,
    F32ToF64,
    F64ToF32,
    F32ToI32,
    F32ToI64,
    F32ToU64,
    F64ToI32,
    F64ToI64,
    F64ToU64,
}

/// Changes of memory that no other task can come in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Atomic {
    Exchange,
    Add,
    Sub,
    And,
    Or,
    Xor,
    Nand,
    /// The sum, if it fits without a carry; else memory stays as it is.
    CheckedAdd,
    /// The difference, if it needs no borrow; else memory stays as it is.
    CheckedSub,
}

/// The condition of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Cond {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    LtU,
    LeU,
    GtU,
    GeU,
}

impl Cond {
    /// The condition that holds exactly when this one does not.
    pub const fn negated(self) -> Cond {
        match self {
            Cond::Eq => Cond::Ne,
            Cond::Ne => Cond::Eq,
            Cond::Lt => Cond::Ge,
            Cond::Ge => Cond::Lt,
            Cond::Le => Cond::Gt,
            Cond::Gt => Cond::Le,
            Cond::LtU => Cond::GeU,
            Cond::GeU => Cond::LtU,
            Cond::LeU => Cond::GtU,
            Cond::GtU => Cond::LeU,
        }
    }

    /// The condition with its operands exchanged.
    pub const fn swapped(self) -> Cond {
        match self {
            Cond::Eq => Cond::Eq,
            Cond::Ne => Cond::Ne,
            Cond::Lt => Cond::Gt,
            Cond::Gt => Cond::Lt,
            Cond::Le => Cond::Ge,
            Cond::Ge => Cond::Le,
            Cond::LtU => Cond::GtU,
            Cond::GtU => Cond::LtU,
            Cond::LeU => Cond::GeU,
            Cond::GeU => Cond::LeU,
        }
    }
}

/// One instruction. It makes all its loads, then its store, and only then changes registers, so that it can be
/// run again after a fault. At most one of its accesses goes to memory that another task could share (the block
/// operations `Copy` and `Fill` are the exception).
///
/// A `target` is the index of an instruction in [`Image::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Each variant's line names its fields.
pub enum Instr {
    /// `dst = value`
    Imm { dst: Slot, value: i64 },
    /// `dst = src`
    Move { dst: Slot, src: Slot },
    /// `dst = fp + offset`
    Lea { dst: Slot, offset: i32 },
    /// `dst = memory[base + offset]`
    Load {
        mem: Mem,
        dst: Slot,
        base: Slot,
        offset: i32,
    },
    /// `memory[base + offset] = src`
    Store {
        size: Size,
        src: Slot,
        base: Slot,
        offset: i32,
    },
    /// `dst = memory[fp + offset]`
    LoadFrame { mem: Mem, dst: Slot, offset: i32 },
    /// `memory[fp + offset] = src`
    StoreFrame { size: Size, src: Slot, offset: i32 },
    /// `dst = memory[addr]`
    LoadAbs { mem: Mem, dst: Slot, addr: u32 },
    /// `memory[addr] = src`
    StoreAbs { size: Size, src: Slot, addr: u32 },
    /// `dst = memory[base + index * size]`
    LoadIndex {
        mem: Mem,
        dst: Slot,
        base: Slot,
        index: Slot,
    },
    /// `memory[base + index * size] = src`
    StoreIndex {
        size: Size,
        src: Slot,
        base: Slot,
        index: Slot,
    },
    /// `dst = base + index * scale`
    Index {
        scale: u16,
        dst: Slot,
        base: Slot,
        index: Slot,
    },
    /// `dst = a op b`
    Alu { op: Alu, dst: Slot, a: Slot, b: Slot },
    /// `dst = a op imm`
    AluImm { op: Alu, dst: Slot, a: Slot, imm: i32 },
    /// `dst = a op b` in floating point
    Fpu { op: Fpu, dst: Slot, a: Slot, b: Slot },
    /// `dst = op src`
    Convert { op: Convert, dst: Slot, src: Slot },
    /// Goes to `target`.
    Jump { target: u32 },
    /// Goes to `target` if `a cond b`.
    Branch {
        cond: Cond,
        a: Slot,
        b: Slot,
        target: u32,
    },
    /// Goes to `target` if `a cond imm`.
    BranchImm {
        cond: Cond,
        a: Slot,
        imm: i32,
        target: u32,
    },
    /// Calls the function at `target`, whose `count` argument slots start at `args`.
    Call { target: u32, args: Slot, count: u16 },
    /// Calls the function whose address is in `callee`.
    CallPtr { callee: Slot, args: Slot, count: u16 },
    /// `CallPtr` from a function with variable-length arrays: the argument slots are first copied below `sp`.
    CallBelow { callee: Slot, args: Slot, count: u16 },
    /// The first instruction of a function: makes room for its frame.
    Enter { size: u32 },
    /// `acc = src`, and back to the caller.
    RetValue { src: Slot },
    /// Back to the caller.
    Ret,
    /// `dst = acc`
    GetAcc { dst: Slot },
    /// Takes `size` bytes (a slot) from the stack and puts their address into `dst`.
    Alloca { dst: Slot, size: Slot },
    /// `dst = sp`: what [`Instr::SetSp`] puts back at the end of a block with variable-length arrays.
    GetSp { dst: Slot },
    /// `sp = src`
    SetSp { src: Slot },
    /// A system call: its number and `count` arguments, at most six, lie in consecutive slots; the others are 0.
    Syscall { base: Slot, count: u8 },
    /// Copies `len` (a slot) bytes between the addresses in two slots.
    Copy { dst: Slot, src: Slot, len: Slot },
    /// The same with a constant length.
    CopyImm { dst: Slot, src: Slot, len: u32 },
    /// Fills `len` (a slot) bytes at the address in `dst` with the low byte of `byte`.
    Fill { dst: Slot, byte: Slot, len: Slot },
    /// Fills `len` bytes at the address in `dst` with zeros.
    Zero { dst: Slot, len: u32 },
    /// `dst = memory[addr]`, and `memory[addr] = dst op src`. `dst` is neither of the other slots.
    Atomic {
        op: Atomic,
        size: Size,
        dst: Slot,
        addr: Slot,
        src: Slot,
    },
    /// Of four consecutive slots, an address, an expected value and a new one: the fourth becomes what memory holds there,
    /// and if that is the expected value, memory becomes the new one.
    CompareSwap { size: Size, base: Slot },
    /// `memory[base] = ` the address of the next instruction, where [`Instr::LongJump`] will go on; `acc = 0`.
    SetJump { base: Slot },
    /// `pc`, `sp`, `fp` and `acc` become what four consecutive slots hold.
    LongJump { base: Slot },
    /// `dst = tp`
    GetTp { dst: Slot },
    /// After `clone`: the parent (`acc` is not 0) goes on; the child finds a function and its argument at `sp` and
    /// calls it, to return to [`Instr::ExitThread`].
    ChildStart,
    /// `exit(acc)` of this task alone.
    ExitThread,
    /// The first instruction of a program: lays the first frame below the arguments at `sp`.
    FirstFrame,
    /// An opcode that no processor knows.
    Invalid,
}

impl Instr {
    /// The target of a jump, branch or direct call.
    pub fn target_mut(&mut self) -> Option<&mut u32> {
        match self {
            Instr::Jump { target }
            | Instr::Branch { target, .. }
            | Instr::BranchImm { target, .. }
            | Instr::Call { target, .. } => Some(target),
            _ => None,
        }
    }
}

/// The protection of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prot {
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// May be executed.
    pub exec: bool,
}

/// A part of an image that the kernel maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// `text`, `rodata`, `data` or `bss`.
    pub name: &'static str,
    /// Where it starts, on a page boundary.
    pub vaddr: u64,
    /// How long it is in memory.
    pub memsz: u64,
    /// What its first bytes are; the others are 0. Empty for `text`, whose instructions are [`Image::text`].
    pub bytes: Vec<u8>,
    /// How it is protected.
    pub prot: Prot,
}

/// A function or object of the program, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name in C.
    pub name: String,
    /// Where it lies.
    pub addr: u64,
    /// How many bytes it takes.
    pub size: u64,
    /// Whether it is a function.
    pub is_function: bool,
}

/// A part of a frame that can be reached by an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Where its function begins.
    pub function: u64,
    /// Its bytes, counted from `fp`. The parameters behind `...` have no end.
    pub bytes: Range<i32>,
}

/// From `pc` on, up to the next entry, instructions come from this line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Address of the first instruction.
    pub pc: u64,
    /// Index into [`Image::files`].
    pub file: u32,
    /// Line in the file, counted from 1.
    pub line: u32,
}

/// A place in the source of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Line, counted from 1.
    pub line: u32,
    /// The function around it.
    pub function: &'a str,
}

/// A compiled and linked program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// The instructions, the first at [`TEXT_BASE`].
    pub text: Vec<Instr>,
    /// What the kernel maps, by ascending address.
    pub segments: Vec<Segment>,
    /// Where the program starts.
    pub entry: u64,
    /// Where the heap starts: the page after the last segment.
    pub brk_start: u64,
    /// Functions and objects by ascending address.
    pub symbols: Vec<Symbol>,
    /// The locals that lie in memory, by ascending address of their functions.
    pub locals: Vec<Local>,
    /// Names of source files.
    pub files: Vec<String>,
    /// Lines by ascending `pc`.
    pub lines: Vec<Line>,
}

impl Image {
    /// The function or object that `addr` lies in.
    pub fn symbol_at(&self, addr: u64) -> Option<&Symbol> {
        let after = self.symbols.partition_point(|s| s.addr <= addr);
        let symbol = self.symbols.get(after.checked_sub(1)?)?;
        (addr - symbol.addr < symbol.size.max(1)).then_some(symbol)
    }

    /// The function or object called `name`.
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.symbols.iter().find(|s| s.name == name)
    }

    /// The locals of the function at `addr` that lie in memory.
    pub fn locals_of(&self, addr: u64) -> &[Local] {
        let start = self.locals.partition_point(|local| local.function < addr);
        let end = self.locals.partition_point(|local| local.function <= addr);
        self.locals.get(start..end).unwrap_or(&[])
    }

    /// Where in the source the instruction at `pc` comes from.
    pub fn place(&self, pc: u64) -> Option<Place<'_>> {
        let after = self.lines.partition_point(|l| l.pc <= pc);
        let line = self.lines.get(after.checked_sub(1)?)?;
        let function = self.symbol_at(pc).filter(|s| s.is_function)?;
        let file = self.files.get(usize::try_from(line.file).ok()?)?;
        Some(Place {
            file,
            line: line.line,
            function: &function.name,
        })
    }
}

/// Which instruction lies at an address; none where none can.
#[inline]
pub fn text_index(pc: u64) -> Option<usize> {
    let distance = pc.wrapping_sub(TEXT_BASE);
    let index = usize::try_from(distance / INSTR_BYTES).ok()?;
    distance.is_multiple_of(INSTR_BYTES).then_some(index)
}

/// The address of the instruction with this index.
pub const fn text_address(index: u32) -> u64 {
    TEXT_BASE + index as u64 * INSTR_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_takes_sixteen_bytes() {
        assert!(size_of::<Instr>() <= 16, "{}", size_of::<Instr>());
    }
}
