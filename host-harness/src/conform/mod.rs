//! `ktm conform`: a kernel in another process, held against the model and the laws, with a report that can be graded.

mod formats;
mod report;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::ProgressBar;

use crate::diff::{Campaign, Shard, campaign};
use crate::oracle::alphabet::{Area, CallId};
use crate::oracle::check::Options;
use crate::oracle::generate::{program_within, seed_of};
use crate::oracle::laws;
use crate::oracle::lines::Lines;
use crate::oracle::program::Observe;
use crate::oracle::scope::Scope;
use crate::oracle::system::{Lost, System};

pub use report::{CallResult, LawResult, Report};

/// The arguments of `ktm conform`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Random programs.
    #[arg(long, value_name = "N", default_value_t = 2000)]
    programs: u64,
    /// Calls of each program, at most.
    #[arg(long, value_name = "M", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    calls: u16,
    /// The campaign: the same seed, the same programs.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Kernels that run at once.
    #[arg(long, value_name = "W", default_value_t = 1)]
    workers: u16,
    /// Milliseconds that the kernel may take for one answer.
    #[arg(long, value_name = "MS", default_value_t = 5000)]
    timeout: u64,
    /// Only the K-th of N parts of the programs.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Write the report to a file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write it as JUnit's XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write it as Gradescope's results.json: a point for each call and each law, by area.
    #[arg(long, value_name = "FILE")]
    gradescope: Option<PathBuf>,
    /// List the calls by area, and the laws, and run nothing.
    #[arg(long)]
    list: bool,
    /// Add up the reports of the parts of a campaign, and run nothing.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    merge: Vec<PathBuf>,
    /// What starts the kernel; it speaks docs/line-protocol.md.
    #[arg(last = true, value_name = "COMMAND", required_unless_present_any = ["list", "merge"])]
    command: Vec<String>,
}

/// How `ktm conform` ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Nothing was found wrong.
    Conforms,
    /// Something was.
    Differs,
    /// The kernel gave no answer in time.
    Hung,
}

/// Why it could not do what it was told, for people.
pub type Failure = String;

fn writing(error: &std::io::Error) -> Failure {
    format!("cannot write: {error}")
}

/// Does what the arguments say. `bar` shows how far it is, if anybody looks.
///
/// # Errors
/// The kernel does not start or does not boot, or a file cannot be written.
pub fn main(args: &Args, out: &mut dyn Write, bar: &ProgressBar) -> Result<Ending, Failure> {
    if args.list {
        return list(out)
            .map(|()| Ending::Conforms)
            .map_err(|error| writing(&error));
    }
    let hung = Arc::new(AtomicBool::new(false));
    let report = if args.merge.is_empty() {
        run(args, &hung, bar)?
    } else {
        merge(&args.merge)?
    };
    bar.finish_and_clear();
    write!(out, "{report}").map_err(|error| writing(&error))?;
    if let Some(path) = &args.json {
        save(path, &formats::json(&report)?)?;
    }
    if let Some(path) = &args.junit {
        save(path, &formats::junit(&report))?;
    }
    if let Some(path) = &args.gradescope {
        save(path, &formats::gradescope(&report)?)?;
    }
    Ok(match (hung.load(Ordering::Relaxed), report.conforms()) {
        (true, _) => Ending::Hung,
        (false, true) => Ending::Conforms,
        (false, false) => Ending::Differs,
    })
}

/// The reports of the parts, as one.
fn merge(paths: &[PathBuf]) -> Result<Report, Failure> {
    let mut sum: Option<Report> = None;
    for path in paths {
        let name = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
        let part: Report =
            serde_json::from_str(&text).map_err(|error| format!("{name} is no report: {error}"))?;
        match &mut sum {
            None => sum = Some(part),
            Some(sum) => sum.add(part).map_err(|why| format!("{name}: {why}"))?,
        }
    }
    sum.ok_or_else(|| "there is nothing to merge".to_owned())
}

fn save(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn run(args: &Args, hung: &Arc<AtomicBool>, bar: &ProgressBar) -> Result<Report, Failure> {
    let timeout = Duration::from_millis(args.timeout.max(1));
    let make = || Lines::new(args.command.clone(), timeout).telling(Arc::clone(hung));
    // Whether it starts at all, and what it has.
    let mut first = make();
    first.boot().map_err(|lost| lost.0)?;
    let scope = first.scope();
    let (laws, lost) = check_laws(args, &scope, &mut first);
    drop(first);
    let plan = Campaign {
        programs: args.programs,
        calls: usize::from(args.calls),
        seed: args.seed,
        workers: usize::from(args.workers.max(1)),
        shard: args.shard.unwrap_or(Shard { part: 1, of: 1 }),
        options: Options {
            observe: Observe::Each,
            audit: false,
        },
    };
    let done = campaign(&plan, &|_| Ok(Box::new(make())), bar);
    match (done.programs, &done.skipped) {
        (0, Some(why)) => Err(why.clone()),
        _ => Ok(Report::new(&args.command, &scope, laws, lost, &done)),
    }
}

/// Programs on which the laws are tried.
const LAW_PROGRAMS: u64 = 200;

/// Each law, on some programs, until it is broken; and why the kernel could not be asked to the end. A law about what
/// it does not tell is left out.
fn check_laws(args: &Args, scope: &Scope, kernel: &mut dyn System) -> (Vec<LawResult>, Option<Lost>) {
    let mut open: Vec<&laws::Law> = laws::ALL.iter().filter(|law| law.applies(scope)).collect();
    let mut results: Vec<LawResult> = open.iter().map(|law| LawResult::new(law)).collect();
    for number in 0..LAW_PROGRAMS.min(args.programs) {
        let seed = seed_of(args.seed.wrapping_add(1), number);
        let mut program = program_within(seed, usize::from(args.calls), scope);
        program.steps.retain(|step| scope.has(step.call));
        let found = match laws::broken(open.iter().copied(), &program, kernel) {
            Ok(found) => found,
            Err(lost) => return (results, Some(lost)),
        };
        for broken in found {
            open.retain(|law| law.name != broken.law);
            let result = results.iter_mut().filter(|result| result.law == broken.law);
            result.for_each(|result| result.broken = Some(LawResult::broken_text(&broken)));
        }
    }
    (results, None)
}

/// What there is to be graded: the calls by area, and the laws.
fn list(out: &mut dyn Write) -> std::io::Result<()> {
    for area in Area::ALL {
        let calls = CallId::all().filter(|call| call.row().area == area);
        let names: Vec<&str> = calls.map(|call| call.row().name).collect();
        writeln!(out, "{:8} {}", report::area_name(area), names.join(" "))?;
    }
    writeln!(out)?;
    for law in laws::ALL {
        writeln!(out, "{:28} {}", law.name, law.says)?;
    }
    Ok(())
}
