//! Where in its source a task is.

use kernel_model::abi::ids::TaskRef;

use crate::machine::Machine;

/// Frames that are followed at most, so that a ruined stack leads nowhere.
const DEPTH: usize = 64;

/// The function at an address of a task's program.
#[must_use]
pub fn function_at(machine: &Machine, task: TaskRef, addr: u64) -> Option<&str> {
    Some(machine.image(task)?.place(addr)?.function)
}

/// A place in the user's own file, as `file:line in function`; for a task inside the library, the place that called it.
#[must_use]
pub fn of_task(machine: &Machine, task: TaskRef) -> Option<String> {
    let image = machine.image(task)?;
    let regs = machine.kernel().thread(task)?;
    let (mut pc, mut fp) = (regs.pc, regs.fp);
    for _ in 0..DEPTH {
        // The first file of an image is the user's.
        if let Some(place) = image.place(pc)
            && image.files.first().is_some_and(|file| file == place.file)
        {
            return Some(format!("{}:{} in {}", place.file, place.line, place.function));
        }
        let caller = machine.load_user(task, fp.checked_add(8)?)?;
        pc = machine
            .load_user(task, fp.checked_add(16)?)?
            .checked_sub(crate::isa::INSTR_BYTES)?;
        fp = caller;
    }
    None
}
