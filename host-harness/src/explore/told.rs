//! What was told of a position when it got its number: of the next one only that is told anew which a step may have changed.

use std::cell::Cell;

use kernel_model::abi::ids::{MmRef, TaskRef};
use kernel_model::kernel::{Lanes, Names, Parts, Sum, What};

use crate::isa::Regs;
use crate::machine::Machine;
use crate::machine::memory::FrameSet;

/// An address space, as it was told.
#[derive(Clone, Copy, Debug)]
struct Space {
    mm: MmRef,
    part: u128,
    /// What it has added to the number of the way.
    way: u64,
    /// The frames that were looked at.
    frames: FrameSet,
}

/// The registers of a task, as they were told.
#[derive(Clone, Copy, Debug)]
struct Registers {
    task: TaskRef,
    mm: Option<MmRef>,
    regs: Regs,
    acc_is_dead: bool,
}

/// The numbers of parts of a position.
#[derive(Debug, Default)]
pub(super) struct Told {
    now: u64,
    /// What had a name, and which.
    names: Vec<(u64, u64)>,
    processes: Vec<(TaskRef, u128)>,
    spaces: Vec<Space>,
    registers: Vec<Registers>,
}

impl Clone for Told {
    fn clone(&self) -> Told {
        Told {
            now: self.now,
            names: self.names.clone(),
            processes: self.processes.clone(),
            spaces: self.spaces.clone(),
            registers: self.registers.clone(),
        }
    }

    fn clone_from(&mut self, other: &Told) {
        self.now = other.now;
        self.names.clone_from(&other.names);
        self.processes.clone_from(&other.processes);
        self.spaces.clone_from(&other.spaces);
        self.registers.clone_from(&other.registers);
    }
}

impl Told {
    /// Whatever it was, from now on it is what of another one is still so, with these names of things.
    pub(super) fn keep(&mut self, before: &Told, machine: &Machine, names: Option<&Names<'_>>) {
        self.now = machine.kernel().now();
        self.names.clear();
        self.names.extend(names.into_iter().flat_map(Names::iter));
        self.processes.clear();
        self.spaces.clear();
        self.registers.clear();
        if self.now == before.now && !before.has_other_names(&self.names) {
            self.keep_parts(before, machine);
        }
    }

    fn keep_parts(&mut self, before: &Told, machine: &Machine) {
        let (kernel, changes) = (machine.kernel(), machine.kernel().changes());
        let view = kernel.view();
        let is_kept = |leader: TaskRef| view.tasks.get(leader).is_some() && !changes.has_process(leader);
        let processes = before.processes.iter().filter(|(leader, _)| is_kept(*leader));
        self.processes.extend(processes);
        let frames = machine.memory().changes();
        let has_run = |mm: MmRef| {
            let mut users = before.registers.iter().filter(|told| told.mm == Some(mm));
            users.any(|told| kernel.thread(told.task) != Some(&told.regs))
        };
        let is_kept = |space: &&Space| {
            view.mms.get(space.mm).is_some()
                && !changes.has_mm(space.mm)
                && !frames.meets(&space.frames)
                && !has_run(space.mm)
        };
        self.spaces.extend(before.spaces.iter().filter(is_kept));
    }

    /// Whether something that has a name had another one. What has lost it nobody tells of any more, and who tells of what
    /// has got one has changed.
    fn has_other_names(&self, names: &[(u64, u64)]) -> bool {
        let mut before = self.names.iter().peekable();
        names.iter().any(|(whose, name)| {
            while before.next_if(|(other, _)| other < whose).is_some() {}
            before
                .next_if(|(other, _)| other == whose)
                .is_some_and(|(_, before)| before != name)
        })
    }

    /// Whether nothing new need be told of an address space.
    pub(super) fn has_space(&self, mm: MmRef) -> bool {
        self.spaces.iter().any(|space| space.mm == mm)
    }

    /// The tasks with these address spaces that nobody will ask for their last result.
    pub(super) fn no_acc<'t>(&'t self, kept: &'t Told) -> impl Iterator<Item = TaskRef> + 't {
        let dead = self.registers.iter().filter(|told| told.acc_is_dead);
        let dead = dead.filter(|told| told.mm.is_some_and(|mm| kept.has_space(mm)));
        dead.map(|told| told.task)
    }

    /// Remembers the registers of a task.
    pub(super) fn add_registers(
        &mut self,
        task: TaskRef,
        mm: Option<MmRef>,
        regs: Option<Regs>,
        acc_is_dead: bool,
    ) {
        self.registers.extend(regs.map(|regs| Registers {
            task,
            mm,
            regs,
            acc_is_dead,
        }));
    }
}

/// Adds up the numbers of the parts, and tells only those that are not known.
pub(super) struct Retelling<'t> {
    /// What is known, and more and more so.
    pub(super) told: Told,
    pub(super) sum: Sum,
    /// The number of the way, to which pages add.
    pub(super) way: &'t Cell<u64>,
    /// The frames that are looked at.
    pub(super) frames: &'t Cell<FrameSet>,
    /// The number of the way when the part began.
    begun: u64,
}

impl<'t> Retelling<'t> {
    pub(super) fn new(told: Told, way: &'t Cell<u64>, frames: &'t Cell<FrameSet>) -> Retelling<'t> {
        Retelling {
            told,
            sum: Sum::default(),
            way,
            frames,
            begun: 0,
        }
    }
}

impl Parts for Retelling<'_> {
    type Part = Lanes;

    fn begin(&mut self, what: What) -> Option<Lanes> {
        let known = match what {
            What::Process(leader) => {
                let known = self.told.processes.iter().find(|(of, _)| *of == leader);
                known.map(|(_, part)| *part)
            }
            What::Mm(mm) => {
                let known = self.told.spaces.iter().find(|space| space.mm == mm);
                known.map(|space| {
                    self.way.set(self.way.get().wrapping_add(space.way));
                    space.part
                })
            }
            What::Other => None,
        };
        if let Some(part) = known {
            self.sum.add(part);
            return None;
        }
        self.begun = self.way.get();
        self.frames.take();
        self.sum.begin(what)
    }

    fn end(&mut self, what: What, part: Lanes) {
        match what {
            What::Process(leader) => self.told.processes.push((leader, part.value())),
            What::Mm(mm) => self.told.spaces.push(Space {
                mm,
                part: part.value(),
                way: self.way.get().wrapping_sub(self.begun),
                frames: self.frames.take(),
            }),
            What::Other => {}
        }
        self.sum.end(what, part);
    }
}
