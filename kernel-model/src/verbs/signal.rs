//! Signals: sent, and taken by the task that runs.
//!
//! Actions are SIG_DFL or SIG_IGN; handlers come with signal delivery. So a signal ends, stops or continues a
//! process, or does nothing.

use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::TaskFlags;
use crate::abi::ids::{Handle, TaskRef, kind};
use crate::abi::rlimit::Resource;
use crate::abi::signal::{DefaultAction, SigSet, Signal};
use crate::abi::state::{Sleep, State};
use crate::objects::signal::{GroupExit, GroupStop, SignalStruct};
use crate::objects::task::{TaskStruct, Tasks, ThreadNode};
use crate::store::list;
use crate::world::World;

use super::exit::do_group_exit;
use super::sched;
use super::state::{set_state, wake_up};
use super::wait::wake_up_parent;

/// Who sends a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sender {
    /// The kernel itself: reaches init too.
    Kernel,
    /// A task.
    Task(TaskRef),
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

/// The first signal of which each sending counts.
const SIGRTMIN: u8 = 32;

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
fn sig_ignored(w: &World<'_>, task: TaskRef, signal: Signal, from: Sender) -> bool {
    let t = &w.tasks[task];
    // A blocked signal stays pending, for its action may change before it is unblocked.
    if t.blocked.has(signal) {
        return false;
    }
    let ignores = t
        .sighand
        .is_some_and(|sighand| w.sighands[sighand].ignores(signal));
    let unkillable = w.signals[t.signal].unkillable;
    let forced = from == Sender::Kernel && signal.is_kernel_only();
    unkillable && !forced || t.flags.contains(TaskFlags::PF_KTHREAD) || ignores
}

/// `send_signal_locked()`: the signal pends for a thread or a process, unless it would do nothing, and whoever can
/// take it is woken.
pub fn send_signal(w: &mut World<'_>, to: TaskRef, signal: Signal, target: Target, from: Sender) {
    let kept = prepare_signal(w, to, signal, from);
    let sender = match from {
        Sender::Kernel => None,
        Sender::Task(task) => Some(w.id(task)),
    };
    let who = w.id(to);
    w.emit(Effect::SignalSent {
        to: who,
        signal,
        from: sender,
        ignored: !kept,
    });
    if !kept {
        return;
    }
    let queue = match target {
        Target::Thread => &mut w.tasks[to].pending,
        Target::Group => &mut w.signal_mut(to).shared_pending,
    };
    // legacy_queue(): a standard signal that pends already is the same one, and whoever takes it knows.
    if queue.has(signal) && signal.number() < SIGRTMIN {
        return;
    }
    queue.add(signal);
    complete_signal(w, to, signal, target);
}

/// What a signal does at once when it is sent: SIGCONT and the stop signals cancel each other, and SIGCONT
/// continues the process, even if it is blocked or ignored. Tells whether the signal is to be kept.
fn prepare_signal(w: &mut World<'_>, to: TaskRef, signal: Signal, from: Sender) -> bool {
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
    let shared = &mut w.signal_mut(task).shared_pending;
    *shared = shared.minus(set);
    for_each_thread(w, task, &mut |w, thread| {
        let pending = &mut w.tasks[thread].pending;
        *pending = pending.minus(set);
    });
}

fn continue_group(w: &mut World<'_>, task: TaskRef) {
    let before = w.signal(task).group_stop;
    if !matches!(before, GroupStop::Stopping { .. } | GroupStop::Stopped { .. }) {
        return;
    }
    w.signal_mut(task).group_stop = GroupStop::Continued;
    for_each_thread(w, task, &mut |w, thread| {
        if w.tasks[thread].state() == State::Stopped {
            wake_up(w, thread);
        }
    });
    notify_parent_cldstop(w, task);
}

/// `complete_signal()`: chooses the thread that takes the signal and wakes it. A signal that ends the process ends
/// it now: every thread gets SIGKILL.
fn complete_signal(w: &mut World<'_>, to: TaskRef, signal: Signal, target: Target) {
    let Some(thread) = choose_thread(w, to, signal, target) else {
        return;
    };
    let fatal = match signal.default_action() {
        DefaultAction::Terminate => true,
        DefaultAction::Core | DefaultAction::Ignore | DefaultAction::Stop | DefaultAction::Continue => false,
    };
    if fatal && !is_ignored(w, to, signal) {
        w.signal_mut(to).group_exit = GroupExit::Exit {
            code: i32::from(signal.number()),
        };
        zap_threads(w, to);
        return;
    }
    signal_wake_up(w, thread, signal == Signal::SIGKILL);
}

/// Whether the action of a signal is SIG_IGN: one that is blocked here and not there is kept, and must not kill.
fn is_ignored(w: &World<'_>, task: TaskRef, signal: Signal) -> bool {
    w.tasks[task]
        .sighand
        .is_some_and(|sighand| w.sighands[sighand].ignored.has(signal))
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

/// `retarget_shared_pending()`: what this thread will not take, since it blocks it now or ends, another one of its
/// process may.
pub fn retarget_shared_pending(w: &mut World<'_>, task: TaskRef) {
    let shared = w.signal(task).shared_pending;
    let mut left = match w.tasks[task].flags.contains(TaskFlags::PF_EXITING) {
        true => shared,
        false => SigSet(shared.0 & w.tasks[task].blocked.0),
    };
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
        if !w.tasks[thread].sigpending {
            signal_wake_up(w, thread, false);
        }
    });
}

/// `wants_signal()`: a thread that runs, or that was not told of another signal already.
fn wants_signal(w: &World<'_>, task: TaskRef, signal: Signal) -> bool {
    let t = &w.tasks[task];
    if t.blocked.has(signal) || t.flags.contains(TaskFlags::PF_EXITING) {
        return false;
    }
    signal == Signal::SIGKILL || t.state() != State::Stopped && (!t.sigpending || sched::is_current(w, task))
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
fn signal_wake_up(w: &mut World<'_>, task: TaskRef, fatal: bool) {
    w.tasks[task].sigpending = true;
    match w.tasks[task].state() {
        State::Sleeping(Sleep::Interruptible) => wake_up(w, task),
        State::Sleeping(Sleep::Killable) | State::Stopped if fatal => wake_up(w, task),
        _ => {}
    }
}

/// `force_sig_fault()`: a fault of the program itself. It cannot be blocked or ignored, and it ends init too.
pub fn force_sig(w: &mut World<'_>, task: TaskRef, signal: Signal) {
    if let Some(sighand) = w.tasks[task].sighand {
        w.sighands[sighand].ignored.remove(signal);
    }
    w.tasks[task].blocked.remove(signal);
    w.signal_mut(task).unkillable = false;
    let who = w.id(task);
    w.emit(Effect::SignalSent {
        to: who,
        signal,
        from: None,
        ignored: false,
    });
    w.tasks[task].pending.add(signal);
    complete_signal(w, task, signal, Target::Thread);
}

/// The writer to a pipe that nobody reads gets SIGPIPE.
pub fn send_sigpipe(w: &mut World<'_>, task: TaskRef) {
    send_signal(w, task, Signal::SIGPIPE, Target::Thread, Sender::Task(task));
}

/// Takes the next signal: faults first, then the lowest number; the thread's own before the process's.
fn dequeue_signal(w: &mut World<'_>, task: TaskRef) -> Option<Signal> {
    let blocked = w.tasks[task].blocked;
    if let Some(signal) = w.tasks[task].pending.minus(blocked).first() {
        w.tasks[task].pending.remove(signal);
        return Some(signal);
    }
    let signal = w.signal(task).shared_pending.minus(blocked).first()?;
    w.signal_mut(task).shared_pending.remove(signal);
    Some(signal)
}

/// What became of a task on its way back to user space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    /// It goes on.
    Continue,
    /// It has stopped.
    Stopped,
    /// It has ended.
    Gone,
}

/// `get_signal()`: takes all signals that wait. Called before a task returns to user space.
#[must_use]
pub fn get_signal(w: &mut World<'_>, task: TaskRef) -> Delivery {
    loop {
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
        let Some(signal) = dequeue_signal(w, task) else {
            recalc_sigpending(w, task);
            return Delivery::Continue;
        };
        if let Some(delivery) = deliver(w, task, signal) {
            return delivery;
        }
    }
}

/// The default action of a signal; none when the task goes on to the next.
fn deliver(w: &mut World<'_>, task: TaskRef, signal: Signal) -> Option<Delivery> {
    let ignored = is_ignored(w, task, signal);
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
    let who = w.id(task);
    w.emit(Effect::SignalDelivered { task: who, signal });
    if action == DefaultAction::Stop {
        w.signal_mut(task).group_stop = GroupStop::Stopping { signal };
        for_each_thread(w, task, &mut |w, thread| signal_wake_up(w, thread, false));
        do_signal_stop(w, task);
        return Some(Delivery::Stopped);
    }
    let mut code = i32::from(signal.number());
    let t = &mut w.tasks[task];
    t.flags |= TaskFlags::PF_SIGNALED;
    if action == DefaultAction::Core && w.signal(task).rlim.get(Resource::Core).cur > 0 {
        w.tasks[task].flags |= TaskFlags::PF_DUMPCORE;
        code |= 0x80;
    }
    do_group_exit(w, task, code);
    Some(Delivery::Gone)
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
    notify_parent_cldstop(w, task);
}

/// `do_notify_parent_cldstop()`: SIGCHLD for a stop or a continue, unless SA_NOCLDSTOP; and the parent's wait looks.
fn notify_parent_cldstop(w: &mut World<'_>, task: TaskRef) {
    let leader = w.tasks[task].group_leader;
    let parent = w.tasks[leader].parent;
    super::children::report(w, leader);
    let wanted = w.tasks[parent].sighand.is_some_and(|sighand| {
        let sighand = &w.sighands[sighand];
        !sighand.ignored.has(Signal::SIGCHLD) && !sighand.nocldstop
    });
    if wanted {
        send_signal(w, parent, Signal::SIGCHLD, Target::Group, Sender::Task(leader));
    }
    wake_up_parent(w, leader, parent);
}

/// `kill_ok_by_cred()`: root, or the same user.
fn may_signal(from: &TaskStruct, to: &TaskStruct) -> bool {
    let (f, t) = (from.cred, to.cred);
    f.euid.0 == 0 || f.euid == t.suid || f.euid == t.uid || f.uid == t.suid || f.uid == t.uid
}

/// `group_send_sig_info()`: with the permission check; signal 0 only asks.
fn send_checked(w: &mut World<'_>, from: TaskRef, to: TaskRef, number: i32, target: Target) -> Result<()> {
    let signal = match number {
        0 => None,
        number => Some(
            u64::try_from(number)
                .ok()
                .and_then(Signal::new)
                .ok_or(Errno::EINVAL)?,
        ),
    };
    let same_group = w.tasks[from].signal == w.tasks[to].signal;
    let same_session = w.signal(from).session == w.signal(to).session;
    let allowed = same_group
        || may_signal(&w.tasks[from], &w.tasks[to])
        || signal == Some(Signal::SIGCONT) && same_session;
    if !allowed {
        return Err(Errno::EPERM);
    }
    if let Some(signal) = signal {
        send_signal(w, to, signal, target, Sender::Task(from));
    }
    Ok(())
}

/// kill(2).
///
/// # Errors
/// - ESRCH: no such process or group; INT_MIN.
/// - EINVAL: no such signal.
/// - EPERM: the caller may signal none of them.
pub fn kill(w: &mut World<'_>, from: TaskRef, pid: i32, number: i32) -> Result<()> {
    match pid {
        1.. => {
            let to = find(w, pid)?;
            send_checked(w, from, to, number, Target::Group)
        }
        0 => {
            let group = w.signal(from).pgrp;
            kill_pgrp(w, from, group, number)
        }
        -1 => kill_all(w, from, number),
        _ => {
            let nr = pid
                .checked_neg()
                .and_then(|nr| u32::try_from(nr).ok())
                .ok_or(Errno::ESRCH)?;
            let group = w.pid.find(crate::abi::ids::Pid(nr)).ok_or(Errno::ESRCH)?;
            kill_pgrp(w, from, group, number)
        }
    }
}

fn find(w: &World<'_>, pid: i32) -> Result<TaskRef> {
    let nr = u32::try_from(pid).map_err(|_| Errno::ESRCH)?;
    w.pid.task(crate::abi::ids::Pid(nr)).ok_or(Errno::ESRCH)
}

/// `__kill_pgrp_info()`: 0 if it reached anyone.
fn kill_pgrp(w: &mut World<'_>, from: TaskRef, group: Handle<kind::Pid>, number: i32) -> Result<()> {
    let mut at = w.pid.pids[group].pgrp.first();
    let mut result = Err(Errno::ESRCH);
    while let Some(member) = at {
        at = list::next::<crate::objects::signal::Pgrp>(&w.signals[member]);
        let leader = w.signals[member].leader;
        let sent = send_checked(w, from, leader, number, Target::Group);
        if result.is_err() {
            result = sent;
        }
    }
    result
}

/// `kill(-1)`: every process but init, the kernel threads and the caller's own.
fn kill_all(w: &mut World<'_>, from: TaskRef, number: i32) -> Result<()> {
    let mut at = w.sys.tasks.first();
    let mut result = Err(Errno::ESRCH);
    while let Some(task) = at {
        at = list::next::<Tasks>(&w.tasks[task]);
        let t = &w.tasks[task];
        if t.pid.0 <= 1 || t.flags.contains(TaskFlags::PF_KTHREAD) || t.signal == w.tasks[from].signal {
            continue;
        }
        match send_checked(w, from, task, number, Target::Group) {
            Err(Errno::EPERM) if result == Err(Errno::ESRCH) => result = Ok(()),
            Err(Errno::EPERM) => {}
            sent => result = sent,
        }
    }
    result
}

/// tkill(2) and tgkill(2): to one thread.
///
/// # Errors
/// - EINVAL: a number that is not positive, or no such signal.
/// - ESRCH: no such thread, or not in that process.
/// - EPERM: the caller may not.
pub fn tgkill(w: &mut World<'_>, from: TaskRef, tgid: Option<i32>, tid: i32, number: i32) -> Result<()> {
    if tid <= 0 || tgid.is_some_and(|tgid| tgid <= 0) {
        return Err(Errno::EINVAL);
    }
    let to = find(w, tid)?;
    if tgid.is_some_and(|tgid| u32::try_from(tgid) != Ok(w.tasks[to].tgid.0)) {
        return Err(Errno::ESRCH);
    }
    send_checked(w, from, to, number, Target::Thread)
}
