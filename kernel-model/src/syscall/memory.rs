//! mmap and brk.

use super::{Reply, Result};
use crate::abi::call::Fd;
use crate::abi::flags::{MapFlags, Prot};
use crate::abi::ids::TaskRef;
use crate::verbs::file::fdget;
use crate::verbs::mmap;
use crate::world::World;

fn address(addr: u64) -> Reply {
    Reply::Done(i64::try_from(addr).unwrap_or(i64::MAX))
}

/// mmap(2).
pub(super) fn mmap(
    w: &mut World<'_>,
    task: TaskRef,
    (addr, length): (u64, u64),
    prot: Prot,
    flags: MapFlags,
    fd: Fd,
) -> Result<Reply> {
    let file = match flags.contains(MapFlags::MAP_ANONYMOUS) {
        true => None,
        false => Some(fdget(w, task, fd)?),
    };
    mmap::do_mmap(w, task, (addr, length), prot, flags, file).map(address)
}

/// brk(2): no errno, only where the heap ends now.
pub(super) fn brk(w: &mut World<'_>, task: TaskRef, addr: u64) -> Reply {
    address(mmap::brk(w, task, addr))
}
