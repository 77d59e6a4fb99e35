//! A schedule written down: which task does how much, step by step.

use kernel_model::abi::ids::{CpuId, Pid, TaskRef};
use kernel_model::abi::state::State;
use std::fmt;

use crate::machine::watch::{Before, Locks, Shared, Watch};
use crate::machine::{Event, Machine};

/// The first line of a file of steps.
const HEADER: &str = "ktm schedule 1";

/// One step of a schedule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A task executes so many instructions. If signals pend, it takes them later.
    Run {
        /// Which task.
        tid: Pid,
        /// How many.
        instructions: u64,
        /// Whether the next one is tried too, and traps: a bad address, a division by zero.
        trap: bool,
    },
    /// A task makes the system call that it stands before, or goes on in the one it is in, or takes a signal.
    Call {
        /// Which task.
        tid: Pid,
        /// The number of the task that the call creates, if it creates one.
        child: Option<Pid>,
    },
    /// A task makes the system call that it stands before, and takes the signal that it was sent only then.
    Late {
        /// Which task.
        tid: Pid,
        /// The number of the task that the call creates, if it creates one.
        child: Option<Pid>,
    },
    /// Time passes until the next timer.
    Clock,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Run {
                tid,
                instructions,
                trap,
            } => write!(
                f,
                "run {} {instructions}{}",
                tid.0,
                if *trap { " trap" } else { "" }
            ),
            Step::Call { tid, child } => call(f, "call", *tid, *child),
            Step::Late { tid, child } => call(f, "late", *tid, *child),
            Step::Clock => f.write_str("clock"),
        }
    }
}

fn call(f: &mut fmt::Formatter<'_>, word: &str, tid: Pid, child: Option<Pid>) -> fmt::Result {
    write!(f, "{word} {}", tid.0)?;
    child.map_or(Ok(()), |child| write!(f, " child {}", child.0))
}

fn parse(line: &str) -> Option<Step> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let pid = |text: &str| text.parse().ok().map(Pid);
    Some(match *words.as_slice() {
        ["run", tid, instructions] => Step::Run {
            tid: pid(tid)?,
            instructions: instructions.parse().ok()?,
            trap: false,
        },
        ["run", tid, instructions, "trap"] => Step::Run {
            tid: pid(tid)?,
            instructions: instructions.parse().ok()?,
            trap: true,
        },
        ["call", tid] => Step::Call {
            tid: pid(tid)?,
            child: None,
        },
        ["call", tid, "child", child] => Step::Call {
            tid: pid(tid)?,
            child: Some(pid(child)?),
        },
        ["late", tid] => Step::Late {
            tid: pid(tid)?,
            child: None,
        },
        ["late", tid, "child", child] => Step::Late {
            tid: pid(tid)?,
            child: Some(pid(child)?),
        },
        ["clock"] => Step::Clock,
        _ => return None,
    })
}

/// Steps in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Steps(pub Vec<Step>);

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        self.0.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

impl Steps {
    /// What a file of steps says: a step a line, after a line `ktm schedule 1`; `#` begins a comment.
    ///
    /// ```
    /// use host_harness::run::Steps;
    ///
    /// let steps = Steps::parse("ktm schedule 1\nrun 3 12\ncall 3 child 4 # fork\nclock\n").unwrap();
    /// assert_eq!(steps.0.len(), 3);
    /// assert_eq!(Steps::parse(&steps.to_string()), Ok(steps));
    /// ```
    ///
    /// # Errors
    /// A sentence for the user: which line is no step.
    pub fn parse(text: &str) -> Result<Steps, String> {
        let lines = (1..).zip(text.lines());
        let lines = lines.map(|(number, line)| (number, line.split('#').next().unwrap_or("").trim()));
        let mut lines = lines.filter(|(_, line)| !line.is_empty());
        if lines.next().map(|(_, line)| line) != Some(HEADER) {
            return Err(format!("not a schedule: the first line must be `{HEADER}`"));
        }
        let steps = lines.map(|(number, line)| {
            parse(line).ok_or_else(|| {
                format!("line {number}: `{line}` is no step; there are `run TID COUNT`, `run TID COUNT trap`, `call TID`, `call TID child PID`, `late` for `call`, and `clock`")
            })
        });
        Ok(Steps(steps.collect::<Result<_, _>>()?))
    }
}

fn find_ready(machine: &Machine, tid: Pid) -> Result<TaskRef, String> {
    let view = machine.kernel().view();
    let task = view
        .find_task(tid)
        .ok_or_else(|| format!("there is no task {}", tid.0))?;
    match view.tasks[task].state() {
        State::Running => Ok(task),
        state => Err(format!("task {} cannot run: {}", tid.0, state.description())),
    }
}

impl Machine {
    /// Makes a step of a schedule.
    ///
    /// # Errors
    /// A sentence for the user: the step cannot be made here.
    pub fn take_step(&mut self, step: Step, events: &mut Vec<Event>) -> Result<(), String> {
        match step {
            Step::Clock => {
                let at = self.kernel().next_timer().ok_or("no timer is set")?;
                self.advance(at, events);
            }
            Step::Run {
                tid,
                instructions,
                trap,
            } => {
                let task = find_ready(self, tid)?;
                let private = Shared::Ranges(Vec::new());
                let mut watch = Watch::new(&private, Before::Never, tid, Locks::default());
                let fuel = instructions.saturating_add(u64::from(trap));
                let (_, done) = self.run_user(task, fuel, &mut watch, events);
                if done != instructions {
                    return Err(format!(
                        "task {} executed {done} instructions, not {instructions}",
                        tid.0
                    ));
                }
            }
            Step::Call { tid, child } | Step::Late { tid, child } => {
                let task = find_ready(self, tid)?;
                if let Some(child) = child {
                    self.set_last_pid(Pid(child.0.saturating_sub(1)));
                }
                match step {
                    Step::Late { .. } => self.step_before_signal(CpuId(0), task, events),
                    _ => self.step(CpuId(0), task, 1, events),
                };
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c::SourceFile;
    use crate::run::{Ending, RunOptions, load, run_loaded};

    /// The count comes from a file: no count is too large to be refused.
    #[test]
    fn a_step_that_does_not_fit_is_refused_whatever_its_count() {
        let source = SourceFile {
            name: "two.c".to_owned(),
            text: "int main(void) { return 2; }".to_owned(),
        };
        let count = u64::MAX;
        let steps = Steps::parse(&format!("{HEADER}\nrun 1 {count} trap\n")).unwrap();
        let options = RunOptions {
            steps: Some(steps),
            ..RunOptions::default()
        };
        let loaded = load(&source, &[], &options).unwrap();
        let finished = run_loaded(loaded, b"", &options);
        assert!(
            matches!(finished.ending, Ending::Misfit(1, _)),
            "{:?}",
            finished.ending
        );
    }
}
