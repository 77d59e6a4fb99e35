//! All that can be seen of all tasks, as the line protocol tells it.

use core::fmt::{Result, Write};

use kernel_model::Kernel;
use kernel_model::abi::flags::OpenFlags;
use kernel_model::abi::ids::TaskRef;
use kernel_model::objects::file::FileKind;
use kernel_model::objects::page_table::lookup;
use kernel_model::world::WorldView;

use crate::json::Commas;
use crate::puppets::Puppets;
use crate::tasks::Tables;

/// The pages that programs map, read, write and unmap.
const ARENA: u64 = 0x1000_0000_0000;
const ARENA_PAGES: u64 = 16;

/// Every task, the zombies too.
pub fn observe(k: &Kernel<Tables>, puppets: &mut Puppets, out: &mut dyn Write) -> Result {
    let w = k.view();
    let mut commas = Commas::new();
    write!(out, "{{\"tasks\":[")?;
    for task in w
        .for_each_process()
        .flat_map(|process| w.for_each_thread(process))
    {
        commas.next(out)?;
        look(w, task, out)?;
        handlers(w, task, puppets, out)?;
        write!(out, "}}")?;
    }
    write!(out, "]}}")
}

fn look(w: WorldView<'_>, task: TaskRef, out: &mut dyn Write) -> Result {
    let (t, signal) = (&w.tasks[task], w.signal(task));
    let parent = w.tasks.get(t.real_parent).map_or(0, |parent| parent.tgid.0);
    let (ignored, caught) = match t.sighand {
        Some(sighand) => (w.sighands[sighand].ignored().0, w.sighands[sighand].caught().0),
        None => (0, 0),
    };
    write!(
        out,
        "{{\"tid\":{},\"state\":\"{}\",\"tgid\":{},\"ppid\":{parent}",
        t.pid.0,
        t.state().letter(),
        t.tgid.0
    )?;
    let (pgid, sid) = (w.pids[signal.pgrp].nr.0, w.pids[signal.session].nr.0);
    write!(
        out,
        ",\"pgid\":{pgid},\"sid\":{sid},\"threads\":{}",
        signal.threads.len()
    )?;
    write!(out, ",\"exit_signal\":{}", t.exit_signal)?;
    let sets = [
        ("pending", t.pending.0),
        ("shared_pending", signal.shared_pending.0),
        ("blocked", t.blocked.0),
        ("ignored", ignored),
        ("caught", caught),
    ];
    // What is left out is 0: the line is the longest part of a request's way.
    for (name, set) in sets.into_iter().filter(|(_, set)| *set != 0) {
        write!(out, ",\"{name}\":{set}")?;
    }
    descriptors(w, task, out)?;
    pages(w, task, out)
}

fn descriptors(w: WorldView<'_>, task: TaskRef, out: &mut dyn Write) -> Result {
    let Some(files) = w.tasks[task].files.map(|files| &w.files[files]) else {
        return Ok(());
    };
    let mut commas = Commas::new();
    write!(out, ",\"descriptors\":[")?;
    for (fd, file) in files.open(w.fdtables) {
        let object = &w.filp[file];
        let (pipe, end) = match object.kind {
            FileKind::PipeRead(pipe) => (pipe.index(), "read"),
            FileKind::PipeWrite(pipe) => (pipe.index(), "write"),
            // A number that no pipe has.
            FileKind::Pidfd(pid) => (1 << 20 | w.pids.get(pid).map_or(0, |pid| pid.nr.0), "task"),
            FileKind::Signalfd(_) => (1 << 30, "signals"),
            FileKind::Tty { .. } => (1 << 29, "terminal"),
            FileKind::Console { .. } | FileKind::ConsoleInput { .. } => continue,
        };
        commas.next(out)?;
        let description = file.index();
        write!(
            out,
            "{{\"fd\":{fd},\"description\":{description},\"pipe\":{pipe},\"end\":\"{end}\""
        )?;
        for (name, set) in [
            ("cloexec", files.close_on_exec(w.fdtables, fd)),
            ("nonblock", object.flags.contains(OpenFlags::O_NONBLOCK)),
        ] {
            if set {
                write!(out, ",\"{name}\":true")?;
            }
        }
        write!(out, "}}")?;
    }
    write!(out, "]")
}

fn pages(w: WorldView<'_>, task: TaskRef, out: &mut dyn Write) -> Result {
    let Some(mm) = w.tasks[task].mm.map(|mm| &w.mms[mm]) else {
        return Ok(());
    };
    let mut commas = Commas::new();
    write!(out, ",\"pages\":[")?;
    for page in 0..ARENA_PAGES {
        let pte = lookup(w.tables, mm.pgd, ARENA / 4096 + page);
        if pte.is_present() {
            commas.next(out)?;
            write!(out, "[{page},{}]", pte.frame().0)?;
        }
    }
    write!(out, "]")
}

/// The handlers that a task is in, the innermost last. Only its program knows.
fn handlers(w: WorldView<'_>, task: TaskRef, puppets: &mut Puppets, out: &mut dyn Write) -> Result {
    let Some(puppet) = puppets.get(task).filter(|_| !w.tasks[task].state().has_exited()) else {
        return Ok(());
    };
    let mut commas = Commas::new();
    write!(out, ",\"handlers\":[")?;
    for level in puppet.levels.iter().skip(1) {
        commas.next(out)?;
        let [number, code, a, b, c] = level.handling;
        write!(out, "[{number},{code},{a},{b},{c}]")?;
    }
    write!(out, "]")
}
