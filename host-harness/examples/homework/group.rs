//! Process groups and sessions.

use crate::calls::{EACCES, EINVAL, EPERM, ESRCH, int};
use crate::kernel::{Kernel, Result, State};
use crate::mistake::Mistake;

impl Kernel {
    /// A task by number, 0 being the caller.
    fn find_or_self(&self, task: usize, pid: i32) -> Result<usize> {
        match u32::try_from(pid) {
            Ok(0) => Ok(task),
            Ok(pid) => self.find(pid).ok_or(ESRCH),
            Err(_) => Err(ESRCH),
        }
    }

    pub fn getpgid(&self, task: usize, pid: u64) -> Result<u32> {
        let found = self.find_or_self(task, int(pid))?;
        Ok(self.process(found).pgid)
    }

    pub fn getsid(&self, task: usize, pid: u64) -> Result<u32> {
        let found = self.find_or_self(task, int(pid))?;
        Ok(self.process(found).sid)
    }

    /// The processes of a group, the one that entered it last first.
    pub fn members(&self, pgid: u32) -> Vec<usize> {
        let here = |process: &usize| {
            let process = &self.processes[*process];
            !process.released && process.pgid == pgid
        };
        let mut members: Vec<usize> = (1..self.processes.len()).filter(here).collect();
        members.sort_by_key(|process| std::cmp::Reverse(self.processes[*process].joined));
        members
    }

    pub fn setpgid(&mut self, task: usize, pid: u64, pgid: u64) -> Result<()> {
        let pid = match int(pid) {
            0 => self.tgid(task),
            pid => u32::try_from(pid).unwrap_or(u32::MAX),
        };
        let pgid = match int(pgid) {
            0 if pid == u32::MAX => return Err(EINVAL),
            0 => pid,
            pgid => u32::try_from(pgid).map_err(|_| EINVAL)?,
        };
        let who = self.find(pid).ok_or(ESRCH)?;
        if !self.is_leader(who) {
            return Err(EINVAL);
        }
        let (own, other) = (self.process(task), self.process(who));
        if self.tasks[self.tasks[who].parent].process == self.tasks[task].process {
            if other.sid != own.sid {
                return Err(EPERM);
            }
            if self.tasks[who].has_execed && !self.has(Mistake::SetpgidAfterExec) {
                return Err(EACCES);
            }
        } else if self.tasks[who].process != self.tasks[task].process {
            return Err(ESRCH);
        }
        if other.session_leader && !self.has(Mistake::SessionLeaderSetpgid) {
            return Err(EPERM);
        }
        if pgid != pid && !self.has(Mistake::SetpgidAnyGroup) {
            let first = self.members(pgid).first().copied().ok_or(EPERM)?;
            if self.processes[first].sid != own.sid {
                return Err(EPERM);
            }
        }
        if other.pgid != pgid {
            self.join(self.tasks[who].process, pgid);
        }
        Ok(())
    }

    fn join(&mut self, process: usize, pgid: u32) {
        self.joins += 1;
        self.processes[process].joined = self.joins;
        self.processes[process].pgid = pgid;
    }

    pub fn setsid(&mut self, task: usize) -> Result<u32> {
        let (process, number) = (self.tasks[task].process, self.tgid(task));
        let leads_group = !self.members(number).is_empty() && !self.has(Mistake::SetsidOfGroupLeader);
        if self.processes[process].session_leader || leads_group {
            return Err(EPERM);
        }
        if !self.has(Mistake::SetsidKeepsGroup) {
            self.join(process, number);
        }
        self.processes[process].sid = number;
        self.processes[process].session_leader = true;
        Ok(number)
    }

    /// Whether no member of the group, leaving out one, has a parent in another group of the session.
    fn is_orphaned(&self, pgid: u32, without: Option<usize>) -> bool {
        self.members(pgid).iter().all(|member| {
            let process = &self.processes[*member];
            let leader = process.leader;
            let ended = self.tasks[leader].state == State::Zombie && process.threads.len() == 1;
            let parent = self.process(self.tasks[leader].parent);
            ended || without == Some(leader) || parent.pgid == pgid || parent.sid != process.sid
        })
    }

    pub fn own_group_is_orphaned(&self, task: usize) -> bool {
        self.is_orphaned(self.process(task).pgid, None)
    }

    /// A group with stopped members that nobody could continue any more is hung up and continued.
    pub fn kill_orphaned_group(&mut self, task: usize, ending_parent: Option<usize>) {
        let pgid = self.process(task).pgid;
        let (parent, without) = match ending_parent {
            Some(parent) => (parent, None),
            None => (self.tasks[task].parent, Some(task)),
        };
        let parent = self.process(parent);
        let held = parent.pgid != pgid && parent.sid == self.process(task).sid;
        let members = self.members(pgid);
        let stopped = members
            .iter()
            .any(|member| self.is_stopped(self.processes[*member].leader));
        if !held
            || !stopped
            || !self.is_orphaned(pgid, without)
            || self.has(Mistake::OrphanedGroupStaysStopped)
        {
            return;
        }
        for signal in [1, 18] {
            for member in &members {
                let leader = self.processes[*member].leader;
                self.send_signal(leader, signal, false, None);
            }
        }
    }
}
