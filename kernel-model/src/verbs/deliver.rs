//! Signals are taken by the task that runs, on its way back to user space: handlers, default actions, stops.

use crate::abi::effect::Effect;
use crate::abi::flags::{SaFlags, TaskFlags};
use crate::abi::ids::TaskRef;
use crate::abi::rlimit::Resource;
use crate::abi::siginfo::{CLD_STOPPED, SigInfo};
use crate::abi::signal::{DefaultAction, SigSet, Signal};
use crate::abi::state::State;
use crate::abi::wait::WaitStatus;
use crate::objects::signal::{CldNews, GroupExit, GroupStop, KSigaction};
use crate::world::World;

use super::exit::do_group_exit;
use super::signal::{Sender, Target, for_each_thread, recalc_sigpending, send_signal, signal_wake_up};
use super::state::set_state;
use super::wait::wake_up_parent;
use super::{sched, sigqueue, timer};

/// `dequeue_signal()`: takes the next signal that is not in the mask: faults first, then the lowest number; the thread's
/// own before the process's.
pub fn dequeue_signal(w: &mut World<'_>, task: TaskRef, mask: SigSet) -> Option<(Signal, SigInfo)> {
    let own = w.tasks[task].pending.minus(mask).first();
    let (signal, target) = match own {
        Some(signal) => (signal, Target::Thread),
        None => (w.signal(task).shared_pending.minus(mask).first()?, Target::Group),
    };
    let info = sigqueue::collect_signal(w, task, target, signal);
    if (signal, target) == (Signal::SIGALRM, Target::Group) {
        timer::rearm_real(w, task);
    }
    Some((signal, info))
}

/// A signal whose handler is to run (`struct ksignal`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ksignal {
    /// The signal.
    pub signal: Signal,
    /// The action as it was.
    pub action: KSigaction,
    /// What it tells.
    pub info: SigInfo,
}

/// What became of a task on its way back to user space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// It goes on.
    Continue,
    /// It goes on in a handler.
    Handler(Ksignal),
    /// It has stopped.
    Stopped,
    /// It has ended.
    Gone,
}

/// `get_signal()`: takes all signals that wait. Called before a task returns to user space.
#[must_use]
pub fn get_signal(w: &mut World<'_>, task: TaskRef) -> Delivery {
    w.tasks[task].in_get_signal = false;
    loop {
        // The parent of a process that was continued hears of it from the process.
        let news = match core::mem::take(&mut w.signal_mut(task).cld) {
            CldNews::None => None,
            CldNews::Continued => Some(SigInfo::of_status(WaitStatus::Continued)),
            // A stop that not all threads had reached: the number of its signal is forgotten.
            CldNews::Stopped => Some((CLD_STOPPED, 0)),
        };
        if let Some(news) = news {
            notify_parent_cldstop(w, task, news);
        }
        match w.signal(task).group_exit {
            GroupExit::Exit { code } => {
                w.tasks[task].flags |= TaskFlags::PF_SIGNALED;
                super::exit::do_exit(w, task, code);
                return Delivery::Gone;
            }
            GroupExit::Exec { by } if by != task => {
                super::exit::do_exit(w, task, i32::from(Signal::SIGKILL.number()));
                return Delivery::Gone;
            }
            GroupExit::Exec { .. } | GroupExit::None => {}
        }
        if let GroupStop::Stopping { .. } | GroupStop::Stopped { .. } = w.signal(task).group_stop {
            do_signal_stop(w, task);
            return Delivery::Stopped;
        }
        let blocked = w.tasks[task].blocked;
        let next = match sigqueue::first_fault(w, task) {
            Some(signal) => Some((signal, sigqueue::collect_signal(w, task, Target::Thread, signal))),
            None => dequeue_signal(w, task, blocked),
        };
        recalc_sigpending(w, task);
        let Some((signal, info)) = next else {
            return Delivery::Continue;
        };
        if let Some(ksignal) = caught(w, task, signal, info) {
            return Delivery::Handler(ksignal);
        }
        if let Some(delivery) = deliver(w, task, signal) {
            return delivery;
        }
    }
}

/// The handler of a signal, if it has one; with SA_RESETHAND it has none from now on.
fn caught(w: &mut World<'_>, task: TaskRef, signal: Signal, info: SigInfo) -> Option<Ksignal> {
    let sighand = &mut w.sighands[w.tasks[task].sighand?];
    if !sighand.caught().has(signal) {
        return None;
    }
    let action = *sighand.action(signal);
    if action.flags.contains(SaFlags::SA_RESETHAND) {
        sighand.reset_handler(signal);
    }
    w.tell(|w| Effect::SignalCaught {
        task: w.id(task),
        signal,
        handler: action.handler,
        code: info.code(),
        from: info.pid(),
    });
    Some(Ksignal { signal, action, info })
}

/// The default action of a signal; none when the task goes on to the next.
fn deliver(w: &mut World<'_>, task: TaskRef, signal: Signal) -> Option<Delivery> {
    let ignored = w.tasks[task]
        .sighand
        .is_some_and(|sighand| w.sighands[sighand].ignored().has(signal));
    let unkillable = w.signal(task).unkillable && !signal.is_kernel_only();
    if ignored || unkillable {
        return None;
    }
    let action = signal.default_action();
    if matches!(action, DefaultAction::Ignore | DefaultAction::Continue) {
        return None;
    }
    if action == DefaultAction::Stop
        && signal != Signal::SIGSTOP
        && super::group::is_current_pgrp_orphaned(w, task)
    {
        return None;
    }
    w.tell(|w| Effect::SignalDelivered {
        task: w.id(task),
        signal,
    });
    if action == DefaultAction::Stop {
        w.signal_mut(task).group_stop = GroupStop::Stopping { signal };
        // Only the others are told; this one may have been told of more.
        let told = w.tasks[task].sigpending;
        for_each_thread(w, task, &mut |w, thread| signal_wake_up(w, thread, false));
        w.tasks[task].in_get_signal = !told;
        do_signal_stop(w, task);
        return Some(Delivery::Stopped);
    }
    let mut code = i32::from(signal.number());
    let t = &mut w.tasks[task];
    t.flags |= TaskFlags::PF_SIGNALED;
    if action == DefaultAction::Core && dumps_core(w, task) {
        w.tasks[task].flags |= TaskFlags::PF_DUMPCORE;
        code |= 0x80;
    }
    do_group_exit(w, task, code);
    Some(Delivery::Gone)
}

/// `vfs_coredump()`: whether there is to be a core.
fn dumps_core(w: &World<'_>, task: TaskRef) -> bool {
    let dumpable = w.tasks[task].mm.is_some_and(|mm| w.mms[mm].dumpable);
    dumpable && w.signal(task).rlim.get(Resource::Core).cur > 0
}

/// `do_signal_stop()`: the thread stops; the last one to stop tells the parent.
fn do_signal_stop(w: &mut World<'_>, task: TaskRef) {
    set_state(w, task, State::Stopped);
    sched::dequeue(w, task);
    complete_group_stop(w, task);
}

/// The process is stopped once all its threads that live on stand still.
#[inline]
pub fn complete_group_stop(w: &mut World<'_>, task: TaskRef) {
    let GroupStop::Stopping { signal } = w.signal(task).group_stop else {
        return;
    };
    if w.signal(task).live == 0 {
        return;
    }
    let threads = w.signal(task).threads;
    let runs = |thread: TaskRef| {
        let t = &w.tasks[thread];
        t.state() != State::Stopped && !t.flags.contains(TaskFlags::PF_EXITING)
    };
    if threads.iter(w.tasks.view()).any(runs) {
        return;
    }
    w.signal_mut(task).group_stop = GroupStop::Stopped {
        signal,
        reported: false,
    };
    notify_parent_cldstop(w, task, (CLD_STOPPED, i32::from(signal.number())));
}

/// `do_notify_parent_cldstop()`: SIGCHLD for a stop or a continue (its `si_code` and `si_status`), unless SA_NOCLDSTOP;
/// and the parent's wait looks.
fn notify_parent_cldstop(w: &mut World<'_>, task: TaskRef, news: (i32, i32)) {
    let leader = w.tasks[task].group_leader;
    let parent = w.tasks[leader].parent;
    super::children::report(w, leader);
    let wanted = w.tasks[parent].sighand.is_some_and(|sighand| {
        let sighand = &w.sighands[sighand];
        let silent = sighand
            .action(Signal::SIGCHLD)
            .flags
            .contains(SaFlags::SA_NOCLDSTOP);
        !sighand.ignored().has(Signal::SIGCHLD) && !silent
    });
    if wanted {
        send_signal(
            w,
            parent,
            Signal::SIGCHLD,
            Target::Group,
            Sender::Child(leader, news),
        );
    }
    wake_up_parent(w, leader, parent);
}
