//! Compiling with ours and with `cc`.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use host_harness::c::{Compiled, Options, SourceFile, compile, render};

use crate::flat::{Ended, execute};

pub const FUEL: u64 = 200_000_000;

pub fn options() -> Options {
    Options::default()
}

pub fn compile_text(text: &str) -> Result<Compiled, String> {
    let source = SourceFile {
        name: "test.c".to_owned(),
        text: text.to_owned(),
    };
    compile(&source, &options()).map_err(|errors| {
        errors
            .iter()
            .map(|error| render(error, false))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

pub fn run_text(text: &str) -> Ended {
    match compile_text(text) {
        Ok(compiled) => execute(&compiled.image, &["test"], FUEL),
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

/// The messages that a broken program gets.
pub fn errors_of(text: &str) -> String {
    match compile_text(text) {
        Ok(_) => panic!("this should not compile:\n{text}"),
        Err(errors) => errors,
    }
}

pub fn warnings_of(text: &str) -> Vec<String> {
    match compile_text(text) {
        Ok(compiled) => compiled
            .warnings
            .iter()
            .map(|warning| warning.message.clone())
            .collect(),
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Compiles with `cc -O0` and runs it; `None` (with a word) if this machine has no `cc`.
pub fn native(text: &str) -> Option<(Vec<u8>, i32)> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let base: PathBuf = std::env::temp_dir().join(format!("ktm-front-end-{}-{number}", std::process::id()));
    let (source, program) = (base.with_extension("c"), base.with_extension("exe"));
    std::fs::write(&source, text).unwrap();
    let built = Command::new("cc")
        .args(["-w", "-O0", "-fwrapv", "-o"])
        .arg(&program)
        .arg(&source)
        .args(["-lm"])
        .output();
    let built = match built {
        Ok(built) => built,
        Err(_) => {
            eprintln!("no cc on this machine: nothing to compare with");
            return None;
        }
    };
    assert!(
        built.status.success(),
        "cc: {}\n{text}",
        String::from_utf8_lossy(&built.stderr)
    );
    let output = Command::new(&program).output().unwrap();
    let _ = std::fs::remove_file(&source);
    let _ = std::fs::remove_file(&program);
    use std::os::unix::process::ExitStatusExt;
    let status = output
        .status
        .code()
        .unwrap_or_else(|| 128 + output.status.signal().unwrap());
    Some((output.stdout, status))
}

/// Both compilers must make programs that write the same and end the same.
pub fn agree(text: &str) {
    let ours = run_text(text);
    let Some((stdout, status)) = native(text) else {
        return;
    };
    // gcc 12 narrows some divisions so that they trap: such a batch says nothing.
    if status == 128 + 8 && ours.status == 0 {
        eprintln!("skipped: the program of cc traps");
        return;
    }
    let (left, right) = (
        String::from_utf8_lossy(&ours.stdout),
        String::from_utf8_lossy(&stdout),
    );
    let differ = left
        .lines()
        .zip(right.lines())
        .find(|(ours, theirs)| ours != theirs);
    if let Some((ours, theirs)) = differ {
        let number = ours
            .split(':')
            .next()
            .and_then(|number| number.parse::<usize>().ok())
            .unwrap_or(0);
        let line = text.lines().nth(number.saturating_sub(1)).unwrap_or_default();
        let _ = std::fs::write(std::env::temp_dir().join("ktm-front-end-differs.c"), text);
        panic!("ours: {ours}\ncc:   {theirs}\n{line}");
    }
    assert_eq!(
        (left, ours.status),
        (right, status),
        "ours on the left, cc on the right\n{text}"
    );
}
