//! `ktm native`: the same file compiled with `cc` and run on the real kernel, held against the model.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::oracle::linux::killpg;
use crate::run::Finished;

/// How long a native run may take.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// So many runs sleep side by side once one has slept for ever.
const SIDE_BY_SIDE: u64 = 32;

/// What a native run gave.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Answer {
    /// Standard output.
    pub stdout: Vec<u8>,
    /// The status as a shell shows it; none if the run was stopped for taking too long.
    pub status: Option<i32>,
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
}

impl Native {
    /// Compiles a file.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn compile(source: &Path) -> Result<Native, Failure> {
        let folder = tempfile::Builder::new().prefix("ktm-native").tempdir()?;
        let binary = folder.path().join("program");
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
            Ok(output) if output.status.success() => Ok(Native { folder, binary }),
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
        Ok(Answer {
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

fn shell_status(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(-1)
}

/// The answers of many native runs, and how often each came.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    answers: BTreeMap<Answer, u64>,
}

impl Tally {
    /// One more run.
    pub fn add(&mut self, answer: Answer) {
        *self.answers.entry(answer).or_default() += 1;
    }

    /// Every answer, and how often it came.
    pub fn answers(&self) -> impl Iterator<Item = (&Answer, u64)> {
        self.answers.iter().map(|(answer, times)| (answer, *times))
    }

    /// Runs in all.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.answers.values().sum()
    }

    /// Runs that gave what the model gave.
    #[must_use]
    pub fn agreeing(&self, model: &Finished) -> u64 {
        let same = |answer: &Answer| answer.stdout == model.stdout && answer.status == Some(model.status);
        self.answers
            .iter()
            .filter(|(answer, _)| same(answer))
            .map(|(_, times)| times)
            .sum()
    }

    /// The answers that differ from the model's, the most frequent first.
    #[must_use]
    pub fn differing(&self, model: &Finished) -> Vec<(&Answer, u64)> {
        let same = |answer: &Answer| answer.stdout == model.stdout && answer.status == Some(model.status);
        let mut others: Vec<_> = self
            .answers
            .iter()
            .filter(|(answer, _)| !same(answer))
            .map(|(answer, times)| (answer, *times))
            .collect();
        others.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        others
    }
}
