//! Squares: of two steps that can change places, one order shows where the other leads.
//!
//! From p one step leads to q and another to s, and they can change places. From q the second was made too: it did there
//! what it did in p, and led to t. Then the first leads from s to t, as well. Nothing is left out so, neither a position nor
//! a step; only the machine does not make the step again. With `Rules::every_step` it makes all, and what is found is the
//! same, as far as the trails tell all that is touched.

use super::graph::{Edge, Graph};
use super::position::Choice;

/// So many positions are looked back at most.
const REACH: u32 = 8;

/// How a position was found first.
#[derive(Clone, Copy, Debug)]
struct Finding {
    from: u32,
    by: Choice,
}

/// How positions were found: by the step that led to each first. Others that lead there close no more squares, for the
/// search goes deep first.
#[derive(Debug, Default)]
pub(super) struct Squares {
    found: Vec<Option<Finding>>,
}

impl Squares {
    /// The next position was found by a choice made in another; the first one by none.
    pub(super) fn find(&mut self, from: Option<u32>, by: Choice) {
        self.found.push(from.map(|from| Finding { from, by }));
    }

    /// The step that a choice would make, where others show it.
    pub(super) fn close(&self, graph: &mut Graph, at: u32, choice: Choice) -> Option<Edge> {
        self.close_within(graph, at, choice, REACH)
    }

    /// The same, and of the squares that show it first one may be so many steps back.
    fn close_within(&self, graph: &mut Graph, at: u32, choice: Choice, reach: u32) -> Option<Edge> {
        let Finding { from, by } = self.found.get(at as usize).copied()??;
        if choice.actor() == by.actor() {
            return None;
        }
        let first = match graph.edge(from, choice) {
            Some(made) => made,
            // It is tried there later than the step that led here, and may be known as well.
            None => self.close_within(graph, from, choice, reach.checked_sub(1)?)?,
        };
        let second = graph.edge(from, by)?;
        let again = graph.edge(first.to, by)?;
        let does_the_same = (again.label, again.trail) == (second.label, second.trail);
        let closes = does_the_same && graph.trails.commute(first.trail, second.trail);
        closes.then_some(Edge {
            to: again.to,
            ..first
        })
    }
}
