//! Rows about the life of tasks.

use ax_kspin as _; // its feature `host-test` lets the locks of starry-process run outside of a kernel
use kernel_model::Call;
use kernel_model::abi::call::CloneArgs;
use kernel_model::abi::flags::CloneFlags;
use kernel_model::abi::signal::Signal;
use kernel_model::syscall::decode::fork;
use starry_process::{Process, ProcessCpuTime, ThreadExit};
use std::sync::Arc;

use crate::linux::Linux;
use crate::model::{Model, wait4, wait4_any};
use crate::report::{Goal, Report};
use crate::sample::{compare, time};

const TURNS: usize = 101;
const MANY: usize = 100_000;

/// A child that shares all that starry-process does not know of: memory, descriptors, signal actions.
pub fn clone_sharing() -> Call {
    Call::Clone(CloneArgs {
        flags: CloneFlags::CLONE_VM
            | CloneFlags::CLONE_FILES
            | CloneFlags::CLONE_FS
            | CloneFlags::CLONE_SIGHAND,
        exit_signal: Signal::SIGCHLD.number(),
        ..CloneArgs::default()
    })
}

/// The process tree of starry-process, as a kernel over it uses it; which numbers are free, that kernel knows.
struct Starry {
    init: Arc<Process>,
    shell: Arc<Process>,
    next: u32,
}

impl Starry {
    fn new(init: &Arc<Process>, pids: u32, children: u32) -> Starry {
        let shell = init.fork(pids);
        shell.add_thread(pids);
        let mut starry = Starry {
            init: Arc::clone(init),
            shell,
            next: pids + 1,
        };
        for _ in 0..children {
            starry.create();
        }
        starry
    }

    fn create(&mut self) -> Arc<Process> {
        let child = self.shell.fork(self.next);
        child.add_thread(self.next);
        self.next += 1;
        child
    }

    fn exit(&self, child: &Arc<Process>) {
        let last = child.exit_thread(child.pid(), 0, ProcessCpuTime::default());
        assert_eq!(last, ThreadExit::Last(ProcessCpuTime::default()));
        child.reparent_children_to(&self.init);
    }

    /// The kernel above has the dead child at hand.
    fn life(&mut self) {
        let child = self.create();
        self.exit(&child);
        child.retire();
    }

    /// The dead child is found through its parent, as wait must.
    fn life_found_by(&mut self, is_it: impl Fn(&Process, u32) -> bool) {
        let pid = self.next;
        let child = self.create();
        self.exit(&child);
        drop(child);
        let children = self.shell.children();
        let dead = children.iter().find(|child| is_it(child, pid));
        dead.expect("the dead child").retire();
    }
}

/// create, exit, reap.
pub fn against_starry(report: &mut Report) {
    report.group("create, exit, reap: the model's clone, exit_group, wait4 against starry-process");
    let init = Process::new_init(1);
    for (children, name) in [
        (0, "alone"),
        (MANY, "beside 100,000 live children of the same parent"),
    ] {
        let calls = 200;
        let mut model: Model = Model::with_children(children);
        let mut starry = Starry::new(&init, 10 + 1_000_000 * u32::from(children > 0), children as u32);
        let goal = Goal::Faster(if children == 0 { 1.0 } else { 5.0 });
        let row = compare(
            TURNS,
            &mut || time(calls, || model.life_of_a_zombie(clone_sharing(), wait4)),
            &mut || time(calls, || starry.life()),
        );
        report.row(
            &format!("{name}, who has the child at hand"),
            &row,
            if children == 0 { goal } else { Goal::Shown },
        );
        let few = if children == 0 { calls } else { 1 };
        let row = compare(
            if children == 0 { TURNS } else { 15 },
            &mut || time(calls, || model.life_of_a_zombie(clone_sharing(), wait4)),
            &mut || time(few, || starry.life_found_by(|child, pid| child.pid() == pid)),
        );
        report.row(&format!("{name}, found by its number"), &row, goal);
        let row = compare(
            if children == 0 { TURNS } else { 15 },
            &mut || time(few, || model.life_of_a_zombie(clone_sharing(), wait4_any)),
            &mut || {
                time(few, || {
                    starry.life_found_by(|child, _| child.threads().is_empty())
                })
            },
        );
        report.row(&format!("{name}, found as any that is dead"), &row, goal);
    }
}

/// fork, exit, wait.
pub fn against_linux(report: &mut Report, linux: &mut Result<&mut Linux, &str>) {
    report.group("fork, exit, wait: the model against the running kernel");
    let (plain, stacks) = (
        "a small process",
        "the same, with the copies of the stack that both write",
    );
    let mut model: Model = Model::with_tasks(0);
    match linux {
        Ok(linux) => {
            let mut ask = || linux.ask("life", 10, 0).expect("fork");
            let row = compare(TURNS, &mut || time(200, || model.life(fork())), &mut ask);
            report.row(plain, &row, Goal::Faster(300.0));
            let row = compare(
                TURNS,
                &mut || time(200, || model.life_with_stacks(fork())),
                &mut ask,
            );
            report.row(stacks, &row, Goal::Shown);
        }
        Err(why) => {
            report.skipped(plain, &why);
            report.skipped(stacks, why);
        }
    }
}

/// The same among a thousand and a million tasks.
pub fn among_many(report: &mut Report) {
    report.group("fork, exit, wait among 1,000,000 live tasks (model) against 1,000 (other)");
    let mut million: Model = Model::with_tasks(1_000_000);
    let mut thousand: Model = Model::with_tasks(1000);
    let row = compare(TURNS, &mut || time(200, || million.life(fork())), &mut || {
        time(200, || thousand.life(fork()))
    });
    report.row("a small process", &row, Goal::Slower(3.0));
}
