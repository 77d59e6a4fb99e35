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

/// Every order of `count` things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..count {
        orders = orders
            .iter()
            .flat_map(|order: &Vec<usize>| {
                (0..=next).map(move |at| {
                    let mut longer = order.clone();
                    longer.insert(at, next);
                    longer
                })
            })
            .collect();
    }
    orders
}

/// Up to four locks, whose guards are dropped in each of the 24 orders.
#[test]
fn interrupts_are_as_they_were_after_every_order_of_drops() {
    let locks: Vec<_> = (0..4).map(|_| masking()).collect();
    for held in 1..=locks.len() {
        let orders = orders(held);
        assert_eq!(orders.len(), (1..=held).product::<usize>());
        for (order, enabled) in orders.iter().flat_map(|order| [(order, true), (order, false)]) {
            ENABLED.set(enabled);
            let mut guards: Vec<_> = locks.iter().take(held).map(|lock| Some(lock.lock())).collect();
            for (dropped, at) in order.iter().enumerate() {
                assert!(
                    !ENABLED.get(),
                    "{order:?}: masked while {} are held",
                    held - dropped
                );
                guards[*at] = None;
                assert!(locks[*at].try_lock().is_some(), "{order:?}: {at} is free");
            }
            assert_eq!(ENABLED.get(), enabled, "{order:?}");
        }
    }
}

/// A step may use another kernel, and who asks for one that is held gets none, without a trace.
#[test]
fn steps_nest() {
    let locks = [masking(), masking()];
    ENABLED.set(true);
    let inner = locks[0].with(|_| {
        let inner = locks[1].with(|_| ENABLED.get());
        assert!(!ENABLED.get(), "the outer step goes on");
        assert_eq!(locks[0].try_with(|_| ()), None);
        assert!(!ENABLED.get());
        inner
    });
    assert!(!inner);
    assert!(ENABLED.get());
}

/// A step that panics gives back the lock and the interrupts; what it has not yet done to the kernel stays undone.
#[test]
fn a_panic_in_a_step_leaves_a_lock_that_can_be_taken() {
    let lock = masking();
    let config = Config {
        kthreadd: false,
        ..Config::default()
    };
    lock.with(|kernel| kernel.boot_in_place(&config, &mut NoBoard))
        .unwrap();
    for enabled in [true, false] {
        ENABLED.set(enabled);
        let step = std::panic::AssertUnwindSafe(|| {
            lock.with(|kernel| {
                let init = kernel.find(Pid::INIT).unwrap();
                let none = kernel.find(Pid(77));
                assert_eq!(kernel.syscall(init, Call::Getpid, &mut NoBoard), Outcome::Done(1));
                none.unwrap()
            })
        });
        assert!(std::panic::catch_unwind(step).is_err());
        assert_eq!(ENABLED.get(), enabled);
        assert_eq!(lock.with(|kernel| kernel.audit()), Ok(()));
        assert_eq!(ENABLED.get(), enabled);
    }
}
