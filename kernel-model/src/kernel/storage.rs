//! Where a kernel keeps its tables: in fixed arrays, or (feature `alloc`) in boxed slices sized at run time.

use crate::abi::ids::{Handle, kind};
use crate::objects::file::{Fdtable, File, FilesStruct, FsStruct};
use crate::objects::futex::FutexQueue;
use crate::objects::mm::{AddressSpace, MmStruct, Vma};
use crate::objects::page_table::Table;
use crate::objects::pid::PidStruct;
use crate::objects::pipe::PipeInode;
use crate::objects::poll::PollEntry;
use crate::objects::pte::Page;
use crate::objects::signal::{SighandStruct, SignalStruct};
use crate::objects::sigqueue::Sigqueue;
use crate::objects::task::TaskStruct;
use crate::store::arena::{Pool, Slot};

#[cfg(feature = "alloc")]
pub use super::boxed::{Boxed, Capacity, Snapshot};
pub use super::thread::{HandlerCall, NoThread, Thread};

/// A chain of the pid hash.
pub type PidBucket = Option<Handle<kind::Pid>>;

macro_rules! tables {
    ($($name:ident: $object:ident;)*) => {
        /// The book-keeping of every table.
        #[derive(Clone, PartialEq, Debug, Default)]
        #[allow(missing_docs, reason = "each field is the pool of that object")]
        pub struct Pools { $(pub $name: Pool,)* }

        impl Pools {
            /// Nothing in use.
            pub const EMPTY: Pools = Pools { $($name: Pool::EMPTY,)* };

            /// From now on it is told what is touched.
            pub fn forget_touched(&mut self) {
                $(self.$name.forget_touched();)*
            }

            /// How many objects are in use, table by table.
            #[must_use]
            pub fn used(&self) -> [(&'static str, u32); 16] {
                [$((stringify!($name), self.$name.used()),)*]
            }
        }

        /// Every table, to change.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "each field is the table of that object")]
        pub struct Tables<'a> {
            pub pools: &'a mut Pools,
            $(pub $name: &'a mut [Slot<$object>],)*
            pub pid_map: &'a mut [u64],
            pub pid_hash: &'a mut [PidBucket],
            pub futex_queues: &'a mut [FutexQueue],
        }

        /// Every table, to read.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs, reason = "each field is the table of that object")]
        pub struct TablesView<'a> {
            pub pools: &'a Pools,
            $(pub $name: &'a [Slot<$object>],)*
            pub pid_hash: &'a [PidBucket],
            pub futex_queues: &'a [FutexQueue],
        }
    };
}

tables! {
    tasks: TaskStruct;
    pids: PidStruct;
    signals: SignalStruct;
    sighands: SighandStruct;
    sigqueues: Sigqueue;
    files: FilesStruct;
    fdtables: Fdtable;
    fs: FsStruct;
    mms: MmStruct;
    vmas: Vma;
    tables: Table;
    pages: Page;
    mappings: AddressSpace;
    filp: File;
    pipes: PipeInode;
    polls: PollEntry;
}

/// Where a kernel keeps its tables.
pub trait Storage {
    /// The registers of a task.
    type Thread: Thread;
    /// The tables, and the registers by the place of the task, to change.
    fn parts(&mut self) -> (Tables<'_>, &mut [Self::Thread]);
    /// The tables, to read.
    fn view(&self) -> TablesView<'_>;
    /// The registers, by the place of the task.
    fn threads(&self) -> &[Self::Thread];
}

/// Tables in arrays, for a kernel that lies in `.bss` or on the stack.
///
/// `TASKS` bounds tasks, processes, address spaces and descriptor tables; `PID_WORDS` is
/// [`words`](crate::store::bitmap::words)`(pid_max)`.
///
/// ```
/// use kernel_model::kernel::storage::{Fixed, NoThread};
/// use kernel_model::store::bitmap::words;
///
/// // 16 tasks, 64 frames, 96 ranges, 96 page tables, 32 open files, 8 pipes, pids below 1,024.
/// type Small = Fixed<NoThread, 16, 64, 96, 96, 32, 8, { words(1024) }>;
/// let small: Box<Small> = Box::default();
/// # let _ = small;
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Fixed<
    T,
    const TASKS: usize,
    const FRAMES: usize,
    const VMAS: usize,
    const TABLES: usize,
    const FILES: usize,
    const PIPES: usize,
    const PID_WORDS: usize,
> {
    pools: Pools,
    threads: [T; TASKS],
    tasks: [Slot<TaskStruct>; TASKS],
    // A number may be in use as pid, as a group and as a session, by different tasks.
    pids: [[Slot<PidStruct>; TASKS]; 3],
    signals: [Slot<SignalStruct>; TASKS],
    sighands: [Slot<SighandStruct>; TASKS],
    // Four for each task; a standard one that finds no room pends without what it tells.
    sigqueues: [[Slot<Sigqueue>; TASKS]; 4],
    files: [Slot<FilesStruct>; TASKS],
    fdtables: [Slot<Fdtable>; TASKS],
    fs: [Slot<FsStruct>; TASKS],
    mms: [Slot<MmStruct>; TASKS],
    vmas: [Slot<Vma>; VMAS],
    tables: [Slot<Table>; TABLES],
    pages: [Slot<Page>; FRAMES],
    mappings: [Slot<AddressSpace>; TASKS],
    filp: [Slot<File>; FILES],
    pipes: [Slot<PipeInode>; PIPES],
    // As many descriptors can be watched at once as there are files.
    polls: [Slot<PollEntry>; FILES],
    pid_map: [u64; PID_WORDS],
    pid_hash: [[PidBucket; TASKS]; 3],
    futex_queues: [FutexQueue; TASKS],
}

impl<
    T: Thread,
    const TASKS: usize,
    const FRAMES: usize,
    const VMAS: usize,
    const TABLES: usize,
    const FILES: usize,
    const PIPES: usize,
    const PID_WORDS: usize,
> Fixed<T, TASKS, FRAMES, VMAS, TABLES, FILES, PIPES, PID_WORDS>
{
    /// Empty tables, with these registers in every place: `const`, so that a static kernel needs no code to begin.
    #[must_use]
    pub const fn with_threads(threads: [T; TASKS]) -> Self {
        Fixed {
            pools: Pools::EMPTY,
            threads,
            tasks: [const { Slot::FREE }; TASKS],
            pids: [const { [const { Slot::FREE }; TASKS] }; 3],
            signals: [const { Slot::FREE }; TASKS],
            sighands: [const { Slot::FREE }; TASKS],
            sigqueues: [const { [const { Slot::FREE }; TASKS] }; 4],
            files: [const { Slot::FREE }; TASKS],
            fdtables: [const { Slot::FREE }; TASKS],
            fs: [const { Slot::FREE }; TASKS],
            mms: [const { Slot::FREE }; TASKS],
            vmas: [const { Slot::FREE }; VMAS],
            tables: [const { Slot::FREE }; TABLES],
            pages: [const { Slot::FREE }; FRAMES],
            mappings: [const { Slot::FREE }; TASKS],
            filp: [const { Slot::FREE }; FILES],
            pipes: [const { Slot::FREE }; PIPES],
            polls: [const { Slot::FREE }; FILES],
            pid_map: [0; PID_WORDS],
            pid_hash: [const { [None; TASKS] }; 3],
            futex_queues: [const { FutexQueue::EMPTY }; TASKS],
        }
    }
}

impl<
    T: Thread,
    const TASKS: usize,
    const FRAMES: usize,
    const VMAS: usize,
    const TABLES: usize,
    const FILES: usize,
    const PIPES: usize,
    const PID_WORDS: usize,
> Default for Fixed<T, TASKS, FRAMES, VMAS, TABLES, FILES, PIPES, PID_WORDS>
{
    fn default() -> Self {
        Self::with_threads(core::array::from_fn(|_| T::default()))
    }
}

impl<
    T: Thread,
    const TASKS: usize,
    const FRAMES: usize,
    const VMAS: usize,
    const TABLES: usize,
    const FILES: usize,
    const PIPES: usize,
    const PID_WORDS: usize,
> Storage for Fixed<T, TASKS, FRAMES, VMAS, TABLES, FILES, PIPES, PID_WORDS>
{
    type Thread = T;

    #[inline]
    fn parts(&mut self) -> (Tables<'_>, &mut [T]) {
        let tables = Tables {
            pools: &mut self.pools,
            tasks: &mut self.tasks,
            pids: self.pids.as_flattened_mut(),
            signals: &mut self.signals,
            sighands: &mut self.sighands,
            sigqueues: self.sigqueues.as_flattened_mut(),
            files: &mut self.files,
            fdtables: &mut self.fdtables,
            fs: &mut self.fs,
            mms: &mut self.mms,
            vmas: &mut self.vmas,
            tables: &mut self.tables,
            pages: &mut self.pages,
            mappings: &mut self.mappings,
            filp: &mut self.filp,
            pipes: &mut self.pipes,
            polls: &mut self.polls,
            pid_map: &mut self.pid_map,
            pid_hash: self.pid_hash.as_flattened_mut(),
            futex_queues: &mut self.futex_queues,
        };
        (tables, &mut self.threads)
    }

    #[inline]
    fn view(&self) -> TablesView<'_> {
        TablesView {
            pools: &self.pools,
            tasks: &self.tasks,
            pids: self.pids.as_flattened(),
            signals: &self.signals,
            sighands: &self.sighands,
            sigqueues: self.sigqueues.as_flattened(),
            files: &self.files,
            fdtables: &self.fdtables,
            fs: &self.fs,
            mms: &self.mms,
            vmas: &self.vmas,
            tables: &self.tables,
            pages: &self.pages,
            mappings: &self.mappings,
            filp: &self.filp,
            pipes: &self.pipes,
            polls: &self.polls,
            pid_hash: self.pid_hash.as_flattened(),
            futex_queues: &self.futex_queues,
        }
    }

    fn threads(&self) -> &[T] {
        &self.threads
    }
}
