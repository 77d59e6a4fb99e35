//! Other processors look ahead: they explore what the search comes to last, and tell it where the steps there lead.
//!
//! The search stays one: it goes through the positions in its own order and learns in that order, so that what it finds
//! does not hang on who was how fast. A step that was made ahead counts only if nothing was learned by it, and nothing
//! since: then the search would have come to the same.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use kernel_model::abi::wait::WaitStatus;

use super::beyond::Beyond;
use super::graph::{Ending, Label};
use super::number::{Number, Numbering};
use super::persistent::Choices;
use super::position::{Bookmark, Choice, Lore, Position};
use super::search::label;
use super::trail::Trail;
use crate::machine::Machine;
use crate::machine::hash::{Map, Set};

/// So many positions that the search has not come to are kept at most.
const KEPT: usize = 1 << 18;

/// A position, and where its steps lead as far as somebody knows.
#[derive(Debug)]
pub(super) struct Spot {
    /// How much was known of the program.
    revision: u64,
    /// How whoever looks ahead has come there.
    way: u64,
    pub(super) look: Look,
    /// Where the choices lead, one after another.
    onward: Mutex<Vec<Option<Onward>>>,
    /// So many of the choices the search has made.
    made: AtomicUsize,
}

/// Where a step leads: to the position with this number.
#[derive(Debug)]
pub(super) struct Onward {
    pub(super) to: Number,
    pub(super) label: Label,
    /// None where it is that of the step made last.
    pub(super) trail: Option<Trail>,
}

/// What there is to know of a position without going on.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// How the first process ended, if it has by then.
    pub(super) status: Option<WaitStatus>,
    pub(super) beyond: Option<Beyond>,
    pub(super) choices: Choices,
    /// How it has ended, if nothing can happen any more.
    pub(super) ending: Option<Ending>,
}

impl Look {
    /// Looks at a position.
    pub(super) fn at(position: &Position, lore: &Lore) -> Look {
        let choices = position.choices(lore);
        Look {
            status: position.main_end().map(|end| end.status),
            beyond: position.beyond(),
            ending: choices.persistent.is_empty().then(|| ending(position)),
            choices,
        }
    }
}

/// How it has ended where nothing can happen any more.
fn ending(position: &Position) -> Ending {
    match position.main_end() {
        Some(end) if position.is_over() => Ending::Done(end),
        end => Ending::Deadlocked(end.map(|end| end.status)),
    }
}

/// What a panic elsewhere has left is whole: everything is put there at once.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Spot {
    /// So many of the choices have been made already.
    pub(super) fn new(look: Look, revision: u64, way: u64, made: usize) -> Spot {
        let onward = look.choices.persistent.iter().map(|_| None).collect();
        Spot {
            revision,
            way,
            look,
            onward: Mutex::new(onward),
            made: AtomicUsize::new(made),
        }
    }

    /// Whether nothing has been learned since.
    pub(super) fn is_of(&self, revision: u64) -> bool {
        self.revision == revision
    }

    /// Where a choice leads, if somebody knows and nothing has been learned since. The search asks for one after another.
    pub(super) fn onward(&self, choice: usize, revision: u64) -> Option<Onward> {
        self.made.store(choice + 1, Ordering::Relaxed);
        let onward = lock(&self.onward).get_mut(choice)?.take();
        onward.filter(|_| self.revision == revision)
    }

    fn tell(&self, choice: usize, onward: Onward) {
        if let Some(untold) = lock(&self.onward).get_mut(choice) {
            *untold = Some(onward);
        }
    }

    fn is_wanted(&self, choice: usize) -> bool {
        self.made.load(Ordering::Relaxed) <= choice
            && lock(&self.onward).get(choice).is_some_and(Option::is_none)
    }
}

/// Somewhere to begin.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) spot: Arc<Spot>,
    pub(super) bookmark: Arc<Bookmark>,
}

/// Where the search is.
#[derive(Debug, Default)]
struct Work {
    roots: VecDeque<Root>,
    lore: Option<Arc<Lore>>,
    over: bool,
}

/// Who has found which positions.
#[derive(Debug, Default)]
struct Chart {
    /// The search.
    known: Set<u128>,
    /// Others, and the search has not come there yet.
    ahead: Map<u128, Arc<Spot>>,
}

/// What a search and those who look ahead for it share.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    work: Mutex<Work>,
    news: Condvar,
    /// How many wait for work.
    idle: AtomicUsize,
    chart: Mutex<Chart>,
    /// How much is known of the program.
    revision: AtomicU64,
}

impl Ahead {
    /// A search begins anew.
    pub(super) fn begin(&self) {
        self.forget();
        *lock(&self.chart) = Chart::default();
    }

    /// What others have found is out of date.
    pub(super) fn forget(&self) {
        lock(&self.work).roots.clear();
        self.revision.store(u64::MAX, Ordering::Relaxed);
        lock(&self.chart).ahead.clear();
    }

    /// This is known of the program from now on.
    pub(super) fn learn(&self, lore: &Lore) {
        lock(&self.work).lore = Some(Arc::new(lore.clone()));
        self.revision.store(lore.revision(), Ordering::Relaxed);
    }

    /// Whether somebody waits for work.
    pub(super) fn wants_work(&self) -> bool {
        self.idle.load(Ordering::Relaxed) > 0
    }

    /// Work, that which the search comes to last first.
    pub(super) fn give(&self, roots: impl Iterator<Item = Root>) {
        let mut work = lock(&self.work);
        work.roots.clear();
        work.roots.extend(roots);
        drop(work);
        self.news.notify_all();
    }

    /// No more is wanted.
    pub(super) fn end(&self) {
        lock(&self.work).over = true;
        self.revision.store(u64::MAX, Ordering::Relaxed);
        self.news.notify_all();
    }

    /// The search has come to a position; what others know of it. Who has come there in another way may see the same
    /// happen elsewhere: then the search looks itself.
    pub(super) fn come_to(&self, number: Number, revision: u64) -> Option<Arc<Spot>> {
        let mut chart = lock(&self.chart);
        chart.known.insert(number.future);
        let spot = chart.ahead.remove(&number.future);
        spot.filter(|spot| (spot.revision, spot.way) == (revision, number.way))
    }

    fn is_new(&self, number: Number) -> bool {
        let chart = lock(&self.chart);
        !chart.known.contains(&number.future) && !chart.ahead.contains_key(&number.future)
    }

    /// Puts a position on the chart; whether nobody else has.
    fn put(&self, number: Number, spot: &Arc<Spot>) -> bool {
        let number = number.future;
        let mut chart = lock(&self.chart);
        let room = chart.ahead.len() < KEPT && spot.revision == self.revision.load(Ordering::Relaxed);
        let new = room && !chart.known.contains(&number) && !chart.ahead.contains_key(&number);
        if new {
            chart.ahead.insert(number, Arc::clone(spot));
        }
        new
    }

    /// Where to begin, once there is work; none if there is never any again.
    fn next(&self) -> Option<(Root, Arc<Lore>)> {
        let mut work = lock(&self.work);
        loop {
            if work.over {
                return None;
            }
            if let Some(lore) = work.lore.clone()
                && let Some(root) = work.roots.pop_front()
            {
                return Some((root, lore));
            }
            self.idle.fetch_add(1, Ordering::Relaxed);
            work = self.news.wait(work).unwrap_or_else(PoisonError::into_inner);
            self.idle.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Looks ahead until the search is over.
    pub(super) fn look_ahead(&self, start: Machine) {
        let mut scout = Scout {
            ahead: self,
            position: Position::new(start),
            numbering: Numbering::new(true),
            lore: None,
        };
        while let Some((root, lore)) = self.next() {
            scout.explore(root, &lore);
        }
    }
}

/// Somebody who looks ahead.
struct Scout<'a> {
    ahead: &'a Ahead,
    position: Position,
    numbering: Numbering,
    /// Its own copy of what is known, as long as it has learned nothing itself.
    lore: Option<(u64, Lore)>,
}

/// A position whose choices are tried.
struct Trying {
    spot: Arc<Spot>,
    bookmark: Arc<Bookmark>,
    /// How many have been tried.
    tried: usize,
    /// Whether no step was made since it was found.
    is_here: bool,
    /// What the search will have made before where it came from: most of it closes squares here, and nobody has to look.
    shown: Vec<Choice>,
}

impl Trying {
    /// What is shown to the position to which this choice leads.
    fn shows(&self, choice: usize) -> Vec<Choice> {
        let choices = &self.spot.look.choices.persistent;
        let (made, by) = (choices.get(..choice), choices.get(choice));
        let others = made.unwrap_or(&[]).iter().copied();
        others
            .filter(|other| by.is_some_and(|by| by.actor() != other.actor()))
            .collect()
    }

    fn is_shown(&self, choice: usize) -> bool {
        let choices = &self.spot.look.choices.persistent;
        choices
            .get(choice)
            .is_some_and(|choice| self.shown.contains(choice))
    }

    /// Of the first position: whether the search has made the choice that is looked into.
    fn is_overtaken(&self) -> bool {
        let count = self.spot.look.choices.persistent.len();
        self.tried > 0 && self.spot.made.load(Ordering::Relaxed) > count - self.tried
    }
}

impl Scout<'_> {
    /// Finds all that can be reached from somewhere and that nobody else has found, until something new is learned.
    fn explore(&mut self, root: Root, lore: &Lore) {
        let revision = lore.revision();
        let mut stack = vec![Trying {
            tried: 0,
            spot: root.spot,
            bookmark: root.bookmark,
            is_here: false,
            shown: Vec::new(),
        }];
        while let Some(depth) = stack.len().checked_sub(1) {
            // Where the search has come after it, there is nothing left to look ahead at.
            let overtaken = stack.first().is_none_or(|root| root.is_overtaken());
            if overtaken || self.ahead.revision.load(Ordering::Relaxed) != revision {
                return;
            }
            let Some(trying) = stack.last_mut() else { return };
            let count = trying.spot.look.choices.persistent.len();
            if trying.tried == count {
                stack.pop();
                continue;
            }
            // Of the first position the last choice first, for there the search comes last; from there on as the search will.
            let choice = if depth == 0 {
                count - 1 - trying.tried
            } else {
                trying.tried
            };
            trying.tried += 1;
            if !trying.spot.is_wanted(choice) || !lore.rules.every_step && trying.is_shown(choice) {
                continue;
            }
            let shown = trying.shows(choice);
            let fits = self.lore.take().filter(|(known, _)| *known == revision);
            let (_, mut mine) = fits.unwrap_or_else(|| (revision, lore.clone()));
            let Some(onward) = self.step(trying, choice, &mut mine) else {
                // What this teaches the search will learn when it comes there.
                continue;
            };
            let (number, spot) = (onward.to, Arc::clone(&trying.spot));
            let next = self.ahead.is_new(number).then(|| {
                Arc::new(Spot::new(
                    Look::at(&self.position, &mine),
                    revision,
                    number.way,
                    0,
                ))
            });
            self.lore = Some((revision, mine));
            if let Some(next) = next.filter(|next| self.ahead.put(number, next)) {
                stack.push(Trying {
                    tried: 0,
                    spot: next,
                    bookmark: Arc::new(self.position.bookmark()),
                    is_here: true,
                    shown,
                });
            }
            spot.tell(choice, onward);
        }
    }

    /// Makes a step; nothing if it teaches something.
    fn step(&mut self, from: &mut Trying, choice: usize, lore: &mut Lore) -> Option<Onward> {
        let revision = lore.revision();
        let choice = *from.spot.look.choices.persistent.get(choice)?;
        let mut events = Vec::new();
        if !std::mem::take(&mut from.is_here) {
            self.position.go_back(&from.bookmark);
        }
        self.position.take(choice, lore, &mut events);
        let to = self.position.number(lore, &mut self.numbering);
        (lore.revision() == revision).then(|| Onward {
            to,
            label: label(&events),
            trail: Some(lore.trail.clone()),
        })
    }
}
