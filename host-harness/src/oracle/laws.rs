//! Laws that hold of every system without a model beside it: what can be said of a kernel that is like Linux by asking
//! nobody but it. The numbers are those of `docs/invariants.md`.
//!
//! ```
//! use host_harness::oracle::{generate, laws, model::Model};
//!
//! let mut system = Model::new()?;
//! for seed in 0..20 {
//!     let broken = laws::broken(laws::ALL, &generate::program(seed, 20), &mut system)?;
//!     assert_eq!(broken, []);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::program::{Answer, Made, Program};
use super::scope::Scope;
use super::system::{Command, Lost, Outcome, Snapshot, System, TaskView};

/// What a system said, and what could be seen before and after.
struct Seen {
    made: Made,
    before: Snapshot,
    after: Snapshot,
}

/// Looks at two runs of one program: the step at which the law broke, and what was found there.
type Rule = fn(&[Seen], &[Seen]) -> Found;

/// A law.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// Its name.
    pub name: &'static str,
    /// What holds.
    pub says: &'static str,
    /// Its number in `docs/invariants.md`, where it has one.
    pub invariant: Option<u8>,
    /// The fields without which it says nothing.
    pub reads: &'static [&'static str],
    holds: Rule,
}

/// A law that does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The law's name.
    pub law: &'static str,
    /// The steps up to where it broke.
    pub steps: Vec<Made>,
    /// What was found.
    pub found: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.law, self.found)?;
        self.steps.iter().try_for_each(|made| writeln!(f, "  {made}"))
    }
}

impl std::error::Error for Broken {}

impl Law {
    /// Whether a system tells what the law is about.
    #[must_use]
    pub fn applies(&self, scope: &Scope) -> bool {
        self.reads.iter().all(|field| scope.tells(field))
    }
}

/// Runs a program on a system, twice, and looks which laws do not hold.
///
/// # Errors
/// [`Lost`]: the system broke down.
pub fn broken<'l>(
    laws: impl IntoIterator<Item = &'l Law>,
    program: &Program,
    system: &mut dyn System,
) -> Result<Vec<Broken>, Lost> {
    let (first, second) = (run(program, system)?, run(program, system)?);
    let look = |law: &Law| {
        let (at, found) = (law.holds)(&first, &second)?;
        Some(Broken {
            law: law.name,
            steps: first.iter().take(at + 1).map(|seen| seen.made.clone()).collect(),
            found,
        })
    };
    Ok(laws.into_iter().filter_map(look).collect())
}

/// A program on a system alone: its steps are resolved against what the system itself shows.
fn run(program: &Program, system: &mut dyn System) -> Result<Vec<Seen>, Lost> {
    system.boot()?;
    let mut before = system.observe()?;
    let mut all = Vec::new();
    for (at, step) in program.steps.iter().enumerate() {
        let Some((task, command)) = step.resolve(&before) else {
            break;
        };
        let outcome = system.step(task, command)?;
        let returned = system.returned()?;
        let after = system.observe()?;
        let answer = Answer {
            outcome,
            returned,
            seen: None,
        };
        let made = Made {
            at,
            task,
            command,
            answer,
        };
        all.push(Seen {
            made,
            before: std::mem::replace(&mut before, after.clone()),
            after,
        });
    }
    Ok(all)
}

/// Every law.
pub const ALL: &[Law] = &[
    Law {
        name: "determinism",
        says: "the same commands after a fresh boot give the same answers",
        invariant: Some(30),
        reads: &[],
        holds: determinism,
    },
    Law {
        name: "clean-boot",
        says: "a fresh boot has the one task 1, which leads its group and its session and has no descriptor",
        invariant: None,
        reads: &["tgid", "pgid", "sid", "ppid", "state"],
        holds: clean_boot,
    },
    Law {
        name: "numbers-come-in-turn",
        says: "a new task has a higher number than all before it, unless clone3 was told which",
        invariant: Some(10),
        reads: &[],
        holds: numbers,
    },
    Law {
        name: "zombies-stay",
        says: "a process that has ended is seen until its parent has waited for it, or does not want to, or ends",
        invariant: Some(7),
        reads: &["state", "tgid", "ppid", "threads"],
        holds: zombies,
    },
    Law {
        name: "the-dead-are-still",
        says: "a zombie has no pages and no descriptors, and never wakes",
        invariant: Some(6),
        reads: &["state", "threads"],
        holds: still,
    },
    Law {
        name: "parents-are-there",
        says: "the parent of a task is a live process; only that of task 1 is outside",
        invariant: Some(4),
        reads: &["tgid", "ppid"],
        holds: parents,
    },
    Law {
        name: "threads-are-one-process",
        says: "the tasks of a process have its group, session and parent, and are as many as it says",
        invariant: Some(5),
        reads: &["tgid", "pgid", "sid", "ppid", "threads"],
        holds: threads,
    },
    Law {
        name: "groups-lie-in-sessions",
        says: "all processes of a group are in one session, and a session leader leads its group",
        invariant: Some(23),
        reads: &["tgid", "pgid", "sid"],
        holds: groups,
    },
    Law {
        name: "kill-and-stop-reach-everyone",
        says: "SIGKILL and SIGSTOP are neither blocked nor ignored nor caught",
        invariant: Some(22),
        reads: &["blocked", "ignored", "caught"],
        holds: unmaskable,
    },
    Law {
        name: "failure-changes-nothing",
        says: "a call that fails leaves all that can be seen as it was, but for what Linux does before it fails",
        invariant: Some(29),
        reads: &[],
        holds: failure,
    },
];

type Found = Option<(usize, String)>;

/// The first snapshot in which `wrong` finds something.
fn each(run: &[Seen], wrong: impl Fn(&Snapshot) -> Option<String>) -> Found {
    let mut after = run.iter().enumerate();
    after.find_map(|(at, seen)| wrong(&seen.after).map(|found| (at, found)))
}

fn determinism(first: &[Seen], second: &[Seen]) -> Found {
    for (at, (one, other)) in first.iter().zip(second).enumerate() {
        if one.made != other.made {
            return Some((at, format!("the second time: {}", other.made)));
        }
        if one.after != other.after {
            return Some((at, "the tasks look different the second time".to_owned()));
        }
    }
    let shorter = first.len().min(second.len());
    (first.len() != second.len()).then(|| (shorter, "one run ends earlier".to_owned()))
}

fn clean_boot(first: &[Seen], _: &[Seen]) -> Found {
    let boot = &first.first()?.before;
    let one = boot.tasks.get(&1);
    let clean = one.is_some_and(|task| {
        (task.tgid, task.pgid, task.sid, task.ppid, task.state) == (1, 1, 1, 0, 'R')
            && task.descriptors.is_empty()
    });
    (!clean || boot.tasks.len() != 1).then(|| (0, format!("after boot: {:?}", boot.tasks)))
}

fn numbers(first: &[Seen], _: &[Seen]) -> Found {
    let mut highest = 1;
    // A number that clone3 was given (set_tid) does not move the counter.
    let counted = |seen: &&Seen| !matches!(seen.made.command, Command::Syscall { nr: CLONE3, .. });
    for (at, seen) in first.iter().enumerate().filter(|(_, seen)| counted(seen)) {
        // A thread that execs takes the number of its leader, which was there before.
        let new = seen
            .after
            .tasks
            .keys()
            .filter(|tid| !seen.before.tasks.contains_key(tid));
        for tid in new {
            if *tid <= highest {
                return Some((
                    at,
                    format!("a new task has the number {tid}, and there was a {highest}"),
                ));
            }
            highest = *tid;
        }
    }
    None
}

fn zombies(first: &[Seen], _: &[Seen]) -> Found {
    // Whether a parent wants no zombies (SA_NOCLDWAIT) cannot be seen, so nothing is said once somebody may.
    let silent = |seen: &&Seen| !matches!(seen.made.command, Command::Syscall { nr: RT_SIGACTION, .. });
    let judged = first.iter().take_while(silent).enumerate();
    judged.into_iter().find_map(|(at, seen)| {
        let lost = seen
            .before
            .tasks
            .iter()
            .find(|(tid, task)| is_lost(seen, **tid, task));
        lost.map(|(tid, _)| {
            (
                at,
                format!("{tid} has ended and vanished, and nobody waited for it"),
            )
        })
    })
}

const RT_SIGACTION: u64 = 13;
const CLONE3: u64 = 435;

/// Whether a process that was there, as a zombie or with one thread, is not seen any more, though nobody waited for it
/// and its parent lives.
fn is_lost(seen: &Seen, tid: u32, task: &TaskView) -> bool {
    if task.tgid != tid || task.threads > 1 || seen.after.tasks.contains_key(&tid) {
        return false;
    }
    // Reaped by a wait: of the caller, or of one that slept in it; waitid gives 0, and EFAULT comes after the deed.
    let waited = |value: i64| value == i64::from(tid) || value == 0 || value == -14;
    let caller = match seen.made.answer.outcome {
        Outcome::Done(returned) => waited(returned.value),
        Outcome::Blocked | Outcome::Gone => false,
    };
    let slept = || {
        seen.made
            .answer
            .returned
            .values()
            .any(|returned| waited(returned.value))
    };
    let parent = seen.after.tasks.get(&task.ppid);
    let orphaned = parent.is_none_or(|parent| parent.state == 'Z');
    !caller && !slept() && !orphaned
}

fn still(first: &[Seen], _: &[Seen]) -> Found {
    for (at, seen) in first.iter().enumerate() {
        for (tid, task) in seen.after.tasks.iter().filter(|(_, task)| task.state == 'Z') {
            if !task.pages.is_empty() || !task.descriptors.is_empty() {
                return Some((at, format!("the zombie {tid} has pages or descriptors")));
            }
        }
        for (tid, task) in seen.before.tasks.iter().filter(|(_, task)| task.state == 'Z') {
            // A leader that has ended is replaced by the thread that execs.
            let woke = seen.after.tasks.get(tid).is_some_and(|after| after.state != 'Z');
            if woke && task.threads <= 1 {
                return Some((at, format!("the zombie {tid} lives again")));
            }
        }
    }
    None
}

fn parents(first: &[Seen], _: &[Seen]) -> Found {
    each(first, |seen| {
        seen.tasks.iter().find_map(|(tid, task)| {
            let leader_lives = |ppid: u32| seen.tasks.get(&ppid).is_some_and(|parent| parent.tgid == ppid);
            let fine = match task.tgid {
                1 => task.ppid == 0,
                tgid => task.ppid != tgid && leader_lives(task.ppid),
            };
            (!fine).then(|| format!("the parent of {tid} is {}", task.ppid))
        })
    })
}

/// The tasks by process.
fn processes(seen: &Snapshot) -> BTreeMap<u32, Vec<(u32, &TaskView)>> {
    let mut all: BTreeMap<u32, Vec<(u32, &TaskView)>> = BTreeMap::new();
    for (tid, task) in &seen.tasks {
        all.entry(task.tgid).or_default().push((*tid, task));
    }
    all
}

fn threads(first: &[Seen], _: &[Seen]) -> Found {
    each(first, |seen| {
        processes(seen).into_iter().find_map(|(tgid, tasks)| {
            let kinds: BTreeSet<_> = tasks
                .iter()
                .map(|(_, task)| (task.pgid, task.sid, task.ppid))
                .collect();
            let count = u32::try_from(tasks.len()).unwrap_or(u32::MAX);
            if kinds.len() != 1 {
                return Some(format!(
                    "the threads of {tgid} are in several groups, sessions or families"
                ));
            }
            let said = tasks.iter().find(|(_, task)| task.threads != count);
            said.map(|(tid, task)| {
                format!(
                    "{tid} says that {tgid} has {} threads, and it has {count}",
                    task.threads
                )
            })
        })
    })
}

fn groups(first: &[Seen], _: &[Seen]) -> Found {
    each(first, |seen| {
        let mut sessions = BTreeMap::new();
        seen.tasks.iter().find_map(|(tid, task)| {
            let session = *sessions.entry(task.pgid).or_insert(task.sid);
            if session != task.sid {
                return Some(format!(
                    "group {} is in the sessions {session} and {}",
                    task.pgid, task.sid
                ));
            }
            let leads = task.sid != task.tgid || task.pgid == task.tgid;
            (!leads).then(|| format!("{tid} leads its session, and is in group {}", task.pgid))
        })
    })
}

fn unmaskable(first: &[Seen], _: &[Seen]) -> Found {
    const BOTH: u64 = 1 << 8 | 1 << 18;
    each(first, |seen| {
        let masked = |task: &TaskView| (task.blocked | task.ignored | task.caught) & BOTH != 0;
        seen.tasks
            .iter()
            .find(|(_, task)| masked(task))
            .map(|(tid, _)| format!("task {tid}"))
    })
}

fn failure(first: &[Seen], _: &[Seen]) -> Found {
    let plain = |seen: &Snapshot| {
        let mut seen = seen.clone();
        seen.tasks.values_mut().for_each(|task| task.pages.clear());
        seen
    };
    for (at, seen) in first.iter().enumerate() {
        let Outcome::Done(returned) = seen.made.answer.outcome else {
            continue;
        };
        // EFAULT comes after the deed, where the answer could not be stored; ENOMEM of a range with holes, too. With EPIPE
        // comes SIGPIPE, which may be blocked.
        let late = matches!(returned.value, -14 | -12 | -32);
        if (-4095..0).contains(&returned.value) && !late && plain(&seen.before) != plain(&seen.after) {
            return Some((at, "it failed, and something changed".to_owned()));
        }
    }
    None
}
