//! A path to memory that is watched: it stops the processor before it touches what another task touches too.

use std::ops::Range;

use super::bus::Port;
use super::cpu::{Access, Bus, Fault, low};
use super::hash::{Map, Set};
use crate::isa::Size;
use kernel_model::abi::ids::Pid;

/// Bytes that are watched as one: a word.
pub const WORD: u64 = 8;

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

/// A lock that is taken: some bytes that were 0, and that a task has made something else in one instruction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Held {
    /// Where it lies.
    pub addr: u64,
    /// How many bytes it has.
    pub len: u64,
    /// Who has taken it.
    pub by: Pid,
}

/// The locks that are taken.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Locks {
    held: Vec<Held>,
    broken: Vec<u64>,
}

impl Locks {
    /// Those that are taken.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// Where something was found since the last time that is no lock: somebody else has opened it, or it was overwritten.
    pub fn take_broken(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.broken)
    }

    /// Forgets those that are none.
    pub fn keep(&mut self, is_one: impl Fn(u64) -> bool) {
        self.held.retain(|held| is_one(held.addr));
    }

    /// Whether this task has taken it.
    #[must_use]
    pub fn has(&self, who: Pid, lock: u64) -> bool {
        self.held.iter().any(|held| held.addr == lock && held.by == who)
    }

    /// Those that this task has taken.
    #[must_use]
    pub fn of(&self, who: Pid) -> Vec<u64> {
        let own = self.held.iter().filter(|held| held.by == who);
        own.map(|held| held.addr).collect()
    }

    /// A task has stored something: `new`, if that is a number, in place of `old`, if that was in one instruction.
    pub fn stored(&mut self, by: Pid, (addr, len): (u64, u64), old: Option<u64>, new: Option<u64>) {
        let end = addr.saturating_add(len);
        let touched = |held: &Held| held.addr < end && addr < held.addr.saturating_add(held.len);
        let Some(at) = self.held.iter().position(touched) else {
            if old == Some(0) && new.is_some_and(|new| new != 0) {
                self.held.push(Held { addr, len, by });
            }
            return;
        };
        let Some(held) = self.held.get(at).copied() else {
            return;
        };
        let exact = (held.addr, held.len) == (addr, len);
        match new {
            // Who waits for it may mark it.
            Some(1..) if exact && old.is_none_or(|old| old != 0) => return,
            Some(0) if exact && held.by == by => {}
            _ => self.broken.push(held.addr),
        }
        self.held.remove(at);
    }
}

/// What is watched, and what was seen.
#[derive(Debug)]
pub struct Watch<'w> {
    /// The memory that others have too.
    pub shared: &'w Shared,
    /// Where to stop.
    pub before: Before<'w>,
    /// The shared words that were touched, each once, whether they were written, and the locks that the task had each time.
    pub seen: Map<(u64, bool), Vec<u64>>,
    /// Who is watched.
    pub who: Pid,
    /// The locks that are taken.
    pub locks: Locks,
    /// The processor has stopped before one.
    pub stopped: bool,
}

impl<'w> Watch<'w> {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(shared: &'w Shared, before: Before<'w>, who: Pid, locks: Locks) -> Watch<'w> {
        Watch {
            shared,
            before,
            seen: Map::default(),
            who,
            locks,
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
            let (who, locks) = (self.who, &self.locks);
            self.seen
                .entry((word, write))
                .and_modify(|always| always.retain(|lock| locks.has(who, *lock)))
                .or_insert_with(|| locks.of(who));
        }
        Ok(())
    }

    fn stored(&mut self, addr: u64, len: u64, old: Option<u64>, new: Option<u64>) {
        if self.shared.contains(addr) {
            self.locks.stored(self.who, (addr, len), old, new);
        }
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
        self.port.store(addr, size, value)?;
        self.watch
            .stored(addr, size.bytes(), None, Some(low(size, value)));
        Ok(())
    }

    fn change(&mut self, addr: u64, size: Size, old: u64, new: u64) -> Result<(), Fault> {
        self.watch.look(addr, size.bytes(), true)?;
        self.port.store(addr, size, new)?;
        let (old, new) = (low(size, old), low(size, new));
        self.watch.stored(addr, size.bytes(), Some(old), Some(new));
        Ok(())
    }

    fn copy(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Fault> {
        self.watch.look(src, len, false)?;
        self.watch.look(dst, len, true)?;
        self.port.copy(dst, src, len)?;
        self.watch.stored(dst, len, None, None);
        Ok(())
    }

    fn fill(&mut self, dst: u64, byte: u8, len: u64) -> Result<(), Fault> {
        self.watch.look(dst, len, true)?;
        self.port.fill(dst, byte, len)?;
        self.watch.stored(dst, len, None, None);
        Ok(())
    }
}
