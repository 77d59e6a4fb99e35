//! Process groups and sessions.

use crate::abi::errno::{Errno, Result};
use crate::abi::flags::TaskFlags;
use crate::abi::ids::{Handle, Pid, TaskRef, kind};
use crate::abi::signal::Signal;
use crate::objects::signal::{GroupStop, Pgrp};
use crate::store::list;
use crate::world::World;

use super::signal::{Sender, Target, send_signal};

type SignalRef = Handle<kind::Signal>;
type PidRef = Handle<kind::Pid>;

/// Enters a process into the group and session that it names.
#[inline(always)]
pub fn join(w: &mut World<'_>, process: SignalRef) {
    let signal = &w.signals[process];
    let (pgrp, session) = (signal.pgrp, signal.session);
    // attach_pid() puts the newest first, and so kill() reaches it first.
    w.pid.pids[pgrp].pgrp.push_front(&mut w.signals, process);
    w.pid.pids[session].session.push_front(&mut w.signals, process);
}

fn join_pgrp(w: &mut World<'_>, process: SignalRef, pgrp: PidRef) {
    w.pid.pids[pgrp].pgrp.push_front(&mut w.signals, process);
    w.signals[process].pgrp = pgrp;
}

#[inline(always)]
fn leave_pgrp(w: &mut World<'_>, process: SignalRef, pgrp: PidRef) {
    w.pid.pids[pgrp].pgrp.remove(&mut w.signals, process);
    w.pid.put(pgrp);
}

/// A released process leaves its group and its session; their numbers are free when it was the last.
#[inline(always)]
pub fn leave(w: &mut World<'_>, process: SignalRef) {
    let signal = &w.signals[process];
    let (pgrp, session) = (signal.pgrp, signal.session);
    leave_pgrp(w, process, pgrp);
    w.pid.pids[session].session.remove(&mut w.signals, process);
    w.pid.put(session);
}

/// `find_task_by_vpid()`, where 0 means the caller.
///
/// # Errors
/// ESRCH: nobody has the number.
pub fn task_or_current(w: &World<'_>, current: TaskRef, pid: i32) -> Result<TaskRef> {
    match pid {
        0 => Ok(current),
        pid => {
            let nr = u32::try_from(pid).map_err(|_| Errno::ESRCH)?;
            w.pid.task(Pid(nr)).ok_or(Errno::ESRCH)
        }
    }
}

/// The number of a task's process group.
#[must_use]
pub fn pgrp_of(w: &World<'_>, task: TaskRef) -> Pid {
    w.pid.pids[w.signal(task).pgrp].nr
}

/// getpgid(2).
///
/// # Errors
/// ESRCH: no such process.
pub fn getpgid(w: &World<'_>, current: TaskRef, pid: i32) -> Result<Pid> {
    Ok(pgrp_of(w, task_or_current(w, current, pid)?))
}

/// getsid(2).
///
/// # Errors
/// ESRCH: no such process.
pub fn getsid(w: &World<'_>, current: TaskRef, pid: i32) -> Result<Pid> {
    let task = task_or_current(w, current, pid)?;
    Ok(w.pid.pids[w.signal(task).session].nr)
}

/// setpgid(2): for the caller, or for a child that has not yet exec'ed.
///
/// # Errors
/// - EINVAL: a negative group; the pid of a thread.
/// - ESRCH: neither the caller nor a child of it.
/// - EACCES: the child has exec'ed.
/// - EPERM: the process leads a session; it is in another session; no such group is in its session.
pub fn setpgid(w: &mut World<'_>, current: TaskRef, pid: i32, pgid: i32) -> Result<()> {
    let pid = if pid == 0 {
        i32::try_from(w.tasks[current].tgid.0).unwrap_or(0)
    } else {
        pid
    };
    let pgid = if pgid == 0 { pid } else { pgid };
    let pgid = Pid(u32::try_from(pgid).map_err(|_| Errno::EINVAL)?);
    let leader = w.tasks[current].group_leader;
    let task = task_or_current(w, current, pid)?;
    if !w.tasks[task].is_group_leader() {
        return Err(Errno::EINVAL);
    }
    let real_parent = w.tasks[task].real_parent;
    if w.tasks[real_parent].signal == w.tasks[leader].signal {
        if w.signal(task).session != w.signal(leader).session {
            return Err(Errno::EPERM);
        }
        if !w.tasks[task].flags.contains(TaskFlags::PF_FORKNOEXEC) {
            return Err(Errno::EACCES);
        }
    } else if task != leader {
        return Err(Errno::ESRCH);
    }
    if w.signal(task).session_leader {
        return Err(Errno::EPERM);
    }
    let group = target_group(w, task, leader, pgid)?;
    let process = w.tasks[task].signal;
    let old = w.signals[process].pgrp;
    if old != group {
        leave_pgrp(w, process, old);
        join_pgrp(w, process, group);
    }
    Ok(())
}

/// The process's own number makes a new group; another must be a group of the caller's session.
fn target_group(w: &World<'_>, task: TaskRef, leader: TaskRef, pgid: Pid) -> Result<PidRef> {
    if w.tasks[task].pid == pgid {
        return Ok(w.tasks[task].thread_pid);
    }
    let group = w.pid.find(pgid).ok_or(Errno::EPERM)?;
    let member = w.pid.pids[group].pgrp.first().ok_or(Errno::EPERM)?;
    if w.signals[member].session == w.signal(leader).session {
        Ok(group)
    } else {
        Err(Errno::EPERM)
    }
}

/// setsid(2): the caller leads a new session and a new group, without a terminal.
///
/// # Errors
/// EPERM: the caller leads a session, or some process is in the group with the caller's number.
pub fn setsid(w: &mut World<'_>, current: TaskRef) -> Result<Pid> {
    let leader = w.tasks[current].group_leader;
    let number = w.tasks[leader].thread_pid;
    if w.signal(leader).session_leader || !w.pid.pids[number].pgrp.is_empty() {
        return Err(Errno::EPERM);
    }
    let process = w.tasks[leader].signal;
    leave(w, process);
    let signal = &mut w.signals[process];
    signal.pgrp = number;
    signal.session = number;
    signal.session_leader = true;
    signal.tty = None;
    join(w, process);
    Ok(w.tasks[leader].pid)
}

/// `will_become_orphaned_pgrp()`: nobody of the group, leaving out one and those that have ended, has a parent in
/// another group of the session: no shell could continue it. (Init counts as such a shell, as in a PID namespace.)
fn is_orphaned(w: &World<'_>, pgrp: PidRef, without: Option<TaskRef>) -> bool {
    w.pid.pids[pgrp].pgrp.iter(w.signals.view()).all(|member| {
        let signal = &w.signals[member];
        let leader = &w.tasks[signal.leader];
        let ended = leader.state().has_exited() && signal.threads.len() == 1;
        let parent = w.signal(leader.real_parent);
        ended || without == Some(signal.leader) || parent.pgrp == pgrp || parent.session != signal.session
    })
}

/// `is_current_pgrp_orphaned()`.
#[must_use]
pub fn is_current_pgrp_orphaned(w: &World<'_>, task: TaskRef) -> bool {
    is_orphaned(w, w.signal(task).pgrp, None)
}

fn has_stopped_jobs(w: &World<'_>, pgrp: PidRef) -> bool {
    let stopped = |member| matches!(w.signals[member].group_stop, GroupStop::Stopped { .. });
    w.pid.pids[pgrp].pgrp.iter(w.signals.view()).any(stopped)
}

/// `kill_orphaned_pgrp()`: a stopped group that nobody could continue any more is told to hang up, and continued. It
/// has become so since this task ends, or since the task's parent does.
#[inline(always)]
pub fn kill_orphaned_pgrp(w: &mut World<'_>, task: TaskRef, ending_parent: Option<TaskRef>) {
    let t = &w.tasks[task];
    let (parent, without) = match ending_parent {
        Some(parent) => (parent, None),
        None => (t.real_parent, Some(task)),
    };
    let (signal, above) = (&w.signals[t.signal], w.signal(parent));
    let pgrp = signal.pgrp;
    let held = above.pgrp != pgrp && above.session == signal.session;
    if held && is_orphaned(w, pgrp, without) && has_stopped_jobs(w, pgrp) {
        hang_up(w, pgrp);
    }
}

/// Tells a group to hang up, and continues it.
fn hang_up(w: &mut World<'_>, pgrp: PidRef) {
    for signal in [Signal::SIGHUP, Signal::SIGCONT] {
        kill_pgrp(w, pgrp, signal);
    }
}

/// `kill_pgrp()`: the kernel's own signal to every process of a group, the newest first.
pub fn kill_pgrp(w: &mut World<'_>, pgrp: PidRef, signal: Signal) {
    let mut at = w.pid.pids[pgrp].pgrp.first();
    while let Some(member) = at {
        at = list::next::<Pgrp>(&w.signals[member]);
        let leader = w.signals[member].leader;
        send_signal(w, leader, signal, Target::Group, Sender::Kernel);
    }
}
