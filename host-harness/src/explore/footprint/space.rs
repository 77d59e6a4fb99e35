//! Which memory a call takes away from all who share it, or lets them use otherwise.

use std::ops::Range;

use kernel_model::abi::ids::TaskRef;
use kernel_model::abi::limits::PAGE_SIZE;

use crate::machine::Machine;
use crate::machine::watch::WORD;

const MAP_FIXED: u64 = 0x10;
const MADV_DONTNEED: u64 = 4;

/// The words, by their numbers, that are not after such a call what they were before it.
pub(crate) fn unmaps(machine: &Machine, task: TaskRef, (nr, args): (u64, [u64; 6])) -> Option<Range<u64>> {
    let [addr, len, third, flags, ..] = args;
    let (start, end) = match nr {
        // mmap, mprotect, munmap, madvise
        9 if flags & MAP_FIXED == 0 => return None,
        9..=11 => (addr, addr.saturating_add(len)),
        28 if third == MADV_DONTNEED => (addr, addr.saturating_add(len)),
        // brk
        12 => {
            let view = machine.kernel().view();
            let mm = view.mms.get(view.tasks.get(task)?.mm?)?;
            (addr.max(mm.start_brk), mm.brk)
        }
        _ => return None,
    };
    let end = end.checked_next_multiple_of(PAGE_SIZE).unwrap_or(u64::MAX);
    (start < end && addr != 0).then_some(start / WORD..end / WORD)
}
