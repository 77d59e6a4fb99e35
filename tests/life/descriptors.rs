//! Descriptors.

use super::*;

/// Always the lowest free number; EBADF for what is not open; EMFILE at RLIMIT_NOFILE.
#[test]
fn the_lowest_free_number() {
    let mut w = family();
    assert_eq!(w.ok(2, Call::Dup { fd: 1 }), 3);
    assert_eq!(w.ok(2, Call::Dup { fd: 1 }), 4);
    w.ok(2, Call::Close { fd: 0 });
    w.ok(2, Call::Close { fd: 3 });
    assert_eq!(w.ok(2, Call::Dup { fd: 1 }), 0);
    assert_eq!(w.ok(2, Call::Dup { fd: 1 }), 3);
    w.fails(2, Call::Close { fd: 9 }, Errno::EBADF);
    w.fails(2, Call::Close { fd: -1 }, Errno::EBADF);
    w.limit(2, Resource::Nofile, 5, 5);
    w.fails(2, Call::Dup { fd: 1 }, Errno::EMFILE);
    w.fails(2, Call::Dup { fd: 77 }, Errno::EBADF);
}

/// dup2 closes the target; onto itself it only asks; at or above the limit EBADF. dup3: EINVAL onto itself.
#[test]
fn dup2_and_dup3() {
    let mut w = family();
    let (r, wr) = w.pipe(2, OpenFlags::empty());
    assert_eq!(w.ok(2, Call::Dup2 { fd: 1, newfd: wr }), i64::from(wr));
    let read = Call::Read {
        fd: r,
        buf: UserPtr(BSS),
        count: 1,
    };
    assert_eq!(w.ok(2, read), 0, "the only write end was closed by dup2");
    assert_eq!(w.ok(2, Call::Dup2 { fd: 1, newfd: 1 }), 1);
    w.fails(2, Call::Dup2 { fd: 9, newfd: 9 }, Errno::EBADF);
    w.fails(2, Call::Dup2 { fd: 9, newfd: 1 }, Errno::EBADF);
    w.fails(2, Call::Dup2 { fd: 1, newfd: 1024 }, Errno::EBADF);
    w.fails(2, Call::Dup2 { fd: 1, newfd: -1 }, Errno::EBADF);
    let dup3 = |fd, newfd, flags| Call::Dup3 { fd, newfd, flags };
    w.fails(2, dup3(1, 1, 0), Errno::EINVAL);
    w.fails(2, dup3(1, 5, 1), Errno::EINVAL);
    assert_eq!(w.ok(2, dup3(1, 100, 0o2_000_000)), 100);
    let fcntl = |cmd, arg| Call::Fcntl { fd: 100, cmd, arg };
    assert_eq!(w.ok(2, fcntl(1, 0)), 1);
    assert_eq!(w.ok(2, fcntl(0, 40)), 40);
    w.fails(2, fcntl(0, 1024), Errno::EINVAL);
    assert_eq!(w.ok(2, fcntl(1030, 40)), 41);
}

/// Close-on-exec descriptors are closed by exec, the others stay; a vfork parent that shares nothing keeps its own.
#[test]
fn close_on_exec() {
    let mut w = family();
    let (r, wr) = w.pipe(2, OpenFlags::O_CLOEXEC);
    let kept = i32::try_from(w.ok(2, Call::Dup { fd: wr })).unwrap();
    let child = u32::try_from(w.ok(2, clone_call(CloneFlags::CLONE_FILES, 17))).unwrap();
    let task = w.task(child);
    assert_eq!(w.k.exec(task, &program(1), &mut w.m), Outcome::Done(0));
    w.fails(child, Call::Dup { fd: r }, Errno::EBADF);
    w.ok(child, Call::Dup { fd: kept });
    w.ok(2, Call::Dup { fd: r });
}

/// A child's close leaves the parent's descriptor open; they share the description and its flags.
#[test]
fn a_forked_table_shares_descriptions() {
    let mut w = family();
    let (r, _) = w.pipe(2, OpenFlags::empty());
    let child = w.fork(2);
    let fcntl = |cmd, arg| Call::Fcntl { fd: r, cmd, arg };
    w.ok(child, fcntl(4, 0o4000));
    w.ok(child, Call::Close { fd: r });
    assert_eq!(w.ok(2, fcntl(3, 0)) & 0o4000, 0o4000);
}

/// Read of a write end and write of a read end: EBADF. The console takes what is written.
#[test]
fn directions() {
    let mut w = family();
    let (r, wr) = w.pipe(2, OpenFlags::empty());
    let (buf, count) = (UserPtr(BSS), 1);
    w.fails(2, Call::Read { fd: wr, buf, count }, Errno::EBADF);
    w.fails(2, Call::Write { fd: r, buf, count }, Errno::EBADF);
    w.fails(2, Call::Lseek { fd: r }, Errno::ESPIPE);
    w.poke(2, BSS, b"hello");
    assert_eq!(w.ok(2, Call::Write { fd: 1, buf, count: 5 }), 5);
    assert_eq!(w.m.console, b"hello");
    w.fails(
        2,
        Call::Write {
            fd: 1,
            buf: UserPtr(8),
            count,
        },
        Errno::EFAULT,
    );
}
