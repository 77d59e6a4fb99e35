//! The snapshot of the running kernel.

use std::collections::BTreeMap;

use super::launcher::wait_for;
use super::mailbox::Mailbox;
use super::procfs::{self, Mounts, OpenFile, Status};
use super::tasks::{Task, Tasks, lost};
use super::terminal::Terminal;
use super::users::Users;
use crate::oracle::system::{Descriptor, Lost, Snapshot, TaskView};

/// What this process is shown of others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sight {
    /// Whether it is told the numbers of frames.
    pub(super) frames: bool,
    mounts: Mounts,
}

impl Sight {
    /// Finds out, by a page and a pipe of its own.
    pub(super) fn find_out() -> Result<Sight, Lost> {
        let frames = procfs::frame_of_own_page().is_ok_and(|frame| frame != 0);
        let terminal = Terminal::make().ok();
        let mounts = Mounts {
            pipes: procfs::mount_of_pipes().map_err(lost)?,
            terminals: match terminal {
                Some(terminal) => Some(procfs::mount_of(terminal.descriptor()).map_err(lost)?),
                None => None,
            },
        };
        Ok(Sight { frames, mounts })
    }
}

/// All tasks as /proc shows them. Those that are not there any more are forgotten.
pub(super) fn snapshot(
    tasks: &mut Tasks,
    (mailbox, users): (&Mailbox, Users),
    sight: Sight,
) -> Result<Snapshot, Lost> {
    let mut snapshot = Snapshot {
        pages_hidden: !sight.frames,
        ..Snapshot::default()
    };
    let mut names = Names::default();
    for (tid, task) in tasks.all() {
        match at_rest(tid, &task)? {
            Some((status, exit_signal)) => {
                let mut view = view(&status, exit_signal, &task, tasks, &mut names, sight)?;
                if !matches!(view.state, 'Z' | 'X') {
                    // A puppet that waits for a command sleeps; as a task of its program it is ready to run.
                    if view.state == 'S' && tasks.is_idle(tid, mailbox.level(task.slot)) {
                        view.state = 'R';
                    }
                    view.handlers = mailbox.handlers(task.slot);
                    view.handlers.iter_mut().for_each(|told| users.take_told(told));
                }
                snapshot.tasks.insert(tid, view);
            }
            None => tasks.remove(tid),
        }
    }
    Ok(snapshot.canonical())
}

/// The status of a task and the signal for its parent, once it does not move. `None`: it was released.
fn at_rest(tid: u32, task: &Task) -> Result<Option<(Status, i32)>, Lost> {
    let found = wait_for(|| {
        let both = procfs::stat(task.host).and_then(|stat| Ok((stat, procfs::status(task.host)?)));
        match both {
            Ok((Some(stat), _)) if stat.is_moving() => None,
            // A number of the host's that another task has by now is recognised by its namespaces.
            Ok((Some(stat), Some(status))) if status.depth > 1 && status.tid == tid => {
                Some(Ok(Some((status, stat.exit_signal))))
            }
            Ok(_) => Some(Ok(None)),
            Err(error) => Some(Err(lost(error))),
        }
    });
    found.ok_or_else(|| Lost(format!("task {tid} does not come to rest")))?
}

fn view(
    status: &Status,
    exit_signal: i32,
    task: &Task,
    tasks: &Tasks,
    names: &mut Names,
    sight: Sight,
) -> Result<TaskView, Lost> {
    let mut view = TaskView {
        state: status.state,
        tgid: status.tgid,
        ppid: tasks.process(status.host_parent),
        pgid: status.pgid,
        sid: status.sid,
        threads: status.threads,
        exit_signal,
        pending: status.pending,
        shared_pending: status.shared_pending,
        blocked: status.blocked,
        ignored: status.ignored,
        caught: status.caught,
        ..TaskView::default()
    };
    if matches!(status.state, 'Z' | 'X') {
        return Ok(view);
    }
    for (number, file) in procfs::descriptors(task.host, sight.mounts).map_err(lost)? {
        view.descriptors
            .insert(number, names.descriptor(task.host, number, file)?);
    }
    if sight.frames {
        let pages = procfs::pages(task.host).map_err(lost)?;
        view.pages = pages
            .into_iter()
            .map(|(page, frame)| (page, names.frame(frame)))
            .collect();
    }
    Ok(view)
}

/// Small numbers for what the kernel has large ones for, or none.
#[derive(Debug, Default)]
struct Names {
    frames: BTreeMap<u64, u32>,
    pipes: BTreeMap<u64, u32>,
    /// A descriptor of each open file description: the host's number of a task, the descriptor's, what it is.
    descriptions: Vec<(u32, u32, OpenFile)>,
}

/// The number of a key in the order of first appearance.
fn number(seen: &mut BTreeMap<u64, u32>, key: u64) -> u32 {
    let next = u32::try_from(seen.len()).unwrap_or(u32::MAX);
    *seen.entry(key).or_insert(next)
}

impl Names {
    fn frame(&mut self, frame: u64) -> u32 {
        number(&mut self.frames, frame)
    }

    fn descriptor(&mut self, host: u32, fd: u32, file: OpenFile) -> Result<Descriptor, Lost> {
        let mut at = None;
        for (index, (other_host, other_fd, other)) in self.descriptions.iter().enumerate() {
            let alike = (other.inode, other.kind) == (file.inode, file.kind);
            if alike && same_description((*other_host, *other_fd), (host, fd))? {
                at = Some(index);
                break;
            }
        }
        let index = at.unwrap_or(self.descriptions.len());
        if at.is_none() {
            self.descriptions.push((host, fd, file));
        }
        Ok(Descriptor {
            description: u32::try_from(index).unwrap_or(u32::MAX),
            pipe: number(&mut self.pipes, file.inode),
            kind: file.kind,
            cloexec: file.cloexec,
            nonblock: file.nonblock,
        })
    }
}

/// Whether two descriptors share one open file description.
fn same_description(one: (u32, u32), other: (u32, u32)) -> Result<bool, Lost> {
    const KCMP_FILE: i64 = 0;
    let [a, b, c, d] = [one.0, other.0, one.1, other.1].map(i64::from);
    // SAFETY: kcmp takes numbers only.
    match unsafe { libc::syscall(libc::SYS_kcmp, a, b, KCMP_FILE, c, d) } {
        order if order < 0 => Err(Lost(format!("kcmp: {}", std::io::Error::last_os_error()))),
        order => Ok(order == 0),
    }
}
