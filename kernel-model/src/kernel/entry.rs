//! An entry into the kernel: the tables and the registers, from the door to the way back to user space.

use super::Kernel;
use super::storage::{Storage, Thread};
use crate::abi::effect::Board;
use crate::abi::flags::CloneFlags;
use crate::abi::ids::TaskRef;
use crate::objects::pid::PidTable;
use crate::store::arena::Arena;
use crate::store::bitmap::Bitmap;
use crate::world::{Forked, World};

/// All tables, for the verbs, and the registers of all tasks, which no verb sees. Laid out once for an entry: that is
/// seventy instructions.
pub(super) struct Entry<'a, T> {
    pub(super) w: World<'a>,
    threads: &'a mut [T],
}

impl<S: Storage> Kernel<S> {
    /// Enters the kernel.
    #[inline(always)]
    pub(super) fn entry<'a>(&'a mut self, board: &'a mut dyn Board) -> Entry<'a, S::Thread> {
        // Asked first: a call between the tables and the world would have all of them wait on the stack.
        let hears = board.hears();
        let (t, threads) = self.storage.parts();
        let p = t.pools;
        let w = World {
            tasks: Arena::new(t.tasks, &mut p.tasks),
            pid: PidTable {
                pids: Arena::new(t.pids, &mut p.pids),
                map: Bitmap::new(t.pid_map, self.cursor.pid_max),
                hash: t.pid_hash,
                cursor: &mut self.cursor,
            },
            signals: Arena::new(t.signals, &mut p.signals),
            sighands: Arena::new(t.sighands, &mut p.sighands),
            sigqueues: Arena::new(t.sigqueues, &mut p.sigqueues),
            files: Arena::new(t.files, &mut p.files),
            fdtables: Arena::new(t.fdtables, &mut p.fdtables),
            fs: Arena::new(t.fs, &mut p.fs),
            mms: Arena::new(t.mms, &mut p.mms),
            vmas: Arena::new(t.vmas, &mut p.vmas),
            tables: Arena::new(t.tables, &mut p.tables),
            pages: Arena::new(t.pages, &mut p.pages),
            mappings: Arena::new(t.mappings, &mut p.mappings),
            filp: Arena::new(t.filp, &mut p.filp),
            pipes: Arena::new(t.pipes, &mut p.pipes),
            polls: Arena::new(t.polls, &mut p.polls),
            futex_queues: t.futex_queues,
            sys: &mut self.sys,
            hears,
            board,
        };
        Entry { w, threads }
    }

    /// All tables, for an entry that minds no registers.
    pub(super) fn world<'a>(&'a mut self, board: &'a mut dyn Board) -> World<'a> {
        self.entry(board).w
    }
}

impl<'a, T: Thread> Entry<'a, T> {
    /// The tables, and the registers of a task, both to change.
    pub(super) fn split(&mut self, task: TaskRef) -> (&mut World<'a>, Option<&mut T>) {
        (&mut self.w, self.threads.get_mut(task.index() as usize))
    }

    /// The registers of a task.
    pub(super) fn registers(&mut self, task: TaskRef) -> Option<&mut T> {
        self.split(task).1
    }

    /// The stack pointer of a task.
    pub(super) fn stack_pointer(&self, task: TaskRef) -> u64 {
        self.threads
            .get(task.index() as usize)
            .map_or(0, Thread::stack_pointer)
    }

    pub(super) fn set_return_value(&mut self, task: TaskRef, value: i64) {
        if let Some(thread) = self.registers(task) {
            thread.set_return_value(value);
        }
    }

    /// `copy_thread()`: the child goes on where its parent is, but its call gives 0.
    pub(super) fn copy_thread(&mut self, parent: TaskRef) {
        let Some(Forked {
            child,
            stack,
            flags,
            tls,
        }) = self.w.sys.forked.take()
        else {
            return;
        };
        let Some(mut thread) = self.registers(parent).cloned() else {
            return;
        };
        thread.set_return_value(0);
        if stack != 0 {
            thread.set_stack_pointer(stack);
        }
        if flags.contains(CloneFlags::CLONE_SETTLS) {
            thread.set_thread_pointer(tls);
        }
        if let Some(place) = self.registers(child) {
            *place = thread;
        }
    }
}
