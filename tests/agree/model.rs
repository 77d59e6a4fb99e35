//! A program on the model, under several legal schedules.

use std::fmt;

use host_harness::c;
use host_harness::run::{Ending, RunOptions, run_source};

use crate::corpus::{Answer, Program};

/// Instructions after which a program is taken for a runaway: the corpus needs a tenth of that.
const MAX_STEPS: u64 = 400_000_000;

/// What may not change what these programs print.
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    pub(crate) seed: u64,
    pub(crate) cpus: u8,
}

/// The schedules every program is run under.
pub(crate) const SCHEDULES: &[Schedule] = &[
    Schedule { seed: 0, cpus: 1 },
    Schedule { seed: 1, cpus: 1 },
    Schedule { seed: 2, cpus: 1 },
    Schedule { seed: 0, cpus: 2 },
    Schedule { seed: 3, cpus: 4 },
];

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the model, seed {}, {} CPU", self.seed, self.cpus)
    }
}

/// Runs the program on the model.
pub(crate) fn run(program: &Program, schedule: Schedule) -> Result<Answer, String> {
    let options = RunOptions {
        seed: schedule.seed,
        cpus: schedule.cpus,
        max_steps: MAX_STEPS,
        ..RunOptions::default()
    };
    let file = format!("{}.c", program.name.rsplit('/').next().unwrap_or_default());
    let finished = run_source(&file, &program.source, &program.args, &program.stdin, &options).map_err(
        |diagnostics| {
            diagnostics
                .iter()
                .map(|d| c::render(d, false))
                .collect::<String>()
        },
    )?;
    let answer = Answer {
        stdout: finished.stdout,
        stderr: finished.stderr,
        status: finished.status,
    };
    match finished.ending {
        Ending::Done => Ok(answer),
        Ending::Hung(left) | Ending::RanAway(left) if left.is_empty() => Ok(answer),
        Ending::Hung(left) => Err(format!(
            "hangs: {left:#?}\nstdout so far:\n{}",
            text(&answer.stdout)
        )),
        Ending::RanAway(left) => Err(format!(
            "never ends: {left:#?}\nstdout so far:\n{}",
            text(&answer.stdout)
        )),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
