//! Stops, continues and other signals.

use super::*;

/// Each stop is reported once; a second SIGSTOP gives no second report; a continue loses the report; a continue is
/// reported once.
#[test]
fn reports_of_stop_and_continue() {
    let mut w = family();
    let child = w.fork(2);
    let number = i32::try_from(child).unwrap();
    let all = WaitOptions::WUNTRACED | WaitOptions::WCONTINUED | WaitOptions::WNOHANG;
    w.ok(2, kill(number, SIGSTOP));
    assert_eq!(w.resume(child), Outcome::Blocked);
    assert_eq!(w.letter(child), 'T');
    assert_eq!(w.ok(2, wait4(-1, all)), i64::from(child));
    assert_eq!(w.status(2).to_word(), 0x137f);
    w.ok(2, kill(number, SIGSTOP));
    assert_eq!(w.ok(2, wait4(-1, all)), 0);
    w.ok(2, kill(number, SIGCONT));
    assert_eq!(w.letter(child), 'R');
    assert_eq!(w.ok(2, wait4(-1, all)), i64::from(child));
    assert_eq!(w.status(2).to_word(), 0xffff);
    assert_eq!(w.ok(2, wait4(-1, all)), 0);
    let _ = w.resume(child);
    w.ok(2, kill(number, SIGSTOP));
    let _ = w.resume(child);
    w.ok(2, kill(number, SIGCONT));
    assert_eq!(
        w.ok(2, wait4(-1, WaitOptions::WUNTRACED | WaitOptions::WNOHANG)),
        0,
        "lost"
    );
}

/// A parent that sleeps in wait4 wakes for a stop only with WUNTRACED.
#[test]
fn a_stop_wakes_who_asked() {
    let mut w = family();
    let child = w.fork(2);
    let number = i32::try_from(child).unwrap();
    w.blocks(2, wait4(-1, NONE));
    w.ok(1, kill(number, SIGSTOP));
    let _ = w.resume(child);
    assert_eq!(w.resume(2), Outcome::Blocked);
    w.ok(1, kill(number, 9));
    assert_eq!(w.resume(child), Outcome::Gone);
    assert_eq!(w.resume(2), Outcome::Done(i64::from(child)));
    assert_eq!(w.status(2), killed(Signal::SIGKILL));
}

/// SIGKILL ends a stopped process at once; other signals wait until it is continued.
#[test]
fn a_stopped_process_and_other_signals() {
    let mut w = family();
    let child = w.fork(2);
    let number = i32::try_from(child).unwrap();
    w.ok(2, kill(number, SIGSTOP));
    let _ = w.resume(child);
    w.ok(2, kill(number, 3));
    assert_eq!(w.letter(child), 'T');
    w.ok(2, kill(number, SIGCONT));
    assert_eq!(w.resume(child), Outcome::Gone);
    let other = w.fork(2);
    let number = i32::try_from(other).unwrap();
    w.ok(2, kill(number, SIGSTOP));
    let _ = w.resume(other);
    w.ok(2, kill(number, 9));
    assert_eq!(w.resume(other), Outcome::Gone);
}

/// SIGCONT throws pending stop signals away, and a stop signal a pending SIGCONT.
#[test]
fn stop_and_continue_cancel_each_other() {
    let mut w = family();
    let child = w.fork(2);
    let number = i32::try_from(child).unwrap();
    w.mask(child, 1 << 19 | 1 << 17);
    let pending = |w: &Roomy| w.k.view().signal(w.task(child)).shared_pending;
    w.ok(2, kill(number, 20));
    assert!(pending(&w).has(Signal::SIGTSTP));
    w.ok(2, kill(number, SIGCONT));
    assert!(!pending(&w).has(Signal::SIGTSTP) && pending(&w).has(Signal::SIGCONT));
    w.ok(2, kill(number, 20));
    assert!(pending(&w).has(Signal::SIGTSTP) && !pending(&w).has(Signal::SIGCONT));
}

/// SA_NOCLDSTOP: no SIGCHLD for a stop, but the wait sees it.
#[test]
fn nocldstop() {
    let mut w = family();
    w.sigaction(2, SIGCHLD, 0, 1);
    let child = w.fork(2);
    w.ok(2, kill(i32::try_from(child).unwrap(), SIGSTOP));
    w.m.take_log();
    let _ = w.resume(child);
    assert!(!w.m.log.iter().any(|e| matches!(e, Effect::SignalSent { .. })));
    assert_eq!(w.ok(2, wait4(-1, WaitOptions::WUNTRACED)), i64::from(child));
}

/// Blocked signals pend, ignored and unblocked ones do not; SIG_IGN throws away what pends; faults come first, then
/// the lowest number, the thread's own before the process's.
#[test]
fn pending_signals() {
    let mut w = family();
    let child = w.fork(2);
    let number = i32::try_from(child).unwrap();
    w.mask(child, u64::MAX);
    w.ok(2, kill(number, 12));
    w.ok(2, kill(number, SIGTERM));
    let call = Call::RtSigpending {
        set: UserPtr(BSS),
        size: 8,
    };
    w.ok(child, call);
    assert_eq!((w.read(child, BSS + 1), w.letter(child)), (1 << 3 | 1 << 6, 'R'));
    w.sigaction(child, 12, SIG_IGN, 0);
    w.ok(child, call);
    assert_eq!(w.read(child, BSS + 1), 1 << 6);
    let task = w.task(child);
    w.poke(child, BSS + 256, &0u64.to_le_bytes());
    let unblock = Call::RtSigprocmask {
        how: 2,
        set: UserPtr(BSS + 256),
        oldset: UserPtr(0),
        size: 8,
    };
    assert_eq!(w.k.syscall(task, unblock, &mut w.m), Outcome::Gone);
    w.ok(2, wait4(-1, NONE));
    assert_eq!(w.status(2), killed(Signal::SIGTERM));
}

/// The status words: exit(0x1ff) is 0xff00; killed by s is s, with 0x80 where a core is allowed.
#[test]
fn status_words() {
    let mut w = family();
    let child = w.fork(2);
    w.exit(child, 0x1ff);
    w.ok(2, wait4(-1, NONE));
    assert_eq!(w.status(2).to_word(), 0xff00);
    for (signal, word) in [
        (9, 9),
        (15, 15),
        (3, 0x83),
        (6, 0x86),
        (11, 0x8b),
        (31, 0x9f),
        (34, 34),
        (30, 30),
    ] {
        let child = w.fork(2);
        w.limit(child, Resource::Core, RLIM_INFINITY, RLIM_INFINITY);
        w.ok(2, kill(i32::try_from(child).unwrap(), signal));
        assert_eq!(w.resume(child), Outcome::Gone);
        w.ok(2, wait4(-1, NONE));
        assert_eq!(w.status(2).to_word(), word);
    }
    for ignored in [17, 18, 23, 28] {
        w.ok(1, kill(2, ignored));
        assert_eq!(w.resume(2), Outcome::Resumed);
    }
}
