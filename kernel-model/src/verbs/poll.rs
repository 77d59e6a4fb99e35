//! poll: what descriptors have to tell, and who waits for it.

use crate::abi::errno::{Errno, Result};
use crate::abi::ids::{Handle, TaskRef, kind};
use crate::objects::blocked::Blocked;
use crate::objects::file::{FileKind, FileRef};
use crate::objects::poll::{PollEntry, Polled};
use crate::objects::tty::Keyboard;
use crate::store::list::{self, Link, List};
use crate::world::World;

use super::file::{fdget, fput, get_file};
use super::n_tty::input_available;
use super::pidfd::{PidRef, pid_task};
use super::pipe::PipeRef;
use super::signalfd::is_readable;
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

/// `vfs_poll()`: what a description has to tell a task now.
#[must_use]
pub fn vfs_poll(w: &World<'_>, task: TaskRef, file: FileRef) -> u16 {
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
        // EPOLLIN alone.
        FileKind::Signalfd(mask) => when(is_readable(w, task, mask), POLLIN & 1),
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

/// What is asked of a description: errors and hang-ups always.
const fn filter(events: u16) -> u16 {
    events | POLLERR | POLLHUP
}

/// What a descriptor has to tell of what is asked for; POLLNVAL where it names nothing.
#[must_use]
pub fn do_pollfd(w: &World<'_>, task: TaskRef, fd: i32, events: u16) -> u16 {
    if fd < 0 {
        return 0;
    }
    match fdget(w, task, fd) {
        Ok(file) => vfs_poll(w, task, file) & filter(events),
        Err(_) => POLLNVAL,
    }
}

/// `__pollwait()`: the task will stand at the wait queue of what the descriptor names now, and holds it.
///
/// # Errors
/// ENOMEM: too many descriptors are watched in the system.
pub fn pollwait(w: &mut World<'_>, task: TaskRef, fd: i32, events: u16) -> Result<()> {
    let file = fdget(w, task, fd).ok();
    let entry = PollEntry {
        fd,
        events,
        file,
        link: Link::NONE,
    };
    let entry = w.polls.alloc(entry).ok_or(Errno::ENOMEM)?;
    if let Some(file) = file {
        get_file(w, file);
    }
    let mut all = w.tasks[task].polls;
    all.push_back(&mut w.polls, entry);
    w.tasks[task].polls = all;
    Ok(())
}

/// The descriptors that a task watches, with what each has to tell now, in the order of its array.
pub fn for_each_polled(
    w: &mut World<'_>,
    task: TaskRef,
    visit: &mut dyn FnMut(&mut World<'_>, u16) -> Result<()>,
) -> Result<()> {
    let mut at = w.tasks[task].polls.first();
    while let Some(entry) = at {
        let PollEntry { fd, events, .. } = w.polls[entry];
        at = list::next::<Polled>(&w.polls[entry]);
        let told = do_pollfd(w, task, fd, events);
        visit(w, told)?;
    }
    Ok(())
}

/// `poll_freewait()`: the task watches nothing any more, and lets go what it held.
pub fn poll_freewait(w: &mut World<'_>, task: TaskRef) {
    let mut all = core::mem::replace(&mut w.tasks[task].polls, List::EMPTY);
    while let Some(entry) = all.first() {
        all.remove(&mut w.polls, entry);
        let file = w.polls[entry].file;
        w.polls.free(entry);
        if let Some(file) = file {
            fput(w, file);
        }
    }
}

/// A wait queue at which tasks in poll stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitQueue {
    /// Of those that read a pipe.
    Read(PipeRef),
    /// Of those that write to it.
    Write(PipeRef),
    /// Of a task's number (`wait_pidfd`).
    Pidfd(PidRef),
    /// Of those that read the terminal.
    Tty,
    /// Of those that read the signals of tasks with these actions (`signalfd_wqh`).
    Signalfd(Handle<kind::Sighand>),
}

/// At which queue a task stands that watches a file.
fn queue_of(w: &World<'_>, task: TaskRef, kind: FileKind) -> Option<WaitQueue> {
    match kind {
        FileKind::PipeRead(pipe) | FileKind::ConsoleInput { pipe, .. } => Some(WaitQueue::Read(pipe)),
        FileKind::PipeWrite(pipe) => Some(WaitQueue::Write(pipe)),
        FileKind::Pidfd(pid) => Some(WaitQueue::Pidfd(pid)),
        FileKind::Signalfd(_) => w.tasks[task].sighand.map(WaitQueue::Signalfd),
        FileKind::Tty { .. } => Some(WaitQueue::Tty),
        FileKind::Console { .. } => None,
    }
}

/// Something has happened, of which those who watch it are told: whoever asked for it looks again. Without a key all are
/// told, whatever they asked for. Who came last is woken first, before those who sleep in read and write.
pub fn wake_pollers(w: &mut World<'_>, queue: WaitQueue, key: Option<u16>) {
    let mut at = w.sys.pollers.first();
    while let Some(task) = at {
        at = list::next::<crate::objects::task::WaitEntry>(&w.tasks[task]);
        if is_told(w, task, queue, key) {
            wake_up(w, task);
        }
    }
}

/// `pollwake()`: whether one of the files that the task watches stands at this queue, and asks for what has happened.
fn is_told(w: &World<'_>, task: TaskRef, queue: WaitQueue, key: Option<u16>) -> bool {
    if let Some(Blocked::SignalfdRead(transfer)) = w.tasks[task].parked {
        return queue_of(w, task, w.filp[transfer.file].kind) == Some(queue);
    }
    let mut entries = w.tasks[task].polls.iter(w.polls.view());
    entries.any(|entry| {
        let entry = &w.polls[entry];
        let stands = entry.file.and_then(|file| queue_of(w, task, w.filp[file].kind)) == Some(queue);
        stands && key.is_none_or(|key| key & filter(entry.events) != 0)
    })
}
