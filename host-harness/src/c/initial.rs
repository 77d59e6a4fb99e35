//! Initialisers (C99 6.7.8): from nested lists to a flat list of parts, then to bytes or to code.

use lang_c::ast::{CompoundLiteral, Designator, Expression, Initializer, InitializerListItem, StringLiteral};
use lang_c::span::Node;

use super::compiler::Compiler;
use super::convert::Reason;
use super::source::{Result, Span, error, fail};
use super::symbol::{DataReloc, Definition, Symbol, SymbolId};
use super::types::{Bits, Shape, Ty, TypeId};
use super::value::{LValue, Place, Value};
use crate::isa::Instr;

/// One scalar, string or struct inside an object, and what it starts as.
#[derive(Clone, Copy)]
struct Part<'n> {
    offset: u64,
    ty: Ty,
    bits: Option<Bits>,
    value: Initial<'n>,
}

#[derive(Clone, Copy)]
enum Initial<'n> {
    Expression(&'n Node<Expression>),
    String(&'n Node<StringLiteral>),
}

/// The parts of an object in the order in which they are set.
#[derive(Default)]
struct Parts<'n> {
    list: Vec<Part<'n>>,
    /// The number of elements that an array of unknown length needs.
    elements: u64,
}

/// Where in a list of initialisers one is.
struct Cursor<'n> {
    items: &'n [Node<InitializerListItem>],
    at: usize,
}

/// More elements than that are set one by one only by mistake.
const MAX_RANGE: u64 = 1 << 20;

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
            is_const: ty.is_const,
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
        let offset = self.function.reserve(size.max(1));
        self.function.pin();
        let object = LValue {
            ty,
            place: Place::Frame(offset),
            bits: None,
        };
        self.initialize_local(object, &initializer, span)?;
        Ok(object)
    }

    /// Collects the parts that an initialiser sets.
    fn collect<'n>(
        &mut self,
        ty: Ty,
        offset: u64,
        initializer: &'n Node<Initializer>,
        parts: &mut Parts<'n>,
    ) -> Result<()> {
        match &initializer.node {
            Initializer::Expression(node) => self.collect_expression(ty, offset, node, parts),
            Initializer::List(items) => {
                self.collect_list(ty, offset, items, self.span(initializer.span), parts)
            }
        }
    }

    fn collect_expression<'n>(
        &mut self,
        ty: Ty,
        offset: u64,
        node: &'n Node<Expression>,
        parts: &mut Parts<'n>,
    ) -> Result<()> {
        if let (Some(element), Expression::StringLiteral(literal)) = (self.types.element(ty.id), &node.node)
            && self.takes_string(element, literal)?
        {
            let at = self.span(node.span);
            let (bytes, unit) = self.string_bytes(&literal.node, at)?;
            let width = self.types.size(unit).unwrap_or(1);
            parts.elements = parts
                .elements
                .max(u64::try_from(bytes.len()).unwrap_or(0) / width);
            parts.list.push(Part {
                offset,
                ty,
                bits: None,
                value: Initial::String(literal),
            });
            return Ok(());
        }
        if self.types.is_array(ty.id) {
            return Err(error(self.span(node.span), "an array is initialised with a list")
                .with_help("write { ... }, or a string for an array of char"));
        }
        parts.list.push(Part {
            offset,
            ty,
            bits: None,
            value: Initial::Expression(node),
        });
        Ok(())
    }

    fn takes_string(&mut self, element: Ty, literal: &Node<StringLiteral>) -> Result<bool> {
        let (_, unit) = self.string_bytes(&literal.node, self.span(literal.span))?;
        let bytes = self.types.int_kind(element.id).map(|kind| kind.bytes());
        Ok(bytes == self.types.size(unit))
    }

    fn collect_list<'n>(
        &mut self,
        ty: Ty,
        offset: u64,
        items: &'n [Node<InitializerListItem>],
        at: Span,
        parts: &mut Parts<'n>,
    ) -> Result<()> {
        if !self.types.is_array(ty.id) && !self.types.is_record(ty.id) {
            return match items {
                [] => fail(at, "an initial value is missing between the braces"),
                [first, rest @ ..] => {
                    if let Some(extra) = rest.first() {
                        let span = self.span(extra.span);
                        self.cx
                            .warn(span, "more initial values than the object has room for", None);
                    }
                    self.collect(ty, offset, &first.node.initializer, parts)
                }
            };
        }
        // `char s[] = { "text" }`
        if let ([only], Some(element)) = (items, self.types.element(ty.id))
            && only.node.designation.is_empty()
            && let Initializer::Expression(node) = &only.node.initializer.node
            && let Expression::StringLiteral(literal) = &node.node
            && self.takes_string(element, literal)?
        {
            return self.collect_expression(ty, offset, node, parts);
        }
        let mut cursor = Cursor { items, at: 0 };
        let elements = self.collect_aggregate(ty, offset, &mut cursor, true, parts)?;
        parts.elements = parts.elements.max(elements);
        Ok(())
    }

    /// The part of an array, struct or union with this number: its offset and type.
    fn nth_part(&self, ty: Ty, index: u64) -> Option<(u64, Ty, Option<Bits>)> {
        match self.types.shape(ty.id) {
            Shape::Array(of, len) => {
                let within = len.is_none_or(|len| index < len);
                let offset = self.types.size(of.id)?.checked_mul(index)?;
                within.then_some((offset, *of, None))
            }
            _ => {
                let record = self.types.record(ty.id)?;
                if record.is_union && index > 0 {
                    return None;
                }
                let field = record.fields.as_ref()?.get(usize::try_from(index).ok()?)?;
                Some((field.offset, field.ty, field.bits))
            }
        }
    }

    /// Takes initialisers for the parts of an object, from the cursor on; returns how many elements were reached.
    fn collect_aggregate<'n>(
        &mut self,
        ty: Ty,
        offset: u64,
        cursor: &mut Cursor<'n>,
        braced: bool,
        parts: &mut Parts<'n>,
    ) -> Result<u64> {
        let (mut index, mut most) = (0_u64, 0_u64);
        while let Some(item) = cursor.items.get(cursor.at) {
            if !item.node.designation.is_empty() {
                if !braced {
                    break;
                }
                index = self.designated(ty, offset, item, parts)?;
                cursor.at += 1;
                most = most.max(index);
                continue;
            }
            let Some((distance, part, bits)) = self.nth_part(ty, index) else {
                if !braced {
                    break;
                }
                let span = self.span(item.span);
                self.cx
                    .warn(span, "more initial values than the object has room for", None);
                cursor.at = cursor.items.len();
                break;
            };
            self.next_part(part, offset.saturating_add(distance), bits, item, cursor, parts)?;
            index += 1;
            most = most.max(index);
        }
        Ok(most)
    }

    fn next_part<'n>(
        &mut self,
        ty: Ty,
        offset: u64,
        bits: Option<Bits>,
        item: &'n Node<InitializerListItem>,
        cursor: &mut Cursor<'n>,
        parts: &mut Parts<'n>,
    ) -> Result<()> {
        let aggregate = self.types.is_array(ty.id) || self.types.is_record(ty.id);
        if let Initializer::Expression(node) = &item.node.initializer.node
            && aggregate
            && !self.fills_whole(ty, node)?
        {
            // Without braces the parts of the part are next.
            let before = cursor.at;
            self.collect_aggregate(ty, offset, cursor, false, parts)?;
            if cursor.at == before {
                cursor.at += 1;
            }
            return Ok(());
        }
        let from = parts.list.len();
        let elements = parts.elements;
        self.collect(ty, offset, &item.node.initializer, parts)?;
        parts.elements = elements;
        if let (Some(part), Some(bits)) = (parts.list.get_mut(from), bits) {
            part.bits = Some(bits);
        }
        cursor.at += 1;
        Ok(())
    }

    /// Whether an expression initialises an aggregate as a whole.
    fn fills_whole(&mut self, ty: Ty, node: &Node<Expression>) -> Result<bool> {
        if let (Some(element), Expression::StringLiteral(literal)) = (self.types.element(ty.id), &node.node) {
            return self.takes_string(element, literal);
        }
        if self.types.is_record(ty.id) {
            return Ok(self.type_of(node)? == ty.id);
        }
        Ok(false)
    }

    /// `.member = x` and `[index] = x`; returns the index of the part after it.
    fn designated<'n>(
        &mut self,
        ty: Ty,
        offset: u64,
        item: &'n Node<InitializerListItem>,
        parts: &mut Parts<'n>,
    ) -> Result<u64> {
        let Some((first, rest)) = item.node.designation.split_first() else {
            return Ok(0);
        };
        let (low, high) = self.designated_range(ty, first)?;
        for index in low..=high {
            let (mut at, mut part, mut bits) = self.designated_part(ty, first, index)?;
            at = at.saturating_add(offset);
            for designator in rest {
                let (low, _) = self.designated_range(part, designator)?;
                let (distance, inner, inner_bits) = self.designated_part(part, designator, low)?;
                (at, part, bits) = (at.saturating_add(distance), inner, inner_bits);
            }
            let from = parts.list.len();
            let aggregate = self.types.is_array(part.id) || self.types.is_record(part.id);
            match &item.node.initializer.node {
                Initializer::Expression(node) if aggregate && !self.fills_whole(part, node)? => {
                    let Some((distance, inner, _)) = self.nth_part(part, 0) else {
                        continue;
                    };
                    self.collect(inner, at.saturating_add(distance), &item.node.initializer, parts)?;
                }
                _ => self.collect(part, at, &item.node.initializer, parts)?,
            }
            if let (Some(part), Some(_)) = (parts.list.get_mut(from), bits) {
                part.bits = bits;
            }
        }
        Ok(high.saturating_add(1))
    }

    /// The indexes that a designator names.
    fn designated_range(&mut self, ty: Ty, designator: &Node<Designator>) -> Result<(u64, u64)> {
        let span = self.span(designator.span);
        let number = |value: i64| u64::try_from(value).map_err(|_| error(span, "a negative index"));
        match &designator.node {
            Designator::Index(index) => {
                let index = number(self.constant(index)?)?;
                Ok((index, index))
            }
            Designator::Range(range) => {
                let low = number(self.constant(&range.node.from)?)?;
                let high = number(self.constant(&range.node.to)?)?;
                if high < low || high - low > MAX_RANGE {
                    return fail(span, "this range of indexes is empty or too long");
                }
                Ok((low, high))
            }
            Designator::Member(name) => {
                let fields = self.types.record(ty.id).and_then(|record| record.fields.as_ref());
                let name = name.node.name.as_str();
                let index = fields.and_then(|fields| {
                    fields.iter().position(|field| match &field.name {
                        Some(own) => own == name,
                        None => self.types.find_field(field.ty.id, name).is_some(),
                    })
                });
                match index.and_then(|index| u64::try_from(index).ok()) {
                    Some(index) => Ok((index, index)),
                    None => {
                        let what = self.types.describe(ty);
                        fail(span, format!("'{what}' has no member '{name}'"))
                    }
                }
            }
        }
    }

    fn designated_part(
        &mut self,
        ty: Ty,
        designator: &Node<Designator>,
        index: u64,
    ) -> Result<(u64, Ty, Option<Bits>)> {
        let span = self.span(designator.span);
        match &designator.node {
            Designator::Member(name) => match self.types.find_field(ty.id, &name.node.name) {
                Some(field) => Ok((field.offset, field.ty, field.bits)),
                None => fail(span, format!("no member '{}'", name.node.name)),
            },
            _ if !self.types.is_array(ty.id) => fail(span, "only an array has elements"),
            _ => self
                .nth_part(ty, index)
                .ok_or_else(|| error(span, "this index lies outside of the array")),
        }
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
