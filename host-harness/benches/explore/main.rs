//! `cargo bench --bench explore`: what `ktm explore` must find, and how long it takes; see `docs/explore.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on ends, and what it prints is its product"
)]

mod spin;

use host_harness::c::SourceFile;
use host_harness::explore::{Claim, Count, Explored, Limits, Rules, explore, world};
use host_harness::run::load;
use std::time::{Duration, Instant};

/// A program of `docs/examples`, with each `N 3` in it made another number.
fn source(name: &str, n: u32) -> SourceFile {
    let path = format!("{}/../docs/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    SourceFile {
        name: name.to_owned(),
        text: text.replace("#define N 3", &format!("#define N {n}")),
    }
}

/// Explores a program on so many processors; what was found, and how long it took from source to answer.
fn explored(source: &SourceFile, unreduced: bool, workers: usize) -> (Explored, Duration) {
    let begun = Instant::now();
    let (explored, _) = searched(source, unreduced, workers);
    (explored, begun.elapsed())
}

/// The same, and how long the search alone took.
fn searched(source: &SourceFile, unreduced: bool, workers: usize) -> (Explored, Duration) {
    let loaded = load(source, &[], &world()).expect("an example compiles");
    let rules = Rules {
        unreduced,
        idle_clock: false,
        exact: false,
        every_step: false,
    };
    let limits = Limits {
        states: 50_000_000,
        memory: 6 << 30,
        workers,
    };
    let begun = Instant::now();
    let explored = explore(loaded, b"", rules, limits, &|_| {});
    (explored, begun.elapsed())
}

fn row(what: &str, found: &str, time: Duration, goal: &str, met: bool) {
    let met = if met { "met" } else { "SHORT" };
    println!(
        "{what:<34} {found:<44} {:>9.3} s  {goal:<26} {met}",
        time.as_secs_f64()
    );
}

/// Orders of the writes and outputs, within a time.
fn counted(name: &str, orders: u128, outputs: u128, within: Duration) {
    let (found, time) = explored(&source(name, 3), false, Limits::processors());
    let (o, n) = (found.interleavings(), found.outputs());
    let right = (o, n) == (Count::Exactly(orders), Count::Exactly(outputs)) && found.bound().is_none();
    row(
        name,
        &format!("{o} orders, {n} outputs, {} states", found.states()),
        time,
        &format!("{orders}, {outputs}, {} s", within.as_secs_f64()),
        right && time < within,
    );
}

fn philosophers(name: &str, most: u32) {
    for n in 3..=most {
        let (found, time) = explored(&source(name, n), false, Limits::processors());
        let deadlock = found.outcome_where(&Claim::Deadlock, true);
        let way = deadlock.and_then(|(output, ending)| found.way_to_output(&output, Some(ending)));
        let choices = way.as_ref().map_or(0, |way| way.0.len());
        row(
            &format!("{name}, {n}"),
            &format!("{} states, deadlock after {choices} choices", found.states()),
            time,
            "found, shortest witness",
            way.is_some() && found.bound().is_none(),
        );
    }
}

fn main() {
    let asked = |flag: &str| std::env::args().any(|arg| arg == flag);
    // cargo test --benches asks for nothing more than that it starts.
    if asked("--test") {
        return;
    }
    // First, for the verifier has a fresh heap each time, too.
    spin::row();
    if asked("spin") {
        return;
    }
    counted("ab.c", 24, 1, Duration::from_secs(1));
    counted("ab_flushed.c", 80, 3, Duration::from_secs(1));
    counted("three_children.c", 105, 63, Duration::from_millis(50));
    counted("seven.c", 27_720, 1542, Duration::from_secs(1));
    counted("writers.c", 63_063_000, 63_063_000, Duration::from_secs(10));
    counted("printf_loop.c", 40_320, 1, Duration::from_secs(1));
    philosophers("philosophers.c", 7);
    // Six are near a million states, seven more than six millions: several minutes.
    philosophers("philosophers_sem.c", if asked("--all") { 7 } else { 6 });
}
