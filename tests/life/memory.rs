//! Pages, faults and mappings.

use super::*;

/// After fork both name the same frame; the writer copies, the last sharer writes in place, whichever side it is.
#[test]
fn the_writer_copies_and_the_last_sharer_does_not() {
    for writer_is_child in [true, false] {
        let mut w = family();
        w.write(2, BSS, 1);
        let frame = w.frame_of(2, BSS);
        let child = w.fork(2);
        assert_eq!(w.frame_of(child, BSS), frame);
        let (first, last) = if writer_is_child { (child, 2) } else { (2, child) };
        w.write(first, BSS, 2);
        assert!(matches!(last_fault(&w), Some(FaultKind::Copy { .. })));
        assert_ne!(w.frame_of(first, BSS), frame);
        w.write(last, BSS, 3);
        assert_eq!(
            (last_fault(&w), w.frame_of(last, BSS)),
            (Some(FaultKind::Reuse), frame)
        );
        assert_eq!((w.read(first, BSS), w.read(last, BSS)), (2, 3));
    }
}

/// After the child's exit, already as a zombie, or its exec, the parent writes in place.
#[test]
fn a_dead_child_shares_nothing() {
    for by_exec in [true, false] {
        let mut w = family();
        w.write(2, BSS, 1);
        let child = w.fork(2);
        if by_exec {
            let task = w.task(child);
            assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
        } else {
            w.exit(child, 0);
        }
        w.write(2, BSS, 2);
        assert_eq!(last_fault(&w), Some(FaultKind::Reuse));
    }
}

/// A read of an untouched page maps the one zero page, which rss does not count (asked); the first write
/// allocates.
#[test]
fn the_zero_page() {
    let mut w = family();
    let rss = |w: &Roomy| w.k.view().mms[w.k.view().tasks[w.task(2)].mm.unwrap()].rss;
    let before = rss(&w);
    assert_eq!(w.read(2, BSS), 0);
    assert_eq!(
        (last_fault(&w), w.frame_of(2, BSS)),
        (Some(FaultKind::ZeroPage), Some(FrameNo::ZERO_PAGE))
    );
    assert_eq!(rss(&w), before);
    w.write(2, BSS, 1);
    assert!(matches!(
        last_fault(&w),
        Some(FaultKind::Copy {
            from: FrameNo::ZERO_PAGE
        })
    ));
    assert_eq!(rss(&w), before + 1);
    w.write(2, BSS + PAGE, 1);
    assert_eq!(last_fault(&w), Some(FaultKind::Anonymous));
    w.ok(
        2,
        Call::Munmap {
            addr: BSS,
            length: 2 * PAGE,
        },
    );
    assert_eq!(rss(&w), before);
}

/// A page of the program is shared by all who run it, and copied by who writes it.
#[test]
fn pages_of_the_program() {
    let mut w = family();
    let child = w.fork(2);
    let first = w.read(2, DATA + 5);
    assert_eq!(last_fault(&w), Some(FaultKind::File));
    assert_eq!(w.read(child, DATA + 5), first);
    assert_eq!(w.frame_of(child, DATA), w.frame_of(2, DATA));
    w.write(child, DATA + 5, !first);
    assert_eq!((w.read(2, DATA + 5), w.read(child, DATA + 5)), (first, !first));
    w.exit(child, 0);
    w.write(2, DATA, 1);
    assert!(
        matches!(last_fault(&w), Some(FaultKind::Copy { .. })),
        "the file keeps its page"
    );
}

/// MAP_SHARED stays one frame across fork, however late it is touched.
#[test]
fn shared_memory_stays_shared() {
    let mut w = family();
    w.ok(2, mmap(ARENA, 2, RW, MapFlags::MAP_SHARED));
    w.write(2, ARENA, 1);
    let child = w.fork(2);
    w.write(child, ARENA, 2);
    w.write(child, ARENA + PAGE, 3);
    assert_eq!((w.read(2, ARENA), w.read(2, ARENA + PAGE)), (2, 3));
    assert_eq!(w.frame_of(child, ARENA), w.frame_of(2, ARENA));
    w.exit(child, 0);
    assert_eq!(w.read(2, ARENA + PAGE), 3);
}

/// A count above 255 sharers works; forking what is shared already keeps it writable for all.
#[test]
fn many_sharers() {
    let mut w = boot(
        Boxed::new(&Capacity::for_tasks(310)),
        &Config {
            kthreadd: false,
            ..Config::default()
        },
    );
    w.write(1, BSS, 1);
    let children: Vec<u32> = (0..300).map(|_| w.fork(1)).collect();
    w.write(children[7], BSS, 7);
    let grandchild = w.fork(children[7]);
    w.write(grandchild, BSS, 8);
    for child in children.iter().skip(8) {
        w.exit(*child, 0);
    }
    assert_eq!(
        (w.read(1, BSS), w.read(children[7], BSS), w.read(grandchild, BSS)),
        (1, 7, 8)
    );
}

/// SIGSEGV: code 1 where nothing is mapped, 2 where the mapping does not allow it. The signal cannot be blocked
/// or ignored, and ends the process with a core if it may.
#[test]
fn bad_accesses() {
    let mut w = family();
    let cases = [
        (0, Access::Read, BadAccess::Maperr),
        (u64::MAX - 5, Access::Read, BadAccess::Maperr),
        (TEXT, Access::Write, BadAccess::Accerr),
        (ARENA, Access::Write, BadAccess::Accerr),
        (BSS, Access::Exec, BadAccess::Accerr),
    ];
    for (addr, access, bad) in cases {
        let child = w.fork(1);
        let task = w.task(child);
        w.sigaction(child, 11, SIG_IGN, 0);
        w.mask(child, u64::MAX);
        w.limit(child, Resource::Core, RLIM_INFINITY, RLIM_INFINITY);
        w.ok(child, mmap(ARENA, 1, Prot::READ, MapFlags::MAP_PRIVATE));
        assert_eq!(
            w.k.page_fault(task, addr, access, &mut w.m),
            Err(bad),
            "{addr:#x}"
        );
        assert_eq!(w.resume(child), Outcome::Gone);
        w.ok(1, wait4(i32::try_from(child).unwrap(), NONE));
        let (signal, core) = (Signal::SIGSEGV, true);
        assert_eq!(w.status(1), WaitStatus::Signaled { signal, core });
    }
}

/// mprotect takes the right to write and gives it back, without a new frame.
#[test]
fn mprotect_and_back() {
    let mut w = family();
    w.write(2, BSS, 1);
    let frame = w.frame_of(2, BSS);
    let call = |prot| Call::Mprotect {
        addr: BSS,
        length: PAGE,
        prot,
    };
    w.ok(2, call(Prot::READ));
    let task = w.task(2);
    assert!(w.k.translate(task, BSS, Access::Write).is_none());
    w.ok(2, call(RW));
    w.write(2, BSS, 2);
    assert_eq!(
        (last_fault(&w), w.frame_of(2, BSS)),
        (Some(FaultKind::Reuse), frame)
    );
    w.ok(2, call(Prot::empty()));
    assert!(w.k.translate(task, BSS, Access::Read).is_none());
    let hole = Call::Mprotect {
        addr: BSS,
        length: 64 * PAGE,
        prot: Prot::READ,
    };
    w.fails(2, hole, Errno::ENOMEM);
    assert!(
        w.k.translate(task, BSS, Access::Read).is_some(),
        "what lies before the hole has changed"
    );
}

/// MADV_DONTFORK: not in the child. MADV_WIPEONFORK: zeroes in the child.
#[test]
fn advice_about_fork() {
    let mut w = family();
    w.ok(2, mmap(ARENA, 3, RW, MapFlags::MAP_PRIVATE));
    for page in 0..3 {
        w.write(2, ARENA + page * PAGE, 9);
    }
    let advise = |page, advice| Call::Madvise {
        addr: ARENA + page * PAGE,
        length: PAGE,
        advice,
    };
    w.ok(2, advise(0, 10));
    w.ok(2, advise(1, 18));
    let child = w.fork(2);
    assert_eq!(
        (w.read(child, ARENA + PAGE), w.read(child, ARENA + 2 * PAGE)),
        (0, 9)
    );
    assert_eq!(w.try_access(child, ARENA, Access::Read), Err(BadAccess::Maperr));
    assert_eq!(w.read(2, ARENA + PAGE), 9);
    w.ok(2, advise(1, 4));
    assert_eq!(w.read(2, ARENA + PAGE), 0);
    w.fails(
        2,
        Call::Madvise {
            addr: DATA,
            length: PAGE,
            advice: 18,
        },
        Errno::EINVAL,
    );
}

/// The stack grows down to a fault below it, up to RLIMIT_STACK; below that SIGSEGV code 1.
#[test]
fn the_stack_grows_to_its_limit() {
    let mut w = family();
    w.write(2, STACK - 200 * PAGE, 1);
    assert_eq!(w.read(2, STACK - 200 * PAGE), 1);
    w.limit(2, Resource::Stack, 300 * PAGE, RLIM_INFINITY);
    let child = w.fork(2);
    w.write(child, STACK - 299 * PAGE, 1);
    assert_eq!(
        w.try_access(child, STACK - 300 * PAGE, Access::Write),
        Err(BadAccess::Maperr)
    );
}

/// The stack keeps 256 pages to what a program could run into; to PROT_NONE it keeps nothing.
#[test]
fn the_guard_gap() {
    for (prot, grows) in [(RW, false), (Prot::empty(), true)] {
        let mut w = family();
        w.ok(2, mmap(STACK - 400 * PAGE, 1, prot, MapFlags::MAP_PRIVATE));
        let edge = STACK - 399 * PAGE + 256 * PAGE;
        w.write(2, edge, 1);
        let result = w.try_access(2, edge - PAGE, Access::Write);
        assert_eq!(result.is_ok(), grows, "{prot:?}");
    }
}

/// brk moves the end of the heap; it leaves a page free before the next mapping (asked), and below its start it
/// does nothing.
#[test]
fn brk_moves_the_heap() {
    let mut w = family();
    let brk = |addr| Call::Brk { addr };
    let at = |addr: u64| i64::try_from(addr).unwrap();
    assert_eq!(w.ok(2, brk(0)), at(HEAP));
    assert_eq!(w.ok(2, brk(HEAP + 2 * PAGE)), at(HEAP + 2 * PAGE));
    w.write(2, HEAP + PAGE, 4);
    assert_eq!(w.ok(2, brk(HEAP + PAGE)), at(HEAP + PAGE));
    assert_eq!(w.ok(2, brk(HEAP + 2 * PAGE)), at(HEAP + 2 * PAGE));
    assert_eq!(w.read(2, HEAP + PAGE), 0, "what was given back is forgotten");
    w.ok(2, mmap(HEAP + 4 * PAGE, 1, RW, MapFlags::MAP_PRIVATE));
    assert_eq!(w.ok(2, brk(HEAP + 3 * PAGE)), at(HEAP + 3 * PAGE));
    assert_eq!(w.ok(2, brk(HEAP + 4 * PAGE)), at(HEAP + 3 * PAGE));
}

/// Errors of mmap and munmap.
#[test]
fn errors_of_mmap() {
    let mut w = family();
    let call = |addr, length, flags| Call::Mmap {
        addr,
        length,
        prot: RW,
        flags: flags | MapFlags::MAP_ANONYMOUS,
        fd: -1,
    };
    let private = MapFlags::MAP_PRIVATE;
    w.fails(2, call(0, 0, private), Errno::EINVAL);
    w.fails(2, call(0, PAGE, MapFlags::empty()), Errno::EINVAL);
    w.fails(2, call(0, PAGE, private | MapFlags::MAP_SHARED), Errno::EINVAL);
    w.fails(
        2,
        call(ARENA + 1, PAGE, private | MapFlags::MAP_FIXED),
        Errno::EINVAL,
    );
    w.fails(
        2,
        call(BSS, PAGE, private | MapFlags::MAP_FIXED_NOREPLACE),
        Errno::EEXIST,
    );
    w.fails(2, call(0, 1 << 60, private), Errno::ENOMEM);
    w.fails(
        2,
        Call::Munmap {
            addr: ARENA + 1,
            length: PAGE,
        },
        Errno::EINVAL,
    );
    w.fails(
        2,
        Call::Munmap {
            addr: ARENA,
            length: 0,
        },
        Errno::EINVAL,
    );
    w.ok(
        2,
        Call::Munmap {
            addr: ARENA,
            length: PAGE,
        },
    );
    let top = w.ok(2, call(0, PAGE, private));
    assert_eq!(w.ok(2, call(0, PAGE, private)), top - 4096, "from the top down");
}

/// min_flt counts every fault that was resolved.
#[test]
fn faults_are_counted() {
    let mut w = family();
    let count = |w: &Roomy| w.k.view().tasks[w.task(2)].min_flt;
    let before = count(&w);
    w.read(2, BSS);
    w.write(2, BSS, 1);
    w.write(2, BSS, 2);
    assert_eq!(count(&w), before + 2);
}

/// No frame left: the task that needs one is killed.
#[test]
fn out_of_memory_kills() {
    let capacity = Capacity {
        frames: 6,
        ..Capacity::for_tasks(8)
    };
    let config = Config {
        kthreadd: false,
        ..Config::default()
    };
    let mut w = boot(Boxed::new(&capacity), &config);
    let child = w.fork(1);
    w.ok(child, mmap(ARENA, 6, RW, MapFlags::MAP_PRIVATE));
    let oom = (0..6).find_map(|page| w.try_access(child, ARENA + page * PAGE, Access::Write).err());
    assert_eq!(oom, Some(BadAccess::Oom));
    assert_eq!(w.resume(child), Outcome::Gone);
    let used = w.k.used();
    w.ok(1, wait4(-1, NONE));
    assert!(w.k.used() != used);
    assert_eq!(w.status(1), killed(Signal::SIGKILL));
}

/// mprotect takes the right to write from a shared mapping too, and a write that is allowed again finds its frame.
#[test]
fn mprotect_of_shared_memory() {
    let mut w = family();
    w.ok(2, mmap(ARENA, 1, RW, MapFlags::MAP_SHARED));
    w.write(2, ARENA, 1);
    let child = w.fork(2);
    w.write(child, ARENA, 2);
    let (task, frame) = (w.task(2), w.frame_of(2, ARENA));
    let call = |prot| Call::Mprotect {
        addr: ARENA,
        length: PAGE,
        prot,
    };
    w.ok(2, call(Prot::READ));
    assert!(w.k.translate(task, ARENA, Access::Write).is_none());
    w.write(child, ARENA, 3);
    w.ok(2, call(RW));
    w.write(2, ARENA, 4);
    assert_eq!((w.frame_of(2, ARENA), w.read(child, ARENA)), (frame, 4));
}

/// The kernel touches a page for a program: the page is there as for the program, and where it cannot be, no signal is
/// sent, for it is the call that fails.
#[test]
fn a_fault_of_the_kernels_own_sends_no_signal() {
    let mut w = family();
    w.write(2, BSS, 1);
    let child = w.fork(2);
    let task = w.task(child);
    let fault = |w: &mut Roomy, addr| w.k.handle_mm_fault(task, addr, Access::Write, &mut w.m);
    assert!(fault(&mut w, BSS).is_ok());
    assert!(matches!(last_fault(&w), Some(FaultKind::Copy { .. })));
    assert_eq!(fault(&mut w, 8), Err(BadAccess::Maperr));
    assert_eq!(fault(&mut w, TEXT), Err(BadAccess::Accerr));
    assert_eq!(fault(&mut w, u64::MAX), Err(BadAccess::Maperr));
    assert!(!w.k.has_work(task));
    assert_eq!(
        w.k.page_fault(task, 8, Access::Write, &mut w.m),
        Err(BadAccess::Maperr)
    );
    assert!(w.k.has_work(task), "the program's own does");
}

/// Whether instructions may be fetched goes with the page, and changes with the range.
#[test]
fn what_is_no_instruction_cannot_be_executed() {
    let mut w = family();
    let task = w.task(2);
    let told = |w: &Roomy| {
        let last = w.m.log.iter().rev().find_map(|effect| match effect {
            Effect::MapPage { executable, .. } => Some(*executable),
            _ => None,
        });
        last.unwrap()
    };
    w.write(2, BSS, 1);
    assert!(!told(&w));
    assert!(!w.k.translate(task, BSS, Access::Read).unwrap().executable);
    assert_eq!(w.k.translate(task, BSS, Access::Exec), None);
    let call = Call::Mprotect {
        addr: BSS,
        length: PAGE,
        prot: Prot::READ | Prot::EXEC,
    };
    w.ok(2, call);
    assert!(w.k.page_fault(task, BSS, Access::Exec, &mut w.m).is_ok());
    assert!(told(&w) && w.k.translate(task, BSS, Access::Exec).unwrap().executable);
}
