//! Calls.

use lang_c::ast::{CallExpression, Expression};
use lang_c::span::Node;

use crate::c::compiler::Compiler;
use crate::c::convert::Reason;
use crate::c::source::{Result, Span, error, fail};
use crate::c::types::{Signature, Ty, TypeId};
use crate::c::value::{LValue, Operand, Place, Value};
use crate::isa::{Instr, Slot};

/// Whom a call goes to.
enum Callee {
    Symbol(crate::c::symbol::SymbolId),
    Pointer(Slot),
}

impl Compiler<'_> {
    pub(super) fn call(&mut self, call: &CallExpression, span: Span, hint: Option<Slot>) -> Result<Operand> {
        if let Expression::Identifier(name) = &call.callee.node {
            let name = &name.node.name;
            if let Some(result) = self.builtin(name, &call.arguments, span, hint)? {
                return Ok(result);
            }
            if self.lookup(name)?.is_none() {
                self.declare_implicitly(name, self.span(call.callee.span))?;
            }
        }
        let callee = self.rvalue(&call.callee, None)?;
        let target = self.types.pointee(callee.ty);
        let Some(signature) = target.and_then(|to| self.types.signature(to.id)).cloned() else {
            let what = self.types.describe(callee.ty.into());
            return fail(
                self.span(call.callee.span),
                format!("this is called, but it is no function: '{what}'"),
            );
        };
        let called = self.callee_name(&call.callee);
        self.check_count(&signature, call, &called, span)?;
        self.complete(signature.ret.id)?;
        if signature.ret.id != TypeId::VOID && self.types.size(signature.ret.id).is_none() {
            let what = self.types.describe(signature.ret);
            return fail(span, format!("'{called}' returns the incomplete type '{what}'"));
        }
        self.emit_call(callee, &signature, &call.arguments, &called, span, hint)
    }

    fn callee_name(&self, node: &Node<Expression>) -> String {
        match &node.node {
            Expression::Identifier(name) => name.node.name.clone(),
            _ => "the function".to_owned(),
        }
    }

    fn check_count(
        &self,
        signature: &Signature,
        call: &CallExpression,
        name: &str,
        span: Span,
    ) -> Result<()> {
        if signature.unchecked {
            return Ok(());
        }
        let (given, wanted) = (call.arguments.len(), signature.params.len());
        let how_many = match (given < wanted, given > wanted && !signature.variadic) {
            (true, _) => "too few",
            (_, true) => "too many",
            _ => return Ok(()),
        };
        let least = if signature.variadic { "at least " } else { "" };
        let extra = call.arguments.get(wanted).map(|node| self.span(node.span));
        Err(error(
            extra.unwrap_or(span),
            format!("{how_many} arguments for '{name}': it takes {least}{wanted}, {given} given"),
        )
        .with_label(format!("{least}{wanted} expected")))
    }

    fn emit_call(
        &mut self,
        callee: Operand,
        signature: &Signature,
        arguments: &[Node<Expression>],
        name: &str,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let pos = std::mem::replace(&mut self.function.pos, span.start);
        let nodes: Vec<&Node<Expression>> = arguments.iter().collect();
        self.warn_unsequenced(&nodes);
        let returns_record = self.types.is_record(signature.ret.id);
        let result = self.result_place(signature.ret, hint);
        let mark = self.function.mark();
        let callee = match callee.value {
            Value::Address(symbol, 0) => Callee::Symbol(symbol),
            _ => {
                let stable = self.stable(callee);
                Callee::Pointer(self.slot(stable))
            }
        };
        // Arguments before the call can be of any size, so their types are needed before their slots.
        let (types, slots) = self.argument_types(signature, arguments)?;
        let hidden = u64::from(returns_record);
        let total = hidden + slots;
        let base = self.function.reserve(total.saturating_mul(8));
        let slot_at = |index: u64| base.saturating_add(i32::try_from(index.saturating_mul(8)).unwrap_or(0));
        if returns_record {
            self.address_into(result, slot_at(0));
        }
        let mut next = hidden;
        for (index, (node, &ty)) in arguments.iter().zip(&types).enumerate() {
            let is_named = index < signature.params.len();
            let reason = Reason::Argument(index + 1, name);
            self.argument(node, ty, is_named, slot_at(next), reason)?;
            next += self.types.size(ty.id).unwrap_or(8).div_ceil(8);
        }
        let base = self.below_pinned(base, total);
        let Ok(count) = u16::try_from(total) else {
            return fail(span, "the arguments of this call are too large for a stack");
        };
        self.emit_transfer(callee, base, count);
        self.function.release(mark);
        self.function.pos = pos;
        if let Value::Void = self.returned_value(signature.ret, result) {
            return Ok(Operand::new(signature.ret.id, Value::Void));
        }
        let value = self.returned_value(signature.ret, result);
        if let (Value::Temp(dst), false) = (value, returns_record) {
            self.emit(Instr::GetAcc { dst });
        }
        Ok(Operand::new(signature.ret.id, value))
    }

    /// The callee's frame begins right below the arguments. Objects that arguments left there, such as compound
    /// literals, must live on: then the arguments move below them.
    fn below_pinned(&mut self, base: Slot, count: u64) -> Slot {
        if !self.function.is_pinned_below(base) {
            return base;
        }
        let moved = self.function.reserve(count.saturating_mul(8));
        for index in 0..i32::try_from(count).unwrap_or(0) {
            let distance = index.saturating_mul(8);
            self.emit(Instr::Move {
                dst: moved.saturating_add(distance),
                src: base.saturating_add(distance),
            });
        }
        moved
    }

    /// Where the result of a call will be.
    fn result_place(&mut self, ret: Ty, hint: Option<Slot>) -> Place {
        if self.types.is_record(ret.id) {
            let size = self.types.size(ret.id).unwrap_or(8);
            let place = Place::Frame(self.function.object(size.max(8)));
            // A pointer into it may be an argument of another call.
            self.function.pin();
            return place;
        }
        if ret.id == TypeId::VOID {
            return Place::Private(0);
        }
        Place::Private(self.target(hint))
    }

    fn returned_value(&self, ret: Ty, place: Place) -> Value {
        match place {
            _ if ret.id == TypeId::VOID => Value::Void,
            Place::Private(slot) => Value::Temp(slot),
            place => Value::Record(place),
        }
    }

    /// The types that arguments are passed as, and how many slots they take together.
    fn argument_types(
        &mut self,
        signature: &Signature,
        arguments: &[Node<Expression>],
    ) -> Result<(Vec<Ty>, u64)> {
        let mut types = Vec::with_capacity(arguments.len());
        let mut slots = 0_u64;
        for (index, node) in arguments.iter().enumerate() {
            let ty = match signature.params.get(index) {
                Some(&param) => param,
                None => {
                    let given = self.decayed_type(node)?;
                    self.default_promotion(given).into()
                }
            };
            if ty.id == TypeId::VOID {
                return fail(
                    self.span(node.span),
                    "the value of a void expression is passed as an argument",
                );
            }
            slots += self.types.size(ty.id).unwrap_or(8).div_ceil(8);
            types.push(ty);
        }
        Ok((types, slots))
    }

    fn default_promotion(&self, ty: TypeId) -> TypeId {
        if ty == TypeId::FLOAT {
            TypeId::DOUBLE
        } else {
            self.types.promoted(ty)
        }
    }

    fn argument(
        &mut self,
        node: &Node<Expression>,
        ty: Ty,
        is_named: bool,
        dst: Slot,
        reason: Reason<'_>,
    ) -> Result<()> {
        let span = self.span(node.span);
        let mark = self.function.mark();
        let hint = (!self.types.is_record(ty.id)).then_some(dst);
        let operand = self.rvalue(node, hint)?;
        let operand = if is_named {
            self.assign_convert(operand, ty, reason, span, hint)?
        } else {
            self.convert(operand, ty.id, hint)
        };
        if self.types.is_record(ty.id) {
            self.function
                .note_object(dst, self.types.size(ty.id).unwrap_or(8));
            self.store(
                LValue {
                    ty,
                    place: Place::Frame(dst),
                    bits: None,
                },
                operand,
            );
        } else {
            self.put_into(operand, dst);
        }
        self.function.release(mark);
        Ok(())
    }

    /// The call itself.
    fn emit_transfer(&mut self, callee: Callee, args: Slot, count: u16) {
        if self.function.has_vla {
            // The frame of the callee must lie below the arrays.
            let callee = match callee {
                Callee::Pointer(slot) => slot,
                Callee::Symbol(symbol) => self.slot(Operand::new(TypeId::ULONG, Value::Address(symbol, 0))),
            };
            self.emit(Instr::CallBelow { callee, args, count });
            return;
        }
        match callee {
            Callee::Symbol(symbol) => self.function.emit_reloc(
                Instr::Call {
                    target: 0,
                    args,
                    count,
                },
                symbol,
                0,
            ),
            Callee::Pointer(callee) => self.emit(Instr::CallPtr { callee, args, count }),
        }
    }
}
