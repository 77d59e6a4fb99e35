//! Who is whose child, and who adopts whom.

use super::*;

/// Invariant 3: birth order, adopted ones behind.
#[test]
fn children_stand_in_birth_order_and_adopted_ones_behind() {
    children_stand_in_order();
}

fn children_stand_in_order() {
    let mut w = family();
    let (a, b) = (w.fork(2), w.fork(2));
    let (x, y) = (w.fork(a), w.fork(a));
    w.ok(
        2,
        Call::Prctl {
            option: 36,
            args: [1, 0, 0, 0],
        },
    );
    w.exit(a, 0);
    assert_eq!(w.children(2), [a, b, x, y]);
}

/// An orphan goes to init; the adopted one's own children stay with it.
#[test]
fn only_direct_children_move() {
    let mut w = family();
    let child = w.fork(2);
    let grandchild = w.fork(child);
    w.exit(2, 0);
    assert_eq!((w.ppid(child), w.ppid(grandchild)), (1, child));
}

/// A live sibling thread adopts first, and getppid stays.
#[test]
fn a_sibling_thread_adopts() {
    let mut w = family();
    let thread = w.thread(2);
    let child = w.fork(thread);
    assert_eq!(w.call(thread, Call::Exit { status: 0 }), Outcome::Gone);
    assert_eq!(w.ok(child, Call::Getppid), 2);
    assert_eq!(w.children(2), [child]);
}

/// The nearest subreaper adopts, not init; also one that became it after the fork.
#[test]
fn the_nearest_subreaper_adopts() {
    let mut w = family();
    let a = w.fork(2);
    let b = w.fork(a);
    let c = w.fork(b);
    let reaper = Call::Prctl {
        option: 36,
        args: [1, 0, 0, 0],
    };
    w.ok(2, reaper);
    w.exit(b, 0);
    assert_eq!(w.ppid(c), 2);
    w.ok(a, reaper);
    let d = w.fork(a);
    let e = w.fork(d);
    w.exit(d, 0);
    assert_eq!(w.ppid(e), a, "a is nearer than 2");
    w.exit(a, 0);
    assert_eq!(w.ppid(e), 2);
    w.exit(2, 0);
    assert_eq!(w.ppid(e), 1);
}

/// An adopted zombie tells its new parent, and vanishes where that one ignores SIGCHLD.
#[test]
fn an_adopted_zombie_is_told_of_again() {
    let mut w = family();
    let child = w.fork(2);
    let zombie = w.fork(child);
    w.exit(zombie, 4);
    w.blocks(1, wait4(i32::try_from(zombie).unwrap() - 2, NONE));
    w.exit(child, 0);
    assert_eq!((w.ppid(zombie), w.letter(zombie)), (1, 'Z'));

    let mut w = family();
    let child = w.fork(2);
    let zombie = w.fork(child);
    w.exit(zombie, 4);
    w.sigaction(1, SIGCHLD, SIG_IGN, 0);
    w.exit(child, 0);
    assert_eq!(w.letter(zombie), '-');
}

/// The new parent's wait wakes for an adopted zombie.
#[test]
fn the_adopting_parent_wakes() {
    let mut w = family();
    let zombie = w.fork(2);
    w.exit(zombie, 4);
    w.blocks(1, wait4(-1, NONE));
    w.exit(2, 0);
    assert_eq!(w.resume(1), Outcome::Done(2));
    assert_eq!(w.ok(1, wait4(-1, NONE)), i64::from(zombie));
}

/// CLONE_PARENT: the parent is the caller's parent; the caller cannot wait for it; init may not.
#[test]
fn clone_parent_makes_a_sibling() {
    let mut w = family();
    let a = w.fork(2);
    let b = u32::try_from(w.ok(a, clone_call(CloneFlags::CLONE_PARENT, 0))).unwrap();
    assert_eq!(w.ok(b, Call::Getppid), 2);
    w.fails(a, wait4(-1, WaitOptions::__WALL), Errno::ECHILD);
    w.exit(b, 0);
    assert_eq!(
        w.ok(2, wait4(-1, NONE)),
        i64::from(b),
        "with its group leader's exit signal"
    );
    w.fails(1, clone_call(CloneFlags::CLONE_PARENT, 17), Errno::EINVAL);
}

/// PR_SET_PDEATHSIG: the signal comes when the parent ends; fork clears it.
#[test]
fn pdeathsig() {
    let mut w = family();
    let child = w.fork(2);
    let set = Call::Prctl {
        option: 1,
        args: [15, 0, 0, 0],
    };
    w.ok(child, set);
    let grandchild = w.fork(child);
    w.exit(2, 0);
    assert_eq!(w.resume(child), Outcome::Gone);
    assert_eq!(w.letter(child), 'Z');
    assert_eq!(w.letter(grandchild), 'R');
    w.fails(
        grandchild,
        Call::Prctl {
            option: 1,
            args: [65, 0, 0, 0],
        },
        Errno::EINVAL,
    );
}

/// When init ends, everybody ends.
#[test]
fn the_end_of_init_is_the_end_of_all() {
    let mut w = family();
    let child = w.fork(2);
    w.exit(1, 0);
    for pid in [2, child] {
        assert_eq!(w.resume(pid), Outcome::Gone);
    }
    assert_eq!(w.k.ps().count(), 0);
}

/// Default actions never end init: neither another's SIGKILL nor its own SIGTERM.
#[test]
fn init_is_not_killed() {
    let mut w = family();
    for signal in [9, SIGTERM, SIGSTOP, 11] {
        w.ok(2, kill(1, signal));
        assert_eq!(w.resume(1), Outcome::Resumed);
        assert_eq!(w.letter(1), 'R');
    }
}

/// A descendant born after PR_SET_CHILD_SUBREAPER knows of the subreaper above it, however far down.
#[test]
fn later_descendants_know_the_subreaper() {
    let mut w = family();
    w.ok(
        2,
        Call::Prctl {
            option: 36,
            args: [1, 0, 0, 0],
        },
    );
    let a = w.fork(2);
    let b = w.fork(a);
    let c = w.fork(b);
    w.exit(b, 0);
    assert_eq!(w.ppid(c), 2);
    w.exit(a, 0);
    assert_eq!(w.ppid(c), 2);
}
