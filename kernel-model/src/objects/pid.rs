//! `struct pid`: a number in use, and who uses it; and the table of all of them.

use crate::abi::ids::{Handle, Pid, TaskRef, kind};
use crate::abi::limits::RESERVED_PIDS;
use crate::store::arena::{Arena, Object, View};
use crate::store::bitmap::Bitmap;
use crate::store::list::List;

use super::signal::{Pgrp, Session};

/// A number in use: by a task, by a process group, by a session, or by several of them.
#[derive(Clone, PartialEq, Debug)]
pub struct PidStruct {
    /// The number.
    pub nr: Pid,
    /// The task with this number; none when only a group or session still has it.
    pub task: Option<TaskRef>,
    /// The processes of the group with this number.
    pub pgrp: List<Pgrp>,
    /// The processes of the session with this number.
    pub session: List<Session>,
    /// The next number of the same hash chain.
    hash_next: Option<Handle<kind::Pid>>,
}

impl Object for PidStruct {
    type Kind = kind::Pid;
    const FREE: PidStruct = PidStruct {
        nr: Pid(0),
        task: None,
        pgrp: List::EMPTY,
        session: List::EMPTY,
        hash_next: None,
    };
}

/// Where the next number is looked for (`idr_alloc_cyclic`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PidCursor {
    /// The number after the one handed out last.
    pub next: u32,
    /// One more than the highest number (`kernel.pid_max`).
    pub pid_max: u32,
    /// Whether the counter has come round: from then on, the low numbers stay reserved.
    pub wrapped: bool,
}

impl PidCursor {
    /// Nothing handed out yet.
    pub const EMPTY: PidCursor = PidCursor {
        next: 0,
        pid_max: 0,
        wrapped: false,
    };
}

/// The numbers in use.
#[derive(Debug)]
pub struct PidTable<'a> {
    /// The objects.
    pub pids: Arena<'a, PidStruct>,
    /// Which numbers are in use: finds the next free one.
    pub map: Bitmap<'a>,
    /// Hash chains by number; as long as the pool, so that chains stay short.
    pub hash: &'a mut [Option<Handle<kind::Pid>>],
    /// Where to look next.
    pub cursor: &'a mut PidCursor,
}

/// Numbers are handed out in sequence, so their low bits spread them evenly, and neighbours lie side by side: as many
/// bits as there are chains for. (A remainder would use all chains, and take longer than all else here.)
fn bucket(len: usize, nr: Pid) -> usize {
    let chains = len.checked_ilog2().map_or(0, |bits| (1 << bits) - 1);
    nr.0 as usize & chains
}

/// `find_pid_ns()`, to read.
#[must_use]
pub fn find_pid(
    pids: View<'_, PidStruct>,
    hash: &[Option<Handle<kind::Pid>>],
    nr: Pid,
) -> Option<Handle<kind::Pid>> {
    let mut at = *hash.get(bucket(hash.len(), nr))?;
    while let Some(here) = at {
        let pid = pids.get(here)?;
        if pid.nr == nr {
            return Some(here);
        }
        at = pid.hash_next;
    }
    None
}

impl PidTable<'_> {
    /// `find_pid_ns()`: the object of a number in use.
    #[must_use]
    pub fn find(&self, nr: Pid) -> Option<Handle<kind::Pid>> {
        find_pid(self.pids.view(), self.hash, nr)
    }

    /// `find_task_by_vpid()`: the task with this number.
    #[must_use]
    pub fn task(&self, nr: Pid) -> Option<TaskRef> {
        self.pids[self.find(nr)?].task
    }

    /// The number that is handed out next: the first free one from the cursor on; past `pid_max` the search goes on
    /// at 300 (`RESERVED_PIDS`), or at 1 where `pid_max` is not above that. None when all are taken.
    #[must_use]
    pub fn peek(&self) -> Option<Pid> {
        if self.pids.is_full() {
            return None;
        }
        let PidCursor { next, pid_max, .. } = *self.cursor;
        let floor = if pid_max > RESERVED_PIDS { RESERVED_PIDS } else { 1 };
        self.map
            .next_clear(next, pid_max)
            .or_else(|| self.map.next_clear(floor, next.min(pid_max)))
            .map(Pid)
    }

    /// `alloc_pid()`: hands out the number that [`Self::peek`] gave.
    #[must_use]
    #[inline]
    pub fn alloc(&mut self, nr: Pid, task: TaskRef) -> Option<Handle<kind::Pid>> {
        if nr.0 < self.cursor.next {
            self.cursor.wrapped = true;
        }
        self.cursor.next = nr.0 + 1;
        self.insert(nr, Some(task))
    }

    /// Whether this number could be taken now: it is one, and nobody has it.
    #[must_use]
    pub fn is_free(&self, nr: Pid) -> bool {
        self.pids.available() > 0 && self.find(nr).is_none()
    }

    /// Takes this number.
    #[inline(always)]
    pub fn insert(&mut self, nr: Pid, task: Option<TaskRef>) -> Option<Handle<kind::Pid>> {
        let chain = bucket(self.hash.len(), nr);
        let hash_next = self.hash.get(chain).copied().flatten();
        let pid = self.pids.alloc(PidStruct {
            nr,
            task,
            hash_next,
            ..PidStruct::FREE
        })?;
        if let Some(head) = self.hash.get_mut(chain) {
            *head = Some(pid);
        }
        self.map.insert(nr.0);
        Some(pid)
    }

    /// `put_pid()`: frees the number if no task, group or session uses it any more.
    #[inline]
    pub fn put(&mut self, pid: Handle<kind::Pid>) {
        let object = &self.pids[pid];
        if object.task.is_none() && object.pgrp.is_empty() && object.session.is_empty() {
            self.remove(pid);
        }
    }

    fn remove(&mut self, pid: Handle<kind::Pid>) {
        let object = &self.pids[pid];
        let (nr, after) = (object.nr, object.hash_next);
        let chain = bucket(self.hash.len(), nr);
        let mut at = self.hash.get(chain).copied().flatten();
        if at == Some(pid) {
            if let Some(head) = self.hash.get_mut(chain) {
                *head = after;
            }
        } else {
            while let Some(here) = at {
                at = self.pids[here].hash_next;
                if at == Some(pid) {
                    self.pids[here].hash_next = after;
                    break;
                }
            }
        }
        self.map.remove(nr.0);
        self.pids.free(pid);
    }
}
