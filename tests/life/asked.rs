//! What random programs on the running kernel taught (`ktm diff`), each as directed as it can be.

use super::*;
use kernel_model::abi::signal::SigSet;
use kernel_model::syscall::decode::decode as raw;
use support::fail;

const RW: u64 = 3;
const SHARED: u64 = 0x31;
const PRIVATE: u64 = 0x32;

/// mmap of so many pages of the arena, with these flags.
fn map(w: &mut Roomy, pid: u32, pages: u64, prot: u64, flags: u64) {
    let call = raw(9, [ARENA, pages * PAGE, prot, flags, u64::MAX, 0]).unwrap();
    w.ok(pid, call);
}

/// `vma_needs_copy()`: of a range in which nothing was ever written fork copies no entry; once one page was written it
/// copies all, those of the zero page too.
#[test]
fn fork_leaves_zero_pages_where_nothing_was_written() {
    let mut w = family();
    map(&mut w, 2, 2, RW, PRIVATE);
    w.read(2, ARENA);
    let child = w.fork(2);
    assert_eq!(w.frame_of(child, ARENA), None);
    w.write(2, ARENA + PAGE, 1);
    let child = w.fork(2);
    assert_eq!(w.frame_of(child, ARENA), Some(FrameNo::ZERO_PAGE));
}

/// Ranges with different advice are different ranges: what was written in the one says nothing of the other.
#[test]
fn advice_keeps_ranges_apart() {
    let mut w = family();
    map(&mut w, 2, 2, RW, PRIVATE);
    w.ok(2, raw(28, [ARENA, PAGE, 1, 0, 0, 0]).unwrap());
    w.write(2, ARENA, 1);
    w.read(2, ARENA + PAGE);
    let child = w.fork(2);
    assert_eq!(w.frame_of(child, ARENA + PAGE), None);
}

/// `do_fault_around()`: a read of a shared mapping brings in the neighbours that have a frame; a write does not.
#[test]
fn a_read_of_shared_memory_brings_in_its_neighbours() {
    let mut w = family();
    map(&mut w, 2, 3, RW, SHARED);
    w.write(2, ARENA, 1);
    w.write(2, ARENA + PAGE, 1);
    let (reader, writer) = (w.fork(2), w.fork(2));
    w.read(reader, ARENA);
    assert_eq!(w.frame_of(reader, ARENA + PAGE), w.frame_of(2, ARENA + PAGE));
    assert_eq!(w.frame_of(reader, ARENA + 2 * PAGE), None);
    w.write(writer, ARENA, 1);
    assert_eq!(w.frame_of(writer, ARENA + PAGE), None);
}

/// A shared range that was cut and made the same again is one again, and its neighbours come in with it.
#[test]
fn shared_ranges_are_joined_again() {
    let mut w = family();
    map(&mut w, 2, 2, RW, SHARED);
    let before = w.k.used();
    for prot in [1, RW] {
        w.ok(2, raw(10, [ARENA, PAGE, prot, 0, 0, 0]).unwrap());
    }
    assert_eq!(w.k.used(), before);
}

/// A file that cannot be mapped: the descriptor's mode is asked first, then whether it may be executed.
#[test]
fn a_pipe_cannot_be_mapped_for_several_reasons() {
    let mut w = family();
    let (read, write) = w.pipe(2, kernel_model::abi::flags::OpenFlags::empty());
    let mut fails = |fd: i32, prot: u64, flags: MapFlags, errno| {
        let flags = u64::from((flags | MapFlags::MAP_FIXED).bits());
        let call = raw(9, [ARENA, PAGE, prot, flags, u64::from(fd.cast_unsigned()), 0]).unwrap();
        w.fails(2, call, errno);
    };
    fails(write, 3, MapFlags::MAP_PRIVATE, Errno::EACCES);
    fails(read, 3, MapFlags::MAP_SHARED, Errno::EACCES);
    fails(read, 5, MapFlags::MAP_PRIVATE, Errno::EPERM);
    fails(read, 3, MapFlags::MAP_PRIVATE, Errno::ENODEV);
    fails(read, 3, MapFlags::empty(), Errno::EINVAL);
    fails(77, 3, MapFlags::MAP_PRIVATE, Errno::EBADF);
}

/// mprotect looks at the range before it looks at the protection.
#[test]
fn mprotect_of_nothing_allows_anything() {
    let mut w = family();
    w.ok(2, raw(10, [ARENA, 0, 0x10, 0, 0, 0]).unwrap());
    assert_eq!(raw(10, [ARENA, PAGE, 0x10, 0, 0, 0]), Err(Errno::EINVAL));
    assert_eq!(raw(10, [ARENA + 1, 0, 0x10, 0, 0, 0]), Err(Errno::EINVAL));
    assert_eq!(raw(10, [ARENA, u64::MAX, 0x10, 0, 0, 0]), Err(Errno::ENOMEM));
}

/// A count that is no `ssize_t` is a buffer that ends beyond user space: EFAULT before EINVAL.
#[test]
fn a_negative_count_is_a_bad_address() {
    let mut w = family();
    let (read, write) = w.pipe(2, kernel_model::abi::flags::OpenFlags::empty());
    for (nr, fd) in [(0, read), (1, write)] {
        let call = raw(nr, [u64::from(fd.cast_unsigned()), BSS, u64::MAX, 0, 0, 0]).unwrap();
        w.fails(2, call, Errno::EFAULT);
    }
}

fn tgkill(tgid: u32, tid: u32, signal: i32) -> Call {
    Call::Tgkill {
        tgid: i32::try_from(tgid).unwrap(),
        tid: i32::try_from(tid).unwrap(),
        signal,
    }
}

/// What was sent to one thread pends no more when it ends, and nothing pends for it any more. A fatal signal leaves
/// SIGKILL with a leader that has ended before its threads.
#[test]
fn a_thread_that_has_ended_takes_nothing() {
    let mut w = family();
    let pending = |w: &Roomy, pid| w.k.view().tasks[w.task(pid)].pending;
    let child = w.fork(2);
    w.ok(2, tgkill(child, child, SIGTERM));
    assert_eq!(w.resume(child), Outcome::Gone);
    assert_eq!(pending(&w, child), SigSet::EMPTY);

    let leader = w.fork(2);
    w.mask(leader, u64::MAX);
    w.thread(leader);
    w.ok(2, tgkill(leader, leader, SIGTERM));
    assert_eq!(pending(&w, leader), SigSet::of(Signal::SIGTERM));
    assert_eq!(w.call(leader, Call::Exit { status: 0 }), Outcome::Gone);
    w.ok(2, tgkill(leader, leader, SIGTERM));
    assert_eq!(pending(&w, leader), SigSet::EMPTY);
    w.ok(2, kill(i32::try_from(leader).unwrap(), 9));
    assert_eq!(pending(&w, leader), SigSet::of(Signal::SIGKILL));
}

/// SIGCONT to a leader that has ended continues none of its threads; SIGCONT to its process does.
#[test]
fn nobody_is_continued_by_one_that_has_ended() {
    let mut w = family();
    let leader = w.fork(2);
    let thread = w.thread(leader);
    assert_eq!(w.call(leader, Call::Exit { status: 0 }), Outcome::Gone);
    let process = i32::try_from(leader).unwrap();
    w.ok(2, kill(process, SIGSTOP));
    assert_eq!(w.resume(thread), Outcome::Blocked);
    w.ok(2, tgkill(leader, leader, SIGCONT));
    assert_eq!(w.letter(thread), 'T');
    w.ok(2, kill(process, SIGCONT));
    assert_eq!(w.letter(thread), 'R');
}

/// A signal that one thread of init blocks and another does not is kept, and dropped by the one that takes it: nobody
/// is woken to die, as threads of other processes are.
#[test]
fn what_a_thread_of_init_blocks_kills_none_of_init() {
    let mut w = roomy();
    let thread = w.thread(1);
    w.mask(1, 1 << 9);
    w.ok(1, kill(1, 10));
    assert_eq!(w.resume(thread), Outcome::Resumed);
    assert_eq!((w.letter(1), w.letter(thread)), ('R', 'R'));
    let shared = w.k.view().signals[w.k.view().tasks[w.task(1)].signal].shared_pending;
    assert_eq!(shared, SigSet::EMPTY);
}

/// waitid stores its answer even where there is none: a signal that only interrupts it shows a bad address. The usage
/// is stored first.
#[test]
fn waitid_stores_before_it_knows() {
    let waitid = |rusage: u64, infop: u64| Call::Waitid {
        idtype: 0,
        id: 0,
        infop: UserPtr(infop),
        options: WaitOptions::WEXITED.bits(),
        rusage: UserPtr(rusage),
    };
    let mut w = family();
    let child = w.fork(2);
    w.blocks(2, waitid(0, 16));
    w.ok(1, kill(2, SIGSTOP));
    assert_eq!(w.resume(2), fail(Errno::EFAULT));
    w.ok(1, kill(2, 18));
    w.exit(child, 0);
    map(&mut w, 2, 1, RW, PRIVATE);
    w.fails(2, waitid(16, ARENA), Errno::EFAULT);
    assert_eq!(w.frame_of(2, ARENA), None, "nothing was stored");
}

/// The wake of the futex of CLONE_CHILD_CLEARTID looks its page up, and so brings it in where it can only be read.
#[test]
fn the_futex_of_a_thread_brings_its_page_in() {
    let mut w = family();
    let call = raw(56, [0x0021_0f00, 0, 0, ARENA, 0, 0]).unwrap();
    let thread = u32::try_from(w.ok(2, call)).unwrap();
    map(&mut w, 2, 1, 1, PRIVATE);
    assert_eq!(w.call(thread, Call::Exit { status: 0 }), Outcome::Gone);
    assert_eq!(w.frame_of(2, ARENA), Some(FrameNo::ZERO_PAGE));
}

/// `vma_had_uncowed_parents()`: a range whose pages came from a parent is not joined with one that was never written,
/// so the zero pages of that one are not copied on.
#[test]
fn what_came_from_a_parent_is_not_joined() {
    let mut w = family();
    map(&mut w, 2, 2, RW, PRIVATE);
    w.write(2, ARENA, 1);
    let child = w.fork(2);
    map(&mut w, child, 1, RW, PRIVATE);
    w.read(child, ARENA);
    let grandchild = w.fork(child);
    assert_eq!(w.frame_of(grandchild, ARENA), None);
}

/// Who was stopped in a call takes its signals before the call starts anew: killed then, it waits for nobody.
#[test]
fn who_is_killed_while_stopped_in_wait_reaps_nobody() {
    let mut w = family();
    let child = w.fork(2);
    w.blocks(2, wait4(-1, NONE));
    w.ok(1, kill(2, SIGSTOP));
    assert_eq!(w.resume(2), Outcome::Blocked);
    w.exit(child, 0);
    w.ok(1, kill(2, 9));
    assert_eq!(w.resume(2), Outcome::Gone);
    assert_eq!((w.letter(child), w.ppid(child)), ('Z', 1));
}

/// `parent_exec_id`: a parent that has exec'ed since gets SIGCHLD, whatever signal it asked for.
#[test]
fn a_parent_that_has_execed_gets_sigchld() {
    let mut w = family();
    let child = u32::try_from(w.ok(2, clone_call(CloneFlags::empty(), 10))).unwrap();
    let task = w.task(2);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    w.exit(child, 0);
    assert_eq!(w.resume(2), Outcome::Resumed);
    assert_eq!((w.letter(2), w.letter(child)), ('R', 'Z'));
}
