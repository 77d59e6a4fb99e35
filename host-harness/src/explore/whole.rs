//! Whole states, for who does not want to trust a hash (`--exact`): what a position is known by stands for all that its
//! future hangs on, and for nothing else.
//!
//! A state is kept as its parts, and each different part once: a step changes two or three of them. Bytes of memory are
//! kept in the same way.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use kernel_model::kernel::{Parts, What};

use crate::machine::hash::Map;

/// Different things of a kind, each with a number.
#[derive(Debug)]
struct Different<T>(Map<Box<[T]>, u64>);

impl<T> Default for Different<T> {
    fn default() -> Self {
        Different(Map::default())
    }
}

impl<T: Hash + Eq> Different<T> {
    fn number(&mut self, thing: Vec<T>) -> u64 {
        if let Some(number) = self.0.get(thing.as_slice()) {
            return *number;
        }
        let number = self.0.len() as u64;
        self.0.insert(thing.into_boxed_slice(), number);
        number
    }
}

/// All states that were met.
#[derive(Debug, Default)]
pub(super) struct Whole {
    states: Different<u64>,
    parts: Different<u64>,
    bytes: RefCell<Different<u8>>,
}

impl Whole {
    /// The number of these bytes.
    pub(super) fn of_bytes(&self, bytes: Vec<u8>) -> u64 {
        self.bytes.borrow_mut().number(bytes)
    }

    /// The number of the state that consists of these parts.
    pub(super) fn of_state(&mut self, taken: TakenDown) -> u64 {
        let parts = taken.0.into_iter().map(|part| self.parts.number(part));
        let mut state: Vec<u64> = parts.collect();
        state.sort_unstable();
        self.states.number(state)
    }
}

/// The parts of a state.
#[derive(Debug, Default)]
pub(super) struct TakenDown(Vec<Vec<u64>>);

impl Parts for TakenDown {
    type Part = Words;

    fn begin(&mut self, _: What) -> Option<Words> {
        Some(Words::default())
    }

    fn end(&mut self, _: What, part: Words) {
        self.0.push(part.0);
    }
}

/// A part, word by word.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<u64>);

impl Hasher for Words {
    /// Nobody asks: the words are what is kept.
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.push(bytes.len() as u64);
        self.0.extend(bytes.iter().map(|byte| u64::from(*byte)));
    }

    fn write_u8(&mut self, number: u8) {
        self.0.push(u64::from(number));
    }

    fn write_u16(&mut self, number: u16) {
        self.0.push(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.0.push(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0.push(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.0.push(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(whole: &mut Whole, parts: &[&[u64]]) -> u64 {
        let mut taken = TakenDown::default();
        for words in parts {
            let mut part = taken.begin(What::Other).unwrap();
            words.iter().for_each(|word| part.write_u64(*word));
            taken.end(What::Other, part);
        }
        whole.of_state(taken)
    }

    #[test]
    fn a_state_is_its_parts_in_any_order_and_each_as_often() {
        let whole = &mut Whole::default();
        let first = state(whole, &[&[1, 2], &[3]]);
        assert_eq!(state(whole, &[&[3], &[1, 2]]), first);
        let others: [&[&[u64]]; 4] = [
            &[&[1], &[2, 3]],
            &[&[1, 2], &[3], &[3]],
            &[&[1, 2]],
            &[&[2, 1], &[3]],
        ];
        for other in others {
            assert_ne!(state(whole, other), first, "{other:?}");
        }
    }

    #[test]
    fn words_are_kept_and_not_mixed() {
        let mut words = Words::default();
        (7u8, -1i32, [1u8, 2], Some(9u16)).hash(&mut words);
        // Of the bytes how many, once by the row and once by itself; of the option that there is one.
        assert_eq!(words.0, [7, 0xffff_ffff, 2, 2, 1, 2, 1, 9]);
    }
}
