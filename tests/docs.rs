//! README and docs are true: their sessions are run, their commands exist, their tables name every call and flag.
//!
//! `KTM_RECORD=1` writes what the sessions give now into the documents.

use host_harness::cli::{Streams, main as ktm};
use kernel_model::Errno;
use kernel_model::abi::flags::{CloneFlags, MapFlags, OpenFlags, Prot, WaitOptions};
use kernel_model::kernel::Console;
use kernel_model::syscall::decode::decode;
use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;

/// stdout and stderr on one terminal, as a reader sees them.
#[derive(Clone, Default)]
struct Screen(Rc<RefCell<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs `ktm` with the words of a command; what is on the screen then, and the exit status.
fn session(words: &[&str]) -> (String, i32) {
    let screen = Screen::default();
    let (mut stdout, mut stderr) = (screen.clone(), screen.clone());
    let mut streams = Streams {
        stdin: &mut std::io::empty(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        console: Console {
            stdin_tty: true,
            stdout_tty: true,
            stderr_tty: true,
        },
        color: false,
    };
    let args = std::iter::once("ktm")
        .chain(words.iter().copied())
        .map(Into::into);
    let status = ktm(args, &mut streams);
    let bytes = screen.0.borrow().clone();
    (String::from_utf8(bytes).unwrap(), status)
}

/// The arguments of `ktm` in a command line of the documents; none if it is another command.
/// What stands between single quotes is one word.
fn ktm_words(command: &str) -> Option<Vec<&str>> {
    let rest = command
        .strip_prefix("cargo run --release -- ")
        .or_else(|| command.strip_prefix("ktm "))?;
    let parts = rest.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    Some(words.collect())
}

/// The graphs and diagrams that a command writes: the pages show them.
fn written_by<'w>(words: &'w [&'w str]) -> impl Iterator<Item = &'w str> {
    let pairs = words.windows(2);
    pairs
        .filter(|pair| matches!(pair[0], "--graph" | "--diagram"))
        .map(|pair| pair[1])
}

fn documents() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir("docs")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.push("README.md".into());
    paths.sort();
    paths
}

/// The text with every session replaced by what its command gives now.
fn replay(text: &str) -> String {
    let mut new = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        new.push_str(line);
        new.push('\n');
        if line != "```console" {
            continue;
        }
        let command = lines.next().unwrap();
        let words = ktm_words(command.strip_prefix("$ ").unwrap());
        let words = words.unwrap_or_else(|| panic!("not a session of ktm: {command}"));
        let pictures: Vec<&str> = written_by(&words).collect();
        let before: Vec<_> = pictures.iter().map(|path| std::fs::read(path).ok()).collect();
        let (screen, _) = session(&words);
        for (path, before) in pictures.iter().zip(before) {
            let same = before.is_some() && before == std::fs::read(path).ok();
            let record = std::env::var_os("KTM_RECORD").is_some();
            assert!(
                same || record,
                "{command}: {path} was another: look at it before committing it"
            );
        }
        for line in screen.lines() {
            // Pictures fit 80 columns; a line of the story may be longer, but not without end.
            assert!(line.chars().count() <= 140, "{command}: too long: {line}");
        }
        new.push_str(&format!("{command}\n{}\n", screen.trim_end()));
        assert!(
            lines.by_ref().any(|line| line == "```"),
            "{command}: the block does not end"
        );
        new.push_str("```\n");
    }
    new
}

#[test]
fn the_sessions_in_the_documents_are_what_ktm_gives() {
    let record = std::env::var_os("KTM_RECORD").is_some();
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap();
        let now = replay(&text);
        if record && now != text {
            std::fs::write(&path, &now).unwrap();
        }
        if !record {
            assert_eq!(
                text,
                now,
                "{}: run with KTM_RECORD=1 and read the difference",
                path.display()
            );
        }
    }
}

#[test]
fn the_commands_in_the_documents_work() {
    let mut commands = 0;
    for path in documents() {
        let text = std::fs::read_to_string(&path).unwrap();
        for block in text.split("```sh\n").skip(1) {
            for command in block
                .split("```")
                .next()
                .unwrap()
                .lines()
                .filter(|line| !line.is_empty())
            {
                commands += 1;
                run_command(command);
            }
        }
    }
    assert!(commands >= 3, "the README has two commands and the guide one");
}

fn run_command(command: &str) {
    match ktm_words(command) {
        Some(words)
            if (words.first() == Some(&"native") || words.contains(&"--native"))
                && std::process::Command::new("cc")
                    .arg("--version")
                    .output()
                    .is_err() =>
        {
            eprintln!("skipped: {command}: there is no cc");
        }
        Some(words) => {
            let (screen, status) = session(&words);
            assert_eq!(status, 0, "{command}\n{screen}");
        }
        // The test command is the one that CI runs.
        None if command.starts_with("cargo test") => {
            let ci = std::fs::read_to_string(".ci/run").unwrap();
            assert!(
                ci.lines().any(|line| line.starts_with(command)),
                "{command} is not what .ci/run runs"
            );
        }
        None => assert!(
            command.starts_with("cargo bench"),
            "nobody checks this command: {command}"
        ),
    }
}

/// The program on the page is the example that is compiled, and what it prints is what the page says.
#[test]
fn the_page_on_property_testing_shows_the_example() {
    let page = std::fs::read_to_string("docs/property-testing.md").unwrap();
    let example = std::fs::read_to_string("host-harness/examples/counterexample.rs").unwrap();
    assert!(
        page.contains(&format!("```rust\n{example}```")),
        "copy host-harness/examples/counterexample.rs into the page"
    );
    let run = std::process::Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--locked",
            "-p",
            "host-harness",
            "--example",
            "counterexample",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    assert!(
        page.contains(&format!("$ cargo run --release\n{said}```")),
        "the example says:\n{said}"
    );
}

/// The programs on the page of questions are those that its sessions run.
#[test]
fn the_programs_on_the_page_of_questions_are_examples() {
    let page = std::fs::read_to_string("docs/questions.md").unwrap();
    let examples = std::fs::read_dir("docs/examples").unwrap();
    let examples: Vec<String> = examples
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|of| of == "c" || of == "toml"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let blocks = ["```c\n", "```toml\n"].map(|fence| page.split(fence).skip(1));
    let mut shown = 0;
    for block in blocks.into_iter().flatten() {
        let program = block.split("```").next().unwrap();
        let is_one = examples.iter().any(|example| example.contains(program));
        assert!(is_one, "no example says:\n{program}");
        shown += 1;
    }
    assert!(shown >= 5, "{shown} programs are shown");
}

#[test]
fn every_page_of_the_book_is_in_its_summary() {
    let summary = std::fs::read_to_string("docs/SUMMARY.md").unwrap();
    for path in documents() {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.starts_with("docs") && name != "SUMMARY.md" {
            assert!(
                summary.contains(&format!("({name})")),
                "{name} is not in docs/SUMMARY.md"
            );
        }
    }
}

/// The rows of the coverage tables: the first cell, and the second.
fn coverage() -> Vec<(String, String)> {
    let text = std::fs::read_to_string("docs/coverage.md").unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row
            .split('|')
            .skip(1)
            .map(|cell| cell.trim().trim_matches('`').to_owned());
        (cells.next().unwrap(), cells.next().unwrap())
    })
    .collect()
}

#[test]
fn the_coverage_table_names_exactly_the_calls_that_are_decoded() {
    let rows = coverage();
    for nr in 0..512u64 {
        let name = host_harness::report::syscalls::name(nr);
        // exec needs the program, so it has a door of its own; uname is the machine's.
        let modelled = matches!(nr, 59 | 63) || decode(nr, [0; 6]) != Err(Errno::ENOSYS);
        assert_eq!(
            name.is_some(),
            modelled,
            "call {nr}: its name and its decoding disagree"
        );
        if let Some(name) = name {
            let row = rows
                .iter()
                .find(|(cell, number)| cell == name && number == &nr.to_string());
            assert!(row.is_some(), "docs/coverage.md has no row for {name} ({nr})");
        }
    }
    for (cell, number) in &rows {
        if let Ok(nr) = number.parse() {
            assert_eq!(
                host_harness::report::syscalls::name(nr),
                Some(cell.as_str()),
                "a row for a call that is not there"
            );
        }
    }
}

#[test]
fn the_coverage_table_names_every_flag() {
    let rows = coverage();
    let mut names: Vec<&str> = Vec::new();
    names.extend(CloneFlags::all().iter_names().map(|(name, _)| name));
    names.extend(WaitOptions::all().iter_names().map(|(name, _)| name));
    names.extend(MapFlags::all().iter_names().map(|(name, _)| name));
    names.extend(OpenFlags::all().iter_names().map(|(name, _)| name));
    for (name, _) in Prot::all().iter_names() {
        assert!(
            rows.iter().any(|(cell, _)| cell == &format!("PROT_{name}")),
            "no row for PROT_{name}"
        );
    }
    for name in names {
        assert!(
            rows.iter().any(|(cell, _)| cell == name),
            "docs/coverage.md has no row for {name}"
        );
    }
}
