//! Capabilities (`capabilities(7)`), as far as calls about tasks ask for them; the others are kept and inherited.

/// One right of the super-user.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Capability {
    /// Signal processes of other users.
    Kill = 5,
    /// Change group numbers and lists at will.
    Setgid = 6,
    /// Change user numbers at will.
    Setuid = 7,
    /// Give capabilities to others, and take them from the bounding set.
    Setpcap = 8,
    /// Map the lowest pages.
    SysRawio = 17,
    /// Look into other tasks.
    SysPtrace = 19,
    /// All that has no name of its own.
    SysAdmin = 21,
    /// Better priorities.
    SysNice = 23,
    /// Limits.
    SysResource = 24,
    /// The clock.
    SysTime = 25,
    /// The number of a new task.
    CheckpointRestore = 40,
}

/// One more than the highest number (`CAP_LAST_CAP`).
pub const CAP_COUNT: u64 = 41;

/// A set of capabilities (`kernel_cap_t`): bit `n` stands for number `n`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CapSet(pub u64);

impl CapSet {
    /// None.
    pub const EMPTY: CapSet = CapSet(0);
    /// All (`CAP_FULL_SET`).
    pub const FULL: CapSet = CapSet((1 << CAP_COUNT) - 1);
    /// `CAP_FS_SET`: those about files, which go with the file system's user number: CHOWN, DAC_OVERRIDE,
    /// DAC_READ_SEARCH, FOWNER, FSETID, LINUX_IMMUTABLE, MKNOD, MAC_OVERRIDE.
    pub const FS: CapSet = CapSet(0x1f | 1 << 9 | 1 << 27 | 1 << 32);

    /// The set with this one alone; none for a number that is no capability.
    #[must_use]
    pub const fn numbered(number: u64) -> Option<CapSet> {
        if number < CAP_COUNT {
            Some(CapSet(1 << number))
        } else {
            None
        }
    }

    /// `cap_raised()`.
    #[must_use]
    pub const fn has(self, capability: Capability) -> bool {
        self.0 & 1 << capability as u8 != 0
    }

    /// `cap_combine()`.
    #[must_use]
    pub const fn union(self, other: CapSet) -> CapSet {
        CapSet(self.0 | other.0)
    }

    /// `cap_intersect()`.
    #[must_use]
    pub const fn intersection(self, other: CapSet) -> CapSet {
        CapSet(self.0 & other.0)
    }

    /// `cap_drop()`.
    #[must_use]
    pub const fn minus(self, other: CapSet) -> CapSet {
        CapSet(self.0 & !other.0)
    }

    /// `cap_issubset()`.
    #[must_use]
    pub const fn is_subset(self, of: CapSet) -> bool {
        self.0 & !of.0 == 0
    }
}
