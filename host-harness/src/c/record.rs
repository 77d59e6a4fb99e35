//! Structs, unions and enumerations: their members and where they lie (x86-64 ABI).

use lang_c::ast::{EnumType, Identifier, StructDeclaration, StructDeclarator, StructKind, StructType};
use lang_c::span::Node;

use super::compiler::Compiler;
use super::scope::{Entity, Scope};
use super::source::{Result, Span, error, fail};
use super::types::{Bits, Enumeration, Field, IntKind, Record, Shape, Ty, TypeId};

/// A record whose members are being laid out.
#[derive(Default)]
struct Layout {
    is_union: bool,
    /// The next free bit.
    bit: u64,
    /// The largest member so far, of a union.
    most: u64,
    align: u64,
    fields: Vec<Field>,
}

impl Compiler<'_> {
    /// The innermost scope.
    pub(crate) fn scope_mut(&mut self) -> Option<&mut Scope> {
        if self.function.scopes.is_empty() {
            return self.unit().map(|unit| &mut unit.scope);
        }
        self.function.scopes.last_mut()
    }

    fn tag_here(&mut self, tag: &str) -> Option<TypeId> {
        self.scope_mut()?.tags.get(tag).copied()
    }

    fn tag_anywhere(&mut self, tag: &str) -> Result<Option<TypeId>> {
        match self
            .function
            .scopes
            .iter()
            .rev()
            .find_map(|scope| scope.tags.get(tag).copied())
        {
            Some(local) => Ok(Some(local)),
            None => self.file_tag(tag),
        }
    }

    fn declare_tag(&mut self, tag: Option<&Node<Identifier>>, id: TypeId) {
        if let (Some(tag), Some(scope)) = (tag, self.scope_mut()) {
            scope.tags.insert(tag.node.name.clone(), id);
        }
    }

    /// `struct tag`, `struct tag { ... }` and the same with `union`.
    pub(crate) fn record_type(&mut self, node: &Node<StructType>) -> Result<TypeId> {
        let at = self.span(node.span);
        let is_union = node.node.kind.node == StructKind::Union;
        let tag = node.node.identifier.as_ref();
        let name = tag.map(|tag| tag.node.name.as_str());
        let known = match (name, &node.node.declarations) {
            (Some(name), Some(_)) => self.tag_here(name),
            (Some(name), None) => self.tag_anywhere(name)?,
            (None, _) => None,
        };
        let id = match known {
            Some(id) => {
                let fits = self
                    .types
                    .record(id)
                    .is_some_and(|record| record.is_union == is_union);
                if !fits {
                    return fail(
                        at,
                        format!(
                            "'{}' is the tag of another kind of type",
                            name.unwrap_or_default()
                        ),
                    );
                }
                id
            }
            None => {
                let index = self.types.records.len();
                let tag = name.map(str::to_owned);
                self.types.records.push(Record {
                    is_union,
                    tag,
                    ..Record::default()
                });
                self.types.intern(Shape::Record(index))
            }
        };
        if known.is_none() {
            self.declare_tag(tag, id);
        }
        if let Some(declarations) = &node.node.declarations {
            if self.types.size(id).is_some() {
                let what = self.types.describe(id.into());
                return fail(at, format!("'{what}' is defined twice"));
            }
            self.complete_record(id, is_union, declarations, at)?;
        }
        Ok(id)
    }

    fn complete_record(
        &mut self,
        id: TypeId,
        is_union: bool,
        declarations: &[Node<StructDeclaration>],
        at: Span,
    ) -> Result<()> {
        let mut layout = Layout {
            is_union,
            align: 1,
            ..Layout::default()
        };
        for declaration in declarations {
            let StructDeclaration::Field(field) = &declaration.node else {
                continue;
            };
            let base = self.qualified(&field.node.specifiers)?;
            if field.node.declarators.is_empty() {
                // An unnamed struct or union: its members are members of this one.
                if self.types.is_record(base.id) && self.types.size(base.id).is_some() {
                    self.place_member(&mut layout, None, base, self.span(field.span), false)?;
                } else {
                    let span = self.span(field.span);
                    self.cx.warn(span, "this declaration declares nothing", None);
                }
            }
            for declarator in &field.node.declarators {
                self.member(&mut layout, base, declarator)?;
            }
        }
        let bytes = if is_union {
            layout.most
        } else {
            layout.bit.div_ceil(8)
        };
        let size = bytes.next_multiple_of(layout.align);
        if size > 1 << 40 {
            return fail(at, "this type is too large");
        }
        if let Shape::Record(index) = *self.types.shape(id)
            && let Some(record) = self.types.records.get_mut(index)
        {
            record.size = size;
            record.align = layout.align;
            record.fields = Some(layout.fields);
        }
        Ok(())
    }

    fn member(&mut self, layout: &mut Layout, base: Ty, node: &Node<StructDeclarator>) -> Result<()> {
        let at = self.span(node.span);
        let (name, ty) = match &node.node.declarator {
            Some(declarator) => self.declarator(base, declarator)?,
            None => (None, base),
        };
        let name = name.map(|name| name.node.name.clone());
        if let Some(own) = &name
            && layout.fields.iter().any(|field| field.name.as_ref() == Some(own))
        {
            return fail(at, format!("the member '{own}' is there twice"));
        }
        match &node.node.bit_width {
            Some(width) => {
                let width_at = self.span(width.span);
                let width = self.constant(width)?;
                self.place_bits(layout, name, ty, width, width_at)
            }
            None => self.place_member(layout, name, ty, at, true),
        }
    }

    fn place_member(
        &mut self,
        layout: &mut Layout,
        name: Option<String>,
        ty: Ty,
        at: Span,
        named: bool,
    ) -> Result<()> {
        self.complete(ty.id)?;
        let size = match (self.types.size(ty.id), self.types.shape(ty.id)) {
            (Some(size), _) => size,
            // The flexible array member at the end of a struct.
            (None, Shape::Array(_, None)) if !layout.is_union => 0,
            _ if self.types.is_function(ty.id) => {
                return fail(at, "a member cannot be a function: take a pointer to one");
            }
            _ => {
                let what = self.types.describe(ty);
                return Err(error(at, format!("this member has the incomplete type '{what}'"))
                    .with_help("a struct can contain a pointer to itself, but not itself"));
            }
        };
        if named && name.is_none() {
            return fail(at, "a member needs a name");
        }
        let align = self.types.align(ty.id);
        layout.align = layout.align.max(align);
        let offset = if layout.is_union {
            0
        } else {
            layout.bit.div_ceil(8).next_multiple_of(align)
        };
        layout.bit = offset.saturating_add(size).saturating_mul(8);
        layout.most = layout.most.max(size);
        layout.fields.push(Field {
            name,
            ty,
            offset,
            bits: None,
        });
        Ok(())
    }

    fn place_bits(
        &mut self,
        layout: &mut Layout,
        name: Option<String>,
        ty: Ty,
        width: i64,
        at: Span,
    ) -> Result<()> {
        let size = self.types.size(ty.id).filter(|_| self.types.is_integer(ty.id));
        let Some(size) = size else {
            return fail(at, "a bit-field must have an integer type");
        };
        let limit = if ty.id == TypeId::BOOL { 1 } else { size * 8 };
        let Some(width) = u64::try_from(width).ok().filter(|&width| width <= limit) else {
            return fail(
                at,
                format!("the width of a bit-field of this type is from 0 to {limit}"),
            );
        };
        let unit = size * 8;
        if width == 0 {
            layout.bit = layout.bit.next_multiple_of(unit);
            return match name {
                Some(name) => fail(at, format!("the bit-field '{name}' has no bits")),
                None => Ok(()),
            };
        }
        if layout.is_union {
            layout.bit = 0;
        }
        // A bit-field does not cross a boundary of its type.
        if layout.bit / unit != (layout.bit + width - 1) / unit {
            layout.bit = layout.bit.next_multiple_of(unit);
        }
        let start = layout.bit / unit * unit;
        let shift = u32::try_from(layout.bit - start).unwrap_or(0);
        let bits = Some(Bits {
            shift,
            width: u32::try_from(width).unwrap_or(0),
        });
        layout.bit += width;
        layout.most = layout.most.max(width.div_ceil(8));
        if name.is_some() {
            layout.align = layout.align.max(size);
            layout.fields.push(Field {
                name,
                ty,
                offset: start / 8,
                bits,
            });
        }
        Ok(())
    }

    /// `enum tag` and `enum tag { ... }`.
    pub(crate) fn enum_type(&mut self, node: &Node<EnumType>) -> Result<TypeId> {
        let at = self.span(node.span);
        let tag = node.node.identifier.as_ref();
        let name = tag.map(|tag| tag.node.name.as_str());
        let defines = !node.node.enumerators.is_empty();
        let known = match name {
            Some(name) if defines => self.tag_here(name),
            Some(name) => self.tag_anywhere(name)?,
            None => None,
        };
        if let Some(id) = known {
            if !matches!(self.types.shape(id), Shape::Enum(_)) {
                return fail(
                    at,
                    format!(
                        "'{}' is the tag of another kind of type",
                        name.unwrap_or_default()
                    ),
                );
            }
            if defines && self.types.size(id).is_some() {
                return fail(
                    at,
                    format!("'enum {}' is defined twice", name.unwrap_or_default()),
                );
            }
        }
        let index = self.types.enums.len();
        let id = match known {
            Some(id) => id,
            None => {
                let tag = name.map(str::to_owned);
                self.types.enums.push(Enumeration {
                    tag,
                    underlying: IntKind::UInt,
                    complete: false,
                });
                let id = self.types.intern(Shape::Enum(index));
                self.declare_tag(tag_of(node), id);
                id
            }
        };
        if defines {
            let negative = self.enumerators(node)?;
            if let Shape::Enum(index) = *self.types.shape(id)
                && let Some(found) = self.types.enums.get_mut(index)
            {
                found.underlying = if negative { IntKind::Int } else { IntKind::UInt };
                found.complete = true;
            }
        }
        Ok(id)
    }

    /// Declares the enumerators; whether one is negative.
    fn enumerators(&mut self, node: &Node<EnumType>) -> Result<bool> {
        let mut next = 0_i64;
        let mut negative = false;
        for enumerator in &node.node.enumerators {
            let at = self.span(enumerator.span);
            if let Some(expression) = &enumerator.node.expression {
                next = self.constant(expression)?;
            }
            if i32::try_from(next).is_err() && u32::try_from(next).is_err() {
                return fail(at, "the value of an enumerator must fit into an int");
            }
            negative |= next < 0;
            self.declare(&enumerator.node.identifier, Entity::Constant(next))?;
            next += 1;
        }
        Ok(negative)
    }
}

fn tag_of(node: &Node<EnumType>) -> Option<&Node<Identifier>> {
    node.node.identifier.as_ref()
}
