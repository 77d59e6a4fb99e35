//! `BigLock` and the queue of interrupts in every order of two processors: loom tries them all.
//!
//! The lock is the one that kernels use, its atomics those of `core`. loom changes from one processor to the other
//! where [`Irq`] is asked to mask, to unmask or to wait, and at each step of what holds the lock: taking a spin lock
//! is one compare-and-swap, so nothing between those places can be seen by others.

use heapless::spsc::{Consumer, Queue};
use kernel_model::abi::call::Outcome;
use kernel_model::abi::effect::NoBoard;
use kernel_model::kernel::lock::{BigLock, Irq, Nesting};
use kernel_model::kernel::storage::{Boxed, Capacity, NoThread};
use kernel_model::kernel::{Config, Kernel};
use kernel_model::syscall::decode::fork;
use kernel_model::{Call, Pid};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicU32, Ordering};
use loom::thread;
use std::cell::{Cell, RefCell};

loom::thread_local! {
    /// Whether this processor's interrupts come through.
    static ENABLED: Cell<bool> = Cell::new(true);
    static NESTING: Nesting = Nesting::new();
    /// What may interrupt this processor.
    static DEVICE: RefCell<Option<Device>> = RefCell::new(None);
    /// Whether this processor holds the lock.
    static HOLDS: Cell<bool> = Cell::new(false);
}

loom::lazy_static! {
    /// A place where loom may turn to the other processor.
    static ref STEPS: AtomicU32 = AtomicU32::new(0);
}

/// One step of a processor: between two of them the other one may take any number of its own; and where interrupts come
/// through, the device may have its turn.
fn step() {
    STEPS.fetch_add(1, Ordering::SeqCst);
    if ENABLED.with(Cell::get) {
        interrupt();
    }
}

/// A device, which the other processor raises by a number.
struct Device {
    raised: Arc<AtomicU32>,
    handler: Box<dyn FnMut(u32)>,
}

/// The device has its turn, if it was raised; as long as its handler runs, interrupts are masked.
fn interrupt() {
    let Some(mut device) = DEVICE.with(|device| device.borrow_mut().take()) else {
        return;
    };
    let raised = device.raised.swap(0, Ordering::SeqCst);
    if raised != 0 {
        assert!(!HOLDS.with(Cell::get), "an interrupt while the lock is held");
        ENABLED.with(|enabled| enabled.set(false));
        (device.handler)(raised);
        ENABLED.with(|enabled| enabled.set(true));
    }
    DEVICE.with(|place| *place.borrow_mut() = Some(device));
}

/// Waits until what was raised before has been seen, and raises the device.
fn raise(line: &AtomicU32, number: u32) {
    while line
        .compare_exchange(0, number, Ordering::SeqCst, Ordering::SeqCst)
        .is_err()
    {
        thread::yield_now();
    }
}

/// A processor of loom.
struct Cpu;

impl Irq for Cpu {
    fn save() {
        step();
        let enabled = ENABLED.with(|flag| flag.replace(false));
        NESTING.with(|nesting| nesting.enter(enabled));
    }

    fn restore() {
        STEPS.fetch_add(1, Ordering::SeqCst);
        if NESTING.with(Nesting::leave) {
            ENABLED.with(|flag| flag.set(true));
        }
        step();
    }

    fn relax() {
        thread::yield_now();
    }
}

type Lock = BigLock<Boxed<NoThread>, Cpu>;

fn boot() -> Lock {
    let storage = Boxed::new(&Capacity {
        tasks: 4,
        frames: 4,
        vmas: 4,
        tables: 4,
        files: 4,
        pipes: 2,
        sigqueues: 4,
        pid_max: 320,
    });
    let config = Config {
        cpus: 2,
        pid_max: 320,
        kthreadd: false,
        ..Config::default()
    };
    Lock::masking(Kernel::boot(storage, &config, &mut NoBoard).unwrap())
}

/// fork, wait and exit by init, with steps between them: whoever came in between would find a child it has not made.
fn life(kernel: &mut Kernel<Boxed<NoThread>>) {
    HOLDS.with(|holds| holds.set(true));
    let init = kernel.find(Pid::INIT).unwrap();
    let children = |kernel: &Kernel<_>| kernel.view().children(init).count();
    assert_eq!(children(kernel), 0, "the other processor is inside");
    step();
    let Outcome::Done(pid) = kernel.syscall(init, fork(), &mut NoBoard) else {
        panic!("no child");
    };
    step();
    assert_eq!(children(kernel), 1);
    let child = kernel.find(Pid(u32::try_from(pid).unwrap())).unwrap();
    let exit = Call::ExitGroup { status: 0 };
    assert_eq!(kernel.syscall(child, exit, &mut NoBoard), Outcome::Gone);
    step();
    let wait = Call::Wait4 {
        pid: -1,
        wstatus: Default::default(),
        options: 0,
        rusage: Default::default(),
    };
    assert_eq!(kernel.syscall(init, wait, &mut NoBoard), Outcome::Done(pid));
    HOLDS.with(|holds| holds.set(false));
}

/// Every order in which one processor breaks in on the other at most so often, beside all in which one waits.
fn explore(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

fn assert_unmasked() {
    assert!(ENABLED.with(Cell::get), "interrupts stay masked");
}

#[test]
fn two_processors_take_turns_in_every_order() {
    loom::model(|| {
        let lock = std::sync::Arc::new(boot());
        let other = {
            let lock = lock.clone();
            thread::spawn(move || {
                lock.with(life);
                assert_unmasked();
            })
        };
        lock.with(life);
        assert_unmasked();
        other.join().unwrap();
        lock.with(|kernel| kernel.audit()).unwrap();
    });
}

#[test]
fn who_does_not_get_the_lock_masks_nothing() {
    loom::model(|| {
        let lock = std::sync::Arc::new(boot());
        let other = {
            let lock = lock.clone();
            thread::spawn(move || lock.with(life))
        };
        if lock.try_with(life).is_none() {
            assert_unmasked();
        }
        assert_unmasked();
        other.join().unwrap();
        assert!(lock.try_lock().is_some(), "nobody holds it");
    });
}

/// Empties the queue: what the interrupts had to say comes into the kernel with the next entry, whoever makes it.
fn drain(posts: &mut Consumer<'static, u32>, told: &mut Vec<u32>) {
    while let Some(post) = posts.dequeue() {
        told.push(post);
        STEPS.fetch_add(1, Ordering::SeqCst);
    }
}

/// One processor has a device, which the other one raises while both work: every note arrives once and in order, no
/// handler runs under the lock, and nobody waits for ever.
#[test]
fn what_interrupts_leave_arrives_once_and_in_order() {
    const RAISED: u32 = 2;
    explore(3, || {
        let lock = std::sync::Arc::new(boot());
        let raised = Arc::new(AtomicU32::new(0));
        // loom runs this some thousand times; a few bytes each time are no matter.
        let (mut posts, mut notes) = Box::leak(Box::new(Queue::<u32, 4>::new())).split();
        let worker = {
            let (lock, raised) = (lock.clone(), raised.clone());
            thread::spawn(move || {
                let handler = Box::new(move |note| posts.enqueue(note).unwrap());
                DEVICE.with(|place| *place.borrow_mut() = Some(Device { raised, handler }));
                let mut told = Vec::new();
                for _ in 0..2 {
                    lock.with(|kernel| {
                        drain(&mut notes, &mut told);
                        life(kernel);
                    });
                }
                // The device has been raised for the last time.
                while told.last() != Some(&RAISED) {
                    step();
                    lock.with(|_| drain(&mut notes, &mut told));
                    thread::yield_now();
                }
                assert_unmasked();
                told
            })
        };
        for note in 1..=RAISED {
            raise(&raised, note);
        }
        lock.with(life);
        let told = worker.join().unwrap();
        assert_eq!(told, [1, 2]);
        lock.with(|kernel| kernel.audit()).unwrap();
    });
}

/// A handler that takes the lock itself finds it free, or held by the other processor: never by the task that it has
/// interrupted, for which it would wait for ever.
#[test]
fn a_handler_may_take_the_lock() {
    explore(3, || {
        let lock = std::sync::Arc::new(boot());
        let raised = Arc::new(AtomicU32::new(0));
        let done = Arc::new(AtomicU32::new(0));
        let worker = {
            let (lock, raised, done) = (lock.clone(), raised.clone(), done.clone());
            thread::spawn(move || {
                let handler = {
                    let (lock, done) = (lock.clone(), done.clone());
                    Box::new(move |number| {
                        lock.with(life);
                        done.store(number, Ordering::SeqCst);
                    })
                };
                DEVICE.with(|place| *place.borrow_mut() = Some(Device { raised, handler }));
                lock.with(life);
                while done.load(Ordering::SeqCst) == 0 {
                    step();
                    thread::yield_now();
                }
                assert_unmasked();
            })
        };
        raise(&raised, 1);
        lock.with(life);
        worker.join().unwrap();
        lock.with(|kernel| kernel.audit()).unwrap();
    });
}
