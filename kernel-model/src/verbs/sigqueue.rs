//! The queues of pending signals: what each sending tells, and how many a user may have.

use crate::abi::errno::{Errno, Result};
use crate::abi::ids::{TaskRef, Uid};
use crate::abi::rlimit::Resource;
use crate::abi::siginfo::{SI_TIMER, SI_USER, SigInfo};
use crate::abi::signal::{SIGRTMIN, SigSet, Signal};
use crate::objects::sigqueue::{Queued, Sigqueue};
use crate::store::list::{self, List};
use crate::world::World;

use super::signal::Target;

fn queue_of(w: &World<'_>, task: TaskRef, target: Target) -> (SigSet, List<Queued>) {
    match target {
        Target::Thread => (w.tasks[task].pending, w.tasks[task].sigqueue),
        Target::Group => (w.signal(task).shared_pending, w.signal(task).shared_sigqueue),
    }
}

fn store_queue(w: &mut World<'_>, task: TaskRef, target: Target, (set, queue): (SigSet, List<Queued>)) {
    match target {
        Target::Thread => {
            let t = &mut w.tasks[task];
            (t.pending, t.sigqueue) = (set, queue);
        }
        Target::Group => {
            let signal = w.signal_mut(task);
            (signal.shared_pending, signal.shared_sigqueue) = (set, queue);
        }
    }
}

/// How many signals of a user's tasks are queued.
fn queued_by(w: &World<'_>, user: Uid) -> u64 {
    w.sigqueues.iter().filter(|(_, entry)| entry.user == user).count() as u64
}

/// `sig_get_ucounts()`: whether one more may be queued for the task. What comes from the kernel or from `kill` may be
/// above the limit, if it is a standard signal.
fn may_queue(w: &World<'_>, task: TaskRef, signal: Signal, info: &SigInfo) -> bool {
    let over = signal.number() < SIGRTMIN && info.code() >= 0;
    let limit = w.signal(task).rlim.get(Resource::Sigpending).cur;
    // The user cannot have more than there are: mostly nothing needs to be counted.
    let below = || u64::from(w.sigqueues.used()) < limit || queued_by(w, w.tasks[task].cred.uid) < limit;
    w.sigqueues.available() > 0 && (over || below())
}

/// The signal pends from now on, with what it tells if there is room for that. Of a standard signal that pends already
/// the first stays.
///
/// # Errors
/// EAGAIN: there is no room, and it is a real-time signal that did not come from `kill`, whose number alone would
/// tell too little.
pub fn enqueue(
    w: &mut World<'_>,
    task: TaskRef,
    target: Target,
    signal: Signal,
    info: SigInfo,
) -> Result<()> {
    let (mut set, mut queue) = queue_of(w, task, target);
    // SIGKILL tells nothing to anybody.
    if signal != Signal::SIGKILL {
        let entry = match may_queue(w, task, signal, &info) {
            true => w.sigqueues.alloc(Sigqueue {
                info,
                user: w.tasks[task].cred.uid,
                link: list::Link::NONE,
            }),
            false => None,
        };
        match entry {
            Some(entry) => queue.push_back(&mut w.sigqueues, entry),
            None if signal.number() >= SIGRTMIN && info.code() != SI_USER => return Err(Errno::EAGAIN),
            None => {}
        }
    }
    set.add(signal);
    store_queue(w, task, target, (set, queue));
    Ok(())
}

/// `collect_signal()`: takes the oldest sending of a signal. Without an entry it tells SI_USER, and no sender.
pub fn collect_signal(w: &mut World<'_>, task: TaskRef, target: Target, signal: Signal) -> SigInfo {
    let (mut set, mut queue) = queue_of(w, task, target);
    let (mut first, mut more, mut at) = (None, false, queue.first());
    while let Some(entry) = at {
        at = list::next::<Queued>(&w.sigqueues[entry]);
        if w.sigqueues[entry].info.signal() != Some(signal) {
            continue;
        }
        if first.is_some() {
            more = true;
            break;
        }
        first = Some(entry);
    }
    let info = match first {
        Some(entry) => {
            queue.remove(&mut w.sigqueues, entry);
            let info = w.sigqueues[entry].info;
            w.sigqueues.free(entry);
            info
        }
        None => SigInfo::sent(signal, SI_USER, Default::default(), Uid(0)),
    };
    if !more {
        set.remove(signal);
    }
    store_queue(w, task, target, (set, queue));
    info
}

/// The oldest entry of a thread's queue that is a fault of its own and not blocked: `dequeue_synchronous_signal()`.
#[must_use]
pub fn first_fault(w: &World<'_>, task: TaskRef) -> Option<Signal> {
    let t = &w.tasks[task];
    let wanted = t.pending.minus(t.blocked).and(SigSet::SYNCHRONOUS);
    if wanted.is_empty() {
        return None;
    }
    let mut faults = t
        .sigqueue
        .iter(w.sigqueues.view())
        .map(|entry| w.sigqueues[entry].info)
        .filter(|info| info.code() > SI_USER);
    faults.find_map(|info| info.signal().filter(|signal| wanted.has(*signal)))
}

/// `flush_sigqueue_mask()`: these signals pend no more.
#[inline]
pub fn flush(w: &mut World<'_>, task: TaskRef, target: Target, mask: SigSet) {
    let set = match target {
        Target::Thread => w.tasks[task].pending,
        Target::Group => w.signal(task).shared_pending,
    };
    if !set.and(mask).is_empty() {
        flush_some(w, task, target, mask);
    }
}

fn flush_some(w: &mut World<'_>, task: TaskRef, target: Target, mask: SigSet) {
    let (set, mut queue) = queue_of(w, task, target);
    let mut at = queue.first();
    while let Some(entry) = at {
        at = list::next::<Queued>(&w.sigqueues[entry]);
        if w.sigqueues[entry]
            .info
            .signal()
            .is_some_and(|signal| mask.has(signal))
        {
            queue.remove(&mut w.sigqueues, entry);
            w.sigqueues.free(entry);
        }
    }
    store_queue(w, task, target, (set.minus(mask), queue));
}

/// `flush_itimer_signals()`: at exec, what says that a timer sent it pends no more, whoever said so. A signal of which another
/// sending is queued stays.
pub fn flush_itimer_signals(w: &mut World<'_>, task: TaskRef) {
    for target in [Target::Thread, Target::Group] {
        let (set, mut queue) = queue_of(w, task, target);
        let (mut gone, mut retained) = (SigSet::EMPTY, SigSet::EMPTY);
        let mut at = queue.first();
        while let Some(entry) = at {
            at = list::next::<Queued>(&w.sigqueues[entry]);
            let info = w.sigqueues[entry].info;
            let Some(signal) = info.signal() else { continue };
            if info.code() == SI_TIMER {
                gone.add(signal);
                queue.remove(&mut w.sigqueues, entry);
                w.sigqueues.free(entry);
            } else {
                retained.add(signal);
            }
        }
        store_queue(w, task, target, (set.minus(gone.minus(retained)), queue));
    }
}
