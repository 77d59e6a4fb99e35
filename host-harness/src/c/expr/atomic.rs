//! Operations that no other task can come in between: the builtins of gcc, and operators on `_Atomic` objects. Each is
//! one instruction; all are sequentially consistent, whatever order is asked for.

use lang_c::ast::{BinaryOperator, Expression};
use lang_c::span::Node;

use crate::c::compiler::Compiler;
use crate::c::source::{Result, Span, fail};
use crate::c::types::{Ty, TypeId};
use crate::c::value::{LValue, Operand, Place, Value};
use crate::isa::{Alu, Atomic, Convert, Instr, Mem, Slot};

/// The operation that a name such as `fetch_and_add` or `add_fetch` ends or begins with.
fn operation(word: &str) -> Option<Atomic> {
    Some(match word {
        "add" => Atomic::Add,
        "sub" => Atomic::Sub,
        "and" => Atomic::And,
        "or" => Atomic::Or,
        "xor" => Atomic::Xor,
        "nand" => Atomic::Nand,
        _ => return None,
    })
}

/// Those of the C library's own, for which processors have a loop with a compare and swap: nobody can tell, and where
/// every order is explored it makes the difference between one step and many.
fn checked(word: &str) -> Option<Atomic> {
    match word {
        "checked_add" => Some(Atomic::CheckedAdd),
        "checked_sub" => Some(Atomic::CheckedSub),
        _ => None,
    }
}

/// What a builtin does: a change of the object, and whether its value is the one after it.
fn change(name: &str) -> Option<(Atomic, bool)> {
    if let Some(word) = name.strip_prefix("__atomic_fetch_") {
        return Some((operation(word).or_else(|| checked(word))?, false));
    }
    if let Some(word) = name.strip_prefix("__sync_fetch_and_") {
        return Some((operation(word)?, false));
    }
    let word = name
        .strip_prefix("__atomic_")
        .and_then(|rest| rest.strip_suffix("_fetch"))
        .or_else(|| {
            name.strip_prefix("__sync_")
                .and_then(|rest| rest.strip_suffix("_and_fetch"))
        })?;
    Some((operation(word)?, true))
}

impl Compiler<'_> {
    /// A call of one of the builtins; none if the name is an ordinary one.
    pub(super) fn atomic_builtin(
        &mut self,
        name: &str,
        args: &[Node<Expression>],
        span: Span,
    ) -> Result<Option<Operand>> {
        if !name.starts_with("__atomic_") && !name.starts_with("__sync_") {
            return Ok(None);
        }
        let few = |wanted: usize| fail(span, format!("'{name}' takes at least {wanted} argument(s)"));
        let void = Operand::new(TypeId::VOID, Value::Void);
        if matches!(
            name,
            "__sync_synchronize" | "__atomic_thread_fence" | "__atomic_signal_fence"
        ) {
            // Memory is the same for all tasks at all times here.
            return Ok(Some(void));
        }
        let Some((first, rest)) = args.split_first() else {
            return few(1);
        };
        let object = self.atomic_object(first, span)?;
        let made = match (name, rest) {
            ("__atomic_load_n", _) => self.load(object, None),
            ("__atomic_store_n", [value, ..]) => {
                let value = self.atomic_operand(value, object.ty.id)?;
                self.store(object, value);
                void
            }
            ("__sync_lock_release" | "__atomic_clear", _) => {
                self.store(object, Operand::new(object.ty.id, Value::Int(0)));
                void
            }
            ("__atomic_exchange_n" | "__sync_lock_test_and_set", [value, ..]) => {
                let value = self.atomic_operand(value, object.ty.id)?;
                self.atomic_change(object, Atomic::Exchange, value, false)
            }
            ("__atomic_test_and_set", _) => {
                let one = Operand::new(object.ty.id, Value::Int(1));
                let old = self.atomic_change(object, Atomic::Exchange, one, false);
                self.convert(old, TypeId::BOOL, None)
            }
            ("__atomic_compare_exchange_n", [expected, desired, ..]) => {
                self.compare_exchange(object, expected, desired, span)?
            }
            ("__sync_bool_compare_and_swap", [expected, desired, ..]) => {
                self.compare_and_swap(object, expected, desired, true)?
            }
            ("__sync_val_compare_and_swap", [expected, desired, ..]) => {
                self.compare_and_swap(object, expected, desired, false)?
            }
            (_, [value, ..]) if let Some((op, wants_new)) = change(name) => {
                let value = self.atomic_operand(value, object.ty.id)?;
                self.atomic_change(object, op, value, wants_new)
            }
            _ => {
                return fail(
                    span,
                    format!("'{name}' is not supported, or has too few arguments"),
                );
            }
        };
        Ok(Some(made))
    }

    /// The object that the first argument points to.
    fn atomic_object(&mut self, pointer: &Node<Expression>, span: Span) -> Result<LValue> {
        let pointer = self.rvalue(pointer, None)?;
        let to = self.types.pointee(pointer.ty);
        let fits = |ty: &Ty| {
            self.types.int_kind(ty.id).is_some()
                || self.types.pointee(ty.id).is_some()
                || ty.id == TypeId::BOOL
        };
        let Some(ty) = to.filter(fits) else {
            return fail(
                span,
                "an atomic operation needs a pointer to an integer or to a pointer",
            );
        };
        let stable = self.stable(pointer);
        let base = self.slot(stable);
        Ok(LValue {
            ty,
            place: Place::Memory(base, 0),
            bits: None,
        })
    }

    fn atomic_operand(&mut self, node: &Node<Expression>, ty: TypeId) -> Result<Operand> {
        let value = self.scalar(node)?;
        let value = self.convert(value, ty, None);
        Ok(self.stable(value))
    }

    /// Changes an object in one instruction; gives what it held before, or holds now.
    pub(super) fn atomic_change(
        &mut self,
        object: LValue,
        op: Atomic,
        value: Operand,
        wants_new: bool,
    ) -> Operand {
        let ty = object.ty.id;
        let address = self.address(object);
        let address = self.slot(Operand::new(TypeId::ULONG, address));
        let src = self.slot(value);
        let dst = self.function.temp();
        let size = self.mem(ty).size();
        self.emit(Instr::Atomic {
            op,
            size,
            dst,
            addr: address,
            src,
        });
        if wants_new {
            self.apply(op, dst, src);
        }
        self.extend(ty, dst);
        Operand::new(ty, Value::Temp(dst))
    }

    /// The same change of a slot.
    fn apply(&mut self, op: Atomic, dst: Slot, src: Slot) {
        let alu = match op {
            // Their value is the one before.
            Atomic::CheckedAdd | Atomic::CheckedSub => return,
            Atomic::Exchange => return self.emit(Instr::Move { dst, src }),
            Atomic::Add => Alu::Add64,
            Atomic::Sub => Alu::Sub64,
            Atomic::And | Atomic::Nand => Alu::And,
            Atomic::Or => Alu::Or,
            Atomic::Xor => Alu::Xor,
        };
        self.emit(Instr::Alu {
            op: alu,
            dst,
            a: dst,
            b: src,
        });
        if op == Atomic::Nand {
            self.emit(Instr::AluImm {
                op: Alu::Xor,
                dst,
                a: dst,
                imm: -1,
            });
        }
    }

    /// Brings what memory gave into the canonical form of the type.
    fn extend(&mut self, ty: TypeId, slot: Slot) {
        let op = match self.mem(ty) {
            Mem::I8 => Convert::Sext8,
            Mem::U8 => Convert::Zext8,
            Mem::I16 => Convert::Sext16,
            Mem::U16 => Convert::Zext16,
            Mem::I32 => Convert::Sext32,
            Mem::U32 => Convert::Zext32,
            Mem::B64 => return,
        };
        self.emit(Instr::Convert {
            op,
            dst: slot,
            src: slot,
        });
    }

    /// Stores `desired` if the object holds `expected`; the slots of what it held and of what was expected.
    fn swap_if(
        &mut self,
        object: LValue,
        expected: Operand,
        desired: &Node<Expression>,
    ) -> Result<(Slot, Slot)> {
        let ty = object.ty.id;
        let wanted = self.function.temp();
        self.put_into(expected, wanted);
        let new = self.atomic_operand(desired, ty)?;
        let base = self.function.reserve(4 * 8);
        let at = |index: i32| base.saturating_add(index * 8);
        let address = self.address(object);
        self.put_into(Operand::new(TypeId::ULONG, address), at(0));
        self.put_into(Operand::new(ty, Value::Temp(wanted)), at(1));
        self.put_into(new, at(2));
        let size = self.mem(ty).size();
        self.emit(Instr::CompareSwap { size, base });
        let old = self.function.temp();
        self.emit(Instr::Move { dst: old, src: at(3) });
        self.extend(ty, old);
        Ok((old, wanted))
    }

    fn compare_and_swap(
        &mut self,
        object: LValue,
        expected: &Node<Expression>,
        desired: &Node<Expression>,
        wants_bool: bool,
    ) -> Result<Operand> {
        let expected = self.atomic_operand(expected, object.ty.id)?;
        let (old, wanted) = self.swap_if(object, expected, desired)?;
        if !wants_bool {
            return Ok(Operand::new(object.ty.id, Value::Temp(old)));
        }
        Ok(self.same(old, wanted))
    }

    fn same(&mut self, a: Slot, b: Slot) -> Operand {
        let dst = self.function.temp();
        self.emit(Instr::Alu {
            op: Alu::Eq,
            dst,
            a,
            b,
        });
        Operand::new(TypeId::INT, Value::Temp(dst))
    }

    /// `__atomic_compare_exchange_n`: what was expected is where its pointer points, and is told anew there: after a
    /// success that changes nothing.
    fn compare_exchange(
        &mut self,
        object: LValue,
        expected: &Node<Expression>,
        desired: &Node<Expression>,
        span: Span,
    ) -> Result<Operand> {
        let told = self.atomic_object(expected, span)?;
        let told = LValue {
            ty: object.ty.id.into(),
            ..told
        };
        let before = self.load(told, None);
        let (old, wanted) = self.swap_if(object, before, desired)?;
        let result = self.same(old, wanted);
        self.store(told, Operand::new(object.ty.id, Value::Temp(old)));
        Ok(result)
    }

    /// `x op= value` of an `_Atomic` object: one instruction where there is one for it.
    pub(super) fn atomic_assignment(
        &mut self,
        object: LValue,
        operator: &BinaryOperator,
        value: &Node<Expression>,
        span: Span,
    ) -> Result<Operand> {
        let op = match operator {
            BinaryOperator::AssignPlus => Atomic::Add,
            BinaryOperator::AssignMinus => Atomic::Sub,
            BinaryOperator::AssignBitwiseAnd => Atomic::And,
            BinaryOperator::AssignBitwiseOr => Atomic::Or,
            BinaryOperator::AssignBitwiseXor => Atomic::Xor,
            _ => return fail(span, "this operation on an _Atomic object is not supported"),
        };
        if self.types.int_kind(object.ty.id).is_none() {
            return fail(span, "operations on _Atomic objects are supported for integers");
        }
        let value = self.atomic_operand(value, object.ty.id)?;
        Ok(self.atomic_change(object, op, value, true))
    }

    /// Whether an object is one that other tasks may see, and is to be changed in one instruction.
    pub(super) fn is_atomic(&self, object: LValue) -> bool {
        object.ty.is_atomic && !matches!(object.place, Place::Private(_))
    }
}
