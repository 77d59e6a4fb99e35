//! Sleepers for a time.

use crate::abi::ids::TaskRef;
use crate::objects::task::Timers;
use crate::store::list;
use crate::world::World;

fn until(w: &World<'_>, task: TaskRef) -> u64 {
    w.tasks[task]
        .parked
        .and_then(|reason| reason.expires())
        .unwrap_or(0)
}

/// Enters the sleeper, behind those that wake no later. Most sleep longer than those before them, so the search
/// begins at the end.
pub fn start(w: &mut World<'_>, task: TaskRef, expires: u64) {
    let mut timers = w.sys.timers;
    let mut at = timers.last();
    let mut next = None;
    while let Some(other) = at
        && until(w, other) > expires
    {
        next = at;
        at = list::prev::<Timers>(&w.tasks[other]);
    }
    match next {
        Some(next) => timers.insert_before(&mut w.tasks, task, next),
        None => timers.push_back(&mut w.tasks, task),
    }
    w.sys.timers = timers;
}

/// Takes a sleeper out, if it is one.
pub fn cancel(w: &mut World<'_>, task: TaskRef) {
    if w.tasks[task].timer.is_linked() {
        w.sys.timers.remove(&mut w.tasks, task);
    }
}

/// When the next sleeper wakes.
#[must_use]
pub fn next_expiry(w: &World<'_>) -> Option<u64> {
    w.sys.timers.first().map(|task| until(w, task))
}

/// The time is now `now`: everyone whose time has come is woken, the earliest first. Time never goes back.
pub fn advance(w: &mut World<'_>, now: u64) {
    w.sys.now = w.sys.now.max(now);
    while let Some(task) = w.sys.timers.first()
        && until(w, task) <= w.sys.now
    {
        super::state::wake_up(w, task);
    }
}
