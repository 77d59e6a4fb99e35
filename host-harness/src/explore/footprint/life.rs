//! What births, ends and signals touch.

use kernel_model::abi::flags::{CloneFlags, SaFlags};
use kernel_model::abi::ids::{Pid, TaskRef};
use kernel_model::abi::signal::Signal;
use kernel_model::abi::state::State;
use kernel_model::objects::blocked::Blocked;
use kernel_model::objects::file::FileKind;
use kernel_model::objects::task::TaskStruct;
use kernel_model::verbs::exit::exits_in_two;

use crate::machine::Machine;
use crate::machine::watch::Shared;

use super::Touch::{Read, Take, Write};
use super::{CLONE, CLONE3, FORK, Object, Reach, SIGCHLD, SIGCONT_AND_STOPS, words};

impl Reach<'_> {
    pub(super) fn signal(&mut self, target: Pid) {
        self.add(Object::Number(target), Read);
        let Some(task) = self.view.find_task(target) else {
            return;
        };
        self.add(Object::Signals(self.view.tasks[task].tgid), Write);
    }

    pub(super) fn kill(&mut self, target: u64, signal: u64) {
        let target = (target & 0xffff_ffff) as u32 as i32;
        match target {
            _ if SIGCONT_AND_STOPS.contains(&signal) => self.all(),
            -1 => self.all(),
            1.. => self.signal(Pid(target.unsigned_abs())),
            _ => {
                let own = self.view.pids[self.view.signal(self.task).pgrp].nr;
                let group = if target == 0 {
                    own
                } else {
                    Pid(target.unsigned_abs())
                };
                self.add(Object::Group(group), Write);
                let view = self.view;
                for member in view.for_each_process() {
                    if view.pids[view.signal(member).pgrp].nr == group {
                        self.add(Object::Signals(view.tasks[member].tgid), Write);
                    }
                }
            }
        }
    }

    /// A call that sends a signal to its caller, or lets one through, ends with what that does.
    pub(super) fn takes_signals(&mut self, nr: u64, [a, b, ..]: [u64; 6]) {
        let view = self.view;
        let t = &view.tasks[self.task];
        let own = |tid: u64| {
            view.find_task(Pid(tid as u32))
                .is_some_and(|to| view.tasks[to].tgid == self.tgid)
        };
        let takes = match nr {
            // rt_sigprocmask, rt_sigreturn, rt_sigsuspend
            14 | 15 | 130 => !t.pending.is_empty() || !view.signal(self.task).shared_pending.is_empty(),
            // kill, rt_sigqueueinfo: a group may be the caller's own
            62 | 129 => (a as i32) <= 0 || own(a),
            200 => own(a),
            234 | 297 => own(b),
            // write: SIGPIPE
            1 => match self.kind(a) {
                Some(FileKind::PipeWrite(pipe)) => view.pipes[pipe].readers == 0,
                _ => false,
            },
            _ => false,
        };
        if takes {
            self.add(Object::Signals(self.tgid), Write);
            self.add(Object::Sigchld(self.tgid), Write);
            self.takes_signal();
        }
    }

    /// It may end the process, or stop it.
    pub(super) fn takes_signal(&mut self) {
        self.gives_back(true);
        self.exit_after_files();
    }

    /// The whole process ends, or this thread of it.
    pub(super) fn exit(&mut self, whole: bool) {
        self.gives_back(whole);
        let is_last = self.threads() == 1;
        if !(is_last && exits_in_two(self.view, self.task)) {
            self.exit_after_files();
        }
    }

    /// What an end does before others hear of it.
    fn gives_back(&mut self, whole: bool) {
        let view = self.view;
        let t = &view.tasks[self.task];
        self.leaves_locks();
        if t.clear_child_tid.0 != 0 && self.shares_mm() {
            self.add(Object::Futex(t.clear_child_tid.0), Write);
            for word in words(t.clear_child_tid.0, 4) {
                self.add(Object::Word(word), Write);
            }
        }
        // Where the others have ended before, it has none to end: they could have been later.
        if whole {
            self.add(Object::Signals(self.tgid), Write);
            self.add(Object::Threads(self.tgid), Write);
        }
        self.add(Object::Threads(self.tgid), Take);
        self.closes_pipes();
        if exits_in_two(view, self.task) {
            // The last one is seen to be the last.
            self.add(Object::Threads(self.tgid), Write);
        }
    }

    /// Others hear of the end.
    pub(super) fn exit_after_files(&mut self) {
        let view = self.view;
        let t = &view.tasks[self.task];
        if view.signal(self.task).has_child_subreaper {
            self.all();
        }
        if t.pid != t.tgid {
            // Nobody waits for a thread: its number is free at once.
            self.add(Object::Number(t.pid), Write);
        }
        self.children_lose_it();
        self.ends();
    }

    /// The robust locks that the task still holds are marked, wherever they lie: it ends, or executes another program.
    pub(super) fn leaves_locks(&mut self) {
        const ROBUST_LIST_LIMIT: usize = 2048;
        const PI: u64 = 1;
        let head = self.view.tasks[self.task].robust_list.0;
        if head == 0 || !self.shares_mm() && self.machine.shared(self.task).is_nothing() {
            return;
        }
        self.all();
        let load = |at| self.machine.load_user(self.task, at).unwrap_or(head);
        let offset = load(head.wrapping_add(8));
        let mut entries = vec![load(head.wrapping_add(16)) & !PI];
        let mut entry = load(head) & !PI;
        while entry != head && entries.len() <= ROBUST_LIST_LIMIT {
            entries.push(entry);
            entry = load(entry) & !PI;
        }
        self.reads(head, 24);
        for entry in entries.into_iter().filter(|entry| *entry != 0) {
            self.reads(entry, 8);
            self.stores(entry.wrapping_add(offset), 4);
        }
    }

    /// The process ends with its last thread. Which one that is depends on the order of their ends, and nobody can tell;
    /// so each of them touches what the last one does.
    fn ends(&mut self) {
        let view = self.view;
        let t = &view.tasks[self.task];
        let s = view.signal(self.task);
        self.add(Object::Group(view.pids[s.pgrp].nr), Read);
        let stopped = |(_, t): (_, &TaskStruct)| t.state() == State::Stopped;
        // The terminal goes with the session's leader.
        if view.tasks.iter().any(stopped) || s.session_leader && s.tty.is_some() {
            self.all();
        }
        self.tells(t.group_leader);
        if self.main == Some(self.tgid) {
            self.add(Object::Children(self.tgid), Take);
        }
    }

    /// The children get another parent.
    fn children_lose_it(&mut self) {
        let view = self.view;
        if self.minds_its_children() {
            self.add(Object::Sigchld(self.tgid), Take);
        }
        for thread in view.for_each_thread(self.task) {
            for leader in view.children(thread) {
                let child = &view.tasks[leader];
                self.add(Object::Parent(child.tgid), Write);
                if self.threads() > 1 {
                    // Another thread, which may block SIGCHLD or not, becomes its parent: it is the last of its children.
                    self.add(Object::Sigchld(self.tgid), Take);
                    self.add(Object::Children(self.tgid), Write);
                }
                if view
                    .for_each_thread(leader)
                    .any(|thread| view.tasks[thread].pdeath_signal.is_some())
                {
                    self.add(Object::Signals(child.tgid), Write);
                }
                // The caller of clone with CLONE_PARENT has borne it: its end does not tell whose child it was.
                if self
                    .numbers
                    .birth(child.pid)
                    .is_none_or(|birth| birth.tgid != self.tgid)
                {
                    self.all();
                }
            }
        }
    }

    /// Whether the ends of its children do more to it than to wake it where it waits for them.
    fn minds_its_children(&self) -> bool {
        let view = self.view;
        let t = &view.tasks[self.task];
        let default = t.sighand.is_none_or(|sighand| {
            let sighand = &view.sighands[sighand];
            sighand.action(Signal::SIGCHLD).handler == 0 && !sighand.ignored().has(Signal::SIGCHLD)
        });
        !default || t.blocked.has(Signal::SIGCHLD)
    }

    /// A parent learns that a child has ended. Of several children it makes no difference which is the first: a wait
    /// looks at them in the order of their birth. Nor does it whether the parent ends first, unless it minds: then its
    /// own end says so. It is named by birth, so that it is the same before and after.
    fn tells(&mut self, leader: TaskRef) {
        let view = self.view;
        let Some(t) = view.tasks.get(leader) else { return };
        if let Some(birth) = self.numbers.birth(t.pid) {
            self.add(Object::Children(birth.tgid), Read);
            self.add(Object::Sigchld(birth.tgid), Read);
        }
        if u64::try_from(t.exit_signal) != Ok(SIGCHLD) {
            self.all();
        }
        let Some(parent) = view.tasks.get(t.real_parent).filter(|t| t.pid != Pid::INIT) else {
            return;
        };
        // Its parent did not bear it: CLONE_PARENT, or a subreaper.
        if self
            .numbers
            .birth(t.pid)
            .is_none_or(|birth| birth.tgid != parent.tgid)
        {
            self.add(Object::Children(parent.tgid), Read);
            self.add(Object::Sigchld(parent.tgid), Read);
        }
        let sighand = parent.sighand.map(|sighand| &view.sighands[sighand]);
        let action = sighand.map(|sighand| sighand.action(Signal::SIGCHLD));
        let caught = action.is_some_and(|action| action.handler > 1);
        let unawaited = action.is_some_and(|action| action.flags.contains(SaFlags::SA_NOCLDWAIT))
            || sighand.is_some_and(|sighand| sighand.ignored().has(Signal::SIGCHLD));
        if unawaited {
            self.add(Object::Number(self.tgid), Write);
        }
        let awaited = matches!(parent.parked, Some(Blocked::Sigtimedwait { .. }));
        if caught || awaited || parent.blocked.has(Signal::SIGCHLD) {
            self.add(Object::Signals(parent.tgid), Write);
        }
    }

    /// A task is born.
    pub(super) fn clone(&mut self, nr: u64, args: [u64; 6]) {
        let [_, _, parent_tid, child_tid, ..] = args;
        let flags = clone_flags(nr, args);
        let copies = copies_shared_memory(self.machine, self.task, (nr, args));
        if copies || flags.contains(CloneFlags::CLONE_PARENT) || nr == CLONE3 {
            self.all();
        }
        if !flags.contains(CloneFlags::CLONE_FILES) {
            self.files(Read);
        }
        if flags.intersects(CloneFlags::CLONE_PARENT_SETTID | CloneFlags::CLONE_PIDFD) {
            self.stores(parent_tid, 4);
        }
        if flags.contains(CloneFlags::CLONE_CHILD_SETTID) {
            self.stores(child_tid, 4);
        }
        let group = self.view.signal(self.task).pgrp;
        self.add(Object::Group(self.view.pids[group].nr), Read);
        // The caller is there: nobody else who ends is the last.
        self.add(Object::Threads(self.tgid), Take);
        if self.threads() > 1 && !flags.contains(CloneFlags::CLONE_THREAD) {
            // Another thread may wait for it.
            self.add(Object::Children(self.tgid), Read);
        }
    }

    pub(super) fn wait(&mut self) {
        let view = self.view;
        self.add(Object::Children(self.tgid), Write);
        for thread in view.for_each_thread(self.task) {
            for child in view.children(thread).map(|child| &view.tasks[child]) {
                if child.state().has_exited() {
                    self.add(Object::Number(child.pid), Write);
                    self.add(Object::Group(view.pids[view.signals[child.signal].pgrp].nr), Read);
                }
            }
        }
    }
}

/// What a call that creates a task shares; of clone3 it is not looked at.
const fn clone_flags(nr: u64, [flags, ..]: [u64; 6]) -> CloneFlags {
    match nr {
        CLONE => CloneFlags::from_bits_truncate(flags),
        FORK | CLONE3 => CloneFlags::empty(),
        _ => CloneFlags::CLONE_VM,
    }
}

/// Whether a call that creates a task copies memory that other threads store in meanwhile.
pub(crate) fn copies_shared_memory(machine: &Machine, task: TaskRef, (nr, args): (u64, [u64; 6])) -> bool {
    machine.shared(task) == Shared::All && !clone_flags(nr, args).contains(CloneFlags::CLONE_VM)
}
