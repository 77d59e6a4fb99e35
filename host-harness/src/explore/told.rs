//! What was told of a position when it got its number: of the next one only that is told anew which a step may have changed.

use std::cell::Cell;

use kernel_model::abi::ids::{MmRef, TaskRef};
use kernel_model::kernel::{Lanes, Names, Parts, Sum, What};
use kernel_model::objects::mm::MappingRef;

use crate::isa::Regs;
use crate::machine::Machine;
use crate::machine::memory::FrameSet;

/// Pages as they were told: an address space, or what such have in common.
#[derive(Clone, Copy, Debug)]
struct Pages<K> {
    of: K,
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
    spaces: Vec<Pages<MmRef>>,
    mappings: Vec<Pages<MappingRef>>,
    registers: Vec<Registers>,
}

impl Clone for Told {
    fn clone(&self) -> Told {
        Told {
            now: self.now,
            names: self.names.clone(),
            processes: self.processes.clone(),
            spaces: self.spaces.clone(),
            mappings: self.mappings.clone(),
            registers: self.registers.clone(),
        }
    }

    fn clone_from(&mut self, other: &Told) {
        self.now = other.now;
        self.names.clone_from(&other.names);
        self.processes.clone_from(&other.processes);
        self.spaces.clone_from(&other.spaces);
        self.mappings.clone_from(&other.mappings);
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
        self.mappings.clear();
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
        let has_run = |told: &&Registers| kernel.thread(told.task) != Some(&told.regs);
        // Of those whose tasks have gone on a bit is set; some share one.
        let bit = |mm: MmRef| 1u64 << (mm.index() % u64::BITS);
        let ran = before.registers.iter().filter(has_run);
        let ran = ran.filter_map(|told| told.mm).fold(0, |ran, mm| ran | bit(mm));
        let is_kept = |space: &&Pages<MmRef>| {
            view.mms.get(space.of).is_some()
                && ran & bit(space.of) == 0
                && !frames.meets(&space.frames)
                && !changes.has_mm(space.of)
        };
        self.spaces.extend(before.spaces.iter().filter(is_kept));
        let is_kept = |mapping: &&Pages<MappingRef>| {
            view.mappings.get(mapping.of).is_some()
                && !frames.meets(&mapping.frames)
                && !changes.has_mapping(mapping.of)
        };
        self.mappings.extend(before.mappings.iter().filter(is_kept));
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
        self.spaces.iter().any(|space| space.of == mm)
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

    /// What is kept of pages that were told just now.
    fn pages<K>(&self, of: K, part: u128) -> Pages<K> {
        Pages {
            of,
            part,
            way: self.way.get().wrapping_sub(self.begun),
            frames: self.frames.take(),
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
                let known = self.told.spaces.iter().find(|space| space.of == mm);
                known.map(|space| {
                    self.way.set(self.way.get().wrapping_add(space.way));
                    space.part
                })
            }
            What::Mapping(mapping) => {
                let known = self.told.mappings.iter().find(|pages| pages.of == mapping);
                known.map(|pages| pages.part)
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
            What::Mm(mm) => {
                let pages = self.pages(mm, part.value());
                self.told.spaces.push(pages);
            }
            What::Mapping(mapping) => {
                let pages = self.pages(mapping, part.value());
                self.told.mappings.push(pages);
            }
            What::Other => {}
        }
        self.sum.end(what, part);
    }
}
