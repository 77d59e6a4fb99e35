//! The positions that were found, and the steps between them.

use kernel_model::abi::ids::Pid;
use kernel_model::abi::wait::WaitStatus;

use super::position::{Choice, MainEnd};
use super::trail::{Trail, Trails};
use crate::machine::hash::Map;

/// Something that was written to standard output at once.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Write {
    /// By whom.
    pub by: Pid,
    /// What.
    pub bytes: Vec<u8>,
}

/// A task that was created.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Birth {
    /// Its number.
    pub child: Pid,
    /// The task that created it.
    pub parent: Pid,
    /// Whether it is a thread of the same process.
    pub thread: bool,
}

/// How a program can end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ending {
    /// All of it is gone.
    Done(MainEnd),
    /// Some of it is left and can never go on. How the first process ended, if it has.
    Deadlocked(Option<WaitStatus>),
    /// It goes on for ever and comes to no end whatever happens. How the first process ended, if it has.
    Livelocked(Option<WaitStatus>),
}

impl Ending {
    /// How the first process ended, if it has.
    #[must_use]
    pub const fn status(&self) -> Option<WaitStatus> {
        match self {
            Ending::Done(end) => Some(end.status),
            Ending::Deadlocked(status) | Ending::Livelocked(status) => *status,
        }
    }
}

/// A step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) to: u32,
    /// Which of the graph's labels.
    pub(super) label: u32,
    /// Which of the graph's trails.
    pub(super) trail: u32,
    pub(super) choice: Choice,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// How the first process ended, if it has by then.
    pub(super) status: Option<WaitStatus>,
    pub(super) edges: Vec<Edge>,
    pub(super) ending: Option<Ending>,
}

/// What is remembered of a step.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Label {
    pub(super) writes: Vec<Write>,
    pub(super) births: Vec<Birth>,
}

#[derive(Clone, Debug, Default)]
struct Labels {
    all: Vec<Label>,
    known: Map<Label, u32>,
}

impl Labels {
    fn number(&mut self, label: Label) -> u32 {
        if let Some(number) = self.known.get(&label) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(label.clone());
        self.known.insert(label, number);
        number
    }
}

/// All positions and steps; the first position is where the first choice is.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    labels: Labels,
    pub(super) trails: Trails,
    /// What happens before there is anything to choose.
    pub(super) first: Label,
}

impl Graph {
    /// Nothing is known yet but what happens before there is anything to choose.
    pub(super) fn after(first: Label) -> Graph {
        Graph {
            first,
            ..Graph::default()
        }
    }

    pub(super) fn add_node(&mut self, status: Option<WaitStatus>) -> u32 {
        let node = self.next();
        self.nodes.push(Node {
            status,
            ..Node::default()
        });
        node
    }

    /// The number that the next position gets.
    pub(super) fn next(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn node(&self, at: u32) -> Option<&Node> {
        self.nodes.get(at as usize)
    }

    /// What a step is that was made.
    pub(super) fn step(&mut self, to: u32, choice: Choice, label: Label, trail: &Trail) -> Edge {
        Edge {
            to,
            label: self.labels.number(label),
            trail: self.trails.number(trail),
            choice,
        }
    }

    pub(super) fn add_edge(&mut self, from: u32, edge: Edge) {
        if let Some(node) = self.nodes.get_mut(from as usize) {
            node.edges.push(edge);
        }
    }

    /// The step that a choice makes, if it was made.
    pub(super) fn edge(&self, from: u32, choice: Choice) -> Option<Edge> {
        let mut edges = self.node(from)?.edges.iter();
        edges.find(|edge| edge.choice == choice).copied()
    }

    pub(super) fn end(&mut self, at: u32, ending: Ending) {
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.ending = Some(ending);
        }
    }

    pub(super) fn label(&self, edge: &Edge) -> Option<&Label> {
        self.labels.all.get(edge.label as usize)
    }

    /// What is written in a step.
    pub(super) fn writes(&self, edge: &Edge) -> &[Write] {
        self.label(edge).map_or(&[], |label| &label.writes)
    }

    pub(super) fn edges(&self) -> usize {
        self.nodes.iter().map(|node| node.edges.len()).sum()
    }

    /// The strongly connected components, each behind those that it leads to.
    pub(super) fn components(&self) -> Vec<Vec<u32>> {
        Tarjan::new(self).run()
    }
}

/// Tarjan's algorithm, without recursion: a chain of positions can be long.
struct Tarjan<'g> {
    graph: &'g Graph,
    index: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<u32>,
    next: u32,
    components: Vec<Vec<u32>>,
}

const UNSEEN: u32 = u32::MAX;

#[allow(
    clippy::indexing_slicing,
    reason = "every index is the number of a node, and there is a place for each"
)]
impl<'g> Tarjan<'g> {
    fn new(graph: &'g Graph) -> Tarjan<'g> {
        let count = graph.nodes.len();
        Tarjan {
            graph,
            index: vec![UNSEEN; count],
            low: vec![0; count],
            on_stack: vec![false; count],
            stack: Vec::new(),
            next: 0,
            components: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Vec<u32>> {
        for root in 0..u32::try_from(self.graph.nodes.len()).unwrap_or(u32::MAX) {
            if self.index[root as usize] == UNSEEN {
                self.visit(root);
            }
        }
        self.components
    }

    fn enter(&mut self, at: u32) {
        self.index[at as usize] = self.next;
        self.low[at as usize] = self.next;
        self.next += 1;
        self.stack.push(at);
        self.on_stack[at as usize] = true;
    }

    fn visit(&mut self, root: u32) {
        let mut calls = vec![(root, 0usize)];
        self.enter(root);
        while let Some((at, edge)) = calls.last_mut() {
            let at = *at;
            if let Some(to) = self.graph.nodes[at as usize].edges.get(*edge).map(|edge| edge.to) {
                *edge += 1;
                if self.index[to as usize] == UNSEEN {
                    self.enter(to);
                    calls.push((to, 0));
                } else if self.on_stack[to as usize] {
                    self.low[at as usize] = self.low[at as usize].min(self.index[to as usize]);
                }
                continue;
            }
            calls.pop();
            if let Some((parent, _)) = calls.last() {
                self.low[*parent as usize] = self.low[*parent as usize].min(self.low[at as usize]);
            }
            if self.low[at as usize] == self.index[at as usize] {
                self.leave(at);
            }
        }
    }

    fn leave(&mut self, root: u32) {
        let mut component = Vec::new();
        while let Some(at) = self.stack.pop() {
            self.on_stack[at as usize] = false;
            component.push(at);
            if at == root {
                break;
            }
        }
        self.components.push(component);
    }
}
