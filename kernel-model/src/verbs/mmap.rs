//! mmap, munmap, mprotect, madvise, brk.

use crate::abi::capability::Capability;
use crate::abi::effect::Effect;
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::{MapFlags, OpenFlags, Prot, VmFlags};
use crate::abi::ids::{MmRef, TaskRef};
use crate::abi::limits::{MAX_MAP_COUNT, MMAP_BASE, MMAP_MIN_ADDR, PAGE_SIZE, STACK_GUARD_GAP, TASK_SIZE};
use crate::abi::rlimit::Resource;
use crate::objects::file::FileRef;
use crate::objects::mm::{AddressSpace, Host, Vma, VmaKind, VmaList, VmaRef};
use crate::store::arena::Object;
use crate::store::list;
use crate::world::World;

use super::fault::{Access, handle_mm_fault};
use super::mm::{free_vma, get_mapping};

/// `PAGE_ALIGN()`; none past the end of the address space.
#[must_use]
pub const fn page_align(len: u64) -> Option<u64> {
    match len.checked_add(PAGE_SIZE - 1) {
        Some(len) => Some(len - len % PAGE_SIZE),
        None => None,
    }
}

const fn is_aligned(addr: u64) -> bool {
    addr.is_multiple_of(PAGE_SIZE)
}

fn mm_of(w: &World<'_>, task: TaskRef) -> Result<MmRef> {
    w.tasks[task].mm.ok_or(Errno::EINVAL)
}

/// Whether the pages count as data (`is_data_mapping()`): private, writable, and no stack.
fn is_data(vma: &Vma) -> bool {
    vma.prot.contains(Prot::WRITE) && !vma.flags.intersects(VmFlags::VM_SHARED | VmFlags::VM_GROWSDOWN)
}

/// `may_expand_vm()`: RLIMIT_AS and RLIMIT_DATA.
fn may_expand_vm(w: &World<'_>, task: TaskRef, mm: MmRef, data: bool, pages: u64) -> bool {
    let limits = &w.signal(task).rlim;
    let over = |pages: u64, resource| pages.saturating_mul(PAGE_SIZE) > limits.get(resource).cur;
    if over(w.mms[mm].total_vm.saturating_add(pages), Resource::As) {
        return false;
    }
    let used = || {
        let ranges = w.mms[mm].mmap.iter(w.vmas.view()).map(|at| &w.vmas[at]);
        ranges.filter(|vma| is_data(vma)).map(Vma::pages).sum::<u64>()
    };
    !data || limits.get(Resource::Data).cur == u64::MAX || !over(used().saturating_add(pages), Resource::Data)
}

/// mmap(2) of anonymous memory.
///
/// # Errors
/// - EINVAL: no length; neither or both of MAP_SHARED and MAP_PRIVATE; MAP_FIXED at an address that is not a page's.
/// - ENOMEM: no such range is free; RLIMIT_AS, RLIMIT_DATA; more than the memory there is; too many ranges.
/// - EACCES, EPERM, ENODEV: the file cannot be mapped, or not so.
/// - EEXIST: MAP_FIXED_NOREPLACE where something is mapped.
/// - EPERM: MAP_FIXED below `mmap_min_addr` by an ordinary user.
pub fn do_mmap(
    w: &mut World<'_>,
    task: TaskRef,
    (addr, len): (u64, u64),
    prot: Prot,
    flags: MapFlags,
    file: Option<FileRef>,
) -> Result<u64> {
    let mm = mm_of(w, task)?;
    if len == 0 {
        return Err(Errno::EINVAL);
    }
    let len = page_align(len)
        .filter(|len| *len <= TASK_SIZE)
        .ok_or(Errno::ENOMEM)?;
    if w.mms[mm].mmap.len() >= MAX_MAP_COUNT {
        return Err(Errno::ENOMEM);
    }
    let fixed = flags.intersects(MapFlags::MAP_FIXED | MapFlags::MAP_FIXED_NOREPLACE);
    let start = get_unmapped_area(w, task, mm, addr, len, fixed)?;
    if flags.contains(MapFlags::MAP_FIXED_NOREPLACE) && w.mms[mm].is_mapped(w.vmas.view(), start, start + len)
    {
        return Err(Errno::EEXIST);
    }
    if let Some(file) = file {
        return Err(cannot_map(w.filp[file].flags, prot, flags));
    }
    let shared = match flags & (MapFlags::MAP_SHARED | MapFlags::MAP_PRIVATE) {
        MapFlags::MAP_SHARED => true,
        MapFlags::MAP_PRIVATE => false,
        _ => return Err(Errno::EINVAL),
    };
    // The heuristic overcommit of Linux refuses only what could never fit, and with MAP_NORESERVE not even that.
    let data = prot.contains(Prot::WRITE) && !shared;
    let frames = u64::from(w.pages.available() + w.pages.used());
    let too_much = len / PAGE_SIZE > frames && !flags.contains(MapFlags::MAP_NORESERVE);
    if !may_expand_vm(w, task, mm, data, len / PAGE_SIZE) || too_much {
        return Err(Errno::ENOMEM);
    }
    if w.vmas.available() < 3 || shared && w.mappings.available() < 1 {
        return Err(Errno::ENOMEM);
    }
    if fixed {
        do_munmap(w, mm, start, len)?;
    }
    let vma = Vma {
        start,
        end: start + len,
        prot,
        flags: vm_flags(prot, flags),
        kind: VmaKind::Mmap,
        ..Vma::FREE
    };
    map_anonymous(w, mm, vma, shared)?;
    if flags.contains(MapFlags::MAP_POPULATE) {
        populate(w, task, mm, start, len, prot);
    }
    Ok(start)
}

/// `calc_vm_flag_bits()` and `accountable_mapping()`: what tells ranges apart and has no other effect here.
fn vm_flags(prot: Prot, flags: MapFlags) -> VmFlags {
    let accounting = match () {
        () if flags.contains(MapFlags::MAP_NORESERVE) => VmFlags::VM_NORESERVE,
        () if prot.contains(Prot::WRITE) && !flags.contains(MapFlags::MAP_SHARED) => VmFlags::VM_ACCOUNT,
        () => VmFlags::empty(),
    };
    match flags.contains(MapFlags::MAP_STACK) {
        true => accounting | VmFlags::VM_NOHUGEPAGE,
        false => accounting,
    }
}

/// Why a file cannot be mapped: there is none yet that can.
fn cannot_map(open: OpenFlags, prot: Prot, flags: MapFlags) -> Errno {
    let writable = open.intersects(OpenFlags::O_WRONLY | OpenFlags::O_RDWR);
    if !flags.intersects(MapFlags::MAP_SHARED | MapFlags::MAP_PRIVATE) {
        return Errno::EINVAL;
    }
    // Reading is needed even for what is only to be written.
    let denied = open.contains(OpenFlags::O_WRONLY)
        || flags.contains(MapFlags::MAP_SHARED) && prot.contains(Prot::WRITE) && !writable;
    match () {
        () if denied => Errno::EACCES,
        // path_noexec(): pipes lie on a file system from which nothing is executed.
        () if prot.contains(Prot::EXEC) => Errno::EPERM,
        () => Errno::ENODEV,
    }
}

/// The caller has made sure of the range and of the pools.
fn map_anonymous(w: &mut World<'_>, mm: MmRef, mut vma: Vma, shared: bool) -> Result<()> {
    if shared {
        // shmem_zero_setup(): an object of its own, so that all who inherit the range find the same pages.
        vma.mapping = Some(
            w.mappings
                .alloc(AddressSpace::new(Host::Shmem))
                .ok_or(Errno::ENOMEM)?,
        );
        vma.flags |= VmFlags::VM_SHARED;
    }
    let vma = w.vmas.alloc(vma).ok_or(Errno::ENOMEM)?;
    insert(w, mm, vma);
    merge(w, mm, vma);
    Ok(())
}

fn insert(w: &mut World<'_>, mm: MmRef, vma: VmaRef) {
    let mut object = w.mms[mm].clone();
    object.insert_vma(&mut w.vmas, vma);
    w.mms[mm] = object;
}

/// MAP_POPULATE: a failure is not reported, the pages then come with the first access.
fn populate(w: &mut World<'_>, task: TaskRef, mm: MmRef, start: u64, len: u64, prot: Prot) {
    let access = if prot.contains(Prot::WRITE) {
        Access::Write
    } else {
        Access::Read
    };
    for page in 0..len / PAGE_SIZE {
        if handle_mm_fault(w, task, mm, start + page * PAGE_SIZE, access).is_err() {
            return;
        }
    }
}

fn get_unmapped_area(
    w: &World<'_>,
    task: TaskRef,
    mm: MmRef,
    addr: u64,
    len: u64,
    fixed: bool,
) -> Result<u64> {
    let (object, vmas) = (&w.mms[mm], w.vmas.view());
    if fixed {
        if addr > TASK_SIZE - len {
            return Err(Errno::ENOMEM);
        }
        if !is_aligned(addr) {
            return Err(Errno::EINVAL);
        }
        if addr < MMAP_MIN_ADDR && !w.tasks[task].cred.capable(Capability::SysRawio) {
            return Err(Errno::EPERM);
        }
        return Ok(addr);
    }
    let hint = addr - addr % PAGE_SIZE;
    if hint >= MMAP_MIN_ADDR && hint <= TASK_SIZE - len {
        let gap = object
            .find_vma(vmas, hint + len - 1)
            .map_or(0, |next| stack_gap(&vmas[next]));
        if !object.is_mapped(vmas, hint, (hint + len).saturating_add(gap)) {
            return Ok(hint);
        }
    }
    object
        .unmapped_area(vmas, len, MMAP_MIN_ADDR, MMAP_BASE)
        .or_else(|| object.unmapped_area(vmas, len, MMAP_BASE, TASK_SIZE))
        .ok_or(Errno::ENOMEM)
}

const fn stack_gap(vma: &Vma) -> u64 {
    if vma.flags.contains(VmFlags::VM_GROWSDOWN) {
        STACK_GUARD_GAP
    } else {
        0
    }
}

/// Whether two neighbours are one range that happens to have been cut. Only anonymous memory is joined,
/// private or shared.
fn is_mergeable(left: &Vma, right: &Vma) -> bool {
    // is_mergeable_anon_vma(): where only one was written, unless what is in it came from a parent.
    let anon = VmFlags::VM_ANON_VMA | VmFlags::VM_UNCOWED_PARENTS;
    let faulted = anon | VmFlags::VM_ZERO_PAGES;
    let (l, r) = (left.flags & anon, right.flags & anon);
    let chains =
        l == r || l.is_empty() && r == VmFlags::VM_ANON_VMA || r.is_empty() && l == VmFlags::VM_ANON_VMA;
    chains
        && left.end == right.start
        && left.prot == right.prot
        && left.flags | faulted == right.flags | faulted
        && left.kind == right.kind
        && left.mapping == right.mapping
        && (left.mapping.is_none() || left.is_shared() && left.page_of(right.start) == right.pgoff)
        && matches!(left.kind, VmaKind::Mmap | VmaKind::Heap)
}

/// `vma_merge()`: joins a range with its neighbours where they are alike.
fn merge(w: &mut World<'_>, mm: MmRef, vma: VmaRef) {
    let joined = match list::prev::<VmaList>(&w.vmas[vma]) {
        Some(prev) if is_mergeable(&w.vmas[prev], &w.vmas[vma]) => {
            absorb(w, mm, prev, vma);
            prev
        }
        _ => vma,
    };
    if let Some(next) = list::next::<VmaList>(&w.vmas[joined])
        && is_mergeable(&w.vmas[joined], &w.vmas[next])
    {
        absorb(w, mm, joined, next);
    }
}

fn absorb(w: &mut World<'_>, mm: MmRef, left: VmaRef, right: VmaRef) {
    let (end, pages, flags) = (w.vmas[right].end, w.vmas[right].pages(), w.vmas[right].flags);
    free_vma(w, mm, right);
    // One of them may have been written and the other not.
    let flags = flags | w.vmas[left].flags;
    w.vmas[left].flags = match flags.contains(VmFlags::VM_ANON_VMA) {
        true => flags - VmFlags::VM_ZERO_PAGES,
        false => flags,
    };
    w.vmas[left].end = end;
    w.mms[mm].total_vm += pages;
}

/// `__split_vma()`: cuts a range in two at an address inside it; the upper part is the new object.
fn split(w: &mut World<'_>, mm: MmRef, vma: VmaRef, at: u64) -> Result<VmaRef> {
    let lower = w.vmas[vma].clone();
    let upper = Vma {
        start: at,
        pgoff: lower.page_of(at),
        ..lower.clone()
    };
    let pages = upper.pages();
    let new = w.vmas.alloc(upper).ok_or(Errno::ENOMEM)?;
    get_mapping(w, lower.mapping);
    w.vmas[vma].end = at;
    w.mms[mm].total_vm -= pages;
    insert(w, mm, new);
    Ok(new)
}

/// munmap(2).
///
/// # Errors
/// - EINVAL: no length, an address that is not a page's, or a range beyond user space.
/// - ENOMEM: a range would be cut in two and there is no room for the second half.
pub fn munmap(w: &mut World<'_>, task: TaskRef, addr: u64, len: u64) -> Result<()> {
    let mm = mm_of(w, task)?;
    if !is_aligned(addr) || addr > TASK_SIZE || len > TASK_SIZE - addr {
        return Err(Errno::EINVAL);
    }
    let len = page_align(len).filter(|len| *len > 0).ok_or(Errno::EINVAL)?;
    do_munmap(w, mm, addr, len)
}

/// `do_vmi_munmap()`.
///
/// # Errors
/// ENOMEM, as for [`munmap`].
pub fn do_munmap(w: &mut World<'_>, mm: MmRef, start: u64, len: u64) -> Result<()> {
    let end = start + len;
    if !w.mms[mm].is_mapped(w.vmas.view(), start, end) {
        return Ok(());
    }
    let pgd = w.mms[mm].pgd;
    if w.vmas.available() < 2 || !w.page_tables().can_zap(pgd) {
        return Err(Errno::ENOMEM);
    }
    while let Some(vma) = w.mms[mm]
        .find_vma(w.vmas.view(), start)
        .filter(|at| w.vmas[*at].start < end)
    {
        let vma = if w.vmas[vma].start < start {
            split(w, mm, vma, start)?
        } else {
            vma
        };
        if w.vmas[vma].end > end {
            split(w, mm, vma, end)?;
        }
        zap(w, mm, w.vmas[vma].start, w.vmas[vma].end);
        free_vma(w, mm, vma);
    }
    Ok(())
}

fn zap(w: &mut World<'_>, mm: MmRef, start: u64, end: u64) {
    let gone = w.with_pgd(mm, |tables, pgd| {
        tables.zap(pgd, start / PAGE_SIZE, end / PAGE_SIZE)
    });
    w.mms[mm].rss -= gone;
    w.emit(Effect::FlushTlb { mm, start, end });
}

/// Cuts ranges so that one begins at `start` and one ends at `end`, where they are inside a range.
fn cut(w: &mut World<'_>, mm: MmRef, start: u64, end: u64) -> Result<()> {
    for at in [start, end] {
        if let Some(vma) = w.mms[mm].vma_at(w.vmas.view(), at)
            && w.vmas[vma].start < at
        {
            split(w, mm, vma, at)?;
        }
    }
    Ok(())
}

/// Changes every range between two addresses and joins what has become alike. Returns whether there was a hole;
/// what lies before it has been changed then, as Linux does.
fn change(
    w: &mut World<'_>,
    mm: MmRef,
    start: u64,
    end: u64,
    stop_at_hole: bool,
    apply: &mut dyn FnMut(&mut World<'_>, VmaRef) -> Result<()>,
) -> Result<bool> {
    if w.vmas.available() < 2 {
        return Err(Errno::ENOMEM);
    }
    cut(w, mm, start, end)?;
    let (mut at, mut hole) = (start, false);
    let mut result = Ok(());
    while at < end {
        let found = w.mms[mm]
            .find_vma(w.vmas.view(), at)
            .filter(|vma| w.vmas[*vma].start < end);
        hole |= found.is_none_or(|vma| w.vmas[vma].start > at);
        let Some(vma) = found else { break };
        if hole && stop_at_hole {
            break;
        }
        at = w.vmas[vma].end;
        result = apply(w, vma);
        if result.is_err() {
            break;
        }
    }
    rejoin(w, mm, start, end);
    result.map(|()| hole)
}

fn rejoin(w: &mut World<'_>, mm: MmRef, start: u64, end: u64) {
    let mut at = w.mms[mm].find_vma(w.vmas.view(), start.saturating_sub(1));
    while let Some(vma) = at {
        if w.vmas[vma].start > end {
            break;
        }
        at = match list::next::<VmaList>(&w.vmas[vma]) {
            Some(next) if is_mergeable(&w.vmas[vma], &w.vmas[next]) => {
                absorb(w, mm, vma, next);
                Some(vma)
            }
            next => next,
        };
    }
}

/// mprotect(2).
///
/// # Errors
/// - EINVAL: an address that is not a page's.
/// - ENOMEM: part of the range is not mapped; what lies before the hole has been changed.
pub fn mprotect(w: &mut World<'_>, task: TaskRef, start: u64, len: u64, prot: Prot) -> Result<()> {
    let mm = mm_of(w, task)?;
    if !is_aligned(start) {
        return Err(Errno::EINVAL);
    }
    if len == 0 {
        return Ok(());
    }
    let end = page_align(len)
        .and_then(|len| start.checked_add(len))
        .ok_or(Errno::ENOMEM)?;
    let hole = change(w, mm, start, end, true, &mut |w, vma| {
        let object = &mut w.vmas[vma];
        let (start, end) = (object.start, object.end);
        reaccount(object, prot);
        object.prot = prot;
        if !prot.contains(Prot::WRITE) {
            w.with_pgd(mm, |tables, pgd| {
                tables.protect(*pgd, start / PAGE_SIZE, end / PAGE_SIZE)
            });
        }
        w.emit(Effect::FlushTlb { mm, start, end });
        Ok(())
    })?;
    if hole { Err(Errno::ENOMEM) } else { Ok(()) }
}

/// `mprotect_fixup()`: what becomes writable is counted from now on; what no longer is, and was never written, is not.
fn reaccount(vma: &mut Vma, prot: Prot) {
    let spared = VmFlags::VM_ACCOUNT | VmFlags::VM_SHARED | VmFlags::VM_NORESERVE;
    match () {
        () if prot == vma.prot => {}
        () if prot.contains(Prot::WRITE) => {
            if !vma.flags.intersects(spared) && !vma.prot.contains(Prot::WRITE) {
                vma.flags |= VmFlags::VM_ACCOUNT;
            }
        }
        () if vma.mapping.is_none() && !vma.flags.contains(VmFlags::VM_ANON_VMA) => {
            vma.flags -= VmFlags::VM_ACCOUNT;
        }
        () => {}
    }
}

/// madvise(2), as far as a program can see what it did.
///
/// # Errors
/// - EINVAL: unknown advice; an address that is not a page's; MADV_WIPEONFORK on anything but private anonymous
///   memory.
/// - ENOMEM: part of the range is not mapped; the rest has been advised.
pub fn madvise(w: &mut World<'_>, task: TaskRef, start: u64, len: u64, advice: i32) -> Result<()> {
    let mm = mm_of(w, task)?;
    if !matches!(advice, 0..=4 | 10 | 11 | 18 | 19) || !is_aligned(start) {
        return Err(Errno::EINVAL);
    }
    let len = page_align(len).ok_or(Errno::EINVAL)?;
    let end = start.checked_add(len).ok_or(Errno::EINVAL)?;
    if len == 0 {
        return Ok(());
    }
    let pgd = w.mms[mm].pgd;
    if advice == 4 && !w.page_tables().can_zap(pgd) {
        return Err(Errno::ENOMEM);
    }
    let hole = change(w, mm, start, end, false, &mut |w, vma| advise(w, mm, vma, advice))?;
    if hole { Err(Errno::ENOMEM) } else { Ok(()) }
}

fn advise(w: &mut World<'_>, mm: MmRef, at: VmaRef, advice: i32) -> Result<()> {
    let vma = &mut w.vmas[at];
    match advice {
        // MADV_DONTNEED: the pages are forgotten; the next access finds zeroes, or the file's pages.
        4 => {
            let (start, end) = (vma.start, vma.end);
            zap(w, mm, start, end);
        }
        // MADV_DONTFORK, MADV_DOFORK.
        10 => vma.flags |= VmFlags::VM_DONTCOPY,
        11 => vma.flags -= VmFlags::VM_DONTCOPY,
        // MADV_WIPEONFORK: only for private anonymous memory.
        18 if vma.mapping.is_some() => return Err(Errno::EINVAL),
        18 => vma.flags |= VmFlags::VM_WIPEONFORK,
        19 => vma.flags -= VmFlags::VM_WIPEONFORK,
        // MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL: only how fast, but ranges with different advice are different.
        0 => vma.flags -= VmFlags::VM_RAND_READ | VmFlags::VM_SEQ_READ,
        1 => vma.flags = (vma.flags - VmFlags::VM_SEQ_READ) | VmFlags::VM_RAND_READ,
        2 => vma.flags = (vma.flags - VmFlags::VM_RAND_READ) | VmFlags::VM_SEQ_READ,
        // MADV_WILLNEED.
        _ => {}
    }
    Ok(())
}

/// brk(2): the new end of the heap, or the old one where it could not be moved.
pub fn brk(w: &mut World<'_>, task: TaskRef, addr: u64) -> u64 {
    let Some(mm) = w.tasks[task].mm else { return 0 };
    let old = w.mms[mm].brk;
    match set_brk(w, task, mm, addr) {
        Ok(()) => w.mms[mm].brk,
        Err(_) => old,
    }
}

fn set_brk(w: &mut World<'_>, task: TaskRef, mm: MmRef, addr: u64) -> Result<()> {
    let (start, old) = (w.mms[mm].start_brk, w.mms[mm].brk);
    if addr < start || addr - start > w.signal(task).rlim.get(Resource::Data).cur {
        return Err(Errno::ENOMEM);
    }
    let new_end = page_align(addr)
        .filter(|end| *end <= TASK_SIZE)
        .ok_or(Errno::ENOMEM)?;
    let old_end = page_align(old).ok_or(Errno::ENOMEM)?;
    if new_end < old_end {
        do_munmap(w, mm, new_end, old_end - new_end)?;
    } else if new_end > old_end {
        let len = new_end - old_end;
        let view = w.vmas.view();
        // A heap leaves a page free before the next mapping.
        let gap = w.mms[mm]
            .find_vma(view, old_end)
            .map_or(0, |next| stack_gap(&view[next]))
            + PAGE_SIZE;
        let frames = u64::from(w.pages.available() + w.pages.used());
        if w.mms[mm].is_mapped(view, old_end, new_end.saturating_add(gap))
            || !may_expand_vm(w, task, mm, true, len / PAGE_SIZE)
            || len / PAGE_SIZE > frames
            || w.vmas.available() < 1
        {
            return Err(Errno::ENOMEM);
        }
        let prot = Prot::READ | Prot::WRITE;
        map_anonymous(
            w,
            mm,
            Vma {
                start: old_end,
                end: new_end,
                prot,
                flags: VmFlags::VM_ACCOUNT,
                kind: VmaKind::Heap,
                ..Vma::FREE
            },
            false,
        )?;
    }
    w.mms[mm].brk = addr;
    Ok(())
}
