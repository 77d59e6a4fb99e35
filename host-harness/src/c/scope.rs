//! Names of a block or file, and what they stand for.

use std::collections::HashMap;

use super::source::Span;
use super::symbol::SymbolId;
use super::types::{Ty, TypeId};
use crate::isa::Slot;

/// What an identifier stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entity {
    Typedef(Ty),
    /// An enumerator.
    Constant(i64),
    /// A local in a slot of its own that nothing else can reach.
    Private(Slot, Ty),
    /// A local in the memory of the frame.
    Frame(i32, Ty),
    /// A variable-length array: the slot holds its address.
    Vla(Slot, Ty),
    /// A function, a global or a static, with the type that this file gives it.
    Symbol(SymbolId, Ty),
}

/// A declared identifier.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declared {
    pub(crate) entity: Entity,
    pub(crate) span: Span,
}

/// The names of one block, or of the file.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub(crate) names: HashMap<String, Declared>,
    /// Tags of structs, unions and enums.
    pub(crate) tags: HashMap<String, TypeId>,
    /// The bytes of the frame that were in use when the block began.
    pub(crate) mark: i32,
    /// The slot with the stack pointer from before this block's first variable-length array.
    pub(crate) saved_sp: Option<Slot>,
}
