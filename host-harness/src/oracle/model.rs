//! The model as a system: [`kernel_model`], driven one command at a time.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

use kernel_model::abi::call::Outcome as Answer;
use kernel_model::abi::effect::{Board, Effect};
use kernel_model::abi::flags::Prot;
use kernel_model::abi::ids::{FrameNo, ImageId, PhysAddr, TaskRef};
use kernel_model::abi::state::State;
use kernel_model::kernel::audit::Violation;
use kernel_model::kernel::storage::{Boxed, Capacity, NoThread};
use kernel_model::kernel::{Config, Kernel};
use kernel_model::objects::mm::VmaKind;
use kernel_model::objects::task::Comm;
use kernel_model::syscall::decode::decode;
use kernel_model::verbs::exec::{Program, Segment};
use kernel_model::verbs::fault::Access;
use kernel_model::{Call, Pid};

use super::out::{OutForm, given};
use super::system::{Command, HEAP, Lost, OUT, Out, Outcome, Returned, Snapshot, System};
use super::view;
use crate::machine::memory::Memory;
use crate::machine::program::Programs;

/// Tasks that may exist at once, zombies among them: what a system of puppets has mailboxes for.
pub const TASKS: usize = 60;
/// Bytes of each task's OUT area.
const OUT_SIZE: u64 = 128;
/// Where the OUT areas lie in the model: the pages of data of the program.
const OUT_AREAS: u64 = 0x40_0000;
const PAGE: u64 = 4096;
/// Orders of waking that are followed at once. Beyond, a state goes on in the order of waking alone.
pub const MOST_ORDERS: usize = 5040;
/// Turns of tasks within one step after which it is taken for endless.
const MOST_TURNS: u32 = 100_000;

const SEGMENTS: [Segment; 1] = [Segment {
    start: OUT_AREAS,
    end: OUT_AREAS + 2 * PAGE,
    prot: Prot::READ.union(Prot::WRITE),
    kind: VmaKind::Bss,
    file: false,
}];

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

/// What a task is in the middle of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Doing {
    /// Nothing: it waits for a command, or is stopped.
    Nothing,
    /// It sleeps in this command.
    Command(Command),
    /// Its call is over, but it was stopped before it could tell.
    Told(Returned),
}

#[derive(Clone, Copy, Debug)]
struct Puppet {
    task: TaskRef,
    /// Which of the OUT areas is its own.
    area: u64,
    doing: Doing,
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
#[derive(Clone, Debug)]
pub struct Model {
    kernel: Kernel<Boxed<NoThread>>,
    bench: Bench,
    puppets: Vec<Puppet>,
    returned: BTreeMap<u32, Returned>,
    caller: Option<TaskRef>,
    /// What the caller's command gave in this step.
    answer: Option<Returned>,
}

impl Model {
    /// A model that has booted.
    ///
    /// # Errors
    /// [`Lost`]: its own tables are too small for one task.
    pub fn new() -> Result<Model, Lost> {
        static FIRST: OnceLock<Result<Model, Lost>> = OnceLock::new();
        FIRST.get_or_init(Model::build).clone()
    }

    fn build() -> Result<Model, Lost> {
        let config = Config {
            kthreadd: false,
            console: None,
            ..Config::default()
        };
        let mut bench = Bench {
            memory: Memory::new(CAPACITY.frames),
            woken: Vec::new(),
            forked: None,
        };
        let fail = |what: &str| Lost(format!("the model does not boot: {what}"));
        let mut kernel =
            Kernel::boot(Boxed::new(&CAPACITY), &config, &mut bench).map_err(|errno| fail(errno.name()))?;
        let init = kernel.find(Pid::INIT).ok_or_else(|| fail("no init"))?;
        // The first process of a namespace leads nothing until it says so.
        if kernel.syscall(init, Call::Setsid, &mut bench) != Answer::Done(1) {
            return Err(fail("setsid"));
        }
        if kernel.exec(init, &program(), &mut bench) != Answer::Done(0) {
            return Err(fail("exec"));
        }
        let first = Puppet {
            task: init,
            area: 0,
            doing: Doing::Nothing,
        };
        bench.memory.freeze();
        Ok(Model {
            kernel,
            bench,
            puppets: vec![first],
            returned: BTreeMap::new(),
            caller: None,
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
    pub fn kernel(&self) -> &Kernel<Boxed<NoThread>> {
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

    /// What can be seen of all tasks; without the pages of the arena it costs less.
    #[must_use]
    pub fn snapshot(&self, pages: bool) -> Snapshot {
        view::snapshot(&self.kernel, pages)
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

    /// A command with the task's own area in place of [`OUT`].
    fn translated(area: u64, command: Command) -> Command {
        match command {
            Command::Syscall { nr, args } => Command::Syscall {
                nr,
                args: args.map(|arg| {
                    if arg == OUT {
                        OUT_AREAS + area * OUT_SIZE
                    } else {
                        arg
                    }
                }),
            },
            other => other,
        }
    }

    /// What the kernel has stored beside the value.
    fn stored(&mut self, task: TaskRef, area: u64, command: Command, value: i64) -> Out {
        let Command::Syscall { nr, args } = command else {
            return Out::None;
        };
        let Some(form) = OutForm::of(nr, &args, value) else {
            return Out::None;
        };
        let mut bytes = [0; OutForm::BYTES];
        let from = OUT_AREAS + area * OUT_SIZE;
        match self
            .kernel
            .copy_from_user(task, from, &mut bytes, &mut self.bench)
        {
            Ok(()) => form.read(&bytes),
            Err(_) => Out::None,
        }
    }

    /// A task's command has come to something.
    fn conclude(&mut self, task: TaskRef, command: Command, answer: Answer) {
        let Some(&mut Puppet { area, .. }) = self.puppet(task) else {
            return;
        };
        let doing = match answer {
            Answer::Gone => {
                self.puppets.retain(|puppet| puppet.task != task);
                return;
            }
            Answer::Blocked | Answer::Resumed | Answer::Caught { .. } => Doing::Command(command),
            Answer::Done(value) => {
                let returned = Returned {
                    value,
                    out: self.stored(task, area, command, value),
                };
                // After exec it is the new program that tells, and a signal may come before it does.
                let later = command == Command::Exec && self.kernel.has_work(task);
                if self.state(task) == Some(State::Running) && !later {
                    self.tell(task, returned);
                    Doing::Nothing
                } else {
                    Doing::Told(returned)
                }
            }
        };
        if let Some(puppet) = self.puppet(task) {
            puppet.doing = doing;
        }
    }

    fn tell(&mut self, task: TaskRef, returned: Returned) {
        if self.caller == Some(task) {
            self.answer = Some(returned);
        } else {
            self.returned.insert(self.tid(task), returned);
        }
    }

    /// The task executes the command, and nobody else runs yet.
    fn begin(&mut self, tid: u32, command: Command) -> Result<TaskRef, Lost> {
        let task = self
            .kernel
            .find(Pid(tid))
            .ok_or_else(|| Lost(format!("there is no task {tid}")))?;
        let idle = self.state(task) == Some(State::Running)
            && self
                .puppet(task)
                .is_some_and(|puppet| puppet.doing == Doing::Nothing);
        if !idle {
            return Err(Lost(format!("task {tid} does not wait for a command")));
        }
        self.bench.woken.clear();
        (self.caller, self.answer) = (Some(task), None);
        let area = self.puppet(task).map_or(0, |puppet| puppet.area);
        if let Command::Syscall { nr, args } = command
            && args.contains(&OUT)
        {
            let at = OUT_AREAS + area * OUT_SIZE;
            let words = given(nr, &args, at).map(u64::to_le_bytes);
            let cleared = self
                .kernel
                .copy_to_user(task, at, words.as_flattened(), &mut self.bench);
            cleared.map_err(|errno| Lost(format!("the area for output: {}", errno.name())))?;
        }
        self.execute(task, Self::translated(area, command), command);
        Ok(task)
    }

    fn execute(&mut self, task: TaskRef, translated: Command, command: Command) {
        let answer = match translated {
            Command::Syscall { nr, args } => {
                let answer = match decode(nr, args) {
                    Ok(call) => self.kernel.syscall(task, call, &mut self.bench),
                    Err(_) => self.kernel.syscall_raw(task, nr, args, &mut self.bench),
                };
                self.adopt();
                answer
            }
            Command::Load { addr } => self.access(task, addr, None),
            Command::Store { addr, byte } => self.access(task, addr, Some(byte)),
            Command::Exec => self.kernel.exec(task, &program(), &mut self.bench),
        };
        self.conclude(task, command, answer);
    }

    /// A child that the call has made becomes a puppet, with the first area that is free.
    fn adopt(&mut self) {
        let Some(task) = self.bench.forked.take() else {
            return;
        };
        let used: BTreeSet<u64> = self.puppets.iter().map(|puppet| puppet.area).collect();
        let area = (0..).find(|area| !used.contains(area)).unwrap_or(0);
        self.puppets.push(Puppet {
            task,
            area,
            doing: Doing::Nothing,
        });
    }

    /// An access to memory: through the page table, else by a page fault, else its signal is taken.
    fn access(&mut self, task: TaskRef, addr: u64, byte: Option<u8>) -> Answer {
        let access = if byte.is_some() {
            Access::Write
        } else {
            Access::Read
        };
        let mapped = match self.kernel.translate(task, addr, access) {
            Some(mapped) => Ok(mapped),
            None => self.kernel.page_fault(task, addr, access, &mut self.bench),
        };
        let Ok(mapped) = mapped else {
            return self.kernel.resume(task, &mut self.bench);
        };
        let offset = usize::try_from(addr % PAGE).unwrap_or(0);
        let value = match byte {
            Some(byte) => {
                if let Some(place) = self
                    .bench
                    .memory
                    .frame_mut(mapped.frame)
                    .and_then(|frame| frame.get_mut(offset))
                {
                    *place = byte;
                }
                0
            }
            None => self
                .bench
                .memory
                .frame(mapped.frame)
                .get(offset)
                .map_or(0, |byte| i64::from(*byte)),
        };
        Answer::Done(value)
    }

    /// The tasks that have something to do, in the order in which they were woken.
    fn ready(&self) -> Vec<TaskRef> {
        let place = |task: TaskRef| self.bench.woken.iter().position(|woken| *woken == task);
        let works = |puppet: &&Puppet| {
            self.state(puppet.task) == Some(State::Running)
                && (self.kernel.has_work(puppet.task) || matches!(puppet.doing, Doing::Told(_)))
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
        let Some(&mut Puppet { doing, .. }) = self.puppet(task) else {
            return;
        };
        let again = matches!(doing, Doing::Command(Command::Exec));
        let answer = if again {
            self.kernel.exec(task, &program(), &mut self.bench)
        } else {
            self.kernel.resume(task, &mut self.bench)
        };
        self.adopt();
        match (doing, answer) {
            (_, Answer::Gone) => self.puppets.retain(|puppet| puppet.task != task),
            (Doing::Command(command), answer) => self.conclude(task, command, answer),
            (Doing::Told(returned), _) if self.state(task) == Some(State::Running) => {
                if let Some(puppet) = self.puppet(task) {
                    puppet.doing = Doing::Nothing;
                }
                self.tell(task, returned);
            }
            (Doing::Told(_) | Doing::Nothing, _) => {}
        }
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
        let contents = |frame: FrameNo| {
            use std::hash::{DefaultHasher, Hash, Hasher};
            let mut hasher = DefaultHasher::new();
            self.bench.memory.frame(frame).hash(&mut hasher);
            hasher.finish()
        };
        let print = self.kernel.fingerprint(&contents, &mut scratch).unwrap_or(0);
        let told = self.puppets.iter().filter_map(|puppet| match puppet.doing {
            Doing::Told(returned) => Some((self.tid(puppet.task), returned)),
            _ => None,
        });
        let returned = self.returned.iter().map(|(tid, returned)| (*tid, *returned));
        (print, told.chain(returned).collect(), self.answer)
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
            if ready.is_empty() {
                let outcome = model.outcome(caller);
                ended.push((model, outcome));
                continue;
            }
            let choices = if seen.len() < MOST_ORDERS { ready.len() } else { 1 };
            // The order of waking is followed first: the last one pushed.
            for task in ready.iter().take(choices).rev() {
                let mut next = model.clone();
                next.run(*task);
                if choices == 1 || seen.insert(next.key()) {
                    open.push(next);
                }
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
        *self = Model::new()?;
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
