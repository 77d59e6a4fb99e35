//! signalfd.

use super::{Reply, Result};
use crate::abi::call::{Fd, UserPtr};
use crate::abi::errno::Errno;
use crate::abi::flags::OpenFlags;
use crate::abi::ids::TaskRef;
use crate::abi::signal::SigSet;
use crate::verbs::file::fdget;
use crate::verbs::signalfd;
use crate::verbs::uaccess::get_u64;
use crate::world::World;

const SIGSET_SIZE: u64 = 8;

/// signalfd4(2): a new descriptor for -1, else other signals for that one.
///
/// - EINVAL: another size of the set; flags other than SFD_CLOEXEC and SFD_NONBLOCK; the descriptor is none of signals.
/// - EFAULT: the set cannot be read.
/// - EBADF: no such descriptor.
/// - EMFILE, ENFILE, ENOMEM: no descriptor is left.
pub(super) fn signalfd4(
    w: &mut World<'_>,
    task: TaskRef,
    fd: Fd,
    mask: UserPtr,
    size: u64,
    flags: u32,
) -> Result<Reply> {
    if size != SIGSET_SIZE {
        return Err(Errno::EINVAL);
    }
    let mask = SigSet(get_u64(w, task, mask)?).minus(SigSet::KERNEL_ONLY);
    let flags = OpenFlags::from_bits(flags)
        .filter(|flags| (OpenFlags::O_CLOEXEC | OpenFlags::O_NONBLOCK).contains(*flags))
        .ok_or(Errno::EINVAL)?;
    if fd == -1 {
        return signalfd::create(w, task, mask, flags).map(Reply::from);
    }
    let file = fdget(w, task, fd)?;
    signalfd::change(w, task, file, mask)?;
    Ok(Reply::Done(i64::from(fd)))
}
