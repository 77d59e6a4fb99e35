//! The numbers of processes: a task's n-th child has the same number, whatever others have forked before.

use kernel_model::abi::ids::Pid;

use crate::machine::hash::Map;

/// After so many children of one task, numbers are used again, as Linux does when all have been given out.
const CHILDREN: u32 = 256;

/// Where a task comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Birth {
    /// The task that created it.
    pub(super) parent: Pid,
    /// The process of that task.
    pub(super) tgid: Pid,
    /// How many children that task had created before, up to the number after which it begins anew.
    pub(super) before: u32,
}

/// Which number the n-th child of a task has.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    given: Map<(Pid, u32), Pid>,
    births: Map<Pid, Birth>,
    last: u32,
    used_again: bool,
}

impl Numbers {
    /// All up to this one are in use since boot.
    pub(super) fn after(last: Pid) -> Numbers {
        Numbers {
            last: last.0,
            ..Numbers::default()
        }
    }

    /// The number of the child that is born so.
    pub(super) fn of_child(&mut self, birth: Birth) -> Pid {
        if birth.before + 1 == CHILDREN {
            self.used_again = true;
        }
        let (last, births) = (&mut self.last, &mut self.births);
        *self.given.entry((birth.parent, birth.before)).or_insert_with(|| {
            *last += 1;
            births.insert(Pid(*last), birth);
            Pid(*last)
        })
    }

    /// The number of a child, if it was ever born.
    pub(super) fn known_child(&self, parent: Pid, before: u32) -> Option<Pid> {
        self.given.get(&(parent, before)).copied()
    }

    /// Where a task comes from.
    pub(super) fn birth(&self, child: Pid) -> Option<Birth> {
        self.births.get(&child).copied()
    }

    /// How many numbers have been given.
    pub(super) fn given(&self) -> usize {
        self.given.len()
    }

    /// Whether some task has created so many children that it began anew with their numbers.
    pub(super) fn are_used_again(&self) -> bool {
        self.used_again
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
