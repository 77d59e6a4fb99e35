//! Who is who: a task's number, the host's number of it, its slot, and the command it is in.

use std::collections::BTreeMap;

use super::launcher::wait_for;
use super::mailbox::{Introduction, SLOTS};
use super::{procfs, schedule};
use crate::oracle::system::{Command, Lost, OUT};

/// The slot of a program's first task.
pub(super) const FIRST: usize = 1;

/// A command that is not over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pending {
    /// This call, its arguments as the program gives them.
    Call(u64, [u64; 6]),
    /// exec.
    Exec,
    /// An access to memory, or what a copy of a task was in: nothing is stored beside its value.
    Plain,
}

impl Pending {
    /// What a command is, before its arguments are translated.
    pub(super) fn of(command: &Command) -> Pending {
        match *command {
            Command::Syscall { nr, args } => Pending::Call(nr, args),
            Command::Exec => Pending::Exec,
            Command::Load { .. } | Command::Store { .. } => Pending::Plain,
        }
    }
}

/// Whether a command may make a task.
pub(super) fn makes_a_task(command: &Command) -> bool {
    let Command::Syscall { nr, .. } = command else {
        return false;
    };
    let calls = [libc::SYS_fork, libc::SYS_vfork, libc::SYS_clone, libc::SYS_clone3];
    i64::try_from(*nr).is_ok_and(|nr| calls.contains(&nr))
}

/// Whether a command sleeps until a time at most that has passed already, or is about to. Other times that programs know are
/// so far that they never come.
pub(super) fn has_a_time_limit(command: &Command) -> bool {
    let Command::Syscall { nr, args } = command else {
        return false;
    };
    let [_, second, third, fourth, fifth, sixth] = *args;
    match i64::try_from(*nr) {
        // FUTEX_WAIT and FUTEX_WAIT_BITSET, with whatever flags.
        Ok(libc::SYS_futex) => matches!(second & 0x7f, 0 | 9) && fourth == OUT,
        // Seconds and nanoseconds of the IN area.
        Ok(libc::SYS_nanosleep) => (third, fourth) == (0, 0),
        Ok(libc::SYS_clock_nanosleep) => (fifth, sixth) == (0, 0),
        _ => false,
    }
}

/// The CLONE_ flags of a command that has some. Those of clone3 lie in its structure, which is filled from the third
/// argument.
fn clone_flags(command: &Command) -> Option<u64> {
    let Command::Syscall {
        nr,
        args: [first, _, third, ..],
    } = *command
    else {
        return None;
    };
    match i64::try_from(nr) {
        Ok(libc::SYS_clone | libc::SYS_unshare) => Some(first),
        Ok(libc::SYS_clone3) => Some(third),
        Ok(libc::SYS_vfork) => Some(CLONE_VM),
        _ => None,
    }
}

const CLONE_VM: u64 = 0x100;

/// Whether the task that a command makes shares the memory of who makes it.
pub(super) fn shares_memory(command: &Command) -> bool {
    clone_flags(command).is_some_and(|flags| flags & CLONE_VM != 0)
}

/// Whether a command asks for a child with other numbers, or without any.
pub(super) fn makes_a_namespace(command: &Command) -> bool {
    const NEW_CGROUP_UTS_IPC_USER_PID_NET: u64 = 0x7e00_0000;
    const NEW_NS: u64 = 0x2_0000;
    clone_flags(command).is_some_and(|flags| flags & (NEW_NS | NEW_CGROUP_UTS_IPC_USER_PID_NET) != 0)
}

impl Tasks {
    /// Whether a task has no other thread beside it.
    pub(super) fn is_alone(&self, slot: usize) -> bool {
        let status = self.host_of(slot).map(procfs::status);
        matches!(status, Some(Ok(Some(status))) if status.threads == 1)
    }
}

/// A task that was not seen to be released.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Task {
    pub(super) slot: usize,
    /// The host's number of it.
    pub(super) host: u32,
    /// The host's number of its process.
    process: u32,
    /// The commands it is in: outside of handlers, and in each handler.
    pub(super) pending: Vec<Option<Pending>>,
}

/// A child that is still to be born.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Unborn {
    /// The slot of the task that makes it.
    pub(super) slot: usize,
    /// In how many handlers that task was when it was told.
    pub(super) level: usize,
    /// The slot of the child.
    pub(super) child: usize,
    /// The level on which the child begins.
    pub(super) begins: usize,
}

/// The tasks of a program.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    tasks: BTreeMap<u32, Task>,
    /// Tasks that were stopped in the making of a child, or are in a handler first.
    unborn: Vec<Unborn>,
    /// Every process there was, by the host's number: parents are told so.
    processes: BTreeMap<u32, u32>,
}

impl Tasks {
    /// A task has introduced itself. One that had the number before, a leader in whose place another has exec'ed, is
    /// no more.
    pub(super) fn add(&mut self, slot: usize, introduction: Introduction, pending: Vec<Option<Pending>>) {
        let Introduction {
            tid,
            host_process,
            host_task,
        } = introduction;
        if host_process == host_task {
            self.processes.insert(host_process, tid);
        }
        self.tasks.insert(
            tid,
            Task {
                slot,
                host: host_task,
                process: host_process,
                pending,
            },
        );
    }

    /// Whether a task that is gone has taken its leader's place in exec, and was stopped before the new program could say
    /// so. From then on it is the leader that is in exec.
    pub(super) fn took_the_leaders_place(&mut self, tid: u32) -> Result<bool, Lost> {
        let Some(task) = self.tasks.get(&tid).cloned() else {
            return Ok(false);
        };
        let leads = |other: &&mut Task| other.host == task.process && other.slot != task.slot;
        let Some(leader) = self.tasks.values_mut().find(leads) else {
            return Ok(false);
        };
        let stopped = procfs::stat(leader.host)
            .map_err(lost)?
            .is_some_and(|stat| stat.is_stopped());
        let took = task.pending.contains(&Some(Pending::Exec)) && stopped;
        if took {
            (leader.slot, leader.pending) = (task.slot, task.pending);
            self.tasks.remove(&tid);
        }
        Ok(took)
    }

    /// A task is no more.
    pub(super) fn remove(&mut self, tid: u32) {
        self.tasks.remove(&tid);
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<(u32, Task)> {
        self.tasks
            .iter()
            .map(|(tid, task)| (*tid, task.clone()))
            .collect()
    }

    /// The number that tasks have for a process of which the host's number is known; 0 for one outside.
    pub(super) fn process(&self, host: u32) -> u32 {
        self.processes.get(&host).copied().unwrap_or(0)
    }

    /// The host's number of a slot's task.
    pub(super) fn host_of(&self, slot: usize) -> Option<u32> {
        self.tasks
            .values()
            .find(|task| task.slot == slot)
            .map(|task| task.host)
    }

    /// The slot of a task.
    pub(super) fn slot(&self, tid: u32) -> Result<usize, Lost> {
        let task = self.tasks.get(&tid);
        task.map(|task| task.slot)
            .ok_or_else(|| Lost(format!("there is no task {tid}")))
    }

    /// Whether a task that is in so many handlers can be given a command.
    pub(super) fn is_idle(&self, tid: u32, level: usize) -> bool {
        let task = self.tasks.get(&tid);
        task.is_some_and(|task| task.pending.get(level).copied().flatten().is_none())
    }

    /// A task was given a command.
    pub(super) fn begin(&mut self, tid: u32, level: usize, pending: Pending) {
        if let Some(task) = self.tasks.get_mut(&tid) {
            task.pending.resize(level, None);
            task.pending.push(Some(pending));
        }
    }

    /// The command of a level is over.
    pub(super) fn finish(&mut self, tid: u32, level: usize) -> Option<Pending> {
        self.tasks.get_mut(&tid)?.pending.get_mut(level)?.take()
    }

    /// The kind of the command of a level.
    pub(super) fn pending(&self, tid: u32, level: usize) -> Option<Pending> {
        self.tasks.get(&tid)?.pending.get(level).copied()?
    }

    /// What a child is in that goes on in its parent's handlers: what was stored for the parent, it does not see.
    pub(super) fn inherited(&self, slot: usize, level: usize) -> Vec<Option<Pending>> {
        let parent = self.tasks.values().find(|task| task.slot == slot);
        let pending = parent.map_or(&[][..], |parent| &parent.pending);
        let below = pending.iter().take(level);
        below.map(|pending| pending.map(|_| Pending::Plain)).collect()
    }

    /// The commands that are not over: by task, its slot and the level.
    pub(super) fn busy(&self) -> Vec<(u32, usize, usize)> {
        let levels = |(tid, task): (&u32, &Task)| {
            let busy = task
                .pending
                .iter()
                .enumerate()
                .filter(|(_, pending)| pending.is_some());
            let (tid, slot) = (*tid, task.slot);
            busy.map(|(level, _)| (tid, slot, level)).collect::<Vec<_>>()
        };
        self.tasks.iter().flat_map(levels).collect()
    }

    /// A task was stopped in the making of a child.
    pub(super) fn put_off(&mut self, unborn: Unborn) {
        self.unborn.push(unborn);
    }

    /// The tasks that were, with the slots of their children.
    pub(super) fn take_unborn(&mut self) -> Vec<Unborn> {
        std::mem::take(&mut self.unborn)
    }

    /// A slot that no task uses.
    pub(super) fn free_slot(&mut self) -> Result<usize, Lost> {
        if let Some(slot) = self.unused() {
            return Ok(slot);
        }
        self.forget_released()?;
        self.unused()
            .ok_or_else(|| Lost(format!("no more than {} tasks at a time", SLOTS - FIRST)))
    }

    fn unused(&self) -> Option<usize> {
        let promised = |slot: usize| self.unborn.iter().any(|unborn| unborn.child == slot);
        (FIRST..SLOTS).find(|slot| !promised(*slot) && self.tasks.values().all(|task| task.slot != *slot))
    }

    fn forget_released(&mut self) -> Result<(), Lost> {
        for (tid, task) in self.all() {
            if procfs::stat(task.host).map_err(lost)?.is_none() {
                self.remove(tid);
            }
        }
        Ok(())
    }

    /// Waits until no task moves.
    ///
    /// All are looked at twice. If each one was off the processor both times, and was not put on one in between, then
    /// all of them slept at the moment between the rounds; and who sleeps while all others sleep goes on sleeping.
    pub(super) fn await_rest(&self) -> Result<(), Lost> {
        let rested = wait_for(|| self.rest().map(|rest| rest.then_some(())).transpose());
        rested.ok_or_else(|| Lost("the tasks do not come to rest".into()))?
    }

    fn rest(&self) -> Result<bool, Lost> {
        let Some(before) = self.sleepers()? else {
            return Ok(false);
        };
        schedule::let_exits_finish();
        Ok(self.sleepers()?.is_some_and(|after| before == after))
    }

    /// How often each was taken off a processor, unless one is on it or about to be.
    fn sleepers(&self) -> Result<Option<Vec<u64>>, Lost> {
        let mut all = Vec::with_capacity(self.tasks.len());
        for task in self.tasks.values() {
            let status = procfs::status(task.host).map_err(lost)?;
            all.push(match status {
                None => u64::MAX,
                // It has nothing left to do but to wake its parent.
                Some(status) if status.state == 'Z' => 0,
                Some(status) if matches!(status.state, 'R' | 'X') => return Ok(None),
                Some(_) if procfs::is_running(task.host).map_err(lost)? => return Ok(None),
                Some(status) => status.switches,
            });
        }
        Ok(Some(all))
    }
}

/// A look at /proc has failed.
pub(super) fn lost(error: std::io::Error) -> Lost {
    Lost(format!("/proc: {error}"))
}
