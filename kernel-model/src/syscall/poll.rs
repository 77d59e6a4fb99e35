//! poll.

use super::{Reply, Result};
use crate::abi::call::UserPtr;
use crate::abi::errno::Errno;
use crate::abi::ids::TaskRef;
use crate::abi::rlimit::Resource;
use crate::objects::blocked::{Blocked, PollWait};
use crate::verbs::poll::{do_pollfd, for_each_polled, poll_freewait, pollwait};
use crate::verbs::signal::signal_pending;
use crate::verbs::timer::ktime_add_safe;
use crate::verbs::uaccess::{copy_from_user, put_user};
use crate::world::World;

/// `sizeof(struct pollfd)`: an `int`, two shorts.
const POLLFD: u64 = 8;
/// Where in it the answer goes.
const REVENTS: u64 = 6;

/// poll(2). A negative time is for ever.
///
/// - EINVAL: more descriptors than RLIMIT_NOFILE allows.
/// - EFAULT: the array cannot be read or written.
/// - ENOMEM: too many descriptors are watched in the system.
pub(super) fn poll(w: &mut World<'_>, task: TaskRef, fds: UserPtr, nfds: u32, timeout: i32) -> Result<Reply> {
    if u64::from(nfds) > w.signal(task).rlim.get(Resource::Nofile).cur {
        return Err(Errno::EINVAL);
    }
    let until = match u64::try_from(timeout) {
        Ok(ms) => ktime_add_safe(w.sys.now, ms * 1_000_000),
        Err(_) => u64::MAX,
    };
    do_poll(w, task, PollWait { fds, nfds, until })
}

fn element(fds: UserPtr, index: u32) -> UserPtr {
    UserPtr(fds.0.wrapping_add(u64::from(index) * POLLFD))
}

fn pollfd(w: &mut World<'_>, task: TaskRef, at: UserPtr) -> Result<(i32, u16)> {
    let mut bytes = [0; 8];
    copy_from_user(w, task, at, &mut bytes)?;
    let [a, b, c, d, e, f, _, _] = bytes;
    Ok((i32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([e, f])))
}

/// `do_sys_poll()`: the first look. Where nothing has happened, the task watches from now on what the descriptors name.
pub(super) fn do_poll(w: &mut World<'_>, task: TaskRef, wait: PollWait) -> Result<Reply> {
    let mut told = 0;
    // All are read before any is written to.
    for index in 0..wait.nfds {
        let (fd, events) = pollfd(w, task, element(wait.fds, index))?;
        told += u32::from(do_pollfd(w, task, fd, events) != 0);
    }
    let interrupted = told == 0 && signal_pending(w, task);
    if told > 0 || interrupted || w.sys.now >= wait.until {
        for index in 0..wait.nfds {
            let at = element(wait.fds, index);
            let (fd, events) = pollfd(w, task, at)?;
            let revents = do_pollfd(w, task, fd, events);
            put_user(
                w,
                task,
                UserPtr(at.0.wrapping_add(REVENTS)),
                &revents.to_le_bytes(),
            )?;
        }
        return Ok(told_or_restart(told, interrupted, wait));
    }
    if w.polls.available() < wait.nfds {
        return Err(Errno::ENOMEM);
    }
    for index in 0..wait.nfds {
        let (fd, events) = pollfd(w, task, element(wait.fds, index))?;
        pollwait(w, task, fd, events)?;
    }
    Ok(Reply::Block(Blocked::Poll(wait)))
}

/// Interrupted, it begins anew after the signal, with the rest of its time (ERESTART_RESTARTBLOCK).
fn told_or_restart(told: u32, interrupted: bool, wait: PollWait) -> Reply {
    match interrupted {
        true => Reply::Block(Blocked::PollRestart(wait)),
        false => told.into(),
    }
}

/// The task was woken: it looks at all descriptors again, by number, and sleeps on if nothing has happened.
pub(super) fn poll_again(w: &mut World<'_>, task: TaskRef, wait: PollWait) -> Result<Reply> {
    let mut told = 0;
    for_each_polled(w, task, &mut |_, revents| {
        told += u32::from(revents != 0);
        Ok(())
    })?;
    let interrupted = told == 0 && signal_pending(w, task);
    if told == 0 && !interrupted && w.sys.now < wait.until {
        return Ok(Reply::Block(Blocked::Poll(wait)));
    }
    let mut index = 0;
    let stored = for_each_polled(w, task, &mut |w, revents| {
        let at = element(wait.fds, index).0.wrapping_add(REVENTS);
        index += 1;
        put_user(w, task, UserPtr(at), &revents.to_le_bytes())
    });
    poll_freewait(w, task);
    stored.map(|()| told_or_restart(told, interrupted, wait))
}
