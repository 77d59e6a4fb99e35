//! Values and places while code is made: where they are, and the instructions that move them.

use super::compiler::Compiler;
use super::source::{Result, Span, error};
use super::symbol::SymbolId;
use super::types::{Bits, Shape, Ty, TypeId};
use crate::isa::{Alu, Convert, Instr, Mem, Size, Slot};

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    Void,
    /// An integer or pointer known now, in canonical form.
    Int(i64),
    /// A floating-point value known now.
    Float(f64),
    /// The address of a symbol, known to the linker.
    Address(SymbolId, i64),
    /// In a slot that nothing else writes to.
    Temp(Slot),
    /// In the slot of a local variable: valid until the variable changes.
    Variable(Slot),
    /// A struct or union, in memory.
    Record(Place),
}

/// A value and its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand {
    pub(crate) ty: TypeId,
    pub(crate) value: Value,
}

/// Where an object is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    /// A slot of its own.
    Private(Slot),
    /// At this distance from `fp`.
    Frame(i32),
    /// At this distance from a symbol.
    Symbol(SymbolId, i64),
    /// At this distance from the address in a slot.
    Memory(Slot, i32),
    /// At an address known now, such as the null pointer.
    Known(i64),
    /// Element `index` (a slot) of the scalars at the address in `base`.
    Element(Slot, Slot),
}

/// An object and its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LValue {
    pub(crate) ty: Ty,
    pub(crate) place: Place,
    pub(crate) bits: Option<Bits>,
}

impl Operand {
    pub(crate) fn new(ty: TypeId, value: Value) -> Operand {
        Operand { ty, value }
    }

    pub(crate) fn int(value: i64) -> Operand {
        Operand {
            ty: TypeId::INT,
            value: Value::Int(value),
        }
    }
}

impl Compiler<'_> {
    pub(crate) fn emit(&mut self, instr: Instr) {
        self.function.emit(instr);
    }

    /// How a scalar of this type is loaded.
    pub(crate) fn mem(&self, ty: TypeId) -> Mem {
        match self.types.shape(ty) {
            Shape::Bool => Mem::U8,
            Shape::Float => Mem::U32,
            _ => match self
                .types
                .int_kind(ty)
                .map(|kind| (kind.bytes(), kind.is_signed()))
            {
                Some((1, true)) => Mem::I8,
                Some((1, false)) => Mem::U8,
                Some((2, true)) => Mem::I16,
                Some((2, false)) => Mem::U16,
                Some((4, true)) => Mem::I32,
                Some((4, false)) => Mem::U32,
                _ => Mem::B64,
            },
        }
    }

    fn size_of_access(&self, ty: TypeId) -> Size {
        self.mem(ty).size()
    }

    /// The bits of a constant as they stand in a slot.
    fn float_bits(&self, ty: TypeId, value: f64) -> i64 {
        if ty == TypeId::FLOAT {
            i64::from((value as f32).to_bits())
        } else {
            value.to_bits().cast_signed()
        }
    }

    /// Puts a value into a given slot.
    pub(crate) fn put_into(&mut self, operand: Operand, dst: Slot) {
        match operand.value {
            Value::Void => {}
            Value::Int(value) => self.emit(Instr::Imm { dst, value }),
            Value::Float(value) => {
                let value = self.float_bits(operand.ty, value);
                self.emit(Instr::Imm { dst, value });
            }
            Value::Address(symbol, addend) => self.symbol_address(dst, symbol, addend),
            Value::Temp(src) | Value::Variable(src) => {
                if src != dst {
                    self.emit(Instr::Move { dst, src });
                }
            }
            Value::Record(place) => self.address_into(place, dst),
        }
    }

    fn symbol_address(&mut self, dst: Slot, symbol: SymbolId, addend: i64) {
        self.function
            .emit_reloc(Instr::Imm { dst, value: 0 }, symbol, addend);
    }

    /// The slot that a value is in, or is put in. Of a record: its address.
    pub(crate) fn slot(&mut self, operand: Operand) -> Slot {
        match operand.value {
            Value::Temp(slot) | Value::Variable(slot) => slot,
            _ => {
                let slot = self.function.temp();
                self.put_into(operand, slot);
                slot
            }
        }
    }

    /// The same value where a later change of a variable cannot reach it.
    pub(crate) fn stable(&mut self, operand: Operand) -> Operand {
        match operand.value {
            Value::Variable(src) => {
                let dst = self.function.temp();
                self.emit(Instr::Move { dst, src });
                Operand::new(operand.ty, Value::Temp(dst))
            }
            _ => operand,
        }
    }

    /// The slot to compute into: the one that the caller wants, or a new one.
    pub(crate) fn target(&mut self, hint: Option<Slot>) -> Slot {
        hint.unwrap_or_else(|| self.function.temp())
    }

    /// Puts the address of a place into a slot.
    pub(crate) fn address_into(&mut self, place: Place, dst: Slot) {
        match place {
            Place::Private(offset) | Place::Frame(offset) => self.emit(Instr::Lea { dst, offset }),
            Place::Symbol(symbol, offset) => self.symbol_address(dst, symbol, offset),
            Place::Known(value) => self.emit(Instr::Imm { dst, value }),
            Place::Memory(src, 0) => self.emit(Instr::Move { dst, src }),
            Place::Memory(a, imm) => self.emit(Instr::AluImm {
                op: Alu::Add64,
                dst,
                a,
                imm,
            }),
            // Only scalars are elements, and those are addressed through `address`, which knows their size.
            Place::Element(base, index) => self.emit(Instr::Index {
                scale: 1,
                dst,
                base,
                index,
            }),
        }
    }

    /// The address of an object, as a value.
    pub(crate) fn address(&mut self, lvalue: LValue) -> Value {
        match lvalue.place {
            Place::Symbol(symbol, offset) => Value::Address(symbol, offset),
            Place::Known(address) => Value::Int(address),
            Place::Memory(base, 0) => Value::Temp(base),
            Place::Element(base, index) => {
                let dst = self.function.temp();
                let scale = u16::try_from(self.size_of_access(lvalue.ty.id).bytes()).unwrap_or(8);
                self.emit(Instr::Index {
                    scale,
                    dst,
                    base,
                    index,
                });
                Value::Temp(dst)
            }
            place => {
                let dst = self.function.temp();
                self.address_into(place, dst);
                Value::Temp(dst)
            }
        }
    }

    /// A part of an object, at an offset.
    pub(crate) fn part(&mut self, whole: LValue, offset: u64, ty: Ty, span: Span) -> Result<LValue> {
        let too_far = || error(span, "this object is too large");
        let near = |base: i32| {
            i32::try_from(offset)
                .ok()
                .and_then(|offset| base.checked_add(offset))
        };
        let place = match whole.place {
            Place::Private(base) | Place::Frame(base) => Place::Frame(near(base).ok_or_else(too_far)?),
            Place::Symbol(symbol, base) => {
                let offset = i64::try_from(offset)
                    .ok()
                    .and_then(|offset| base.checked_add(offset));
                Place::Symbol(symbol, offset.ok_or_else(too_far)?)
            }
            Place::Known(base) => {
                let offset = i64::try_from(offset)
                    .ok()
                    .and_then(|offset| base.checked_add(offset));
                Place::Known(offset.ok_or_else(too_far)?)
            }
            Place::Memory(base, distance) => match near(distance) {
                Some(distance) => Place::Memory(base, distance),
                None => return Err(too_far()),
            },
            Place::Element(..) => {
                let address = self.address(whole);
                let base = self.slot(Operand::new(TypeId::ULONG, address));
                Place::Memory(base, near(0).ok_or_else(too_far)?)
            }
        };
        Ok(LValue {
            ty,
            place,
            bits: None,
        })
    }

    /// Reads an object. Arrays and functions become pointers.
    pub(crate) fn load(&mut self, lvalue: LValue, hint: Option<Slot>) -> Operand {
        let id = lvalue.ty.id;
        if let Some(element) = self.types.element(id) {
            let ty = self.types.pointer(element);
            let value = self.address(lvalue);
            return Operand::new(ty, value);
        }
        if self.types.is_function(id) {
            let ty = self.types.pointer(lvalue.ty);
            let value = self.address(lvalue);
            return Operand::new(ty, value);
        }
        if self.types.is_record(id) {
            return Operand::new(id, Value::Record(lvalue.place));
        }
        if id == TypeId::VOID {
            return Operand::new(id, Value::Void);
        }
        if let Place::Private(slot) = lvalue.place {
            return Operand::new(id, Value::Variable(slot));
        }
        let dst = self.target(hint);
        self.load_raw(lvalue.place, self.mem(id), dst);
        match lvalue.bits {
            Some(bits) => self.extract(id, dst, bits),
            None => Operand::new(id, Value::Temp(dst)),
        }
    }

    fn load_raw(&mut self, place: Place, mem: Mem, dst: Slot) {
        match place {
            Place::Private(src) => self.emit(Instr::Move { dst, src }),
            Place::Frame(offset) => self.emit(Instr::LoadFrame { mem, dst, offset }),
            Place::Symbol(symbol, offset) => {
                self.function
                    .emit_reloc(Instr::LoadAbs { mem, dst, addr: 0 }, symbol, offset);
            }
            Place::Known(_) => {
                let base = self.function.temp();
                self.address_into(place, base);
                self.emit(Instr::Load {
                    mem,
                    dst,
                    base,
                    offset: 0,
                });
            }
            Place::Memory(base, offset) => self.emit(Instr::Load {
                mem,
                dst,
                base,
                offset,
            }),
            Place::Element(base, index) => self.emit(Instr::LoadIndex {
                mem,
                dst,
                base,
                index,
            }),
        }
    }

    /// Takes a bit-field out of its unit.
    fn extract(&mut self, id: TypeId, slot: Slot, bits: Bits) -> Operand {
        let imm = |count: u32| i32::try_from(count).unwrap_or(0);
        let up = imm(64_u32.saturating_sub(bits.shift + bits.width));
        let down = imm(64_u32.saturating_sub(bits.width));
        let op = if self.types.is_unsigned(id) {
            Alu::ShrU64
        } else {
            Alu::Shr64
        };
        self.emit(Instr::AluImm {
            op: Alu::Shl64,
            dst: slot,
            a: slot,
            imm: up,
        });
        self.emit(Instr::AluImm {
            op,
            dst: slot,
            a: slot,
            imm: down,
        });
        // A bit-field that fits into an int is promoted to it.
        let narrow = bits.width < 32 && id != TypeId::BOOL;
        Operand::new(if narrow { TypeId::INT } else { id }, Value::Temp(slot))
    }

    /// Writes an object; the value has its type already.
    pub(crate) fn store(&mut self, lvalue: LValue, operand: Operand) {
        if self.types.is_record(lvalue.ty.id) {
            self.copy_record(lvalue, operand);
            return;
        }
        if let Place::Private(slot) = lvalue.place {
            self.put_into(operand, slot);
            return;
        }
        let size = self.size_of_access(lvalue.ty.id);
        let mut src = self.slot(operand);
        if let Some(bits) = lvalue.bits {
            src = self.insert(lvalue, src, bits);
        }
        match lvalue.place {
            Place::Private(dst) => self.emit(Instr::Move { dst, src }),
            Place::Frame(offset) => self.emit(Instr::StoreFrame { size, src, offset }),
            Place::Symbol(symbol, offset) => {
                self.function
                    .emit_reloc(Instr::StoreAbs { size, src, addr: 0 }, symbol, offset);
            }
            Place::Known(_) => {
                let base = self.function.temp();
                self.address_into(lvalue.place, base);
                self.emit(Instr::Store {
                    size,
                    src,
                    base,
                    offset: 0,
                });
            }
            Place::Memory(base, offset) => self.emit(Instr::Store {
                size,
                src,
                base,
                offset,
            }),
            Place::Element(base, index) => self.emit(Instr::StoreIndex {
                size,
                src,
                base,
                index,
            }),
        }
    }

    /// The unit of a bit-field with the field's bits replaced.
    fn insert(&mut self, lvalue: LValue, src: Slot, bits: Bits) -> Slot {
        let mask = if bits.width >= 64 {
            u64::MAX
        } else {
            (1 << bits.width) - 1
        };
        let (old, new, keep) = (self.function.temp(), self.function.temp(), self.function.temp());
        self.load_raw(lvalue.place, self.mem(lvalue.ty.id), old);
        self.emit(Instr::Imm {
            dst: keep,
            value: mask.cast_signed(),
        });
        self.emit(Instr::Alu {
            op: Alu::And,
            dst: new,
            a: src,
            b: keep,
        });
        let imm = i32::try_from(bits.shift).unwrap_or(0);
        self.emit(Instr::AluImm {
            op: Alu::Shl64,
            dst: new,
            a: new,
            imm,
        });
        self.emit(Instr::Imm {
            dst: keep,
            value: !(mask << bits.shift).cast_signed(),
        });
        self.emit(Instr::Alu {
            op: Alu::And,
            dst: old,
            a: old,
            b: keep,
        });
        self.emit(Instr::Alu {
            op: Alu::Or,
            dst: new,
            a: new,
            b: old,
        });
        new
    }

    /// Assigns a struct or union.
    fn copy_record(&mut self, to: LValue, from: Operand) {
        let len = self
            .types
            .size(to.ty.id)
            .and_then(|size| u32::try_from(size).ok())
            .unwrap_or(0);
        let Value::Record(place) = from.value else { return };
        if place == to.place || len == 0 {
            return;
        }
        let mark = self.function.mark();
        let (dst, src) = (self.function.temp(), self.function.temp());
        self.address_into(to.place, dst);
        self.address_into(place, src);
        self.emit(Instr::CopyImm { dst, src, len });
        self.function.release(mark);
    }

    /// The size of a type as a value: variable-length arrays know theirs only when the program runs.
    pub(crate) fn size_value(&self, id: TypeId) -> Value {
        match self.types.shape(id) {
            Shape::Vla(_, slot) => Value::Variable(*slot),
            _ => Value::Int(i64::try_from(self.types.size(id).unwrap_or(1)).unwrap_or(1)),
        }
    }

    /// `dst = a * b` in 64 bits.
    pub(crate) fn multiply(&mut self, a: Value, b: Value, dst: Slot) {
        match (a, b) {
            (Value::Int(a), Value::Int(b)) => self.emit(Instr::Imm {
                dst,
                value: a.wrapping_mul(b),
            }),
            _ => {
                let a = self.slot(Operand::new(TypeId::ULONG, a));
                let b = self.slot(Operand::new(TypeId::ULONG, b));
                self.emit(Instr::Alu {
                    op: Alu::Mul64,
                    dst,
                    a,
                    b,
                });
            }
        }
    }

    /// An operation on one slot.
    pub(crate) fn convert_slot(&mut self, op: Convert, src: Slot, hint: Option<Slot>) -> Value {
        let dst = self.target(hint);
        self.emit(Instr::Convert { op, dst, src });
        Value::Temp(dst)
    }
}
