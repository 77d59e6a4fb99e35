//! Who runs when.

use super::*;

fn order(w: &Roomy) -> Vec<u32> {
    let view = w.k.view();
    let rq = &view.sys.cpus[0];
    std::iter::once(rq.curr)
        .chain(rq.queue.iter(view.tasks))
        .map(|task: TaskRef| view.tasks[task].pid.0)
        .collect()
}

/// Round robin: a slice of 100 ms, then the next; the switch is involuntary. A sleep is voluntary.
#[test]
fn slices_and_switches() {
    let mut w = family();
    let child = w.fork(2);
    let start = order(&w);
    let first = start[0];
    w.k.tick(CpuId(0), 99_999_999, &mut w.m);
    assert_eq!(order(&w), start);
    w.k.tick(CpuId(0), 1, &mut w.m);
    assert_eq!(order(&w)[2], first);
    let (nvcsw, nivcsw) = {
        let view = w.k.view();
        let t = &view.tasks[w.task(first)];
        (t.nvcsw, t.nivcsw)
    };
    assert!(nivcsw >= 1);
    w.blocks(first, Call::Pause);
    assert_eq!(w.k.view().tasks[w.task(first)].nvcsw, nvcsw + 1);
    let now = order(&w)[0];
    w.ok(now, Call::SchedYield);
    assert_ne!(order(&w)[0], now);
    assert!(child > 0);
    w.audit();
}

/// nanosleep: asleep until its time; those whose time has come wake earliest first; the clock never goes back.
#[test]
fn sleepers_wake_in_order() {
    let mut w = family();
    let sleep = |w: &mut Roomy, pid: u32, ms: u64| {
        w.poke(
            pid,
            BSS,
            &[0u64.to_le_bytes(), (ms * 1_000_000).to_le_bytes()].concat(),
        );
        let call = Call::ClockNanosleep {
            clock: 1,
            absolute: false,
            request: UserPtr(BSS),
            remain: UserPtr(0),
        };
        w.blocks(pid, call);
    };
    let (a, b) = (w.fork(2), w.fork(2));
    sleep(&mut w, a, 20);
    sleep(&mut w, b, 10);
    sleep(&mut w, 2, 20);
    assert_eq!(w.k.next_timer(), Some(10_000_000));
    w.k.advance(5_000_000, &mut w.m);
    assert_eq!(w.letter(b), 'S');
    w.m.take_log();
    w.k.advance(20_000_000, &mut w.m);
    w.k.advance(7, &mut w.m);
    assert_eq!(w.k.now(), 20_000_000);
    let woken: Vec<_> =
        w.m.take_log()
            .into_iter()
            .filter_map(|e| match e {
                Effect::Woken { task } => Some(task.pid.0),
                _ => None,
            })
            .collect();
    assert_eq!(woken, [b, a, 2]);
    assert_eq!(w.resume(a), Outcome::Done(0));
}

/// Two processors run two tasks; an idle one takes the first of the longest queue.
#[test]
fn two_processors() {
    let config = Config {
        cpus: 2,
        kthreadd: false,
        ..Config::default()
    };
    let mut w = boot(Boxed::new(&Capacity::for_tasks(8)), &config);
    let child = w.fork(1);
    assert!(w.k.schedule(CpuId(1), &mut w.m).is_some());
    let view = w.k.view();
    assert!(view.on_cpu(w.task(1)) && view.on_cpu(w.task(child)));
    let third = w.fork(1);
    w.blocks(child, Call::Pause);
    assert!(w.k.schedule(CpuId(1), &mut w.m).is_some());
    assert!(w.k.view().on_cpu(w.task(third)));
    w.audit();
}
