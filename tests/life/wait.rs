//! wait4 and waitid.

use super::*;

/// wait4(-1) takes children in the order of birth, not of death.
#[test]
fn children_are_taken_in_birth_order() {
    let mut w = family();
    let (a, b, c) = (w.fork(2), w.fork(2), w.fork(2));
    for pid in [c, a, b] {
        w.exit(pid, i32::try_from(pid).unwrap());
    }
    for pid in [a, b, c] {
        assert_eq!(w.ok(2, wait4(-1, NONE)), i64::from(pid));
        assert_eq!(w.status(2), exited(u8::try_from(pid).unwrap()));
    }
    w.fails(2, wait4(-1, NONE), Errno::ECHILD);
}

/// An older stopped child is taken before a younger zombie.
#[test]
fn an_older_stopped_child_comes_before_a_younger_zombie() {
    let mut w = family();
    let (a, b) = (w.fork(2), w.fork(2));
    w.exit(b, 0);
    w.ok(2, kill(i32::try_from(a).unwrap(), SIGSTOP));
    assert_eq!(w.resume(a), Outcome::Blocked);
    assert_eq!(w.ok(2, wait4(-1, WaitOptions::WUNTRACED)), i64::from(a));
    assert_eq!(w.ok(2, wait4(-1, WaitOptions::WUNTRACED)), i64::from(b));
}

/// Without a child with something to tell, wait4 sleeps in S; WNOHANG gives 0.
#[test]
fn wait_sleeps_until_a_child_ends() {
    let mut w = family();
    let child = w.fork(2);
    assert_eq!(w.ok(2, wait4(-1, WaitOptions::WNOHANG)), 0);
    w.blocks(2, wait4(-1, NONE));
    assert_eq!(w.state(2), State::Sleeping(Sleep::Interruptible));
    w.exit(child, 7);
    assert_eq!(w.letter(child), 'Z');
    assert_eq!(w.resume(2), Outcome::Done(i64::from(child)));
    assert_eq!((w.status(2), w.letter(child)), (exited(7), '-'));
}

/// waitpid of no child, or of another's: ECHILD. Unknown options: EINVAL. INT_MIN: ESRCH.
#[test]
fn errors_of_wait() {
    let mut w = family();
    let child = w.fork(2);
    let grandchild = w.fork(child);
    w.fails(2, wait4(i32::try_from(grandchild).unwrap(), NONE), Errno::ECHILD);
    w.fails(grandchild, wait4(-1, NONE), Errno::ECHILD);
    w.fails(2, wait4(-99, NONE), Errno::ECHILD);
    w.fails(2, wait4(i32::MIN, NONE), Errno::ESRCH);
    w.fails(2, wait4(-1, WaitOptions::WEXITED), Errno::EINVAL);
    let call = |idtype, id, options| Call::Waitid {
        idtype,
        id,
        infop: UserPtr(0),
        options,
        rusage: UserPtr(0),
    };
    w.fails(2, call(0, 0, 1), Errno::EINVAL);
    w.fails(2, call(1, 0, 4), Errno::EINVAL);
    w.fails(2, call(2, -1, 4), Errno::EINVAL);
    w.fails(2, call(9, 1, 4), Errno::EINVAL);
}

/// 0 is the caller's group, -pgid that group: others' zombies stay.
#[test]
fn wait_for_a_group() {
    let mut w = family();
    let (a, b) = (w.fork(2), w.fork(2));
    w.ok(a, Call::Setpgid { pid: 0, pgid: 0 });
    w.exit(a, 0);
    w.exit(b, 0);
    assert_eq!(w.ok(2, wait4(0, NONE)), i64::from(b));
    w.fails(2, wait4(0, NONE), Errno::ECHILD);
    assert_eq!(w.ok(2, wait4(-i32::try_from(a).unwrap(), NONE)), i64::from(a));
}

/// WNOWAIT can be repeated; then the status is taken; then ECHILD.
#[test]
fn wnowait_leaves_the_child() {
    let mut w = family();
    let child = w.fork(2);
    w.exit(child, 9);
    for options in [0x0100_0004, 0x0100_0004, 4] {
        let call = Call::Waitid {
            idtype: 1,
            id: i32::try_from(child).unwrap(),
            infop: UserPtr(BSS),
            options,
            rusage: UserPtr(0),
        };
        assert_eq!(w.ok(2, call), 0);
        // si_signo, si_code CLD_EXITED, si_pid, si_status.
        let word = |w: &mut Roomy, at| w.read(2, BSS + at);
        assert_eq!(
            [0, 8, 16, 24].map(|at| word(&mut w, at)),
            [17, 1, u8::try_from(child).unwrap(), 9]
        );
    }
    w.fails(2, wait4(-1, NONE), Errno::ECHILD);
}

/// A zombie with WSTOPPED alone is ECHILD.
#[test]
fn a_zombie_does_not_stop_any_more() {
    let mut w = family();
    let child = w.fork(2);
    w.exit(child, 0);
    let call = Call::Waitid {
        idtype: 0,
        id: 0,
        infop: UserPtr(0),
        options: 2,
        rusage: UserPtr(0),
    };
    w.fails(2, call, Errno::ECHILD);
}

/// waitid stores zeroes where it fails (asked).
#[test]
fn waitid_stores_zeroes_where_it_fails() {
    let mut w = family();
    w.poke(2, BSS, &[0xff; 28]);
    let call = Call::Waitid {
        idtype: 0,
        id: 0,
        infop: UserPtr(BSS),
        options: 4,
        rusage: UserPtr(0),
    };
    w.fails(2, call, Errno::ECHILD);
    assert_eq!((w.read(2, BSS), w.read(2, BSS + 16)), (0, 0));
}

/// A bad address costs the status: the child is reaped all the same.
#[test]
fn a_bad_address_costs_the_status() {
    let mut w = family();
    let child = w.fork(2);
    w.exit(child, 0);
    let call = Call::Wait4 {
        pid: -1,
        wstatus: UserPtr(8),
        options: 0,
        rusage: UserPtr(0),
    };
    w.fails(2, call, Errno::EFAULT);
    w.fails(2, wait4(-1, NONE), Errno::ECHILD);
}

/// An exit signal other than SIGCHLD makes a "clone" child: plain wait4 gives ECHILD, __WCLONE or __WALL take it;
/// a forked child with __WCLONE alone is ECHILD.
#[test]
fn clone_children_are_for_wclone() {
    let mut w = family();
    let child = u32::try_from(w.ok(2, clone_call(CloneFlags::empty(), 0))).unwrap();
    w.exit(child, 0);
    w.fails(2, wait4(-1, NONE), Errno::ECHILD);
    assert_eq!(w.ok(2, wait4(-1, WaitOptions::__WCLONE)), i64::from(child));
    let child = u32::try_from(w.ok(2, clone_call(CloneFlags::empty(), 10))).unwrap();
    w.sigaction(2, 10, SIG_IGN, 0);
    w.exit(child, 0);
    assert_eq!(w.ok(2, wait4(-1, WaitOptions::__WALL)), i64::from(child));
    let child = w.fork(2);
    w.exit(child, 0);
    w.fails(2, wait4(-1, WaitOptions::__WCLONE), Errno::ECHILD);
    assert_eq!(w.ok(2, wait4(-1, WaitOptions::__WALL)), i64::from(child));
}

/// The exit signal is what the parent gets; exec and adoption make it SIGCHLD.
#[test]
fn exec_and_adoption_reset_the_exit_signal() {
    let mut w = family();
    let a = u32::try_from(w.ok(2, clone_call(CloneFlags::empty(), 10))).unwrap();
    let task = w.task(a);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    w.exit(a, 0);
    assert_eq!(w.ok(2, wait4(-1, NONE)), i64::from(a));
    let b = u32::try_from(w.ok(2, clone_call(CloneFlags::empty(), 0))).unwrap();
    w.exit(2, 0);
    w.exit(b, 3);
    assert_eq!(w.ok(1, wait4(-1, NONE)), 2);
    assert_eq!(w.ok(1, wait4(-1, NONE)), i64::from(b));
}

/// A sibling thread's child can be waited for; not with __WNOTHREAD. A thread's own children come first.
#[test]
fn threads_wait_for_each_others_children() {
    let mut w = family();
    let a = w.fork(2);
    let thread = w.thread(2);
    let b = w.fork(thread);
    w.exit(a, 0);
    w.exit(b, 0);
    assert_eq!(w.ok(thread, wait4(-1, WaitOptions::WNOHANG)), i64::from(b));
    w.fails(thread, wait4(-1, WaitOptions::__WNOTHREAD), Errno::ECHILD);
    assert_eq!(w.ok(thread, wait4(-1, NONE)), i64::from(a));
}

/// Of two threads that wait for the same child, the one that slept last gets it.
#[test]
fn the_last_waiter_gets_the_child() {
    let mut w = family();
    let child = w.fork(2);
    let (a, b) = (w.thread(2), w.thread(2));
    w.blocks(a, wait4(-1, NONE));
    w.blocks(b, wait4(-1, NONE));
    w.m.take_log();
    w.exit(child, 0);
    let woken: Vec<_> =
        w.m.take_log()
            .into_iter()
            .filter_map(|e| match e {
                Effect::Woken { task } => Some(task.pid.0),
                _ => None,
            })
            .collect();
    assert_eq!(woken, [b, a]);
}

/// SIGCHLD ignored: the children vanish, X and never Z; wait4 sleeps until the last is gone, then ECHILD; their
/// times are not added.
#[test]
fn ignored_sigchld_reaps_at_once() {
    let mut w = family();
    w.sigaction(2, SIGCHLD, SIG_IGN, 0);
    let (a, b) = (w.fork(2), w.fork(2));
    w.blocks(2, wait4(-1, NONE));
    w.m.take_log();
    w.exit(a, 0);
    assert_eq!(w.letter(a), '-');
    assert!(
        w.m.take_log()
            .iter()
            .any(|e| matches!(e, Effect::StateChanged { to: State::Dead, .. }))
    );
    assert_eq!(w.resume(2), Outcome::Blocked, "there is another child");
    w.exit(b, 0);
    assert_eq!(w.resume(2), support::fail(Errno::ECHILD));
    let view = w.k.view();
    assert_eq!(view.signal(w.task(2)).children.nvcsw, 0);
}

/// SA_NOCLDWAIT reaps too, and the signal is sent all the same; exec clears the flag.
#[test]
fn nocldwait_lasts_until_exec() {
    let mut w = family();
    w.sigaction(2, SIGCHLD, 0, 2);
    let a = w.fork(2);
    w.m.take_log();
    w.exit(a, 0);
    assert_eq!(w.letter(a), '-');
    let chld = Signal::SIGCHLD;
    assert!(
        w.m.log
            .iter()
            .any(|e| matches!(e, Effect::SignalSent { signal, .. } if *signal == chld))
    );
    let task = w.task(2);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    let b = w.fork(2);
    w.exit(b, 0);
    assert_eq!(w.letter(b), 'Z');
}

/// RUSAGE_CHILDREN grows only by those who were waited for, and by their own waited-for children.
#[test]
fn usage_of_children_is_added_when_they_are_taken() {
    let mut w = family();
    let child = w.fork(2);
    let faults = |w: &Roomy| w.k.view().signal(w.task(2)).children.min_flt;
    w.write(child, BSS, 1);
    w.write(child, DATA, 1);
    w.exit(child, 0);
    assert_eq!(faults(&w), 0);
    w.ok(2, wait4(-1, NONE));
    assert_eq!(faults(&w), 2);
}

/// A parent that waits for one pid, or for one group, wakes for that child alone.
#[test]
fn a_wait_wakes_only_for_whom_it_names() {
    for group in [false, true] {
        let mut w = family();
        let (a, b) = (w.fork(2), w.fork(2));
        w.ok(b, Call::Setpgid { pid: 0, pgid: 0 });
        let b_number = i32::try_from(b).unwrap();
        w.blocks(2, wait4(if group { -b_number } else { b_number }, NONE));
        w.exit(a, 0);
        assert_eq!(w.letter(2), 'S');
        w.exit(b, 0);
        assert_eq!(w.resume(2), Outcome::Done(i64::from(b)));
        assert_eq!(w.letter(a), 'Z');
    }
}
