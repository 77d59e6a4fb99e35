//! execve of the program that runs: a new address space, the same task.

use crate::calls::Reply;
use crate::kernel::{Answer, Ending, Kernel, Parked, State};
use crate::memory::Mm;
use crate::mistake::Mistake;
use crate::signal::Delivery;

impl Kernel {
    /// Called again when the other threads have ended.
    pub fn exec(&mut self, task: usize) -> Answer {
        self.tasks[task].parked = None;
        if self.is_dying(task) {
            return match self.take_signals(task) {
                Delivery::Gone => Answer::Gone,
                Delivery::Stopped | Delivery::Continue => Answer::Blocked,
            };
        }
        if !self.is_alone(task) && !self.has(Mistake::ExecKeepsThreads) {
            self.process_mut(task).ending = Ending::Exec { by: task };
            self.kill_other_threads(task);
            self.sleep(task, Parked::Alone);
            return Answer::Blocked;
        }
        if !self.has(Mistake::ExecKeepsThreads) {
            self.take_leadership(task);
        }
        if let Ending::Exec { .. } = self.process(task).ending {
            self.process_mut(task).ending = Ending::No;
        }
        if !self.has(Mistake::ExecKeepsMemory) {
            self.new_memory(task);
        } else if !self.has(Mistake::VforkWaitsForExit) {
            self.vfork_done(task);
        }
        self.exec_files(task);
        self.tasks[task].exit_signal = 17;
        self.tasks[task].has_execed = true;
        self.tasks[task].execs += 1;
        self.finish(task, Ok(Reply::Done(0)))
    }

    fn is_alone(&self, task: usize) -> bool {
        let threads = &self.process(task).threads;
        threads
            .iter()
            .all(|thread| *thread == task || self.tasks[*thread].state == State::Zombie)
    }

    /// A thread that is not the leader takes the leader's number and place.
    fn take_leadership(&mut self, task: usize) {
        let leader = self.leader(task);
        if leader == task {
            return;
        }
        if !self.has(Mistake::ExecKeepsTid) {
            let (own, taken) = (self.tasks[task].tid, self.tasks[leader].tid);
            (self.tasks[task].tid, self.tasks[leader].tid) = (taken, own);
        }
        self.tasks[task].exit_signal = self.tasks[leader].exit_signal;
        let parent = self.tasks[leader].parent;
        for child in &mut self.tasks[parent].children {
            if *child == leader {
                *child = task;
            }
        }
        let process = self.process_mut(task);
        process.leader = task;
        self.release(leader);
    }

    fn new_memory(&mut self, task: usize) {
        self.mms.push(Mm::new());
        let new = self.mms.len() - 1;
        if !self.has(Mistake::VforkWaitsForExit) {
            self.forget_memory(task);
        }
        if let Some(old) = self.tasks[task].mm.replace(new) {
            self.put_memory(old);
        }
    }

    fn exec_files(&mut self, task: usize) {
        let Some(mut files) = self.tasks[task].files else {
            return;
        };
        if self.files[files].users > 1 && !self.has(Mistake::ExecClosesForAll) {
            let mut copy = self.files[files].clone();
            copy.users = 1;
            for (file, _) in copy.fds.values() {
                self.get_file(*file);
            }
            self.files.push(copy);
            self.put_files(files);
            files = self.files.len() - 1;
            self.tasks[task].files = Some(files);
        }
        if self.has(Mistake::CloexecForgotten) {
            return;
        }
        let closed: Vec<u32> = self.files[files]
            .fds
            .iter()
            .filter(|(_, (_, cloexec))| *cloexec)
            .map(|(fd, _)| *fd)
            .collect();
        for fd in closed {
            if let Some((file, _)) = self.files[files].fds.remove(&fd) {
                self.put_file(file);
            }
        }
    }
}
