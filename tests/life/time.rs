//! Timers and processor time.

use super::*;
use kernel_model::abi::limits::KTIME_MAX;

const MS: u64 = 1_000_000;
const SIGALRM: i32 = 14;

fn setitimer(w: &mut Roomy, pid: u32, which: i32, (value, interval): (u64, u64)) {
    let words = [0, interval / 1000, 0, value / 1000].map(u64::to_le_bytes);
    w.poke(pid, BSS, words.as_flattened());
    let call = Call::Setitimer {
        which,
        new: UserPtr(BSS),
        old: UserPtr(0),
    };
    w.ok(pid, call);
}

/// SIG_SETMASK
fn block(w: &mut Roomy, pid: u32, set: u64) {
    w.poke(pid, BSS, &set.to_le_bytes());
    let call = Call::RtSigprocmask {
        how: 2,
        set: UserPtr(BSS),
        oldset: UserPtr(0),
        size: 8,
    };
    w.ok(pid, call);
}

fn pending(w: &Roomy, pid: u32) -> u64 {
    w.k.view().signal(w.task(pid)).shared_pending.0
}

/// `KTIME_MAX` never comes: who sleeps so long sleeps until a signal comes, and no timer is set in the past.
#[test]
fn time_has_no_end() {
    let mut w = family();
    let child = w.fork(2);
    w.poke(child, BSS, [i64::MAX, 0].map(i64::to_le_bytes).as_flattened());
    let sleep = Call::ClockNanosleep {
        clock: 1,
        absolute: false,
        request: UserPtr(BSS),
        remain: UserPtr(0),
    };
    w.blocks(child, sleep);
    assert_eq!(w.k.next_timer(), None);
    w.k.advance(u64::MAX, &mut w.m);
    w.audit();
    assert_eq!(w.k.now(), KTIME_MAX - 1);
    setitimer(&mut w, 2, 0, (10 * MS, 10 * MS));
    w.k.advance(u64::MAX, &mut w.m);
    w.audit();
    assert_eq!((w.k.next_timer(), w.letter(child)), (None, 'S'));
}

/// The real timer goes off once, and counts again from when it should have gone off, when its signal is taken.
#[test]
fn a_real_timer_counts_again_when_its_signal_is_taken() {
    let mut w = family();
    let child = w.fork(2);
    block(&mut w, child, 1 << (SIGALRM - 1));
    setitimer(&mut w, child, 0, (10 * MS, 10 * MS));
    assert_eq!(w.k.next_timer(), Some(10 * MS));
    w.k.advance(35 * MS, &mut w.m);
    assert_eq!(w.k.next_timer(), None);
    assert_eq!(pending(&w, child), 1 << (SIGALRM - 1));
    w.audit();
    // sigtimedwait takes it.
    w.poke(child, BSS, &(1u64 << (SIGALRM - 1)).to_le_bytes());
    let wait = Call::RtSigtimedwait {
        set: UserPtr(BSS),
        info: UserPtr(0),
        timeout: UserPtr(0),
        size: 8,
    };
    assert_eq!(w.ok(child, wait), i64::from(SIGALRM));
    assert_eq!(w.k.next_timer(), Some(40 * MS));
    w.exit(child, 0);
    assert_eq!(w.k.next_timer(), None, "the timer of a process that has ended");
}

/// Who has the same time is served in the order of setting, and a child has none.
#[test]
fn timers_stand_in_order() {
    let mut w = family();
    let (a, b) = (w.fork(2), w.fork(2));
    setitimer(&mut w, a, 0, (20 * MS, 0));
    setitimer(&mut w, b, 0, (10 * MS, 0));
    setitimer(&mut w, 2, 0, (20 * MS, 0));
    let child = w.fork(a);
    assert_eq!(w.ok(child, Call::Alarm { seconds: 0 }), 0);
    w.m.take_log();
    w.k.advance(20 * MS, &mut w.m);
    let told = w.m.take_log();
    let off = told.iter().filter_map(|effect| match effect {
        Effect::TimerExpired { process, .. } => Some(process.pid.0),
        _ => None,
    });
    assert_eq!(off.collect::<Vec<_>>(), [b, a, 2]);
}

/// Processor time: the profiling timer runs a tick longer than was asked, while its process has the processor; the signal
/// of RLIMIT_CPU comes each second.
#[test]
fn processor_time_sends_signals() {
    let mut w = family();
    setitimer(&mut w, 2, 2, (10 * MS, 0));
    block(&mut w, 2, u64::MAX);
    let task = w.task(2);
    let used = |w: &mut Roomy, ms: u64| {
        w.k.dispatch(CpuId(0), task, &mut w.m);
        w.k.tick(CpuId(0), ms * MS, &mut w.m);
        w.audit();
        pending(w, 2)
    };
    assert_eq!(used(&mut w, 13), 0);
    assert_eq!(used(&mut w, 1), 1 << (27 - 1));
    w.limit(2, Resource::Cpu, 1, 3);
    assert_eq!(used(&mut w, 900), 1 << (27 - 1));
    assert_eq!(used(&mut w, 100), 1 << (27 - 1) | 1 << (24 - 1));
    let now = w.k.view().signal(task).rlim.get(Resource::Cpu);
    assert_eq!((now.cur, now.max), (2, 3));
    used(&mut w, 2000);
    assert_eq!(w.resume(2), Outcome::Gone);
}

/// A sleep by another's processor time ends while that one runs.
#[test]
fn sleep_by_the_time_of_another() {
    let mut w = family();
    let (child, other) = (w.fork(2), w.fork(2));
    let words = [0, 30 * MS].map(u64::to_le_bytes);
    w.poke(child, BSS, words.as_flattened());
    let call = Call::ClockNanosleep {
        clock: !i32::try_from(other).unwrap() << 3 | 2,
        absolute: false,
        request: UserPtr(BSS),
        remain: UserPtr(0),
    };
    w.blocks(child, call);
    assert_eq!(w.k.next_timer(), None);
    let task = w.task(other);
    for _ in 0..2 {
        assert_eq!(w.letter(child), 'S');
        w.k.dispatch(CpuId(0), task, &mut w.m);
        w.k.tick(CpuId(0), 15 * MS, &mut w.m);
        w.audit();
    }
    assert_eq!(w.resume(child), Outcome::Done(0));
}
