//! `mm_struct`, `vm_area_struct` and `address_space`: what a program can see, and what lies behind it.

use crate::abi::flags::{Prot, VmFlags};
use crate::abi::ids::{Handle, ImageId, kind};
use crate::abi::limits::{PAGE_SIZE, STACK_GUARD_GAP};
use crate::store::arena::{Arena, Object, View};
use crate::store::list::{self, Link, Linked, List};

use super::page_table::{Leaf, TableRef};

/// What a mapped range is to a reader of `/proc/PID/maps`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum VmaKind {
    /// From mmap.
    #[default]
    Mmap,
    /// The program's instructions.
    Text,
    /// The program's constants.
    Rodata,
    /// The program's initialised variables.
    Data,
    /// The program's other variables.
    Bss,
    /// What brk gave.
    Heap,
    /// The main stack.
    Stack,
}

/// Names a VMA.
pub type VmaRef = Handle<kind::Vma>;
/// Names the pages of a file or shared mapping.
pub type MappingRef = Handle<kind::AddressSpace>;

/// A mapped range (`vm_area_struct`).
#[derive(Clone, PartialEq, Debug)]
pub struct Vma {
    /// The first address.
    pub start: u64,
    /// One past the last address.
    pub end: u64,
    /// What the program may do there.
    pub prot: Prot,
    /// What happens to it at fork and below its start.
    pub flags: VmFlags,
    /// What it is.
    pub kind: VmaKind,
    /// The file or shared memory behind it; none for private anonymous memory.
    pub mapping: Option<MappingRef>,
    /// The page of the mapping at `start`.
    pub pgoff: u64,
    /// Its place among the ranges of its address space.
    pub(crate) link: Link<kind::Vma>,
}

impl Object for Vma {
    const IS_MARKED: bool = true;
    type Kind = kind::Vma;
    const FREE: Vma = Vma {
        start: 0,
        end: 0,
        prot: Prot::empty(),
        flags: VmFlags::empty(),
        kind: VmaKind::Mmap,
        mapping: None,
        pgoff: 0,
        link: Link::NONE,
    };
}

impl Vma {
    /// Its length in pages.
    #[must_use]
    pub const fn pages(&self) -> u64 {
        (self.end - self.start) / PAGE_SIZE
    }

    /// Whether the address lies in it.
    #[must_use]
    pub const fn contains(&self, addr: u64) -> bool {
        self.start <= addr && addr < self.end
    }

    /// Whether it is a shared mapping.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.flags.contains(VmFlags::VM_SHARED)
    }

    /// The page of the mapping behind an address.
    #[must_use]
    pub const fn page_of(&self, addr: u64) -> u64 {
        self.pgoff + (addr - self.start) / PAGE_SIZE
    }
}

/// The ranges of one address space, by address.
#[derive(Clone, Copy, Debug)]
pub enum VmaList {}
impl Linked for VmaList {
    type Item = Vma;
    fn link(item: &Vma) -> &Link<kind::Vma> {
        &item.link
    }
    fn link_mut(item: &mut Vma) -> &mut Link<kind::Vma> {
        &mut item.link
    }
}

/// An address space (`mm_struct`).
#[derive(Clone, PartialEq, Debug)]
pub struct MmStruct {
    /// Tasks that use it (`mm_users`).
    pub mm_users: u32,
    /// The page table.
    pub pgd: Option<TableRef>,
    /// The mapped ranges, by address.
    pub mmap: List<VmaList>,
    /// The range of the last fault: the next one is likely there too.
    pub mmap_cache: Option<VmaRef>,
    /// The lowest table of the last fault, if the way to it was the address space's own: the next one likely needs
    /// it too. Fork, which shares the way, forgets it; unmapping frees the table and makes the handle stale.
    pub leaf_cache: Option<Leaf>,
    /// Pages mapped, present or not.
    pub total_vm: u64,
    /// Pages present, the shared page of zeroes not among them.
    pub rss: u64,
    /// The most that `rss` was (`hiwater_rss`).
    pub hiwater_rss: u64,
    /// Where the heap begins.
    pub start_brk: u64,
    /// Where it ends.
    pub brk: u64,
    /// Where the stack began.
    pub start_stack: u64,
    /// The program it runs.
    pub exe_file: Option<ImageId>,
    /// PR_SET_DUMPABLE.
    pub dumpable: bool,
}

impl Object for MmStruct {
    const IS_MARKED: bool = true;
    type Kind = kind::Mm;
    const FREE: MmStruct = MmStruct {
        mm_users: 0,
        pgd: None,
        mmap: List::EMPTY,
        mmap_cache: None,
        leaf_cache: None,
        total_vm: 0,
        rss: 0,
        hiwater_rss: 0,
        start_brk: 0,
        brk: 0,
        start_stack: 0,
        exe_file: None,
        dumpable: false,
    };
}

impl MmStruct {
    /// Counts a page that is now present.
    pub fn add_rss(&mut self) {
        self.rss += 1;
        self.hiwater_rss = self.hiwater_rss.max(self.rss);
    }

    /// `find_vma()`: the first range that ends above the address. It may begin above it too.
    #[must_use]
    pub fn find_vma(&self, vmas: View<'_, Vma>, addr: u64) -> Option<VmaRef> {
        if let Some(cached) = self.mmap_cache
            && vmas.get(cached).is_some_and(|vma| vma.contains(addr))
        {
            return Some(cached);
        }
        self.mmap.iter(vmas).find(|at| vmas[*at].end > addr)
    }

    /// The range that holds the address.
    #[must_use]
    pub fn vma_at(&self, vmas: View<'_, Vma>, addr: u64) -> Option<VmaRef> {
        self.find_vma(vmas, addr).filter(|at| vmas[*at].start <= addr)
    }

    /// Whether any range meets this one.
    #[must_use]
    pub fn is_mapped(&self, vmas: View<'_, Vma>, start: u64, end: u64) -> bool {
        self.find_vma(vmas, start).is_some_and(|at| vmas[at].start < end)
    }

    /// Puts a range in its place. The caller knows that it meets no other.
    pub fn insert_vma(&mut self, vmas: &mut Arena<'_, Vma>, vma: VmaRef) {
        let (start, pages) = (vmas[vma].start, vmas[vma].pages());
        match self.mmap.iter(vmas.view()).find(|at| vmas[*at].start > start) {
            Some(next) => self.mmap.insert_before(vmas, vma, next),
            None => self.mmap.push_back(vmas, vma),
        }
        self.total_vm += pages;
    }

    /// `unmapped_area_topdown()`: the highest free range of this many bytes below `top`. A stack keeps its guard
    /// gap free below it.
    #[must_use]
    pub fn unmapped_area(&self, vmas: View<'_, Vma>, len: u64, bottom: u64, top: u64) -> Option<u64> {
        let mut ceiling = top;
        let mut at = self.mmap.last();
        loop {
            let floor = at.map_or(bottom, |at| vmas[at].end.max(bottom));
            if floor <= ceiling && ceiling - floor >= len {
                return Some(ceiling - len);
            }
            let vma = &vmas[at?];
            let gap = if vma.flags.contains(VmFlags::VM_GROWSDOWN) {
                STACK_GUARD_GAP
            } else {
                0
            };
            ceiling = ceiling.min(vma.start.saturating_sub(gap));
            at = list::prev::<VmaList>(vma);
        }
    }
}

/// Whose pages an [`AddressSpace`] holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Host {
    /// Those of a program.
    Image(ImageId),
    /// Those of a shared anonymous mapping.
    Shmem,
}

/// The pages of a file or of a shared mapping, wherever they are mapped (`struct address_space`).
#[derive(Clone, PartialEq, Debug)]
pub struct AddressSpace {
    /// Ranges that map it.
    pub count: u32,
    /// Whose pages they are.
    pub host: Host,
    /// The pages that have a frame, by number.
    pub i_pages: Option<TableRef>,
    link: Link<kind::AddressSpace>,
}

impl AddressSpace {
    /// One range maps it; no page has a frame yet.
    #[must_use]
    pub const fn new(host: Host) -> AddressSpace {
        AddressSpace {
            count: 1,
            host,
            i_pages: None,
            link: Link::NONE,
        }
    }
}

impl Object for AddressSpace {
    const IS_MARKED: bool = true;
    type Kind = kind::AddressSpace;
    const FREE: AddressSpace = AddressSpace {
        count: 0,
        host: Host::Image(ImageId(0)),
        i_pages: None,
        link: Link::NONE,
    };
}

/// The programs that are mapped somewhere.
#[derive(Clone, Copy, Debug)]
pub enum Images {}
impl Linked for Images {
    type Item = AddressSpace;
    fn link(item: &AddressSpace) -> &Link<kind::AddressSpace> {
        &item.link
    }
    fn link_mut(item: &mut AddressSpace) -> &mut Link<kind::AddressSpace> {
        &mut item.link
    }
}
