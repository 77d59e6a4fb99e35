//! Frames, and the entries of page tables that name them.

use crate::abi::ids::{FrameNo, Handle, kind};
use crate::store::arena::Object;

/// What the kernel knows of a frame (`struct page`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Page {
    /// Entries that name it: of page tables, and of the pages of files and shared mappings.
    pub refcount: u32,
    /// Users without an entry: buffers of pipes; for the zero page, the kernel.
    pub holders: u32,
}

impl Object for Page {
    type Kind = kind::Page;
    const FREE: Page = Page {
        refcount: 0,
        holders: 0,
    };
}

/// A frame of the pool.
pub type PageRef = Handle<kind::Page>;

/// An entry of the lowest table. Zero is "not present".
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Pte(u32);

impl Pte {
    /// The entry that a slot of a table stores.
    pub(crate) const fn from_word(word: u32) -> Pte {
        Pte(word)
    }

    /// What a slot of a table stores.
    pub(crate) const fn word(self) -> u32 {
        self.0
    }

    const PRESENT: u32 = 1;
    const WRITE: u32 = 2;
    const SHARED: u32 = 4;
    const CACHE: u32 = 8;
    const SHIFT: u32 = 4;
    /// Frames that an entry can name.
    pub const MAX_FRAMES: u32 = 1 << (32 - Self::SHIFT);

    const fn new(frame: FrameNo, flags: u32) -> Pte {
        Pte(frame.0 << Self::SHIFT | Self::PRESENT | flags)
    }

    /// An anonymous page of one's own.
    #[must_use]
    pub const fn private(frame: FrameNo, writable: bool) -> Pte {
        Pte::new(frame, if writable { Self::WRITE } else { 0 })
    }

    /// A page of a shared mapping.
    #[must_use]
    pub const fn shared(frame: FrameNo, writable: bool) -> Pte {
        Pte::new(
            frame,
            Self::SHARED | Self::CACHE | if writable { Self::WRITE } else { 0 },
        )
    }

    /// A page of a file, mapped privately: read-only until it is copied.
    #[must_use]
    pub const fn file(frame: FrameNo) -> Pte {
        Pte::new(frame, Self::CACHE)
    }

    /// Whether it names a frame.
    #[must_use]
    pub const fn is_present(self) -> bool {
        self.0 & Self::PRESENT != 0
    }

    /// The frame.
    #[must_use]
    pub const fn frame(self) -> FrameNo {
        FrameNo(self.0 >> Self::SHIFT)
    }

    /// Whether writes go through.
    #[must_use]
    pub const fn is_writable(self) -> bool {
        self.0 & Self::WRITE != 0
    }

    /// Whether it belongs to a shared mapping.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        self.0 & Self::SHARED != 0
    }

    /// Whether the frame belongs to a file or shared mapping, and must be copied rather than reused.
    #[must_use]
    pub const fn is_cache(self) -> bool {
        self.0 & Self::CACHE != 0
    }

    /// Whether it is the shared page of zeroes.
    #[must_use]
    pub const fn is_zero_page(self) -> bool {
        self.is_present() && self.frame().0 == FrameNo::ZERO_PAGE.0
    }

    /// `pte_wrprotect()` of a private entry; a shared one stays as it is.
    #[must_use]
    pub const fn wrprotect(self) -> Pte {
        if self.is_shared() {
            self
        } else {
            Pte(self.0 & !Self::WRITE)
        }
    }

    /// The same entry without the right to write, private or shared.
    #[must_use]
    pub const fn read_only(self) -> Pte {
        Pte(self.0 & !Self::WRITE)
    }

    /// The same entry with the right to write.
    #[must_use]
    pub const fn writable(self) -> Pte {
        Pte(self.0 | Self::WRITE)
    }
}

impl core::fmt::Debug for Pte {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let flag = |on: bool, c: char| if on { c } else { '-' };
        let (w, s, c) = (self.is_writable(), self.is_shared(), self.is_cache());
        write!(
            f,
            "{}:{}{}{}",
            self.frame().0,
            flag(w, 'w'),
            flag(s, 's'),
            flag(c, 'c')
        )
    }
}
