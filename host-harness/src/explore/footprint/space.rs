//! Which memory a call takes away from all who share it, gives back, or lets them use otherwise.

use std::ops::Range;

use kernel_model::abi::flags::{MapFlags, Prot};
use kernel_model::abi::ids::TaskRef;
use kernel_model::abi::limits::PAGE_SIZE;

use crate::machine::Machine;
use crate::machine::watch::WORD;

const MADV_DONTNEED: u64 = 4;

/// What a call does to an address space.
pub(crate) struct Maps {
    /// Whether all may read and write there afterwards. Where nobody has taken it away before, nobody has used it before.
    pub(crate) gives: bool,
    at: At,
}

/// The words, by their numbers, that are not after a call what they were before it.
enum At {
    These(Range<u64>),
    /// So many bytes where nothing is yet: the kernel chooses.
    Free {
        len: u64,
        /// What is not free.
        taken: Vec<Range<u64>>,
    },
}

fn words(start: u64, end: u64) -> Option<Range<u64>> {
    let end = end.checked_next_multiple_of(PAGE_SIZE).unwrap_or(u64::MAX);
    (start < end).then_some(start / WORD..end / WORD)
}

fn is_for_all(prot: u64) -> bool {
    let all = u64::from((Prot::READ | Prot::WRITE).bits());
    prot & all == all
}

/// What such a call does; none where it is another.
pub(crate) fn maps(machine: &Machine, task: TaskRef, (nr, args): (u64, [u64; 6])) -> Option<Maps> {
    let [addr, len, third, flags, ..] = args;
    let view = machine.kernel().view();
    let mm = view.mms.get(view.tasks.get(task)?.mm?)?;
    let has = |flag: MapFlags| flags & u64::from(flag.bits()) != 0;
    let these = |gives, end| {
        let at = At::These(words(addr, end)?);
        Some(Maps { gives, at })
    };
    match nr {
        // mmap
        9 if !has(MapFlags::MAP_FIXED) => {
            let ranges = mm.mmap.iter(view.vmas).map(|vma| &view.vmas[vma]);
            let taken = ranges.filter_map(|vma| words(vma.start, vma.end)).collect();
            Some(Maps {
                gives: is_for_all(third) || has(MapFlags::MAP_STACK),
                at: At::Free { len, taken },
            })
        }
        9 | 11 => these(false, addr.saturating_add(len)),
        // mprotect, madvise
        10 => these(is_for_all(third), addr.saturating_add(len)),
        28 if third == MADV_DONTNEED => these(false, addr.saturating_add(len)),
        // brk
        12 if addr >= mm.start_brk => {
            let page = |addr: u64| addr.checked_next_multiple_of(PAGE_SIZE).unwrap_or(u64::MAX);
            Some(Maps {
                gives: addr > mm.brk,
                at: At::These(words(page(addr.min(mm.brk)), addr.max(mm.brk))?),
            })
        }
        _ => None,
    }
}

impl Maps {
    /// Whether this word may be among them.
    pub(crate) fn may_have(&self, word: u64) -> bool {
        match &self.at {
            At::These(words) => words.contains(&word),
            At::Free { taken, .. } => !taken.iter().any(|taken| taken.contains(&word)),
        }
    }

    /// Those that it were, once the call of this task is made.
    pub(crate) fn words(self, machine: &Machine, task: TaskRef) -> Option<Range<u64>> {
        match self.at {
            At::These(words) => Some(words),
            At::Free { len, .. } => {
                // An error is no address: it is behind all of them.
                let addr = machine.kernel().thread(task)?.acc;
                words(addr, addr.checked_add(len)?)
            }
        }
    }
}
