//! Where in its source a task is.

use kernel_model::abi::ids::{PhysAddr, TaskRef};
use kernel_model::verbs::fault::Access;

use crate::isa::Image;
use crate::machine::Machine;

/// Frames that are followed at most, so that a ruined stack leads nowhere.
const DEPTH: usize = 64;

fn load(machine: &Machine, task: TaskRef, addr: u64) -> Option<u64> {
    let mapped = machine.kernel().translate(task, addr, Access::Read)?;
    let offset = u16::try_from(addr % 4096).ok().filter(|offset| *offset <= 4088)?;
    let bytes = machine.memory().bytes(
        PhysAddr {
            frame: mapped.frame,
            offset,
        },
        8,
    );
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

fn image(machine: &Machine, task: TaskRef) -> Option<&Image> {
    let view = machine.kernel().view();
    let mm = view.tasks.get(task)?.mm?;
    let id = view.mms.get(mm)?.exe_file?;
    Some(&machine.programs().get(id)?.image)
}

/// The function at an address of a task's program.
#[must_use]
pub fn function_at(machine: &Machine, task: TaskRef, addr: u64) -> Option<&str> {
    Some(image(machine, task)?.place(addr)?.function)
}

/// A place in the user's own file, as `file:line in function`; for a task inside the library, the place that called it.
#[must_use]
pub fn of_task(machine: &Machine, task: TaskRef) -> Option<String> {
    let image = image(machine, task)?;
    let regs = machine.kernel().thread(task)?;
    let (mut pc, mut fp) = (regs.pc, regs.fp);
    for _ in 0..DEPTH {
        // The first file of an image is the user's.
        if let Some(place) = image.place(pc)
            && image.files.first().is_some_and(|file| file == place.file)
        {
            return Some(format!("{}:{} in {}", place.file, place.line, place.function));
        }
        let caller = load(machine, task, fp.checked_add(8)?)?;
        pc = load(machine, task, fp.checked_add(16)?)?.checked_sub(crate::isa::INSTR_BYTES)?;
        fp = caller;
    }
    None
}
