//! Programs: steps that say who does what, in words that mean something in every state.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::alphabet::{CallId, show};
use super::operand::{Operand, waiting};
use super::system::{Command, FileKind, Out, Outcome, Returned, Snapshot};

/// One step.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Who: the k-th of the tasks that wait for a command, modulo their number.
    pub who: u32,
    /// What.
    pub call: CallId,
    /// With which arguments.
    pub operands: Vec<Operand>,
}

impl Step {
    /// The task and the command that the step means in this state; none if nobody waits for a command.
    #[must_use]
    pub fn resolve(&self, seen: &Snapshot) -> Option<(u32, Command)> {
        let task = waiting(seen, self.who)?;
        let values: Vec<u64> = self
            .operands
            .iter()
            .map(|operand| operand.resolve(seen, task))
            .collect();
        Some((
            task,
            asked_otherwise(seen, task, self.call.row().command(&values)),
        ))
    }
}

/// What is knowingly left out, and what is asked in its place.
///
/// Init never has the terminal: in its background Linux would send it SIGTTIN, which it does not take, and again, for
/// ever. Whether the terminal's file system lets programs be mapped is the machine's matter.
fn asked_otherwise(seen: &Snapshot, task: u32, command: Command) -> Command {
    const O_NOCTTY: u64 = 0x100;
    const TIOCSCTTY: u64 = 0x540e;
    const TIOCGPGRP: u64 = 0x540f;
    const MAP_ANONYMOUS: u64 = 0x20;
    const PROT_EXEC: u64 = 4;
    let Command::Syscall { nr, mut args } = command else {
        return command;
    };
    let Some(view) = seen.tasks.get(&task) else {
        return command;
    };
    let is_terminal = |fd: u64| {
        let file = u32::try_from(fd).ok().and_then(|fd| view.descriptors.get(&fd));
        file.is_some_and(|file| file.kind == FileKind::Tty)
    };
    let [first, second, third, fourth, fifth, _] = &mut args;
    match nr {
        // More would have to wait until somebody reads it at the terminal.
        1 if is_terminal(*first) => *third = (*third).min(1024),
        2 if view.tgid == 1 => *second |= O_NOCTTY,
        16 if view.tgid == 1 && *second == TIOCSCTTY => *second = TIOCGPGRP,
        9 if *fourth & MAP_ANONYMOUS == 0 && is_terminal(*fifth) => *third &= !PROT_EXEC,
        _ => {}
    }
    Command::Syscall { nr, args }
}

/// A program. Every subsequence of its steps is a program too.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Program {
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// When all that can be seen is compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Observe {
    /// After each step.
    Each,
    /// At the end of the program.
    #[default]
    End,
}

/// What a system said to one step.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// What became of the command.
    pub outcome: Outcome,
    /// The commands of others that ended with it, by tid.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returned: BTreeMap<u32, Returned>,
    /// All that could be seen then, if it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Snapshot>,
}

/// A step that was made.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Made {
    /// Which step of the program it was.
    pub at: usize,
    /// Who made it.
    pub task: u32,
    /// What was done.
    pub command: Command,
    /// What the system said.
    pub answer: Answer,
}

/// The name of an errno, or its number.
#[must_use]
pub fn errno_name(value: i64) -> String {
    let known = kernel_model::Errno::ALL
        .iter()
        .find(|errno| errno.to_return_value() == value);
    match known {
        Some(errno) => errno.name().to_owned(),
        None => format!("errno {}", value.wrapping_neg()),
    }
}

/// Whether a value is minus an errno.
#[must_use]
pub const fn is_errno(value: i64) -> bool {
    -4095 <= value && value < 0
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            value if is_errno(value) => write!(f, "-1 {}", errno_name(value))?,
            value if value > 0xffff_ffff => write!(f, "{value:#x}")?,
            value => write!(f, "{value}")?,
        }
        match self.out {
            Out::None => Ok(()),
            Out::Status(word) => write!(f, " [status {word:#x}]"),
            Out::Fds(read, write) => write!(f, " [{read}, {write}]"),
            Out::Words(words) => {
                let last = words
                    .iter()
                    .rposition(|word| *word != 0)
                    .map_or(1, |last| last + 1);
                let shown: Vec<String> = words.iter().take(last).map(u32::to_string).collect();
                write!(f, " [{}]", shown.join(", "))
            }
            Out::Info {
                signo,
                code,
                pid,
                status,
            } => write!(f, " [signo {signo}, code {code}, pid {pid}, status {status}]"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Done(returned) => write!(f, "= {returned}"),
            Outcome::Blocked => write!(f, "..."),
            Outcome::Gone => write!(f, "and is gone"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.outcome)?;
        for (task, returned) in &self.returned {
            write!(f, "; {task} returns {returned}")?;
        }
        Ok(())
    }
}

/// As strace would: `3: wait4(-1, OUT, WNOHANG, NULL) = 0`.
impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.task, show(&self.command), self.answer)
    }
}
