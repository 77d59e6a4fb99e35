//! What nobody minds is done at once: only steps are left that somebody does.

use kernel_model::abi::ids::{Pid, TaskRef};

use super::course::Place;
use super::footprint::{Footprint, Object, Touch};
use super::position::{Lore, Position};
use super::step::Entry;
use crate::machine::hash::Map;
use crate::machine::{Event, Standing};

/// Steps that nobody minds, after which others have their turn all the same.
const LOCAL_STEPS: u32 = 20_000;
/// For how many of them a run of `FUEL` instructions counts.
const STEPS_PER_FUEL: u32 = LOCAL_STEPS / 2;
/// How many rounds of a loop are one step.
const ROUNDS: u32 = 8;

/// What is left to be done at once. Of a loop that calls the kernel no more than some rounds, so that an endless one is soon
/// where it was; of one that writes no more than one, so that all that it has written at some time is an output.
#[derive(Debug)]
struct Left {
    steps: u32,
    calls: Map<(Pid, Option<Place>), u32>,
}

impl Left {
    fn step(&mut self, of: u32) {
        self.steps = self.steps.saturating_sub(of);
    }

    /// Whether a task may call the kernel at this place of its program once more.
    fn may_call(&mut self, who: Pid, place: Option<Place>, footprint: &Footprint) -> bool {
        let writes = footprint.contains(&(Object::Console, Touch::Write));
        let calls = self.calls.entry((who, place)).or_default();
        *calls += 1;
        *calls <= if writes { 1 } else { ROUNDS }
    }
}

impl Position {
    /// Lets everybody do what nobody else minds, until only steps are left that somebody does.
    /// It begins after a call that somebody may have minded, if this one has made it.
    pub(super) fn settle(&mut self, after: Option<(Pid, Place)>, lore: &mut Lore, events: &mut Vec<Event>) {
        let mut left = Left {
            steps: LOCAL_STEPS,
            calls: after
                .map(|(who, place)| ((who, Some(place)), 1))
                .into_iter()
                .collect(),
        };
        while left.steps > 0 {
            let init = self.ready_init();
            let moved = init.is_some_and(|init| self.goes_unnoticed(init, lore, events, &mut left))
                || self
                    .ready()
                    .into_iter()
                    .any(|(_, task)| self.goes_unnoticed(task, lore, events, &mut left));
            if !moved {
                return;
            }
        }
        lore.trail.lose();
    }

    /// Makes a step of this task if nobody minds.
    fn goes_unnoticed(
        &mut self,
        task: TaskRef,
        lore: &mut Lore,
        events: &mut Vec<Event>,
        left: &mut Left,
    ) -> bool {
        if self.may_drift(task, lore) && self.goes_on_in_user_space(task, lore, events, left) {
            return true;
        }
        let pid = self.tid(task);
        if lore.rules.unreduced && self.enters_kernel(task) {
            let minded = match pid {
                Pid::INIT => self.main.is_some(),
                _ => self.may_be_late(task, lore) || !self.is_alone(),
            };
            if minded {
                return false;
            }
        }
        if let Some(footprint) = self.footprint(task, lore) {
            let local = match () {
                () if pid == Pid::INIT => self.init_is_unnoticed(lore),
                () if self.may_be_late(task, lore) => false,
                () if lore.rules.unreduced || self.is_alone() => true,
                () => self.is_local(pid, &footprint, lore) || self.only_falls_asleep(task, lore),
            };
            let may_call = local && left.may_call(pid, self.places.of(pid), &footprint);
            if local && !may_call {
                lore.trail.lose();
            }
            if may_call {
                left.step(1);
                // Init waits for whoever comes: only the number of the child matters to others.
                let touches = if pid == Pid::INIT {
                    lore.trail.touches(Object::Children(Pid::INIT), Touch::Write);
                    self.reaped_by_init()
                } else {
                    footprint
                };
                self.enter_kernel(task, &touches, Entry::Now, lore, events);
            }
            return may_call;
        }
        if self.is_exposed(task, lore) && !self.is_alone() {
            return false;
        }
        self.goes_on_in_user_space(task, lore, events, left)
    }

    /// Executes what nobody minds; whether that was anything.
    fn goes_on_in_user_space(
        &mut self,
        task: TaskRef,
        lore: &mut Lore,
        events: &mut Vec<Event>,
        left: &mut Left,
    ) -> bool {
        let (standing, instructions) = self.run(task, lore, events);
        left.step(match standing {
            Standing::User => STEPS_PER_FUEL,
            _ => 1,
        });
        let alone = standing == Standing::Shared && instructions == 0 && self.has_its_words(task, lore);
        if alone {
            self.instruction(task, lore, events);
        }
        alone || instructions > 0 || standing == Standing::Kernel
    }

    /// Whether a task is about to wait for children of which none has anything to tell: it looks again when it is
    /// woken, so that it makes no difference whether it falls asleep now or calls later.
    fn only_falls_asleep(&self, task: TaskRef, lore: &Lore) -> bool {
        const WNOHANG: u64 = 1;
        let view = self.machine.kernel().view();
        let options = match self.machine.next_syscall(task) {
            Some((61, [_, _, options, ..]) | (247, [_, _, _, options, ..])) => options,
            _ => return false,
        };
        let t = &view.tasks[task];
        // Another thread could create a child first: where there is none, the call does not fall asleep.
        if view.signal(task).live > 1 {
            return false;
        }
        let quiet = || {
            view.for_each_thread(task)
                .all(|thread| view.tasks[thread].reports.is_empty())
        };
        let disturbed =
            [Object::All, Object::Signals(t.tgid)].map(|object| lore.contention.is_contended(object));
        !self.machine.kernel().has_work(task) && options & WNOHANG == 0 && disturbed == [false; 2] && quiet()
    }

    /// The children of init that have ended: their numbers are free once it has waited for them.
    pub(super) fn reaped_by_init(&self) -> Footprint {
        let view = self.machine.kernel().view();
        let Some(init) = view.find_task(Pid::INIT) else {
            return Vec::new();
        };
        let ended = view.children(init).map(|child| &view.tasks[child]);
        let ended = ended.filter(|t| t.state().has_exited());
        let touches = ended.flat_map(|t| {
            let group = view.pids[view.signals[t.signal].pgrp].nr;
            [
                (Object::Number(t.pid), Touch::Write),
                (Object::Group(group), Touch::Read),
            ]
        });
        touches.collect()
    }

    fn init_is_unnoticed(&self, lore: &Lore) -> bool {
        self.main.is_none() || self.is_local(Pid::INIT, &self.reaped_by_init(), lore)
    }
}
