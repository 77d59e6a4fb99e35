//! Address spaces as wholes: made, copied, dropped.

use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::VmFlags;
use crate::abi::ids::{FrameNo, MmRef};
use crate::abi::limits::PAGE_SIZE;
use crate::objects::mm::{AddressSpace, Host, MappingRef, MmStruct, Vma, VmaList, VmaRef};
use crate::objects::page_table;
use crate::store::list;
use crate::world::World;

/// Another range maps it.
pub fn get_mapping(w: &mut World<'_>, mapping: Option<MappingRef>) {
    if let Some(mapping) = mapping {
        w.mappings[mapping].count += 1;
    }
}

/// A range no longer maps it; the last one frees its pages.
#[inline]
pub fn put_mapping(w: &mut World<'_>, mapping: Option<MappingRef>) {
    let Some(mapping) = mapping else { return };
    let object = &mut w.mappings[mapping];
    object.count -= 1;
    if object.count == 0 {
        free_mapping(w, mapping);
    }
}

fn free_mapping(w: &mut World<'_>, mapping: MappingRef) {
    let AddressSpace { i_pages, host, .. } = w.mappings[mapping].clone();
    // The tree holds its frames with one refcount each, as any table does.
    if let Some(root) = i_pages {
        w.page_tables().put(root);
    }
    if let Host::Image(_) = host {
        w.sys.images.remove(&mut w.mappings, mapping);
    }
    w.mappings.free(mapping);
}

/// The page of a mapping, if it has a frame.
#[must_use]
pub fn mapping_page(w: &World<'_>, mapping: MappingRef, page: u64) -> Option<FrameNo> {
    let pte = page_table::lookup(w.tables.view(), w.mappings[mapping].i_pages, page);
    pte.is_present().then(|| pte.frame())
}

/// Frees a range whose pages are gone from the page table.
pub fn free_vma(w: &mut World<'_>, mm: MmRef, vma: VmaRef) {
    let pages = w.vmas[vma].pages();
    let object = &mut w.mms[mm];
    object.mmap.remove(&mut w.vmas, vma);
    object.total_vm -= pages;
    if object.mmap_cache == Some(vma) {
        object.mmap_cache = None;
    }
    let mapping = w.vmas[vma].mapping;
    w.vmas.free(vma);
    put_mapping(w, mapping);
}

/// `mmput()`: a task no longer uses the address space; the last one frees it.
#[inline]
pub fn mmput(w: &mut World<'_>, mm: MmRef) {
    let object = &mut w.mms[mm];
    object.mm_users -= 1;
    if object.mm_users == 0 {
        __mmput(w, mm);
    }
}

fn __mmput(w: &mut World<'_>, mm: MmRef) {
    let object = &w.mms[mm];
    let (pgd, mut at) = (object.pgd, object.mmap.first());
    if let Some(pgd) = pgd {
        w.page_tables().put(pgd);
    }
    while let Some(vma) = at.and_then(|vma| w.vmas.free(vma)) {
        at = list::next::<VmaList>(vma);
        let mapping = vma.mapping;
        put_mapping(w, mapping);
    }
    w.mms.free(mm);
    w.emit(Effect::DropMm { mm });
}

/// Whether fork gives the child this range with the pages that are present: not where the child gets nothing
/// (`MADV_DONTFORK`), zeroes (`MADV_WIPEONFORK`), or finds the pages by itself (`vma_needs_copy()`: a shared mapping,
/// and one without `anon_vma`, in which there is nothing but the zero page).
fn needs_copy(vma: &Vma) -> bool {
    let left_out =
        VmFlags::VM_SHARED | VmFlags::VM_DONTCOPY | VmFlags::VM_WIPEONFORK | VmFlags::VM_ZERO_PAGES;
    !vma.flags.intersects(left_out)
}

/// Whether [`dup_mm`] will find all it needs.
///
/// # Errors
/// ENOMEM: too few address spaces, ranges or page tables are left.
pub fn can_dup_mm(w: &World<'_>, mm: MmRef) -> Result<()> {
    let object = &w.mms[mm];
    let enough = |ranges, cut| {
        let tables = match object.pgd {
            Some(_) => cut * 2 * page_table::LEVELS,
            None => 0,
        };
        w.mms.available() >= 1 && w.vmas.available() >= ranges && w.tables.available() >= tables
    };
    // Mostly there is enough whatever the ranges are, and they need not be looked at.
    let most = object.mmap.len();
    if enough(most, most) {
        return Ok(());
    }
    let (mut ranges, mut cut) = (0, 0);
    for vma in object.mmap.iter(w.vmas.view()) {
        ranges += u32::from(!w.vmas[vma].flags.contains(VmFlags::VM_DONTCOPY));
        cut += u32::from(!needs_copy(&w.vmas[vma]));
    }
    if enough(ranges, cut) {
        Ok(())
    } else {
        Err(Errno::ENOMEM)
    }
}

/// `dup_mm()`: the address space of a child of fork. It shares the page table; see [`page_table`]. The caller has
/// asked [`can_dup_mm`].
///
/// # Errors
/// ENOMEM, as for [`can_dup_mm`].
pub fn dup_mm(w: &mut World<'_>, old: MmRef) -> Result<MmRef> {
    let parent = w.mms[old].clone();
    let pgd = w.page_tables().share(parent.pgd);
    w.mms[old].leaf_cache = None;
    let mut at = parent.mmap.first();
    let mut copy = MmStruct {
        mm_users: 1,
        pgd,
        mmap: list::List::EMPTY,
        mmap_cache: None,
        leaf_cache: None,
        ..parent
    };
    while let Some(vma) = at {
        at = dup_vma(w, &mut copy, vma)?;
    }
    copy.hiwater_rss = copy.rss;
    let new = w.mms.alloc(copy).ok_or(Errno::ENOMEM)?;
    if pgd.is_some() {
        w.emit(Effect::FlushTlb {
            mm: old,
            start: 0,
            end: u64::MAX,
        });
    }
    Ok(new)
}

/// Copies a range; the next one of the parent is returned.
fn dup_vma(w: &mut World<'_>, new: &mut MmStruct, from: VmaRef) -> Result<Option<VmaRef>> {
    let vma = &w.vmas[from];
    let (next, mapping) = (list::next::<VmaList>(vma), vma.mapping);
    let (mut flags, pages) = (vma.flags, vma.pages());
    if !needs_copy(vma) {
        let (start, end) = (vma.start / PAGE_SIZE, vma.end / PAGE_SIZE);
        new.rss -= w.page_tables().zap(&mut new.pgd, start, end);
        flags -= VmFlags::VM_ZERO_PAGES;
    }
    if flags.contains(VmFlags::VM_DONTCOPY) {
        new.total_vm -= pages;
        return Ok(next);
    }
    // A range that is wiped begins as if it had never been written.
    if flags.contains(VmFlags::VM_WIPEONFORK) {
        flags -= VmFlags::VM_ANON_VMA | VmFlags::VM_UNCOWED_PARENTS;
    }
    if flags.contains(VmFlags::VM_ANON_VMA) {
        flags |= VmFlags::VM_UNCOWED_PARENTS;
    }
    get_mapping(w, mapping);
    let copy = w.vmas.alloc_from(from, |copy, vma| {
        *copy = Vma { flags, ..vma.clone() };
    });
    new.mmap.push_back(&mut w.vmas, copy.ok_or(Errno::ENOMEM)?);
    Ok(next)
}
