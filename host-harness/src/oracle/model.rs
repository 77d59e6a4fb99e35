//! The model as a system: [`kernel_model`], driven one command at a time.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use kernel_model::abi::call::Outcome as Answer;
use kernel_model::abi::effect::{Board, Effect};
use kernel_model::abi::flags::Prot;
use kernel_model::abi::ids::{FrameNo, ImageId, PhysAddr, TaskRef};
use kernel_model::abi::rlimit::Resource;
use kernel_model::abi::state::State;
use kernel_model::kernel::audit::Violation;
use kernel_model::kernel::storage::{Boxed, Capacity};
use kernel_model::kernel::{Config, Detail, Kernel};
use kernel_model::objects::mm::VmaKind;
use kernel_model::objects::task::Comm;
use kernel_model::verbs::exec::{Program, Segment};
use kernel_model::{Call, Pid};

use super::registers::{At, Regs};
use super::stacks::{STACKS, STACKS_LEN, stack_top};
use super::system::{
    CAPABILITIES, Command, HEAP, Handling, LIMITS, Lost, Outcome, Returned, Snapshot, System,
};
use super::view;
use crate::machine::memory::Memory;
use crate::machine::program::Programs;

mod puppet;

/// Tasks that may exist at once, zombies among them: what a system of puppets has mailboxes for.
pub const TASKS: usize = 60;
/// Bytes of each task's OUT area: a read from a pipe can store 64 KiB. What calls take from memory lies behind.
const OUT_SIZE: u64 = 0x1_1000;
/// Where in the area the IN area lies.
const IN_AT: u64 = 0x1_0800;
/// Where the OUT areas lie in the model: the data of the program.
const OUT_AREAS: u64 = 0x40_0000;
/// What is wiped where a frame was, so that states in which nothing else differs are the same.
const FRAME_BYTES: usize = 512;
const PAGE: u64 = 4096;
/// Orders of waking that are followed at once. Beyond, a state goes on in the order of waking alone.
pub const MOST_ORDERS: usize = 5040;
/// Turns of tasks within one step after which it is taken for endless.
const MOST_TURNS: u32 = 100_000;

const fn bss(start: u64, end: u64) -> Segment {
    Segment {
        start,
        end,
        prot: Prot::READ.union(Prot::WRITE),
        kind: VmaKind::Bss,
        file: false,
    }
}

const SEGMENTS: [Segment; 2] = [
    bss(OUT_AREAS, OUT_AREAS + 64 * OUT_SIZE),
    bss(STACKS, STACKS + STACKS_LEN),
];

const CAPACITY: Capacity = Capacity {
    tasks: TASKS + 4,
    frames: 2048,
    vmas: 2048,
    tables: 1536,
    files: 512,
    pipes: 128,
    sigqueues: 4096,
    pid_max: 32_768,
};

fn program() -> Program<'static> {
    Program {
        image: ImageId(0),
        comm: Comm::new(b"puppet"),
        segments: &SEGMENTS,
        brk: HEAP,
        entry: OUT_AREAS,
    }
}

/// A command that is not over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Doing {
    command: Command,
    /// The same with the addresses of the task that was told.
    translated: Command,
    /// Whether it was this task that was told, and not its parent before a fork in a handler.
    own: bool,
}

/// What a task does outside of handlers, or in one of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Level {
    /// What the handler was told.
    handling: Handling,
    doing: Option<Doing>,
}

#[derive(Clone, Debug)]
struct Puppet {
    task: TaskRef,
    /// Which of the OUT areas is its own.
    area: u64,
    /// The top of its own stack; its alternate stack begins there.
    stack: u64,
    /// What it does outside of handlers, and in each handler.
    levels: Vec<Level>,
}

/// Physical memory, and what the kernel told in this step.
#[derive(Clone, Debug)]
struct Bench {
    memory: Memory,
    /// Who was woken or sent a signal, the earliest first.
    woken: Vec<TaskRef>,
    forked: Option<TaskRef>,
}

impl Board for Bench {
    fn emit(&mut self, effect: Effect) {
        match effect {
            Effect::Woken { task } | Effect::SignalSent { to: task, .. } => self.woken.push(task.task),
            Effect::Forked { child, .. } => self.forked = Some(child.task),
            _ => self.memory.apply(&effect, no_programs()),
        }
    }

    fn load(&self, from: PhysAddr, into: &mut [u8]) {
        let bytes = self.memory.bytes(from, into.len());
        for (to, from) in into.iter_mut().zip(bytes) {
            *to = *from;
        }
    }
}

/// The pages of the puppet's program are all zeroes, so no program needs to be read.
fn no_programs() -> &'static Programs {
    static NONE: OnceLock<Programs> = OnceLock::new();
    NONE.get_or_init(Programs::default)
}

/// The model, with one task for a start. A clone shares nothing with its original.
///
/// As a [`System`] it lets tasks that are woken at once run in the order in which they were woken; what else could
/// happen is what [`Model::step_all`] gives.
#[derive(Debug)]
pub struct Model {
    kernel: Kernel<Boxed<Regs>>,
    bench: Bench,
    puppets: Vec<Puppet>,
    /// Stacks that were given away.
    stacks: u64,
    returned: BTreeMap<u32, Returned>,
    caller: Option<TaskRef>,
    /// In how many handlers the caller was when it was told.
    caller_level: u64,
    /// What the caller's command gave in this step.
    answer: Option<Returned>,
}

impl Clone for Model {
    fn clone(&self) -> Model {
        Model {
            kernel: self.kernel.clone(),
            bench: self.bench.clone(),
            puppets: self.puppets.clone(),
            stacks: self.stacks,
            returned: self.returned.clone(),
            caller: self.caller,
            caller_level: self.caller_level,
            answer: self.answer,
        }
    }

    /// Costs what is in use: the tables have room for much more.
    fn clone_from(&mut self, other: &Model) {
        self.kernel.clone_from(&other.kernel);
        self.bench.memory.clone_from(&other.bench.memory);
        self.bench.woken.clone_from(&other.bench.woken);
        self.bench.forked = other.bench.forked;
        self.puppets.clone_from(&other.puppets);
        self.stacks = other.stacks;
        self.returned.clone_from(&other.returned);
        (self.caller, self.caller_level, self.answer) = (other.caller, other.caller_level, other.answer);
    }
}

impl Model {
    /// A model that has booted.
    ///
    /// # Errors
    /// [`Lost`]: its own tables are too small for one task.
    pub fn new() -> Result<Model, Lost> {
        Model::first().cloned()
    }

    /// The one that all others begin as.
    fn first() -> Result<&'static Model, Lost> {
        static FIRST: OnceLock<Result<Model, Lost>> = OnceLock::new();
        FIRST.get_or_init(Model::build).as_ref().map_err(Lost::clone)
    }

    fn build() -> Result<Model, Lost> {
        let config = Config {
            kthreadd: false,
            console: None,
            rlimits: LIMITS,
            ..Config::default()
        };
        let mut bench = Bench {
            memory: Memory::new(CAPACITY.frames),
            woken: Vec::new(),
            forked: None,
        };
        let fail = |what: &str| Lost(format!("the model does not boot: {what}"));
        let mut kernel = Kernel::boot(Boxed::<Regs>::new(&CAPACITY), &config, &mut bench)
            .map_err(|errno| fail(errno.name()))?;
        let init = kernel.find(Pid::INIT).ok_or_else(|| fail("no init"))?;
        // The first process of a namespace leads nothing until it says so.
        if kernel.syscall(init, Call::Setsid, &mut bench) != Answer::Done(1) {
            return Err(fail("setsid"));
        }
        // What exec gives root is what the bounding set holds (PR_CAPBSET_DROP).
        for number in (0..41).filter(|number| CAPABILITIES & 1 << number == 0) {
            let drop = Call::Prctl {
                option: 24,
                args: [number, 0, 0, 0],
            };
            if kernel.syscall(init, drop, &mut bench) != Answer::Done(0) {
                return Err(fail("prctl"));
            }
        }
        if kernel.exec(init, &program(), &mut bench) != Answer::Done(0) {
            return Err(fail("exec"));
        }
        let first = Puppet {
            task: init,
            area: 0,
            stack: stack_top(0),
            levels: vec![Level::default()],
        };
        if let Some(regs) = kernel.thread_mut(init) {
            (regs.at, regs.sp) = (At::Idle, first.stack);
        }
        bench.memory.freeze();
        // Init was forked before there was anybody to adopt it.
        bench.forked = None;
        Ok(Model {
            kernel,
            bench,
            puppets: vec![first],
            stacks: 1,
            returned: BTreeMap::new(),
            caller: None,
            caller_level: 0,
            answer: None,
        })
    }

    /// Recomputes all that the kernel's tables say.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn audit(&self) -> Result<(), Violation> {
        self.kernel.audit()
    }

    /// The kernel, to look at.
    #[must_use]
    pub fn kernel(&self) -> &Kernel<Boxed<Regs>> {
        &self.kernel
    }

    /// Whether a command may still create things. The tables of the model are smaller than the kernel's; a program
    /// that fills them would find that and nothing about Linux.
    #[must_use]
    pub fn has_room(&self) -> bool {
        let limit = |name: &str| match name {
            "tasks" => TASKS - 8,
            "vmas" => CAPACITY.vmas - 128,
            "tables" => CAPACITY.tables - 128,
            "pages" => CAPACITY.frames - 128,
            "filp" => CAPACITY.files - 8,
            "pipes" => CAPACITY.pipes - 4,
            _ => usize::MAX,
        };
        self.kernel
            .used()
            .iter()
            .all(|(name, used)| usize::try_from(*used).is_ok_and(|used| used < limit(name)))
    }

    /// Whether a task may open a descriptor after exec: a puppet does so when it begins, and does not begin without.
    #[must_use]
    pub fn can_exec(&self, task: u32) -> bool {
        let w = self.kernel.view();
        let Some(task) = w.find_task(Pid(task)) else {
            return true;
        };
        let limit = w.signal(task).rlim.get(Resource::Nofile).cur;
        let end = u32::try_from(limit).unwrap_or(u32::MAX);
        let files = w.tasks.get(task).and_then(|t| t.files);
        files.is_none_or(|files| w.files[files].lowest_free(w.fdtables, 0, end).is_some())
    }

    /// What can be seen of all tasks; without the pages of the arena it costs less.
    #[must_use]
    pub fn snapshot(&self, pages: bool) -> Snapshot {
        let mut snapshot = view::snapshot(&self.kernel, pages);
        for puppet in &self.puppets {
            let task = snapshot.tasks.get_mut(&self.tid(puppet.task));
            let inside = puppet.levels.iter().skip(1);
            if let Some(task) = task.filter(|task| !matches!(task.state, 'Z' | 'X')) {
                task.handlers = inside.map(|level| level.handling).collect();
            }
        }
        snapshot
    }

    /// The pages of the arena that a task may read, or write.
    #[must_use]
    pub fn accessible(&self, task: u32, write: bool) -> Vec<u32> {
        view::accessible(&self.kernel, task, write)
    }

    fn state(&self, task: TaskRef) -> Option<State> {
        self.kernel.view().tasks.get(task).map(|t| t.state())
    }

    fn tid(&self, task: TaskRef) -> u32 {
        self.kernel.view().tasks.get(task).map_or(0, |t| t.pid.0)
    }

    fn puppet(&mut self, task: TaskRef) -> Option<&mut Puppet> {
        self.puppets.iter_mut().find(|puppet| puppet.task == task)
    }

    /// The tasks that have something to do, in the order in which they were woken.
    fn ready(&self) -> Vec<TaskRef> {
        let place = |task: TaskRef| self.bench.woken.iter().position(|woken| *woken == task);
        let works = |puppet: &&Puppet| {
            self.state(puppet.task) == Some(State::Running)
                && (self.kernel.has_work(puppet.task) || self.regs(puppet.task).at != At::Idle)
        };
        let mut ready: Vec<TaskRef> = self
            .puppets
            .iter()
            .filter(works)
            .map(|puppet| puppet.task)
            .collect();
        // Whom nobody woke by name was told to die with its process, after those.
        ready.sort_by_key(|task| place(*task).unwrap_or(usize::MAX));
        ready
    }

    /// One task runs until it waits for a command, sleeps, is stopped or is dead.
    fn run(&mut self, task: TaskRef) {
        self.bench.woken.retain(|woken| *woken != task);
        if self.puppet(task).is_none() {
            return;
        }
        if self.kernel.has_work(task) {
            let doing = self.doing(task).and_then(|doing| *doing);
            let exec = doing.is_some_and(|doing| doing.command == Command::Exec);
            let exec = exec && self.regs(task).at == At::Make;
            let answer = match exec {
                true => self.kernel.exec(task, &program(), &mut self.bench),
                false => self.kernel.resume(task, &mut self.bench),
            };
            self.adopt(task);
            self.after(task, answer, exec);
        }
        self.go_on(task);
    }

    /// What became of the caller's command, once nobody has anything to do any more.
    fn outcome(&mut self, task: TaskRef) -> Outcome {
        self.puppets.retain(|puppet| {
            let view = self.kernel.view();
            view.tasks
                .get(puppet.task)
                .is_some_and(|t| !t.state().has_exited())
        });
        self.caller = None;
        match (self.answer.take(), self.state(task)) {
            (Some(returned), _) => Outcome::Done(returned),
            (None, Some(state)) if !state.has_exited() => Outcome::Blocked,
            (None, _) => Outcome::Gone,
        }
    }

    /// The same number for states that are equal, as far as commands can tell, in the middle of a step too.
    pub fn key(&self) -> (u128, Vec<(u32, Returned)>, Option<Returned>) {
        let mut scratch = vec![0; self.kernel.fingerprint_words()];
        let contents = |frame: FrameNo, _, _| {
            let mut hasher = DefaultHasher::new();
            self.bench.memory.frame(frame).hash(&mut hasher);
            hasher.finish()
        };
        let print = self
            .kernel
            .fingerprint(Detail::Whole, &contents, &mut scratch)
            .unwrap_or(0);
        let mut puppets = DefaultHasher::new();
        for puppet in &self.puppets {
            let regs = self.regs(puppet.task);
            (
                self.tid(puppet.task),
                &puppet.levels,
                regs.at,
                regs.level,
                regs.value,
            )
                .hash(&mut puppets);
        }
        let print = print ^ u128::from(puppets.finish()) << 32;
        let returned = self.returned.iter().map(|(tid, returned)| (*tid, *returned));
        (print, returned.collect(), self.answer)
    }

    /// Every state that the command can lead to, with what it gives there: one for each order in which tasks that
    /// are ready at once can run. Equal ones are given once; beyond [`MOST_ORDERS`] only the order of waking is
    /// followed.
    ///
    /// # Errors
    /// [`Lost`]: the task does not wait for a command, or the step does not end.
    pub fn step_all(&self, task: u32, command: Command) -> Result<Vec<(Model, Outcome)>, Lost> {
        let mut first = self.clone();
        let caller = first.begin(task, command)?;
        let (mut open, mut ended, mut seen) = (vec![first], Vec::new(), HashSet::new());
        let mut turns = 0;
        while let Some(mut model) = open.pop() {
            let ready = model.ready();
            let Some(first) = ready.first() else {
                let outcome = model.outcome(caller);
                ended.push((model, outcome));
                continue;
            };
            let choices = if seen.len() < MOST_ORDERS { ready.len() } else { 1 };
            // The order of waking is followed first: the last one pushed.
            for task in ready.iter().take(choices).skip(1).rev() {
                let mut next = model.clone();
                next.run(*task);
                if seen.insert(next.key()) {
                    open.push(next);
                }
            }
            model.run(*first);
            if choices == 1 || seen.insert(model.key()) {
                open.push(model);
            }
            turns += 1;
            if turns > MOST_TURNS {
                return Err(Lost("the model does not come to rest".to_owned()));
            }
        }
        Ok(ended)
    }
}

impl System for Model {
    fn boot(&mut self) -> Result<(), Lost> {
        self.clone_from(Model::first()?);
        Ok(())
    }

    fn step(&mut self, task: u32, command: Command) -> Result<Outcome, Lost> {
        let caller = self.begin(task, command)?;
        for _ in 0..MOST_TURNS {
            let Some(first) = self.ready().first().copied() else {
                return Ok(self.outcome(caller));
            };
            self.run(first);
        }
        Err(Lost("the model does not come to rest".to_owned()))
    }

    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost> {
        Ok(std::mem::take(&mut self.returned))
    }

    fn observe(&mut self) -> Result<Snapshot, Lost> {
        Ok(self.snapshot(true))
    }
}
