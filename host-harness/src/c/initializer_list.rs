//! Initialiser lists (C99 6.7.8): from nested lists, with and without braces, with designators, to a flat list.

use lang_c::ast::{Designator, Expression, Initializer, InitializerListItem, StringLiteral};
use lang_c::span::Node;

use super::compiler::Compiler;
use super::source::{Result, Span, error, fail};
use super::types::{Bits, Shape, Ty};

/// One scalar, string or struct inside an object, and what it starts as.
#[derive(Clone, Copy)]
pub(super) struct Part<'n> {
    pub(super) offset: u64,
    pub(super) ty: Ty,
    pub(super) bits: Option<Bits>,
    pub(super) value: Initial<'n>,
}

#[derive(Clone, Copy)]
pub(super) enum Initial<'n> {
    Expression(&'n Node<Expression>),
    String(&'n Node<StringLiteral>),
}

/// The parts of an object in the order in which they are set.
#[derive(Default)]
pub(super) struct Parts<'n> {
    pub(super) list: Vec<Part<'n>>,
    /// The number of elements that an array of unknown length needs.
    pub(super) elements: u64,
}

/// Where in a list of initialisers one is.
struct Cursor<'n> {
    items: &'n [Node<InitializerListItem>],
    at: usize,
}

/// More elements than that are set one by one only by mistake.
const MAX_RANGE: u64 = 1 << 20;

impl Compiler<'_> {
    /// Collects the parts that an initialiser sets.
    pub(super) fn collect<'n>(
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
