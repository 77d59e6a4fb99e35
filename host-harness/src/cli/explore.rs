//! `ktm explore`: the command line, and what it prints.

mod expect;

use clap::Args;
use std::io::Write;
use std::path::PathBuf;

use super::pictures::{PictureArgs, Subject};
use super::{ProgramArgs, Stop, Streams, left_over, limited, load_error, lost, read_source, status};
use crate::explore::{
    self, Beyond, Bound, Claim, Count, Ending, Explored, Found, Limits, Progress, Rules, Way, explore,
};
use crate::native::Native;
use crate::report::acts::{cut, quoted};
use crate::run::{self, RunOptions, load};
use kernel_model::kernel::Console;

/// How many outputs are shown where `--outputs` does not ask for all.
const SHOWN: usize = 20;

#[derive(Args, Debug)]
pub(super) struct ExploreArgs {
    /// Write to stdout nothing but the outputs, one a line as a JSON string, sorted by bytes.
    #[arg(long)]
    outputs: bool,
    /// Tell whether exactly this can be printed (a newline at its end may be left out).
    #[arg(long, value_name = "TEXT")]
    can: Vec<String>,
    /// Tell whether this holds of every outcome: a text that is printed, `A < B`, `status N`, `deadlock`, `livelock`,
    /// `zombies` or `orphans`.
    #[arg(long, value_name = "CLAIM")]
    always: Vec<String>,
    /// Tell whether this holds of no outcome.
    #[arg(long, value_name = "CLAIM")]
    never: Vec<String>,
    /// Tell whether there are exactly so many outputs.
    #[arg(long, value_name = "N")]
    count: Option<u128>,
    /// Write the schedule of the first answer that has one, for `ktm run --schedule`.
    #[arg(long, value_name = "FILE")]
    witness: Option<PathBuf>,
    /// Run the program natively so many times too, and look up what it prints.
    #[arg(long, value_name = "N")]
    native: Option<u64>,
    /// Let stdout and the others be a terminal for the program: lines are written as they end.
    #[arg(long, conflicts_with = "native")]
    tty: bool,
    /// Let time pass only when nobody can run, so that whoever sleeps longer wakes later.
    #[arg(long)]
    idle_clock: bool,
    /// Explore the order of steps too that nobody else can notice.
    #[arg(long)]
    unreduced: bool,
    /// Make every step, also where two that can change places show where they lead in the other order. What is found is
    /// the same, as far as it is told whole what they touch.
    #[arg(long)]
    every_step: bool,
    /// Keep whole states, and do not tell them apart by a hash of 128 bits. One processor takes part.
    #[arg(long, conflicts_with = "workers")]
    exact: bool,
    /// Stop at so many states.
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    states: usize,
    /// Stop at so much memory: bytes, or with K, M or G.
    #[arg(long, value_name = "BYTES", default_value = "4G", value_parser = bytes)]
    memory: u64,
    /// Processors that take part: what is found is the same with any number of them. [default: those there are, up to 8]
    #[arg(long, value_name = "N")]
    workers: Option<std::num::NonZero<usize>>,
    #[command(flatten)]
    expect: expect::ExpectArgs,
    #[command(flatten)]
    pictures: PictureArgs,
    #[command(flatten)]
    program: ProgramArgs,
}

fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(['K', 'M', 'G', 'k', 'm', 'g']);
    let unit = match text.strip_prefix(digits) {
        Some("") => 1,
        Some("K" | "k") => 1 << 10,
        Some("M" | "m") => 1 << 20,
        Some("G" | "g") => 1 << 30,
        _ => return Err("a number, and then K, M or G".to_owned()),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "a number, and then K, M or G".to_owned())?;
    number.checked_mul(unit).ok_or_else(|| "too much".to_owned())
}

/// The world of the program: with a terminal if it is to have one.
fn world(args: &ExploreArgs) -> RunOptions {
    RunOptions {
        console: Console {
            stdin_tty: args.tty,
            stdout_tty: args.tty,
            stderr_tty: args.tty,
        },
        ..explore::world()
    }
}

pub(super) fn main(args: &ExploreArgs, streams: &mut Streams<'_>) -> Result<i32, Stop> {
    let expected = args.expect.read(streams)?;
    args.pictures.check()?;
    let source = read_source(&args.program.file)?;
    let options = limited(world(args), &args.program)?;
    let mut stdin = Vec::new();
    if !streams.console.stdin_tty {
        let read = streams.stdin.read_to_end(&mut stdin);
        read.map_err(|error| Stop::input(format!("cannot read stdin: {error}")))?;
    }
    let loaded =
        load(&source, &args.program.args, &options).map_err(|error| load_error(error, streams.color))?;
    let rules = Rules {
        unreduced: args.unreduced,
        idle_clock: args.idle_clock,
        exact: args.exact,
        every_step: args.every_step,
    };
    let limits = Limits {
        states: args.states,
        memory: args.memory,
        workers: args
            .workers
            .map_or_else(Limits::processors, std::num::NonZero::get),
    };
    let bar = spinner(streams);
    let explored = explore(loaded, &stdin, rules, limits, &|progress| {
        show_progress(&bar, progress)
    });
    bar.finish_and_clear();
    if let Some(expected) = expected {
        let (program, witness) = (&args.program.file, args.witness.as_deref());
        let told = expected.tell(&explored, program, witness, streams.stdout);
        return told.map_err(|error| lost(&error));
    }
    let mut report = Report {
        explored: &explored,
        args,
        no: false,
        witnessed: false,
        way: None,
    };
    let out = &mut *if args.outputs {
        &mut *streams.stderr
    } else {
        &mut *streams.stdout
    };
    report.tell(out).map_err(|error| lost(&error))?;
    let subject = Subject {
        explored: &explored,
        file: &args.program.file,
        way: report.way.take(),
        asked: !args.can.is_empty(),
    };
    args.pictures.write(&subject, out)?;
    if args.outputs {
        list(&explored, streams.stdout).map_err(|error| lost(&error))?;
    }
    if let Some(runs) = args.native {
        report.no |= !native(&explored, args, runs, &stdin, streams)?;
    }
    Ok(match (report.no, explored.bound()) {
        (true, _) => status::NO,
        (false, Some(_)) => status::NOT_COMPLETE,
        (false, None) => 0,
    })
}

fn spinner(streams: &Streams<'_>) -> indicatif::ProgressBar {
    if !streams.console.stderr_tty {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{spinner} {pos} states, {per_sec}, {msg}");
    let style = style.unwrap_or_else(|_| indicatif::ProgressStyle::default_spinner());
    indicatif::ProgressBar::new_spinner().with_style(style)
}

fn show_progress(bar: &indicatif::ProgressBar, progress: Progress) {
    bar.set_position(progress.states as u64);
    let memory = progress.memory >> 20;
    bar.set_message(format!("frontier {}, {memory} MiB", progress.frontier));
}

/// A text as it is shown, cut where a line of the screen ends.
fn shown(output: &[u8]) -> String {
    cut(output, 56)
}

/// Every output, one a line.
fn list(explored: &Explored, out: &mut dyn Write) -> std::io::Result<()> {
    if explored.outputs() == Count::Infinite {
        return Ok(());
    }
    let mut result = Ok(());
    explored.for_each_output(&mut |output, _| {
        result = writeln!(out, "{}", quoted(output));
        result.is_ok()
    });
    result
}

/// A count of things, of which one is called otherwise than several.
fn so_many(count: Count, one: &str, several: &str) -> String {
    let things = if count == Count::Exactly(1) { one } else { several };
    format!("{count} {things}")
}

struct Report<'r> {
    explored: &'r Explored,
    args: &'r ExploreArgs,
    /// Some answer is no.
    no: bool,
    /// The witness was written.
    witnessed: bool,
    /// The way of the first answer that has one.
    way: Option<Way>,
}

impl Report<'_> {
    fn tell(&mut self, out: &mut dyn Write) -> std::io::Result<()> {
        let asks = !self.args.can.is_empty()
            || !self.args.always.is_empty()
            || !self.args.never.is_empty()
            || self.args.count.is_some();
        self.numbers(out)?;
        if !asks {
            self.endings(out)?;
            if !self.args.outputs {
                self.some_outputs(out)?;
            }
        }
        for text in &self.args.can {
            self.can(text, out)?;
        }
        for claim in &self.args.always {
            self.claim(claim, true, out)?;
        }
        for claim in &self.args.never {
            self.claim(claim, false, out)?;
        }
        if let Some(count) = self.args.count {
            let outputs = self.explored.outputs();
            let yes = outputs == Count::Exactly(count) && self.explored.bound().is_none();
            self.no |= !yes;
            writeln!(
                out,
                "--count {count}: {}",
                if yes {
                    "yes".to_owned()
                } else {
                    format!("no: {outputs}")
                }
            )?;
        }
        Ok(())
    }

    fn numbers(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let Report { explored, .. } = self;
        let (states, steps) = (explored.states() as u128, explored.steps() as u128);
        writeln!(
            out,
            "{}, {}",
            so_many(Count::Exactly(states), "state", "states"),
            so_many(Count::Exactly(steps), "step", "steps")
        )?;
        match explored.bound() {
            Some(Bound::States(states)) => {
                writeln!(out, "not complete: stopped at {states} states (--states)")?;
            }
            Some(Bound::Memory(states)) => {
                writeln!(
                    out,
                    "not complete: stopped at {states} states for their memory (--memory)"
                )?;
            }
            Some(Bound::Beyond(Beyond::Table(table), states)) => writeln!(
                out,
                "not complete: stopped at {states} states, where the modelled kernel has no more {table} (--limit {table}=N)"
            )?,
            Some(Bound::Beyond(Beyond::Time, _)) => writeln!(
                out,
                "not complete: the program asks for the time, and of the answers only one was explored"
            )?,
            Some(Bound::Beyond(Beyond::ProcessorTime, states)) => writeln!(
                out,
                "not complete: stopped at {states} states, where the program counts processor time: no step takes any"
            )?,
            None => {}
        }
        let at_least = if explored.bound().is_some() {
            "at least "
        } else {
            ""
        };
        let orders = so_many(explored.interleavings(), "order", "orders");
        writeln!(out, "{at_least}{orders} of the writes")?;
        let outputs = so_many(explored.outputs(), "output", "outputs");
        let outcomes = explored.outcomes();
        writeln!(out, "{at_least}{outputs}, {outcomes} with how the program ends")
    }

    /// One example for each kind of ending.
    fn endings(&mut self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut endings: Vec<Ending> = self.explored.endings().to_vec();
        endings.sort_by_key(Ending::in_words);
        for ending in endings {
            let Some(way) = self.explored.way_to_ending(ending) else {
                continue;
            };
            let replayed = self.explored.replay(&way);
            writeln!(
                out,
                "it {}: for example {}",
                ending.in_words(),
                shown(&replayed.output())
            )?;
            if !matches!(ending, Ending::Done(_)) {
                left_over(&replayed.machine, &run::left_over(&replayed.machine), out)?;
                self.witness(&way, out)?;
            }
        }
        Ok(())
    }

    fn some_outputs(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut left = SHOWN;
        let mut result = Ok(());
        self.explored.for_each_output(&mut |output, _| {
            if left == 0 {
                result = writeln!(out, "  ... (all of them with --outputs)");
                return false;
            }
            left -= 1;
            result = writeln!(out, "  {}", shown(output));
            result.is_ok()
        });
        result
    }

    fn witness(&mut self, way: &Way, out: &mut dyn Write) -> std::io::Result<()> {
        self.way.get_or_insert_with(|| way.clone());
        let Some(path) = self.args.witness.as_ref().filter(|_| !self.witnessed) else {
            return Ok(());
        };
        self.witnessed = true;
        let steps = self.explored.replay(way).steps;
        std::fs::write(path, steps.to_string())?;
        writeln!(
            out,
            "  its schedule, of {} choices, is in {}",
            way.0.len(),
            path.display()
        )
    }

    fn can(&mut self, text: &str, out: &mut dyn Write) -> std::io::Result<()> {
        let shown = quoted(text.as_bytes());
        let found = self.explored.meant(text);
        match found.and_then(|(output, _)| self.explored.way_to_output(&output, None)) {
            Some(way) => {
                writeln!(out, "{shown} is possible, after {} choices", way.0.len())?;
                self.witness(&way, out)
            }
            None if self.explored.bound().is_some() => {
                writeln!(out, "{shown}: not found; the search is not complete")
            }
            None => {
                self.no = true;
                let states = self.explored.states();
                writeln!(out, "{shown} is impossible: none of {states} states leads there")
            }
        }
    }

    fn claim(&mut self, text: &str, always: bool, out: &mut dyn Write) -> std::io::Result<()> {
        let word = if always { "always" } else { "never" };
        let claim = Claim::parse(text);
        match self.explored.outcome_where(&claim, !always) {
            Some((output, ending)) => {
                self.no = true;
                writeln!(out, "{word} {text}: no")?;
                writeln!(
                    out,
                    "  for example {}, and it {}",
                    quoted(&output),
                    ending.in_words()
                )?;
                let Some(way) = self.explored.way_to_output(&output, Some(ending)) else {
                    return Ok(());
                };
                if !matches!(ending, Ending::Done(_)) {
                    let machine = self.explored.replay(&way).machine;
                    left_over(&machine, &run::left_over(&machine), out)?;
                }
                self.witness(&way, out)
            }
            None if self.explored.bound().is_some() => {
                writeln!(
                    out,
                    "{word} {text}: not found to be wrong; the search is not complete"
                )
            }
            None => writeln!(
                out,
                "{word} {text}: yes, in all of {} states",
                self.explored.states()
            ),
        }
    }
}

/// Runs the program natively; tells whether all that it printed was found.
fn native(
    explored: &Explored,
    args: &ExploreArgs,
    runs: u64,
    stdin: &[u8],
    streams: &mut Streams<'_>,
) -> Result<bool, Stop> {
    let program = Native::compile(&args.program.file).map_err(|failure| Stop::input(failure.to_string()))?;
    let bar = super::bar(streams, "runs");
    bar.set_length(runs);
    let tally = program.runs(&args.program.args, stdin, runs, &|| bar.inc(1));
    bar.finish_and_clear();
    let tally = tally.map_err(|failure| Stop::input(failure.to_string()))?;
    let mut seen = std::collections::BTreeSet::new();
    let (mut unknown, mut stopped, mut unclear) = (Vec::new(), 0, 0);
    for (answer, times) in tally.answers() {
        match explored.look_up(answer) {
            Found::Output(output) => {
                seen.insert(output);
            }
            Found::Beginning => stopped += times,
            Found::Unclear => unclear += times,
            Found::Nothing => unknown.push((answer, times)),
        }
    }
    let out = &mut *if args.outputs {
        &mut *streams.stderr
    } else {
        &mut *streams.stdout
    };
    let told = writeln!(
        out,
        "{runs} native runs showed {} of {} outputs",
        seen.len(),
        explored.outputs()
    );
    told.map_err(|error| lost(&error))?;
    let undecided = [
        (stopped, "were stopped after 10 s, when they may have slept still"),
        (
            unclear,
            "were not looked up: too many numbers of processes could be each other",
        ),
    ];
    for (runs, why) in undecided.iter().filter(|(runs, _)| *runs > 0) {
        writeln!(out, "{runs} {why}").map_err(|error| lost(&error))?;
    }
    for (answer, times) in &unknown {
        let status = answer
            .status
            .map_or("none: stopped after 10 s".to_owned(), |status| status.to_string());
        let line = writeln!(
            out,
            "NOT FOUND BY THE SEARCH, {times} times: {} with status {status}",
            quoted(&answer.stdout)
        );
        line.map_err(|error| lost(&error))?;
    }
    if !unknown.is_empty() && explored.bound().is_none() {
        let line = writeln!(
            out,
            "the running kernel did what the model cannot do: please report this program"
        );
        line.map_err(|error| lost(&error))?;
    }
    Ok(unknown.is_empty() || explored.bound().is_some())
}
