//! Users, groups, capabilities, and what they allow.

use kernel_model::abi::capability::{CapSet, Capability};
use kernel_model::abi::ids::Uid;
use kernel_model::objects::cred::Cred;

use super::*;

fn users(change: IdChange) -> Call {
    Call::Setids {
        of: IdKind::Users,
        change,
    }
}

fn setuid(uid: u32) -> Call {
    users(IdChange::One(uid))
}

const SAME: u32 = u32::MAX;

fn prctl(option: i32, arg: u64) -> Call {
    Call::Prctl {
        option,
        args: [arg, 0, 0, 0],
    }
}

fn cred(w: &Roomy, pid: u32) -> Cred {
    w.k.view().tasks[w.task(pid)].cred
}

fn ids(w: &Roomy, pid: u32) -> [u32; 4] {
    let c = cred(w, pid);
    [c.uid, c.euid, c.suid, c.fsuid].map(|uid| uid.0)
}

/// Asked: every transition of the setuid family between three numbers, against the rules in words.
#[test]
fn who_has_no_capability_moves_among_its_own_numbers() {
    for [real, effective, saved] in [[1, 2, 3], [1, 1, 2], [2, 1, 1], [1, 1, 1]] {
        let mut start = family();
        start.ok(2, users(IdChange::Three(real, effective, saved)));
        for id in 1..5 {
            let own = [real, effective, saved].contains(&id);
            let mut w = start.clone();
            if id == real || id == saved {
                w.ok(2, setuid(id));
                assert_eq!(ids(&w, 2), [real, id, saved, id]);
            } else {
                w.fails(2, setuid(id), Errno::EPERM);
            }
            let mut w = start.clone();
            if own {
                w.ok(2, users(IdChange::Three(SAME, SAME, id)));
                assert_eq!(ids(&w, 2), [real, effective, id, effective]);
            } else {
                w.fails(2, users(IdChange::Three(SAME, SAME, id)), Errno::EPERM);
            }
            let mut w = start.clone();
            if id == real || id == effective {
                w.ok(2, users(IdChange::Two(id, SAME)));
                assert_eq!(ids(&w, 2), [id, effective, effective, effective]);
            } else {
                w.fails(2, users(IdChange::Two(id, SAME)), Errno::EPERM);
            }
        }
    }
}

/// The capabilities go with the last number 0; the effective ones with the effective number.
#[test]
fn capabilities_follow_the_users() {
    let mut w = family();
    w.ok(2, users(IdChange::Three(SAME, 5, SAME)));
    assert!(cred(&w, 2).cap_effective == CapSet::EMPTY && cred(&w, 2).cap_permitted == CapSet::FULL);
    w.ok(2, users(IdChange::Three(SAME, 0, SAME)));
    assert_eq!(cred(&w, 2).cap_effective, CapSet::FULL);
    w.ok(2, setuid(5));
    assert!(cred(&w, 2).cap_permitted == CapSet::EMPTY && cred(&w, 2).cap_bset == CapSet::FULL);
    w.fails(2, setuid(0), Errno::EPERM);
}

/// Those about files go with the file system's number alone.
#[test]
fn the_file_system_number_takes_the_capabilities_about_files() {
    let mut w = family();
    let setfsuid = |id| Call::Setfsid {
        of: IdKind::Users,
        id,
    };
    assert_eq!(w.ok(2, setfsuid(5)), 0);
    assert_eq!(cred(&w, 2).cap_effective, CapSet::FULL.minus(CapSet::FS));
    assert_eq!(w.ok(2, setfsuid(0)), 5);
    assert_eq!(cred(&w, 2).cap_effective, CapSet::FULL);
}

/// PR_SET_KEEPCAPS keeps what is permitted, and exec does not keep it.
#[test]
fn keepcaps_lasts_until_exec() {
    let mut w = family();
    w.ok(2, prctl(8, 1));
    w.ok(2, setuid(5));
    assert!(cred(&w, 2).cap_permitted == CapSet::FULL && cred(&w, 2).cap_effective == CapSet::EMPTY);
    assert_eq!(w.ok(2, prctl(7, 0)), 1);
    let task = w.task(2);
    assert_eq!(w.k.exec(task, &program(0), &mut w.m), Outcome::Done(0));
    assert_eq!(w.ok(2, prctl(7, 0)), 0);
    assert_eq!(cred(&w, 2).cap_permitted, CapSet::EMPTY);
}

/// exec gives root what its bounding set holds, and nothing that is not there to one that has renounced it.
#[test]
fn exec_gives_root_its_bounding_set() {
    let mut w = family();
    let task = w.task(2);
    w.ok(2, prctl(24, Capability::Kill as u64));
    assert!(cred(&w, 2).capable(Capability::Kill));
    assert_eq!(w.k.exec(task, &program(0), &mut w.m), Outcome::Done(0));
    assert!(!cred(&w, 2).capable(Capability::Kill) && cred(&w, 2).capable(Capability::Setuid));
}

/// The real or effective user of the sender, the real or saved one of the receiver.
#[test]
fn who_may_signal_whom() {
    let mut w = family();
    let (a, b) = (w.fork(1), w.fork(1));
    w.ok(a, users(IdChange::Three(7, 8, 7)));
    w.ok(b, users(IdChange::Three(9, 7, 9)));
    w.ok(1, kill(i32::try_from(a).unwrap(), 0));
    w.ok(b, kill(i32::try_from(a).unwrap(), 0));
    w.fails(a, kill(i32::try_from(b).unwrap(), 0), Errno::EPERM);
    w.fails(a, kill(1, SIGTERM), Errno::EPERM);
    // Within the session SIGCONT is for everybody.
    w.ok(a, kill(2, SIGCONT));
    w.ok(a, Call::Setsid);
    w.fails(a, kill(2, SIGCONT), Errno::EPERM);
    // Of many, none that one may signal: EPERM for a group, 0 for all.
    w.fails(a, kill(-1, 65), Errno::EINVAL);
    w.ok(a, kill(-1, 0));
}

/// A parent that may not signal its child does not tell it of its death.
#[test]
fn a_death_signal_needs_the_permission() {
    let mut w = family();
    let (own, other) = (w.fork(2), w.fork(2));
    w.ok(2, setuid(5));
    w.ok(own, setuid(5));
    w.ok(other, setuid(6));
    for child in [own, other] {
        w.ok(child, prctl(1, 15));
    }
    w.exit(2, 0);
    assert_eq!(w.resume(own), Outcome::Gone);
    assert_eq!(w.letter(other), 'R');
    assert!(
        w.k.find(Pid(own))
            .is_none_or(|task| w.k.view().tasks[task].state().has_exited())
    );
}

/// Asked: a user's tasks are counted with threads and zombies, and root is not bound.
#[test]
fn nproc_counts_the_tasks_of_a_user() {
    let mut w = family();
    w.limit(2, Resource::Nproc, 3, 3);
    w.ok(2, setuid(5));
    let child = w.fork(2);
    w.thread(2);
    w.fails(2, decode::fork(), Errno::EAGAIN);
    w.exit(child, 0);
    w.fails(2, decode::fork(), Errno::EAGAIN);
    w.ok(2, wait4(-1, NONE));
    w.fork(2);
}

/// setuid to a user with too many tasks succeeds; exec then fails, while there are too many.
#[test]
fn exec_minds_the_limit_that_setuid_exceeded() {
    let mut w = family();
    w.limit(2, Resource::Nproc, 1, 1);
    let (a, b) = (w.fork(2), w.fork(2));
    w.ok(a, setuid(5));
    w.ok(b, setuid(5));
    let c = w.fork(2);
    w.ok(c, setuid(5));
    let task = w.task(c);
    assert_eq!(
        w.k.exec(task, &program(0), &mut w.m),
        Outcome::Done(Errno::EAGAIN.to_return_value())
    );
    for pid in [a, b] {
        w.exit(pid, 0);
        w.ok(2, wait4(i32::try_from(pid).unwrap(), NONE));
    }
    assert_eq!(w.k.exec(task, &program(0), &mut w.m), Outcome::Done(0));
    assert_eq!(cred(&w, c).uid, Uid(5));
}

/// A change of who one acts as makes the address space not dumpable, and forgets the death signal.
#[test]
fn a_change_clears_dumpable_and_the_death_signal() {
    let mut w = family();
    let task = w.task(2);
    assert_eq!(w.k.exec(task, &program(0), &mut w.m), Outcome::Done(0));
    w.ok(2, prctl(1, 15));
    w.ok(2, setuid(0));
    assert_eq!(w.ok(2, prctl(3, 0)), 1);
    w.ok(2, users(IdChange::Three(5, SAME, SAME)));
    assert_eq!(w.ok(2, prctl(3, 0)), 1);
    w.ok(2, users(IdChange::Three(SAME, 5, SAME)));
    assert_eq!(w.ok(2, prctl(3, 0)), 0);
    assert_eq!(w.k.view().tasks[task].pdeath_signal, None);
}

/// The limits of another: only with all six numbers; a hard limit only goes down.
#[test]
fn limits_of_others() {
    let mut w = family();
    let (own, other) = (w.fork(1), w.fork(1));
    for pid in [2, own] {
        w.ok(pid, setuid(5));
    }
    w.ok(other, users(IdChange::Three(5, 5, 6)));
    let look = |pid: u32| Call::Prlimit {
        pid: i32::try_from(pid).unwrap(),
        resource: Some(Resource::Nofile),
        new: UserPtr(0),
        old: UserPtr(BSS),
    };
    w.ok(2, look(own));
    w.fails(2, look(other), Errno::EPERM);
    w.fails(2, look(1), Errno::EPERM);
    w.ok(2, look(2));
    w.limit(2, Resource::Nofile, 10, 20);
}
