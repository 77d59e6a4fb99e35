//! The number of a position, by which it is known again.

use std::hash::Hash;

use kernel_model::abi::ids::Pid;
use kernel_model::kernel::{Detail, Lanes};

use super::footprint::Object;
use super::position::{Lore, Position};

const SEED: u64 = 1;

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
        // What has no place in an order is added up.
        let mut sum = kernels;
        let mut add = |part: &dyn Fn(&mut Lanes)| {
            let mut own = Lanes::new(SEED);
            part(&mut own);
            sum = sum.wrapping_add(own.value());
        };
        let init = kernel.find(Pid::INIT).map(|init| (Pid::INIT, init));
        for (pid, task) in self.live().chain(init) {
            add(&|own| (pid, kernel.thread(task)).hash(own));
        }
        for birth in self.births.iter() {
            add(&|own| birth.hash(own));
        }
        add(&|own| (self.main, self.end).hash(own));
        if lore.contention.is_contended(Object::Now) {
            add(&|own| kernel.now().hash(own));
        }
        sum
    }
}
