//! What the running kernel prints is among what `ktm explore` has found: the examples of the book, and exercises whose
//! output depends on the order.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/session.rs"]
mod session;

use session::ktm;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What `ktm explore --native` says of a program, and its exit status.
fn explored(program: &Path, runs: &str) -> (String, i32) {
    let words = ["explore", "--native", runs, "--states", "200000"].map(Into::into);
    let (stdout, stderr, status) = ktm(words.into_iter().chain([OsString::from(program)]));
    (stdout + &stderr, status)
}

/// Programs whose native runs hang, as the search says: a native run is stopped after ten seconds.
const HANG: [&str; 3] = ["open_end.c", "lost_signal.c", "philosophers.c"];

#[test]
fn native_runs_stay_within_what_was_found() {
    if std::process::Command::new("cc")
        .arg("--version")
        .output()
        .is_err()
    {
        eprintln!("skipped: there is no cc");
        return;
    }
    let mut programs: Vec<PathBuf> = std::fs::read_dir("docs/examples")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        // A kernel of one's own, and a shell that asks its terminal, are no such programs.
        .filter(|path| {
            let others = ["kernel.c", "fg.c"];
            !others.iter().any(|name| path.ends_with(name))
        })
        .collect();
    programs.sort();
    assert!(programs.len() > 10);
    for program in programs {
        let hangs = HANG.iter().any(|name| program.ends_with(name));
        let (said, status) = explored(&program, if hangs { "1" } else { "20" });
        assert_eq!(status, 0, "{}:\n{said}", program.display());
    }
}
