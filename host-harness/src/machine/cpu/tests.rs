#![allow(clippy::unwrap_used)]

use super::*;
use crate::isa::{Alu, Cond};

/// Memory without pages: one stretch from [`FlatBus::BASE`] on.
struct FlatBus {
    bytes: Vec<u8>,
}

impl FlatBus {
    const BASE: u64 = 0x7000_0000;

    fn new() -> FlatBus {
        FlatBus {
            bytes: vec![0; 65536],
        }
    }

    fn index(&self, addr: u64, len: u64, access: Access) -> Result<usize, Fault> {
        let start = addr.wrapping_sub(Self::BASE);
        let fits = start
            .checked_add(len)
            .is_some_and(|end| end <= self.bytes.len() as u64);
        if fits {
            Ok(start as usize)
        } else {
            Err(Fault { addr, access })
        }
    }
}

impl Bus for FlatBus {
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        let at = self.index(addr, size.bytes(), Access::Read)?;
        let mut word = [0; 8];
        let len = size.bytes() as usize;
        word[..len].copy_from_slice(&self.bytes[at..at + len]);
        Ok(u64::from_le_bytes(word))
    }

    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        let at = self.index(addr, size.bytes(), Access::Write)?;
        let len = size.bytes() as usize;
        self.bytes[at..at + len].copy_from_slice(&value.to_le_bytes()[..len]);
        Ok(())
    }

    fn copy(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Fault> {
        let from = self.index(src, len, Access::Read)?;
        let to = self.index(dst, len, Access::Write)?;
        self.bytes.copy_within(from..from + len as usize, to);
        Ok(())
    }

    fn fill(&mut self, dst: u64, byte: u8, len: u64) -> Result<(), Fault> {
        let to = self.index(dst, len, Access::Write)?;
        self.bytes[to..to + len as usize].fill(byte);
        Ok(())
    }
}

fn image(text: &[Instr]) -> Image {
    Image {
        text: text.to_vec(),
        entry: TEXT_BASE,
        ..Image::default()
    }
}

fn start() -> Regs {
    Regs {
        pc: TEXT_BASE,
        sp: FlatBus::BASE + 0x8000,
        fp: FlatBus::BASE + 0x8000,
        acc: 0,
        tp: 0,
    }
}

#[test]
fn a_loop_counts_and_stops_when_its_fuel_is_used_up() {
    let program = image(&[
        Instr::Imm { dst: -8, value: 0 },
        Instr::AluImm {
            op: Alu::Add32,
            dst: -8,
            a: -8,
            imm: 1,
        },
        Instr::BranchImm {
            cond: Cond::Lt,
            a: -8,
            imm: 10,
            target: 1,
        },
        Instr::Invalid,
    ]);
    let (mut regs, mut bus, mut fuel) = (start(), FlatBus::new(), 1000);
    assert_eq!(run(&program, &mut regs, &mut bus, &mut fuel), Trap::InvalidOpcode);
    assert_eq!(fuel, 1000 - 21);
    assert_eq!(bus.load(regs.fp - 8, Size::B8), Ok(10));

    let (mut regs, mut fuel) = (start(), 5);
    assert_eq!(run(&program, &mut regs, &mut bus, &mut fuel), Trap::OutOfFuel);
    assert_eq!((fuel, regs.pc), (0, TEXT_BASE + 16));
}

#[test]
fn a_call_comes_back_with_the_frame_of_its_caller() {
    let program = image(&[
        Instr::Enter { size: 64 },
        Instr::Imm { dst: -16, value: 20 },
        Instr::Call {
            target: 5,
            args: -16,
            count: 1,
        },
        Instr::GetAcc { dst: -8 },
        Instr::Invalid,
        Instr::Enter { size: 32 },
        Instr::AluImm {
            op: Alu::Mul32,
            dst: -8,
            a: 24,
            imm: 2,
        },
        Instr::RetValue { src: -8 },
    ]);
    let (mut regs, mut bus, mut fuel) = (start(), FlatBus::new(), 100);
    let fp = regs.fp;
    assert_eq!(run(&program, &mut regs, &mut bus, &mut fuel), Trap::InvalidOpcode);
    assert_eq!((regs.fp, regs.sp), (fp, fp - 64));
    assert_eq!(bus.load(fp - 8, Size::B8), Ok(40));
}

#[test]
fn a_fault_leaves_the_registers_as_they_were() {
    let program = image(&[Instr::LoadAbs {
        mem: Mem::I32,
        dst: -8,
        addr: 0,
    }]);
    let (mut regs, mut bus) = (start(), FlatBus::new());
    let trap = step(&program, &mut regs, &mut bus);
    assert_eq!(
        trap,
        Err(Trap::Fault(Fault {
            addr: 0,
            access: Access::Read
        }))
    );
    assert_eq!(regs, start());
}

#[test]
fn a_system_call_reads_seven_slots_and_leaves_pc_behind_itself() {
    let program = image(&[Instr::Syscall { base: -56, count: 6 }]);
    let (mut regs, mut bus) = (start(), FlatBus::new());
    for i in 0..7 {
        bus.store(regs.fp - 56 + 8 * i, Size::B8, 100 + i).unwrap();
    }
    let trap = step(&program, &mut regs, &mut bus);
    assert_eq!(
        trap,
        Err(Trap::Syscall {
            nr: 100,
            args: [101, 102, 103, 104, 105, 106]
        })
    );
    assert_eq!(regs.pc, TEXT_BASE + 16);
}

#[test]
fn a_child_of_clone_calls_the_function_on_its_stack_and_its_return_ends_it() {
    let program = image(&[
        Instr::ExitThread,
        Instr::ChildStart,
        Instr::Invalid,
        Instr::Enter { size: 16 },
        Instr::RetValue { src: 24 },
    ]);
    let mut bus = FlatBus::new();
    let top = FlatBus::BASE + 0x4000;
    bus.store(top - 16, Size::B8, text_address(3)).unwrap();
    bus.store(top - 8, Size::B8, 77).unwrap();
    let mut parent = Regs {
        pc: text_address(1),
        acc: 5,
        ..start()
    };
    assert_eq!(step(&program, &mut parent, &mut bus), Ok(()));
    assert_eq!(parent.pc, text_address(2));

    let mut child = Regs {
        pc: text_address(1),
        acc: 0,
        sp: top - 16,
        ..start()
    };
    let trap = run(&program, &mut child, &mut bus, &mut 10);
    assert_eq!(
        trap,
        Trap::Syscall {
            nr: 60,
            args: [77, 0, 0, 0, 0, 0]
        }
    );
}

#[test]
fn a_jump_outside_the_text_is_a_fetch_trap() {
    let program = image(&[Instr::Ret]);
    for pc in [0, TEXT_BASE + 8, TEXT_BASE + 16, u64::MAX] {
        let mut regs = Regs { pc, ..start() };
        assert_eq!(
            step(&program, &mut regs, &mut FlatBus::new()),
            Err(Trap::Fetch(pc))
        );
    }
}

#[test]
fn division_by_zero_and_the_quotient_that_does_not_fit_trap() {
    for (op, a, b) in [
        (Alu::Div32, 1_i64, 0_i64),
        (Alu::Rem32, 1, 0),
        (Alu::DivU64, 1, 0),
        (Alu::Div32, i64::from(i32::MIN), -1),
        (Alu::Rem64, i64::MIN, -1),
    ] {
        assert_eq!(
            arith::alu(op, a.cast_unsigned(), b.cast_unsigned()),
            Err(Trap::DivideError)
        );
    }
}

/// Each is one step, and a compare that fails leaves memory as it was.
#[test]
fn an_atomic_change_is_one_instruction() {
    let word = FlatBus::BASE + 0x100;
    let program = image(&[
        Instr::Atomic {
            op: crate::isa::Atomic::Add,
            size: Size::B4,
            dst: -8,
            addr: -16,
            src: -24,
        },
        Instr::CompareSwap {
            size: Size::B4,
            base: -56,
        },
        Instr::CompareSwap {
            size: Size::B4,
            base: -56,
        },
    ]);
    let (mut regs, mut bus) = (start(), FlatBus::new());
    let slot = |distance: i64| (FlatBus::BASE + 0x8000).wrapping_add_signed(distance);
    // The expected value is an int, sign-extended.
    let minus_one = u64::MAX;
    for (at, value) in [
        (slot(-16), word),
        (slot(-24), 4),
        (slot(-56), word),
        (slot(-48), minus_one),
        (slot(-40), 7),
    ] {
        bus.store(at, Size::B8, value).unwrap();
    }
    bus.store(word, Size::B8, 0x1_ffff_fffb).unwrap();
    step(&program, &mut regs, &mut bus).unwrap();
    assert_eq!(bus.load(slot(-8), Size::B8), Ok(0xffff_fffb), "what it held");
    assert_eq!(bus.load(word, Size::B8), Ok(0x1_ffff_ffff), "four bytes");
    step(&program, &mut regs, &mut bus).unwrap();
    assert_eq!(bus.load(word, Size::B8), Ok(0x1_0000_0007));
    step(&program, &mut regs, &mut bus).unwrap();
    assert_eq!(bus.load(word, Size::B8), Ok(0x1_0000_0007));
    assert_eq!(bus.load(slot(-32), Size::B8), Ok(7));
}

/// What does not fit leaves memory as it is, at every width.
#[test]
fn a_checked_change_that_does_not_fit_changes_nothing() {
    use super::arith::atomic;
    use crate::isa::Atomic::{CheckedAdd, CheckedSub};
    for (size, most) in [
        (Size::B1, 0xff),
        (Size::B2, 0xffff),
        (Size::B4, 0xffff_ffff),
        (Size::B8, u64::MAX),
    ] {
        assert_eq!(atomic(CheckedAdd, size, most - 2, 2), most);
        assert_eq!(atomic(CheckedAdd, size, most - 1, 2), most - 1);
        assert_eq!(atomic(CheckedSub, size, 2, 2), 0);
        assert_eq!(atomic(CheckedSub, size, 1, 2), 1);
        assert_eq!(
            atomic(CheckedSub, size, most, u64::MAX),
            0,
            "only the bytes of the size count"
        );
    }
}
