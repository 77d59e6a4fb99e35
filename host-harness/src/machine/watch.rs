//! A path to memory that is watched: it stops the processor before it touches what another task touches too.

use std::ops::Range;

use super::bus::Port;
use super::cpu::{Access, Bus, Fault};
use super::hash::Set;
use crate::isa::Size;

/// Bytes that are watched as one: a word.
const WORD: u64 = 8;

/// Which memory of a task other tasks have too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shared {
    /// All of it: threads, or a child of vfork.
    All,
    /// These ranges: MAP_SHARED.
    Ranges(Vec<Range<u64>>),
}

impl Shared {
    /// Nothing: what the task does to its memory nobody else can notice.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Shared::Ranges(ranges) if ranges.is_empty())
    }

    /// Whether this word, by its number, is among it.
    #[must_use]
    pub fn contains_word(&self, word: u64) -> bool {
        self.contains(word.wrapping_mul(WORD))
    }

    /// Whether this address is among it.
    #[must_use]
    pub fn contains(&self, addr: u64) -> bool {
        match self {
            Shared::All => true,
            Shared::Ranges(ranges) => ranges.iter().any(|range| range.contains(&addr)),
        }
    }
}

/// The words in a stretch of memory, each by its number.
pub fn words(addr: u64, len: u64) -> impl Iterator<Item = u64> {
    let last = addr.saturating_add(len.saturating_sub(1));
    (addr / WORD..=last / WORD).take(if len == 0 { 0 } else { usize::MAX })
}

/// Before which words the processor stops.
#[derive(Clone, Copy, Debug)]
pub enum Before<'w> {
    /// Before each that is shared.
    Any,
    /// Before these.
    These(&'w Set<u64>),
    /// Before none.
    Never,
}

/// What is watched, and what was seen.
#[derive(Debug)]
pub struct Watch<'w> {
    /// The memory that others have too.
    pub shared: &'w Shared,
    /// Where to stop.
    pub before: Before<'w>,
    /// The shared words that were touched, each once, and whether they were written.
    pub seen: Set<(u64, bool)>,
    /// The processor has stopped before one.
    pub stopped: bool,
}

impl<'w> Watch<'w> {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(shared: &'w Shared, before: Before<'w>) -> Watch<'w> {
        Watch {
            shared,
            before,
            seen: Set::default(),
            stopped: false,
        }
    }

    fn look(&mut self, addr: u64, len: u64, write: bool) -> Result<(), Fault> {
        let mut touched = words(addr, len).filter(|word| self.shared.contains_word(*word));
        let stops = match self.before {
            Before::Any => touched.next().is_some(),
            Before::These(these) => touched.any(|word| these.contains(&word)),
            Before::Never => false,
        };
        if stops {
            self.stopped = true;
            let access = if write { Access::Write } else { Access::Read };
            return Err(Fault { addr, access });
        }
        for word in words(addr, len).filter(|word| self.shared.contains_word(*word)) {
            self.seen.insert((word, write));
        }
        Ok(())
    }
}

/// A port that is watched. The slots of a frame are the task's own: no pointer leads to them.
pub(super) struct Watched<'p, 'm, 'w> {
    pub(super) port: &'p mut Port<'m>,
    pub(super) watch: &'p mut Watch<'w>,
}

impl Bus for Watched<'_, '_, '_> {
    fn load_slot(&mut self, addr: u64) -> Result<u64, Fault> {
        self.port.load_slot(addr)
    }

    fn store_slot(&mut self, addr: u64, value: u64) -> Result<(), Fault> {
        self.port.store_slot(addr, value)
    }

    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        self.watch.look(addr, size.bytes(), false)?;
        self.port.load(addr, size)
    }

    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        self.watch.look(addr, size.bytes(), true)?;
        self.port.store(addr, size, value)
    }

    fn copy(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Fault> {
        self.watch.look(src, len, false)?;
        self.watch.look(dst, len, true)?;
        self.port.copy(dst, src, len)
    }

    fn fill(&mut self, dst: u64, byte: u8, len: u64) -> Result<(), Fault> {
        self.watch.look(dst, len, true)?;
        self.port.fill(dst, byte, len)
    }
}
