//! `--diagram`: the process graph of a schedule, as textbooks draw it. Time goes from left to right, with a column for
//! every act, so that the picture is a topological order; every task has a line, and a child's is above its parent's.

mod draw;
mod layout;
mod scene;

use crate::machine::{Event, Machine};

/// The diagram of a run as SVG: its events from boot on, and the machine as they have left it.
#[must_use]
pub fn draw(title: &str, events: &[Event], machine: &Machine) -> String {
    let scene = scene::Scene::new(events, machine);
    let layout = layout::Layout::new(&scene, title);
    draw::picture(&scene, &layout, title)
}
