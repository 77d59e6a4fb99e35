//! What is learned of each step: who touched what, and where in its program that was.

use kernel_model::abi::effect::Effect;
use kernel_model::abi::ids::{FrameNo, Pid, TaskRef};
use kernel_model::objects::blocked::Blocked;
use kernel_model::objects::page_table;
use kernel_model::objects::task::TaskStruct;

use super::contention::{Actor, Mapper};
use super::course::Place;
use super::footprint::{Maps, Object, Touch};
use super::position::{Lore, Position, of_word};
use crate::machine::hash::Map;
use crate::machine::watch::words;
use crate::machine::{Event, Standing};
use crate::run::Step;

impl Position {
    /// Who a step gives a child that has ended, or may: a footprint names a parent by birth, and init is one of those who
    /// are not.
    pub(super) fn note_parents(&self, parent: Option<Pid>, events: &[Event], lore: &mut Lore) {
        let tasks = self.machine.kernel().view().tasks;
        for event in events {
            let parent = match event {
                Event::Effect(Effect::Exited { .. }) => parent,
                Event::Effect(Effect::Reparented { to, .. }) => {
                    Some(tasks.get(to.task).map_or(to.pid, |parent| parent.tgid))
                }
                _ => None,
            };
            if let Some(parent) = parent {
                lore.trail.touches(Object::Children(parent), Touch::Read);
            }
        }
    }

    pub(super) fn note_run(&self, task: TaskRef, (standing, instructions): (Standing, u64), lore: &mut Lore) {
        let trap = standing == Standing::Kernel;
        if instructions > 0 || trap {
            lore.note(Step::Run {
                tid: self.tid(task),
                instructions,
                trap,
            });
        }
    }

    /// A task goes on in user space: whether a signal comes before or after matters to every step.
    pub(super) fn note_move(&self, task: TaskRef, lore: &mut Lore) {
        let view = self.machine.kernel().view();
        if let Some(t) = view.tasks.get(task) {
            lore.trail.moves(t.pid);
            lore.trail.touches(Object::All, Touch::Read);
            lore.trail.touches(Object::Signals(t.tgid), Touch::Read);
        }
    }

    /// Who acts there.
    pub(super) fn actor(&self, task: TaskRef, lore: &mut Lore) -> Actor {
        let who = self.tid(task);
        Actor {
            who,
            memory: self.memory_of(task),
            births: self.births.of(who),
            place: match self.places.of(who) {
                _ if lore.rules.unreduced => Place::default(),
                Some(place) => place,
                None => lore.contention.place(who, self.machine.location(task)),
            },
        }
    }

    /// What a call has taken away or given back. What was taken before anybody else was there may be given back later.
    pub(super) fn note_maps(&self, task: TaskRef, actor: Actor, maps: Maps, lore: &mut Lore) {
        let gives = maps.gives;
        if let Some(words) = maps.words(&self.machine, task) {
            lore.contention.maps(Mapper {
                actor,
                words,
                locks: self.locks.of(actor.who),
                gives,
            });
        }
    }

    /// Whose memory a task has.
    fn memory_of(&self, task: TaskRef) -> Pid {
        let view = self.machine.kernel().view();
        let mm = view.tasks.get(task).and_then(|t| t.mm);
        let sharers = view.tasks.iter().filter(|(_, t)| t.mm.is_some() && t.mm == mm);
        sharers.map(|(_, t)| t.tgid).min().unwrap_or(Pid::IDLE)
    }

    /// Where somebody has gone.
    pub(super) fn note_course(&mut self, task: TaskRef, from: &Actor, lore: &mut Lore) {
        if lore.rules.unreduced {
            return;
        }
        let to = lore.contention.place(from.who, self.machine.location(task));
        lore.contention.lead(from.who, from.place, to);
        if self.machine.kernel().find(from.who).is_some() {
            self.places.set(from.who, to);
        }
    }

    pub(super) fn note_words(
        &self,
        actor: &Actor,
        seen: impl IntoIterator<Item = ((u64, bool), Vec<u64>)>,
        lore: &mut Lore,
    ) {
        if self.is_first() {
            return;
        }
        let alone = self.is_alone();
        for ((word, written), locks) in seen {
            let (object, touch) = of_word(word, written);
            match alone {
                true => lore.contention.touch_alone(*actor, word),
                false => lore.contention.guard(word, &locks),
            }
            lore.record(*actor, object, touch);
        }
    }

    /// What has turned out to be no lock.
    pub(super) fn note_locks(&mut self, lore: &mut Lore) {
        for lock in self.locks.take_broken() {
            lore.contention.broke(lock);
        }
        self.locks.keep(|lock| !lore.contention.is_broken(lock));
    }

    /// Whether a task that slept for a time was told how much of it is left: somebody may be late.
    pub(super) fn was_woken_early(&self, task: TaskRef, before: Option<Blocked>) -> bool {
        let Some(Blocked::Nanosleep {
            until,
            remain,
            absolute: false,
        }) = before
        else {
            return false;
        };
        let kernel = self.machine.kernel();
        let awake = |t: &TaskStruct| !t.state().has_exited() && t.parked.is_none();
        !remain.is_null() && kernel.now() < until && kernel.view().tasks.get(task).is_some_and(awake)
    }

    /// What the kernel has stored for a task in memory that others have too.
    pub(super) fn note_stores(&mut self, task: TaskRef, actor: &Actor, events: &[Event], lore: &mut Lore) {
        let shared = self.machine.shared(task);
        let view = self.machine.kernel().view();
        let mm = view.tasks.get(task).and_then(|t| view.mms.get(t.mm?));
        let (false, Some(mm)) = (shared.is_nothing(), mm) else {
            return;
        };
        let mut pages: Map<FrameNo, u64> = Map::default();
        page_table::for_each(view.tables, mm.pgd, &mut |page, pte| {
            pages.insert(pte.frame(), page);
        });
        let mut seen = Vec::new();
        for event in events {
            let (to, len) = match event {
                Event::Effect(Effect::Store { to, len, .. }) => (to, u64::from(*len)),
                Event::Effect(Effect::CopyBytes { to, len, .. }) => (to, u64::from(*len)),
                _ => continue,
            };
            if let Some(page) = pages.get(&to.frame) {
                let addr = (page << 12) + u64::from(to.offset);
                self.locks.stored(actor.who, (addr, len), None, None);
                seen.extend(
                    words(addr, len)
                        .filter(|word| shared.contains_word(*word))
                        .map(|word| ((word, true), self.locks.of(actor.who))),
                );
            }
        }
        self.note_words(actor, seen, lore);
        self.note_locks(lore);
    }
}
