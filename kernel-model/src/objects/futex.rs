//! Futexes: what names one, who waits on it, and the hashed queues of all waiters.

use crate::abi::call::UserPtr;
use crate::abi::ids::MmRef;
use crate::store::list::List;

use super::mm::MappingRef;
use super::task::WaitEntry;

/// Where the word of a futex lies, so that all who mean the same word name it alike (`union futex_key`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum FutexObject {
    /// In this address space, for its threads alone (`FUTEX_PRIVATE_FLAG`).
    Private(MmRef),
    /// In private memory, by a call without that flag: Linux keeps the two apart.
    Mm(MmRef),
    /// In a file or shared memory, wherever that is mapped.
    Inode(MappingRef),
}

/// The name of a futex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FutexKey {
    /// Where.
    pub object: FutexObject,
    /// The address, or the distance from the beginning of the file.
    pub at: u64,
}

/// A wait on a futex (`struct futex_q`), with all that is needed to begin it anew.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FutexWait {
    /// The word.
    pub uaddr: UserPtr,
    /// What it must hold for the caller to sleep.
    pub val: u32,
    /// Which wakes are for this waiter.
    pub bitset: u32,
    /// Whether other address spaces may wake it: the call came without `FUTEX_PRIVATE_FLAG`.
    pub shared: bool,
    /// When it is over, in nanoseconds since boot; `u64::MAX` for never.
    pub until: u64,
    /// In which queue it stands; a requeue changes it. None once it was woken, whatever signals come later.
    pub key: Option<FutexKey>,
}

/// The waiters whose keys fall together, the longest waiting first (`struct futex_hash_bucket`).
pub type FutexQueue = List<WaitEntry>;

impl FutexKey {
    /// The place of its queue among so many (`futex_hash()`).
    #[must_use]
    pub fn queue(&self, queues: usize) -> usize {
        let (kind, object) = match self.object {
            FutexObject::Private(mm) => (0, mm.index()),
            FutexObject::Mm(mm) => (1, mm.index()),
            FutexObject::Inode(mapping) => (2, mapping.index()),
        };
        let mixed = (self.at >> 2)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(u64::from(object).wrapping_mul(0xc2b2_ae3d_27d4_eb4f))
            .wrapping_add(kind);
        usize::try_from(mixed >> 32)
            .unwrap_or(0)
            .checked_rem(queues)
            .unwrap_or(0)
    }
}
