//! What of a state may be told otherwise than when somebody last asked. Who has kept the rest need not tell it again.

use super::Kernel;
use super::storage::Storage;
use crate::abi::ids::{MmRef, TaskRef};
use crate::objects::blocked::Blocked;
use crate::objects::mm::MappingRef;
use crate::objects::task::TaskStruct;
use crate::world::WorldView;

/// What [`Kernel::take_down`] may tell otherwise, with the same names at the same time, than at the last
/// [`Kernel::forget_changes`]. It can be less than this, and never more.
#[derive(Clone, Copy, Debug)]
pub struct Changes<'k> {
    w: WorldView<'k>,
}

impl Changes<'_> {
    /// Whether this process may be told otherwise. Its real timer goes off only when the time goes on.
    #[must_use]
    pub fn has_process(&self, leader: TaskRef) -> bool {
        let s = self.w.tasks[leader].signal;
        self.w.signals.touched().has(s.index())
            || self.has_queue(self.w.signals[s].shared_sigqueue.is_empty())
            || self
                .w
                .for_each_thread(leader)
                .any(|thread| self.has_thread(thread))
    }

    fn has_thread(&self, thread: TaskRef) -> bool {
        let (w, t) = (self.w, &self.w.tasks[thread]);
        // Who waits on a futex is told with his place among others, who come and go by themselves; who has been made by
        // vfork, by whether the one who waits for it is still there.
        let others = matches!(t.parked, Some(Blocked::Futex(_))) || t.vfork_done.is_some();
        // Who shares a table with whom is seen by its count.
        let sighand = t.sighand.is_some_and(|at| w.sighands.touched().has(at.index()));
        let fs =
            t.fs.is_some_and(|at| w.fs.touched().has(at.index()) || w.fs[at].users > 1 && self.has_sharer(t));
        let files = t
            .files
            .is_some_and(|at| w.files.touched().has(at.index()) || !w.fdtables.touched().is_empty());
        let polls = !w.polls.touched().is_empty() && !t.polls.is_empty();
        w.tasks.touched().has(thread.index())
            || others
            || sighand
            || fs
            || files
            || polls
            || self.has_queue(t.sigqueue.is_empty())
            || self.has_execed(t)
    }

    /// Whether somebody may have another number who shares a working directory with this task: an exec gives one, and shares
    /// it on.
    fn has_sharer(&self, t: &TaskStruct) -> bool {
        let touched = self.w.tasks.touched();
        let mut others = self
            .w
            .tasks
            .iter()
            .filter(|(other, _)| touched.has(other.index()));
        others.any(|(_, other)| other.fs == t.fs)
    }

    fn has_queue(&self, is_empty: bool) -> bool {
        !is_empty && !self.w.sigqueues.touched().is_empty()
    }

    /// Whether the parent may have made an exec: its children are told by its number, and by whether it has.
    fn has_execed(&self, t: &TaskStruct) -> bool {
        let parent = |parent: TaskRef| {
            let mm = self.w.tasks.get(parent).and_then(|parent| parent.mm);
            self.w.tasks.touched().has(parent.index())
                && mm.is_none_or(|mm| self.w.mms.touched().has(mm.index()))
        };
        parent(t.real_parent) || parent(t.parent)
    }

    /// Whether the ranges and pages of this address space may be others, because the kernel has touched them, or a task
    /// that has them. What the program itself writes to its memory the kernel does not see.
    #[must_use]
    pub fn has_mm(&self, mm: MmRef) -> bool {
        let w = self.w;
        let touched = |task: TaskRef| w.tasks.touched().has(task.index());
        let mut users = w.tasks.iter().filter(|(task, _)| touched(*task));
        let has_vma = || {
            let vmas = w.vmas.touched();
            !vmas.is_empty() && w.mms[mm].mmap.iter(w.vmas).any(|vma| vmas.has(vma.index()))
        };
        w.mms.touched().has(mm.index()) || users.any(|(_, t)| t.mm == Some(mm)) || has_vma()
    }

    /// Whether these pages may be others; what lies in them may be so, too, where it is not.
    #[must_use]
    pub fn has_mapping(&self, mapping: MappingRef) -> bool {
        self.w.mappings.touched().has(mapping.index())
    }
}

impl<S: Storage> Kernel<S> {
    /// What was touched since [`Self::forget_changes`].
    #[must_use]
    pub fn changes(&self) -> Changes<'_> {
        Changes { w: self.view() }
    }

    /// From now on [`Self::changes`] tells what is touched. It goes back with a restored kernel.
    pub fn forget_changes(&mut self) {
        self.storage.parts().0.pools.forget_touched();
    }
}
