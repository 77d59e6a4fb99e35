//! Operators with one operand, casts, `sizeof` and its relatives.

use lang_c::ast::{
    CastExpression, Expression, OffsetMember, OffsetOfExpression, Statement, UnaryOperator,
    UnaryOperatorExpression,
};
use lang_c::span::Node;

use crate::c::compiler::Compiler;
use crate::c::convert::wrap;
use crate::c::source::{Result, Span, error, fail};
use crate::c::types::{Ty, TypeId};
use crate::c::value::{LValue, Operand, Place, Value};
use crate::isa::{Alu, Atomic, Convert, Fpu, Instr, Slot};

impl Compiler<'_> {
    pub(super) fn unary(
        &mut self,
        unary: &UnaryOperatorExpression,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        match unary.operator.node {
            UnaryOperator::PostIncrement => self.step(&unary.operand, 1, true, span, hint),
            UnaryOperator::PostDecrement => self.step(&unary.operand, -1, true, span, hint),
            UnaryOperator::PreIncrement => self.step(&unary.operand, 1, false, span, hint),
            UnaryOperator::PreDecrement => self.step(&unary.operand, -1, false, span, hint),
            UnaryOperator::Address => self.address_of(&unary.operand, span),
            UnaryOperator::Indirection => {
                let pointer = self.rvalue(&unary.operand, None)?;
                let object = self.dereference(pointer, span)?;
                Ok(self.load(object, hint))
            }
            UnaryOperator::Plus => {
                let operand = self.arithmetic(&unary.operand, span)?;
                let ty = self.types.promoted(operand.ty);
                Ok(self.convert(operand, ty, hint))
            }
            UnaryOperator::Minus => self.negate(&unary.operand, span, hint),
            UnaryOperator::Complement => {
                let operand = self.arithmetic(&unary.operand, span)?;
                if !self.types.is_integer(operand.ty) {
                    return fail(span, "'~' needs an integer");
                }
                let ty = self.types.promoted(operand.ty);
                let operand = self.convert(operand, ty, None);
                let ones = Operand::new(
                    ty,
                    Value::Int(self.types.int_kind(ty).map_or(-1, |kind| wrap(-1, kind))),
                );
                Ok(self.integer_op(Alu::Xor, operand, ones, ty, hint))
            }
            UnaryOperator::Negate => {
                let operand = self.scalar(&unary.operand)?;
                Ok(self.is_zero(operand, hint))
            }
        }
    }

    fn arithmetic(&mut self, node: &Node<Expression>, span: Span) -> Result<Operand> {
        let operand = self.rvalue(node, None)?;
        if self.types.is_arithmetic(operand.ty) {
            return Ok(operand);
        }
        let what = self.types.describe(operand.ty.into());
        fail(
            span,
            format!("a number is needed here, not a value of type '{what}'"),
        )
    }

    fn negate(&mut self, node: &Node<Expression>, span: Span, hint: Option<Slot>) -> Result<Operand> {
        let operand = self.arithmetic(node, span)?;
        let ty = self.types.promoted(operand.ty);
        let operand = self.convert(operand, ty, None);
        if !self.types.is_float(ty) {
            let op = self.alu([Alu::Sub32, Alu::SubU32, Alu::Sub64, Alu::Sub64], ty);
            return Ok(self.integer_op(op, Operand::new(ty, Value::Int(0)), operand, ty, hint));
        }
        if let Value::Float(value) = operand.value {
            return Ok(Operand::new(ty, Value::Float(-value)));
        }
        let op = if ty == TypeId::FLOAT {
            Convert::NegF32
        } else {
            Convert::NegF64
        };
        let src = self.slot(operand);
        Ok(Operand::new(ty, self.convert_slot(op, src, hint)))
    }

    /// `!x`, as a value.
    fn is_zero(&mut self, operand: Operand, hint: Option<Slot>) -> Operand {
        match operand.value {
            Value::Int(value) => return Operand::int(i64::from(value == 0)),
            Value::Float(value) => return Operand::int(i64::from(value == 0.0)),
            Value::Address(..) => return Operand::int(0),
            _ => {}
        }
        let a = self.slot(operand);
        let dst = self.target(hint);
        if self.types.is_float(operand.ty) {
            let zero = self.slot(Operand::new(operand.ty, Value::Float(0.0)));
            let op = if operand.ty == TypeId::FLOAT {
                Fpu::EqF32
            } else {
                Fpu::EqF64
            };
            self.emit(Instr::Fpu { op, dst, a, b: zero });
        } else {
            self.emit(Instr::AluImm {
                op: Alu::Eq,
                dst,
                a,
                imm: 0,
            });
        }
        Operand::new(TypeId::INT, Value::Temp(dst))
    }

    /// `x++` and its relatives, for what they do.
    pub(super) fn unary_effect(&mut self, unary: &UnaryOperatorExpression, span: Span) -> Result<()> {
        let distance = match unary.operator.node {
            UnaryOperator::PostIncrement | UnaryOperator::PreIncrement => 1,
            UnaryOperator::PostDecrement | UnaryOperator::PreDecrement => -1,
            _ => return self.unary(unary, span, None).map(drop),
        };
        self.step(&unary.operand, distance, false, span, None).map(drop)
    }

    fn step(
        &mut self,
        node: &Node<Expression>,
        distance: i64,
        wants_old: bool,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let object = self.lvalue(node)?;
        self.require_writable(object, span)?;
        let id = object.ty.id;
        if !self.types.is_scalar(id) {
            let what = self.types.describe(object.ty);
            return fail(
                span,
                format!("++ and -- need a number or a pointer, not a value of type '{what}'"),
            );
        }
        if self.is_atomic(object) && self.types.int_kind(id).is_some() {
            let one = Operand::new(id, Value::Int(distance));
            return Ok(self.atomic_change(object, Atomic::Add, one, !wants_old));
        }
        let mut old = self.load(object, None);
        if wants_old && matches!(object.place, Place::Private(_)) {
            old = self.copied(old, hint);
        }
        let into = match object.place {
            Place::Private(slot) => Some(slot),
            _ => None,
        };
        let new = if self.types.pointee(id).is_some() {
            let (op, one) = if distance < 0 {
                (Alu::Sub64, -distance)
            } else {
                (Alu::Add64, distance)
            };
            let one = Operand::new(TypeId::LONG, Value::Int(one));
            self.offset_pointer(old, one, op, span, into)?
        } else {
            let one = Operand::int(distance);
            let ty = self.types.common(old.ty, TypeId::INT);
            let (a, b) = (self.convert(old, ty, None), self.convert(one, ty, None));
            self.add(a, b, ty, into)
        };
        let new = self.convert(new, id, into);
        self.store(object, new);
        if wants_old {
            return Ok(old);
        }
        match object.place {
            Place::Private(slot) => Ok(Operand::new(id, Value::Variable(slot))),
            _ => Ok(new),
        }
    }

    /// The value in a temporary of its own.
    fn copied(&mut self, operand: Operand, hint: Option<Slot>) -> Operand {
        let dst = self.target(hint);
        match operand.value {
            // The caller's slot may be the very variable: then its old value needs another place.
            Value::Variable(src) if src == dst => self.stable(operand),
            Value::Variable(src) => {
                self.emit(Instr::Move { dst, src });
                Operand::new(operand.ty, Value::Temp(dst))
            }
            _ => operand,
        }
    }

    fn address_of(&mut self, node: &Node<Expression>, span: Span) -> Result<Operand> {
        // `&*p` is `p`, `&a[i]` is `a + i`: nothing is read.
        if !self.is_object(node)? {
            return fail(span, "'&' needs something that has a place in memory");
        }
        let object = self.lvalue(node)?;
        if object.bits.is_some() {
            return fail(span, "a bit-field has no address");
        }
        let value = self.address(object);
        let ty = self.types.pointer(object.ty);
        Ok(Operand::new(ty, value))
    }

    pub(super) fn cast(&mut self, cast: &CastExpression, span: Span, hint: Option<Slot>) -> Result<Operand> {
        let ty = self.type_name(&cast.type_name)?;
        let operand = self.rvalue(&cast.expression, None)?;
        if ty.id == TypeId::VOID {
            return Ok(Operand::new(TypeId::VOID, Value::Void));
        }
        if operand.ty == ty.id {
            return Ok(operand);
        }
        let possible = self.types.is_scalar(ty.id)
            && self.types.is_scalar(operand.ty)
            && !(self.types.is_float(ty.id) && self.types.pointee(operand.ty).is_some())
            && !(self.types.is_float(operand.ty) && self.types.pointee(ty.id).is_some());
        if !possible {
            let (from, to) = (self.types.describe(operand.ty.into()), self.types.describe(ty));
            return fail(span, format!("a value of type '{from}' cannot be cast to '{to}'"));
        }
        Ok(self.convert(operand, ty.id, hint))
    }

    pub(super) fn offset_of(&mut self, node: &OffsetOfExpression, span: Span) -> Result<Operand> {
        let base = self.type_name(&node.type_name)?;
        let designator = &node.designator.node;
        let mut at: Ty = base;
        let mut offset = self.member_offset(&mut at, &designator.base.node.name, span)?;
        for member in &designator.members {
            match &member.node {
                OffsetMember::Member(name) | OffsetMember::IndirectMember(name) => {
                    offset += self.member_offset(&mut at, &name.node.name, span)?;
                }
                OffsetMember::Index(index) => {
                    let Some(element) = self.types.element(at.id) else {
                        return fail(span, "only an array has elements");
                    };
                    let index = u64::try_from(self.constant(index)?).unwrap_or(0);
                    offset += index.saturating_mul(self.types.size(element.id).unwrap_or(0));
                    at = element;
                }
            }
        }
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        Ok(Operand::new(TypeId::ULONG, Value::Int(offset)))
    }

    fn member_offset(&self, at: &mut Ty, name: &str, span: Span) -> Result<u64> {
        let Some(field) = self.types.find_field(at.id, name) else {
            let what = self.types.describe(*at);
            return fail(span, format!("'{what}' has no member '{name}'"));
        };
        *at = field.ty;
        Ok(field.offset)
    }

    /// GNU: `({ ... })` has the value of its last expression.
    pub(super) fn statement_expression(
        &mut self,
        statement: &Node<Statement>,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let Statement::Compound(items) = &statement.node else {
            return fail(span, "a block is needed here");
        };
        if self.function.scopes.is_empty() {
            return fail(span, "a statement expression stands only in a function");
        }
        let _ = hint;
        let result = self.function.reserve(16);
        self.open_scope();
        let value = self.block_value(items, result);
        self.close_scope();
        value
    }

    /// An object that may be assigned to.
    pub(super) fn require_writable(&self, object: LValue, span: Span) -> Result<()> {
        if object.ty.is_const {
            return Err(error(span, "this object is const: it cannot be changed"));
        }
        if self.types.is_array(object.ty.id) {
            return Err(
                error(span, "an array cannot be assigned to").with_help("assign its elements, or use memcpy")
            );
        }
        if self.types.is_function(object.ty.id) {
            return fail(span, "a function cannot be assigned to");
        }
        Ok(())
    }
}
