//! fork, vfork and clone.

use crate::calls::{EAGAIN, EINVAL, Reply};
use crate::kernel::{Kernel, Parked, Process, Result, State, Stop, Task};
use crate::mistake::Mistake;
use crate::signal::Delivery;

pub const CLONE_VM: u64 = 0x100;
const CLONE_FILES: u64 = 0x400;
const CLONE_SIGHAND: u64 = 0x800;
pub const CLONE_VFORK: u64 = 0x4000;
const CLONE_PARENT: u64 = 0x8000;
const CLONE_THREAD: u64 = 0x1_0000;
const CLONE_PARENT_SETTID: u64 = 0x10_0000;
const CLONE_CHILD_CLEARTID: u64 = 0x20_0000;
const CLONE_CHILD_SETTID: u64 = 0x100_0000;
const KNOWN: u64 = CLONE_VM
    | 0x200
    | CLONE_FILES
    | CLONE_SIGHAND
    | 0x2000
    | CLONE_VFORK
    | CLONE_PARENT
    | CLONE_THREAD
    | 0x4_0000
    | 0x8_0000
    | CLONE_PARENT_SETTID
    | CLONE_CHILD_CLEARTID
    | 0x40_0000
    | 0x80_0000
    | CLONE_CHILD_SETTID
    | 0x8000_0000;

impl Kernel {
    /// `flags` with the exit signal in its lowest byte.
    pub fn clone_task(&mut self, task: usize, flags: u64, parent_tid: u64, child_tid: u64) -> Result<Reply> {
        if flags & 0xffff_ff00 & !KNOWN != 0 {
            return Err(EINVAL);
        }
        let (args, exit_signal, flags) = (flags, flags & 0xff, flags & 0xffff_ff00);
        self.check_flags(task, flags)?;
        // Signals come first, so that one sent to the process comes before the fork, or reaches the child as well.
        self.look_for_signals(task);
        if self.signal_pending(task) {
            self.tasks[task].parked = Some(Parked::Clone(args, parent_tid, child_tid));
            if self.take_signals(task) != Delivery::Continue {
                return Ok(Reply::Left);
            }
            self.tasks[task].parked = None;
        }
        let tid = self.new_pid().ok_or(EAGAIN)?;
        let child = self.tasks.len();
        self.copy_task(task, child, tid, flags, i32::try_from(exit_signal).unwrap_or(0));
        if flags & CLONE_CHILD_CLEARTID != 0 {
            self.tasks[child].clear_tid = child_tid;
        }
        // A bad address is the caller's own loss.
        if flags & CLONE_PARENT_SETTID != 0 {
            let _ = self.copy_to_user(task, parent_tid, &tid.to_le_bytes());
        }
        if flags & CLONE_CHILD_SETTID != 0 {
            let _ = self.copy_to_user(child, child_tid, &tid.to_le_bytes());
        }
        self.look_for_signals(child);
        if flags & CLONE_VFORK != 0 && !self.has(Mistake::VforkDoesNotWait) {
            self.tasks[child].vfork_parent = Some(task);
            self.sleep(task, Parked::Vfork { child, pid: tid });
            return Ok(Reply::Left);
        }
        Ok(Reply::Done(i64::from(tid)))
    }

    fn check_flags(&self, task: usize, flags: u64) -> Result<()> {
        let has = |flag| flags & flag != 0;
        let thread = !has(CLONE_THREAD) || has(CLONE_SIGHAND) || self.has(Mistake::ThreadNeedsNothing);
        let sighand = !has(CLONE_SIGHAND) || has(CLONE_VM);
        let parent = !has(CLONE_PARENT) || !self.process(task).unkillable;
        if thread && sighand && parent {
            Ok(())
        } else {
            Err(EINVAL)
        }
    }

    fn copy_task(&mut self, task: usize, child: usize, tid: u32, flags: u64, exit_signal: i32) {
        let has = |flag| flags & flag != 0;
        let sibling = has(CLONE_THREAD) || has(CLONE_PARENT) && !self.has(Mistake::CloneParentForgotten);
        let parent = if sibling { self.tasks[task].parent } else { task };
        let exit_signal = match () {
            () if has(CLONE_THREAD) => -1,
            () if has(CLONE_PARENT) => self.tasks[self.leader(task)].exit_signal,
            () => exit_signal,
        };
        let mm = self.copy_memory(task, has(CLONE_VM));
        let files = self.copy_files(task, has(CLONE_FILES));
        let process = if has(CLONE_THREAD) {
            self.tasks[task].process
        } else {
            self.processes.len()
        };
        self.tasks.push(Task {
            tid,
            process,
            parent,
            exit_signal,
            mm,
            files,
            execs: self.tasks[task].execs,
            parent_execs: if sibling {
                self.tasks[task].parent_execs
            } else {
                self.tasks[task].execs
            },
            ..Task::new()
        });
        if has(CLONE_THREAD) {
            let process = self.process_mut(task);
            process.threads.push(child);
            process.live += 1;
            return;
        }
        let own = self.process(task);
        let first_parent = self.tgid(parent);
        let mut process = Process {
            has_subreaper: own.has_subreaper || own.subreaper,
            first_parent,
            ..Process::new(child, own.pgid, own.sid)
        };
        if self.has(Mistake::SubreaperInherited) {
            process.subreaper = own.subreaper;
        }
        if self.has(Mistake::ChildLeadsGroup) {
            process.pgid = tid;
        }
        self.joins += 1;
        process.joined = self.joins;
        self.processes.push(process);
        self.tasks[parent].children.push(child);
    }

    fn copy_files(&mut self, task: usize, share: bool) -> Option<usize> {
        let old = self.tasks[task].files?;
        if share && !self.has(Mistake::CloneFilesCopies) {
            self.files[old].users += 1;
            return Some(old);
        }
        let mut copy = self.files[old].clone();
        copy.users = 1;
        for (file, _) in copy.fds.values() {
            if !self.has(Mistake::ForkForgetsFileCount) {
                self.get_file(*file);
            }
        }
        self.files.push(copy);
        Some(self.files.len() - 1)
    }

    /// The sleeper in vfork looks again.
    pub fn vfork_again(&mut self, task: usize, child: usize, pid: u32) -> Reply {
        if self.tasks[child].vfork_parent == Some(task) && self.tasks[child].state != State::Released {
            Reply::Block(Parked::Vfork { child, pid })
        } else {
            Reply::Done(i64::from(pid))
        }
    }

    /// The child of a vfork has exec'ed or ended.
    pub fn vfork_done(&mut self, task: usize) {
        if self.has(Mistake::VforkWokenByGrandchild) {
            self.wake_vforked_ancestors(task);
        }
        let Some(parent) = self.tasks[task].vfork_parent.take() else {
            return;
        };
        let t = &self.tasks[parent];
        if t.state == State::Sleeping && matches!(t.parked, Some(Parked::Vfork { .. })) {
            self.wake_up(parent);
        }
    }

    fn wake_vforked_ancestors(&mut self, task: usize) {
        let mut at = task;
        while at != crate::kernel::IDLE {
            if let Some(parent) = self.tasks[at].vfork_parent.take() {
                self.wake_up(parent);
            }
            at = self.tasks[at].parent;
        }
    }

    /// The next number that no task, group or session has.
    fn new_pid(&mut self) -> Option<u32> {
        const PID_MAX: u32 = 32_768;
        if self.has(Mistake::PidReusedWhileGroup) {
            return (2..PID_MAX).find(|pid| self.find(*pid).is_none());
        }
        let free = |pid: &u32| {
            let names =
                |process: &Process| !process.released && (process.pgid == *pid || process.sid == *pid);
            self.find(*pid).is_none() && !self.processes.iter().any(names)
        };
        let pid = (self.next_pid..PID_MAX).chain(300..self.next_pid).find(free)?;
        self.next_pid = pid + 1;
        Some(pid)
    }

    /// Whether the process has stopped and its parent has not been told yet.
    pub fn is_stopped(&self, task: usize) -> bool {
        matches!(self.process(task).stop, Stop::Stopped { .. })
    }
}
