//! The loop: processors take turns, time passes, sleepers wake; and when nothing moves any more, why.

use kernel_model::abi::effect::Effect;
use kernel_model::abi::flags::TaskFlags;
use kernel_model::abi::ids::{CpuId, Pid};
use kernel_model::abi::wait::WaitStatus;
use kernel_model::kernel::proc::PsRow;

use super::{Key, Keys, Loaded, RunOptions, Schedule, Steps};
use crate::machine::{Event, Machine};

/// Nanoseconds that an instruction takes on the virtual clock.
const NS_PER_INSTRUCTION: u64 = 10;
/// Nanoseconds that a way into the kernel and back takes.
const NS_PER_TRAP: u64 = 200;
/// Nanoseconds after which a sleeper goes on who was to be woken, as Linux may take (PR_GET_TIMERSLACK of most programs).
const TIMER_SLACK_NS: u64 = 50_000;

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
    /// The steps that were given do not fit the program: which one, counted from 1, and why.
    Misfit(usize, String),
}

/// Drives a machine.
#[derive(Debug)]
pub struct Driver {
    machine: Machine,
    schedule: Schedule,
    events: Vec<Event>,
    input: Vec<u8>,
    input_open: bool,
    /// What is typed; none where the observer is asked.
    keys: Option<Keys>,
    /// What is done first.
    given: Option<Steps>,
    /// When the last key was typed, in nanoseconds since boot: a wait before the next begins then.
    typed: u64,
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
            keys: options.keys.clone(),
            given: options.steps.clone(),
            typed: 0,
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
        if let Some(steps) = self.given.take()
            && let Err((step, why)) = self.follow_steps(&steps, observer)
        {
            return Ending::Misfit(step, why);
        }
        loop {
            self.tell(observer);
            if self.is_over() {
                return Ending::Done;
            }
            if self.steps >= self.max_steps {
                return Ending::RanAway(left_over(&self.machine));
            }
            self.type_in_time();
            if !self.turn() && !self.idle(observer) {
                self.tell(observer);
                return if self.is_over() {
                    Ending::Done
                } else {
                    Ending::Hung(left_over(&self.machine))
                };
            }
        }
    }

    /// Makes the steps that were given; tells which cannot be made.
    fn follow_steps(&mut self, steps: &Steps, observer: &mut dyn Observer) -> Result<(), (usize, String)> {
        let mut input = Vec::new();
        while let more = observer.input()
            && !more.is_empty()
        {
            input.extend(more);
        }
        self.machine.feed(&input, &mut self.events);
        for (number, step) in (1..).zip(&steps.0) {
            self.machine
                .take_step(*step, &mut self.events)
                .map_err(|why| (number, why))?;
            self.tell(observer);
        }
        Ok(())
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

    /// Instructions until the next sleeper wakes, or the next key is due.
    fn until_timer(&self) -> u64 {
        let kernel = self.machine.kernel();
        let next = [kernel.next_timer(), self.key_due()].into_iter().flatten().min();
        next.map_or(u64::MAX, |at| {
            at.saturating_sub(kernel.now()) / NS_PER_INSTRUCTION
        })
    }

    /// When the wait before the next key is over, if there is one.
    fn key_due(&self) -> Option<u64> {
        match self.keys.as_ref()?.front()? {
            Key::Wait(time) => {
                let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
                Some(self.typed.saturating_add(ns))
            }
            Key::Type(_) => None,
        }
    }

    /// Types what was to be typed after a wait that is over by now, whoever runs.
    fn type_in_time(&mut self) {
        let now = self.machine.kernel().now();
        if self.main.is_some() && self.key_due().is_some_and(|due| due <= now) {
            self.keys.as_mut().and_then(Keys::pop);
            self.typed = now;
            self.type_next();
        }
    }

    /// Types the next key, unless a wait comes first; tells whether anything was typed.
    fn type_next(&mut self) -> bool {
        let Some(keys) = &mut self.keys else { return false };
        if !matches!(keys.front(), Some(Key::Type(_))) {
            return false;
        }
        let Some(Key::Type(mut bytes)) = keys.pop() else {
            return false;
        };
        let taken = self.machine.keys(&bytes, &mut self.events);
        bytes.drain(..taken);
        keys.put_back(bytes);
        self.typed = self.machine.kernel().now();
        taken > 0
    }

    /// Nobody can run: input comes, or the clock jumps to the next sleeper. Tells whether anything changed.
    fn idle(&mut self, observer: &mut dyn Observer) -> bool {
        if self.type_next() {
            return true;
        }
        let more_keys = self.keys.as_ref().is_some_and(|keys| keys.front().is_some());
        if !more_keys && self.input_open && self.machine.kernel().console_is_awaited() {
            return self.take_input(observer);
        }
        let next = [self.machine.kernel().next_timer(), self.key_due()];
        match next.into_iter().flatten().min() {
            Some(at) => {
                self.machine.advance(at, &mut self.events);
                self.wake_late(at);
                true
            }
            // Whoever sits at the terminal can still type ^C.
            None if self.input_open && !self.machine.kernel().console_is_pipe() => self.take_input(observer),
            None => false,
        }
    }

    /// Who has slept goes on a little later than it was to, and sees it: of a sleep that an alarm interrupts less is left than
    /// the difference of the two. No other timer comes in between.
    fn wake_late(&mut self, at: u64) {
        let next = self
            .machine
            .kernel()
            .next_timer()
            .map_or(u64::MAX, |next| next.saturating_sub(1));
        let late = at.saturating_add(TIMER_SLACK_NS).min(next);
        self.machine.advance(late, &mut self.events);
    }

    /// Input for whoever waits for it; without any more, the end of it.
    fn take_input(&mut self, observer: &mut dyn Observer) -> bool {
        if self.input.is_empty() && self.keys.is_none() {
            self.input = observer.input();
        }
        if self.input.is_empty() {
            self.input_open = false;
            self.machine.console_closed(&mut self.events);
            return true;
        }
        let taken = match self.machine.kernel().console_is_pipe() {
            true => self.machine.console_input(&self.input, &mut self.events),
            false => self.machine.keys(&self.input, &mut self.events),
        };
        self.input.drain(..taken);
        taken > 0
    }

    /// Whether the program has begun and all of it is gone.
    fn is_over(&self) -> bool {
        self.main.is_some() && program_rows(&self.machine).next().is_none()
    }
}

/// The rows of all processes of the program.
fn program_rows(machine: &Machine) -> impl Iterator<Item = PsRow> + '_ {
    let view = machine.kernel().view();
    machine.kernel().ps().filter(move |row| {
        let kthread = view
            .find_task(row.tid)
            .is_some_and(|task| view.tasks[task].flags.contains(TaskFlags::PF_KTHREAD));
        row.pid != Pid::INIT && !kthread
    })
}

/// What is left of a program on a machine.
#[must_use]
pub fn left_over(machine: &Machine) -> Vec<Stuck> {
    let place = |tid| crate::report::place::of_task(machine, machine.kernel().find(tid)?);
    program_rows(machine)
        .map(|row| Stuck {
            // The place from which the library was called, if it is in the library.
            place: place(row.tid),
            row,
        })
        .collect()
}
