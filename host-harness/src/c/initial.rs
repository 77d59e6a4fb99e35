//! What objects start as: bytes for those that live as long as the program, code for locals.

use lang_c::ast::{CompoundLiteral, Initializer, StringLiteral};
use lang_c::span::Node;

use super::compiler::Compiler;
use super::convert::Reason;
use super::initializer_list::{Initial, Part, Parts};
use super::source::{Result, Span, error, fail};
use super::symbol::{DataReloc, Definition, Symbol, SymbolId};
use super::types::{Bits, Shape, Ty, TypeId};
use super::value::{LValue, Place, Value};
use crate::isa::Instr;

impl Compiler<'_> {
    /// The type of an object with its length taken from its initialiser, if only that tells.
    pub(crate) fn completed(&mut self, ty: Ty, initializer: Option<&Node<Initializer>>) -> Result<Ty> {
        let (Shape::Array(of, None), Some(initializer)) = (self.types.shape(ty.id).clone(), initializer)
        else {
            return Ok(ty);
        };
        let mut parts = Parts::default();
        self.collect(ty, 0, initializer, &mut parts)?;
        Ok(Ty {
            id: self.types.array(of, parts.elements),
            ..ty
        })
    }

    /// Initialises a local when its declaration is reached.
    pub(crate) fn initialize_local(
        &mut self,
        object: LValue,
        initializer: &Node<Initializer>,
        span: Span,
    ) -> Result<()> {
        let mut parts = Parts::default();
        self.collect(object.ty, 0, initializer, &mut parts)?;
        let scalar = self.types.is_scalar(object.ty.id);
        let whole = matches!(parts.list.as_slice(), [part] if part.ty.id == object.ty.id && !self.types.is_array(part.ty.id));
        if !scalar && !whole {
            let len = self
                .types
                .size(object.ty.id)
                .and_then(|size| u32::try_from(size).ok())
                .unwrap_or(0);
            let dst = self.function.temp();
            self.address_into(object.place, dst);
            self.emit(Instr::Zero { dst, len });
        }
        for part in parts.list {
            let mark = self.function.mark();
            self.initialize_part(object, part, span)?;
            self.function.release(mark);
        }
        Ok(())
    }

    fn initialize_part(&mut self, object: LValue, part: Part<'_>, span: Span) -> Result<()> {
        let ty = Ty {
            is_const: false,
            ..part.ty
        };
        let mut target = if part.offset == 0 && part.ty.id == object.ty.id {
            object
        } else {
            self.part(object, part.offset, ty, span)?
        };
        target.bits = part.bits;
        match part.value {
            Initial::Expression(node) => {
                let at = self.span(node.span);
                let into = match target.place {
                    Place::Private(slot) => Some(slot),
                    _ => None,
                };
                let value = self.rvalue(node, into)?;
                let value = self.assign_convert(value, ty, Reason::Initialization, at, into)?;
                self.store(target, value);
                Ok(())
            }
            Initial::String(literal) => {
                let at = self.span(literal.span);
                let bytes = self.string_for(part.ty, literal, at)?;
                let len = u32::try_from(bytes.len()).unwrap_or(0);
                let realm = self.realm();
                let symbol = self.symbols.string(bytes, part.ty, at, realm);
                self.symbols.refer(symbol, at);
                let (dst, src) = (self.function.temp(), self.function.temp());
                self.address_into(target.place, dst);
                self.address_into(Place::Symbol(symbol, 0), src);
                self.emit(Instr::CopyImm { dst, src, len });
                Ok(())
            }
        }
    }

    /// The bytes of a string that initialises an array: no more than fit.
    fn string_for(&mut self, ty: Ty, literal: &Node<StringLiteral>, at: Span) -> Result<Vec<u8>> {
        let (mut bytes, unit) = self.string_bytes(&literal.node, at)?;
        let width = usize::try_from(self.types.size(unit).unwrap_or(1)).unwrap_or(1);
        if let Some(size) = self.types.size(ty.id).and_then(|size| usize::try_from(size).ok()) {
            // The final zero may be missing, as C allows.
            if bytes.len() > size.saturating_add(width) {
                self.cx.warn(at, "this string is too long for its array", None);
            }
            bytes.truncate(size);
        }
        Ok(bytes)
    }

    /// Defines an object that lives as long as the program.
    pub(crate) fn static_object(
        &mut self,
        symbol: SymbolId,
        ty: Ty,
        initializer: &Node<Initializer>,
        span: Span,
    ) -> Result<()> {
        let ty = self.completed(ty, Some(initializer))?;
        let Some(size) = self.types.size(ty.id) else {
            let what = self.types.describe(ty);
            return fail(
                span,
                format!("an object of the incomplete type '{what}' cannot be initialised"),
            );
        };
        let Ok(length) = usize::try_from(size.min(1 << 31)) else {
            return fail(span, "this object is too large");
        };
        if let Some(found) = self.symbols.get_mut(symbol) {
            found.ty = ty;
        }
        let mut parts = Parts::default();
        self.collect(ty, 0, initializer, &mut parts)?;
        let mut bytes = vec![0; length];
        let mut relocs = Vec::new();
        for part in parts.list {
            self.static_part(part, &mut bytes, &mut relocs)?;
        }
        let is_const = self.is_constant_object(ty);
        if let Some(found) = self.symbols.get_mut(symbol) {
            found.definition = Definition::Object {
                bytes,
                relocs,
                is_const,
            };
        }
        Ok(())
    }

    fn is_constant_object(&self, ty: Ty) -> bool {
        match self.types.element(ty.id) {
            Some(element) => ty.is_const || self.is_constant_object(element),
            None => ty.is_const,
        }
    }

    fn static_part(&mut self, part: Part<'_>, bytes: &mut [u8], relocs: &mut Vec<DataReloc>) -> Result<()> {
        let node = match part.value {
            Initial::String(literal) => {
                let at = self.span(literal.span);
                let text = self.string_for(part.ty, literal, at)?;
                put(bytes, part.offset, &text);
                return Ok(());
            }
            Initial::Expression(node) => node,
        };
        let at = self.span(node.span);
        let before = self.function.checkpoint();
        let value = self.rvalue(node, None)?;
        let value = self.assign_convert(value, part.ty, Reason::Initialization, at, None)?;
        let emitted = self.function.roll_back(before);
        let not_constant = || {
            Err(error(
                at,
                "the initial value of a global or static variable must be constant",
            )
            .with_help("assign it at the start of a function"))
        };
        if emitted {
            return not_constant();
        }
        let size = usize::try_from(self.types.size(part.ty.id).unwrap_or(8)).unwrap_or(8);
        let word = match value.value {
            Value::Int(value) => value.cast_unsigned(),
            Value::Float(value) if part.ty.id == TypeId::FLOAT => u64::from((value as f32).to_bits()),
            Value::Float(value) => value.to_bits(),
            Value::Address(symbol, addend) => {
                self.symbols.refer(symbol, at);
                relocs.retain(|reloc| reloc.at != part.offset);
                relocs.push(DataReloc {
                    at: part.offset,
                    symbol,
                    addend,
                });
                return Ok(());
            }
            Value::Record(Place::Symbol(symbol, 0)) => {
                return self.copy_static(symbol, part.offset, bytes, relocs, at);
            }
            _ => return not_constant(),
        };
        let word = match part.bits {
            Some(bits) => merge_bits(bytes, part.offset, size, word, bits),
            None => word,
        };
        put(
            bytes,
            part.offset,
            word.to_le_bytes().get(..size).unwrap_or_default(),
        );
        Ok(())
    }

    /// A compound literal as the initial value of a struct.
    fn copy_static(
        &mut self,
        symbol: SymbolId,
        offset: u64,
        bytes: &mut [u8],
        relocs: &mut Vec<DataReloc>,
        at: Span,
    ) -> Result<()> {
        match self.symbols.get(symbol).map(|found| found.definition.clone()) {
            Some(Definition::Object {
                bytes: from,
                relocs: more,
                ..
            }) => {
                put(bytes, offset, &from);
                relocs.extend(more.into_iter().map(|reloc| DataReloc {
                    at: reloc.at + offset,
                    ..reloc
                }));
                Ok(())
            }
            _ => fail(
                at,
                "the initial value of a global or static variable must be constant",
            ),
        }
    }

    /// `(type){ ... }`
    pub(crate) fn compound_literal(&mut self, node: &CompoundLiteral, span: Span) -> Result<LValue> {
        let ty = self.type_name(&node.type_name)?;
        let initializer = Node::new(
            Initializer::List(node.initializer_list.clone()),
            node.type_name.span,
        );
        let ty = self.completed(ty, Some(&initializer))?;
        let Some(size) = self.types.size(ty.id) else {
            let what = self.types.describe(ty);
            return fail(span, format!("a literal of the incomplete type '{what}'"));
        };
        if self.function.scopes.is_empty() {
            let realm = self.realm();
            let definition = Definition::None;
            let name = String::new();
            let symbol = self.symbols.add(Symbol {
                name,
                realm,
                is_static: true,
                ty,
                definition,
                span,
                used: Some(span),
            });
            self.static_object(symbol, ty, &initializer, span)?;
            return Ok(LValue {
                ty,
                place: Place::Symbol(symbol, 0),
                bits: None,
            });
        }
        let offset = self.function.object(size);
        self.function.pin();
        let object = LValue {
            ty,
            place: Place::Frame(offset),
            bits: None,
        };
        self.initialize_local(object, &initializer, span)?;
        Ok(object)
    }
}

fn put(bytes: &mut [u8], offset: u64, value: &[u8]) {
    let Ok(start) = usize::try_from(offset) else {
        return;
    };
    let end = start.saturating_add(value.len()).min(bytes.len());
    if let Some(room) = bytes.get_mut(start..end) {
        let len = room.len();
        room.copy_from_slice(value.get(..len).unwrap_or_default());
    }
}

/// The unit at `offset` with a bit-field set.
fn merge_bits(bytes: &[u8], offset: u64, size: usize, value: u64, bits: Bits) -> u64 {
    let mut word = [0; 8];
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    let old = bytes.get(start..start.saturating_add(size)).unwrap_or_default();
    if let Some(room) = word.get_mut(..old.len()) {
        room.copy_from_slice(old);
    }
    let mask = if bits.width >= 64 {
        u64::MAX
    } else {
        (1 << bits.width) - 1
    };
    (u64::from_le_bytes(word) & !(mask << bits.shift)) | ((value & mask) << bits.shift)
}
