//! The table: a line for each comparison, as soon as it is known.

use crate::sample::Compared;
use std::fmt::Display;

/// What a row must reach.
#[derive(Clone, Copy)]
pub enum Goal {
    /// The model is at least so many times faster than the other.
    Faster(f64),
    /// The model is at most so many times slower than the other.
    Slower(f64),
    /// Nothing: the row is there to compare with.
    Shown,
}

/// The table being printed.
pub struct Report {
    short: Vec<String>,
}

/// A time in the unit that suits it.
pub fn duration(ns: f64) -> String {
    match ns {
        ..1e3 => format!("{ns:.1} ns"),
        ..1e6 => format!("{:.2} µs", ns / 1e3),
        ..1e9 => format!("{:.2} ms", ns / 1e6),
        _ => format!("{:.2} s", ns / 1e9),
    }
}

impl Report {
    /// Prints the head.
    pub fn begin() -> Report {
        println!("{:<58} {:>11} {:>11} {:>10}  goal", "", "model", "other", "ratio");
        Report { short: Vec::new() }
    }

    /// Prints a headline.
    pub fn group(&self, title: &str) {
        println!("\n{title}");
    }

    /// Prints a row: side `a` is the model's.
    pub fn row(&mut self, what: &str, compared: &Compared, goal: Goal) {
        let Compared { a, b, ratio } = *compared;
        let (goal, kept) = match goal {
            Goal::Faster(least) => (format!("at least {least}"), ratio >= least),
            Goal::Slower(most) => (format!("at least 1/{most}"), ratio * most >= 1.0),
            Goal::Shown => (String::new(), true),
        };
        let ratio = if ratio < 1.0 {
            format!("1/{:.2}", 1.0 / ratio)
        } else {
            format!("{ratio:.1}")
        };
        let verdict = if kept { "" } else { "  SHORT" };
        println!(
            "  {what:<56} {:>11} {:>11} {ratio:>10}  {goal}{verdict}",
            duration(a),
            duration(b)
        );
        if !kept {
            self.short.push(what.to_owned());
        }
    }

    /// Prints a time that limits the rows before it.
    pub fn limit(&self, what: &str, ns: f64) {
        println!("  {what:<56} {:>11}", duration(ns));
    }

    /// Prints that a row could not be measured.
    pub fn skipped(&self, what: &str, why: impl Display) {
        println!("  {what:<56} skipped: {why}");
    }

    /// Prints what fell short.
    pub fn end(self) {
        if let Some((load, cores)) = crowded() {
            println!(
                "\nThe machine is busy (load {load} on {cores} cores). Turns do not cancel that out where the running"
            );
            println!(
                "kernel puts a process to sleep and wakes it: fork, exit, wait flatters the model in this run."
            );
        }
        println!("\nratio: how many times faster the model is; 1/x: how many times slower.");
        if !self.short.is_empty() {
            println!("short of the goal in this run: {}", self.short.join("; "));
        }
    }
}

/// The load of the last minute and the number of cores, when the first is above the second.
fn crowded() -> Option<(f64, usize)> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    let load: f64 = text.split_whitespace().next()?.parse().ok()?;
    let cores = std::thread::available_parallelism().ok()?.get();
    (load > cores as f64).then_some((load, cores))
}
