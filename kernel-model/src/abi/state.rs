//! The states of a task, and which may follow which.

/// How a task sleeps: what may wake it before its condition holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sleep {
    /// Any signal (TASK_INTERRUPTIBLE).
    Interruptible,
    /// Nothing (TASK_UNINTERRUPTIBLE).
    Uninterruptible,
    /// Only a fatal signal (TASK_KILLABLE).
    Killable,
    /// Nothing, and it adds nothing to the load (TASK_IDLE).
    Idle,
}

/// The state of a task: `__state` and `exit_state` of Linux in one, so that no illegal pair can be written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)] // so that the first variant is all zero bytes
pub enum State {
    /// Being built by fork (TASK_NEW).
    New,
    /// Running or ready to run (TASK_RUNNING).
    Running,
    /// Asleep.
    Sleeping(Sleep),
    /// Stopped by a job-control signal (`__TASK_STOPPED`).
    Stopped,
    /// Stopped by a tracer (`__TASK_TRACED`).
    Traced,
    /// A parked kernel thread (TASK_PARKED).
    Parked,
    /// Ended, its status not yet taken (EXIT_ZOMBIE).
    Zombie,
    /// Ended and about to be freed (EXIT_DEAD).
    Dead,
}

/// The states of the textbook.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TextbookState {
    /// Being created.
    New,
    /// Waits for a processor.
    Ready,
    /// Has a processor.
    Running,
    /// Waits for an event.
    Waiting,
    /// Has ended.
    Terminated,
}

impl State {
    /// The letter of `ps` and `/proc/PID/stat`.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            State::New | State::Running => 'R',
            State::Sleeping(Sleep::Interruptible) => 'S',
            State::Sleeping(Sleep::Uninterruptible | Sleep::Killable) => 'D',
            State::Sleeping(Sleep::Idle) => 'I',
            State::Stopped => 'T',
            State::Traced => 't',
            State::Parked => 'P',
            State::Zombie => 'Z',
            State::Dead => 'X',
        }
    }

    /// The name beside the letter in `/proc/PID/status`.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            State::New | State::Running => "running",
            State::Sleeping(Sleep::Interruptible) => "sleeping",
            State::Sleeping(Sleep::Uninterruptible | Sleep::Killable) => "disk sleep",
            State::Sleeping(Sleep::Idle) => "idle",
            State::Stopped => "stopped",
            State::Traced => "tracing stop",
            State::Parked => "parked",
            State::Zombie => "zombie",
            State::Dead => "dead",
        }
    }

    /// Linux's name of the state.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::New => "TASK_NEW",
            State::Running => "TASK_RUNNING",
            State::Sleeping(Sleep::Interruptible) => "TASK_INTERRUPTIBLE",
            State::Sleeping(Sleep::Uninterruptible) => "TASK_UNINTERRUPTIBLE",
            State::Sleeping(Sleep::Killable) => "TASK_KILLABLE",
            State::Sleeping(Sleep::Idle) => "TASK_IDLE",
            State::Stopped => "TASK_STOPPED",
            State::Traced => "TASK_TRACED",
            State::Parked => "TASK_PARKED",
            State::Zombie => "EXIT_ZOMBIE",
            State::Dead => "EXIT_DEAD",
        }
    }

    /// `task_struct.__state` as Linux numbers it.
    #[must_use]
    pub const fn __state(self) -> u32 {
        match self {
            State::Running => 0,
            State::Sleeping(Sleep::Interruptible) => 0x1,
            State::Sleeping(Sleep::Uninterruptible) => 0x2,
            State::Sleeping(Sleep::Killable) => 0x102,
            State::Sleeping(Sleep::Idle) => 0x402,
            State::Stopped => 0x104,
            State::Traced => 0x8,
            State::Parked => 0x40,
            State::Zombie | State::Dead => 0x80,
            State::New => 0x800,
        }
    }

    /// `task_struct.exit_state` as Linux numbers it.
    #[must_use]
    pub const fn exit_state(self) -> u32 {
        match self {
            State::Zombie => 0x20,
            State::Dead => 0x10,
            _ => 0,
        }
    }

    /// The same in the textbook's words; `on_cpu` tells ready from running.
    #[must_use]
    pub const fn textbook(self, on_cpu: bool) -> TextbookState {
        match self {
            State::New => TextbookState::New,
            State::Running if on_cpu => TextbookState::Running,
            State::Running => TextbookState::Ready,
            State::Zombie | State::Dead => TextbookState::Terminated,
            _ => TextbookState::Waiting,
        }
    }

    /// Whether it has ended.
    #[must_use]
    pub const fn has_exited(self) -> bool {
        matches!(self, State::Zombie | State::Dead)
    }

    /// Whether `next` may follow. A task falls asleep, stops and dies only by its own doing, while it runs;
    /// what others can do to it is wake it, or bury it once it is a zombie.
    #[must_use]
    pub const fn may_become(self, next: State) -> bool {
        use State::{Dead, New, Parked, Running, Sleeping, Stopped, Traced, Zombie};
        match (self, next) {
            (New, Running) => true,
            (Running, Sleeping(_) | Stopped | Traced | Parked | Zombie | Dead) => true,
            (Sleeping(_) | Stopped | Traced | Parked, Running) => true,
            // A tracer takes over a stopped task; SIGSTOP reaches a traced one when it is let go.
            (Stopped, Traced) | (Traced, Stopped) => true,
            (Zombie, Dead) => true,
            _ => false,
        }
    }
}
