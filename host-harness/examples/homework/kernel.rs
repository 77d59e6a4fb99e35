//! What the kernel knows, and how it runs: tables of tasks, processes, address spaces and descriptors, each a `Vec`
//! that only grows until the next boot, so that an index once given stays good.

mod system;

use std::collections::{BTreeMap, VecDeque};

use host_harness::oracle::out::OutForm;
use host_harness::oracle::system::{Command, FileKind, Out, Returned};

use crate::memory::{Frame, Mm};
use crate::mistake::Mistake;

/// A value, or an errno.
pub type Result<T> = std::result::Result<T, i64>;

/// Task 0 is the idle task, the parent of init.
pub const IDLE: usize = 0;
/// Task 1 is init, as long as no thread of it has taken its place.
pub const INIT_PROCESS: usize = 1;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Running,
    Sleeping,
    Stopped,
    Zombie,
    /// Nobody can see it any more.
    Released,
}

/// What a sleeping call waits for, with all it needs to go on.
#[derive(Clone, Copy, Debug)]
pub enum Parked {
    Wait(crate::wait::Request),
    Vfork {
        child: usize,
        pid: u32,
    },
    Read(crate::pipe::Transfer),
    Write(crate::pipe::Transfer),
    /// exec, until the other threads have ended.
    Alone,
    /// fork, until signals have been taken: flags, and where the tids go.
    Clone(u64, u64, u64),
}

pub struct Task {
    pub tid: u32,
    pub process: usize,
    pub state: State,
    pub exit_code: i32,
    pub exiting: bool,
    pub parent: usize,
    /// In order of birth, or of adoption.
    pub children: Vec<usize>,
    pub exit_signal: i32,
    pub pending: u64,
    /// Told to look for signals.
    pub signalled: bool,
    pub mm: Option<usize>,
    pub files: Option<usize>,
    pub parked: Option<Parked>,
    /// It left that call to stop: before the call starts anew, it takes its signals.
    pub restart: bool,
    /// Who sleeps in vfork until this task execs or exits.
    pub vfork_parent: Option<usize>,
    pub clear_tid: u64,
    pub has_execed: bool,
    /// How often it has exec'ed, and how often its parent had when it was born.
    pub execs: u32,
    pub parent_execs: u32,
    /// The command it sleeps in.
    pub command: Option<Command>,
    /// What its call gave, which it could not tell yet since it was stopped.
    pub told: Option<Returned>,
    /// The OUT area.
    pub out: [u8; OutForm::BYTES],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    No,
    Exit {
        code: i32,
    },
    /// This task wants to be the only thread.
    Exec {
        by: usize,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    No,
    Stopping { signal: u32 },
    Stopped { signal: u32, reported: bool },
    Continued,
}

pub struct Process {
    pub leader: usize,
    pub threads: Vec<usize>,
    /// Threads that have not begun to exit.
    pub live: u32,
    pub pending: u64,
    pub ending: Ending,
    pub stop: Stop,
    /// Threads that sleep in wait, the last one first.
    pub waiters: Vec<usize>,
    pub pgid: u32,
    pub sid: u32,
    /// When it entered its group.
    pub joined: u64,
    pub session_leader: bool,
    pub subreaper: bool,
    pub has_subreaper: bool,
    pub unkillable: bool,
    pub released: bool,
    /// The thread that was told of a signal last.
    pub next_target: usize,
    /// In the order in which they died, for a mistake.
    pub dead_children: Vec<usize>,
    /// For a mistake: the parent it was born to.
    pub first_parent: u32,
}

/// A table of descriptors.
#[derive(Clone, Default)]
pub struct Files {
    pub users: u32,
    /// Which open file, and whether exec closes it.
    pub fds: BTreeMap<u32, (usize, bool)>,
}

/// An open file description.
pub struct File {
    pub users: u32,
    pub pipe: usize,
    pub kind: FileKind,
    /// O_NONBLOCK, O_APPEND.
    pub flags: u32,
}

#[derive(Default)]
pub struct Pipe {
    pub readers: u32,
    pub writers: u32,
    pub buffers: VecDeque<Buffer>,
    pub read_queue: Vec<usize>,
    pub write_queue: Vec<usize>,
}

/// A page of a pipe.
pub struct Buffer {
    pub bytes: Vec<u8>,
    /// How many have been read.
    pub from: usize,
}

/// What a call came to.
pub enum Answer {
    Done(i64),
    Blocked,
    Gone,
}

pub struct Kernel {
    pub mistake: Option<Mistake>,
    pub tasks: Vec<Task>,
    pub processes: Vec<Process>,
    pub mms: Vec<Mm>,
    pub files: Vec<Files>,
    pub opened: Vec<File>,
    pub pipes: Vec<Pipe>,
    pub frames: Vec<Frame>,
    pub free_frames: Vec<usize>,
    pub shared: Vec<crate::memory::Shared>,
    pub next_pid: u32,
    pub joins: u64,
    /// Who was woken or signalled in this step, the first one first.
    pub woken: Vec<usize>,
    returned: BTreeMap<u32, Returned>,
    caller: Option<usize>,
    /// Who runs.
    pub running: Option<usize>,
    answer: Option<Returned>,
}

impl Kernel {
    pub fn new(mistake: Option<Mistake>) -> Kernel {
        let mut kernel = Kernel {
            mistake,
            tasks: Vec::new(),
            processes: Vec::new(),
            mms: Vec::new(),
            files: Vec::new(),
            opened: Vec::new(),
            pipes: Vec::new(),
            frames: Vec::new(),
            free_frames: Vec::new(),
            shared: Vec::new(),
            next_pid: 2,
            joins: 0,
            woken: Vec::new(),
            returned: BTreeMap::new(),
            caller: None,
            running: None,
            answer: None,
        };
        kernel.frames.push(Frame::zero());
        // The idle task, and init, which leads its group and its session.
        for tid in 0..2 {
            kernel.processes.push(Process {
                unkillable: tid == 1,
                session_leader: tid == 1,
                ..Process::new(kernel.tasks.len(), tid, tid)
            });
            kernel.tasks.push(Task {
                tid,
                process: kernel.processes.len() - 1,
                exit_signal: 17,
                has_execed: true,
                ..Task::new()
            });
        }
        kernel.mms.push(Mm::new());
        kernel.files.push(Files {
            users: 1,
            ..Files::default()
        });
        kernel.tasks[1].mm = Some(0);
        kernel.tasks[1].files = Some(0);
        kernel.tasks[IDLE].children.push(1);
        kernel
    }

    /// Whether this mistake is switched on.
    pub fn has(&self, mistake: Mistake) -> bool {
        self.mistake == Some(mistake)
    }

    pub fn process(&self, task: usize) -> &Process {
        &self.processes[self.tasks[task].process]
    }

    pub fn process_mut(&mut self, task: usize) -> &mut Process {
        let process = self.tasks[task].process;
        &mut self.processes[process]
    }

    /// The leader of a task's process.
    pub fn leader(&self, task: usize) -> usize {
        self.process(task).leader
    }

    pub fn is_leader(&self, task: usize) -> bool {
        self.leader(task) == task
    }

    pub fn tgid(&self, task: usize) -> u32 {
        self.tasks[self.leader(task)].tid
    }

    /// The task with this number, zombies included.
    pub fn find(&self, tid: u32) -> Option<usize> {
        let visible = |task: &Task| task.tid == tid && task.state != State::Released;
        (1..self.tasks.len()).find(|task| visible(&self.tasks[*task]))
    }

    pub fn sleep(&mut self, task: usize, parked: Parked) {
        match parked {
            Parked::Wait(_) => self.process_mut(task).waiters.insert(0, task),
            Parked::Read(t) => {
                let pipe = self.opened[t.file].pipe;
                self.pipes[pipe].read_queue.push(task);
            }
            Parked::Write(t) => {
                let pipe = self.opened[t.file].pipe;
                self.pipes[pipe].write_queue.push(task);
            }
            Parked::Vfork { .. } | Parked::Alone | Parked::Clone(..) => {}
        }
        self.tasks[task].parked = Some(parked);
        self.tasks[task].state = State::Sleeping;
    }

    pub fn wake_up(&mut self, task: usize) {
        match self.tasks[task].state {
            State::Sleeping => {
                self.process_mut(task).waiters.retain(|other| *other != task);
                for pipe in &mut self.pipes {
                    pipe.read_queue.retain(|other| *other != task);
                    pipe.write_queue.retain(|other| *other != task);
                }
            }
            State::Stopped => {}
            State::Running | State::Zombie | State::Released => return,
        }
        self.tasks[task].state = State::Running;
        self.woken.push(task);
    }

    /// Carries out one call, and takes the signals that wait.
    fn execute(&mut self, task: usize, command: Command) -> Answer {
        match command {
            Command::Syscall { nr, args } => {
                if self.is_dying(task) && self.take_signals(task) == crate::signal::Delivery::Gone {
                    return Answer::Gone;
                }
                let reply = self.dispatch(task, nr, &args);
                self.finish(task, reply)
            }
            Command::Load { addr } => match self.fault(task, addr, false) {
                Some(frame) => Answer::Done(i64::from(self.frames[frame].bytes[crate::memory::offset(addr)])),
                None => self.segfault(task),
            },
            Command::Store { addr, byte } => match self.fault(task, addr, true) {
                Some(frame) => {
                    self.frames[frame].bytes[crate::memory::offset(addr)] = byte;
                    Answer::Done(0)
                }
                None => self.segfault(task),
            },
            Command::Exec => self.exec(task),
        }
    }

    fn segfault(&mut self, task: usize) -> Answer {
        self.force_signal(task, 11);
        self.take_signals(task);
        Answer::Gone
    }

    /// The end of a call: it gave something, must sleep, or has ended its caller.
    pub fn finish(&mut self, task: usize, reply: Result<crate::calls::Reply>) -> Answer {
        use crate::calls::Reply;
        use crate::signal::Delivery;
        let value = match reply {
            Ok(Reply::Done(value)) => value,
            Err(errno) => -errno,
            Ok(Reply::Block(parked)) => {
                if self.signal_pending(task) {
                    self.tasks[task].parked = Some(parked);
                    match self.take_signals(task) {
                        Delivery::Gone => return Answer::Gone,
                        Delivery::Stopped => {
                            self.tasks[task].restart = true;
                            return Answer::Blocked;
                        }
                        Delivery::Continue => {}
                    }
                }
                self.sleep(task, parked);
                return Answer::Blocked;
            }
            Ok(Reply::Left) => {
                return match self.tasks[task].state {
                    State::Zombie | State::Released => Answer::Gone,
                    _ => Answer::Blocked,
                };
            }
        };
        match self.signal_pending(task) && self.take_signals(task) == Delivery::Gone {
            true => Answer::Gone,
            false => Answer::Done(value),
        }
    }

    /// A task that was woken goes on.
    fn resume(&mut self, task: usize) -> Option<Answer> {
        let restart = std::mem::take(&mut self.tasks[task].restart);
        if restart && self.tasks[task].parked.is_some() && self.signal_pending(task) {
            match self.take_signals(task) {
                crate::signal::Delivery::Gone => return Some(Answer::Gone),
                crate::signal::Delivery::Stopped => {
                    self.tasks[task].restart = true;
                    return Some(Answer::Blocked);
                }
                crate::signal::Delivery::Continue => {}
            }
        }
        let Some(parked) = self.tasks[task].parked.take() else {
            if self.signal_pending(task) && self.take_signals(task) == crate::signal::Delivery::Gone {
                return Some(Answer::Gone);
            }
            return None;
        };
        let reply = match parked {
            Parked::Wait(request) => self.wait(task, request),
            Parked::Vfork { child, pid } => Ok(self.vfork_again(task, child, pid)),
            Parked::Read(transfer) => self.read_again(task, transfer),
            Parked::Write(transfer) => self.write_again(task, transfer),
            Parked::Alone => return Some(self.exec(task)),
            Parked::Clone(flags, parent_tid, child_tid) => {
                self.clone_task(task, flags, parent_tid, child_tid)
            }
        };
        Some(self.finish(task, reply))
    }

    fn conclude(&mut self, task: usize, command: Command, answer: &Answer) {
        self.tasks[task].command = None;
        match answer {
            Answer::Gone => {}
            Answer::Blocked => self.tasks[task].command = Some(command),
            Answer::Done(value) => {
                let value = *value;
                let out = self.stored(task, command, value);
                let returned = Returned { value, out };
                if self.tasks[task].state == State::Running {
                    self.tell(task, returned);
                } else {
                    self.tasks[task].told = Some(returned);
                }
            }
        }
    }

    fn stored(&self, task: usize, command: Command, value: i64) -> Out {
        let Command::Syscall { nr, args } = command else {
            return Out::None;
        };
        let mut bytes = [0; OutForm::BYTES];
        bytes.copy_from_slice(&self.tasks[task].out[..OutForm::BYTES]);
        OutForm::of(nr, &args, value).map_or(Out::None, |form| form.read(&bytes))
    }

    fn tell(&mut self, task: usize, returned: Returned) {
        if self.caller == Some(task) {
            self.answer = Some(returned);
        } else {
            self.returned.insert(self.tasks[task].tid, returned);
        }
    }

    /// Who has something to do, the first one woken first.
    fn next_ready(&self) -> Option<usize> {
        let works = |task: &usize| {
            let t = &self.tasks[*task];
            t.state == State::Running
                && (t.parked.is_some() || t.told.is_some() || self.signal_pending(*task))
        };
        let place = |task: &usize| {
            let at = self.woken.iter().position(|woken| woken == task);
            at.unwrap_or(usize::MAX)
        };
        (1..self.tasks.len()).filter(works).min_by_key(place)
    }

    fn run(&mut self, task: usize) {
        self.running = Some(task);
        self.woken.retain(|woken| *woken != task);
        let command = self.tasks[task].command;
        let answer = self.resume(task);
        if let (Some(command), Some(answer)) = (command, &answer) {
            self.conclude(task, command, answer);
        }
        if self.tasks[task].state == State::Running
            && self.tasks[task].parked.is_none()
            && let Some(told) = self.tasks[task].told.take()
        {
            self.tell(task, told);
        }
    }
}

impl Task {
    pub fn new() -> Task {
        Task {
            tid: 0,
            process: 0,
            state: State::Running,
            exit_code: 0,
            exiting: false,
            parent: IDLE,
            children: Vec::new(),
            exit_signal: 0,
            pending: 0,
            signalled: false,
            mm: None,
            files: None,
            parked: None,
            restart: false,
            vfork_parent: None,
            clear_tid: 0,
            has_execed: false,
            execs: 0,
            parent_execs: 0,
            command: None,
            told: None,
            out: [0; OutForm::BYTES],
        }
    }
}

impl Process {
    pub fn new(leader: usize, pgid: u32, sid: u32) -> Process {
        Process {
            leader,
            threads: vec![leader],
            live: 1,
            pending: 0,
            ending: Ending::No,
            stop: Stop::No,
            waiters: Vec::new(),
            pgid,
            sid,
            joined: 0,
            session_leader: false,
            subreaper: false,
            has_subreaper: false,
            unkillable: false,
            released: false,
            next_target: leader,
            dead_children: Vec::new(),
            first_parent: 0,
        }
    }
}
