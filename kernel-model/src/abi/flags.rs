//! Flag words of the system calls.

use bitflags::bitflags;

bitflags! {
    /// `clone(2)`, the flags above the exit signal's byte.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct CloneFlags: u64 {
        /// Share the address space.
        const CLONE_VM = 0x0000_0100;
        /// Share working directory and umask.
        const CLONE_FS = 0x0000_0200;
        /// Share the descriptor table.
        const CLONE_FILES = 0x0000_0400;
        /// Share the signal actions; needs CLONE_VM.
        const CLONE_SIGHAND = 0x0000_0800;
        /// Give the parent a descriptor of the child.
        const CLONE_PIDFD = 0x0000_1000;
        /// Let a tracer follow the child.
        const CLONE_PTRACE = 0x0000_2000;
        /// The parent waits until the child execs or exits.
        const CLONE_VFORK = 0x0000_4000;
        /// The child's parent is the caller's parent.
        const CLONE_PARENT = 0x0000_8000;
        /// A thread of the caller's group; needs CLONE_SIGHAND.
        const CLONE_THREAD = 0x0001_0000;
        /// Share System V semaphore undo values.
        const CLONE_SYSVSEM = 0x0004_0000;
        /// Set the thread-local storage of the child.
        const CLONE_SETTLS = 0x0008_0000;
        /// Store the child's tid in the parent's memory.
        const CLONE_PARENT_SETTID = 0x0010_0000;
        /// Clear the tid in the child's memory when it exits, and wake its futex.
        const CLONE_CHILD_CLEARTID = 0x0020_0000;
        /// Without effect since Linux 2.6.2.
        const CLONE_DETACHED = 0x0040_0000;
        /// No tracer may force CLONE_PTRACE on the child.
        const CLONE_UNTRACED = 0x0080_0000;
        /// Store the child's tid in the child's memory.
        const CLONE_CHILD_SETTID = 0x0100_0000;
        /// Share the I/O context.
        const CLONE_IO = 0x8000_0000;
        /// clone3: the child has no handlers; what is ignored stays ignored.
        const CLONE_CLEAR_SIGHAND = 0x1_0000_0000;
    }
}

bitflags! {
    /// `waitpid(2)` and `waitid(2)` options.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct WaitOptions: u32 {
        /// Do not block.
        const WNOHANG = 0x0000_0001;
        /// Report stopped children.
        const WUNTRACED = 0x0000_0002;
        /// Report ended children.
        const WEXITED = 0x0000_0004;
        /// Report continued children.
        const WCONTINUED = 0x0000_0008;
        /// Leave the child as it is, to be waited for again.
        const WNOWAIT = 0x0100_0000;
        /// Not the children of the caller's other threads.
        const __WNOTHREAD = 0x2000_0000;
        /// Children of every kind.
        const __WALL = 0x4000_0000;
        /// Only "clone" children, whose exit signal is not SIGCHLD.
        const __WCLONE = 0x8000_0000;
    }
}

bitflags! {
    /// `mmap(2)` protection.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct Prot: u8 {
        /// May be read.
        const READ = 1;
        /// May be written.
        const WRITE = 2;
        /// May be executed.
        const EXEC = 4;
    }
}

bitflags! {
    /// `mmap(2)` flags.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct MapFlags: u32 {
        /// Writes are seen by all who map it.
        const MAP_SHARED = 0x01;
        /// Writes are the process's own.
        const MAP_PRIVATE = 0x02;
        /// Exactly at the address given.
        const MAP_FIXED = 0x10;
        /// Not a file: pages of zeroes.
        const MAP_ANONYMOUS = 0x20;
        /// Without effect: the memory may grow down.
        const MAP_GROWSDOWN = 0x100;
        /// Without effect since Linux 2.6.
        const MAP_DENYWRITE = 0x800;
        /// Without effect.
        const MAP_EXECUTABLE = 0x1000;
        /// Reserve no swap; the model has none.
        const MAP_NORESERVE = 0x4000;
        /// Fault the pages in at once.
        const MAP_POPULATE = 0x8000;
        /// Without effect.
        const MAP_STACK = 0x2_0000;
        /// Exactly at the address given, and EEXIST when something is there.
        const MAP_FIXED_NOREPLACE = 0x10_0000;
    }
}

bitflags! {
    /// What a VMA is, beside its protection (`VM_*`).
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct VmFlags: u16 {
        /// A shared mapping.
        const VM_SHARED = 1;
        /// A stack: grows down to meet a fault below it.
        const VM_GROWSDOWN = 2;
        /// `MADV_DONTFORK`: not in a child.
        const VM_DONTCOPY = 4;
        /// `MADV_WIPEONFORK`: zeroes in a child.
        const VM_WIPEONFORK = 8;
        /// `mprotect` may not make it writable.
        const VM_HEAP = 16;
        /// It has no `anon_vma`, and some page of it was read: its entries are of the zero page, if there are any.
        const VM_ZERO_PAGES = 32;
        /// It has an `anon_vma`: some page of it was written.
        const VM_ANON_VMA = 64;
        /// `MADV_RANDOM`: without effect, but it keeps ranges apart.
        const VM_RAND_READ = 128;
        /// `MADV_SEQUENTIAL`: the same.
        const VM_SEQ_READ = 256;
        /// Its `anon_vma` is chained to a parent's: it came with pages of its own from fork.
        const VM_UNCOWED_PARENTS = 512;
        /// Its pages are counted as promised: private memory that could be written. It keeps ranges apart.
        const VM_ACCOUNT = 1024;
        /// `MAP_NORESERVE`: they are not. It keeps ranges apart.
        const VM_NORESERVE = 2048;
        /// `MAP_STACK`: no huge pages, of which there are none here; it keeps ranges apart.
        const VM_NOHUGEPAGE = 4096;
    }
}

bitflags! {
    /// Status flags of an open file description, `open(2)`.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct OpenFlags: u32 {
        /// Open for writing only.
        const O_WRONLY = 0o1;
        /// Open for reading and writing.
        const O_RDWR = 0o2;
        /// The terminal that is opened does not become the controlling one.
        const O_NOCTTY = 0o400;
        /// Of a descriptor of a task: of this thread, and not of its process (PIDFD_THREAD).
        const O_EXCL = 0o200;
        /// Writes go to the end.
        const O_APPEND = 0o2000;
        /// Do not block.
        const O_NONBLOCK = 0o4000;
        /// Set of what open has opened, on a processor of 64 bits.
        const O_LARGEFILE = 0o100_000;
        /// Close the descriptor on exec.
        const O_CLOEXEC = 0o2_000_000;
    }
}

bitflags! {
    /// Flags of a task (`PF_*`), with Linux's values.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct TaskFlags: u32 {
        /// The idle task.
        const PF_IDLE = 0x0000_0002;
        /// Getting shut down.
        const PF_EXITING = 0x0000_0004;
        /// Forked, but has not exec'ed.
        const PF_FORKNOEXEC = 0x0000_0040;
        /// Dumped core.
        const PF_DUMPCORE = 0x0000_0200;
        /// Killed by a signal.
        const PF_SIGNALED = 0x0000_0400;
        /// It has become a user who has more tasks than RLIMIT_NPROC allows: exec is EAGAIN.
        const PF_NPROC_EXCEEDED = 0x0000_1000;
        /// A kernel thread.
        const PF_KTHREAD = 0x0020_0000;
    }
}

bitflags! {
    /// `sa_flags` of `sigaction(2)`; the kernel forgets all other bits.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct SaFlags: u64 {
        /// No SIGCHLD when a child stops or is continued.
        const SA_NOCLDSTOP = 0x0000_0001;
        /// Children that end are not waited for.
        const SA_NOCLDWAIT = 0x0000_0002;
        /// The handler wants a `siginfo_t` and a `ucontext_t`.
        const SA_SIGINFO = 0x0000_0004;
        /// Tag bits of `si_addr` are told; without effect on x86-64.
        const SA_EXPOSE_TAGBITS = 0x0000_0800;
        /// There is a restorer: no handler runs without.
        const SA_RESTORER = 0x0400_0000;
        /// The handler runs on the alternate stack, if there is one.
        const SA_ONSTACK = 0x0800_0000;
        /// An interrupted call is made anew, where it can be.
        const SA_RESTART = 0x1000_0000;
        /// The signal is not blocked while its handler runs.
        const SA_NODEFER = 0x4000_0000;
        /// Back to SIG_DFL when the handler begins.
        const SA_RESETHAND = 0x8000_0000;
    }
}

bitflags! {
    /// `ss_flags` of `sigaltstack(2)`.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
    pub struct StackFlags: u32 {
        /// The task is on it.
        const SS_ONSTACK = 0x0000_0001;
        /// There is none.
        const SS_DISABLE = 0x0000_0002;
        /// A handler that begins on it finds none.
        const SS_AUTODISARM = 0x8000_0000;
    }
}
