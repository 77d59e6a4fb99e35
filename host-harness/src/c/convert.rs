//! Conversions between types: known values are converted now, others by an instruction.

use super::compiler::Compiler;
use super::source::{Result, Span, fail};
use super::types::{IntKind, Shape, Ty, TypeId};
use super::value::{Operand, Value};
use crate::isa::{Convert, Slot};

/// A value of an integer type in canonical form.
pub(crate) fn wrap(value: i64, kind: IntKind) -> i64 {
    match (kind.bytes(), kind.is_signed()) {
        (1, true) => i64::from(value as i8),
        (1, false) => i64::from(value as u8),
        (2, true) => i64::from(value as i16),
        (2, false) => i64::from(value as u16),
        (4, true) => i64::from(value as i32),
        (4, false) => i64::from(value as u32),
        _ => value,
    }
}

/// What an assignment is, in messages.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reason<'a> {
    Assignment,
    Initialization,
    Return,
    /// Argument number, from 1, of a function.
    Argument(usize, &'a str),
}

impl Reason<'_> {
    fn describe(self) -> String {
        match self {
            Reason::Assignment => "assignment".to_owned(),
            Reason::Initialization => "initialization".to_owned(),
            Reason::Return => "return".to_owned(),
            Reason::Argument(number, function) => format!("argument {number} of '{function}'"),
        }
    }
}

impl Compiler<'_> {
    /// Converts a value to a type; both are known to allow it.
    pub(crate) fn convert(&mut self, operand: Operand, to: TypeId, hint: Option<Slot>) -> Operand {
        if operand.ty == to {
            return operand;
        }
        let value = match operand.value {
            _ if to == TypeId::VOID => Value::Void,
            Value::Void | Value::Record(_) => operand.value,
            Value::Int(value) => self.convert_int(operand.ty, value, to),
            Value::Float(value) => self.convert_float(value, to),
            Value::Address(..) if self.types.size(to) == Some(8) && !self.types.is_float(to) => operand.value,
            Value::Address(..) if to == TypeId::BOOL => Value::Int(1),
            Value::Address(..) | Value::Temp(_) | Value::Variable(_) => {
                match self.conversion(operand.ty, to) {
                    Some((first, then)) => {
                        let src = self.slot(operand);
                        let value = self.convert_slot(first, src, hint);
                        match (then, value) {
                            (Some(then), Value::Temp(src)) => self.convert_slot(then, src, hint),
                            _ => value,
                        }
                    }
                    None => operand.value,
                }
            }
        };
        Operand::new(to, value)
    }

    fn convert_int(&self, from: TypeId, value: i64, to: TypeId) -> Value {
        let unsigned = self.types.is_unsigned(from);
        match self.types.shape(to) {
            Shape::Bool => Value::Int(i64::from(value != 0)),
            Shape::Float if unsigned => Value::Float(f64::from(value.cast_unsigned() as f32)),
            Shape::Float => Value::Float(f64::from(value as f32)),
            Shape::Double | Shape::LongDouble if unsigned => Value::Float(value.cast_unsigned() as f64),
            Shape::Double | Shape::LongDouble => Value::Float(value as f64),
            _ => Value::Int(self.types.int_kind(to).map_or(value, |kind| wrap(value, kind))),
        }
    }

    fn convert_float(&self, value: f64, to: TypeId) -> Value {
        match self.types.shape(to) {
            Shape::Bool => Value::Int(i64::from(value != 0.0)),
            Shape::Float => Value::Float(f64::from(value as f32)),
            Shape::Double | Shape::LongDouble => Value::Float(value),
            _ => match self.types.int_kind(to) {
                Some(IntKind::ULong | IntKind::ULongLong) if value >= 0.0 => {
                    Value::Int((value as u64).cast_signed())
                }
                Some(kind) => Value::Int(wrap(value as i64, kind)),
                None => Value::Int(value as i64),
            },
        }
    }

    /// The one or two instructions that convert a slot; `None` if its bits stay the same.
    fn conversion(&self, from: TypeId, to: TypeId) -> Option<(Convert, Option<Convert>)> {
        let is_double = |id: TypeId| id == TypeId::DOUBLE || id == TypeId::LONG_DOUBLE;
        let (single, double) = (from == TypeId::FLOAT, is_double(from));
        if to == TypeId::BOOL {
            let op = if single {
                Convert::BoolF32
            } else if double {
                Convert::BoolF64
            } else {
                Convert::Bool
            };
            return Some((op, None));
        }
        if single || double {
            return self.float_conversion(single, to);
        }
        let unsigned = self.types.is_unsigned(from);
        if to == TypeId::FLOAT {
            return Some((
                if unsigned {
                    Convert::U64ToF32
                } else {
                    Convert::I64ToF32
                },
                None,
            ));
        }
        if is_double(to) {
            return Some((
                if unsigned {
                    Convert::U64ToF64
                } else {
                    Convert::I64ToF64
                },
                None,
            ));
        }
        self.narrowing(from, to).map(|op| (op, None))
    }

    fn float_conversion(&self, single: bool, to: TypeId) -> Option<(Convert, Option<Convert>)> {
        match self.types.shape(to) {
            Shape::Float => (!single).then_some((Convert::F64ToF32, None)),
            Shape::Double | Shape::LongDouble => single.then_some((Convert::F32ToF64, None)),
            _ => {
                let (to_i32, to_i64, to_u64) = if single {
                    (Convert::F32ToI32, Convert::F32ToI64, Convert::F32ToU64)
                } else {
                    (Convert::F64ToI32, Convert::F64ToI64, Convert::F64ToU64)
                };
                // gcc goes through int for the short types, and through long for unsigned int.
                Some(
                    match self
                        .types
                        .int_kind(to)
                        .map(|kind| (kind, kind.bytes(), kind.is_signed()))
                    {
                        Some((_, 1, true)) => (to_i32, Some(Convert::Sext8)),
                        Some((_, 1, false)) => (to_i32, Some(Convert::Zext8)),
                        Some((_, 2, true)) => (to_i32, Some(Convert::Sext16)),
                        Some((_, 2, false)) => (to_i32, Some(Convert::Zext16)),
                        Some((_, 4, true)) => (to_i32, None),
                        Some((_, 4, false)) => (to_i64, Some(Convert::Zext32)),
                        Some((_, _, true)) => (to_i64, None),
                        _ => (to_u64, None),
                    },
                )
            }
        }
    }

    /// How an integer or pointer is cut to an integer type; `None` if every value of `from` keeps its bits.
    fn narrowing(&self, from: TypeId, to: TypeId) -> Option<Convert> {
        let target = self.types.int_kind(to)?;
        let source = match self.types.shape(from) {
            Shape::Bool => IntKind::UChar,
            _ => self.types.int_kind(from).unwrap_or(IntKind::ULong),
        };
        let fits = target.bytes() == 8
            || (source.bytes() == target.bytes() && source.is_signed() == target.is_signed())
            || (source.bytes() < target.bytes() && (!source.is_signed() || target.is_signed()));
        if fits {
            return None;
        }
        Some(match (target.bytes(), target.is_signed()) {
            (1, true) => Convert::Sext8,
            (1, false) => Convert::Zext8,
            (2, true) => Convert::Sext16,
            (2, false) => Convert::Zext16,
            (_, true) => Convert::Sext32,
            (_, false) => Convert::Zext32,
        })
    }

    /// Converts as if by assignment: checks, and warns where gcc does.
    pub(crate) fn assign_convert(
        &mut self,
        operand: Operand,
        to: Ty,
        reason: Reason<'_>,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        self.check_assignable(operand, to, reason, span)?;
        Ok(self.convert(operand, to.id, hint))
    }

    fn check_assignable(&mut self, operand: Operand, to: Ty, reason: Reason<'_>, span: Span) -> Result<()> {
        let (from, target) = (operand.ty, to.id);
        if from == target || (self.types.is_arithmetic(from) && self.types.is_arithmetic(target)) {
            return Ok(());
        }
        let (here, there) = (self.types.pointee(from), self.types.pointee(target));
        let names = |types: &super::types::Types| {
            (
                types.describe(from.into()),
                types.describe(Ty {
                    is_const: false,
                    ..to
                }),
            )
        };
        if from == TypeId::VOID {
            return fail(
                span,
                format!("{}: the value of a void expression is used", reason.describe()),
            );
        }
        match (here, there) {
            (Some(a), Some(b)) => self.check_pointers(a, b, from, target, reason, span),
            (Some(_), None) if target == TypeId::BOOL => {}
            (Some(_), None) if self.types.is_integer(target) => {
                let (a, b) = names(&self.types);
                let message = format!(
                    "{} makes the integer type '{b}' from the pointer '{a}' without a cast",
                    reason.describe()
                );
                self.cx.warn(span, message, None);
            }
            (None, Some(_)) if self.types.is_integer(from) => {
                if operand.value != Value::Int(0) {
                    let (a, b) = names(&self.types);
                    let message = format!(
                        "{} makes the pointer '{b}' from the integer type '{a}' without a cast",
                        reason.describe()
                    );
                    self.cx.warn(span, message, None);
                }
            }
            _ => {
                let (a, b) = names(&self.types);
                return fail(
                    span,
                    format!("{}: a value of type '{a}' cannot become '{b}'", reason.describe()),
                );
            }
        }
        Ok(())
    }

    fn check_pointers(&mut self, a: Ty, b: Ty, from: TypeId, to: TypeId, reason: Reason<'_>, span: Span) {
        let (from, to) = (self.types.describe(from.into()), self.types.describe(to.into()));
        if a.is_const && !b.is_const && !self.types.is_function(a.id) {
            let message = format!("{} drops 'const': '{from}' becomes '{to}'", reason.describe());
            self.cx.warn(span, message, None);
        }
        let any = a.id == TypeId::VOID || b.id == TypeId::VOID;
        let same = self.types.compatible(a.id, b.id) || self.same_width_ints(a.id, b.id);
        if !any && !same {
            let message = format!(
                "{} of an incompatible pointer: '{from}' becomes '{to}'",
                reason.describe()
            );
            self.cx.warn(span, message, None);
        }
    }

    /// `char *` and `unsigned char *`: gcc is silent unless asked.
    fn same_width_ints(&self, a: TypeId, b: TypeId) -> bool {
        match (self.types.int_kind(a), self.types.int_kind(b)) {
            (Some(a), Some(b)) => a.bytes() == b.bytes(),
            _ => false,
        }
    }
}
