//! The process of a kernel: lines to it, lines from it, and its last words.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The longest of its last words that are told, in characters.
const LAST_WORDS: usize = 200;

#[derive(Debug)]
pub(super) struct Child {
    process: std::process::Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    /// The last line of its stderr.
    stderr: Arc<Mutex<String>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

/// How it failed to answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    /// It said nothing for too long.
    Silent,
    /// It has closed its stdout or stdin.
    Ended,
    /// It said something, and this was it.
    Said(String),
}

/// How its process ended.
#[derive(Clone, Debug)]
pub(super) struct LastWords {
    status: Option<ExitStatus>,
    stderr: String,
}

impl Trouble {
    /// For people.
    pub(super) fn describe(&self, request: &str, timeout: Duration, last: Option<&LastWords>) -> String {
        let stderr = last.map_or("", |last| last.stderr.as_str());
        let words = if stderr.is_empty() {
            String::new()
        } else {
            format!("; its last words: {stderr}")
        };
        match self {
            Trouble::Said(said) => said.clone(),
            Trouble::Silent => format!("hung: no answer to {request} in {timeout:?}{words}"),
            Trouble::Ended => {
                let status = last.and_then(|last| last.status);
                let how = status.map_or_else(|| "ended".to_owned(), |status| format!("ended ({status})"));
                format!("{how} instead of an answer to {request}{words}")
            }
        }
    }
}

fn keep_last_line(from: impl std::io::Read, last: &Mutex<String>) {
    // What is not text, or cannot be read, says nothing.
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        if !line.trim().is_empty() {
            *last.lock().unwrap_or_else(PoisonError::into_inner) = line.chars().take(LAST_WORDS).collect();
        }
    }
}

impl Child {
    pub(super) fn start(command: &mut Command) -> std::io::Result<Child> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (sender, lines) = channel();
        if let Some(stdout) = process.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        let stderr = Arc::new(Mutex::new(String::new()));
        let last = Arc::clone(&stderr);
        let reader = process
            .stderr
            .take()
            .map(|from| std::thread::spawn(move || keep_last_line(from, &last)));
        Ok(Child {
            stdin: process.stdin.take(),
            process,
            lines,
            stderr,
            reader,
        })
    }

    /// One line there, one line back. Empty lines from it are passed over.
    pub(super) fn ask(&mut self, request: &str, timeout: Duration) -> Result<String, Trouble> {
        let stdin = self.stdin.as_mut().ok_or(Trouble::Ended)?;
        stdin
            .write_all(format!("{request}\n").as_bytes())
            .and_then(|()| stdin.flush())
            .map_err(|_| Trouble::Ended)?;
        loop {
            match self.lines.recv_timeout(timeout) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Timeout) => return Err(Trouble::Silent),
                Err(RecvTimeoutError::Disconnected) => return Err(Trouble::Ended),
            }
        }
    }

    /// Ends the process, if it has not ended by itself a moment after its stdin was closed.
    pub(super) fn end(mut self) -> LastWords {
        let status = self.stop();
        if let Some(reader) = self.reader.take()
            && status.is_some()
        {
            // A child of its own may hold stderr open: it is not waited for.
            for _ in 0..20 {
                if reader.is_finished() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        let stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner).clone();
        LastWords { status, stderr }
    }

    fn stop(&mut self) -> Option<ExitStatus> {
        self.stdin = None;
        for _ in 0..20 {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // It may have ended in between; then there is nothing to kill.
        let _ = self.process.kill();
        self.process.wait().ok()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}
