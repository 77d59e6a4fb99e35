//! `BigLock`: threads that take turns leave a kernel that adds up, and interrupts as they were.

use kernel_model::abi::effect::NoBoard;
use kernel_model::kernel::lock::{BigLock, Irq, Nesting};
use kernel_model::kernel::storage::{Boxed, Capacity, NoThread};
use kernel_model::kernel::{Config, Kernel};
use kernel_model::syscall::decode::fork;
use kernel_model::{Call, Outcome, Pid};
use std::cell::Cell;

const THREADS: usize = 8;
const ROUNDS: usize = 500;

/// Each host thread drives a process of its own through fork, exit and wait.
#[test]
fn eight_threads_fork_exit_and_wait_under_one_lock() {
    let storage = Boxed::<NoThread>::new(&Capacity::for_tasks(64));
    let lock = BigLock::new(Kernel::boot(storage, &Config::default(), &mut NoBoard).unwrap());
    let at_boot = lock.with(|kernel| kernel.used());
    let child_of = |parent: Pid| {
        lock.with(|kernel| {
            let parent = kernel.find(parent).unwrap();
            match kernel.syscall(parent, fork(), &mut NoBoard) {
                Outcome::Done(pid) => Pid(u32::try_from(pid).unwrap()),
                other => panic!("fork: {other:?}"),
            }
        })
    };
    let end = |pid: Pid, parent: Pid| {
        lock.with(|kernel| {
            let child = kernel.find(pid).unwrap();
            assert_eq!(
                kernel.syscall(child, Call::ExitGroup { status: 0 }, &mut NoBoard),
                Outcome::Gone
            );
            let parent = kernel.find(parent).unwrap();
            let wait = Call::Wait4 {
                pid: i32::try_from(pid.0).unwrap(),
                wstatus: Default::default(),
                options: 0,
                rusage: Default::default(),
            };
            assert_eq!(
                kernel.syscall(parent, wait, &mut NoBoard),
                Outcome::Done(i64::from(pid.0))
            );
        });
    };
    let own: Vec<Pid> = (0..THREADS).map(|_| child_of(Pid::INIT)).collect();
    std::thread::scope(|scope| {
        for process in &own {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    end(child_of(*process), *process);
                }
            });
        }
    });
    lock.with(|kernel| kernel.audit()).unwrap();
    own.into_iter().for_each(|process| end(process, Pid::INIT));
    assert_eq!(lock.with(|kernel| kernel.used()), at_boot);
    assert_eq!(lock.with(|_| lock.try_with(|_| ())), None, "the lock is held");
}

thread_local! {
    static ENABLED: Cell<bool> = const { Cell::new(true) };
    static NESTING: Nesting = const { Nesting::new() };
}

/// A processor whose interrupts are a flag of the host thread.
struct Flag;

impl Irq for Flag {
    fn save() {
        let enabled = ENABLED.replace(false);
        NESTING.with(|nesting| nesting.enter(enabled));
    }

    fn restore() {
        if NESTING.with(Nesting::leave) {
            ENABLED.set(true);
        }
    }
}

fn masking() -> BigLock<Boxed<NoThread>, Flag> {
    BigLock::masking(Kernel::unbooted(Boxed::new(&Capacity::for_tasks(2))))
}

/// Interrupts come through again when the last guard is gone, whichever that is, and only if they did before.
#[test]
fn interrupts_stay_masked_until_the_last_guard_is_dropped() {
    let locks = [masking(), masking()];
    for enabled in [true, false] {
        for first in [0, 1] {
            ENABLED.set(enabled);
            let mut guards = locks.each_ref().map(|lock| Some(lock.lock()));
            assert!(!ENABLED.get());
            guards[first] = None;
            assert!(!ENABLED.get(), "another lock is held");
            assert!(locks[first].try_lock().is_some(), "and this one is free");
            assert!(locks[1 - first].try_lock().is_none());
            assert!(
                !ENABLED.get(),
                "what was not had masks nothing, and lets nothing through"
            );
            guards[1 - first] = None;
            assert_eq!(ENABLED.get(), enabled);
        }
    }
}
