//! The number of a position, by which it is known again.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::ops::Range;

use kernel_model::abi::ids::{FrameNo, MmRef, Pid, TaskRef};
use kernel_model::kernel::{Contents, Detail, Lanes, Parts, Sum};

use super::footprint::Object;
use super::garbage::Garbage;
use super::position::{Lore, Position};
use super::whole::{TakenDown, Whole};
use crate::machine::memory::{FRAME, Memory, WHOLE};

const SEED: u64 = 1;

/// What numbering needs from one position to the next.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    scratch: Vec<u64>,
    garbage: Garbage,
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
        let memory = self.machine.memory();
        let Numbering {
            scratch,
            garbage,
            tells_ways,
            whole,
        } = numbering;
        let words = self.machine.kernel().fingerprint_words();
        scratch.resize(words.max(scratch.len()), 0);
        garbage.find(&self.machine);
        if let Some(whole) = whole {
            let mut taken = TakenDown::default();
            let contents = |frame, range, place: Option<(MmRef, u64)>| {
                whole.of_bytes(match place {
                    Some((mm, addr)) => read_page(memory, garbage, frame, mm, addr),
                    None => memory.range(frame, range).to_vec(),
                })
            };
            self.take_down(lore, garbage, &contents, scratch, &mut taken);
            return Number {
                future: u128::from(whole.of_state(taken)),
                way: 0,
            };
        }
        let way = Cell::new(0);
        let contents = |frame, range, place: Option<(MmRef, u64)>| match place {
            Some((mm, addr)) => {
                if *tells_ways {
                    let whole = memory.number(frame, WHOLE);
                    went(&way, |own| (addr, whole).hash(own));
                }
                of_page(memory, garbage, frame, mm, addr)
            }
            None => memory.number(frame, range),
        };
        let mut sum = Sum::default();
        self.take_down(lore, garbage, &contents, scratch, &mut sum);
        if *tells_ways {
            self.tell_way(&way);
        }
        Number {
            future: sum.value(),
            way: way.get(),
        }
    }

    /// All that the future hangs on.
    fn take_down<P: Parts>(
        &self,
        lore: &Lore,
        garbage: &Garbage,
        contents: &Contents<'_>,
        scratch: &mut [u64],
        parts: &mut P,
    ) {
        let kernel = self.machine.kernel();
        let taken = kernel.take_down(Detail::Course, contents, scratch, parts);
        debug_assert!(taken.is_some(), "there is as much room as was asked for");
        for (pid, task) in self.live_and_init() {
            let regs = kernel.thread(task).map(|regs| garbage.registers(task, *regs));
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
    let mut part = parts.begin();
    (of as u64, told).hash(&mut part);
    parts.end(part);
}

/// Adds something to the number of a way; what is added has no order.
fn went(way: &Cell<u64>, tell: impl FnOnce(&mut Lanes)) {
    let mut own = Lanes::new(SEED);
    tell(&mut own);
    way.set(way.get().wrapping_add(own.finish()));
}
