//! The rules about who is ready, who sleeps and what it may sleep through: 20 to 22, 25 to 27, 34, 36.

use super::{Audit, Violation, pid_of, require};
use crate::abi::call::{WaitArgs, WaitFor};
use crate::abi::flags::{TaskFlags, WaitOptions};
use crate::abi::ids::TaskRef;
use crate::abi::signal::{SIGRTMIN, SigSet, Signal};
use crate::abi::state::{Sleep, State};
use crate::objects::blocked::Blocked;
use crate::objects::signal::{CldNews, GroupStop};
use crate::objects::sigqueue::Queued;
use crate::objects::task::TaskStruct;
use crate::store::list::List;
use crate::verbs::signal::is_dying;
use crate::world::WorldView;

/// 26, 27: the ready tasks are on one queue or one processor.
pub(super) fn queues(w: WorldView<'_>) -> Audit {
    let mut seen = 0;
    for rq in &w.sys.cpus {
        for task in rq.queue.iter(w.tasks) {
            require(
                w.tasks[task].state() == State::Running,
                26,
                "a queue holds a task that is not ready",
                pid_of(w, task),
            )?;
            seen += 1;
        }
        if rq.curr != w.sys.init_task {
            let t = w.tasks.get(rq.curr).ok_or(Violation {
                rule: 27,
                found: "a processor runs a freed task",
                at: 0,
            })?;
            let at = u64::from(t.pid.0);
            require(
                t.state() == State::Running,
                27,
                "a processor runs a task that is not ready",
                at,
            )?;
            require(
                !t.run_list.is_linked(),
                26,
                "a running task is on a queue too",
                at,
            )?;
            seen += 1;
        }
    }
    let ready = w
        .tasks
        .iter()
        .filter(|(task, t)| t.state() == State::Running && *task != w.sys.init_task)
        .count();
    require(
        ready == seen,
        26,
        "a ready task is on no queue, or on two",
        seen as u64,
    )
}

/// 21, 22: what cannot stand together, and what cannot be blocked or ignored.
pub(super) fn signals(w: WorldView<'_>) -> Audit {
    let stops = SigSet(1 << 18 | 1 << 19 | 1 << 20 | 1 << 21);
    let clash = |set: SigSet| set.has(Signal::SIGCONT) && set.0 & stops.0 != 0;
    for (_, t) in w.tasks.iter() {
        let at = u64::from(t.pid.0);
        require(
            !clash(t.pending),
            21,
            "SIGCONT and a stop signal pend together",
            at,
        )?;
        require(
            t.blocked.0 & SigSet::KERNEL_ONLY.0 == 0,
            22,
            "SIGKILL or SIGSTOP is blocked",
            at,
        )?;
    }
    for (_, signal) in w.signals.iter() {
        require(
            !clash(signal.shared_pending),
            21,
            "SIGCONT and a stop signal pend together",
            pid_of(w, signal.leader),
        )?;
    }
    queued(w)?;
    for (_, sighand) in w.sighands.iter() {
        require(
            sighand
                .ignored()
                .union(sighand.caught())
                .and(SigSet::KERNEL_ONLY)
                .is_empty(),
            22,
            "SIGKILL or SIGSTOP is ignored or caught",
            0,
        )?;
    }
    Ok(())
}

/// 25: every entry is in the queue of one task or process, where its signal pends; a standard signal has one.
fn queued(w: WorldView<'_>) -> Audit {
    let mut seen = 0;
    let mut look = |queue: List<Queued>, pending: SigSet, at: u64| {
        let mut had = SigSet::EMPTY;
        for entry in queue.iter(w.sigqueues) {
            seen += 1;
            let signal = w.sigqueues[entry].info.signal();
            let known = signal.filter(|signal| pending.has(*signal));
            let known = known.ok_or(Violation {
                rule: 25,
                found: "an entry of a queue is of a signal that does not pend",
                at,
            })?;
            let twice = had.has(known) && known.number() < SIGRTMIN;
            require(!twice, 25, "a standard signal is queued twice", at)?;
            had.add(known);
        }
        Ok(())
    };
    for (task, t) in w.tasks.iter() {
        look(t.sigqueue, t.pending, pid_of(w, task))?;
    }
    for (_, s) in w.signals.iter() {
        look(s.shared_sigqueue, s.shared_pending, pid_of(w, s.leader))?;
    }
    let all = w.sigqueues.used();
    require(seen == all, 25, "an entry of a queue is nobody's", u64::from(all))
}

/// 20, 34, 36: nobody sleeps through what it sleeps for, nor through a signal that it could take.
pub(super) fn sleepers(w: WorldView<'_>) -> Audit {
    for (task, t) in w.tasks.iter() {
        let at = u64::from(t.pid.0);
        let s = w.signal(task);
        let dying = is_dying(s, task);
        match t.state() {
            State::Sleeping(sleep) => {
                let fatal = dying && matches!(sleep, Sleep::Interruptible | Sleep::Killable);
                require(!fatal, 34, "a sleeper is to die and was not woken", at)?;
                let shared = s.shared_pending.minus(t.blocked).minus(on_their_way(w, task));
                let missed = t.pending.minus(t.blocked).union(shared);
                require(
                    sleep != Sleep::Interruptible || missed.is_empty(),
                    34,
                    "a sleeper has a signal to take",
                    at,
                )?;
                slept_through(w, task, t.parked)?;
            }
            State::Stopped => {
                require(!dying, 34, "a stopped task is to die and was not woken", at)?;
                let stopped = matches!(
                    s.group_stop,
                    GroupStop::Stopping { .. } | GroupStop::Stopped { .. }
                );
                require(stopped, 36, "a task stands still in a process that does not", at)?;
            }
            _ => {}
        }
    }
    for (_, s) in w.signals.iter() {
        let stands = |thread: TaskRef| {
            w.tasks[thread].state() == State::Stopped || w.tasks[thread].state().has_exited()
        };
        let all = s.live > 0 && s.threads.iter(w.tasks).all(stands);
        let said = !matches!(s.group_stop, GroupStop::Stopping { .. });
        require(
            !all || said,
            36,
            "all threads stand still and nobody was told",
            pid_of(w, s.leader),
        )?;
    }
    Ok(())
}

/// What a thread of the process that is ready will take from the signals of the process; and one that sleeps so that
/// the signal cannot wake it (in vfork): Linux may have chosen it, and then wakes no other.
fn on_their_way(w: WorldView<'_>, task: TaskRef) -> SigSet {
    let threads = w
        .signal(task)
        .threads
        .iter(w.tasks)
        .map(|thread| &w.tasks[thread]);
    let takes = |t: &&TaskStruct| {
        let later = matches!(
            t.state(),
            State::Sleeping(Sleep::Killable | Sleep::Uninterruptible)
        );
        (t.state() == State::Running || later) && !t.flags.contains(TaskFlags::PF_EXITING)
    };
    threads
        .filter(takes)
        .fold(SigSet::EMPTY, |sum, t| sum.union(SigSet(!t.blocked.0)))
}

/// 20 for waits and timers.
fn slept_through(w: WorldView<'_>, task: TaskRef, reason: Option<Blocked>) -> Audit {
    let at = pid_of(w, task);
    match reason {
        Some(Blocked::Wait(args)) => {
            for thread in w.signal(task).threads.iter(w.tasks) {
                if thread != task && args.options.contains(WaitOptions::__WNOTHREAD) {
                    continue;
                }
                let told = w.tasks[thread]
                    .children
                    .iter(w.tasks)
                    .any(|child| tells(w, &args, child));
                require(
                    !told,
                    20,
                    "a parent sleeps before a child with something to tell",
                    at,
                )?;
            }
            Ok(())
        }
        Some(reason) => {
            let late = reason.expires().is_some_and(|until| until <= w.sys.now);
            require(!late, 20, "a sleeper slept past its time", at)
        }
        None => Ok(()),
    }
}

/// 39: the real timers that count.
pub(super) fn timers(w: WorldView<'_>) -> Audit {
    let mut floor = w.sys.now;
    for process in w.sys.real_timers.iter(w.signals) {
        let s = &w.signals[process];
        let at = pid_of(w, s.leader);
        require(s.live > 0, 39, "a process that has ended has a timer", at)?;
        require(
            s.real_timer.expires > w.sys.now && s.real_timer.expires >= floor,
            39,
            "a timer is past its time or out of order",
            at,
        )?;
        floor = s.real_timer.expires;
    }
    Ok(())
}

/// Whether a child has what this wait asks for.
fn tells(w: WorldView<'_>, args: &WaitArgs, child: TaskRef) -> bool {
    let (t, s) = (&w.tasks[child], w.signal(child));
    let named = match args.who {
        WaitFor::Any => true,
        WaitFor::Pid(pid) => t.pid == pid,
        WaitFor::Group(pgid) => w.pids[s.pgrp].nr == pgid,
    };
    let clone = t.exit_signal != i16::from(Signal::SIGCHLD.number());
    let kind =
        args.options.contains(WaitOptions::__WALL) || clone == args.options.contains(WaitOptions::__WCLONE);
    let ended = t.state() == State::Zombie && s.threads.len() == 1;
    let news = match s.group_stop {
        _ if ended => args.options.contains(WaitOptions::WEXITED),
        GroupStop::Stopped { reported: false, .. } => args.options.contains(WaitOptions::WUNTRACED),
        // Until the process has run, the parent is not woken.
        GroupStop::Continued if s.cld != CldNews::None => false,
        GroupStop::Continued => args.options.contains(WaitOptions::WCONTINUED),
        _ => false,
    };
    named && kind && news
}
