//! The table of mistakes: how many programs it takes to find each, and how short the shortest of them is.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use host_harness::diff::show::divergence;
use host_harness::oracle::check::{Divergence, Options, Verdict, check};
use host_harness::oracle::generate::{program, seed_of};
use host_harness::oracle::program::{Observe, Program};
use host_harness::oracle::shrink::shrink;
use host_harness::oracle::system::Lost;
use host_harness::oracle::tally::Tally;

use crate::kernel::Kernel;
use crate::mistake::Mistake;

#[derive(clap::Args)]
pub struct Args {
    /// Programs tried for each mistake, at most, and for the kernel without any.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    programs: u64,
    /// The campaign: the same seed, the same programs.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Mistakes looked for at once; as many as there are processors without it.
    #[arg(long, value_name = "W")]
    workers: Option<usize>,
    /// Show the shortest program that shows each mistake.
    #[arg(long)]
    show: bool,
    /// Only this mistake; may be given several times.
    #[arg(long, value_name = "NAME", value_parser = crate::mistake)]
    mistake: Vec<Mistake>,
}

/// The kernel's own check, and every field, after each step.
const OPTIONS: Options = Options {
    observe: Observe::Each,
    audit: false,
};

/// A mistake that was found.
struct Found {
    /// Programs it took.
    programs: u64,
    shortest: Program,
    divergence: Divergence,
}

fn run(program: &Program, kernel: &mut Kernel) -> Result<Option<Box<Divergence>>, Lost> {
    check(program, kernel, OPTIONS, &mut Tally::default()).map(Verdict::divergence)
}

/// The first of the programs that the kernel gets wrong, made short.
fn find(mistake: Option<Mistake>, args: &Args) -> Result<Option<Found>, Lost> {
    let mut kernel = Kernel::new(mistake);
    let calls = mistake.map_or(20, Mistake::calls);
    for number in 0..args.programs {
        let first = program(seed_of(args.seed, number), calls);
        let Some(found) = run(&first, &mut kernel)? else {
            continue;
        };
        let mut best = found.clone();
        let mut fails = |program: &Program| match run(program, &mut kernel) {
            Ok(Some(other)) if other.is_like(&found) => {
                best = other;
                true
            }
            _ => false,
        };
        let shortest = shrink(&first, &mut fails);
        fails(&shortest);
        return Ok(Some(Found {
            programs: number + 1,
            shortest,
            divergence: *best,
        }));
    }
    Ok(None)
}

/// All results, in the order of the mistakes.
fn find_all(what: &[Option<Mistake>], args: &Args) -> Vec<Result<Option<Found>, Lost>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let here = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..args.workers.unwrap_or(here).max(1) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(mistake) = what.get(at) else { break };
                    let result = find(*mistake, args);
                    let mut results = results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    results.push((at, result));
                }
            });
        }
    });
    let mut results = results
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Prints the table; tells whether every mistake was found, and nothing where there is none.
///
/// # Errors
/// It cannot be written.
pub fn print(args: &Args, out: &mut dyn Write) -> std::io::Result<bool> {
    let chosen = if args.mistake.is_empty() {
        Mistake::ALL
    } else {
        &args.mistake
    };
    // The kernel without a mistake takes longest.
    let what: Vec<Option<Mistake>> = std::iter::once(None)
        .chain(chosen.iter().copied().map(Some))
        .collect();
    let mut complete = true;
    writeln!(
        out,
        "{:30} {:12} {:>8} {:>5}  mistake",
        "name", "area", "programs", "calls"
    )?;
    let results = find_all(&what, args);
    for (mistake, result) in what.iter().zip(&results) {
        let Some(mistake) = mistake else { continue };
        let (programs, calls) = match result {
            Ok(Some(found)) => (found.programs.to_string(), found.shortest.steps.len().to_string()),
            Ok(None) => ("-".to_owned(), "-".to_owned()),
            Err(lost) => (lost.to_string(), "-".to_owned()),
        };
        complete &= matches!(result, Ok(Some(_)));
        let (name, area, says) = (mistake.name(), mistake.area(), mistake.says());
        writeln!(out, "{name:30} {area:12} {programs:>8} {calls:>5}  {says}")?;
        if let (true, Ok(Some(found))) = (args.show, result) {
            counterexample(found, out)?;
        }
    }
    let found = results
        .iter()
        .skip(1)
        .filter(|result| matches!(result, Ok(Some(_))));
    writeln!(out, "found: {} of {}", found.count(), chosen.len())?;
    match results.first() {
        Some(Ok(None)) => writeln!(out, "none: {} programs, no difference", args.programs)?,
        Some(Ok(Some(found))) => {
            complete = false;
            writeln!(out, "none: a difference after {} programs:", found.programs)?;
            counterexample(found, out)?;
        }
        Some(Err(lost)) => {
            complete = false;
            writeln!(out, "none: {lost}")?;
        }
        None => {}
    }
    Ok(complete)
}

fn counterexample(found: &Found, out: &mut dyn Write) -> std::io::Result<()> {
    for line in divergence(&found.divergence).lines() {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}
