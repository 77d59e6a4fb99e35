//! The tasks that take commands: what each does, outside of handlers and in each of them.

use kernel_model::Kernel;
use kernel_model::abi::ids::TaskRef;
use kernel_model::abi::state::State;

use crate::board::Hardware;
use crate::inward::{self, Places};
use crate::stored::{OUT, OUT_LEN, Stored};
use crate::tasks::{TASKS, Tables};

/// Where the puppets have their areas, 64 KiB and a page each, and where in an area a call finds what it takes.
pub const AREAS: u64 = 0x1000_0000;
pub const AREA: u64 = 0x1_1000;
const IN_AT: u64 = 0x1_0800;
/// Where they have their stacks: each new task that needs one gets the next, and behind it lies its alternate one.
pub const STACKS: u64 = 0x2200_0000_0000;
pub const STACKS_LEN: u64 = STACK_COUNT * 2 * STACK;
const STACK_COUNT: u64 = 128;
const STACK: u64 = 0x4_0000;

/// Handlers that a task can be in at once.
const LEVELS: usize = 24;
/// Bytes of a `siginfo_t` that are looked at.
const INFO_BYTES: usize = 28;

/// A command that is not over.
#[derive(Clone, Copy)]
pub struct Doing {
    pub nr: u64,
    /// As they came in the line.
    pub args: [u64; 6],
    /// Whether it was this task that was told, and not its parent before a fork in a handler.
    pub own: bool,
}

/// What a task does outside of handlers, or in one of them.
#[derive(Clone, Copy, Default)]
pub struct Level {
    /// What the handler was told: number, code, and three words.
    pub handling: [i64; 5],
    pub doing: Option<Doing>,
}

/// A task that takes commands.
#[derive(Clone)]
pub struct Puppet {
    pub task: TaskRef,
    /// Whether it waits for one.
    pub idle: bool,
    /// Whether its program has just begun, on the stack that exec has made.
    fresh: bool,
    /// The top of its own stack; its alternate stack begins there.
    stack: u64,
    handler: u64,
    /// What it does outside of handlers, and in each handler.
    pub levels: heapless::Vec<Level, LEVELS>,
}

/// What a command gave.
#[derive(Clone, Copy)]
pub struct Returned {
    pub tid: u32,
    pub value: i64,
    pub stored: Stored,
}

/// All of them, and the step that is not over.
pub struct Puppets {
    all: heapless::Vec<Puppet, TASKS>,
    /// Stacks that were given away.
    stacks: u64,
    /// Whose command the step is, until it has been answered, and in how many handlers it was then.
    pub caller: Option<TaskRef>,
    caller_level: usize,
    pub answer: Option<Returned>,
    pub returned: heapless::Vec<Returned, TASKS>,
}

/// A puppet's own area, into which the calls store.
fn area(task: TaskRef) -> u64 {
    AREAS + u64::from(task.index()) * AREA
}

impl Puppets {
    pub const NONE: Puppets = Puppets {
        all: heapless::Vec::new(),
        stacks: 0,
        caller: None,
        caller_level: 0,
        answer: None,
        returned: heapless::Vec::new(),
    };

    /// The puppet of a task.
    pub fn get(&mut self, task: TaskRef) -> Option<&mut Puppet> {
        self.all.iter_mut().find(|puppet| puppet.task == task)
    }

    /// There are none any more.
    pub fn clear(&mut self) {
        self.all.clear();
        self.stacks = 0;
        (self.caller, self.answer) = (None, None);
        self.returned.clear();
    }

    fn next_stack(&mut self) -> u64 {
        let number = self.stacks % STACK_COUNT;
        self.stacks += 1;
        STACKS + number * 2 * STACK + STACK
    }

    /// A task begins to be one: the first, or one that has just been born. A child that shares its parent's memory, or
    /// whose parent is in no handler, begins on a stack of its own.
    pub fn adopt(&mut self, k: &mut Kernel<Tables>, parent: Option<TaskRef>, task: TaskRef) {
        let mm = |task: TaskRef| k.view().tasks.get(task).and_then(|t| t.mm);
        let shares = parent.is_some_and(|parent| mm(parent) == mm(task));
        let stack = self.next_stack();
        let mut puppet = Puppet {
            task,
            idle: false,
            fresh: parent.is_none(),
            stack,
            handler: 0,
            levels: heapless::Vec::new(),
        };
        let mut keeps = false;
        if let Some(parent) = parent.and_then(|parent| self.get(parent)) {
            puppet.handler = parent.handler;
            keeps = !shares && parent.levels.len() > 1;
            if keeps {
                puppet.levels.clone_from(&parent.levels);
            }
        }
        let inherited = puppet.levels.iter_mut().filter_map(|level| level.doing.as_mut());
        inherited.for_each(|doing| doing.own = false);
        match puppet.levels.last_mut() {
            Some(last) => last.doing = None,
            None => puppet.push(Level::default()),
        }
        if !keeps
            && !puppet.fresh
            && let Some(regs) = k.thread_mut(task)
        {
            regs.frame.rsp = stack;
        }
        // The place may have been that of one who is gone.
        self.all.retain(|other| other.task.index() != task.index());
        assert!(self.all.push(puppet).is_ok(), "more puppets than tasks");
    }

    /// Whether the task has something to do.
    pub fn works(&mut self, k: &Kernel<Tables>, task: TaskRef) -> bool {
        let running = k
            .view()
            .tasks
            .get(task)
            .is_some_and(|t| t.state() == State::Running);
        running && (k.has_work(task) || self.get(task).is_some_and(|puppet| !puppet.idle))
    }

    /// A task is told to do something. `nr` and `args` are as they came.
    pub fn begin(
        &mut self,
        k: &mut Kernel<Tables>,
        hw: &mut Hardware,
        task: TaskRef,
        doing: Doing,
    ) -> Result<(), &'static str> {
        let puppet = self
            .get(task)
            .filter(|puppet| puppet.idle)
            .ok_or("the task does not wait for a command")?;
        puppet.idle = false;
        let level = puppet.levels.len();
        if let Some(last) = puppet.levels.last_mut() {
            last.doing = Some(doing);
        }
        let places = Places {
            area: area(task) + IN_AT,
            handler: puppet.handler,
            stack: puppet.stack,
        };
        let outward = |arg: u64| (OUT..OUT + OUT_LEN).contains(&arg);
        let Doing { nr, args, .. } = doing;
        // The areas can always be written, but where memory is used up, and then the call will find that too.
        if args.into_iter().any(inward::is_inward) {
            for (at, word) in (0..).zip(inward::content(nr, &args, &places)) {
                let _ = k.copy_to_user(task, places.area + at * 8, &word.to_le_bytes(), hw);
            }
        }
        if args.into_iter().any(outward) {
            // What an earlier call has stored there is gone.
            let _ = k.copy_to_user(task, area(task), &[0; OUT_LEN as usize], hw);
        }
        let translated = |arg: u64| match outward(arg) {
            true => area(task) + (arg - OUT),
            false => inward::translated(arg, places.area),
        };
        let f = &mut k.thread_mut(task).ok_or("no such task")?.frame;
        f.rax = nr;
        [f.rdi, f.rsi, f.rdx, f.r10, f.r8, f.r9] = args.map(translated);
        (self.caller, self.caller_level) = (Some(task), level);
        Ok(())
    }

    /// A puppet has done what it was told at its level, and waits.
    pub fn conclude(
        &mut self,
        k: &mut Kernel<Tables>,
        hw: &mut Hardware,
        task: TaskRef,
        value: i64,
        handler: u64,
    ) {
        let Some(puppet) = self.get(task) else { return };
        (puppet.idle, puppet.handler) = (true, handler);
        if core::mem::take(&mut puppet.fresh)
            && let Some(regs) = k.thread_mut(task)
        {
            regs.frame.rsp = puppet.stack;
        }
        let Some(doing) = puppet.levels.last_mut().and_then(|level| level.doing.take()) else {
            return;
        };
        let mut bytes = [0; OUT_LEN as usize];
        let stored = match Stored::form(doing.nr, &doing.args, value).filter(|_| doing.own) {
            Some(form) if k.copy_from_user(task, area(task), &mut bytes, hw).is_ok() => form.read(&bytes),
            _ => Stored::Nothing,
        };
        self.tell(k, task, value, stored);
    }

    fn tell(&mut self, k: &Kernel<Tables>, task: TaskRef, value: i64, stored: Stored) {
        let tid = k.view().tasks.get(task).map_or(0, |t| t.pid.0);
        let returned = Returned { tid, value, stored };
        let level = self.get(task).map_or(0, |puppet| puppet.levels.len());
        if self.caller == Some(task) && self.answer.is_none() && level == self.caller_level {
            self.answer = Some(returned);
        } else {
            self.returned.retain(|other| other.tid != tid);
            assert!(self.returned.push(returned).is_ok(), "more values than tasks");
        }
    }

    /// A handler has begun, and waits for commands; the kernel has just stored at `info` what it is told.
    pub fn enter(&mut self, k: &mut Kernel<Tables>, hw: &mut Hardware, task: TaskRef, info: u64) {
        let mut bytes = [0; INFO_BYTES];
        // It has just been stored there.
        let _ = k.copy_from_user(task, info, &mut bytes, hw);
        let word = |at: usize| {
            bytes[at..at + 4]
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | i64::from(*byte))
        };
        let code = i32::from_le_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        let handling = [word(0), code.into(), word(16), word(20), word(24)];
        if let Some(puppet) = self.get(task) {
            puppet.idle = true;
            puppet.push(Level {
                handling,
                doing: None,
            });
        }
    }

    /// The task leaves its handler, which gives 0; outside of one nothing happens. Tells whether it was in one.
    pub fn leave(&mut self, k: &Kernel<Tables>, task: TaskRef) -> bool {
        if let Some(last) = self.get(task).and_then(|puppet| puppet.levels.last_mut()) {
            last.doing = None;
        }
        self.tell(k, task, 0, Stored::Nothing);
        let Some(puppet) = self.get(task) else {
            return false;
        };
        let inside = puppet.levels.len() > 1;
        puppet.idle = !inside;
        if inside {
            puppet.levels.pop();
        }
        inside
    }

    /// A new program: it is in no handler, and tells that it is there.
    pub fn start(&mut self, task: TaskRef, doing: Doing) {
        if let Some(puppet) = self.get(task) {
            puppet.fresh = true;
            puppet.levels.clear();
            puppet.push(Level {
                doing: Some(doing),
                ..Level::default()
            });
        }
        if self.caller == Some(task) {
            self.caller_level = 1;
        }
    }
}

impl Puppet {
    fn push(&mut self, level: Level) {
        assert!(self.levels.push(level).is_ok(), "too many handlers at once");
    }
}
