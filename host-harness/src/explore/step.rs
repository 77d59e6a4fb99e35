//! What happens: a task goes on, in user space or in the kernel, or time passes.

use kernel_model::abi::effect::Effect;
use kernel_model::abi::ids::{CpuId, Pid, TaskRef};
use kernel_model::objects::blocked::Blocked;

use super::births::Birth;
use super::contention::Actor;
use super::course::Place;
use super::footprint::{
    Footprint, Object, Touch, asks_for_rusage, asks_for_time, asks_now, copies_shared_memory, maps,
};
use super::position::{CLOCK, Choice, FUEL, Lore, MainEnd, Position, creates};
use crate::machine::watch::{Before, Watch};
use crate::machine::{Event, Standing};
use crate::run::Step;

const CPU: CpuId = CpuId(0);

/// Whether a task takes the signals that it was sent first, or makes a system call before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entry {
    Now,
    Late,
}

impl Position {
    /// Something happens, and then all that nobody minds. What it was is added to `events`.
    pub(super) fn take(&mut self, choice: Choice, lore: &mut Lore, events: &mut Vec<Event>) {
        lore.trail.begin();
        let place = |pid| Some((pid, self.places.of(pid)?));
        let after = place(choice.actor());
        match choice {
            Choice::Clock => self.pass_time(lore, events),
            Choice::Late(pid) => {
                if let Some(task) = self.machine.kernel().find(pid) {
                    self.go_on_late(task, lore, events);
                }
            }
            Choice::Task(pid) => {
                if let Some(task) = self.machine.kernel().find(pid) {
                    self.go_on(task, lore, events);
                }
            }
        }
        self.settle(after, lore, events);
    }

    fn pass_time(&mut self, lore: &mut Lore, events: &mut Vec<Event>) {
        let clock = Actor {
            who: CLOCK,
            memory: CLOCK,
            births: 0,
            place: Place::default(),
        };
        for (object, touch) in self.of_clock() {
            lore.record(clock, object, touch);
        }
        // Who wakes, and what late means to the others, is not told.
        lore.trail.lose();
        if let Some(at) = self.machine.kernel().next_timer() {
            lore.note(Step::Clock);
            self.machine.advance(at, events);
        }
    }

    fn go_on_late(&mut self, task: TaskRef, lore: &mut Lore, events: &mut Vec<Event>) {
        match self.of_next_syscall(task, lore) {
            Some(mut footprint) => {
                // At its end the signal is taken.
                footprint.extend(self.of_resume(task, lore));
                self.enter_kernel(task, &footprint, Entry::Late, lore, events);
            }
            None => self.go_on_in_user_space(task, lore, events),
        }
    }

    fn go_on(&mut self, task: TaskRef, lore: &mut Lore, events: &mut Vec<Event>) {
        if let Some(footprint) = self.footprint(task, lore) {
            return self.enter_kernel(task, &footprint, Entry::Now, lore, events);
        }
        self.go_on_in_user_space(task, lore, events);
    }

    fn go_on_in_user_space(&mut self, task: TaskRef, lore: &mut Lore, events: &mut Vec<Event>) {
        self.instruction(task, lore, events);
        let block = !lore.rules.unreduced && self.is_exposed(task, lore);
        if block && !self.machine.kernel().has_work(task) {
            self.run(task, lore, events);
        }
    }

    /// Executes an instruction, whoever may mind.
    pub(super) fn instruction(&mut self, task: TaskRef, lore: &mut Lore, events: &mut Vec<Event>) {
        let actor = self.actor(task, lore);
        self.note_move(task, lore);
        let shared = self.machine.shared(task);
        let locks = std::mem::take(&mut self.locks);
        let mut watch = Watch::new(&shared, Before::Never, actor.who, locks);
        let ran = self.machine.run_user(task, 1, &mut watch, events);
        let seen = watch.seen;
        self.locks = watch.locks;
        self.note_locks(lore);
        self.note_run(task, ran, lore);
        self.note_words(&actor, seen, lore);
        self.note_course(task, &actor, lore);
    }

    /// Executes what nobody minds; returns how many instructions that was.
    pub(super) fn run(&mut self, task: TaskRef, lore: &mut Lore, events: &mut Vec<Event>) -> (Standing, u64) {
        let actor = self.actor(task, lore);
        let shared = self.machine.shared(task);
        let before = match () {
            () if self.is_alone() => Before::Never,
            () if lore.rules.unreduced => Before::Any,
            () => Before::These(lore.contention.words()),
        };
        let locks = std::mem::take(&mut self.locks);
        let mut watch = Watch::new(&shared, before, actor.who, locks);
        let stood = self.machine.run_user(task, FUEL, &mut watch, events);
        let seen = watch.seen;
        self.locks = watch.locks;
        self.note_locks(lore);
        self.note_run(task, stood, lore);
        self.note_words(&actor, seen, lore);
        if stood.1 > 0 {
            self.note_move(task, lore);
            self.note_course(task, &actor, lore);
        }
        stood
    }

    /// A system call, or what is left to do in the kernel.
    pub(super) fn enter_kernel(
        &mut self,
        task: TaskRef,
        footprint: &Footprint,
        entry: Entry,
        lore: &mut Lore,
        events: &mut Vec<Event>,
    ) {
        let view = self.machine.kernel().view();
        let Some(t) = view.tasks.get(task) else { return };
        let (pid, tgid, parked, first) = (t.pid, t.tgid, t.parked, self.is_first());
        let parent = view.tasks.get(t.real_parent).map(|parent| parent.tgid);
        let actor = self.actor(task, lore);
        lore.trail.moves(pid);
        if first {
            lore.trail.lose();
        } else {
            self.note_footprint(&actor, footprint, lore);
        }
        let syscall = self.machine.next_syscall(task);
        if let Some(syscall) = syscall {
            self.note_syscall(task, &actor, syscall, lore);
        }
        let maps = syscall.and_then(|syscall| maps(&self.machine, task, syscall));
        let goes_on = matches!(parked, Some(Blocked::Clone(_)));
        let forks = goes_on || syscall.is_some_and(|(nr, _)| creates(nr));
        let child = forks.then(|| self.bear(task, &actor, lore));
        lore.note(match entry {
            Entry::Now => Step::Call { tid: pid, child },
            Entry::Late => Step::Late { tid: pid, child },
        });
        let children = if Some(tgid) == self.main {
            self.children_of(task)
        } else {
            (false, false)
        };
        let told = events.len();
        match entry {
            Entry::Now => self.machine.step(CPU, task, 1, events),
            Entry::Late => self.machine.step_before_signal(CPU, task, events),
        };
        if let Some(maps) = maps.filter(|maps| !first || !maps.gives) {
            lore.trail.lose();
            self.note_maps(task, actor, maps, lore);
        }
        if !first {
            self.note_stores(task, &actor, events.get(told..).unwrap_or(&[]), lore);
        }
        if self.was_woken_early(task, parked) {
            lore.contention.time_is_told();
        }
        self.note_parents(parent, events.get(told..).unwrap_or(&[]), lore);
        self.note_course(task, &actor, lore);
        self.follow_from(told, tgid, children, events);
    }

    /// What a step in the kernel touches.
    fn note_footprint(&self, actor: &Actor, footprint: &Footprint, lore: &mut Lore) {
        let alone = self.is_alone();
        for (object, touch) in footprint {
            match (object, alone) {
                (Object::Word(word), true) => lore.contention.touch_alone(*actor, *word),
                (Object::Word(word), false) => lore.contention.guard(*word, &self.locks.of(actor.who)),
                _ => {}
            }
            lore.record(*actor, *object, *touch);
        }
    }

    /// What the program has learned to see with a system call.
    fn note_syscall(&self, task: TaskRef, actor: &Actor, syscall: (u64, [u64; 6]), lore: &mut Lore) {
        let copies = creates(syscall.0) && copies_shared_memory(&self.machine, task, syscall);
        if copies && !self.is_first() {
            lore.trail.lose();
            lore.contention.copies(*actor);
        }
        if asks_now(syscall) {
            lore.contention.now_is_asked();
        }
        if asks_for_time(syscall.0) {
            lore.contention.time_is_told();
        }
        if asks_for_rusage(syscall) {
            lore.contention.costs_are_told();
        }
    }

    /// The number of the child that a task bears next; the machine will give it that one.
    fn bear(&mut self, task: TaskRef, actor: &Actor, lore: &mut Lore) -> Pid {
        let view = self.machine.kernel().view();
        let tgid = view.tasks.get(task).map_or(actor.who, |t| t.tgid);
        let birth = Birth {
            parent: actor.who,
            tgid,
            before: self.births.of(actor.who),
        };
        let child = lore.numbers.of_child(birth);
        lore.contention.born(child, birth, lore.numbers.are_used_again());
        // Of the first child of this birth the footprint could not tell the number.
        if !self.is_first() {
            lore.record(*actor, Object::Number(child), Touch::Write);
        }
        self.machine.set_last_pid(Pid(child.0.saturating_sub(1)));
        child
    }

    /// Whether a process has children that have ended, and such that live.
    fn children_of(&self, task: TaskRef) -> (bool, bool) {
        let view = self.machine.kernel().view();
        let (mut zombies, mut living) = (false, false);
        for thread in view.for_each_thread(task) {
            for child in view.children(thread) {
                let exited = view.tasks[child].state().has_exited();
                zombies |= exited;
                living |= !exited;
            }
        }
        (zombies, living)
    }

    /// Keeps in mind what the machine forgets: births, and how the first process ended.
    fn follow_from(&mut self, told: usize, tgid: Pid, (zombies, orphans): (bool, bool), events: &[Event]) {
        let mut released = false;
        for event in events.get(told..).unwrap_or(&[]) {
            match event {
                Event::Effect(Effect::Forked { parent, child, .. }) => {
                    if parent.pid == Pid::INIT && self.main.is_none() {
                        self.main = Some(child.pid);
                    }
                    self.births.add(parent.pid);
                }
                // Whichever of its threads is the last.
                Event::Effect(Effect::Exited {
                    status, last: true, ..
                }) if Some(tgid) == self.main => {
                    self.end = Some(MainEnd {
                        status: *status,
                        zombies,
                        orphans,
                    });
                }
                Event::Effect(Effect::Reaped { .. } | Effect::Exited { .. }) => released = true,
                _ => {}
            }
        }
        if released {
            let kernel = self.machine.kernel();
            self.births.keep(|pid| kernel.find(pid).is_some());
            self.places.keep(|pid| kernel.find(pid).is_some());
        }
    }
}
