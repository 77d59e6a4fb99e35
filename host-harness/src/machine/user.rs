//! A task in user space: where it stands, and how far it goes before anybody could notice.

use kernel_model::abi::flags::VmFlags;
use kernel_model::abi::ids::{CpuId, PhysAddr, TaskRef};
use kernel_model::verbs::fault;

use super::cpu::{SYS_EXIT, Trap};
use super::watch::{Shared, Watch};
use super::{Event, Machine, memory};
use crate::isa::{self, INSTR_BYTES, Image, Instr};

/// Where a task stands that goes on in user space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Before a system call.
    Syscall {
        /// Its number.
        nr: u64,
        /// Its arguments.
        args: [u64; 6],
    },
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

    /// The system call that a task makes next, if its next instruction is one.
    #[must_use]
    pub fn next_syscall(&self, task: TaskRef) -> Option<(u64, [u64; 6])> {
        let regs = self.kernel.thread(task)?;
        match *self.image(task)?.text.get(isa::text_index(regs.pc)?)? {
            Instr::Syscall { base } => {
                let word = |at: i32| {
                    let addr = regs.fp.wrapping_add_signed(i64::from(base + 8 * at));
                    self.load_user(task, addr)
                };
                let mut args = [0; 6];
                for (arg, at) in args.iter_mut().zip(1..) {
                    *arg = word(at)?;
                }
                Some((word(0)?, args))
            }
            Instr::ExitThread => Some((SYS_EXIT, [regs.acc, 0, 0, 0, 0, 0])),
            _ => None,
        }
    }

    /// An aligned word of a task's memory, if it can be read without a fault.
    fn load_user(&self, task: TaskRef, addr: u64) -> Option<u64> {
        let mapped = self.kernel.translate(task, addr, fault::Access::Read)?;
        let offset = u16::try_from(addr % memory::FRAME as u64).ok()?;
        let at = PhysAddr {
            frame: mapped.frame,
            offset,
        };
        Some(u64::from_le_bytes(self.memory.bytes(at, 8).try_into().ok()?))
    }

    fn image(&self, task: TaskRef) -> Option<&Image> {
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
                Trap::Syscall { nr, args } => {
                    // Not yet: back before it.
                    if let Some(regs) = self.kernel.thread_mut(task) {
                        regs.pc -= INSTR_BYTES;
                    }
                    left += 1;
                    break Standing::Syscall { nr, args };
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
