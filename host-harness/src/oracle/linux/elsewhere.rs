//! The running kernel, where it is not Linux on x86-64: it cannot be asked.

use std::collections::BTreeMap;

use super::system::{Command, Lost, Outcome, Returned, Snapshot, System};

/// How the controller knows that all puppets are at rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// By priority.
    Ranked,
    /// By looking at their states.
    Polling,
}

/// The running kernel. There is no value of this type here.
#[derive(Debug)]
pub enum Linux {}

impl Linux {
    /// Never succeeds.
    ///
    /// # Errors
    /// Always: puppets are programs for Linux on x86-64.
    pub fn new(_cpu: usize) -> Result<Linux, Lost> {
        Err(Lost("this is not Linux on x86-64".into()))
    }

    /// Never succeeds.
    ///
    /// # Errors
    /// Always.
    pub fn with_pace(cpu: usize, _pace: Pace) -> Result<Linux, Lost> {
        Linux::new(cpu)
    }

    /// How it is known that the puppets are at rest.
    #[must_use]
    pub fn pace(&self) -> Pace {
        match *self {}
    }

    /// Whether frames can be told apart.
    #[must_use]
    pub fn sees_frames(&self) -> bool {
        match *self {}
    }
}

impl System for Linux {
    fn boot(&mut self) -> Result<(), Lost> {
        match *self {}
    }

    fn step(&mut self, _task: u32, _command: Command) -> Result<Outcome, Lost> {
        match *self {}
    }

    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost> {
        match *self {}
    }

    fn observe(&mut self) -> Result<Snapshot, Lost> {
        match *self {}
    }
}
