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
    /// How many places there are.
    places: u32,
    silent: Vec<(u32, u32)>,
    steps: Vec<(u32, (S, u32))>,
    /// Which endings there are, and where.
    ends: Vec<(u32, u32)>,
}

/// What belongs to each of so many places, place by place.
struct Rows<T> {
    /// Where the row of a place begins, and behind the last place the end.
    starts: Vec<usize>,
    all: Vec<T>,
}

#[allow(
    clippy::indexing_slicing,
    reason = "every index is the number of a place, and there is a row for each"
)]
impl<T: Copy> Rows<T> {
    fn new(places: usize, items: impl DoubleEndedIterator<Item = (u32, T)> + Clone) -> Rows<T> {
        let mut starts = vec![0; places + 1];
        items.clone().for_each(|(at, _)| starts[at as usize] += 1);
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let first = items.clone().next().map(|(_, item)| item);
        let mut all = first.map_or(Vec::new(), |item| vec![item; end]);
        // From behind, so that a row keeps its order and its start is left where it begins.
        for (at, item) in items.rev() {
            starts[at as usize] -= 1;
            all[starts[at as usize]] = item;
        }
        Rows { starts, all }
    }

    fn row(&self, at: u32) -> &[T] {
        &self.all[self.starts[at as usize]..self.starts[at as usize + 1]]
    }
}

/// A graph of words, ready to be walked.
struct Walk<S> {
    silent: Rows<u32>,
    steps: Rows<(S, u32)>,
    ends: Rows<u32>,
    /// In which round a place was seen last.
    seen: Vec<u32>,
    round: u32,
    left: Vec<u32>,
}

#[allow(
    clippy::indexing_slicing,
    reason = "every index is the number of a place, and there is one for each"
)]
impl<S: Copy + Ord + Hash> Walk<S> {
    /// All places that can be reached without writing.
    fn closure(&mut self, from: impl IntoIterator<Item = u32>) -> Vec<u32> {
        self.round += 1;
        let mut all: Vec<u32> = Vec::new();
        self.left.clear();
        self.left.extend(from);
        while let Some(at) = self.left.pop() {
            if std::mem::replace(&mut self.seen[at as usize], self.round) != self.round {
                self.left.extend(self.silent.row(at));
                // A place that only leads on is not kept: sets that differ in it are the same.
                if !self.steps.row(at).is_empty() || !self.ends.row(at).is_empty() {
                    all.push(at);
                }
            }
        }
        all.sort_unstable();
        all
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
            places: u32::try_from(places).unwrap_or(u32::MAX),
            silent: Vec::new(),
            steps: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// A step that writes these symbols.
    pub(super) fn step(&mut self, from: u32, symbols: impl IntoIterator<Item = S>, to: u32) {
        let mut at = from;
        let mut symbols = symbols.into_iter();
        let Some(mut symbol) = symbols.next() else {
            if from != to {
                self.silent.push((from, to));
            }
            return;
        };
        for next in symbols {
            let between = self.places;
            self.places = self.places.saturating_add(1);
            self.steps.push((at, (symbol, between)));
            (at, symbol) = (between, next);
        }
        self.steps.push((at, (symbol, to)));
    }

    /// Words can end here, in this way.
    pub(super) fn end(&mut self, at: u32, ending: u32) {
        self.ends.push((at, ending));
    }

    /// Forgets what leads to no end.
    fn trim(&mut self) {
        let places = self.places as usize;
        let silent = self.silent.iter().map(|(from, to)| (*to, *from));
        let before_silent = Rows::new(places, silent);
        let steps = self.steps.iter().map(|(from, (_, to))| (*to, *from));
        let before_steps = Rows::new(places, steps);
        let mut good = vec![false; places];
        let mut left: Vec<u32> = self.ends.iter().map(|(at, _)| *at).collect();
        while let Some(at) = left.pop() {
            if !std::mem::replace(&mut good[at as usize], true) {
                left.extend(before_silent.row(at));
                left.extend(before_steps.row(at));
            }
        }
        self.silent.retain(|(_, to)| good[*to as usize]);
        self.steps.retain(|(_, (_, to))| good[*to as usize]);
    }

    fn walk(mut self) -> Walk<S> {
        self.trim();
        let places = self.places as usize;
        Walk {
            silent: Rows::new(places, self.silent.iter().copied()),
            steps: Rows::new(places, self.steps.iter().copied()),
            ends: Rows::new(places, self.ends.iter().copied()),
            seen: vec![0; places],
            round: 0,
            left: Vec::new(),
        }
    }

    /// The same words, with one way for each.
    pub(super) fn determinise(self) -> Automaton<S> {
        let mut walk = self.walk();
        let start = walk.closure([0]);
        let mut known: Map<Vec<u32>, u32> = Map::default();
        known.insert(start.clone(), 0);
        let mut sets = vec![start];
        let mut states: Vec<State<S>> = Vec::new();
        let mut steps: Vec<(S, u32)> = Vec::new();
        while let Some(set) = sets.get_mut(states.len()).map(std::mem::take) {
            let ends = set.iter().flat_map(|at| walk.ends.row(*at));
            let mut ends: Vec<u32> = ends.copied().collect();
            ends.sort_unstable();
            ends.dedup();
            steps.clear();
            steps.extend(set.iter().flat_map(|at| walk.steps.row(*at)));
            steps.sort_unstable();
            steps.dedup();
            let mut state = State {
                ends,
                steps: Vec::new(),
            };
            for group in steps.chunk_by(|a, b| a.0 == b.0) {
                let to = walk.closure(group.iter().map(|(_, to)| *to));
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
