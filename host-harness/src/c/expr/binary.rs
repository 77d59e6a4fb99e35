//! Operators with two operands that only compute.

use lang_c::ast::{BinaryOperator, BinaryOperatorExpression, Expression};
use lang_c::span::Node;

use super::object::{is_assignment, writes};
use crate::c::compiler::Compiler;
use crate::c::convert::wrap;
use crate::c::source::{Result, Span, fail};
use crate::c::types::TypeId;
use crate::c::value::{Operand, Value};
use crate::isa::{Alu, Cond, Fpu, Instr, Slot};

impl Compiler<'_> {
    pub(super) fn binary(
        &mut self,
        node: &Node<Expression>,
        binary: &BinaryOperatorExpression,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        match &binary.operator.node {
            BinaryOperator::Index => {
                let object = self.lvalue(node)?;
                Ok(self.load(object, hint))
            }
            BinaryOperator::LogicalAnd | BinaryOperator::LogicalOr => self.logical(node, binary, hint),
            operator if is_assignment(operator) => self.assignment(binary, span, hint),
            operator => {
                let (a, b) = self.operands(&binary.lhs, &binary.rhs)?;
                self.operate(operator, a, b, span, hint)
            }
        }
    }

    /// Both operands, the left one first.
    pub(super) fn operands(
        &mut self,
        a: &Node<Expression>,
        b: &Node<Expression>,
    ) -> Result<(Operand, Operand)> {
        self.warn_unsequenced(&[a, b]);
        let mut left = self.rvalue(a, None)?;
        if writes(&b.node) {
            left = self.stable(left);
        }
        let right = self.rvalue(b, None)?;
        Ok((left, right))
    }

    /// Applies an operator to two values.
    pub(super) fn operate(
        &mut self,
        operator: &BinaryOperator,
        a: Operand,
        b: Operand,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        if let Some(cond) = comparison(operator) {
            let (a, b) = self.comparable(a, b, span)?;
            return Ok(self.compare(cond, a, b, hint));
        }
        let pointers = (
            self.types.pointee(a.ty).is_some(),
            self.types.pointee(b.ty).is_some(),
        );
        if pointers != (false, false) {
            return self.pointer_arithmetic(operator, a, b, pointers, span, hint);
        }
        if !self.types.is_arithmetic(a.ty) || !self.types.is_arithmetic(b.ty) {
            return self.wrong_operands(operator, a, b, span);
        }
        if matches!(operator, BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight) {
            return self.shift(operator, a, b, span, hint);
        }
        let ty = self.types.common(a.ty, b.ty);
        let (a, b) = (self.convert(a, ty, None), self.convert(b, ty, None));
        if self.types.is_float(ty) {
            return self.float_op(operator, a, b, ty, span, hint);
        }
        let family = match operator {
            BinaryOperator::Plus => [Alu::Add32, Alu::AddU32, Alu::Add64, Alu::Add64],
            BinaryOperator::Minus => [Alu::Sub32, Alu::SubU32, Alu::Sub64, Alu::Sub64],
            BinaryOperator::Multiply => [Alu::Mul32, Alu::MulU32, Alu::Mul64, Alu::Mul64],
            BinaryOperator::Divide => [Alu::Div32, Alu::DivU32, Alu::Div64, Alu::DivU64],
            BinaryOperator::Modulo => [Alu::Rem32, Alu::RemU32, Alu::Rem64, Alu::RemU64],
            BinaryOperator::BitwiseAnd => [Alu::And; 4],
            BinaryOperator::BitwiseOr => [Alu::Or; 4],
            _ => [Alu::Xor; 4],
        };
        if b.value == Value::Int(0) && matches!(operator, BinaryOperator::Divide | BinaryOperator::Modulo) {
            self.cx.warn(span, "division by zero", None);
        }
        Ok(self.integer_op(self.alu(family, ty), a, b, ty, hint))
    }

    fn wrong_operands<T>(&self, operator: &BinaryOperator, a: Operand, b: Operand, span: Span) -> Result<T> {
        let (left, right) = (self.types.describe(a.ty.into()), self.types.describe(b.ty.into()));
        let spelled = spelling(operator);
        fail(
            span,
            format!("'{spelled}' cannot be applied to values of types '{left}' and '{right}'"),
        )
    }

    /// The member of a family of operations for a type: int, unsigned, long, unsigned long.
    pub(super) fn alu(&self, family: [Alu; 4], ty: TypeId) -> Alu {
        let [int, uint, long, ulong] = family;
        let wide = self.types.int_kind(ty).is_none_or(|kind| kind.bytes() == 8);
        match (wide, self.types.is_unsigned(ty)) {
            (false, false) => int,
            (false, true) => uint,
            (true, false) => long,
            (true, true) => ulong,
        }
    }

    /// `a + b`, both of type `ty`.
    pub(super) fn add(&mut self, a: Operand, b: Operand, ty: TypeId, hint: Option<Slot>) -> Operand {
        if let (Value::Float(x), Value::Float(y)) = (a.value, b.value) {
            return Operand::new(ty, Value::Float(round(x + y, ty)));
        }
        if self.types.is_float(ty) {
            let op = if ty == TypeId::FLOAT {
                Fpu::AddF32
            } else {
                Fpu::AddF64
            };
            let (a, b) = (self.slot(a), self.slot(b));
            let dst = self.target(hint);
            self.emit(Instr::Fpu { op, dst, a, b });
            return Operand::new(ty, Value::Temp(dst));
        }
        let op = self.alu([Alu::Add32, Alu::AddU32, Alu::Add64, Alu::Add64], ty);
        self.integer_op(op, a, b, ty, hint)
    }

    /// An integer operation whose operands have the type of its result.
    pub(super) fn integer_op(
        &mut self,
        op: Alu,
        a: Operand,
        b: Operand,
        ty: TypeId,
        hint: Option<Slot>,
    ) -> Operand {
        if let (Value::Int(x), Value::Int(y)) = (a.value, b.value)
            && let Some(value) = fold(op, x, y)
        {
            let value = self.types.int_kind(ty).map_or(value, |kind| wrap(value, kind));
            return Operand::new(ty, Value::Int(value));
        }
        let commutes = matches!(
            op,
            Alu::Add32
                | Alu::AddU32
                | Alu::Add64
                | Alu::Mul32
                | Alu::MulU32
                | Alu::Mul64
                | Alu::And
                | Alu::Or
                | Alu::Xor
                | Alu::Eq
                | Alu::Ne
        );
        let (a, b) = if commutes && matches!(a.value, Value::Int(_)) {
            (b, a)
        } else {
            (a, b)
        };
        let a = self.slot(a);
        let immediate = match b.value {
            Value::Int(value) => i32::try_from(value).ok(),
            _ => None,
        };
        match immediate {
            Some(imm) => {
                let dst = self.target(hint);
                self.emit(Instr::AluImm { op, dst, a, imm });
                Operand::new(ty, Value::Temp(dst))
            }
            None => {
                let b = self.slot(b);
                let dst = self.target(hint);
                self.emit(Instr::Alu { op, dst, a, b });
                Operand::new(ty, Value::Temp(dst))
            }
        }
    }

    /// The type of a shift is that of its left operand.
    fn shift(
        &mut self,
        operator: &BinaryOperator,
        a: Operand,
        b: Operand,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        if !self.types.is_integer(a.ty) || !self.types.is_integer(b.ty) {
            return self.wrong_operands(operator, a, b, span);
        }
        let ty = self.types.promoted(a.ty);
        let a = self.convert(a, ty, None);
        let count_type = self.types.promoted(b.ty);
        let b = self.convert(b, count_type, None);
        let width = self.types.size(ty).unwrap_or(4).saturating_mul(8);
        if let Value::Int(count) = b.value
            && !u64::try_from(count).is_ok_and(|count| count < width)
        {
            self.cx.warn(
                span,
                format!("a shift by {count} of a value of {width} bits is not defined"),
                None,
            );
        }
        let family = if matches!(operator, BinaryOperator::ShiftLeft) {
            [Alu::Shl32, Alu::ShlU32, Alu::Shl64, Alu::Shl64]
        } else {
            [Alu::Shr32, Alu::ShrU32, Alu::Shr64, Alu::ShrU64]
        };
        Ok(self.integer_op(self.alu(family, ty), a, b, ty, hint))
    }

    fn float_op(
        &mut self,
        operator: &BinaryOperator,
        a: Operand,
        b: Operand,
        ty: TypeId,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let (single, double) = match operator {
            BinaryOperator::Plus => (Fpu::AddF32, Fpu::AddF64),
            BinaryOperator::Minus => (Fpu::SubF32, Fpu::SubF64),
            BinaryOperator::Multiply => (Fpu::MulF32, Fpu::MulF64),
            BinaryOperator::Divide => (Fpu::DivF32, Fpu::DivF64),
            _ => return self.wrong_operands(operator, a, b, span),
        };
        if let (Value::Float(x), Value::Float(y)) = (a.value, b.value) {
            let value = match operator {
                BinaryOperator::Plus => x + y,
                BinaryOperator::Minus => x - y,
                BinaryOperator::Multiply => x * y,
                _ => x / y,
            };
            return Ok(Operand::new(ty, Value::Float(round(value, ty))));
        }
        let (a, b) = (self.slot(a), self.slot(b));
        let dst = self.target(hint);
        self.emit(Instr::Fpu {
            op: if ty == TypeId::FLOAT { single } else { double },
            dst,
            a,
            b,
        });
        Ok(Operand::new(ty, Value::Temp(dst)))
    }

    fn pointer_arithmetic(
        &mut self,
        operator: &BinaryOperator,
        a: Operand,
        b: Operand,
        pointers: (bool, bool),
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let op = match (operator, pointers) {
            (BinaryOperator::Minus, (true, true)) => return self.pointer_difference(a, b, span, hint),
            (BinaryOperator::Plus, (true, false) | (false, true)) => Alu::Add64,
            (BinaryOperator::Minus, (true, false)) => Alu::Sub64,
            _ => return self.wrong_operands(operator, a, b, span),
        };
        let (pointer, index) = if pointers.0 { (a, b) } else { (b, a) };
        if !self.types.is_integer(index.ty) {
            return self.wrong_operands(operator, a, b, span);
        }
        let index = self.convert(index, TypeId::LONG, None);
        self.offset_pointer(pointer, index, op, span, hint)
    }

    fn pointer_difference(
        &mut self,
        a: Operand,
        b: Operand,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let element = self.types.pointee(a.ty).unwrap_or(TypeId::CHAR.into());
        let other = self.types.pointee(b.ty).unwrap_or(element);
        if !self.types.compatible(element.id, other.id) {
            return self.wrong_operands(&BinaryOperator::Minus, a, b, span);
        }
        let as_long = |operand: Operand| Operand::new(TypeId::LONG, operand.value);
        let bytes = match (a.value, b.value) {
            (Value::Address(s, x), Value::Address(t, y)) if s == t => {
                Operand::new(TypeId::LONG, Value::Int(x.wrapping_sub(y)))
            }
            _ => self.integer_op(Alu::Sub64, as_long(a), as_long(b), TypeId::LONG, None),
        };
        let size = self.size_value(element.id);
        if matches!(size, Value::Int(0 | 1)) {
            return Ok(bytes);
        }
        Ok(self.integer_op(
            Alu::Div64,
            bytes,
            Operand::new(TypeId::LONG, size),
            TypeId::LONG,
            hint,
        ))
    }

    /// Brings the operands of a comparison to one type.
    pub(super) fn comparable(&mut self, a: Operand, b: Operand, span: Span) -> Result<(Operand, Operand)> {
        let pointers = (self.types.pointee(a.ty), self.types.pointee(b.ty));
        match pointers {
            (None, None) if self.types.is_arithmetic(a.ty) && self.types.is_arithmetic(b.ty) => {
                let ty = self.types.common(a.ty, b.ty);
                Ok((self.convert(a, ty, None), self.convert(b, ty, None)))
            }
            (Some(x), Some(y)) => {
                let any = x.id == TypeId::VOID || y.id == TypeId::VOID;
                if !any && !self.types.compatible(x.id, y.id) {
                    self.cx
                        .warn(span, "two pointers to different types are compared", None);
                }
                Ok((a, b))
            }
            (Some(_), None) if self.types.is_integer(b.ty) => {
                self.warn_mixed(b, span);
                Ok((a, self.convert(b, a.ty, None)))
            }
            (None, Some(_)) if self.types.is_integer(a.ty) => {
                self.warn_mixed(a, span);
                Ok((self.convert(a, b.ty, None), b))
            }
            _ => self.wrong_operands(&BinaryOperator::Equals, a, b, span),
        }
    }

    fn warn_mixed(&mut self, integer: Operand, span: Span) {
        if integer.value != Value::Int(0) {
            self.cx.warn(span, "a pointer is compared with an integer", None);
        }
    }

    /// The condition as the processor has it: unsigned types compare unsigned.
    pub(super) fn cond_for(&self, cond: Cond, ty: TypeId) -> Cond {
        if !self.types.is_unsigned(ty) {
            return cond;
        }
        match cond {
            Cond::Lt => Cond::LtU,
            Cond::Le => Cond::LeU,
            Cond::Gt => Cond::GtU,
            Cond::Ge => Cond::GeU,
            other => other,
        }
    }

    /// A comparison as a value.
    fn compare(&mut self, cond: Cond, a: Operand, b: Operand, hint: Option<Slot>) -> Operand {
        if self.types.is_float(a.ty) {
            return self.compare_floats(cond, a, b, hint);
        }
        let op = match self.cond_for(cond, a.ty) {
            Cond::Eq => Alu::Eq,
            Cond::Ne => Alu::Ne,
            Cond::Lt => Alu::Lt,
            Cond::Le => Alu::Le,
            Cond::Gt => Alu::Gt,
            Cond::Ge => Alu::Ge,
            Cond::LtU => Alu::LtU,
            Cond::LeU => Alu::LeU,
            Cond::GtU => Alu::GtU,
            Cond::GeU => Alu::GeU,
        };
        self.integer_op(op, a, b, TypeId::INT, hint)
    }

    pub(super) fn compare_floats(
        &mut self,
        cond: Cond,
        a: Operand,
        b: Operand,
        hint: Option<Slot>,
    ) -> Operand {
        if let (Value::Float(x), Value::Float(y)) = (a.value, b.value) {
            return Operand::int(i64::from(match cond {
                Cond::Eq => x == y,
                Cond::Ne => x != y,
                Cond::Lt | Cond::LtU => x < y,
                Cond::Le | Cond::LeU => x <= y,
                Cond::Gt | Cond::GtU => x > y,
                Cond::Ge | Cond::GeU => x >= y,
            }));
        }
        let swap = matches!(cond, Cond::Gt | Cond::GtU | Cond::Ge | Cond::GeU);
        let (single, double) = match cond {
            Cond::Eq => (Fpu::EqF32, Fpu::EqF64),
            Cond::Ne => (Fpu::NeF32, Fpu::NeF64),
            Cond::Lt | Cond::LtU | Cond::Gt | Cond::GtU => (Fpu::LtF32, Fpu::LtF64),
            Cond::Le | Cond::LeU | Cond::Ge | Cond::GeU => (Fpu::LeF32, Fpu::LeF64),
        };
        let op = if a.ty == TypeId::FLOAT { single } else { double };
        let (a, b) = (self.slot(a), self.slot(b));
        let (a, b) = if swap { (b, a) } else { (a, b) };
        let dst = self.target(hint);
        self.emit(Instr::Fpu { op, dst, a, b });
        Operand::new(TypeId::INT, Value::Temp(dst))
    }
}

/// The condition of a comparison operator.
pub(super) fn comparison(operator: &BinaryOperator) -> Option<Cond> {
    Some(match operator {
        BinaryOperator::Equals => Cond::Eq,
        BinaryOperator::NotEquals => Cond::Ne,
        BinaryOperator::Less => Cond::Lt,
        BinaryOperator::LessOrEqual => Cond::Le,
        BinaryOperator::Greater => Cond::Gt,
        BinaryOperator::GreaterOrEqual => Cond::Ge,
        _ => return None,
    })
}

fn round(value: f64, ty: TypeId) -> f64 {
    if ty == TypeId::FLOAT {
        f64::from(value as f32)
    } else {
        value
    }
}

/// An integer operation on known values; `None` where the program itself must trap.
fn fold(op: Alu, a: i64, b: i64) -> Option<i64> {
    let (ua, ub) = (a.cast_unsigned(), b.cast_unsigned());
    // Shift counts wrap, as on the processor.
    let narrow = u32::try_from(b & 31).unwrap_or(0);
    let wide = u32::try_from(b & 63).unwrap_or(0);
    Some(match op {
        Alu::Add32 | Alu::AddU32 | Alu::Add64 => a.wrapping_add(b),
        Alu::Sub32 | Alu::SubU32 | Alu::Sub64 => a.wrapping_sub(b),
        Alu::Mul32 | Alu::MulU32 | Alu::Mul64 => a.wrapping_mul(b),
        Alu::Div32 if a == i64::from(i32::MIN) && b == -1 => return None,
        Alu::Rem32 if a == i64::from(i32::MIN) && b == -1 => return None,
        Alu::Div32 | Alu::Div64 => a.checked_div(b)?,
        Alu::Rem32 | Alu::Rem64 => a.checked_rem(b)?,
        Alu::DivU32 | Alu::DivU64 => ua.checked_div(ub)?.cast_signed(),
        Alu::RemU32 | Alu::RemU64 => ua.checked_rem(ub)?.cast_signed(),
        Alu::And => a & b,
        Alu::Or => a | b,
        Alu::Xor => a ^ b,
        Alu::Shl32 | Alu::ShlU32 => a.wrapping_shl(narrow),
        Alu::Shl64 => a.wrapping_shl(wide),
        Alu::Shr32 => a >> narrow,
        Alu::ShrU32 => (ua >> narrow).cast_signed(),
        Alu::Shr64 => a >> wide,
        Alu::ShrU64 => (ua >> wide).cast_signed(),
        Alu::Eq => i64::from(a == b),
        Alu::Ne => i64::from(a != b),
        Alu::Lt => i64::from(a < b),
        Alu::Le => i64::from(a <= b),
        Alu::Gt => i64::from(a > b),
        Alu::Ge => i64::from(a >= b),
        Alu::LtU => i64::from(ua < ub),
        Alu::LeU => i64::from(ua <= ub),
        Alu::GtU => i64::from(ua > ub),
        Alu::GeU => i64::from(ua >= ub),
    })
}

/// How an operator is written.
pub(super) fn spelling(operator: &BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Index => "[]",
        BinaryOperator::Multiply | BinaryOperator::AssignMultiply => "*",
        BinaryOperator::Divide | BinaryOperator::AssignDivide => "/",
        BinaryOperator::Modulo | BinaryOperator::AssignModulo => "%",
        BinaryOperator::Plus | BinaryOperator::AssignPlus => "+",
        BinaryOperator::Minus | BinaryOperator::AssignMinus => "-",
        BinaryOperator::ShiftLeft | BinaryOperator::AssignShiftLeft => "<<",
        BinaryOperator::ShiftRight | BinaryOperator::AssignShiftRight => ">>",
        BinaryOperator::Less => "<",
        BinaryOperator::Greater => ">",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::GreaterOrEqual => ">=",
        BinaryOperator::Equals => "==",
        BinaryOperator::NotEquals => "!=",
        BinaryOperator::BitwiseAnd | BinaryOperator::AssignBitwiseAnd => "&",
        BinaryOperator::BitwiseXor | BinaryOperator::AssignBitwiseXor => "^",
        BinaryOperator::BitwiseOr | BinaryOperator::AssignBitwiseOr => "|",
        BinaryOperator::LogicalAnd => "&&",
        BinaryOperator::LogicalOr => "||",
        BinaryOperator::Assign => "=",
    }
}
