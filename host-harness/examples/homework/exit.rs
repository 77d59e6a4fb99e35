//! exit and exit_group: what a task gives back, who adopts its children, and when the last trace of it goes.

use crate::kernel::{Ending, IDLE, INIT_PROCESS, Kernel, Parked, State};
use crate::mistake::Mistake;
use crate::signal::SIGKILL;

impl Kernel {
    /// The whole process ends, with this status word.
    pub fn exit_group(&mut self, task: usize, code: i32) {
        let code = match self.process(task).ending {
            Ending::Exit { code } => code,
            Ending::Exec { .. } => 9,
            Ending::No => {
                if !self.has(Mistake::ExitGroupEndsOneThread) {
                    self.process_mut(task).ending = Ending::Exit { code };
                    self.kill_other_threads(task);
                }
                code
            }
        };
        self.exit(task, code);
    }

    /// This task ends.
    pub fn exit(&mut self, task: usize, code: i32) {
        if self.has(Mistake::LeaderEndsProcess)
            && self.is_leader(task)
            && self.process(task).ending == Ending::No
        {
            self.process_mut(task).ending = Ending::Exit { code };
            self.kill_other_threads(task);
        }
        let t = &mut self.tasks[task];
        t.exiting = true;
        t.exit_code = code;
        t.pending = 0;
        if let Some(Parked::Read(t) | Parked::Write(t)) = t.parked.take() {
            self.put_file(t.file);
        }
        let process = self.process_mut(task);
        if process.ending == (Ending::Exec { by: task }) {
            process.ending = Ending::No;
        }
        process.live -= 1;
        let last = process.live == 0;
        if last && process.ending == Ending::No {
            process.ending = Ending::Exit { code };
        }
        self.complete_stop(task);
        if self.signal_pending(task) {
            self.pass_on_pending(task);
        }
        self.release_memory(task);
        if let Some(files) = self.tasks[task].files.take()
            && !self.has(Mistake::ExitKeepsDescriptors)
        {
            self.put_files(files);
        }
        if last && self.tasks[task].process == INIT_PROCESS {
            self.kill_everybody();
        }
        self.notify(task, last);
    }

    fn release_memory(&mut self, task: usize) {
        self.forget_memory(task);
        if let Some(mm) = self.tasks[task].mm.take() {
            self.put_memory(mm);
        }
    }

    /// At exit and at exec: the tid is cleared where it can still be seen, and the vfork parent goes on.
    pub fn forget_memory(&mut self, task: usize) {
        let at = std::mem::take(&mut self.tasks[task].clear_tid);
        let shared = self.tasks[task].mm.is_some_and(|mm| self.mms[mm].users > 1);
        if at != 0 && shared {
            // A bad address is the program's own loss.
            let _ = self.copy_to_user(task, at, &[0; 4]);
            // Whoever waits for that word is looked up by the page it lies on.
            if at.is_multiple_of(4) {
                let _ = self.copy_from_user(task, at, 4);
            }
        }
        self.vfork_done(task);
    }

    /// init has ended.
    fn kill_everybody(&mut self) {
        for process in 0..self.processes.len() {
            let leader = self.processes[process].leader;
            if leader != IDLE && process != INIT_PROCESS && !self.processes[process].released {
                self.send_signal(leader, SIGKILL, false, None);
            }
        }
    }

    fn notify(&mut self, task: usize, last: bool) {
        self.leave_children(task, last);
        if last {
            let leader = self.leader(task);
            self.kill_orphaned_group(leader, None);
        }
        self.tasks[task].state = State::Zombie;
        if !self.is_leader(task) {
            self.wake_exec(task);
            self.release(task);
            return;
        }
        if self.process(task).threads.len() == 1 {
            self.tell_parent(task);
        }
        self.wake_exec(task);
    }

    fn wake_exec(&mut self, task: usize) {
        if let Ending::Exec { by } = self.process(task).ending
            && by != task
        {
            self.wake_up(by);
        }
    }

    fn leave_children(&mut self, father: usize, last: bool) {
        let children = std::mem::take(&mut self.tasks[father].children);
        if children.is_empty() {
            return;
        }
        let reaper = self.find_reaper(father, last);
        for child in &children {
            self.reparent(*child, father, reaper);
        }
        if self.has(Mistake::OrphansWithSubtree) && self.tasks[reaper].process != self.tasks[father].process {
            for child in children {
                self.leave_children(child, last);
            }
        }
    }

    fn find_reaper(&self, father: usize, last: bool) -> usize {
        let alive = |thread: &usize| !self.tasks[*thread].exiting;
        let thread_of = |process: usize| self.processes[process].threads.iter().copied().find(alive);
        if !last && let Some(thread) = thread_of(self.tasks[father].process) {
            return thread;
        }
        if self.has(Mistake::OrphanToGrandparent) {
            return self.tasks[father].parent;
        }
        if self.process(father).has_subreaper && !self.has(Mistake::SubreaperForgotten) {
            let mut ancestor = self.tasks[father].parent;
            while ancestor != IDLE && self.tasks[ancestor].process != INIT_PROCESS {
                let process = self.tasks[ancestor].process;
                if self.processes[process].subreaper
                    && let Some(thread) = thread_of(process)
                {
                    return thread;
                }
                ancestor = self.tasks[ancestor].parent;
            }
        }
        if self.tasks[father].process == INIT_PROCESS {
            return IDLE;
        }
        thread_of(INIT_PROCESS).unwrap_or(IDLE)
    }

    fn reparent(&mut self, child: usize, father: usize, reaper: usize) {
        for thread in self.process(child).threads.clone() {
            self.tasks[thread].parent = reaper;
        }
        self.tasks[reaper].children.push(child);
        if self.tasks[reaper].process == self.tasks[father].process {
            return;
        }
        self.kill_orphaned_group(child, Some(father));
        self.tasks[child].exit_signal = 17;
        if self.is_ended(child) && !self.has(Mistake::AdoptedZombieNotTold) {
            self.tell_parent(child);
        }
    }

    /// The exit signal, and a look at the parent's waits.
    fn tell_parent(&mut self, task: usize) {
        let parent = self.tasks[task].parent;
        self.process_mut(parent).dead_children.push(task);
        if let Ok(signal) = u32::try_from(self.tasks[task].exit_signal)
            && (1..=64).contains(&signal)
        {
            // A parent that has exec'ed since does not know the signal that it asked for.
            let stranger = self.tasks[task].parent_execs != self.tasks[parent].execs;
            let signal = if stranger { 17 } else { signal };
            self.send_signal(parent, signal, false, Some(task));
        }
        self.wake_waiters(task, parent);
        // The idle task waits for nobody.
        if parent == IDLE {
            self.release(task);
        }
    }

    /// Whether all threads of the process have ended.
    pub fn is_ended(&self, leader: usize) -> bool {
        self.tasks[leader].state == State::Zombie && self.process(leader).threads.len() == 1
    }

    /// The last trace of a task goes. If only its leader is left, and has ended before, the parent now hears of it.
    pub fn release(&mut self, task: usize) {
        let leader = self.leader(task);
        self.tasks[task].state = State::Released;
        let process = self.process_mut(task);
        let at = process.threads.iter().position(|thread| *thread == task);
        if process.next_target == task {
            let next = process.threads.iter().cycle().nth(at.unwrap_or(0) + 1);
            process.next_target = next.copied().unwrap_or(leader);
        }
        self.process_mut(task).threads.retain(|thread| *thread != task);
        if leader == task {
            let parent = self.tasks[task].parent;
            self.tasks[parent].children.retain(|child| *child != task);
            self.process_mut(parent)
                .dead_children
                .retain(|child| *child != task);
            self.process_mut(task).released = true;
        } else if self.is_ended(leader) {
            self.tell_parent(leader);
        }
    }
}
