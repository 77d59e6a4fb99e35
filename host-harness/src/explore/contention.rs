//! Who touches what, learned from all that was explored.

use std::ops::Range;

use kernel_model::abi::ids::Pid;

use super::births::Birth;
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

impl Actor {
    /// Whether both are the same task, with the same memory, at the same place.
    fn is_there_too(&self, other: &Actor) -> bool {
        (self.who, self.memory, self.place) == (other.who, other.memory, other.place)
    }
}

/// A task that touches something at a place of its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Toucher {
    /// Who and where; the births are the most after which it did so.
    pub(super) actor: Actor,
    touch: Touch,
}

/// Who takes words away, or gives them back, for all who have the same memory.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Mapper {
    /// Who and where; the births are the most after which it did so.
    pub(super) actor: Actor,
    /// Which.
    pub(super) words: Range<u64>,
    /// The locks that it has each time.
    pub(super) locks: Vec<u64>,
    /// Whether it gives them back, and never takes them away.
    pub(super) gives: bool,
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
    mappers: Vec<Mapper>,
    /// Where tasks come from.
    births: Map<Pid, Birth>,
    numbers_are_used_again: bool,
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
        let Actor { who, births, .. } = actor;
        let touchers = self.touchers.entry(object).or_default();
        let same = |t: &&mut Toucher| t.actor.is_there_too(&actor) && t.touch == touch;
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
        let mappers = self.mappers.iter().filter(|mapper| {
            mapper.words.contains(&word)
                && mapper.actor.memory == actor.memory
                && !self.comes_after(who, &mapper.actor)
        });
        for mapper in mappers.cloned().collect::<Vec<_>>() {
            self.map_word(&mapper, word);
        }
    }

    fn map_word(&mut self, mapper: &Mapper, word: u64) {
        self.guard(word, &mapper.locks);
        self.record(mapper.actor, Object::Word(word), Touch::Write);
    }

    /// Whether anybody takes this word away.
    pub(super) fn is_taken(&self, word: u64) -> bool {
        self.mappers
            .iter()
            .any(|mapper| !mapper.gives && mapper.words.contains(&word))
    }

    /// A child is born; whether some task has so many that its numbers are used again.
    pub(super) fn born(&mut self, child: Pid, birth: Birth, used_again: bool) {
        self.births.insert(child, birth);
        // From then on nobody comes for certain after anybody else.
        self.conflicts += usize::from(used_again && !self.numbers_are_used_again);
        self.numbers_are_used_again |= used_again;
    }

    /// Whether a task is this one, or was born by it later, or by one that was.
    fn comes_after(&self, who: Pid, actor: &Actor) -> bool {
        let mut who = who;
        while who != actor.who {
            match self.births.get(&who) {
                Some(birth) if birth.parent == actor.who => {
                    return !self.numbers_are_used_again && birth.before >= actor.births;
                }
                Some(birth) => who = birth.parent,
                None => return false,
            }
        }
        true
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
                // Who has them is part of a position from now on.
                let before = self.guarding.len();
                self.guarding.extend(&locks);
                self.conflicts += usize::from(self.guarding.len() > before);
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

    /// A task takes words away from all who have its memory, or gives them back: it touches those of them that another ever
    /// touches who could do so before.
    pub(super) fn maps(&mut self, mapper: Mapper) {
        let actor = mapper.actor;
        let meets = |of: &Range<u64>| of.start < mapper.words.end && mapper.words.start < of.end;
        let taken =
            |other: &Mapper| !other.gives && other.actor.memory == actor.memory && meets(&other.words);
        if mapper.gives && !self.mappers.iter().any(taken) {
            return;
        }
        let same = |known: &&mut Mapper| known.actor.is_there_too(&actor) && known.words == mapper.words;
        match self.mappers.iter_mut().find(same) {
            Some(known) => {
                let before = known.clone();
                known.locks.retain(|lock| mapper.locks.contains(lock));
                known.actor.births = known.actor.births.max(actor.births);
                known.gives &= mapper.gives;
                if *known == before {
                    return;
                }
            }
            None => self.mappers.push(mapper.clone()),
        }
        self.revision += 1;
        let other = |t: &Toucher| t.actor.memory == actor.memory && !self.comes_after(t.actor.who, &actor);
        let touched = self
            .touchers
            .iter()
            .filter_map(|(object, touchers)| match object {
                Object::Word(word) if mapper.words.contains(word) && touchers.iter().any(other) => {
                    Some(*word)
                }
                _ => None,
            });
        for word in touched.collect::<Vec<u64>>() {
            self.map_word(&mapper, word);
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
