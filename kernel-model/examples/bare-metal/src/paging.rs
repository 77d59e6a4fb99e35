//! The processor's page tables: four levels for each address space, filled by the model's orders.
//!
//! They are a cache of what the model knows. What is missing, the page fault handler asks the model for again
//! (`Kernel::translate`), so tables may be forgotten whenever pages for them run out; what is there must be true, so
//! `FlushTlb` takes entries out.

use kernel_model::abi::ids::{FrameNo, MmRef};
use kernel_model::verbs::fault::Mapped;

use crate::memory::{self, TABLE_PAGES};
use crate::tasks::TASKS;
use crate::x86;

const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
const USER: u64 = 4;
const NO_EXECUTE: u64 = 1 << 63;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/// Entries of a table, and the bits of an address that choose one.
const ENTRIES: usize = 512;
const BITS: u32 = 9;
const PAGE_BITS: u32 = 12;
/// The level of the root; that of the tables whose entries are pages is 0.
const ROOT: u32 = 3;
/// Entries of a root that are user space's: the lower half.
const USER_ENTRIES: usize = 256;

unsafe extern "C" {
    static boot_pml4: u8;
}

/// The root that maps the kernel alone; every other one maps it as this does. It is linked where it lies.
pub fn kernel_root() -> u64 {
    (&raw const boot_pml4).addr() as u64
}

const fn span(level: u32) -> u64 {
    1 << (PAGE_BITS + BITS * level)
}

const fn slot(addr: u64, level: u32) -> usize {
    (addr >> (PAGE_BITS + BITS * level)) as usize % ENTRIES
}

/// An address space and its root.
type Root = Option<(MmRef, u64)>;

/// All page tables of user space.
pub struct PageTables {
    free: heapless::Vec<u64, TABLE_PAGES>,
    roots: [Root; TASKS],
}

impl PageTables {
    /// None; without pages.
    pub const EMPTY: PageTables = PageTables {
        free: heapless::Vec::new(),
        roots: [None; TASKS],
    };

    /// All pages are free, and no address space is known.
    pub fn init(&mut self) {
        self.activate(None);
        self.free.clear();
        self.free.extend(memory::table_pages());
        self.roots = [None; TASKS];
        // The first GiB at address 0 was for boot.s.
        memory::entries(kernel_root())[0] = 0;
    }

    /// How many pages for tables are in use.
    pub fn used(&self) -> usize {
        TABLE_PAGES - self.free.len()
    }

    fn root_of(&self, mm: MmRef) -> Option<u64> {
        match self.roots[mm.index() as usize] {
            Some((owner, root)) if owner == mm => Some(root),
            _ => None,
        }
    }

    /// A table of zeroes. When there is none left, the other address spaces are forgotten first.
    fn new_table(&mut self, for_mm: MmRef) -> u64 {
        if self.free.is_empty() {
            let others = self.roots.into_iter().flatten().filter(|(mm, _)| *mm != for_mm);
            others.for_each(|(_, root)| self.forget(root));
        }
        let table = self
            .free
            .pop()
            .expect("one address space alone has used all tables");
        memory::entries(table).fill(0);
        table
    }

    /// Takes all of user space out of a root.
    fn forget(&mut self, root: u64) {
        for slot in 0..USER_ENTRIES {
            self.free_below(root, slot, ROOT);
        }
    }

    /// Frees what hangs on an entry.
    fn free_below(&mut self, table: u64, slot: usize, level: u32) {
        let entry = core::mem::take(&mut memory::entries(table)[slot]);
        if entry & PRESENT == 0 || level == 0 {
            return;
        }
        let below = entry & ADDRESS;
        for slot in 0..ENTRIES {
            self.free_below(below, slot, level - 1);
        }
        // It was taken out of this list, so there is room.
        let _ = self.free.push(below);
    }

    /// `MapPage`.
    pub fn map(&mut self, mm: MmRef, addr: u64, mapped: Mapped) {
        let mut table = match self.root_of(mm) {
            Some(root) => root,
            None => {
                let root = self.new_table(mm);
                for slot in USER_ENTRIES..ENTRIES {
                    let entry = memory::entries(kernel_root())[slot];
                    memory::entries(root)[slot] = entry;
                }
                self.roots[mm.index() as usize] = Some((mm, root));
                root
            }
        };
        for level in (1..=ROOT).rev() {
            let entry = memory::entries(table)[slot(addr, level)];
            table = match entry & PRESENT {
                0 => {
                    let below = self.new_table(mm);
                    memory::entries(table)[slot(addr, level)] = below | PRESENT | WRITABLE | USER;
                    below
                }
                _ => entry & ADDRESS,
            };
        }
        let mut entry = memory::frame_phys(mapped.frame) | PRESENT | USER;
        if mapped.writable {
            entry |= WRITABLE;
        }
        if !mapped.executable {
            entry |= NO_EXECUTE;
        }
        memory::entries(table)[slot(addr, 0)] = entry;
        x86::invlpg(addr);
    }

    /// `FlushTlb`: what the range has translated to is forgotten, in the tables and by the processor.
    pub fn flush(&mut self, mm: MmRef, start: u64, end: u64) {
        let Some(root) = self.root_of(mm) else { return };
        clear(root, 0, ROOT, start, end);
        if x86::cr3() == root {
            // SAFETY: it is the same one.
            unsafe { x86::set_cr3(root) }
        }
    }

    /// `DropMm`: its tables are free again.
    pub fn drop_mm(&mut self, mm: MmRef) {
        let Some(root) = self.root_of(mm) else { return };
        if x86::cr3() == root {
            self.activate(None);
        }
        self.roots[mm.index() as usize] = None;
        self.forget(root);
        let _ = self.free.push(root);
    }

    /// The processor turns to an address space, or to none.
    pub fn activate(&mut self, mm: Option<MmRef>) {
        // One of which nothing is mapped yet will get its root by its first fault.
        let root = mm.and_then(|mm| self.root_of(mm)).unwrap_or_else(kernel_root);
        if x86::cr3() != root {
            // SAFETY: every root maps the kernel as the first one does.
            unsafe { x86::set_cr3(root) }
        }
    }

    /// Every page that is mapped, for whoever compares it with what the model knows.
    pub fn each(&self, look: &mut dyn FnMut(MmRef, u64, Found)) {
        for (mm, root) in self.roots.iter().flatten() {
            each(*root, 0, ROOT, &mut |addr, found| look(*mm, addr, found));
        }
    }
}

/// A page as the processor finds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    pub phys: u64,
    pub writable: bool,
    pub executable: bool,
}

impl From<Mapped> for Found {
    fn from(mapped: Mapped) -> Found {
        Found {
            phys: memory::frame_phys(mapped.frame),
            writable: mapped.writable,
            executable: mapped.executable,
        }
    }
}

/// Which slots of a table that begins at `base` meet a range.
fn slots(base: u64, level: u32, start: u64, end: u64) -> core::ops::Range<usize> {
    let last = if level == ROOT { USER_ENTRIES } else { ENTRIES };
    let first = start.saturating_sub(base) / span(level);
    let behind = end.saturating_sub(base).div_ceil(span(level));
    (first as usize).min(last)..(behind as usize).min(last)
}

fn clear(table: u64, base: u64, level: u32, start: u64, end: u64) {
    for slot in slots(base, level, start, end) {
        let entry = memory::entries(table)[slot];
        match level {
            _ if entry & PRESENT == 0 => {}
            0 => memory::entries(table)[slot] = 0,
            _ => clear(
                entry & ADDRESS,
                base + slot as u64 * span(level),
                level - 1,
                start,
                end,
            ),
        }
    }
}

fn each(table: u64, base: u64, level: u32, look: &mut dyn FnMut(u64, Found)) {
    for slot in slots(base, level, 0, u64::MAX) {
        let (entry, addr) = (memory::entries(table)[slot], base + slot as u64 * span(level));
        match level {
            _ if entry & PRESENT == 0 => {}
            0 => look(
                addr,
                Found {
                    phys: entry & ADDRESS,
                    writable: entry & WRITABLE != 0,
                    executable: entry & NO_EXECUTE == 0,
                },
            ),
            _ => each(entry & ADDRESS, addr, level - 1, look),
        }
    }
}

/// The zero page is read by everybody, so nobody may write it.
pub fn is_sound(found: Found) -> bool {
    !(found.writable && found.phys == memory::frame_phys(FrameNo::ZERO_PAGE))
}
