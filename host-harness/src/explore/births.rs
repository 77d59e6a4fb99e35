//! The numbers of processes: a task's n-th child has the same number, whatever others have forked before.

use std::collections::HashMap;

use kernel_model::abi::ids::Pid;

/// After so many children of one task, numbers are used again, as Linux does when all have been given out.
const CHILDREN: u32 = 256;

/// Which number the n-th child of a task has.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    given: HashMap<(Pid, u32), Pid>,
    last: u32,
}

impl Numbers {
    /// All up to this one are in use since boot.
    pub(super) fn after(last: Pid) -> Numbers {
        Numbers {
            given: HashMap::new(),
            last: last.0,
        }
    }

    /// The number of the child that a task creates after so many others.
    pub(super) fn of_child(&mut self, parent: Pid, children: u32) -> Pid {
        let last = &mut self.last;
        *self
            .given
            .entry((parent, children % CHILDREN))
            .or_insert_with(|| {
                *last += 1;
                Pid(*last)
            })
    }
}

/// How many children each task has created.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Births {
    counts: Vec<(Pid, u32)>,
}

impl Births {
    /// How many children a task has created, up to the number after which it begins anew.
    pub(super) fn of(&self, parent: Pid) -> u32 {
        let at = self.counts.binary_search_by_key(&parent, |(pid, _)| *pid);
        at.ok()
            .and_then(|at| self.counts.get(at))
            .map_or(0, |(_, count)| *count)
    }

    /// One more.
    pub(super) fn add(&mut self, parent: Pid) {
        match self.counts.binary_search_by_key(&parent, |(pid, _)| *pid) {
            Ok(at) => {
                if let Some((_, count)) = self.counts.get_mut(at) {
                    *count = (*count + 1) % CHILDREN;
                }
            }
            Err(at) => self.counts.insert(at, (parent, 1)),
        }
    }

    /// Those whose numbers are free again are forgotten.
    pub(super) fn keep(&mut self, lives: impl Fn(Pid) -> bool) {
        self.counts.retain(|(pid, _)| lives(*pid));
    }

    /// The counts, by pid.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Pid, u32)> + '_ {
        self.counts.iter().copied()
    }
}
