//! The truth machine, held against itself: the model agrees with the model, and a planted difference is found and
//! shrunk to the shortest program.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::{BTreeMap, BTreeSet};

use host_harness::oracle::alphabet::CallId;
use host_harness::oracle::check::{Divergence, Options, Verdict, check, check_made};
use host_harness::oracle::generate::{program, seed_of};
use host_harness::oracle::laws;
use host_harness::oracle::model::Model;
use host_harness::oracle::operand::Operand;
use host_harness::oracle::program::{Observe, Program, Step};
use host_harness::oracle::saved::Saved;
use host_harness::oracle::shrink::shrink;
use host_harness::oracle::system::{Command, IN, Lost, Out, Outcome, Returned, Snapshot, System};
use host_harness::oracle::tally::{Reached, Tally};

const EACH: Options = Options {
    observe: Observe::Each,
    audit: true,
};

fn run(
    program: &Program,
    system: &mut dyn System,
    options: Options,
    tally: &mut Tally,
) -> Option<Box<Divergence>> {
    check(program, system, options, tally).unwrap().divergence()
}

#[test]
fn the_model_agrees_with_itself() {
    let mut tally = Tally::default();
    let mut model = Model::new().unwrap();
    for number in 0..2000 {
        let program = program(seed_of(1, number), 30);
        if let Some(divergence) = run(&program, &mut model, EACH, &mut tally) {
            panic!("program {number}: {divergence:#?}");
        }
    }
    println!("{tally}");
    for call in CallId::all() {
        let reached = tally.calls_of(call);
        assert!(reached > 50, "{} was made {reached} times", call.row().name);
    }
}

/// What is wrong with the model under [`Wrong`].
#[derive(Clone, Copy, Debug)]
enum Mistake {
    /// getppid gives the caller's own number.
    OwnParent,
    /// dup2 keeps close-on-exec.
    KeepsCloexec,
    /// A zombie is not seen.
    NoZombies,
    /// A status word is not shifted.
    NotShifted,
}

/// The model with a mistake.
struct Wrong {
    model: Model,
    mistake: Mistake,
    cloexec: bool,
}

impl System for Wrong {
    fn boot(&mut self) -> Result<(), Lost> {
        self.cloexec = false;
        self.model.boot()
    }

    fn step(&mut self, task: u32, command: Command) -> Result<Outcome, Lost> {
        let mut outcome = self.model.step(task, command)?;
        let Command::Syscall { nr, .. } = command else {
            return Ok(outcome);
        };
        if let Outcome::Done(returned) = &mut outcome {
            match (self.mistake, nr, &mut returned.out) {
                (Mistake::OwnParent, 110, _) => returned.value = i64::from(task),
                (Mistake::NotShifted, 61, Out::Status(word)) => *word >>= 8,
                (Mistake::KeepsCloexec, 33, _) if returned.value >= 0 => self.cloexec = true,
                _ => {}
            }
        }
        Ok(outcome)
    }

    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost> {
        self.model.returned()
    }

    fn observe(&mut self) -> Result<Snapshot, Lost> {
        let mut seen = self.model.observe()?;
        match self.mistake {
            Mistake::NoZombies => seen.tasks.retain(|_, task| task.state != 'Z'),
            Mistake::KeepsCloexec if self.cloexec => {
                let fds = seen
                    .tasks
                    .values_mut()
                    .flat_map(|task| task.descriptors.values_mut());
                fds.for_each(|fd| fd.cloexec = true);
            }
            _ => {}
        }
        Ok(seen)
    }
}

/// The first divergence of a mistake among many programs, shrunk.
fn find(mistake: Mistake) -> (Program, Box<Divergence>) {
    let mut system = Wrong {
        model: Model::new().unwrap(),
        mistake,
        cloexec: false,
    };
    let mut tally = Tally::default();
    for number in 0..20_000 {
        let first = program(seed_of(2, number), 20);
        let Some(found) = run(&first, &mut system, EACH, &mut tally) else {
            continue;
        };
        let mut fails = |program: &Program| {
            run(program, &mut system, EACH, &mut tally).is_some_and(|other| other.is_like(&found))
        };
        let shortest = shrink(&first, &mut fails);
        // A fixpoint: it does not fail without any one of its steps.
        for at in 0..shortest.steps.len() {
            let mut without = shortest.clone();
            without.steps.remove(at);
            assert!(!fails(&without), "{mistake:?}: step {at} can go");
        }
        let divergence = run(&shortest, &mut system, EACH, &mut tally).unwrap();
        return (shortest, divergence);
    }
    panic!("{mistake:?} was not found");
}

/// The calls of the shortest program.
fn calls(program: &Program) -> Vec<&'static str> {
    program.steps.iter().map(|step| step.call.row().name).collect()
}

#[test]
fn planted_differences_are_found_and_shrunk_to_the_shortest_program() {
    let (program, divergence) = find(Mistake::OwnParent);
    assert_eq!(calls(&program), ["getppid"], "{divergence:#?}");
    let (program, divergence) = find(Mistake::KeepsCloexec);
    // A descriptor, in the first program of some seeds a second one, and dup2 over it.
    assert!(program.steps.len() <= 3, "{divergence:#?}");
    assert_eq!(calls(&program).last(), Some(&"dup2"), "{divergence:#?}");
    let (program, divergence) = find(Mistake::NoZombies);
    assert_eq!(program.steps.len(), 2, "{divergence:#?}");
    // A child that exits with 0 has the same status word either way; so the number in it counts too.
    let (program, divergence) = find(Mistake::NotShifted);
    assert_eq!(program.steps.len(), 3, "{divergence:#?}");
    assert_eq!(calls(&program)[2], "wait4", "{divergence:#?}");
}

#[test]
fn a_saved_program_is_read_back_and_replays() {
    let (program, divergence) = find(Mistake::NotShifted);
    let saved = Saved::new("a test".to_owned(), Observe::Each, &program, &divergence.steps);
    let text = saved.to_json().unwrap();
    assert_eq!(
        text.lines().count(),
        6 + program.steps.len(),
        "one step a line:\n{text}"
    );
    let read = Saved::from_json(&text).unwrap();
    assert_eq!(read, saved);
    assert_eq!(read.program(), program);
    // The model does not say what the file says.
    let mut tally = Tally::default();
    let verdict = check_made(&read.commands(), &mut read.recording(), EACH, &mut tally).unwrap();
    let Verdict::Diverges(found) = verdict else {
        panic!("the recording agrees");
    };
    assert!(found.is_like(&divergence));
    // With the model's own answers it does.
    let mut model = Model::new().unwrap();
    let Verdict::Agrees(made) = check(&program, &mut model, EACH, &mut tally).unwrap() else {
        panic!("the model differs from itself");
    };
    let saved = Saved::new("a test".to_owned(), Observe::Each, &program, &made);
    let verdict = check_made(&saved.commands(), &mut saved.recording(), EACH, &mut tally).unwrap();
    assert_eq!(verdict.divergence(), None);
}

/// A program by its calls, with the first operands of each row but those given.
fn by_hand(steps: &[(u32, &str, &[Operand])]) -> Program {
    let step = |(who, name, operands): &(u32, &str, &[Operand])| Step {
        who: *who,
        call: CallId::named(name).unwrap(),
        operands: operands.to_vec(),
    };
    Program {
        steps: steps.iter().map(step).collect(),
    }
}

#[test]
fn every_order_of_waking_is_a_state_and_nothing_else() {
    use Operand::{Fd, Number, Out, Page};
    let at = Page { page: 0, offset: 0 };
    // Two readers sleep on one pipe; one byte comes, and then the writers go: the byte and the end go to either.
    let program = by_hand(&[
        (
            0,
            "mmap",
            &[at, Number(4096), Number(3), Number(0x32), Number(-1), Number(0)],
        ),
        (0, "pipe", &[Out]),
        (0, "fork", &[]),
        (0, "fork", &[]),
        (1, "close", &[Number(1)]),
        (2, "close", &[Number(1)]),
        (1, "read", &[Fd(0), at, Number(1)]),
        (1, "read", &[Fd(0), at, Number(1)]),
        (0, "close", &[Number(1)]),
    ]);
    let mut model = Model::new().unwrap();
    let mut tally = Tally::default();
    let Verdict::Agrees(made) = check(&program, &mut model, EACH, &mut tally).unwrap() else {
        panic!("the model differs from itself");
    };
    let last = made.last().unwrap();
    assert_eq!(last.answer.returned.len(), 2, "both readers wake: {last}");
    // The same from the states: one, as both orders end alike but for what nobody can see.
    let mut before = Model::new().unwrap();
    for made in &made[..made.len() - 1] {
        before.step(made.task, made.command).unwrap();
    }
    let all = before.step_all(last.task, last.command).unwrap();
    assert!(!all.is_empty());
    let seen: BTreeSet<String> = all
        .iter()
        .map(|(model, _)| format!("{:?}", model.snapshot(true)))
        .collect();
    assert_eq!(seen.len(), 1);
}

/// The model, in which of those that are ready at once another one runs first.
struct Otherwise(Model);

impl System for Otherwise {
    fn boot(&mut self) -> Result<(), Lost> {
        self.0.boot()
    }

    fn step(&mut self, task: u32, command: Command) -> Result<Outcome, Lost> {
        let mut all = self.0.step_all(task, command)?;
        let (model, outcome) = all.pop().unwrap();
        self.0 = model;
        Ok(outcome)
    }

    fn returned(&mut self) -> Result<BTreeMap<u32, Returned>, Lost> {
        self.0.returned()
    }

    fn observe(&mut self) -> Result<Snapshot, Lost> {
        self.0.observe()
    }
}

/// SIGCHLD wakes a reader of signals, who finds that it may take it, and the thread that was told of it: the handler runs in
/// whichever comes first. Where nobody looks, a command for the one may find the other.
#[test]
fn a_task_that_another_order_has_put_to_sleep_is_no_breakdown() {
    use Operand::{Fd, Number, Out, Task};
    let (at, none, size, forever) = (Number(IN.cast_signed()), Number(0), Number(8), Number(-1));
    let set = Number(1 << 11);
    let program = by_hand(&[
        (0, "rt_sigprocmask", &[none, at, none, size, set]),
        (0, "signalfd4", &[forever, at, size, none, set]),
        (0, "clone", &[Number(0x1_0f00), none, none, none, none]),
        (1, "poll", &[Out, Number(1), forever, Fd(0), Fd(0), Number(1)]),
        (
            0,
            "rt_sigaction",
            &[Number(17), at, none, size, Number(0x0400_0004), none],
        ),
        (0, "fork", &[]),
        (0, "read_signals", &[Fd(0), Out, Number(128)]),
        (0, "kill", &[Task(1), Number(17)]),
        (0, "getpid", &[]),
        (1, "getpid", &[]),
    ]);
    for observe in [Observe::Each, Observe::End] {
        let options = Options { observe, ..EACH };
        let mut system = Otherwise(Model::new().unwrap());
        let verdict = check(&program, &mut system, options, &mut Tally::default()).unwrap();
        assert_eq!(verdict.divergence(), None);
    }
}

/// What the running kernel said to the programs on which the model was once wrong.
#[test]
fn the_model_says_what_the_kernel_said() {
    let mut files: Vec<_> = std::fs::read_dir("tests/divergences")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let saved = Saved::from_json(&std::fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let options = Options {
            observe: saved.observe,
            audit: true,
        };
        let verdict = check_made(
            &saved.commands(),
            &mut saved.recording(),
            options,
            &mut Tally::default(),
        );
        if let Some(found) = verdict.unwrap().divergence() {
            panic!("{}:\n{}", file.display(), host_harness::diff::divergence(&found));
        }
    }
}

#[test]
fn the_laws_hold_of_the_model_and_find_what_is_planted() {
    let mut model = Model::new().unwrap();
    for number in 0..300 {
        let program = program(seed_of(3, number), 20);
        let broken = laws::broken(laws::ALL, &program, &mut model).unwrap();
        assert_eq!(broken, [], "program {number}");
    }
    let mut wrong = Wrong {
        model,
        mistake: Mistake::NoZombies,
        cloexec: false,
    };
    let broken = (0..300).any(|number| {
        let program = program(seed_of(3, number), 20);
        !laws::broken(laws::ALL, &program, &mut wrong).unwrap().is_empty()
    });
    assert!(broken, "zombies that are not seen break no law");
}

/// Every answer that Linux can give to a call is reached by random programs, and no other.
#[test]
fn random_programs_reach_every_answer_and_no_other() {
    let mut tally = Tally::default();
    let mut model = Model::new().unwrap();
    for number in 0..5000 {
        let program = program(seed_of(1, number), 20);
        let found = run(&program, &mut model, Options::default(), &mut tally);
        assert_eq!(found, None);
    }
    let told = |(call, reached): (CallId, Reached)| format!("{} {reached}", call.row().name);
    let missing: Vec<_> = tally.missing().map(told).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}\n{tally}");
    let unexpected: Vec<_> = tally.unexpected().map(told).collect();
    assert!(unexpected.is_empty(), "not listed: {unexpected:?}\n{tally}");
    let again: Tally = serde_json::from_str(&serde_json::to_string(&tally).unwrap()).unwrap();
    assert_eq!(again, tally);
}
