//! The rules about memory: 11 to 17.

use super::{Audit, Tally, Violation, require};
use crate::abi::flags::{Prot, VmFlags};
use crate::abi::ids::MmRef;
use crate::abi::limits::PAGE_SIZE;
use crate::objects::mm::Vma;
use crate::objects::page_table;
use crate::objects::pte::Pte;
use crate::world::WorldView;

/// 14 to 16: ranges and totals of every address space.
pub(super) fn mms(w: WorldView<'_>) -> Audit {
    let mut users = Tally::default();
    for (_, t) in w.tasks.iter() {
        if let Some(mm) = t.mm {
            users.found(mm.index());
        }
    }
    let mut ranges = 0;
    for (mm, object) in w.mms.iter() {
        users.counted(mm.index(), object.mm_users);
        require(
            object.mm_users > 0,
            16,
            "an address space has no user",
            u64::from(mm.index()),
        )?;
        ranges += object.mmap.len();
        ranges_of(w, mm)?;
        entries_of(w, mm)?;
    }
    require(users.agrees(), 16, "users of address spaces are miscounted", 0)?;
    require(
        ranges == w.vmas.used(),
        15,
        "a range is in no address space",
        u64::from(ranges),
    )
}

fn ranges_of(w: WorldView<'_>, mm: MmRef) -> Audit {
    let (mut end, mut pages) = (0, 0);
    for vma in w.mms[mm].mmap.iter(w.vmas) {
        let vma = &w.vmas[vma];
        require(
            vma.start >= end && vma.end > vma.start,
            15,
            "ranges are empty, overlap or are out of order",
            vma.start,
        )?;
        let aligned = vma.start.is_multiple_of(PAGE_SIZE) && vma.end.is_multiple_of(PAGE_SIZE);
        require(aligned, 15, "a range is not of whole pages", vma.start)?;
        end = vma.end;
        pages += vma.pages();
    }
    require(
        pages == w.mms[mm].total_vm,
        15,
        "total_vm is not what the ranges sum to",
        pages,
    )
}

fn entries_of(w: WorldView<'_>, mm: MmRef) -> Audit {
    let (mut present, mut result) = (0, Ok(()));
    page_table::for_each(w.tables, w.mms[mm].pgd, &mut |page, pte| {
        // The shared page of zeroes is nobody's.
        present += u64::from(!pte.is_zero_page());
        if result.is_ok() {
            result = entry(w, mm, page, pte);
        }
    });
    result?;
    require(
        present == w.mms[mm].rss,
        15,
        "rss is not what a walk counts",
        present,
    )
}

/// 13, 14, 17: an entry against its range and its frame.
fn entry(w: WorldView<'_>, mm: MmRef, page: u64, pte: Pte) -> Audit {
    let addr = page * PAGE_SIZE;
    let vma = w.mms[mm]
        .mmap
        .iter(w.vmas)
        .map(|vma| &w.vmas[vma])
        .find(|vma| vma.contains(addr));
    let vma: &Vma = vma.ok_or(Violation {
        rule: 14,
        found: "an entry outside all ranges",
        at: addr,
    })?;
    require(
        !pte.is_writable() || vma.prot.contains(Prot::WRITE),
        14,
        "an entry allows more than its range",
        addr,
    )?;
    require(
        pte.is_shared() == vma.flags.contains(VmFlags::VM_SHARED),
        14,
        "an entry is shared as its range is not",
        addr,
    )?;
    let frame = w.pages.at(pte.frame().0).map(|page| w.pages[page]);
    let frame = frame.ok_or(Violation {
        rule: 12,
        found: "an entry names a free frame",
        at: addr,
    })?;
    if pte.is_writable() && !pte.is_shared() {
        require(
            frame.refcount == 1 && frame.holders == 0,
            13,
            "a writable private entry maps a shared frame",
            addr,
        )?;
        require(
            !pte.is_cache() && !pte.is_zero_page(),
            13,
            "a writable private entry maps a frame of a file",
            addr,
        )?;
    }
    if let (true, Some(mapping)) = (pte.is_cache(), vma.mapping) {
        let cached = page_table::lookup(w.tables, w.mappings[mapping].i_pages, vma.page_of(addr));
        require(
            cached.frame() == pte.frame(),
            17,
            "a shared page has two frames",
            addr,
        )?;
    }
    Ok(())
}

/// 11, 12: what is counted for each frame is what the tables and the kernel hold.
pub(super) fn frames(w: WorldView<'_>) -> Audit {
    let (mut entries, mut holders) = (Tally::default(), Tally::default());
    for (_, table) in w.tables.iter().filter(|(_, table)| table.level == 0) {
        for at in 0..page_table::PTRS_PER_TABLE {
            let pte = table.pte(at);
            if pte.is_present() && !pte.is_zero_page() {
                entries.found(pte.frame().0);
            }
        }
    }
    holders.found(0);
    require(
        w.pages.iter().count() == w.pages.used() as usize,
        12,
        "frames in use are miscounted",
        0,
    )?;
    if let Some(frame) = w.sys.tty.input.frame {
        holders.found(frame.0);
    }
    for (_, pipe) in w.pipes.iter() {
        pipe.bufs().for_each(|buf| holders.found(buf.frame.0));
    }
    for (page, object) in w.pages.iter() {
        entries.counted(page.index(), object.refcount);
        holders.counted(page.index(), object.holders);
        require(
            object.refcount > 0 || object.holders > 0,
            11,
            "a frame nobody uses is not free",
            u64::from(page.index()),
        )?;
    }
    require(entries.agrees(), 11, "entries that name frames are miscounted", 0)?;
    require(holders.agrees(), 11, "holders of frames are miscounted", 0)
}

/// 11 for the page tables themselves, and what makes sharing them sound: a table that several use is
/// write-protected and holds no entry of a shared mapping.
pub(super) fn tables(w: WorldView<'_>) -> Audit {
    let mut users = Tally::default();
    let roots = w
        .mms
        .iter()
        .filter_map(|(_, mm)| mm.pgd)
        .chain(w.mappings.iter().filter_map(|(_, m)| m.i_pages));
    roots.for_each(|root| users.found(root.index()));
    for (table, object) in w.tables.iter() {
        let at = u64::from(table.index());
        users.counted(table.index(), object.count);
        let slots = object.slots().iter().enumerate();
        let filled = slots.filter(|(_, slot)| **slot != 0).map(|(number, _)| number);
        require(
            filled.eq(object.filled()),
            11,
            "slots of a page table are misnoted",
            at,
        )?;
        require(
            object.count == 1 || object.wrprotect,
            13,
            "a shared page table is not write-protected",
            at,
        )?;
        for slot in object.slots().iter().filter(|slot| **slot != 0) {
            match page_table::child(w.tables, *slot) {
                Some(below) if object.level > 0 => users.found(below.index()),
                _ => require(object.level == 0, 11, "a page table names a freed one", at)?,
            }
        }
        let shared_entry = (0..page_table::PTRS_PER_TABLE).any(|slot| object.pte(slot).is_shared());
        let leaf = object.level == 0;
        require(
            !leaf || object.count == 1 || !shared_entry,
            17,
            "a shared page table holds a shared mapping",
            at,
        )?;
    }
    require(users.agrees(), 11, "users of page tables are miscounted", 0)?;
    let mut ranges = Tally::default();
    w.vmas
        .iter()
        .filter_map(|(_, vma)| vma.mapping)
        .for_each(|mapping| ranges.found(mapping.index()));
    w.mappings
        .iter()
        .for_each(|(mapping, object)| ranges.counted(mapping.index(), object.count));
    require(ranges.agrees(), 16, "ranges that map a file are miscounted", 0)
}
