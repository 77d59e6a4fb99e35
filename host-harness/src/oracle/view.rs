//! What can be seen of the model's tasks.

use std::collections::BTreeMap;

use kernel_model::Pid;
use kernel_model::abi::flags::{OpenFlags, Prot};
use kernel_model::abi::ids::{Handle, TaskRef, kind};
use kernel_model::kernel::Kernel;
use kernel_model::kernel::storage::Boxed;
use kernel_model::objects::file::FileKind as Kind;
use kernel_model::objects::page_table::lookup;
use kernel_model::world::WorldView;

use super::registers::Regs;
use super::system::{ARENA, ARENA_PAGES, Descriptor, FileKind, Snapshot, TaskView};

/// All tasks of a kernel, live ones and zombies.
#[must_use]
pub(super) fn snapshot(kernel: &Kernel<Boxed<Regs>>, pages: bool) -> Snapshot {
    let w = kernel.view();
    let processes = w.for_each_process();
    let tasks = processes
        .flat_map(|process| w.for_each_thread(process))
        .map(|task| {
            let mut seen = look(w, task);
            if pages {
                seen.pages = arena(w, task);
            }
            (w.tasks[task].pid.0, seen)
        });
    Snapshot {
        tasks: tasks.collect(),
        pages_hidden: !pages,
    }
    .canonical()
}

fn look(w: WorldView<'_>, task: TaskRef) -> TaskView {
    let (t, signal) = (&w.tasks[task], w.signal(task));
    TaskView {
        state: t.state().letter(),
        tgid: t.tgid.0,
        ppid: w.tasks.get(t.real_parent).map_or(0, |parent| parent.tgid.0),
        pgid: w.pids[signal.pgrp].nr.0,
        sid: w.pids[signal.session].nr.0,
        threads: signal.threads.len(),
        exit_signal: i32::from(t.exit_signal),
        pending: t.pending.0,
        shared_pending: signal.shared_pending.0,
        blocked: t.blocked.0,
        ignored: t.sighand.map_or(0, |sighand| w.sighands[sighand].ignored().0),
        caught: t.sighand.map_or(0, |sighand| w.sighands[sighand].caught().0),
        // What the handlers are told, only who runs them knows.
        handlers: Vec::new(),
        descriptors: descriptors(w, task),
        pages: BTreeMap::new(),
    }
}

fn descriptors(w: WorldView<'_>, task: TaskRef) -> BTreeMap<u32, Descriptor> {
    let Some(files) = w.tasks[task].files.map(|files| &w.files[files]) else {
        return BTreeMap::new();
    };
    let open = files.open(w.fdtables).filter_map(|(fd, file)| {
        let object = &w.filp[file];
        let (pipe, kind) = match object.kind {
            Kind::PipeRead(pipe) => (pipe.index(), FileKind::PipeRead),
            Kind::PipeWrite(pipe) => (pipe.index(), FileKind::PipeWrite),
            Kind::Pidfd(pid) => (label(pid), FileKind::Pidfd),
            Kind::Signalfd(_) => (u32::MAX, FileKind::Signalfd),
            // A number that no pipe has, and no task.
            Kind::Tty { .. } => (1 << 30, FileKind::Tty),
            // A console is nobody's here.
            Kind::Console { .. } | Kind::ConsoleInput { .. } => return None,
        };
        let descriptor = Descriptor {
            description: file.index(),
            pipe,
            kind,
            cloexec: files.close_on_exec(w.fdtables, fd),
            nonblock: object.flags.contains(OpenFlags::O_NONBLOCK),
        };
        Some((fd, descriptor))
    });
    open.collect()
}

/// A number for the object behind a descriptor of a task, that no pipe has: the task may be gone, and its place another's.
fn label(pid: Handle<kind::Pid>) -> u32 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    pid.hash(&mut hasher);
    u32::try_from(hasher.finish() >> 33).unwrap_or(0) | 1 << 31
}

/// The pages of the arena that a task may read, or write.
pub(super) fn accessible(kernel: &Kernel<Boxed<Regs>>, tid: u32, write: bool) -> Vec<u32> {
    let w = kernel.view();
    let mm = w.find_task(Pid(tid)).and_then(|task| w.tasks[task].mm);
    let Some(mm) = mm.map(|mm| &w.mms[mm]) else {
        return Vec::new();
    };
    let allowed = |page: u64| {
        let vma = mm.vma_at(w.vmas, ARENA + page * 4096).map(|vma| w.vmas[vma].prot);
        vma.is_some_and(|prot| {
            if write {
                prot.contains(Prot::WRITE)
            } else {
                prot.contains(Prot::READ)
            }
        })
    };
    (0u32..)
        .zip(0..ARENA_PAGES)
        .filter(|(_, page)| allowed(*page))
        .map(|(number, _)| number)
        .collect()
}

fn arena(w: WorldView<'_>, task: TaskRef) -> BTreeMap<u32, u32> {
    let Some(mm) = w.tasks[task].mm.map(|mm| &w.mms[mm]) else {
        return BTreeMap::new();
    };
    let pages = (0u32..).zip(0..ARENA_PAGES).filter_map(|(number, page)| {
        let pte = lookup(w.tables, mm.pgd, ARENA / 4096 + page);
        pte.is_present().then(|| (number, pte.frame().0))
    });
    pages.collect()
}
