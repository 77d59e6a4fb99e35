//! Small programs drawn at random; what they can do is worked out a second time here, from a few rules and without the
//! machine, by trying every order of their calls.
//!
//! `PROPTEST_CASES` raises the number of programs.

use std::collections::HashSet;
use std::fmt::Write as _;

use host_harness::explore::{Ending, MainEnd};
use kernel_model::abi::signal::Signal;
use kernel_model::abi::wait::WaitStatus;
use proptest::prelude::*;
use proptest::test_runner::Config as Proptest;

use super::{Outcomes, REDUCED, UNREDUCED, explored, outcome, outcomes};

/// What a process of an abstract program does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Act {
    Write(u8),
    /// A child that does this and exits.
    Fork(Vec<Act>),
    /// For any child.
    Wait,
    /// Writes what came of the last wait.
    Tell,
    /// A byte into one of two pipes, and out of it.
    Put(usize),
    Get(usize),
    /// Stores in one of two words that all processes share, and keeps for `Tell` what is there.
    Store(usize, u8),
    Look(usize),
    /// To the youngest child, if there is one. SIGUSR1 has a handler in all processes, which writes an `h`.
    Kill(Signal),
    Exit(u8),
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Process<'p> {
    parent: usize,
    left: &'p [Act],
    /// How it has ended, and whether its parent has waited for it.
    end: Option<WaitStatus>,
    reaped: bool,
    youngest: Option<usize>,
    told: u8,
    usr1: bool,
    in_handler: bool,
    killed: Option<Signal>,
}

/// An abstract program between two of its acts. Processes are in the order of their birth, the first is main.
#[derive(Clone, PartialEq, Eq, Hash)]
struct World<'p> {
    processes: Vec<Process<'p>>,
    pipes: [u32; 2],
    shared: [u8; 2],
    output: Vec<u8>,
    main_end: Option<MainEnd>,
}

impl<'p> World<'p> {
    fn new(acts: &'p [Act]) -> World<'p> {
        let mut world = World {
            processes: Vec::new(),
            pipes: [0; 2],
            shared: [0; 2],
            output: Vec::new(),
            main_end: None,
        };
        world.add(usize::MAX, acts, b'n');
        world
    }

    fn add(&mut self, parent: usize, left: &'p [Act], told: u8) -> usize {
        self.processes.push(Process {
            parent,
            left,
            end: None,
            reaped: false,
            youngest: None,
            told,
            usr1: false,
            in_handler: false,
            killed: None,
        });
        self.processes.len() - 1
    }

    fn children(&self, of: usize) -> impl Iterator<Item = usize> {
        (0..self.processes.len()).filter(move |child| {
            let child = &self.processes[*child];
            child.parent == of && !child.reaped
        })
    }

    fn end(&mut self, who: usize, status: WaitStatus) {
        self.processes[who].end = Some(status);
        if who == 0 {
            let ended = |child: usize| self.processes[child].end.is_some();
            let zombies = self.children(0).any(ended);
            let orphans = self.children(0).any(|child| !ended(child));
            self.main_end = Some(MainEnd {
                status,
                zombies,
                orphans,
            });
        }
    }

    /// What comes after one act of one process; none if it sleeps or has ended.
    fn step(&self, who: usize) -> Option<World<'p>> {
        let mut next = self.clone();
        let me = &mut next.processes[who];
        if me.end.is_some() {
            return None;
        } else if let Some(signal) = me.killed {
            next.end(who, WaitStatus::Signaled { signal, core: false });
        } else if me.in_handler {
            me.in_handler = false;
            next.output.push(b'h');
        } else if me.usr1 {
            (me.usr1, me.in_handler) = (false, true);
        } else if let Some((act, left)) = me.left.split_first() {
            me.left = left;
            next.act(who, act)?;
        } else {
            next.end(who, WaitStatus::Exited(0));
        }
        Some(next)
    }

    /// The same for a process whose signal is late: it makes one more call, and takes the signal at its end. A call that
    /// would sleep, and fork, see the signal, and are made after it. What is no call it does and is late as before.
    fn step_late(&self, who: usize) -> Option<World<'p>> {
        let mut next = self.clone();
        let me = &mut next.processes[who];
        let pends = me.killed.is_some() || me.usr1 && !me.in_handler;
        if me.end.is_some() || !pends {
            return None;
        }
        if me.in_handler {
            me.in_handler = false;
            next.output.push(b'h');
        } else {
            match me.left.split_first() {
                Some((Act::Fork(_), _)) => return None,
                Some((act @ (Act::Store(..) | Act::Look(_)), left)) => {
                    me.left = left;
                    next.act(who, act)?;
                    return Some(next);
                }
                Some((act, left)) => {
                    me.left = left;
                    next.act(who, act)?;
                }
                None => next.end(who, WaitStatus::Exited(0)),
            }
        }
        let me = &mut next.processes[who];
        match me.killed {
            _ if me.end.is_some() => {}
            Some(signal) => next.end(who, WaitStatus::Signaled { signal, core: false }),
            None => (me.usr1, me.in_handler) = (false, true),
        }
        Some(next)
    }

    fn act(&mut self, who: usize, act: &'p Act) -> Option<()> {
        let me = &self.processes[who];
        match act {
            Act::Write(byte) => self.output.push(*byte),
            Act::Tell => self.output.push(me.told),
            Act::Exit(status) => self.end(who, WaitStatus::Exited(*status)),
            Act::Put(pipe) => self.pipes[*pipe] += 1,
            Act::Get(pipe) => self.pipes[*pipe] = self.pipes[*pipe].checked_sub(1)?,
            Act::Store(word, value) => self.shared[*word] = *value,
            Act::Look(word) => self.processes[who].told = b'0' + self.shared[*word],
            Act::Fork(acts) => {
                let child = self.add(who, acts, me.told);
                self.processes[who].youngest = Some(child);
            }
            Act::Kill(signal) => {
                let target = me.youngest.map(|child| &mut self.processes[child]);
                match target.filter(|target| target.end.is_none()) {
                    Some(target) if *signal == Signal::SIGUSR1 => target.usr1 = true,
                    Some(target) => target.killed = target.killed.or(Some(*signal)),
                    None => {}
                }
            }
            Act::Wait if self.children(who).next().is_none() => self.processes[who].told = b'e',
            Act::Wait => {
                let child = self
                    .children(who)
                    .find(|child| self.processes[*child].end.is_some())?;
                self.processes[child].reaped = true;
                self.processes[who].told = match self.processes[child].end {
                    Some(WaitStatus::Exited(status)) => b'0' + status,
                    Some(WaitStatus::Signaled { signal, .. }) if signal == Signal::SIGKILL => b'k',
                    _ => b't',
                };
            }
        }
        Some(())
    }

    /// All that can come of it, in every order.
    fn outcomes(self, seen: &mut HashSet<World<'p>>, found: &mut Outcomes) {
        let mut ended = true;
        let steps = |who| [self.step(who), self.step_late(who)];
        for next in (0..self.processes.len()).flat_map(steps).flatten() {
            ended = false;
            if !seen.contains(&next) {
                seen.insert(next.clone());
                next.outcomes(seen, found);
            }
        }
        if ended {
            let over = self.processes.iter().all(|process| process.end.is_some());
            let ending = match self.main_end {
                Some(end) if over => Ending::Done(end),
                end => Ending::Deadlocked(end.map(|end| end.status)),
            };
            found.insert(outcome(&self.output, ending));
        }
    }
}

/// The abstract program in C.
fn in_c(acts: &[Act]) -> String {
    let mut text = "\
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

volatile long *shared;
int p[2][2], status, youngest;
char told = 'n', byte;
void handler(int signal) { write(1, \"h\", 1); }
void wait_for_any(void)
{
    if (wait(&status) == -1) told = 'e';
    else if (WIFEXITED(status)) told = '0' + WEXITSTATUS(status);
    else told = WTERMSIG(status) == SIGKILL ? 'k' : 't';
}
int main(void)
{
"
    .to_owned();
    let (mut used, mut all) = (Vec::new(), vec![acts]);
    while let Some(acts) = all.pop() {
        used.extend(acts);
        all.extend(acts.iter().filter_map(|act| match act {
            Act::Fork(acts) => Some(acts.as_slice()),
            _ => None,
        }));
    }
    for pipe in 0..2 {
        if used.contains(&&Act::Put(pipe)) || used.contains(&&Act::Get(pipe)) {
            writeln!(text, "    pipe(p[{pipe}]);").unwrap();
        }
    }
    if used
        .iter()
        .any(|act| matches!(act, Act::Store(..) | Act::Look(_)))
    {
        text.push_str(
            "    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);\n",
        );
    }
    if used.contains(&&Act::Kill(Signal::SIGUSR1)) {
        text.push_str("    signal(SIGUSR1, handler);\n");
    }
    put_in_c(&mut text, acts, 1);
    text.push_str("}\n");
    text
}

fn put_in_c(text: &mut String, acts: &[Act], depth: usize) {
    let margin = "    ".repeat(depth);
    let mut forked = false;
    for act in acts {
        match act {
            Act::Write(byte) => writeln!(text, "{margin}write(1, \"{}\", 1);", char::from(*byte)),
            Act::Fork(acts) => {
                writeln!(text, "{margin}if ((youngest = fork()) == 0) {{").unwrap();
                put_in_c(text, acts, depth + 1);
                forked = true;
                writeln!(text, "{margin}}}")
            }
            Act::Wait => writeln!(text, "{margin}wait_for_any();"),
            Act::Tell => writeln!(text, "{margin}write(1, &told, 1);"),
            Act::Put(pipe) => writeln!(text, "{margin}write(p[{pipe}][1], &byte, 1);"),
            Act::Get(pipe) => writeln!(text, "{margin}read(p[{pipe}][0], &byte, 1);"),
            Act::Store(word, value) => writeln!(text, "{margin}shared[{word}] = {value};"),
            Act::Look(word) => writeln!(text, "{margin}told = '0' + shared[{word}];"),
            Act::Kill(_) if !forked => Ok(()),
            Act::Kill(signal) => writeln!(text, "{margin}kill(youngest, {});", signal.number()),
            Act::Exit(status) => writeln!(text, "{margin}_exit({status});"),
        }
        .unwrap();
    }
    writeln!(text, "{margin}_exit(0);").unwrap();
}

fn acts_in(acts: &[Act]) -> usize {
    let inner = |act: &Act| match act {
        Act::Fork(acts) => 1 + acts_in(acts),
        _ => 1,
    };
    acts.iter().map(inner).sum()
}

fn forks_in(acts: &[Act]) -> usize {
    let inner = |act: &Act| match act {
        Act::Fork(acts) => 1 + forks_in(acts),
        _ => 0,
    };
    acts.iter().map(inner).sum()
}

fn act() -> impl Strategy<Value = Act> {
    let signal = prop_oneof![
        Just(Signal::SIGUSR1),
        Just(Signal::SIGTERM),
        Just(Signal::SIGKILL)
    ];
    let simple = prop_oneof![
        4 => (b'a'..=b'd').prop_map(Act::Write),
        2 => Just(Act::Wait),
        1 => Just(Act::Tell),
        1 => (0..2usize).prop_map(Act::Put),
        1 => (0..2usize).prop_map(Act::Get),
        1 => (0..2usize, 1..4u8).prop_map(|(word, value)| Act::Store(word, value)),
        1 => (0..2usize).prop_map(Act::Look),
        2 => signal.prop_map(Act::Kill),
        1 => (0..3u8).prop_map(Act::Exit),
    ];
    simple.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(Act::Fork),
            1 => inner,
        ]
    })
}

/// At most four processes and eight acts.
fn program() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(act(), 1..7).prop_filter("too large", |acts| {
        (1..=3).contains(&forks_in(acts)) && acts_in(acts) <= 8
    })
}

/// So many programs; `PROPTEST_CASES` changes it.
fn cases(cases: u32) -> Proptest {
    let mut config = Proptest::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    config.failure_persistence = None;
    config
}

/// Beyond this the search without reductions is left out: where a handler can begin at every instruction there are
/// many positions.
const UNREDUCED_STATES: usize = 20_000;

fn check(acts: &[Act]) -> Result<(), TestCaseError> {
    let text = in_c(acts);
    let mut expected = Outcomes::new();
    World::new(acts).outcomes(&mut HashSet::new(), &mut expected);
    let reduced = explored(&text, REDUCED, 1_000_000);
    prop_assert_eq!(reduced.bound(), None, "{}", text);
    prop_assert_eq!(outcomes(&reduced), expected.clone(), "{}", text);
    let unreduced = explored(&text, UNREDUCED, UNREDUCED_STATES);
    if unreduced.bound().is_none() {
        prop_assert_eq!(outcomes(&unreduced), expected, "without reductions\n{}", text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(64))]

    /// The outcomes of a program are those of all orders of its calls, with reductions and without.
    #[test]
    fn small_programs_have_the_outcomes_of_all_orders(acts in program()) {
        check(&acts)?;
    }
}
