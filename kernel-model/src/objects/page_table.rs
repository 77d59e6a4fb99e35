//! Frames and page tables. Fork shares whole tables; whoever changes one first copies the path to it.
//!
//! A table with `wrprotect` stands for one whose private entries are all read-only, however deep: fork sets it
//! once at the root instead of visiting every entry, and it moves down one level when somebody passes. So fork
//! costs the same for one page as for a gigabyte, and the entries still fault exactly as Linux's do.

use crate::abi::ids::{FrameNo, Handle, kind};
use crate::store::arena::{Arena, Object, View};

use super::pte::{Page, Pte};

/// Entries of one table.
pub const PTRS_PER_TABLE: usize = 64;
const BITS: u32 = 6;
/// Levels of the tree: 6 times 6 bits are the 36 bits of a page number.
pub const LEVELS: u32 = 6;

/// One node of a page table.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// Tables, address spaces and mappings that point to it.
    pub count: u32,
    /// Whether all private entries below are read-only, whatever they say themselves.
    pub wrprotect: bool,
    /// A bit for each slot that is not empty: what is done to all of them costs nothing for the others.
    used: u64,
    /// 0 for the lowest, whose slots are entries; the slots of the others are tables.
    pub level: u8,
    slots: [u32; PTRS_PER_TABLE],
}

impl Object for Table {
    type Kind = kind::Table;
    const FREE: Table = Table {
        count: 0,
        wrprotect: false,
        used: 0,
        level: 0,
        slots: [0; PTRS_PER_TABLE],
    };
}

/// Names a table.
pub type TableRef = Handle<kind::Table>;

/// A lowest table, and the pages it is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leaf {
    /// The number of its first page, divided by its entries.
    base: u64,
    /// The table.
    pub table: TableRef,
}

impl Leaf {
    /// The lowest table over this page.
    #[must_use]
    pub const fn over(page: u64, table: TableRef) -> Leaf {
        let base = page >> BITS;
        Leaf { base, table }
    }

    /// Whether the page's entry is in it.
    #[must_use]
    pub const fn covers(self, page: u64) -> bool {
        self.base == page >> BITS
    }

    /// A page whose entry is in it.
    #[must_use]
    pub const fn page(self) -> u64 {
        self.base << BITS
    }
}

const fn slot_of(page: u64, level: u32) -> usize {
    (page >> (BITS * level)) as usize % PTRS_PER_TABLE
}

impl Table {
    fn slot(&self, at: usize) -> u32 {
        self.slots.get(at).copied().unwrap_or(0)
    }

    fn set_slot(&mut self, at: usize, value: u32) {
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = value;
            self.used = self.used & !(1 << at) | u64::from(value != 0) << at;
        }
    }

    /// The numbers of the slots that are not empty.
    pub fn filled(&self) -> impl Iterator<Item = usize> + use<> {
        let mut left = self.used;
        core::iter::from_fn(move || {
            let at = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (at < u64::BITS).then_some(at as usize)
        })
    }

    /// How many slots are not empty.
    #[must_use]
    pub const fn used(&self) -> u32 {
        self.used.count_ones()
    }

    /// The slots, as they are stored.
    #[must_use]
    pub const fn slots(&self) -> &[u32; PTRS_PER_TABLE] {
        &self.slots
    }

    /// The entry of a page in the lowest table over it.
    #[must_use]
    pub fn pte_of(&self, page: u64) -> Pte {
        self.pte(slot_of(page, 0))
    }

    /// The entry in a slot of a lowest table.
    #[must_use]
    pub fn pte(&self, at: usize) -> Pte {
        Pte::from_word(self.slot(at))
    }
}

/// The table that a slot of a higher table points to.
#[must_use]
pub fn child(tables: View<'_, Table>, slot: u32) -> Option<TableRef> {
    tables.at(slot.checked_sub(1)?)
}

/// Looks a page up: the entry as the processor would see it. An empty entry if there is none.
#[must_use]
pub fn lookup(tables: View<'_, Table>, root: Option<TableRef>, page: u64) -> Pte {
    let (mut at, mut wrprotect) = (root, false);
    for level in (0..LEVELS).rev() {
        let Some(table) = at.and_then(|at| tables.get(at)) else {
            return Pte::default();
        };
        wrprotect |= table.wrprotect;
        let slot = table.slot(slot_of(page, level));
        if level == 0 {
            return if wrprotect {
                Pte::from_word(slot).wrprotect()
            } else {
                Pte::from_word(slot)
            };
        }
        at = child(tables, slot);
    }
    Pte::default()
}

/// The lowest table over a page, if the whole path to it is its owner's own and not write-protected.
#[must_use]
pub fn owned_leaf(tables: View<'_, Table>, root: Option<TableRef>, page: u64) -> Option<TableRef> {
    let mut at = root?;
    for level in (0..LEVELS).rev() {
        let table = tables.get(at)?;
        if table.count != 1 || table.wrprotect {
            return None;
        }
        if level == 0 {
            return Some(at);
        }
        at = child(tables, table.slot(slot_of(page, level)))?;
    }
    None
}

/// Calls `visit` with every present entry of a tree, in address order, as the processor would see it.
pub fn for_each(tables: View<'_, Table>, root: Option<TableRef>, visit: &mut dyn FnMut(u64, Pte)) {
    walk(tables, root, 0, false, visit);
}

fn walk(
    tables: View<'_, Table>,
    at: Option<TableRef>,
    base: u64,
    wrprotect: bool,
    visit: &mut dyn FnMut(u64, Pte),
) {
    let Some(table) = at.and_then(|at| tables.get(at)) else {
        return;
    };
    let wrprotect = wrprotect || table.wrprotect;
    for number in table.filled() {
        let (slot, page) = (table.slot(number), base << BITS | number as u64);
        match table.level {
            0 if wrprotect => visit(page, Pte::from_word(slot).wrprotect()),
            0 => visit(page, Pte::from_word(slot)),
            _ => walk(tables, child(tables, slot), page, wrprotect, visit),
        }
    }
}

/// The tables and frames, to change.
#[derive(Debug)]
pub struct PageTables<'w, 'a> {
    /// The tables.
    pub tables: &'w mut Arena<'a, Table>,
    /// The frames.
    pub pages: &'w mut Arena<'a, Page>,
}

/// There are too few tables left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoTable;

impl PageTables<'_, '_> {
    /// Takes a frame with one holder or one entry to be; none when memory is full.
    #[must_use]
    pub fn alloc_page(&mut self, page: Page) -> Option<FrameNo> {
        self.pages.alloc(page).map(|page| FrameNo(page.index()))
    }

    /// The book-keeping of a frame.
    #[must_use]
    pub fn page(&mut self, frame: FrameNo) -> Option<&mut Page> {
        self.pages.at_mut(frame.0)
    }

    /// Frees the frame if nobody uses it any more.
    pub fn put_page(&mut self, frame: FrameNo) {
        if let Some(page) = self.pages.at(frame.0)
            && self.pages[page] == Page::FREE
        {
            self.pages.free(page);
        }
    }

    /// Drops a holder of a frame.
    pub fn drop_holder(&mut self, frame: FrameNo) {
        if let Some(page) = self.page(frame) {
            page.holders -= 1;
            self.put_page(frame);
        }
    }

    fn get(&mut self, pte: Pte) {
        if !pte.is_zero_page()
            && let Some(page) = self.page(pte.frame())
        {
            page.refcount += 1;
        }
    }

    fn unmap(&mut self, pte: Pte) {
        if pte.is_present()
            && !pte.is_zero_page()
            && let Some(page) = self.page(pte.frame())
        {
            page.refcount -= 1;
            if *page == Page::FREE {
                self.put_page(pte.frame());
            }
        }
    }

    /// `dup_mmap()` without the copying: another address space uses the same tables, and from now on all
    /// private entries are read-only for both.
    #[must_use]
    pub fn share(&mut self, root: Option<TableRef>) -> Option<TableRef> {
        let table = &mut self.tables[root?];
        table.count += 1;
        table.wrprotect = true;
        root
    }

    /// Drops a user of a table; the last one frees it with all below.
    pub fn put(&mut self, at: TableRef) {
        let table = &mut self.tables[at];
        table.count -= 1;
        if table.count > 0 {
            return;
        }
        let (level, filled) = (table.level, table.filled());
        for number in filled {
            let slot = self.tables[at].slot(number);
            match level {
                0 => self.unmap(Pte::from_word(slot)),
                _ => {
                    if let Some(below) = child(self.tables.view(), slot) {
                        self.put(below);
                    }
                }
            }
        }
        self.tables.free(at);
    }

    /// Sets the entry of a page, in tables that are the caller's own, and counts the frame's new user.
    /// What stood there before loses one.
    ///
    /// # Errors
    /// [`NoTable`]: fewer tables are left than a whole path needs. Nothing has changed then.
    pub fn set(&mut self, root: &mut Option<TableRef>, page: u64, pte: Pte) -> Result<(), NoTable> {
        let leaf = self.own_path(root, page)?;
        self.set_in(leaf, page, pte);
        Ok(())
    }

    /// [`Self::set`] in the lowest table over the page, which [`Self::own_path`] gave.
    pub fn set_in(&mut self, leaf: TableRef, page: u64, pte: Pte) {
        let at = slot_of(page, 0);
        let old = self.tables[leaf].pte(at);
        if pte.is_present() && old.frame() != pte.frame() || !old.is_present() {
            self.get(pte);
            self.unmap(old);
        }
        self.tables[leaf].set_slot(at, pte.word());
    }

    /// The lowest table over a page, with the whole path to it the caller's own and not write-protected.
    ///
    /// # Errors
    /// [`NoTable`], as for [`Self::set`].
    pub fn own_path(&mut self, root: &mut Option<TableRef>, page: u64) -> Result<TableRef, NoTable> {
        if let Some(leaf) = owned_leaf(self.tables.view(), *root, page) {
            return Ok(leaf);
        }
        if self.tables.available() < LEVELS {
            return Err(NoTable);
        }
        let mut at = self.own(*root, LEVELS - 1).ok_or(NoTable)?;
        *root = Some(at);
        for level in (1..LEVELS).rev() {
            let slot = slot_of(page, level);
            let below = child(self.tables.view(), self.tables[at].slot(slot));
            let owned = self.own(below, level - 1).ok_or(NoTable)?;
            self.tables[at].set_slot(slot, owned.index() + 1);
            at = owned;
        }
        Ok(at)
    }

    /// A table that only the caller uses and that protects nothing below: the same one, a copy, or a new one.
    fn own(&mut self, at: Option<TableRef>, level: u32) -> Option<TableRef> {
        let Some(at) = at else {
            let level = u8::try_from(level).ok()?;
            return self.tables.alloc(Table {
                count: 1,
                level,
                ..Table::FREE
            });
        };
        if self.tables[at].count > 1 {
            return self.copy(at);
        }
        if self.tables[at].wrprotect {
            self.push_down(at);
        }
        Some(at)
    }

    /// Moves the write protection of a table one level down.
    fn push_down(&mut self, at: TableRef) {
        let table = &mut self.tables[at];
        table.wrprotect = false;
        if table.level == 0 {
            for slot in &mut table.slots {
                *slot = Pte::from_word(*slot).wrprotect().word();
            }
            return;
        }
        for number in table.filled() {
            if let Some(below) = child(self.tables.view(), self.tables[at].slot(number)) {
                self.tables[below].wrprotect = true;
            }
        }
    }

    /// The caller's own copy of a table that others use too. Its children have one more user.
    fn copy(&mut self, at: TableRef) -> Option<TableRef> {
        let copy = self.tables.alloc(self.tables[at].clone())?;
        let table = &mut self.tables[copy];
        table.count = 1;
        let (level, wrprotect) = (table.level, core::mem::replace(&mut table.wrprotect, false));
        for number in table.filled() {
            let slot = self.tables[copy].slot(number);
            if level == 0 {
                self.get(Pte::from_word(slot));
            } else if let Some(below) = child(self.tables.view(), slot) {
                let below = &mut self.tables[below];
                below.count += 1;
                below.wrprotect = true;
            }
        }
        if level == 0 && wrprotect {
            for slot in &mut self.tables[copy].slots {
                *slot = Pte::from_word(*slot).wrprotect().word();
            }
        }
        self.tables[at].count -= 1;
        Some(copy)
    }

    /// Whether [`Self::zap`] of this tree finds enough tables in the worst case, where both ends of the range lie
    /// in tables that others use too.
    #[must_use]
    pub fn can_zap(&self, root: Option<TableRef>) -> bool {
        root.is_none() || self.tables.available() >= 2 * LEVELS
    }

    /// `zap_page_range()`: forgets the entries of the pages from `start` up to `end`. Returns how many of
    /// them `rss` counts. The caller has asked [`Self::can_zap`].
    pub fn zap(&mut self, root: &mut Option<TableRef>, start: u64, end: u64) -> u64 {
        if start >= end || root.is_none() {
            return 0;
        }
        let Some(top) = self.own(*root, LEVELS - 1) else {
            return 0;
        };
        let gone = self.zap_table(top, 0, start, end);
        *root = Some(top);
        if self.tables[top].used() == 0 {
            self.put(top);
            *root = None;
        }
        gone
    }

    /// Zaps below a table that is the caller's own.
    fn zap_table(&mut self, at: TableRef, base: u64, start: u64, end: u64) -> u64 {
        let level = u32::from(self.tables[at].level);
        let mut gone = 0;
        for (slot, first, last) in slots_of(base, level) {
            let stored = self.tables[at].slot(slot);
            if stored == 0 || last <= start || first >= end {
                continue;
            }
            if level == 0 {
                self.unmap(Pte::from_word(stored));
                self.tables[at].set_slot(slot, 0);
                gone += u64::from(!Pte::from_word(stored).is_zero_page());
                continue;
            }
            let Some(below) = child(self.tables.view(), stored) else {
                continue;
            };
            if start <= first && last <= end {
                for_each(self.tables.view(), Some(below), &mut |_, pte| {
                    gone += u64::from(!pte.is_zero_page());
                });
                self.put(below);
                self.tables[at].set_slot(slot, 0);
                continue;
            }
            let Some(below) = self.own(Some(below), level - 1) else {
                continue;
            };
            gone += self.zap_table(below, first, start, end);
            let empty = self.tables[below].used() == 0;
            if empty {
                self.put(below);
            }
            self.tables[at].set_slot(slot, if empty { 0 } else { below.index() + 1 });
        }
        gone
    }

    /// `change_protection()`: takes the right to write from the entries of the pages from `start` up to `end`.
    ///
    /// It needs no new table: a table that others use too is write-protected as a whole, and holds no entry of a
    /// shared mapping, since fork leaves those out.
    pub fn protect(&mut self, root: Option<TableRef>, start: u64, end: u64) {
        if let Some(root) = root {
            self.protect_table(root, 0, start, end);
        }
    }

    fn protect_table(&mut self, at: TableRef, base: u64, start: u64, end: u64) {
        if self.tables[at].count > 1 {
            return;
        }
        if self.tables[at].wrprotect {
            self.push_down(at);
        }
        let level = u32::from(self.tables[at].level);
        for (slot, first, last) in slots_of(base, level) {
            let stored = self.tables[at].slot(slot);
            if stored == 0 || last <= start || first >= end {
                continue;
            }
            if level == 0 {
                self.tables[at].set_slot(slot, Pte::from_word(stored).read_only().word());
            } else if let Some(below) = child(self.tables.view(), stored) {
                self.protect_table(below, first, start, end);
            }
        }
    }
}

/// The slots of a table whose first page is `base`: number, first page, one past the last page.
fn slots_of(base: u64, level: u32) -> impl Iterator<Item = (usize, u64, u64)> {
    (0u64..).zip(0..PTRS_PER_TABLE).map(move |(number, slot)| {
        let first = base + (number << (BITS * level));
        (slot, first, first + (1 << (BITS * level)))
    })
}
