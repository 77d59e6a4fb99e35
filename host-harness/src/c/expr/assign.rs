//! Assignments.

use lang_c::ast::{BinaryOperator, BinaryOperatorExpression};

use super::object::writes;
use crate::c::compiler::Compiler;
use crate::c::convert::Reason;
use crate::c::source::{Result, Span};
use crate::c::value::{LValue, Operand, Place, Value};
use crate::isa::Slot;

impl Compiler<'_> {
    pub(super) fn assignment(
        &mut self,
        binary: &BinaryOperatorExpression,
        span: Span,
        _hint: Option<Slot>,
    ) -> Result<Operand> {
        let at = self.span(binary.lhs.span);
        self.warn_unsequenced(&[&binary.lhs, &binary.rhs]);
        if !self.is_object(&binary.lhs)? {
            return crate::c::source::fail(
                at,
                "the left side of an assignment must be a variable or another object",
            );
        }
        let mut object = self.lvalue(&binary.lhs)?;
        self.require_writable(object, at)?;
        if writes(&binary.rhs.node) {
            object.place = self.stable_place(object.place);
        }
        if self.is_atomic(object) && binary.operator.node != BinaryOperator::Assign {
            return self.atomic_assignment(object, &binary.operator.node, &binary.rhs, span);
        }
        let into = match object.place {
            Place::Private(slot) => Some(slot),
            _ => None,
        };
        let value = match &binary.operator.node {
            BinaryOperator::Assign => {
                let value = self.rvalue(&binary.rhs, into)?;
                let from = self.span(binary.rhs.span);
                self.assign_convert(value, object.ty, Reason::Assignment, from, into)?
            }
            compound => {
                let right = self.rvalue(&binary.rhs, None)?;
                let left = self.load(object, None);
                let value = self.operate(&plain(compound), left, right, span, into)?;
                self.assign_convert(value, object.ty, Reason::Assignment, span, into)?
            }
        };
        self.store(object, value);
        Ok(self.assigned(object, value))
    }

    /// The value of an assignment: what the object holds now.
    fn assigned(&mut self, object: LValue, value: Operand) -> Operand {
        match (object.place, object.bits) {
            (Place::Private(slot), _) => Operand::new(object.ty.id, Value::Variable(slot)),
            (_, Some(_)) => self.load(object, None),
            (place, _) if self.types.is_record(object.ty.id) => {
                Operand::new(object.ty.id, Value::Record(place))
            }
            _ => value,
        }
    }

    /// The same place, out of reach of later changes of variables.
    pub(super) fn stable_place(&mut self, place: Place) -> Place {
        let mut keep = |slot: Slot| {
            let ty = crate::c::types::TypeId::ULONG;
            let copy = self.stable(Operand::new(ty, Value::Variable(slot)));
            self.slot(copy)
        };
        match place {
            Place::Memory(base, offset) => Place::Memory(keep(base), offset),
            Place::Element(base, index) => {
                let base = keep(base);
                Place::Element(base, keep(index))
            }
            other => other,
        }
    }
}

/// `+` of `+=`.
fn plain(operator: &BinaryOperator) -> BinaryOperator {
    match operator {
        BinaryOperator::AssignMultiply => BinaryOperator::Multiply,
        BinaryOperator::AssignDivide => BinaryOperator::Divide,
        BinaryOperator::AssignModulo => BinaryOperator::Modulo,
        BinaryOperator::AssignPlus => BinaryOperator::Plus,
        BinaryOperator::AssignMinus => BinaryOperator::Minus,
        BinaryOperator::AssignShiftLeft => BinaryOperator::ShiftLeft,
        BinaryOperator::AssignShiftRight => BinaryOperator::ShiftRight,
        BinaryOperator::AssignBitwiseAnd => BinaryOperator::BitwiseAnd,
        BinaryOperator::AssignBitwiseXor => BinaryOperator::BitwiseXor,
        _ => BinaryOperator::BitwiseOr,
    }
}
