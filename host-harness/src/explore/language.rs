//! All words that lead through a graph: counted and listed on the determinised graph, in which every word has one way.

use std::hash::Hash;

use crate::machine::hash::Map;

/// How many words there are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Count {
    /// So many.
    Exactly(u128),
    /// More than 2^128.
    TooMany,
    /// There is no end to them: a loop writes.
    Infinite,
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Count::Exactly(count) => write!(f, "{count}"),
            Count::TooMany => f.write_str("more than 3.4e38"),
            Count::Infinite => f.write_str("infinitely many"),
        }
    }
}

/// A graph whose steps may write any number of symbols.
#[derive(Clone, Debug)]
pub(super) struct Words<S> {
    nodes: Vec<Place<S>>,
}

#[derive(Clone, Debug)]
struct Place<S> {
    silent: Vec<u32>,
    steps: Vec<(S, u32)>,
    /// Which endings there are here.
    ends: Vec<u32>,
}

impl<S> Default for Place<S> {
    fn default() -> Place<S> {
        Place {
            silent: Vec::new(),
            steps: Vec::new(),
            ends: Vec::new(),
        }
    }
}

#[allow(
    clippy::indexing_slicing,
    reason = "every index is the number of a place, and there is one for each"
)]
impl<S: Copy + Ord + Hash> Words<S> {
    /// So many places; words begin in the first.
    pub(super) fn new(places: usize) -> Words<S> {
        Words {
            nodes: (0..places).map(|_| Place::default()).collect(),
        }
    }

    fn fresh(&mut self) -> u32 {
        self.nodes.push(Place::default());
        u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
    }

    /// A step that writes these symbols.
    pub(super) fn step(&mut self, from: u32, symbols: impl IntoIterator<Item = S>, to: u32) {
        let mut at = from;
        let mut symbols = symbols.into_iter().peekable();
        let Some(_) = symbols.peek() else {
            if from != to {
                self.nodes[from as usize].silent.push(to);
            }
            return;
        };
        while let Some(symbol) = symbols.next() {
            let next = if symbols.peek().is_some() {
                self.fresh()
            } else {
                to
            };
            self.nodes[at as usize].steps.push((symbol, next));
            at = next;
        }
    }

    /// Words can end here, in this way.
    pub(super) fn end(&mut self, at: u32, ending: u32) {
        self.nodes[at as usize].ends.push(ending);
    }

    /// Forgets what leads to no end.
    fn trim(&mut self) {
        let count = self.nodes.len();
        let mut before = vec![Vec::new(); count];
        for (from, node) in (0u32..).zip(&self.nodes) {
            let targets = node.silent.iter().chain(node.steps.iter().map(|(_, to)| to));
            targets.for_each(|to| before[*to as usize].push(from));
        }
        let mut good: Vec<bool> = self.nodes.iter().map(|node| !node.ends.is_empty()).collect();
        let mut left: Vec<u32> = (0u32..)
            .zip(&good)
            .filter(|(_, good)| **good)
            .map(|(at, _)| at)
            .collect();
        while let Some(at) = left.pop() {
            for from in &before[at as usize] {
                if !std::mem::replace(&mut good[*from as usize], true) {
                    left.push(*from);
                }
            }
        }
        for node in &mut self.nodes {
            node.silent.retain(|to| good[*to as usize]);
            node.steps.retain(|(_, to)| good[*to as usize]);
        }
    }

    /// All places that can be reached without writing.
    fn closure(&self, from: impl IntoIterator<Item = u32>, seen: &mut [u32], round: u32) -> Vec<u32> {
        let mut all: Vec<u32> = Vec::new();
        let mut left: Vec<u32> = from.into_iter().collect();
        while let Some(at) = left.pop() {
            if std::mem::replace(&mut seen[at as usize], round) != round {
                let node = &self.nodes[at as usize];
                left.extend(&node.silent);
                // A place that only leads on is not kept: sets that differ in it are the same.
                if !node.steps.is_empty() || !node.ends.is_empty() {
                    all.push(at);
                }
            }
        }
        all.sort_unstable();
        all
    }

    /// The same words, with one way for each.
    pub(super) fn determinise(mut self) -> Automaton<S> {
        self.trim();
        let mut seen = vec![0; self.nodes.len()];
        let mut round = 1;
        let start = self.closure([0], &mut seen, round);
        let mut known: Map<Vec<u32>, u32> = Map::default();
        known.insert(start.clone(), 0);
        let mut sets = vec![start];
        let mut states: Vec<State<S>> = Vec::new();
        while let Some(set) = sets.get(states.len()).cloned() {
            let mut ends: Vec<u32> = set
                .iter()
                .flat_map(|at| &self.nodes[*at as usize].ends)
                .copied()
                .collect();
            ends.sort_unstable();
            ends.dedup();
            let mut steps: Vec<(S, u32)> = set
                .iter()
                .flat_map(|at| &self.nodes[*at as usize].steps)
                .copied()
                .collect();
            steps.sort_unstable();
            steps.dedup();
            let mut state = State {
                ends,
                steps: Vec::new(),
            };
            for group in steps.chunk_by(|a, b| a.0 == b.0) {
                round += 1;
                let to = self.closure(group.iter().map(|(_, to)| *to), &mut seen, round);
                let fresh = u32::try_from(sets.len()).unwrap_or(u32::MAX);
                let number = *known.entry(to).or_insert_with_key(|to| {
                    sets.push(to.clone());
                    fresh
                });
                state.steps.push((group[0].0, number));
            }
            states.push(state);
        }
        Automaton { states }
    }
}

#[derive(Clone, Debug)]
struct State<S> {
    /// The ways in which a word can end here.
    ends: Vec<u32>,
    /// By symbol.
    steps: Vec<(S, u32)>,
}

/// What leads on, by symbol.
pub(super) type Steps<'a, S> = &'a [(S, u32)];

/// A graph in which every word has one way, and every way leads to an end.
#[derive(Clone, Debug)]
pub(super) struct Automaton<S> {
    states: Vec<State<S>>,
}

#[allow(clippy::indexing_slicing, reason = "every index is the number of a state")]
impl<S: Copy + Ord + Hash> Automaton<S> {
    /// How many words there are, each counted so often as `weight` says of the ways in which it can end.
    pub(super) fn count(&self, weight: impl Fn(&[u32]) -> u128) -> Count {
        match self.order() {
            None => Count::Infinite,
            Some(order) => {
                let mut counts = vec![0u128; self.states.len()];
                for at in order {
                    let state = &self.states[at as usize];
                    let mut sum = weight(&state.ends);
                    for (_, to) in &state.steps {
                        match sum.checked_add(counts[*to as usize]) {
                            Some(more) => sum = more,
                            None => return Count::TooMany,
                        }
                    }
                    counts[at as usize] = sum;
                }
                Count::Exactly(counts.first().copied().unwrap_or(0))
            }
        }
    }

    /// How words can end in a state, and what leads on.
    pub(super) fn state(&self, at: u32) -> Option<(&[u32], Steps<'_, S>)> {
        let state = self.states.get(at as usize)?;
        Some((&state.ends, &state.steps))
    }

    /// The states, each behind those that it leads to; none if there is a loop.
    fn order(&self) -> Option<Vec<u32>> {
        let mut order = Vec::new();
        // 0: not seen, 1: on the way, 2: done.
        let mut colour = vec![0u8; self.states.len()];
        let mut calls = vec![(0u32, 0usize)];
        *colour.first_mut()? = 1;
        while let Some((at, step)) = calls.last_mut() {
            let at = *at;
            if let Some((_, to)) = self.states[at as usize].steps.get(*step) {
                *step += 1;
                match colour[*to as usize] {
                    0 => {
                        colour[*to as usize] = 1;
                        calls.push((*to, 0));
                    }
                    1 => return None,
                    _ => {}
                }
            } else {
                colour[at as usize] = 2;
                order.push(at);
                calls.pop();
            }
        }
        Some(order)
    }

    /// Where one symbol leads.
    pub(super) fn after(&self, at: u32, symbol: S) -> Option<u32> {
        let steps = &self.states.get(at as usize)?.steps;
        let step = steps.binary_search_by_key(&symbol, |(symbol, _)| *symbol).ok()?;
        Some(steps[step].1)
    }

    /// Calls `visit` with every word and the ways in which it can end, by the order of symbols, until it says no. Words
    /// without end are never done: the caller has asked [`Self::count`].
    pub(super) fn for_each(&self, visit: &mut dyn FnMut(&[S], &[u32]) -> bool) {
        let mut word = Vec::new();
        let mut calls = vec![(0u32, 0usize)];
        while let Some((at, step)) = calls.last_mut() {
            let Some(state) = self.states.get(*at as usize) else {
                return;
            };
            if *step == 0 && !state.ends.is_empty() && !visit(&word, &state.ends) {
                return;
            }
            if let Some((symbol, to)) = state.steps.get(*step) {
                *step += 1;
                word.push(*symbol);
                calls.push((*to, 0));
            } else {
                calls.pop();
                word.pop();
            }
        }
    }
}
