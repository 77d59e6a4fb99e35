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
        if !self.lost && !self.moved.contains(&who) {
            self.moved.push(who);
        }
    }

    /// Something is touched.
    pub(super) fn touches(&mut self, object: Object, touch: Touch) {
        if self.lost || self.touched.contains(&(object, touch)) {
            return;
        }
        self.touched.push((object, touch));
        if self.touched.len() > Trail::MOST {
            self.lose();
        }
    }

    /// Something happens that is not told by what is touched.
    pub(super) fn lose(&mut self) {
        self.begin();
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
        *self
            .commute
            .entry((one.min(other), one.max(other)))
            .or_insert_with(ask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(who: u32, touched: &[(Object, Touch)]) -> Trail {
        let mut trail = Trail::default();
        trail.begin();
        trail.moves(Pid(who));
        for (object, touch) in touched {
            trail.touches(*object, *touch);
        }
        trail
    }

    #[test]
    fn who_touches_the_same_cannot_change_places() {
        let word = Object::Word(7);
        let reads = trail(3, &[(Object::All, Touch::Read), (word, Touch::Read)]);
        let writes = |who| trail(who, &[(Object::All, Touch::Read), (word, Touch::Write)]);
        let prints = |who| trail(who, &[(Object::Console, Touch::Write)]);
        assert!(!reads.commutes(&writes(4)) && !writes(4).commutes(&reads));
        assert!(reads.commutes(&trail(4, &[(word, Touch::Read)])));
        assert!(
            !trail(4, &[(Object::All, Touch::Write)]).commutes(&reads),
            "what touches everything touches this"
        );
        assert!(
            prints(3).commutes(&prints(4)),
            "an output is no part of a position"
        );
        assert!(
            !prints(3).commutes(&prints(3)),
            "nobody changes places with himself"
        );
    }

    #[test]
    fn what_is_not_told_whole_stays_where_it_is() {
        let mut lost = trail(3, &[]);
        assert!(lost.commutes(&trail(4, &[])));
        lost.lose();
        assert!(!lost.commutes(&trail(4, &[])) && !trail(4, &[]).commutes(&lost));
        let many: Vec<_> = (0..100).map(|word| (Object::Word(word), Touch::Read)).collect();
        assert!(!trail(3, &many).commutes(&trail(4, &[])));
    }
}
