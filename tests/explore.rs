//! `ktm explore`: the outcomes that it finds are all that there are, and no others.
//!
//! Small programs are drawn at random (`explore/random.rs`); others are counted by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "explore/ends.rs"]
mod ends;
#[path = "explore/locks.rs"]
mod locks;
#[path = "explore/orders.rs"]
mod orders;
#[path = "explore/random.rs"]
mod random;
#[path = "explore/rows.rs"]
mod rows;
#[path = "explore/space.rs"]
mod space;
#[path = "explore/threads.rs"]
mod threads;
#[path = "explore/time.rs"]
mod time;
#[path = "explore/workers.rs"]
mod workers;

use std::collections::BTreeSet;

use host_harness::c::SourceFile;
use host_harness::explore::{Count, Ending, Explored, Limits, MainEnd, Rules, explore, world};
use host_harness::run::load;
use kernel_model::abi::signal::Signal;
use kernel_model::abi::wait::WaitStatus;

const REDUCED: Rules = Rules {
    unreduced: false,
    idle_clock: false,
    exact: false,
    every_step: false,
};
const UNREDUCED: Rules = Rules {
    unreduced: true,
    idle_clock: false,
    exact: false,
    every_step: true,
};

fn explored(text: &str, rules: Rules, states: usize) -> Explored {
    let source = SourceFile {
        name: "explored.c".to_owned(),
        text: text.to_owned(),
    };
    let loaded = load(&source, &[], &world()).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let memory = 4 << 30;
    explore(
        loaded,
        b"",
        rules,
        Limits {
            states,
            memory,
            workers: 1,
        },
        &|_| {},
    )
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

fn written_by(main: &str) -> String {
    format!(
        "#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
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
