//! A hash of 128 bits, for the number of a state.

use core::hash::Hasher;

/// A hash of 128 bits, in two lanes of 64. It is fast and mixes well; it does not withstand who wants it to collide.
#[derive(Clone, Copy, Debug)]
pub struct Lanes(u64, u64);

const A: u64 = 0x9e37_79b9_7f4a_7c15;
const B: u64 = 0xc2b2_ae3d_27d4_eb4f;
const C: u64 = 0xd6e8_feb8_6659_fd93;
const D: u64 = 0xa076_1d64_78bd_642f;

/// Both halves of the product, folded: every bit of `x` reaches every bit of the result.
#[inline]
const fn fold(x: u64, by: u64) -> u64 {
    let product = x as u128 * by as u128;
    product as u64 ^ (product >> 64) as u64
}

impl Lanes {
    /// Nothing was added yet. Different seeds give different hashes of the same.
    #[must_use]
    pub const fn new(seed: u64) -> Lanes {
        Lanes(seed ^ A, seed.wrapping_mul(B))
    }

    /// Adds a word.
    #[inline]
    pub fn word(&mut self, word: u64) {
        // The second lane takes what the first was before, so that neither product waits for the other.
        let before = self.0;
        self.0 = fold(before ^ word, C).wrapping_add(A);
        self.1 = fold(self.1.wrapping_add(word) ^ B, D).wrapping_add(before);
    }

    /// The hash of all that was added, in this order.
    #[must_use]
    pub const fn value(self) -> u128 {
        (self.0 as u128) << 64 | self.1 as u128
    }
}

impl Default for Lanes {
    fn default() -> Lanes {
        Lanes::new(0)
    }
}

impl Hasher for Lanes {
    fn finish(&self) -> u64 {
        self.0 ^ self.1.rotate_left(32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let rest = rest.iter().rev();
            self.word(rest.fold(1, |word, byte| word << 8 | u64::from(*byte)));
        }
    }

    // A number is a word, whatever its width: what is hashed has the same types in the same order each time.
    fn write_u8(&mut self, number: u8) {
        self.word(u64::from(number));
    }

    fn write_u16(&mut self, number: u16) {
        self.word(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.word(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.word(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.word(number as u64);
    }

    fn write_i32(&mut self, number: i32) {
        self.word(u64::from(number.cast_unsigned()));
    }

    fn write_isize(&mut self, number: isize) {
        self.word((number as i64).cast_unsigned());
    }
}

pub(super) fn label(parts: [u64; 3]) -> u64 {
    let mut lanes = Lanes::new(7);
    parts.into_iter().for_each(|part| lanes.word(part));
    lanes.finish()
}
