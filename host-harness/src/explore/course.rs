//! Where in its program each task goes, learned from all that was explored: what lies behind it, it does not touch again.

use kernel_model::abi::ids::Pid;

use crate::machine::hash::{Map, Set};

/// The places of one task are told apart up to so many; the others are one place.
const PLACES: usize = 1024;
/// The place that stands for all that are not told apart.
const ELSEWHERE: usize = 0;

/// A place in the course of a task.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Place(usize);

/// A set of places.
type Ahead = Vec<u64>;

fn has(places: &Ahead, Place(at): Place) -> bool {
    places.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
}

/// Adds places to a set; whether it has grown.
fn add_all(places: &mut Ahead, more: &Ahead) -> bool {
    if places.len() < more.len() {
        places.resize(more.len(), 0);
    }
    let mut grown = false;
    for (word, more) in places.iter_mut().zip(more) {
        grown |= *word | more != *word;
        *word |= more;
    }
    grown
}

/// The places of a task, and which lead to which.
#[derive(Clone, Debug, Default)]
struct Course {
    places: Map<u64, Place>,
    /// For each place all that can come from there on, itself among them.
    ahead: Vec<Ahead>,
    /// Which places were seen to lead to which at once.
    leads: Set<(Place, Place)>,
}

impl Course {
    fn place(&mut self, location: u64) -> Place {
        if self.ahead.is_empty() {
            self.add();
        }
        if let Some(known) = self.places.get(&location) {
            return *known;
        }
        if self.ahead.len() >= PLACES {
            return Place(ELSEWHERE);
        }
        let place = self.add();
        self.places.insert(location, place);
        place
    }

    fn add(&mut self) -> Place {
        let at = self.ahead.len();
        let mut own = vec![0; at / 64 + 1];
        if let Some(word) = own.last_mut() {
            *word = 1 << (at % 64);
        }
        self.ahead.push(own);
        Place(at)
    }

    /// One place leads to another; whether that is news.
    fn lead(&mut self, from: Place, to: Place) -> bool {
        if !self.leads.insert((from, to)) {
            return false;
        }
        let Some(more) = self.ahead.get(to.0).cloned() else {
            return false;
        };
        let mut news = false;
        for ahead in self.ahead.iter_mut().filter(|ahead| has(ahead, from)) {
            news |= add_all(ahead, &more);
        }
        news
    }
}

/// The courses of all tasks.
#[derive(Clone, Debug, Default)]
pub(super) struct Courses {
    all: Map<Pid, Course>,
    revision: u64,
}

impl Courses {
    /// The place of a task that is at this location of its program.
    pub(super) fn place(&mut self, who: Pid, location: u64) -> Place {
        let course = self.all.entry(who).or_default();
        let places = course.ahead.len();
        let place = course.place(location);
        self.revision += u64::from(course.ahead.len() != places);
        place
    }

    /// A task goes on from one place to the next; whether that is news of what lies ahead.
    pub(super) fn lead(&mut self, who: Pid, from: Place, to: Place) -> bool {
        let course = self.all.entry(who).or_default();
        let leads = course.leads.len();
        let news = course.lead(from, to);
        self.revision += u64::from(course.leads.len() != leads);
        news
    }

    /// How much is known: it grows with every place, and every way from one to another.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether a task that is at one place can still come to another, as far as is known.
    pub(super) fn leads(&self, who: Pid, from: Place, to: Place) -> bool {
        let course = self.all.get(&who);
        course
            .and_then(|course| course.ahead.get(from.0))
            .is_some_and(|ahead| has(ahead, to))
    }
}

/// Where each task is.
#[derive(Clone, Hash, Debug, Default)]
pub(super) struct Places(Vec<(Pid, Place)>);

impl Places {
    pub(super) fn of(&self, who: Pid) -> Option<Place> {
        let at = self.0.binary_search_by_key(&who, |(pid, _)| *pid).ok()?;
        self.0.get(at).map(|(_, place)| *place)
    }

    pub(super) fn set(&mut self, who: Pid, place: Place) {
        match self.0.binary_search_by_key(&who, |(pid, _)| *pid) {
            Ok(at) => {
                if let Some(at) = self.0.get_mut(at) {
                    at.1 = place;
                }
            }
            Err(at) => self.0.insert(at, (who, place)),
        }
    }

    /// Those who are gone are nowhere.
    pub(super) fn keep(&mut self, lives: impl Fn(Pid) -> bool) {
        self.0.retain(|(pid, _)| lives(*pid));
    }
}
