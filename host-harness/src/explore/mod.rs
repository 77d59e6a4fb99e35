//! `ktm explore`: every order in which the processes and threads of a program can run, and all that it can print.
//!
//! The search goes over the same [`Machine`] that `ktm run` drives: a position is a machine
//! between two steps, a step is what one task does until another could notice. What nobody else minds (see
//! `footprint`) is done at once, so that only the orders are explored that somebody can tell apart.

mod ahead;
mod beyond;
mod births;
mod contention;
mod course;
mod export;
mod footprint;
mod garbage;
pub mod grade;
mod graph;
pub mod key;
mod language;
mod lookup;
mod monitor;
mod note;
mod number;
mod persistent;
mod position;
mod search;
mod settle;
mod squares;
mod step;
mod told;
mod trail;
mod tree;
mod way;
mod whole;

use std::collections::HashMap;

use kernel_model::abi::ids::Pid;

pub use beyond::Beyond;
pub use graph::{Birth, Ending, Write};
pub use language::Count;
pub use lookup::Found;
pub use monitor::Claim;
pub use position::{Choice, MainEnd, Rules};
pub use search::{Bound, Limits, Progress};
pub use tree::Tree;
pub use way::{Replayed, Way};

use ahead::Ahead;
use births::Numbers;
use contention::Contention;
use graph::Graph;
use language::{Automaton, Words};
use number::Numbering;
use position::{Lore, Position};
use search::Search;
use trail::Trail;

use crate::machine::Machine;
use crate::machine::random::SplitMix64;
use crate::run::{Loaded, RunOptions};

/// All that a program can do.
#[derive(Debug)]
pub struct Explored {
    graph: Graph,
    /// The ways in which it can end; outcomes name them by number.
    endings: Vec<Ending>,
    outputs: Automaton<u8>,
    bound: Option<Bound>,
    start: Machine,
    lore: Lore,
}

/// The world in which programs are explored where nobody asks for another: small, since there are many of it.
#[must_use]
pub fn world() -> RunOptions {
    RunOptions {
        tasks: 64,
        frames: 4096,
        files: 512,
        pipes: 128,
        pid_max: 4096,
        preempt_exit: true,
        ..RunOptions::default()
    }
}

/// Explores a program that has been loaded.
pub fn explore(
    loaded: Loaded,
    stdin: &[u8],
    rules: Rules,
    mut limits: Limits,
    progress: &dyn Fn(Progress),
) -> Explored {
    if rules.exact {
        // Who looks ahead and the search tell each other of positions by hashes.
        limits.workers = 1;
    }
    let mut start = loaded.machine;
    start.feed(stdin, &mut Vec::new());
    let view = start.kernel().view();
    let last = view.tasks.iter().map(|(_, t)| t.pid).max().unwrap_or(Pid::INIT);
    let mut lore = Lore {
        rules,
        numbers: Numbers::after(last),
        contention: Contention::default(),
        steps: None,
        trail: Trail::default(),
    };
    let ahead = Ahead::default();
    std::thread::scope(|scope| {
        for _ in 1..limits.workers {
            let machine = start.clone();
            scope.spawn(|| ahead.look_ahead(machine));
        }
        let _over = Over(&ahead);
        let (graph, bound) = search(&start, &mut lore, limits, progress, &ahead);
        let (endings, outputs) = outputs(&graph);
        Explored {
            graph,
            endings,
            outputs,
            bound,
            start,
            lore,
        }
    })
}

/// Those who look ahead go home, also where the search panics.
struct Over<'a>(&'a Ahead);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn search(
    start: &Machine,
    lore: &mut Lore,
    limits: Limits,
    progress: &dyn Fn(Progress),
    ahead: &Ahead,
) -> (Graph, Option<Bound>) {
    let mut numbering = match lore.rules.exact {
        true => Numbering::exact(),
        false => Numbering::new(limits.workers > 1),
    };
    loop {
        let conflicts = lore.contention.conflicts();
        ahead.begin();
        let others = (limits.workers > 1).then_some(ahead);
        let at = Position::new(start.clone());
        let mut search = Search::new(at, lore, &mut numbering, limits, progress, others);
        let bound = search.run(conflicts);
        let mut graph = std::mem::take(&mut search.graph);
        // What was taken for private was not: the positions found so far may not be all.
        if bound.is_some() || lore.contention.conflicts() == conflicts {
            if bound.is_none() {
                find_livelocks(&mut graph);
            }
            return (graph, bound);
        }
        wander(start, lore, graph.nodes.len());
    }
}

/// Makes steps at random, to learn cheaply what the next search would have to begin anew for.
fn wander(start: &Machine, lore: &mut Lore, steps: usize) {
    let mut position = Position::new(start.clone());
    let mut events = Vec::new();
    position.settle(None, lore, &mut events);
    let first = position.bookmark();
    // Other ways each time.
    let mut random = SplitMix64::new(lore.revision());
    for _ in 0..steps {
        events.clear();
        let choices = position.all_choices(lore);
        let drawn = random.draw().checked_rem(choices.len() as u64).unwrap_or(0);
        match choices.get(usize::try_from(drawn).unwrap_or(0)) {
            Some(choice) => position.take(*choice, lore, &mut events),
            None => position.go_back(&first),
        }
    }
}

/// Marks the loops from which no way leads out.
fn find_livelocks(graph: &mut Graph) {
    let mut component_of = vec![0usize; graph.nodes.len()];
    let components = graph.components();
    for (number, component) in components.iter().enumerate() {
        for at in component {
            if let Some(place) = component_of.get_mut(*at as usize) {
                *place = number;
            }
        }
    }
    for (number, component) in components.iter().enumerate() {
        let nodes = || component.iter().filter_map(|at| graph.node(*at));
        let leaves = nodes()
            .flat_map(|node| &node.edges)
            .any(|edge| component_of.get(edge.to as usize) != Some(&number));
        let ends = nodes().any(|node| node.ending.is_some());
        if !leaves && !ends {
            for at in component {
                let status = graph.node(*at).and_then(|node| node.status);
                graph.end(*at, Ending::Livelocked(status));
            }
        }
    }
}

fn outputs(graph: &Graph) -> (Vec<Ending>, Automaton<u8>) {
    let mut numbers: HashMap<Ending, u32> = HashMap::new();
    let mut endings = Vec::new();
    let mut words = Words::new(graph.nodes.len() + 1);
    let (start, first) = (
        0,
        graph
            .first
            .writes
            .iter()
            .flat_map(|write| write.bytes.iter().copied()),
    );
    words.step(start, first, 1);
    for (at, node) in (1u32..).zip(&graph.nodes) {
        for edge in &node.edges {
            let bytes = graph
                .writes(edge)
                .iter()
                .flat_map(|write| write.bytes.iter().copied());
            words.step(at, bytes, edge.to + 1);
        }
        if let Some(ending) = node.ending {
            let fresh = u32::try_from(endings.len()).unwrap_or(u32::MAX);
            let number = *numbers.entry(ending).or_insert_with(|| {
                endings.push(ending);
                fresh
            });
            words.end(at, number);
        }
    }
    (endings, words.determinise())
}

impl Explored {
    /// Which bound stopped the search; none if it is complete.
    #[must_use]
    pub fn bound(&self) -> Option<Bound> {
        self.bound
    }

    /// How many positions there are.
    #[must_use]
    pub fn states(&self) -> usize {
        self.graph.nodes.len()
    }

    /// How many steps lead from one to another.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.graph.edges()
    }

    /// How many different outputs there are.
    #[must_use]
    pub fn outputs(&self) -> Count {
        self.outputs.count(|ends| u128::from(!ends.is_empty()))
    }

    /// How many outcomes: an outcome is an output, a status and an ending.
    #[must_use]
    pub fn outcomes(&self) -> Count {
        self.outputs.count(|ends| ends.len() as u128)
    }

    /// How many orders of the writes, each with its writer.
    #[must_use]
    pub fn interleavings(&self) -> Count {
        let mut numbers: HashMap<&Write, u32> = HashMap::new();
        let mut words = Words::new(self.graph.nodes.len());
        for (at, node) in (0u32..).zip(&self.graph.nodes) {
            for edge in &node.edges {
                let mut events = Vec::new();
                for write in self.graph.writes(edge) {
                    let fresh = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                    events.push(*numbers.entry(write).or_insert(fresh));
                }
                words.step(at, events, edge.to);
            }
            if node.ending.is_some() {
                words.end(at, 0);
            }
        }
        words.determinise().count(|ends| u128::from(!ends.is_empty()))
    }

    /// The endings that some way leads to.
    #[must_use]
    pub fn endings(&self) -> &[Ending] {
        &self.endings
    }

    /// Calls `visit` with every output, by its bytes, and the endings that it can have, until `visit` says no. Of
    /// infinitely many there is no last one: see [`Self::outputs`].
    pub fn for_each_output(&self, visit: &mut dyn FnMut(&[u8], &[Ending]) -> bool) {
        self.outputs.for_each(&mut |bytes, ends| {
            let endings: Vec<Ending> = ends
                .iter()
                .filter_map(|end| self.endings.get(*end as usize).copied())
                .collect();
            visit(bytes, &endings)
        });
    }

    /// How the program can end after it has printed exactly this; none if it cannot print it.
    #[must_use]
    pub fn endings_of(&self, output: &[u8]) -> Option<Vec<Ending>> {
        let at = output
            .iter()
            .try_fold(0, |at, byte| self.outputs.after(at, *byte))?;
        let endings: Vec<Ending> = self.endings_at(at).collect();
        (!endings.is_empty()).then_some(endings)
    }

    /// How the program can end where its output is at this place of the automaton.
    fn endings_at(&self, at: u32) -> impl Iterator<Item = Ending> + '_ {
        let ends = self.outputs.state(at).map_or(&[][..], |(ends, _)| ends);
        ends.iter()
            .filter_map(|end| self.endings.get(*end as usize).copied())
    }
}
