//! From an outcome to a schedule: the shortest way there, and the way made again.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::graph::{Ending, Label};
use super::position::{Choice, Position};
use super::search::written;
use super::{Explored, Write};
use crate::machine::{Event, Machine};
use crate::run::Steps;

/// What is chosen, step by step, from the beginning to an end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Way(pub Vec<Choice>);

/// A way that was gone again.
#[derive(Debug)]
pub struct Replayed {
    /// The machine at its end.
    pub machine: Machine,
    /// Every step of the machine: what `ktm run --schedule` takes.
    pub steps: Steps,
    /// All that happened.
    pub events: Vec<Event>,
    /// What was written to standard output.
    pub writes: Vec<Write>,
}

/// A position with what is remembered of the way there, and how it was reached first.
struct Visit {
    at: u32,
    memory: u32,
    before: usize,
    choice: Choice,
}

impl Replayed {
    /// All that was written to standard output.
    #[must_use]
    pub fn output(&self) -> Vec<u8> {
        self.writes
            .iter()
            .flat_map(|write| &write.bytes)
            .copied()
            .collect()
    }
}

impl Explored {
    /// The shortest way on which exactly this is printed and the program ends so; any ending if none is given.
    #[must_use]
    pub fn way_to_output(&self, output: &[u8], wanted: Option<Ending>) -> Option<Way> {
        let see = |printed: &usize, label: &Label| {
            label.writes.iter().try_fold(*printed, |printed, write| {
                let rest = output.get(printed..)?;
                rest.starts_with(&write.bytes)
                    .then(|| printed + write.bytes.len())
            })
        };
        let goal = |printed: &usize, ending: &Ending| {
            *printed == output.len() && wanted.is_none_or(|wanted| wanted == *ending)
        };
        Some(self.way_where(0, see, goal)?.0)
    }

    /// The shortest way to an ending.
    #[must_use]
    pub fn way_to_ending(&self, wanted: Ending) -> Option<Way> {
        let see = |(): &(), _: &Label| Some(());
        Some(self.way_where((), see, |(), ending| *ending == wanted)?.0)
    }

    /// The shortest way to an end with a memory that is looked for, where `see` keeps what matters of the steps so far, and
    /// has nothing to keep where no step may lead.
    pub(super) fn way_where<M: Clone + Eq + Hash>(
        &self,
        start: M,
        see: impl Fn(&M, &Label) -> Option<M>,
        goal: impl Fn(&M, &Ending) -> bool,
    ) -> Option<(Way, Ending, M)> {
        let mut memories = Memories::default();
        let start = memories.number(see(&start, &self.graph.first)?);
        let mut seen = HashSet::from([(0u32, start)]);
        let mut visits = vec![Visit {
            at: 0,
            memory: start,
            before: usize::MAX,
            choice: Choice::Clock,
        }];
        let mut next = 0;
        while let Some(Visit { at, memory, .. }) = visits.get(next) {
            let (at, memory) = (*at, memories.get(*memory)?);
            let node = self.graph.node(at)?;
            if let Some(ending) = node.ending
                && goal(&memory, &ending)
            {
                return Some((way_of_visits(&visits, next), ending, memory));
            }
            for edge in &node.edges {
                let Some(memory) = see(&memory, self.graph.label(edge)?) else {
                    continue;
                };
                let memory = memories.number(memory);
                if seen.insert((edge.to, memory)) {
                    visits.push(Visit {
                        at: edge.to,
                        memory,
                        before: next,
                        choice: edge.choice,
                    });
                }
            }
            next += 1;
        }
        None
    }

    /// Goes a way again.
    #[must_use]
    pub fn replay(&self, way: &Way) -> Replayed {
        let mut lore = self.lore.clone();
        lore.steps = Some(Vec::new());
        let mut position = Position::new(self.start.clone());
        let mut events = Vec::new();
        position.settle(None, &mut lore, &mut events);
        for choice in &way.0 {
            position.take(*choice, &mut lore, &mut events);
        }
        Replayed {
            machine: position.machine().clone(),
            steps: Steps(lore.steps.take().unwrap_or_default()),
            writes: written(&events),
            events,
        }
    }
}

/// What is remembered, by number: few memories are met at many positions.
struct Memories<M> {
    all: Vec<M>,
    known: HashMap<M, u32>,
}

impl<M> Default for Memories<M> {
    fn default() -> Memories<M> {
        Memories {
            all: Vec::new(),
            known: HashMap::new(),
        }
    }
}

impl<M: Clone + Eq + Hash> Memories<M> {
    fn number(&mut self, memory: M) -> u32 {
        let fresh = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        *self.known.entry(memory).or_insert_with_key(|memory| {
            self.all.push(memory.clone());
            fresh
        })
    }

    fn get(&self, number: u32) -> Option<M> {
        self.all.get(number as usize).cloned()
    }
}

fn way_of_visits(visits: &[Visit], mut at: usize) -> Way {
    let mut way = Vec::new();
    while let Some(visit) = visits.get(at).filter(|visit| visit.before != usize::MAX) {
        way.push(visit.choice);
        at = visit.before;
    }
    way.reverse();
    Way(way)
}
