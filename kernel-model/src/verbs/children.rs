//! The children of a task: in birth order, and which of them may have something to tell a wait.
//!
//! Linux looks at every child in wait4(-1). Here those that have ended, stopped or been continued stand in a list of
//! their own, so that a server finds the one that ended among a hundred thousand that live.

use crate::abi::ids::TaskRef;
use crate::abi::state::State;
use crate::objects::signal::GroupStop;
use crate::objects::task::{Report, Sibling};
use crate::store::list;
use crate::world::{World, WorldView};

/// Puts a task at the end of its real parent's children.
#[inline(always)]
pub fn add(w: &mut World<'_>, child: TaskRef) {
    w.sys.births += 1;
    let t = &mut w.tasks[child];
    t.birth = w.sys.births;
    let parent = t.real_parent;
    let mut children = w.tasks[parent].children;
    children.push_back(&mut w.tasks, child);
    w.tasks[parent].children = children;
}

/// Takes a task out of its real parent's children.
#[inline(always)]
pub fn remove(w: &mut World<'_>, child: TaskRef) {
    let t = &w.tasks[child];
    let (parent, listed) = (t.real_parent, t.report.is_linked());
    let p = &w.tasks[parent];
    let (mut children, mut reports) = (p.children, p.reports);
    children.remove(&mut w.tasks, child);
    if listed {
        reports.remove(&mut w.tasks, child);
    }
    let p = &mut w.tasks[parent];
    (p.children, p.reports) = (children, reports);
}

/// A thread takes the place of its leader.
pub fn replace(w: &mut World<'_>, leader: TaskRef, by: TaskRef) {
    let parent = w.tasks[leader].real_parent;
    let listed = w.tasks[leader].report.is_linked();
    withdraw(w, leader);
    w.tasks[by].birth = w.tasks[leader].birth;
    let mut children = w.tasks[parent].children;
    children.insert_before(&mut w.tasks, by, leader);
    children.remove(&mut w.tasks, leader);
    w.tasks[parent].children = children;
    if listed {
        report(w, by);
    }
}

/// The child after this one.
#[must_use]
pub fn next(w: &World<'_>, child: TaskRef) -> Option<TaskRef> {
    list::next::<Sibling>(&w.tasks[child])
}

/// The child after this one among those that may have something to tell.
#[must_use]
pub fn next_report(w: &World<'_>, child: TaskRef) -> Option<TaskRef> {
    list::next::<Report>(&w.tasks[child])
}

/// A child may have something to tell from now on. Nearly always it is the youngest that does, or the only one.
#[inline(always)]
pub fn report(w: &mut World<'_>, child: TaskRef) {
    let t = &w.tasks[child];
    if t.report.is_linked() {
        return;
    }
    let (parent, birth) = (t.real_parent, t.birth);
    let mut reports = w.tasks[parent].reports;
    reports.insert_by(&mut w.tasks, child, |other| other.birth > birth);
    w.tasks[parent].reports = reports;
}

/// A child has told what it had to tell.
pub fn withdraw(w: &mut World<'_>, child: TaskRef) {
    if w.tasks[child].report.is_linked() {
        let parent = w.tasks[child].real_parent;
        let mut reports = w.tasks[parent].reports;
        reports.remove(&mut w.tasks, child);
        w.tasks[parent].reports = reports;
    }
}

/// Whether a child has something to tell: such a one is always in its parent's list.
#[must_use]
pub fn has_report(w: WorldView<'_>, child: TaskRef) -> bool {
    let signal = w.signal(child);
    let ended = w.tasks[child].state() == State::Zombie && signal.threads.len() == 1;
    let job = matches!(
        signal.group_stop,
        GroupStop::Stopped { reported: false, .. } | GroupStop::Continued
    );
    ended || job
}
