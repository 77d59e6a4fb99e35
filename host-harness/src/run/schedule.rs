//! Who runs next: what Linux leaves open, decided by a number.

use kernel_model::abi::ids::{CpuId, TaskRef};
use kernel_model::abi::state::State;

use crate::machine::random::SplitMix64;
use crate::machine::{Event, Machine};

/// Instructions that a processor executes before the next one has its turn, under round robin.
const QUANTUM: u64 = 100_000;
/// The same with several processors: they advance nearly together.
const QUANTUM_SMP: u64 = 200;

/// A source of choices.
#[derive(Clone, Debug)]
pub struct Schedule {
    seed: u64,
    numbers: SplitMix64,
}

impl Schedule {
    /// Seed 0 is round robin; any other seed draws each choice.
    #[must_use]
    pub const fn new(seed: u64) -> Schedule {
        Schedule {
            seed,
            numbers: SplitMix64::new(seed),
        }
    }

    /// The task that a processor runs now, and for how many instructions.
    pub fn pick(
        &mut self,
        machine: &mut Machine,
        cpu: CpuId,
        events: &mut Vec<Event>,
    ) -> Option<(TaskRef, u64)> {
        if self.seed == 0 {
            let quantum = if machine.kernel().cpus() == 1 {
                QUANTUM
            } else {
                QUANTUM_SMP
            };
            return machine.schedule(cpu, events).map(|task| (task, quantum));
        }
        let view = machine.kernel().view();
        let elsewhere = |task: TaskRef| {
            view.sys
                .cpus
                .iter()
                .zip(0u8..)
                .any(|(rq, number)| number != cpu.0 && rq.curr == task)
        };
        let ready = view.tasks.iter().filter(|(task, t)| {
            t.state() == State::Running && *task != view.sys.init_task && !elsewhere(*task)
        });
        let mut ready: Vec<_> = ready.map(|(task, t)| (t.pid, task)).collect();
        // By pid, so that the choice does not depend on places in tables.
        ready.sort_unstable_by_key(|(pid, _)| *pid);
        let at = usize::try_from(self.numbers.draw() % (ready.len() as u64).max(1)).ok()?;
        let (_, task) = *ready.get(at)?;
        // Mostly short runs, now and then a long one.
        let bits = self.numbers.draw() % 16;
        let quantum = 1 + self.numbers.draw() % (1 << bits);
        machine.dispatch(cpu, task, events);
        Some((task, quantum))
    }
}
