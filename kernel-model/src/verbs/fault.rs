//! Page faults: a page on first use, a copy on the first write to a shared one.

use crate::abi::effect::{Effect, FaultKind};
use crate::abi::flags::{Prot, VmFlags};
use crate::abi::ids::{FrameNo, MmRef, TaskRef};
use crate::abi::limits::{PAGE_SIZE, STACK_GUARD_GAP};
use crate::abi::rlimit::Resource;
use crate::objects::mm::{Host, MappingRef, MmStruct, Vma, VmaList, VmaRef};
use crate::objects::page_table::{self, Leaf, NoTable, TableRef};
use crate::objects::pte::{Page, Pte};
use crate::store::arena::{Object, View};
use crate::store::list;
use crate::world::World;

use super::mm::mapping_page;

/// What a program does with an address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    /// Reads it.
    Read,
    /// Writes it.
    Write,
    /// Fetches an instruction from it.
    Exec,
}

/// Why an access cannot be had (`si_code` of the signal).
// As wide as the frame of a `Mapped`: a result of both is else put together from pieces, for which every fault waits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u32)]
pub enum BadAccess {
    /// SIGSEGV with SEGV_MAPERR (1): nothing is mapped there.
    Maperr,
    /// SIGSEGV with SEGV_ACCERR (2): the mapping does not allow it.
    Accerr,
    /// No frame or no page table is left.
    Oom,
}

impl From<NoTable> for BadAccess {
    fn from(_: NoTable) -> BadAccess {
        BadAccess::Oom
    }
}

/// Pages that one read of a shared mapping may bring in (`fault_around_bytes`): these, aligned. A leaf of the page
/// table covers a multiple of them.
const FAULT_AROUND_PAGES: u64 = 16;

/// A page and the right to use it: what a processor may keep until a `FlushTlb`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Mapped {
    /// The frame.
    pub frame: FrameNo,
    /// Whether writes may go through without asking again.
    pub writable: bool,
    /// Whether instructions may be fetched without asking again.
    pub executable: bool,
}

impl Mapped {
    fn new(pte: Pte, prot: Prot) -> Mapped {
        Mapped {
            frame: pte.frame(),
            writable: pte.is_writable(),
            executable: allows(prot, Access::Exec),
        }
    }
}

/// Whether a mapping allows an access. On x86-64 what may be written or executed may also be read.
const fn allows(prot: Prot, access: Access) -> bool {
    match access {
        Access::Read => !prot.is_empty(),
        Access::Write => prot.contains(Prot::WRITE),
        Access::Exec => prot.contains(Prot::EXEC),
    }
}

/// What the processor's page walk gives: none means a page fault.
#[must_use]
pub fn translate(
    mm: &MmStruct,
    vmas: View<'_, Vma>,
    tables: View<'_, page_table::Table>,
    addr: u64,
    access: Access,
) -> Option<Mapped> {
    let pte = page_table::lookup(tables, mm.pgd, addr / PAGE_SIZE);
    if !pte.is_present() || access == Access::Write && !pte.is_writable() {
        return None;
    }
    let vma = mm.vma_at(vmas, addr)?;
    let prot = vmas[vma].prot;
    allows(prot, access).then(|| Mapped::new(pte, prot))
}

/// `handle_mm_fault()`: makes the access possible, or says why it is not.
///
/// # Errors
/// See [`BadAccess`].
pub fn handle_mm_fault(
    w: &mut World<'_>,
    task: TaskRef,
    mm: MmRef,
    addr: u64,
    access: Access,
) -> Result<Mapped, BadAccess> {
    let vma = find_vma(w, task, mm, addr)?;
    if !allows(w.vmas[vma].prot, access) {
        return Err(BadAccess::Accerr);
    }
    w.mms[mm].mmap_cache = Some(vma);
    let (pgd, page) = (w.mms[mm].pgd, addr / PAGE_SIZE);
    let leaf = owned_leaf(w, mm, page);
    let fault = Fault {
        mm,
        vma,
        page,
        leaf,
        write: access == Access::Write,
    };
    let old = match leaf {
        Some(leaf) => w.tables[leaf].pte_of(page),
        None => page_table::lookup(w.tables.view(), pgd, page),
    };
    let (pte, kind) = match () {
        () if !old.is_present() => fault.first_use(w)?,
        () if fault.write && !old.is_writable() => fault.do_wp_page(w, old)?,
        () => (old, FaultKind::Spurious),
    };
    w.tasks[task].min_flt += 1;
    let addr = addr - addr % PAGE_SIZE;
    if old.is_present() && old != pte {
        w.emit(Effect::FlushTlb {
            mm,
            start: addr,
            end: addr + PAGE_SIZE,
        });
    }
    let prot = w.vmas[vma].prot;
    w.emit(Effect::MapPage {
        mm,
        addr,
        frame: pte.frame(),
        writable: pte.is_writable(),
        executable: allows(prot, Access::Exec),
    });
    w.tell(|w| Effect::PageFault {
        task: w.id(task),
        addr,
        frame: pte.frame(),
        kind,
    });
    Ok(Mapped::new(pte, prot))
}

/// The lowest table over a page, if the whole way to it is the address space's own.
fn owned_leaf(w: &mut World<'_>, mm: MmRef, page: u64) -> Option<TableRef> {
    let object = &mut w.mms[mm];
    if let Some(leaf) = object.leaf_cache
        && leaf.covers(page)
        && w.tables.get(leaf.table).is_some()
    {
        return Some(leaf.table);
    }
    let table = page_table::owned_leaf(w.tables.view(), object.pgd, page);
    object.leaf_cache = table.map(|table| Leaf::over(page, table));
    table
}

/// The range of the address; a stack grows to it if it may.
fn find_vma(w: &mut World<'_>, task: TaskRef, mm: MmRef, addr: u64) -> Result<VmaRef, BadAccess> {
    let vma = w.mms[mm].find_vma(w.vmas.view(), addr).ok_or(BadAccess::Maperr)?;
    if w.vmas[vma].start <= addr {
        return Ok(vma);
    }
    if !w.vmas[vma].flags.contains(VmFlags::VM_GROWSDOWN) {
        return Err(BadAccess::Maperr);
    }
    expand_stack(w, task, mm, vma, addr)?;
    Ok(vma)
}

/// `expand_downwards()`: within RLIMIT_STACK, and with the guard gap to what lies below.
fn expand_stack(
    w: &mut World<'_>,
    task: TaskRef,
    mm: MmRef,
    vma: VmaRef,
    addr: u64,
) -> Result<(), BadAccess> {
    let start = addr - addr % PAGE_SIZE;
    let limits = w.signal(task).rlim;
    // The gap is kept to what a program could run into: not to PROT_NONE, nor to another piece of the stack.
    let in_the_way = |below: &Vma| !below.prot.is_empty() && !below.flags.contains(VmFlags::VM_GROWSDOWN);
    let below = list::prev::<VmaList>(&w.vmas[vma]).map(|prev| &w.vmas[prev]);
    let crowded = below
        .is_some_and(|below| start < below.end || in_the_way(below) && start - below.end < STACK_GUARD_GAP);
    let (stack, grown) = (&w.vmas[vma], (w.vmas[vma].start - start) / PAGE_SIZE);
    let fits = stack.end - start <= limits.get(Resource::Stack).cur
        && (w.mms[mm].total_vm + grown).saturating_mul(PAGE_SIZE) <= limits.get(Resource::As).cur
        && !crowded;
    if !fits {
        return Err(BadAccess::Maperr);
    }
    w.vmas[vma].start = start;
    w.mms[mm].total_vm += grown;
    Ok(())
}

/// A fault that the mapping allows.
#[derive(Clone, Copy)]
struct Fault {
    mm: MmRef,
    vma: VmaRef,
    page: u64,
    /// The lowest table over the page, where the way to it has been made the task's own.
    leaf: Option<TableRef>,
    write: bool,
}

impl Fault {
    fn own_leaf(&self, w: &mut World<'_>) -> Result<TableRef, BadAccess> {
        match self.leaf {
            Some(leaf) => Ok(leaf),
            None => Ok(w.with_pgd(self.mm, |tables, pgd| tables.own_path(pgd, self.page))?),
        }
    }

    fn set(&self, w: &mut World<'_>, pte: Pte) -> Result<(), BadAccess> {
        let leaf = self.own_leaf(w)?;
        w.page_tables().set_in(leaf, self.page, pte);
        Ok(())
    }

    /// Sets the entry to a new frame that only it uses; gives the frame back if no table is to be had.
    fn set_new(&self, w: &mut World<'_>, pte: Pte) -> Result<(), BadAccess> {
        self.set(w, pte)
            .inspect_err(|_| w.page_tables().put_page(pte.frame()))?;
        // vmf_anon_prepare()
        let vma = &mut w.vmas[self.vma];
        vma.flags = (vma.flags - VmFlags::VM_ZERO_PAGES) | VmFlags::VM_ANON_VMA;
        Ok(())
    }

    fn new_page(w: &mut World<'_>) -> Result<FrameNo, BadAccess> {
        w.page_tables().alloc_page(Page::FREE).ok_or(BadAccess::Oom)
    }

    fn first_use(&self, w: &mut World<'_>) -> Result<(Pte, FaultKind), BadAccess> {
        let vma = w.vmas[self.vma].clone();
        let (pte, kind) = match vma.mapping {
            Some(mapping) => self.do_fault(w, &vma, mapping)?,
            None => self.do_anonymous_page(w)?,
        };
        if !pte.is_zero_page() {
            w.mms[self.mm].add_rss();
        }
        Ok((pte, kind))
    }

    /// Read: the one page of zeroes. Write: a page of one's own.
    fn do_anonymous_page(&self, w: &mut World<'_>) -> Result<(Pte, FaultKind), BadAccess> {
        if !self.write {
            let pte = Pte::private(FrameNo::ZERO_PAGE, false);
            self.set(w, pte)?;
            if !w.vmas[self.vma].flags.contains(VmFlags::VM_ANON_VMA) {
                w.vmas[self.vma].flags |= VmFlags::VM_ZERO_PAGES;
            }
            return Ok((pte, FaultKind::ZeroPage));
        }
        let frame = Self::new_page(w)?;
        let pte = Pte::private(frame, true);
        self.set_new(w, pte)?;
        w.emit(Effect::ZeroFrame { frame });
        Ok((pte, FaultKind::Anonymous))
    }

    /// A page of a file or shared mapping: shared as it is, or copied at once when a private one is written.
    fn do_fault(
        &self,
        w: &mut World<'_>,
        vma: &Vma,
        mapping: MappingRef,
    ) -> Result<(Pte, FaultKind), BadAccess> {
        let frame = cache_page(w, mapping, vma.page_of(self.page * PAGE_SIZE))?;
        if vma.is_shared() {
            let pte = Pte::shared(frame, vma.prot.contains(Prot::WRITE));
            self.set(w, pte)?;
            if !self.write {
                self.fault_around(w, vma, mapping)?;
            }
            return Ok((pte, FaultKind::Shared));
        }
        if !self.write {
            let pte = Pte::file(frame);
            self.set(w, pte)?;
            return Ok((pte, FaultKind::File));
        }
        self.copy(w, frame)
    }

    /// `do_fault_around()`: a read brings in the pages about it that have a frame already.
    fn fault_around(&self, w: &mut World<'_>, vma: &Vma, mapping: MappingRef) -> Result<(), BadAccess> {
        let leaf = self.own_leaf(w)?;
        let window = self.page - self.page % FAULT_AROUND_PAGES;
        let first = window.max(vma.start / PAGE_SIZE);
        let end = (window + FAULT_AROUND_PAGES).min(vma.end / PAGE_SIZE);
        for page in first..end {
            if w.tables[leaf].pte_of(page).is_present() {
                continue;
            }
            if let Some(frame) = mapping_page(w, mapping, vma.page_of(page * PAGE_SIZE)) {
                let pte = Pte::shared(frame, vma.prot.contains(Prot::WRITE));
                w.page_tables().set_in(leaf, page, pte);
                w.mms[self.mm].add_rss();
            }
        }
        Ok(())
    }

    fn copy(&self, w: &mut World<'_>, from: FrameNo) -> Result<(Pte, FaultKind), BadAccess> {
        let to = Self::new_page(w)?;
        let pte = Pte::private(to, true);
        // The copy is made before the entry changes: setting it may free the frame that is copied.
        w.emit(Effect::CopyFrame { from, to });
        self.set_new(w, pte)?;
        Ok((pte, FaultKind::Copy { from }))
    }

    /// `do_wp_page()`: a write to a page that is present and read-only, in a mapping that allows writing.
    fn do_wp_page(&self, w: &mut World<'_>, old: Pte) -> Result<(Pte, FaultKind), BadAccess> {
        if old.is_shared() {
            let pte = old.writable();
            self.set(w, pte)?;
            return Ok((pte, FaultKind::Shared));
        }
        // The entry's own count shows only once the tables above it are the task's own.
        let fault = Fault {
            leaf: Some(self.own_leaf(w)?),
            ..*self
        };
        let alone = w.page_tables().page(old.frame()).is_some_and(|page| {
            *page
                == Page {
                    refcount: 1,
                    holders: 0,
                }
        });
        if alone && !old.is_cache() && !old.is_zero_page() {
            // wp_page_reuse(): the last sharer writes in place.
            let pte = old.writable();
            fault.set(w, pte)?;
            return Ok((pte, FaultKind::Reuse));
        }
        let copied = fault.copy(w, old.frame())?;
        if old.is_zero_page() {
            w.mms[self.mm].add_rss();
        }
        Ok(copied)
    }
}

/// The frame of a page of a file or shared mapping; read in or zeroed if it has none yet.
fn cache_page(w: &mut World<'_>, mapping: MappingRef, page: u64) -> Result<FrameNo, BadAccess> {
    if let Some(frame) = mapping_page(w, mapping, page) {
        return Ok(frame);
    }
    let frame = Fault::new_page(w)?;
    let mut pages = w.mappings[mapping].i_pages;
    let set = w.page_tables().set(&mut pages, page, Pte::shared(frame, true));
    w.mappings[mapping].i_pages = pages;
    if set.is_err() {
        w.page_tables().put_page(frame);
        return Err(BadAccess::Oom);
    }
    match w.mappings[mapping].host {
        Host::Image(image) => w.emit(Effect::FillFrame { frame, image, page }),
        Host::Shmem => w.emit(Effect::ZeroFrame { frame }),
    }
    Ok(frame)
}
