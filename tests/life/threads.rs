//! Threads, and exec among them.

use super::*;

/// The leader exits first: it is Z, wait4 sleeps until the last thread is gone; the last code counts (asked).
#[test]
fn a_dead_leader_stays_until_the_last_thread() {
    let mut w = family();
    let child = w.fork(2);
    let thread = w.thread(child);
    assert_eq!(w.call(child, Call::Exit { status: 1 }), Outcome::Gone);
    assert_eq!(w.letter(child), 'Z');
    w.blocks(2, wait4(-1, NONE));
    assert_eq!(w.call(thread, Call::Exit { status: 2 }), Outcome::Gone);
    assert_eq!(w.letter(thread), '-');
    assert_eq!(w.resume(2), Outcome::Done(i64::from(child)));
    assert_eq!(w.status(2), exited(2));
}

/// exit_group by one ends all, with its code; a second one does not change it.
#[test]
fn exit_group_ends_all_threads() {
    let mut w = family();
    let child = w.fork(2);
    let (a, b) = (w.thread(child), w.thread(child));
    w.blocks(b, Call::Pause);
    w.exit(a, 6);
    assert_eq!(w.letter(b), 'R', "woken to die");
    assert_eq!(w.call(child, exit_group(9)), Outcome::Gone);
    assert_eq!(w.resume(b), Outcome::Gone);
    w.ok(2, wait4(-1, NONE));
    assert_eq!(w.status(2), exited(6));
}

/// A thread of a process draws its number from the same sequence; getpid is the leader's.
#[test]
fn numbers_of_threads() {
    let mut w = family();
    let thread = w.thread(2);
    assert_eq!(w.ok(thread, Call::Getpid), 2);
    assert_eq!(w.ok(thread, Call::Gettid), i64::from(thread));
    assert_eq!(w.fork(2), thread + 1);
    assert_eq!(w.k.view().for_each_thread(w.task(2)).count(), 2);
}

/// A forked child of a threaded process has one thread.
#[test]
fn fork_copies_one_thread() {
    let mut w = family();
    let thread = w.thread(2);
    let child = w.fork(thread);
    assert_eq!(w.k.view().for_each_thread(w.task(child)).count(), 1);
    assert_eq!(w.ppid(child), 2);
}

/// exec by a thread that is not the leader: it takes the leader's number, the others are gone, its own number is
/// free; the parent sees nothing.
#[test]
fn exec_by_a_thread_takes_the_leaders_number() {
    let mut w = family();
    let child = w.fork(2);
    let later = w.fork(2);
    let (a, b) = (w.thread(child), w.thread(child));
    let task = w.task(a);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Blocked);
    assert_eq!(w.state(a), State::Sleeping(Sleep::Killable));
    for pid in [child, b] {
        assert_eq!(w.resume(pid), Outcome::Gone);
    }
    assert_eq!(w.resume(a), Outcome::Resumed);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    w.audit();
    assert_eq!(
        (w.task(child), w.k.find(Pid(a)), w.k.find(Pid(b))),
        (task, None, None)
    );
    assert_eq!(w.children(2), [child, later], "in the leader's place");
    w.exit(child, 3);
    assert_eq!(
        w.ok(2, wait4(i32::try_from(child).unwrap(), NONE)),
        i64::from(child)
    );
    assert_eq!(w.status(2), exited(3));
}

/// A kill that comes while exec waits for the other threads is not forgotten.
#[test]
fn a_kill_during_exec() {
    let mut w = family();
    let thread = w.thread(2);
    let task = w.task(2);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Blocked);
    w.ok(1, kill(2, 9));
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Gone);
    assert_eq!(w.resume(thread), Outcome::Gone);
    assert_eq!(w.ok(1, wait4(2, NONE)), 2);
    assert_eq!(w.status(1), killed(Signal::SIGKILL));
}

/// A program that cannot be run is refused before the other threads are told to die.
#[test]
fn a_bad_program_harms_nobody() {
    let mut w = family();
    let thread = w.thread(2);
    let task = w.task(2);
    let bad = kernel_model::verbs::exec::Program { brk: 0, ..program(1) };
    assert_eq!(w.k.exec(task, &bad, &mut w.m), support::fail(Errno::ENOEXEC));
    assert_eq!(w.resume(thread), Outcome::Resumed);
}

/// A fatal signal to one thread ends all; a directed stop stops all, with one report.
#[test]
fn signals_of_one_thread_are_for_all() {
    let mut w = family();
    let thread = w.thread(2);
    w.ok(
        1,
        Call::Tkill {
            tid: i32::try_from(thread).unwrap(),
            signal: SIGSTOP,
        },
    );
    assert_eq!(w.resume(thread), Outcome::Blocked);
    assert_eq!(
        w.ok(1, wait4(2, WaitOptions::WUNTRACED | WaitOptions::WNOHANG)),
        0,
        "one still runs"
    );
    assert_eq!(w.resume(2), Outcome::Blocked);
    assert_eq!(w.ok(1, wait4(2, WaitOptions::WUNTRACED)), 2);
    w.ok(
        1,
        Call::Tgkill {
            tgid: 2,
            tid: i32::try_from(thread).unwrap(),
            signal: SIGTERM,
        },
    );
    w.ok(1, kill(2, SIGCONT));
    assert_eq!(w.resume(thread), Outcome::Gone);
    assert_eq!(w.resume(2), Outcome::Gone);
    assert_eq!(w.ok(1, wait4(2, NONE)), 2);
    assert_eq!(w.status(1), killed(Signal::SIGTERM));
}

/// The last thread that ran may end instead of stopping: the others' stop is then complete.
#[test]
fn a_thread_that_exits_completes_a_stop() {
    let mut w = family();
    let thread = w.thread(2);
    w.ok(1, kill(2, SIGSTOP));
    assert_eq!(w.resume(2), Outcome::Blocked);
    assert_eq!(w.call(thread, Call::Exit { status: 0 }), Outcome::Gone);
    assert_eq!(w.ok(1, wait4(2, WaitOptions::WUNTRACED)), 2);
}

/// Ignored by the process, blocked by its main thread, not by another: the signal harms nobody (asked).
#[test]
fn an_ignored_signal_that_one_thread_blocks_does_not_kill() {
    let mut w = family();
    w.sigaction(2, SIGTERM, SIG_IGN, 0);
    let thread = w.thread(2);
    w.mask(2, 1 << 14);
    w.ok(1, kill(2, SIGTERM));
    assert_eq!(w.resume(thread), Outcome::Resumed);
    assert_eq!((w.letter(2), w.letter(thread)), ('R', 'R'));
}

/// What one thread blocks before it took it, another takes.
#[test]
fn a_blocked_signal_goes_to_another_thread() {
    let mut w = family();
    let thread = w.thread(2);
    w.blocks(thread, Call::Pause);
    w.limit(2, Resource::Core, 0, 0);
    w.ok(1, kill(2, 3));
    assert_eq!(w.letter(thread), 'S', "the main thread is to take it");
    let task = w.task(2);
    w.poke(2, BSS + 256, &u64::MAX.to_le_bytes());
    let call = Call::RtSigprocmask {
        how: 2,
        set: UserPtr(BSS + 256),
        oldset: UserPtr(0),
        size: 8,
    };
    assert_eq!(w.k.syscall(task, call, &mut w.m), Outcome::Done(0));
    w.audit();
    assert_eq!(w.letter(thread), 'R');
    assert_eq!(w.resume(thread), Outcome::Gone);
}

/// CLONE_CHILD_CLEARTID clears the word in memory that others see; the SETTIDs store.
#[test]
fn tid_words() {
    let mut w = family();
    let flags = CloneFlags::CLONE_VM
        | CloneFlags::CLONE_PARENT_SETTID
        | CloneFlags::CLONE_CHILD_SETTID
        | CloneFlags::CLONE_CHILD_CLEARTID
        | CloneFlags::CLONE_SETTLS;
    let call = Call::Clone(CloneArgs {
        flags,
        exit_signal: 17,
        stack: 0x1000,
        parent_tid: UserPtr(BSS),
        child_tid: UserPtr(BSS + 8),
        tls: 99,
        ..CloneArgs::default()
    });
    let child = u32::try_from(w.ok(2, call)).unwrap();
    let regs = *w.k.thread(w.task(child)).unwrap();
    assert_eq!((regs.value, regs.sp, regs.tls), (0, 0x1000, 99));
    let tid = u8::try_from(child).unwrap();
    assert_eq!((w.read(2, BSS), w.read(2, BSS + 8)), (tid, tid));
    w.exit(child, 0);
    assert_eq!((w.read(2, BSS), w.read(2, BSS + 8)), (tid, 0));
}

/// Flags that need others: EINVAL.
#[test]
fn flags_that_need_others() {
    let mut w = family();
    for flags in [
        CloneFlags::CLONE_SIGHAND,
        CloneFlags::CLONE_THREAD,
        CloneFlags::CLONE_THREAD | CloneFlags::CLONE_VM,
        CloneFlags::CLONE_THREAD | CloneFlags::CLONE_SIGHAND,
    ] {
        w.fails(2, clone_call(flags, 17), Errno::EINVAL);
    }
    w.ok(
        2,
        clone_call(CloneFlags::CLONE_SIGHAND | CloneFlags::CLONE_VM, 17),
    );
    w.blocks(2, clone_call(THREAD | CloneFlags::CLONE_VFORK, 0));
}

/// CLONE_FILES and CLONE_FS share; fork copies.
#[test]
fn tables_are_shared_or_copied() {
    let mut w = family();
    let shares =
        u32::try_from(w.ok(2, clone_call(CloneFlags::CLONE_FILES | CloneFlags::CLONE_FS, 17))).unwrap();
    let copies = w.fork(2);
    w.ok(2, Call::Close { fd: 0 });
    w.ok(2, Call::Umask { mask: 0o77 });
    w.fails(shares, Call::Dup { fd: 0 }, Errno::EBADF);
    w.ok(copies, Call::Dup { fd: 0 });
    assert_eq!(w.ok(shares, Call::Umask { mask: 0 }), 0o77);
    assert_eq!(w.ok(copies, Call::Umask { mask: 0 }), 0o22);
}

/// What a child has of its parent and what not: pending signals go, the mask and the ignored ones stay.
#[test]
fn what_fork_inherits() {
    let mut w = family();
    w.sigaction(2, 10, SIG_IGN, 0);
    w.mask(2, 1 << 11);
    w.ok(1, kill(2, 12));
    w.ok(1, Call::Tkill { tid: 2, signal: 12 });
    let child = w.fork(2);
    let view = w.k.view();
    let (p, c) = (&view.tasks[w.task(2)], &view.tasks[w.task(child)]);
    assert_eq!(p.blocked, c.blocked);
    assert!(c.pending.is_empty() && view.signal(w.task(child)).shared_pending.is_empty());
    assert!(view.sighands[c.sighand.unwrap()].ignored().has(Signal::SIGUSR1));
    assert!(c.flags.contains(TaskFlags::PF_FORKNOEXEC));
    assert_eq!((c.comm, c.cred, c.utime, c.min_flt), (p.comm, p.cred, 0, 0));
}

fn pidfd_open(pid: u32, flags: u32) -> Call {
    Call::PidfdOpen {
        pid: i32::try_from(pid).unwrap(),
        flags,
    }
}

/// poll of one descriptor for POLLIN, for ever or not at all, by a `struct pollfd` at the start of .bss.
fn poll(w: &mut Roomy, pid: u32, fd: i64, timeout: i32) -> Outcome {
    let bytes = (fd & 0xffff_ffff | 1 << 32).to_le_bytes();
    for (at, byte) in (BSS..).zip(bytes) {
        w.write(pid, at, byte);
    }
    let fds = UserPtr(BSS);
    w.call(
        pid,
        Call::Poll {
            fds,
            nfds: 1,
            timeout,
        },
    )
}

/// A descriptor of a task tells when its process has ended, and that it is gone; PIDFD_THREAD is for one that does not
/// lead (asked).
#[test]
fn descriptors_of_tasks() {
    let mut w = family();
    let child = w.fork(2);
    let thread = w.thread(child);
    w.fails(2, pidfd_open(child, 1), Errno::EINVAL);
    w.fails(2, pidfd_open(0, 0), Errno::EINVAL);
    w.fails(2, pidfd_open(999, 0), Errno::ESRCH);
    w.fails(2, pidfd_open(thread, 0), Errno::ENOENT);
    let fd = w.ok(2, pidfd_open(child, 0));
    let of_leader = w.ok(2, pidfd_open(child, 0x80));
    assert_eq!(poll(&mut w, 2, fd, 0), Outcome::Done(0));
    assert_eq!(w.call(child, Call::Exit { status: 1 }), Outcome::Gone);
    // PIDFD_THREAD does not make the leader's end one that is told before its threads'.
    assert_eq!(poll(&mut w, 2, of_leader, 0), Outcome::Done(0));
    assert_eq!(poll(&mut w, 2, fd, -1), Outcome::Blocked);
    assert_eq!(w.call(thread, Call::Exit { status: 2 }), Outcome::Gone);
    assert_eq!(w.resume(2), Outcome::Done(1));
    assert_eq!(w.read(2, BSS + 6), 1, "POLLIN");
    let waitid = Call::Waitid {
        idtype: 3,
        id: i32::try_from(fd).unwrap(),
        infop: UserPtr(BSS),
        options: 4,
        rusage: UserPtr(0),
    };
    w.ok(2, waitid);
    w.fails(2, waitid, Errno::ECHILD);
    assert_eq!(poll(&mut w, 2, fd, -1), Outcome::Done(1));
    assert_eq!(w.read(2, BSS + 6), 0x11, "POLLIN, POLLHUP");
}

/// A child with the number that was asked for; one that is in use, and one that is none, are refused.
#[test]
fn a_child_with_a_number_of_its_own() {
    let mut w = family();
    let ask = |nr| {
        Call::Clone(CloneArgs {
            exit_signal: 17,
            set_tid: Some(Pid(nr)),
            ..CloneArgs::default()
        })
    };
    assert_eq!(w.ok(2, ask(77)), 77);
    w.fails(2, ask(77), Errno::EEXIST);
    w.fails(2, ask(0), Errno::EINVAL);
    assert_eq!(w.fork(2), 3, "the sequence goes on where it was");
}
