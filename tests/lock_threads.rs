//! `BigLock` under eight threads of the host: a million calls of every kind, in whatever order they come, leave a kernel
//! that adds up.

mod support;

use kernel_model::abi::call::UserPtr;
use kernel_model::abi::effect::NoBoard;
use kernel_model::abi::flags::{OpenFlags, WaitOptions};
use kernel_model::abi::ids::CpuId;
use kernel_model::kernel::lock::{BigLock, Irq};
use kernel_model::kernel::storage::{Boxed, Capacity, NoThread};
use kernel_model::kernel::{Config, Kernel};
use kernel_model::syscall::decode::fork;
use kernel_model::verbs::fault::Access;
use kernel_model::{Call, Outcome, Pid, TaskRef};
use std::collections::BTreeMap;
use support::{ARENA, BSS, PAGE, THREAD, clone_call, program};

const THREADS: usize = 8;
const CALLS: u64 = 1_000_000;
/// Children that a process has at most.
const CHILDREN: usize = 6;

/// A host has more threads than processors: who waits lets others go on.
struct Host;

impl Irq for Host {
    fn save() {}
    fn restore() {}
    fn relax() {
        std::thread::yield_now();
    }
}

type Lock = BigLock<Boxed<NoThread>, Host>;

/// One thread of the host: a process of its own, and its children.
struct Driver<'l> {
    lock: &'l Lock,
    cpu: CpuId,
    own: Pid,
    seed: u64,
    /// How often a call gave what.
    seen: BTreeMap<&'static str, u64>,
}

impl Driver<'_> {
    fn next(&mut self, below: u64) -> u64 {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % below
    }

    /// Any call but those that would leave the process itself asleep or dead.
    fn any_call(&mut self) -> Call {
        let page = |number| UserPtr(BSS + number * PAGE);
        let (fd, at) = (i32::try_from(self.next(12)).unwrap(), page(self.next(2)));
        let (length, addr) = (PAGE * (1 + self.next(4)), ARENA + PAGE * self.next(64));
        match self.next(16) {
            0 => Call::Getppid,
            1 => Call::Pipe2 {
                fds: at,
                flags: OpenFlags::O_NONBLOCK,
            },
            2 if fd > 2 => Call::Dup { fd },
            3 | 4 => Call::Close { fd },
            5 | 6 if fd > 2 => Call::Read {
                fd,
                buf: at,
                count: length,
            },
            7 | 8 if fd > 2 => Call::Write {
                fd,
                buf: at,
                count: length,
            },
            9 | 10 => kernel_model::syscall::decode::decode(9, [addr, length, 3, 0x32, u64::MAX, 0]).unwrap(),
            11 => Call::Munmap { addr, length },
            12 => Call::Brk {
                addr: support::HEAP + length,
            },
            13 => Call::RtSigprocmask {
                how: 0,
                set: at,
                oldset: UserPtr(0),
                size: 8,
            },
            14 => Call::Madvise {
                addr,
                length,
                advice: 4,
            },
            _ => Call::SchedYield,
        }
    }

    /// A call of the process, or of one of its children.
    fn step(&mut self) {
        let (what, nth, call) = (self.next(20), self.next(8), self.any_call());
        let (own, cpu) = (self.own, self.cpu);
        let (name, outcome) = self.lock.with(|kernel| {
            let own = kernel.find(own).unwrap();
            let children: Vec<TaskRef> = kernel.view().children(own).collect();
            let child = children.get(usize::try_from(nth).unwrap()).copied();
            let (name, task, call) = match (what, child) {
                (0, _) if children.len() < CHILDREN => ("fork", own, fork()),
                (1, Some(child)) => ("thread", child, clone_call(THREAD, 0)),
                (2, Some(child)) => ("exit", child, Call::ExitGroup { status: 3 }),
                (3, Some(child)) => {
                    let pid = i32::try_from(kernel.view().tasks[child].pid.0).unwrap();
                    ("kill", own, Call::Kill { pid, signal: 9 })
                }
                (4 | 5, _) => ("wait", own, wait_any()),
                (6, Some(child)) => ("sleep", child, Call::Pause),
                (7 | 8, _) => {
                    let task = child.unwrap_or(own);
                    let at = BSS + PAGE * (nth % 2);
                    let fault = kernel.page_fault(task, at, Access::Write, &mut NoBoard);
                    return ("fault", fault.map_or(Outcome::Gone, |_| Outcome::Resumed));
                }
                (9, _) => {
                    kernel.tick(cpu, 1_000_000, &mut NoBoard);
                    return ("tick", Outcome::Resumed);
                }
                (10 | 13 | 14, Some(child)) => {
                    // Those that were told to die end when they run.
                    let outcomes = threads(kernel, child).into_iter();
                    let outcomes: Vec<_> = outcomes.map(|at| kernel.resume(at, &mut NoBoard)).collect();
                    return ("resume", outcomes.last().copied().unwrap_or(Outcome::Gone));
                }
                (11 | 12, Some(child)) => ("child's call", child, call),
                // To a pipe that nobody reads from: SIGPIPE would end it.
                _ if matches!(call, Call::Write { .. }) => ("call", own, Call::Getppid),
                _ => ("call", own, call),
            };
            (name, kernel.syscall(task, call, &mut NoBoard))
        });
        // A wait that finds nothing gives 0.
        let least = i64::from(name == "wait");
        if !matches!(outcome, Outcome::Done(value) if value < least) {
            *self.seen.entry(name).or_default() += 1;
        }
    }

    /// Ends the children and then the process.
    fn end(&self) {
        self.lock.with(|kernel| {
            let own = kernel.find(self.own).unwrap();
            for child in kernel.view().children(own).collect::<Vec<_>>() {
                let pid = i32::try_from(kernel.view().tasks[child].pid.0).unwrap();
                let kill = Call::Kill { pid, signal: 9 };
                assert_eq!(kernel.syscall(own, kill, &mut NoBoard), Outcome::Done(0));
                for thread in threads(kernel, child) {
                    // One that has ended already is gone, as one that takes the signal.
                    assert_eq!(kernel.resume(thread, &mut NoBoard), Outcome::Gone);
                }
                assert!(matches!(
                    kernel.syscall(own, wait_any(), &mut NoBoard),
                    Outcome::Done(1..)
                ));
            }
            let init = kernel.find(Pid::INIT).unwrap();
            assert_eq!(
                kernel.syscall(own, Call::ExitGroup { status: 0 }, &mut NoBoard),
                Outcome::Gone
            );
            assert!(matches!(
                kernel.syscall(init, wait_any(), &mut NoBoard),
                Outcome::Done(1..)
            ));
        });
    }
}

fn threads(kernel: &Kernel<Boxed<NoThread>>, leader: TaskRef) -> Vec<TaskRef> {
    let view = kernel.view();
    let signal = view.tasks[leader].signal;
    view.signals[signal].threads.iter(view.tasks).collect()
}

fn wait_any() -> Call {
    support::wait4(-1, WaitOptions::WNOHANG)
}

fn boot() -> Kernel<Boxed<NoThread>> {
    let config = Config {
        cpus: u8::try_from(THREADS).unwrap(),
        ..Config::default()
    };
    let storage = Boxed::new(&Capacity::for_tasks(128));
    let mut kernel = Kernel::boot(storage, &config, &mut NoBoard).unwrap();
    let init = kernel.find(Pid::INIT).unwrap();
    assert_eq!(kernel.exec(init, &program(0), &mut NoBoard), Outcome::Done(0));
    kernel
}

#[test]
fn a_million_mixed_calls_of_eight_threads_leave_a_kernel_that_adds_up() {
    let lock = Lock::masking(boot());
    let processes: Vec<Pid> = (0..THREADS)
        .map(|_| {
            lock.with(|kernel| {
                let init = kernel.find(Pid::INIT).unwrap();
                match kernel.syscall(init, fork(), &mut NoBoard) {
                    Outcome::Done(pid) => Pid(u32::try_from(pid).unwrap()),
                    other => panic!("fork: {other:?}"),
                }
            })
        })
        .collect();
    let seen = std::thread::scope(|scope| {
        let threads = processes.iter().zip(0u8..).map(|(own, cpu)| {
            let lock = &lock;
            scope.spawn(move || {
                let mut driver = Driver {
                    lock,
                    cpu: CpuId(cpu),
                    own: *own,
                    seed: u64::from(cpu) + 1,
                    seen: BTreeMap::new(),
                };
                // Each makes its share, however many of the others the machine lets run meanwhile.
                for number in 0..CALLS / THREADS as u64 {
                    driver.step();
                    if number % 20_000 == 0 {
                        driver.lock.with(|kernel| kernel.audit()).unwrap();
                    }
                }
                driver.end();
                driver.seen
            })
        });
        let threads: Vec<_> = threads.collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    lock.with(|kernel| kernel.audit()).unwrap();
    // init is what it was when it forked: it has touched nothing but where the last wait stores.
    let left = lock.with(|kernel| kernel.used());
    for (table, used) in left {
        let expected = match table {
            "tasks" | "pids" | "signals" | "sighands" => 3,
            "mms" | "files" | "mappings" => 1,
            "sigqueues" | "polls" | "fdtables" => 0,
            _ => continue,
        };
        assert_eq!(used, expected, "{table}: {left:?}");
    }
    for (number, seen) in seen.iter().enumerate() {
        for name in [
            "fork", "thread", "exit", "kill", "wait", "sleep", "fault", "tick", "resume", "call",
        ] {
            let count = seen.get(name).copied().unwrap_or(0);
            assert!(
                count > 100,
                "thread {number}: {name} succeeded {count} times: {seen:?}"
            );
        }
    }
}
