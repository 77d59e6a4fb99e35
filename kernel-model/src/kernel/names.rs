//! Names for what has no number, so that it can be told which of it is the same: each is named by the first of its
//! places, by a task's pid and an address or descriptor. Where it lies in its table does not matter.

use super::fingerprint::Detail;
use super::lanes::label;
use crate::abi::limits::PAGE_SIZE;
use crate::objects::blocked::Blocked;
use crate::objects::file::FileKind;
use crate::objects::page_table;
use crate::world::WorldView;

/// Names of all objects that have no number, for a state with a certain detail; 0 for one without a place.
#[derive(Debug)]
pub struct Names<'s> {
    pub(super) detail: Detail,
    pub(super) mms: &'s mut [u64],
    pub(super) files: &'s mut [u64],
    pub(super) pipes: &'s mut [u64],
    pub(super) mappings: &'s mut [u64],
    /// Those of frames are hashes of all their places, and only those of [`Detail::Whole`] have any.
    pub(super) frames: &'s mut [u64],
}

/// What kind of place it is. None is 0, so that no name is.
#[derive(Clone, Copy)]
enum Kind {
    Mm = 1,
    Mapping,
    Descriptor,
    Call,
    Poll,
}

/// A place: its kind, a pid, and a descriptor or the number of a page, which take 22 and 36 bits at most.
const fn place(kind: Kind, pid: u32, at: u64) -> u64 {
    (kind as u64) << 58 | (pid as u64) << 36 | at
}

/// The pid in a place.
const fn pid_of(place: u64) -> u32 {
    (place >> 36 & 0x3f_ffff) as u32
}

/// Names an object by this place if it is one and comes before the others.
fn lies(names: &mut [u64], at: u32, place: u64) {
    if let Some(name) = names.get_mut(at as usize)
        && place != 0
        && (*name == 0 || place < *name)
    {
        *name = place;
    }
}

fn add(names: &mut [u64], at: u32, value: u64) {
    if let Some(name) = names.get_mut(at as usize) {
        *name = name.wrapping_add(value);
    }
}

/// The name in this place of a table.
pub(super) fn name(names: &[u64], at: u32) -> u64 {
    names.get(at as usize).copied().unwrap_or(0)
}

impl Names<'_> {
    /// The names by which tasks and address spaces are told, and for each whose it is, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let tables = [&*self.mms, self.files, self.mappings];
        let rows = (0..).zip(tables).flat_map(|(table, names)| {
            (0u64..)
                .zip(names)
                .map(move |(at, name)| (table << u32::BITS | at, *name))
        });
        rows.filter(|(_, name)| *name != 0)
    }

    /// Names all objects.
    pub(super) fn give(&mut self, w: WorldView<'_>) {
        self.of_tasks(w);
        for (file, object) in w.filp.iter() {
            // A pipe by the first of its ends.
            if let FileKind::PipeRead(pipe) | FileKind::PipeWrite(pipe) | FileKind::ConsoleInput { pipe } =
                object.kind
            {
                lies(self.pipes, pipe.index(), name(self.files, file.index()));
            }
        }
        for (mm, object) in w.mms.iter() {
            let pid = pid_of(name(self.mms, mm.index()));
            for vma in object.mmap.iter(w.vmas).map(|vma| &w.vmas[vma]) {
                if let Some(mapping) = vma.mapping {
                    let first = place(Kind::Mapping, pid, vma.start / PAGE_SIZE);
                    lies(self.mappings, mapping.index(), first);
                }
            }
        }
        if self.detail == Detail::Whole {
            self.of_frames(w);
        }
    }

    fn of_tasks(&mut self, w: WorldView<'_>) {
        for (_, t) in w.tasks.iter() {
            let pid = t.pid.0;
            if let Some(mm) = t.mm {
                lies(self.mms, mm.index(), place(Kind::Mm, pid, 0));
            }
            if let Some(t) = t.parked.as_ref().and_then(Blocked::transfer) {
                lies(self.files, t.file.index(), place(Kind::Call, pid, 0));
            }
            for (at, entry) in (0u64..).zip(t.polls.iter(w.polls)) {
                if let Some(file) = w.polls[entry].file {
                    lies(self.files, file.index(), place(Kind::Poll, pid, at));
                }
            }
            if let Some(files) = t.files {
                for (fd, file) in w.files[files].open(w.fdtables) {
                    let at = place(Kind::Descriptor, pid, u64::from(fd));
                    lies(self.files, file.index(), at);
                }
            }
        }
    }

    fn of_frames(&mut self, w: WorldView<'_>) {
        for (mm, object) in w.mms.iter() {
            let whose = name(self.mms, mm.index());
            page_table::for_each(w.tables, object.pgd, &mut |page, pte| {
                add(self.frames, pte.frame().0, label([whose, page, 4]));
            });
        }
        for (mapping, object) in w.mappings.iter() {
            let whose = name(self.mappings, mapping.index());
            page_table::for_each(w.tables, object.i_pages, &mut |page, pte| {
                add(self.frames, pte.frame().0, label([whose, page, 6]));
            });
        }
        if let Some(frame) = w.sys.tty.input.frame {
            add(self.frames, frame.0, label([0, 0, 9]));
        }
        for (pipe, object) in w.pipes.iter() {
            let whose = name(self.pipes, pipe.index());
            for (at, buf) in (0u64..).zip(object.bufs()) {
                add(self.frames, buf.frame.0, label([whose, at, 7]));
            }
        }
    }
}
