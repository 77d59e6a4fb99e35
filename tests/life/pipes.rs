//! Pipes.

use super::*;

fn read(fd: i32, count: u64) -> Call {
    Call::Read {
        fd,
        buf: UserPtr(ARENA),
        count,
    }
}

fn write(fd: i32, count: u64) -> Call {
    Call::Write {
        fd,
        buf: UserPtr(ARENA),
        count,
    }
}

/// pid 2 with a pipe and a buffer of 32 pages.
fn piped(flags: OpenFlags) -> (Roomy, i32, i32) {
    let mut w = family();
    w.ok(2, mmap(ARENA, 32, RW, MapFlags::MAP_PRIVATE));
    let (r, wr) = w.pipe(2, flags);
    (w, r, wr)
}

/// 65,536 bytes when the writes fill the slots; small writes merge into the last slot only.
#[test]
fn capacity() {
    let (mut w, r, wr) = piped(OpenFlags::O_NONBLOCK);
    assert_eq!(w.ok(2, write(wr, 70_000)), 65_536);
    w.fails(2, write(wr, 1), Errno::EAGAIN);
    assert_eq!(w.ok(2, read(r, 70_000)), 65_536);
    w.fails(2, read(r, 1), Errno::EAGAIN);
    // 3,000 bytes do not merge with 3,000: sixteen of them fill the pipe.
    for _ in 0..16 {
        assert_eq!(w.ok(2, write(wr, 3000)), 3000);
    }
    w.fails(2, write(wr, 3000), Errno::EAGAIN);
    assert_eq!(w.ok(2, write(wr, 1000)), 1000, "it fits into the last slot");
    assert_eq!(w.ok(2, read(r, 100_000)), 49_000);
    for _ in 0..65_536 / 512 {
        assert_eq!(w.ok(2, write(wr, 512)), 512);
    }
    w.fails(2, write(wr, 1), Errno::EAGAIN);
}

/// Up to 4,096 bytes all or nothing; more may be partial.
#[test]
fn atomicity() {
    let (mut w, r, wr) = piped(OpenFlags::O_NONBLOCK);
    assert_eq!(w.ok(2, write(wr, 65_536 - 4096)), 65_536 - 4096);
    assert_eq!(w.ok(2, write(wr, 100)), 100);
    w.fails(2, write(wr, 4096), Errno::EAGAIN);
    assert_eq!(w.ok(2, read(r, 4096)), 4096);
    assert_eq!(
        w.ok(2, write(wr, 9000)),
        808 + 4096,
        "what is over a page merges, then one slot"
    );
}

/// The bytes come out as they went in, over page borders.
#[test]
fn bytes_in_order() {
    let (mut w, r, wr) = piped(OpenFlags::empty());
    let bytes: Vec<u8> = (0u32..9000).map(|n| (n % 251) as u8).collect();
    w.poke(2, ARENA + 100, &bytes);
    let (from, to) = (UserPtr(ARENA + 100), UserPtr(ARENA + 10 * PAGE + 7));
    let (a, b) = (
        Call::Write {
            fd: wr,
            buf: from,
            count: 9000,
        },
        Call::Read {
            fd: r,
            buf: to,
            count: 9000,
        },
    );
    assert_eq!((w.ok(2, a), w.ok(2, b)), (9000, 9000));
    let back: Vec<u8> = (0..9000).map(|at| w.read(2, to.0 + at)).collect();
    assert!(back == bytes);
}

/// No reader: SIGPIPE and EPIPE; of no bytes 0.
#[test]
fn no_reader() {
    let (mut w, r, wr) = piped(OpenFlags::empty());
    w.ok(2, Call::Close { fd: r });
    assert_eq!(w.ok(2, write(wr, 0)), 0);
    let child = w.fork(2);
    assert_eq!(w.call(child, write(wr, 1)), Outcome::Gone);
    w.ok(2, wait4(-1, NONE));
    assert_eq!(w.status(2), killed(Signal::SIGPIPE));
    w.sigaction(2, 13, SIG_IGN, 0);
    w.fails(2, write(wr, 1), Errno::EPIPE);
}

/// End of file only when the last writer is gone, a forked one included; one's own copy keeps it open.
#[test]
fn end_of_file() {
    let (mut w, r, wr) = piped(OpenFlags::empty());
    let child = w.fork(2);
    w.blocks(2, read(r, 1));
    assert_eq!(w.letter(2), 'S');
    w.exit(child, 0);
    assert_eq!(w.letter(2), 'S', "its own write end is open");
    let child = w.fork(1);
    w.ok(1, kill(2, 9));
    assert_eq!(w.resume(2), Outcome::Gone);
    w.exit(child, 0);

    let (mut w, r, wr2) = piped(OpenFlags::empty());
    assert_eq!(wr, wr2);
    let child = w.fork(2);
    w.ok(2, Call::Close { fd: wr });
    w.blocks(2, read(r, 1));
    w.ok(child, write(wr, 5));
    assert_eq!(w.resume(2), Outcome::Done(1));
    assert_eq!(w.ok(2, read(r, 9)), 4);
    w.blocks(2, read(r, 1));
    w.exit(child, 0);
    assert_eq!(w.resume(2), Outcome::Done(0));
}

/// A writer sleeps until there is room, and goes on where it was.
#[test]
fn a_writer_sleeps_until_there_is_room() {
    let (mut w, r, wr) = piped(OpenFlags::empty());
    let child = w.fork(2);
    w.blocks(child, write(wr, 100_000));
    assert_eq!(w.ok(2, read(r, 4095)), 4095);
    assert_eq!(w.letter(child), 'S', "no slot is free yet");
    assert_eq!(w.ok(2, read(r, 1)), 1);
    assert_eq!(w.letter(child), 'R');
    assert_eq!(w.resume(child), Outcome::Blocked);
    assert_eq!(w.ok(2, read(r, 65_536)), 65_536);
    assert_eq!(w.resume(child), Outcome::Done(100_000));
    w.blocks(child, write(wr, 70_000));
    w.ok(2, Call::Close { fd: r });
    assert_eq!(w.letter(child), 'S', "the child itself has a read end");
}

/// Exclusive waiters: one reader wakes at a time, the first that slept first; one with a bad address passes it on.
#[test]
fn readers_wake_one_at_a_time() {
    let (mut w, r, wr) = piped(OpenFlags::empty());
    let (a, b) = (w.fork(2), w.fork(2));
    let bad = Call::Read {
        fd: r,
        buf: UserPtr(16),
        count: 4,
    };
    w.blocks(a, bad);
    w.blocks(b, read(r, 2));
    w.ok(2, write(wr, 2));
    assert_eq!((w.letter(a), w.letter(b)), ('R', 'S'));
    assert_eq!(w.resume(a), support::fail(Errno::EFAULT));
    assert_eq!(w.letter(b), 'R');
    assert_eq!(w.resume(b), Outcome::Done(2));
}

/// A read that sleeps keeps the description, though another thread closes the descriptor.
#[test]
fn a_sleeping_read_holds_the_file() {
    let (mut w, r, wr) = piped(OpenFlags::empty());
    let thread = w.thread(2);
    w.blocks(thread, read(r, 1));
    w.ok(2, Call::Close { fd: r });
    w.ok(2, write(wr, 1));
    assert_eq!(w.resume(thread), Outcome::Done(1));
    w.sigaction(2, 13, SIG_IGN, 0);
    w.fails(2, write(wr, 1), Errno::EPIPE);
}

/// pipe2: EINVAL, EFAULT without a trace, EMFILE, ENFILE.
#[test]
fn errors_of_pipe() {
    let mut w = family();
    let call = |fds, flags| Call::Pipe2 {
        fds: UserPtr(fds),
        flags,
    };
    w.fails(2, call(BSS, OpenFlags::O_APPEND), Errno::EINVAL);
    let used = w.k.used();
    w.fails(2, call(8, OpenFlags::empty()), Errno::EFAULT);
    assert_eq!(w.k.used(), used);
    w.limit(2, Resource::Nofile, 4, 4);
    w.fails(2, call(BSS, OpenFlags::empty()), Errno::EMFILE);

    let capacity = Capacity {
        files: 4,
        ..Capacity::for_tasks(4)
    };
    let mut w = boot(Boxed::new(&capacity), &Config::default());
    w.fails(1, call(BSS, OpenFlags::empty()), Errno::ENFILE);
}

/// A blocked read is not disturbed by a stop and a continue, nor by an ignored signal.
#[test]
fn a_stop_and_a_continue_resume_the_read() {
    let (mut w, r, wr) = piped(OpenFlags::empty());
    let child = w.fork(2);
    let number = i32::try_from(child).unwrap();
    w.blocks(child, read(r, 1));
    w.ok(2, kill(number, SIGCHLD));
    w.ok(2, kill(number, SIGCONT));
    assert_eq!(w.letter(child), 'S', "what would do nothing does not even wake");
    w.ok(2, kill(number, SIGSTOP));
    assert_eq!(w.resume(child), Outcome::Blocked);
    assert_eq!(w.letter(child), 'T');
    w.ok(2, write(wr, 1));
    assert_eq!(w.letter(child), 'T');
    w.ok(2, kill(number, SIGCONT));
    assert_eq!(w.resume(child), Outcome::Done(1));
}

/// do_exit() closes the files before exit_notify(): where an end can be preempted, others see the end of the pipe and no zombie.
#[test]
fn an_end_can_be_preempted_behind_its_files() {
    let config = Config {
        preempt_exit: true,
        ..Config::default()
    };
    let mut w = boot(Boxed::new(&Capacity::for_tasks(32)), &config);
    let parent = w.fork(1);
    let (reader, writer) = w.pipe(parent, OpenFlags::empty());
    let child = w.fork(parent);
    w.ok(parent, Call::Close { fd: writer });
    let read = Call::Read {
        fd: reader,
        buf: UserPtr(BSS),
        count: 1,
    };
    w.blocks(parent, read);
    assert_eq!(w.call(child, exit_group(3)), Outcome::Blocked);
    assert_eq!(w.resume(parent), Outcome::Done(0), "the end of the pipe");
    assert_eq!(w.ok(parent, wait4(-1, WaitOptions::WNOHANG)), 0, "and no zombie");
    // Who is about to end takes no signal.
    w.ok(parent, kill(i32::try_from(child).unwrap(), 9));
    assert_eq!((w.letter(child), w.k.has_work(w.task(child))), ('R', true));
    assert_eq!(w.resume(child), Outcome::Gone);
    assert_eq!(w.ok(parent, wait4(-1, WaitOptions::empty())), i64::from(child));
    assert_eq!(w.status(parent), exited(3));
    // Without a pipe nobody could tell.
    w.ok(parent, Call::Close { fd: reader });
    let child = w.fork(parent);
    w.exit(child, 0);
}
