//! The search: every position, every choice in it.

use kernel_model::abi::effect::{Effect, Stream};
use kernel_model::abi::flags::CloneFlags;

use super::beyond::Beyond;
use super::graph::{Birth, Ending, Graph, Label, Write};
use super::number::Numbering;
use super::persistent::Choices;
use super::position::{Bookmark, Choice, Lore, Position};
use crate::machine::Event;
use crate::machine::hash::Map;

/// How far a search may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Positions.
    pub states: usize,
    /// Bytes of memory of this process.
    pub memory: u64,
}

/// How far a search is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Positions found.
    pub states: usize,
    /// Positions found whose steps were not all made.
    pub frontier: usize,
    /// Bytes of memory of this process.
    pub memory: u64,
}

/// Which bound a search has reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// So many positions.
    States(usize),
    /// So much memory, at so many positions.
    Memory(usize),
    /// Something that cannot be explored, at so many positions.
    Beyond(Beyond, usize),
}

/// A position whose choices are being tried.
struct Trying {
    node: u32,
    /// How many positions lie on the way there.
    depth: usize,
    bookmark: Bookmark,
    choices: std::vec::IntoIter<Choice>,
    /// Those that are tried only if the others lead back.
    rest: Vec<Choice>,
}

/// The positions from the first to the one where the search is.
#[derive(Default)]
struct Path {
    nodes: Vec<u32>,
    on_it: Vec<bool>,
}

impl Path {
    fn push(&mut self, node: u32) {
        let at = node as usize;
        if self.on_it.len() <= at {
            self.on_it.resize(at + 1, false);
        }
        if let Some(on_it) = self.on_it.get_mut(at) {
            *on_it = true;
        }
        self.nodes.push(node);
    }

    fn go_back(&mut self, depth: usize) {
        for node in self.nodes.drain(depth.min(self.nodes.len())..) {
            if let Some(on_it) = self.on_it.get_mut(node as usize) {
                *on_it = false;
            }
        }
    }

    fn contains(&self, node: u32) -> bool {
        self.on_it.get(node as usize).copied().unwrap_or(false)
    }
}

/// Searches from one position.
pub(super) struct Search<'s> {
    pub(super) lore: &'s mut Lore,
    pub(super) limits: Limits,
    pub(super) progress: &'s dyn Fn(Progress),
    pub(super) graph: Graph,
    known: Map<u128, u32>,
    path: Path,
    numbering: &'s mut Numbering,
    /// What was met that cannot be explored.
    beyond: Option<Beyond>,
    events: Vec<Event>,
}

/// What was written to standard output.
pub(super) fn written(events: &[Event]) -> Vec<Write> {
    let mut writes = Vec::new();
    for event in events {
        if let Event::Console {
            by,
            stream: Stream::Stdout,
            bytes,
        } = event
            && !bytes.is_empty()
        {
            writes.push(Write {
                by: by.pid,
                bytes: bytes.clone(),
            });
        }
    }
    writes
}

/// Who was born.
pub(super) fn births(events: &[Event]) -> impl Iterator<Item = Birth> + '_ {
    events.iter().filter_map(|event| match event {
        Event::Effect(Effect::Forked { parent, child, flags }) => Some(Birth {
            child: child.pid,
            parent: parent.pid,
            thread: flags.contains(CloneFlags::CLONE_THREAD),
        }),
        _ => None,
    })
}

/// What is remembered of a step.
fn label(events: &[Event]) -> Label {
    Label {
        writes: written(events),
        births: births(events).collect(),
    }
}

/// Bytes of memory of this process; 0 where the kernel does not say.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

impl<'s> Search<'s> {
    pub(super) fn new(
        lore: &'s mut Lore,
        numbering: &'s mut Numbering,
        limits: Limits,
        progress: &'s dyn Fn(Progress),
    ) -> Search<'s> {
        Search {
            lore,
            limits,
            progress,
            graph: Graph::default(),
            known: Map::default(),
            path: Path::default(),
            numbering,
            beyond: None,
            events: Vec::new(),
        }
    }

    /// Finds everything that can be reached from a position; tells which bound was reached, if one was. Where objects
    /// turn out to be contended that were not, the search ends early, for it has to begin anew.
    pub(super) fn run(&mut self, mut at: Position) -> Option<Bound> {
        const LOOK: usize = 1024;
        // More may be wrong than is known: what follows tells some of it.
        const GO_ON: u32 = 64;
        at.settle(None, self.lore, &mut self.events);
        self.graph.first = label(&self.events);
        let conflicts = self.lore.contention.conflicts();
        let mut stack: Vec<Trying> = Vec::new();
        // The choice that is made next, where the position is.
        let (_, mut next) = self.add(&mut at, &mut stack);
        let (mut looked, mut left) = (0, GO_ON);
        loop {
            let (from, choice) = match next.take() {
                Some(next) => next,
                None => {
                    let Some(trying) = stack.last_mut() else {
                        let states = self.graph.nodes.len();
                        let told = self.lore.contention.was_time_told();
                        let settled = self.lore.contention.conflicts() == conflicts;
                        return (told && settled).then_some(Bound::Beyond(Beyond::Time, states));
                    };
                    let Some(choice) = trying.choices.next() else {
                        stack.pop();
                        continue;
                    };
                    at.go_back(&trying.bookmark);
                    self.path.go_back(trying.depth);
                    (trying.node, choice)
                }
            };
            self.events.clear();
            at.take(choice, self.lore, &mut self.events);
            let label = label(&self.events);
            let to;
            (to, next) = self.add(&mut at, &mut stack);
            self.graph.add_edge(from, to, choice, label);
            if self.path.contains(to)
                && let Some(trying) = stack.last_mut().filter(|trying| trying.node == from)
            {
                // Round and round, and what the others do would never be tried.
                let left = trying.choices.by_ref().collect::<Vec<_>>();
                let rest = std::mem::take(&mut trying.rest);
                trying.choices = [left, rest].concat().into_iter();
            }
            let states = self.graph.nodes.len();
            if let Some(beyond) = self.beyond {
                return Some(Bound::Beyond(beyond, states));
            }
            if self.lore.contention.conflicts() > conflicts {
                left -= 1;
                if left == 0 || states >= self.limits.states {
                    return None;
                }
            }
            if states >= self.limits.states {
                return Some(Bound::States(states));
            }
            if states >= looked + LOOK {
                looked = states;
                let memory = resident();
                (self.progress)(Progress {
                    states,
                    frontier: stack.len(),
                    memory,
                });
                if memory > self.limits.memory {
                    return Some(Bound::Memory(states));
                }
            }
        }
    }

    /// The node of a position, and the choice that is made there at once; its others are tried later.
    fn add(&mut self, at: &mut Position, stack: &mut Vec<Trying>) -> (u32, Option<(u32, Choice)>) {
        let number = at.number(self.lore, self.numbering);
        if let Some(known) = self.known.get(&number) {
            return (*known, None);
        }
        let node = self.graph.add_node(at.main_end().map(|end| end.status));
        self.known.insert(number, node);
        self.beyond = self.beyond.or_else(|| at.beyond());
        self.path.push(node);
        let Choices { persistent, rest } = at.choices(self.lore);
        let mut choices = persistent.into_iter();
        let Some(first) = choices.next() else {
            self.graph.end(node, ending(at));
            return (node, None);
        };
        if !choices.as_slice().is_empty() || !rest.is_empty() {
            stack.push(Trying {
                node,
                depth: self.path.nodes.len(),
                bookmark: at.bookmark(),
                choices,
                rest,
            });
        }
        (node, Some((node, first)))
    }
}

/// How it has ended where nothing can happen any more.
fn ending(position: &Position) -> Ending {
    match position.main_end() {
        Some(end) if position.is_over() => Ending::Done(end),
        end => Ending::Deadlocked(end.map(|end| end.status)),
    }
}
