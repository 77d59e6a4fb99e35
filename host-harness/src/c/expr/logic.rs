//! Conditions: what decides where the program goes on.

use lang_c::ast::{
    BinaryOperator, BinaryOperatorExpression, ConditionalExpression, Expression, UnaryOperator,
};
use lang_c::span::Node;

use super::binary::comparison;
use crate::c::code::Label;
use crate::c::compiler::Compiler;
use crate::c::source::{Result, Span, fail};
use crate::c::types::{Ty, TypeId};
use crate::c::value::{Operand, Place, Value};
use crate::isa::{Cond, Convert, Instr, Slot};

impl Compiler<'_> {
    /// Goes to `label` if the truth of the expression is `when`.
    pub(crate) fn branch(&mut self, node: &Node<Expression>, when: bool, label: Label) -> Result<()> {
        match &node.node {
            Expression::UnaryOperator(unary) if unary.node.operator.node == UnaryOperator::Negate => {
                self.branch(&unary.node.operand, !when, label)
            }
            Expression::BinaryOperator(binary) => {
                let binary = &binary.node;
                match &binary.operator.node {
                    BinaryOperator::LogicalAnd => {
                        self.branch_both(&binary.lhs, &binary.rhs, when, label, false)
                    }
                    BinaryOperator::LogicalOr => {
                        self.branch_both(&binary.lhs, &binary.rhs, when, label, true)
                    }
                    operator => match comparison(operator) {
                        Some(cond) => self.branch_compare(cond, &binary.lhs, &binary.rhs, when, label),
                        None => self.branch_value(node, when, label),
                    },
                }
            }
            _ => self.branch_value(node, when, label),
        }
    }

    /// `a && b` (or `a || b`, if `either`).
    fn branch_both(
        &mut self,
        a: &Node<Expression>,
        b: &Node<Expression>,
        when: bool,
        label: Label,
        either: bool,
    ) -> Result<()> {
        if when == either {
            self.branch(a, when, label)?;
            return self.branch(b, when, label);
        }
        let end = self.function.label();
        self.branch(a, either, end)?;
        self.branch(b, when, label)?;
        self.function.place(end);
        Ok(())
    }

    fn branch_compare(
        &mut self,
        cond: Cond,
        a: &Node<Expression>,
        b: &Node<Expression>,
        when: bool,
        label: Label,
    ) -> Result<()> {
        let span = self.span(lang_c::span::Span::span(a.span.start, b.span.end));
        let (a, b) = self.operands(a, b)?;
        let (a, b) = self.comparable(a, b, span)?;
        if self.types.is_float(a.ty) {
            let truth = self.compare_floats(cond, a, b, None);
            self.branch_truth(truth, when, label);
            return Ok(());
        }
        let cond = self.cond_for(cond, a.ty);
        // Known values belong to the right.
        let (a, b, cond) = if matches!(a.value, Value::Int(_)) && !matches!(b.value, Value::Int(_)) {
            (b, a, cond.swapped())
        } else {
            (a, b, cond)
        };
        let cond = if when { cond } else { cond.negated() };
        let target = self.function.target(label);
        let a = self.slot(a);
        let immediate = match b.value {
            Value::Int(value) => i32::try_from(value).ok(),
            _ => None,
        };
        match immediate {
            Some(imm) => self.emit(Instr::BranchImm { cond, a, imm, target }),
            None => {
                let b = self.slot(b);
                self.emit(Instr::Branch { cond, a, b, target });
            }
        }
        Ok(())
    }

    fn branch_value(&mut self, node: &Node<Expression>, when: bool, label: Label) -> Result<()> {
        let operand = self.scalar(node)?;
        self.branch_truth(operand, when, label);
        Ok(())
    }

    fn branch_truth(&mut self, operand: Operand, when: bool, label: Label) {
        match operand.truth() {
            Some(truth) if truth == when => self.function.jump(label),
            Some(_) => {}
            None => {
                let mut a = self.slot(operand);
                if self.types.is_float(operand.ty) {
                    let op = if operand.ty == TypeId::FLOAT {
                        Convert::BoolF32
                    } else {
                        Convert::BoolF64
                    };
                    a = match self.convert_slot(op, a, None) {
                        Value::Temp(slot) => slot,
                        _ => a,
                    };
                }
                let cond = if when { Cond::Ne } else { Cond::Eq };
                let target = self.function.target(label);
                self.emit(Instr::BranchImm {
                    cond,
                    a,
                    imm: 0,
                    target,
                });
            }
        }
    }

    /// `a && b` and `a || b` as values.
    pub(super) fn logical(
        &mut self,
        node: &Node<Expression>,
        binary: &BinaryOperatorExpression,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let either = binary.operator.node == BinaryOperator::LogicalOr;
        let first = self.known_truth(&binary.lhs)?;
        if first == Some(either) {
            // The right operand is not evaluated, but it must be correct.
            self.decayed_type(&binary.rhs)?;
            return Ok(Operand::int(i64::from(either)));
        }
        if let (Some(_), Some(second)) = (first, self.known_truth(&binary.rhs)?) {
            return Ok(Operand::int(i64::from(second)));
        }
        let (no, end) = (self.function.label(), self.function.label());
        self.branch(node, false, no)?;
        let dst = self.target(hint);
        self.emit(Instr::Imm { dst, value: 1 });
        self.function.jump(end);
        self.function.place(no);
        self.emit(Instr::Imm { dst, value: 0 });
        self.function.place(end);
        Ok(Operand::new(TypeId::INT, Value::Temp(dst)))
    }

    /// `c ? a : b`
    pub(super) fn conditional(
        &mut self,
        node: &ConditionalExpression,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let ty = self.conditional_type(node, span)?;
        // A known condition takes its branch now: so constants stay constants.
        if let Some(truth) = self.known_truth(&node.condition)? {
            let taken = if truth {
                &node.then_expression
            } else {
                &node.else_expression
            };
            let operand = self.rvalue(taken, hint)?;
            return Ok(self.convert(operand, ty, hint));
        }
        let (no, end) = (self.function.label(), self.function.label());
        self.branch(&node.condition, false, no)?;
        let is_void = ty == TypeId::VOID;
        let dst = if is_void { 0 } else { self.target(hint) };
        let hint = (!is_void && !self.types.is_record(ty)).then_some(dst);
        self.conditional_branch(&node.then_expression, ty, dst, hint)?;
        self.function.jump(end);
        self.function.place(no);
        self.conditional_branch(&node.else_expression, ty, dst, hint)?;
        self.function.place(end);
        Ok(if is_void {
            Operand::new(ty, Value::Void)
        } else if self.types.is_record(ty) {
            Operand::new(ty, Value::Record(Place::Memory(dst, 0)))
        } else {
            Operand::new(ty, Value::Temp(dst))
        })
    }

    fn conditional_branch(
        &mut self,
        node: &Node<Expression>,
        ty: TypeId,
        dst: Slot,
        hint: Option<Slot>,
    ) -> Result<()> {
        if ty == TypeId::VOID {
            return self.effect(node);
        }
        let operand = self.rvalue(node, hint)?;
        let operand = self.convert(operand, ty, hint);
        self.put_into(operand, dst);
        Ok(())
    }

    fn conditional_type(&mut self, node: &ConditionalExpression, span: Span) -> Result<TypeId> {
        let (a, b) = (
            self.decayed_type(&node.then_expression)?,
            self.decayed_type(&node.else_expression)?,
        );
        let (first, second) = (self.types.pointee(a), self.types.pointee(b));
        match (first, second) {
            _ if a == b => Ok(a),
            _ if self.types.is_arithmetic(a) && self.types.is_arithmetic(b) => Ok(self.types.common(a, b)),
            _ if a == TypeId::VOID || b == TypeId::VOID => Ok(TypeId::VOID),
            (Some(x), Some(y)) => {
                // A null pointer constant takes the other's type; void * takes all.
                let void = |to: Ty| to.id == TypeId::VOID;
                if void(x) && self.is_null(&node.then_expression)? {
                    return Ok(b);
                }
                if void(y) && self.is_null(&node.else_expression)? {
                    return Ok(a);
                }
                if !void(x) && !void(y) && !self.types.compatible(x.id, y.id) {
                    self.cx.warn(
                        span,
                        "the two values of '?:' are pointers to different types",
                        None,
                    );
                }
                Ok(if void(y) { b } else { a })
            }
            (Some(_), None) if self.types.is_integer(b) => Ok(a),
            (None, Some(_)) if self.types.is_integer(a) => Ok(b),
            _ => {
                let (a, b) = (self.types.describe(a.into()), self.types.describe(b.into()));
                fail(span, format!("'?:' cannot choose between types '{a}' and '{b}'"))
            }
        }
    }

    fn is_null(&mut self, node: &Node<Expression>) -> Result<bool> {
        Ok(matches!(self.try_constant(node)?, Some((0, _))))
    }
}
