//! From an outcome to a schedule: the shortest way there, and the way made again.

use std::collections::HashMap;

use super::graph::Ending;
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

/// A position, and how much was printed on the way there.
type Place = (u32, usize);
/// By which choice a place was reached first, and from where.
type Before = HashMap<Place, Option<(Place, Choice)>>;

impl Explored {
    /// The shortest way on which exactly this is printed and the program ends so; any ending if none is given.
    #[must_use]
    pub fn way_to_output(&self, output: &[u8], wanted: Option<Ending>) -> Option<Way> {
        let first: Vec<u8> = self
            .graph
            .first
            .iter()
            .flat_map(|write| &write.bytes)
            .copied()
            .collect();
        output.strip_prefix(first.as_slice())?;
        let start = (0u32, first.len());
        let mut before: Before = HashMap::from([(start, None)]);
        let mut level = vec![start];
        while !level.is_empty() {
            let mut next = Vec::new();
            for place in level {
                let (at, printed) = place;
                let node = self.graph.node(at)?;
                let fits = node
                    .ending
                    .is_some_and(|ending| wanted.is_none_or(|wanted| wanted == ending));
                if fits && printed == output.len() {
                    return Some(way_back(&before, place));
                }
                for edge in &node.edges {
                    let mut printed = printed;
                    let goes_on = self.graph.label(edge).iter().all(|write| {
                        let rest = output.get(printed..).unwrap_or(&[]);
                        printed += write.bytes.len();
                        rest.starts_with(&write.bytes)
                    });
                    let there = (edge.to, printed);
                    if goes_on && !before.contains_key(&there) {
                        before.insert(there, Some((place, edge.choice)));
                        next.push(there);
                    }
                }
            }
            level = next;
        }
        None
    }

    /// The shortest way to an ending.
    #[must_use]
    pub fn way_to_ending(&self, wanted: Ending) -> Option<Way> {
        let (_, way) = self.graph.way_to(|_, node| node.ending == Some(wanted))?;
        Some(Way(way))
    }

    /// Goes a way again.
    #[must_use]
    pub fn replay(&self, way: &Way) -> Replayed {
        let mut lore = self.lore.clone();
        lore.steps = Some(Vec::new());
        let mut position = Position::new(self.start.clone());
        let mut events = Vec::new();
        position.settle(&mut lore, &mut events);
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

fn way_back(before: &Before, mut at: Place) -> Way {
    let mut way = Vec::new();
    while let Some((from, choice)) = before.get(&at).copied().flatten() {
        way.push(choice);
        at = from;
    }
    way.reverse();
    Way(way)
}
