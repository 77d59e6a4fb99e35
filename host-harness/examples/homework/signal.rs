//! Signals: sent, and taken by the task that runs. There are no handlers: a signal ends, stops or continues a
//! process, or does nothing.

use crate::calls::{EINVAL, ESRCH, int};
use crate::kernel::{Ending, IDLE, Kernel, Parked, Result, State, Stop};
use crate::mistake::Mistake;

pub const SIGKILL: u32 = 9;
pub const SIGPIPE: u32 = 13;
const SIGCHLD: u32 = 17;
const SIGCONT: u32 = 18;
const SIGSTOP: u32 = 19;
const STOP_SIGNALS: u64 = 0xf << 18;

const fn bit(signal: u32) -> u64 {
    1 << (signal - 1)
}

const fn does_nothing(signal: u32) -> bool {
    matches!(signal, 17 | 18 | 23 | 28)
}

const fn stops(signal: u32) -> bool {
    matches!(signal, 19..=22)
}

/// Signals that would dump core: they end the process when they are taken, not when they are sent.
const fn dumps_core(signal: u32) -> bool {
    matches!(signal, 3..=8 | 11 | 24 | 25 | 31)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivery {
    Continue,
    Stopped,
    Gone,
}

impl Kernel {
    /// Whether the task was told to look for signals before it goes on.
    pub fn signal_pending(&self, task: usize) -> bool {
        self.tasks[task].signalled
    }

    /// Looks whether there is a signal that the task would take, or a reason to stop or to die.
    pub fn look_for_signals(&mut self, task: usize) {
        let process = self.process(task);
        let stop = matches!(process.stop, Stop::Stopping { .. } | Stop::Stopped { .. });
        self.tasks[task].signalled = self.tasks[task].pending | process.pending != 0
            || self.is_dying(task)
            || stop && !self.has(Mistake::StopStopsOneThread);
    }

    /// Whether the process ends, or another thread of it is in exec.
    pub fn is_dying(&self, task: usize) -> bool {
        match self.process(task).ending {
            Ending::Exit { .. } => true,
            Ending::Exec { by } => by != task,
            Ending::No => false,
        }
    }

    /// To one thread, or to any thread of its process. The kernel itself sends where `from` is none.
    pub fn send_signal(&mut self, to: usize, signal: u32, thread: bool, from: Option<usize>) {
        self.woken.push(to);
        if matches!(self.process(to).ending, Ending::Exit { .. }) || thread && self.tasks[to].exiting {
            return;
        }
        if stops(signal) {
            self.discard(to, bit(SIGCONT));
        } else if signal == SIGCONT {
            self.discard(to, STOP_SIGNALS);
            self.continue_process(to);
        }
        let forced = from.is_none() && matches!(signal, SIGKILL | SIGSTOP);
        let immune = self.process(to).unkillable && !forced && !self.has(Mistake::InitCanBeKilled);
        if to == IDLE || immune || does_nothing(signal) {
            return;
        }
        if self.has(Mistake::KillIgnoredWhileStopped) && self.tasks[to].state == State::Stopped {
            return;
        }
        let queue = if thread {
            &mut self.tasks[to].pending
        } else {
            &mut self.process_mut(to).pending
        };
        // A signal that waits already is the same one; of those from 32 on each counts.
        if *queue & bit(signal) != 0 && signal < 32 {
            return;
        }
        *queue |= bit(signal);
        self.complete_signal(to, signal, thread);
    }

    fn discard(&mut self, task: usize, set: u64) {
        self.process_mut(task).pending &= !set;
        for thread in self.process(task).threads.clone() {
            self.tasks[thread].pending &= !set;
        }
    }

    fn continue_process(&mut self, task: usize) {
        if !matches!(
            self.process(task).stop,
            Stop::Stopping { .. } | Stop::Stopped { .. }
        ) {
            return;
        }
        self.process_mut(task).stop = Stop::Continued;
        for thread in self.process(task).threads.clone() {
            if self.tasks[thread].state == State::Stopped {
                self.wake_up(thread);
            }
        }
        self.tell_parent_of_stop(task);
    }

    /// Chooses the thread that takes the signal and wakes it. One that ends the process ends it now.
    fn complete_signal(&mut self, to: usize, signal: u32, thread: bool) {
        let Some(chosen) = self.choose_thread(to, signal, thread) else {
            return;
        };
        if stops(signal) || dumps_core(signal) {
            self.signal_wake_up(chosen, false);
            return;
        }
        self.process_mut(to).ending = Ending::Exit {
            code: signal.cast_signed(),
        };
        self.process_mut(to).stop = Stop::No;
        for thread in self.process(to).threads.clone() {
            self.kill_thread(thread);
        }
    }

    /// A thread that runs, or that was not told of another signal already.
    fn wants(&self, task: usize, signal: u32) -> bool {
        let t = &self.tasks[task];
        let free = !t.signalled || self.running == Some(task);
        !t.exiting && (signal == SIGKILL || t.state != State::Stopped && free)
    }

    /// The one that the signal was sent to, if it wants it; for the process, else the next one that does.
    fn choose_thread(&mut self, to: usize, signal: u32, thread: bool) -> Option<usize> {
        if self.wants(to, signal) {
            return Some(to);
        }
        let process = self.process(to);
        let (threads, first) = (process.threads.clone(), process.next_target);
        let start = threads.iter().position(|thread| *thread == first).unwrap_or(0);
        let mut turn = threads.iter().cycle().skip(start).take(threads.len());
        let chosen = *turn.find(|next| !thread && self.wants(**next, signal))?;
        self.process_mut(to).next_target = chosen;
        Some(chosen)
    }

    fn kill_thread(&mut self, thread: usize) {
        self.tasks[thread].pending |= bit(SIGKILL);
        self.signal_wake_up(thread, true);
    }

    pub fn kill_other_threads(&mut self, task: usize) {
        self.process_mut(task).stop = Stop::No;
        for thread in self.process(task).threads.clone() {
            if thread != task && !self.tasks[thread].exiting {
                self.kill_thread(thread);
            }
        }
    }

    fn signal_wake_up(&mut self, task: usize, fatal: bool) {
        self.tasks[task].signalled = true;
        let t = &self.tasks[task];
        let deep = matches!(t.parked, Some(Parked::Vfork { .. } | Parked::Alone));
        match t.state {
            State::Sleeping if fatal || !deep => self.wake_up(task),
            State::Stopped if fatal => self.wake_up(task),
            _ => {}
        }
    }

    /// A thread that ends leaves what was sent to its process to another one.
    pub fn pass_on_pending(&mut self, task: usize) {
        if self.process(task).pending == 0 {
            return;
        }
        let takes = |thread: &usize| *thread != task && !self.tasks[*thread].exiting;
        let next = self.process(task).threads.iter().copied().find(takes);
        if let Some(next) = next
            && !self.tasks[next].signalled
        {
            self.signal_wake_up(next, false);
        }
    }

    /// A fault of the program itself: it ends init too.
    pub fn force_signal(&mut self, task: usize, signal: u32) {
        self.process_mut(task).unkillable = false;
        self.woken.push(task);
        self.tasks[task].pending |= bit(signal);
        self.complete_signal(task, signal, true);
    }

    /// Faults first, then the lowest number; the thread's own before the process's.
    fn next_signal(&mut self, task: usize) -> Option<u32> {
        const FAULTS: u64 = bit(11) | bit(7) | bit(4) | bit(5) | bit(8) | bit(31);
        let first = |set: u64| {
            let set = if set & FAULTS != 0 { set & FAULTS } else { set };
            (set != 0).then(|| set.trailing_zeros() + 1)
        };
        if let Some(signal) = first(self.tasks[task].pending) {
            self.tasks[task].pending &= !bit(signal);
            return Some(signal);
        }
        let signal = first(self.process(task).pending)?;
        self.process_mut(task).pending &= !bit(signal);
        Some(signal)
    }

    /// Takes all signals that wait, before the task goes back to its program.
    pub fn take_signals(&mut self, task: usize) -> Delivery {
        loop {
            match self.process(task).ending {
                Ending::Exit { code } => {
                    self.exit(task, code);
                    return Delivery::Gone;
                }
                Ending::Exec { by } if by != task => {
                    self.exit(task, 9);
                    return Delivery::Gone;
                }
                Ending::Exec { .. } | Ending::No => {}
            }
            let stop = self.process(task).stop;
            if let Stop::Stopping { .. } | Stop::Stopped { .. } = stop
                && !self.has(Mistake::StopStopsOneThread)
            {
                self.stop(task);
                return Delivery::Stopped;
            }
            let Some(signal) = self.next_signal(task) else {
                self.look_for_signals(task);
                return Delivery::Continue;
            };
            if let Some(delivery) = self.act(task, signal) {
                return delivery;
            }
        }
    }

    /// What a signal does; none where it does nothing.
    fn act(&mut self, task: usize, signal: u32) -> Option<Delivery> {
        let immune = self.process(task).unkillable && !matches!(signal, SIGKILL | SIGSTOP);
        if immune || does_nothing(signal) {
            return None;
        }
        if !stops(signal) {
            self.exit_group(task, signal.cast_signed());
            return Some(Delivery::Gone);
        }
        if signal != SIGSTOP && self.own_group_is_orphaned(task) && !self.has(Mistake::OrphansStopAtTerminal)
        {
            return None;
        }
        self.process_mut(task).stop = Stop::Stopping { signal };
        for thread in self.process(task).threads.clone() {
            self.signal_wake_up(thread, false);
        }
        self.stop(task);
        Some(Delivery::Stopped)
    }

    fn stop(&mut self, task: usize) {
        self.tasks[task].state = State::Stopped;
        self.complete_stop(task);
    }

    /// The process is stopped once all its threads that live on stand still.
    pub fn complete_stop(&mut self, task: usize) {
        let Stop::Stopping { signal } = self.process(task).stop else {
            return;
        };
        let runs = |thread: &usize| {
            let t = &self.tasks[*thread];
            t.state != State::Stopped && !t.exiting
        };
        let some_run = self.process(task).threads.iter().any(runs) && !self.has(Mistake::StopStopsOneThread);
        if self.process(task).live == 0 || some_run {
            return;
        }
        self.process_mut(task).stop = Stop::Stopped {
            signal,
            reported: false,
        };
        self.tell_parent_of_stop(task);
    }

    fn tell_parent_of_stop(&mut self, task: usize) {
        let leader = self.leader(task);
        let parent = self.tasks[leader].parent;
        self.send_signal(parent, SIGCHLD, false, Some(leader));
        if !self.has(Mistake::StopWakesNoWaiter) {
            self.wake_waiters(leader, parent);
        }
    }

    /// Signal 0 only asks whether there is anybody.
    fn send_checked(&mut self, task: usize, to: usize, signal: i32, thread: bool) -> Result<()> {
        let highest = if self.has(Mistake::AnySignalNumber) {
            255
        } else {
            64
        };
        match u32::try_from(signal) {
            Ok(0) => Ok(()),
            Ok(signal) if signal <= highest => {
                if signal <= 64 {
                    self.send_signal(to, signal, thread, Some(task));
                }
                Ok(())
            }
            _ => Err(EINVAL),
        }
    }

    pub fn kill(&mut self, task: usize, pid: u64, signal: u64) -> Result<()> {
        let signal = int(signal);
        match int(pid) {
            pid @ 1.. => {
                let to = self.find(pid.unsigned_abs()).ok_or(ESRCH)?;
                if self.has(Mistake::ZombieIsNobody) && self.tasks[to].state == State::Zombie {
                    return Err(ESRCH);
                }
                self.send_checked(task, to, signal, false)
            }
            0 if self.has(Mistake::KillZeroIsSelf) => self.send_checked(task, task, signal, false),
            0 => self.kill_group(task, self.process(task).pgid, signal),
            -1 => self.kill_all(task, signal),
            i32::MIN => Err(ESRCH),
            group => self.kill_group(task, group.unsigned_abs(), signal),
        }
    }

    fn kill_group(&mut self, task: usize, pgid: u32, signal: i32) -> Result<()> {
        let mut result = Err(ESRCH);
        for member in self.members(pgid) {
            let leader = self.processes[member].leader;
            let sent = self.send_checked(task, leader, signal, false);
            if result.is_err() {
                result = sent;
            }
        }
        result
    }

    /// Every process but init and the caller's own.
    fn kill_all(&mut self, task: usize, signal: i32) -> Result<()> {
        let mut result = Err(ESRCH);
        for process in 2..self.processes.len() {
            let own = process == self.tasks[task].process && !self.has(Mistake::KillAllHitsCaller);
            if own || self.processes[process].released {
                continue;
            }
            result = self.send_checked(task, self.processes[process].leader, signal, false);
        }
        result
    }

    pub fn tgkill(&mut self, task: usize, tgid: Option<u64>, tid: u64, signal: u64) -> Result<()> {
        let tid = int(tid);
        let tgid = tgid.map(int);
        if tid <= 0 || tgid.is_some_and(|tgid| tgid <= 0) {
            return Err(EINVAL);
        }
        let to = self.find(tid.unsigned_abs()).ok_or(ESRCH)?;
        let other = tgid.is_some_and(|tgid| tgid.unsigned_abs() != self.tgid(to));
        if other && !self.has(Mistake::TgkillIgnoresTgid) {
            return Err(ESRCH);
        }
        self.send_checked(task, to, int(signal), true)
    }
}
