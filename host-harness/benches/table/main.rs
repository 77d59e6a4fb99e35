//! `cargo bench`: one table of ratios. Each row is measured in this run, its two sides in turns; see `docs/speed.md`.
//! `cargo bench -- memory signals` measures these parts of it alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a benchmark that cannot go on ends, and what it prints is its product"
)]

#[path = "../linux/mod.rs"]
mod linux;
mod memory;
mod model;
mod program;
mod report;
mod sample;
mod signals;
mod sizes;
mod tasks;

use report::Report;

fn main() {
    // cargo test --benches asks for nothing more than that it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for what cc makes");
    let mut started = linux::Linux::start(folder.path()).map_err(|error| error.to_string());
    let mut linux = started.as_mut().map_err(|error| error.as_str());

    let parts: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let known = ["tasks", "memory", "signals", "program"];
    if let Some(unknown) = parts.iter().find(|part| !known.contains(&part.as_str())) {
        println!("no part is called '{unknown}'; there are: {}", known.join(", "));
        std::process::exit(2);
    }
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let mut report = Report::begin();
    if wanted("tasks") {
        tasks::against_starry(&mut report);
        tasks::against_linux(&mut report, &mut linux);
        tasks::among_many(&mut report);
    }
    if wanted("memory") {
        memory::fork_of_pages(&mut report, &mut linux);
        memory::copy_on_write(&mut report, &mut linux);
    }
    if wanted("signals") {
        signals::signals(&mut report, &mut linux);
        signals::groups(&mut report, &mut linux);
        signals::threads(&mut report, &mut linux);
    }
    if wanted("program") {
        program::two_loops(&mut report, folder.path());
    }
    report.end();
    sizes::print();
}
