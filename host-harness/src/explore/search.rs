//! The search: every position, every choice in it.

use std::collections::HashMap;

use kernel_model::abi::effect::Stream;

use super::graph::{Ending, Graph, Write};
use super::position::{Choice, Lore, Position};
use crate::machine::Event;

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
}

/// A position whose choices are being tried.
struct Trying {
    node: u32,
    position: Position,
    choices: std::vec::IntoIter<Choice>,
}

/// Searches from one position.
pub(super) struct Search<'s> {
    pub(super) lore: &'s mut Lore,
    pub(super) limits: Limits,
    pub(super) progress: &'s dyn Fn(Progress),
    pub(super) graph: Graph,
    known: HashMap<u128, u32>,
    scratch: Vec<u64>,
    /// Positions that are over and whose tables can be written over.
    spare: Vec<Position>,
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
    pub(super) fn new(lore: &'s mut Lore, limits: Limits, progress: &'s dyn Fn(Progress)) -> Search<'s> {
        Search {
            lore,
            limits,
            progress,
            graph: Graph::default(),
            known: HashMap::new(),
            scratch: Vec::new(),
            spare: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Finds everything that can be reached from a position; tells which bound was reached, if one was. Where objects
    /// turn out to be contended that were not, the search ends early, for it has to begin anew.
    pub(super) fn run(&mut self, mut start: Position) -> Option<Bound> {
        const LOOK: usize = 1024;
        start.settle(self.lore, &mut self.events);
        self.graph.first = written(&self.events);
        let contended = self.lore.contention.len();
        let mut stack = Vec::new();
        self.add(start, &mut stack);
        let mut looked = 0;
        while let Some(trying) = stack.last_mut() {
            let Some(choice) = trying.choices.next() else {
                self.spare.extend(stack.pop().map(|trying| trying.position));
                continue;
            };
            let from = trying.node;
            let position = if trying.choices.as_slice().is_empty() {
                // The last one needs no copy.
                match stack.pop() {
                    Some(trying) => trying.position,
                    None => break,
                }
            } else {
                self.copy(&trying.position)
            };
            self.step(from, position, choice, &mut stack);
            let states = self.graph.nodes.len();
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
                if self.lore.contention.len() > contended {
                    return None;
                }
            }
        }
        None
    }

    fn copy(&mut self, position: &Position) -> Position {
        match self.spare.pop() {
            Some(mut spare) => {
                spare.clone_from(position);
                spare
            }
            None => position.clone(),
        }
    }

    fn step(&mut self, from: u32, mut position: Position, choice: Choice, stack: &mut Vec<Trying>) {
        self.events.clear();
        position.take(choice, self.lore, &mut self.events);
        let label = written(&self.events);
        let to = self.add(position, stack);
        self.graph.add_edge(from, to, choice, label);
    }

    /// The node of a position; a new one is tried next.
    fn add(&mut self, mut position: Position, stack: &mut Vec<Trying>) -> u32 {
        let number = position.number(self.lore, &mut self.scratch);
        if let Some(known) = self.known.get(&number) {
            self.spare.push(position);
            return *known;
        }
        let node = self.graph.add_node();
        self.known.insert(number, node);
        let choices = position.choices(self.lore);
        if choices.is_empty() {
            self.graph.end(node, ending(&position));
            self.spare.push(position);
        } else {
            stack.push(Trying {
                node,
                position,
                choices: choices.into_iter(),
            });
        }
        node
    }
}

/// How it has ended where nothing can happen any more.
fn ending(position: &Position) -> Ending {
    match position.main_end() {
        Some(end) if position.is_over() => Ending::Done(end),
        end => Ending::Deadlocked(end.map(|end| end.status)),
    }
}
