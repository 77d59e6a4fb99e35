//! The board: what carries out the model's orders. An order cannot fail, and cannot call the model.

use kernel_model::Pid;
use kernel_model::abi::effect::{Board, Effect};
use kernel_model::abi::ids::{MmRef, PhysAddr, TaskRef};
use kernel_model::abi::wait::WaitStatus;
use kernel_model::verbs::fault::Mapped;

use crate::elf::Image;
use crate::memory::{self, PAGE};
use crate::mistakes::Mistake;
use crate::paging::PageTables;
use crate::serial::COM1;

/// What orders meet: the page tables, the program, and counts for the log.
pub struct Hardware {
    pub tables: PageTables,
    pub image: Image,
    pub copied_frames: u32,
    pub switches: u32,
    pub ring0_faults: u32,
    /// What is done wrong on purpose.
    pub mistake: Option<Mistake>,
    /// Who was born last, and of whom.
    pub forked: Option<(TaskRef, TaskRef)>,
    /// How init has ended.
    pub init_status: Option<WaitStatus>,
}

impl Hardware {
    /// Before there is anything.
    pub const EMPTY: Hardware = Hardware {
        tables: PageTables::EMPTY,
        image: Image::EMPTY,
        copied_frames: 0,
        switches: 0,
        ring0_faults: 0,
        mistake: None,
        forked: None,
        init_status: None,
    };
}

impl Hardware {
    /// A page and the right to use it, for the processor.
    pub fn map(&mut self, mm: MmRef, addr: u64, mapped: Mapped) {
        let mapped = self.mistake.map_or(mapped, |mistake| mistake.spoil(mapped));
        self.tables.map(mm, addr, mapped);
    }
}

impl Board for Hardware {
    fn emit(&mut self, effect: Effect) {
        if self.mistake.is_some_and(|mistake| mistake.forgets(&effect)) {
            return;
        }
        match effect {
            Effect::ZeroFrame { frame } => memory::frame(frame).fill(0),
            Effect::CopyFrame { from, to } => {
                self.copied_frames += 1;
                let start = |frame| PhysAddr { frame, offset: 0 };
                memory::copy(start(from), start(to), PAGE);
            }
            Effect::FillFrame { frame, page, .. } => self.image.read_page(page, memory::frame(frame)),
            Effect::CopyBytes { from, to, len } => memory::copy(from, to, usize::from(len)),
            Effect::Store { to, bytes, len } => {
                let len = usize::from(len);
                memory::bytes(to, len).copy_from_slice(&bytes[..len]);
            }
            Effect::ConsoleWrite { from, len, .. } => COM1.write(memory::bytes(from, usize::from(len))),
            Effect::MapPage {
                mm,
                addr,
                frame,
                writable,
                executable,
            } => {
                let mapped = Mapped {
                    frame,
                    writable,
                    executable,
                };
                self.map(mm, addr, mapped);
            }
            Effect::FlushTlb { mm, start, end } => self.tables.flush(mm, start, end),
            Effect::DropMm { mm } => self.tables.drop_mm(mm),
            // The stacks change in `tasks::return_to_user`, when the model has been let go.
            Effect::Switch { .. } => self.switches += 1,
            Effect::Forked { parent, child, .. } => self.forked = Some((parent.task, child.task)),
            Effect::Exited {
                task,
                status,
                last: true,
                ..
            } if task.pid == Pid::INIT => self.init_status = Some(status),
            // The rest is the story.
            _ => {}
        }
    }

    fn load(&self, from: PhysAddr, into: &mut [u8]) {
        into.copy_from_slice(memory::bytes(from, into.len()));
    }
}
