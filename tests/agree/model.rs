//! A program on the model, under several legal schedules.

use std::fmt;

use crate::corpus::{Answer, Program};

/// What may not change what these programs print.
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    pub(crate) seed: u64,
    pub(crate) cpus: usize,
}

/// The schedules every program is run under.
pub(crate) const SCHEDULES: &[Schedule] = &[
    Schedule { seed: 0, cpus: 1 },
    Schedule { seed: 1, cpus: 1 },
    Schedule { seed: 2, cpus: 1 },
    Schedule { seed: 0, cpus: 2 },
    Schedule { seed: 0, cpus: 4 },
];

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the model, seed {}, {} CPU", self.seed, self.cpus)
    }
}

/// Runs the program on the model. None while there is no model.
pub(crate) fn run(_program: &Program, _schedule: Schedule) -> Option<Result<Answer, String>> {
    None
}
