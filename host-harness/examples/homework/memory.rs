//! Address spaces, frames and page faults.

use std::collections::BTreeMap;

use host_harness::oracle::system::{HEAP, OUT};

use crate::calls::EFAULT;
use crate::kernel::{Kernel, Result};
use crate::mistake::Mistake;

pub const PAGE: u64 = 4096;
/// One past the last address of a program.
pub const TASK_SIZE: u64 = 0x7fff_ffff_f000;
/// The one page of zeroes, which everybody reads until it is written.
pub const ZERO: usize = 0;

/// A frame of memory, and how many use it.
pub struct Frame {
    pub count: u32,
    pub bytes: Vec<u8>,
}

impl Frame {
    pub fn zero() -> Frame {
        Frame {
            count: 1,
            bytes: vec![0; 4096],
        }
    }
}

/// A page that is mapped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    /// PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4.
    pub prot: u64,
    /// The frame, once it is there.
    pub frame: Option<usize>,
    /// Whether it may be written without a fault.
    pub writable: bool,
    /// The shared memory behind it, and which page of that.
    pub shared: Option<(usize, u64)>,
    pub dont_fork: bool,
    pub wipe_on_fork: bool,
}

/// An address space.
pub struct Mm {
    pub users: u32,
    pub pages: BTreeMap<u64, Page>,
    pub brk: u64,
}

impl Mm {
    pub fn new() -> Mm {
        Mm {
            users: 1,
            pages: BTreeMap::new(),
            brk: HEAP,
        }
    }
}

/// Memory that several map.
#[derive(Default)]
pub struct Shared {
    /// Mapped pages.
    pub users: u32,
    pub frames: BTreeMap<u64, usize>,
}

pub fn offset(addr: u64) -> usize {
    usize::try_from(addr % PAGE).unwrap_or(0)
}

impl Kernel {
    /// A frame of zeroes, for one user.
    fn new_frame(&mut self) -> usize {
        match self.free_frames.pop() {
            Some(frame) => {
                self.frames[frame] = Frame::zero();
                frame
            }
            None => {
                self.frames.push(Frame::zero());
                self.frames.len() - 1
            }
        }
    }

    fn raise(&mut self, frame: usize) {
        self.frames[frame].count += 1;
    }

    fn drop_frame(&mut self, frame: usize) {
        let count = self.frames[frame].count.wrapping_sub(1);
        self.frames[frame].count = count;
        if count == 0 {
            self.free_frames.push(frame);
        }
    }

    /// A page is no longer mapped.
    pub fn drop_page(&mut self, page: &Page) {
        if let Some(frame) = page.frame {
            self.drop_frame(frame);
        }
        if let Some((shared, _)) = page.shared {
            self.shared[shared].users -= 1;
            if self.shared[shared].users == 0 {
                for frame in std::mem::take(&mut self.shared[shared].frames).into_values() {
                    self.drop_frame(frame);
                }
            }
        }
    }

    pub fn put_memory(&mut self, mm: usize) {
        self.mms[mm].users -= 1;
        if self.mms[mm].users > 0 {
            return;
        }
        for page in std::mem::take(&mut self.mms[mm].pages).into_values() {
            if !self.has(Mistake::FrameCountNotDropped) {
                self.drop_page(&page);
            }
        }
    }

    /// The address space of a child.
    pub fn copy_memory(&mut self, task: usize, share: bool) -> Option<usize> {
        let old = self.tasks[task].mm?;
        if share && !self.has(Mistake::VforkCopies) {
            self.mms[old].users += 1;
            return Some(old);
        }
        let mut pages = BTreeMap::new();
        let numbers: Vec<u64> = self.mms[old].pages.keys().copied().collect();
        for number in numbers {
            if let Some(page) = self.copy_page(old, number) {
                pages.insert(number, page);
            }
        }
        let brk = self.mms[old].brk;
        self.mms.push(Mm { users: 1, pages, brk });
        Some(self.mms.len() - 1)
    }

    fn copy_page(&mut self, mm: usize, number: u64) -> Option<Page> {
        let (both, child) = (self.has(Mistake::BothWritable), self.has(Mistake::ChildWritable));
        let page = self.mms[mm].pages.get_mut(&number)?;
        if page.dont_fork && self.mistake != Some(Mistake::DontforkIgnored) {
            return None;
        }
        let mut copy = *page;
        if copy.shared.is_none() && !both {
            page.writable = false;
            copy.writable = copy.writable && child;
        }
        if let Some((shared, at)) = copy.shared {
            copy.frame = None;
            if self.has(Mistake::SharedCopiedAtFork) {
                copy.shared = None;
                copy.frame = self.shared[shared].frames.get(&at).copied();
                copy.writable = false;
            } else {
                self.shared[shared].users += 1;
            }
        }
        if copy.wipe_on_fork && !self.has(Mistake::WipeonforkKeeps) {
            copy.frame = None;
        }
        if let Some(frame) = copy.frame
            && !self.has(Mistake::FrameCountNotRaised)
        {
            self.raise(frame);
        }
        Some(copy)
    }

    /// The frame behind an address, there for reading or for writing; none where the program may not.
    pub fn fault(&mut self, task: usize, addr: u64, write: bool) -> Option<usize> {
        if addr >= TASK_SIZE {
            return None;
        }
        let mm = self.tasks[task].mm?;
        let mut page = *self.mms[mm].pages.get(&(addr / PAGE))?;
        let enough = if write { page.prot & 2 != 0 } else { page.prot != 0 };
        let present = page.frame.is_some() && (!write || page.writable);
        let flaw = present && self.has(Mistake::MprotectLetsPresentPages)
            || page.prot == 0 && !write && self.has(Mistake::ProtNoneReadable);
        if !enough && !flaw {
            return None;
        }
        if !present {
            self.make_present(&mut page, write);
            self.mms[mm].pages.insert(addr / PAGE, page);
        }
        page.frame
    }

    fn make_present(&mut self, page: &mut Page, write: bool) {
        if let Some((shared, at)) = page.shared {
            let frame = self.shared_frame(shared, at);
            if page.frame.is_none() {
                self.raise(frame);
            }
            page.frame = Some(frame);
            page.writable = page.prot & 2 != 0;
            return;
        }
        match page.frame {
            None if !write => {
                self.raise(ZERO);
                page.frame = Some(ZERO);
                page.writable = page.prot & 2 != 0 && self.has(Mistake::ZeroPageWritable);
            }
            None => {
                page.frame = Some(self.new_frame());
                page.writable = true;
            }
            Some(frame) => {
                // Who is alone with a frame need not copy it.
                if frame == ZERO || self.frames[frame].count != 1 {
                    let copy = self.new_frame();
                    if !self.has(Mistake::CopyForgetsBytes) {
                        self.frames[copy].bytes = self.frames[frame].bytes.clone();
                    }
                    self.drop_frame(frame);
                    page.frame = Some(copy);
                }
                page.writable = true;
            }
        }
    }

    fn shared_frame(&mut self, shared: usize, at: u64) -> usize {
        if let Some(frame) = self.shared[shared].frames.get(&at) {
            return *frame;
        }
        let frame = self.new_frame();
        self.shared[shared].frames.insert(at, frame);
        frame
    }

    /// Where the next bytes at an address lie, and how many of `len` are on the same page.
    pub fn piece(
        &mut self,
        task: usize,
        addr: u64,
        len: usize,
        write: bool,
    ) -> Result<(usize, usize, usize)> {
        let frame = self.fault(task, addr, write).ok_or(EFAULT)?;
        let from = offset(addr);
        Ok((frame, from, len.min(4096 - from)))
    }

    pub fn copy_to_user(&mut self, task: usize, mut addr: u64, mut bytes: &[u8]) -> Result<()> {
        if addr == OUT {
            for (to, from) in self.tasks[task].out.iter_mut().zip(bytes) {
                *to = *from;
            }
            return Ok(());
        }
        while !bytes.is_empty() {
            let (frame, from, len) = self.piece(task, addr, bytes.len(), true)?;
            self.frames[frame].bytes[from..from + len].copy_from_slice(&bytes[..len]);
            bytes = &bytes[len..];
            addr += u64::try_from(len).unwrap_or(0);
        }
        Ok(())
    }

    pub fn copy_from_user(&mut self, task: usize, mut addr: u64, len: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(len);
        while bytes.len() < len {
            let (frame, from, len) = self.piece(task, addr, len - bytes.len(), false)?;
            bytes.extend_from_slice(&self.frames[frame].bytes[from..from + len]);
            addr += u64::try_from(len).unwrap_or(0);
        }
        Ok(bytes)
    }

    /// The kernel's own check, as teaching kernels have one: no frame is in use that nobody has.
    pub fn check_frames(&self) -> std::result::Result<(), String> {
        let mut used = vec![false; self.frames.len()];
        used[ZERO] = true;
        for frame in &self.free_frames {
            used[*frame] = true;
        }
        let mapped = self.mms.iter().flat_map(|mm| mm.pages.values());
        let mapped = mapped.filter_map(|page| page.frame);
        let shared = self
            .shared
            .iter()
            .flat_map(|shared| shared.frames.values().copied());
        for frame in mapped.chain(shared) {
            used[frame] = true;
        }
        match used.iter().position(|used| !used) {
            None => Ok(()),
            Some(frame) => {
                let count = self.frames[frame].count;
                Err(format!(
                    "panic: frame {frame} leaks: its count is {count}, and nobody maps it"
                ))
            }
        }
    }
}
