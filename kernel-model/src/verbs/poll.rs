//! poll: what descriptors have to tell, and who waits for it.

use crate::abi::ids::TaskRef;
use crate::objects::file::{FileKind, FileRef};
use crate::objects::tty::Keyboard;
use crate::store::list;
use crate::world::World;

use super::file::fdget;
use super::n_tty::input_available;
use super::pidfd::pid_task;
use super::state::wake_up;

/// There is something to read (POLLIN, POLLRDNORM).
pub const POLLIN: u16 = 0x1 | 0x40;
/// There is room to write (POLLOUT, POLLWRNORM).
pub const POLLOUT: u16 = 0x4 | 0x100;
/// Nobody reads.
pub const POLLERR: u16 = 0x8;
/// Nobody writes; the task is gone.
pub const POLLHUP: u16 = 0x10;
/// No such descriptor.
pub const POLLNVAL: u16 = 0x20;

/// `vfs_poll()`: what a description has to tell now.
#[must_use]
pub fn vfs_poll(w: &World<'_>, file: FileRef) -> u16 {
    let file = &w.filp[file];
    let when = |holds: bool, mask: u16| if holds { mask } else { 0 };
    match file.kind {
        FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe } => {
            let pipe = &w.pipes[pipe];
            when(!pipe.is_empty(), POLLIN) | when(pipe.writers == 0, POLLHUP)
        }
        FileKind::PipeWrite(pipe) => {
            let pipe = &w.pipes[pipe];
            when(!pipe.is_full(), POLLOUT) | when(pipe.readers == 0, POLLERR)
        }
        FileKind::Console { .. } => POLLOUT,
        FileKind::Tty { .. } => {
            let readable = input_available(w, true) || w.sys.tty.keyboard == Keyboard::Gone;
            when(readable, POLLIN) | POLLOUT
        }
        FileKind::Pidfd(pid) => match pid_task(w, pid) {
            None => POLLIN | POLLHUP,
            Some(task) => {
                // `delay_group_leader()`: one that ended before its threads is waited for with them, also by PIDFD_THREAD.
                let t = &w.tasks[task];
                let delayed = t.pid == t.tgid && w.signal(task).threads.len() > 1;
                when(t.state().has_exited() && !delayed, POLLIN)
            }
        },
    }
}

/// What a descriptor has to tell of what is asked for: errors and hang-ups always; POLLNVAL where it names nothing.
#[must_use]
pub fn do_pollfd(w: &World<'_>, task: TaskRef, fd: i32, events: u16) -> u16 {
    if fd < 0 {
        return 0;
    }
    match fdget(w, task, fd) {
        Ok(file) => vfs_poll(w, file) & (events | POLLERR | POLLHUP),
        Err(_) => POLLNVAL,
    }
}

/// Something has happened to a pipe or to a task: whoever sleeps in poll looks again.
pub fn wake_pollers(w: &mut World<'_>) {
    let mut at = w.sys.pollers.first();
    while let Some(task) = at {
        at = list::next::<crate::objects::task::WaitEntry>(&w.tasks[task]);
        wake_up(w, task);
    }
}
