//! What a teacher would say at the end: about zombies, orphans, failed forks, faults and waiting for ever.

use kernel_model::Errno;
use kernel_model::abi::effect::Effect;
use kernel_model::abi::ids::Pid;
use kernel_model::abi::state::State;
use kernel_model::abi::wait::WaitStatus;
use std::collections::{BTreeMap, BTreeSet};

use super::story;
use super::syscalls::name;
use crate::machine::{Event, Machine};

/// Remarks that are kept; of the others only the number is told.
const MOST: usize = 12;

/// Collects what is worth a remark.
#[derive(Debug, Default)]
pub struct Notes {
    lines: Vec<String>,
    more: u64,
    calls: BTreeMap<Pid, u64>,
    zombies: BTreeSet<Pid>,
    /// Failed calls by name and errno: how often, and what was the matter.
    failures: BTreeMap<(&'static str, &'static str), u64>,
    tasks: u64,
}

impl Notes {
    /// Looks at an event.
    pub fn event(&mut self, event: &Event, machine: &Machine) {
        match event {
            Event::Effect(effect) => self.effect(effect),
            Event::Syscall { task, nr, .. } => {
                self.calls.insert(task.pid, *nr);
            }
            Event::Return { task, value } => self.returned(task.pid, *value, machine),
            Event::Trap { task, what, .. } => self.remark(story::trap(*task, what, machine)),
            Event::BadProgram { path } => self
                .lines
                .push(format!("{path} does not compile, so it was not executed")),
            Event::Console { .. } => {}
        }
    }

    fn remark(&mut self, line: String) {
        if self.lines.len() < MOST {
            self.lines.push(line);
        } else {
            self.more += 1;
        }
    }

    fn effect(&mut self, effect: &Effect) {
        match *effect {
            Effect::StateChanged {
                task,
                to: State::Zombie,
                ..
            } => {
                self.zombies.insert(task.pid);
            }
            Effect::Reparented { child, from, to } => {
                let adopter = if to.pid == Pid::INIT {
                    "init".to_owned()
                } else {
                    format!("pid {}", to.pid)
                };
                self.remark(if self.zombies.contains(&child.pid) {
                    format!(
                        "pid {} was a zombie: its parent, pid {}, never waited for it",
                        child.pid, from.pid
                    )
                } else {
                    format!(
                        "pid {} was orphaned when pid {} ended, and adopted by {adopter}",
                        child.pid, from.pid
                    )
                });
            }
            Effect::Exited {
                task,
                status: status @ WaitStatus::Signaled { .. },
                last: true,
            } => {
                self.lines
                    .push(format!("pid {} {}", task.pid, story::ended(status)));
            }
            Effect::OutOfMemory { task } => self
                .lines
                .push(format!("memory was used up: pid {} was killed", task.pid)),
            _ => {}
        }
    }

    fn returned(&mut self, pid: Pid, value: i64, machine: &Machine) {
        let Some(call) = self.calls.remove(&pid).and_then(name) else {
            return;
        };
        let exhausted = [Errno::EAGAIN, Errno::ENOMEM, Errno::EMFILE, Errno::ENFILE];
        let Some(errno) = exhausted.iter().find(|errno| errno.to_return_value() == value) else {
            return;
        };
        if matches!((call, errno), ("read" | "write", Errno::EAGAIN)) {
            return;
        }
        *self.failures.entry((call, errno.name())).or_default() += 1;
        // Without init and kthreadd.
        let tasks = (machine.kernel().ps().count() as u64).saturating_sub(2);
        self.tasks = self.tasks.max(tasks);
    }

    /// The remarks, in the order in which things happened.
    #[must_use]
    pub fn finish(self) -> Vec<String> {
        let mut lines = self.lines;
        if self.more > 0 {
            lines.push(format!("and {} more remarks of this kind", self.more));
        }
        for ((call, errno), times) in &self.failures {
            let often = if *times == 1 {
                String::new()
            } else {
                format!(" {times} times")
            };
            let forks = matches!(*call, "fork" | "vfork" | "clone");
            let why = if forks {
                format!(": {} tasks", self.tasks)
            } else {
                String::new()
            };
            lines.push(format!("{call} failed with {errno}{often}{why}"));
        }
        lines
    }
}
