//! Expressions that name objects: identifiers, members, elements, what a pointer points to.

use lang_c::ast::{BinaryOperator, Expression, MemberExpression, MemberOperator, UnaryOperator};
use lang_c::span::Node;

use crate::c::compiler::Compiler;
use crate::c::literal;
use crate::c::scope::{Declared, Entity};
use crate::c::source::{Result, Span, error, fail};
use crate::c::types::{Ty, TypeId};
use crate::c::value::{LValue, Operand, Place, Value};
use crate::isa::{Alu, Instr, Slot};

impl Compiler<'_> {
    /// What a name stands for.
    pub(crate) fn lookup(&mut self, name: &str) -> Result<Option<Declared>> {
        let local = self
            .function
            .scopes
            .iter()
            .rev()
            .find_map(|scope| scope.names.get(name).copied());
        match local {
            Some(found) => Ok(Some(found)),
            None => self.file_scope(name),
        }
    }

    /// Whether an expression names an object or function.
    pub(crate) fn is_object(&mut self, node: &Node<Expression>) -> Result<bool> {
        Ok(match &node.node {
            Expression::Identifier(name) => {
                let found = self.lookup(&name.node.name)?.map(|found| found.entity);
                !matches!(found, Some(Entity::Constant(_)))
            }
            Expression::StringLiteral(_) | Expression::CompoundLiteral(_) => true,
            Expression::Member(member) => match member.node.operator.node {
                MemberOperator::Indirect => true,
                MemberOperator::Direct => self.is_object(&member.node.expression)?,
            },
            Expression::UnaryOperator(unary) => unary.node.operator.node == UnaryOperator::Indirection,
            Expression::BinaryOperator(binary) => binary.node.operator.node == BinaryOperator::Index,
            _ => false,
        })
    }

    /// The object that an expression names.
    pub(crate) fn lvalue(&mut self, node: &Node<Expression>) -> Result<LValue> {
        let span = self.span(node.span);
        match &node.node {
            Expression::Identifier(name) => self.named_object(&name.node.name, span),
            Expression::StringLiteral(literal) => self.string_object(&literal.node, span),
            Expression::CompoundLiteral(literal) => self.compound_literal(&literal.node, span),
            Expression::Member(member) => self.member_object(&member.node, span),
            Expression::UnaryOperator(unary) if unary.node.operator.node == UnaryOperator::Indirection => {
                let pointer = self.rvalue(&unary.node.operand, None)?;
                self.dereference(pointer, span)
            }
            Expression::BinaryOperator(binary) if binary.node.operator.node == BinaryOperator::Index => {
                self.element_object(&binary.node.lhs, &binary.node.rhs, span)
            }
            _ => fail(span, "this is a value, not something that has a place in memory"),
        }
    }

    fn named_object(&mut self, name: &str, span: Span) -> Result<LValue> {
        let object = |ty, place| {
            Ok(LValue {
                ty,
                place,
                bits: None,
            })
        };
        let found = match self.lookup(name)? {
            Some(found) => Some(found),
            None => self.special_name(name, span)?,
        };
        match found.map(|found| found.entity) {
            Some(Entity::Private(slot, ty)) => object(ty, Place::Private(slot)),
            Some(Entity::Frame(offset, ty)) => object(ty, Place::Frame(offset)),
            Some(Entity::Vla(slot, ty)) => object(ty, Place::Memory(slot, 0)),
            Some(Entity::Symbol(symbol, ty)) => {
                self.symbols.refer(symbol, span);
                object(ty, Place::Symbol(symbol, 0))
            }
            Some(Entity::Typedef(_)) => fail(span, format!("'{name}' is a type, not a value")),
            Some(Entity::Constant(_)) => {
                fail(span, format!("'{name}' is a constant: it has no place in memory"))
            }
            None => Err(self.undeclared(name, span)),
        }
    }

    fn undeclared(&self, name: &str, span: Span) -> crate::c::source::Error {
        let made = error(span, format!("'{name}' is not declared"));
        match self.header_of(name) {
            Some(header) => made.with_help(format!("include <{header}>")),
            None => match self.similar_name(name) {
                Some(similar) => made.with_help(format!("did you mean '{similar}'?")),
                None => made,
            },
        }
    }

    /// `__func__` and its old spellings.
    fn special_name(&mut self, name: &str, span: Span) -> Result<Option<Declared>> {
        if !matches!(name, "__func__" | "__FUNCTION__" | "__PRETTY_FUNCTION__")
            || self.function.scopes.is_empty()
        {
            return Ok(None);
        }
        let mut bytes = self.function.name.clone().into_bytes();
        bytes.push(0);
        let len = u64::try_from(bytes.len()).unwrap_or(1);
        let element = Ty {
            is_const: true,
            ..Ty::from(TypeId::CHAR)
        };
        let ty = Ty::from(self.types.array(element, len));
        let realm = self.realm();
        let symbol = self.symbols.string(bytes, ty, span, realm);
        Ok(Some(Declared {
            entity: Entity::Symbol(symbol, ty),
            span,
        }))
    }

    /// The bytes of a string literal with its final zero; wide ones have four bytes a character.
    pub(crate) fn string_bytes(&self, parts: &[String], span: Span) -> Result<(Vec<u8>, TypeId)> {
        let mut units = Vec::new();
        let mut is_wide = false;
        for part in parts {
            let (more, wide) = literal::string(part).map_err(|message| error(span, message))?;
            is_wide |= wide;
            units.extend(more);
        }
        units.push(0);
        if is_wide {
            return Ok((
                units.into_iter().flat_map(u32::to_le_bytes).collect(),
                TypeId::INT,
            ));
        }
        Ok((
            units
                .into_iter()
                .map(|unit| u8::try_from(unit).unwrap_or(b'?'))
                .collect(),
            TypeId::CHAR,
        ))
    }

    fn string_object(&mut self, parts: &[String], span: Span) -> Result<LValue> {
        let (bytes, unit) = self.string_bytes(parts, span)?;
        let width = self.types.size(unit).unwrap_or(1);
        let len = u64::try_from(bytes.len()).unwrap_or(0) / width;
        let ty = Ty::from(self.types.array(unit.into(), len));
        let realm = self.realm();
        let symbol = self.symbols.string(bytes, ty, span, realm);
        self.symbols.refer(symbol, span);
        Ok(LValue {
            ty,
            place: Place::Symbol(symbol, 0),
            bits: None,
        })
    }

    /// What a pointer points to.
    pub(crate) fn dereference(&mut self, pointer: Operand, span: Span) -> Result<LValue> {
        let Some(ty) = self.types.pointee(pointer.ty) else {
            let what = self.types.describe(pointer.ty.into());
            return fail(
                span,
                format!("only a pointer can be followed, and this has type '{what}'"),
            );
        };
        let place = match pointer.value {
            Value::Address(symbol, offset) => Place::Symbol(symbol, offset),
            Value::Int(address) => Place::Known(address),
            _ => Place::Memory(self.slot(pointer), 0),
        };
        Ok(LValue {
            ty,
            place,
            bits: None,
        })
    }

    fn member_object(&mut self, member: &MemberExpression, span: Span) -> Result<LValue> {
        let name = &member.identifier.node.name;
        let at = self.span(member.identifier.span);
        let whole = match member.operator.node {
            MemberOperator::Indirect => {
                let pointer = self.rvalue(&member.expression, None)?;
                if self.types.is_record(pointer.ty) {
                    let what = self.types.describe(pointer.ty.into());
                    return Err(
                        error(span, format!("'->' needs a pointer, and this has type '{what}'"))
                            .with_help("use '.'"),
                    );
                }
                self.dereference(pointer, span)?
            }
            MemberOperator::Direct => self.whole_record(&member.expression, span)?,
        };
        self.complete(whole.ty.id)?;
        if !self.types.is_record(whole.ty.id) {
            let what = self.types.describe(whole.ty);
            let made = error(
                at,
                format!("'{name}' is asked of a value of type '{what}', which has no members"),
            );
            let pointer = self
                .types
                .pointee(whole.ty.id)
                .is_some_and(|to| self.types.is_record(to.id));
            return Err(if pointer { made.with_help("use '->'") } else { made });
        }
        if self.types.size(whole.ty.id).is_none() {
            let what = self.types.describe(whole.ty);
            return fail(at, format!("'{what}' is declared, but its members are not known"));
        }
        let Some(field) = self.types.find_field(whole.ty.id, name) else {
            let what = self.types.describe(Ty {
                is_const: false,
                ..whole.ty
            });
            return fail(at, format!("'{what}' has no member '{name}'"));
        };
        let ty = Ty {
            is_const: field.ty.is_const || whole.ty.is_const,
            ..field.ty
        };
        let mut part = self.part(whole, field.offset, ty, span)?;
        part.bits = field.bits;
        Ok(part)
    }

    fn whole_record(&mut self, node: &Node<Expression>, span: Span) -> Result<LValue> {
        if self.is_object(node)? {
            return self.lvalue(node);
        }
        let operand = self.rvalue(node, None)?;
        match operand.value {
            Value::Record(place) => Ok(LValue {
                ty: operand.ty.into(),
                place,
                bits: None,
            }),
            _ => {
                let what = self.types.describe(operand.ty.into());
                let made = error(span, format!("a value of type '{what}' has no members"));
                let pointer = self
                    .types
                    .pointee(operand.ty)
                    .is_some_and(|to| self.types.is_record(to.id));
                Err(if pointer { made.with_help("use '->'") } else { made })
            }
        }
    }

    /// `a[i]`
    fn element_object(&mut self, a: &Node<Expression>, b: &Node<Expression>, span: Span) -> Result<LValue> {
        // A known element of an array that is itself an object needs no arithmetic.
        if self.is_object(a)? {
            let whole = self.lvalue(a)?;
            if let Some(element) = self.types.element(whole.ty.id)
                && let Some((index, ty)) = self.try_constant(b)?
                && let (Ok(index), Some(size)) = (u64::try_from(index), self.types.size(element.id))
                && self.types.is_integer(ty)
            {
                return self.part(whole, index.saturating_mul(size), element, span);
            }
            let base = self.load(whole, None);
            return self.element_of(base, b, span);
        }
        let base = self.rvalue(a, None)?;
        self.element_of(base, b, span)
    }

    fn element_of(&mut self, base: Operand, b: &Node<Expression>, span: Span) -> Result<LValue> {
        let base = if writes(&b.node) { self.stable(base) } else { base };
        let index = self.rvalue(b, None)?;
        // C allows `3[a]`.
        let (base, index) = if self.types.pointee(base.ty).is_some() {
            (base, index)
        } else {
            (index, base)
        };
        let Some(element) = self.types.pointee(base.ty) else {
            return fail(span, "only an array or a pointer has elements");
        };
        if !self.types.is_integer(index.ty) {
            return fail(span, "the index of an array must be an integer");
        }
        let index = self.convert(index, TypeId::LONG, None);
        let scalar = self.types.is_scalar(element.id);
        match index.value {
            // The load itself adds a known distance.
            Value::Int(index) => {
                let size = self
                    .types
                    .size(element.id)
                    .and_then(|size| i64::try_from(size).ok());
                let distance = size.and_then(|size| i32::try_from(index.checked_mul(size)?).ok());
                match (base.value, distance) {
                    (Value::Temp(slot) | Value::Variable(slot), Some(distance)) => Ok(LValue {
                        ty: element,
                        place: Place::Memory(slot, distance),
                        bits: None,
                    }),
                    _ => {
                        let index = Operand::new(TypeId::LONG, Value::Int(index));
                        let pointer = self.offset_pointer(base, index, Alu::Add64, span, None)?;
                        self.dereference(pointer, span)
                    }
                }
            }
            _ if scalar => {
                let (base, index) = (self.slot(base), self.slot(index));
                Ok(LValue {
                    ty: element,
                    place: Place::Element(base, index),
                    bits: None,
                })
            }
            _ => {
                let pointer = self.offset_pointer(base, index, Alu::Add64, span, None)?;
                self.dereference(pointer, span)
            }
        }
    }

    /// `pointer + index` or `pointer - index`, in elements. The index is a long.
    pub(super) fn offset_pointer(
        &mut self,
        pointer: Operand,
        index: Operand,
        op: Alu,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let element = self.types.pointee(pointer.ty).unwrap_or(TypeId::CHAR.into());
        self.complete(element.id)?;
        let size = self.size_value(element.id);
        let is_known = self.types.size(element.id).is_some() || matches!(size, Value::Variable(_));
        // GNU: arithmetic on void * counts bytes.
        if !is_known && element.id != TypeId::VOID && !self.types.is_function(element.id) {
            let what = self.types.describe(element);
            return fail(
                span,
                format!("arithmetic on a pointer to the incomplete type '{what}'"),
            );
        }
        let negative = op == Alu::Sub64;
        let value = match (pointer.value, index.value, size) {
            (Value::Address(symbol, offset), Value::Int(index), Value::Int(size)) => {
                let distance = index.wrapping_mul(size);
                let distance = if negative {
                    distance.wrapping_neg()
                } else {
                    distance
                };
                Value::Address(symbol, offset.wrapping_add(distance))
            }
            (Value::Int(address), Value::Int(index), Value::Int(size)) => {
                let distance = index.wrapping_mul(size);
                Value::Int(address.wrapping_add(if negative {
                    distance.wrapping_neg()
                } else {
                    distance
                }))
            }
            (_, Value::Int(index), Value::Int(size)) => {
                let distance = index.wrapping_mul(size);
                let distance = if negative {
                    distance.wrapping_neg()
                } else {
                    distance
                };
                let a = self.slot(pointer);
                self.add_constant(a, distance, hint)
            }
            _ => self.scaled_add(pointer, index, op, size, hint),
        };
        Ok(Operand::new(pointer.ty, value))
    }

    fn add_constant(&mut self, a: Slot, distance: i64, hint: Option<Slot>) -> Value {
        let dst = self.target(hint);
        match i32::try_from(distance) {
            Ok(imm) => self.emit(Instr::AluImm {
                op: Alu::Add64,
                dst,
                a,
                imm,
            }),
            Err(_) => {
                let b = self.slot(Operand::new(TypeId::LONG, Value::Int(distance)));
                self.emit(Instr::Alu {
                    op: Alu::Add64,
                    dst,
                    a,
                    b,
                });
            }
        }
        Value::Temp(dst)
    }

    fn scaled_add(
        &mut self,
        pointer: Operand,
        index: Operand,
        op: Alu,
        size: Value,
        hint: Option<Slot>,
    ) -> Value {
        let a = self.slot(pointer);
        if let (Alu::Add64, Value::Int(size)) = (op, size)
            && let Ok(scale) = u16::try_from(size)
        {
            let index = self.slot(index);
            let dst = self.target(hint);
            self.emit(Instr::Index {
                scale,
                dst,
                base: a,
                index,
            });
            return Value::Temp(dst);
        }
        let b = if size == Value::Int(1) {
            self.slot(index)
        } else {
            let b = self.function.temp();
            self.multiply(index.value, size, b);
            b
        };
        let dst = self.target(hint);
        self.emit(Instr::Alu { op, dst, a, b });
        Value::Temp(dst)
    }
}

/// Whether evaluating an expression may write a local variable that nothing but its name reaches.
pub(super) fn writes(expression: &Expression) -> bool {
    match expression {
        Expression::UnaryOperator(unary) => {
            let steps = matches!(
                unary.node.operator.node,
                UnaryOperator::PostIncrement
                    | UnaryOperator::PostDecrement
                    | UnaryOperator::PreIncrement
                    | UnaryOperator::PreDecrement
            );
            steps || writes(&unary.node.operand.node)
        }
        Expression::BinaryOperator(binary) => {
            is_assignment(&binary.node.operator.node)
                || writes(&binary.node.lhs.node)
                || writes(&binary.node.rhs.node)
        }
        Expression::Member(member) => writes(&member.node.expression.node),
        Expression::Call(call) => {
            writes(&call.node.callee.node) || call.node.arguments.iter().any(|node| writes(&node.node))
        }
        Expression::Cast(cast) => writes(&cast.node.expression.node),
        Expression::Conditional(conditional) => {
            writes(&conditional.node.condition.node)
                || writes(&conditional.node.then_expression.node)
                || writes(&conditional.node.else_expression.node)
        }
        Expression::Comma(list) => list.iter().any(|node| writes(&node.node)),
        Expression::VaArg(_) | Expression::Statement(_) | Expression::CompoundLiteral(_) => true,
        Expression::Identifier(_)
        | Expression::Constant(_)
        | Expression::StringLiteral(_)
        | Expression::GenericSelection(_)
        | Expression::SizeOfTy(_)
        | Expression::SizeOfVal(_)
        | Expression::AlignOf(_)
        | Expression::OffsetOf(_) => false,
    }
}

/// `=` and its relatives.
pub(super) fn is_assignment(operator: &BinaryOperator) -> bool {
    matches!(
        operator,
        BinaryOperator::Assign
            | BinaryOperator::AssignMultiply
            | BinaryOperator::AssignDivide
            | BinaryOperator::AssignModulo
            | BinaryOperator::AssignPlus
            | BinaryOperator::AssignMinus
            | BinaryOperator::AssignShiftLeft
            | BinaryOperator::AssignShiftRight
            | BinaryOperator::AssignBitwiseAnd
            | BinaryOperator::AssignBitwiseXor
            | BinaryOperator::AssignBitwiseOr
    )
}
