//! Numbers, groups and sessions.

use super::*;

fn counted(pid_max: u32, tasks: usize) -> Roomy {
    let capacity = Capacity {
        pid_max,
        ..Capacity::for_tasks(tasks)
    };
    let config = Config {
        kthreadd: false,
        pid_max,
        ..Config::default()
    };
    boot(Boxed::new(&capacity), &config)
}

fn next(w: &mut Roomy) -> u32 {
    let pid = w.fork(1);
    w.exit(pid, 0);
    w.ok(1, wait4(-1, NONE));
    pid
}

/// The counter comes round at pid_max and goes on at 300.
#[test]
fn the_wrap_restarts_at_300() {
    let mut w = counted(400, 8);
    let pids: Vec<u32> = (2..403).map(|_| next(&mut w)).collect();
    assert_eq!(pids[..3], [2, 3, 4]);
    assert_eq!(pids[395..], [397, 398, 399, 300, 301, 302]);
}

/// A fork that fails validation takes no number.
#[test]
fn a_fork_that_is_refused_takes_no_number() {
    let mut w = counted(400, 8);
    assert_eq!(next(&mut w), 2);
    w.fails(1, clone_call(CloneFlags::CLONE_THREAD, 0), Errno::EINVAL);
    assert_eq!(next(&mut w), 3);
}

/// A number is not used again while a zombie has it, or while it is a group's or a session's.
#[test]
fn a_number_in_use_is_not_given_again() {
    let mut w = counted(8, 12);
    let leader = w.fork(1);
    w.ok(leader, Call::Setsid);
    let member = w.fork(leader);
    w.exit(leader, 0);
    w.ok(1, wait4(i32::try_from(leader).unwrap(), NONE));
    let zombie = w.fork(1);
    w.exit(zombie, 0);
    assert_eq!((leader, member, zombie), (2, 3, 4));
    let seen: Vec<u32> = (0..4).map(|_| w.fork(1)).take(3).collect();
    assert_eq!(seen, [5, 6, 7]);
}

/// All numbers taken: EAGAIN; a free one is given again at once.
#[test]
fn no_number_left_is_eagain() {
    let mut w = counted(6, 12);
    let pids: Vec<u32> = (0..4).map(|_| w.fork(1)).collect();
    assert_eq!(pids, [2, 3, 4, 5]);
    w.fails(1, decode::fork(), Errno::EAGAIN);
    w.exit(3, 0);
    w.fails(1, decode::fork(), Errno::EAGAIN);
    w.ok(1, wait4(3, NONE));
    assert_eq!(w.fork(1), 3);
}

/// No place for a task, or threads-max reached: EAGAIN. (RLIMIT_NPROC does not bind root.)
#[test]
fn too_many_tasks_is_eagain() {
    let config = Config {
        kthreadd: false,
        max_threads: Some(3),
        ..Config::default()
    };
    let mut w = boot(Boxed::new(&Capacity::for_tasks(8)), &config);
    w.limit(1, Resource::Nproc, 1, 1);
    let child = w.fork(1);
    w.fails(1, decode::fork(), Errno::EAGAIN);
    w.exit(child, 0);
    w.fails(1, decode::fork(), Errno::EAGAIN);
}

/// A zombie keeps its group and session: they can be asked, joined, and signalled.
#[test]
fn a_zombie_keeps_its_group() {
    let mut w = family();
    let (a, b) = (w.fork(2), w.fork(2));
    let (na, nb) = (i32::try_from(a).unwrap(), i32::try_from(b).unwrap());
    w.ok(a, Call::Setpgid { pid: 0, pgid: 0 });
    w.exit(a, 0);
    assert_eq!(w.ok(2, Call::Getpgid { pid: na }), i64::from(a));
    w.ok(2, kill(na, 0));
    w.ok(2, kill(na, 9));
    w.ok(2, Call::Setpgid { pid: nb, pgid: na });
    w.ok(2, wait4(na, NONE));
    assert_eq!(
        w.ok(b, Call::Getpgid { pid: 0 }),
        i64::from(a),
        "the group outlives its leader"
    );
    w.fails(2, kill(na, 0), Errno::ESRCH);
    w.ok(2, kill(-na, 0));
}

/// setpgid: EINVAL for a negative group, ESRCH for a grandchild, EACCES after exec, EPERM for a group that is not
/// there and for a session leader.
#[test]
fn errors_of_setpgid() {
    let mut w = family();
    let child = w.fork(2);
    let grandchild = w.fork(child);
    let (c, g) = (i32::try_from(child).unwrap(), i32::try_from(grandchild).unwrap());
    let set = |pid, pgid| Call::Setpgid { pid, pgid };
    w.fails(2, set(c, -1), Errno::EINVAL);
    w.fails(2, set(g, g), Errno::ESRCH);
    w.fails(2, set(c, 999), Errno::EPERM);
    let task = w.task(child);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    w.fails(2, set(c, c), Errno::EACCES);
    w.ok(child, set(0, 0));
    w.fails(child, Call::Setsid, Errno::EPERM);
    w.ok(grandchild, Call::Setsid);
    w.fails(grandchild, set(0, 0), Errno::EPERM);
    w.fails(child, set(g, c), Errno::EPERM);
    assert_eq!(w.ok(grandchild, Call::Getsid { pid: 0 }), i64::from(grandchild));
    let thread = w.thread(2);
    w.fails(2, set(i32::try_from(thread).unwrap(), 2), Errno::EINVAL);
}

/// kill(-1) leaves out the caller and init, ESRCH when nobody is left; kill(0) is the caller's group with itself.
#[test]
fn kill_of_many() {
    let mut w = family();
    w.fails(2, kill(-1, 0), Errno::ESRCH);
    let child = w.fork(2);
    w.ok(2, kill(-1, 9));
    assert_eq!(w.resume(child), Outcome::Gone);
    assert_eq!((w.letter(1), w.letter(2)), ('R', 'R'));
    w.ok(2, kill(-1, 0));
    w.fails(2, kill(-999, 9), Errno::ESRCH);
    w.fails(2, kill(i32::MIN, 9), Errno::ESRCH);
    w.fails(2, kill(2, 65), Errno::EINVAL);
    assert_eq!(w.call(2, kill(0, 9)), Outcome::Gone);
}

/// A stopped group that becomes orphaned gets SIGHUP and then SIGCONT, all its members.
#[test]
fn a_stopped_group_that_is_orphaned_hangs_up() {
    for by_leader in [true, false] {
        let mut w = family();
        w.ok(2, Call::Setsid);
        let (a, b) = (w.fork(2), w.fork(2));
        let group = i32::try_from(a).unwrap();
        w.ok(a, Call::Setpgid { pid: 0, pgid: 0 });
        w.ok(
            2,
            Call::Setpgid {
                pid: i32::try_from(b).unwrap(),
                pgid: group,
            },
        );
        w.sigaction(b, 1, SIG_IGN, 0);
        w.ok(2, kill(group, SIGSTOP));
        assert_eq!(w.resume(a), Outcome::Blocked);
        w.m.take_log();
        if by_leader {
            w.exit(2, 0);
        } else {
            w.ok(1, kill(2, 9));
            assert_eq!(w.resume(2), Outcome::Gone);
        }
        let sent: Vec<_> =
            w.m.take_log()
                .into_iter()
                .filter_map(|e| match e {
                    Effect::SignalSent { to, signal, .. } if to.pid.0 > 1 && signal != Signal::SIGKILL => {
                        Some((to.pid.0, signal))
                    }
                    _ => None,
                })
                .collect();
        let (hup, cont) = (Signal::SIGHUP, Signal::SIGCONT);
        assert!(
            sent.ends_with(&[(b, hup), (a, hup), (b, cont), (a, cont)]),
            "{sent:?}"
        );
        assert_eq!(w.resume(a), Outcome::Gone);
        assert_eq!(w.letter(b), 'R');
    }
}

/// A group in which nobody is stopped gets nothing when it is orphaned.
#[test]
fn a_running_group_that_is_orphaned_gets_nothing() {
    let mut w = family();
    w.ok(2, Call::Setsid);
    let child = w.fork(2);
    w.ok(child, Call::Setpgid { pid: 0, pgid: 0 });
    w.exit(2, 0);
    assert_eq!(w.resume(child), Outcome::Resumed);
}

/// In an orphaned group the default SIGTSTP, SIGTTIN and SIGTTOU do nothing; SIGSTOP stops.
#[test]
fn an_orphaned_group_is_not_stopped_from_the_keyboard() {
    let mut w = family();
    w.ok(2, Call::Setsid);
    let child = w.fork(2);
    let number = i32::try_from(child).unwrap();
    for signal in [20, 21, 22] {
        w.ok(2, kill(number, signal));
        assert_eq!(w.resume(child), Outcome::Resumed, "its group is orphaned");
    }
    w.ok(child, Call::Setpgid { pid: 0, pgid: 0 });
    w.ok(2, kill(number, 20));
    assert_eq!(
        w.resume(child),
        Outcome::Blocked,
        "its parent is in another group of the session"
    );
    w.ok(2, kill(number, SIGCONT));
    w.ok(2, kill(2, SIGSTOP));
    assert_eq!(w.letter(2), 'T');
}
