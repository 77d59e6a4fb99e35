//! The tables of a kernel in boxed slices sized at run time, and what they were once.
#![cfg(feature = "alloc")]

use alloc::boxed::Box;

use super::storage::{PidBucket, Pools, Storage, Tables, TablesView};
use super::thread::Thread;
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
use crate::store::arena::{Object, Pool, Slot};
use crate::store::bitmap::words;

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
