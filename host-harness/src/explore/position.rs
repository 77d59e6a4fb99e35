//! Where a program can be: the machine, and what the outcome owes to the way there.

use kernel_model::abi::flags::TaskFlags;
use kernel_model::abi::ids::{Pid, TaskRef};
use kernel_model::abi::state::State;
use kernel_model::abi::wait::WaitStatus;

use super::births::{Births, Numbers};
use super::contention::{Actor, Contention};
use super::course::Places;
use super::footprint::{
    CLONE, CLONE3, FORK, Footprint, Object, Touch, VFORK, copies_shared_memory, maps, of_resume, of_syscall,
};
use super::told::Told;
use super::trail::Trail;
use crate::machine::watch::Locks;
use crate::machine::{Machine, MachineSnapshot};
use crate::run::Step;

/// Instructions after which a task that does nothing else counts as having made a step: divisible by the lengths of
/// short loops, so that an endless one is soon where it was before.
pub(super) const FUEL: u64 = 720_720;

/// What can happen next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Choice {
    /// A task goes on.
    Task(Pid),
    /// A task executes one more instruction, or makes a system call, before it takes the signal that it was sent.
    Late(Pid),
    /// Time passes until the next timer.
    Clock,
}

impl Choice {
    /// Who acts.
    pub(super) const fn actor(self) -> Pid {
        match self {
            Choice::Task(pid) | Choice::Late(pid) => pid,
            Choice::Clock => CLOCK,
        }
    }
}

/// What is explored, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// Steps that nobody minds are explored in every order too.
    pub unreduced: bool,
    /// Time passes only when nobody can run: whoever sleeps longer wakes later.
    pub idle_clock: bool,
    /// Positions are told apart by all that their future hangs on, and not by a hash of it.
    pub exact: bool,
    /// The machine makes every step, also where others show what it does.
    pub every_step: bool,
}

/// What is known of the program, over all of its positions.
#[derive(Clone, Debug)]
pub(super) struct Lore {
    pub(super) rules: Rules,
    pub(super) numbers: Numbers,
    pub(super) contention: Contention,
    /// Every step of the machine, where somebody wants to know.
    pub(super) steps: Option<Vec<Step>>,
    /// What the step that is being made has done so far.
    pub(super) trail: Trail,
}

impl Lore {
    /// How much is known: the same as long as nothing new was learned.
    pub(super) fn revision(&self) -> u64 {
        self.contention.revision() + self.numbers.given() as u64
    }

    /// A task touches something.
    pub(super) fn record(&mut self, actor: Actor, object: Object, touch: Touch) {
        self.trail.touches(object, touch);
        self.contention.record(actor, object, touch);
    }

    pub(super) fn note(&mut self, step: Step) {
        if let Some(steps) = &mut self.steps {
            steps.push(step);
        }
    }
}

/// How the program's first process ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MainEnd {
    /// Its status.
    pub status: WaitStatus,
    /// Whether it left children that had ended and were not waited for.
    pub zombies: bool,
    /// Whether it left children that lived on.
    pub orphans: bool,
}

/// A machine between two steps.
#[derive(Debug)]
pub(super) struct Position {
    pub(super) machine: Machine,
    pub(super) births: Births,
    /// Known of those who have made a step.
    pub(super) places: Places,
    pub(super) locks: Locks,
    /// What is known of its number.
    pub(super) told: Told,
    pub(super) main: Option<Pid>,
    pub(super) end: Option<MainEnd>,
}

/// A position to go back to.
#[derive(Debug)]
pub(super) struct Bookmark {
    machine: MachineSnapshot,
    births: Births,
    places: Places,
    locks: Locks,
    told: Told,
    main: Option<Pid>,
    end: Option<MainEnd>,
}

/// Who lets time pass.
pub(super) const CLOCK: Pid = Pid(0);

pub(super) const fn creates(nr: u64) -> bool {
    matches!(nr, CLONE | FORK | VFORK | CLONE3)
}

pub(super) const fn of_word(word: u64, written: bool) -> (Object, Touch) {
    let touch = if written { Touch::Write } else { Touch::Read };
    (Object::Word(word), touch)
}

impl Position {
    pub(super) fn new(machine: Machine) -> Position {
        Position {
            machine,
            births: Births::default(),
            places: Places::default(),
            locks: Locks::default(),
            told: Told::default(),
            main: None,
            end: None,
        }
    }

    pub(super) fn bookmark(&self) -> Bookmark {
        Bookmark {
            machine: self.machine.snapshot(),
            births: self.births.clone(),
            places: self.places.clone(),
            locks: self.locks.clone(),
            told: self.told.clone(),
            main: self.main,
            end: self.end,
        }
    }

    pub(super) fn go_back(&mut self, to: &Bookmark) {
        self.machine.restore(&to.machine);
        self.births.clone_from(&to.births);
        self.places.clone_from(&to.places);
        self.locks.clone_from(&to.locks);
        self.told.clone_from(&to.told);
        (self.main, self.end) = (to.main, to.end);
    }

    pub(super) fn machine(&self) -> &Machine {
        &self.machine
    }

    pub(super) fn main_end(&self) -> Option<MainEnd> {
        self.end
    }

    /// The tasks of the program that have not ended, init not among them.
    pub(super) fn live(&self) -> impl Iterator<Item = (Pid, TaskRef)> + '_ {
        let tasks = self.machine.kernel().view().tasks;
        let program = tasks.iter().filter(|(_, t)| {
            t.pid.0 > Pid::INIT.0 && !t.flags.contains(TaskFlags::PF_KTHREAD) && !t.state().has_exited()
        });
        program.map(|(task, t)| (t.pid, task))
    }

    /// Those that can go on, by pid.
    pub(super) fn ready(&self) -> Vec<(Pid, TaskRef)> {
        let view = self.machine.kernel().view();
        let running = |task: &TaskRef| view.tasks[*task].state() == State::Running;
        let mut ready = Vec::with_capacity(view.tasks.used() as usize);
        ready.extend(self.live().filter(|(_, task)| running(task)));
        ready.sort_unstable_by_key(|(pid, _)| *pid);
        ready
    }

    /// The first process of all, if it can go on.
    pub(super) fn ready_init(&self) -> Option<TaskRef> {
        let view = self.machine.kernel().view();
        let init = view.find_task(Pid::INIT)?;
        (view.tasks[init].state() == State::Running).then_some(init)
    }

    /// Whether the program has begun and all of it is gone.
    pub(super) fn is_over(&self) -> bool {
        let view = self.machine.kernel().view();
        let left = view
            .tasks
            .iter()
            .any(|(_, t)| t.pid.0 > Pid::INIT.0 && !t.flags.contains(TaskFlags::PF_KTHREAD));
        self.main.is_some() && !left
    }

    /// Whether nobody is there who could notice what this task does.
    pub(super) fn is_alone(&self) -> bool {
        let init = self.main.is_some() && self.ready_init().is_some();
        !init && self.live().nth(1).is_none() && self.machine.kernel().next_timer().is_none()
    }

    /// Whether nobody has ever been there but the program's first task: what it does, it does before all others. Who is
    /// left alone is another matter, for it may have been late.
    pub(super) fn is_first(&self) -> bool {
        let born = self.births.iter().any(|(parent, _)| parent != Pid::INIT);
        let others = self.live().any(|(pid, _)| Some(pid) != self.main);
        !born && !others && self.machine.kernel().next_timer().is_none()
    }

    /// Whether a handler of this task can begin at any of its instructions.
    pub(super) fn is_exposed(&self, task: TaskRef, lore: &Lore) -> bool {
        let view = self.machine.kernel().view();
        let t = &view.tasks[task];
        (lore.rules.unreduced || lore.contention.is_contended(Object::Signals(t.tgid)))
            && t.sighand.is_some_and(|sighand| {
                view.sighands[sighand]
                    .actions()
                    .any(|(_, action)| action.handler > 1)
            })
    }

    /// Whether the next step of a task is one in the kernel.
    pub(super) fn enters_kernel(&self, task: TaskRef) -> bool {
        self.machine.kernel().has_work(task) || self.machine.is_before_syscall(task)
    }

    /// What the next step of a task touches, where that is known beforehand and it is one in the kernel.
    pub(super) fn footprint(&self, task: TaskRef, lore: &Lore) -> Option<Footprint> {
        if self.machine.kernel().has_work(task) {
            return Some(self.of_resume(task, lore));
        }
        self.of_next_syscall(task, lore)
    }

    /// What a task touches when it goes on in the kernel.
    pub(super) fn of_resume(&self, task: TaskRef, lore: &Lore) -> Footprint {
        of_resume(&self.machine, &lore.numbers, task, self.main)
    }

    /// What the system call touches that a task makes next, if its next instruction is one.
    pub(super) fn of_next_syscall(&self, task: TaskRef, lore: &Lore) -> Option<Footprint> {
        let syscall = self.machine.next_syscall(task)?;
        let mut footprint = of_syscall(&self.machine, &lore.numbers, task, syscall, self.main);
        if creates(syscall.0) {
            let pid = self.tid(task);
            let child = lore.numbers.known_child(pid, self.births.of(pid));
            footprint.extend(child.map(|child| (Object::Number(child), Touch::Write)));
            if copies_shared_memory(&self.machine, task, syscall) {
                let words = lore.contention.words().iter();
                footprint.extend(words.map(|word| of_word(*word, false)));
            }
        }
        if let Some(maps) = maps(&self.machine, task, syscall) {
            let words = lore.contention.words().iter();
            let given = |word| !maps.gives || lore.contention.is_taken(word);
            let words = words.filter(|word| maps.may_have(**word) && given(**word));
            footprint.extend(words.map(|word| of_word(*word, true)));
        }
        Some(footprint)
    }

    /// Whether a task may go on before it takes a signal. Of one that another task has sent, nobody can say where in the
    /// program it arrives; the last place is in the next system call, at whose end it is taken.
    pub(super) fn may_be_late(&self, task: TaskRef, lore: &Lore) -> bool {
        let view = self.machine.kernel().view();
        let t = &view.tasks[task];
        t.sigpending
            && t.parked.is_none()
            && (self.machine.next_syscall(task).is_some()
                || self.is_exposed(task, lore)
                || !self.machine.shared(task).is_nothing() && !self.has_its_words(task, lore))
    }

    /// Whether a task has a signal to take that kills it and stands before an instruction of its own: it may go on to one
    /// that others notice.
    pub(super) fn may_drift(&self, task: TaskRef, lore: &Lore) -> bool {
        let view = self.machine.kernel().view();
        let t = &view.tasks[task];
        t.sigpending
            && t.parked.is_none()
            && !lore.rules.unreduced
            && !self.machine.shared(task).is_nothing()
            && !self.is_exposed(task, lore)
            && self.machine.next_syscall(task).is_none()
    }

    /// What can happen next, in a fixed order.
    pub(super) fn all_choices(&self, lore: &Lore) -> Vec<Choice> {
        let mut choices = Vec::with_capacity(8);
        if self.ready_init().is_some() {
            choices.push(Choice::Task(Pid::INIT));
        }
        for (pid, task) in self.ready() {
            choices.push(Choice::Task(pid));
            if self.may_be_late(task, lore) {
                choices.push(Choice::Late(pid));
            }
        }
        let idle = choices.is_empty() || !lore.rules.idle_clock;
        if idle && self.machine.kernel().next_timer().is_some() {
            choices.push(Choice::Clock);
        }
        choices
    }

    /// What the passing of time touches: those who sleep, and the alarms.
    pub(super) fn of_clock(&self) -> Footprint {
        let view = self.machine.kernel().view();
        let alarmed = view
            .for_each_process()
            .filter(|process| view.signal(*process).real_link.is_linked())
            .map(|process| (Object::Signals(view.tasks[process].tgid), Touch::Write));
        std::iter::once((Object::Clock, Touch::Write))
            .chain(alarmed)
            .collect()
    }

    pub(super) fn tid(&self, task: TaskRef) -> Pid {
        self.machine
            .kernel()
            .view()
            .tasks
            .get(task)
            .map_or(Pid(0), |t| t.pid)
    }
}
