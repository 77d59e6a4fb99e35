//! `audit()`: recomputes from scratch what the tables say, and names the first rule that does not hold.
//!
//! The numbers are those of `docs/invariants.md`.

use core::fmt;

use super::Kernel;
use super::storage::Storage;
use crate::abi::flags::{Prot, TaskFlags, VmFlags};
use crate::abi::ids::{MmRef, TaskRef};
use crate::abi::limits::PAGE_SIZE;
use crate::abi::signal::{SigSet, Signal};
use crate::abi::state::State;
use crate::objects::blocked::Blocked;
use crate::objects::file::FileKind;
use crate::objects::mm::Vma;
use crate::objects::page_table::{self, Pte};
use crate::store::list;
use crate::world::WorldView;

/// A rule that does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The rule's number.
    pub rule: u8,
    /// What was found.
    pub found: &'static str,
    /// The pid of the task where it was found, or another number that tells where.
    pub at: u64,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {}: {} (at {})", self.rule, self.found, self.at)
    }
}

impl core::error::Error for Violation {}

type Audit = Result<(), Violation>;

fn require(holds: bool, rule: u8, found: &'static str, at: u64) -> Audit {
    if holds {
        Ok(())
    } else {
        Err(Violation { rule, found, at })
    }
}

/// Compares two multisets of numbers without memory: each number is added under a mixed 64-bit weight on one side and
/// taken away on the other. What is left is zero if they agree; if they differ, with a probability of one in 2^64.
#[derive(Default)]
struct Tally(u64);

impl Tally {
    fn weight(key: u64) -> u64 {
        let mut x = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    }

    fn found(&mut self, key: u32) {
        self.0 = self.0.wrapping_add(Self::weight(u64::from(key)));
    }

    fn counted(&mut self, key: u32, times: u32) {
        self.0 = self
            .0
            .wrapping_sub(Self::weight(u64::from(key)).wrapping_mul(u64::from(times)));
    }

    fn agrees(&self) -> bool {
        self.0 == 0
    }
}

impl<S: Storage> Kernel<S> {
    /// Checks every invariant. It reads all tables, so it is for tests and for a port's first days.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn audit(&self) -> Result<(), Violation> {
        let w = self.view();
        tasks(w)?;
        parents(w)?;
        threads(w)?;
        numbers(w)?;
        states(w)?;
        queues(w)?;
        signals(w)?;
        mms(w)?;
        frames(w)?;
        tables(w)?;
        files(w)?;
        pipes(w, self.console_input.is_some())
    }
}

fn pid_of(w: WorldView<'_>, task: TaskRef) -> u64 {
    w.tasks.get(task).map_or(u64::MAX, |t| u64::from(t.pid.0))
}

/// 1, 2, 7: the ring holds every leader once; the pid table names every task and nobody else.
fn tasks(w: WorldView<'_>) -> Audit {
    let (mut count, mut prev) = (0, None);
    for task in w.sys.tasks.iter(w.tasks) {
        let t = w.tasks.get(task).ok_or(Violation {
            rule: 1,
            found: "a freed task in the ring",
            at: count,
        })?;
        require(t.is_group_leader(), 1, "a thread in the ring", pid_of(w, task))?;
        require(
            list::prev::<crate::objects::task::Tasks>(t) == prev,
            1,
            "next and prev differ",
            pid_of(w, task),
        )?;
        prev = Some(task);
        count += 1;
        require(
            count <= u64::from(w.tasks.used()),
            1,
            "the ring does not end",
            count,
        )?;
    }
    require(
        w.sys.tasks.first() == Some(w.sys.init_task),
        1,
        "the ring does not begin at init_task",
        0,
    )?;
    let leaders = w.tasks.iter().filter(|(_, t)| t.is_group_leader()).count();
    require(leaders as u64 == count, 1, "a leader is not in the ring", count)?;
    for (task, t) in w.tasks.iter() {
        require(
            w.find_task(t.pid) == Some(task),
            2,
            "the pid table does not name the task",
            u64::from(t.pid.0),
        )?;
        require(
            t.state() != State::Dead && t.state() != State::New,
            7,
            "a dead task is left",
            u64::from(t.pid.0),
        )?;
    }
    let named = w.pids.iter().filter(|(_, pid)| pid.task.is_some()).count();
    require(
        named == w.tasks.used() as usize,
        2,
        "a number names a task that is gone",
        named as u64,
    )
}

/// 3, 4, 6: parents and children agree; there are no cycles; nobody is a child of a zombie.
fn parents(w: WorldView<'_>) -> Audit {
    let mut children = 0;
    for (task, t) in w.tasks.iter() {
        let at = u64::from(t.pid.0);
        for child in t.children.iter(w.tasks) {
            require(
                w.tasks[child].real_parent == task,
                3,
                "a child names another parent",
                pid_of(w, child),
            )?;
            require(!t.state().has_exited(), 6, "a zombie is a parent", at)?;
            children += 1;
        }
        let mut ancestor = task;
        for _ in 0..=w.tasks.used() {
            let Some(t) = w.tasks.get(ancestor) else { break };
            ancestor = t.real_parent;
        }
        require(
            ancestor == w.sys.init_task,
            4,
            "the ancestors do not lead to init_task",
            at,
        )?;
        require(
            t.real_parent != task || task == w.sys.init_task,
            4,
            "a task is its own parent",
            at,
        )?;
        let listed = t.is_group_leader() && task != w.sys.init_task;
        require(
            t.sibling.is_linked() == listed,
            3,
            "a process is in no list of children",
            at,
        )?;
    }
    let processes = w.tasks.iter().filter(|(_, t)| t.is_group_leader()).count();
    require(
        children + 1 == processes,
        3,
        "a child is in two lists",
        children as u64,
    )
}

/// 5: the threads of a process agree about it.
fn threads(w: WorldView<'_>) -> Audit {
    let mut all = 0;
    for (_, signal) in w.signals.iter() {
        let leader = signal.leader;
        let at = pid_of(w, leader);
        let l = w.tasks.get(leader).ok_or(Violation {
            rule: 5,
            found: "the leader left before its threads",
            at,
        })?;
        require(
            signal.threads.iter(w.tasks).any(|thread| thread == leader),
            5,
            "the leader is no thread",
            at,
        )?;
        let mut live = 0;
        for thread in signal.threads.iter(w.tasks) {
            let t = &w.tasks[thread];
            let same = t.group_leader == leader && t.tgid == l.tgid && t.signal == l.signal;
            require(same, 5, "a thread names another process", u64::from(t.pid.0))?;
            live += u32::from(!t.state().has_exited());
            all += 1;
        }
        require(live == signal.live, 5, "the live threads are miscounted", at)?;
        require(l.tgid == l.pid, 5, "a leader has another's tgid", at)?;
    }
    require(
        all == w.tasks.used(),
        5,
        "a task is in no process",
        u64::from(all),
    )?;
    let mut sighands = Tally::default();
    for (_, t) in w.tasks.iter() {
        if let Some(sighand) = t.sighand {
            sighands.found(sighand.index());
        }
    }
    w.sighands
        .iter()
        .for_each(|(sighand, object)| sighands.counted(sighand.index(), object.count));
    require(sighands.agrees(), 5, "users of signal actions are miscounted", 0)
}

/// 10, 23: numbers in use are used; every process is in one group and one session.
fn numbers(w: WorldView<'_>) -> Audit {
    let (mut in_groups, mut in_sessions) = (0, 0);
    for (pid, object) in w.pids.iter() {
        let at = u64::from(object.nr.0);
        let used = object.task.is_some() || !object.pgrp.is_empty() || !object.session.is_empty();
        require(used, 10, "a number is taken by nobody", at)?;
        if let Some(task) = object.task {
            let t = w.tasks.get(task).ok_or(Violation {
                rule: 10,
                found: "a number names a freed task",
                at,
            })?;
            require(
                t.pid == object.nr && t.thread_pid == pid,
                10,
                "a task and its number differ",
                at,
            )?;
        }
        for member in object.pgrp.iter(w.signals) {
            require(
                w.signals[member].pgrp == pid,
                23,
                "a member names another group",
                at,
            )?;
            in_groups += 1;
        }
        for member in object.session.iter(w.signals) {
            require(
                w.signals[member].session == pid,
                23,
                "a member names another session",
                at,
            )?;
            in_sessions += 1;
        }
    }
    let processes = w.signals.used();
    require(
        in_groups == processes && in_sessions == processes,
        23,
        "a process is in no group or session",
        0,
    )?;
    for (_, signal) in w.signals.iter() {
        let at = pid_of(w, signal.leader);
        let own = w.tasks[signal.leader].thread_pid;
        let leads = !signal.session_leader || signal.session == own && signal.pgrp == own;
        require(leads, 23, "a session leader does not lead its group", at)?;
        // All members of a group are of one session.
        let first = w.pids[signal.pgrp].pgrp.first();
        let same = first.is_none_or(|first| w.signals[first].session == signal.session);
        require(same, 23, "a group is in two sessions", at)?;
    }
    Ok(())
}

/// 6, 8, 9: a state and what it must and must not have.
fn states(w: WorldView<'_>) -> Audit {
    for (task, t) in w.tasks.iter() {
        let at = u64::from(t.pid.0);
        match t.state() {
            State::Zombie => {
                let bare = t.mm.is_none() && t.files.is_none() && t.fs.is_none() && t.parked.is_none();
                require(bare, 6, "a zombie has kept something", at)?;
                require(
                    t.flags.contains(TaskFlags::PF_EXITING),
                    6,
                    "a zombie is not exiting",
                    at,
                )?;
            }
            State::Sleeping(sleep) => {
                let reason = t.parked.ok_or(Violation {
                    rule: 8,
                    found: "a sleeper has no reason",
                    at,
                })?;
                require(
                    reason.sleep() == sleep,
                    8,
                    "a sleeper sleeps as its reason does not say",
                    at,
                )?;
                require(
                    in_its_queue(w, task, reason),
                    8,
                    "a sleeper is not in the queue of its reason",
                    at,
                )?;
            }
            State::Running | State::Stopped | State::Traced | State::Parked => {
                require(
                    !t.wait_entry.is_linked() && !t.timer.is_linked(),
                    8,
                    "a waker is still in a queue",
                    at,
                )?;
            }
            State::New | State::Dead => {}
        }
        if let Some(parent) = t.vfork_done
            && let Some(p) = w.tasks.get(parent)
            && let Some(Blocked::VforkDone { child }) = p.parked
        {
            require(
                child == t.pid || p.state() == State::Running,
                9,
                "a vfork parent waits for another child",
                at,
            )?;
        }
        if let (State::Sleeping(_), Some(Blocked::VforkDone { child })) = (t.state(), t.parked) {
            let held = w
                .find_task(child)
                .is_some_and(|child| w.tasks[child].vfork_done == Some(task));
            require(held, 9, "a vfork parent waits for a child that is done", at)?;
        }
    }
    Ok(())
}

fn in_its_queue(w: WorldView<'_>, task: TaskRef, reason: Blocked) -> bool {
    let t = &w.tasks[task];
    match reason {
        Blocked::Wait(_) => w
            .signal(task)
            .wait_chldexit
            .iter(w.tasks)
            .any(|waiter| waiter == task),
        Blocked::PipeRead(transfer) => match w.filp[transfer.file].kind {
            FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe, .. } => {
                w.pipes[pipe].rd_wait.iter(w.tasks).any(|waiter| waiter == task)
            }
            _ => false,
        },
        Blocked::PipeWrite(transfer) => match w.filp[transfer.file].kind {
            FileKind::PipeWrite(pipe) => w.pipes[pipe].wr_wait.iter(w.tasks).any(|waiter| waiter == task),
            _ => false,
        },
        Blocked::Nanosleep { .. } => t.timer.is_linked(),
        Blocked::VforkDone { .. } | Blocked::Pause | Blocked::DeThread | Blocked::Kthread => {
            !t.wait_entry.is_linked()
        }
    }
}

/// 26, 27: the ready tasks are on one queue or one processor.
fn queues(w: WorldView<'_>) -> Audit {
    let mut seen = 0;
    for rq in &w.sys.cpus {
        for task in rq.queue.iter(w.tasks) {
            require(
                w.tasks[task].state() == State::Running,
                26,
                "a queue holds a task that is not ready",
                pid_of(w, task),
            )?;
            seen += 1;
        }
        if rq.curr != w.sys.init_task {
            let t = w.tasks.get(rq.curr).ok_or(Violation {
                rule: 27,
                found: "a processor runs a freed task",
                at: 0,
            })?;
            let at = u64::from(t.pid.0);
            require(
                t.state() == State::Running,
                27,
                "a processor runs a task that is not ready",
                at,
            )?;
            require(
                !t.run_list.is_linked(),
                26,
                "a running task is on a queue too",
                at,
            )?;
            seen += 1;
        }
    }
    let ready = w
        .tasks
        .iter()
        .filter(|(task, t)| t.state() == State::Running && *task != w.sys.init_task)
        .count();
    require(
        ready == seen,
        26,
        "a ready task is on no queue, or on two",
        seen as u64,
    )
}

/// 21, 22: what cannot stand together, and what cannot be blocked or ignored.
fn signals(w: WorldView<'_>) -> Audit {
    let stops = SigSet(1 << 18 | 1 << 19 | 1 << 20 | 1 << 21);
    let clash = |set: SigSet| set.has(Signal::SIGCONT) && set.0 & stops.0 != 0;
    for (_, t) in w.tasks.iter() {
        let at = u64::from(t.pid.0);
        require(
            !clash(t.pending),
            21,
            "SIGCONT and a stop signal pend together",
            at,
        )?;
        require(
            t.blocked.0 & SigSet::KERNEL_ONLY.0 == 0,
            22,
            "SIGKILL or SIGSTOP is blocked",
            at,
        )?;
    }
    for (_, signal) in w.signals.iter() {
        require(
            !clash(signal.shared_pending),
            21,
            "SIGCONT and a stop signal pend together",
            pid_of(w, signal.leader),
        )?;
    }
    for (_, sighand) in w.sighands.iter() {
        require(
            sighand.ignored.0 & SigSet::KERNEL_ONLY.0 == 0,
            22,
            "SIGKILL or SIGSTOP is ignored",
            0,
        )?;
    }
    Ok(())
}

/// 14 to 16: ranges and totals of every address space.
fn mms(w: WorldView<'_>) -> Audit {
    let mut users = Tally::default();
    for (_, t) in w.tasks.iter() {
        if let Some(mm) = t.mm {
            users.found(mm.index());
        }
    }
    let mut ranges = 0;
    for (mm, object) in w.mms.iter() {
        users.counted(mm.index(), object.mm_users);
        require(
            object.mm_users > 0,
            16,
            "an address space has no user",
            u64::from(mm.index()),
        )?;
        ranges += object.mmap.len();
        ranges_of(w, mm)?;
        entries_of(w, mm)?;
    }
    require(users.agrees(), 16, "users of address spaces are miscounted", 0)?;
    require(
        ranges == w.vmas.used(),
        15,
        "a range is in no address space",
        u64::from(ranges),
    )
}

fn ranges_of(w: WorldView<'_>, mm: MmRef) -> Audit {
    let (mut end, mut pages) = (0, 0);
    for vma in w.mms[mm].mmap.iter(w.vmas) {
        let vma = &w.vmas[vma];
        require(
            vma.start >= end && vma.end > vma.start,
            15,
            "ranges are empty, overlap or are out of order",
            vma.start,
        )?;
        let aligned = vma.start.is_multiple_of(PAGE_SIZE) && vma.end.is_multiple_of(PAGE_SIZE);
        require(aligned, 15, "a range is not of whole pages", vma.start)?;
        end = vma.end;
        pages += vma.pages();
    }
    require(
        pages == w.mms[mm].total_vm,
        15,
        "total_vm is not what the ranges sum to",
        pages,
    )
}

fn entries_of(w: WorldView<'_>, mm: MmRef) -> Audit {
    let (mut present, mut result) = (0, Ok(()));
    page_table::for_each(w.tables, w.mms[mm].pgd, &mut |page, pte| {
        present += 1;
        if result.is_ok() {
            result = entry(w, mm, page, pte);
        }
    });
    result?;
    require(
        present == w.mms[mm].rss,
        15,
        "rss is not what a walk counts",
        present,
    )
}

/// 13, 14, 17: an entry against its range and its frame.
fn entry(w: WorldView<'_>, mm: MmRef, page: u64, pte: Pte) -> Audit {
    let addr = page * PAGE_SIZE;
    let vma = w.mms[mm]
        .mmap
        .iter(w.vmas)
        .map(|vma| &w.vmas[vma])
        .find(|vma| vma.contains(addr));
    let vma: &Vma = vma.ok_or(Violation {
        rule: 14,
        found: "an entry outside all ranges",
        at: addr,
    })?;
    require(
        !pte.is_writable() || vma.prot.contains(Prot::WRITE),
        14,
        "an entry allows more than its range",
        addr,
    )?;
    require(
        pte.is_shared() == vma.flags.contains(VmFlags::VM_SHARED),
        14,
        "an entry is shared as its range is not",
        addr,
    )?;
    let frame = w.pages.at(pte.frame().0).map(|page| w.pages[page]);
    let frame = frame.ok_or(Violation {
        rule: 12,
        found: "an entry names a free frame",
        at: addr,
    })?;
    if pte.is_writable() && !pte.is_shared() {
        require(
            frame.refcount == 1 && frame.holders == 0,
            13,
            "a writable private entry maps a shared frame",
            addr,
        )?;
        require(
            !pte.is_cache() && !pte.is_zero_page(),
            13,
            "a writable private entry maps a frame of a file",
            addr,
        )?;
    }
    if let (true, Some(mapping)) = (pte.is_cache(), vma.mapping) {
        let cached = page_table::lookup(w.tables, w.mappings[mapping].i_pages, vma.page_of(addr));
        require(
            cached.frame() == pte.frame(),
            17,
            "a shared page has two frames",
            addr,
        )?;
    }
    Ok(())
}

/// 11, 12: what is counted for each frame is what the tables and the kernel hold.
fn frames(w: WorldView<'_>) -> Audit {
    let (mut entries, mut holders) = (Tally::default(), Tally::default());
    for (_, table) in w.tables.iter().filter(|(_, table)| table.level == 0) {
        for at in 0..page_table::PTRS_PER_TABLE {
            let pte = table.pte(at);
            if pte.is_present() && !pte.is_zero_page() {
                entries.found(pte.frame().0);
            }
        }
    }
    holders.found(0);
    for (_, pipe) in w.pipes.iter() {
        pipe.bufs().for_each(|buf| holders.found(buf.frame.0));
    }
    for (page, object) in w.pages.iter() {
        entries.counted(page.index(), object.refcount);
        holders.counted(page.index(), object.holders);
        require(
            object.refcount > 0 || object.holders > 0,
            11,
            "a frame nobody uses is not free",
            u64::from(page.index()),
        )?;
    }
    require(entries.agrees(), 11, "entries that name frames are miscounted", 0)?;
    require(holders.agrees(), 11, "holders of frames are miscounted", 0)
}

/// 11 for the page tables themselves, and what makes sharing them sound: a table that several use is
/// write-protected and holds no entry of a shared mapping.
fn tables(w: WorldView<'_>) -> Audit {
    let mut users = Tally::default();
    let roots = w
        .mms
        .iter()
        .filter_map(|(_, mm)| mm.pgd)
        .chain(w.mappings.iter().filter_map(|(_, m)| m.i_pages));
    roots.for_each(|root| users.found(root.index()));
    for (table, object) in w.tables.iter() {
        let at = u64::from(table.index());
        users.counted(table.index(), object.count);
        let used = object.slots().iter().filter(|slot| **slot != 0).count();
        require(
            used == usize::from(object.used),
            11,
            "slots of a page table are miscounted",
            at,
        )?;
        require(
            object.count == 1 || object.wrprotect,
            13,
            "a shared page table is not write-protected",
            at,
        )?;
        for slot in object.slots().iter().filter(|slot| **slot != 0) {
            match page_table::child(w.tables, *slot) {
                Some(below) if object.level > 0 => users.found(below.index()),
                _ => require(object.level == 0, 11, "a page table names a freed one", at)?,
            }
        }
        let shared_entry = (0..page_table::PTRS_PER_TABLE).any(|slot| object.pte(slot).is_shared());
        let leaf = object.level == 0;
        require(
            !leaf || object.count == 1 || !shared_entry,
            17,
            "a shared page table holds a shared mapping",
            at,
        )?;
    }
    require(users.agrees(), 11, "users of page tables are miscounted", 0)?;
    let mut ranges = Tally::default();
    w.vmas
        .iter()
        .filter_map(|(_, vma)| vma.mapping)
        .for_each(|mapping| ranges.found(mapping.index()));
    w.mappings
        .iter()
        .for_each(|(mapping, object)| ranges.counted(mapping.index(), object.count));
    require(ranges.agrees(), 16, "ranges that map a file are miscounted", 0)
}

/// 18: descriptions, descriptor tables and `fs_struct` are counted right.
fn files(w: WorldView<'_>) -> Audit {
    let (mut users, mut fs, mut named, mut pieces) =
        (Tally::default(), Tally::default(), Tally::default(), 0);
    for (_, t) in w.tasks.iter() {
        t.files.iter().for_each(|files| users.found(files.index()));
        t.fs.iter().for_each(|at| fs.found(at.index()));
        if let Some(Blocked::PipeRead(transfer) | Blocked::PipeWrite(transfer)) = t.parked {
            named.found(transfer.file.index());
        }
    }
    for (files, object) in w.files.iter() {
        users.counted(files.index(), object.count);
        pieces += object.chunks().count();
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
        pieces == w.fdtables.used() as usize,
        18,
        "a piece of a descriptor table is lost",
        pieces as u64,
    )?;
    require(named.agrees(), 18, "descriptors of open files are miscounted", 0)
}

/// 19, 20: a pipe's ends and bytes; nobody sleeps on a condition that holds.
fn pipes(w: WorldView<'_>, console: bool) -> Audit {
    let (mut readers, mut writers) = (Tally::default(), Tally::default());
    for (_, file) in w.filp.iter() {
        match file.kind {
            FileKind::PipeRead(pipe) => readers.found(pipe.index()),
            FileKind::ConsoleInput { pipe, .. } => readers.found(pipe.index()),
            FileKind::PipeWrite(pipe) => writers.found(pipe.index()),
            FileKind::Console { .. } => {}
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

fn same_pipe(w: WorldView<'_>, a: crate::objects::file::FileRef, b: crate::objects::file::FileRef) -> bool {
    let pipe = |file| match w.filp[file].kind {
        FileKind::PipeRead(pipe) | FileKind::PipeWrite(pipe) | FileKind::ConsoleInput { pipe, .. } => {
            Some(pipe)
        }
        FileKind::Console { .. } => None,
    };
    pipe(a) == pipe(b)
}
