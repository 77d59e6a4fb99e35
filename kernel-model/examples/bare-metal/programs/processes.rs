//! Programs about processes.

use core::ptr::{read_volatile, write_volatile};

use crate::sys::{
    self, close, exit_group, fork, getpid, getppid, kill, nanosleep, pages, pipe, read, sched_yield, wait4,
    waitid, write,
};
use crate::{rest, say};

const P_PID: i32 = 1;
const WEXITED: i32 = 4;
const WNOWAIT: i32 = 0x0100_0000;
const WNOHANG: i32 = 1;

/// A child has ended, and nobody has waited for it: it can be seen and sent signals until somebody does.
pub fn zombie() {
    let child = fork();
    if child == 0 {
        exit_group(42);
    }
    let mut info = [0; 32];
    let seen = waitid(P_PID, child, &mut info, WEXITED | WNOWAIT, 0);
    say!("waitid gives {seen}: code {}, status {}", info[2], info[6]);
    say!("kill of a zombie gives {}", kill(child, 0));
    let mut status = 0;
    let reaped = wait4(child, &mut status, 0);
    say!(
        "it is {}, status {:#x}",
        if reaped == child { "reaped" } else { "lost" },
        status
    );
    say!("kill after that gives {}", kill(child, 0));
    say!("wait4 after that gives {}", wait4(-1, &mut status, 0));
}

/// A child whose parent ends before it gets another one.
pub fn orphan() {
    let (mut gate, mut done) = ([0; 2], [0; 2]);
    pipe(&mut gate);
    pipe(&mut done);
    let child = fork();
    if child == 0 {
        let middle = getpid();
        if fork() == 0 {
            // It waits until it is one.
            close(gate[1]);
            read(gate[0], &mut [0]);
            while getppid() == middle {
                sched_yield();
            }
            let adopted = getppid();
            say!(
                "the orphan has another parent: {}",
                if adopted != middle && adopted > 0 {
                    "yes"
                } else {
                    "no"
                }
            );
            exit_group(0);
        }
        say!("the parent ends");
        exit_group(3);
    }
    let mut status = 0;
    wait4(child, &mut status, 0);
    say!("status {}", status >> 8);
    close(gate[1]);
    // The end of the file comes when the orphan has closed its end by ending.
    close(done[1]);
    let end = read(done[0], &mut [0]);
    say!("the orphan is gone: {end}");
    say!("children left: {}", wait4(-1, &mut status, WNOHANG));
}

/// A ball goes forth and back through two pipes.
pub fn pingpong() {
    let (mut there, mut back) = ([0; 2], [0; 2]);
    pipe(&mut there);
    pipe(&mut back);
    let child = fork();
    if child == 0 {
        close(there[1]);
        close(back[0]);
        let mut ball = [0; 1];
        while read(there[0], &mut ball) == 1 {
            say!("pong {}", ball[0]);
            ball[0] += 1;
            write(back[1], &ball);
        }
        exit_group(0);
    }
    close(there[0]);
    close(back[1]);
    let mut ball = [1];
    while ball[0] < 10 {
        say!("ping {}", ball[0]);
        write(there[1], &ball);
        read(back[0], &mut ball);
    }
    close(there[1]);
    let mut status = 0;
    wait4(child, &mut status, 0);
    say!("status {status}, the ball is {}", ball[0]);
}

const TREE: u32 = 60;

/// Node `number` of the tree has the children `2 * number` and `2 * number + 1`; all live at the same time.
fn node(number: u32, born: [i32; 2], gate: [i32; 2]) -> i32 {
    let mut sum = 1;
    let mut children = [0; 2];
    for (side, place) in children.iter_mut().enumerate() {
        let child = 2 * number + side as u32;
        if child <= TREE {
            *place = fork();
            if *place == 0 {
                close(gate[1]);
                exit_group(node(child, born, gate));
            }
        }
    }
    write(born[1], &[1]);
    if number == 1 {
        let mut alive = 0;
        while alive < i64::from(TREE) {
            alive += read(born[0], &mut [0; 64]);
        }
        say!("{alive} processes are alive");
        close(gate[1]);
    } else {
        read(gate[0], &mut [0]);
    }
    for child in children {
        let mut status = 0;
        if child > 0 && wait4(child, &mut status, 0) == child {
            sum += status >> 8;
        }
    }
    sum
}

/// A tree of 60 processes.
pub fn tree() {
    let (mut born, mut gate) = ([0; 2], [0; 2]);
    pipe(&mut born);
    pipe(&mut gate);
    let sum = node(1, born, gate);
    say!("{sum} processes have been waited for");
}

extern "C" fn counts(place: u64) -> i32 {
    let place = core::ptr::with_exposed_provenance_mut::<u32>(place as usize);
    // SAFETY: the caller's variable; who shares it sleeps or waits.
    unsafe { write_volatile(place, read_volatile(place) + 41) };
    7
}

/// The child of vfork uses its parent's memory, and the parent sleeps meanwhile.
pub fn vfork() {
    let mut shared: u32 = 1;
    let child = sys::vfork(counts, (&raw mut shared).expose_provenance() as u64);
    // SAFETY: a variable of one's own, which somebody else has changed.
    let seen = unsafe { read_volatile(&raw const shared) };
    let mut status = 0;
    let reaped = wait4(child, &mut status, 0);
    say!(
        "the child left {seen}, status {}, reaped {}",
        status >> 8,
        reaped == child
    );
}

/// CLONE_VM: two processes, one memory.
pub fn thread() {
    const CLONE_VM: u64 = 0x100;
    const SIGCHLD: u64 = 17;
    let stack = pages(4, false);
    let shared = pages(1, false).cast::<u32>();
    // SAFETY: a page of one's own.
    unsafe { shared.write_volatile(1) };
    let child = sys::clone(
        CLONE_VM | SIGCHLD,
        stack.addr() as u64 + 4 * 4096,
        counts,
        shared.addr() as u64,
    );
    let mut status = 0;
    let reaped = wait4(child, &mut status, 0);
    // SAFETY: as before; the other one has ended.
    let seen = unsafe { shared.read_volatile() };
    say!(
        "the child left {seen}, status {}, reaped {}",
        status >> 8,
        reaped == child
    );
}

/// Two processes that make no call and wait for each other: only the timer takes the processor from them.
pub fn preempt() {
    let turn = pages(1, true).cast::<u32>();
    let child = fork();
    for round in 0..3 {
        let mine = round * 2 + u32::from(child == 0);
        // SAFETY: a page that both share; one writes, the other waits for it.
        unsafe {
            while turn.read_volatile() != mine {}
            turn.write_volatile(mine + 1);
        }
    }
    if child == 0 {
        exit_group(0);
    }
    let mut status = 0;
    wait4(child, &mut status, 0);
    // SAFETY: as before; the other one has ended.
    say!("the turn is {}, status {status}", unsafe { turn.read_volatile() });
}

/// Sleepers wake by their time, not by their order.
pub fn sleep() {
    for (name, ms) in [("long", 300), ("short", 100), ("middle", 200)] {
        if fork() == 0 {
            nanosleep(&[0, ms * 1_000_000], 0);
            say!("{name}");
            exit_group(0);
        }
    }
    let mut status = 0;
    while wait4(-1, &mut status, 0) > 0 {}
    let idle = fork();
    if idle == 0 {
        rest();
    }
    kill(idle, 15);
    wait4(idle, &mut status, 0);
    say!("who pauses for ever ends by signal {}", status & 0x7f);
}
