//! How the kernel shows itself to whoever tests it.

use std::collections::BTreeMap;

use host_harness::oracle::scope::Scope;
use host_harness::oracle::system::{
    Command, Descriptor, Lost, Outcome, Returned, Snapshot, System, TaskView,
};

use super::{Kernel, Parked, State, Task};
use crate::calls::CALLS;

impl Kernel {
    fn view(&self, task: usize) -> TaskView {
        let (t, process) = (&self.tasks[task], self.process(task));
        let state = match (t.state, t.parked) {
            (State::Running, _) => 'R',
            (State::Sleeping, Some(Parked::Vfork { .. } | Parked::Alone)) => 'D',
            (State::Sleeping, _) => 'S',
            (State::Stopped, _) => 'T',
            (State::Zombie | State::Released, _) => 'Z',
        };
        TaskView {
            state,
            tgid: self.tgid(task),
            ppid: self.tgid(t.parent),
            pgid: process.pgid,
            sid: process.sid,
            threads: u32::try_from(process.threads.len()).unwrap_or(u32::MAX),
            exit_signal: t.exit_signal,
            pending: t.pending,
            shared_pending: process.pending,
            descriptors: self.view_descriptors(t),
            ..TaskView::default()
        }
    }

    fn view_descriptors(&self, t: &Task) -> BTreeMap<u32, Descriptor> {
        let Some(files) = t.files.map(|files| &self.files[files]) else {
            return BTreeMap::new();
        };
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let descriptor = |(fd, (file, cloexec)): (&u32, &(usize, bool))| {
            let opened = &self.opened[*file];
            let descriptor = Descriptor {
                description: small(*file),
                pipe: small(opened.pipe),
                kind: opened.kind,
                cloexec: *cloexec,
                nonblock: opened.flags & crate::pipe::O_NONBLOCK != 0,
            };
            (*fd, descriptor)
        };
        files.fds.iter().map(descriptor).collect()
    }
}

impl System for Kernel {
    fn boot(&mut self) -> std::result::Result<(), Lost> {
        *self = Kernel::new(self.mistake);
        Ok(())
    }

    fn step(&mut self, tid: u32, command: Command) -> std::result::Result<Outcome, Lost> {
        let idle = |task: &usize| {
            let t = &self.tasks[*task];
            t.state == State::Running && t.parked.is_none() && t.told.is_none()
        };
        let Some(task) = self.find(tid).filter(idle) else {
            return Err(Lost(format!("task {tid} waits for no command")));
        };
        self.woken.clear();
        self.running = Some(task);
        (self.caller, self.answer) = (Some(task), None);
        let answer = self.execute(task, command);
        self.conclude(task, command, &answer);
        for _ in 0..10_000 {
            let Some(next) = self.next_ready() else {
                self.caller = None;
                return Ok(match (self.answer.take(), self.tasks[task].state) {
                    (Some(returned), _) => Outcome::Done(returned),
                    (None, State::Zombie | State::Released) => Outcome::Gone,
                    (None, _) => Outcome::Blocked,
                });
            };
            self.run(next);
        }
        Err(Lost("the kernel does not come to rest".to_owned()))
    }

    fn returned(&mut self) -> std::result::Result<BTreeMap<u32, Returned>, Lost> {
        Ok(std::mem::take(&mut self.returned))
    }

    fn scope(&self) -> Scope {
        let calls: Vec<String> = CALLS.iter().map(|call| (*call).to_owned()).collect();
        // Its names are the alphabet's: a test holds them against it.
        Scope::of(None, Some(&calls)).unwrap_or_default()
    }

    fn observe(&mut self) -> std::result::Result<Snapshot, Lost> {
        self.check_frames().map_err(Lost)?;
        let visible = (1..self.tasks.len()).filter(|task| self.tasks[*task].state != State::Released);
        let tasks = visible.map(|task| (self.tasks[task].tid, self.view(task)));
        Ok(Snapshot {
            tasks: tasks.collect(),
            pages_hidden: true,
        }
        .canonical())
    }
}
