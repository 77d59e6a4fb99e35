//! What of a frame a program can still read: of the slots those that some way ahead reads before it writes, of the locals
//! that lie in memory also those whose address was taken. Garbage is all the rest.
//!
//! It is the liveness analysis of compilers, over the instructions of one function, made when the function is first met.

use std::collections::HashMap;
use std::ops::Range;

use crate::isa::{Image, Instr, Mem, Size, Slot, text_index};

/// What is live before an instruction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Live {
    /// Bytes of the frame, counted from `fp`, ascending and apart.
    pub bytes: Vec<Range<i32>>,
    /// Whether `acc` is.
    pub acc: bool,
    /// The bytes between `fp` and where `sp` is while there are no arrays of variable length.
    pub frame: u32,
}

/// What is live in a program, as far as somebody has asked.
#[derive(Clone, Debug, Default)]
pub struct Liveness {
    functions: HashMap<u64, Option<Function>>,
    /// By instruction; none where nobody has asked.
    known: Vec<Option<Option<Live>>>,
}

impl Liveness {
    /// What is live before the instruction at `pc`; none where that can't be told: then everything is.
    pub fn at(&mut self, image: &Image, pc: u64) -> Option<&Live> {
        let at = text_index(pc).filter(|at| *at < image.text.len())?;
        if self.known.get(at).is_none_or(Option::is_none) {
            let live = self.find(image, pc);
            self.known.resize(self.known.len().max(image.text.len()), None);
            *self.known.get_mut(at)? = Some(live);
        }
        self.known.get(at)?.as_ref()?.as_ref()
    }

    fn find(&mut self, image: &Image, pc: u64) -> Option<Live> {
        let symbol = image.symbol_at(pc).filter(|symbol| symbol.is_function)?;
        let function = self
            .functions
            .entry(symbol.addr)
            .or_insert_with(|| Function::new(image, symbol.addr, symbol.size));
        let first = text_index(symbol.addr)?;
        function.as_ref()?.live_at(text_index(pc)?.checked_sub(first)?)
    }
}

/// A set of units by index.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Units(Vec<u64>);

impl Units {
    fn none(of: usize) -> Units {
        Units(vec![0; of.div_ceil(64)])
    }

    fn contains(&self, unit: usize) -> bool {
        self.0
            .get(unit / 64)
            .is_some_and(|word| word >> (unit % 64) & 1 == 1)
    }

    fn insert(&mut self, unit: usize) {
        if let Some(word) = self.0.get_mut(unit / 64) {
            *word |= 1 << (unit % 64);
        }
    }

    fn remove(&mut self, unit: usize) {
        if let Some(word) = self.0.get_mut(unit / 64) {
            *word &= !(1 << (unit % 64));
        }
    }

    /// Whether it has grown.
    fn add(&mut self, more: &Units) -> bool {
        let mut grown = false;
        for (word, more) in self.0.iter_mut().zip(&more.0) {
            grown |= *word | more != *word;
            *word |= more;
        }
        grown
    }
}

/// What is told apart: `acc` is the first unit; then the locals in memory, each as a whole; then the slots outside of them.
const ACC: usize = 0;

/// What an instruction does to the frame.
#[derive(Clone, Debug, Default)]
struct Touched {
    reads: Vec<Range<i32>>,
    /// Written as a whole, whatever was there.
    writes: Option<Range<i32>>,
    /// An address that goes where it cannot be followed.
    escapes: Option<i32>,
    reads_acc: bool,
    writes_acc: bool,
}

const fn slots(base: Slot, count: i32) -> Range<i32> {
    base..base.saturating_add(count.saturating_mul(8))
}

const fn slot(at: Slot) -> Range<i32> {
    slots(at, 1)
}

fn bytes(offset: i32, size: Size) -> Range<i32> {
    offset..offset.saturating_add(i32::try_from(size.bytes()).unwrap_or(8))
}

fn loaded(offset: i32, mem: Mem) -> Range<i32> {
    bytes(offset, mem.size())
}

impl Touched {
    fn new(reads: &[Range<i32>], writes: Option<Slot>) -> Touched {
        Touched {
            reads: reads.to_vec(),
            writes: writes.map(slot),
            ..Touched::default()
        }
    }

    fn call(mut self) -> Touched {
        self.writes_acc = true;
        self
    }

    fn of(instr: &Instr) -> Touched {
        let args = |args, count: u16| slots(args, i32::from(count));
        match *instr {
            Instr::Imm { dst, .. }
            | Instr::LoadAbs { dst, .. }
            | Instr::GetSp { dst }
            | Instr::GetTp { dst } => Touched::new(&[], Some(dst)),
            Instr::Move { dst, src } | Instr::Convert { dst, src, .. } => {
                Touched::new(&[slot(src)], Some(dst))
            }
            Instr::Lea { dst, offset } => Touched {
                escapes: Some(offset),
                ..Touched::new(&[], Some(dst))
            },
            Instr::Load { dst, base, .. } => Touched::new(&[slot(base)], Some(dst)),
            Instr::Store { src, base, .. } => Touched::new(&[slot(src), slot(base)], None),
            Instr::LoadFrame { mem, dst, offset } => Touched::new(&[loaded(offset, mem)], Some(dst)),
            Instr::StoreFrame { size, src, offset } => Touched {
                writes: Some(bytes(offset, size)),
                ..Touched::new(&[slot(src)], None)
            },
            Instr::StoreAbs { src, .. } | Instr::SetSp { src } => Touched::new(&[slot(src)], None),
            Instr::LoadIndex { dst, base, index, .. } | Instr::Index { dst, base, index, .. } => {
                Touched::new(&[slot(base), slot(index)], Some(dst))
            }
            Instr::StoreIndex { src, base, index, .. } => {
                Touched::new(&[slot(src), slot(base), slot(index)], None)
            }
            Instr::Alu { dst, a, b, .. } | Instr::Fpu { dst, a, b, .. } => {
                Touched::new(&[slot(a), slot(b)], Some(dst))
            }
            Instr::AluImm { dst, a, .. } | Instr::Alloca { dst, size: a } => {
                Touched::new(&[slot(a)], Some(dst))
            }
            Instr::Branch { a, b, .. } => Touched::new(&[slot(a), slot(b)], None),
            Instr::BranchImm { a, .. } => Touched::new(&[slot(a)], None),
            Instr::Call { args: at, count, .. } => Touched::new(&[args(at, count)], None).call(),
            Instr::CallPtr {
                callee,
                args: at,
                count,
            }
            | Instr::CallBelow {
                callee,
                args: at,
                count,
            } => Touched::new(&[args(at, count), slot(callee)], None).call(),
            Instr::RetValue { src } => Touched::new(&[slot(src)], None).call(),
            // A function without a value may be called as if it had one.
            Instr::Ret | Instr::ChildStart | Instr::ExitThread => Touched {
                reads_acc: true,
                ..Touched::default()
            },
            Instr::GetAcc { dst } => Touched {
                reads_acc: true,
                ..Touched::new(&[], Some(dst))
            },
            Instr::Syscall { base, count } => Touched::new(&[slots(base, i32::from(count) + 1)], None).call(),
            Instr::Copy { dst, src, len } => Touched::new(&[slot(dst), slot(src), slot(len)], None),
            Instr::CopyImm { dst, src, .. } => Touched::new(&[slot(dst), slot(src)], None),
            Instr::Fill { dst, byte, len } => Touched::new(&[slot(dst), slot(byte), slot(len)], None),
            Instr::Zero { dst, .. } | Instr::SetJump { base: dst } => Touched::new(&[slot(dst)], None),
            Instr::Atomic { dst, addr, src, .. } => Touched::new(&[slot(addr), slot(src)], Some(dst)),
            Instr::CompareSwap { base, .. } => Touched::new(&[slots(base, 3)], Some(base.saturating_add(24))),
            Instr::LongJump { base } => Touched::new(&[slots(base, 4)], None),
            Instr::Jump { .. } | Instr::Enter { .. } | Instr::FirstFrame | Instr::Invalid => {
                Touched::default()
            }
        }
    }
}

/// Where a function goes on after an instruction: the next one, another one.
fn successors(instr: &Instr, at: usize, first: usize) -> [Option<usize>; 2] {
    let there = |target: u32| usize::try_from(target).ok()?.checked_sub(first);
    match *instr {
        Instr::Jump { target } => [None, there(target)],
        Instr::Branch { target, .. } | Instr::BranchImm { target, .. } => [Some(at + 1), there(target)],
        Instr::Ret | Instr::RetValue { .. } | Instr::LongJump { .. } | Instr::ExitThread | Instr::Invalid => {
            [None, None]
        }
        _ => [Some(at + 1), None],
    }
}

/// A function and what is live in it.
#[derive(Clone, Debug)]
struct Function {
    frame: u32,
    units: Vec<Range<i32>>,
    /// How many of them are locals in memory.
    locals: usize,
    /// Of each instruction what may be read behind it before it is written.
    ahead: Vec<Units>,
    /// Of each instruction the locals whose address may have been taken before it.
    escaped: Vec<Units>,
    /// What a system call reads, which may be made again once it is over.
    again: Vec<Units>,
}

impl Function {
    /// None for a function that others jump into: one that calls `setjmp`.
    fn new(image: &Image, addr: u64, size: u64) -> Option<Function> {
        let first = text_index(addr)?;
        let count = text_index(addr.checked_add(size)?)?.checked_sub(first)?;
        let code = image.text.get(first..first.checked_add(count)?)?;
        let Some(Instr::Enter { size: frame }) = code.first() else {
            return None;
        };
        if code.iter().any(|instr| matches!(instr, Instr::SetJump { .. })) {
            return None;
        }
        let touched: Vec<Touched> = code.iter().map(Touched::of).collect();
        let locals: Vec<_> = image
            .locals_of(addr)
            .iter()
            .map(|local| local.bytes.clone())
            .collect();
        let units = units(&locals, &touched);
        let mut function = Function {
            frame: *frame,
            locals: locals.len(),
            ahead: vec![Units::none(units.len()); count],
            escaped: vec![Units::none(units.len()); count],
            again: vec![Units::default(); count],
            units,
        };
        function.follow(code, first, &touched)?;
        Some(function)
    }

    fn follow(&mut self, code: &[Instr], first: usize, touched: &[Touched]) -> Option<()> {
        let steps: Vec<Step> = touched
            .iter()
            .map(|touched| self.step(touched))
            .collect::<Option<_>>()?;
        for ((instr, step), again) in code.iter().zip(&steps).zip(&mut self.again) {
            if matches!(instr, Instr::Syscall { .. }) {
                again.clone_from(&step.reads);
            }
        }
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..code.len()).rev() {
                let (instr, step) = (code.get(at)?, steps.get(at)?);
                let mut live = Units::none(self.units.len());
                for next in successors(instr, at, first).into_iter().flatten() {
                    live.add(self.ahead.get(next)?);
                }
                step.writes.iter().for_each(|unit| live.remove(*unit));
                live.add(&step.reads);
                live.add(&step.escapes);
                changed |= self.ahead.get_mut(at)?.add(&live);
            }
            for at in 0..code.len() {
                let (instr, step) = (code.get(at)?, steps.get(at)?);
                let mut out = self.escaped.get(at)?.clone();
                out.add(&step.escapes);
                for next in successors(instr, at, first).into_iter().flatten() {
                    changed |= self.escaped.get_mut(next)?.add(&out);
                }
            }
        }
        Some(())
    }

    /// None where an address leads to nothing that is known.
    fn step(&self, touched: &Touched) -> Option<Step> {
        let mut step = Step {
            reads: Units::none(self.units.len()),
            escapes: Units::none(self.units.len()),
            writes: Vec::new(),
        };
        for (at, unit) in self.units.iter().enumerate().skip(1) {
            if touched
                .reads
                .iter()
                .any(|read| read.start < unit.end && unit.start < read.end)
            {
                step.reads.insert(at);
            }
            if touched
                .writes
                .as_ref()
                .is_some_and(|w| w.start <= unit.start && unit.end <= w.end)
            {
                step.writes.push(at);
            }
            // The address of what follows an object is an address of the object.
            if at <= self.locals
                && touched
                    .escapes
                    .is_some_and(|to| unit.start <= to && to <= unit.end)
            {
                step.escapes.insert(at);
            }
        }
        if touched.reads_acc {
            step.reads.insert(ACC);
        }
        if touched.writes_acc {
            step.writes.push(ACC);
        }
        let nowhere = touched.escapes.is_some() && step.escapes.0.iter().all(|word| *word == 0);
        (!nowhere).then_some(step)
    }

    fn live_at(&self, at: usize) -> Option<Live> {
        let mut live = self.ahead.get(at)?.clone();
        live.add(self.escaped.get(at)?);
        if let Some(again) = at.checked_sub(1).and_then(|before| self.again.get(before)) {
            live.add(again);
        }
        let units = self.units.iter().enumerate().skip(1);
        let mut bytes: Vec<Range<i32>> = units
            .filter(|(unit, _)| live.contains(*unit))
            .map(|(_, bytes)| bytes.clone())
            .collect();
        bytes.sort_unstable_by_key(|bytes| bytes.start);
        bytes.dedup_by(|next, before| {
            let touch = next.start <= before.end;
            if touch {
                before.end = before.end.max(next.end);
            }
            touch
        });
        Some(Live {
            bytes,
            acc: live.contains(ACC),
            frame: self.frame,
        })
    }
}

/// What an instruction does, in units.
struct Step {
    reads: Units,
    escapes: Units,
    writes: Vec<usize>,
}

/// `acc`, the locals in memory, and all slots outside of them that are named.
fn units(locals: &[Range<i32>], touched: &[Touched]) -> Vec<Range<i32>> {
    let named = touched
        .iter()
        .flat_map(|touched| touched.reads.iter().chain(&touched.writes));
    let mut slots: Vec<i32> = named
        .flat_map(|bytes| bytes.start.div_euclid(8)..bytes.end.saturating_add(7).div_euclid(8))
        .map(|slot| slot.saturating_mul(8))
        .filter(|slot| {
            !locals
                .iter()
                .any(|local| local.start <= *slot && *slot < local.end)
        })
        .collect();
    slots.sort_unstable();
    slots.dedup();
    let acc = std::iter::once(0..0);
    acc.chain(locals.iter().cloned())
        .chain(slots.into_iter().map(slot))
        .collect()
}

/// How many argument slots the call before this address passes; none where there is no call.
pub fn arguments_before(image: &Image, pc: u64) -> Option<u16> {
    let before = text_index(pc)?.checked_sub(1)?;
    match *image.text.get(before)? {
        Instr::Call { count, .. } | Instr::CallPtr { count, .. } | Instr::CallBelow { count, .. } => {
            Some(count)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
