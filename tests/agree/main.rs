//! The corpus under `tests/c`: what the running kernel gives for each program is recorded next to it, and both the
//! running kernel (where there is a `cc`) and the model must give exactly that: the same bytes on stdout, the same
//! status.
//!
//! - `KTM_RECORD=1 cargo test --test agree` writes the records anew from the running kernel.
//! - `KTM_ONLY=pipes/` restricts all of it to the programs whose name contains that text.
//! - `KTM_REPEAT=50` runs each program that many times natively: one that is not deterministic shows itself.
//! - `KTM_SEEDS=20` runs each under so many more schedules on the model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)] // a test reports by panicking

mod corpus;
mod model;
mod native;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use corpus::{Answer, Program};

/// Fewer programs than this, and the search for them has gone wrong.
const AT_LEAST: usize = 200;

/// Programs run at a time: the machine's own timing should not be part of the test.
const THREADS: usize = 2;

/// Runs `check` on every program, on a few threads, and panics with all that went wrong.
fn for_each_program(what: &str, check: impl Fn(&Program) -> Result<(), String> + Sync) {
    let programs = corpus::programs();
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(message) = check(program) {
                        failures.lock().unwrap().push((program.name.clone(), message));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    if !failures.is_empty() {
        let mut report = format!(
            "{what}: {} of {} programs differ\n",
            failures.len(),
            programs.len()
        );
        for (name, message) in &failures {
            writeln!(report, "\n== tests/c/{name}.c\n{}", message.trim_end()).unwrap();
        }
        write!(report, "\nthe programs that differ:").unwrap();
        for (name, _) in &failures {
            write!(report, " {name}").unwrap();
        }
        panic!("{report}");
    }
}

/// What is wrong with `answer`, measured by the record.
fn compare(program: &Program, answer: &Answer, who: &str) -> Result<(), String> {
    let record = program.record()?;
    if *answer == record {
        return Ok(());
    }
    let mut message = String::new();
    if answer.status != record.status {
        writeln!(message, "status {}, recorded {}", answer.status, record.status).unwrap();
    }
    if answer.stdout != record.stdout {
        let recorded = snapbox::Data::text(String::from_utf8_lossy(&record.stdout).into_owned());
        let actual = snapbox::Data::text(String::from_utf8_lossy(&answer.stdout).into_owned());
        snapbox::report::write_diff(
            &mut message,
            &recorded,
            &actual,
            Some(&format!("{}.out", program.name)),
            Some(&who),
            snapbox::report::Palette::plain(),
        )
        .unwrap();
    }
    if !answer.stderr.is_empty() {
        writeln!(
            message,
            "its stderr:\n{}",
            String::from_utf8_lossy(&answer.stderr)
        )
        .unwrap();
    }
    Err(message)
}

#[test]
fn every_program_says_what_it_shows() {
    let programs = corpus::programs();
    let mut wrong = Vec::new();
    if std::env::var_os("KTM_ONLY").is_none() && programs.len() < AT_LEAST {
        wrong.push(format!(
            "only {} programs found, there should be at least {AT_LEAST}",
            programs.len()
        ));
    }
    for program in &programs {
        if !program.source.trim_start_matches('\u{feff}').starts_with("/*")
            && !program.source.trim_start_matches('\u{feff}').starts_with("//")
        {
            wrong.push(format!("{}: no comment at the start", program.name));
        }
        if !corpus::recording()
            && let Err(message) = program.record()
        {
            wrong.push(format!("{}: {message}", program.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The index says which program shows which rule: it may neither miss a program nor name one that is not there.
#[test]
fn the_index_names_every_program() {
    if std::env::var_os("KTM_ONLY").is_some() {
        return;
    }
    let index = corpus::index();
    let is_name = |text: &&str| {
        text.contains('/')
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_/".contains(c))
    };
    let named: BTreeSet<String> = index
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(is_name)
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<String> = corpus::programs()
        .into_iter()
        .map(|program| program.name)
        .collect();
    let missing: Vec<_> = there.difference(&named).collect();
    let gone: Vec<_> = named.difference(&there).collect();
    assert!(missing.is_empty(), "tests/c/README.md does not name {missing:?}");
    assert!(
        gone.is_empty(),
        "tests/c/README.md names what is not there: {gone:?}"
    );
}

#[test]
fn the_running_kernel_gives_what_is_recorded() {
    if !native::available() {
        assert!(!corpus::recording(), "recording needs Linux and a cc");
        eprintln!("skipped: no Linux, or no cc");
        return;
    }
    let repeat = std::env::var("KTM_REPEAT")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_usize)
        .max(1);
    for_each_program("the running kernel", |program| {
        if let Some(needed) = &program.kernel
            && !native::kernel_is_at_least(needed)
        {
            eprintln!("{}: skipped, it needs Linux {needed}", program.name);
            return Ok(());
        }
        if program.root && !native::is_root() {
            eprintln!("{}: skipped, it needs root", program.name);
            return Ok(());
        }
        let binary = native::compile(program)?;
        if corpus::recording() {
            let answer = native::run(program, &binary)?;
            for _ in 0..2 {
                if native::run(program, &binary)? != answer {
                    return Err("not deterministic, not recorded".into());
                }
            }
            return program.write_record(&answer);
        }
        for n in 1..=repeat {
            compare(
                program,
                &native::run(program, &binary)?,
                &format!("Linux, run {n}"),
            )?;
        }
        Ok(())
    });
}

#[test]
fn the_model_gives_what_is_recorded() {
    if corpus::recording() {
        return;
    }
    let schedules = model::schedules();
    for_each_program("the model", |program| {
        let mut model = model::Model::new(program);
        for schedule in &schedules {
            let differs = |message| format!("{schedule}\n{message}");
            let answer = model.run(*schedule).map_err(differs)?;
            compare(program, &answer, "the model").map_err(differs)?;
        }
        Ok(())
    });
}
