//! vfork.

use super::*;

/// The parent is in D until the child exits; the memory is one.
#[test]
fn the_parent_sleeps_in_d_and_sees_the_childs_writes() {
    let mut w = family();
    w.blocks(2, decode::vfork());
    assert_eq!((w.letter(2), w.letter(3)), ('D', 'R'));
    w.write(3, BSS, 77);
    w.exit(3, 0);
    assert_eq!(w.resume(2), Outcome::Done(3));
    assert_eq!(w.read(2, BSS), 77);
}

/// exec lets it go too; CLONE_VFORK alone waits, CLONE_VM alone does not.
#[test]
fn exec_lets_the_parent_go() {
    let mut w = family();
    w.blocks(2, clone_call(CloneFlags::CLONE_VFORK, 17));
    let task = w.task(3);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    assert_eq!(w.letter(2), 'R');
    assert_eq!(w.resume(2), Outcome::Done(3));
    let child = w.ok(2, clone_call(CloneFlags::CLONE_VM, 17));
    w.write(u32::try_from(child).unwrap(), BSS, 5);
    assert_eq!(w.read(2, BSS), 5);
}

/// A default SIGTERM kills the waiting parent at once, and the child goes to init.
#[test]
fn a_killed_vfork_parent() {
    let mut w = family();
    w.blocks(2, decode::vfork());
    w.ok(3, kill(2, SIGTERM));
    assert_eq!(w.letter(2), 'R');
    assert_eq!(w.resume(2), Outcome::Gone);
    assert_eq!((w.letter(2), w.ppid(3)), ('Z', 1));
    w.exit(3, 0);
    w.ok(1, wait4(2, NONE));
    assert_eq!(w.status(1), killed(Signal::SIGTERM));
}

/// A signal for the process is the matter of the one thread that was told: while the leader sleeps in vfork, another
/// thread makes its calls as if nothing pended; a fork looks anew, and takes it.
#[test]
fn another_thread_does_not_see_what_the_leader_was_told() {
    let mut w = family();
    let thread = w.thread(2);
    w.blocks(2, decode::vfork());
    w.ok(1, kill(2, SIGSTOP));
    assert_eq!(w.ok(thread, Call::Gettid), i64::from(thread));
    assert_eq!(w.letter(thread), 'R');
    w.blocks(thread, decode::fork());
    assert_eq!(w.letter(thread), 'T');
    w.ok(1, kill(2, SIGCONT));
    let Outcome::Done(child) = w.resume(thread) else {
        panic!("the fork goes on");
    };
    assert_eq!(w.ppid(u32::try_from(child).unwrap()), 2);
}

/// A stop that came during vfork acts after it.
#[test]
fn a_stop_acts_after_vfork() {
    let mut w = family();
    w.blocks(2, decode::vfork());
    w.ok(3, kill(2, SIGSTOP));
    w.exit(3, 0);
    assert_eq!(w.resume(2), Outcome::Done(3));
    assert_eq!(w.letter(2), 'T');
}

/// A vfork child of a task without an address space releases its parent as any other.
#[test]
fn vfork_without_an_address_space() {
    let mut m = support::Memory::new();
    let storage = Boxed::<Regs>::new(&Capacity::for_tasks(8));
    let mut k = kernel_model::Kernel::boot(storage, &Config::default(), &mut m).unwrap();
    let init = k.find(Pid::INIT).unwrap();
    assert_eq!(k.syscall(init, decode::vfork(), &mut m), Outcome::Blocked);
    let child = k.find(Pid(3)).unwrap();
    assert_eq!(k.syscall(child, exit_group(0), &mut m), Outcome::Gone);
    assert_eq!(k.resume(init, &mut m), Outcome::Done(3));
    k.audit().unwrap();
}

/// A stop signal to the process while its leader is in vfork: the leader is chosen for it, in D and all, and another
/// thread sleeps on (asked of Linux 6.18); both stop once the leader is back.
#[test]
fn a_stop_for_a_leader_in_vfork_wakes_no_other_thread() {
    let mut w = family();
    let thread = w.thread(2);
    w.blocks(thread, Call::Pause);
    w.blocks(2, decode::vfork());
    let child = thread + 1;
    w.ok(child, kill(2, SIGSTOP));
    assert_eq!((w.letter(2), w.letter(thread)), ('D', 'S'));
    w.exit(child, 0);
    assert_eq!(w.resume(2), Outcome::Done(i64::from(child)));
    assert_eq!(w.resume(thread), Outcome::Blocked);
    assert_eq!((w.letter(2), w.letter(thread)), ('T', 'T'));
}

/// SIGSTOP waits until the child is done; a SIGTERM behind it is not looked at before (`wants_signal()`: who has a
/// signal to take already is not told of another), and SIGKILL is.
#[test]
fn a_signal_behind_a_stop_waits_with_it() {
    let mut w = family();
    w.blocks(2, decode::vfork());
    w.ok(3, kill(2, SIGSTOP));
    assert_eq!(w.letter(2), 'D');
    w.ok(3, kill(2, SIGTERM));
    assert_eq!(w.letter(2), 'D');
    w.ok(3, kill(2, 9));
    assert_eq!(w.resume(2), Outcome::Gone);
    w.ok(1, wait4(2, NONE));
    assert_eq!(w.status(1), killed(Signal::SIGKILL));
}
