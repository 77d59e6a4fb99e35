//! The table of mistakes: how many programs it takes to find each, and how short the shortest of them is.

use std::io::Write;

use host_harness::diff::show::divergence;
use host_harness::oracle::check::{Divergence, Options, Verdict, check};
use host_harness::oracle::generate::{program_within, seed_of};
use host_harness::oracle::program::{Observe, Program};
use host_harness::oracle::shrink::shrink;
use host_harness::oracle::system::{Lost, System};
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

/// Calls of a program.
const CALLS: usize = 40;

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

/// The program on which a kernel was found to be wrong, made short.
fn shorten(number: u64, first: &Program, found: &Divergence, kernel: &mut Kernel) -> Found {
    let mut best = found.clone();
    let mut fails = |program: &Program| match run(program, kernel) {
        Ok(Some(other)) if other.is_like(found) => {
            best = *other;
            true
        }
        _ => false,
    };
    let shortest = shrink(first, &mut fails);
    fails(&shortest);
    Found {
        programs: number + 1,
        shortest,
        divergence: best,
    }
}

/// Looks for some of the mistakes. Each program is drawn once, and put to all whose mistake was not found yet.
fn find(mistakes: &[Option<Mistake>], args: &Args) -> Vec<Result<Option<Found>, Lost>> {
    let mut kernels: Vec<Kernel> = mistakes.iter().map(|mistake| Kernel::new(*mistake)).collect();
    let mut results: Vec<Result<Option<Found>, Lost>> = mistakes.iter().map(|_| Ok(None)).collect();
    let scope = Kernel::new(None).scope();
    for number in 0..args.programs {
        let first = program_within(seed_of(args.seed, number), CALLS, &scope);
        let mut open = false;
        for (kernel, result) in kernels.iter_mut().zip(&mut results) {
            if !matches!(result, Ok(None)) {
                continue;
            }
            open = true;
            match run(&first, kernel) {
                Ok(None) => {}
                Ok(Some(found)) => *result = Ok(Some(shorten(number, &first, &found, kernel))),
                Err(lost) => *result = Err(lost),
            }
        }
        if !open {
            break;
        }
    }
    results
}

/// All results, in the order of the mistakes.
fn find_all(what: &[Option<Mistake>], args: &Args) -> Vec<Result<Option<Found>, Lost>> {
    let here = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = args.workers.unwrap_or(here).max(1);
    // Dealt out one by one: neighbours are alike, and take alike.
    let hands: Vec<Vec<Option<Mistake>>> = (0..workers)
        .map(|worker| what.iter().copied().skip(worker).step_by(workers).collect())
        .collect();
    let mut found: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = hands
            .iter()
            .map(|hand| scope.spawn(move || find(hand, args)))
            .collect();
        let lost = |_| vec![Err(Lost("a worker panicked".to_owned()))];
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(lost).into_iter())
            .collect()
    });
    let gone = || Err(Lost("a worker panicked".to_owned()));
    (0..what.len())
        .map(|at| {
            found
                .get_mut(at % workers)
                .and_then(Iterator::next)
                .unwrap_or_else(gone)
        })
        .collect()
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
