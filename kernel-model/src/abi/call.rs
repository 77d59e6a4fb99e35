//! The system calls, decoded.

use super::flags::{CloneFlags, MapFlags, OpenFlags, Prot, WaitOptions};
use super::ids::Pid;
use super::rlimit::Resource;

/// An address in user space. The kernel checks it at each use: EFAULT.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct UserPtr(pub u64);

impl UserPtr {
    /// Whether the program passed NULL, by which most calls mean "I do not want this".
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }
}

/// A descriptor number as user space passed it: any 32-bit number.
pub type Fd = i32;

/// What `clone(2)` is asked for. fork and vfork are two of its forms.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CloneArgs {
    /// What is shared.
    pub flags: CloneFlags,
    /// The signal to the parent when the child ends; 0 for none.
    pub exit_signal: u8,
    /// The child's stack pointer; 0 to go on with a copy of the parent's.
    pub stack: u64,
    /// Where CLONE_PARENT_SETTID stores the child's tid.
    pub parent_tid: UserPtr,
    /// Where CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID store.
    pub child_tid: UserPtr,
    /// The thread pointer of CLONE_SETTLS.
    pub tls: u64,
    /// Where CLONE_PIDFD stores the descriptor.
    pub pidfd: UserPtr,
    /// The number that the child is to have (`set_tid` of clone3).
    pub set_tid: Option<Pid>,
}

/// Which children `wait4` and `waitid` look at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WaitFor {
    /// Any child.
    Any,
    /// The child with this pid.
    Pid(Pid),
    /// The children in this process group.
    Group(Pid),
}

/// How the answer of a wait goes back to user space.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WaitReport {
    /// `wait4`: the status word there, the pid as the value.
    Wait4 {
        /// Where the `int` goes, or NULL.
        wstatus: UserPtr,
    },
    /// `waitid`: a `siginfo_t` there, 0 as the value.
    Waitid {
        /// Where the `siginfo_t` goes, or NULL.
        infop: UserPtr,
    },
}

/// A wait, with its options checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct WaitArgs {
    /// Which children.
    pub who: WaitFor,
    /// Options; WEXITED is set for wait4.
    pub options: WaitOptions,
    /// The form of the answer.
    pub report: WaitReport,
    /// Where a `struct rusage` of the child goes, or NULL.
    pub rusage: UserPtr,
}

/// Which numbers a call about credentials means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IdKind {
    /// Those of users.
    Users,
    /// Those of groups.
    Groups,
}

/// The change that a call of the setuid family asks for. [`u32::MAX`] leaves a number as it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IdChange {
    /// setuid, setgid.
    One(u32),
    /// setreuid, setregid: real, effective.
    Two(u32, u32),
    /// setresuid, setresgid: real, effective, saved.
    Three(u32, u32, u32),
}

/// A system call with its arguments, as far as they can be decoded without looking at the caller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(
    missing_docs,
    reason = "each field is the parameter of that name in the manual page of the call"
)]
pub enum Call {
    Clone(CloneArgs),
    Clone3 {
        uargs: UserPtr,
        size: u64,
    },
    PidfdOpen {
        pid: i32,
        flags: u32,
    },
    PidfdGetfd {
        pidfd: Fd,
        targetfd: Fd,
        flags: u32,
    },
    PidfdSendSignal {
        pidfd: Fd,
        signal: i32,
        info: UserPtr,
        flags: u32,
    },
    Poll {
        fds: UserPtr,
        nfds: u32,
        timeout: i32,
    },
    Exit {
        status: i32,
    },
    ExitGroup {
        status: i32,
    },
    Wait4 {
        pid: i32,
        wstatus: UserPtr,
        options: u32,
        rusage: UserPtr,
    },
    Waitid {
        idtype: i32,
        id: i32,
        infop: UserPtr,
        options: u32,
        rusage: UserPtr,
    },

    Getpid,
    Getppid,
    Gettid,
    Getpgid {
        pid: i32,
    },
    Getsid {
        pid: i32,
    },
    Setpgid {
        pid: i32,
        pgid: i32,
    },
    Setsid,
    Getuid,
    Geteuid,
    Getgid,
    Getegid,
    /// setuid, setreuid, setresuid, and the same of groups.
    Setids {
        of: IdKind,
        change: IdChange,
    },
    /// getresuid, getresgid: real, effective, saved.
    Getresids {
        of: IdKind,
        to: [UserPtr; 3],
    },
    /// setfsuid, setfsgid.
    Setfsid {
        of: IdKind,
        id: u32,
    },
    Getgroups {
        size: i32,
        list: UserPtr,
    },
    Setgroups {
        size: u32,
        list: UserPtr,
    },
    Capget {
        header: UserPtr,
        data: UserPtr,
    },
    Capset {
        header: UserPtr,
        data: UserPtr,
    },
    SetTidAddress {
        tidptr: UserPtr,
    },
    Futex {
        uaddr: UserPtr,
        futex_op: u32,
        val: u32,
        /// A `struct timespec`, or `val2`, as the operation says.
        timeout: u64,
        uaddr2: UserPtr,
        val3: u32,
    },
    SetRobustList {
        head: UserPtr,
        len: u64,
    },
    GetRobustList {
        pid: i32,
        head_ptr: UserPtr,
        len_ptr: UserPtr,
    },

    Kill {
        pid: i32,
        signal: i32,
    },
    Tkill {
        tid: i32,
        signal: i32,
    },
    Tgkill {
        tgid: i32,
        tid: i32,
        signal: i32,
    },
    RtSigaction {
        signal: i32,
        act: UserPtr,
        oldact: UserPtr,
        size: u64,
    },
    RtSigprocmask {
        how: i32,
        set: UserPtr,
        oldset: UserPtr,
        size: u64,
    },
    RtSigpending {
        set: UserPtr,
        size: u64,
    },
    RtSigsuspend {
        mask: UserPtr,
        size: u64,
    },
    RtSigtimedwait {
        set: UserPtr,
        info: UserPtr,
        timeout: UserPtr,
        size: u64,
    },
    RtSigqueueinfo {
        tgid: i32,
        signal: i32,
        info: UserPtr,
    },
    RtTgsigqueueinfo {
        tgid: i32,
        tid: i32,
        signal: i32,
        info: UserPtr,
    },
    RtSigreturn,
    /// signalfd, signalfd4.
    Signalfd {
        fd: Fd,
        mask: UserPtr,
        size: u64,
        flags: u32,
    },
    Sigaltstack {
        ss: UserPtr,
        old: UserPtr,
    },
    RestartSyscall,
    Pause,

    Read {
        fd: Fd,
        buf: UserPtr,
        count: u64,
    },
    Write {
        fd: Fd,
        buf: UserPtr,
        count: u64,
    },
    Close {
        fd: Fd,
    },
    Dup {
        fd: Fd,
    },
    Dup2 {
        fd: Fd,
        newfd: Fd,
    },
    Dup3 {
        fd: Fd,
        newfd: Fd,
        flags: u32,
    },
    Pipe2 {
        fds: UserPtr,
        flags: OpenFlags,
    },
    Fcntl {
        fd: Fd,
        cmd: u32,
        arg: u64,
    },
    Open {
        path: UserPtr,
        flags: u32,
    },
    Ioctl {
        fd: Fd,
        request: u32,
        arg: UserPtr,
    },
    Fstat {
        fd: Fd,
        statbuf: UserPtr,
    },
    Lseek {
        fd: Fd,
    },

    Brk {
        addr: u64,
    },
    Mmap {
        addr: u64,
        length: u64,
        prot: Prot,
        flags: MapFlags,
        fd: Fd,
    },
    Munmap {
        addr: u64,
        length: u64,
    },
    Mprotect {
        addr: u64,
        length: u64,
        prot: Prot,
    },
    Madvise {
        addr: u64,
        length: u64,
        advice: i32,
    },

    SchedYield,
    Getpriority {
        which: i32,
        who: i32,
    },
    Setpriority {
        which: i32,
        who: i32,
        niceval: i32,
    },
    ClockNanosleep {
        clock: i32,
        absolute: bool,
        request: UserPtr,
        remain: UserPtr,
    },
    Getitimer {
        which: i32,
        value: UserPtr,
    },
    Setitimer {
        which: i32,
        new: UserPtr,
        old: UserPtr,
    },
    Alarm {
        seconds: u32,
    },
    ClockGetres {
        clock: i32,
        res: UserPtr,
    },
    ClockGettime {
        clock: i32,
        tp: UserPtr,
    },
    Gettimeofday {
        tv: UserPtr,
    },
    Time {
        tloc: UserPtr,
    },
    Times {
        buf: UserPtr,
    },

    Getrusage {
        who: i32,
        usage: UserPtr,
    },
    Getrlimit {
        resource: Option<Resource>,
        rlim: UserPtr,
    },
    Setrlimit {
        resource: Option<Resource>,
        rlim: UserPtr,
    },
    Prlimit {
        pid: i32,
        resource: Option<Resource>,
        new: UserPtr,
        old: UserPtr,
    },
    Prctl {
        option: i32,
        args: [u64; 4],
    },
    Umask {
        mask: u32,
    },
}

/// What became of a call.
///
/// When the answer is `Done`, the value is also put into the task's registers.
#[must_use = "a blocked or ended task must not go on running"]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The call is over, with this value, or `-errno`.
    Done(i64),
    /// The caller sleeps; the call goes on when the task is run again.
    Blocked,
    /// The caller has ended; it will never run again.
    Gone,
    /// The task has no call to go on with, and returns to user space.
    Resumed,
    /// The task goes on in a signal handler.
    Caught {
        /// The value that its call gave, which waits in the frame; none where the call will be made anew, or there was
        /// none.
        value: Option<i64>,
    },
}
