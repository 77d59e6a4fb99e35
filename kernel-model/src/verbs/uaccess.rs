//! The kernel reads and writes user memory: page by page, with the page faults that this costs.

use crate::abi::call::UserPtr;
use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::ids::{PhysAddr, TaskRef};
use crate::abi::limits::{PAGE_SIZE, TASK_SIZE};
use crate::world::World;

use super::fault::{Access, handle_mm_fault, translate};

/// A run of user bytes within one frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Where it lies.
    pub at: PhysAddr,
    /// How many bytes.
    pub len: u16,
}

/// The frame behind a user address, faulted in if need be, and how many of `len` bytes lie in it.
///
/// # Errors
/// EFAULT: the program may not access the address so.
pub fn user_piece(w: &mut World<'_>, task: TaskRef, addr: u64, len: u64, access: Access) -> Result<Piece> {
    if addr >= TASK_SIZE {
        return Err(Errno::EFAULT);
    }
    let mm = w.tasks[task].mm.ok_or(Errno::EFAULT)?;
    let mapped = match translate(&w.mms[mm], w.vmas.view(), w.tables.view(), addr, access) {
        Some(mapped) => mapped,
        None => handle_mm_fault(w, task, mm, addr, access).map_err(|_| Errno::EFAULT)?,
    };
    let offset = addr % PAGE_SIZE;
    let len = len.min(PAGE_SIZE - offset);
    // Both are at most 4096.
    let small = |value: u64| u16::try_from(value).unwrap_or(u16::MAX);
    Ok(Piece {
        at: PhysAddr {
            frame: mapped.frame,
            offset: small(offset),
        },
        len: small(len),
    })
}

/// `put_user()`: stores a number, which is one instruction: all of it or nothing, also across two pages.
///
/// # Errors
/// EFAULT: it cannot be stored.
pub fn put_user(w: &mut World<'_>, task: TaskRef, to: UserPtr, bytes: &[u8]) -> Result<()> {
    let len = bytes.len() as u64;
    if to.0 % PAGE_SIZE + len > PAGE_SIZE {
        user_piece(w, task, to.0, len, Access::Write)?;
        let last = to.0.checked_add(len - 1).ok_or(Errno::EFAULT)?;
        user_piece(w, task, last, 1, Access::Write)?;
    }
    copy_to_user(w, task, to, bytes)
}

/// `copy_to_user()`: stores bytes.
///
/// # Errors
/// EFAULT: some of them cannot be stored; those before may have been.
pub fn copy_to_user(w: &mut World<'_>, task: TaskRef, to: UserPtr, mut bytes: &[u8]) -> Result<()> {
    let mut addr = to.0;
    while !bytes.is_empty() {
        let piece = user_piece(w, task, addr, bytes.len() as u64, Access::Write)?;
        let (now, later) = bytes
            .split_at_checked(usize::from(piece.len))
            .ok_or(Errno::EFAULT)?;
        let mut to = piece.at;
        for word in now.chunks(8) {
            let mut store = [0; 8];
            store.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
            let len = word.len() as u8;
            w.emit(Effect::Store {
                to,
                bytes: store,
                len,
            });
            to.offset += u16::from(len);
        }
        bytes = later;
        addr = addr.checked_add(u64::from(piece.len)).ok_or(Errno::EFAULT)?;
    }
    Ok(())
}

/// `copy_from_user()`: reads bytes.
///
/// # Errors
/// EFAULT: some of them cannot be read.
pub fn copy_from_user(w: &mut World<'_>, task: TaskRef, from: UserPtr, mut into: &mut [u8]) -> Result<()> {
    let mut addr = from.0;
    while !into.is_empty() {
        let piece = user_piece(w, task, addr, into.len() as u64, Access::Read)?;
        let (now, later) = into
            .split_at_mut_checked(usize::from(piece.len))
            .ok_or(Errno::EFAULT)?;
        w.board.load(piece.at, now);
        into = later;
        addr = addr.checked_add(u64::from(piece.len)).ok_or(Errno::EFAULT)?;
    }
    Ok(())
}

/// `get_user()` of a 64-bit word.
///
/// # Errors
/// EFAULT: it cannot be read.
pub fn get_u64(w: &mut World<'_>, task: TaskRef, from: UserPtr) -> Result<u64> {
    let mut bytes = [0; 8];
    copy_from_user(w, task, from, &mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// `get_user()` of a 32-bit word.
///
/// # Errors
/// EFAULT: it cannot be read.
pub fn get_u32(w: &mut World<'_>, task: TaskRef, from: UserPtr) -> Result<u32> {
    let mut bytes = [0; 4];
    copy_from_user(w, task, from, &mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// `copy_to_user()`, where the program may pass NULL for "I do not want it".
///
/// # Errors
/// EFAULT: it cannot be stored.
pub fn put_optional(w: &mut World<'_>, task: TaskRef, to: UserPtr, bytes: &[u8]) -> Result<()> {
    if to.is_null() {
        Ok(())
    } else {
        copy_to_user(w, task, to, bytes)
    }
}
