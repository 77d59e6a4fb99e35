//! The running kernel through the door of a system under test: programs whose answers are known.
//!
//! Where the kernel does not let itself be used, each test says `skipped: <why>`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed"
)]

mod programs;
mod random;
mod remains;
mod speed;

use host_harness::oracle::linux::{Linux, Pace};
use host_harness::oracle::system::{
    ARENA, Command, FileKind, HEAP, OUT, Out, Outcome, Returned, Snapshot, System, TaskView,
};
use std::collections::BTreeMap;

const READ: u64 = 0;
const WRITE: u64 = 1;
const CLOSE: u64 = 3;
const MMAP: u64 = 9;
const BRK: u64 = 12;
const PIPE: u64 = 22;
const DUP: u64 = 32;
const GETPID: u64 = 39;
const CLONE: u64 = 56;
const FORK: u64 = 57;
const VFORK: u64 = 58;
const EXIT: u64 = 60;
const WAIT4: u64 = 61;
const KILL: u64 = 62;
const FCNTL: u64 = 72;
const GETPPID: u64 = 110;
const SETSID: u64 = 112;
const GETTID: u64 = 186;
const EXIT_GROUP: u64 = 231;
const WAITID: u64 = 247;
const PIPE2: u64 = 293;

const VM_FS_FILES_SIGHAND: u64 = 0xf00;
const THREAD: u64 = 0x1_0000 | VM_FS_FILES_SIGHAND;
const SIGCHLD: u64 = 17;
const SIGCONT: u64 = 18;
const SIGSTOP: u64 = 19;
const ECHILD: i64 = -10;

/// A system with a shorter way to say things.
struct Programs(Linux);

impl Programs {
    fn begin(&mut self) {
        self.0.boot().unwrap();
    }

    fn ask<const N: usize>(&mut self, task: u32, nr: u64, given: [u64; N]) -> Outcome {
        let mut args = [0; 6];
        args[..N].copy_from_slice(&given);
        self.0.step(task, Command::Syscall { nr, args }).unwrap()
    }

    fn get<const N: usize>(&mut self, task: u32, nr: u64, args: [u64; N]) -> Returned {
        match self.ask(task, nr, args) {
            Outcome::Done(returned) => returned,
            other => panic!("task {task}, call {nr}: {other:?}"),
        }
    }

    fn value<const N: usize>(&mut self, task: u32, nr: u64, args: [u64; N]) -> i64 {
        self.get(task, nr, args).value
    }

    fn returned(&mut self) -> BTreeMap<u32, Returned> {
        self.0.returned().unwrap()
    }

    fn look(&mut self) -> Snapshot {
        self.0.observe().unwrap()
    }

    fn task(&mut self, tid: u32) -> TaskView {
        self.look().tasks.remove(&tid).expect("the task is there")
    }

    fn store(&mut self, task: u32, addr: u64, byte: u8) -> Outcome {
        self.0.step(task, Command::Store { addr, byte }).unwrap()
    }

    fn load(&mut self, task: u32, addr: u64) -> Outcome {
        self.0.step(task, Command::Load { addr }).unwrap()
    }

    fn map(&mut self, task: u32, pages: u64, flags: u64) {
        let fixed = 0x10 | 0x20 | flags;
        assert_eq!(
            self.value(task, MMAP, [ARENA, pages * 4096, 3, fixed, u64::MAX, 0]),
            ARENA.cast_signed()
        );
    }
}

const PRIVATE: u64 = 2;
const SHARED: u64 = 1;

fn done(value: i64) -> Outcome {
    Outcome::Done(Returned {
        value,
        out: Out::None,
    })
}

/// Runs a test in both paces, as far as they are allowed. The tests of one processor take turns.
fn on_the_kernel(test: impl Fn(&mut Programs)) {
    for pace in [Pace::Ranked, Pace::Polling] {
        match Linux::with_pace(0, pace) {
            Ok(linux) => {
                let mut programs = Programs(linux);
                programs.begin();
                test(&mut programs);
            }
            Err(why) => eprintln!("skipped: {pace:?}: {why}"),
        }
    }
}
