//! What `ktm` says about C that it cannot run: each file under `tests/errors`, and the rendered messages beside it.
//!
//! `SNAPSHOTS=overwrite cargo test --test errors` writes the messages anew; read them as a student would before
//! committing them. Files called `warning_*` compile, and are complained about all the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test reports by panicking

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use host_harness::c::{Diagnostic, Level, Options, SourceFile, compile, render};
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};

/// Fewer files than this, and the search for them has gone wrong.
const AT_LEAST: usize = 100;

/// Nothing here is large; even the deepest nesting is refused at once.
const PATIENCE: Duration = Duration::from_secs(5);

fn inputs() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("errors");
    let mut files: Vec<_> = fs::read_dir(directory)
        .expect("tests/errors")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    files.sort();
    assert!(
        files.len() >= AT_LEAST,
        "only {} files found, there should be at least {AT_LEAST}",
        files.len()
    );
    files
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Does the file compile, and what is said about it?
fn messages(path: &Path) -> (bool, Vec<Diagnostic>) {
    let bytes = fs::read(path).unwrap();
    match compile(&SourceFile::new(name_of(path), &bytes), &Options::default()) {
        Ok(compiled) => (true, compiled.warnings),
        Err(diagnostics) => (false, diagnostics),
    }
}

/// Calls `check` on every file and panics with all that it found.
fn for_each_input(check: impl Fn(&Path) -> Result<(), String>) {
    let wrong: Vec<String> = inputs()
        .iter()
        .filter_map(|path| {
            check(path)
                .err()
                .map(|message| format!("== tests/errors/{}\n{message}", name_of(path)))
        })
        .collect();
    assert!(wrong.is_empty(), "{} files\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn messages_are_as_recorded() {
    let assert = Assert::new().action_env("SNAPSHOTS").normalize_paths(false);
    for_each_input(|path| {
        let text: String = messages(path)
            .1
            .iter()
            .map(|diagnostic| render(diagnostic, false))
            .collect();
        let recorded = Data::read_from(&path.with_extension("stderr"), Some(DataFormat::Text)).raw();
        assert
            .try_eq(Some(&name_of(path)), Data::text(text), recorded)
            .map_err(|error| error.to_string())
    });
}

#[test]
fn only_what_warns_compiles() {
    for_each_input(|path| {
        let expected = name_of(path).starts_with("warning_");
        let begun = Instant::now();
        let (compiles, diagnostics) = messages(path);
        let errors = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.level == Level::Error)
            .count();
        if compiles != expected {
            Err(format!("compiles: {compiles}, expected: {expected}"))
        } else if diagnostics.is_empty() {
            Err("nothing is said about it".into())
        } else if compiles != (errors == 0) {
            Err(format!("compiles: {compiles}, with {errors} errors"))
        } else if begun.elapsed() > PATIENCE {
            Err(format!("took {:?}", begun.elapsed()))
        } else {
            Ok(())
        }
    });
}

/// A message points into the file: its line is there, its text is that line, its column lies in it.
#[test]
fn places_are_in_the_file() {
    for_each_input(|path| {
        let bytes = fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches('\r')).collect();
        for diagnostic in messages(path).1 {
            let at = format!(
                "{}:{}:{}: {}",
                diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message
            );
            if diagnostic.file != name_of(path) {
                return Err(format!("{at}: in another file"));
            }
            if diagnostic.line == 0 {
                continue;
            }
            let Some(line) = lines.get(diagnostic.line as usize - 1) else {
                return Err(format!("{at}: there are {} lines", lines.len()));
            };
            let length = line.chars().count();
            // One past the end is where something is missing.
            if diagnostic.column == 0 || diagnostic.column as usize > length + 1 {
                return Err(format!("{at}: the line has {length} characters"));
            }
            if std::str::from_utf8(&bytes).is_ok() && diagnostic.source != *line {
                return Err(format!(
                    "{at}: quotes {:?}, the line is {line:?}",
                    diagnostic.source
                ));
            }
        }
        Ok(())
    });
}
