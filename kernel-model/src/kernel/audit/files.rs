//! The rules about descriptors, pipes and the terminal: 18 to 20, 24.

use super::{Audit, Tally, require};
use crate::abi::ids::TaskRef;
use crate::abi::state::State;
use crate::abi::termios::LocalModes;
use crate::objects::blocked::Blocked;
use crate::objects::file::{FileKind, FileRef};
use crate::objects::task::TaskStruct;
use crate::objects::tty::Keyboard;
use crate::world::WorldView;

/// 18: descriptions, descriptor tables and `fs_struct` are counted right.
pub(super) fn files(w: WorldView<'_>) -> Audit {
    let (mut users, mut fs, mut named) = (Tally::default(), Tally::default(), Tally::default());
    let (mut pieces, mut watched) = (0, 0);
    for (_, t) in w.tasks.iter() {
        t.files.iter().for_each(|files| users.found(files.index()));
        t.fs.iter().for_each(|at| fs.found(at.index()));
        if let Some(transfer) = t.parked.as_ref().and_then(Blocked::transfer) {
            named.found(transfer.file.index());
        }
        for entry in t.polls.iter(w.polls) {
            watched += 1;
            w.polls[entry]
                .file
                .iter()
                .for_each(|file| named.found(file.index()));
        }
        require(
            t.polls.is_empty() || matches!(t.parked, Some(Blocked::Poll(_))),
            18,
            "a task that is not in poll watches descriptors",
            u64::from(t.pid.0),
        )?;
    }
    require(
        watched == w.polls.used(),
        18,
        "a watched descriptor is nobody's",
        u64::from(watched),
    )?;
    for (files, object) in w.files.iter() {
        users.counted(files.index(), object.count);
        pieces += object.pieces();
        for (fd, file) in object.open(w.fdtables) {
            require(
                w.filp.get(file).is_some(),
                18,
                "a descriptor names a closed file",
                u64::from(fd),
            )?;
            named.found(file.index());
        }
    }
    w.fs.iter()
        .for_each(|(at, object)| fs.counted(at.index(), object.users));
    w.filp
        .iter()
        .for_each(|(file, object)| named.counted(file.index(), object.count));
    require(
        users.agrees() && fs.agrees(),
        18,
        "users of a descriptor table or fs_struct are miscounted",
        0,
    )?;
    require(
        pieces == w.fdtables.used(),
        18,
        "a piece of a descriptor table is lost",
        u64::from(pieces),
    )?;
    require(named.agrees(), 18, "descriptors of open files are miscounted", 0)
}

/// 19, 20: a pipe's ends and bytes; nobody sleeps on a condition that holds.
pub(super) fn pipes(w: WorldView<'_>, console: bool) -> Audit {
    let (mut readers, mut writers) = (Tally::default(), Tally::default());
    for (_, file) in w.filp.iter() {
        match file.kind {
            FileKind::PipeRead(pipe) => readers.found(pipe.index()),
            FileKind::ConsoleInput { pipe } => readers.found(pipe.index()),
            FileKind::PipeWrite(pipe) => writers.found(pipe.index()),
            FileKind::Console { .. } | FileKind::Tty { .. } | FileKind::Pidfd(_) | FileKind::Signalfd(_) => {}
        }
    }
    let mut unseen_writers = 0;
    for (pipe, object) in w.pipes.iter() {
        let at = u64::from(pipe.index());
        readers.counted(pipe.index(), object.readers);
        let fds = w
            .filp
            .iter()
            .filter(|(_, file)| file.kind == FileKind::PipeWrite(pipe))
            .count();
        unseen_writers += object
            .writers
            .saturating_sub(u32::try_from(fds).unwrap_or(u32::MAX));
        require(
            object.bytes() <= 65_536,
            19,
            "a pipe holds more than its capacity",
            at,
        )?;
        require(
            object
                .bufs()
                .all(|buf| buf.len > 0 && buf.offset + buf.len <= 4096),
            19,
            "a pipe buffer is out of its page",
            at,
        )?;
        let readable = !object.is_empty() || object.writers == 0;
        require(
            !readable || object.rd_wait.is_empty() || woken(w, object.rd_wait.first()),
            20,
            "a reader sleeps before data",
            at,
        )?;
        let writable = !object.is_full() || object.readers == 0;
        require(
            !writable || object.wr_wait.is_empty() || woken(w, object.wr_wait.first()),
            20,
            "a writer sleeps before room",
            at,
        )?;
    }
    require(readers.agrees(), 19, "read ends are miscounted", 0)?;
    // The embedder holds the write end of the console's input.
    require(
        unseen_writers <= u32::from(console),
        19,
        "write ends are miscounted",
        u64::from(unseen_writers),
    )
}

/// Wake-ups of exclusive waiters go one at a time: while one of them is on its way, the others may still sleep.
fn woken(w: WorldView<'_>, first: Option<TaskRef>) -> bool {
    let Some(Some(Blocked::PipeRead(t) | Blocked::PipeWrite(t))) = first.map(|task| w.tasks[task].parked)
    else {
        return false;
    };
    w.tasks.iter().any(|(_, other)| match other.parked {
        Some(Blocked::PipeRead(o) | Blocked::PipeWrite(o)) => {
            other.state() == State::Running && same_pipe(w, o.file, t.file)
        }
        _ => false,
    })
}

fn same_pipe(w: WorldView<'_>, a: FileRef, b: FileRef) -> bool {
    let pipe = |file| match w.filp[file].kind {
        FileKind::PipeRead(pipe) | FileKind::PipeWrite(pipe) | FileKind::ConsoleInput { pipe } => Some(pipe),
        FileKind::Console { .. } | FileKind::Tty { .. } | FileKind::Pidfd(_) | FileKind::Signalfd(_) => None,
    };
    pipe(a) == pipe(b)
}

/// 20, 24: whose the terminal is; nobody sleeps for input that is there.
pub(super) fn tty(w: WorldView<'_>) -> Audit {
    let tty = &w.sys.tty;
    for (_, signal) in w.signals.iter().filter(|(_, signal)| signal.tty.is_some()) {
        let mine = tty.session.is_some_and(|held| held.pid == signal.session);
        let at = super::pid_of(w, signal.leader);
        require(mine, 24, "a process has the terminal of another session", at)?;
    }
    let alive = tty.session.is_none_or(|held| w.pids.get(held.pid).is_some());
    require(alive, 24, "the terminal is of a session that is gone", 0)?;
    let leader = tty
        .session
        .and_then(|held| w.pids.get(held.pid)?.task)
        .is_some_and(|leader| w.signal(leader).tty.is_some());
    require(
        tty.session.is_none() || leader,
        24,
        "the leader of its session does not have the terminal",
        0,
    )?;
    require(
        tty.session.is_some() == tty.pgrp.is_some(),
        24,
        "a terminal has a session and no foreground group, or the reverse",
        0,
    )?;
    let lines = tty.termios.c_lflag.contains(LocalModes::ICANON);
    let readable = if lines {
        tty.input.has_line()
    } else {
        !tty.input.is_empty()
    };
    let reads = |task: TaskRef| matches!(w.tasks[task].parked, Some(Blocked::TtyRead(_)));
    let reader = tty.reader.map(|reader| reader.task);
    require(
        reader.is_none_or(|task| w.tasks.get(task).is_some() && reads(task)),
        20,
        "the reader of the terminal does not read",
        0,
    )?;
    let sleeps = |task: TaskRef| tty.read_wait.iter(w.tasks).any(|waiter| waiter == task);
    let gone = tty.keyboard == Keyboard::Gone;
    require(
        !reader.is_some_and(sleeps) || !(readable || gone),
        20,
        "a reader of the terminal sleeps before input",
        0,
    )?;
    let on_its_way = |(_, t): (TaskRef, &TaskStruct)| {
        t.state() == State::Running && matches!(t.parked, Some(Blocked::TtyRead(_)))
    };
    require(
        reader.is_some() || tty.read_wait.is_empty() || w.tasks.iter().any(on_its_way),
        20,
        "one waits for a reader of the terminal that is not there",
        0,
    )
}
