//! Resource limits (`getrlimit(2)`).

/// No limit.
pub const RLIM_INFINITY: u64 = u64::MAX;

/// Which resource a limit bounds. The numbers are Linux's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Resource {
    /// CPU seconds.
    Cpu = 0,
    /// Bytes of a file.
    Fsize = 1,
    /// Bytes of data, bss and heap.
    Data = 2,
    /// Bytes of the stack.
    Stack = 3,
    /// Bytes of a core file; 0 means no core.
    Core = 4,
    /// Without effect in Linux.
    Rss = 5,
    /// Tasks of one user.
    Nproc = 6,
    /// One more than the highest descriptor.
    Nofile = 7,
    /// Locked bytes.
    Memlock = 8,
    /// Bytes of address space.
    As = 9,
    /// Without effect in Linux.
    Locks = 10,
    /// Queued signals of one user.
    Sigpending = 11,
    /// Bytes in message queues.
    Msgqueue = 12,
    /// 20 minus the lowest nice value.
    Nice = 13,
    /// The highest real-time priority.
    Rtprio = 14,
    /// Microseconds of real-time running without a blocking call.
    Rttime = 15,
}

impl Resource {
    /// The resource with this number; none from 16 on (`RLIM_NLIMITS`).
    #[must_use]
    pub const fn new(number: u64) -> Option<Resource> {
        Some(match number {
            0 => Resource::Cpu,
            1 => Resource::Fsize,
            2 => Resource::Data,
            3 => Resource::Stack,
            4 => Resource::Core,
            5 => Resource::Rss,
            6 => Resource::Nproc,
            7 => Resource::Nofile,
            8 => Resource::Memlock,
            9 => Resource::As,
            10 => Resource::Locks,
            11 => Resource::Sigpending,
            12 => Resource::Msgqueue,
            13 => Resource::Nice,
            14 => Resource::Rtprio,
            15 => Resource::Rttime,
            _ => return None,
        })
    }
}

/// A soft limit and the ceiling up to which a process may raise it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rlimit {
    /// What is enforced.
    pub cur: u64,
    /// The most that `cur` may become.
    pub max: u64,
}

impl Rlimit {
    const NONE: Rlimit = Rlimit {
        cur: RLIM_INFINITY,
        max: RLIM_INFINITY,
    };
    const fn of(cur: u64, max: u64) -> Rlimit {
        Rlimit { cur, max }
    }
}

/// The limits of a process, by [`Resource`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rlimits([Rlimit; 16]);

impl Rlimits {
    /// `INIT_RLIMITS`: an 8 MiB stack, no core file, 1,024 descriptors.
    pub const INIT: Rlimits = {
        let mut all = [Rlimit::NONE; 16];
        all[Resource::Stack as usize] = Rlimit::of(8 << 20, RLIM_INFINITY);
        all[Resource::Core as usize] = Rlimit::of(0, RLIM_INFINITY);
        all[Resource::Nofile as usize] = Rlimit::of(1024, 4096);
        all[Resource::Memlock as usize] = Rlimit::of(8 << 20, 8 << 20);
        all[Resource::Msgqueue as usize] = Rlimit::of(819_200, 819_200);
        all[Resource::Nice as usize] = Rlimit::of(0, 0);
        all[Resource::Rtprio as usize] = Rlimit::of(0, 0);
        Rlimits(all)
    };

    /// All zero: what a free slot holds.
    pub(crate) const ZERO: Rlimits = Rlimits([Rlimit::of(0, 0); 16]);

    /// The limit on a resource.
    #[must_use]
    pub const fn get(&self, resource: Resource) -> Rlimit {
        self.0[resource as usize]
    }

    /// Sets the limit on a resource.
    pub const fn set(&mut self, resource: Resource, limit: Rlimit) {
        self.0[resource as usize] = limit;
    }
}
