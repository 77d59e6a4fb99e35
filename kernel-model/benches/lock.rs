//! What [`BigLock`] costs: each row a ratio between two sides that are measured in turns, the middle one of all turns.
//! `docs/locking.md` has the table.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on ends, and what it prints is its product"
)]

use kernel_model::abi::effect::NoBoard;
use kernel_model::kernel::lock::{BigLock, Irq};
use kernel_model::kernel::storage::{Boxed, Capacity, NoThread};
use kernel_model::kernel::{Config, Kernel};
use kernel_model::syscall::decode::fork;
use kernel_model::{Call, Outcome, Pid, TaskRef};
use std::time::Instant;

type Big = Kernel<Boxed<NoThread>>;
type Lock = BigLock<Boxed<NoThread>, Host>;

const TURNS: usize = 41;
const ROUNDS: u32 = 20_000;
const PROCESSES: usize = 8;

/// There are more threads than processors: who waits lets others go on.
struct Host;

impl Irq for Host {
    fn save() {}
    fn restore() {}
    fn relax() {
        std::thread::yield_now();
    }
}

/// A kernel with init and some children of it, each for one thread of the host.
fn boot() -> (Big, Vec<TaskRef>) {
    let config = Config {
        cpus: 8,
        ..Config::default()
    };
    let mut kernel = Kernel::boot(Boxed::new(&Capacity::for_tasks(64)), &config, &mut NoBoard).unwrap();
    let init = kernel.find(Pid::INIT).unwrap();
    let children = (0..PROCESSES).map(|_| child_of(&mut kernel, init)).collect();
    (kernel, children)
}

fn child_of(kernel: &mut Big, parent: TaskRef) -> TaskRef {
    match kernel.syscall(parent, fork(), &mut NoBoard) {
        Outcome::Done(pid) => kernel.find(Pid(u32::try_from(pid).unwrap())).unwrap(),
        other => panic!("fork: {other:?}"),
    }
}

fn getpid(kernel: &mut Big, task: TaskRef) {
    assert!(matches!(
        kernel.syscall(task, Call::Getpid, &mut NoBoard),
        Outcome::Done(1..)
    ));
}

fn exit(kernel: &mut Big, child: TaskRef) {
    let exit = Call::ExitGroup { status: 0 };
    assert_eq!(kernel.syscall(child, exit, &mut NoBoard), Outcome::Gone);
}

fn wait(kernel: &mut Big, parent: TaskRef) {
    let wait = Call::Wait4 {
        pid: -1,
        wstatus: Default::default(),
        options: 0,
        rusage: Default::default(),
    };
    assert!(matches!(
        kernel.syscall(parent, wait, &mut NoBoard),
        Outcome::Done(1..)
    ));
}

/// Nanoseconds of one of `rounds`.
fn time(rounds: u32, mut round: impl FnMut()) -> f64 {
    let begun = Instant::now();
    (0..rounds).for_each(|_| round());
    begun.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Both sides in turns.
fn row(what: &str, mut one: impl FnMut() -> f64, mut other: impl FnMut() -> f64) {
    let turns: Vec<(f64, f64)> = (0..TURNS).map(|_| (one(), other())).collect();
    let one = middle(turns.iter().map(|turn| turn.0).collect());
    let other = middle(turns.iter().map(|turn| turn.1).collect());
    let ratio = middle(turns.iter().map(|turn| turn.1 / turn.0).collect());
    println!("{what:<52} {one:>9.1} ns {other:>9.1} ns {ratio:>7.2}");
}

/// One thread takes the lock for each call.
fn alone() {
    let (mut bare, bare_children) = boot();
    let (kernel, children) = boot();
    let (own, locked_own) = (bare_children[0], children[0]);
    let lock = Lock::masking(kernel);
    row(
        "getpid: without the lock, with it",
        || time(ROUNDS, || getpid(&mut bare, own)),
        || time(ROUNDS, || lock.with(|kernel| getpid(kernel, locked_own))),
    );
    row(
        "fork, exit, wait: without the lock, with it",
        || {
            time(ROUNDS, || {
                let child = child_of(&mut bare, own);
                exit(&mut bare, child);
                wait(&mut bare, own);
            })
        },
        || {
            time(ROUNDS, || {
                let child = lock.with(|kernel| child_of(kernel, locked_own));
                lock.with(|kernel| exit(kernel, child));
                lock.with(|kernel| wait(kernel, locked_own));
            })
        },
    );
}

/// Nanoseconds of one life, of all that `threads` threads make together.
fn lives(lock: &Lock, children: &[TaskRef], threads: usize) -> f64 {
    let each = ROUNDS / u32::try_from(threads).unwrap_or(1);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for own in children.iter().take(threads) {
            scope.spawn(move || {
                for _ in 0..each {
                    let child = lock.with(|kernel| child_of(kernel, *own));
                    lock.with(|kernel| exit(kernel, child));
                    lock.with(|kernel| wait(kernel, *own));
                }
            });
        }
    });
    begun.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS)
}

/// Threads that do nothing but call: the worst there is.
fn together() {
    let (kernel, children) = boot();
    let lock = Lock::masking(kernel);
    for threads in [2, 4, 8] {
        row(
            &format!("fork, exit, wait: one thread, {threads} that share it"),
            || lives(&lock, &children, 1),
            || lives(&lock, &children, threads),
        );
    }
}

fn main() {
    // cargo test --benches asks for nothing more than that it starts.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{:<52} {:>12} {:>12} {:>7}",
        format!("on {cpus} processors"),
        "one side",
        "other side",
        "ratio"
    );
    alone();
    together();
}
