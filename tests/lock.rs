//! `BigLock`: threads that take turns leave a kernel that adds up.

use kernel_model::abi::effect::NoBoard;
use kernel_model::kernel::lock::BigLock;
use kernel_model::kernel::storage::{Boxed, Capacity, NoThread};
use kernel_model::kernel::{Config, Kernel};
use kernel_model::syscall::decode::fork;
use kernel_model::{Call, Outcome, Pid};

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
