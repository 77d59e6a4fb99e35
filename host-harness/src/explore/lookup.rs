//! What the running kernel has shown, looked up in what was found.

use super::language::Automaton;
use super::position::Choice;
use super::{Ending, Explored};
use crate::native::{Answer, Search, Texts};
use crate::run::shell_status;

/// What is known of a native run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// It showed this output.
    Output(Vec<u8>),
    /// It was stopped while the program may have slept; what it had printed begins an output.
    Beginning,
    /// There are too many ways in which its numbers could be those of the model.
    Unclear,
    /// Nothing: the model cannot do this.
    Nothing,
}

/// The outputs; a place is a state of the automaton, from which there is a way to an end.
impl Texts for Automaton<u8> {
    type At = u32;

    fn start(&self) -> u32 {
        0
    }

    fn after(&self, at: u32, byte: u8) -> Option<u32> {
        Automaton::after(self, at, byte)
    }
}

impl Explored {
    /// Looks up what a native run gave, up to the numbers of processes and addresses.
    #[must_use]
    pub fn look_up(&self, answer: &Answer) -> Found {
        let explains = |ending: &Ending| match (ending, answer.status) {
            (Ending::Done(end), Some(status)) => shell_status(end.status) == status,
            // Stopped: it hangs.
            (ending, _) => !matches!(ending, Ending::Done(_)),
        };
        let mut output = None;
        let found = answer.pattern.find(&self.outputs, &mut |at, read| {
            let explained = self.endings_at(at).any(|ending| explains(&ending));
            output = explained.then(|| read.to_vec());
            explained
        });
        match (found, output) {
            (Search::Found, Some(output)) => return Found::Output(output),
            (Search::GivenUp, _) => return Found::Unclear,
            (Search::Found | Search::Nowhere, _) => {}
        }
        if answer.status.is_some() || !self.takes_time() {
            return Found::Nothing;
        }
        match answer.pattern.find(&self.outputs, &mut |_, _| true) {
            Search::Found => Found::Beginning,
            Search::GivenUp => Found::Unclear,
            Search::Nowhere => Found::Nothing,
        }
    }

    /// Whether anybody sleeps for a time.
    fn takes_time(&self) -> bool {
        let mut edges = self.graph.nodes.iter().flat_map(|node| &node.edges);
        edges.any(|edge| edge.choice == Choice::Clock)
    }
}
