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

/// States, and the time of the verifier, with or without its reductions.
fn verify(folder: &Path, flags: &[&str]) -> Option<(f64, Duration)> {
    let args: Vec<&str> = ["-O2", "-w", "-DSAFETY", "-o", "pan", "pan.c"]
        .into_iter()
        .chain(flags.iter().copied())
        .collect();
    run(folder, "cc", &args)?;
    let (output, time) = run(folder, "./pan", &["-m100000", "-E"])?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    Some((number(&said, "states, stored")?, time))
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
    // The verifier has one processor too, and its program was compiled before.
    let source = super::source("writers.c", 3);
    let (ours, our_time) = super::searched(&source, true, 1);
    let (reduced, reduced_time) = super::explored(&source, false, 1);
    let full = verify(folder.path(), &["-DNOREDUCE"]).expect("cc builds the verifier");
    let less = verify(folder.path(), &[]).expect("cc builds the verifier");
    let speed = |states: f64, time: Duration| states / time.as_secs_f64();
    let states = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let (theirs, mine) = (speed(full.0, full.1), speed(states(ours.states()), our_time));
    super::row(
        "against SPIN, unreduced",
        &format!("{:.0} states/s, SPIN {theirs:.0}", mine),
        our_time,
        "within 3 times",
        theirs < 3.0 * mine,
    );
    super::row(
        "against SPIN, reduced",
        &format!(
            "{} states, SPIN {:.0} in {:.3} s",
            reduced.states(),
            less.0,
            less.1.as_secs_f64()
        ),
        reduced_time,
        "less time",
        reduced_time < less.1,
    );
}
