//! `audit()`: recomputes from scratch what the tables say, and names the first rule that does not hold.
//!
//! The numbers are those of `docs/invariants.md`.

mod files;
mod memory;
mod sleep;
mod tasks;

use core::fmt;

use super::Kernel;
use super::storage::Storage;
use crate::abi::ids::TaskRef;
use crate::world::WorldView;

/// A rule that does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The rule's number.
    pub rule: u8,
    /// What was found.
    pub found: &'static str,
    /// The pid of the task where it was found, or another number that tells where.
    pub at: u64,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {}: {} (at {})", self.rule, self.found, self.at)
    }
}

impl core::error::Error for Violation {}

type Audit = Result<(), Violation>;

fn require(holds: bool, rule: u8, found: &'static str, at: u64) -> Audit {
    if holds {
        Ok(())
    } else {
        Err(Violation { rule, found, at })
    }
}

/// Compares two multisets of numbers without memory: each number is added under a mixed 64-bit weight on one side and
/// taken away on the other. What is left is zero if they agree; if they differ, with a probability of one in 2^64.
#[derive(Default)]
struct Tally(u64);

impl Tally {
    fn weight(key: u64) -> u64 {
        let mut x = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    fn found(&mut self, key: u32) {
        self.0 = self.0.wrapping_add(Self::weight(u64::from(key)));
    }

    fn counted(&mut self, key: u32, times: u32) {
        self.0 = self
            .0
            .wrapping_sub(Self::weight(u64::from(key)).wrapping_mul(u64::from(times)));
    }

    fn agrees(&self) -> bool {
        self.0 == 0
    }
}

impl<S: Storage> Kernel<S> {
    /// Checks every invariant. It reads all tables, so it is for tests and for a port's first days.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn audit(&self) -> Result<(), Violation> {
        let w = self.view();
        RULES.iter().try_for_each(|rules| rules(w))?;
        files::pipes(w, self.console_input.is_some())
    }
}

/// In this order. Called from one place, none becomes part of it: their frames would add up.
const RULES: [fn(WorldView<'_>) -> Audit; 14] = [
    tasks::tasks,
    tasks::parents,
    tasks::threads,
    tasks::numbers,
    tasks::states,
    sleep::queues,
    sleep::signals,
    sleep::sleepers,
    sleep::timers,
    memory::mms,
    memory::frames,
    memory::tables,
    files::files,
    files::tty,
];

fn pid_of(w: WorldView<'_>, task: TaskRef) -> u64 {
    w.tasks.get(task).map_or(u64::MAX, |t| u64::from(t.pid.0))
}
