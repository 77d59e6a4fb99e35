//! Signals: how they are sent, who is told of them, and what a task blocks. [`super::deliver`] is how they are taken.

use crate::abi::effect::Effect;
use crate::abi::errno::Result;
use crate::abi::flags::TaskFlags;
use crate::abi::ids::{Pid, TaskRef, Uid};
use crate::abi::siginfo::{SI_KERNEL, SI_USER, SigInfo};
use crate::abi::signal::{DefaultAction, SIGRTMIN, SigSet, Signal};
use crate::abi::state::{Sleep, State};
use crate::objects::signal::{CldNews, GroupExit, GroupStop, SignalStruct};
use crate::objects::task::{TaskStruct, ThreadNode};
use crate::store::list;
use crate::world::World;

use super::exit::process_ticks;
use super::state::wake_up;
use super::{sched, signalfd, sigqueue};

/// Who sends a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sender<'a> {
    /// The kernel itself: reaches init too (SEND_SIG_PRIV).
    Kernel,
    /// A task, which tells who it is and no more (SEND_SIG_NOINFO).
    Task(TaskRef),
    /// A task that tells this.
    Info(TaskRef, &'a SigInfo),
    /// A child that tells its parent this `si_code` and `si_status`, and its times.
    Child(TaskRef, (i32, i32)),
}

impl Sender<'_> {
    const fn task(self) -> Option<TaskRef> {
        match self {
            Sender::Kernel => None,
            Sender::Task(task) | Sender::Info(task, _) | Sender::Child(task, _) => Some(task),
        }
    }

    /// What the signal tells, for one that did not say.
    fn info(self, w: &World<'_>, signal: Signal) -> SigInfo {
        match self {
            Sender::Kernel => SigInfo::sent(signal, SI_KERNEL, Pid(0), Uid(0)),
            Sender::Task(task) => from_task(w, task, signal, SI_USER),
            Sender::Info(_, info) => *info,
            Sender::Child(child, news) => {
                let t = &w.tasks[child];
                SigInfo::child(signal, t.pid, t.cred.uid, news, process_ticks(w, child))
            }
        }
    }
}

/// What a task tells of itself with a signal that it sends.
#[must_use]
pub fn from_task(w: &World<'_>, task: TaskRef, signal: Signal, code: i32) -> SigInfo {
    let t = &w.tasks[task];
    SigInfo::sent(signal, code, t.tgid, t.cred.uid)
}

/// Whether a signal goes to one thread or to the process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// To this thread.
    Thread,
    /// To any thread of its process.
    Group,
}

const STOP_SIGNALS: SigSet = SigSet(1 << 18 | 1 << 19 | 1 << 20 | 1 << 21);

/// Calls `visit` for every thread of a process.
pub fn for_each_thread(w: &mut World<'_>, task: TaskRef, visit: &mut dyn FnMut(&mut World<'_>, TaskRef)) {
    let mut at = w.signal(task).threads.first();
    while let Some(thread) = at {
        at = list::next::<ThreadNode>(&w.tasks[thread]);
        visit(w, thread);
    }
}

/// `signal_pending()`: whether the task was told to take a signal, to stop or to die before it goes on.
#[must_use]
#[inline]
pub fn signal_pending(w: &World<'_>, task: TaskRef) -> bool {
    w.tasks[task].sigpending
}

/// `recalc_sigpending()`: looks whether there is a signal that the task would take, or a reason to stop or to die.
#[inline]
pub fn recalc_sigpending(w: &mut World<'_>, task: TaskRef) {
    let (t, signal) = (&w.tasks[task], w.signal(task));
    let deliverable = !t.pending.union(signal.shared_pending).minus(t.blocked).is_empty();
    let stop = matches!(
        signal.group_stop,
        GroupStop::Stopping { .. } | GroupStop::Stopped { .. }
    );
    let pending = deliverable || stop || is_dying(signal, task);
    w.tasks[task].sigpending = pending;
}

/// `next_thread()`: after the last comes the first.
#[must_use]
pub fn next_thread(w: &World<'_>, task: TaskRef) -> TaskRef {
    list::next::<ThreadNode>(&w.tasks[task])
        .or(w.signal(task).threads.first())
        .unwrap_or(task)
}

/// Whether the task is to die: its process ends, or another thread of it is in exec.
#[must_use]
pub fn is_dying(signal: &SignalStruct, task: TaskRef) -> bool {
    match signal.group_exit {
        GroupExit::Exit { .. } => true,
        GroupExit::Exec { by } => by != task,
        GroupExit::None => false,
    }
}

/// `sig_ignored()`: whether the signal would do nothing, so that it is not even kept.
fn sig_ignored(w: &World<'_>, task: TaskRef, signal: Signal, from: Sender<'_>) -> bool {
    let t = &w.tasks[task];
    // A blocked signal stays pending, for its action may change before it is unblocked.
    if t.blocked.has(signal) || t.real_blocked.has(signal) {
        return false;
    }
    let caught = t
        .sighand
        .is_some_and(|sighand| w.sighands[sighand].caught().has(signal));
    if caught {
        return t.flags.contains(TaskFlags::PF_KTHREAD);
    }
    let ignores = t
        .sighand
        .is_some_and(|sighand| w.sighands[sighand].ignores(signal));
    let unkillable = w.signals[t.signal].unkillable;
    // Whoever says SI_KERNEL of itself is believed: `send_signal_locked()`.
    let kernel = match from {
        Sender::Kernel => true,
        Sender::Info(_, info) => info.code() == SI_KERNEL,
        Sender::Task(_) | Sender::Child(..) => false,
    };
    let forced = kernel && signal.is_kernel_only();
    unkillable && !forced || t.flags.contains(TaskFlags::PF_KTHREAD) || ignores
}

/// `send_signal_locked()`: the signal pends for a thread or a process, unless it would do nothing, and whoever can
/// take it is woken.
///
/// # Errors
/// EAGAIN: a real-time signal with information, and no room in the queue.
pub fn send_signal_locked(
    w: &mut World<'_>,
    to: TaskRef,
    signal: Signal,
    target: Target,
    from: Sender<'_>,
) -> Result<()> {
    // A thread that has ended takes nothing, and SIGCONT to it alone continues nobody.
    let ended = target == Target::Thread && w.tasks[to].flags.contains(TaskFlags::PF_EXITING);
    let kept = !ended && prepare_signal(w, to, signal, from);
    w.tell(|w| Effect::SignalSent {
        to: w.id(to),
        signal,
        from: from.task().map(|task| w.id(task)),
        ignored: !kept,
    });
    if !kept {
        return Ok(());
    }
    let pending = match target {
        Target::Thread => w.tasks[to].pending,
        Target::Group => w.signal(to).shared_pending,
    };
    // legacy_queue(): a standard signal that pends already is the same one, and whoever takes it knows.
    if pending.has(signal) && signal.number() < SIGRTMIN {
        return Ok(());
    }
    let info = from.info(w, signal);
    sigqueue::enqueue(w, to, target, signal, info)?;
    signalfd::wake_readers(w, to);
    complete_signal(w, to, signal, target);
    Ok(())
}

/// The same where nobody learns whether a real-time signal found room in the queue: what the kernel sends of itself.
pub fn send_signal(w: &mut World<'_>, to: TaskRef, signal: Signal, target: Target, from: Sender<'_>) {
    // EAGAIN is for who makes a call; do_notify_parent() does not look at it either.
    let _ = send_signal_locked(w, to, signal, target, from);
}

/// What a signal does at once when it is sent: SIGCONT and the stop signals cancel each other, and SIGCONT
/// continues the process, even if it is blocked or ignored. Tells whether the signal is to be kept.
fn prepare_signal(w: &mut World<'_>, to: TaskRef, signal: Signal, from: Sender<'_>) -> bool {
    if let GroupExit::Exit { .. } = w.signal(to).group_exit {
        return false;
    }
    if STOP_SIGNALS.has(signal) {
        discard(w, to, SigSet::of(Signal::SIGCONT));
    } else if signal == Signal::SIGCONT {
        discard(w, to, STOP_SIGNALS);
        continue_group(w, to);
    }
    !sig_ignored(w, to, signal, from)
}

/// `flush_sigqueue_mask()` for a process and all its threads.
pub fn discard(w: &mut World<'_>, task: TaskRef, set: SigSet) {
    sigqueue::flush(w, task, Target::Group, set);
    for_each_thread(w, task, &mut |w, thread| {
        sigqueue::flush(w, thread, Target::Thread, set);
    });
}

fn continue_group(w: &mut World<'_>, task: TaskRef) {
    let before = w.signal(task).group_stop;
    if !matches!(before, GroupStop::Stopping { .. } | GroupStop::Stopped { .. }) {
        return;
    }
    let signal = w.signal_mut(task);
    signal.group_stop = GroupStop::Continued;
    signal.cld = match before {
        GroupStop::Stopped { .. } => CldNews::Continued,
        _ => CldNews::Stopped,
    };
    let leader = w.tasks[task].group_leader;
    super::children::report(w, leader);
    for_each_thread(w, task, &mut |w, thread| {
        if w.tasks[thread].state() == State::Stopped {
            wake_up(w, thread);
        }
    });
}

/// `complete_signal()`: chooses the thread that takes the signal and wakes it. A signal that ends the process ends
/// it now: every thread gets SIGKILL. Of init only SIGKILL is that; what else is kept, since the thread it was sent to
/// blocks it, another one drops.
fn complete_signal(w: &mut World<'_>, to: TaskRef, signal: Signal, target: Target) {
    let Some(thread) = choose_thread(w, to, signal, target) else {
        return;
    };
    let fatal = match signal.default_action() {
        DefaultAction::Terminate => signal == Signal::SIGKILL || !w.signal(to).unkillable,
        DefaultAction::Core | DefaultAction::Ignore | DefaultAction::Stop | DefaultAction::Continue => false,
    };
    let kept_for_later = w.tasks[thread].real_blocked.has(signal);
    if fatal && !has_action(w, to, signal) && !kept_for_later {
        w.signal_mut(to).cld = CldNews::None;
        w.signal_mut(to).group_exit = GroupExit::Exit {
            code: i32::from(signal.number()),
        };
        zap_threads(w, to);
        return;
    }
    signal_wake_up(w, thread, signal == Signal::SIGKILL);
}

/// Whether the action of a signal is a handler or SIG_IGN: one that is blocked here and not there is kept, and must not
/// kill.
fn has_action(w: &World<'_>, task: TaskRef, signal: Signal) -> bool {
    w.tasks[task].sighand.is_some_and(|sighand| {
        let sighand = &w.sighands[sighand];
        sighand.ignored().has(signal) || sighand.caught().has(signal)
    })
}

/// Every thread of the process gets SIGKILL and is woken to die; on one that has ended it stays pending.
fn zap_threads(w: &mut World<'_>, task: TaskRef) {
    w.signal_mut(task).group_stop = GroupStop::None;
    for_each_thread(w, task, &mut |w, thread| {
        w.tasks[thread].pending.add(Signal::SIGKILL);
        signal_wake_up(w, thread, true);
    });
}

/// `zap_other_threads()`: all threads but this one are to die.
pub fn zap_other_threads(w: &mut World<'_>, task: TaskRef) {
    w.signal_mut(task).group_stop = GroupStop::None;
    for_each_thread(w, task, &mut |w, thread| {
        if thread != task && !w.tasks[thread].flags.contains(TaskFlags::PF_EXITING) {
            w.tasks[thread].pending.add(Signal::SIGKILL);
            signal_wake_up(w, thread, true);
        }
    });
}

/// `retarget_shared_pending()`: of these, which this thread will not take, since it blocks them now or ends, another one
/// of its process may.
pub fn retarget_shared_pending(w: &mut World<'_>, task: TaskRef, which: SigSet) {
    let mut left = w.signal(task).shared_pending.and(which);
    if left.is_empty() {
        return;
    }
    for_each_thread(w, task, &mut |w, thread| {
        let t = &w.tasks[thread];
        let takes = left.minus(t.blocked);
        if thread == task || takes.is_empty() || t.flags.contains(TaskFlags::PF_EXITING) {
            return;
        }
        left = left.minus(takes);
        if !was_told(&w.tasks[thread]) {
            signal_wake_up(w, thread, false);
        }
    });
}

/// `task_sigpending()`, as others see it.
const fn was_told(t: &TaskStruct) -> bool {
    t.sigpending && !t.in_get_signal
}

/// `wants_signal()`: a thread that runs, or that was not told of another signal already.
fn wants_signal(w: &World<'_>, task: TaskRef, signal: Signal) -> bool {
    let t = &w.tasks[task];
    if t.blocked.has(signal) || t.flags.contains(TaskFlags::PF_EXITING) {
        return false;
    }
    signal == Signal::SIGKILL || t.state() != State::Stopped && (!was_told(t) || sched::is_current(w, task))
}

/// The thread that is told: the one that the signal was sent to, if it wants it; for the process, else the next one
/// that does.
fn choose_thread(w: &mut World<'_>, to: TaskRef, signal: Signal, target: Target) -> Option<TaskRef> {
    if wants_signal(w, to, signal) {
        return Some(to);
    }
    if target == Target::Thread {
        return None;
    }
    let first = w.signal(to).curr_target;
    let mut thread = first;
    while !wants_signal(w, thread, signal) {
        thread = next_thread(w, thread);
        if thread == first {
            return None;
        }
    }
    w.signal_mut(to).curr_target = thread;
    Some(thread)
}

/// `signal_wake_up()`: the task is told to look for signals; if it sleeps so that the signal may wake it, it is woken.
pub fn signal_wake_up(w: &mut World<'_>, task: TaskRef, fatal: bool) {
    let t = &mut w.tasks[task];
    (t.sigpending, t.in_get_signal) = (true, false);
    match t.state() {
        State::Sleeping(Sleep::Interruptible) => wake_up(w, task),
        State::Sleeping(Sleep::Killable) | State::Stopped if fatal => wake_up(w, task),
        _ => {}
    }
}

/// `__set_task_blocked()`: the task blocks these from now on. What it was told of and now blocks, others are told of.
pub fn set_task_blocked(w: &mut World<'_>, task: TaskRef, mask: SigSet) {
    if signal_pending(w, task) && w.signal(task).threads.len() > 1 {
        let newly = mask.minus(w.tasks[task].blocked);
        retarget_shared_pending(w, task, newly);
    }
    w.tasks[task].blocked = mask;
    recalc_sigpending(w, task);
}

/// `set_current_blocked()`: SIGKILL and SIGSTOP cannot be blocked. A mask that stays the same is not looked at anew.
pub fn set_current_blocked(w: &mut World<'_>, task: TaskRef, mask: SigSet) {
    let mask = mask.minus(SigSet::KERNEL_ONLY);
    if mask != w.tasks[task].blocked {
        set_task_blocked(w, task, mask);
    }
}

/// What is done when a fault meets a handler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Force {
    /// The handler runs, unless the signal is blocked or ignored.
    HandlerCurrent,
    /// The default action is taken, whatever was set.
    HandlerDefault,
}

/// `force_sig_info_to_task()`: a fault of the program itself. It cannot be blocked or ignored, and without a handler it
/// ends init too.
pub fn force_sig_info(w: &mut World<'_>, task: TaskRef, signal: Signal, info: SigInfo, how: Force) {
    let blocked = w.tasks[task].blocked.has(signal);
    if let Some(sighand) = w.tasks[task].sighand {
        let sighand = &mut w.sighands[sighand];
        if blocked || how == Force::HandlerDefault || sighand.ignored().has(signal) {
            sighand.reset_handler(signal);
        }
        if !sighand.caught().has(signal) {
            w.signal_mut(task).unkillable = false;
        }
    }
    if blocked {
        w.tasks[task].blocked.remove(signal);
    }
    let from = match info.code() {
        SI_KERNEL => Sender::Kernel,
        _ => Sender::Info(task, &info),
    };
    send_signal(w, task, signal, Target::Thread, from);
    // It may have been pending already, and blocked.
    if !signal_pending(w, task) {
        signal_wake_up(w, task, false);
    }
}

/// `force_sig()`: the kernel's own, without an address.
pub fn force_sig(w: &mut World<'_>, task: TaskRef, signal: Signal) {
    let info = SigInfo::sent(signal, SI_KERNEL, Pid(0), Uid(0));
    force_sig_info(w, task, signal, info, Force::HandlerCurrent);
}

/// `force_fatal_sig()`: ends the process, whatever it catches.
pub fn force_fatal_sig(w: &mut World<'_>, task: TaskRef, signal: Signal) {
    let info = SigInfo::sent(signal, SI_KERNEL, Pid(0), Uid(0));
    force_sig_info(w, task, signal, info, Force::HandlerDefault);
}

/// The writer to a pipe that nobody reads gets SIGPIPE.
pub fn send_sigpipe(w: &mut World<'_>, task: TaskRef) {
    send_signal(w, task, Signal::SIGPIPE, Target::Thread, Sender::Task(task));
}
