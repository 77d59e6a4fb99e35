//! What the arithmetic of C gives on x86-64, on values in canonical form (see [`crate::isa`]).
//! The `as` here is the point: it wraps integers, and it is how the machine sees a bit pattern.

use super::Trap;
use crate::isa::{Alu, Atomic, Cond, Convert, Fpu, Size};

/// The 64 bits of an immediate.
#[inline(always)]
pub(super) const fn extend(imm: i32) -> u64 {
    imm as i64 as u64
}

/// The low byte of a slot.
#[inline(always)]
pub(super) const fn low_byte(value: u64) -> u8 {
    value as u8
}

#[inline(always)]
const fn int(value: i32) -> u64 {
    value as i64 as u64
}

#[inline(always)]
const fn uint(value: u32) -> u64 {
    value as u64
}

/// An integer operation.
///
/// # Errors
/// [`Trap::DivideError`], as the processor's `idiv` and `div`.
#[inline(always)]
pub(super) fn alu(op: Alu, a: u64, b: u64) -> Result<u64, Trap> {
    let (a32, b32, ua, ub) = (a as i32, b as i32, a as u32, b as u32);
    let (ia, ib) = (a as i64, b as i64);
    Ok(match op {
        Alu::Add32 => int(a32.wrapping_add(b32)),
        Alu::AddU32 => uint(ua.wrapping_add(ub)),
        Alu::Add64 => a.wrapping_add(b),
        Alu::Sub32 => int(a32.wrapping_sub(b32)),
        Alu::SubU32 => uint(ua.wrapping_sub(ub)),
        Alu::Sub64 => a.wrapping_sub(b),
        Alu::Mul32 => int(a32.wrapping_mul(b32)),
        Alu::MulU32 => uint(ua.wrapping_mul(ub)),
        Alu::Mul64 => a.wrapping_mul(b),
        Alu::Div32 => int(a32.checked_div(b32).ok_or(Trap::DivideError)?),
        Alu::DivU32 => uint(ua.checked_div(ub).ok_or(Trap::DivideError)?),
        Alu::Div64 => ia.checked_div(ib).ok_or(Trap::DivideError)? as u64,
        Alu::DivU64 => a.checked_div(b).ok_or(Trap::DivideError)?,
        Alu::Rem32 => int(a32.checked_rem(b32).ok_or(Trap::DivideError)?),
        Alu::RemU32 => uint(ua.checked_rem(ub).ok_or(Trap::DivideError)?),
        Alu::Rem64 => ia.checked_rem(ib).ok_or(Trap::DivideError)? as u64,
        Alu::RemU64 => a.checked_rem(b).ok_or(Trap::DivideError)?,
        Alu::And => a & b,
        Alu::Or => a | b,
        Alu::Xor => a ^ b,
        Alu::Shl32 => int(a32.wrapping_shl(ub)),
        Alu::ShlU32 => uint(ua.wrapping_shl(ub)),
        Alu::Shl64 => a.wrapping_shl(ub),
        Alu::Shr32 => int(a32.wrapping_shr(ub)),
        Alu::ShrU32 => uint(ua.wrapping_shr(ub)),
        Alu::Shr64 => ia.wrapping_shr(ub) as u64,
        Alu::ShrU64 => a.wrapping_shr(ub),
        Alu::Eq => u64::from(a == b),
        Alu::Ne => u64::from(a != b),
        Alu::Lt => u64::from(ia < ib),
        Alu::Le => u64::from(ia <= ib),
        Alu::Gt => u64::from(ia > ib),
        Alu::Ge => u64::from(ia >= ib),
        Alu::LtU => u64::from(a < b),
        Alu::LeU => u64::from(a <= b),
        Alu::GtU => u64::from(a > b),
        Alu::GeU => u64::from(a >= b),
    })
}

/// Whether a branch is taken.
#[inline(always)]
pub(super) fn holds(cond: Cond, a: u64, b: u64) -> bool {
    let (ia, ib) = (a as i64, b as i64);
    match cond {
        Cond::Eq => a == b,
        Cond::Ne => a != b,
        Cond::Lt => ia < ib,
        Cond::Le => ia <= ib,
        Cond::Gt => ia > ib,
        Cond::Ge => ia >= ib,
        Cond::LtU => a < b,
        Cond::LeU => a <= b,
        Cond::GtU => a > b,
        Cond::GeU => a >= b,
    }
}

#[inline(always)]
const fn f32_of(value: u64) -> f32 {
    f32::from_bits(value as u32)
}

/// A floating-point operation.
#[inline(always)]
pub(super) fn fpu(op: Fpu, a: u64, b: u64) -> u64 {
    let (fa, fb) = (f32_of(a), f32_of(b));
    let (da, db) = (f64::from_bits(a), f64::from_bits(b));
    match op {
        Fpu::AddF32 => uint((fa + fb).to_bits()),
        Fpu::SubF32 => uint((fa - fb).to_bits()),
        Fpu::MulF32 => uint((fa * fb).to_bits()),
        Fpu::DivF32 => uint((fa / fb).to_bits()),
        Fpu::EqF32 => u64::from(fa == fb),
        Fpu::NeF32 => u64::from(fa != fb),
        Fpu::LtF32 => u64::from(fa < fb),
        Fpu::LeF32 => u64::from(fa <= fb),
        Fpu::AddF64 => (da + db).to_bits(),
        Fpu::SubF64 => (da - db).to_bits(),
        Fpu::MulF64 => (da * db).to_bits(),
        Fpu::DivF64 => (da / db).to_bits(),
        Fpu::EqF64 => u64::from(da == db),
        Fpu::NeF64 => u64::from(da != db),
        Fpu::LtF64 => u64::from(da < db),
        Fpu::LeF64 => u64::from(da <= db),
    }
}

/// `cvttsd2si` with a 64-bit result: what does not fit becomes the "integer indefinite" value.
fn truncate64(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) {
        value as i64
    } else {
        i64::MIN
    }
}

/// `cvttsd2si` with a 32-bit result.
fn truncate32(value: f64) -> i32 {
    if value > -2_147_483_649.0 && value < 2_147_483_648.0 {
        value as i32
    } else {
        i32::MIN
    }
}

/// What gcc emits for a conversion to `unsigned long`: two ranges around 2^63.
fn truncate_unsigned(value: f64) -> u64 {
    const HALF: f64 = 9_223_372_036_854_775_808.0;
    if value >= HALF {
        truncate64(value - HALF) as u64 ^ (1 << 63)
    } else {
        truncate64(value) as u64
    }
}

/// A conversion.
#[inline(always)]
pub(super) fn convert(op: Convert, value: u64) -> u64 {
    let (single, double) = (f32_of(value), f64::from_bits(value));
    match op {
        Convert::Sext8 => int(i32::from(value as i8)),
        Convert::Sext16 => int(i32::from(value as i16)),
        Convert::Sext32 => int(value as i32),
        Convert::Zext8 => value & 0xff,
        Convert::Zext16 => value & 0xffff,
        Convert::Zext32 => value & 0xffff_ffff,
        Convert::Bool => u64::from(value != 0),
        Convert::BoolF32 => u64::from(single != 0.0),
        Convert::BoolF64 => u64::from(double != 0.0),
        Convert::NegF32 => uint((-single).to_bits()),
        Convert::NegF64 => (-double).to_bits(),
        Convert::I64ToF32 => uint((value as i64 as f32).to_bits()),
        Convert::U64ToF32 => uint((value as f32).to_bits()),
        Convert::I64ToF64 => (value as i64 as f64).to_bits(),
        Convert::U64ToF64 => (value as f64).to_bits(),
        Convert::F32ToF64 => f64::from(single).to_bits(),
        Convert::F64ToF32 => uint((double as f32).to_bits()),
        Convert::F32ToI32 => int(truncate32(f64::from(single))),
        Convert::F32ToI64 => truncate64(f64::from(single)) as u64,
        Convert::F32ToU64 => truncate_unsigned(f64::from(single)),
        Convert::F64ToI32 => int(truncate32(double)),
        Convert::F64ToI64 => truncate64(double) as u64,
        Convert::F64ToU64 => truncate_unsigned(double),
    }
}

/// What memory holds after an atomic change.
pub(super) fn atomic(op: Atomic, size: Size, old: u64, src: u64) -> u64 {
    match op {
        Atomic::Exchange => src,
        Atomic::Add => old.wrapping_add(src),
        Atomic::Sub => old.wrapping_sub(src),
        Atomic::And => old & src,
        Atomic::Or => old | src,
        Atomic::Xor => old ^ src,
        Atomic::Nand => !(old & src),
        Atomic::CheckedAdd => {
            let sum = old.checked_add(low(size, src));
            sum.filter(|sum| low(size, *sum) == *sum).unwrap_or(old)
        }
        Atomic::CheckedSub => old.checked_sub(low(size, src)).unwrap_or(old),
    }
}

/// The bytes of a slot that an access of this size moves.
pub(in crate::machine) fn low(size: Size, value: u64) -> u64 {
    value & (u64::MAX >> (64 - 8 * size.bytes()))
}
