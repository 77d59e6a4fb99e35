//! Which of the things that can happen next have to be tried: a persistent set of them.
//!
//! Tasks are taken together with all that could still touch, so that the order counts, what the next steps of these
//! tasks touch. Whatever the others do first, they can do afterwards too, so that it suffices to try the steps of these.
//! Who could touch what is learned (see `contention`); where it turns out to be wrong, the search begins anew.

use kernel_model::abi::ids::{Pid, TaskRef};
use kernel_model::abi::state::State;
use kernel_model::objects::blocked::Blocked;

use super::contention::{Actor, Toucher};
use super::footprint::{Footprint, Object, Touch};
use super::position::{CLOCK, Choice, Lore, Position, of_word};

/// What is tried in a position.
#[derive(Clone, Debug)]
pub(super) struct Choices {
    /// These suffice, unless they lead back to where the search came from.
    pub(super) persistent: Vec<Choice>,
    /// The others.
    pub(super) rest: Vec<Choice>,
}

impl Position {
    fn living(&self, pid: Pid) -> Option<TaskRef> {
        let kernel = self.machine.kernel();
        let task = kernel.find(pid)?;
        (!kernel.view().tasks[task].state().has_exited()).then_some(task)
    }

    /// Who lives and is this task, or could still bear it or one that bears it; nobody if it has done all that it ever
    /// does there.
    fn origin(&self, toucher: &Toucher, lore: &Lore) -> Option<Pid> {
        let Actor {
            mut who, mut births, ..
        } = toucher.actor;
        if matches!(who, CLOCK | Pid::INIT) {
            return Some(who);
        }
        let comes = |who, births| lore.numbers.are_used_again() || self.births.of(who) <= births;
        if self.living(who).is_some() {
            // Who was just born has its whole course before it.
            let leads = |place| lore.contention.leads(place, toucher);
            return (comes(who, births) && self.places.of(who).is_none_or(leads)).then_some(who);
        }
        loop {
            let birth = lore.numbers.birth(who)?;
            (who, births) = (birth.parent, birth.before);
            if self.living(who).is_some() {
                return comes(who, births).then_some(who);
            }
        }
    }

    /// Whether nobody else touches this before a lock is opened that this task has taken.
    fn is_guarded(&self, who: Pid, object: Object, lore: &Lore) -> bool {
        let Object::Word(word) = object else {
            return false;
        };
        let mut guards = lore.contention.guards(word).iter();
        guards.any(|lock| self.locks.has(who, *lock))
    }

    /// Whether no other task minds when this step is made. Who would, and is born by this task later, comes after it.
    pub(super) fn is_local(&self, who: Pid, footprint: &Footprint, lore: &Lore) -> bool {
        let comes_after = |origin| origin == who && !lore.numbers.are_used_again();
        let minds = |rival| {
            self.origin(rival, lore)
                .is_some_and(|origin| !comes_after(origin))
        };
        footprint.iter().all(|(object, touch)| {
            let mut rivals = lore.contention.rivals(who, *object, *touch);
            let mut free = || (*object, *touch) != (Object::All, Touch::Write) && !rivals.any(minds);
            self.is_guarded(who, *object, lore) || free()
        })
    }

    /// Whether no other task minds when this one touches the words that it touches next.
    pub(super) fn has_its_words(&self, task: TaskRef, lore: &Lore) -> bool {
        !lore.rules.unreduced
            && self
                .words(task)
                .is_some_and(|words| self.is_local(self.tid(task), &words, lore))
    }

    fn words(&self, task: TaskRef) -> Option<Footprint> {
        let shared = self.machine.shared(task);
        let words = self.machine.next_words(task, &shared)?;
        Some(
            words
                .into_iter()
                .map(|(word, written)| of_word(word, written))
                .collect(),
        )
    }

    /// What somebody touches who acts next; none where that is not known.
    fn of_next_step(&self, who: Pid, lore: &Lore) -> Option<Footprint> {
        if who == CLOCK {
            return Some(self.of_clock());
        }
        let task = self.machine.kernel().find(who).filter(|_| who != Pid::INIT)?;
        let t = self.machine.kernel().view().tasks.get(task)?;
        if t.state().has_exited() || matches!(t.parked, Some(Blocked::VforkDone { .. })) {
            return None;
        }
        if t.state() != State::Running {
            return Some(self.of_resume(task, lore));
        }
        let mut footprint = match self.footprint(task, lore) {
            Some(footprint) => footprint,
            // A handler could begin before any instruction.
            None if self.is_exposed(task, lore) => return None,
            None => {
                let mut words = self.words(task)?;
                words.extend([(Object::All, Touch::Read), (Object::Signals(t.tgid), Touch::Read)]);
                words
            }
        };
        if self.may_be_late(task, lore) {
            if self.is_exposed(task, lore) {
                return None;
            }
            let late = self.of_next_syscall(task, lore);
            footprint.extend(late.or_else(|| self.words(task))?);
        }
        Some(footprint)
    }

    /// All who must be looked at together with this one; none if that is everybody.
    fn together_with(&self, seed: Pid, steps: &mut NextSteps<'_>, lore: &Lore) -> Option<Vec<Pid>> {
        let mut together = vec![seed];
        let mut looked_at = 0;
        while let Some(who) = together.get(looked_at).copied() {
            looked_at += 1;
            for (object, touch) in steps.of(who, lore)? {
                if (*object, *touch) == (Object::All, Touch::Write) {
                    return None;
                }
                if self.is_guarded(who, *object, lore) {
                    continue;
                }
                for rival in lore.contention.rivals(who, *object, *touch) {
                    if let Some(origin) = self.origin(rival, lore)
                        && !together.contains(&origin)
                    {
                        together.push(origin);
                    }
                }
            }
        }
        Some(together)
    }

    /// What has to be tried next, in a fixed order.
    pub(super) fn choices(&self, lore: &Lore) -> Choices {
        let all = self.all_choices(lore);
        let whole = |persistent| Choices {
            persistent,
            rest: Vec::new(),
        };
        // Where time passes only when nobody can run, everybody minds whatever anybody does.
        let idle_clock = lore.rules.idle_clock && self.machine.kernel().next_timer().is_some();
        if all.len() < 2 || lore.rules.unreduced || idle_clock {
            return whole(all);
        }
        let mut steps = NextSteps {
            position: self,
            known: Vec::new(),
        };
        let mut fewest = all.len();
        let mut chosen: Option<Vec<Pid>> = None;
        let mut seeds: Vec<Pid> = all.iter().map(|choice| choice.actor()).collect();
        seeds.dedup();
        for seed in seeds {
            let Some(together) = self.together_with(seed, &mut steps, lore) else {
                continue;
            };
            let count = all
                .iter()
                .filter(|choice| together.contains(&choice.actor()))
                .count();
            if count < fewest {
                fewest = count;
                chosen = Some(together);
            }
        }
        let Some(together) = chosen else {
            return whole(all);
        };
        let (persistent, rest) = all
            .into_iter()
            .partition(|choice| together.contains(&choice.actor()));
        Choices { persistent, rest }
    }
}

/// What everybody touches next, each looked up once.
struct NextSteps<'p> {
    position: &'p Position,
    known: Vec<(Pid, Option<Footprint>)>,
}

impl NextSteps<'_> {
    fn of(&mut self, who: Pid, lore: &Lore) -> Option<&Footprint> {
        let at = match self.known.iter().position(|(pid, _)| *pid == who) {
            Some(at) => at,
            None => {
                self.known.push((who, self.position.of_next_step(who, lore)));
                self.known.len() - 1
            }
        };
        self.known.get(at)?.1.as_ref()
    }
}
