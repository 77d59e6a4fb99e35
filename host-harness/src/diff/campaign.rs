//! Many programs, by several workers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::ProgressBar;

use super::Shard;
use crate::oracle::check::{Divergence, Options, Verdict, check};
use crate::oracle::generate::{program_within, seed_of};
use crate::oracle::program::{Observe, Program};
use crate::oracle::saved::Saved;
use crate::oracle::shrink::shrink;
use crate::oracle::system::{Lost, System};
use crate::oracle::tally::Tally;

/// What to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Campaign {
    /// Programs, of all parts together.
    pub programs: u64,
    /// Steps of each.
    pub calls: usize,
    /// The seed.
    pub seed: u64,
    /// Threads, each with a system of its own.
    pub workers: usize,
    /// Which part of the programs.
    pub shard: Shard,
    /// How to check.
    pub options: Options,
}

/// A divergence, as short as it can be shown.
#[derive(Clone, Debug)]
pub struct Found {
    /// The number of the program.
    pub program: u64,
    /// The shortest program that shows it.
    pub shortest: Program,
    /// What it shows.
    pub divergence: Divergence,
    /// Whether it showed again when the program was run again.
    pub again: bool,
    /// When all that can be seen was compared to show it.
    pub observe: Observe,
}

impl Found {
    /// A name for its file, the same for the same program.
    #[must_use]
    pub fn file_name(&self, seed: u64) -> String {
        let call = self.divergence.call.map_or("boot", |call| call.row().name);
        format!("{call}-{seed}-{}.json", self.program)
    }

    /// The text of its file.
    #[must_use]
    pub fn file(&self, seed: u64) -> String {
        let call = self.divergence.call.map_or("boot", |call| call.row().name);
        let note = format!(
            "{call}: {}; program {} of seed {seed}",
            self.divergence.what, self.program
        );
        let saved = Saved::new(note, self.observe, &self.shortest, &self.divergence.steps);
        saved.to_json().unwrap_or_else(|error| error.to_string())
    }
}

/// What came of a campaign.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Programs compared.
    pub programs: u64,
    /// Programs that showed a divergence.
    pub divergences: u64,
    /// One for each kind of divergence.
    pub found: Vec<Found>,
    /// What was reached.
    pub tally: Tally,
    /// Why a worker stopped early, or could not begin.
    pub skipped: Option<String>,
}

/// How often a divergence must show again before it is shrunk.
const AGAIN: u32 = 2;

struct Shared<'c> {
    plan: &'c Campaign,
    next: AtomicU64,
    outcome: Mutex<Outcome>,
    bar: &'c ProgressBar,
}

impl Shared<'_> {
    fn with<R>(&self, change: impl FnOnce(&mut Outcome) -> R) -> R {
        // A worker that panicked has left sums behind that are still sums.
        let mut outcome = self
            .outcome
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut outcome)
    }

    fn work(&self, system: &mut dyn System) -> Result<(), Lost> {
        let Shard { part, of } = self.plan.shard;
        // Until it has booted, nobody knows what it has.
        system.boot()?;
        let scope = system.scope();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed) * of + (part - 1);
            if number >= self.plan.programs {
                return Ok(());
            }
            let program = program_within(seed_of(self.plan.seed, number), self.plan.calls, &scope);
            let mut tally = Tally::default();
            let verdict = check(&program, system, self.plan.options, &mut tally)?;
            self.with(|outcome| {
                outcome.programs += 1;
                outcome.tally.add(&tally);
            });
            if let Verdict::Diverges(found) = verdict {
                self.diverges(number, &program, &found, system);
            }
            self.bar.inc(1);
        }
    }

    /// Shrinks the first divergence of each kind; the others are counted.
    fn diverges(&self, number: u64, program: &Program, first: &Divergence, system: &mut dyn System) {
        let known = self.with(|outcome| {
            outcome.divergences += 1;
            let known = outcome.found.iter().any(|found| found.divergence.is_like(first));
            if !known {
                outcome.found.push(Found {
                    program: number,
                    shortest: program.clone(),
                    divergence: first.clone(),
                    again: false,
                    observe: self.plan.options.observe,
                });
            }
            known
        });
        if known {
            return;
        }
        // Looking after each step finds the step at which it went wrong, and not the last one.
        let each = Options {
            observe: Observe::Each,
            ..self.plan.options
        };
        let earlier = check(program, system, each, &mut Tally::default());
        let earlier = earlier.ok().and_then(Verdict::divergence);
        let (first, options) = match &earlier {
            Some(earlier) => (&**earlier, each),
            None => (first, self.plan.options),
        };
        if self.with(|outcome| {
            outcome
                .found
                .iter()
                .any(|found| found.again && found.divergence.is_like(first))
        }) {
            self.with(|outcome| outcome.found.retain(|found| found.program != number));
            return;
        }
        let mut last = None;
        let mut fails = |program: &Program| {
            let verdict = check(program, system, options, &mut Tally::default());
            let found = verdict.ok().and_then(Verdict::divergence);
            match found {
                Some(found) if found.is_like(first) => {
                    last = Some(*found);
                    true
                }
                _ => false,
            }
        };
        if !(0..AGAIN).all(|_| fails(program)) {
            return;
        }
        let shortest = shrink(program, &mut fails);
        if !fails(&shortest) {
            return;
        }
        self.with(|outcome| {
            let entry = outcome.found.iter_mut().find(|found| found.program == number);
            if let (Some(entry), Some(divergence)) = (entry, last) {
                (entry.shortest, entry.divergence, entry.again) = (shortest, divergence, true);
                entry.observe = options.observe;
            }
        });
    }
}

/// Runs a campaign. `make` gives each worker, by number, the system that is held against the model.
pub fn campaign(
    plan: &Campaign,
    make: &(dyn Fn(usize) -> Result<Box<dyn System>, Lost> + Sync),
    bar: &ProgressBar,
) -> Outcome {
    let mine = (plan.programs + plan.shard.of - plan.shard.part) / plan.shard.of;
    bar.set_length(mine);
    let shared = Shared {
        plan,
        next: AtomicU64::new(0),
        outcome: Mutex::new(Outcome::default()),
        bar,
    };
    std::thread::scope(|scope| {
        for worker in 0..plan.workers {
            let shared = &shared;
            scope.spawn(move || {
                let result = make(worker).and_then(|mut system| shared.work(&mut *system));
                if let Err(lost) = result {
                    shared.with(|outcome| outcome.skipped = Some(lost.0));
                }
            });
        }
    });
    let mut outcome = shared
        .outcome
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    outcome.found.sort_by_key(|found| found.program);
    outcome
}
