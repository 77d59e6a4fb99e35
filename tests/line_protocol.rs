//! Kernels in other processes, held against the model over the line protocol: the worked examples in C and Python,
//! and kernels that crash, hang or talk nonsense.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::io::BufReader;
use std::path::PathBuf;
use std::process::Command as Process;
use std::time::Duration;

use host_harness::oracle::alphabet::CallId;
use host_harness::oracle::check::{Options, check};
use host_harness::oracle::generate::{program_within, seed_of};
use host_harness::oracle::lines::{Lines, TIMEOUT, serve};
use host_harness::oracle::model::Model;
use host_harness::oracle::program::Observe;
use host_harness::oracle::system::{Command, Outcome, System};
use host_harness::oracle::tally::Tally;

const EACH: Options = Options {
    observe: Observe::Each,
    audit: false,
};

/// Runs random programs on a kernel; each of the calls that it has must have been made often.
fn holds(kernel: &mut dyn System, programs: u64, calls: &[&str]) {
    let mut tally = Tally::default();
    kernel.boot().unwrap();
    let scope = kernel.scope();
    for number in 0..programs {
        let program = program_within(seed_of(3, number), 20, &scope);
        let verdict = check(&program, kernel, EACH, &mut tally).unwrap();
        if let Some(found) = verdict.divergence() {
            panic!(
                "program {number}:\n{}",
                host_harness::diff::show::divergence(&found)
            );
        }
    }
    println!("{tally}");
    for call in CallId::all() {
        let (name, made) = (call.row().name, tally.calls_of(call));
        assert_eq!(
            made > programs / 10,
            calls.contains(&name),
            "{name} was made {made} times"
        );
    }
}

fn runs(program: &str) -> bool {
    let there = Process::new(program).arg("--version").output();
    let runs = there.is_ok_and(|output| output.status.success());
    if !runs {
        println!("skipped: {program} does not run here");
    }
    runs
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn the_kernel_in_c_conforms() {
    if !runs("cc") {
        return;
    }
    let binary = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("kernel-c");
    let compiler = Process::new("cc")
        .args(["-O", "-Wall", "-Wextra", "-Werror", "-o"])
        .arg(&binary)
        .arg("docs/examples/kernel.c")
        .status();
    assert!(compiler.unwrap().success());
    let mut kernel = Lines::new(words(&[binary.to_str().unwrap()]), TIMEOUT);
    let calls = [
        "fork", "exit", "wait4", "getpid", "getppid", "pipe", "read", "close",
    ];
    holds(&mut kernel, 1000, &calls);
}

#[test]
fn the_kernel_in_python_conforms() {
    if !runs("python3") {
        return;
    }
    let mut kernel = Lines::new(words(&["python3", "docs/examples/kernel.py"]), TIMEOUT);
    let calls = [
        "fork",
        "exit_group",
        "wait4",
        "getpid",
        "getppid",
        "getpgrp",
        "getpgid",
        "getsid",
        "setpgid",
        "setsid",
    ];
    holds(&mut kernel, 1000, &calls);
}

/// The two ends of the protocol back to back: every line goes through the text.
struct Wire {
    model: Model,
}

impl Wire {
    fn lines(&mut self, requests: &[&str]) -> Vec<String> {
        let (text, mut out) = (requests.join("\n"), Vec::new());
        serve(&mut self.model, &mut BufReader::new(text.as_bytes()), &mut out).unwrap();
        String::from_utf8(out)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

#[test]
fn a_system_can_be_served() {
    let mut wire = Wire {
        model: Model::new().unwrap(),
    };
    let said = wire.lines(&[
        r#"{"op":"boot"}"#,
        r#"{"op":"step","task":1,"call":"fork","nr":57,"args":[]}"#,
        r#"{"op":"step","task":1,"call":"wait4","nr":61,"args":[-1,35184372088832,0,0]}"#,
        r#"{"op":"step","task":2,"call":"exit","nr":60,"args":[7]}"#,
        r#"{"op":"returned"}"#,
        r#"{"op":"step","task":1,"call":"pipe","nr":22,"args":[35184372088832]}"#,
        r#"{"op":"step","task":1,"call":"flock","nr":73,"args":[]}"#,
        r#"{"op":"step","task":7,"call":"getpid","nr":39,"args":[]}"#,
        "what?",
    ]);
    let (last, first) = said.split_last().unwrap();
    assert_eq!(
        first,
        [
            r#"{"ok":true}"#,
            r#"{"done":2}"#,
            r#"{"blocked":true}"#,
            r#"{"gone":true}"#,
            r#"{"returned":[{"task":1,"done":2,"status":1792}]}"#,
            r#"{"done":0,"fds":[0,1]}"#,
            r#"{"error":"there is no call flock"}"#,
            r#"{"error":"there is no task 7"}"#,
        ]
    );
    assert!(last.starts_with(r#"{"error":"#), "{last}");
}

/// What a kernel that is a shell script does to a step.
fn lost(script: &str, timeout: Duration) -> (String, Lines) {
    let mut kernel = Lines::new(words(&["sh", "-c", script]), timeout);
    kernel.boot().unwrap();
    let lost = kernel.step(1, Command::Exec).unwrap_err();
    (lost.0, kernel)
}

#[test]
fn a_kernel_that_crashes_is_lost_with_its_last_words() {
    let script = r#"read x; echo '{"ok":true}'; read x; echo first >&2; echo 'panic: no frames' >&2; exit 3"#;
    let (why, mut kernel) = lost(script, TIMEOUT);
    assert!(
        why.contains("exit status: 3") && why.contains("panic: no frames"),
        "{why}"
    );
    assert!(!kernel.has_hung());
    // It is started anew.
    kernel.boot().unwrap();
}

#[test]
fn a_kernel_that_hangs_is_lost() {
    let script = r#"read x; echo '{"ok":true}'; read x; exec sleep 60"#;
    let (why, kernel) = lost(script, Duration::from_millis(200));
    assert!(why.starts_with("hung"), "{why}");
    assert!(kernel.has_hung());
}

#[test]
fn a_kernel_that_talks_nonsense_is_lost() {
    for (said, expected) in [
        ("good morning", "good morning"),
        (r#"{"done":1,"blocked":true}"#, "of done, blocked"),
        (r#"{"done":1,"status":0,"fds":[0,1]}"#, "more than one of status"),
        (r#"{"error":"panic"}"#, "panic"),
        ("{}", "none"),
    ] {
        let script = format!(r#"read x; echo '{{"ok":true}}'; while read x; do echo '{said}'; done"#);
        let (why, _) = lost(&script, TIMEOUT);
        assert!(why.contains(expected), "{said}: {why}");
    }
}

#[test]
fn names_that_nobody_has_are_refused_at_boot() {
    for (said, expected) in [
        (
            r#"{"ok":true,"calls":["fork","spoon"]}"#,
            "there is no call spoon",
        ),
        (r#"{"ok":true,"observes":["mood"]}"#, "there is no field mood"),
        (r#"{"ok":false}"#, "does not boot"),
    ] {
        let script = format!("read x; echo '{said}'; read x");
        let mut kernel = Lines::new(words(&["sh", "-c", &script]), TIMEOUT);
        assert!(kernel.boot().unwrap_err().0.contains(expected), "{said}");
    }
    let nobody = Lines::new(words(&["./there-is-no-such-kernel"]), TIMEOUT).boot();
    assert!(nobody.unwrap_err().0.contains("cannot start"));
}

#[test]
fn what_a_kernel_leaves_out_is_not_compared() {
    let script = r#"while read x; do case $x in
            *boot*) echo '{"ok":true,"observes":["state"],"calls":["getpid"]}';;
            *step*) echo '{"done":1}';;
            *returned*) echo '{"returned":[]}';;
            *) echo '{"tasks":[{"tid":1,"state":"R","pgid":77}]}';;
        esac; done"#;
    let mut kernel = Lines::new(words(&["sh", "-c", script]), TIMEOUT);
    holds(&mut kernel, 20, &["getpid"]);
    let outcome = kernel.step(1, Command::Exec).unwrap();
    assert!(matches!(outcome, Outcome::Done(_)));
}
