//! A number for a state: equal states have equal numbers, however their objects lie in the tables.
//!
//! Tasks are named by their pids, which a program sees; what has no number, by its places ([`super::names`]). So who
//! shares what with whom counts, and where an object lies does not.

use super::Kernel;
use super::lanes::Lanes;
use super::names::{Names, name};
use super::storage::Storage;
use crate::abi::ids::{FrameNo, MmRef, Pid, TaskRef};
use crate::abi::limits::PAGE_SIZE;
use crate::objects::blocked::Blocked;
use crate::objects::file::FileKind;
use crate::objects::futex::{FutexObject, FutexWait};
use crate::objects::mm::{MappingRef, MmStruct};
use crate::objects::page_table;
use crate::objects::signal::GroupExit;
use crate::objects::sigqueue::Queued;
use crate::objects::task::TaskStruct;
use crate::store::list::{Linked, List};
use crate::world::WorldView;
use core::hash::{Hash, Hasher};
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
    fn only_whole<T: Hash, H: Hasher>(self, value: T, part: &mut H) {
        if self == Detail::Whole {
            value.hash(part);
        }
    }
}

/// Gives a number for these bytes of a frame. Of a page of an address space it is told which, and the page's address, so
/// that what lies there may be left out that nobody can read any more.
pub type Contents<'c> = dyn Fn(FrameNo, Range<u16>, Option<(MmRef, u64)>) -> u64 + 'c;

/// All bytes of a frame.
const PAGE: Range<u16> = 0..4096;

/// What a part tells of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// A process, by its leader: only with [`Detail::Course`] has each a part of its own.
    Process(TaskRef),
    /// An address space.
    Mm(MmRef),
    /// The pages that address spaces have in common.
    Mapping(MappingRef),
    /// Something else.
    Other,
}

/// Takes down a state, part by part. What is a part is told whole and always in the same order; the parts have none.
pub trait Parts {
    /// Takes down a part.
    type Part: Hasher;
    /// A part begins; none if it need not be told.
    fn begin(&mut self, what: What) -> Option<Self::Part>;
    /// It is complete.
    fn end(&mut self, what: What, part: Self::Part);
}

/// The sum of the hashes of all parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum(u128);

impl Sum {
    /// The sum, of what was added so far.
    #[must_use]
    pub const fn value(self) -> u128 {
        self.0
    }

    /// Adds the hash of a part.
    pub const fn add(&mut self, part: u128) {
        self.0 = self.0.wrapping_add(part);
    }
}

impl Parts for Sum {
    type Part = Lanes;
    fn begin(&mut self, _: What) -> Option<Lanes> {
        Some(Lanes::new(1))
    }
    fn end(&mut self, _: What, part: Lanes) {
        self.add(part.value());
    }
}

/// Adds a part of its own to a state.
fn part<P: Parts>(parts: &mut P, what: What, of: Of, name: u64, tell: impl FnOnce(&mut P::Part)) {
    if let Some(mut part) = parts.begin(what) {
        part.write_u64(of as u64);
        part.write_u64(name);
        tell(&mut part);
        parts.end(what, part);
    }
}

/// The word before a part, which tells it from those of other kinds.
#[derive(Clone, Copy)]
enum Of {
    Tasks = 1,
    Mm,
    Mapping,
    Frame,
    File,
    Pipe,
    System,
}

/// Behind a row of which the length is not known.
const END: u64 = u64::MAX;

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
        let mut sum = Sum::default();
        self.take_down(&self.names(detail, scratch)?, contents, &mut sum);
        Some(sum.value())
    }

    /// Names for what has no number, for a state with this detail, in as much scratch as [`Self::fingerprint_words`]; none
    /// in less.
    #[must_use]
    pub fn names<'s>(&self, detail: Detail, scratch: &'s mut [u64]) -> Option<Names<'s>> {
        let scratch = scratch.get_mut(..self.fingerprint_words())?;
        scratch.fill(0);
        let pools = self.storage.view().pools;
        let len = |pool: &crate::store::arena::Pool| pool.high_water() as usize;
        let (mms, rest) = scratch.split_at_mut_checked(len(&pools.mms))?;
        let (frames, rest) = rest.split_at_mut_checked(len(&pools.pages))?;
        let (files, rest) = rest.split_at_mut_checked(len(&pools.filp))?;
        let (pipes, mappings) = rest.split_at_mut_checked(len(&pools.pipes))?;
        let mut names = Names {
            detail,
            mms,
            frames,
            files,
            pipes,
            mappings,
        };
        names.give(self.view());
        Some(names)
    }

    /// The state itself, of which [`Self::fingerprint`] is a hash. Two states of [`Detail::Course`] with the same parts, each
    /// as often, are the same.
    pub fn take_down<P: Parts>(&self, names: &Names<'_>, contents: &Contents<'_>, parts: &mut P) {
        let (w, detail) = (self.view(), names.detail);
        self.tell_tasks(detail, names, parts);
        match detail {
            Detail::Whole => tell_memory(w, names, contents, parts),
            Detail::Course => tell_contents(w, names, contents, parts),
        }
        tell_files(w, names, parts);
        part(parts, What::Other, Of::System, 0, |part| {
            self.tell_system(detail, part);
        });
    }

    /// All tasks in the order of the ring, or each process for itself, where that order does not matter.
    fn tell_tasks<P: Parts>(&self, detail: Detail, names: &Names<'_>, parts: &mut P) {
        let w = self.view();
        let process = |leader: TaskRef, part: &mut P::Part| {
            for thread in w.for_each_thread(leader) {
                tell_task(w, detail, names, thread, part);
            }
            part.write_u64(END);
            tell_process(w, detail, leader, part);
        };
        let leaders = w.sys.tasks.iter(w.tasks);
        match detail {
            Detail::Whole => part(parts, What::Other, Of::Tasks, 0, |part| {
                leaders.for_each(|leader| process(leader, part));
            }),
            Detail::Course => leaders.for_each(|leader| {
                part(parts, What::Process(leader), Of::Tasks, 0, |part| {
                    process(leader, part);
                });
            }),
        }
    }

    /// What is neither in a pool nor anyone's own.
    fn tell_system<H: Hasher>(&self, detail: Detail, part: &mut H) {
        let w = self.view();
        if detail == Detail::Whole {
            (self.cursor.next, self.cursor.wrapped, self.sys.now).hash(part);
        }
        // Of two that watch the same, the first is woken first.
        tell_row(w, w.sys.pollers, part);
        tell_tty(w, part);
        // Of two that sleep until the same moment, the first wakes first.
        tell_row(w, w.sys.timers, part);
        tell_row(w, w.sys.cpu_sleepers, part);
        for process in w.sys.real_timers.iter(w.signals) {
            part.write_u64(number(w, Some(w.signals[process].leader)));
        }
        part.write_u64(END);
        if detail == Detail::Whole {
            for rq in &w.sys.cpus {
                part.write_u64(w.tasks.get(rq.curr).map_or(0, |t| u64::from(t.pid.0)));
                tell_row(w, rq.queue, part);
            }
        }
    }
}

/// The tasks in a row, by number.
fn tell_row<Q: Linked<Item = TaskStruct>, H: Hasher>(w: WorldView<'_>, row: List<Q>, part: &mut H) {
    for task in row.iter(w.tasks) {
        part.write_u64(number(w, Some(task)));
    }
    part.write_u64(END);
}

fn number(w: WorldView<'_>, task: Option<TaskRef>) -> u64 {
    task.and_then(|task| w.tasks.get(task))
        .map_or(u64::MAX, |t| u64::from(t.pid.0))
}

fn tell_task<H: Hasher>(w: WorldView<'_>, detail: Detail, names: &Names<'_>, task: TaskRef, part: &mut H) {
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
        .hash(part);
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
        .hash(part);
    let cost = (t.cpu, t.time_slice, t.utime, t.stime, t.nvcsw, t.nivcsw);
    detail.only_whole(cost, part);
    detail.only_whole((t.min_flt, t.maj_flt, t.start_time), part);
    (t.set_child_tid, t.clear_child_tid, t.robust_list, t.restart).hash(part);
    // What the parent's exec changes is the signal that it gets.
    let sigchld = i16::from(crate::abi::signal::Signal::SIGCHLD.number());
    let execed = w
        .tasks
        .get(t.parent)
        .is_some_and(|parent| parent.self_exec_id != t.parent_exec_id);
    (execed && t.exit_signal != sigchld).hash(part);
    part.write_u64(number(w, Some(t.real_parent)));
    part.write_u64(number(w, t.vfork_done));
    part.write_u64(t.mm.map_or(0, |mm| name(names.mms, mm.index())));
    // Those that init has inherited came in the order in which their parents ended, and init reaps them in any.
    if detail == Detail::Whole || t.pid != Pid::INIT {
        tell_row(w, t.children, part);
    }
    let parked = match detail {
        Detail::Whole => t.parked,
        Detail::Course => t.parked.map(|reason| reason.counted_from(w.sys.now)),
    };
    tell_blocked(names, parked, part);
    if let Some(Blocked::Futex(wait)) = t.parked {
        tell_futex(w, names, task, &wait, part);
    }
    for entry in t.polls.iter(w.polls).map(|entry| &w.polls[entry]) {
        let file = entry.file.map(|file| name(names.files, file.index()));
        (entry.fd, entry.events, file).hash(part);
    }
    part.write_u64(END);
    // Whom it shares its tables with: named by the lowest pid that has the same one.
    first_with(w, |o| t.files.is_some() && o.files == t.files).hash(part);
    first_with(w, |o| t.fs.is_some() && o.fs == t.fs).hash(part);
    first_with(w, |o| t.sighand.is_some() && o.sighand == t.sighand).hash(part);
    if let Some(sighand) = t.sighand {
        w.sighands[sighand].actions().for_each(|action| action.hash(part));
    }
    part.write_u64(END);
    tell_sigqueue(w, t.sigqueue, part);
    t.fs.map(|fs| w.fs[fs]).hash(part);
    if let Some(files) = t.files {
        for (fd, file) in w.files[files].open(w.fdtables) {
            (
                fd,
                w.files[files].close_on_exec(w.fdtables, fd),
                name(names.files, file.index()),
            )
                .hash(part);
        }
    }
    part.write_u64(END);
}

fn first_with(w: WorldView<'_>, same: impl Fn(&TaskStruct) -> bool) -> Option<u32> {
    w.tasks
        .iter()
        .filter(|(_, t)| same(t))
        .map(|(_, t)| t.pid.0)
        .min()
}

fn tell_blocked<H: Hasher>(names: &Names<'_>, parked: Option<Blocked>, part: &mut H) {
    match parked {
        None => part.write_u64(0),
        Some(
            reason @ (Blocked::PipeRead(t)
            | Blocked::PipeWrite(t)
            | Blocked::SignalfdRead(t)
            | Blocked::TtyRead(t)
            | Blocked::TtyWrite(t)),
        ) => {
            let file = name(names.files, t.file.index());
            (1, core::mem::discriminant(&reason), file, t.buf, t.count, t.done).hash(part);
        }
        Some(Blocked::TtyIoctl { fd, request, arg }) => (21, fd, request, arg).hash(part),
        Some(Blocked::Wait(args)) => (3, args).hash(part),
        Some(Blocked::VforkDone { child }) => (4, child).hash(part),
        Some(Blocked::Nanosleep {
            until,
            remain,
            absolute,
        }) => (5, until, remain, absolute).hash(part),
        Some(Blocked::Sigsuspend { mask }) => (10, mask).hash(part),
        Some(Blocked::SigsuspendRestart { mask }) => (15, mask).hash(part),
        Some(Blocked::Sigtimedwait { set, info, until }) => (11, set, info, until).hash(part),
        Some(Blocked::Pause) => part.write_u64(6),
        Some(Blocked::Exit) => part.write_u64(22),
        Some(Blocked::DeThread) => part.write_u64(7),
        Some(Blocked::Kthread) => part.write_u64(8),
        Some(Blocked::Clone(args)) => (9, args).hash(part),
        Some(Blocked::Futex(wait)) => tell_wait(13, &wait, part),
        Some(Blocked::FutexRestart(wait)) => tell_wait(14, &wait, part),
        Some(Blocked::Poll(wait)) => (12, wait).hash(part),
        Some(Blocked::CpuNanosleep(sleep)) => (16, sleep).hash(part),
        Some(Blocked::PollRestart(wait)) => (18, wait).hash(part),
    }
}

fn tell_sigqueue<H: Hasher>(w: WorldView<'_>, queue: List<Queued>, part: &mut H) {
    for entry in queue.iter(w.sigqueues) {
        (w.sigqueues[entry].info, w.sigqueues[entry].user).hash(part);
    }
    part.write_u64(END);
}

fn tell_wait<H: Hasher>(tag: u64, wait: &FutexWait, part: &mut H) {
    (tag, wait.uaddr, wait.val, wait.bitset, wait.shared, wait.until).hash(part);
}

/// What it waits on, and how many wait for the same before it: whose keys fall together with theirs does not matter.
fn tell_futex<H: Hasher>(w: WorldView<'_>, names: &Names<'_>, task: TaskRef, wait: &FutexWait, part: &mut H) {
    let Some(key) = wait.key else {
        return part.write_u64(END);
    };
    let name = match key.object {
        FutexObject::Private(mm) => (0, name(names.mms, mm.index())),
        FutexObject::Mm(mm) => (1, name(names.mms, mm.index())),
        FutexObject::Inode(mapping) => {
            // Memory that is shared by nobody any more has no name.
            let alive = w
                .mappings
                .get(mapping)
                .map(|_| name(names.mappings, mapping.index()));
            (2, alive.unwrap_or(0))
        }
    };
    let waits_on = |other: &TaskRef| matches!(w.tasks[*other].parked, Some(Blocked::Futex(wait)) if wait.key == Some(key));
    let queue = w.futex_queues.get(key.queue(w.futex_queues.len()));
    let place = queue.and_then(|queue| {
        let mut waiters = queue.iter(w.tasks).filter(waits_on);
        waiters.position(|waiter| waiter == task)
    });
    (name, key.at, place).hash(part);
}

fn tell_process<H: Hasher>(w: WorldView<'_>, detail: Detail, leader: TaskRef, part: &mut H) {
    let s = w.signal(leader);
    (
        s.live,
        s.shared_pending,
        s.group_stop,
        s.cld,
        (s.session_leader, s.tty),
        s.is_child_subreaper,
    )
        .hash(part);
    (s.has_child_subreaper, s.unkillable, s.rlim).hash(part);
    detail.only_whole((s.ended, s.children), part);
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
        .hash(part);
    (w.pids[s.pgrp].nr, w.pids[s.session].nr).hash(part);
    match s.group_exit {
        GroupExit::None => part.write_u64(0),
        GroupExit::Exit { code } => (1, code).hash(part),
        GroupExit::Exec { by } => (2, number(w, Some(by))).hash(part),
    }
    tell_sigqueue(w, s.shared_sigqueue, part);
    tell_row(w, s.wait_chldexit, part);
}

/// A number that is remembered: the same again only while somebody has it.
fn tell_tty<H: Hasher>(w: WorldView<'_>, part: &mut H) {
    let tty = &w.sys.tty;
    for held in [tty.session, tty.pgrp] {
        held.map(|held| (held.nr, w.pids.get(held.pid).is_some()))
            .hash(part);
    }
    (tty.termios, tty.winsize, tty.keyboard, tty.input.shape()).hash(part);
    tty.reader
        .map(|reader| (number(w, Some(reader.task)), reader.min))
        .hash(part);
    tty.input.marks().for_each(|mark| mark.hash(part));
    part.write_u64(END);
    tell_row(w, tty.read_wait, part);
}

/// An address space, but for its pages.
fn tell_ranges<H: Hasher>(w: WorldView<'_>, names: &Names<'_>, mm: &MmStruct, part: &mut H) {
    (mm.brk, mm.start_brk, mm.exe_file, mm.dumpable).hash(part);
    for vma in mm.mmap.iter(w.vmas).map(|vma| &w.vmas[vma]) {
        (vma.start, vma.end, vma.prot.bits(), vma.flags.bits()).hash(part);
        let mapping = vma.mapping.map(|mapping| name(names.mappings, mapping.index()));
        (vma.kind, vma.pgoff, mapping).hash(part);
    }
    part.write_u64(END);
}

fn tell_memory<P: Parts>(w: WorldView<'_>, names: &Names<'_>, contents: &Contents<'_>, parts: &mut P) {
    for (mm, object) in w.mms.iter() {
        part(parts, What::Mm(mm), Of::Mm, name(names.mms, mm.index()), |part| {
            tell_ranges(w, names, object, part);
            object.hiwater_rss.hash(part);
            page_table::for_each(w.tables, object.pgd, &mut |page, pte| {
                (page, pte.is_writable(), name(names.frames, pte.frame().0)).hash(part);
            });
        });
    }
    for (frame, _) in w.pages.iter() {
        part(
            parts,
            What::Other,
            Of::Frame,
            name(names.frames, frame.index()),
            |part| {
                part.write_u64(contents(FrameNo(frame.index()), PAGE, None));
            },
        );
    }
}

/// What lies in memory, and who has it in common with whom for good; not which page was copied already.
fn tell_contents<P: Parts>(w: WorldView<'_>, names: &Names<'_>, contents: &Contents<'_>, parts: &mut P) {
    for (mm, object) in w.mms.iter() {
        part(parts, What::Mm(mm), Of::Mm, name(names.mms, mm.index()), |part| {
            tell_ranges(w, names, object, part);
            page_table::for_each(w.tables, object.pgd, &mut |page, pte| {
                let place = Some((mm, page.saturating_mul(PAGE_SIZE)));
                (page, contents(pte.frame(), PAGE, place)).hash(part);
            });
        });
    }
    for (mapping, object) in w.mappings.iter() {
        let whose = name(names.mappings, mapping.index());
        part(parts, What::Mapping(mapping), Of::Mapping, whose, |part| {
            page_table::for_each(w.tables, object.i_pages, &mut |page, pte| {
                (page, contents(pte.frame(), PAGE, None)).hash(part);
            });
        });
    }
    for (pipe, object) in w.pipes.iter() {
        for (at, buf) in (0u64..).zip(object.bufs()) {
            let bytes = buf.offset..buf.offset.saturating_add(buf.len);
            part(
                parts,
                What::Other,
                Of::Frame,
                name(names.pipes, pipe.index()),
                |part| {
                    (at, contents(buf.frame, bytes, None)).hash(part);
                },
            );
        }
    }
    if let Some(frame) = w.sys.tty.input.frame {
        part(parts, What::Other, Of::Frame, 0, |part| {
            part.write_u64(contents(frame, PAGE, None));
        });
    }
}

fn tell_files<P: Parts>(w: WorldView<'_>, names: &Names<'_>, parts: &mut P) {
    for (file, object) in w.filp.iter() {
        part(
            parts,
            What::Other,
            Of::File,
            name(names.files, file.index()),
            |part| {
                (object.flags.bits(), core::mem::discriminant(&object.kind)).hash(part);
                match object.kind {
                    FileKind::Console { stream } | FileKind::Tty { stream } => stream.hash(part),
                    FileKind::Signalfd(mask) => mask.hash(part),
                    // Of one whose task is gone nothing is left to tell.
                    FileKind::Pidfd(pid) => {
                        part.write_u64(w.pids.get(pid).map_or(0, |pid| u64::from(pid.nr.0)));
                    }
                    FileKind::PipeRead(pipe)
                    | FileKind::PipeWrite(pipe)
                    | FileKind::ConsoleInput { pipe } => {
                        part.write_u64(name(names.pipes, pipe.index()));
                    }
                }
            },
        );
    }
    for (pipe, object) in w.pipes.iter() {
        part(
            parts,
            What::Other,
            Of::Pipe,
            name(names.pipes, pipe.index()),
            |part| {
                (object.readers, object.writers).hash(part);
                for buf in object.bufs() {
                    (buf.offset, buf.len, name(names.frames, buf.frame.0)).hash(part);
                }
                part.write_u64(END);
                tell_row(w, object.rd_wait, part);
                tell_row(w, object.wr_wait, part);
            },
        );
    }
}
