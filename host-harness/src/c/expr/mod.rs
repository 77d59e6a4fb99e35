//! Expressions: checked and lowered in one walk, from left to right. What is known now is computed now.

mod assign;
mod atomic;
mod binary;
mod builtin;
mod call;
mod logic;
mod object;
pub(super) mod probe;
pub(super) mod sequence;
mod unary;

use lang_c::ast::{Constant, Expression, FloatFormat, IntegerBase};
use lang_c::span::Node;

use super::compiler::Compiler;
use super::literal;
use super::scope::Entity;
use super::source::{Result, Span, error, fail};
use super::types::{IntKind, TypeId};
use super::value::{Operand, Value};
use crate::isa::Slot;

impl Compiler<'_> {
    /// The value of an expression. If it has to be computed and `hint` is given, that slot takes it, written last.
    pub(crate) fn rvalue(&mut self, node: &Node<Expression>, hint: Option<Slot>) -> Result<Operand> {
        let span = self.span(node.span);
        match &node.node {
            Expression::Identifier(name) => {
                if let Some(Entity::Constant(value)) = self.lookup(&name.node.name)?.map(|found| found.entity)
                {
                    return Ok(enumerator(value));
                }
                let object = self.lvalue(node)?;
                Ok(self.load(object, hint))
            }
            Expression::Constant(constant) => self.literal(&constant.node, span),
            Expression::StringLiteral(_) | Expression::Member(_) | Expression::CompoundLiteral(_) => {
                let object = self.lvalue(node)?;
                Ok(self.load(object, hint))
            }
            Expression::UnaryOperator(unary) => self.unary(&unary.node, span, hint),
            Expression::BinaryOperator(binary) => self.binary(node, &binary.node, span, hint),
            Expression::Call(call) => self.call(&call.node, span, hint),
            Expression::Conditional(conditional) => self.conditional(&conditional.node, span, hint),
            Expression::Comma(list) => {
                let Some((last, first)) = list.split_last() else {
                    return Ok(Operand::int(0));
                };
                for node in first {
                    self.effect(node)?;
                }
                self.rvalue(last, hint)
            }
            Expression::Cast(cast) => self.cast(&cast.node, span, hint),
            Expression::SizeOfTy(size) => {
                let ty = self.type_name(&size.node.0)?;
                self.size_of(ty.id, span)
            }
            Expression::SizeOfVal(size) => {
                let ty = self.type_of(&size.node.0)?;
                self.size_of(ty, span)
            }
            Expression::AlignOf(align) => {
                let ty = self.type_name(&align.node.0)?;
                let align = i64::try_from(self.types.align(ty.id)).unwrap_or(1);
                Ok(Operand::new(TypeId::ULONG, Value::Int(align)))
            }
            Expression::OffsetOf(offset) => self.offset_of(&offset.node, span),
            Expression::VaArg(va_arg) => self.va_arg(&va_arg.node, span, hint),
            Expression::Statement(statement) => self.statement_expression(statement, span, hint),
            Expression::GenericSelection(_) => fail(span, "_Generic is not supported"),
        }
    }

    /// Evaluates an expression for what it does.
    pub(crate) fn effect(&mut self, node: &Node<Expression>) -> Result<()> {
        match &node.node {
            Expression::UnaryOperator(unary) => self.unary_effect(&unary.node, self.span(node.span)),
            Expression::Comma(list) => list.iter().try_for_each(|node| self.effect(node)),
            Expression::Cast(cast) => {
                let ty = self.type_name(&cast.node.type_name)?;
                if ty.id == TypeId::VOID {
                    return self.effect(&cast.node.expression);
                }
                self.rvalue(node, None).map(drop)
            }
            _ => self.rvalue(node, None).map(drop),
        }
    }

    /// A value of scalar type, for a condition.
    pub(crate) fn scalar(&mut self, node: &Node<Expression>) -> Result<Operand> {
        let operand = self.rvalue(node, None)?;
        let span = self.span(node.span);
        self.require_scalar(operand, span)?;
        Ok(operand)
    }

    pub(crate) fn require_scalar(&self, operand: Operand, span: Span) -> Result<()> {
        if self.types.is_scalar(operand.ty) {
            return Ok(());
        }
        let what = self.types.describe(operand.ty.into());
        fail(
            span,
            format!("a number or pointer is needed here, not a value of type '{what}'"),
        )
    }

    fn literal(&mut self, constant: &Constant, span: Span) -> Result<Operand> {
        match constant {
            Constant::Integer(integer) => {
                if integer.suffix.imaginary {
                    return fail(span, "complex numbers are not supported");
                }
                let prefix = match integer.base {
                    IntegerBase::Decimal => "",
                    IntegerBase::Octal => "0",
                    IntegerBase::Hexadecimal => "0x",
                    IntegerBase::Binary => "0b",
                };
                let suffix = match integer.suffix.size {
                    lang_c::ast::IntegerSize::Int => "",
                    lang_c::ast::IntegerSize::Long => "l",
                    lang_c::ast::IntegerSize::LongLong => "ll",
                };
                let unsigned = if integer.suffix.unsigned { "u" } else { "" };
                let text = format!("{prefix}{}{unsigned}{suffix}", integer.number);
                let parsed = literal::integer(&text).map_err(|message| error(span, message))?;
                let kind = integer_kind(&parsed);
                Ok(Operand::new(
                    TypeId::int(kind),
                    Value::Int(parsed.value.cast_signed()),
                ))
            }
            Constant::Float(float) => {
                let hex = matches!(float.base, lang_c::ast::FloatBase::Hexadecimal);
                let text = format!("{}{}", if hex { "0x" } else { "" }, float.number);
                let value = literal::float(&text).map_err(|message| error(span, message))?;
                Ok(match float.suffix.format {
                    FloatFormat::Float => Operand::new(TypeId::FLOAT, Value::Float(f64::from(value as f32))),
                    FloatFormat::Double => Operand::new(TypeId::DOUBLE, Value::Float(value)),
                    FloatFormat::LongDouble => Operand::new(TypeId::LONG_DOUBLE, Value::Float(value)),
                    FloatFormat::TS18661Format(_) => {
                        return fail(span, "this floating-point type is not supported");
                    }
                })
            }
            Constant::Character(text) => {
                let value = literal::character(text).map_err(|message| error(span, message))?;
                Ok(Operand::int(value))
            }
        }
    }

    fn size_of(&mut self, ty: TypeId, span: Span) -> Result<Operand> {
        self.complete(ty)?;
        let value = self.size_value(ty);
        let known = self.types.size(ty).is_some() || matches!(value, Value::Variable(_));
        // GNU: void and functions have size 1.
        if !known && ty != TypeId::VOID && !self.types.is_function(ty) {
            let what = self.types.describe(ty.into());
            return fail(
                span,
                format!("the size of the incomplete type '{what}' is not known"),
            );
        }
        Ok(Operand::new(TypeId::ULONG, value))
    }
}

/// An enumerator has type int, or unsigned if only that holds it.
fn enumerator(value: i64) -> Operand {
    let ty = if i32::try_from(value).is_ok() {
        TypeId::INT
    } else {
        TypeId::UINT
    };
    Operand::new(ty, Value::Int(value))
}

/// The first type that holds an integer constant (C99 6.4.4.1).
fn integer_kind(constant: &literal::Integer) -> IntKind {
    let fits_int = i32::try_from(constant.value).is_ok();
    let fits_uint = u32::try_from(constant.value).is_ok();
    let fits_long = i64::try_from(constant.value).is_ok();
    let may_be_unsigned = constant.unsigned || !constant.decimal;
    if constant.longs == 0 {
        if fits_int && !constant.unsigned {
            return IntKind::Int;
        }
        if fits_uint && may_be_unsigned {
            return IntKind::UInt;
        }
    }
    let long_long = constant.longs == 2;
    match (fits_long && !constant.unsigned, long_long) {
        (true, false) => IntKind::Long,
        (true, true) => IntKind::LongLong,
        (false, false) => IntKind::ULong,
        (false, true) => IntKind::ULongLong,
    }
}
