//! A program on the model, under several legal schedules.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use host_harness::c::{self, SourceFile};
use host_harness::run::{Ending, Keys, LoadError, Loaded, RunOptions, load, run_loaded};

use kernel_model::kernel::Console;

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
const SCHEDULES: &[Schedule] = &[
    Schedule { seed: 0, cpus: 1 },
    Schedule { seed: 1, cpus: 1 },
    Schedule { seed: 2, cpus: 1 },
    Schedule { seed: 0, cpus: 2 },
    Schedule { seed: 3, cpus: 4 },
];

/// Those, and as many more as `KTM_SEEDS` asks for.
pub(crate) fn schedules() -> Vec<Schedule> {
    let more = std::env::var("KTM_SEEDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0_u64);
    let more = (4..4 + more).zip([1, 2, 3, 4, 8].into_iter().cycle());
    SCHEDULES
        .iter()
        .copied()
        .chain(more.map(|(seed, cpus)| Schedule { seed, cpus }))
        .collect()
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the model, seed {}, {} CPU", self.seed, self.cpus)
    }
}

/// A program on the model: compiled once for each number of processors, run from a copy.
pub(crate) struct Model<'p> {
    program: &'p Program,
    loaded: BTreeMap<u8, Loaded>,
}

impl<'p> Model<'p> {
    pub(crate) fn new(program: &'p Program) -> Model<'p> {
        Model {
            program,
            loaded: BTreeMap::new(),
        }
    }

    pub(crate) fn run(&mut self, schedule: Schedule) -> Result<Answer, String> {
        let options = RunOptions {
            seed: schedule.seed,
            cpus: schedule.cpus,
            max_steps: MAX_STEPS,
            ..RunOptions::default()
        };
        let (console, keys) = terminal(self.program);
        let options = RunOptions {
            console,
            keys,
            ..options
        };
        let loaded = match self.loaded.entry(schedule.cpus) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(free) => free.insert(load_program(self.program, &options)?),
        };
        let finished = run_loaded(loaded.clone(), &self.program.stdin, &options);
        let answer = Answer {
            stdout: finished.stdout,
            stderr: finished.stderr,
            status: finished.status,
        };
        let (how, left) = match finished.ending {
            Ending::Done => return Ok(answer),
            Ending::Hung(left) => ("hangs", left),
            Ending::RanAway(left) => ("never ends", left),
            Ending::Misfit(step, why) => return Err(format!("no steps were given, but step {step}: {why}")),
        };
        Err(format!(
            "{how}: {left:#?}\nstdout so far:\n{}",
            String::from_utf8_lossy(&answer.stdout)
        ))
    }
}

/// The terminal that the program runs at, if it does.
fn terminal(program: &Program) -> (Console, Option<Keys>) {
    let tty = program.keys.is_some();
    let console = Console {
        stdin_tty: tty,
        stdout_tty: tty,
        stderr_tty: tty,
    };
    (console, program.keys.clone())
}

fn load_program(program: &Program, options: &RunOptions) -> Result<Loaded, String> {
    let name = format!("{}.c", program.name.rsplit('/').next().unwrap_or_default());
    let source = SourceFile {
        name,
        text: program.source.clone(),
    };
    load(&source, &program.args, options).map_err(|error| match error {
        LoadError::Source(diagnostics) => diagnostics.iter().map(|d| c::render(d, false)).collect(),
        LoadError::Limits(message) => message,
    })
}
