//! The loop: processors take turns, time passes, sleepers wake; and when nothing moves any more, why.

use kernel_model::abi::effect::Effect;
use kernel_model::abi::flags::TaskFlags;
use kernel_model::abi::ids::{CpuId, Pid};
use kernel_model::abi::wait::WaitStatus;
use kernel_model::kernel::proc::PsRow;

use super::{Loaded, RunOptions, Schedule};
use crate::machine::{Event, Machine};

/// Nanoseconds that an instruction takes on the virtual clock.
const NS_PER_INSTRUCTION: u64 = 10;
/// Nanoseconds that a way into the kernel and back takes.
const NS_PER_TRAP: u64 = 200;

/// Steps for which a way into the kernel counts: it takes the host about as long as so many instructions.
const STEPS_PER_TRAP: u64 = 100;

/// Who watches a run, and gives it input.
pub trait Observer {
    /// Something happened; the machine is as it was left by the step in which it happened.
    fn event(&mut self, event: &Event, machine: &Machine);
    /// The next input for the console; empty when there is no more.
    fn input(&mut self) -> Vec<u8>;
}

/// A process that waits for something that never comes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stuck {
    /// What `ps` shows of it.
    pub row: PsRow,
    /// Where in the program it is, as `file:line (function)`.
    pub place: Option<String>,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    /// All processes of the program are gone.
    Done,
    /// Some are left, and none of them can ever go on.
    Hung(Vec<Stuck>),
    /// The instructions allowed are used up; these were still there.
    RanAway(Vec<Stuck>),
}

/// Drives a machine.
#[derive(Debug)]
pub struct Driver {
    machine: Machine,
    schedule: Schedule,
    events: Vec<Event>,
    input: Vec<u8>,
    input_open: bool,
    steps: u64,
    max_steps: u64,
    main: Option<Pid>,
    status: Option<WaitStatus>,
}

impl Driver {
    /// A driver for a program that has been loaded.
    #[must_use]
    pub fn new(loaded: Loaded, options: &RunOptions) -> Driver {
        Driver {
            machine: loaded.machine,
            schedule: Schedule::new(options.seed),
            events: loaded.events,
            input: Vec::new(),
            input_open: true,
            steps: 0,
            max_steps: options.max_steps,
            main: None,
            status: None,
        }
    }

    /// How the program's first process ended; none if it has not.
    #[must_use]
    pub fn status(&self) -> Option<WaitStatus> {
        self.status
    }

    /// The machine, as it is.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Steps so far: instructions, and a hundred for each way into the kernel.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Runs to the end.
    pub fn run(&mut self, observer: &mut dyn Observer) -> Ending {
        loop {
            self.tell(observer);
            if self.is_over() {
                return Ending::Done;
            }
            if self.steps >= self.max_steps {
                return Ending::RanAway(self.left_over());
            }
            if !self.turn() && !self.idle(observer) {
                self.tell(observer);
                return if self.is_over() {
                    Ending::Done
                } else {
                    Ending::Hung(self.left_over())
                };
            }
        }
    }

    fn tell(&mut self, observer: &mut dyn Observer) {
        for event in std::mem::take(&mut self.events) {
            self.follow(&event);
            observer.event(&event, &self.machine);
        }
    }

    /// The first child of init is the program; what init learns of it is its status.
    fn follow(&mut self, event: &Event) {
        match event {
            Event::Effect(Effect::Forked { parent, child, .. })
                if parent.pid == Pid::INIT && self.main.is_none() =>
            {
                self.main = Some(child.pid);
            }
            Event::Effect(Effect::Exited {
                task,
                status,
                last: true,
            }) if Some(task.pid) == self.main => {
                self.status = Some(*status);
            }
            Event::Effect(Effect::Reaped { child, status, .. }) if Some(child.pid) == self.main => {
                self.status = Some(*status);
            }
            _ => {}
        }
    }

    /// One turn of every processor; tells whether anyone could run.
    fn turn(&mut self) -> bool {
        let (mut busy, mut elapsed) = (false, 0);
        for cpu in (0..self.machine.kernel().cpus()).map(CpuId) {
            let Some((task, quantum)) = self.schedule.pick(&mut self.machine, cpu, &mut self.events) else {
                continue;
            };
            busy = true;
            let fuel = quantum
                .min(self.until_timer())
                .min(self.max_steps - self.steps.min(self.max_steps))
                .max(1);
            let stepped = self.machine.step(cpu, task, fuel, &mut self.events);
            self.steps = self
                .steps
                .saturating_add(stepped.instructions)
                .saturating_add(STEPS_PER_TRAP);
            let ns = stepped.instructions * NS_PER_INSTRUCTION + NS_PER_TRAP;
            self.machine.tick(cpu, ns, &mut self.events);
            elapsed = elapsed.max(ns);
        }
        if busy {
            let now = self.machine.kernel().now();
            self.machine
                .advance(now.saturating_add(elapsed), &mut self.events);
        }
        busy
    }

    /// Instructions until the next sleeper wakes.
    fn until_timer(&self) -> u64 {
        let kernel = self.machine.kernel();
        kernel.next_timer().map_or(u64::MAX, |at| {
            at.saturating_sub(kernel.now()) / NS_PER_INSTRUCTION
        })
    }

    /// Nobody can run: input comes, or the clock jumps to the next sleeper. Tells whether anything changed.
    fn idle(&mut self, observer: &mut dyn Observer) -> bool {
        if self.input_open && self.machine.kernel().console_is_awaited() {
            if self.input.is_empty() {
                self.input = observer.input();
            }
            if self.input.is_empty() {
                self.input_open = false;
                self.machine.console_closed(&mut self.events);
                return true;
            }
            let taken = self.machine.console_input(&self.input, &mut self.events);
            self.input.drain(..taken);
            return taken > 0;
        }
        match self.machine.kernel().next_timer() {
            Some(at) => {
                self.machine.advance(at, &mut self.events);
                true
            }
            None => false,
        }
    }

    /// The rows of all processes of the program.
    fn program_rows(&self) -> impl Iterator<Item = PsRow> + '_ {
        let view = self.machine.kernel().view();
        self.machine.kernel().ps().filter(move |row| {
            let kthread = view
                .find_task(row.tid)
                .is_some_and(|task| view.tasks[task].flags.contains(TaskFlags::PF_KTHREAD));
            row.pid != Pid::INIT && !kthread
        })
    }

    /// Whether the program has begun and all of it is gone.
    fn is_over(&self) -> bool {
        self.main.is_some() && self.program_rows().next().is_none()
    }

    fn left_over(&self) -> Vec<Stuck> {
        self.program_rows()
            .map(|row| Stuck {
                place: self.place(row.tid),
                row,
            })
            .collect()
    }

    /// Where a task is in its source: the place from which the library was called, if it is in the library.
    fn place(&self, tid: Pid) -> Option<String> {
        let kernel = self.machine.kernel();
        let task = kernel.find(tid)?;
        crate::report::place::of_task(&self.machine, task)
    }
}
