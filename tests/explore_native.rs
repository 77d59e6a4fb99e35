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

/// A program in a folder of its own.
fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

const NUMBERS: &str = r#"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int local = 0;
    printf("%s: I am %d, child of %d, in group %d\n", argv[0], getpid(), getppid(), getpgrp());
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        printf("%5d has %p\n", getpid(), (void *)&local);
        return 0;
    }
    wait(NULL);
    printf("%-6d| was mine, %p is still there\n", child, (void *)&local);
    return 0;
}
"#;

/// Numbers of processes and addresses are other ones natively, and the program is called by the same name.
#[test]
fn numbers_and_addresses_are_no_difference() {
    let (_folder, program) = written("numbers.c", NUMBERS);
    let (said, status) = explored(&program, "5");
    assert!(said.contains("5 native runs showed 1 of 1 outputs"), "{said}");
    assert_eq!(status, 0);
    let words = [OsString::from("native"), "-n".into(), "5".into(), program.into()];
    let (stdout, _, status) = ktm(words);
    assert!(stdout.contains("5 of 5 native runs gave"), "{stdout}");
    assert_eq!(status, 0);
}

/// What the model cannot print is told: here the machine's name.
#[test]
fn what_was_not_found_is_told() {
    let text = "#include <stdio.h>\n#include <sys/utsname.h>\n\
                int main(void) { struct utsname name; uname(&name); puts(name.nodename); return 0; }\n";
    let (_folder, program) = written("name.c", text);
    let (said, status) = explored(&program, "3");
    assert!(said.contains("NOT FOUND BY THE SEARCH, 3 times"), "{said}");
    assert_eq!(status, 1);
}

/// A native run that is stopped tells nothing where the program may sleep, and everything where it cannot.
#[test]
fn a_run_that_is_stopped_may_have_slept() {
    let sleeps =
        "#include <unistd.h>\nint main(void) { write(1, \"a\", 1); sleep(100000); write(1, \"b\", 1); }\n";
    let (_folder, program) = written("sleeps.c", sleeps);
    let (said, status) = explored(&program, "1");
    assert!(said.contains("1 were stopped after 10 s"), "{said}");
    assert_eq!(status, 0);
}
