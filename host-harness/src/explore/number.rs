//! The number of a position, by which it is known again.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use kernel_model::abi::ids::{FrameNo, MmRef, Pid, TaskRef};
use kernel_model::kernel::{Contents, Detail, Lanes, Names, Parts, What};

use super::footprint::Object;
use super::garbage::Garbage;
use super::position::{Lore, Position};
use super::told::{Retelling, Told};
use super::whole::{TakenDown, Whole};
use crate::machine::memory::{FRAME, FrameSet, Memory, WHOLE};

const SEED: u64 = 1;

/// What numbering needs from one position to the next.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    scratch: Vec<u64>,
    garbage: Garbage,
    /// Room for what is told of the next position.
    told: Told,
    /// Whether positions get a number too that hangs on how the search has come there.
    tells_ways: bool,
    /// Where positions are not known by a hash.
    whole: Option<Whole>,
}

impl Numbering {
    pub(super) fn new(tells_ways: bool) -> Numbering {
        Numbering {
            tells_ways,
            ..Numbering::default()
        }
    }

    /// No two positions get the same number that are not the same.
    pub(super) fn exact() -> Numbering {
        Numbering {
            whole: Some(Whole::default()),
            ..Numbering::default()
        }
    }
}

/// By what a position is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Number {
    /// Positions that have it in common have the same future.
    pub(super) future: u128,
    /// Of what makes no difference that we know of: the garbage, whom init has adopted first, how late it is; and of what the
    /// search keeps in mind. 0 where nobody asks.
    pub(super) way: u64,
}

/// Calls `visit` with the parts of a page that can still be read.
fn for_each_rest(garbage: &Garbage, mm: MmRef, addr: u64, visit: &mut dyn FnMut(Range<u16>)) {
    let page = addr..addr.saturating_add(FRAME as u64);
    let offset = |at: u64| u16::try_from(at.saturating_sub(addr)).unwrap_or(u16::MAX);
    let has_garbage = garbage.for_each_rest(mm, &page, &mut |rest| {
        visit(offset(rest.start)..offset(rest.end));
    });
    if !has_garbage {
        visit(WHOLE);
    }
}

/// A number for what can still be read of a page.
fn of_page(memory: &Memory, garbage: &Garbage, frame: FrameNo, mm: MmRef, addr: u64) -> u64 {
    let mut lanes = Lanes::new(SEED);
    for_each_rest(garbage, mm, addr, &mut |rest| {
        (rest.start, memory.number(frame, rest)).hash(&mut lanes);
    });
    lanes.finish()
}

/// What can still be read of a page, with where it stands.
fn read_page(memory: &Memory, garbage: &Garbage, frame: FrameNo, mm: MmRef, addr: u64) -> Vec<u8> {
    let mut read = Vec::new();
    for_each_rest(garbage, mm, addr, &mut |rest| {
        read.extend([rest.start, rest.end].map(u16::to_le_bytes).as_flattened());
        read.extend(memory.range(frame, rest));
    });
    read
}

/// What a part tells of, beside those of the kernel.
#[derive(Clone, Copy)]
enum Of {
    Registers = 0x100,
    Birth,
    Lock,
    Main,
    Now,
}

impl Position {
    /// The number of the position.
    pub(super) fn number(&mut self, lore: &Lore, numbering: &mut Numbering) -> Number {
        self.machine.freeze();
        if numbering.whole.is_some() {
            return self.whole_number(lore, numbering);
        }
        let told = std::mem::take(&mut numbering.told);
        let (number, told) = self.retell(&self.told, told, lore, numbering);
        debug_assert_eq!(
            number,
            self.retell(&Told::default(), Told::default(), lore, numbering).0,
            "what is not told again is still so"
        );
        numbering.told = std::mem::replace(&mut self.told, told);
        self.machine.forget_changes();
        number
    }

    /// The number, where so much was told before. What is told now is put into `told`.
    fn retell(
        &self,
        before: &Told,
        mut told: Told,
        lore: &Lore,
        numbering: &mut Numbering,
    ) -> (Number, Told) {
        let Numbering {
            scratch,
            garbage,
            tells_ways,
            ..
        } = numbering;
        let (kernel, memory) = (self.machine.kernel(), self.machine.memory());
        let names = self.names(scratch);
        told.keep(before, &self.machine, names.as_ref());
        garbage.find(&self.machine, |mm| !told.has_space(mm));
        garbage.add_no_acc(before.no_acc(&told));
        let (way, frames) = (Cell::new(0), Cell::default());
        let contents = |frame, range, place: Option<(MmRef, u64)>| {
            let mut looked_at: FrameSet = frames.get();
            looked_at.add(frame);
            frames.set(looked_at);
            let Some((mm, addr)) = place else {
                return memory.number(frame, range);
            };
            if *tells_ways {
                let whole = memory.number(frame, WHOLE);
                went(&way, |own| (addr, whole).hash(own));
            }
            of_page(memory, garbage, frame, mm, addr)
        };
        let mut parts = Retelling::new(told, &way, &frames);
        self.take_down(lore, garbage, names.as_ref(), &contents, &mut parts);
        let Retelling { mut told, sum, .. } = parts;
        let view = kernel.view();
        for (_, task) in self.live_and_init() {
            let (mm, regs) = (view.tasks[task].mm, kernel.thread(task).copied());
            told.add_registers(task, mm, regs, garbage.is_acc_dead(task));
        }
        if *tells_ways {
            self.tell_way(&way);
        }
        let number = Number {
            future: sum.value(),
            way: way.get(),
        };
        (number, told)
    }

    /// The number of all that the position is.
    fn whole_number(&self, lore: &Lore, numbering: &mut Numbering) -> Number {
        let Numbering {
            scratch,
            garbage,
            whole,
            ..
        } = numbering;
        let Some(whole) = whole else {
            return Number { future: 0, way: 0 };
        };
        let memory = self.machine.memory();
        garbage.find(&self.machine, |_| true);
        let mut taken = TakenDown::default();
        let contents = |frame, range, place: Option<(MmRef, u64)>| {
            whole.of_bytes(match place {
                Some((mm, addr)) => read_page(memory, garbage, frame, mm, addr),
                None => memory.range(frame, range).to_vec(),
            })
        };
        let names = self.names(scratch);
        self.take_down(lore, garbage, names.as_ref(), &contents, &mut taken);
        Number {
            future: u128::from(whole.of_state(taken)),
            way: 0,
        }
    }

    /// Names for what has no number.
    fn names<'s>(&self, scratch: &'s mut Vec<u64>) -> Option<Names<'s>> {
        let kernel = self.machine.kernel();
        scratch.resize(kernel.fingerprint_words().max(scratch.len()), 0);
        kernel.names(Detail::Course, scratch)
    }

    /// All that the future hangs on.
    fn take_down<P: Parts>(
        &self,
        lore: &Lore,
        garbage: &Garbage,
        names: Option<&Names<'_>>,
        contents: &Contents<'_>,
        parts: &mut P,
    ) {
        let kernel = self.machine.kernel();
        debug_assert!(names.is_some(), "there is as much room as was asked for");
        if let Some(names) = names {
            kernel.take_down(names, contents, parts);
        }
        for (pid, task) in self.live_and_init() {
            // Who has no memory any more goes on in the kernel alone.
            let has_memory = kernel.view().tasks[task].mm.is_some();
            let regs = kernel.thread(task).filter(|_| has_memory);
            let regs = regs.map(|regs| garbage.registers(task, *regs));
            add(parts, Of::Registers, (pid, regs));
        }
        for birth in self.births.iter() {
            add(parts, Of::Birth, birth);
        }
        for held in self.locks.held() {
            if lore.contention.is_guarding(held.addr) {
                add(parts, Of::Lock, held);
            }
        }
        add(parts, Of::Main, (self.main, self.end));
        if lore.contention.is_contended(Object::Now) {
            add(parts, Of::Now, kernel.now());
        }
    }

    fn live_and_init(&self) -> impl Iterator<Item = (Pid, TaskRef)> + '_ {
        let init = self.machine.kernel().find(Pid::INIT);
        self.live().chain(init.map(|init| (Pid::INIT, init)))
    }

    /// All that it does not, as far as we know.
    fn tell_way(&self, way: &Cell<u64>) {
        let kernel = self.machine.kernel();
        for (pid, task) in self.live_and_init() {
            went(way, |own| (pid, kernel.thread(task)).hash(own));
        }
        if let Some(init) = kernel.find(Pid::INIT) {
            let view = kernel.view();
            let adopted = view.children(init).map(|child| view.tasks[child].pid);
            went(way, |own| adopted.for_each(|child| child.hash(own)));
            went(way, |own| {
                (kernel.now(), &self.places, self.locks.held()).hash(own);
            });
        }
    }
}

/// Adds a part.
fn add<P: Parts>(parts: &mut P, of: Of, told: impl Hash) {
    if let Some(mut part) = parts.begin(What::Other) {
        (of as u64, told).hash(&mut part);
        parts.end(What::Other, part);
    }
}

/// Adds something to the number of a way; what is added has no order.
fn went(way: &Cell<u64>, tell: impl FnOnce(&mut Lanes)) {
    let mut own = Lanes::new(SEED);
    tell(&mut own);
    way.set(way.get().wrapping_add(own.finish()));
}
