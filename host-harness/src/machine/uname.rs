//! uname(2): the names of the machine, which has nothing to do with tasks, so the kernel knows nothing of it.

use kernel_model::Outcome;
use kernel_model::abi::ids::TaskRef;
use kernel_model::kernel::storage::Thread;

use super::{Event, Machine};

/// Its number.
pub(super) const UNAME: u64 = 63;

/// sysname, nodename, release, version, machine, domainname.
const NAMES: [&str; 6] = ["Linux", "ktm", "6.12.0", "kernel-model", "x86_64", "(none)"];
/// Bytes of each.
const FIELD: usize = 65;

impl Machine {
    /// Stores a `struct utsname`.
    pub(super) fn uname(&mut self, task: TaskRef, buf: u64, events: &mut Vec<Event>) -> bool {
        let mut utsname = [0; NAMES.len() * FIELD];
        for (field, name) in utsname.chunks_mut(FIELD).zip(NAMES) {
            field
                .iter_mut()
                .zip(name.bytes())
                .for_each(|(to, from)| *to = from);
        }
        let (kernel, mut bay) = self.parts(events);
        let stored = kernel.copy_to_user(task, buf, &utsname, &mut bay);
        let value = stored.map_or_else(|errno| errno.to_return_value(), |()| 0);
        if let Some(regs) = kernel.thread_mut(task) {
            regs.set_return_value(value);
        }
        self.settle(task, Outcome::Done(value), events)
    }
}
