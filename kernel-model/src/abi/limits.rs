//! Every fixed bound of the model, with the errno that Linux gives when it is reached.
//!
//! The sizes of the pools (tasks, frames, open files, ...) are chosen by the embedder; see
//! [`crate::kernel::storage`].

/// Bytes of a page and of a frame.
pub const PAGE_SIZE: u64 = 4096;

/// One past the last user address (47 bits).
pub const TASK_SIZE: u64 = 0x7fff_ffff_f000;

/// Where a new stack begins; it grows down from here.
pub const STACK_TOP: u64 = TASK_SIZE;

/// `mmap` without an address searches downward from here.
pub const MMAP_BASE: u64 = 0x7fff_f7ff_f000;

/// No mapping lies below this address (`vm.mmap_min_addr`): EPERM with MAP_FIXED.
pub const MMAP_MIN_ADDR: u64 = 0x1_0000;

/// A stack keeps this distance to the mapping below it (256 pages).
pub const STACK_GUARD_GAP: u64 = 256 * PAGE_SIZE;

/// Pages of a stack that exec maps before the first fault (`stack_expand` in `setup_arg_pages`).
pub const STACK_INITIAL: u64 = 33 * PAGE_SIZE;

/// The stack of a program as Linux thinks of it (`_STK_LIM`): what exec is given may take three quarters of it.
pub const STK_LIM: u64 = 8 << 20;

/// Bytes of strings that exec accepts whatever RLIMIT_STACK is (`ARG_MAX`): above its limit E2BIG.
pub const ARG_MAX: u64 = 131_072;

/// Bytes of one argument or variable of exec, with its NUL (`MAX_ARG_STRLEN`): E2BIG.
pub const MAX_ARG_STRLEN: u64 = 32 * PAGE_SIZE;

/// Bytes of a path, with its NUL (`PATH_MAX`): ENAMETOOLONG.
pub const PATH_MAX: u64 = 4096;

/// VMAs of one address space (`vm.max_map_count`): ENOMEM.
pub const MAX_MAP_COUNT: u32 = 65_530;

/// After the pid counter has wrapped it goes on here (`RESERVED_PIDS`).
pub const RESERVED_PIDS: u32 = 300;

/// `pid_max` cannot be set above this (`PID_MAX_LIMIT`).
pub const PID_MAX_LIMIT: u32 = 4 * 1024 * 1024;

/// `pid_max` at boot (`PID_MAX_DEFAULT`).
pub const PID_MAX_DEFAULT: u32 = 32_768;

/// Descriptors in one piece of a descriptor table.
pub const FDS_PER_CHUNK: usize = 32;

/// Pieces of a descriptor table: 1,024 descriptors in all. Above: EMFILE.
pub const CHUNKS_PER_TABLE: usize = 32;

/// Buffers of a pipe, each of one page (`PIPE_DEF_BUFFERS`). Full: the writer blocks, or EAGAIN.
pub const PIPE_BUFFERS: usize = 16;

/// A write of at most this many bytes to a pipe is atomic.
pub const PIPE_BUF: u64 = 4096;

/// The most bytes that one read or write moves (`MAX_RW_COUNT`).
pub const MAX_RW_COUNT: u64 = 0x7fff_f000;

/// Supplementary groups of a task: setgroups to more is ENOMEM.
pub const NGROUPS: usize = 16;

/// Processors.
pub const NR_CPUS: usize = 8;

/// Bytes of a command name, with the final NUL (`TASK_COMM_LEN`).
pub const TASK_COMM_LEN: usize = 16;

/// Segments of a program.
pub const MAX_SEGMENTS: usize = 8;

/// Length of a round-robin time slice in nanoseconds (`RR_TIMESLICE`).
pub const RR_TIMESLICE: u64 = 100_000_000;

/// Nanoseconds of one tick of `times(2)` (`sysconf(_SC_CLK_TCK)` is 100).
pub const CLOCK_TICK: u64 = 10_000_000;

/// Nanoseconds between two looks of the kernel at the clock and at the time that a task has used (`TICK_NSEC`; CONFIG_HZ is
/// 250).
pub const TICK_NSEC: u64 = 4_000_000;

/// The longest time that the kernel reckons with, in nanoseconds (`KTIME_MAX`). Longer ones are cut to it, and
/// it never comes: who sleeps so long sleeps for ever.
pub const KTIME_MAX: u64 = i64::MAX.unsigned_abs();

/// The least alternate signal stack (`MINSIGSTKSZ`): ENOMEM.
pub const MINSIGSTKSZ: u64 = 2048;

/// Bytes of input that a terminal keeps for its readers (`N_TTY_BUF_SIZE`): one frame. What is typed beyond is lost
/// where it would never end a line, and else has to wait.
pub const N_TTY_BUF_SIZE: usize = 4096;
