//! Invariant 37: every small world. All sequences of calls to a depth, with at most three processes (init is one) and
//! two pages, from every state that they reach; states are merged by fingerprint, each is audited, and their number
//! at each depth is recorded here: a change of the model that makes a state more or less shows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed; the numbers are for whoever must record new ones"
)]

mod support;

use std::collections::HashSet;

use kernel_model::abi::call::{Call, Outcome, UserPtr};
use kernel_model::abi::flags::{OpenFlags, WaitOptions};
use kernel_model::kernel::storage::{Boxed, Capacity};
use kernel_model::kernel::{Config, Console};
use kernel_model::syscall::decode;
use kernel_model::verbs::fault::Access;

use support::{BSS, DATA, PAGE, Regs, World, boot, exit_group, kill};

type Small = World<Boxed<Regs>>;

/// A world in which init has forked one process, pid 2, that goes on.
fn begin(console: Option<Console>) -> Small {
    let capacity = Capacity {
        tasks: 4,
        frames: 24,
        vmas: 20,
        tables: 80,
        files: 6,
        pipes: 1,
        sigqueues: 8,
        pid_max: 16,
    };
    let config = Config {
        kthreadd: false,
        pid_max: 16,
        console,
        ..Config::default()
    };
    let mut world = boot(Boxed::new(&capacity), &config);
    assert_eq!(world.fork(1), 2);
    world
}

/// What a task may do; each is tried in every state by every task that is there.
#[derive(Clone, Copy, Debug)]
enum Act {
    Call(Call),
    Resume,
    Read(u64),
    Write(u64),
}

fn wait(pid: i32, options: WaitOptions) -> Act {
    Act::Call(Call::Wait4 {
        pid,
        wstatus: UserPtr(0),
        options: options.bits(),
        rusage: UserPtr(0),
    })
}

/// One act of one task; whether it was anything.
fn perform(world: &mut Small, pid: u32, act: Act) -> bool {
    let task = world.task(pid);
    let ready = world.k.view().tasks[task].parked.is_none() && !world.k.has_work(task);
    match act {
        Act::Resume if world.k.has_work(task) => {
            let _ = world.k.resume(task, &mut world.m);
            true
        }
        Act::Call(call) if ready => {
            world.k.syscall(task, call, &mut world.m) != Outcome::Blocked
                || world.state(pid) != kernel_model::abi::state::State::Running
        }
        Act::Read(addr) if ready && world.k.translate(task, addr, Access::Read).is_none() => {
            world.k.page_fault(task, addr, Access::Read, &mut world.m).is_ok()
        }
        Act::Write(addr) if ready && world.state(pid) == kernel_model::abi::state::State::Running => {
            world.write(pid, addr, 1);
            true
        }
        _ => false,
    }
}

/// Every state within `depth` acts; how many are new at each depth.
fn explore(start: Small, acts: &[Act], depth: usize) -> Vec<usize> {
    let mut seen = HashSet::from([start.fingerprint()]);
    let (mut layer, mut counts) = (vec![start], vec![1]);
    for _ in 0..depth {
        let mut next = Vec::new();
        for world in &layer {
            let view = world.k.view();
            let pids: Vec<u32> = view
                .tasks
                .iter()
                .map(|(_, t)| t.pid.0)
                .filter(|pid| *pid > 0)
                .collect();
            for pid in pids {
                for act in acts {
                    let mut after = world.clone();
                    if !perform(&mut after, pid, *act) {
                        continue;
                    }
                    if let Err(violation) = after.k.audit() {
                        panic!("{violation}, after {act:?} of {pid} in\n{}", world.visible());
                    }
                    after.check_tlb();
                    after.m.take_log();
                    if seen.insert(after.fingerprint()) {
                        next.push(after);
                    }
                }
            }
        }
        counts.push(next.len());
        layer = next;
    }
    println!("{counts:?}");
    counts
}

/// fork, vfork, exit, every kind of wait, kill 9: who is whose child, who is a zombie, who adopts whom.
#[test]
fn all_lives_of_three_processes() {
    let acts = [
        Act::Call(decode::fork()),
        Act::Call(decode::vfork()),
        Act::Call(exit_group(1)),
        wait(-1, WaitOptions::empty()),
        wait(-1, WaitOptions::WNOHANG),
        wait(3, WaitOptions::empty()),
        Act::Call(kill(2, 9)),
        Act::Call(kill(3, 9)),
        Act::Resume,
    ];
    assert_eq!(explore(begin(None), &acts, 8), LIVES);
}

/// Stops, continues, groups and sessions.
#[test]
fn all_groups_and_stops_of_three_processes() {
    let acts = [
        Act::Call(decode::fork()),
        Act::Call(exit_group(0)),
        wait(-1, WaitOptions::WUNTRACED | WaitOptions::WCONTINUED),
        wait(0, WaitOptions::WNOHANG),
        Act::Call(Call::Setpgid { pid: 0, pgid: 0 }),
        Act::Call(Call::Setpgid { pid: 3, pgid: 2 }),
        Act::Call(Call::Setpgid { pid: 3, pgid: 3 }),
        Act::Call(Call::Setsid),
        Act::Call(kill(2, 19)),
        Act::Call(kill(2, 18)),
        Act::Call(kill(0, 9)),
        Act::Resume,
    ];
    assert_eq!(explore(begin(None), &acts, 4), GROUPS);
}

/// Copy-on-write over two pages: one of the program's file, one of zeroes.
#[test]
fn all_sharings_of_two_pages() {
    let acts = [
        Act::Call(decode::fork()),
        Act::Call(decode::vfork()),
        Act::Call(exit_group(0)),
        wait(-1, WaitOptions::WNOHANG),
        Act::Read(DATA),
        Act::Write(DATA),
        Act::Read(BSS),
        Act::Write(BSS),
        Act::Resume,
    ];
    assert_eq!(explore(begin(None), &acts, 5), SHARINGS);
}

/// A pipe: read, write, close, on both sides of a fork.
#[test]
fn all_uses_of_a_pipe() {
    let io = |count| (UserPtr(BSS + PAGE), count);
    let (buf, small) = io(3);
    let (_, large) = io(65_000);
    let acts = [
        Act::Call(decode::fork()),
        Act::Call(Call::Pipe2 {
            fds: UserPtr(BSS),
            flags: OpenFlags::empty(),
        }),
        Act::Call(Call::Read {
            fd: 0,
            buf,
            count: small,
        }),
        Act::Call(Call::Write {
            fd: 1,
            buf,
            count: small,
        }),
        Act::Call(Call::Write {
            fd: 1,
            buf: UserPtr(BSS - 3 * PAGE),
            count: large,
        }),
        Act::Call(Call::Close { fd: 0 }),
        Act::Call(Call::Close { fd: 1 }),
        Act::Call(exit_group(0)),
        Act::Call(kill(3, 9)),
        Act::Resume,
    ];
    assert_eq!(explore(begin(None), &acts, 5), PIPES);
}

const LIVES: [usize; 9] = [1, 10, 58, 227, 564, 1141, 2460, 5174, 10507];
// A signal that pends knows who sent it: 11 and 203 of the states differ in nothing else.
const GROUPS: [usize; 5] = [1, 14, 112, 783, 4444];
const SHARINGS: [usize; 6] = [1, 15, 125, 740, 3325, 11646];
const PIPES: [usize; 6] = [1, 7, 44, 248, 1194, 4659];
