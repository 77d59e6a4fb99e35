//! The rules about tasks, processes, numbers and states: 1 to 10, 23.

use super::{Audit, Tally, Violation, pid_of, require};
use crate::abi::flags::TaskFlags;
use crate::abi::ids::TaskRef;
use crate::abi::state::State;
use crate::objects::blocked::Blocked;
use crate::objects::file::FileKind;
use crate::objects::futex::FutexKey;
use crate::store::list;
use crate::verbs::children::has_report;
use crate::world::WorldView;

/// 1, 2, 7: the ring holds every leader once; the pid table names every task and nobody else.
pub(super) fn tasks(w: WorldView<'_>) -> Audit {
    let (mut count, mut prev) = (0, None);
    for task in w.sys.tasks.iter(w.tasks) {
        let t = w.tasks.get(task).ok_or(Violation {
            rule: 1,
            found: "a freed task in the ring",
            at: count,
        })?;
        require(t.is_group_leader(), 1, "a thread in the ring", pid_of(w, task))?;
        require(
            list::prev::<crate::objects::task::Tasks>(t) == prev,
            1,
            "next and prev differ",
            pid_of(w, task),
        )?;
        prev = Some(task);
        count += 1;
        require(
            count <= u64::from(w.tasks.used()),
            1,
            "the ring does not end",
            count,
        )?;
    }
    require(
        w.sys.tasks.first() == Some(w.sys.init_task),
        1,
        "the ring does not begin at init_task",
        0,
    )?;
    let leaders = w.tasks.iter().filter(|(_, t)| t.is_group_leader()).count();
    require(leaders as u64 == count, 1, "a leader is not in the ring", count)?;
    for (task, t) in w.tasks.iter() {
        require(
            w.find_task(t.pid) == Some(task),
            2,
            "the pid table does not name the task",
            u64::from(t.pid.0),
        )?;
        require(
            t.state() != State::Dead && t.state() != State::New,
            7,
            "a dead task is left",
            u64::from(t.pid.0),
        )?;
    }
    require(
        w.tasks.iter().count() == w.tasks.used() as usize,
        7,
        "tasks in use are miscounted",
        0,
    )?;
    let named = w.pids.iter().filter(|(_, pid)| pid.task.is_some()).count();
    require(
        named == w.tasks.used() as usize,
        2,
        "a number names a task that is gone",
        named as u64,
    )
}

/// 3, 4, 6: parents and children agree; there are no cycles; nobody is a child of a zombie.
pub(super) fn parents(w: WorldView<'_>) -> Audit {
    let mut children = 0;
    for (task, t) in w.tasks.iter() {
        let at = u64::from(t.pid.0);
        for child in t.children.iter(w.tasks) {
            require(
                w.tasks[child].real_parent == task,
                3,
                "a child names another parent",
                pid_of(w, child),
            )?;
            require(!t.state().has_exited(), 6, "a zombie is a parent", at)?;
            children += 1;
        }
        reports(w, task)?;
        let mut ancestor = task;
        for _ in 0..=w.tasks.used() {
            let Some(t) = w.tasks.get(ancestor) else { break };
            ancestor = t.real_parent;
        }
        require(
            ancestor == w.sys.init_task,
            4,
            "the ancestors do not lead to init_task",
            at,
        )?;
        require(
            t.real_parent != task || task == w.sys.init_task,
            4,
            "a task is its own parent",
            at,
        )?;
        let listed = t.is_group_leader() && task != w.sys.init_task;
        require(
            t.sibling.is_linked() == listed,
            3,
            "a process is in no list of children",
            at,
        )?;
    }
    let processes = w.tasks.iter().filter(|(_, t)| t.is_group_leader()).count();
    require(
        children + 1 == processes,
        3,
        "a child is in two lists",
        children as u64,
    )
}

/// 3: whoever has something to tell is in the list of those, which is in birth order.
fn reports(w: WorldView<'_>, task: TaskRef) -> Audit {
    let (parent, at) = (&w.tasks[task], pid_of(w, task));
    let births = |task: TaskRef| w.tasks[task].birth;
    let mut children = parent.children.iter(w.tasks);
    require(
        children.clone().map(births).is_sorted(),
        3,
        "the children are not in birth order",
        at,
    )?;
    require(
        children.all(|child| w.tasks[child].report.is_linked() || !has_report(w, child)),
        3,
        "a child's report is overlooked",
        at,
    )?;
    let mut reports = parent.reports.iter(w.tasks);
    require(
        reports.clone().map(births).is_sorted(),
        3,
        "the reports are not in birth order",
        at,
    )?;
    let mine = |child: TaskRef| w.tasks[child].real_parent == task;
    require(reports.all(mine), 3, "another's child reports", at)
}

/// 5: the threads of a process agree about it.
pub(super) fn threads(w: WorldView<'_>) -> Audit {
    let mut all = 0;
    for (_, signal) in w.signals.iter() {
        let leader = signal.leader;
        let at = pid_of(w, leader);
        let l = w.tasks.get(leader).ok_or(Violation {
            rule: 5,
            found: "the leader left before its threads",
            at,
        })?;
        require(
            signal.threads.first() == Some(leader),
            5,
            "the leader is not the first thread",
            at,
        )?;
        let mut live = 0;
        for thread in signal.threads.iter(w.tasks) {
            let t = &w.tasks[thread];
            let same = t.group_leader == leader && t.tgid == l.tgid && t.signal == l.signal;
            require(same, 5, "a thread names another process", u64::from(t.pid.0))?;
            live += u32::from(!t.state().has_exited() && t.parked != Some(Blocked::Exit));
            all += 1;
        }
        require(live == signal.live, 5, "the live threads are miscounted", at)?;
        require(l.tgid == l.pid, 5, "a leader has another's tgid", at)?;
    }
    require(
        all == w.tasks.used(),
        5,
        "a task is in no process",
        u64::from(all),
    )?;
    let mut sighands = Tally::default();
    for (_, t) in w.tasks.iter() {
        if let Some(sighand) = t.sighand {
            sighands.found(sighand.index());
        }
    }
    w.sighands
        .iter()
        .for_each(|(sighand, object)| sighands.counted(sighand.index(), object.count));
    require(sighands.agrees(), 5, "users of signal actions are miscounted", 0)
}

/// 10, 23: numbers in use are used; every process is in one group and one session.
pub(super) fn numbers(w: WorldView<'_>) -> Audit {
    let (mut in_groups, mut in_sessions) = (0, 0);
    for (pid, object) in w.pids.iter() {
        let at = u64::from(object.nr.0);
        let used = object.task.is_some() || !object.pgrp.is_empty() || !object.session.is_empty();
        require(used, 10, "a number is taken by nobody", at)?;
        if let Some(task) = object.task {
            let t = w.tasks.get(task).ok_or(Violation {
                rule: 10,
                found: "a number names a freed task",
                at,
            })?;
            require(
                t.pid == object.nr && t.thread_pid == pid,
                10,
                "a task and its number differ",
                at,
            )?;
        }
        for member in object.pgrp.iter(w.signals) {
            require(
                w.signals[member].pgrp == pid,
                23,
                "a member names another group",
                at,
            )?;
            in_groups += 1;
        }
        for member in object.session.iter(w.signals) {
            require(
                w.signals[member].session == pid,
                23,
                "a member names another session",
                at,
            )?;
            in_sessions += 1;
        }
    }
    let processes = w.signals.used();
    require(
        in_groups == processes && in_sessions == processes,
        23,
        "a process is in no group or session",
        0,
    )?;
    for (_, signal) in w.signals.iter() {
        let at = pid_of(w, signal.leader);
        let own = w.tasks[signal.leader].thread_pid;
        let leads = !signal.session_leader || signal.session == own && signal.pgrp == own;
        require(leads, 23, "a session leader does not lead its group", at)?;
        // All members of a group are of one session.
        let first = w.pids[signal.pgrp].pgrp.first();
        let same = first.is_none_or(|first| w.signals[first].session == signal.session);
        require(same, 23, "a group is in two sessions", at)?;
    }
    Ok(())
}

/// 6, 8, 9: a state and what it must and must not have.
pub(super) fn states(w: WorldView<'_>) -> Audit {
    for (task, t) in w.tasks.iter() {
        let at = u64::from(t.pid.0);
        match t.state() {
            State::Zombie => {
                let bare = t.mm.is_none() && t.files.is_none() && t.fs.is_none() && t.parked.is_none();
                require(bare, 6, "a zombie has kept something", at)?;
                require(
                    t.flags.contains(TaskFlags::PF_EXITING),
                    6,
                    "a zombie is not exiting",
                    at,
                )?;
            }
            State::Sleeping(sleep) => {
                let reason = t.parked.ok_or(Violation {
                    rule: 8,
                    found: "a sleeper has no reason",
                    at,
                })?;
                require(
                    reason.sleep() == sleep,
                    8,
                    "a sleeper sleeps as its reason does not say",
                    at,
                )?;
                require(
                    in_its_queue(w, task, reason),
                    8,
                    "a sleeper is not in the queue of its reason",
                    at,
                )?;
            }
            State::Running | State::Stopped | State::Traced | State::Parked => {
                // A futex waiter that a signal woke looks around first.
                let looks = t.state() == State::Running && matches!(t.parked, Some(Blocked::Futex(_)));
                require(
                    (looks || !t.wait_entry.is_linked()) && !t.timer.is_linked(),
                    8,
                    "a waker is still in a queue",
                    at,
                )?;
            }
            State::New | State::Dead => {}
        }
        if let Some(parent) = t.vfork_done
            && let Some(p) = w.tasks.get(parent)
            && let Some(Blocked::VforkDone { child }) = p.parked
        {
            require(
                child == t.pid || p.state() == State::Running,
                9,
                "a vfork parent waits for another child",
                at,
            )?;
        }
        if let (State::Sleeping(_), Some(Blocked::VforkDone { child })) = (t.state(), t.parked) {
            let held = w
                .find_task(child)
                .is_some_and(|child| w.tasks[child].vfork_done == Some(task));
            require(held, 9, "a vfork parent waits for a child that is done", at)?;
        }
    }
    Ok(())
}

fn in_its_queue(w: WorldView<'_>, task: TaskRef, reason: Blocked) -> bool {
    let t = &w.tasks[task];
    match reason {
        Blocked::Wait(_) => w
            .signal(task)
            .wait_chldexit
            .iter(w.tasks)
            .any(|waiter| waiter == task),
        Blocked::PipeRead(transfer) => match w.filp[transfer.file].kind {
            FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe } => {
                w.pipes[pipe].rd_wait.iter(w.tasks).any(|waiter| waiter == task)
            }
            _ => false,
        },
        Blocked::PipeWrite(transfer) => match w.filp[transfer.file].kind {
            FileKind::PipeWrite(pipe) => w.pipes[pipe].wr_wait.iter(w.tasks).any(|waiter| waiter == task),
            _ => false,
        },
        Blocked::TtyRead(_) => w.sys.tty.read_wait.iter(w.tasks).any(|waiter| waiter == task),
        Blocked::Nanosleep { .. } => t.timer.is_linked(),
        Blocked::Sigtimedwait { until, .. } => until.is_none() || t.timer.is_linked(),
        Blocked::Futex(wait) => {
            let timed = t.timer.is_linked() == reason.expires().is_some();
            timed && wait.key.is_some_and(|key| in_futex_queue(w, task, key))
        }
        Blocked::Poll(_) | Blocked::SignalfdRead(_) => {
            let timed = t.timer.is_linked() == reason.expires().is_some();
            timed && w.sys.pollers.iter(w.tasks).any(|waiter| waiter == task)
        }
        Blocked::CpuNanosleep(_) => w.sys.cpu_sleepers.iter(w.tasks).any(|waiter| waiter == task),
        Blocked::VforkDone { .. }
        | Blocked::Pause
        | Blocked::Sigsuspend { .. }
        | Blocked::SigsuspendRestart { .. }
        | Blocked::DeThread
        | Blocked::Exit
        | Blocked::Kthread
        | Blocked::Clone(_)
        | Blocked::FutexRestart(_)
        | Blocked::PollRestart(_)
        | Blocked::TtyWrite(_)
        | Blocked::TtyIoctl { .. } => !t.wait_entry.is_linked(),
    }
}

fn in_futex_queue(w: WorldView<'_>, task: TaskRef, key: FutexKey) -> bool {
    let queue = w.futex_queues.get(key.queue(w.futex_queues.len()));
    queue.is_some_and(|queue| queue.iter(w.tasks).any(|waiter| waiter == task))
}
