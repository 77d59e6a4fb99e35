//! The running kernel as a system under test.
//!
//! Every task is a real one that executes a puppet: it sleeps on a word of a memory that it shares with this
//! process, and makes one raw system call when told to. A program has a PID namespace of its own, so that its numbers
//! begin at 1. This folder holds all unsafe code there is.
//!
//! | file | holds |
//! |---|---|
//! | `puppet` | the puppet's instructions and its program file |
//! | `mailbox` | the shared memory |
//! | `launcher` | the process that begins and ends programs |
//! | `schedule` | priorities and processors |
//! | `watch` | a first task that ends and keeps the processor |
//! | `procfs` | what /proc tells |
//! | `tasks` | who is who: slots, numbers, pending commands |
//! | `terminal` | a pseudo-terminal |
//! | `users` | numbers of users that nobody else has |
//! | `observe` | the snapshot |

mod launcher;
mod mailbox;
mod observe;
mod procfs;
mod puppet;
mod schedule;
mod tasks;
mod terminal;
mod users;
mod watch;

use std::collections::BTreeMap;
use std::time::Duration;

use super::alphabet::Area;
use super::out::{self, OutForm};
use super::scope::Scope;
use super::system::{Command, Lost, Out, Outcome, Returned, Snapshot, System};
pub use launcher::killpg;
use launcher::{Launcher, PATIENCE, wait_at_most, wait_for};
use mailbox::Introduction;
use mailbox::Mailbox;
use observe::Sight;
use tasks::{Pending, Tasks, Unborn};

/// How the controller knows that all puppets are at rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// By priority: puppets run before the controller on the same processor, so when it runs they are at rest. Needs
    /// the right to real-time priorities.
    Ranked,
    /// By looking at their states until none of them moves. Which of several woken tasks runs first is the scheduler's.
    Polling,
}

/// The running kernel.
///
/// It makes the calls it is told to make as whoever started it, on the machine it runs on: give it no others than those
/// of which that is wanted. Namespaces for new tasks are refused, since their numbers would not be this program's.
///
/// It stays in the thread that made it: the kernel ends the puppets when that thread ends, and it is the thread that
/// has the controller's priority and processor for as long as the value lives.
#[derive(Debug)]
pub struct Linux {
    pace: Pace,
    cpu: usize,
    sight: Sight,
    launcher: Option<Launcher>,
    tasks: Tasks,
    /// Stacks that were given away.
    stacks: u64,
    // Dropped last: the puppets end under the controller's rank.
    _rank: Option<schedule::Rank>,
}

/// What became of a command that makes a task.
enum Birth {
    /// The child is there.
    Born(Introduction),
    /// There is none.
    None,
    /// The parent was stopped before (ERESTARTNOINTR).
    PutOff,
}

/// In which sleep a command may stay for long.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stay {
    /// Interruptible or not.
    Asleep,
    /// An interruptible one.
    Interruptible,
    /// In none: its time limit has passed already.
    Nowhere,
}

impl Stay {
    fn is_soon_over(self, state: char) -> bool {
        match self {
            Stay::Asleep => false,
            Stay::Interruptible => state == 'D',
            Stay::Nowhere => matches!(state, 'D' | 'S'),
        }
    }
}

impl Linux {
    /// Begins to use the running kernel, with everything on one processor: by priorities where that is allowed, else by
    /// polling.
    ///
    /// # Errors
    /// Why it cannot be used, in one line: namespaces are not allowed, say.
    pub fn new(cpu: usize) -> Result<Linux, Lost> {
        Linux::with_pace(cpu, Pace::Ranked).or_else(|_| Linux::with_pace(cpu, Pace::Polling))
    }

    /// The same with the pace chosen.
    ///
    /// # Errors
    /// Why it cannot be used so.
    pub fn with_pace(cpu: usize, pace: Pace) -> Result<Linux, Lost> {
        let rank = match pace {
            Pace::Ranked => {
                let rank = schedule::Rank::take(cpu);
                Some(rank.map_err(|error| Lost(format!("real-time priorities are not allowed: {error}")))?)
            }
            Pace::Polling if !procfs::tells_who_runs() => {
                return Err(Lost("this kernel has no /proc/PID/syscall".into()));
            }
            Pace::Polling => None,
        };
        let launcher = Launcher::start(cpu, pace).map_err(Lost)?;
        Ok(Linux {
            pace,
            cpu,
            sight: Sight::find_out()?,
            launcher: Some(launcher),
            tasks: Tasks::default(),
            stacks: 0,
            _rank: rank,
        })
    }

    /// How it is known that the puppets are at rest.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Whether frames can be told apart: the kernel shows their numbers to root only. Without, snapshots have their pages hidden.
    #[must_use]
    pub fn sees_frames(&self) -> bool {
        self.sight.frames
    }

    fn launcher(&self) -> Result<&Launcher, Lost> {
        self.launcher
            .as_ref()
            .ok_or_else(|| Lost("no program was begun".into()))
    }

    /// What is done after the command was given: newborn tasks introduce themselves, and everything comes to rest.
    fn settle(&mut self, child: Option<Unborn>) -> Result<(), Lost> {
        let put_off = self.tasks.take_unborn();
        for unborn in put_off.into_iter().chain(child) {
            self.await_birth(unborn)?;
        }
        if self.pace == Pace::Polling {
            self.tasks.await_rest()?;
        }
        Ok(())
    }

    /// Waits until a command that makes a task has failed, or its child is there. A task that is stopped in such a command
    /// makes its child when it is continued; one that is in a handler, when that is over.
    fn await_birth(&mut self, unborn: Unborn) -> Result<(), Lost> {
        let Some(Launcher { mailbox, .. }) = &self.launcher else {
            return Ok(());
        };
        let Unborn {
            slot,
            level,
            child,
            begins,
        } = unborn;
        let host = self.tasks.host_of(slot);
        // By priority it has run already, unless its program was taken from it by munmap or the like.
        let patience = match self.pace {
            Pace::Ranked => Duration::from_millis(100),
            Pace::Polling => PATIENCE,
        };
        let introduction = wait_at_most(patience, || {
            if let Some(child) = mailbox.introduction(child) {
                return Some(Ok(Birth::Born(child)));
            }
            // No child comes from a call that failed, nor from a task that has ended in it or left it by exec.
            let failed = mailbox.result(slot, level).is_some_and(|value| value <= 0);
            if failed || mailbox.level(slot) < level {
                return Some(Ok(Birth::None));
            }
            match host.map(procfs::stat) {
                Some(Ok(Some(stat))) if stat.is_stopped() => Some(Ok(Birth::PutOff)),
                Some(Ok(Some(stat))) if !stat.is_dead() => {
                    (mailbox.level(slot) > level && !stat.is_moving()).then_some(Ok(Birth::PutOff))
                }
                Some(Err(error)) => Some(Err(error)),
                _ => Some(Ok(Birth::None)),
            }
        });
        match introduction {
            Some(Ok(Birth::Born(introduction))) => {
                let pending = self.tasks.inherited(slot, begins);
                self.tasks.add(child, introduction, pending);
            }
            Some(Ok(Birth::PutOff)) => self.tasks.put_off(unborn),
            Some(Ok(Birth::None)) => {}
            Some(Err(error)) => return Err(Lost(error.to_string())),
            None => return Err(Lost("a new task does not start".into())),
        }
        Ok(())
    }

    /// What became of a task's command, now that everything rests. One that sleeps for no time is about to be woken.
    fn outcome(&mut self, tid: u32, (slot, level): (usize, usize), stay: Stay) -> Result<Outcome, Lost> {
        let host = self
            .tasks
            .host_of(slot)
            .ok_or_else(|| Lost(format!("there is no task {tid}")))?;
        let Some(Launcher { mailbox, .. }) = &self.launcher else {
            return Ok(Outcome::Gone);
        };
        let found = wait_for(|| {
            let told = || {
                let at = level_told(mailbox, &self.tasks, tid, (slot, level));
                mailbox.result(slot, at).is_some()
            };
            if told() {
                return Some(Ok(None));
            }
            match procfs::stat(host) {
                // In a handler it may stay.
                Ok(Some(stat))
                    if stat.is_moving() || stay.is_soon_over(stat.state) && mailbox.level(slot) == level =>
                {
                    None
                }
                // Between the two looks its command may have ended, in exec as another task.
                Ok(_) if told() => Some(Ok(None)),
                Ok(Some(stat)) if !stat.is_dead() => Some(Ok(Some(Outcome::Blocked))),
                Ok(_) => Some(Ok(Some(Outcome::Gone))),
                Err(error) => Some(Err(error)),
            }
        });
        match found {
            Some(Ok(Some(Outcome::Gone))) if self.tasks.took_the_leaders_place(tid)? => Ok(Outcome::Blocked),
            Some(Ok(Some(outcome))) => Ok(outcome),
            Some(Ok(None)) => self
                .take(tid, slot, level)?
                .map(Outcome::Done)
                .ok_or_else(|| Lost("an answer got lost".into())),
            Some(Err(error)) => Err(Lost(error.to_string())),
            None => Err(Lost(format!(
                "task {tid} neither ends its command nor sleeps in it"
            ))),
        }
    }

    /// Takes what the command gave that a slot was given at a level, if it is over.
    fn take(&mut self, tid: u32, slot: usize, level: usize) -> Result<Option<Returned>, Lost> {
        let Some(Launcher { mailbox, users, .. }) = &self.launcher else {
            return Ok(None);
        };
        let at = level_told(mailbox, &self.tasks, tid, (slot, level));
        let Some(value) = mailbox.result(slot, at) else {
            return Ok(None);
        };
        let Some(pending) = self.tasks.finish(tid, level) else {
            return Ok(None);
        };
        let mut returned = Returned {
            value,
            out: Out::None,
        };
        if let Pending::Call(nr, args) = pending {
            if let Some(form) = OutForm::of(nr, &args, value) {
                returned.out = form.read(&mailbox.out_bytes(slot));
            }
            (returned.value, returned.out) = users.take(nr, out::told(nr, value), returned.out);
        }
        if pending == Pending::Exec && value == 0 {
            // exec by a thread that does not lead its process: it has the leader's number now.
            let introduction = mailbox.introduction(slot);
            let introduction =
                introduction.ok_or_else(|| Lost("a task does not say who it is after exec".into()))?;
            self.tasks.remove(tid);
            self.tasks.add(slot, introduction, Vec::new());
        }
        Ok(Some(returned))
    }
}

/// The level at which it is told what a command gave that a slot was given at this one: after exec it is the new
/// program that says so, in no handler.
fn level_told(mailbox: &Mailbox, tasks: &Tasks, tid: u32, (slot, level): (usize, usize)) -> usize {
    let by_exec = tasks.pending(tid, level) == Some(Pending::Exec) && mailbox.level(slot) < level;
    if by_exec { 0 } else { level }
}

impl System for Linux {
    fn boot(&mut self) -> Result<(), Lost> {
        self.tasks = Tasks::default();
        if let Some(mut launcher) = self.launcher.take() {
            // One that does not answer is replaced.
            if launcher.end().is_ok() {
                self.launcher = Some(launcher);
            }
        }
        let launcher = match self.launcher.take() {
            Some(launcher) => launcher,
            None => Launcher::start(self.cpu, self.pace).map_err(Lost)?,
        };
        let launcher = self.launcher.insert(launcher);
        let introduction = launcher.begin(tasks::FIRST).map_err(Lost)?;
        self.tasks.add(tasks::FIRST, introduction, Vec::new());
        self.stacks = 2;
        if self.pace == Pace::Polling {
            self.tasks.await_rest()?;
        }
        Ok(())
    }

    fn step(&mut self, task: u32, command: Command) -> Result<Outcome, Lost> {
        let slot = self.tasks.slot(task)?;
        let level = self.launcher()?.mailbox.level(slot);
        if !self.tasks.is_idle(task, level) {
            return Err(Lost(format!("task {task} is not waiting for a command")));
        }
        if tasks::makes_a_namespace(&command) {
            return Err(Lost("a task in a namespace of its own cannot be followed".into()));
        }
        let child = if tasks::makes_a_task(&command) {
            Some(self.tasks.free_slot()?)
        } else {
            None
        };
        let Launcher {
            mailbox,
            users,
            terminal,
            ..
        } = self.launcher()?;
        if let Some(terminal) = terminal {
            terminal.drain();
        }
        let (nr, mut args) = match command {
            Command::Syscall { nr, args } => (nr, args),
            Command::Load { addr } => (puppet::LOAD, [addr, 0, 0, 0, 0, 0]),
            Command::Store { addr, byte } => (puppet::STORE, [addr, u64::from(byte), 0, 0, 0, 0]),
            Command::Exec => (libc::SYS_execve.cast_unsigned(), mailbox.exec_args(slot)),
        };
        if args.into_iter().any(out::is_outward) {
            let area = mailbox.clear_out(slot);
            mailbox.fill_out(slot, &out::given(nr, &args, area));
            args = args.map(|arg| out::translated(arg, area));
        }
        if let Command::Syscall { nr, .. } = command {
            users.put(nr, &mut args);
        }
        args = mailbox.fill_inward(
            slot,
            nr,
            args,
            terminal.as_ref().map_or([0; 3], |terminal| terminal.path),
        );
        let shares = tasks::shares_memory(&command);
        let unborn = child.map(|child| Unborn {
            slot,
            level,
            child,
            begins: mailbox.prepare(child, self.stacks, Some((slot, shares))),
        });
        let alone = command == Command::Exec && self.tasks.is_alone(slot);
        mailbox.send(slot, nr, args, child);
        self.stacks += u64::from(child.is_some());
        self.tasks.begin(task, level, Pending::of(&command));
        self.settle(unborn)?;
        // vfork, and exec beside other threads, sleep in D for as long as others like; anything else, an RCU grace period
        // say, is soon over.
        let stay = match command {
            Command::Exec if alone => Stay::Interruptible,
            _ if child.is_some() || command == Command::Exec => Stay::Asleep,
            _ if tasks::has_a_time_limit(&command) => Stay::Nowhere,
            _ => Stay::Interruptible,
        };
        self.outcome(task, (slot, level), stay)
    }

    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost> {
        let mut all = BTreeMap::new();
        for (tid, slot, level) in self.tasks.busy() {
            if let Some(returned) = self.take(tid, slot, level)? {
                all.insert(tid, returned);
            }
        }
        Ok(all)
    }

    fn observe(&mut self) -> Result<Snapshot, Lost> {
        let Some(Launcher { mailbox, users, .. }) = &self.launcher else {
            return Ok(Snapshot::default());
        };
        observe::snapshot(&mut self.tasks, (mailbox, *users), self.sight)
    }

    /// All; without the right to become other users, not the calls about them nor those of terminals; without
    /// pseudo-terminals, not the latter.
    fn scope(&self) -> Scope {
        match &self.launcher {
            // TIOCSCTTY asks who is capable outside of the namespace too.
            Some(Launcher {
                becomes_users: false, ..
            }) => Scope::without(&[Area::Credentials, Area::Terminals]),
            Some(Launcher { terminal: None, .. }) => Scope::without(&[Area::Terminals]),
            _ => Scope::ALL,
        }
    }
}
