//! The number of a position, by which it is known again.

use std::hash::{Hash, Hasher};

use kernel_model::abi::ids::Pid;
use kernel_model::kernel::Detail;

use super::footprint::Object;
use super::position::{Lore, Position};

impl Position {
    /// The number of the position. Positions with the same number have the same future.
    pub(super) fn number(&mut self, lore: &Lore, scratch: &mut Vec<u64>) -> u128 {
        self.machine.freeze();
        let (kernel, memory) = (self.machine.kernel(), self.machine.memory());
        scratch.resize(kernel.fingerprint_words().max(scratch.len()), 0);
        let contents = |frame, range| memory.number(frame, range);
        let kernels = kernel
            .fingerprint(Detail::Course, &contents, scratch)
            .unwrap_or(0);
        let mut lanes = Lanes::default();
        for (pid, task) in self
            .live()
            .chain(kernel.find(Pid::INIT).map(|init| (Pid::INIT, init)))
        {
            let mut own = Lanes::default();
            (pid, kernel.thread(task)).hash(&mut own);
            lanes.add(&own);
        }
        for birth in self.births.iter() {
            let mut own = Lanes::default();
            birth.hash(&mut own);
            lanes.add(&own);
        }
        (self.main, self.end).hash(&mut lanes);
        if lore.contention.is_contended(Object::Now) {
            kernel.now().hash(&mut lanes);
        }
        kernels ^ lanes.value()
    }
}

/// A hash of 128 bits.
#[derive(Clone, Copy, Default)]
struct Lanes(u64, u64);

impl Lanes {
    fn word(&mut self, word: u64) {
        let mix = |mut x: u64| {
            x = (x ^ x >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
            x = (x ^ x >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
            x ^ x >> 32
        };
        self.0 = mix(self.0 ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.1 = mix(self.1.wrapping_add(word).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)).wrapping_add(1);
    }

    /// Adds what has no place in an order.
    fn add(&mut self, other: &Lanes) {
        self.0 = self.0.wrapping_add(other.0);
        self.1 = self.1.wrapping_add(other.1);
    }

    fn value(self) -> u128 {
        u128::from(self.0) << 64 | u128::from(self.1)
    }
}

impl Hasher for Lanes {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            self.word(
                chunk
                    .iter()
                    .rev()
                    .fold(1, |word, byte| word << 8 | u64::from(*byte)),
            );
        }
    }
}
