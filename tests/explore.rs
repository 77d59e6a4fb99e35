//! `ktm explore`: the outcomes that it finds are all that there are, and no others.
//!
//! Small programs are drawn at random; what they can do is worked out a second time here, from a few rules and without
//! the machine, by trying every order of their calls. Larger ones are counted by hand.
//!
//! `PROPTEST_CASES` raises the number of programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use host_harness::c::SourceFile;
use host_harness::explore::{Count, Ending, Explored, Limits, MainEnd, Rules, explore, world};
use host_harness::run::load;
use kernel_model::abi::signal::Signal;
use kernel_model::abi::wait::WaitStatus;
use proptest::prelude::*;
use proptest::test_runner::Config as Proptest;

const REDUCED: Rules = Rules {
    unreduced: false,
    idle_clock: false,
};
const UNREDUCED: Rules = Rules {
    unreduced: true,
    idle_clock: false,
};

fn explored(text: &str, rules: Rules, states: usize) -> Explored {
    let source = SourceFile {
        name: "explored.c".to_owned(),
        text: text.to_owned(),
    };
    let loaded = load(&source, &[], &world()).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let memory = 4 << 30;
    explore(loaded, b"", rules, Limits { states, memory }, &|_| {})
}

/// Every output with every ending that it can have.
type Outcomes = BTreeSet<(String, String)>;

fn outcome(output: &[u8], ending: Ending) -> (String, String) {
    (
        String::from_utf8_lossy(output).into_owned(),
        format!("{ending:?}"),
    )
}

fn outcomes(explored: &Explored) -> Outcomes {
    assert_ne!(explored.outcomes(), Count::Infinite);
    let mut all = Outcomes::new();
    explored.for_each_output(&mut |output, endings| {
        all.extend(endings.iter().map(|ending| outcome(output, *ending)));
        true
    });
    all
}

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

fn written_by(main: &str) -> String {
    format!(
        "#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
{main}
"
    )
}

/// How many orders of writes and how many outputs a program has.
fn counts(text: &str) -> (Count, Count) {
    let explored = explored(text, REDUCED, 1_000_000);
    assert_eq!(explored.bound(), None);
    (explored.interleavings(), explored.outputs())
}

const fn exactly(interleavings: u128, outputs: u128) -> (Count, Count) {
    (Count::Exactly(interleavings), Count::Exactly(outputs))
}

fn outputs(text: &str) -> BTreeSet<String> {
    let found = outcomes(&explored(text, REDUCED, 1_000_000));
    found.into_iter().map(|(output, _)| output).collect()
}

/// What a buffer holds at the fork is written by both; four processes write what they have at once, in 4! orders.
#[test]
fn four_copies_of_a_buffer_are_one_output() {
    let text = written_by("int main(void) { fork(); printf(\"a\"); fork(); printf(\"b\"); return 0; }");
    assert_eq!(outputs(&text), BTreeSet::from(["abababab".to_owned()]));
    assert_eq!(counts(&text), exactly(24, 1));
}

/// Without a buffer an `a` comes before two of the `b`s each: two trees of three writes, 6! / (3 * 3) orders.
#[test]
fn without_a_buffer_three_outputs_are_left() {
    let text = written_by(
        "int main(void) {
            setvbuf(stdout, 0, _IONBF, 0);
            fork(); printf(\"a\"); fork(); printf(\"b\"); return 0;
        }",
    );
    assert_eq!(
        outputs(&text),
        ["aabbbb", "ababbb", "abbabb"].map(str::to_owned).into()
    );
    assert_eq!(counts(&text), exactly(80, 3));
}

/// Three chains of four, two and one writes: 7! / (4! * 2!) orders.
#[test]
fn a_wait_puts_writes_in_order() {
    let text = written_by(
        "int main(void) {
            setvbuf(stdout, 0, _IONBF, 0);
            if (fork() == 0) {
                if (fork() == 0) { printf(\"2\"); printf(\"0\"); return 0; }
                wait(0);
                printf(\"3\"); printf(\"0\"); return 0;
            }
            if (fork() == 0) { printf(\"5\"); return 0; }
            printf(\"4\"); printf(\"0\"); return 0;
        }",
    );
    assert_eq!(counts(&text), exactly(105, 63));
}

/// A tree of writes has n! / (the product of the sizes of its branches) orders: here 11! / 1440 after the first write.
#[test]
fn a_tree_of_forks_has_as_many_orders_as_the_formula_says() {
    let text = written_by(
        "int main(void) {
            setvbuf(stdout, 0, _IONBF, 0);
            printf(\"A\");
            if (fork() == 0) { printf(\"E\"); fork(); printf(\"F\"); }
            else { printf(\"B\"); if (fork() == 0) printf(\"C\"); printf(\"D\"); }
            printf(\"G\");
            return 0;
        }",
    );
    assert_eq!(counts(&text), exactly(27_720, 1542));
}

/// Four processes that write four letters each: 16! / 4!^4 orders, each another output.
#[test]
fn sixty_three_million_outputs_are_counted() {
    let text = written_by(
        "int main(void) {
            char letter = 'a';
            for (int i = 1; i < 4; i++) if (fork() == 0) { letter += i; break; }
            for (int i = 0; i < 4; i++) write(1, &letter, 1);
            return 0;
        }",
    );
    assert_eq!(counts(&text), exactly(63_063_000, 63_063_000));
}

/// A reader that holds the writing end itself waits for ever.
#[test]
fn a_pipe_whose_reader_can_write_is_a_deadlock() {
    let text = written_by(
        "int main(void) {
            int p[2]; char c;
            pipe(p);
            if (fork() == 0) { write(p[1], \"x\", 1); return 0; }
            while (read(p[0], &c, 1) > 0) write(1, &c, 1);
            return 0;
        }",
    );
    let all = outcomes(&explored(&text, REDUCED, 100_000));
    assert_eq!(all, [outcome(b"x", Ending::Deadlocked(None))].into());
}

const fn done(status: WaitStatus, zombies: bool, orphans: bool) -> Ending {
    let end = MainEnd {
        status,
        zombies,
        orphans,
    };
    Ending::Done(end)
}

const EXITED: WaitStatus = WaitStatus::Exited(0);

/// A loop that only a signal ends is left in every order; a signal that comes before its handler kills.
#[test]
fn a_loop_until_a_signal_ends_if_the_handler_is_there_in_time() {
    let with = |before: &str, after: &str| {
        let text = written_by(&format!(
            "volatile int flag;
            void handler(int signal) {{ flag = 1; }}
            int main(void) {{
                {before}
                if (fork() == 0) {{ kill(getppid(), SIGUSR1); return 0; }}
                {after}
                while (!flag) ;
                wait(0);
                return 0;
            }}"
        ));
        outcomes(&explored(&text, REDUCED, 1_000_000))
    };
    let install = "signal(SIGUSR1, handler);";
    let ends = outcome(b"", done(EXITED, false, false));
    assert_eq!(with(install, ""), [ends.clone()].into());
    let signal = Signal::SIGUSR1;
    let killed = WaitStatus::Signaled { signal, core: false };
    let all = [
        ends,
        outcome(b"", done(killed, false, true)),
        outcome(b"", done(killed, true, false)),
    ];
    assert_eq!(with("", install), all.into());
}

/// Two threads that count to two each lose up to two counts, but not three: the last store is of a thread that has
/// stored before. A mutex keeps them all.
#[test]
fn an_unguarded_counter_loses_counts_and_a_guarded_one_none() {
    let with = |lock: &str, unlock: &str| {
        let text = written_by(&format!(
            "int counter;
            pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
            void *count(void *unused) {{
                for (int i = 0; i < 2; i++) {{ {lock} counter++; {unlock} }}
                return 0;
            }}
            int main(void) {{
                pthread_t a, b;
                pthread_create(&a, 0, count, 0);
                pthread_create(&b, 0, count, 0);
                pthread_join(a, 0);
                pthread_join(b, 0);
                printf(\"%d\", counter);
                return 0;
            }}"
        ));
        outputs(&text)
    };
    assert_eq!(with("", ""), ["2", "3", "4"].map(str::to_owned).into());
    let guarded = with("pthread_mutex_lock(&mutex);", "pthread_mutex_unlock(&mutex);");
    assert_eq!(guarded, ["4".to_owned()].into());
}

/// A handler can run before the result of fork has been stored, and then waits for nobody it knows.
#[test]
fn a_handler_that_comes_before_the_result_of_fork_is_a_livelock() {
    let text = written_by(
        "volatile int pid, done;
        void handler(int signal) { if (wait(0) == pid) done = 1; }
        int main(void) {
            signal(SIGCHLD, handler);
            pid = fork();
            if (pid == 0) _exit(0);
            while (!done) ;
            return 0;
        }",
    );
    let all = outcomes(&explored(&text, REDUCED, 1_000_000));
    let expected = [
        outcome(b"", done(EXITED, false, false)),
        outcome(b"", Ending::Livelocked(None)),
    ];
    assert_eq!(all, expected.into());
}

/// The outputs of a program, the same with reductions and without.
fn outputs_in_every_order(main: &str) -> String {
    let text = written_by(main);
    let unreduced = explored(&text, UNREDUCED, 1_000_000);
    assert_eq!(unreduced.bound(), None);
    let unreduced = outcomes(&unreduced);
    assert_eq!(
        outcomes(&explored(&text, REDUCED, 1_000_000)),
        unreduced,
        "{text}"
    );
    let outputs: BTreeSet<String> = unreduced.into_iter().map(|(output, _)| output).collect();
    outputs.into_iter().collect::<Vec<_>>().join(" ")
}

/// A process that has ended and is not there any more could have been killed before.
#[test]
fn a_signal_for_a_process_that_is_gone_could_have_come_before() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2], b; char c;
            signal(SIGCHLD, SIG_IGN);
            pipe(p);
            if ((b = fork()) == 0) { write(1, \"x\", 1); _exit(0); }
            if (fork() == 0) { write(p[1], \"\", 1); _exit(0); }
            read(p[0], &c, 1);
            kill(b, SIGKILL);
            return 0;
        }",
    );
    assert_eq!(outputs, " x");
}

/// Whoever is the last to be left could have come before the others.
#[test]
fn a_signal_from_the_last_process_could_have_come_before() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2], b; char c;
            pipe(p);
            if ((b = fork()) == 0) { write(1, \"x\", 1); _exit(0); }
            if (fork() == 0) { write(p[1], \"\", 1); _exit(0); }
            read(p[0], &c, 1);
            kill(b, SIGKILL);
            return 0;
        }",
    );
    assert_eq!(outputs, " x");
}

/// The same of memory: a thread that is alone by now could have read before the other wrote.
#[test]
fn a_read_of_the_last_thread_could_have_come_before() {
    let outputs = outputs_in_every_order(
        "int word, p[2];
        void *set(void *unused) { word = 1; return 0; }
        int main(void) {
            pthread_t thread; char c;
            pipe(p);
            pthread_create(&thread, 0, set, 0);
            if (fork() == 0) { write(p[1], \"\", 1); _exit(0); }
            read(p[0], &c, 1);
            write(1, word ? \"1\" : \"0\", 1);
            _exit(0);
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// The flags of an open file are everybody's who has it from the same open.
#[test]
fn a_flag_of_an_inherited_file_is_shared() {
    let outputs = outputs_in_every_order(
        "#include <fcntl.h>
        int main(void) {
            int p[2]; char c;
            pipe(p);
            if (fork() == 0) { fcntl(p[0], F_SETFL, O_NONBLOCK); _exit(0); }
            write(1, read(p[0], &c, 1) < 0 ? \"x\" : \"y\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, " x");
}

/// Whether the parent has ended shows in getppid.
#[test]
fn a_parent_can_end_before_a_child_asks_for_it() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            if (fork() == 0) { write(1, getppid() == 1 ? \"i\" : \"p\", 1); }
            return 0;
        }",
    );
    assert_eq!(outputs, "i p");
}

/// Whether init has waited for an orphan shows in kill.
#[test]
fn an_orphan_that_has_ended_is_there_until_init_waits_for_it() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2], c;
            pipe(p);
            if (fork() == 0) {
                if ((c = fork()) == 0) _exit(0);
                write(p[1], &c, sizeof c);
                _exit(0);
            }
            wait(0);
            read(p[0], &c, sizeof c);
            write(1, kill(c, 0) == 0 ? \"y\" : \"n\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "n y");
}

/// A wait that does not sleep may come before the child has ended, also if nobody else is left.
#[test]
fn a_look_of_the_last_process_could_have_come_before() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2], b; char c;
            pipe(p);
            if ((b = fork()) == 0) _exit(0);
            if (fork() == 0) { write(p[1], \"\", 1); _exit(0); }
            read(p[0], &c, 1);
            write(1, waitpid(b, 0, WNOHANG) == 0 ? \"0\" : \"1\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// A signal that is blocked waits; whether it is there already shows in sigpending.
#[test]
fn a_blocked_signal_may_or_may_not_be_pending() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, SIGUSR1);
            sigprocmask(SIG_BLOCK, &set, 0);
            if (fork() == 0) { kill(getppid(), SIGUSR1); _exit(0); }
            sigpending(&set);
            write(1, sigismember(&set, SIGUSR1) ? \"y\" : \"n\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "n y");
}

/// Shared memory shows what a process has done so far.
#[test]
fn shared_memory_shows_every_order_of_two_stores() {
    let outputs = outputs_in_every_order(
        "#include <sys/mman.h>
        int main(void) {
            int *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            if (fork() == 0) { m[0] = 1; m[2] = 1; _exit(0); }
            int b = m[2], a = m[0];
            write(1, \"0123\" + a + 2 * b, 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1 3");
}

/// A child whose parent ends is killed if it has asked for it in time.
#[test]
fn a_death_signal_kills_if_it_was_asked_for_in_time() {
    let outputs = outputs_in_every_order(
        "#include <sys/prctl.h>
        int main(void) {
            int p[2]; char c;
            pipe(p);
            if (fork() == 0) { prctl(PR_SET_PDEATHSIG, SIGKILL); write(1, \"x\", 1); _exit(0); }
            if (fork() == 0) { write(p[1], \"\", 1); _exit(0); }
            read(p[0], &c, 1);
            _exit(0);
        }",
    );
    assert_eq!(outputs, " x");
}

/// A member of a group that has not been born is not killed with it.
#[test]
fn a_group_is_killed_with_those_that_are_born() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            setpgid(0, 0);
            if (fork() == 0) {
                if (fork() == 0) { signal(SIGTERM, SIG_IGN); write(1, \"x\", 1); }
                _exit(0);
            }
            signal(SIGTERM, SIG_IGN);
            kill(0, SIGTERM);
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, " x");
}

/// A thread may wait before another has made the child to wait for.
#[test]
fn a_wait_may_come_before_the_fork_of_another_thread() {
    let outputs = outputs_in_every_order(
        "void *make(void *unused) { if (fork() == 0) _exit(0); return 0; }
        int main(void) {
            pthread_t thread;
            pthread_create(&thread, 0, make, 0);
            write(1, wait(0) == -1 ? \"n\" : \"y\", 1);
            _exit(0);
        }",
    );
    assert_eq!(outputs, "n y");
}

/// How much is in a pipe depends on who has written so far.
#[test]
fn a_pipe_holds_what_was_written_so_far() {
    let outputs = outputs_in_every_order(
        "#include <sys/ioctl.h>
        int main(void) {
            int p[2], n = 0;
            pipe(p);
            if (fork() == 0) { write(p[1], \"x\", 1); _exit(0); }
            ioctl(p[0], FIONREAD, &n);
            write(1, n ? \"1\" : \"0\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// A descriptor may be made before or after another thread has taken the number.
#[test]
fn descriptors_are_numbered_in_the_order_of_the_calls() {
    let outputs = outputs_in_every_order(
        "#include <fcntl.h>
        void *make(void *unused) { fcntl(0, F_DUPFD, 0); return 0; }
        int main(void) {
            pthread_t thread;
            pthread_create(&thread, 0, make, 0);
            int fd = dup(0);
            write(1, fd == 3 ? \"3\" : \"4\", 1);
            pthread_join(thread, 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "3 4");
}

/// A thread that has ended is not there to be signalled.
#[test]
fn a_signal_for_a_thread_may_find_it_or_not() {
    let outputs = outputs_in_every_order(
        "#include <sys/syscall.h>
        int tid, p[2];
        void *run(void *unused) { tid = syscall(SYS_gettid); write(p[1], \"\", 1); return 0; }
        int main(void) {
            pthread_t thread; char c;
            pipe(p);
            pthread_create(&thread, 0, run, 0);
            read(p[0], &c, 1);
            write(1, syscall(SYS_tgkill, getpid(), tid, 0) ? \"n\" : \"y\", 1);
            _exit(0);
        }",
    );
    assert_eq!(outputs, "n y");
}

/// A handler may come between any two instructions.
#[test]
fn a_handler_may_come_between_two_reads() {
    let outputs = outputs_in_every_order(
        "volatile int flag;
        void handler(int signal) { flag = 1; }
        int main(void) {
            signal(SIGUSR1, handler);
            if (fork() == 0) { kill(getppid(), SIGUSR1); _exit(0); }
            int a = flag, b = flag;
            write(1, \"0123\" + a + 2 * b, 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 2 3");
}

/// Of a process that is killed nobody can say how far it has come: kill returns before the other processor has heard of
/// it. On Linux, 16 of 3,000 counted on meanwhile.
#[test]
fn a_store_may_come_after_the_signal_that_kills() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            volatile int *x = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            pid_t child = fork();
            if (child == 0) { *x = 1; _exit(0); }
            kill(child, SIGTERM);
            int before = *x;
            wait(0);
            write(1, \"0123\" + before + 2 * *x, 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 2 3");
}

/// Three processes of which the third must have written before main reads: `before` happens first of all, another
/// thread runs `aside`, and main goes on with `after` when the thread may have ended or not.
fn beside_a_thread(before: &str, aside: &str, after: &str) -> String {
    outputs_in_every_order(&format!(
        "#include <fcntl.h>
        int word, p[2], q[2];
        void *run(void *unused) {{ {aside} return 0; }}
        int main(void) {{
            pthread_t thread; char c;
            pipe(p);
            pipe(q);
            {before}
            if (fork() == 0) {{
                if (fork() == 0) {{ write(q[1], \"\", 1); _exit(0); }}
                read(q[0], &c, 1);
                write(p[1], \"\", 1);
                _exit(0);
            }}
            pthread_create(&thread, 0, run, 0);
            read(p[0], &c, 1);
            {after}
            _exit(0);
        }}"
    ))
}

/// Memory that was shared: the thread that is left could have read before the other wrote and ended.
#[test]
fn a_thread_that_is_left_could_have_read_before() {
    let outputs = beside_a_thread("", "word = 1;", "write(1, word ? \"1\" : \"0\", 1);");
    assert_eq!(outputs, "0 1");
}

/// The same of descriptors.
#[test]
fn a_thread_that_is_left_could_have_taken_the_number_before() {
    let outputs = beside_a_thread("", "dup(0);", "write(1, dup(0) == 7 ? \"7\" : \"8\", 1);");
    assert_eq!(outputs, "7 8");
}

/// A child that nobody waits for is gone at once, and could have been killed before.
#[test]
fn a_child_that_goes_at_once_could_have_been_killed_before() {
    let text = written_by(
        "#include <sys/mman.h>
        int main(void) {
            int b;
            volatile int *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            signal(SIGCHLD, SIG_IGN);
            if (fork() == 0) {
                if ((b = fork()) == 0) { write(1, \"x\", 1); _exit(0); }
                if (fork() == 0) { m[0] = 1; _exit(0); }
                while (!m[0]) ;
                kill(b, SIGKILL);
                _exit(0);
            }
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs(&text), ["", "x"].map(str::to_owned).into());
}

/// What the kernel stores in shared memory is stored at some time like all else.
#[test]
fn a_store_of_the_kernel_may_come_before_or_after_a_look() {
    let outputs = outputs_in_every_order(
        "#include <sys/mman.h>
        int main(void) {
            int *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            if (fork() == 0) {
                if (fork() == 0) { pipe(m); _exit(0); }
                wait(0);
                _exit(0);
            }
            write(1, m[0] ? \"1\" : \"0\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// A pipe that is closed by all who could write ends the reading; until then it sleeps.
#[test]
fn the_end_of_a_pipe_comes_when_the_last_writer_has_gone() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2], n; char c;
            pipe(p);
            if (fork() == 0) { write(1, \"b\", 1); _exit(0); }
            close(p[1]);
            n = read(p[0], &c, 1);
            write(1, n == 0 ? \"e\" : \"?\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "be");
}

/// A signal for a group reaches whoever is a member by then, be it in the middle of a call.
#[test]
fn a_group_is_what_it_is_when_the_signal_is_sent() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int c;
            if ((c = fork()) == 0) {
                setpgid(0, 0);
                write(1, \"x\", 1);
                _exit(0);
            }
            write(1, kill(-c, SIGKILL) == 0 ? \"y\" : \"n\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "nx xn xy y yx");
}

/// A stopped process goes on when it is told to, and not if it was told before it stopped.
#[test]
fn a_process_may_be_continued_before_it_stops() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int c;
            if ((c = fork()) == 0) { raise(SIGSTOP); write(1, \"x\", 1); _exit(0); }
            kill(c, SIGCONT);
            return 0;
        }",
    );
    assert_eq!(outputs, " x");
}

/// A signal that ends a process may come when it is in a call already: the call is finished first. Of 3,000 runs on Linux
/// 6.18 one printed AB.
#[test]
fn a_call_that_was_entered_before_the_signal_is_finished() {
    let text = "#include <signal.h>\n#include <sys/wait.h>\n#include <unistd.h>\nint main(void) { \
        pid_t b = fork(); if (b == 0) { write(1, \"B\", 1); _exit(0); } \
        kill(b, SIGTERM); write(1, \"A\", 1); wait(0); return 0; }";
    for rules in [REDUCED, UNREDUCED] {
        let found = explored(text, rules, 100_000);
        let outputs: BTreeSet<String> = outcomes(&found).into_iter().map(|(output, _)| output).collect();
        assert_eq!(outputs, BTreeSet::from(["A", "AB", "BA"].map(str::to_owned)));
    }
}

/// What goes on for ever may be a child alone: how its parent ended is told.
#[test]
fn a_child_that_never_ends_outlives_its_parent() {
    let text = "#include <unistd.h>\nint main(void) { if (fork() == 0) for (;;) ; return 3; }";
    for rules in [REDUCED, UNREDUCED] {
        let found = explored(text, rules, 100_000);
        let exited = WaitStatus::Exited(3);
        assert_eq!(found.endings(), [Ending::Livelocked(Some(exited))]);
    }
}

/// Who guesses the number of a process that another one creates finds it or not.
#[test]
fn a_number_may_be_guessed_before_it_is_given() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int child = fork();
            if (child == 0) { fork(); pause(); }
            printf(\"%d\", kill(child + 1, 0));
            return 0;
        }",
    );
    assert_eq!(outputs, "-1 0");
}

/// F_GETFL sees what another process has done with F_SETFL to the file that both have.
#[test]
fn the_flags_of_a_file_belong_to_all_who_have_it() {
    let outputs = outputs_in_every_order(
        "#include <fcntl.h>
        int main(void) {
            int p[2];
            pipe(p);
            if (fork() == 0) { fcntl(p[0], F_SETFL, O_NONBLOCK); _exit(0); }
            printf(\"%d\", fcntl(p[0], F_GETFL) & O_NONBLOCK ? 1 : 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// clone stores the number of the child where its caller says.
#[test]
fn clone_stores_the_number_that_others_read() {
    let outputs = outputs_in_every_order(
        "#include <sys/syscall.h>
        enum { CLONE_CHILD_SETTID = 0x1000000 };
        int main(void) {
            volatile int *tid = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            if (fork() == 0) { printf(\"%d\", *tid != 0); fflush(stdout); _exit(0); }
            syscall(SYS_clone, (long)(CLONE_CHILD_SETTID | SIGCHLD), 0L, 0L, tid, 0L);
            _exit(0);
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// What execve, prctl, sigaltstack, rt_sigqueueinfo and futex are given may lie in memory that another process changes.
#[test]
fn calls_read_their_arguments_from_shared_memory() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            char *word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            word[0] = 'a';
            if (fork() == 0) { word[0] = 'b'; _exit(0); }
            execl(\"/bin/echo\", \"echo\", \"-n\", word, (char *)0);
            return 1;
        }",
    );
    assert_eq!(outputs, "a b");
}

/// The name that prctl sets may lie in memory that another process changes.
#[test]
fn prctl_reads_a_name_from_shared_memory() {
    let outputs = outputs_in_every_order(
        "#include <sys/prctl.h>
        int main(void) {
            char name[16], *word = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
            word[0] = 'a';
            if (fork() == 0) { word[0] = 'b'; _exit(0); }
            prctl(PR_SET_NAME, word);
            prctl(PR_GET_NAME, name);
            printf(\"%s\", name);
            return 0;
        }",
    );
    assert_eq!(outputs, "a b");
}

/// A thread that waits where there is no child yet finds one if another thread was faster.
#[test]
fn a_wait_of_one_thread_finds_the_child_of_another_or_none() {
    let outputs = outputs_in_every_order(
        "void *waits(void *unused) { printf(\"%d\", wait(0) > 0); return 0; }
        int main(void) {
            pthread_t t;
            pthread_create(&t, 0, waits, 0);
            if (vfork() == 0) _exit(0);
            pthread_join(t, 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// Who waits for a futex for a while may give up before others go on.
#[test]
fn a_futex_wait_with_a_limit_may_give_up_at_once() {
    let outputs = outputs_in_every_order(
        "#include <sys/syscall.h>
        #include <time.h>
        int main(void) {
            static int word;
            struct timespec limit = { 1, 0 };
            if (fork() == 0) { write(1, \"a\", 1); _exit(0); }
            syscall(SYS_futex, &word, 0L, 0L, &limit, 0L, 0L);
            write(1, \"b\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, "ab ba");
}

/// A process that has ended is in its group until it is waited for.
#[test]
fn a_group_is_there_until_its_last_process_is_waited_for() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            int p[2], a; char c;
            pipe(p);
            if ((a = fork()) == 0) { setpgid(0, 0); _exit(0); }
            if (fork() == 0) { read(p[0], &c, 1); printf(\"%d\", kill(-a, 0)); fflush(stdout); _exit(0); }
            waitid(P_PID, a, 0, WEXITED | WNOWAIT);
            write(p[1], \"\", 1);
            waitpid(a, 0, 0);
            _exit(0);
        }",
    );
    assert_eq!(outputs, "-1 0");
}

/// A child of CLONE_PARENT tells its end to the parent of the task that has created it.
#[test]
fn a_child_of_clone_parent_may_have_ended_or_not() {
    let outputs = outputs_in_every_order(
        "#include <sys/syscall.h>
        enum { CLONE_PARENT = 0x8000 };
        int main(void) {
            int a = fork();
            if (a == 0) { syscall(SYS_clone, (long)(CLONE_PARENT | SIGCHLD), 0L, 0L, 0L, 0L); _exit(0); }
            waitpid(a, 0, 0);
            printf(\"%d\", waitpid(-1, 0, WNOHANG) > 0);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}

/// Of processes that share their actions for signals one changes what a signal does to the other.
#[test]
fn actions_may_be_shared_by_processes() {
    let outputs = outputs_in_every_order(
        "int clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
        enum { CLONE_VM = 0x100, CLONE_SIGHAND = 0x800 };
        char stack[4096];
        int ignores(void *unused) { signal(SIGUSR1, SIG_IGN); return 0; }
        int main(void) {
            clone(ignores, stack + 4096, CLONE_VM | CLONE_SIGHAND | SIGCHLD, 0);
            raise(SIGUSR1);
            write(1, \"x\", 1);
            return 0;
        }",
    );
    assert_eq!(outputs, " x");
}

/// Threads that would have ended by themselves may be ended before, whoever of them is the last.
#[test]
fn exit_group_may_come_before_a_thread_has_done_anything() {
    let outputs = outputs_in_every_order(
        "void *writes(void *unused) { write(1, \"A\", 1); return 0; }
        int main(void) {
            pthread_t t;
            pthread_create(&t, 0, writes, 0);
            sleep(2);
            _exit(0);
        }",
    );
    assert_eq!(outputs, " A");
}

/// A signal that a task sends to itself ends it before or after its child has ended.
#[test]
fn a_task_that_kills_itself_leaves_an_orphan_or_a_zombie() {
    let outputs = outputs_in_every_order(
        "int main(void) {
            if (fork() == 0) _exit(0);
            raise(SIGUSR1);
            return 0;
        }",
    );
    assert_eq!(outputs, "");
}

/// Where the first of its threads ends last or not, how the program ends is told.
#[test]
fn a_first_process_has_ended_whichever_of_its_threads_was_the_last() {
    let text = written_by(
        "void *nothing(void *unused) { return 0; }
        int main(void) { pthread_t t; pthread_create(&t, 0, nothing, 0); _exit(0); }",
    );
    for rules in [REDUCED, UNREDUCED] {
        let found = explored(&text, rules, 100_000);
        assert_eq!(found.endings(), [done(EXITED, false, false)]);
    }
}

/// Of threads that end one by one the last one's code is the process's.
#[test]
fn a_process_ends_with_the_code_of_whichever_thread_is_the_last() {
    let text = written_by(
        "#include <sys/syscall.h>
        void *three(void *unused) { syscall(SYS_exit, 3L); return 0; }
        int main(void) { pthread_t t; pthread_create(&t, 0, three, 0); syscall(SYS_exit, 4L); }",
    );
    let expected = [3, 4].map(|code| outcome(b"", done(WaitStatus::Exited(code), false, false)));
    for rules in [REDUCED, UNREDUCED] {
        assert_eq!(
            outcomes(&explored(&text, rules, 100_000)),
            expected.clone().into()
        );
    }
}

/// fork(2): the child of a thread has the memory as it is at that moment, whatever the other threads store before or after.
#[test]
fn a_fork_beside_a_thread_copies_what_is_stored_so_far() {
    let outputs = outputs_in_every_order(
        "int x;
        void *store(void *arg) { x = 1; return arg; }
        int main(void) {
            pthread_t thread;
            pthread_create(&thread, 0, store, 0);
            if (!fork()) { write(1, \"01\" + x, 1); _exit(0); }
            pthread_join(thread, 0);
            wait(0);
            return 0;
        }",
    );
    assert_eq!(outputs, "0 1");
}
