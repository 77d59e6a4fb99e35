//! The number of a position, by which it is known again.

use std::cell::Cell;
use std::hash::{Hash, Hasher};

use kernel_model::abi::ids::{FrameNo, MmRef, Pid};
use kernel_model::kernel::{Detail, Lanes};

use super::footprint::Object;
use super::garbage::Garbage;
use super::position::{Lore, Position};
use crate::machine::memory::{FRAME, Memory, WHOLE};

const SEED: u64 = 1;

/// What numbering needs from one position to the next.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    scratch: Vec<u64>,
    garbage: Garbage,
    /// Whether positions get a number too that hangs on how the search has come there.
    tells_ways: bool,
}

impl Numbering {
    pub(super) fn new(tells_ways: bool) -> Numbering {
        Numbering {
            tells_ways,
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

/// A number for what can still be read of a page.
fn of_page(memory: &Memory, garbage: &Garbage, frame: FrameNo, mm: MmRef, addr: u64) -> u64 {
    let page = addr..addr.saturating_add(FRAME as u64);
    let offset = |at: u64| u16::try_from(at.saturating_sub(addr)).unwrap_or(u16::MAX);
    let mut lanes = Lanes::new(SEED);
    let has_garbage = garbage.for_each_rest(mm, &page, &mut |rest| {
        let rest = offset(rest.start)..offset(rest.end);
        (rest.start, memory.number(frame, rest)).hash(&mut lanes);
    });
    if !has_garbage {
        return memory.number(frame, WHOLE);
    }
    lanes.finish()
}

impl Position {
    /// The number of the position.
    pub(super) fn number(&mut self, lore: &Lore, numbering: &mut Numbering) -> Number {
        self.machine.freeze();
        let (kernel, memory) = (self.machine.kernel(), self.machine.memory());
        let Numbering {
            scratch,
            garbage,
            tells_ways,
        } = numbering;
        scratch.resize(kernel.fingerprint_words().max(scratch.len()), 0);
        garbage.find(&self.machine);
        let way = Cell::new(0u64);
        let went = |part: &dyn Fn(&mut Lanes)| {
            let mut own = Lanes::new(SEED);
            part(&mut own);
            way.set(way.get().wrapping_add(own.finish()));
        };
        let contents = |frame, range, place: Option<(MmRef, u64)>| match place {
            Some((mm, addr)) => {
                if *tells_ways {
                    let whole = memory.number(frame, WHOLE);
                    went(&|own| (addr, whole).hash(own));
                }
                of_page(memory, garbage, frame, mm, addr)
            }
            None => memory.number(frame, range),
        };
        let kernels = kernel
            .fingerprint(Detail::Course, &contents, scratch)
            .unwrap_or(0);
        // What has no place in an order is added up.
        let mut sum = kernels;
        let mut add = |part: &dyn Fn(&mut Lanes)| {
            let mut own = Lanes::new(SEED);
            part(&mut own);
            sum = sum.wrapping_add(own.value());
        };
        let init = kernel.find(Pid::INIT).map(|init| (Pid::INIT, init));
        for (pid, task) in self.live().chain(init) {
            let regs = kernel.thread(task).map(|regs| garbage.registers(task, *regs));
            add(&|own| (pid, regs).hash(own));
            if *tells_ways {
                went(&|own| (pid, kernel.thread(task)).hash(own));
            }
        }
        for birth in self.births.iter() {
            add(&|own| birth.hash(own));
        }
        for held in self.locks.held() {
            if lore.contention.is_guarding(held.addr) {
                add(&|own| held.hash(own));
            }
        }
        add(&|own| (self.main, self.end).hash(own));
        if lore.contention.is_contended(Object::Now) {
            add(&|own| kernel.now().hash(own));
        }
        if let Some((_, init)) = init.filter(|_| *tells_ways) {
            let view = kernel.view();
            let adopted = || view.children(init).map(|child| view.tasks[child].pid);
            went(&|own| adopted().for_each(|child| child.hash(own)));
            went(&|own| (kernel.now(), &self.places, self.locks.held()).hash(own));
        }
        Number {
            future: sum,
            way: way.get(),
        }
    }
}
