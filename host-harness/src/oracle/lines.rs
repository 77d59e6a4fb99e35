//! A kernel in another process, that speaks lines of JSON on its stdin and stdout: docs/line-protocol.md.

use std::collections::BTreeMap;
use std::process::Command as Program;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::out;
use super::scope::Scope;
use super::system::{Command, Lost, Outcome, Returned, Snapshot, System};

mod child;
mod serve;
mod words;

use child::Child;
pub use serve::serve;
use words::{Booted, Observed, Request, Said, Told};

/// How long a kernel may take for one line, unless it is told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// A kernel behind the line protocol.
///
/// When it crashes or hangs, that is told as [`Lost`], and the next [`System::boot`] starts it anew.
#[derive(Debug)]
pub struct Lines {
    command: Vec<String>,
    timeout: Duration,
    child: Option<Child>,
    scope: Scope,
    hung: Arc<AtomicBool>,
}

impl Lines {
    /// A kernel that this command starts, the program first. It is started by the first boot.
    #[must_use]
    pub fn new(command: Vec<String>, timeout: Duration) -> Lines {
        Lines {
            command,
            timeout,
            child: None,
            scope: Scope::ALL,
            hung: Arc::default(),
        }
    }

    /// The same, which sets this flag when it has failed to answer in time.
    #[must_use]
    pub fn telling(self, hung: Arc<AtomicBool>) -> Lines {
        Lines { hung, ..self }
    }

    /// Whether it has ever failed to answer in time.
    #[must_use]
    pub fn has_hung(&self) -> bool {
        self.hung.load(Ordering::Relaxed)
    }

    /// A kernel that has hung is tried again with less patience, so that the program can be made short.
    fn patience(&self) -> Duration {
        if self.has_hung() {
            self.timeout / 20
        } else {
            self.timeout
        }
    }

    fn start(&self) -> Result<Child, Lost> {
        let mut words = self.command.iter();
        let Some(name) = words.next() else {
            return Err(Lost("there is no command to start".to_owned()));
        };
        Child::start(Program::new(name).args(words))
            .map_err(|error| Lost(format!("cannot start {name}: {error}")))
    }

    /// One line there, one line back. After a failure the process is gone.
    fn ask<R: serde::de::DeserializeOwned>(&mut self, request: &Request) -> Result<R, Lost> {
        let patience = self.patience();
        let Some(child) = &mut self.child else {
            return Err(Lost("the kernel does not run".to_owned()));
        };
        let text = serde_json::to_string(request).map_err(|error| Lost(error.to_string()))?;
        let result = child.ask(&text, patience).and_then(|line| {
            let said: Said<R> = serde_json::from_str(&line)
                .map_err(|error| child::Trouble::Said(format!("it said {line:?} to {text}: {error}")))?;
            match said {
                Said::Error { error } => Err(child::Trouble::Said(error)),
                Said::Answer(answer) => Ok(answer),
            }
        });
        result.map_err(|trouble| {
            if trouble == child::Trouble::Silent {
                self.hung.store(true, Ordering::Relaxed);
            }
            let last = self.child.take().map(Child::end);
            Lost(trouble.describe(&text, patience, last.as_ref()))
        })
    }
}

impl System for Lines {
    fn boot(&mut self) -> Result<(), Lost> {
        if self.child.is_none() {
            self.child = Some(self.start()?);
        }
        let booted: Booted = self.ask(&Request::Boot)?;
        if !booted.ok {
            return Err(Lost("it said that it does not boot".to_owned()));
        }
        self.scope = Scope::of(booted.observes.as_deref(), booted.calls.as_deref()).map_err(Lost)?;
        Ok(())
    }

    fn step(&mut self, task: u32, command: Command) -> Result<Outcome, Lost> {
        let told: Told = self.ask(&Request::step(task, &command)?)?;
        let outcome = told.outcome().map_err(Lost)?;
        Ok(match (outcome, command) {
            (Outcome::Done(returned), Command::Syscall { nr, .. }) => Outcome::Done(Returned {
                value: out::told(nr, returned.value),
                ..returned
            }),
            _ => outcome,
        })
    }

    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost> {
        let told: words::AllReturned = self.ask(&Request::Returned)?;
        told.read().map_err(Lost)
    }

    fn observe(&mut self) -> Result<Snapshot, Lost> {
        let observed: Observed = self.ask(&Request::Observe)?;
        Ok(self.scope.mask(observed.read().map_err(Lost)?).canonical())
    }

    fn scope(&self) -> Scope {
        self.scope.clone()
    }
}
