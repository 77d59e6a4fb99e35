//! Rows about what tasks do to each other: signals with their handlers, groups that end, threads, futexes.

use host_harness::oracle::registers::Regs;
use kernel_model::abi::call::{CloneArgs, UserPtr};
use kernel_model::abi::effect::{Board, Effect};
use kernel_model::abi::flags::CloneFlags;
use kernel_model::abi::ids::{PhysAddr, TaskRef};
use kernel_model::abi::limits::PAGE_SIZE;
use kernel_model::abi::signal::Signal;
use kernel_model::verbs::fault::Access;
use kernel_model::{Call, Outcome};

use crate::linux::Linux;
use crate::model::{Model, done, pid, wait4_any};
use crate::report::{Goal, Report};
use crate::sample::{compare, time};

const TURNS: usize = 41;
const CALLS: usize = 200;
const MEMBERS: usize = 1000;
/// What the issue of signals and threads asks of each row.
const GOAL: Goal = Goal::Faster(50.0);

/// Frames with their bytes: handlers, thread numbers and futex words lie in memory.
struct Memory {
    frames: Vec<[u8; PAGE_SIZE as usize]>,
}

impl Board for Memory {
    fn emit(&mut self, effect: Effect) {
        match effect {
            Effect::Store { to, bytes, len } => {
                let (at, len) = (usize::from(to.offset), usize::from(len));
                self.frames[to.frame.0 as usize][at..at + len].copy_from_slice(&bytes[..len]);
            }
            Effect::CopyFrame { from, to } => {
                let (from, to) = (from.0 as usize, to.0 as usize);
                self.frames.copy_within(from..=from, to);
            }
            Effect::ZeroFrame { frame } => self.frames[frame.0 as usize].fill(0),
            _ => {}
        }
    }

    fn load(&self, from: PhysAddr, into: &mut [u8]) {
        let at = usize::from(from.offset);
        into.copy_from_slice(&self.frames[from.frame.0 as usize][at..at + into.len()]);
    }
}

/// A process with a page of variables, and memory behind it.
struct Stage {
    model: Model<Regs>,
    memory: Memory,
    page: u64,
}

impl Stage {
    fn new(others: usize) -> Stage {
        let frames = 4096 + 8 * others;
        let mut model = Model::with_capacity_for(others, 64 + 8 * others, frames);
        let page = model.map(1);
        model.touch(page, Access::Write);
        let memory = Memory {
            frames: vec![[0; PAGE_SIZE as usize]; frames],
        };
        Stage { model, memory, page }
    }

    fn call(&mut self, task: TaskRef, call: Call) -> Outcome {
        self.model.kernel.syscall(task, call, &mut self.memory)
    }

    fn resume(&mut self, task: TaskRef) -> Outcome {
        self.model.kernel.resume(task, &mut self.memory)
    }

    fn nr(&self, task: TaskRef) -> i32 {
        let tasks = self.model.kernel.view().tasks;
        i32::try_from(tasks.get(task).expect("the task").pid.0).expect("a pid")
    }

    fn store(&mut self, task: TaskRef, to: u64, words: &[u64]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let stored = self.model.kernel.copy_to_user(task, to, &bytes, &mut self.memory);
        assert_eq!(stored, Ok(()));
    }

    /// SIGUSR1 gets a handler.
    fn handle(&mut self, task: TaskRef) {
        const SA_RESTORER: u64 = 0x0400_0000;
        self.store(task, self.page, &[0x40_1000, SA_RESTORER, 0x40_1010, 0]);
        let action = Call::RtSigaction {
            signal: i32::from(Signal::SIGUSR1.number()),
            act: UserPtr(self.page),
            oldact: UserPtr(0),
            size: 8,
        };
        done(self.call(task, action));
    }

    fn sigreturn(&mut self, task: TaskRef) -> Outcome {
        self.call(task, Call::RtSigreturn)
    }

    fn kill(&mut self, task: TaskRef, pid: i32, signal: Signal) -> Outcome {
        let signal = i32::from(signal.number());
        self.call(task, Call::Kill { pid, signal })
    }
}

fn is_caught(outcome: Outcome) {
    assert!(matches!(outcome, Outcome::Caught { .. }), "{outcome:?}");
}

/// A side of the model, and what the running kernel is asked.
fn row(
    report: &mut Report,
    linux: &mut Result<&mut Linux, &str>,
    what: &str,
    (ask, count, size): (&str, usize, usize),
    (turns, model): (usize, &mut dyn FnMut() -> f64),
) {
    match linux {
        Ok(linux) => {
            let mut ask = || linux.ask(ask, count, size).expect("the running kernel");
            report.row(what, &compare(turns, model, &mut ask), GOAL);
        }
        Err(why) => report.skipped(what, why),
    }
}

/// A signal that is sent and handled.
pub fn signals(report: &mut Report, linux: &mut Result<&mut Linux, &str>) {
    report.group("a signal sent and handled: the model against the running kernel");
    let mut stage = Stage::new(8);
    let shell = stage.model.shell;
    stage.handle(shell);
    let nr = stage.nr(shell);
    let mut to_itself = || {
        time(CALLS, || {
            is_caught(stage.kill(shell, nr, Signal::SIGUSR1));
            assert_eq!(stage.sigreturn(shell), Outcome::Resumed);
        })
    };
    row(
        report,
        linux,
        "to oneself",
        ("signal", 1000, 0),
        (TURNS, &mut to_itself),
    );

    let mut stage = Stage::new(8);
    let shell = stage.model.shell;
    stage.handle(shell);
    let other = stage.model.fork();
    let tasks = [(shell, stage.nr(other)), (other, stage.nr(shell))];
    assert_eq!(stage.call(other, Call::Pause), Outcome::Blocked);
    let mut at = 0;
    let mut to_another = || {
        time(CALLS, || {
            let (from, to) = tasks[at];
            at = 1 - at;
            done(stage.kill(from, to, Signal::SIGUSR1));
            assert_eq!(stage.call(from, Call::Pause), Outcome::Blocked);
            let (woken, _) = tasks[at];
            is_caught(stage.resume(woken));
            assert_eq!(stage.sigreturn(woken), Outcome::Resumed);
        })
    };
    row(
        report,
        linux,
        "to another, which sleeps until then",
        ("signals", 1000, 0),
        (TURNS, &mut to_another),
    );
}

/// A group that is killed.
pub fn groups(report: &mut Report, linux: &mut Result<&mut Linux, &str>) {
    report.group("kill of a group of 1,000: the model against the running kernel");
    let mut stage = Stage::new(MEMBERS);
    let shell = stage.model.shell;
    let mut group = || {
        let members: Vec<TaskRef> = (0..MEMBERS).map(|_| stage.model.fork()).collect();
        let leader = stage.nr(members[0]);
        for member in &members {
            let pid = stage.nr(*member);
            done(stage.call(shell, Call::Setpgid { pid, pgid: leader }));
            assert_eq!(stage.call(*member, Call::Pause), Outcome::Blocked);
        }
        time(1, || {
            done(stage.kill(shell, -leader, Signal::SIGKILL));
            for member in &members {
                assert_eq!(stage.resume(*member), Outcome::Gone);
                done(stage.call(shell, wait4_any(0)));
            }
        })
    };
    row(
        report,
        linux,
        "until the last was waited for",
        ("group", 1, MEMBERS),
        (9, &mut group),
    );
}

/// Threads, and the futex on which they wait.
pub fn threads(report: &mut Report, linux: &mut Result<&mut Linux, &str>) {
    report.group("threads: the model against the running kernel");
    let mut stage = Stage::new(8);
    let (shell, word) = (stage.model.shell, stage.page);
    let thread = Call::Clone(CloneArgs {
        flags: CloneFlags::CLONE_VM
            | CloneFlags::CLONE_FS
            | CloneFlags::CLONE_FILES
            | CloneFlags::CLONE_SIGHAND
            | CloneFlags::CLONE_THREAD
            | CloneFlags::CLONE_SYSVSEM
            | CloneFlags::CLONE_SETTLS
            | CloneFlags::CLONE_PARENT_SETTID
            | CloneFlags::CLONE_CHILD_CLEARTID,
        stack: word + PAGE_SIZE,
        parent_tid: UserPtr(word),
        child_tid: UserPtr(word),
        tls: word,
        ..CloneArgs::default()
    });
    let mut create_and_join = || {
        time(CALLS, || {
            let tid = done(stage.call(shell, thread));
            let val = u32::try_from(tid).expect("a tid");
            assert_eq!(stage.call(shell, futex(word, FUTEX_WAIT, val)), Outcome::Blocked);
            let other = stage.model.kernel.find(pid(tid)).expect("the thread");
            assert_eq!(stage.call(other, Call::Exit { status: 0 }), Outcome::Gone);
            done(stage.resume(shell));
        })
    };
    row(
        report,
        linux,
        "one created and joined",
        ("thread", 100, 0),
        (TURNS, &mut create_and_join),
    );

    let mut stage = Stage::new(8);
    let (shell, word) = (stage.model.shell, stage.page);
    let tid = done(stage.call(shell, thread));
    stage.store(shell, word, &[0]);
    let other = stage.model.kernel.find(pid(tid)).expect("the thread");
    let wait = futex(word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0);
    assert_eq!(stage.call(other, wait), Outcome::Blocked);
    let mut tasks = [shell, other];
    let mut hand_over = || {
        time(CALLS, || {
            let wake = futex(word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
            assert_eq!(done(stage.call(tasks[0], wake)), 1);
            done(stage.resume(tasks[1]));
            assert_eq!(stage.call(tasks[0], wait), Outcome::Blocked);
            tasks.reverse();
        })
    };
    row(
        report,
        linux,
        "a futex wait and wake",
        ("futex", 1000, 0),
        (TURNS, &mut hand_over),
    );
}

const FUTEX_WAIT: u32 = 0;
const FUTEX_WAKE: u32 = 1;
const FUTEX_PRIVATE_FLAG: u32 = 128;

fn futex(uaddr: u64, futex_op: u32, val: u32) -> Call {
    Call::Futex {
        uaddr: UserPtr(uaddr),
        futex_op,
        val,
        timeout: 0,
        uaddr2: UserPtr(0),
        val3: 0,
    }
}
