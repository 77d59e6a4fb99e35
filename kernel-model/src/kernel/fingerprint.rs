//! A number for a state: equal states have equal numbers, however their objects lie in the tables.
//!
//! Tasks are named by their pids, which a program sees. What has no number (an address space, a frame, an open file)
//! is named by a label: the sum of all its places, each place being a task's pid and an address or descriptor. So
//! who shares what with whom counts, and where an object lies does not.

use super::Kernel;
use super::lanes::{Lanes, label};
use super::storage::Storage;
use crate::abi::ids::{FrameNo, MmRef, Pid, TaskRef};
use crate::abi::limits::PAGE_SIZE;
use crate::objects::blocked::Blocked;
use crate::objects::file::FileKind;
use crate::objects::futex::{FutexObject, FutexWait};
use crate::objects::page_table;
use crate::objects::signal::GroupExit;
use crate::objects::sigqueue::Queued;
use crate::objects::task::TaskStruct;
use crate::store::list::List;
use crate::world::WorldView;
use core::hash::Hash;
use core::ops::Range;

/// On how much of a state its number depends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// On all that a program or /proc can see.
    Whole,
    /// On what decides what the programs do next. Left out is what it has cost to come here (times, switches, faults,
    /// copies of pages), whom the scheduler would choose, which number is handed out next, and in which order processes
    /// were born to different parents. Moments to come count from now.
    Course,
}

impl Detail {
    /// A number that only the whole state has.
    fn only_whole<T: Hash>(self, value: T, lanes: &mut Lanes) {
        if self == Detail::Whole {
            value.hash(lanes);
        }
    }
}

/// Gives a number for these bytes of a frame. Of a page of an address space it is told which, and the page's address, so
/// that what lies there may be left out that nobody can read any more.
pub type Contents<'c> = dyn Fn(FrameNo, Range<u16>, Option<(MmRef, u64)>) -> u64 + 'c;

/// All bytes of a frame.
const PAGE: Range<u16> = 0..4096;

/// Room for one label of every object that has no number.
struct Labels<'s> {
    mms: &'s mut [u64],
    frames: &'s mut [u64],
    files: &'s mut [u64],
    pipes: &'s mut [u64],
    mappings: &'s mut [u64],
}

fn add(labels: &mut [u64], at: u32, value: u64) {
    if let Some(place) = labels.get_mut(at as usize) {
        *place = place.wrapping_add(value);
    }
}

fn get(labels: &[u64], at: u32) -> u64 {
    labels.get(at as usize).copied().unwrap_or(0)
}

impl<S: Storage> Kernel<S> {
    /// How many words of scratch [`Self::fingerprint`] needs.
    #[must_use]
    pub fn fingerprint_words(&self) -> usize {
        let pools = self.storage.view().pools;
        let all = [
            &pools.mms,
            &pools.pages,
            &pools.filp,
            &pools.pipes,
            &pools.mappings,
        ];
        all.iter().map(|pool| pool.high_water() as usize).sum()
    }

    /// A 128-bit number of the state. It depends on all that a program can see, and not on slots and generations.
    /// `contents` gives a number for some bytes of a frame; the registers are the embedder's to add. With less scratch
    /// than [`Self::fingerprint_words`] there is no answer.
    #[must_use]
    pub fn fingerprint(&self, detail: Detail, contents: &Contents<'_>, scratch: &mut [u64]) -> Option<u128> {
        let scratch = scratch.get_mut(..self.fingerprint_words())?;
        scratch.fill(0);
        let pools = self.storage.view().pools;
        let len = |pool: &crate::store::arena::Pool| pool.high_water() as usize;
        let (mms, rest) = scratch.split_at_mut_checked(len(&pools.mms))?;
        let (frames, rest) = rest.split_at_mut_checked(len(&pools.pages))?;
        let (files, rest) = rest.split_at_mut_checked(len(&pools.filp))?;
        let (pipes, mappings) = rest.split_at_mut_checked(len(&pools.pipes))?;
        let mut labels = Labels {
            mms,
            frames,
            files,
            pipes,
            mappings,
        };
        let w = self.view();
        name_objects(w, &mut labels);
        let mut lanes = Lanes::new(1);
        let mut sum = 0u128;
        let time = (self.cursor.next, self.cursor.wrapped, self.sys.now);
        detail.only_whole(time, &mut lanes);
        for task in w.sys.tasks.iter(w.tasks) {
            for thread in w.for_each_thread(task) {
                hash_task(w, detail, &labels, thread, &mut lanes);
            }
            hash_process(w, detail, task, &mut lanes);
            // Without the order in the ring: every process begins anew.
            if detail == Detail::Course {
                sum = sum.wrapping_add(core::mem::replace(&mut lanes, Lanes::new(1)).value());
            }
        }
        // Objects without an order of their own are added up, so that their places do not matter.
        sum = sum
            .wrapping_add(lanes.value())
            .wrapping_add(match detail {
                Detail::Whole => hash_memory(w, &labels, contents),
                Detail::Course => hash_contents(w, &labels, contents),
            })
            .wrapping_add(hash_files(w, &labels));
        // Of two that watch the same, the first is woken first.
        for task in w.sys.pollers.iter(w.tasks) {
            lanes.word(number(w, Some(task)));
        }
        lanes.word(u64::MAX);
        hash_tty(w, &mut lanes);
        // Of two that sleep until the same moment, the first wakes first.
        for task in w.sys.timers.iter(w.tasks) {
            lanes.word(number(w, Some(task)));
        }
        for task in w.sys.cpu_sleepers.iter(w.tasks) {
            lanes.word(number(w, Some(task)));
        }
        for process in w.sys.real_timers.iter(w.signals) {
            lanes.word(number(w, Some(w.signals[process].leader)));
        }
        let cpus = if detail == Detail::Whole {
            w.sys.cpus.as_slice()
        } else {
            &[]
        };
        for rq in cpus {
            lanes.word(w.tasks.get(rq.curr).map_or(0, |t| u64::from(t.pid.0)));
            rq.queue
                .iter(w.tasks)
                .for_each(|task| lanes.word(u64::from(w.tasks[task].pid.0)));
            lanes.word(u64::MAX);
        }
        Some(sum ^ lanes.value().rotate_left(64))
    }
}

/// Gives every object without a number the sum of its places.
fn name_objects(w: WorldView<'_>, labels: &mut Labels<'_>) {
    for (_, t) in w.tasks.iter() {
        let pid = u64::from(t.pid.0);
        if let Some(mm) = t.mm {
            add(labels.mms, mm.index(), label([pid, 0, 1]));
        }
        if let Some(t) = t.parked.as_ref().and_then(Blocked::transfer) {
            add(labels.files, t.file.index(), label([pid, 0, 8]));
        }
        for (at, entry) in (0u64..).zip(t.polls.iter(w.polls)) {
            if let Some(file) = w.polls[entry].file {
                add(labels.files, file.index(), label([pid, at, 9]));
            }
        }
        if let Some(files) = t.files {
            for (fd, file) in w.files[files].open(w.fdtables) {
                add(labels.files, file.index(), label([pid, u64::from(fd), 2]));
            }
        }
    }
    for (file, object) in w.filp.iter() {
        if let FileKind::PipeRead(pipe) | FileKind::PipeWrite(pipe) | FileKind::ConsoleInput { pipe } =
            object.kind
        {
            let end = u64::from(matches!(object.kind, FileKind::PipeWrite(_)));
            add(
                labels.pipes,
                pipe.index(),
                label([get(labels.files, file.index()), end, 3]),
            );
        }
    }
    for (mm, object) in w.mms.iter() {
        let name = get(labels.mms, mm.index());
        page_table::for_each(w.tables, object.pgd, &mut |page, pte| {
            add(labels.frames, pte.frame().0, label([name, page, 4]));
        });
        for vma in object.mmap.iter(w.vmas).map(|vma| &w.vmas[vma]) {
            if let Some(mapping) = vma.mapping {
                add(labels.mappings, mapping.index(), label([name, vma.start, 5]));
            }
        }
    }
    for (mapping, object) in w.mappings.iter() {
        let name = get(labels.mappings, mapping.index());
        page_table::for_each(w.tables, object.i_pages, &mut |page, pte| {
            add(labels.frames, pte.frame().0, label([name, page, 6]));
        });
    }
    if let Some(frame) = w.sys.tty.input.frame {
        add(labels.frames, frame.0, label([0, 0, 9]));
    }
    for (pipe, object) in w.pipes.iter() {
        let name = get(labels.pipes, pipe.index());
        for (at, buf) in (0u64..).zip(object.bufs()) {
            add(labels.frames, buf.frame.0, label([name, at, 7]));
        }
    }
}

fn number(w: WorldView<'_>, task: Option<TaskRef>) -> u64 {
    task.and_then(|task| w.tasks.get(task))
        .map_or(u64::MAX, |t| u64::from(t.pid.0))
}

fn hash_task(w: WorldView<'_>, detail: Detail, labels: &Labels<'_>, task: TaskRef, lanes: &mut Lanes) {
    let t: &TaskStruct = &w.tasks[task];
    (
        t.pid,
        t.tgid,
        t.state(),
        t.flags.bits(),
        t.exit_code,
        t.exit_signal,
        t.pdeath_signal,
    )
        .hash(lanes);
    (
        t.comm,
        (t.cred, t.no_new_privs),
        t.pending,
        t.blocked,
        (t.sigpending, t.in_get_signal),
        t.real_blocked,
        (t.restore_sigmask, t.saved_sigmask, t.user_dumpable),
        (t.sas_ss_sp, t.sas_ss_size, t.sas_ss_flags.bits()),
        t.policy,
        t.nice,
    )
        .hash(lanes);
    let cost = (t.cpu, t.time_slice, t.utime, t.stime, t.nvcsw, t.nivcsw);
    detail.only_whole(cost, lanes);
    detail.only_whole((t.min_flt, t.maj_flt, t.start_time), lanes);
    (t.set_child_tid, t.clear_child_tid, t.robust_list, t.restart).hash(lanes);
    // What the parent's exec changes is the signal that it gets.
    let sigchld = i16::from(crate::abi::signal::Signal::SIGCHLD.number());
    let execed = w
        .tasks
        .get(t.parent)
        .is_some_and(|parent| parent.self_exec_id != t.parent_exec_id);
    (execed && t.exit_signal != sigchld).hash(lanes);
    lanes.word(number(w, Some(t.real_parent)));
    lanes.word(number(w, t.vfork_done));
    lanes.word(t.mm.map_or(0, |mm| get(labels.mms, mm.index())));
    // Those that init has inherited came in the order in which their parents ended, and init reaps them in any.
    if detail == Detail::Whole || t.pid != Pid::INIT {
        t.children
            .iter(w.tasks)
            .for_each(|child| lanes.word(number(w, Some(child))));
    }
    let parked = match detail {
        Detail::Whole => t.parked,
        Detail::Course => t.parked.map(|reason| reason.counted_from(w.sys.now)),
    };
    hash_blocked(labels, parked, lanes);
    if let Some(Blocked::Futex(wait)) = t.parked {
        hash_futex(w, labels, task, &wait, lanes);
    }
    for entry in t.polls.iter(w.polls).map(|entry| &w.polls[entry]) {
        let file = entry.file.map(|file| get(labels.files, file.index()));
        (entry.fd, entry.events, file).hash(lanes);
    }
    // Whom it shares its tables with: named by the lowest pid that has the same one.
    first_with(w, |o| t.files.is_some() && o.files == t.files).hash(lanes);
    first_with(w, |o| t.fs.is_some() && o.fs == t.fs).hash(lanes);
    first_with(w, |o| t.sighand.is_some() && o.sighand == t.sighand).hash(lanes);
    if let Some(sighand) = t.sighand {
        w.sighands[sighand]
            .actions()
            .for_each(|action| action.hash(lanes));
    }
    hash_queue(w, t.sigqueue, lanes);
    t.fs.map(|fs| w.fs[fs]).hash(lanes);
    if let Some(files) = t.files {
        for (fd, file) in w.files[files].open(w.fdtables) {
            (
                fd,
                w.files[files].close_on_exec(w.fdtables, fd),
                get(labels.files, file.index()),
            )
                .hash(lanes);
        }
    }
}

fn first_with(w: WorldView<'_>, same: impl Fn(&TaskStruct) -> bool) -> Option<u32> {
    w.tasks
        .iter()
        .filter(|(_, t)| same(t))
        .map(|(_, t)| t.pid.0)
        .min()
}

fn hash_blocked(labels: &Labels<'_>, parked: Option<Blocked>, lanes: &mut Lanes) {
    match parked {
        None => lanes.word(0),
        Some(
            reason @ (Blocked::PipeRead(t)
            | Blocked::PipeWrite(t)
            | Blocked::SignalfdRead(t)
            | Blocked::TtyRead(t)
            | Blocked::TtyWrite(t)),
        ) => {
            let file = get(labels.files, t.file.index());
            (1, core::mem::discriminant(&reason), file, t.buf, t.count, t.done).hash(lanes);
        }
        Some(Blocked::TtyIoctl { fd, request, arg }) => (21, fd, request, arg).hash(lanes),
        Some(Blocked::Wait(args)) => (3, args).hash(lanes),
        Some(Blocked::VforkDone { child }) => (4, child).hash(lanes),
        Some(Blocked::Nanosleep {
            until,
            remain,
            absolute,
        }) => (5, until, remain, absolute).hash(lanes),
        Some(Blocked::Sigsuspend { mask }) => (10, mask).hash(lanes),
        Some(Blocked::SigsuspendRestart { mask }) => (15, mask).hash(lanes),
        Some(Blocked::Sigtimedwait { set, info, until }) => (11, set, info, until).hash(lanes),
        Some(Blocked::Pause) => lanes.word(6),
        Some(Blocked::DeThread) => lanes.word(7),
        Some(Blocked::Kthread) => lanes.word(8),
        Some(Blocked::Clone(args)) => (9, args).hash(lanes),
        Some(Blocked::Futex(wait)) => hash_wait(13, &wait, lanes),
        Some(Blocked::FutexRestart(wait)) => hash_wait(14, &wait, lanes),
        Some(Blocked::Poll(wait)) => (12, wait).hash(lanes),
        Some(Blocked::CpuNanosleep(sleep)) => (16, sleep).hash(lanes),
        Some(Blocked::PollRestart(wait)) => (18, wait).hash(lanes),
    }
}

fn hash_queue(w: WorldView<'_>, queue: List<Queued>, lanes: &mut Lanes) {
    for entry in queue.iter(w.sigqueues) {
        (w.sigqueues[entry].info, w.sigqueues[entry].user).hash(lanes);
    }
    lanes.word(u64::MAX);
}

fn hash_wait(tag: u64, wait: &FutexWait, lanes: &mut Lanes) {
    (tag, wait.uaddr, wait.val, wait.bitset, wait.shared, wait.until).hash(lanes);
}

/// What it waits on, and how many wait for the same before it: whose keys fall together with theirs does not matter.
fn hash_futex(w: WorldView<'_>, labels: &Labels<'_>, task: TaskRef, wait: &FutexWait, lanes: &mut Lanes) {
    let Some(key) = wait.key else {
        return lanes.word(u64::MAX);
    };
    let name = match key.object {
        FutexObject::Private(mm) => (0, get(labels.mms, mm.index())),
        FutexObject::Mm(mm) => (1, get(labels.mms, mm.index())),
        FutexObject::Inode(mapping) => {
            // Of memory that is shared by nobody any more there is no label.
            let alive = w
                .mappings
                .get(mapping)
                .map(|_| get(labels.mappings, mapping.index()));
            (2, alive.unwrap_or(0))
        }
    };
    let waits_on = |other: &TaskRef| matches!(w.tasks[*other].parked, Some(Blocked::Futex(wait)) if wait.key == Some(key));
    let queue = w.futex_queues.get(key.queue(w.futex_queues.len()));
    let place = queue.and_then(|queue| {
        let mut waiters = queue.iter(w.tasks).filter(waits_on);
        waiters.position(|waiter| waiter == task)
    });
    (name, key.at, place).hash(lanes);
}

fn hash_process(w: WorldView<'_>, detail: Detail, leader: TaskRef, lanes: &mut Lanes) {
    let s = w.signal(leader);
    (
        s.live,
        s.shared_pending,
        s.group_stop,
        s.cld,
        (s.session_leader, s.tty),
        s.is_child_subreaper,
    )
        .hash(lanes);
    (s.has_child_subreaper, s.unkillable, s.rlim).hash(lanes);
    detail.only_whole((s.ended, s.children), lanes);
    let real_timer = match detail {
        Detail::Course if s.real_link.is_linked() => s.real_timer.expires.wrapping_sub(w.sys.now),
        _ => s.real_timer.expires,
    };
    (
        (real_timer, s.real_timer.incr),
        s.real_link.is_linked(),
        s.virtual_timer,
        s.prof_timer,
    )
        .hash(lanes);
    (w.pids[s.pgrp].nr, w.pids[s.session].nr).hash(lanes);
    match s.group_exit {
        GroupExit::None => lanes.word(0),
        GroupExit::Exit { code } => (1, code).hash(lanes),
        GroupExit::Exec { by } => (2, number(w, Some(by))).hash(lanes),
    }
    hash_queue(w, s.shared_sigqueue, lanes);
    s.wait_chldexit
        .iter(w.tasks)
        .for_each(|task| lanes.word(number(w, Some(task))));
}

/// A number that is remembered: the same again only while somebody has it.
fn hash_tty(w: WorldView<'_>, lanes: &mut Lanes) {
    let tty = &w.sys.tty;
    for held in [tty.session, tty.pgrp] {
        held.map(|held| (held.nr, w.pids.get(held.pid).is_some()))
            .hash(lanes);
    }
    (tty.termios, tty.winsize, tty.keyboard, tty.input.shape()).hash(lanes);
    tty.reader
        .map(|reader| (number(w, Some(reader.task)), reader.min))
        .hash(lanes);
    tty.input.marks().for_each(|mark| mark.hash(lanes));
    tty.read_wait
        .iter(w.tasks)
        .for_each(|task| lanes.word(number(w, Some(task))));
    lanes.word(u64::MAX);
}

fn hash_memory(w: WorldView<'_>, labels: &Labels<'_>, contents: &Contents<'_>) -> u128 {
    let mut sum = 0u128;
    for (mm, object) in w.mms.iter() {
        let mut lanes = Lanes::new(get(labels.mms, mm.index()));
        (
            object.brk,
            object.start_brk,
            object.hiwater_rss,
            object.exe_file,
            object.dumpable,
        )
            .hash(&mut lanes);
        for vma in object.mmap.iter(w.vmas).map(|vma| &w.vmas[vma]) {
            (
                vma.start,
                vma.end,
                vma.prot.bits(),
                vma.flags.bits(),
                vma.kind,
                vma.pgoff,
            )
                .hash(&mut lanes);
        }
        page_table::for_each(w.tables, object.pgd, &mut |page, pte| {
            (page, pte.is_writable(), get(labels.frames, pte.frame().0)).hash(&mut lanes);
        });
        sum = sum.wrapping_add(lanes.value());
    }
    for (frame, _) in w.pages.iter() {
        let mut lanes = Lanes::new(get(labels.frames, frame.index()));
        lanes.word(contents(FrameNo(frame.index()), PAGE, None));
        sum = sum.wrapping_add(lanes.value());
    }
    sum
}

/// What lies in memory, and who has it in common with whom for good; not which page was copied already.
fn hash_contents(w: WorldView<'_>, labels: &Labels<'_>, contents: &Contents<'_>) -> u128 {
    let mut sum = 0u128;
    for (mm, object) in w.mms.iter() {
        let mut lanes = Lanes::new(get(labels.mms, mm.index()));
        (object.brk, object.start_brk, object.exe_file, object.dumpable).hash(&mut lanes);
        for vma in object.mmap.iter(w.vmas).map(|vma| &w.vmas[vma]) {
            (vma.start, vma.end, vma.prot.bits(), vma.flags.bits()).hash(&mut lanes);
            let mapping = vma.mapping.map(|mapping| get(labels.mappings, mapping.index()));
            (vma.kind, vma.pgoff, mapping).hash(&mut lanes);
        }
        page_table::for_each(w.tables, object.pgd, &mut |page, pte| {
            let place = Some((mm, page.saturating_mul(PAGE_SIZE)));
            (page, contents(pte.frame(), PAGE, place)).hash(&mut lanes);
        });
        sum = sum.wrapping_add(lanes.value());
    }
    for (mapping, object) in w.mappings.iter() {
        let mut lanes = Lanes::new(get(labels.mappings, mapping.index()));
        page_table::for_each(w.tables, object.i_pages, &mut |page, pte| {
            (page, contents(pte.frame(), PAGE, None)).hash(&mut lanes);
        });
        sum = sum.wrapping_add(lanes.value());
    }
    for (pipe, object) in w.pipes.iter() {
        let mut lanes = Lanes::new(get(labels.pipes, pipe.index()));
        for buf in object.bufs() {
            lanes.word(contents(
                buf.frame,
                buf.offset..buf.offset.saturating_add(buf.len),
                None,
            ));
        }
        sum = sum.wrapping_add(lanes.value());
    }
    if let Some(frame) = w.sys.tty.input.frame {
        sum = sum.wrapping_add(u128::from(contents(frame, PAGE, None)));
    }
    sum
}

fn hash_files(w: WorldView<'_>, labels: &Labels<'_>) -> u128 {
    let mut sum = 0u128;
    for (file, object) in w.filp.iter() {
        let mut lanes = Lanes::new(get(labels.files, file.index()));
        (object.flags.bits(), core::mem::discriminant(&object.kind)).hash(&mut lanes);
        match object.kind {
            FileKind::Console { stream } | FileKind::Tty { stream } => stream.hash(&mut lanes),
            FileKind::Signalfd(mask) => mask.hash(&mut lanes),
            // Of one whose task is gone nothing is left to tell.
            FileKind::Pidfd(pid) => lanes.word(w.pids.get(pid).map_or(0, |pid| u64::from(pid.nr.0))),
            _ => {}
        }
        sum = sum.wrapping_add(lanes.value());
    }
    for (pipe, object) in w.pipes.iter() {
        let mut lanes = Lanes::new(get(labels.pipes, pipe.index()));
        (object.readers, object.writers).hash(&mut lanes);
        object
            .bufs()
            .for_each(|buf| (buf.offset, buf.len, get(labels.frames, buf.frame.0)).hash(&mut lanes));
        for queue in [object.rd_wait, object.wr_wait] {
            queue
                .iter(w.tasks)
                .for_each(|task| lanes.word(number(w, Some(task))));
            lanes.word(u64::MAX);
        }
        sum = sum.wrapping_add(lanes.value());
    }
    sum
}
