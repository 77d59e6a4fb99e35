//! Where a program can be: the machine, and what the outcome owes to the way there.

use kernel_model::abi::effect::Effect;
use kernel_model::abi::flags::TaskFlags;
use kernel_model::abi::ids::{CpuId, FrameNo, Pid, TaskRef};
use kernel_model::abi::state::State;
use kernel_model::abi::wait::WaitStatus;
use kernel_model::objects::blocked::Blocked;
use kernel_model::objects::page_table;
use std::collections::HashMap;

use super::births::{Births, Numbers};
use super::contention::Contention;
use super::footprint::{Footprint, Object, Touch, asks_for_time, asks_now, of_resume, of_syscall};
use crate::machine::watch::{Before, Watch, words};
use crate::machine::{Event, Machine, MachineSnapshot, Standing};
use crate::run::Step;

/// Instructions after which a task that does nothing else counts as having made a step: divisible by the lengths of
/// short loops, so that an endless one is soon where it was before.
const FUEL: u64 = 720_720;
/// Steps that nobody minds, after which others have their turn all the same.
const LOCAL_STEPS: u32 = 20_000;
/// For how many of them a run of [`FUEL`] instructions counts.
const STEPS_PER_FUEL: u32 = LOCAL_STEPS / 2;

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

/// What is explored, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// Steps that nobody minds are explored in every order too.
    pub unreduced: bool,
    /// Time passes only when nobody can run: whoever sleeps longer wakes later.
    pub idle_clock: bool,
}

/// What is known of the program, over all of its positions.
#[derive(Clone, Debug)]
pub(super) struct Lore {
    pub(super) rules: Rules,
    pub(super) numbers: Numbers,
    pub(super) contention: Contention,
    /// Every step of the machine, where somebody wants to know.
    pub(super) steps: Option<Vec<Step>>,
}

impl Lore {
    fn note(&mut self, step: Step) {
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
    pub(super) main: Option<Pid>,
    pub(super) end: Option<MainEnd>,
}

/// A position to go back to.
#[derive(Debug)]
pub(super) struct Bookmark {
    machine: MachineSnapshot,
    births: Births,
    main: Option<Pid>,
    end: Option<MainEnd>,
}

/// Whether a task takes the signals that it was sent first, or makes a system call before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Entry {
    Now,
    Late,
}

const CPU: CpuId = CpuId(0);

const fn creates(nr: u64) -> bool {
    matches!(nr, 56 | 57 | 58 | 435)
}

impl Position {
    pub(super) fn new(machine: Machine) -> Position {
        Position {
            machine,
            births: Births::default(),
            main: None,
            end: None,
        }
    }

    pub(super) fn bookmark(&self) -> Bookmark {
        Bookmark {
            machine: self.machine.snapshot(),
            births: self.births.clone(),
            main: self.main,
            end: self.end,
        }
    }

    pub(super) fn go_back(&mut self, to: &Bookmark) {
        self.machine.restore(&to.machine);
        self.births.clone_from(&to.births);
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
    fn ready(&self) -> Vec<(Pid, TaskRef)> {
        let view = self.machine.kernel().view();
        let running = |task: &TaskRef| view.tasks[*task].state() == State::Running;
        let mut ready: Vec<_> = self.live().filter(|(_, task)| running(task)).collect();
        ready.sort_unstable_by_key(|(pid, _)| *pid);
        ready
    }

    /// The first process of all, if it can go on.
    fn ready_init(&self) -> Option<TaskRef> {
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
    fn is_alone(&self) -> bool {
        let init = self.main.is_some() && self.ready_init().is_some();
        !init && self.live().nth(1).is_none() && self.machine.kernel().next_timer().is_none()
    }

    /// Whether nobody has ever been there but the program's first task: what it does, it does before all others. Who is
    /// left alone is another matter, for it may have been late.
    fn is_first(&self) -> bool {
        let born = self.births.iter().any(|(parent, _)| parent != Pid::INIT);
        let others = self.live().any(|(pid, _)| Some(pid) != self.main);
        !born && !others && self.machine.kernel().next_timer().is_none()
    }

    /// Whether a handler of this task can begin at any of its instructions.
    fn is_exposed(&self, task: TaskRef, lore: &Lore) -> bool {
        let view = self.machine.kernel().view();
        let t = &view.tasks[task];
        (lore.rules.unreduced || lore.contention.is_contended(Object::Signals(t.tgid)))
            && t.sighand.is_some_and(|sighand| {
                view.sighands[sighand]
                    .actions()
                    .any(|(_, action)| action.handler > 1)
            })
    }

    /// What the next step of a task touches, where that is known beforehand.
    fn footprint(&self, task: TaskRef) -> Option<Footprint> {
        if self.machine.kernel().has_work(task) {
            return Some(of_resume(&self.machine, task, self.main));
        }
        let syscall = self.machine.next_syscall(task)?;
        Some(of_syscall(&self.machine, task, syscall, self.main))
    }

    /// Whether a task may go on before it takes a signal. Of one that another task has sent, nobody can say where in the
    /// program it arrives; the last place is in the next system call, at whose end it is taken.
    fn may_be_late(&self, task: TaskRef, lore: &Lore) -> bool {
        let view = self.machine.kernel().view();
        let t = &view.tasks[task];
        t.sigpending
            && t.parked.is_none()
            && (self.machine.next_syscall(task).is_some() || self.is_exposed(task, lore))
    }

    /// What can happen next, in a fixed order.
    pub(super) fn choices(&self, lore: &Lore) -> Vec<Choice> {
        let mut choices = Vec::new();
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

    /// Something happens, and then all that nobody minds. What it was is added to `events`.
    pub(super) fn take(&mut self, choice: Choice, lore: &mut Lore, events: &mut Vec<Event>) {
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
        self.settle(lore, events);
    }

    fn pass_time(&mut self, lore: &mut Lore, events: &mut Vec<Event>) {
        let view = self.machine.kernel().view();
        lore.contention.record(Pid(0), Object::Clock, Touch::Write);
        for process in view.for_each_process() {
            if view.signal(process).real_link.is_linked() {
                let object = Object::Signals(view.tasks[process].tgid);
                lore.contention.record(Pid(0), object, Touch::Write);
            }
        }
        if let Some(at) = self.machine.kernel().next_timer() {
            lore.note(Step::Clock);
            self.machine.advance(at, events);
        }
    }

    fn go_on_late(&mut self, task: TaskRef, lore: &mut Lore, events: &mut Vec<Event>) {
        match self.machine.next_syscall(task) {
            Some(syscall) => {
                let footprint = of_syscall(&self.machine, task, syscall, self.main);
                self.enter_kernel(task, &footprint, Entry::Late, lore, events);
            }
            None => self.instructions(task, 1, lore, events),
        }
    }

    fn go_on(&mut self, task: TaskRef, lore: &mut Lore, events: &mut Vec<Event>) {
        if let Some(footprint) = self.footprint(task) {
            return self.enter_kernel(task, &footprint, Entry::Now, lore, events);
        }
        self.instructions(task, 1, lore, events);
        let block = !lore.rules.unreduced && self.is_exposed(task, lore);
        if block && !self.machine.kernel().has_work(task) {
            self.run(task, FUEL, lore, events);
        }
    }

    /// Executes instructions, whoever may mind.
    fn instructions(&mut self, task: TaskRef, count: u64, lore: &mut Lore, events: &mut Vec<Event>) {
        let shared = self.machine.shared(task);
        let mut watch = Watch::new(&shared, Before::Never);
        let ran = self.machine.run_user(task, count, &mut watch, events);
        let seen = watch.seen;
        self.note_run(task, ran, lore);
        self.note_words(task, seen, lore);
    }

    /// Executes what nobody minds; returns how many instructions that was.
    fn run(&mut self, task: TaskRef, fuel: u64, lore: &mut Lore, events: &mut Vec<Event>) -> (Standing, u64) {
        let shared = self.machine.shared(task);
        let before = match () {
            () if self.is_alone() => Before::Never,
            () if lore.rules.unreduced => Before::Any,
            () => Before::These(lore.contention.words()),
        };
        let mut watch = Watch::new(&shared, before);
        let stood = self.machine.run_user(task, fuel, &mut watch, events);
        let seen = watch.seen;
        self.note_run(task, stood, lore);
        self.note_words(task, seen, lore);
        stood
    }

    fn tid(&self, task: TaskRef) -> Pid {
        self.machine
            .kernel()
            .view()
            .tasks
            .get(task)
            .map_or(Pid(0), |t| t.pid)
    }

    fn note_run(&self, task: TaskRef, (standing, instructions): (Standing, u64), lore: &mut Lore) {
        let trap = standing == Standing::Kernel;
        if instructions > 0 || trap {
            lore.note(Step::Run {
                tid: self.tid(task),
                instructions,
                trap,
            });
        }
    }

    fn note_words(&self, task: TaskRef, seen: impl IntoIterator<Item = (u64, bool)>, lore: &mut Lore) {
        if self.is_first() {
            return;
        }
        let tid = self
            .machine
            .kernel()
            .view()
            .tasks
            .get(task)
            .map_or(Pid(0), |t| t.pid);
        for (word, written) in seen {
            let touch = if written { Touch::Write } else { Touch::Read };
            lore.contention.record(tid, Object::Word(word), touch);
        }
    }

    /// A system call, or what is left to do in the kernel.
    fn enter_kernel(
        &mut self,
        task: TaskRef,
        footprint: &Footprint,
        entry: Entry,
        lore: &mut Lore,
        events: &mut Vec<Event>,
    ) {
        let view = self.machine.kernel().view();
        let Some(t) = view.tasks.get(task) else { return };
        let (pid, tgid, first) = (t.pid, t.tgid, self.is_first());
        if !first {
            for (object, touch) in footprint {
                lore.contention.record(pid, *object, *touch);
            }
        }
        let goes_on = matches!(t.parked, Some(Blocked::Clone(_)));
        let syscall = self.machine.next_syscall(task);
        let forks = goes_on || syscall.is_some_and(|(nr, _)| creates(nr));
        if syscall.is_some_and(asks_now) {
            lore.contention.now_is_asked();
        }
        if syscall.is_some_and(|(nr, _)| asks_for_time(nr)) {
            lore.contention.time_is_told();
        }
        let child = forks.then(|| lore.numbers.of_child(pid, self.births.of(pid)));
        if let Some(child) = child {
            self.machine.set_last_pid(Pid(child.0.saturating_sub(1)));
        }
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
        if !first {
            self.note_stores(task, events.get(told..).unwrap_or(&[]), lore);
        }
        self.follow_from(told, children, events);
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
    fn follow_from(&mut self, told: usize, (zombies, orphans): (bool, bool), events: &[Event]) {
        let mut released = false;
        for event in events.get(told..).unwrap_or(&[]) {
            match event {
                Event::Effect(Effect::Forked { parent, child, .. }) => {
                    if parent.pid == Pid::INIT && self.main.is_none() {
                        self.main = Some(child.pid);
                    }
                    self.births.add(parent.pid);
                }
                Event::Effect(Effect::Exited {
                    task,
                    status,
                    last: true,
                }) if Some(task.pid) == self.main => {
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
        }
    }

    /// What the kernel has stored for a task in memory that others have too.
    fn note_stores(&self, task: TaskRef, events: &[Event], lore: &mut Lore) {
        let shared = self.machine.shared(task);
        let view = self.machine.kernel().view();
        let mm = view.tasks.get(task).and_then(|t| view.mms.get(t.mm?));
        let (false, Some(mm)) = (shared.is_nothing(), mm) else {
            return;
        };
        let mut pages: HashMap<FrameNo, u64> = HashMap::new();
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
                seen.extend(
                    words(addr, len)
                        .filter(|word| shared.contains(word * 8))
                        .map(|word| (word, true)),
                );
            }
        }
        self.note_words(task, seen, lore);
    }

    /// Lets everybody do what nobody else minds, until only steps are left that somebody does.
    pub(super) fn settle(&mut self, lore: &mut Lore, events: &mut Vec<Event>) {
        let mut left = LOCAL_STEPS;
        while left > 0 {
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
    }

    /// Makes a step of this task if nobody minds.
    fn goes_unnoticed(
        &mut self,
        task: TaskRef,
        lore: &mut Lore,
        events: &mut Vec<Event>,
        left: &mut u32,
    ) -> bool {
        if let Some(footprint) = self.footprint(task) {
            let pid = self.machine.kernel().view().tasks[task].pid;
            let local = match () {
                () if pid == Pid::INIT => self.init_is_unnoticed(lore),
                () if self.may_be_late(task, lore) => false,
                () if self.is_alone() => true,
                () if lore.rules.unreduced => false,
                () => lore.contention.is_local(&footprint) || self.only_falls_asleep(task, lore),
            };
            if local {
                *left = left.saturating_sub(1);
                // Init waits for whoever comes: only the number of the child matters to others.
                let touches = if pid == Pid::INIT {
                    self.reaped_by_init()
                } else {
                    footprint
                };
                self.enter_kernel(task, &touches, Entry::Now, lore, events);
            }
            return local;
        }
        if self.is_exposed(task, lore) && !self.is_alone() {
            return false;
        }
        let (standing, instructions) = self.run(task, FUEL, lore, events);
        *left = left.saturating_sub(match standing {
            Standing::User => STEPS_PER_FUEL,
            _ => 1,
        });
        instructions > 0 || standing == Standing::Kernel
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
        let quiet = || {
            view.for_each_thread(task)
                .all(|thread| view.tasks[thread].reports.is_empty())
        };
        let disturbed =
            [Object::All, Object::Signals(t.tgid)].map(|object| lore.contention.is_contended(object));
        !self.machine.kernel().has_work(task) && options & WNOHANG == 0 && disturbed == [false; 2] && quiet()
    }

    /// The children of init that have ended: their numbers are free once it has waited for them.
    fn reaped_by_init(&self) -> Footprint {
        let view = self.machine.kernel().view();
        let Some(init) = view.find_task(Pid::INIT) else {
            return Vec::new();
        };
        let ended = view.children(init).map(|child| &view.tasks[child]);
        let ended = ended.filter(|t| t.state().has_exited());
        ended.map(|t| (Object::Number(t.pid), Touch::Write)).collect()
    }

    fn init_is_unnoticed(&self, lore: &Lore) -> bool {
        self.main.is_none() || !lore.rules.unreduced && lore.contention.is_local(&self.reaped_by_init())
    }
}
