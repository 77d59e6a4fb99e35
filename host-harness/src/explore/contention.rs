//! What several tasks touch, learned from all that was explored.

use std::collections::{HashMap, HashSet};

use kernel_model::abi::ids::Pid;

use super::footprint::{Footprint, Object, Touch};
use Touch::{Read, Write};

/// One task, or several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    Nobody,
    One(Pid),
    Several,
}

impl Who {
    fn others_than(self, who: Pid) -> bool {
        match self {
            Who::Nobody => false,
            Who::One(one) => one != who,
            Who::Several => true,
        }
    }

    fn add(&mut self, who: Pid) {
        *self = if self.others_than(who) {
            Who::Several
        } else {
            Who::One(who)
        };
    }
}

/// Who has touched what in all that was explored. An object that several tasks touch, one of them to write, is
/// contended: steps that touch it are explored in every order.
#[derive(Clone, Debug, Default)]
pub(super) struct Contention {
    seen: HashMap<Object, [Who; 2]>,
    contended: HashSet<Object>,
    /// The words among them.
    words: HashSet<u64>,
    told_time: bool,
}

impl Contention {
    /// A task touches something.
    pub(super) fn record(&mut self, who: Pid, object: Object, touch: Touch) {
        if self.contended.contains(&object) {
            return;
        }
        let [readers, writers] = self.seen.entry(object).or_insert([Who::Nobody; 2]);
        let conflict = match touch {
            Read => writers.others_than(who),
            Write => writers.others_than(who) || readers.others_than(who),
        };
        match touch {
            Read => readers.add(who),
            Write => writers.add(who),
        }
        if conflict {
            self.contended.insert(object);
            if let Object::Word(word) = object {
                self.words.insert(word);
            }
        }
    }

    /// Somebody has asked for the time, and got one of the answers that there are.
    pub(super) fn time_is_told(&mut self) {
        self.told_time = true;
    }

    pub(super) fn was_time_told(&self) -> bool {
        self.told_time
    }

    /// Somebody asks what time it is: from now on, positions at different times are different positions.
    pub(super) fn now_is_asked(&mut self) {
        self.contended.insert(Object::Now);
    }

    pub(super) fn is_contended(&self, object: Object) -> bool {
        self.contended.contains(&object)
    }

    /// Whether no other task minds when this step is made.
    pub(super) fn is_local(&self, footprint: &Footprint) -> bool {
        footprint.iter().all(|(object, _)| !self.is_contended(*object))
    }

    /// The words that several tasks touch.
    pub(super) fn words(&self) -> &HashSet<u64> {
        &self.words
    }

    /// How many objects are contended: it only grows.
    pub(super) fn len(&self) -> usize {
        self.contended.len()
    }
}
