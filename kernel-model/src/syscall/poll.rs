//! poll.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::errno::Errno;
use crate::abi::ids::TaskRef;
use crate::abi::rlimit::Resource;
use crate::objects::blocked::{Blocked, PollWait};
use crate::verbs::poll::do_pollfd;
use crate::verbs::uaccess::{copy_from_user, put_user};
use crate::world::World;

/// `sizeof(struct pollfd)`: an `int`, two shorts.
const POLLFD: u64 = 8;

/// poll(2). A negative time is for ever. EINVAL: more descriptors than RLIMIT_NOFILE allows.
pub(super) fn poll(w: &mut World<'_>, task: TaskRef, fds: UserPtr, nfds: u32, timeout: i32) -> Result<Reply> {
    if u64::from(nfds) > w.signal(task).rlim.get(Resource::Nofile).cur {
        return Err(Errno::EINVAL);
    }
    let until = match u64::try_from(timeout) {
        Ok(ms) => w.sys.now.saturating_add(ms * 1_000_000),
        Err(_) => u64::MAX,
    };
    do_poll(w, task, PollWait { fds, nfds, until })
}

/// One look at all of them; how many have something to tell.
pub(super) fn do_poll(w: &mut World<'_>, task: TaskRef, wait: PollWait) -> Result<Reply> {
    let at = |index: u32| UserPtr(wait.fds.0.wrapping_add(u64::from(index) * POLLFD));
    let mut told = 0;
    // All are read before any is written to.
    for index in 0..wait.nfds {
        let (fd, events) = pollfd(w, task, at(index))?;
        told += u32::from(do_pollfd(w, task, fd, events) != 0);
    }
    if told == 0 && w.sys.now < wait.until {
        return Ok(Reply::Block(Blocked::Poll(wait)));
    }
    for index in 0..wait.nfds {
        let (fd, events) = pollfd(w, task, at(index))?;
        let revents = do_pollfd(w, task, fd, events);
        let place = UserPtr(at(index).0.wrapping_add(6));
        put_user(w, task, place, &revents.to_le_bytes())?;
    }
    Ok(told.into())
}

fn pollfd(w: &mut World<'_>, task: TaskRef, at: UserPtr) -> Result<(i32, u16)> {
    let mut bytes = [0; 8];
    copy_from_user(w, task, at, &mut bytes)?;
    let [a, b, c, d, e, f, _, _] = bytes;
    Ok((i32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([e, f])))
}
