//! What a memory tells of itself is so: which frames are others, and a number for each.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

const FRAMES: u32 = 6;

/// What happens to a memory.
#[derive(Clone, Debug)]
enum Op {
    Write { at: PhysAddr, byte: u8 },
    Zero(FrameNo),
    Copy { from: FrameNo, to: FrameNo },
    LendAndWrite { frame: FrameNo, byte: u8 },
    Freeze,
    Forget,
    Keep,
    GoBack,
}

fn frames() -> impl Strategy<Value = FrameNo> {
    (0..FRAMES).prop_map(FrameNo)
}

fn op() -> impl Strategy<Value = Op> {
    let byte = || 0u8..3;
    prop_oneof![
        (frames(), 0u16..4096, byte()).prop_map(|(frame, offset, byte)| Op::Write {
            at: PhysAddr { frame, offset },
            byte,
        }),
        frames().prop_map(Op::Zero),
        (frames(), frames()).prop_map(|(from, to)| Op::Copy { from, to }),
        (frames(), byte()).prop_map(|(frame, byte)| Op::LendAndWrite { frame, byte }),
        Just(Op::Freeze),
        Just(Op::Forget),
        Just(Op::Keep),
        Just(Op::GoBack),
    ]
}

fn all(memory: &Memory) -> Vec<[u8; FRAME]> {
    (0..FRAMES).map(|frame| *memory.frame(FrameNo(frame))).collect()
}

/// A memory, and what lay in it when its changes were forgotten last.
#[derive(Clone)]
struct Watched {
    memory: Memory,
    before: Vec<[u8; FRAME]>,
}

impl Watched {
    fn make(&mut self, op: &Op, programs: &Programs) {
        let memory = &mut self.memory;
        match *op {
            Op::Write { at, byte } => memory.write(at, &[byte]),
            Op::Zero(frame) => memory.apply(&Effect::ZeroFrame { frame }, programs),
            Op::Copy { from, to } => memory.apply(&Effect::CopyFrame { from, to }, programs),
            Op::LendAndWrite { frame, byte } => {
                let mut bytes = memory.lend(frame).unwrap();
                bytes[7] = byte;
                memory.give_back(frame, bytes);
            }
            Op::Freeze => memory.freeze(),
            // It is asked for of frozen memory.
            Op::Forget => {
                memory.freeze();
                memory.forget_changes();
                self.before = all(memory);
            }
            Op::Keep | Op::GoBack => {}
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let mut frozen = self.memory.clone();
        frozen.freeze();
        let now = all(&frozen);
        for (frame, (was, is)) in (0..).map(FrameNo).zip(self.before.iter().zip(&now)) {
            let mut only = FrameSet::default();
            only.add(frame);
            let told = frozen.changes().meets(&only);
            prop_assert!(told || was == is, "frame {frame:?} has changed");
            let number = frozen.number(frame, WHOLE);
            prop_assert_eq!(number, super::number(is), "the number of its bytes");
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_frame_that_has_changed_is_told(ops in proptest::collection::vec(op(), 0..40)) {
        let programs = Programs::default();
        let mut watched = Watched {
            memory: Memory::new(FRAMES as usize),
            before: vec![ZEROES; FRAMES as usize],
        };
        let mut kept = watched.clone();
        for op in ops {
            match op {
                Op::Keep => kept = watched.clone(),
                Op::GoBack => {
                    watched.memory.clone_from(&kept.memory);
                    watched.before.clone_from(&kept.before);
                }
                _ => watched.make(&op, &programs),
            }
            watched.check()?;
        }
    }
}
