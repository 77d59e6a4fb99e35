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

#[cfg(feature = "alloc")]
pub use boxed::{Boxed, Capacity, Snapshot};

#[cfg(feature = "alloc")]
mod boxed {
    use super::{
        AddressSpace, Fdtable, File, FilesStruct, FsStruct, FutexQueue, MmStruct, Page, PidBucket, PidStruct,
        PipeInode, PollEntry, Pools, SighandStruct, SignalStruct, Sigqueue, Slot, Storage, Table, Tables,
        TablesView, TaskStruct, Thread, Vma,
    };
    use crate::store::arena::{Object, Pool};
    use crate::store::bitmap::words;
    use alloc::boxed::Box;

    /// How many objects of each kind a [`Boxed`] storage holds.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Capacity {
        /// Tasks, and as many processes, address spaces and descriptor tables: EAGAIN.
        pub tasks: usize,
        /// Frames of memory, the zero page included: ENOMEM, or the end of the process that needs one.
        pub frames: usize,
        /// Mapped ranges: ENOMEM.
        pub vmas: usize,
        /// Page tables: ENOMEM.
        pub tables: usize,
        /// Open file descriptions: ENFILE. As many descriptors can be watched by sleeping polls: ENOMEM.
        pub files: usize,
        /// Pipes: ENFILE.
        pub pipes: usize,
        /// Signals that pend with what they tell: EAGAIN for real-time ones; standard ones pend without.
        pub sigqueues: usize,
        /// One more than the highest pid.
        pub pid_max: u32,
    }

    impl Capacity {
        /// Room for this many ordinary processes of a few pages each.
        #[must_use]
        pub const fn for_tasks(tasks: usize) -> Capacity {
            Capacity {
                tasks,
                frames: tasks * 64 + 4096,
                vmas: tasks * 12 + 64,
                tables: tasks * 20 + 256,
                files: tasks * 8 + 64,
                pipes: tasks * 2 + 16,
                sigqueues: tasks * 8 + 64,
                pid_max: crate::abi::limits::PID_MAX_DEFAULT,
            }
        }
    }

    fn free<T: Object>(len: usize) -> Box<[Slot<T>]> {
        (0..len).map(|_| Slot::FREE).collect()
    }

    /// Tables in boxed slices.
    #[derive(PartialEq, Debug)]
    pub struct Boxed<T> {
        pools: Pools,
        threads: Box<[T]>,
        tasks: Box<[Slot<TaskStruct>]>,
        pids: Box<[Slot<PidStruct>]>,
        signals: Box<[Slot<SignalStruct>]>,
        sighands: Box<[Slot<SighandStruct>]>,
        sigqueues: Box<[Slot<Sigqueue>]>,
        files: Box<[Slot<FilesStruct>]>,
        fdtables: Box<[Slot<Fdtable>]>,
        fs: Box<[Slot<FsStruct>]>,
        mms: Box<[Slot<MmStruct>]>,
        vmas: Box<[Slot<Vma>]>,
        tables: Box<[Slot<Table>]>,
        pages: Box<[Slot<Page>]>,
        mappings: Box<[Slot<AddressSpace>]>,
        filp: Box<[Slot<File>]>,
        pipes: Box<[Slot<PipeInode>]>,
        polls: Box<[Slot<PollEntry>]>,
        pid_map: Box<[u64]>,
        pid_hash: Box<[PidBucket]>,
        futex_queues: Box<[FutexQueue]>,
    }

    impl<T: Thread> Boxed<T> {
        /// Empty tables of these sizes.
        #[must_use]
        pub fn new(capacity: &Capacity) -> Self {
            let tasks = capacity.tasks;
            Boxed {
                pools: Pools::EMPTY,
                threads: (0..tasks).map(|_| T::default()).collect(),
                tasks: free(tasks),
                pids: free(tasks * 3),
                signals: free(tasks),
                sighands: free(tasks),
                sigqueues: free(capacity.sigqueues),
                files: free(tasks),
                fdtables: free(tasks * 2),
                fs: free(tasks),
                // One more, so that exec finds room beside the address space that it replaces.
                mms: free(tasks + 1),
                vmas: free(capacity.vmas),
                tables: free(capacity.tables),
                pages: free(capacity.frames),
                mappings: free(tasks),
                filp: free(capacity.files),
                pipes: free(capacity.pipes),
                polls: free(capacity.files),
                pid_map: (0..words(capacity.pid_max as usize)).map(|_| 0).collect(),
                pid_hash: (0..tasks * 3).map(|_| None).collect(),
                futex_queues: (0..tasks).map(|_| FutexQueue::EMPTY).collect(),
            }
        }
    }

    /// Copies the places that either side has ever used.
    fn copy_used<T: Clone>(to: &mut Box<[Slot<T>]>, from: &[Slot<T>], touched: [Pool; 2]) {
        let touched = touched.iter().map(Pool::high_water).max().unwrap_or(0) as usize;
        match (to.len() == from.len(), to.get_mut(..touched), from.get(..touched)) {
            (true, Some(to), Some(from)) => to.clone_from_slice(from),
            _ => *to = from.into(),
        }
    }

    fn copy_all<T: Clone>(to: &mut Box<[T]>, from: &[T]) {
        if to.len() == from.len() {
            to.clone_from_slice(from);
        } else {
            *to = from.into();
        }
    }

    /// The places that have ever been used.
    fn used<T: Clone>(from: &[Slot<T>], pool: Pool) -> Box<[Slot<T>]> {
        from.get(..pool.high_water() as usize).unwrap_or(from).into()
    }

    /// Puts them back, and makes fresh what was used here besides.
    fn put_back<T: Object + Clone>(to: &mut [Slot<T>], from: &[Slot<T>], pool: Pool) {
        let mut places = to.iter_mut();
        places
            .by_ref()
            .zip(from)
            .for_each(|(to, from)| to.clone_from(from));
        let besides = (pool.high_water() as usize).saturating_sub(from.len());
        places.take(besides).for_each(|place| *place = Slot::FREE);
    }

    /// What was in use of a [`Boxed`] storage, to go back to: it takes as much room as that.
    #[derive(Clone, Debug)]
    pub struct Snapshot<T>(Boxed<T>);

    macro_rules! clone_tables {
        ($($name:ident)*) => {
            impl<T: Thread> Boxed<T> {
                /// What is in use now.
                #[must_use]
                pub fn snapshot(&self) -> Snapshot<T> {
                    Snapshot(Boxed {
                        pools: self.pools.clone(),
                        threads: self.threads.get(..self.pools.tasks.high_water() as usize).unwrap_or(&[]).into(),
                        pid_map: self.pid_map.clone(),
                        pid_hash: self.pid_hash.clone(),
                        futex_queues: self.futex_queues.clone(),
                        $($name: used(&self.$name, self.pools.$name),)*
                    })
                }

                /// Goes back to what was in use once, here or in a storage of the same sizes.
                pub fn restore(&mut self, Snapshot(once): &Snapshot<T>) {
                    $(put_back(&mut self.$name, &once.$name, self.pools.$name);)*
                    self.pools.clone_from(&once.pools);
                    self.threads.iter_mut().zip(&once.threads).for_each(|(to, from)| to.clone_from(from));
                    copy_all(&mut self.pid_map, &once.pid_map);
                    copy_all(&mut self.pid_hash, &once.pid_hash);
                    copy_all(&mut self.futex_queues, &once.futex_queues);
                }
            }

            impl<T: Clone> Clone for Boxed<T> {
                fn clone(&self) -> Self {
                    Boxed {
                        pools: self.pools.clone(),
                        threads: self.threads.clone(),
                        pid_map: self.pid_map.clone(),
                        pid_hash: self.pid_hash.clone(),
                        futex_queues: self.futex_queues.clone(),
                        $($name: self.$name.clone(),)*
                    }
                }

                /// Costs what is in use, and not what there could be.
                fn clone_from(&mut self, other: &Self) {
                    $(copy_used(&mut self.$name, &other.$name, [self.pools.$name, other.pools.$name]);)*
                    self.pools.clone_from(&other.pools);
                    copy_all(&mut self.threads, &other.threads);
                    copy_all(&mut self.pid_map, &other.pid_map);
                    copy_all(&mut self.pid_hash, &other.pid_hash);
                    copy_all(&mut self.futex_queues, &other.futex_queues);
                }
            }
        };
    }

    clone_tables! {
        tasks pids signals sighands sigqueues files fdtables fs mms vmas tables pages mappings filp pipes polls
    }

    impl<T: Thread> Storage for Boxed<T> {
        type Thread = T;

        #[inline]
        fn parts(&mut self) -> (Tables<'_>, &mut [T]) {
            let tables = Tables {
                pools: &mut self.pools,
                tasks: &mut self.tasks,
                pids: &mut self.pids,
                signals: &mut self.signals,
                sighands: &mut self.sighands,
                sigqueues: &mut self.sigqueues,
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
                pid_hash: &mut self.pid_hash,
                futex_queues: &mut self.futex_queues,
            };
            (tables, &mut self.threads)
        }

        #[inline]
        fn view(&self) -> TablesView<'_> {
            TablesView {
                pools: &self.pools,
                tasks: &self.tasks,
                pids: &self.pids,
                signals: &self.signals,
                sighands: &self.sighands,
                sigqueues: &self.sigqueues,
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
                pid_hash: &self.pid_hash,
                futex_queues: &self.futex_queues,
            }
        }

        fn threads(&self) -> &[T] {
            &self.threads
        }
    }
}
