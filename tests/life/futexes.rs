//! futex: sleeping on a word, and waking.

use super::support::fail;
use super::*;

const FUTEX_WAIT: u32 = 0;
const FUTEX_WAKE: u32 = 1;
const FUTEX_REQUEUE: u32 = 3;
const FUTEX_CMP_REQUEUE: u32 = 4;
const FUTEX_WAKE_OP: u32 = 5;
const FUTEX_WAIT_BITSET: u32 = 9;
const FUTEX_WAKE_BITSET: u32 = 10;
const PRIVATE: u32 = 128;
const REALTIME: u32 = 256;
/// Where the words lie.
const WORD: u64 = DATA;
const OTHER: u64 = DATA + 64;
/// A `struct timespec`.
const TIME: u64 = BSS + 512;

fn futex(uaddr: u64, futex_op: u32, val: u32) -> Call {
    full(uaddr, futex_op, val, 0, 0, 0)
}

fn full(uaddr: u64, futex_op: u32, val: u32, timeout: u64, uaddr2: u64, val3: u32) -> Call {
    Call::Futex {
        uaddr: UserPtr(uaddr),
        futex_op,
        val,
        timeout,
        uaddr2: UserPtr(uaddr2),
        val3,
    }
}

/// Init, process 2, and threads of it; the words are 0.
fn threads(count: usize) -> (Roomy, Vec<u32>) {
    let mut w = family();
    let threads = (0..count).map(|_| w.thread(2)).collect();
    for word in [WORD, OTHER, TIME] {
        set(&mut w, word, 0);
        set(&mut w, word + 4, 0);
        set(&mut w, word + 8, 0);
        set(&mut w, word + 12, 0);
    }
    (w, threads)
}

fn set(w: &mut Roomy, addr: u64, value: u32) {
    for (at, byte) in (0..).zip(value.to_le_bytes()) {
        w.write(2, addr + at, byte);
    }
}

fn word(w: &mut Roomy, addr: u64) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|at| w.read(2, addr + at as u64)))
}

/// The longest waiting is woken first; the count is how many were, and 0 or less wakes one (asked).
#[test]
fn wakes_in_the_order_of_waiting() {
    let (mut w, t) = threads(4);
    for thread in &t {
        w.blocks(*thread, futex(WORD, FUTEX_WAIT | PRIVATE, 0));
    }
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE | PRIVATE, 2)), 2);
    assert_eq!(w.resume(t[0]), Outcome::Done(0));
    assert_eq!(w.resume(t[1]), Outcome::Done(0));
    assert_eq!(w.letter(t[2]), 'S');
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE | PRIVATE, 0)), 1);
    assert_eq!(w.resume(t[2]), Outcome::Done(0));
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE | PRIVATE, u32::MAX)), 1);
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE | PRIVATE, 1)), 0);
}

/// The errnos of the running kernel, in its order (asked).
#[test]
fn errors() {
    let (mut w, _) = threads(0);
    w.fails(2, futex(WORD, FUTEX_WAIT, 1), Errno::EAGAIN);
    w.fails(2, futex(WORD + 1, FUTEX_WAIT, 1), Errno::EINVAL);
    w.fails(2, futex(WORD + 1, FUTEX_WAKE, 1), Errno::EINVAL);
    w.fails(2, futex(16, FUTEX_WAKE, 1), Errno::EFAULT);
    assert_eq!(
        w.ok(2, futex(16, FUTEX_WAKE | PRIVATE, 1)),
        0,
        "nobody looks at it"
    );
    w.fails(2, futex(16, FUTEX_WAIT | PRIVATE, 1), Errno::EFAULT);
    w.fails(2, futex(1 << 63, FUTEX_WAKE | PRIVATE, 1), Errno::EFAULT);
    w.fails(2, futex(WORD, FUTEX_WAKE | REALTIME, 1), Errno::ENOSYS);
    w.fails(2, full(WORD, FUTEX_WAIT | REALTIME, 0, TIME, 0, 0), Errno::ENOSYS);
    w.fails(2, full(WORD, FUTEX_WAIT | REALTIME, 0, 16, 0, 0), Errno::EFAULT);
    w.fails(2, full(WORD, FUTEX_WAIT_BITSET, 0, 0, 0, 0), Errno::EINVAL);
    w.fails(2, full(WORD, FUTEX_WAKE_BITSET, 1, 0, 0, 0), Errno::EINVAL);
    w.fails(2, full(WORD, FUTEX_REQUEUE, u32::MAX, 1, OTHER, 0), Errno::EINVAL);
    w.fails(
        2,
        full(WORD, FUTEX_REQUEUE, 1, 0xffff_ffff, OTHER, 0),
        Errno::EINVAL,
    );
    w.fails(2, full(WORD, FUTEX_REQUEUE, 1, 1, 16, 0), Errno::EFAULT);
    w.fails(2, full(WORD, FUTEX_CMP_REQUEUE, 1, 1, OTHER, 1), Errno::EAGAIN);
    for op in [2, 14, 99, u32::MAX, FUTEX_WAKE | 512] {
        w.fails(2, futex(WORD, op, 1), Errno::ENOSYS);
    }
    set(&mut w, TIME + 8, 2_000_000_000);
    w.fails(2, full(WORD, FUTEX_WAIT, 0, TIME, 0, 0), Errno::EINVAL);
}

/// FUTEX_WAIT counts from now, FUTEX_WAIT_BITSET names the moment; the word is looked at first.
#[test]
fn time_limits() {
    let (mut w, t) = threads(2);
    w.fails(2, full(WORD, FUTEX_WAIT, 1, TIME, 0, 0), Errno::EAGAIN);
    w.fails(2, full(WORD, FUTEX_WAIT, 0, TIME, 0, 0), Errno::ETIMEDOUT);
    w.k.advance(500, &mut w.m);
    set(&mut w, TIME + 8, 700);
    w.blocks(t[0], full(WORD, FUTEX_WAIT, 0, TIME, 0, 0));
    w.blocks(t[1], full(WORD, FUTEX_WAIT_BITSET, 0, TIME, 0, 1));
    assert_eq!(w.k.next_timer(), Some(700));
    w.k.advance(700, &mut w.m);
    assert_eq!(w.letter(t[0]), 'S');
    assert_eq!(w.resume(t[1]), fail(Errno::ETIMEDOUT));
    w.k.advance(1200, &mut w.m);
    assert_eq!(w.resume(t[0]), fail(Errno::ETIMEDOUT));
}

/// Who was woken stays woken, whatever comes before it runs; who was not starts anew and finds the word changed.
#[test]
fn a_stop_between_wake_and_return() {
    let (mut w, t) = threads(1);
    let (thread, leader) = (t[0], 2);
    w.blocks(thread, futex(WORD, FUTEX_WAIT, 0));
    assert_eq!(w.ok(leader, futex(WORD, FUTEX_WAKE, 1)), 1);
    w.ok(1, kill(2, 19));
    w.ok(1, kill(2, 18));
    assert_eq!(w.resume(thread), Outcome::Done(0));
    w.blocks(thread, futex(WORD, FUTEX_WAIT, 0));
    w.ok(1, kill(2, 19));
    assert_eq!(w.resume(thread), Outcome::Blocked);
    assert_eq!(w.resume(leader), Outcome::Blocked);
    assert_eq!((w.letter(thread), w.letter(leader)), ('T', 'T'));
    w.ok(1, kill(2, 18));
    set(&mut w, WORD, 1);
    assert_eq!(w.resume(thread), fail(Errno::EAGAIN));
}

/// A waiter that a signal has woken is still found until it has looked around.
#[test]
fn a_wake_overtakes_a_signal() {
    let (mut w, t) = threads(1);
    w.blocks(t[0], futex(WORD, FUTEX_WAIT, 0));
    let tid = i32::try_from(t[0]).unwrap();
    w.ok(1, Call::Tkill { tid, signal: SIGSTOP });
    assert_eq!(w.letter(t[0]), 'R');
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE, 1)), 1);
    w.ok(1, kill(2, 18));
    assert_eq!(w.resume(t[0]), Outcome::Done(0));
}

/// Those that are not woken wait on the other word from then on, behind those that wait there.
#[test]
fn requeue() {
    let (mut w, t) = threads(4);
    w.blocks(t[3], futex(OTHER, FUTEX_WAIT, 0));
    for thread in &t[..3] {
        w.blocks(*thread, futex(WORD, FUTEX_WAIT, 0));
    }
    assert_eq!(w.ok(2, full(WORD, FUTEX_CMP_REQUEUE, 1, 1, OTHER, 0)), 2);
    assert_eq!(w.resume(t[0]), Outcome::Done(0));
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE, 9)), 1);
    assert_eq!(w.resume(t[2]), Outcome::Done(0));
    assert_eq!(w.ok(2, futex(OTHER, FUTEX_WAKE, 1)), 1);
    assert_eq!(w.resume(t[3]), Outcome::Done(0));
    assert_eq!(w.ok(2, futex(OTHER, FUTEX_WAKE, 1)), 1);
    assert_eq!(w.resume(t[1]), Outcome::Done(0));
}

/// A wake reaches those that share a bit with it.
#[test]
fn bitsets() {
    let (mut w, t) = threads(2);
    w.blocks(t[0], full(WORD, FUTEX_WAIT_BITSET, 0, 0, 0, 1));
    w.blocks(t[1], full(WORD, FUTEX_WAIT_BITSET, 0, 0, 0, 6));
    assert_eq!(w.ok(2, full(WORD, FUTEX_WAKE_BITSET, 9, 0, 0, 2)), 1);
    assert_eq!(w.resume(t[1]), Outcome::Done(0));
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE, 9)), 1);
}

/// FUTEX_WAKE_OP: add 3 to the second word, and wake there if it was less than 1.
#[test]
fn wake_op() {
    let (mut w, t) = threads(2);
    w.blocks(t[0], futex(WORD, FUTEX_WAIT, 0));
    w.blocks(t[1], futex(OTHER, FUTEX_WAIT, 0));
    let add_3_less_1 = 1 << 28 | 2 << 24 | 3 << 12 | 1;
    assert_eq!(w.ok(2, full(WORD, FUTEX_WAKE_OP, 1, 1, OTHER, add_3_less_1)), 2);
    assert_eq!(word(&mut w, OTHER), 3);
    assert_eq!(w.ok(2, full(WORD, FUTEX_WAKE_OP, 1, 1, OTHER, 1 << 31 | 4)), 0);
    assert_eq!(word(&mut w, OTHER), 1, "1 << 0");
    w.fails(2, full(WORD, FUTEX_WAKE_OP, 1, 1, OTHER, 5 << 28), Errno::ENOSYS);
}

/// A word of shared memory is the same for all processes, unless the call says that it is private; private memory is
/// the same for nobody else.
#[test]
fn shared_memory_is_one_word() {
    let (mut w, _) = threads(0);
    w.ok(2, mmap(ARENA, 1, RW, MapFlags::MAP_SHARED));
    let child = w.fork(2);
    w.blocks(child, futex(ARENA, FUTEX_WAIT, 0));
    assert_eq!(w.ok(2, futex(ARENA, FUTEX_WAKE | PRIVATE, 1)), 0);
    assert_eq!(w.ok(2, futex(ARENA + 4, FUTEX_WAKE, 1)), 0);
    assert_eq!(w.ok(2, futex(ARENA, FUTEX_WAKE, 1)), 1);
    assert_eq!(w.resume(child), Outcome::Done(0));
    w.blocks(child, futex(WORD, FUTEX_WAIT, 0));
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE, 1)), 0);
    let thread = w.thread(2);
    w.blocks(thread, futex(WORD, FUTEX_WAIT | PRIVATE, 0));
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE, 1)), 0, "kept apart");
    assert_eq!(w.ok(2, futex(WORD, FUTEX_WAKE | PRIVATE, 1)), 1);
}

/// CLONE_CHILD_CLEARTID: the end of a thread is a wake of one waiter.
#[test]
fn the_end_of_a_thread_wakes() {
    let (mut w, t) = threads(1);
    w.ok(
        t[0],
        Call::SetTidAddress {
            tidptr: UserPtr(WORD),
        },
    );
    set(&mut w, WORD, t[0]);
    w.blocks(2, futex(WORD, FUTEX_WAIT, t[0]));
    assert_eq!(w.call(t[0], Call::Exit { status: 0 }), Outcome::Gone);
    assert_eq!(w.resume(2), Outcome::Done(0));
    assert_eq!(word(&mut w, WORD), 0);
}

/// A lock in the robust list of a task that ends is marked, and one waiter of it is woken; one that another holds is
/// left alone.
#[test]
fn robust_lists() {
    let (mut w, t) = threads(2);
    let (holder, waiter) = (t[0], t[1]);
    // The head, two entries, each with its lock 16 bytes behind it.
    let (head, first, second) = (BSS + 1024, BSS + 2048, BSS + 3072);
    let put = |w: &mut Roomy, at: u64, value: u64| {
        for (at, byte) in (at..).zip(value.to_le_bytes()) {
            w.write(2, at, byte);
        }
    };
    put(&mut w, head, first);
    put(&mut w, head + 8, 16);
    put(&mut w, head + 16, 0);
    put(&mut w, first, second);
    put(&mut w, second, head);
    set(&mut w, first + 16, holder | 0x8000_0000);
    set(&mut w, second + 16, waiter);
    w.fails(holder, robust(head, 23), Errno::EINVAL);
    w.ok(holder, robust(head, 24));
    let ask = Call::GetRobustList {
        pid: i32::try_from(holder).unwrap(),
        head_ptr: UserPtr(OTHER),
        len_ptr: UserPtr(OTHER + 8),
    };
    w.ok(2, ask);
    assert_eq!(
        (u64::from(word(&mut w, OTHER)), word(&mut w, OTHER + 8)),
        (head, 24)
    );
    w.blocks(waiter, futex(first + 16, FUTEX_WAIT, holder | 0x8000_0000));
    assert_eq!(w.call(holder, Call::Exit { status: 0 }), Outcome::Gone);
    assert_eq!(w.resume(waiter), Outcome::Done(0));
    assert_eq!(
        word(&mut w, first + 16),
        0xc000_0000,
        "FUTEX_WAITERS, FUTEX_OWNER_DIED"
    );
    assert_eq!(word(&mut w, second + 16), waiter);
}

/// A robust list that leads round in a circle, or nowhere, ends.
#[test]
fn bad_robust_lists() {
    let (mut w, t) = threads(2);
    for (at, byte) in (BSS + 1024..).zip((BSS + 2048).to_le_bytes()) {
        w.write(2, at, byte);
    }
    for (at, byte) in (BSS + 2048..).zip((BSS + 2048).to_le_bytes()) {
        w.write(2, at, byte);
    }
    w.ok(t[0], robust(BSS + 1024, 24));
    w.ok(t[1], robust(16, 24));
    for thread in t {
        assert_eq!(w.call(thread, Call::Exit { status: 0 }), Outcome::Gone);
    }
}

fn robust(head: u64, len: u64) -> Call {
    Call::SetRobustList {
        head: UserPtr(head),
        len,
    }
}
