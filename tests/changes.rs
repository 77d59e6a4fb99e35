//! 40: what the kernel has not touched is told as before, for who keeps what he was told (`Kernel::changes`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod support;

use std::collections::BTreeMap;
use std::hash::Hasher;

use kernel_model::abi::call::{Call, Outcome};
use kernel_model::abi::flags::CloneFlags;
use kernel_model::kernel::storage::{Boxed, Capacity};
use kernel_model::kernel::{Config, Detail, Parts, What};
use proptest::prelude::*;

use support::ops::{Step, steps};
use support::{Regs, World, boot, clone_call, program};

/// A part, word by word.
#[derive(Default)]
struct Words(Vec<u64>);

impl Hasher for Words {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.extend(bytes.iter().map(|byte| u64::from(*byte)));
    }
}

/// What is told of each process, each address space and what such have in common, by their names in the tables.
#[derive(Default)]
struct Told(BTreeMap<String, (What, Vec<u64>)>);

impl Parts for Told {
    type Part = Words;

    fn begin(&mut self, _: What) -> Option<Words> {
        Some(Words::default())
    }

    fn end(&mut self, what: What, part: Words) {
        if what != What::Other {
            self.0.insert(format!("{what:?}"), (what, part.0));
        }
    }
}

/// What is told, with the names in it.
fn told(world: &World<Boxed<Regs>>) -> (Told, BTreeMap<u64, u64>, u64) {
    let mut scratch = vec![0; world.k.fingerprint_words()];
    let names = world.k.names(Detail::Course, &mut scratch).unwrap();
    let mut told = Told::default();
    world.k.take_down(&names, &|_, _, _| 0, &mut told);
    (told, names.iter().collect(), world.k.now())
}

/// A world, and what was told of it last.
struct Watched {
    world: World<Boxed<Regs>>,
    before: (Told, BTreeMap<u64, u64>, u64),
}

impl Watched {
    fn new(world: World<Boxed<Regs>>) -> Watched {
        let before = told(&world);
        Watched { world, before }
    }

    /// How much was compared after something was done: what must be the same, and what may have changed.
    #[track_caller]
    fn after(&mut self, what: &str, act: impl FnOnce(&mut World<Boxed<Regs>>)) -> (u32, u32) {
        self.world.k.forget_changes();
        act(&mut self.world);
        let now = told(&self.world);
        let (before, names, time) = std::mem::replace(&mut self.before, now);
        let (after, new_names, later) = &self.before;
        let (mut same, mut changed) = (0, 0);
        let renamed = |(whose, name): (&u64, &u64)| new_names.get(whose).is_some_and(|new| new != name);
        if time != *later || names.iter().any(renamed) {
            return (same, changed);
        }
        let changes = self.world.k.changes();
        for (which, (of, words)) in &after.0 {
            let may_be_other = match of {
                What::Process(leader) => changes.has_process(*leader),
                What::Mm(mm) => changes.has_mm(*mm),
                What::Mapping(mapping) => changes.has_mapping(*mapping),
                What::Other => true,
            };
            let Some((_, was)) = before.0.get(which).filter(|_| !may_be_other) else {
                changed += 1;
                continue;
            };
            assert!(was == words, "{which} is told otherwise after {what}");
            same += 1;
        }
        (same, changed)
    }
}

/// How much was compared after the steps of a program.
fn compare(world: World<Boxed<Regs>>, program: &[Step]) -> (u32, u32) {
    let mut watched = Watched::new(world);
    program.iter().fold((0, 0), |(same, changed), step| {
        let more = watched.after(&format!("{step:?}"), |world| {
            world.step(step, false);
        });
        (same + more.0, changed + more.1)
    })
}

fn world(cpus: u8) -> World<Boxed<Regs>> {
    let config = Config {
        cpus,
        preempt_exit: cpus.is_multiple_of(2),
        ..Config::default()
    };
    boot(Boxed::new(&Capacity::for_tasks(40)), &config)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_not_touched_is_told_as_before(program in steps(160), cpus in 1u8..4) {
        let _ = compare(world(cpus), &program);
    }
}

/// The law says something: in a program of some length most of what is told is not touched.
#[test]
fn most_is_not_touched() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut same, mut changed) = (0, 0);
    for _ in 0..50 {
        let program = steps(160).new_tree(&mut runner).unwrap().current();
        let compared = compare(world(2), &program);
        (same, changed) = (same + compared.0, changed + compared.1);
    }
    assert!(same > changed, "{same} the same, {changed} may have changed");
}

/// Who shares a working directory is named by the lowest number, and that of a thread is another one after its exec in the
/// place of a leader that has ended.
#[test]
fn who_shares_with_one_that_takes_the_leaders_number_is_told_anew() {
    let mut watched = Watched::new(world(1));
    let world = &mut watched.world;
    let leader = world.fork(1);
    let thread = world.thread(leader);
    let child = world.ok(thread, clone_call(CloneFlags::CLONE_FS, 17));
    let child = u32::try_from(child).unwrap();
    let sharer = world.ok(child, clone_call(CloneFlags::CLONE_FS, 17));
    let sharer = u32::try_from(sharer).unwrap();
    assert_eq!(world.call(leader, Call::Exit { status: 0 }), Outcome::Gone);
    watched.after("nothing", |_| {});
    let (same, _) = watched.after("the exec of a thread", |world| {
        let task = world.task(thread);
        let done = world.k.exec(task, &program(0), &mut world.m);
        assert_eq!((done, world.task(leader)), (Outcome::Done(0), task));
    });
    assert!(same > 0, "others have not changed");
    let _ = watched.world.task(sharer);
}
