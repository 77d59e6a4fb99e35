//! mmap, munmap, mprotect, madvise and brk.

use host_harness::oracle::system::{FileKind, HEAP};

use crate::calls::{EACCES, EEXIST, EINVAL, ENODEV, ENOMEM, EPERM, int};
use crate::kernel::{Kernel, Result};
use crate::memory::{PAGE, Page, Shared, TASK_SIZE};
use crate::mistake::Mistake;

const MAP_SHARED: u64 = 1;
const MAP_PRIVATE: u64 = 2;
const MAP_FIXED: u64 = 0x10;
const MAP_ANONYMOUS: u64 = 0x20;
const MAP_POPULATE: u64 = 0x8000;
const MAP_FIXED_NOREPLACE: u64 = 0x10_0000;
/// Pages that the machine has: more cannot be asked for at once.
const MEMORY: u64 = 2048;

/// Up to whole pages; none past the end of all addresses.
const fn page_align(len: u64) -> Option<u64> {
    match len.checked_add(PAGE - 1) {
        Some(len) => Some(len - len % PAGE),
        None => None,
    }
}

impl Kernel {
    fn mm(&self, task: usize) -> Result<usize> {
        self.tasks[task].mm.ok_or(EINVAL)
    }

    /// The mapped pages of a range, in pages.
    fn mapped(&self, mm: usize, start: u64, end: u64) -> Vec<u64> {
        let pages = self.mms[mm].pages.range(start / PAGE..end / PAGE);
        pages.map(|(number, _)| *number).collect()
    }

    fn unmap(&mut self, mm: usize, start: u64, end: u64) {
        for number in self.mapped(mm, start, end) {
            if let Some(page) = self.mms[mm].pages.remove(&number) {
                self.drop_page(&page);
            }
        }
    }

    pub fn mmap(&mut self, task: usize, args: &[u64; 6]) -> Result<u64> {
        let [addr, length, prot, flags, fd, offset] = *args;
        if !offset.is_multiple_of(PAGE) {
            return Err(EINVAL);
        }
        let file = match flags & MAP_ANONYMOUS {
            0 => Some(self.file_of(task, fd)?),
            _ => None,
        };
        let mm = self.mm(task)?;
        if length == 0 {
            return Err(EINVAL);
        }
        let len = page_align(length).filter(|len| *len <= TASK_SIZE).ok_or(ENOMEM)?;
        if addr > TASK_SIZE - len {
            return Err(ENOMEM);
        }
        // The kernel of this homework maps only where it is told to.
        if !addr.is_multiple_of(PAGE) || flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) == 0 {
            return Err(EINVAL);
        }
        let replaces = flags & MAP_FIXED_NOREPLACE == 0 || self.has(Mistake::NoreplaceReplaces);
        if !replaces && !self.mapped(mm, addr, addr + len).is_empty() {
            return Err(EEXIST);
        }
        if let Some(file) = file {
            return Err(self.cannot_map(file, prot, flags));
        }
        let shared = match flags & (MAP_SHARED | MAP_PRIVATE) {
            MAP_SHARED => true,
            MAP_PRIVATE => false,
            _ => return Err(EINVAL),
        };
        if len / PAGE > MEMORY {
            return Err(ENOMEM);
        }
        self.map(mm, addr, len, prot & 7, shared);
        if flags & MAP_POPULATE != 0 {
            for page in 0..len / PAGE {
                let write = prot & 2 != 0;
                if self.fault(task, addr + page * PAGE, write).is_none() {
                    break;
                }
            }
        }
        Ok(addr)
    }

    /// Why a file cannot be mapped: a pipe never can.
    fn cannot_map(&self, file: usize, prot: u64, flags: u64) -> i64 {
        let writer = self.opened[file].kind == FileKind::PipeWrite;
        let shared_write = flags & MAP_SHARED != 0 && prot & 2 != 0;
        match () {
            () if flags & (MAP_SHARED | MAP_PRIVATE) == 0 => EINVAL,
            () if writer || shared_write => EACCES,
            () if prot & 4 != 0 => EPERM,
            () => ENODEV,
        }
    }

    fn map(&mut self, mm: usize, addr: u64, len: u64, prot: u64, shared: bool) {
        let object = self.shared.len();
        if shared {
            self.shared.push(Shared::default());
        }
        if !self.has(Mistake::FixedKeepsOldPages) {
            self.unmap(mm, addr, addr + len);
        }
        for at in 0..len / PAGE {
            let mut page = Page {
                prot,
                ..Page::default()
            };
            if shared {
                self.shared[object].users += 1;
                page.shared = Some((object, at));
            }
            let pages = &mut self.mms[mm].pages;
            if let Some(old) = pages.get_mut(&(addr / PAGE + at))
                && !shared
                && old.shared.is_none()
            {
                old.prot = prot;
            } else if let Some(old) = pages.insert(addr / PAGE + at, page) {
                self.drop_page(&old);
            }
        }
    }

    pub fn munmap(&mut self, task: usize, addr: u64, len: u64) -> Result<()> {
        let mm = self.mm(task)?;
        if !addr.is_multiple_of(PAGE) || addr > TASK_SIZE || len > TASK_SIZE - addr || len == 0 {
            return Err(EINVAL);
        }
        let mut end = addr + page_align(len).ok_or(EINVAL)?;
        if self.has(Mistake::MunmapCutsTheRest) && self.mms[mm].pages.contains_key(&(addr / PAGE)) {
            // The range is taken for the whole mapping that begins there.
            while self.mms[mm].pages.contains_key(&(end / PAGE)) {
                end += PAGE;
            }
        }
        if self.has(Mistake::MunmapRoundsDown) {
            end = addr + (len - len % PAGE);
        }
        self.unmap(mm, addr, end);
        Ok(())
    }

    pub fn mprotect(&mut self, task: usize, start: u64, len: u64, prot: u64) -> Result<()> {
        let mm = self.mm(task)?;
        if !start.is_multiple_of(PAGE) {
            return Err(EINVAL);
        }
        if len == 0 {
            return Ok(());
        }
        let end = page_align(len)
            .and_then(|len| start.checked_add(len))
            .ok_or(ENOMEM)?;
        if prot > 7 {
            return Err(EINVAL);
        }
        let mut at = start / PAGE;
        let flush = !self.has(Mistake::MprotectLetsPresentPages);
        while at < end / PAGE {
            let Some(page) = self.mms[mm].pages.get_mut(&at) else {
                return Err(ENOMEM);
            };
            page.prot = prot;
            if prot & 2 == 0 && flush {
                page.writable = false;
            }
            at += 1;
        }
        Ok(())
    }

    pub fn madvise(&mut self, task: usize, start: u64, len: u64, advice: u64) -> Result<()> {
        let mm = self.mm(task)?;
        let advice = int(advice);
        if !matches!(advice, 0..=4 | 10 | 11 | 18 | 19) || !start.is_multiple_of(PAGE) {
            return Err(EINVAL);
        }
        let len = page_align(len).ok_or(EINVAL)?;
        let end = start.checked_add(len).ok_or(EINVAL)?;
        let pages = self.mapped(mm, start, end);
        let hole = u64::try_from(pages.len()).unwrap_or(u64::MAX) < len / PAGE;
        for number in pages {
            self.advise(mm, number, advice)?;
        }
        if hole { Err(ENOMEM) } else { Ok(()) }
    }

    fn advise(&mut self, mm: usize, number: u64, advice: i32) -> Result<()> {
        let keeps = self.has(Mistake::DontneedKeeps);
        let Some(page) = self.mms[mm].pages.get_mut(&number) else {
            return Ok(());
        };
        match advice {
            4 if !keeps => {
                if let Some(frame) = page.frame.take() {
                    page.writable = false;
                    let forgotten = Page {
                        frame: Some(frame),
                        ..Page::default()
                    };
                    self.drop_page(&forgotten);
                }
            }
            10 => page.dont_fork = true,
            11 => page.dont_fork = false,
            18 if page.shared.is_some() => return Err(EINVAL),
            18 => page.wipe_on_fork = true,
            19 => page.wipe_on_fork = false,
            _ => {}
        }
        Ok(())
    }

    /// The new end of the heap, or the old one where it cannot be moved.
    pub fn brk(&mut self, task: usize, addr: u64) -> u64 {
        let Some(mm) = self.tasks[task].mm else { return 0 };
        let old = self.mms[mm].brk;
        if addr < HEAP && !self.has(Mistake::BrkBelowStart) {
            return old;
        }
        let Some(end) = page_align(addr).filter(|end| *end <= TASK_SIZE) else {
            return old;
        };
        let old_end = page_align(old).unwrap_or(old);
        if end < old_end {
            self.unmap(mm, end, old_end);
        } else if (end - old_end) / PAGE > MEMORY {
            return old;
        } else if end > old_end {
            self.map(mm, old_end, end - old_end, 3, false);
        }
        self.mms[mm].brk = addr;
        addr
    }
}
