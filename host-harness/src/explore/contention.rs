//! Who touches what, learned from all that was explored.

use std::ops::Range;

use kernel_model::abi::ids::Pid;

use super::course::{Courses, Place};
use super::footprint::{Object, Touch};
use crate::machine::hash::{Map, Set};
use crate::machine::watch::WORD;

/// A task somewhere in its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Actor {
    /// Its number.
    pub(super) who: Pid,
    /// Whose memory it has: of all who share it, the lowest process.
    pub(super) memory: Pid,
    /// How many children it has created so far.
    pub(super) births: u32,
    /// Where it is.
    pub(super) place: Place,
}

/// A task that touches something at a place of its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Toucher {
    /// Who and where; the births are the most after which it did so.
    pub(super) actor: Actor,
    touch: Touch,
}

/// Who has touched what in all that was explored. Where the order of two touches counts, both orders are explored.
#[derive(Clone, Debug, Default)]
pub(super) struct Contention {
    touchers: Map<Object, Vec<Toucher>>,
    contended: Set<Object>,
    /// The words among them.
    words: Set<u64>,
    /// Who copies all of the memory that others store in: a fork beside threads.
    copiers: Vec<Actor>,
    /// Who takes away which words, from all who have the same memory.
    unmappers: Vec<(Actor, Range<u64>)>,
    /// Those who touch something contended.
    rivals: Set<Pid>,
    courses: Courses,
    conflicts: usize,
    revision: u64,
    told_time: bool,
    told_costs: bool,
    /// For each word the locks that everybody had who has touched it beside others.
    guards: Map<u64, Vec<u64>>,
    /// The locks that guard words that several tasks touch, or did so once.
    guarding: Set<u64>,
    /// What was taken for a lock and is none.
    broken: Set<u64>,
}

impl Contention {
    /// A task touches something.
    pub(super) fn record(&mut self, actor: Actor, object: Object, touch: Touch) {
        // Everybody reads it at every step.
        if (object, touch) == (Object::All, Touch::Read) {
            return;
        }
        let Actor {
            who, births, place, ..
        } = actor;
        let touchers = self.touchers.entry(object).or_default();
        let same = |t: &&mut Toucher| t.actor.who == who && t.actor.place == place && t.touch == touch;
        match touchers.iter_mut().find(same) {
            Some(known) if known.actor.births >= births => return,
            Some(known) => known.actor.births = births,
            None => touchers.push(Toucher { actor, touch }),
        }
        self.revision += 1;
        let against = touchers
            .iter()
            .filter(|t| t.actor.who != who && t.touch.conflicts(touch))
            .map(|t| t.actor.who);
        let mut rivals = against.peekable();
        if rivals.peek().is_some() || object == Object::All {
            self.rivals.extend(rivals);
            self.rivals.insert(who);
            self.conflicts += 1;
            self.contended.insert(object);
            if let Object::Word(word) = object {
                self.words.insert(word);
                self.guarding.extend(self.guards.get(&word).into_iter().flatten());
            }
        }
        let Object::Word(word) = object else { return };
        if touch == Touch::Write {
            for copier in self.copiers.clone() {
                self.copy_word(copier, word);
            }
        }
        let unmapped = |(unmapper, words): &(Actor, Range<u64>)| {
            let from_it = unmapper.memory == actor.memory && unmapper.who != who && words.contains(&word);
            from_it.then_some(*unmapper)
        };
        for unmapper in self.unmappers.iter().filter_map(unmapped).collect::<Vec<_>>() {
            self.unmap_word(unmapper, word);
        }
    }

    /// A task takes a word away: no lock keeps it from that.
    fn unmap_word(&mut self, unmapper: Actor, word: u64) {
        self.guard(word, &[]);
        self.record(unmapper, Object::Word(word), Touch::Write);
    }

    /// A task reads a word with all others: no lock keeps it away.
    fn copy_word(&mut self, copier: Actor, word: u64) {
        self.guard(word, &[]);
        self.record(copier, Object::Word(word), Touch::Read);
    }

    /// A task that has these locks touches a word.
    pub(super) fn guard(&mut self, word: u64, locks: &[u64]) {
        let broken = &self.broken;
        let Some(guards) = self.guards.get_mut(&word) else {
            let locks = locks.iter().copied().filter(|lock| !broken.contains(lock));
            let locks: Vec<u64> = locks.collect();
            if self.words.contains(&word) {
                self.guarding.extend(&locks);
            }
            self.guards.insert(word, locks);
            self.revision += 1;
            return;
        };
        let before = guards.len();
        guards.retain(|lock| locks.contains(lock));
        if guards.len() < before {
            self.revision += 1;
            self.conflicts += usize::from(self.words.contains(&word));
        }
    }

    /// A task touches a word when nobody else is there: that needs no lock. Whoever opens one that guards the word asks
    /// whether the task could have come while it was taken.
    pub(super) fn touch_alone(&mut self, actor: Actor, word: u64) {
        for lock in self.guards(word).to_vec() {
            self.record(actor, Object::Word(lock / WORD), Touch::Read);
        }
    }

    /// This is no lock.
    pub(super) fn broke(&mut self, lock: u64) {
        if self.broken.insert(lock) {
            self.guards
                .values_mut()
                .for_each(|guards| guards.retain(|guard| *guard != lock));
            self.revision += 1;
            self.conflicts += 1;
        }
    }

    /// Whether this is no lock.
    pub(super) fn is_broken(&self, lock: u64) -> bool {
        self.broken.contains(&lock)
    }

    /// Whether it makes a difference who has taken this lock.
    pub(super) fn is_guarding(&self, lock: u64) -> bool {
        self.guarding.contains(&lock)
    }

    /// The locks without which nobody touches a word beside others.
    pub(super) fn guards(&self, word: u64) -> &[u64] {
        self.guards.get(&word).map_or(&[], Vec::as_slice)
    }

    /// A task copies all memory: it reads whatever somebody has stored, now or later.
    pub(super) fn copies(&mut self, actor: Actor) {
        if self.copiers.contains(&actor) {
            return;
        }
        self.copiers.push(actor);
        self.revision += 1;
        let written = |touchers: &[Toucher]| touchers.iter().any(|t| t.touch == Touch::Write);
        let stored = self
            .touchers
            .iter()
            .filter_map(|(object, touchers)| match object {
                Object::Word(word) if written(touchers) => Some(*word),
                _ => None,
            });
        for word in stored.collect::<Vec<u64>>() {
            self.copy_word(actor, word);
        }
    }

    /// A task takes words away from all who have its memory: it touches those of them that another ever touches.
    pub(super) fn unmaps(&mut self, actor: Actor, words: Range<u64>) {
        let unmapper = (actor, words);
        if self.unmappers.contains(&unmapper) {
            return;
        }
        let (_, words) = &unmapper;
        let others = |touchers: &[Toucher]| {
            let other = |t: &Toucher| t.actor.memory == actor.memory && t.actor.who != actor.who;
            touchers.iter().any(other)
        };
        let touched = self
            .touchers
            .iter()
            .filter_map(|(object, touchers)| match object {
                Object::Word(word) if words.contains(word) && others(touchers) => Some(*word),
                _ => None,
            });
        let touched: Vec<u64> = touched.collect();
        self.unmappers.push(unmapper);
        self.revision += 1;
        for word in touched {
            self.unmap_word(actor, word);
        }
    }

    /// The place of a task that is at this location of its program.
    pub(super) fn place(&mut self, who: Pid, location: u64) -> Place {
        self.courses.place(who, location)
    }

    /// A task goes on from one place to another.
    pub(super) fn lead(&mut self, who: Pid, from: Place, to: Place) {
        if self.courses.lead(who, from, to) && self.rivals.contains(&who) {
            self.conflicts += 1;
        }
    }

    /// Whether the task, which is at this place, may still come to where it touches something.
    pub(super) fn leads(&self, from: Place, to: &Toucher) -> bool {
        self.courses.leads(to.actor.who, from, to.actor.place)
    }

    /// Those others that touch this so that the order counts, some time or other.
    pub(super) fn rivals(&self, who: Pid, object: Object, touch: Touch) -> impl Iterator<Item = &Toucher> {
        let touchers = self.touchers.get(&object).map_or(&[][..], Vec::as_slice);
        touchers
            .iter()
            .filter(move |t| t.actor.who != who && t.touch.conflicts(touch))
    }

    /// Somebody has asked for the time, and got one of the answers that there are.
    pub(super) fn time_is_told(&mut self) {
        self.revision += u64::from(!self.told_time);
        self.told_time = true;
        self.costs_are_told();
    }

    /// Somebody has asked what it has cost to come to where he is: time of processors, faults, switches.
    pub(super) fn costs_are_told(&mut self) {
        self.revision += u64::from(!self.told_costs);
        self.told_costs = true;
    }

    pub(super) fn were_costs_told(&self) -> bool {
        self.told_costs
    }

    pub(super) fn was_time_told(&self) -> bool {
        self.told_time
    }

    /// Somebody asks what time it is: from now on, positions at different times are different positions.
    pub(super) fn now_is_asked(&mut self) {
        if self.contended.insert(Object::Now) {
            self.revision += 1;
            self.conflicts += 1;
        }
    }

    /// Whether several tasks touch it, and the order counts.
    pub(super) fn is_contended(&self, object: Object) -> bool {
        self.contended.contains(&object)
    }

    /// The words that several tasks touch.
    pub(super) fn words(&self) -> &Set<u64> {
        &self.words
    }

    /// How much is known altogether: it grows with everything that is new.
    pub(super) fn revision(&self) -> u64 {
        self.revision + self.courses.revision()
    }

    /// How much is known: it only grows, and whenever it does, a step that was taken for private may not be.
    pub(super) fn conflicts(&self) -> usize {
        self.conflicts
    }
}
