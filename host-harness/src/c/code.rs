//! The code of one function while it is being made: instructions, labels, slots.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::scope::Scope;
use super::source::{Pos, Span};
use super::symbol::SymbolId;
use super::types::Ty;
use crate::isa::{Instr, LINKAGE_BYTES, Slot};

/// A place in a function that branches go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(u32);

/// An instruction that needs the address of a symbol.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reloc {
    pub(crate) at: usize,
    pub(crate) symbol: SymbolId,
    pub(crate) addend: i64,
}

/// A finished function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routine {
    pub(crate) code: Vec<Instr>,
    pub(crate) relocs: Vec<Reloc>,
    /// From this instruction on the source is there.
    pub(crate) lines: Vec<(usize, Pos)>,
    /// What of the frame can be reached by an address.
    pub(crate) locals: Vec<Range<i32>>,
}

/// A label of the program, for `goto`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GotoLabel {
    pub(crate) label: Label,
    pub(crate) used: Option<Span>,
    pub(crate) defined: bool,
}

/// What `break` and `continue` leave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exits {
    pub(crate) break_to: Label,
    /// `None` in a `switch`.
    pub(crate) continue_to: Option<Label>,
    /// How many scopes were open.
    pub(crate) scopes: usize,
}

/// The cases of a `switch` that were met so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cases {
    pub(crate) cases: Vec<(i64, i64, Label)>,
    pub(crate) default: Option<Label>,
    pub(crate) ty: Option<super::types::TypeId>,
}

/// The function that is being made.
#[derive(Debug, Default)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) ret: Option<Ty>,
    /// The slot with the address that a returned struct goes to.
    pub(crate) ret_address: Option<Slot>,
    /// The first slot after the named parameters.
    pub(crate) rest: Option<Slot>,
    pub(crate) scopes: Vec<Scope>,
    /// Locals whose address is taken: they live in memory.
    pub(crate) address_taken: HashSet<String>,
    pub(crate) has_vla: bool,
    pub(crate) exits: Vec<Exits>,
    pub(crate) switches: Vec<Cases>,
    pub(crate) gotos: HashMap<String, GotoLabel>,
    pub(crate) pos: Pos,
    /// The next instruction can be reached.
    pub(crate) reachable: bool,
    routine: Routine,
    labels: Vec<Option<u32>>,
    /// Bytes of the frame in use.
    top: i32,
    /// Bytes of the frame that stay in use up to the end of the block.
    pinned: i32,
    most: i32,
}

/// What [`Function::checkpoint`] keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkpoint {
    code: usize,
    relocs: usize,
    lines: usize,
    top: i32,
    pinned: i32,
    reachable: bool,
}

/// The largest frame: more than any stack.
const MAX_FRAME: i32 = 1 << 30;

impl Function {
    pub(crate) fn emit(&mut self, instr: Instr) {
        let at = self.routine.code.len();
        if self.routine.lines.last().is_none_or(|&(_, pos)| pos != self.pos) {
            self.routine.lines.push((at, self.pos));
        }
        self.routine.code.push(instr);
    }

    /// Emits an instruction that the linker puts an address into.
    pub(crate) fn emit_reloc(&mut self, instr: Instr, symbol: SymbolId, addend: i64) {
        self.routine.relocs.push(Reloc {
            at: self.routine.code.len(),
            symbol,
            addend,
        });
        self.emit(instr);
    }

    pub(crate) fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(u32::try_from(self.labels.len() - 1).unwrap_or(u32::MAX))
    }

    /// The label is here.
    pub(crate) fn place(&mut self, label: Label) {
        let here = u32::try_from(self.routine.code.len()).unwrap_or(u32::MAX);
        if let Some(known) = usize::try_from(label.0)
            .ok()
            .and_then(|at| self.labels.get_mut(at))
        {
            *known = Some(here);
        }
        self.reachable = true;
    }

    pub(crate) fn jump(&mut self, label: Label) {
        self.emit(Instr::Jump { target: label.0 });
        self.reachable = false;
    }

    /// The target of a branch to a label, until [`Function::finish`].
    pub(crate) fn target(&self, label: Label) -> u32 {
        label.0
    }

    /// A temporary slot.
    pub(crate) fn temp(&mut self) -> Slot {
        self.reserve(8)
    }

    /// The lowest of `bytes` (rounded up to slots) of the frame.
    pub(crate) fn reserve(&mut self, bytes: u64) -> Slot {
        let bytes = i32::try_from(bytes.div_ceil(8).saturating_mul(8)).unwrap_or(MAX_FRAME);
        self.top = self.top.saturating_add(bytes).min(MAX_FRAME);
        self.most = self.most.max(self.top);
        -self.top
    }

    /// Room for an object, which can be reached by an address.
    pub(crate) fn object(&mut self, size: u64) -> i32 {
        let offset = self.reserve(size.max(1));
        self.note_object(offset, size);
        offset
    }

    /// An object lies here.
    pub(crate) fn note_object(&mut self, offset: i32, size: u64) {
        let size = i32::try_from(size.max(1).div_ceil(8).saturating_mul(8)).unwrap_or(i32::MAX);
        self.routine.locals.push(offset..offset.saturating_add(size));
    }

    pub(crate) fn frame_is_too_large(&self) -> bool {
        self.most >= MAX_FRAME
    }

    /// How much of the frame is in use: give it to [`Function::release`] later.
    pub(crate) fn mark(&self) -> i32 {
        self.top
    }

    pub(crate) fn release(&mut self, mark: i32) {
        self.top = mark.max(self.pinned);
    }

    /// What is in use now stays so up to the end of the block.
    pub(crate) fn pin(&mut self) {
        self.pinned = self.top;
    }

    /// Whether something that stays in use lies below a slot.
    pub(crate) fn is_pinned_below(&self, slot: Slot) -> bool {
        self.pinned > slot.saturating_neg()
    }

    /// The end of a block that began at this mark.
    pub(crate) fn unpin(&mut self, mark: i32) {
        self.top = mark;
        self.pinned = mark;
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let routine = &self.routine;
        let (code, relocs, lines) = (routine.code.len(), routine.relocs.len(), routine.lines.len());
        Checkpoint {
            code,
            relocs,
            lines,
            top: self.top,
            pinned: self.pinned,
            reachable: self.reachable,
        }
    }

    /// Forgets what was emitted since; whether there was anything.
    pub(crate) fn roll_back(&mut self, to: Checkpoint) -> bool {
        let emitted = self.routine.code.len() > to.code;
        self.routine.code.truncate(to.code);
        self.routine.relocs.truncate(to.relocs);
        self.routine.lines.truncate(to.lines);
        self.top = to.top;
        self.pinned = to.pinned;
        self.reachable = to.reachable;
        emitted
    }

    /// The slot of the argument with this index.
    pub(crate) fn argument(index: usize) -> Slot {
        let distance = i32::try_from(index).unwrap_or(i32::MAX / 8 - 8).saturating_mul(8);
        LINKAGE_BYTES.saturating_add(distance)
    }

    /// Puts the frame's size into the first instruction, and places into branches.
    pub(crate) fn finish(mut self) -> Routine {
        let size = u32::try_from(self.most).unwrap_or(0);
        for instr in &mut self.routine.code {
            match instr {
                Instr::Enter { size: frame } => *frame = size,
                Instr::Jump { target } | Instr::Branch { target, .. } | Instr::BranchImm { target, .. } => {
                    let place = usize::try_from(*target)
                        .ok()
                        .and_then(|at| self.labels.get(at).copied().flatten());
                    *target = place.unwrap_or(0);
                }
                _ => {}
            }
        }
        self.routine
    }
}
