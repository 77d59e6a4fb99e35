//! `ktm cover`: every step that few tasks can make in few steps, each on the running kernel and on the model.
//!
//! `ktm diff` draws programs; this verb leaves none out. All states of the model that at most three tasks reach in so many
//! steps are found, and every step out of one of them is replayed on the kernel by its shortest program. Each area of
//! the kernel has a world of its own, in which a dozen calls meet.

mod acts;
mod graph;

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use crate::diff::{Against, Ending, Failure, Shard, divergence, make};
use crate::oracle::alphabet::Area;
use crate::oracle::check::{Divergence, Options, Verdict, check};
use crate::oracle::program::{Observe, Program};
use crate::oracle::saved::Saved;
use crate::oracle::system::{Lost, System};
use crate::oracle::tally::Tally;
use graph::{Graph, MOST_TASKS};

/// The arguments of `ktm cover`.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// Steps from the first state.
    #[arg(long, value_name = "D", default_value_t = 4)]
    depth: u8,
    /// Only the worlds of these areas.
    #[arg(long, value_enum, value_delimiter = ',')]
    area: Vec<Area>,
    /// Threads that ask, each with a system of its own.
    #[arg(long, value_name = "W", default_value_t = 2)]
    workers: u16,
    /// What the model is held against.
    #[arg(long, value_enum, default_value_t)]
    against: Against,
    /// Where the programs that show a divergence are saved.
    #[arg(long, value_name = "DIR", default_value = "divergences")]
    save: PathBuf,
    /// Only the K-th of N parts of the transitions.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Write the report to a file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Add up the reports of the parts.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    merge: Vec<PathBuf>,
}

/// What one area's world holds, and how much of it was replayed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Covered {
    /// The area.
    pub area: Area,
    /// Steps from the first state.
    pub depth: u8,
    /// States that differ.
    pub states: usize,
    /// Steps out of them.
    pub transitions: usize,
    /// Those that were replayed.
    pub replayed: usize,
    /// Those on which the two disagree.
    pub divergences: usize,
    /// Why not all were replayed, where it was not for the shard.
    pub skipped: Option<String>,
}

impl Covered {
    fn add(&mut self, part: &Covered) {
        self.replayed += part.replayed;
        self.divergences += part.divergences;
        self.skipped = self.skipped.take().or_else(|| part.skipped.clone());
    }

    fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let Covered {
            states,
            transitions,
            replayed,
            divergences,
            ..
        } = self;
        let name = format!("{:?}", self.area).to_lowercase();
        writeln!(
            out,
            "{name:<8} {states:>9} states {transitions:>9} transitions {replayed:>9} replayed {divergences:>5} divergences"
        )
    }
}

fn writing(error: &std::io::Error) -> Failure {
    format!("cannot write: {error}")
}

/// Does what the arguments say. `bar` shows how far it is, if anybody looks.
///
/// # Errors
/// A file cannot be read or written.
pub fn main(args: &Args, out: &mut dyn Write, bar: &ProgressBar) -> Result<Ending, Failure> {
    let mut all = Vec::new();
    if args.merge.is_empty() {
        let areas = if args.area.is_empty() {
            Area::ALL.to_vec()
        } else {
            args.area.clone()
        };
        writeln!(
            out,
            "every step of at most {MOST_TASKS} tasks, {} deep",
            args.depth
        )
        .map_err(|error| writing(&error))?;
        for area in areas {
            let covered = cover(args, area, out, bar)?;
            covered.print(out).map_err(|error| writing(&error))?;
            all.push(covered);
        }
    } else {
        all = merge(&args.merge)?;
        for covered in &all {
            covered.print(out).map_err(|error| writing(&error))?;
        }
    }
    if let Some(path) = &args.json {
        let text = serde_json::to_string_pretty(&all).map_err(|error| error.to_string())?;
        std::fs::write(path, text + "\n").map_err(|error| writing(&error))?;
    }
    end(&all, out).map_err(|error| writing(&error))
}

fn end(all: &[Covered], out: &mut dyn Write) -> std::io::Result<Ending> {
    let sum = |field: fn(&Covered) -> usize| all.iter().map(field).sum::<usize>();
    let divergences = sum(|covered| covered.divergences);
    writeln!(
        out,
        "{} states, {} transitions, {} replayed, {divergences} divergences",
        sum(|covered| covered.states),
        sum(|covered| covered.transitions),
        sum(|covered| covered.replayed),
    )?;
    let skipped = all.iter().find_map(|covered| covered.skipped.as_ref());
    if let Some(why) = skipped {
        writeln!(out, "skipped: {why}")?;
    }
    Ok(match (divergences, skipped) {
        (1.., _) => Ending::Diverges,
        (0, Some(_)) => Ending::Skipped,
        (0, None) => Ending::Agrees,
    })
}

fn merge(paths: &[PathBuf]) -> Result<Vec<Covered>, Failure> {
    let mut sum: Vec<Covered> = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let parts: Vec<Covered> = serde_json::from_str(&text)
            .map_err(|error| format!("{} is no report: {error}", path.display()))?;
        for part in parts {
            let same = sum
                .iter_mut()
                .find(|whole| (whole.area, whole.depth) == (part.area, part.depth));
            match same {
                Some(whole) => whole.add(&part),
                None => sum.push(part),
            }
        }
    }
    Ok(sum)
}

/// A transition on which the two disagree: its number, its program, and what they said.
type Found = (usize, Program, Divergence);

/// What the workers share.
struct Work<'w> {
    graph: &'w Graph,
    shard: Shard,
    next: AtomicUsize,
    /// How many were replayed, and what was found.
    found: Mutex<(usize, Vec<Found>)>,
    bar: &'w ProgressBar,
}

/// Divergences of one area that are shown; the others are counted.
const MOST_SHOWN: usize = 20;

impl Work<'_> {
    fn replay(&self, system: &mut dyn System) -> Result<(), Lost> {
        let options = Options {
            observe: Observe::End,
            audit: true,
        };
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(transition) = self.graph.transitions.get(number) else {
                return Ok(());
            };
            if !self.shard.holds(number) {
                continue;
            }
            let program = self.graph.program(transition);
            let verdict = check(&program, system, options, &mut Tally::default())?;
            // What another worker has counted before it panicked still counts.
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.0 += 1;
            if let Verdict::Diverges(divergence) = verdict {
                found.1.push((number, program, *divergence));
            }
            self.bar.inc(1);
        }
    }
}

fn cover(args: &Args, area: Area, out: &mut dyn Write, bar: &ProgressBar) -> Result<Covered, Failure> {
    let progress = |states: usize| bar.set_message(format!("{area:?}: {states} states"));
    let graph = Graph::explore(area, usize::from(args.depth), &progress).map_err(|lost| lost.0)?;
    bar.reset();
    bar.set_length(graph.transitions.len() as u64);
    let work = Work {
        graph: &graph,
        shard: args.shard.unwrap_or(Shard { part: 1, of: 1 }),
        next: AtomicUsize::new(0),
        found: Mutex::default(),
        bar,
    };
    let skipped = Mutex::new(None);
    std::thread::scope(|scope| {
        for worker in 0..usize::from(args.workers.max(1)) {
            let (work, skipped) = (&work, &skipped);
            scope.spawn(move || {
                let done = make(args.against, worker).and_then(|mut system| work.replay(&mut *system));
                if let Err(lost) = done {
                    *skipped.lock().unwrap_or_else(PoisonError::into_inner) = Some(lost.0);
                }
            });
        }
    });
    let (replayed, mut found) = work.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(number, ..)| *number);
    for (number, program, divergence) in found.iter().take(MOST_SHOWN) {
        show(args, area, (*number, program, divergence), out)?;
    }
    Ok(Covered {
        area,
        depth: args.depth,
        states: graph.states(),
        transitions: graph.transitions.len(),
        replayed,
        divergences: found.len(),
        skipped: skipped.into_inner().unwrap_or_else(PoisonError::into_inner),
    })
}

/// Shows a divergence and saves its program.
fn show(
    args: &Args,
    area: Area,
    (number, program, found): (usize, &Program, &Divergence),
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let name = format!("cover-{area:?}-{}-{number}.json", args.depth).to_lowercase();
    let path = args.save.join(name);
    let note = format!(
        "{}; transition {number} of {area:?}, {} deep",
        found.what, args.depth
    );
    let text = Saved::new(note, Observe::End, program, &found.steps)
        .to_json()
        .map_err(|error| error.to_string())?;
    std::fs::create_dir_all(&args.save)
        .and_then(|()| std::fs::write(&path, text))
        .map_err(|error| format!("cannot save {}: {error}", path.display()))?;
    let text = divergence(found);
    writeln!(out, "{text}replay: ktm diff --replay {}\n", path.display()).map_err(|error| writing(&error))
}
