//! Operands: what a program says in place of numbers, so that it means something on every system and in every state.

use serde::{Deserialize, Serialize};

use super::system::{ARENA, HEAP, OUT, Snapshot, TaskView};

/// A number that nobody has.
pub const NOBODY: u64 = 9999;
/// An address that cannot be read or written.
pub const BAD: u64 = 16;
/// An address that is not the user's.
pub const NOT_USER: u64 = 1 << 63;

/// An operand. Those that count are taken modulo what there is, so that every operand means something in every state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operand {
    /// This number.
    Number(i64),
    /// The tid of the k-th task, zombies included.
    Task(u32),
    /// The process of the k-th task.
    Process(u32),
    /// The process group of the k-th task.
    Pgid(u32),
    /// The same, negative: how kill and wait4 name a group.
    Group(u32),
    /// The k-th child of the caller's process; [`NOBODY`] if it has none.
    Child(u32),
    /// The k-th open descriptor of the caller; 0 if it has none.
    Fd(u32),
    /// A place in the arena.
    Page {
        /// The page.
        page: u32,
        /// Bytes from its start.
        offset: u32,
    },
    /// The caller's OUT area.
    Out,
    /// So many bytes from the beginning of the heap.
    Heap(u64),
}

fn modulo<T>(mut all: impl Iterator<Item = T> + Clone, k: u32) -> Option<T> {
    let count = all.clone().count();
    let at = usize::try_from(k).ok()?.checked_rem(count)?;
    all.nth(at)
}

impl Operand {
    /// The number that it stands for when this task uses it.
    #[must_use]
    pub fn resolve(self, seen: &Snapshot, caller: u32) -> u64 {
        let task = |k| modulo(seen.tasks.iter(), k);
        let own = seen.tasks.get(&caller);
        match self {
            Operand::Number(number) => number.cast_unsigned(),
            Operand::Task(k) => task(k).map_or(NOBODY, |(tid, _)| u64::from(*tid)),
            Operand::Process(k) => task(k).map_or(NOBODY, |(_, task)| u64::from(task.tgid)),
            Operand::Pgid(k) => task(k).map_or(NOBODY, |(_, task)| u64::from(task.pgid)),
            Operand::Group(k) => {
                let pgid = task(k).map_or(NOBODY, |(_, task)| u64::from(task.pgid));
                pgid.wrapping_neg()
            }
            Operand::Child(k) => own
                .and_then(|own| modulo(children(seen, own.tgid), k))
                .map_or(NOBODY, u64::from),
            Operand::Fd(k) => own
                .and_then(|own| modulo(own.descriptors.keys(), k))
                .map_or(0, |fd| u64::from(*fd)),
            Operand::Page { page, offset } => ARENA + u64::from(page) * 4096 + u64::from(offset),
            Operand::Out => OUT,
            Operand::Heap(distance) => HEAP.wrapping_add(distance),
        }
    }

    /// The same kind of operand with another number, where it has one that only chooses.
    #[must_use]
    pub const fn with(self, k: u32) -> Operand {
        match self {
            Operand::Task(_) => Operand::Task(k),
            Operand::Process(_) => Operand::Process(k),
            Operand::Pgid(_) => Operand::Pgid(k),
            Operand::Group(_) => Operand::Group(k),
            Operand::Child(_) => Operand::Child(k),
            Operand::Fd(_) => Operand::Fd(k),
            Operand::Page { offset, .. } => Operand::Page { page: k, offset },
            Operand::Number(_) | Operand::Out | Operand::Heap(_) => self,
        }
    }

    /// The number that only chooses; none where there is none.
    #[must_use]
    pub const fn chooses(self) -> Option<u32> {
        match self {
            Operand::Task(k)
            | Operand::Process(k)
            | Operand::Pgid(k)
            | Operand::Group(k)
            | Operand::Child(k)
            | Operand::Fd(k)
            | Operand::Page { page: k, .. } => Some(k),
            Operand::Number(_) | Operand::Out | Operand::Heap(_) => None,
        }
    }
}

/// The children of a process, by number.
fn children(seen: &Snapshot, parent: u32) -> impl Iterator<Item = u32> + Clone + '_ {
    let is_child = move |(tid, task): &(&u32, &TaskView)| task.ppid == parent && task.tgid == **tid;
    seen.tasks.iter().filter(is_child).map(|(tid, _)| *tid)
}

/// The task that is told what to do: the k-th of those that wait for a command; none if nobody does.
#[must_use]
pub fn waiting(seen: &Snapshot, k: u32) -> Option<u32> {
    let idle = seen
        .tasks
        .iter()
        .filter(|(_, task)| task.state == 'R')
        .map(|(tid, _)| *tid);
    modulo(idle, k)
}
