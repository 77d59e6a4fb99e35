//! A task in user space: where it stands, and how far it goes before anybody could notice.

use std::hash::{Hash, Hasher};

use kernel_model::abi::flags::VmFlags;
use kernel_model::abi::ids::{CpuId, TaskRef};
use kernel_model::kernel::Lanes;
use kernel_model::verbs::fault;

use super::cpu::{self, Access, Bus, Fault, SYS_EXIT, Trap};
use super::watch::{Shared, Watch, words};
use super::{Event, Machine, memory};
use crate::isa::{self, INSTR_BYTES, Image, Instr, Size};

/// Where a task stands that goes on in user space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Before a system call.
    Syscall,
    /// Before an instruction that touches memory which others touch too.
    Shared,
    /// In the kernel: it is parked in a call, has a signal to take, or has ended.
    Kernel,
    /// Before any other instruction: the fuel was used up.
    User,
}

impl Machine {
    /// What other tasks have of a task's memory.
    #[must_use]
    pub fn shared(&self, task: TaskRef) -> Shared {
        let view = self.kernel.view();
        let Some(mm) = view.tasks.get(task).and_then(|t| view.mms.get(t.mm?)) else {
            return Shared::Ranges(Vec::new());
        };
        if mm.mm_users > 1 {
            return Shared::All;
        }
        let vmas = mm.mmap.iter(view.vmas).map(|vma| &view.vmas[vma]);
        let shared = vmas.filter(|vma| vma.flags.contains(VmFlags::VM_SHARED));
        Shared::Ranges(shared.map(|vma| vma.start..vma.end).collect())
    }

    /// Whether a task's next instruction is a system call.
    #[must_use]
    pub fn is_before_syscall(&self, task: TaskRef) -> bool {
        matches!(
            self.next_instruction(task),
            Some(Instr::Syscall { .. } | Instr::ExitThread)
        )
    }

    fn next_instruction(&self, task: TaskRef) -> Option<Instr> {
        let regs = self.kernel.thread(task)?;
        let text = &self.image(task)?.text;
        text.get(isa::text_index(regs.pc)?).copied()
    }

    /// The system call that a task makes next, if its next instruction is one.
    #[must_use]
    pub fn next_syscall(&self, task: TaskRef) -> Option<(u64, [u64; 6])> {
        let regs = self.kernel.thread(task)?;
        match self.next_instruction(task)? {
            Instr::Syscall { base, count } => {
                let mut words = self.user_words(task);
                let mut word = |at: i32| {
                    let addr = regs.fp.wrapping_add_signed(i64::from(base + 8 * at));
                    words.load(addr)
                };
                let mut args = [0; 6];
                for (arg, at) in args.iter_mut().zip(1..).take(usize::from(count)) {
                    *arg = word(at)?;
                }
                Some((word(0)?, args))
            }
            Instr::ExitThread => Some((SYS_EXIT, [regs.acc, 0, 0, 0, 0, 0])),
            _ => None,
        }
    }

    /// The shared words that a task's next instruction touches, and whether it writes them; none where that can't be
    /// told beforehand.
    #[must_use]
    pub fn next_words(&self, task: TaskRef, shared: &Shared) -> Option<Vec<(u64, bool)>> {
        let mut regs = *self.kernel.thread(task)?;
        let mut glass = Glass {
            machine: self,
            task,
            touched: Vec::new(),
        };
        cpu::step(self.image(task)?, &mut regs, &mut glass).ok()?;
        let touched = glass.touched.iter();
        let words = touched.flat_map(|(addr, len, write)| words(*addr, *len).map(move |word| (word, *write)));
        Some(words.filter(|(word, _)| shared.contains_word(*word)).collect())
    }

    /// A number for where in its program a task is: its instruction, and those that called it.
    #[must_use]
    pub fn location(&self, task: TaskRef) -> u64 {
        const DEPTH: usize = 64;
        let mut hasher = Lanes::default();
        let view = self.kernel.view();
        let parked = view.tasks.get(task).is_some_and(|t| t.parked.is_some());
        let Some(regs) = self.kernel.thread(task) else {
            return 0;
        };
        (parked, regs.pc).hash(&mut hasher);
        let mut fp = regs.fp;
        let mut words = self.user_words(task);
        for _ in 0..DEPTH {
            let mut word = |at: u64| fp.checked_add(at).and_then(|addr| words.load(addr));
            let (Some(caller), Some(pc)) = (word(8), word(16)) else {
                break;
            };
            pc.hash(&mut hasher);
            if caller <= fp {
                break;
            }
            fp = caller;
        }
        hasher.finish()
    }

    /// The memory of a task, to read without a fault.
    pub(crate) fn user_words(&self, task: TaskRef) -> UserWords<'_> {
        UserWords {
            machine: self,
            task,
            page: None,
        }
    }

    /// An aligned word of a task's memory, if it can be read without a fault.
    pub(crate) fn load_user(&self, task: TaskRef, addr: u64) -> Option<u64> {
        self.user_words(task).load(addr)
    }

    /// The program that a task executes.
    pub(crate) fn image(&self, task: TaskRef) -> Option<&Image> {
        let view = self.kernel.view();
        let mm = view.tasks.get(task)?.mm?;
        Some(&self.programs.get(view.mms.get(mm)?.exe_file?)?.image)
    }

    /// Lets a task go on in user space until it would enter the kernel by a system call, or a watch stops it, for at
    /// most `fuel` instructions: what else could stop it is a signal of its own doing. Page faults are resolved on the
    /// way. Signals that pend already are left alone. Returns where it stands, and how many instructions that took.
    pub fn run_user(
        &mut self,
        task: TaskRef,
        fuel: u64,
        watch: &mut Watch<'_>,
        events: &mut Vec<Event>,
    ) -> (Standing, u64) {
        const BOOT_CPU: CpuId = CpuId(0);
        self.dispatch(BOOT_CPU, task, events);
        let (pended, told) = (self.kernel.has_work(task), events.len());
        let mut left = fuel;
        let standing = loop {
            let Some(trap) = self.execute(BOOT_CPU, task, &mut left, Some(watch)) else {
                break Standing::Kernel;
            };
            match trap {
                Trap::OutOfFuel => break Standing::User,
                Trap::Syscall { .. } => {
                    // Not yet: back before it.
                    if let Some(regs) = self.kernel.thread_mut(task) {
                        regs.pc -= INSTR_BYTES;
                    }
                    left += 1;
                    break Standing::Syscall;
                }
                Trap::Fault(_) if watch.stopped => break Standing::Shared,
                trap => {
                    self.trapped(task, trap, events);
                }
            }
            let sent = events.get(told..).unwrap_or(&[]).iter();
            let wrong = sent.clone().any(|event| matches!(event, Event::Trap { .. }));
            if wrong || !pended && self.kernel.has_work(task) {
                break Standing::Kernel;
            }
        };
        (standing, fuel - left)
    }
}

/// The memory of a task, word by word; the page of the last one is kept at hand.
pub(crate) struct UserWords<'m> {
    machine: &'m Machine,
    task: TaskRef,
    page: Option<(u64, &'m [u8; memory::FRAME])>,
}

impl UserWords<'_> {
    /// An aligned word, if it can be read without a fault.
    pub(crate) fn load(&mut self, addr: u64) -> Option<u64> {
        if !addr.is_multiple_of(8) {
            return None;
        }
        let number = addr / memory::FRAME as u64;
        let bytes = match self.page {
            Some((page, bytes)) if page == number => bytes,
            _ => {
                let mapped = self
                    .machine
                    .kernel
                    .translate(self.task, addr, fault::Access::Read)?;
                let bytes = self.machine.memory.frame(mapped.frame);
                self.page = Some((number, bytes));
                bytes
            }
        };
        let offset = usize::try_from(addr % memory::FRAME as u64).ok()?;
        Some(u64::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
    }
}

/// Memory behind glass: it can be read, what is written goes nowhere, and what was touched is noted.
struct Glass<'m> {
    machine: &'m Machine,
    task: TaskRef,
    touched: Vec<(u64, u64, bool)>,
}

impl Glass<'_> {
    fn read(&self, addr: u64, len: u64) -> Result<u64, Fault> {
        let fault = Fault {
            addr,
            access: Access::Read,
        };
        let word = |addr: u64| self.machine.load_user(self.task, addr).ok_or(fault);
        let (aligned, skipped) = (addr & !7, addr & 7);
        let mut value = word(aligned)? >> (skipped * 8);
        if skipped + len > 8 {
            value |= word(aligned.wrapping_add(8))? << (64 - skipped * 8);
        }
        Ok(if len >= 8 {
            value
        } else {
            value & ((1 << (len * 8)) - 1)
        })
    }
}

impl Bus for Glass<'_> {
    fn load_slot(&mut self, addr: u64) -> Result<u64, Fault> {
        self.read(addr, 8)
    }

    fn store_slot(&mut self, _: u64, _: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn load(&mut self, addr: u64, size: Size) -> Result<u64, Fault> {
        self.touched.push((addr, size.bytes(), false));
        self.read(addr, size.bytes())
    }

    fn store(&mut self, addr: u64, size: Size, _: u64) -> Result<(), Fault> {
        self.touched.push((addr, size.bytes(), true));
        Ok(())
    }

    fn copy(&mut self, dst: u64, src: u64, len: u64) -> Result<(), Fault> {
        self.touched.push((src, len, false));
        self.touched.push((dst, len, true));
        Ok(())
    }

    fn fill(&mut self, dst: u64, _: u8, len: u64) -> Result<(), Fault> {
        self.touched.push((dst, len, true));
        Ok(())
    }
}
