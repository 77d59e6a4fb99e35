//! `ktm native`: the same file compiled with `cc` and run on the real kernel, held against the model.

mod text;

pub use text::{Pattern, Pids, Search, Texts};

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::oracle::linux::killpg;
use crate::run::{Finished, main_path};

/// How long a native run may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// So many runs sleep side by side once one has slept for ever.
const SIDE_BY_SIDE: u64 = 32;

/// What a native run gave.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// The same up to the numbers of processes and addresses.
    pub pattern: Pattern,
    /// The status as a shell shows it; none if the run was stopped for taking too long.
    pub status: Option<i32>,
}

impl Answer {
    /// Whether the model gave the same.
    #[must_use]
    pub fn agrees(&self, model: &Finished) -> bool {
        let stdout = model.stdout.as_slice();
        let same = || self.pattern.find(stdout, &mut |at, _| at == stdout.len());
        self.status == Some(model.status) && same() == Search::Found
    }
}

/// Why there is no native answer.
#[derive(Debug)]
pub enum Failure {
    /// There is no `cc` on this machine.
    NoCompiler,
    /// `cc` does not accept the file: what it said.
    Rejected(String),
    /// Something else did not work.
    Io(std::io::Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::NoCompiler => f.write_str("there is no `cc` on this machine: install gcc or clang"),
            Failure::Rejected(said) => write!(f, "cc does not compile it:\n{said}"),
            Failure::Io(error) => write!(f, "{error}"),
        }
    }
}

/// A program compiled for the real kernel, in a folder of its own that goes when it does.
#[derive(Debug)]
pub struct Native {
    folder: tempfile::TempDir,
    binary: PathBuf,
    /// Its path in the model, from the folder: what it is called by.
    path: String,
}

impl Native {
    /// Compiles a file.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn compile(source: &Path) -> Result<Native, Failure> {
        let folder = tempfile::Builder::new().prefix("ktm-native").tempdir()?;
        let path = main_path(&source.to_string_lossy());
        let binary = folder.path().join(&path);
        let output = Command::new("cc")
            .arg("-w")
            .arg("-o")
            .arg(&binary)
            .arg(source)
            .arg("-lm")
            .output();
        match output {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::NoCompiler),
            Err(error) => Err(error.into()),
            Ok(output) if output.status.success() => Ok(Native { folder, binary, path }),
            Ok(output) => Err(Failure::Rejected(
                String::from_utf8_lossy(&output.stderr).into_owned(),
            )),
        }
    }

    /// Runs it once, with stdout a pipe, until all who hold the pipe are gone.
    ///
    /// # Errors
    /// [`Failure::Io`]: it could not be started.
    pub fn run(&self, args: &[String], stdin: &[u8]) -> Result<Answer, Failure> {
        let mut child = Command::new(&self.binary)
            .arg0(&self.path)
            .args(args)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // All that it starts can be ended with it.
            .process_group(0)
            .spawn()?;
        if let Some(mut pipe) = child.stdin.take() {
            // A program that does not read its input closes the pipe: no fault of ours.
            let _ = pipe.write_all(stdin);
        }
        let mut stdout = child.stdout.take();
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(stdout) = &mut stdout {
                let _ = stdout.read_to_end(&mut bytes);
            }
            bytes
        });
        let begun = Instant::now();
        let status = loop {
            let ended = child.try_wait()?;
            // Who is left behind may write still, or sleep for ever.
            if ended.is_some() && reader.is_finished() {
                break ended;
            }
            if begun.elapsed() > TIME_LIMIT {
                killpg(child.id());
                child.wait()?;
                break None;
            }
            std::thread::sleep(Duration::from_micros(300));
        };
        let stdout = reader.join().unwrap_or_default();
        let pids = Pids::new(child.id(), last_pid().unwrap_or(child.id()), ancestors());
        Ok(Answer {
            pattern: Pattern::new(&stdout, &pids),
            stdout,
            status: status.map(shell_status),
        })
    }

    /// Runs it so many times; `done` hears of each. One after another, as long as none is stopped for taking too long.
    ///
    /// # Errors
    /// [`Failure::Io`]: it could not be started.
    pub fn runs(&self, args: &[String], stdin: &[u8], runs: u64, done: &dyn Fn()) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        let mut at_once = 1;
        while tally.runs() < runs {
            let count = at_once.min(runs - tally.runs());
            let answers: Vec<_> = std::thread::scope(|scope| {
                let run = || self.run(args, stdin);
                let begun: Vec<_> = (0..count).map(|_| scope.spawn(run)).collect();
                begun
                    .into_iter()
                    .map(std::thread::ScopedJoinHandle::join)
                    .collect()
            });
            for answer in answers {
                let lost = |_| Err(std::io::Error::other("a native run was lost").into());
                let answer = answer.unwrap_or_else(lost)?;
                if answer.status.is_none() {
                    at_once = SIDE_BY_SIDE;
                }
                tally.add(answer);
                done();
            }
        }
        Ok(tally)
    }
}

/// The last number of a process or thread that was given.
fn last_pid() -> Option<u32> {
    let loadavg = std::fs::read_to_string("/proc/loadavg").ok()?;
    loadavg.split_whitespace().last()?.parse().ok()
}

/// This process and its ancestors: the parent of what it starts, and whoever adopts orphans.
fn ancestors() -> Vec<u32> {
    let parent = |pid: &u32| -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, rest) = stat.rsplit_once(')')?;
        let parent = rest.split_whitespace().nth(1)?.parse().ok()?;
        (parent > 0).then_some(parent)
    };
    std::iter::successors(Some(std::process::id()), parent).collect()
}

fn shell_status(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(-1)
}

/// The answers of many native runs, and how often each came. Those that differ in nothing but numbers are one.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    answers: BTreeMap<(Pattern, Option<i32>), (Answer, u64)>,
}

impl Tally {
    /// One more run.
    pub fn add(&mut self, answer: Answer) {
        let key = (answer.pattern.clone(), answer.status);
        self.answers.entry(key).or_insert((answer, 0)).1 += 1;
    }

    /// Every answer, and how often it came.
    pub fn answers(&self) -> impl Iterator<Item = (&Answer, u64)> {
        self.answers.values().map(|(answer, times)| (answer, *times))
    }

    /// Runs in all.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.answers().map(|(_, times)| times).sum()
    }

    /// Runs that gave what the model gave.
    #[must_use]
    pub fn agreeing(&self, model: &Finished) -> u64 {
        let agreeing = self.answers().filter(|(answer, _)| answer.agrees(model));
        agreeing.map(|(_, times)| times).sum()
    }

    /// The answers that differ from the model's, the most frequent first.
    #[must_use]
    pub fn differing(&self, model: &Finished) -> Vec<(&Answer, u64)> {
        let mut others: Vec<_> = self
            .answers()
            .filter(|(answer, _)| !answer.agrees(model))
            .collect();
        others.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        others
    }
}
