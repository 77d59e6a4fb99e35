//! What a new program finds on its stack, and what it may be given.

use super::*;
use kernel_model::verbs::binfmt::Arguments;

const GIVEN: Arguments<'static> = Arguments {
    filename: b"/bin/it",
    argv: &[b"it", b""],
    envp: &[b"A=1"],
    random: [7; 16],
};

fn word(w: &mut Roomy, addr: u64) -> u64 {
    let bytes = (0..8).map(|at| w.read(2, addr + at));
    bytes
        .enumerate()
        .fold(0, |sum, (at, byte)| sum | u64::from(byte) << (8 * at))
}

fn string(w: &mut Roomy, addr: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        match w.read(2, addr + bytes.len() as u64) {
            0 => return bytes,
            byte => bytes.push(byte),
        }
    }
}

/// argc, argv, NULL, environ, NULL, the auxiliary vector; the strings one behind the other, the path highest. Asked.
#[test]
fn the_stack_of_a_new_program() {
    let mut w = family();
    let task = w.task(2);
    assert_eq!(w.k.execve(task, &program(1), &GIVEN, &mut w.m), Outcome::Done(0));
    w.audit();
    let sp = w.k.thread(task).unwrap().sp;
    assert_eq!(sp % 16, 0);
    let words: Vec<u64> = (0..6).map(|at| word(&mut w, sp + at * 8)).collect();
    assert_eq!([words[0], words[3], words[5]], [2, 0, 0]);
    let (first, second, variable) = (words[1], words[2], words[4]);
    assert_eq!([second - first, variable - second], [3, 1]);
    assert_eq!(string(&mut w, first), b"it");
    assert_eq!(string(&mut w, variable), b"A=1");
    let mut auxv = std::collections::BTreeMap::new();
    for at in (sp + 48..).step_by(16) {
        let (kind, value) = (word(&mut w, at), word(&mut w, at + 8));
        if kind == 0 {
            break;
        }
        auxv.insert(kind, value);
    }
    let path = auxv[&31];
    assert_eq!(path, variable + 4);
    assert_eq!(string(&mut w, path), b"/bin/it");
    assert_eq!(path + 8 + 8, kernel_model::abi::limits::STACK_TOP);
    assert_eq!([auxv[&6], auxv[&17], auxv[&23]], [4096, 100, 0]);
    assert_eq!(word(&mut w, auxv[&25]), 0x0707_0707_0707_0707);
}

/// A program always has an argv[0]. Asked.
#[test]
fn an_empty_argv() {
    let mut w = family();
    let task = w.task(2);
    let nothing = Arguments { argv: &[], ..GIVEN };
    assert_eq!(
        w.k.execve(task, &program(1), &nothing, &mut w.m),
        Outcome::Done(0)
    );
    let sp = w.k.thread(task).unwrap().sp;
    assert_eq!(word(&mut w, sp), 1);
    let empty = word(&mut w, sp + 8);
    assert_eq!(string(&mut w, empty), b"");
    assert_eq!(word(&mut w, sp + 16), 0);
}

/// What is too big leaves the old program as it was. Asked.
#[test]
fn too_big() {
    let mut w = family();
    let task = w.task(2);
    let (longest, longer) = (vec![b'x'; 131_071], vec![b'x'; 131_072]);
    let before = w.k.clone();
    let one = [longer.as_slice()];
    let given = Arguments { argv: &one, ..GIVEN };
    assert_eq!(
        w.k.execve(task, &program(1), &given, &mut w.m),
        support::fail(Errno::E2BIG)
    );
    let many = vec![longest.as_slice(); 17];
    let given = Arguments { argv: &many, ..GIVEN };
    assert_eq!(
        w.k.execve(task, &program(1), &given, &mut w.m),
        support::fail(Errno::E2BIG)
    );
    assert_eq!(w.k.used(), before.used());
    w.audit();
}

/// An exec waits for the other threads to end, and is made again when they have.
#[test]
fn an_exec_waits_for_the_other_threads() {
    let mut w = family();
    let task = w.task(2);
    let thread = w.ok(2, clone_call(THREAD, 0));
    assert!(!w.k.in_execve(task));
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Blocked);
    assert!(w.k.in_execve(task));
    assert_eq!(w.resume(u32::try_from(thread).unwrap()), Outcome::Gone);
    assert!(w.k.in_execve(task) && w.k.has_work(task));
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    assert!(!w.k.in_execve(task) && !w.k.has_work(task));
    w.audit();
}
