//! `--tree`: the process tree, as `pstree -p` draws it, with the state of each process, and its group and session where
//! they are not its parent's.

use kernel_model::abi::effect::Effect;
use kernel_model::abi::ids::{Pid, TaskRef};
use kernel_model::abi::state::State;
use kernel_model::verbs::exit::exit_status_of;
use kernel_model::world::WorldView;

use super::story::ended;
use crate::machine::{Event, Machine};

/// Whether the tree looks different after this event.
#[must_use]
pub fn changes(event: &Event) -> bool {
    let Event::Effect(effect) = event else {
        return false;
    };
    match effect {
        Effect::StateChanged { to, from, .. } => {
            matches!(to, State::Zombie | State::Stopped) || *from == State::Stopped
        }
        Effect::Forked { .. }
        | Effect::Execed { .. }
        | Effect::Reaped { .. }
        | Effect::AutoReaped { .. }
        | Effect::Reparented { .. } => true,
        // Init's own part as a shell is not shown.
        Effect::Foreground { by, .. } => by.pid != Pid::INIT,
        Effect::ControllingTty { leader } | Effect::NoTty { leader } => leader.pid != Pid::INIT,
        _ => false,
    }
}

/// The tree below init, one process a line, at most 80 columns wide where names allow.
#[must_use]
pub fn draw(machine: &Machine) -> String {
    let view = machine.kernel().view();
    let mut text = String::new();
    if let Some(init) = view.find_task(Pid::INIT) {
        node(view, init, "", "", &mut text);
    }
    text
}

/// The group and the session of a process where they are not its parent's, and whether the terminal has it in the
/// foreground.
fn place(view: WorldView<'_>, task: TaskRef) -> String {
    let (signal, parent) = (view.signal(task), view.signal(view.tasks[task].real_parent));
    let mut place = String::new();
    if view.tasks[task].pid == Pid::INIT {
        return place;
    }
    if signal.session != parent.session {
        place.push_str(&format!("  session {}", view.pids[signal.session].nr));
    }
    if signal.pgrp != parent.pgrp {
        place.push_str(&format!("  group {}", view.pids[signal.pgrp].nr));
        if signal.tty.is_some() && view.sys.tty.pgrp.is_some_and(|held| held.pid == signal.pgrp) {
            place.push_str(" in the foreground");
        }
    }
    place
}

fn node(view: WorldView<'_>, task: TaskRef, branch: &str, indent: &str, text: &mut String) {
    let t = &view.tasks[task];
    text.push_str(branch);
    text.push_str(&format!("{} {}", t.pid, t.comm.as_str()));
    let asleep = t.parked.filter(|_| matches!(t.state(), State::Sleeping(_)));
    match (t.state(), asleep) {
        (State::Zombie, _) => text.push_str(&format!(
            "  Z zombie: {}",
            ended(exit_status_of(&view.tasks[task], view.signal(task)))
        )),
        (State::Stopped, _) => text.push_str("  T stopped"),
        (state, Some(reason)) => text.push_str(&format!("  {} in {}", state.letter(), reason.wchan())),
        (state, None) => text.push_str(&format!("  {}", state.letter())),
    }
    let threads = view.signal(task).live;
    if threads > 1 {
        text.push_str(&format!("  {threads} threads"));
    }
    text.push_str(&place(view, task));
    text.push('\n');
    // The children of all threads are children of the process.
    let children: Vec<TaskRef> = view
        .for_each_thread(task)
        .flat_map(|thread| view.children(thread))
        .collect();
    for (at, child) in children.iter().enumerate() {
        let last = at + 1 == children.len();
        let (branch, below) = if last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        node(
            view,
            *child,
            &format!("{indent}{branch}"),
            &format!("{indent}{below}"),
            text,
        );
    }
}
