//! What the library's headers are written with: system calls, argument lists, block operations.

use lang_c::ast::{Expression, VaArgExpression};
use lang_c::span::Node;

use crate::c::compiler::Compiler;
use crate::c::source::{Result, Span, fail};
use crate::c::types::{Ty, TypeId};
use crate::c::value::{LValue, Operand, Place, Value};
use crate::isa::{Alu, Instr, LINKAGE_BYTES, Mem, Size, Slot};

/// `SYS_clone` on x86-64.
const SYS_CLONE: i64 = 56;

impl Compiler<'_> {
    /// A call of something that is not a function; `None` if the name is an ordinary one.
    pub(super) fn builtin(
        &mut self,
        name: &str,
        args: &[Node<Expression>],
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Option<Operand>> {
        if !name.starts_with("__") && name != "alloca" {
            return Ok(None);
        }
        if let Some(result) = self.atomic_builtin(name, args, span)? {
            return Ok(Some(result));
        }
        let wanted = match name {
            "__syscall" => args.len().clamp(1, 7),
            "__builtin_va_end" | "__initial_sp" | "__builtin_alloca" | "alloca" => {
                usize::from(name != "__initial_sp")
            }
            "__builtin_unreachable" | "__builtin_trap" | "__thread_pointer" => 0,
            "__builtin_va_start" | "__builtin_va_copy" | "__builtin_expect" => 2,
            "__builtin_memcpy" | "__builtin_memmove" | "__builtin_memset" => 3,
            "__builtin_constant_p" | "__set_jump" => 1,
            "__long_jump" => 2,
            "__clone_call" => 7,
            _ => return Ok(None),
        };
        if args.len() != wanted {
            return fail(
                span,
                format!("'{name}' takes {wanted} argument(s), {} given", args.len()),
            );
        }
        self.expand_builtin(name, args, span, hint).map(Some)
    }

    fn expand_builtin(
        &mut self,
        name: &str,
        args: &[Node<Expression>],
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        match (name, args) {
            ("__syscall", _) => self.syscall(args, hint),
            ("__builtin_va_start", [list, _]) => self.va_start(list, span),
            ("__builtin_va_copy", [to, from]) => {
                let value = self.rvalue(from, None)?;
                let to = self.lvalue(to)?;
                self.store(to, value);
                Ok(Operand::new(TypeId::VOID, Value::Void))
            }
            ("__builtin_va_end", _) => Ok(Operand::new(TypeId::VOID, Value::Void)),
            ("__builtin_expect", [value, _]) => self.rvalue(value, hint),
            ("__builtin_constant_p", [value]) => {
                let known = self.try_constant(value)?.is_some();
                Ok(Operand::int(i64::from(known)))
            }
            ("__builtin_memset", [dst, byte, len]) => self.fill(dst, byte, len),
            ("__builtin_memcpy" | "__builtin_memmove", [dst, src, len]) => self.copy(dst, src, len),
            ("__builtin_alloca" | "alloca", [size]) => self.alloca(size),
            ("__initial_sp", _) => self.initial_sp(span),
            ("__clone_call", _) => self.clone_call(args),
            ("__set_jump", [env]) => self.set_jump(env, hint),
            ("__long_jump", [env, value]) => self.long_jump(env, value),
            ("__thread_pointer", _) => {
                let dst = self.target(hint);
                self.emit(Instr::GetTp { dst });
                let ty = self.types.pointer(TypeId::VOID.into());
                Ok(Operand::new(ty, Value::Temp(dst)))
            }
            _ => {
                self.emit(Instr::Invalid);
                self.function.reachable = false;
                Ok(Operand::new(TypeId::VOID, Value::Void))
            }
        }
    }

    /// Evaluates an argument into a slot of its own, as 64 bits.
    fn word(&mut self, node: &Node<Expression>, dst: Slot) -> Result<()> {
        let operand = self.scalar(node)?;
        let operand = if self.types.is_integer(operand.ty) {
            self.convert(operand, TypeId::LONG, Some(dst))
        } else {
            operand
        };
        self.put_into(operand, dst);
        Ok(())
    }

    fn syscall(&mut self, args: &[Node<Expression>], hint: Option<Slot>) -> Result<Operand> {
        let dst = self.target(hint);
        let mark = self.function.mark();
        let base = self.function.reserve(7 * 8);
        let mut slot = base;
        for arg in args {
            self.word(arg, slot)?;
            slot = slot.saturating_add(8);
        }
        let count = u8::try_from(args.len().saturating_sub(1)).unwrap_or(6);
        self.emit(Instr::Syscall { base, count });
        self.function.release(mark);
        self.emit(Instr::GetAcc { dst });
        Ok(Operand::new(TypeId::LONG, Value::Temp(dst)))
    }

    fn va_start(&mut self, list: &Node<Expression>, span: Span) -> Result<Operand> {
        let Some(rest) = self.function.rest else {
            return fail(span, "va_start is used in a function without '...'");
        };
        let object = self.lvalue(list)?;
        let ty = self.types.pointer(TypeId::CHAR.into());
        let dst = self.function.temp();
        self.emit(Instr::Lea { dst, offset: rest });
        self.store(object, Operand::new(ty, Value::Temp(dst)));
        Ok(Operand::new(TypeId::VOID, Value::Void))
    }

    /// `va_arg`: reads an argument and moves the list behind it.
    pub(super) fn va_arg(
        &mut self,
        node: &VaArgExpression,
        span: Span,
        hint: Option<Slot>,
    ) -> Result<Operand> {
        let ty = self.type_name(&node.type_name)?;
        let Some(size) = self.types.size(ty.id) else {
            return fail(span, "va_arg needs a complete type");
        };
        let list = self.lvalue(&node.va_list)?;
        let old = self.load(list, None);
        let old = self.stable(old);
        let at = self.slot(old);
        let next = self.function.temp();
        let imm = i32::try_from(size.div_ceil(8).saturating_mul(8)).unwrap_or(8);
        self.emit(Instr::AluImm {
            op: Alu::Add64,
            dst: next,
            a: at,
            imm,
        });
        self.store(list, Operand::new(old.ty, Value::Temp(next)));
        let object = LValue {
            ty: Ty::from(ty.id),
            place: Place::Memory(at, 0),
            bits: None,
        };
        let operand = self.load(object, hint);
        Ok(operand)
    }

    fn pointer_slot(&mut self, node: &Node<Expression>) -> Result<Operand> {
        let operand = self.scalar(node)?;
        let stable = self.stable(operand);
        let slot = self.slot(stable);
        Ok(Operand::new(operand.ty, Value::Temp(slot)))
    }

    fn fill(
        &mut self,
        dst: &Node<Expression>,
        byte: &Node<Expression>,
        len: &Node<Expression>,
    ) -> Result<Operand> {
        let to = self.pointer_slot(dst)?;
        let byte = self.pointer_slot(byte)?;
        let len = self.length(len)?;
        let (dst, byte, len) = (self.slot(to), self.slot(byte), self.slot(len));
        self.emit(Instr::Fill { dst, byte, len });
        Ok(to)
    }

    fn copy(
        &mut self,
        dst: &Node<Expression>,
        src: &Node<Expression>,
        len: &Node<Expression>,
    ) -> Result<Operand> {
        let to = self.pointer_slot(dst)?;
        let from = self.pointer_slot(src)?;
        let len = self.length(len)?;
        let (dst, src, len) = (self.slot(to), self.slot(from), self.slot(len));
        self.emit(Instr::Copy { dst, src, len });
        Ok(to)
    }

    fn length(&mut self, node: &Node<Expression>) -> Result<Operand> {
        let operand = self.scalar(node)?;
        Ok(self.convert(operand, TypeId::ULONG, None))
    }

    fn alloca(&mut self, size: &Node<Expression>) -> Result<Operand> {
        let size = self.length(size)?;
        let size = self.slot(size);
        let dst = self.function.temp();
        self.emit(Instr::Alloca { dst, size });
        let ty = self.types.pointer(TypeId::VOID.into());
        Ok(Operand::new(ty, Value::Temp(dst)))
    }

    /// The stack pointer that the kernel gave the process.
    fn initial_sp(&mut self, span: Span) -> Result<Operand> {
        if self.function.name != "_start" {
            return fail(span, "__initial_sp is for _start alone");
        }
        let dst = self.function.temp();
        self.emit(Instr::Lea {
            dst,
            offset: LINKAGE_BYTES,
        });
        let ty = self.types.pointer(TypeId::LONG.into());
        Ok(Operand::new(ty, Value::Temp(dst)))
    }

    /// The place behind this expression, with the frame around it, goes to where the argument points; the value is 0, or
    /// what a jump brings.
    fn set_jump(&mut self, env: &Node<Expression>, hint: Option<Slot>) -> Result<Operand> {
        let dst = self.target(hint);
        let (base, src) = (self.function.temp(), self.function.temp());
        self.word(env, base)?;
        self.emit(Instr::GetSp { dst: src });
        self.emit(Instr::Store {
            size: Size::B8,
            src,
            base,
            offset: 8,
        });
        self.emit(Instr::Lea { dst: src, offset: 0 });
        self.emit(Instr::Store {
            size: Size::B8,
            src,
            base,
            offset: 16,
        });
        self.emit(Instr::SetJump { base });
        self.emit(Instr::GetAcc { dst });
        Ok(Operand::new(TypeId::INT, Value::Temp(dst)))
    }

    /// Back to that place, with a value. The frame here is left as it is.
    fn long_jump(&mut self, env: &Node<Expression>, value: &Node<Expression>) -> Result<Operand> {
        let base = self.function.reserve(4 * 8);
        let env_slot = self.function.temp();
        self.word(env, env_slot)?;
        self.word(value, base.saturating_add(24))?;
        for offset in [0, 8, 16] {
            self.emit(Instr::Load {
                mem: Mem::B64,
                dst: base.saturating_add(offset),
                base: env_slot,
                offset,
            });
        }
        self.emit(Instr::LongJump { base });
        self.function.reachable = false;
        Ok(Operand::new(TypeId::VOID, Value::Void))
    }

    /// `clone` with a function to call: the child must not touch the frame of its parent.
    fn clone_call(&mut self, args: &[Node<Expression>]) -> Result<Operand> {
        let result = self.function.temp();
        let [function, stack, flags, argument, ptid, tls, ctid] = args else {
            return Ok(Operand::int(0));
        };
        let base = self.function.reserve(7 * 8);
        let at = |index: i32| base.saturating_add(index * 8);
        let (callee, passed) = (self.function.temp(), self.function.temp());
        self.word(function, callee)?;
        self.word(stack, at(2))?;
        self.word(flags, at(1))?;
        self.word(argument, passed)?;
        self.word(ptid, at(3))?;
        self.word(tls, at(5))?;
        self.word(ctid, at(4))?;
        self.emit(Instr::Store {
            size: Size::B8,
            src: passed,
            base: at(2),
            offset: -8,
        });
        self.emit(Instr::Store {
            size: Size::B8,
            src: callee,
            base: at(2),
            offset: -16,
        });
        self.emit(Instr::AluImm {
            op: Alu::Sub64,
            dst: at(2),
            a: at(2),
            imm: 16,
        });
        self.emit(Instr::Imm {
            dst: base,
            value: SYS_CLONE,
        });
        self.emit(Instr::Syscall { base, count: 5 });
        self.emit(Instr::ChildStart);
        self.emit(Instr::GetAcc { dst: result });
        Ok(Operand::new(TypeId::LONG, Value::Temp(result)))
    }
}
