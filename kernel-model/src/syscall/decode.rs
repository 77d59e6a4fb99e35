//! From a call number and six words to a [`Call`], for x86-64.

use crate::abi::call::{Call, CloneArgs, IdChange, IdKind, UserPtr};
use crate::abi::errno::{Errno, Result};
use crate::abi::flags::{CloneFlags, MapFlags, OpenFlags, Prot};
use crate::abi::rlimit::Resource;
use crate::abi::signal::Signal;

/// The lower half of a word as the `int` that the call takes: the upper half is ignored, as the C library leaves it
/// undefined.
const fn int(word: u64) -> i32 {
    uint(word).cast_signed()
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the upper half of the word is not part of the argument"
)]
const fn uint(word: u64) -> u32 {
    word as u32
}

/// fork as a clone.
#[must_use]
pub fn fork() -> Call {
    Call::Clone(CloneArgs {
        exit_signal: Signal::SIGCHLD.number(),
        ..CloneArgs::default()
    })
}

/// vfork as a clone.
#[must_use]
pub fn vfork() -> Call {
    let flags = CloneFlags::CLONE_VFORK | CloneFlags::CLONE_VM;
    Call::Clone(CloneArgs {
        flags,
        exit_signal: Signal::SIGCHLD.number(),
        ..CloneArgs::default()
    })
}

/// clone(2) as x86-64 passes it. Flags for namespaces and cgroups are EINVAL, as on a kernel built without them. The
/// descriptor of CLONE_PIDFD goes where CLONE_PARENT_SETTID would store.
fn clone([flags, stack, parent_tid, child_tid, tls, _]: [u64; 6]) -> Result<Call> {
    let bits = u64::from(uint(flags));
    let known = CloneFlags::from_bits(bits & !0xff).ok_or(Errno::EINVAL)?;
    let exit_signal = u8::try_from(bits & 0xff).unwrap_or(0);
    let (parent_tid, child_tid) = (UserPtr(parent_tid), UserPtr(child_tid));
    Ok(Call::Clone(CloneArgs {
        flags: known,
        exit_signal,
        stack,
        parent_tid,
        child_tid,
        tls,
        pidfd: parent_tid,
        set_tid: None,
    }))
}

fn mmap([addr, length, prot, flags, fd, offset]: [u64; 6]) -> Result<Call> {
    if !offset.is_multiple_of(4096) {
        return Err(Errno::EINVAL);
    }
    let prot = Prot::from_bits_truncate(u8::try_from(prot & 7).unwrap_or(0));
    let flags = MapFlags::from_bits_truncate(uint(flags));
    Ok(Call::Mmap {
        addr,
        length,
        prot,
        flags,
        fd: int(fd),
    })
}

fn mprotect([addr, length, prot, ..]: [u64; 6]) -> Result<Call> {
    // Bits that are no protection are EINVAL here, though mmap ignores them. PROT_GROWSDOWN is not modelled.
    let known = u8::try_from(prot).ok().and_then(Prot::from_bits);
    // The range is looked at first.
    let end = length
        .checked_next_multiple_of(4096)
        .and_then(|length| addr.checked_add(length));
    let prot = match known {
        Some(prot) => prot,
        None if addr.is_multiple_of(4096) && length == 0 => Prot::empty(),
        None if addr.is_multiple_of(4096) && end.is_none() => return Err(Errno::ENOMEM),
        None => return Err(Errno::EINVAL),
    };
    Ok(Call::Mprotect { addr, length, prot })
}

/// Decodes a call.
///
/// # Errors
/// - ENOSYS: no such call, or none that the model has.
/// - EINVAL: flags that the model does not have.
#[allow(clippy::too_many_lines, reason = "a table: one row a call")]
pub fn decode(nr: u64, args: [u64; 6]) -> Result<Call> {
    let [a, b, c, d, e, f] = args;
    let (pa, pb, pc, pd) = (UserPtr(a), UserPtr(b), UserPtr(c), UserPtr(d));
    Ok(match nr {
        0 => Call::Read {
            fd: int(a),
            buf: pb,
            count: c,
        },
        1 => Call::Write {
            fd: int(a),
            buf: pb,
            count: c,
        },
        2 => Call::Open {
            path: pa,
            flags: uint(b),
        },
        3 => Call::Close { fd: int(a) },
        5 => Call::Fstat {
            fd: int(a),
            statbuf: pb,
        },
        7 => Call::Poll {
            fds: pa,
            nfds: uint(b),
            timeout: int(c),
        },
        8 => Call::Lseek { fd: int(a) },
        9 => return mmap(args),
        10 => return mprotect(args),
        11 => Call::Munmap { addr: a, length: b },
        12 => Call::Brk { addr: a },
        13 => Call::RtSigaction {
            signal: int(a),
            act: pb,
            oldact: pc,
            size: d,
        },
        14 => Call::RtSigprocmask {
            how: int(a),
            set: pb,
            oldset: pc,
            size: d,
        },
        15 => Call::RtSigreturn,
        16 => Call::Ioctl {
            fd: int(a),
            request: uint(b),
            arg: pc,
        },
        22 => Call::Pipe2 {
            fds: pa,
            flags: OpenFlags::empty(),
        },
        24 => Call::SchedYield,
        28 => Call::Madvise {
            addr: a,
            length: b,
            advice: int(c),
        },
        32 => Call::Dup { fd: int(a) },
        33 => Call::Dup2 {
            fd: int(a),
            newfd: int(b),
        },
        34 => Call::Pause,
        35 => Call::ClockNanosleep {
            clock: 1,
            absolute: false,
            request: pa,
            remain: pb,
        },
        36 => Call::Getitimer {
            which: int(a),
            value: pb,
        },
        37 => Call::Alarm { seconds: uint(a) },
        38 => Call::Setitimer {
            which: int(a),
            new: pb,
            old: pc,
        },
        39 => Call::Getpid,
        56 => return clone(args),
        57 => fork(),
        58 => vfork(),
        60 => Call::Exit { status: int(a) },
        61 => Call::Wait4 {
            pid: int(a),
            wstatus: pb,
            options: uint(c),
            rusage: pd,
        },
        62 => Call::Kill {
            pid: int(a),
            signal: int(b),
        },
        72 => Call::Fcntl {
            fd: int(a),
            cmd: uint(b),
            arg: c,
        },
        95 => Call::Umask { mask: uint(a) },
        96 => Call::Gettimeofday { tv: pa },
        97 => Call::Getrlimit {
            resource: Resource::new(u64::from(uint(a))),
            rlim: pb,
        },
        98 => Call::Getrusage {
            who: int(a),
            usage: pb,
        },
        100 => Call::Times { buf: pa },
        102 => Call::Getuid,
        104 => Call::Getgid,
        107 => Call::Geteuid,
        108 => Call::Getegid,
        109 => Call::Setpgid {
            pid: int(a),
            pgid: int(b),
        },
        110 => Call::Getppid,
        111 => Call::Getpgid { pid: 0 },
        112 => Call::Setsid,
        121 => Call::Getpgid { pid: int(a) },
        124 => Call::Getsid { pid: int(a) },
        127 => Call::RtSigpending { set: pa, size: b },
        128 => Call::RtSigtimedwait {
            set: pa,
            info: pb,
            timeout: pc,
            size: d,
        },
        129 => Call::RtSigqueueinfo {
            tgid: int(a),
            signal: int(b),
            info: pc,
        },
        130 => Call::RtSigsuspend { mask: pa, size: b },
        131 => Call::Sigaltstack { ss: pa, old: pb },
        140 => Call::Getpriority {
            which: int(a),
            who: int(b),
        },
        141 => Call::Setpriority {
            which: int(a),
            who: int(b),
            niceval: int(c),
        },
        157 => Call::Prctl {
            option: int(a),
            args: [b, c, d, e],
        },
        160 => Call::Setrlimit {
            resource: Resource::new(u64::from(uint(a))),
            rlim: pb,
        },
        186 => Call::Gettid,
        200 => Call::Tkill {
            tid: int(a),
            signal: int(b),
        },
        201 => Call::Time { tloc: pa },
        202 => Call::Futex {
            uaddr: pa,
            futex_op: uint(b),
            val: uint(c),
            timeout: d,
            uaddr2: UserPtr(e),
            val3: uint(f),
        },
        218 => Call::SetTidAddress { tidptr: pa },
        219 => Call::RestartSyscall,
        228 => Call::ClockGettime {
            clock: int(a),
            tp: pb,
        },
        229 => Call::ClockGetres {
            clock: int(a),
            res: pb,
        },
        230 => Call::ClockNanosleep {
            clock: int(a),
            absolute: b & 1 == 1,
            request: pc,
            remain: pd,
        },
        231 => Call::ExitGroup { status: int(a) },
        234 => Call::Tgkill {
            tgid: int(a),
            tid: int(b),
            signal: int(c),
        },
        247 => Call::Waitid {
            idtype: int(a),
            id: int(b),
            infop: pc,
            options: uint(d),
            rusage: UserPtr(e),
        },
        // There are no relative paths, so that the folder does not matter.
        257 => Call::Open {
            path: pb,
            flags: uint(c),
        },
        273 => Call::SetRobustList { head: pa, len: b },
        274 => Call::GetRobustList {
            pid: int(a),
            head_ptr: pb,
            len_ptr: pc,
        },
        282 => Call::Signalfd {
            fd: int(a),
            mask: pb,
            size: c,
            flags: 0,
        },
        289 => Call::Signalfd {
            fd: int(a),
            mask: pb,
            size: c,
            flags: uint(d),
        },
        292 => Call::Dup3 {
            fd: int(a),
            newfd: int(b),
            flags: uint(c),
        },
        293 => Call::Pipe2 {
            fds: pa,
            flags: OpenFlags::from_bits(uint(b)).ok_or(Errno::EINVAL)?,
        },
        297 => Call::RtTgsigqueueinfo {
            tgid: int(a),
            tid: int(b),
            signal: int(c),
            info: pd,
        },
        302 => Call::Prlimit {
            pid: int(a),
            resource: Resource::new(u64::from(uint(b))),
            new: pc,
            old: pd,
        },
        424 => Call::PidfdSendSignal {
            pidfd: int(a),
            signal: int(b),
            info: pc,
            flags: uint(d),
        },
        434 => Call::PidfdOpen {
            pid: int(a),
            flags: uint(b),
        },
        435 => Call::Clone3 { uargs: pa, size: b },
        438 => Call::PidfdGetfd {
            pidfd: int(a),
            targetfd: int(b),
            flags: uint(c),
        },
        _ => return credentials(nr, args).ok_or(Errno::ENOSYS),
    })
}

/// The calls about users, groups and capabilities.
fn credentials(nr: u64, [a, b, c, ..]: [u64; 6]) -> Option<Call> {
    let (one, two) = (IdChange::One(uint(a)), IdChange::Two(uint(a), uint(b)));
    let three = IdChange::Three(uint(a), uint(b), uint(c));
    let set = |of, change| Call::Setids { of, change };
    let to = [a, b, c].map(UserPtr);
    Some(match nr {
        105 => set(IdKind::Users, one),
        106 => set(IdKind::Groups, one),
        113 => set(IdKind::Users, two),
        114 => set(IdKind::Groups, two),
        115 => Call::Getgroups {
            size: int(a),
            list: UserPtr(b),
        },
        116 => Call::Setgroups {
            size: uint(a),
            list: UserPtr(b),
        },
        117 => set(IdKind::Users, three),
        118 => Call::Getresids {
            of: IdKind::Users,
            to,
        },
        119 => set(IdKind::Groups, three),
        120 => Call::Getresids {
            of: IdKind::Groups,
            to,
        },
        122 => Call::Setfsid {
            of: IdKind::Users,
            id: uint(a),
        },
        123 => Call::Setfsid {
            of: IdKind::Groups,
            id: uint(a),
        },
        125 => Call::Capget {
            header: UserPtr(a),
            data: UserPtr(b),
        },
        126 => Call::Capset {
            header: UserPtr(a),
            data: UserPtr(b),
        },
        _ => return None,
    })
}
