//! Programs in files, with what the running kernel said to them, so that they can be checked where it cannot be asked.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::alphabet::{CallId, show};
use super::operand::Operand;
use super::program::{Answer, Made, Observe, Program, Step};
use super::system::{Command, Lost, Outcome, Returned, Snapshot, System};

/// A step, what it meant, and what was said to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedStep {
    /// The step for people; not read.
    #[serde(default)]
    pub says: String,
    /// [`Step::who`].
    pub who: u32,
    /// [`Step::call`].
    pub call: CallId,
    /// [`Step::operands`].
    pub operands: Vec<Operand>,
    /// Who made it.
    pub task: u32,
    /// What was done.
    pub command: Command,
    /// What was said.
    pub answer: Answer,
}

/// A program with the answers of a system.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Saved {
    /// Where it comes from and what it showed.
    pub note: String,
    /// When it was looked at all that can be seen.
    pub observe: Observe,
    /// The steps that were made.
    pub steps: Vec<SavedStep>,
}

impl Saved {
    /// A program with the steps that were made of it.
    #[must_use]
    pub fn new(note: String, observe: Observe, program: &Program, made: &[Made]) -> Saved {
        let steps = made.iter().filter_map(|made| {
            let step = program.steps.get(made.at)?.clone();
            Some(SavedStep {
                says: format!("{}: {}", made.task, show(&made.command)),
                who: step.who,
                call: step.call,
                operands: step.operands,
                task: made.task,
                command: made.command,
                answer: made.answer.clone(),
            })
        });
        Saved {
            note,
            observe,
            steps: steps.collect(),
        }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> Program {
        let step = |step: &SavedStep| Step {
            who: step.who,
            call: step.call,
            operands: step.operands.clone(),
        };
        Program {
            steps: self.steps.iter().map(step).collect(),
        }
    }

    /// What was done, and by whom.
    #[must_use]
    pub fn commands(&self) -> Vec<(u32, Command)> {
        self.steps.iter().map(|step| (step.task, step.command)).collect()
    }

    /// The file: JSON, one step a line.
    ///
    /// # Errors
    /// What `serde_json` says; there is nothing in it that JSON cannot hold.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let note = serde_json::to_string(&self.note)?;
        let observe = serde_json::to_string(&self.observe)?;
        let mut text = format!("{{\n\"note\": {note},\n\"observe\": {observe},\n\"steps\": [\n");
        for (at, step) in self.steps.iter().enumerate() {
            let comma = if at + 1 < self.steps.len() { "," } else { "" };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}{comma}", serde_json::to_string(step)?);
        }
        text.push_str("]\n}\n");
        Ok(text)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It is no such file; the message has the line.
    pub fn from_json(text: &str) -> serde_json::Result<Saved> {
        serde_json::from_str(text)
    }

    /// The answers as a system that can say nothing else.
    #[must_use]
    pub const fn recording(&self) -> Recording<'_> {
        Recording { saved: self, next: 0 }
    }
}

/// What a system once said.
#[derive(Clone, Debug)]
pub struct Recording<'s> {
    saved: &'s Saved,
    next: usize,
}

impl Recording<'_> {
    fn last(&self) -> Result<&SavedStep, Lost> {
        let last = self.next.checked_sub(1).and_then(|at| self.saved.steps.get(at));
        last.ok_or_else(|| Lost("the recording has no step yet".to_owned()))
    }
}

impl System for Recording<'_> {
    fn boot(&mut self) -> Result<(), Lost> {
        self.next = 0;
        Ok(())
    }

    fn step(&mut self, task: u32, command: Command) -> Result<Outcome, Lost> {
        let Some(step) = self.saved.steps.get(self.next) else {
            return Err(Lost("the recording has ended".to_owned()));
        };
        if (step.task, step.command) != (task, command) {
            return Err(Lost(format!("the recording goes on with {}", step.says)));
        }
        self.next += 1;
        Ok(step.answer.outcome)
    }

    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost> {
        Ok(self.last()?.answer.returned.clone())
    }

    fn observe(&mut self) -> Result<Snapshot, Lost> {
        let seen = self.last()?.answer.seen.clone();
        seen.ok_or_else(|| Lost("the recording did not look here".to_owned()))
    }
}
