//! The same C file, linked with glibc and with this library, does the same on the running kernel: the same bytes,
//! the same status and, where `strace` can watch, the same writes.
//!
//! `processor.s` stands in for the modelled processor. Without gcc (or on another machine than an x86-64 with glibc)
//! the comparison says that it was skipped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::libc::{PRIVATE_HEADERS, PUBLIC_HEADERS, SOURCES};

/// A C program, its arguments, its input.
struct Case {
    name: &'static str,
    text: &'static str,
    arguments: &'static [&'static [&'static str]],
    /// Whether its processes take turns in one order only, so that the sequence of writes can be compared.
    ordered: bool,
}

macro_rules! case {
    ($name:literal, $arguments:expr, $ordered:expr) => {
        Case {
            name: $name,
            text: include_str!(concat!($name, ".c")),
            arguments: $arguments,
            ordered: $ordered,
        }
    };
}

static CASES: &[Case] = &[
    case!(
        "buffers",
        &[
            &["full"],
            &["line"],
            &["none"],
            &["small"],
            &["lines"],
            &["setbuf"],
            &[]
        ],
        true
    ),
    case!("dates", &[&[]], true),
    case!("formats", &[&[]], true),
    case!("heap", &[&[], &["invalid"], &["twice"], &["double"]], false),
    case!("mathematics", &[&[]], true),
    case!("numbers", &[&[]], true),
    case!("processes", &[&[]], false),
    case!("scanning", &[&[]], true),
    case!("sorting", &[&[]], true),
    case!("strings", &[&[]], true),
];

fn works(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn gcc(arguments: &[&str]) {
    let output = Command::new("gcc").args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "gcc {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn write_files(folder: &Path, files: &[(&str, &str)]) -> Vec<PathBuf> {
    let write = |&(name, text): &(&str, &str)| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    };
    files.iter().map(write).collect()
}

/// A folder of the test's own, removed at its end.
struct Workshop(PathBuf);

impl Workshop {
    fn new() -> Workshop {
        let path = std::env::temp_dir().join(format!("ktm-libc-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Workshop(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Compiles this library as one archive.
    fn build_library(&self) {
        write_files(&self.0.join("include"), PUBLIC_HEADERS);
        write_files(&self.0.join("include"), PRIVATE_HEADERS);
        write_files(
            &self.0.join("include"),
            &[("bits/processor.h", BLOCK_INSTRUCTIONS)],
        );
        let members: Vec<_> = SOURCES
            .iter()
            .copied()
            .filter(|(name, _)| *name != "restore_rt.c")
            .collect();
        let mut files = write_files(&self.0.join("src"), &members);
        files.extend(write_files(
            &self.0.join("src"),
            &[("processor.s", include_str!("processor.s"))],
        ));
        let include = self.path("include");
        for file in files {
            let object = file.with_extension("o");
            let mut arguments = vec!["-c", "-w", "-O1", "-I", &include, "-o", object.to_str().unwrap()];
            arguments.extend(FREESTANDING);
            if file.extension().is_some_and(|e| e == "c") {
                arguments.extend(["-include", "bits/processor.h"]);
            }
            arguments.push(file.to_str().unwrap());
            gcc(&arguments);
        }
        let objects: Vec<_> = std::fs::read_dir(self.0.join("src"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        let objects = objects
            .iter()
            .filter(|path| path.extension().is_some_and(|e| e == "o"));
        let status = Command::new("ar")
            .arg("rcs")
            .arg(self.path("library.a"))
            .args(objects)
            .status();
        assert!(status.unwrap().success());
    }

    /// The program with glibc, and with this library. Both as "program", since programs print their names.
    fn build(&self, case: &Case) -> [PathBuf; 2] {
        let file = self.path(&format!("{}.c", case.name));
        std::fs::write(&file, case.text).unwrap();
        let [theirs, ours] = ["glibc", "ours"].map(|which| {
            let folder = self.0.join(case.name).join(which);
            std::fs::create_dir_all(&folder).unwrap();
            folder.join("program")
        });
        gcc(&[
            "-w",
            "-O0",
            "-fno-builtin",
            &file,
            "-o",
            theirs.to_str().unwrap(),
            "-lm",
        ]);
        let (include, library) = (self.path("include"), self.path("library.a"));
        let mut arguments = vec![
            "-w",
            "-O0",
            "-static",
            "-nostdlib",
            "-no-pie",
            "-e",
            "__processor_start",
        ];
        arguments.extend(FREESTANDING);
        arguments.extend(["-I", &include, "-o", ours.to_str().unwrap(), &file, &library]);
        gcc(&arguments);
        [theirs, ours]
    }
}

static FREESTANDING: &[&str] = &[
    "-ffreestanding",
    "-nostdinc",
    "-fno-builtin",
    "-fno-stack-protector",
    "-fno-pic",
    "-fno-strict-aliasing",
];

/// gcc would make calls of memcpy and memset out of their names, and so recursions out of ours.
static BLOCK_INSTRUCTIONS: &str = "\
void *__processor_copy(void *, const void *, unsigned long);
void *__processor_fill(void *, int, unsigned long);
#define __builtin_memcpy __processor_copy
#define __builtin_memset __processor_fill
";

impl Drop for Workshop {
    fn drop(&mut self) {
        // What is left behind in the temporary folder hurts nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What one run can be compared by.
#[derive(PartialEq, Eq)]
struct Observed {
    status: String,
    stdout: String,
    stderr: String,
    /// The sizes of the writes, by descriptor.
    writes: Vec<String>,
}

fn input() -> String {
    let mut text = String::from("first line that is rather long indeed\n  42\t-7 word and more\n");
    text += &"line for getline ".repeat(20);
    text.push('\n');
    (0..2000).for_each(|i| text += &format!("block {i}\n"));
    text
}

/// Runs a program by the name "program" in its folder, watched if a log is given.
fn run(program: &Path, arguments: &[&str], log: Option<&Path>) -> Observed {
    let mut command = match log {
        Some(log) => {
            let mut strace = Command::new("strace");
            strace
                .args(["-f", "-q", "-e", "trace=write", "-e", "signal=none", "-o"])
                .arg(log)
                .arg("./program");
            strace
        }
        None => Command::new("./program"),
    };
    command
        .current_dir(program.parent().unwrap())
        .args(arguments)
        .env("TZ", "UTC0");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that does not read all of it closes the pipe early.
    let _ = child.stdin.take().unwrap().write_all(input().as_bytes());
    let output = child.wait_with_output().unwrap();
    let log = log
        .and_then(|log| std::fs::read_to_string(log).ok())
        .unwrap_or_default();
    Observed {
        status: output.status.to_string(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        writes: log.lines().filter_map(written).collect(),
    }
}

/// `write(1, ..., 12) = 12` of a line of the log, as "1 12".
fn written(line: &str) -> Option<String> {
    let (_, call) = line.split_once("write(")?;
    let descriptor = call.split(',').next()?;
    let length = call
        .split(" <unfinished")
        .next()?
        .split(") ")
        .next()?
        .rsplit(", ")
        .next()?;
    Some(format!("{descriptor} {}", length.trim_end_matches(')')))
}

fn first_difference(theirs: &str, ours: &str) -> String {
    let lines = theirs.lines().zip(ours.lines()).enumerate();
    match lines.into_iter().find(|(_, (t, o))| t != o) {
        Some((number, (t, o))) => format!("line {}:\n  glibc: {t}\n  ours:  {o}", number + 1),
        None => format!(
            "{} lines with glibc, {} with ours",
            theirs.lines().count(),
            ours.lines().count()
        ),
    }
}

#[test]
fn programs_do_the_same_with_glibc() {
    if !cfg!(all(
        target_arch = "x86_64",
        target_os = "linux",
        target_env = "gnu"
    )) || !works("gcc", "--version")
    {
        eprintln!("skipped: this needs an x86-64 Linux with gcc and glibc");
        return;
    }
    let workshop = Workshop::new();
    let watched = works("strace", "true");
    if !watched {
        eprintln!("the writes are not compared: strace does not work here");
    }
    workshop.build_library();
    let mut failures = Vec::new();
    for case in CASES {
        let programs = workshop.build(case);
        for arguments in case.arguments {
            let logs = ["glibc.log", "ours.log"].map(|name| workshop.0.join(name));
            let observe = |i: usize| {
                let log = if watched && case.ordered {
                    logs.get(i)
                } else {
                    None
                };
                run(programs.get(i).unwrap(), arguments, log.map(PathBuf::as_path))
            };
            let (theirs, ours) = (observe(0), observe(1));
            for (what, theirs, ours) in [
                ("status", &theirs.status, &ours.status),
                ("stdout", &theirs.stdout, &ours.stdout),
                ("stderr", &theirs.stderr, &ours.stderr),
                ("writes", &theirs.writes.join("\n"), &ours.writes.join("\n")),
            ] {
                if theirs != ours {
                    let difference = first_difference(theirs, ours);
                    failures.push(format!("{} {arguments:?}, {what}, {difference}", case.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
