//! The kernel reads and writes user memory: page by page, with the page faults that this costs.

use crate::abi::call::UserPtr;
use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::ids::{FrameNo, PhysAddr, TaskRef};
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
    let frame = user_frame(w, task, addr, access)?;
    Ok(piece_of(frame, addr, len))
}

fn user_frame(w: &mut World<'_>, task: TaskRef, addr: u64, access: Access) -> Result<FrameNo> {
    if addr >= TASK_SIZE {
        return Err(Errno::EFAULT);
    }
    let mm = w.tasks[task].mm.ok_or(Errno::EFAULT)?;
    let mapped = match translate(&w.mms[mm], w.vmas.view(), w.tables.view(), addr, access) {
        Some(mapped) => mapped,
        None => handle_mm_fault(w, task, mm, addr, access).map_err(|_| Errno::EFAULT)?,
    };
    Ok(mapped.frame)
}

/// What of so many bytes at an address lies in its frame.
fn piece_of(frame: FrameNo, addr: u64, len: u64) -> Piece {
    let offset = addr % PAGE_SIZE;
    let len = len.min(PAGE_SIZE - offset);
    // Both are at most 4096.
    let small = |value: u64| u16::try_from(value).unwrap_or(u16::MAX);
    Piece {
        at: PhysAddr {
            frame,
            offset: small(offset),
        },
        len: small(len),
    }
}

/// Reads or writes of one task in a row, between which nothing is unmapped (`user_access_begin()`): a page that has been
/// looked up is not looked up for the next of them.
#[derive(Debug)]
pub struct UserAccess {
    task: TaskRef,
    access: Access,
    last: Option<(u64, FrameNo)>,
}

impl UserAccess {
    /// Nothing has been accessed yet.
    #[must_use]
    pub const fn begin(task: TaskRef, access: Access) -> UserAccess {
        UserAccess {
            task,
            access,
            last: None,
        }
    }

    fn piece(&mut self, w: &mut World<'_>, addr: u64, len: usize) -> Result<Piece> {
        let page = addr / PAGE_SIZE;
        let frame = match self.last {
            Some((last, frame)) if last == page => frame,
            _ => user_frame(w, self.task, addr, self.access)?,
        };
        self.last = Some((page, frame));
        Ok(piece_of(frame, addr, len as u64))
    }

    /// Stores a word.
    ///
    /// # Errors
    /// As for [`Self::put`].
    pub fn put_u64(&mut self, w: &mut World<'_>, to: u64, word: u64) -> Result<()> {
        let bytes = word.to_le_bytes();
        match self.last {
            Some((page, frame)) if page == to / PAGE_SIZE && to % PAGE_SIZE <= PAGE_SIZE - 8 => {
                let to = piece_of(frame, to, 8).at;
                w.emit(Effect::Store { to, bytes, len: 8 });
                Ok(())
            }
            _ => self.put(w, to, &bytes),
        }
    }

    /// Stores bytes.
    ///
    /// # Errors
    /// EFAULT: some of them cannot be stored; those before may have been.
    pub fn put(&mut self, w: &mut World<'_>, mut to: u64, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let piece = self.piece(w, to, bytes.len())?;
            let (now, later) = bytes
                .split_at_checked(usize::from(piece.len))
                .ok_or(Errno::EFAULT)?;
            store(w, piece.at, now);
            bytes = later;
            to = to.checked_add(u64::from(piece.len)).ok_or(Errno::EFAULT)?;
        }
        Ok(())
    }

    /// Reads bytes.
    ///
    /// # Errors
    /// EFAULT: some of them cannot be read.
    pub fn get(&mut self, w: &mut World<'_>, mut from: u64, mut into: &mut [u8]) -> Result<()> {
        while !into.is_empty() {
            let piece = self.piece(w, from, into.len())?;
            let (now, later) = into
                .split_at_mut_checked(usize::from(piece.len))
                .ok_or(Errno::EFAULT)?;
            w.board.load(piece.at, now);
            into = later;
            from = from.checked_add(u64::from(piece.len)).ok_or(Errno::EFAULT)?;
        }
        Ok(())
    }
}

/// Stores bytes within a frame.
fn store(w: &mut World<'_>, mut to: PhysAddr, bytes: &[u8]) {
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        w.emit(Effect::Store {
            to,
            bytes: *word,
            len: 8,
        });
        to.offset += 8;
    }
    if !rest.is_empty() {
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        let len = rest.len() as u8;
        w.emit(Effect::Store { to, bytes, len });
    }
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
pub fn copy_to_user(w: &mut World<'_>, task: TaskRef, to: UserPtr, bytes: &[u8]) -> Result<()> {
    UserAccess::begin(task, Access::Write).put(w, to.0, bytes)
}

/// `copy_from_user()`: reads bytes.
///
/// # Errors
/// EFAULT: some of them cannot be read.
pub fn copy_from_user(w: &mut World<'_>, task: TaskRef, from: UserPtr, into: &mut [u8]) -> Result<()> {
    UserAccess::begin(task, Access::Read).get(w, from.0, into)
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
