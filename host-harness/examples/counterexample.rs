//! A kernel with a planted bug, and the shortest program on which it differs from Linux.

use host_harness::oracle::check::{Options, Verdict, check};
use host_harness::oracle::generate::program;
use host_harness::oracle::shrink::shrink;
use host_harness::oracle::system::{Command, Lost, Out, Outcome, Returned, Snapshot, System};
use host_harness::oracle::{model::Model, program::Program, tally::Tally};
use std::collections::BTreeMap;

/// Yours. Here it is the model, but its wait4 forgets to shift the exit code.
struct Mine(Model);

impl System for Mine {
    fn boot(&mut self) -> Result<(), Lost> {
        self.0.boot()
    }
    fn step(&mut self, task: u32, command: Command) -> Result<Outcome, Lost> {
        let mut outcome = self.0.step(task, command)?;
        if let Outcome::Done(Returned {
            out: Out::Status(word),
            ..
        }) = &mut outcome
        {
            *word >>= 8;
        }
        Ok(outcome)
    }
    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost> {
        self.0.returned()
    }
    fn observe(&mut self) -> Result<Snapshot, Lost> {
        self.0.observe()
    }
}

#[allow(clippy::print_stdout, reason = "what it prints is what it is for")]
fn main() -> Result<(), Lost> {
    let mut mine = Mine(Model::new()?);
    let mut differs = |program: &Program| {
        let verdict = check(program, &mut mine, Options::default(), &mut Tally::default());
        verdict.ok().and_then(Verdict::divergence)
    };
    let found = (0..20_000)
        .map(|seed| program(seed, 20))
        .find(|p| differs(p).is_some());
    let shortest = shrink(&found.unwrap_or_default(), &mut |p| differs(p).is_some());
    for made in differs(&shortest).iter().flat_map(|found| &found.steps) {
        println!("{made}");
    }
    Ok(())
}
