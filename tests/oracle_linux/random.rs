//! Random programs: the same again give the same.

use super::*;
use host_harness::oracle::{generate, laws};

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Random calls by random tasks; what each gave.
fn random_program(k: &mut Programs, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let (mut story, mut live, mut busy) = (String::new(), vec![1_u32], Vec::new());
    k.begin();
    for _ in 0..20 {
        let Some(&task) = live.get(usize::try_from(next(&mut state) % live.len().max(1) as u64).unwrap())
        else {
            break;
        };
        let pick = next(&mut state);
        let someone = pick >> 8 & 7;
        let (nr, args) = match pick % 16 {
            0..=2 => (FORK, [0; 6]),
            3 => (VFORK, [0; 6]),
            4 => (CLONE, [THREAD, 0, 0, 0, 0, 0]),
            5 => (CLONE, [SIGCHLD | 0x8000, 0, 0, 0, 0, 0]),
            6 => (WAIT4, [u64::MAX, OUT, pick >> 8 & 1, 0, 0, 0]),
            7 => (WAITID, [0, 0, OUT, 4 | pick >> 8 & 1, 0, 0]),
            8 => (PIPE, [OUT, 0, 0, 0, 0, 0]),
            9 => (READ, [someone, OUT, 10, 0, 0, 0]),
            10 => (WRITE, [someone, OUT, 10, 0, 0, 0]),
            11 => (CLOSE, [someone, 0, 0, 0, 0, 0]),
            12 => (KILL, [someone, 9, 0, 0, 0, 0]),
            13 => (EXIT, [someone, 0, 0, 0, 0, 0]),
            14 => (EXIT_GROUP, [someone, 0, 0, 0, 0, 0]),
            _ => (SETSID, [0; 6]),
        };
        let outcome = k.0.step(task, Command::Syscall { nr, args }).unwrap();
        let returned = k.returned();
        story += &format!("{task}: {nr} {args:x?} = {outcome:?} {returned:?}\n");
        let tasks = k.look().tasks;
        busy.retain(|tid| !returned.contains_key(tid));
        if outcome == Outcome::Blocked {
            busy.push(task);
        }
        live = tasks
            .iter()
            .filter(|(tid, view)| view.state == 'R' && !busy.contains(tid))
            .map(|(tid, _)| *tid)
            .collect();
        story += &format!("{tasks:?}\n");
    }
    story
}

#[test]
fn the_same_random_programs_give_the_same() {
    // Polling leaves the order of woken tasks to the scheduler.
    let mut linux = match Linux::with_pace(0, Pace::Ranked) {
        Ok(linux) => Programs(linux),
        Err(why) => return eprintln!("skipped: {why}"),
    };
    let mut run = || {
        (1..=200)
            .map(|seed| random_program(&mut linux, seed))
            .collect::<Vec<_>>()
    };
    let (first, second) = (run(), run());
    for (seed, (one, other)) in first.iter().zip(&second).enumerate() {
        assert_eq!(one, other, "program {}", seed + 1);
    }
    assert!(
        first.iter().any(|story| story.contains("Blocked"))
            && first.iter().any(|story| story.contains("'D'"))
    );
}

/// The laws that need no model hold of the running kernel: what they forbid, Linux does not do.
#[test]
fn the_laws_hold_of_the_running_kernel() {
    // Polling leaves the order of woken tasks to the scheduler, and so two runs may differ.
    let mut linux = match Linux::with_pace(0, Pace::Ranked) {
        Ok(linux) => linux,
        Err(why) => return eprintln!("skipped: {why}"),
    };
    for number in 0..500 {
        let program = generate::program(generate::seed_of(11, number), 20);
        let broken = laws::broken(laws::ALL, &program, &mut linux).unwrap();
        assert_eq!(broken, [], "program {number}");
    }
}

/// `cargo test --release --test oracle_linux -- --ignored --nocapture three_times`
#[test]
#[ignore = "takes a minute"]
fn thousands_of_programs_three_times_by_two_workers() {
    let work = |cpu: usize| {
        let mut linux = Programs(Linux::with_pace(cpu, Pace::Ranked).unwrap());
        for seed in (1..=4500).map(|seed| seed * 2 + cpu as u64) {
            let first = random_program(&mut linux, seed);
            for _ in 0..2 {
                assert_eq!(first, random_program(&mut linux, seed), "seed {seed}");
            }
        }
    };
    std::thread::scope(|scope| {
        [0, 1]
            .map(|cpu| scope.spawn(move || work(cpu)))
            .map(|w| w.join().unwrap())
    });
}

/// `cargo test --release --test oracle_linux -- --ignored --nocapture both_paces`
#[test]
#[ignore = "takes a minute"]
fn both_paces_tell_the_same_of_random_programs() {
    const PROGRAMS: u64 = 2000;
    let told = |pace| {
        let mut linux = Programs(Linux::with_pace(0, pace).unwrap());
        (1..=PROGRAMS)
            .map(|seed| random_program(&mut linux, seed))
            .collect::<Vec<_>>()
    };
    let (ranked, polled) = (told(Pace::Ranked), told(Pace::Polling));
    let differ: Vec<_> = ranked
        .iter()
        .zip(&polled)
        .filter(|(one, other)| one != other)
        .collect();
    println!("{} of {PROGRAMS} programs differ", differ.len());
    for (one, other) in differ.iter().take(2) {
        let (one, other) = (one.lines(), other.lines());
        let same = one
            .clone()
            .zip(other.clone())
            .take_while(|(one, other)| one == other)
            .count();
        println!(
            "priorities: {:?}\npolling: {:?}",
            one.clone().nth(same),
            other.clone().nth(same)
        );
    }
    // Which of several woken tasks runs first shows seldom.
    assert!(differ.len() < 20);
}
