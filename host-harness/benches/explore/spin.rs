//! The same question put to SPIN, where it is installed: four writers, and a parent that waits for them.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// `writers.c` as SPIN sees it: what is written is a step, an end is a step, and the parent waits for each.
const MODEL: &str = r"
byte ended;
byte letter;
proctype writer(byte which) {
    byte i;
    do
    :: i < 4 -> atomic { letter = which; i++ }
    :: else -> break
    od;
    ended++
}
init {
    run writer(1); run writer(2); run writer(3); run writer(4);
    ended >= 1; ended >= 2; ended >= 3; ended >= 4
}
";

fn run(folder: &Path, program: &str, args: &[&str]) -> Option<(Output, Duration)> {
    let begun = Instant::now();
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .output()
        .ok()?;
    Some((output, begun.elapsed()))
}

/// The number before these words in what a verifier says.
fn number(said: &str, words: &str) -> Option<f64> {
    let line = said.lines().find(|line| line.contains(words))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Builds a verifier, with or without its reductions.
fn build(folder: &Path, name: &str, flags: &[&str]) {
    let args = ["-O2", "-w", "-DSAFETY", "-o", name, "pan.c"];
    let args: Vec<&str> = args.into_iter().chain(flags.iter().copied()).collect();
    run(folder, "cc", &args).expect("cc builds the verifier");
}

/// States, and the time of a verifier.
fn verify(folder: &Path, name: &str) -> (f64, Duration) {
    let (output, time) = run(folder, name, &["-m100000", "-E"]).expect("the verifier runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let states = number(&said, "states, stored").expect("the verifier says how many states");
    (states, time)
}

/// The same question is put so often to both, in turn; what counts is the median.
const ROUNDS: usize = 15;

/// States, and the time that they took.
type Answer = (f64, Duration);

fn speed((states, time): Answer) -> f64 {
    states / time.as_secs_f64()
}

/// What two say that are asked in turn: the answers of median time, and how many times faster the second is, by the median of
/// the turns, for what slows the machine for a while slows both of a turn.
fn in_turn(mut ours: impl FnMut() -> Answer, mut theirs: impl FnMut() -> Answer) -> ([Answer; 2], f64) {
    let asked: Vec<_> = (0..ROUNDS).map(|_| (ours(), theirs())).collect();
    let mut ratios: Vec<f64> = asked
        .iter()
        .map(|(ours, theirs)| speed(*theirs) / speed(*ours))
        .collect();
    ratios.sort_by(f64::total_cmp);
    let (mut ours, mut theirs): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
    let answers = [&mut ours, &mut theirs].map(|answers| {
        answers.sort_by_key(|(_, time)| *time);
        answers[ROUNDS / 2]
    });
    (answers, ratios[ROUNDS / 2])
}

/// The row of the table.
pub(crate) fn row() {
    let folder = tempfile::tempdir().expect("a folder for what spin makes");
    std::fs::write(folder.path().join("writers.pml"), MODEL).expect("a file in it");
    let Some((made, _)) = run(folder.path(), "spin", &["-a", "writers.pml"]) else {
        println!("against SPIN: skipped: there is no `spin` on this machine (Debian: apt install spin)");
        return;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
    build(folder.path(), "./pan", &["-DNOREDUCE"]);
    build(folder.path(), "./pan_less", &[]);
    // The verifier has one processor too, and its program was compiled before.
    let source = super::source("writers.c", 3);
    let states = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let searched = || {
        let (found, time) = super::searched(&source, true, 1);
        (states(found.states()), time)
    };
    let explored = || {
        let (found, time) = super::explored(&source, false, 1);
        (states(found.states()), time)
    };
    let ([ours, full], times) = in_turn(searched, || verify(folder.path(), "./pan"));
    let ([reduced, less], _) = in_turn(explored, || verify(folder.path(), "./pan_less"));
    super::row(
        "against SPIN, unreduced",
        &format!(
            "{:.0} states/s, SPIN {:.0}, {times:.1} times",
            speed(ours),
            speed(full)
        ),
        ours.1,
        "within 3 times",
        times < 3.0,
    );
    super::row(
        "against SPIN, reduced",
        &format!(
            "{} states, SPIN {} in {:.3} s",
            reduced.0,
            less.0,
            less.1.as_secs_f64()
        ),
        reduced.1,
        "less time",
        reduced.1 < less.1,
    );
}
