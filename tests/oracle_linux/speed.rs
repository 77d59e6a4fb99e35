//! How fast it is.

use super::*;

/// A program of 20 calls as a student would write it, with an answer looked at after each.
fn twenty_calls(k: &mut Programs) {
    k.begin();
    k.value(1, PIPE, [OUT]);
    k.map(1, 4, PRIVATE);
    k.store(1, ARENA, 1);
    k.value(1, FORK, []);
    k.value(1, FORK, []);
    k.store(2, ARENA, 2);
    k.load(3, ARENA);
    k.ask(3, READ, [0, OUT, 4]);
    k.value(2, WRITE, [1, OUT, 4]);
    k.returned();
    k.value(2, CLOSE, [1]);
    k.value(3, SETSID, []);
    k.value(3, FORK, []);
    k.ask(1, WAIT4, [2, OUT, 0, 0]);
    k.ask(2, EXIT_GROUP, [3]);
    k.returned();
    k.value(1, WAIT4, [u64::MAX, OUT, 1, 0]);
    k.value(1, KILL, [3, 9]);
    k.value(1, WAIT4, [u64::MAX, OUT, 0, 0]);
    k.value(4, GETPPID, []);
    k.value(4, DUP, [0]);
    k.returned();
}

/// `cargo test --release --test oracle_linux -- --ignored --nocapture how_fast`
#[test]
#[ignore = "takes ten seconds and asserts nothing"]
fn how_fast() {
    for pace in [Pace::Ranked, Pace::Polling] {
        let Ok(linux) = Linux::with_pace(0, pace) else {
            continue;
        };
        let mut k = Programs(linux);
        let mut rate = |what: &str, run: &mut dyn FnMut(&mut Programs)| {
            let (start, mut rounds) = (std::time::Instant::now(), 0_u32);
            while start.elapsed().as_millis() < 1000 {
                run(&mut k);
                rounds += 1;
            }
            println!(
                "{pace:?}: {what}: {:.0} a second",
                f64::from(rounds) / start.elapsed().as_secs_f64()
            );
        };
        rate("boots", &mut |k| k.begin());
        rate("getpid", &mut |k| assert_eq!(k.value(1, GETPID, []), 1));
        rate("programs of 20 calls", &mut twenty_calls);
        rate("boots with a snapshot of 1 task", &mut |k| {
            k.begin();
            k.look();
        });
        rate("snapshots of 1 task", &mut |k| drop(k.look()));
        let mut grown = false;
        rate("snapshots of 4 tasks with 4 descriptors and a page", &mut |k| {
            if !std::mem::replace(&mut grown, true) {
                k.begin();
                k.map(1, 1, PRIVATE);
                k.store(1, ARENA, 1);
                for _ in 0..2 {
                    k.value(1, PIPE, [OUT]);
                }
                for _ in 0..3 {
                    k.value(1, FORK, []);
                }
            }
            k.look();
        });
    }
}
