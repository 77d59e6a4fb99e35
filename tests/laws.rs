//! Laws that hold for every program, on three sizes of kernel: 1 to 35 of `docs/invariants.md`.
//!
//! `PROPTEST_CASES` raises the number of programs for each law.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use kernel_model::abi::call::{Call, Outcome};
use kernel_model::abi::effect::Effect;
use kernel_model::abi::errno::Errno;
use kernel_model::abi::flags::WaitOptions;
use kernel_model::abi::limits::RESERVED_PIDS;
use kernel_model::abi::state::State;
use kernel_model::kernel::Config;
use kernel_model::kernel::storage::{Boxed, Capacity, Fixed, Storage};
use kernel_model::store::bitmap::words;
use kernel_model::{Pid, TaskRef};
use proptest::prelude::*;
use proptest::test_runner::Config as Proptest;

use support::ops::{At, Op, Step, Who, life, memory, steps};
use support::{BSS, DATA, PAGE, Regs, STACK, TEXT, World, boot, exit_group, kill, wait4};

/// Six tasks, 24 frames: exhaustion is the common case.
type Tiny = Fixed<Regs, 6, 24, 26, 72, 9, 2, { words(64) }>;

fn tiny(cpus: u8) -> World<Box<TinyStorage>> {
    let config = Config {
        cpus,
        kthreadd: false,
        preempt_exit: cpus.is_multiple_of(2),
        pid_max: 11,
        ..Config::default()
    };
    boot(Box::default(), &config)
}

/// `Fixed` behind a pointer, so that a clone lies on the heap.
#[derive(Clone, PartialEq, Debug, Default)]
struct TinyStorage(Tiny);

impl Storage for Box<TinyStorage> {
    type Thread = Regs;
    fn parts(&mut self) -> (kernel_model::kernel::storage::Tables<'_>, &mut [Regs]) {
        self.0.parts()
    }
    fn view(&self) -> kernel_model::kernel::storage::TablesView<'_> {
        self.0.view()
    }
    fn threads(&self) -> &[Regs] {
        self.0.threads()
    }
}

fn medium(cpus: u8) -> World<Boxed<Regs>> {
    let capacity = Capacity {
        tasks: 10,
        frames: 60,
        vmas: 90,
        tables: 200,
        files: 24,
        pipes: 5,
        sigqueues: 20,
        pid_max: 330,
    };
    let config = Config {
        cpus,
        pid_max: 320,
        ..Config::default()
    };
    boot(Boxed::new(&capacity), &config)
}

fn large(cpus: u8) -> World<Boxed<Regs>> {
    boot(
        Boxed::new(&Capacity::for_tasks(40)),
        &Config {
            cpus,
            ..Config::default()
        },
    )
}

/// 256 programs for each law; `PROPTEST_CASES` changes it.
fn cases() -> Proptest {
    let mut config = Proptest {
        failure_persistence: None,
        ..Proptest::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 256;
    }
    config
}

/// Runs a law on each of the three sizes.
macro_rules! on_three_sizes {
    ($($(#[$doc:meta])* $law:ident => $tiny:ident, $medium:ident, $large:ident;)*) => {
        $(
            proptest! {
                #![proptest_config(cases())]
                $(#[$doc])*
                #[test]
                fn $tiny(program in steps(100), cpus in 1u8..4, with_init in any::<bool>()) {
                    $law(tiny(cpus), &program, with_init);
                }
                $(#[$doc])*
                #[test]
                fn $medium(program in steps(140), cpus in 1u8..4, with_init in any::<bool>()) {
                    $law(medium(cpus), &program, with_init);
                }
                $(#[$doc])*
                #[test]
                fn $large(program in steps(160), cpus in 1u8..4, with_init in any::<bool>()) {
                    $law(large(cpus), &program, with_init);
                }
            }
        )*
    };
}

on_three_sizes! {
    /// Every invariant of the audit holds after every step, no processor caches an entry that is no longer true, and
    /// the events tell the whole story of the states.
    invariants_hold => invariants_hold_tiny, invariants_hold_medium, invariants_hold_large;
    /// 29: a call that fails has changed nothing.
    failure_changes_nothing => failure_tiny, failure_medium, failure_large;
    /// 30: the same state and input give the same state, outcome and effects; a clone shares nothing.
    same_input_same_output => determinism_tiny, determinism_medium, determinism_large;
    /// 31: when the last task but init is gone, every pool is as empty as at boot.
    nothing_leaks => leaks_tiny, leaks_medium, leaks_large;
    /// 38: what a program or /proc can see is in the fingerprint.
    fingerprint_sees_what_a_program_sees => sees_tiny, sees_medium, sees_large;
}

type Traits<S> = World<S>;

/// 8, 33: the states as the events tell them.
struct Story(BTreeMap<String, State>);

impl Story {
    fn begin<S: Storage<Thread = Regs> + Clone + PartialEq>(world: &Traits<S>) -> Story {
        let view = world.k.view();
        Story(
            view.tasks
                .iter()
                .map(|(task, t)| (format!("{task:?}"), t.state()))
                .collect(),
        )
    }

    fn tell(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::StateChanged { task, from, to } => {
                    assert!(from.may_become(*to), "{from:?} became {to:?}");
                    let known = self
                        .0
                        .insert(format!("{:?}", task.task), *to)
                        .unwrap_or(State::New);
                    assert_eq!(known, *from, "{task:?} was told to be something else");
                }
                Effect::Woken { task } => {
                    assert_eq!(
                        self.0[&format!("{:?}", task.task)],
                        State::Running,
                        "woken, but not ready"
                    );
                }
                _ => {}
            }
        }
    }

    fn check<S: Storage<Thread = Regs> + Clone + PartialEq>(&self, world: &Traits<S>) {
        for (task, t) in world.k.view().tasks.iter() {
            assert_eq!(
                self.0.get(&format!("{task:?}")),
                Some(&t.state()),
                "{} changed silently",
                t.pid
            );
        }
    }
}

/// 10: the numbers as `alloc_pid()` gives them, from a set and a counter.
fn next_pid<S: Storage<Thread = Regs> + Clone + PartialEq>(
    world: &Traits<S>,
    next: u32,
    pid_max: u32,
) -> Option<u32> {
    let view = world.k.view();
    let mut used = BTreeSet::new();
    for (task, t) in view.tasks.iter() {
        let signal = view.signal(task);
        used.extend([
            t.pid.0,
            view.pids[signal.pgrp].nr.0,
            view.pids[signal.session].nr.0,
        ]);
    }
    let floor = if pid_max > RESERVED_PIDS { RESERVED_PIDS } else { 1 };
    (next..pid_max)
        .chain(floor..next.min(pid_max))
        .find(|nr| !used.contains(nr))
}

fn invariants_hold<S: Storage<Thread = Regs> + Clone + PartialEq>(
    mut world: World<S>,
    program: &[Step],
    with_init: bool,
) {
    world.m.take_log();
    let mut story = Story::begin(&world);
    for step in program {
        let done = world.step(step, with_init);
        if let Err(violation) = world.k.audit() {
            panic!("{violation}, after {step:?} ({done:?})");
        }
        story.tell(&world.m.take_log());
        story.check(&world);
        world.check_tlb();
    }
}

#[test]
fn pids_come_in_turn_and_none_in_use_comes_again() {
    let mut runner = proptest::test_runner::TestRunner::new(cases());
    runner
        .run(&(steps(120), 8u32..16), |(program, pid_max)| {
            let capacity = Capacity {
                pid_max: 64,
                ..Capacity::for_tasks(12)
            };
            let config = Config {
                pid_max,
                kthreadd: false,
                ..Config::default()
            };
            let mut world = boot(Boxed::new(&capacity), &config);
            world.m.take_log();
            let mut next = 2;
            for step in &program {
                let (task, call) = world.prepare(step, true);
                world.m.take_log();
                let expected = next_pid(&world, next, pid_max);
                world.perform(step, task, call);
                for effect in world.m.take_log() {
                    if let Effect::Forked { child, .. } = effect {
                        assert_eq!(Some(child.pid.0), expected, "with the counter at {next}");
                        next = child.pid.0 + 1;
                    }
                }
            }
            Ok(())
        })
        .unwrap();
}

/// Calls that fail and yet change something, as Linux's do. Everything else must leave the kernel equal.
fn linux_changes_something(call: &Call, errno: Errno, effects: &[Effect]) -> Option<&'static str> {
    let faulted = effects
        .iter()
        .any(|e| matches!(e, Effect::PageFault { .. } | Effect::MapPage { .. }));
    match (call, errno) {
        (_, Errno::EFAULT) => Some(
            "what was done before the bad address was met stays: wait4 has reaped, sigaction has set, ...",
        ),
        _ if faulted => Some("pages that the kernel touched while it read the arguments stay"),
        (Call::Write { .. }, Errno::EPIPE) => Some("SIGPIPE is sent"),
        (Call::Mprotect { .. }, Errno::ENOMEM) => Some("what lies before the hole has been changed"),
        (Call::Madvise { .. }, Errno::ENOMEM) => Some("what lies around the hole has been advised"),
        (Call::Madvise { .. }, Errno::EINVAL) => {
            Some("the ranges before the one that cannot be wiped are advised")
        }
        (Call::Write { .. }, Errno::ENOMEM) => {
            Some("the buffers before the one without a frame are in the pipe")
        }
        (Call::Waitid { .. }, _) => Some("waitid stores zeroes"),
        (Call::Setpriority { .. }, Errno::EACCES | Errno::EPERM) => {
            Some("the processes that may be changed are changed")
        }
        _ => None,
    }
}

/// copy_process() looks anew for signals, also for those of which another thread was told, and they are taken before.
fn takes_signals_first<S: Storage<Thread = Regs>>(world: &World<S>, task: TaskRef, call: &Call) -> bool {
    let view = world.k.view();
    let t = view.tasks.get(task).filter(|_| matches!(call, Call::Clone(_)));
    t.is_some_and(|t| !view.signals[t.signal].shared_pending.is_empty())
}

fn failure_changes_nothing<S: Storage<Thread = Regs> + Clone + PartialEq>(
    mut world: World<S>,
    program: &[Step],
    with_init: bool,
) {
    for step in program {
        let (task, call) = world.prepare(step, with_init);
        let (Some(task), Some(call)) = (task, call) else {
            world.perform(step, task, call);
            continue;
        };
        // Turning to the task and taking its signals is no part of the call.
        if let Some(cpu) = world.k.view().tasks.get(task).map(|t| t.cpu) {
            world.k.dispatch(cpu, task, &mut world.m);
        }
        if world.k.has_work(task) || takes_signals_first(&world, task, &call) {
            world.perform(step, Some(task), Some(call));
            continue;
        }
        let before = world.k.clone();
        world.m.take_log();
        let outcome = world.k.syscall(task, call, &mut world.m);
        let effects = world.m.take_log();
        let errno = match outcome {
            Outcome::Done(value @ -4095..=-1) => Errno::ALL
                .iter()
                .find(|errno| errno.to_return_value() == value)
                .copied()
                .unwrap(),
            _ => continue,
        };
        if linux_changes_something(&call, errno, &effects).is_some() {
            continue;
        }
        assert!(
            effects.is_empty(),
            "{call:?} failed with {errno:?} and emitted {effects:?}"
        );
        let mut after = world.k.clone();
        // Its value is all that it leaves.
        if let (Some(new), Some(old)) = (after.thread_mut(task), before.thread(task)) {
            *new = *old;
        }
        assert!(
            after == before,
            "{call:?} failed with {errno:?} and changed something"
        );
    }
}

fn same_input_same_output<S: Storage<Thread = Regs> + Clone + PartialEq>(
    world: World<S>,
    program: &[Step],
    with_init: bool,
) {
    let mut first = world.clone();
    let mut second = world.clone();
    let half = program.len() / 2;
    for step in &program[..half] {
        assert_eq!(first.step(step, with_init), second.step(step, with_init));
    }
    let (kept, mut branch) = (first.clone(), first.clone());
    for step in &program[half..] {
        // A program that goes on in a clone has no effect on the original.
        branch.step(step, with_init);
    }
    assert!(
        first.k == kept.k && first.m == kept.m,
        "a clone shares something with the original"
    );
    for step in &program[half..] {
        assert_eq!(first.step(step, with_init), second.step(step, with_init));
    }
    assert!(first.k == second.k && first.m == second.m, "two runs differ");
    assert!(
        first.k == branch.k && first.m == branch.m,
        "a clone went another way"
    );
    assert_eq!(first.fingerprint(), branch.fingerprint());
}

fn nothing_leaks<S: Storage<Thread = Regs> + Clone + PartialEq>(
    mut world: World<S>,
    program: &[Step],
    _with_init: bool,
) {
    // Init holds its program's pages from now on, whoever else comes and goes.
    for page in [TEXT, DATA, DATA + PAGE, BSS, STACK] {
        world.read(1, page);
    }
    let at_boot = world.k.used();
    for step in program {
        world.step(step, false);
    }
    let processes: BTreeSet<_> = world.k.ps().map(|row| row.pid.0).filter(|pid| *pid > 1).collect();
    for pid in processes {
        let (init, pid) = (world.init, i32::try_from(pid).unwrap());
        let _ = world.k.syscall(init, kill(pid, 9), &mut world.m);
    }
    // Whoever is to die takes its signal when it runs.
    for _ in 0..200 {
        let ready: Vec<TaskRef> = world.actors(false);
        for task in ready {
            let _ = world.k.resume(task, &mut world.m);
        }
        let init = world.init;
        let any = Call::Wait4 {
            pid: -1,
            wstatus: Default::default(),
            options: (WaitOptions::WNOHANG | WaitOptions::__WALL).bits(),
            rusage: Default::default(),
        };
        if world.k.syscall(init, any, &mut world.m) == support::fail(Errno::ECHILD) {
            break;
        }
    }
    world.audit();
    assert_eq!(world.k.used(), at_boot, "left over: {}", world.visible());
}

fn fingerprint_sees_what_a_program_sees<S: Storage<Thread = Regs> + Clone + PartialEq>(
    mut world: World<S>,
    program: &[Step],
    with_init: bool,
) {
    let (mut seen, mut number) = (world.visible(), world.fingerprint());
    for step in program {
        world.step(step, with_init);
        let (now, new) = (world.visible(), world.fingerprint());
        assert!(
            now == seen || new != number,
            "{step:?} changed\n{seen}\ninto\n{now}\nand the number is the same"
        );
        (seen, number) = (now, new);
    }
}

/// Children that open, write and exit, reaped in an order of one's choosing: the slots are then free in another
/// order, and nothing else differs.
fn shuffled(order: &[u32]) -> World<Boxed<Regs>> {
    let mut world = large(1);
    let n = u32::try_from(order.len()).unwrap();
    for _ in 0..n {
        let pid = world.fork(1);
        world.write(pid, BSS, 1);
        world.write(pid, DATA, 1);
        world.pipe(pid, kernel_model::abi::flags::OpenFlags::empty());
        world.ok(
            pid,
            Call::Mmap {
                addr: support::ARENA,
                length: PAGE,
                prot: kernel_model::abi::flags::Prot::READ,
                flags: kernel_model::abi::flags::MapFlags::MAP_SHARED
                    | kernel_model::abi::flags::MapFlags::MAP_ANONYMOUS,
                fd: -1,
            },
        );
        // Asleep, so that the order of the deaths does not show in anyone's context switches.
        world.blocks(pid, Call::Pause);
    }
    for k in order {
        let pid = 3 + k;
        world.ok(1, kill(i32::try_from(pid).unwrap(), 9));
        assert_eq!(world.resume(pid), Outcome::Gone);
    }
    for k in order {
        let pid = i32::try_from(3 + k).unwrap();
        let call = Call::Wait4 {
            pid,
            wstatus: Default::default(),
            options: 0,
            rusage: Default::default(),
        };
        world.ok(1, call);
    }
    world
}

proptest! {
    #![proptest_config(cases())]
    /// 38: equal states have equal fingerprints, whatever slots and generations their objects have.
    #[test]
    fn fingerprint_does_not_see_slots(
        order in Just(vec![0u32, 1, 2, 3]).prop_shuffle(),
        program in steps(60),
    ) {
        let (mut a, mut b) = (shuffled(&[0, 1, 2, 3]), shuffled(&order));
        prop_assert_eq!(a.fingerprint(), b.fingerprint());
        for step in &program {
            a.step(step, true);
            b.step(step, true);
            prop_assert_eq!(a.visible(), b.visible());
            prop_assert_eq!(a.fingerprint(), b.fingerprint(), "after {:?}", step);
        }
    }
}

/// 32: copy-on-write against eager copying.
mod eager {
    use super::*;
    use kernel_model::abi::flags::{MapFlags, Prot};
    use kernel_model::abi::ids::ImageId;
    use kernel_model::verbs::fault::Access;
    use support::{ARENA, HEAP, image_byte};

    /// Where a page's bytes are: its own, or those of a shared object.
    #[derive(Clone, PartialEq, Debug)]
    enum Bytes {
        Own(BTreeMap<u64, u8>),
        Shared(usize, u64),
    }

    #[derive(Clone, PartialEq, Debug)]
    struct Mapped {
        prot: Prot,
        bytes: Bytes,
        image: Option<u32>,
        dont_fork: bool,
        wipe_on_fork: bool,
    }

    /// An address space in which fork copies every byte.
    #[derive(Clone, Default, Debug)]
    struct Space {
        pages: BTreeMap<u64, Mapped>,
        brk: u64,
    }

    #[derive(Default, Debug)]
    struct Reference {
        spaces: Vec<Space>,
        of: BTreeMap<u32, usize>,
        shared: Vec<BTreeMap<(u64, u64), u8>>,
    }

    fn own(prot: Prot, image: Option<u32>) -> Mapped {
        Mapped {
            prot,
            bytes: Bytes::Own(BTreeMap::new()),
            image,
            dont_fork: false,
            wipe_on_fork: false,
        }
    }

    fn exec(image: u32) -> Space {
        let rw = Prot::READ | Prot::WRITE;
        let mut space = Space {
            pages: BTreeMap::new(),
            brk: HEAP,
        };
        space
            .pages
            .insert(TEXT / PAGE, own(Prot::READ | Prot::EXEC, Some(image)));
        for page in 0..2 {
            space.pages.insert(DATA / PAGE + page, own(rw, Some(image)));
            space.pages.insert(BSS / PAGE + page, own(rw, None));
        }
        space.pages.insert(STACK / PAGE, own(rw, None));
        space
    }

    impl Reference {
        fn space(&mut self, pid: u32) -> &mut Space {
            let at = self.of[&pid];
            &mut self.spaces[at]
        }

        fn fork(&mut self, pid: u32, child: u32, vm: bool) {
            let at = self.of[&pid];
            if vm {
                self.of.insert(child, at);
                return;
            }
            let mut copy = self.spaces[at].clone();
            copy.pages.retain(|_, mapped| !mapped.dont_fork);
            for mapped in copy.pages.values_mut().filter(|mapped| mapped.wipe_on_fork) {
                mapped.bytes = Bytes::Own(BTreeMap::new());
            }
            self.spaces.push(copy);
            self.of.insert(child, self.spaces.len() - 1);
        }

        fn byte(&self, mapped: &Mapped, page: u64, offset: u64) -> u8 {
            let found = match &mapped.bytes {
                Bytes::Own(bytes) => bytes.get(&offset),
                Bytes::Shared(object, at) => self.shared[*object].get(&(*at, offset)),
            };
            let begin = || {
                mapped
                    .image
                    .map_or(0, |image| image_byte(ImageId(image), page, offset))
            };
            found.copied().unwrap_or_else(begin)
        }

        fn store(&mut self, pid: u32, page: u64, offset: u64, value: u8) {
            let at = self.of[&pid];
            match &mut self.spaces[at].pages.get_mut(&page).unwrap().bytes {
                Bytes::Own(bytes) => {
                    bytes.insert(offset, value);
                }
                Bytes::Shared(object, first) => {
                    let (object, first) = (*object, *first);
                    self.shared[object].insert((first, offset), value);
                }
            }
        }
    }

    /// The pages that programs use here.
    const PAGES: [u64; 11] = [
        TEXT,
        DATA,
        DATA + PAGE,
        BSS,
        BSS + PAGE,
        HEAP,
        HEAP + PAGE,
        ARENA,
        ARENA + PAGE,
        ARENA + 2 * PAGE,
        STACK,
    ];

    #[derive(Clone, Debug)]
    enum Act {
        Fork(bool),
        Exit,
        Exec(u32),
        Load(u8, u8),
        Store(u8, u8, u8),
        Mmap(u8, u8, bool, bool),
        Munmap(u8, u8),
        Mprotect(u8, u8, bool),
        Madvise(u8, u8, u8),
        Brk(u8),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            3 => any::<bool>().prop_map(Act::Fork),
            3 => Just(Act::Fork(false)),
            1 => Just(Act::Exit),
            1 => (0u32..3).prop_map(Act::Exec),
            4 => (0u8..11, 0u8..3).prop_map(|(page, offset)| Act::Load(page, offset)),
            12 => (0u8..11, 0u8..3, any::<u8>()).prop_map(|(page, offset, value)| Act::Store(page, offset, value)),
            3 => (0u8..3, 1u8..4, any::<bool>(), any::<bool>()).prop_map(|(page, len, shared, ro)| Act::Mmap(page, len, shared, ro)),
            2 => (0u8..3, 1u8..4).prop_map(|(page, len)| Act::Munmap(page, len)),
            3 => (0u8..10, 1u8..4, any::<bool>()).prop_map(|(page, len, ro)| Act::Mprotect(page, len, ro)),
            3 => (0u8..10, 1u8..4, 0u8..5).prop_map(|(page, len, advice)| Act::Madvise(page, len, advice)),
            1 => (0u8..4).prop_map(Act::Brk),
        ]
    }

    const OFFSETS: [u64; 3] = [0, 2047, 4095];

    /// Every process reads, without faults, what the reference says, wherever a page is present.
    fn compare(world: &World<Boxed<Regs>>, reference: &Reference) {
        for (pid, at) in &reference.of {
            let task = world.task(*pid);
            for (page, mapped) in &reference.spaces[*at].pages {
                let Some(now) = world.k.translate(task, page * PAGE, Access::Read) else {
                    continue;
                };
                for offset in OFFSETS {
                    let (found, expected) = (
                        world.m.byte(now.frame, offset),
                        reference.byte(mapped, *page, offset),
                    );
                    assert_eq!(found, expected, "pid {pid}, page {page:#x}, offset {offset}");
                }
            }
        }
    }

    fn run(acts: &[(u8, Act)]) {
        let mut world = support::roomy();
        let mut reference = Reference::default();
        reference.spaces.push(exec(0));
        reference.of.insert(1, 0);
        for (who, act) in acts {
            let pids: Vec<u32> = reference.of.keys().copied().collect();
            let pid = pids[usize::from(*who) % pids.len()];
            one(&mut world, &mut reference, pid, act);
            world.audit();
            compare(&world, &reference);
        }
        // And now everything is read, faults included.
        for (pid, at) in reference.of.clone() {
            for (page, mapped) in reference.spaces[at].pages.clone() {
                if mapped.prot.is_empty() {
                    continue;
                }
                for offset in OFFSETS {
                    assert_eq!(
                        world.read(pid, page * PAGE + offset),
                        reference.byte(&mapped, page, offset)
                    );
                }
            }
        }
    }

    #[allow(clippy::too_many_lines, reason = "a table: one arm an operation")]
    fn one(world: &mut World<Boxed<Regs>>, reference: &mut Reference, pid: u32, act: &Act) {
        let page_of = |page: u8| PAGES[usize::from(page) % PAGES.len()] / PAGE;
        match *act {
            Act::Fork(vm) => {
                let flags = if vm {
                    kernel_model::abi::flags::CloneFlags::CLONE_VM
                } else {
                    Default::default()
                };
                if let Outcome::Done(child @ 1..) = world.call(pid, support::clone_call(flags, 17)) {
                    reference.fork(pid, u32::try_from(child).unwrap(), vm);
                }
            }
            Act::Exit if pid != 1 => {
                world.exit(pid, 0);
                reference.of.remove(&pid);
            }
            Act::Exit => {}
            Act::Exec(image) => {
                let task = world.task(pid);
                assert_eq!(
                    world.k.exec(task, &support::program(image), &mut world.m),
                    Outcome::Done(0)
                );
                reference.spaces.push(exec(image));
                reference.of.insert(pid, reference.spaces.len() - 1);
            }
            Act::Load(page, offset) => {
                let (page, offset) = (page_of(page), OFFSETS[usize::from(offset)]);
                let mapped = reference.space(pid).pages.get(&page).cloned();
                // Faults that end the process are in another test; here it does not make them.
                if let Some(mapped) = mapped.filter(|mapped| !mapped.prot.is_empty()) {
                    let expected = reference.byte(&mapped, page, offset);
                    assert_eq!(world.read(pid, page * PAGE + offset), expected, "pid {pid}");
                }
            }
            Act::Store(page, offset, value) => {
                let (page, offset) = (page_of(page), OFFSETS[usize::from(offset)]);
                let task = world.task(pid);
                let may = reference
                    .space(pid)
                    .pages
                    .get(&page)
                    .is_some_and(|mapped| mapped.prot.contains(Prot::WRITE));
                if may {
                    world.write(pid, page * PAGE + offset, value);
                    reference.store(pid, page, offset, value);
                } else {
                    assert!(
                        world.k.translate(task, page * PAGE, Access::Write).is_none(),
                        "pid {pid} may write page {page:#x}"
                    );
                }
            }
            Act::Mmap(page, len, shared, read_only) => {
                let first = ARENA / PAGE + u64::from(page);
                let kind = if shared {
                    MapFlags::MAP_SHARED
                } else {
                    MapFlags::MAP_PRIVATE
                };
                let prot = if read_only {
                    Prot::READ
                } else {
                    Prot::READ | Prot::WRITE
                };
                let flags = kind | MapFlags::MAP_ANONYMOUS | MapFlags::MAP_FIXED;
                let call = Call::Mmap {
                    addr: first * PAGE,
                    length: u64::from(len) * PAGE,
                    prot,
                    flags,
                    fd: -1,
                };
                world.ok(pid, call);
                reference.shared.push(BTreeMap::new());
                let object = reference.shared.len() - 1;
                for at in 0..u64::from(len) {
                    let bytes = if shared {
                        Bytes::Shared(object, at)
                    } else {
                        Bytes::Own(BTreeMap::new())
                    };
                    let mapped = Mapped {
                        bytes,
                        ..own(prot, None)
                    };
                    reference.space(pid).pages.insert(first + at, mapped);
                }
            }
            Act::Munmap(page, len) => {
                let first = ARENA / PAGE + u64::from(page);
                world.ok(
                    pid,
                    Call::Munmap {
                        addr: first * PAGE,
                        length: u64::from(len) * PAGE,
                    },
                );
                reference
                    .space(pid)
                    .pages
                    .retain(|page, _| !(first..first + u64::from(len)).contains(page));
            }
            Act::Mprotect(page, len, read_only) => {
                let first = page_of(page);
                let prot = if read_only {
                    Prot::READ
                } else {
                    Prot::READ | Prot::WRITE
                };
                let call = Call::Mprotect {
                    addr: first * PAGE,
                    length: u64::from(len) * PAGE,
                    prot,
                };
                let outcome = world.call(pid, call);
                for at in first..first + u64::from(len) {
                    let Some(mapped) = reference.space(pid).pages.get_mut(&at) else {
                        assert_eq!(outcome, support::fail(Errno::ENOMEM));
                        return;
                    };
                    mapped.prot = prot;
                }
                assert_eq!(outcome, Outcome::Done(0));
            }
            Act::Madvise(page, len, advice) => {
                let first = page_of(page);
                let advice = [4, 10, 11, 18, 19][usize::from(advice)];
                let outcome = world.call(
                    pid,
                    Call::Madvise {
                        addr: first * PAGE,
                        length: u64::from(len) * PAGE,
                        advice,
                    },
                );
                for at in first..first + u64::from(len) {
                    let Some(mapped) = reference.space(pid).pages.get_mut(&at) else {
                        continue;
                    };
                    let anonymous = mapped.image.is_none() && matches!(mapped.bytes, Bytes::Own(_));
                    match advice {
                        4 if matches!(mapped.bytes, Bytes::Own(_)) => {
                            mapped.bytes = Bytes::Own(BTreeMap::new())
                        }
                        4 => {}
                        10 => mapped.dont_fork = true,
                        11 => mapped.dont_fork = false,
                        18 if !anonymous => {
                            assert_eq!(outcome, support::fail(Errno::EINVAL));
                            return;
                        }
                        18 => mapped.wipe_on_fork = true,
                        _ => mapped.wipe_on_fork = false,
                    }
                }
            }
            Act::Brk(pages) => {
                let to = HEAP + u64::from(pages) * PAGE;
                let value = world.ok(pid, Call::Brk { addr: to });
                assert_eq!(value, i64::try_from(to).unwrap());
                let space = reference.space(pid);
                let (old, new) = (space.brk / PAGE, to / PAGE);
                space
                    .pages
                    .retain(|page, _| *page < HEAP / PAGE || *page >= ARENA / PAGE || *page < new);
                for page in old..new {
                    space.pages.insert(page, own(Prot::READ | Prot::WRITE, None));
                }
                space.brk = to;
            }
        }
    }

    proptest! {
        #![proptest_config(cases())]
        /// 32: with copy-on-write every program reads the bytes that it would read if fork copied them all.
        #[test]
        fn copy_on_write_reads_as_eager_copying(acts in proptest::collection::vec((any::<u8>(), act()), 1..90)) {
            run(&acts);
        }
    }
}

/// Programs about nothing but birth, death and memory get deeper than those about everything.
mod deep {
    use super::*;

    fn deep_step() -> impl Strategy<Value = Step> {
        (
            any::<u8>(),
            prop_oneof![
                5 => life(),
                4 => memory(),
                1 => Just(Op::Kill(support::ops::Who::Task(1), 9)),
            ],
        )
    }

    proptest! {
        #![proptest_config(cases())]
        #[test]
        fn invariants_hold_through_many_lives(program in proptest::collection::vec(deep_step(), 1..250), cpus in 1u8..3) {
            invariants_hold(medium(cpus), &program, false);
        }
        #[test]
        fn nothing_leaks_through_many_lives(program in proptest::collection::vec(deep_step(), 1..250), cpus in 1u8..3) {
            nothing_leaks(tiny(cpus), &program, false);
        }
    }
}

#[test]
fn a_stale_handle_is_refused() {
    // 7: a released task's handle names nobody, though its slot is used again.
    let mut world = support::roomy();
    let pid = world.fork(1);
    let old = world.task(pid);
    world.exit(pid, 0);
    world.ok(1, wait4(-1, WaitOptions::empty()));
    let new = world.fork(1);
    assert_eq!(world.task(new).index(), old.index(), "the slot is used again");
    assert_eq!(world.k.syscall(old, exit_group(0), &mut world.m), Outcome::Gone);
    assert!(world.k.find(Pid(new)).is_some());
    world.audit();
}

/// SIGTSTP for an orphaned group, of which one thread was told: another one's fork throws it away before it fails.
#[test]
fn a_fork_that_fails_has_taken_its_signals() {
    const THREAD: u64 = 0x1_0f00;
    const CLONE_PARENT: u64 = 0x8000;
    let clone = |flags| Op::Clone(flags, 17, At(0, 0));
    let program = [
        (0, Op::Fork),
        (0, Op::Fork),
        (0, clone(THREAD)),
        (0, clone(CLONE_PARENT)),
        (59, clone(THREAD)),
        (0, Op::Fork),
        (0, Op::Fork),
        (102, Op::Kill(Who::Group(0), 20)),
        (39, Op::Fork),
    ];
    failure_changes_nothing(medium(1), &program, false);
}
