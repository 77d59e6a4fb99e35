//! User memory as a running task sees it: a cache of translations, the kernel's page table, the frames.

use kernel_model::Kernel;
use kernel_model::abi::ids::{FrameNo, MmRef, TaskRef};
use kernel_model::kernel::storage::Boxed;
use kernel_model::verbs::fault;

use super::cpu::{Access, Bus, Fault};
use super::memory::{FRAME, Memory};
use crate::isa::{Regs, Size};

const ENTRIES: usize = 64;
const PAGE: u64 = FRAME as u64;

/// One cached translation. `page` is one more than the page number, so that zero is no page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Entry {
    page: u64,
    frame: u32,
    writable: bool,
}

/// What a processor remembers of page tables. It is no part of the machine's state: forgetting all of it changes
/// nothing but the speed.
#[derive(Clone, Debug)]
pub struct Tlb {
    mm: Option<MmRef>,
    entries: [Entry; ENTRIES],
}

impl Default for Tlb {
    fn default() -> Tlb {
        Tlb {
            mm: None,
            entries: [Entry::default(); ENTRIES],
        }
    }
}

impl Tlb {
    /// The processor turns to this address space.
    pub fn switch(&mut self, mm: Option<MmRef>) {
        if self.mm != mm {
            *self = Tlb { mm, ..Tlb::default() };
        }
    }

    /// Forgets an address space.
    pub fn flush(&mut self, mm: MmRef) {
        if self.mm == Some(mm) {
            self.entries = [Entry::default(); ENTRIES];
        }
    }
}

/// The page of the stack that the processor works on, taken out of memory: nearly every access goes there, and finds
/// it without a search. It goes back before anyone else looks at the memory.
struct Window {
    page: u64,
    frame: FrameNo,
    bytes: Box<[u8; FRAME]>,
}

/// The path from a task to its memory.
pub struct Port<'m> {
    kernel: &'m Kernel<Boxed<Regs>>,
    memory: &'m mut Memory,
    tlb: &'m mut Tlb,
    task: TaskRef,
    window: Option<Window>,
}

impl<'m> Port<'m> {
    /// The memory of this task.
    pub fn new(
        kernel: &'m Kernel<Boxed<Regs>>,
        memory: &'m mut Memory,
        tlb: &'m mut Tlb,
        task: TaskRef,
    ) -> Port<'m> {
        Port {
            kernel,
            memory,
            tlb,
            task,
            window: None,
        }
    }
}

impl Drop for Port<'_> {
    fn drop(&mut self) {
        self.close();
    }
}

const fn slot(page: u64) -> usize {
    (page % ENTRIES as u64) as usize
}

const fn offset(addr: u64) -> usize {
    (addr % PAGE) as usize
}

impl Port<'_> {
    /// The frame behind an address.
    #[inline(always)]
    fn frame(&mut self, addr: u64, write: bool) -> Result<FrameNo, Fault> {
        let page = addr / PAGE;
        let entry = self.tlb.entries[slot(page)];
        if entry.page == page + 1 && (entry.writable || !write) {
            return Ok(FrameNo(entry.frame));
        }
        self.walk(addr, write)
    }

    /// The bytes of a frame, to read.
    #[inline(always)]
    fn bytes(&self, frame: FrameNo) -> &[u8; FRAME] {
        match &self.window {
            Some(window) if window.frame == frame => &window.bytes,
            _ => self.memory.frame(frame),
        }
    }

    /// The bytes of a frame, to write.
    #[inline(always)]
    fn bytes_mut(&mut self, frame: FrameNo) -> Option<&mut [u8; FRAME]> {
        match &mut self.window {
            Some(window) if window.frame == frame => Some(&mut window.bytes),
            _ => self.memory.frame_mut(frame),
        }
    }

    /// Gives the window's page back.
    fn close(&mut self) {
        if let Some(window) = self.window.take() {
            self.memory.give_back(window.frame, window.bytes);
        }
    }

    /// Moves the window to the page of this address, if it may be written.
    #[cold]
    #[inline(never)]
    fn open(&mut self, addr: u64) -> Result<(), Fault> {
        let frame = self.frame(addr, true)?;
        self.close();
        if let Some(bytes) = self.memory.lend(frame) {
            self.window = Some(Window {
                page: addr / PAGE,
                frame,
                bytes,
            });
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn walk(&mut self, addr: u64, write: bool) -> Result<FrameNo, Fault> {
        let (access, kernel_access) = if write {
            (Access::Write, fault::Access::Write)
        } else {
            (Access::Read, fault::Access::Read)
        };
        let mapped = self
            .kernel
            .translate(self.task, addr, kernel_access)
            .ok_or(Fault { addr, access })?;
        let page = addr / PAGE;
        self.tlb.entries[slot(page)] = Entry {
            page: page + 1,
            frame: mapped.frame.0,
            writable: mapped.writable,
        };
        Ok(mapped.frame)
    }

    /// Makes sure that a range can be accessed before any of it is: then a copy cannot stop in the middle.
    fn check(&mut self, addr: u64, len: u64, write: bool) -> Result<(), Fault> {
        let mut at = addr;
        let end = addr.checked_add(len).ok_or(Fault {
            addr,
            access: if write { Access::Write } else { Access::Read },
        })?;
        while at < end {
            self.frame(at, write)?;
            at = at - at % PAGE + PAGE;
        }
        Ok(())
    }

    #[cold]
    fn load_across(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        let mut value = 0;
        for byte in (0..size.bytes()).rev() {
            let at = addr.wrapping_add(byte);
            let frame = self.frame(at, false)?;
            value = value << 8 | u64::from(self.bytes(frame)[offset(at)]);
        }
        Ok(value)
    }

    #[cold]
    fn store_across(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        // Both pages first: a store that faults stores nothing.
        self.frame(addr, true)?;
        self.frame(addr.wrapping_add(size.bytes() - 1), true)?;
        for (at, byte) in (0..size.bytes()).zip(value.to_le_bytes()) {
            let at = addr.wrapping_add(at);
            let frame = self.frame(at, true)?;
            if let Some(bytes) = self.bytes_mut(frame) {
                bytes[offset(at)] = byte;
            }
        }
        Ok(())
    }
}

impl Bus for Port<'_> {
    #[inline(always)]
    fn load_slot(&mut self, addr: u64) -> Result<u64, Fault> {
        match &self.window {
            Some(window) if window.page == addr / PAGE && addr.is_multiple_of(8) => {
                let at = offset(addr) & !7;
                let mut word = [0; 8];
                word.copy_from_slice(&window.bytes[at..at + 8]);
                Ok(u64::from_le_bytes(word))
            }
            _ => self.load(addr, Size::B8),
        }
    }

    #[inline(always)]
    fn store_slot(&mut self, addr: u64, value: u64) -> Result<(), Fault> {
        match &mut self.window {
            Some(window) if window.page == addr / PAGE && addr.is_multiple_of(8) => {
                let at = offset(addr) & !7;
                window.bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
                Ok(())
            }
            _ => {
                self.store(addr, Size::B8, value)?;
                self.open(addr)
            }
        }
    }

    #[inline(always)]
    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        let at = offset(addr);
        let width = size.bytes() as usize;
        if at + width > FRAME {
            return self.load_across(addr, size);
        }
        let frame = self.frame(addr, false)?;
        let bytes = &self.bytes(frame)[at..at + width];
        let mut word = [0; 8];
        word[..width].copy_from_slice(bytes);
        Ok(u64::from_le_bytes(word))
    }

    #[inline(always)]
    fn store(&mut self, addr: u64, size: Size, value: u64) -> Result<(), Fault> {
        let at = offset(addr);
        let width = size.bytes() as usize;
        if at + width > FRAME {
            return self.store_across(addr, size, value);
        }
        let frame = self.frame(addr, true)?;
        if let Some(bytes) = self.bytes_mut(frame) {
            bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
        }
        Ok(())
    }

    fn copy(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Fault> {
        self.check(src, len, false)?;
        self.check(dst, len, true)?;
        // memmove: from the end where the destination lies behind the source.
        let backwards = dst > src;
        let mut done = 0;
        while done < len {
            let rest = len - done;
            let run = |addr: u64, back: bool| {
                if back {
                    (addr - 1) % PAGE + 1
                } else {
                    PAGE - addr % PAGE
                }
            };
            let (d, s) = if backwards {
                (dst + rest, src + rest)
            } else {
                (dst + done, src + done)
            };
            let now = rest.min(run(d, backwards)).min(run(s, backwards));
            let (d, s) = if backwards { (d - now, s - now) } else { (d, s) };
            let (from, to) = (self.frame(s, false)?, self.frame(d, true)?);
            let (n, s, d) = (now as usize, offset(s), offset(d));
            if from == to {
                if let Some(bytes) = self.bytes_mut(to) {
                    bytes.copy_within(s..s + n, d);
                }
            } else {
                let bytes: [u8; FRAME] = *self.bytes(from);
                if let Some(target) = self.bytes_mut(to) {
                    target[d..d + n].copy_from_slice(&bytes[s..s + n]);
                }
            }
            done += now;
        }
        Ok(())
    }

    fn fill(&mut self, dst: u64, byte: u8, len: u64) -> Result<(), Fault> {
        self.check(dst, len, true)?;
        let mut done = 0;
        while done < len {
            let addr = dst + done;
            let now = (len - done).min(PAGE - addr % PAGE);
            let frame = self.frame(addr, true)?;
            if let Some(bytes) = self.bytes_mut(frame) {
                bytes[offset(addr)..offset(addr) + now as usize].fill(byte);
            }
            done += now;
        }
        Ok(())
    }
}
