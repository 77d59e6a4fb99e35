//! `ktm diff`: random programs on the running kernel and on the model, compared.

mod campaign;
pub mod show;

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::oracle::check::{Options, Verdict, check_made};
use crate::oracle::linux::Linux;
use crate::oracle::model::Model;
use crate::oracle::program::Observe;
use crate::oracle::saved::Saved;
use crate::oracle::system::{Lost, System};
use crate::oracle::tally::Tally;

pub use campaign::{Campaign, Found, Outcome, campaign};
pub use show::divergence;

/// What the model is held against.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Against {
    /// The Linux kernel that runs here.
    #[default]
    Kernel,
    /// The model itself, as a check of the machinery.
    Model,
}

/// One part of a campaign that several machines share: the K-th of N.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
    /// Which part, from 1 on.
    pub part: u64,
    /// How many parts.
    pub of: u64,
}

impl Shard {
    /// Whether the part holds what has this number.
    #[must_use]
    pub fn holds(self, number: usize) -> bool {
        u64::try_from(number).is_ok_and(|number| number % self.of == self.part - 1)
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text
            .split_once('/')
            .and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((part, of)) if (1..=of).contains(&part) => Ok(Shard { part, of }),
            _ => Err("write K/N, with K from 1 to N".to_owned()),
        }
    }
}

/// The arguments of `ktm diff`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Random programs.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    programs: u64,
    /// Calls of each program, at most.
    #[arg(long, value_name = "M", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    calls: u16,
    /// The campaign: the same seed, the same programs.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Programs under way at once, each on a processor of its own.
    #[arg(long, value_name = "W", default_value_t = 1)]
    workers: u16,
    /// When all that can be seen of the tasks is compared.
    #[arg(long, value_enum, default_value_t)]
    observe: Observe,
    /// What the model is held against.
    #[arg(long, value_enum, default_value_t)]
    against: Against,
    /// Where the programs that show a divergence are saved.
    #[arg(long, value_name = "DIR", default_value = "divergences")]
    save: PathBuf,
    /// Only the K-th of N parts of the programs.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Write the report to a file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Check one saved program: the model against the answers in the file, and against the kernel.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["merge", "json"])]
    replay: Option<PathBuf>,
    /// Add up the reports of the parts of a campaign.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    merge: Vec<PathBuf>,
}

/// How `ktm diff` ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// No divergence.
    Agrees,
    /// Some.
    Diverges,
    /// The kernel could not be asked, or not to the end.
    Skipped,
}

/// A divergence in a report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The number of the program in the campaign.
    pub program: u64,
    /// The call at which it showed.
    pub call: String,
    /// In what.
    pub what: String,
    /// The saved program; none when another finding is like this one.
    pub file: Option<String>,
}

/// The report of a campaign, or of a part of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Programs compared.
    pub programs: u64,
    /// Calls made.
    pub calls: u64,
    /// Programs in which the two disagreed.
    pub divergences: u64,
    /// Why the kernel was not asked, or not to the end.
    pub skipped: Option<String>,
    /// The divergences.
    pub findings: Vec<Finding>,
    /// What was reached.
    pub tally: Tally,
}

impl Report {
    fn add(&mut self, other: Report) {
        self.programs += other.programs;
        self.calls += other.calls;
        self.divergences += other.divergences;
        self.skipped = self.skipped.take().or(other.skipped);
        self.findings.extend(other.findings);
        self.tally.add(&other.tally);
    }

    fn print(&self, out: &mut dyn Write) -> std::io::Result<Ending> {
        write!(out, "{}", self.tally)?;
        let Report {
            programs,
            calls,
            divergences,
            ..
        } = self;
        writeln!(
            out,
            "{programs} programs, {calls} calls, {divergences} divergences"
        )?;
        if let Some(why) = &self.skipped {
            writeln!(out, "skipped: {why}")?;
        }
        Ok(match (self.divergences, &self.skipped) {
            (1.., _) => Ending::Diverges,
            (0, Some(_)) => Ending::Skipped,
            (0, None) => Ending::Agrees,
        })
    }
}

/// Why `ktm diff` could not do what it was told, for people.
pub type Failure = String;

fn writing(error: &std::io::Error) -> Failure {
    format!("cannot write: {error}")
}

/// A system, on a processor for each worker.
///
/// # Errors
/// [`Lost`]: why the system cannot be asked here.
pub fn make(against: Against, worker: usize) -> Result<Box<dyn System>, Lost> {
    match against {
        Against::Model => Ok(Box::new(Model::new()?)),
        Against::Kernel => {
            let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            Ok(Box::new(Linux::new(worker % cpus)?))
        }
    }
}

/// Does what the arguments say. `bar` shows how far it is, if anybody looks.
///
/// # Errors
/// A file cannot be read or written.
pub fn main(args: &Args, out: &mut dyn Write, bar: &indicatif::ProgressBar) -> Result<Ending, Failure> {
    if let Some(path) = &args.replay {
        return replay(path, args.against, out);
    }
    if !args.merge.is_empty() {
        return merge(&args.merge, out);
    }
    let shard = args.shard.unwrap_or(Shard { part: 1, of: 1 });
    let plan = Campaign {
        programs: args.programs,
        calls: usize::from(args.calls),
        seed: args.seed,
        workers: usize::from(args.workers.max(1)),
        shard,
        options: Options {
            observe: args.observe,
            audit: false,
        },
    };
    let done = campaign(&plan, &|worker| make(args.against, worker), bar);
    bar.finish_and_clear();
    let report = tell(args, done, out)?;
    let ending = report.print(out).map_err(|error| writing(&error))?;
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        std::fs::write(path, text + "\n").map_err(|error| writing(&error))?;
    }
    Ok(ending)
}

/// Shows and saves what was found.
fn tell(args: &Args, done: Outcome, out: &mut dyn Write) -> Result<Report, Failure> {
    let mut report = Report {
        programs: done.programs,
        calls: done.tally.calls_made(),
        divergences: done.divergences,
        skipped: done.skipped,
        findings: Vec::new(),
        tally: done.tally,
    };
    for found in &done.found {
        let name = args.save.join(found.file_name(args.seed));
        std::fs::create_dir_all(&args.save)
            .and_then(|()| std::fs::write(&name, found.file(args.seed)))
            .map_err(|error| format!("cannot save {}: {error}", name.display()))?;
        let text = divergence(&found.divergence);
        writeln!(
            out,
            "program {} of seed {}{}:\n{text}replay: ktm diff --replay {}\n",
            found.program,
            args.seed,
            if found.again {
                ""
            } else {
                ", which did not happen again"
            },
            name.display()
        )
        .map_err(|error| writing(&error))?;
        report.findings.push(Finding {
            program: found.program,
            call: found
                .divergence
                .call
                .map_or_else(String::new, |call| call.row().name.to_owned()),
            what: found.divergence.what.to_string(),
            file: Some(name.display().to_string()),
        });
    }
    Ok(report)
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn merge(paths: &[PathBuf], out: &mut dyn Write) -> Result<Ending, Failure> {
    let mut sum = Report::default();
    for path in paths {
        let report = serde_json::from_str(&read(path)?)
            .map_err(|error| format!("{} is no report: {error}", path.display()))?;
        sum.add(report);
    }
    for finding in &sum.findings {
        let file = finding.file.as_deref().unwrap_or("");
        writeln!(out, "{}: {} {file}", finding.call, finding.what).map_err(|error| writing(&error))?;
    }
    sum.print(out).map_err(|error| writing(&error))
}

fn replay(path: &Path, against: Against, out: &mut dyn Write) -> Result<Ending, Failure> {
    let saved = Saved::from_json(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut say = |text: String| writeln!(out, "{text}").map_err(|error| writing(&error));
    say(saved.note.clone())?;
    let options = Options {
        observe: saved.observe,
        audit: true,
    };
    let commands = saved.commands();
    let mut ending = Ending::Agrees;
    let recording: Box<dyn System + '_> = Box::new(saved.recording());
    let systems = [
        ("the answers in the file", Ok(recording)),
        (
            "the system that runs here",
            make(against, 0).map(|s| s as Box<dyn System + '_>),
        ),
    ];
    for (name, system) in systems {
        let verdict =
            system.and_then(|mut system| check_made(&commands, &mut *system, options, &mut Tally::default()));
        match verdict {
            Ok(Verdict::Agrees(made)) => say(format!("{name}: the model agrees, {} calls", made.len()))?,
            Ok(Verdict::Diverges(found)) => {
                say(format!("{name}:\n{}", divergence(&found)))?;
                ending = Ending::Diverges;
            }
            Err(lost) => {
                say(format!("{name}: skipped: {lost}"))?;
                if ending == Ending::Agrees {
                    ending = Ending::Skipped;
                }
            }
        }
    }
    Ok(ending)
}
