//! Handlers: their frames, what they interrupt, and how the task goes back.

use super::*;
use kernel_model::abi::signal::SigSet;

const SIGUSR1: i32 = 10;
const SIGUSR2: i32 = 12;
const RESTORER: u64 = 0x0400_0000;
const SIGINFO: u64 = 4;
const RESTART: u64 = 0x1000_0000;
const ONSTACK: u64 = 0x0800_0000;
const HANDLER: u64 = TEXT + 64;

fn regs(w: &Roomy, pid: u32) -> Regs {
    *w.k.thread(w.task(pid)).unwrap()
}

fn word(w: &mut Roomy, pid: u32, addr: u64) -> u64 {
    (0..8)
        .rev()
        .fold(0, |sum, at| sum << 8 | u64::from(w.read(pid, addr + at)))
}

/// The handler has come to its end and returned to the restorer.
fn sigreturn(w: &mut Roomy, pid: u32) -> Outcome {
    let task = w.task(pid);
    w.k.thread_mut(task).unwrap().sp += 8;
    w.call(pid, Call::RtSigreturn)
}

fn blocked(w: &Roomy, pid: u32) -> SigSet {
    w.k.view().tasks[w.task(pid)].blocked
}

/// The frame lies below the stack pointer; the handler begins with its arguments, its signal is blocked, and it goes
/// back to the value of the call and the mask before.
#[test]
fn a_frame_and_the_way_back() {
    let mut w = family();
    w.sigaction(2, SIGUSR1, HANDLER, RESTORER | SIGINFO);
    let before = regs(&w, 2);
    let caught = w.call(2, kill(2, SIGUSR1));
    assert_eq!(caught, Outcome::Caught { value: Some(0) });
    let inside = regs(&w, 2);
    assert_eq!((inside.pc, inside.args[0]), (HANDLER, 10));
    assert!(inside.sp < before.sp - 128 && inside.args[2] == inside.sp + 8);
    assert!(blocked(&w, 2).has(Signal::SIGUSR1));
    let [_, info, _] = inside.args;
    assert_eq!(word(&mut w, 2, info), 10, "si_signo");
    assert_eq!(w.read(2, info + 16), 2, "si_pid");
    assert_eq!(sigreturn(&mut w, 2), Outcome::Resumed);
    assert_eq!(regs(&w, 2).sp, before.sp);
    assert_eq!((regs(&w, 2).pc, regs(&w, 2).value), (before.pc, 0));
    assert_eq!(blocked(&w, 2), SigSet::EMPTY);
}

/// A handler begins as a called function does: what lies behind its return address begins at a multiple of 16, where
/// compilers keep what must. It computes with what it likes: what it interrupted gets its own back, or what the handler
/// has put into the frame for it.
#[test]
fn a_handler_may_compute() {
    for sp in 0..16 {
        for told in [None, Some(7)] {
            let mut w = family();
            w.sigaction(2, SIGUSR1, HANDLER, RESTORER);
            let task = w.task(2);
            let thread = w.k.thread_mut(task).unwrap();
            thread.sp -= sp;
            thread.fx = [1; 16];
            assert_eq!(w.call(2, kill(2, SIGUSR1)), Outcome::Caught { value: Some(0) });
            let inside = regs(&w, 2);
            assert_eq!(inside.sp % 16, 8);
            // uc_mcontext.fpregs
            let place = word(&mut w, 2, inside.args[2] + 28 * 8);
            assert_eq!((place % 64, w.read(2, place + 15)), (0, 1));
            w.k.thread_mut(task).unwrap().fx = [2; 16];
            if let Some(byte) = told {
                w.poke(2, place, &[byte; 16]);
            }
            assert_eq!(sigreturn(&mut w, 2), Outcome::Resumed);
            assert_eq!(regs(&w, 2).fx, [told.unwrap_or(1); 16]);
        }
    }
}

/// Of several signals the frame of the highest number is set up last, and so runs first.
#[test]
fn frames_lie_one_below_the_other() {
    let mut w = family();
    w.sigaction(2, SIGUSR1, HANDLER, RESTORER);
    w.sigaction(2, SIGUSR2, HANDLER, RESTORER);
    w.mask(2, 1 << 9 | 1 << 11);
    w.ok(2, kill(2, SIGUSR2));
    w.ok(2, kill(2, SIGUSR1));
    w.poke(2, BSS + 256, &[0; 8]);
    let unblock = Call::RtSigprocmask {
        how: 2,
        set: UserPtr(BSS + 256),
        oldset: UserPtr(0),
        size: 8,
    };
    assert_eq!(w.call(2, unblock), Outcome::Caught { value: Some(0) });
    assert_eq!(regs(&w, 2).args[0], 12);
    assert_eq!(sigreturn(&mut w, 2), Outcome::Resumed);
    assert_eq!(regs(&w, 2).pc, HANDLER, "the other handler, from its beginning");
    assert!(blocked(&w, 2).has(Signal::SIGUSR1) && !blocked(&w, 2).has(Signal::SIGUSR2));
}

/// A read that waits gives EINTR, or starts anew with SA_RESTART; pause never does.
#[test]
fn calls_are_interrupted() {
    let mut w = family();
    let (fd, _) = w.pipe(2, OpenFlags::empty());
    let read = Call::Read {
        fd,
        buf: UserPtr(BSS),
        count: 1,
    };
    for (call, flags, value) in [
        (read, RESTORER, Some(-4)),
        (read, RESTORER | RESTART, None),
        (Call::Pause, RESTORER | RESTART, Some(-4)),
    ] {
        w.sigaction(2, SIGUSR1, HANDLER, flags);
        let restarts = regs(&w, 2).restarts;
        w.blocks(2, call);
        w.ok(1, kill(2, SIGUSR1));
        assert_eq!(w.resume(2), Outcome::Caught { value });
        assert_eq!(regs(&w, 2).restarts - restarts, u64::from(value.is_none()));
        assert_eq!(sigreturn(&mut w, 2), Outcome::Resumed);
        assert!(value.is_none_or(|value| regs(&w, 2).value == value));
    }
}

/// SA_RESETHAND: once. Without a restorer there is no handler, but SIGSEGV.
#[test]
fn flags_of_an_action() {
    let mut w = family();
    let child = w.fork(2);
    w.sigaction(child, SIGUSR1, HANDLER, RESTORER | 0x8000_0000);
    let number = i32::try_from(child).unwrap();
    assert_eq!(
        w.call(child, kill(number, SIGUSR1)),
        Outcome::Caught { value: Some(0) }
    );
    let _ = sigreturn(&mut w, child);
    w.sigaction(child, SIGUSR2, HANDLER, 0);
    assert_eq!(w.call(child, kill(number, SIGUSR2)), Outcome::Gone);
    assert_eq!(w.ok(2, wait4(-1, NONE)), i64::from(child));
    assert_eq!(w.status(2), killed(Signal::SIGSEGV));
}

/// With SA_ONSTACK the frame lies on the alternate stack, which cannot be changed from there: EPERM.
#[test]
fn the_alternate_stack() {
    let mut w = family();
    let set = |w: &mut Roomy, sp: u64, flags: u64, size: u64| {
        let words = [sp, flags, size].map(u64::to_le_bytes).concat();
        w.poke(2, BSS + 256, &words);
        Call::Sigaltstack {
            ss: UserPtr(BSS + 256),
            old: UserPtr(0),
        }
    };
    let small = set(&mut w, BSS + 1024, 0, 1024);
    w.fails(2, small, Errno::ENOMEM);
    let wrong = set(&mut w, BSS + 1024, 4, 2048);
    w.fails(2, wrong, Errno::EINVAL);
    let good = set(&mut w, BSS + 1024, 0, 2048);
    w.ok(2, good);
    w.sigaction(2, SIGUSR1, HANDLER, RESTORER | ONSTACK);
    let _ = w.call(2, kill(2, SIGUSR1));
    let sp = regs(&w, 2).sp;
    assert!((BSS + 1024..BSS + 3072).contains(&sp), "{sp:#x}");
    let none = set(&mut w, 0, 2, 0);
    w.fails(2, none, Errno::EPERM);
    let _ = sigreturn(&mut w, 2);
    w.ok(2, none);
}

/// Init has no default action, but a handler it has.
#[test]
fn init_catches() {
    let mut w = family();
    w.ok(2, kill(1, SIGUSR1));
    assert!(!w.k.has_work(w.task(1)), "thrown away");
    w.sigaction(1, SIGUSR1, HANDLER, RESTORER);
    w.ok(2, kill(1, SIGUSR1));
    assert_eq!(w.resume(1), Outcome::Caught { value: None });
}

/// The queue is full: EAGAIN for a real-time signal with information, the bit alone for others.
#[test]
fn the_limit_of_the_queue() {
    let mut w = family();
    w.mask(2, u64::MAX);
    w.limit(2, Resource::Sigpending, 0, 0);
    let mut info = [0; 128];
    info[8..12].copy_from_slice(&(-1i32).to_le_bytes());
    w.poke(2, BSS + 512, &info);
    let queue = |signal| Call::RtSigqueueinfo {
        tgid: 2,
        signal,
        info: UserPtr(BSS + 512),
    };
    w.fails(2, queue(34), Errno::EAGAIN);
    w.ok(2, queue(SIGUSR1));
    w.ok(2, kill(2, 34));
    let pending = w.k.view().signal(w.task(2)).shared_pending;
    assert!(pending.has(Signal::SIGUSR1) && pending.has(Signal::new(34).unwrap()));
}

/// exec puts what is caught back to the default; a child has its parent's handlers.
#[test]
fn across_fork_and_exec() {
    let mut w = family();
    w.sigaction(2, SIGUSR1, HANDLER, RESTORER);
    let child = w.fork(2);
    let caught = |w: &Roomy, pid: u32| {
        let view = w.k.view();
        view.sighands[view.tasks[w.task(pid)].sighand.unwrap()].caught()
    };
    assert!(caught(&w, child).has(Signal::SIGUSR1));
    let task = w.task(child);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    assert!(caught(&w, child).is_empty() && caught(&w, 2).has(Signal::SIGUSR1));
}
