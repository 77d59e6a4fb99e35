//! What a step leaves behind for others to notice: who has moved, and what was touched.

use kernel_model::abi::ids::Pid;

use super::footprint::{Footprint, Object, Touch};
use crate::machine::hash::Map;

/// Who has moved in a step, and what they have touched, in the order in which that was first done.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Trail {
    moved: Vec<Pid>,
    touched: Footprint,
    /// Whether it is not told whole.
    lost: bool,
}

impl Trail {
    /// So much can be touched before nobody asks any more what it was.
    const MOST: usize = 64;

    /// A step begins.
    pub(super) fn begin(&mut self) {
        self.moved.clear();
        self.touched.clear();
        self.lost = false;
    }

    /// Somebody moves.
    pub(super) fn moves(&mut self, who: Pid) {
        if !self.moved.contains(&who) {
            self.moved.push(who);
        }
    }

    /// Something is touched.
    pub(super) fn touches(&mut self, object: Object, touch: Touch) {
        if self.lost || self.touched.contains(&(object, touch)) {
            return;
        }
        self.touched.push((object, touch));
        self.lost = self.touched.len() > Trail::MOST;
    }

    /// Something happens that is not told by what is touched.
    pub(super) fn lose(&mut self) {
        self.lost = true;
    }

    /// Whether two steps can change places, and it comes to the same: others move, and the order of their touches does not
    /// count. What stands on standard output is no part of a position.
    fn commutes(&self, other: &Trail) -> bool {
        let meets = |(object, touch): &(Object, Touch)| {
            let mut others = other.touched.iter();
            let conflict = others.any(|(theirs, their)| theirs == object && touch.conflicts(*their));
            conflict && *object != Object::Console
        };
        !self.lost
            && !other.lost
            && !self.moved.iter().any(|who| other.moved.contains(who))
            && !self.touched.iter().any(meets)
    }
}

/// Trails, each kept once: few are met in many steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Trails {
    all: Vec<Trail>,
    known: Map<Trail, u32>,
    commute: Map<(u32, u32), bool>,
}

impl Trails {
    /// The number of a trail.
    pub(super) fn number(&mut self, trail: &Trail) -> u32 {
        if let Some(number) = self.known.get(trail) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(trail.clone());
        self.known.insert(trail.clone(), number);
        number
    }

    /// Whether steps with these trails can change places.
    pub(super) fn commute(&mut self, one: u32, other: u32) -> bool {
        let all = &self.all;
        let ask = || {
            let trails = all.get(one as usize).zip(all.get(other as usize));
            trails.is_some_and(|(one, other)| one.commutes(other))
        };
        *self.commute.entry((one, other)).or_insert_with(ask)
    }
}
