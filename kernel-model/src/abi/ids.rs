//! Numbers that user space sees, and the handles that only the kernel sees.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

/// A process, thread, group or session number (`pid_t`), never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pid(pub u32);

impl Pid {
    /// The idle task, `init_task`.
    pub const IDLE: Pid = Pid(0);
    /// The first process.
    pub const INIT: Pid = Pid(1);
    /// The parent of all kernel threads.
    pub const KTHREADD: Pid = Pid(2);
}

impl fmt::Debug for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A user id (`uid_t`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Uid(pub u32);

/// A group id (`gid_t`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Gid(pub u32);

/// A processor number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct CpuId(pub u8);

/// Which program an address space runs: the embedder's own number for a binary.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ImageId(pub u32);

/// A frame of physical memory, 4096 bytes. Frame 0 is the shared zero page: zeroes from the beginning, since no order
/// fills it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FrameNo(pub u32);

impl FrameNo {
    /// The one page of zeroes that every untouched anonymous page reads.
    pub const ZERO_PAGE: FrameNo = FrameNo(0);
}

/// A place in physical memory: a frame and an offset below 4096.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PhysAddr {
    /// The frame.
    pub frame: FrameNo,
    /// Bytes from its start.
    pub offset: u16,
}

/// Names one object of a pool: its place and the generation of that place.
///
/// A handle whose object has been freed is *stale*: it never names the object that took its place.
pub struct Handle<K> {
    /// The generation above, the place below: one word is compared, copied and passed as a whole.
    word: u64,
    kind: PhantomData<fn() -> K>,
}

impl<K> Handle<K> {
    /// Only the arena makes handles; others copy them.
    pub(crate) const fn new(index: u32, generation: u32) -> Self {
        Handle {
            word: (generation as u64) << 32 | index as u64,
            kind: PhantomData,
        }
    }

    pub(crate) const fn from_word(word: u64) -> Self {
        Handle {
            word,
            kind: PhantomData,
        }
    }

    pub(crate) const fn word(self) -> u64 {
        self.word
    }

    /// Names nothing: what the fields of a free slot hold. All zero bytes.
    pub(crate) const NULL: Self = Handle {
        word: 0,
        kind: PhantomData,
    };

    /// Names nothing either, and is another nothing: what the last object of a list has behind it. The generation of what
    /// is in use is odd.
    pub(crate) const END: Self = Handle {
        word: 1,
        kind: PhantomData,
    };

    /// `NULL` as none: lists store their links without the tag of an `Option`.
    pub(crate) const fn non_null(self) -> Option<Self> {
        if self.word == 0 { None } else { Some(self) }
    }

    /// The place in the pool; tells nothing about whether the handle is stale.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the lower half of the word")]
    pub const fn index(self) -> u32 {
        self.word as u32
    }

    pub(crate) const fn generation(self) -> u32 {
        (self.word >> 32) as u32
    }
}

impl<K> Clone for Handle<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Handle<K> {}
impl<K> PartialEq for Handle<K> {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}
impl<K> Eq for Handle<K> {}
impl<K> Hash for Handle<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.word.hash(state);
    }
}
impl<K> fmt::Debug for Handle<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}.{}", self.index(), self.generation())
    }
}

/// What kind of object a handle names. These types have no values.
pub mod kind {
    macro_rules! kinds {
        ($($(#[$doc:meta])* $name:ident;)*) => {
            $($(#[$doc])* #[derive(Clone, Copy, PartialEq, Eq, Debug)] pub enum $name {})*
        };
    }
    kinds! {
        /// A task: a process or a thread.
        Task;
        /// A number in use, with the tasks that use it.
        Pid;
        /// What the threads of a process share.
        Signal;
        /// Signal actions.
        Sighand;
        /// A signal that pends.
        Sigqueue;
        /// A descriptor table.
        Files;
        /// One piece of a descriptor table.
        Fdtable;
        /// Working directory and umask.
        Fs;
        /// An address space.
        Mm;
        /// A mapped range of an address space.
        Vma;
        /// A node of a page table.
        Table;
        /// A frame of memory.
        Page;
        /// The pages of a file or of a shared mapping.
        AddressSpace;
        /// An open file description.
        File;
        /// A pipe.
        Pipe;
        /// A descriptor that a task in poll watches.
        Poll;
    }
}

/// Names a task.
pub type TaskRef = Handle<kind::Task>;
/// Names an address space.
pub type MmRef = Handle<kind::Mm>;
