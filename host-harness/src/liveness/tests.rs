#![allow(clippy::single_range_in_vec_init, reason = "ranges are what is live")]

use super::*;
use crate::isa::{Alu, Cond, Local, Symbol, TEXT_BASE, text_address};

/// A program of one function, which takes these bytes of its frame for locals in memory.
fn program(code: &[Instr], locals: &[Range<i32>]) -> Image {
    Image {
        text: code.to_vec(),
        symbols: vec![Symbol {
            name: "f".to_owned(),
            addr: TEXT_BASE,
            size: u64::try_from(code.len()).unwrap() * crate::isa::INSTR_BYTES,
            is_function: true,
        }],
        locals: locals
            .iter()
            .map(|bytes| Local {
                function: TEXT_BASE,
                bytes: bytes.clone(),
            })
            .collect(),
        ..Image::default()
    }
}

fn live(image: &Image, at: u32) -> Option<(Vec<Range<i32>>, bool)> {
    let mut liveness = Liveness::default();
    let live = liveness.at(image, text_address(at))?;
    Some((live.bytes.clone(), live.acc))
}

const ENTER: Instr = Instr::Enter { size: 64 };

#[test]
fn a_slot_is_live_from_its_store_to_its_last_load() {
    let image = program(
        &[
            ENTER,
            Instr::Imm { dst: -8, value: 1 },
            Instr::AluImm {
                op: Alu::Add64,
                dst: -16,
                a: -8,
                imm: 1,
            },
            Instr::RetValue { src: -16 },
        ],
        &[],
    );
    let here = |at| live(&image, at).unwrap();
    assert_eq!(here(0), (vec![], false));
    assert_eq!(here(1), (vec![], false));
    assert_eq!(here(2), (vec![-8..0], false));
    assert_eq!(here(3), (vec![-16..-8], false));
}

#[test]
fn what_the_next_round_of_a_loop_reads_is_live() {
    let image = program(
        &[
            ENTER,
            Instr::Imm { dst: -8, value: 0 },
            Instr::Imm { dst: -16, value: 7 },
            Instr::AluImm {
                op: Alu::Add64,
                dst: -8,
                a: -8,
                imm: 1,
            },
            Instr::BranchImm {
                cond: Cond::Lt,
                a: -8,
                imm: 10,
                target: 2,
            },
            Instr::Ret,
        ],
        &[],
    );
    // -16 is written anew in every round and never read.
    assert_eq!(live(&image, 4).unwrap(), (vec![-8..0], true));
    assert_eq!(live(&image, 2).unwrap().0, [-8..0]);
    assert_eq!(live(&image, 5).unwrap(), (vec![], true));
}

#[test]
fn an_object_is_live_once_its_address_is_out() {
    let image = program(
        &[
            ENTER,
            Instr::StoreFrame {
                size: Size::B8,
                src: -8,
                offset: -24,
            },
            Instr::Lea {
                dst: -16,
                offset: -24,
            },
            Instr::StoreAbs {
                size: Size::B8,
                src: -16,
                addr: 0x40_0000,
            },
            Instr::Ret,
        ],
        &[-24..-16],
    );
    // The store covers all of it: what lay there before, nobody reads.
    assert_eq!(live(&image, 1).unwrap().0, [-8..0]);
    assert_eq!(live(&image, 2).unwrap().0, [-24..-16]);
    assert_eq!(live(&image, 4).unwrap().0, [-24..-16]);
}

#[test]
fn a_call_reads_its_arguments_and_writes_acc() {
    let call = Instr::Call {
        target: 0,
        args: -24,
        count: 2,
    };
    let image = program(
        &[
            ENTER,
            call,
            Instr::GetAcc { dst: -8 },
            Instr::RetValue { src: -8 },
        ],
        &[],
    );
    assert_eq!(live(&image, 1).unwrap(), (vec![-24..-8], false));
    assert_eq!(live(&image, 2).unwrap(), (vec![], true));
    assert_eq!(arguments_before(&image, text_address(2)), Some(2));
    assert_eq!(arguments_before(&image, text_address(3)), None);
    assert_eq!(arguments_before(&image, TEXT_BASE), None);
}

#[test]
fn a_system_call_may_be_made_again() {
    let image = program(
        &[
            ENTER,
            Instr::Syscall { base: -24, count: 1 },
            Instr::GetAcc { dst: -8 },
            Instr::RetValue { src: -8 },
        ],
        &[],
    );
    assert_eq!(live(&image, 2).unwrap(), (vec![-24..-8], true));
    assert_eq!(live(&image, 3).unwrap().0, [-8..0]);
}

#[test]
fn where_it_cannot_be_told_there_is_no_answer() {
    let jumps = program(&[ENTER, Instr::SetJump { base: -8 }, Instr::Ret], &[]);
    assert_eq!(live(&jumps, 1), None, "others come back into it");
    let lost = program(&[ENTER, Instr::Lea { dst: -8, offset: -40 }, Instr::Ret], &[]);
    assert_eq!(live(&lost, 1), None, "an address of nothing that is known");
    let other = program(&[Instr::FirstFrame, Instr::Invalid], &[]);
    assert_eq!(live(&other, 0), None, "no function");
    assert_eq!(live(&jumps, 3), None, "behind its end");
}
