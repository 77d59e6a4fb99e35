//! The search: every position, every choice in it.

use std::sync::Arc;

use kernel_model::abi::effect::{Effect, Stream};
use kernel_model::abi::flags::CloneFlags;

use super::ahead::{Ahead, Look, Onward, Root, Spot};
use super::beyond::Beyond;
use super::graph::{Birth, Graph, Label, Write};
use super::number::{Number, Numbering};
use super::persistent::Choices;
use super::position::{Bookmark, Choice, Lore, Position};
use super::squares::Squares;
use crate::machine::Event;
use crate::machine::hash::Map;

/// After so many steps that have taught nothing, others look ahead.
const CALM: u32 = 32;
/// After so many steps more, those who have nothing to do can get work again.
const PATIENCE: u32 = 64;
/// In so many positions at most others can begin.
const ROOTS: usize = 64;

/// How far a search may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Positions.
    pub states: usize,
    /// Bytes of memory of this process.
    pub memory: u64,
    /// Processors: what is found is the same with any number of them.
    pub workers: usize,
}

impl Limits {
    /// The processors of this machine, as far as a search can feed them.
    #[must_use]
    pub fn processors() -> usize {
        const MOST: usize = 8;
        std::thread::available_parallelism().map_or(1, |cpus| cpus.get().min(MOST))
    }
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
    /// None as long as the machine was not there.
    bookmark: Option<Arc<Bookmark>>,
    choices: Vec<Choice>,
    /// How many of them have been made.
    made: usize,
    /// Those that are tried only if the others lead back.
    rest: Vec<Choice>,
    /// How the search has come there.
    way: u64,
    /// What others know of where the first choices lead.
    spot: Option<Arc<Spot>>,
}

impl Trying {
    fn next(&mut self) -> Option<Next> {
        let choice = *self.choices.get(self.made)?;
        let spot = self.spot.clone().map(|spot| (spot, self.made));
        self.made += 1;
        Some(Next {
            from: self.node,
            choice,
            spot,
        })
    }

    /// Where others can begin, if something is left to do.
    fn root(&mut self, revision: u64) -> Option<Root> {
        let bookmark = Arc::clone(self.bookmark.as_ref()?);
        if self.made == self.choices.len() {
            return None;
        }
        if let Some(spot) = self.spot.clone().filter(|spot| spot.is_of(revision)) {
            return Some(Root { spot, bookmark });
        }
        let look = Look {
            status: None,
            beyond: None,
            choices: Choices {
                persistent: self.choices.clone(),
                rest: Vec::new(),
            },
            ending: None,
        };
        let spot = Arc::new(Spot::new(look, revision, self.way, self.made));
        self.spot = Some(Arc::clone(&spot));
        Some(Root { spot, bookmark })
    }
}

/// A choice that is made next.
struct Next {
    from: u32,
    choice: Choice,
    /// Who may know where it leads, and which of the choices there it is.
    spot: Option<(Arc<Spot>, usize)>,
}

/// The positions from the first to the one where the search is.
#[derive(Default)]
struct Path {
    nodes: Vec<u32>,
    /// The choices that have led to them; to the first one none has.
    choices: Vec<Choice>,
    on_it: Vec<bool>,
}

impl Path {
    fn push(&mut self, node: u32, choice: Choice) {
        let at = node as usize;
        if self.on_it.len() <= at {
            self.on_it.resize(at + 1, false);
        }
        if let Some(on_it) = self.on_it.get_mut(at) {
            *on_it = true;
        }
        self.nodes.push(node);
        self.choices.push(choice);
    }

    fn go_back(&mut self, depth: usize) {
        self.choices.truncate(depth);
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
    squares: Squares,
    path: Path,
    at: Position,
    /// Whether the position is that at the end of the path.
    is_here: bool,
    /// The first position.
    start: Bookmark,
    stack: Vec<Trying>,
    numbering: &'s mut Numbering,
    /// What was met that cannot be explored.
    beyond: Option<Beyond>,
    events: Vec<Event>,
    ahead: Option<&'s Ahead>,
    /// How much was known after the last step, and for how many steps it has been so.
    revision: u64,
    calm: u32,
    /// How many conflicts were known when the search began.
    conflicts: usize,
    /// How many steps ago others got work.
    given: u32,
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
pub(super) fn label(events: &[Event]) -> Label {
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
    /// A search from this position on.
    pub(super) fn new(
        mut at: Position,
        lore: &'s mut Lore,
        numbering: &'s mut Numbering,
        limits: Limits,
        progress: &'s dyn Fn(Progress),
        ahead: Option<&'s Ahead>,
    ) -> Search<'s> {
        let mut events = Vec::new();
        at.settle(None, lore, &mut events);
        Search {
            graph: Graph::after(label(&events)),
            start: at.bookmark(),
            at,
            is_here: true,
            lore,
            limits,
            progress,
            known: Map::default(),
            squares: Squares::default(),
            path: Path::default(),
            stack: Vec::new(),
            numbering,
            beyond: None,
            events,
            ahead,
            revision: 0,
            calm: 0,
            conflicts: 0,
            given: 0,
        }
    }

    /// Finds everything that can be reached; tells which bound was reached, if one was. Where objects turn out to be
    /// contended that were not, the search ends early, for it has to begin anew. `conflicts` were known at the beginning.
    pub(super) fn run(&mut self, conflicts: usize) -> Option<Bound> {
        const LOOK: usize = 1024;
        // More may be wrong than is known: what follows tells some of it.
        const GO_ON: u32 = 64;
        self.conflicts = conflicts;
        let number = self.at.number(self.lore, self.numbering);
        let mut next = self.come_to(number, Choice::Clock);
        let (mut looked, mut left) = (0, GO_ON);
        loop {
            let Some(step) = next.take().or_else(|| self.go_back()) else {
                let states = self.graph.nodes.len();
                let told = self.lore.contention.was_time_told();
                let settled = self.lore.contention.conflicts() == conflicts;
                return (told && settled).then_some(Bound::Beyond(Beyond::Time, states));
            };
            let from = step.from;
            let to;
            (to, next) = self.make(step);
            if self.path.contains(to)
                && let Some(trying) = self.stack.last_mut().filter(|trying| trying.node == from)
            {
                // Round and round, and what the others do would never be tried.
                trying.choices.append(&mut trying.rest);
            }
            self.share();
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
                    frontier: self.stack.len(),
                    memory,
                });
                if memory > self.limits.memory {
                    return Some(Bound::Memory(states));
                }
            }
        }
    }

    /// The next choice of the last position that has some left.
    fn go_back(&mut self) -> Option<Next> {
        loop {
            let trying = self.stack.last_mut()?;
            if let Some(next) = trying.next() {
                self.is_here &= self.path.nodes.len() == trying.depth;
                self.path.go_back(trying.depth);
                return Some(next);
            }
            self.stack.pop();
        }
    }

    /// Brings the machine to the end of the path.
    fn be_here(&mut self) {
        if std::mem::replace(&mut self.is_here, true) {
            return;
        }
        let last = self.stack.iter().rev().find(|trying| trying.bookmark.is_some());
        let (depth, bookmark) = match last.map(|trying| (trying.depth, trying.bookmark.as_deref())) {
            Some((depth, Some(bookmark))) => (depth, bookmark),
            _ => (1, &self.start),
        };
        self.at.go_back(bookmark);
        for choice in self.path.choices.iter().skip(depth) {
            self.events.clear();
            self.at.take(*choice, self.lore, &mut self.events);
        }
    }

    /// Makes a step, or hears from others where it leads; returns where that is, and the choice that is made there at once.
    fn make(&mut self, step: Next) -> (u32, Option<Next>) {
        let Next { from, choice, spot } = step;
        let told = spot.and_then(|(spot, at)| spot.onward(at, self.revision));
        if self.shows_steps()
            && let Some(edge) = self.squares.close(&mut self.graph, from, choice)
        {
            self.graph.add_edge(from, edge);
            return (edge.to, None);
        }
        let is_made = told.is_none();
        let Onward {
            to: number,
            label,
            trail,
        } = match told {
            Some(onward) => onward,
            None => self.take(from, choice),
        };
        let known = self.known.get(&number.future).copied();
        let to = known.unwrap_or_else(|| self.graph.next());
        let trail = trail.as_ref().unwrap_or(&self.lore.trail);
        let edge = self.graph.step(to, choice, label, trail);
        self.graph.add_edge(from, edge);
        self.is_here = is_made && known.is_none();
        let next = match known {
            Some(_) => None,
            None => self.come_to(number, choice),
        };
        (to, next)
    }

    /// Whether steps can be told from others that were made. What was made before something was learned that others mind
    /// shows nothing: the search will begin anew, and the more steps the machine makes before, the more it learns.
    fn shows_steps(&self) -> bool {
        !self.lore.rules.every_step && self.lore.contention.conflicts() == self.conflicts
    }

    /// Whether the machine will have to make another step from this position, as far as can be told.
    fn comes_back(&mut self, from: u32) -> bool {
        let shows = self.shows_steps();
        let Some(trying) = self.stack.last().filter(|trying| trying.node == from) else {
            return false;
        };
        let mut left = trying.choices.iter().skip(trying.made);
        let mut is_shown =
            |choice: &Choice| shows && self.squares.close(&mut self.graph, from, *choice).is_some();
        !trying.rest.is_empty() || !left.all(&mut is_shown)
    }

    /// Lets the machine make a step.
    fn take(&mut self, from: u32, choice: Choice) -> Onward {
        self.be_here();
        if self.comes_back(from)
            && let Some(trying) = self.stack.last_mut()
        {
            trying
                .bookmark
                .get_or_insert_with(|| Arc::new(self.at.bookmark()));
        }
        self.events.clear();
        self.at.take(choice, self.lore, &mut self.events);
        Onward {
            to: self.at.number(self.lore, self.numbering),
            label: label(&self.events),
            trail: None,
        }
    }

    /// A position that is new; returns the choice that is made there at once, and its others are tried later.
    fn come_to(&mut self, number: Number, by: Choice) -> Option<Next> {
        let node = self.graph.next();
        self.squares.find(self.path.nodes.last().copied(), by);
        self.path.push(node, by);
        // The step that has led here may have taught something.
        let revision = self.lore.revision();
        let spot = self.ahead.and_then(|ahead| ahead.come_to(number, revision));
        let look = match &spot {
            Some(spot) => spot.look.clone(),
            None => {
                self.be_here();
                Look::at(&self.at, self.lore)
            }
        };
        self.known.insert(number.future, self.graph.add_node(look.status));
        self.beyond = self.beyond.or(look.beyond);
        if let Some(ending) = look.ending {
            self.graph.end(node, ending);
        }
        let Choices { persistent, rest } = look.choices;
        let single = persistent.len() < 2 && rest.is_empty();
        let mut trying = Trying {
            node,
            depth: self.path.nodes.len(),
            bookmark: None,
            choices: persistent,
            made: 0,
            rest,
            way: number.way,
            spot,
        };
        let first = trying.next();
        if !single {
            self.stack.push(trying);
        }
        first
    }

    /// Lets others look ahead once nothing has been learned for a while: at that first which comes last.
    fn share(&mut self) {
        let Some(ahead) = self.ahead else { return };
        let revision = self.lore.revision();
        if self.revision != revision {
            if self.calm >= CALM {
                ahead.forget();
            }
            (self.revision, self.calm) = (revision, 0);
            return;
        }
        self.calm = self.calm.saturating_add(1);
        self.given = self.given.saturating_add(1);
        if self.calm == CALM {
            ahead.learn(self.lore);
        }
        // What it has cost to come to a position is no part of it: where that is told, it hangs on who comes there first.
        let told = self.lore.contention.were_costs_told();
        if self.calm >= CALM && self.given >= PATIENCE && !told && ahead.wants_work() {
            self.given = 0;
            let roots = self.stack.iter_mut().filter_map(|trying| trying.root(revision));
            ahead.give(roots.take(ROOTS));
        }
    }
}
