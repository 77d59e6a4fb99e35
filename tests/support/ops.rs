//! Symbolic operations: every operand is "the k-th of those there are", so that every subsequence of a program is a
//! program too, and a failing one shrinks well.

use kernel_model::abi::call::{Call, CloneArgs, Outcome, UserPtr};
use kernel_model::abi::flags::{CloneFlags, MapFlags, OpenFlags, Prot};
use kernel_model::abi::ids::CpuId;
use kernel_model::abi::rlimit::Resource;
use kernel_model::abi::signal::Signal;
use kernel_model::abi::state::State;
use kernel_model::kernel::storage::Storage;
use kernel_model::syscall::decode;
use kernel_model::verbs::fault::Access;
use kernel_model::{Pid, TaskRef};
use proptest::prelude::*;

use super::{ARENA, BSS, DATA, HEAP, PAGE, Regs, STACK, TEXT, THREAD, World, program};

/// Which task a call names.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// The k-th task.
    Task(u8),
    /// The group of the k-th task, as a negative number.
    Group(u8),
    /// Itself or its group.
    Zero,
    /// All.
    MinusOne,
    /// A number that may mean nobody.
    Wild(i32),
}

/// Which address.
#[derive(Clone, Copy, Debug)]
pub struct At(pub u8, pub u16);

const PAGES: [u64; 24] = [
    BSS,
    BSS + PAGE,
    DATA,
    DATA + PAGE,
    ARENA,
    ARENA + PAGE,
    ARENA + 2 * PAGE,
    ARENA + 3 * PAGE,
    ARENA + 4 * PAGE,
    HEAP,
    HEAP + PAGE,
    HEAP + 2 * PAGE,
    STACK,
    STACK - PAGE,
    STACK - 40 * PAGE,
    TEXT,
    ARENA + 63 * PAGE,
    ARENA + 64 * PAGE,
    0x7fff_f7ff_e000,
    0x7fff_f7ff_d000,
    0,
    STACK - 3000 * PAGE,
    0x7fff_ffff_f000,
    0xffff_8000_0000_0000,
];

impl At {
    pub fn page(self) -> u64 {
        PAGES[usize::from(self.0) % PAGES.len()]
    }
    pub fn addr(self) -> u64 {
        self.page().wrapping_add(u64::from(self.1) % PAGE)
    }
    fn ptr(self) -> UserPtr {
        UserPtr(self.addr())
    }
}

/// One operation.
#[derive(Clone, Debug)]
pub enum Op {
    Fork,
    Vfork,
    Clone(u64, u8, At),
    Exit(u8),
    ExitGroup(u8),
    Wait4(Who, u32, At),
    Waitid(u8, Who, u32, At),
    Ids(u8, Who),
    Setpgid(Who, Who),
    Setsid,
    Kill(Who, u8),
    Tkill(Who, u8),
    Sigaction(u8, u8, u8, At),
    Sigprocmask(u8, u64, At),
    Sigpending(At),
    Pause,
    Read(u8, At, u32),
    Write(u8, At, u32),
    Close(u8),
    Dup(u8),
    Dup2(u8, u8),
    Dup3(u8, u8, bool),
    Pipe(At, u8),
    Fcntl(u8, u8, u8),
    Brk(u8),
    Mmap(At, u8, u8, u8),
    Munmap(At, u8),
    Mprotect(At, u8, u8),
    Madvise(At, u8, u8),
    Yield,
    Nice(u8, Who, i8),
    Sleep(u16),
    Clock(u8, At),
    Itimer(u8, u16, u16),
    Rlimit(u8, u16),
    Prctl(u8, u8, At),
    Raw(u16, [At; 6]),
    Load(At),
    Store(At, u8),
    Fetch(At),
    Resume,
    Dispatch(u8),
    Schedule(u8),
    Tick(u8, u32),
    Advance(u16),
    Exec(u8),
    Trap(u8),
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        8 => any::<u8>().prop_map(Who::Task),
        2 => any::<u8>().prop_map(Who::Group),
        2 => Just(Who::Zero),
        3 => Just(Who::MinusOne),
        1 => prop_oneof![Just(i32::MIN), Just(i32::MAX), -40..40i32].prop_map(Who::Wild),
    ]
}

fn at() -> impl Strategy<Value = At> {
    (
        prop_oneof![12 => 0u8..15, 2 => 15u8..20, 1 => 20u8..24],
        prop_oneof![2 => Just(0u16), 1 => 0u16..4096],
    )
        .prop_map(|(page, offset)| At(page, offset))
}

fn signal() -> impl Strategy<Value = u8> {
    prop_oneof![
        4 => Just(9u8), 3 => Just(19u8), 3 => Just(18u8), 2 => Just(17u8), 2 => Just(15u8), 2 => Just(20u8),
        1 => Just(0u8), 1 => Just(11u8), 1 => Just(13u8), 1 => 0u8..70,
    ]
}

fn wait_options() -> impl Strategy<Value = u32> {
    let flags = [
        1u32,
        2,
        4,
        8,
        0x0100_0000,
        0x2000_0000,
        0x4000_0000,
        0x8000_0000,
        0x10,
    ];
    prop_oneof![
        3 => Just(0u32),
        3 => Just(1u32),
        5 => proptest::collection::vec(0usize..8, 0..4).prop_map(move |set| set.iter().fold(0, |sum, at| sum | flags[*at])),
        1 => proptest::collection::vec(0usize..9, 0..4).prop_map(move |set| set.iter().fold(4, |sum, at| sum | flags[*at])),
    ]
}

fn clone_flags() -> impl Strategy<Value = u64> {
    let thread = THREAD.bits();
    let all = [
        0x100u64, 0x200, 0x400, 0x800, 0x4000, 0x8000, 0x1_0000, 0x10_0000, 0x20_0000, 0x100_0000, 0x8_0000,
    ];
    prop_oneof![
        4 => Just(thread),
        1 => Just(thread | 0x4000),
        2 => Just(0x100),
        1 => Just(0x4000),
        2 => Just(0x8000),
        4 => proptest::collection::vec(0usize..11, 0..5).prop_map(move |set| set.iter().fold(0, |sum, at| sum | all[*at])),
    ]
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![3 => 0u32..8, 2 => 1000u32..5000, 1 => 4096u32..70_000]
}

/// Any operation.
pub fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        life(),
        life(),
        memory(),
        files(),
        signals(),
        time(),
        prop_oneof![
            1 => (0u16..340, [at(), at(), at(), at(), at(), at()]).prop_map(|(nr, args)| Op::Raw(nr, args)),
            1 => (any::<u8>(), who()).prop_map(|(which, who)| Op::Ids(which, who)),
        ],
    ]
}

pub fn life() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => Just(Op::Fork),
        2 => Just(Op::Vfork),
        5 => (clone_flags(), prop_oneof![3 => Just(17u8), 1 => Just(0u8), 1 => signal()], at())
            .prop_map(|(flags, signal, at)| Op::Clone(flags, signal, at)),
        3 => any::<u8>().prop_map(Op::Exit),
        3 => any::<u8>().prop_map(Op::ExitGroup),
        6 => (who(), wait_options(), at()).prop_map(|(who, options, at)| Op::Wait4(who, options, at)),
        3 => (0u8..4, who(), wait_options(), at()).prop_map(|(ty, who, options, at)| Op::Waitid(ty, who, options, at)),
        6 => Just(Op::Resume),
        2 => (0u8..3).prop_map(Op::Exec),
        2 => (any::<u8>(), any::<u8>(), at()).prop_map(|(option, arg, at)| Op::Prctl(option, arg, at)),
    ]
}

pub fn memory() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => at().prop_map(Op::Load),
        6 => (at(), any::<u8>()).prop_map(|(at, value)| Op::Store(at, value)),
        1 => at().prop_map(Op::Fetch),
        1 => (0u8..6).prop_map(Op::Brk),
        4 => (at(), 0u8..5, any::<u8>(), any::<u8>()).prop_map(|(at, len, prot, flags)| Op::Mmap(at, len, prot, flags)),
        2 => (at(), 0u8..5).prop_map(|(at, len)| Op::Munmap(at, len)),
        3 => (at(), 0u8..5, 0u8..8).prop_map(|(at, len, prot)| Op::Mprotect(at, len, prot)),
        3 => (at(), 0u8..5, any::<u8>()).prop_map(|(at, len, advice)| Op::Madvise(at, len, advice)),
    ]
}

fn files() -> impl Strategy<Value = Op> {
    prop_oneof![
        5 => (0u8..9, at(), count()).prop_map(|(fd, at, count)| Op::Read(fd, at, count)),
        6 => (0u8..9, at(), count()).prop_map(|(fd, at, count)| Op::Write(fd, at, count)),
        3 => (0u8..9).prop_map(Op::Close),
        1 => (0u8..9).prop_map(Op::Dup),
        2 => (0u8..9, 0u8..9).prop_map(|(fd, new)| Op::Dup2(fd, new)),
        1 => (0u8..9, 0u8..9, any::<bool>()).prop_map(|(fd, new, flag)| Op::Dup3(fd, new, flag)),
        4 => (at(), 0u8..5).prop_map(|(at, flags)| Op::Pipe(at, flags)),
        2 => (0u8..9, any::<u8>(), any::<u8>()).prop_map(|(fd, cmd, arg)| Op::Fcntl(fd, cmd, arg)),
    ]
}

fn signals() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (who(), signal()).prop_map(|(who, signal)| Op::Kill(who, signal)),
        2 => (who(), signal()).prop_map(|(who, signal)| Op::Tkill(who, signal)),
        3 => (signal(), 0u8..3, any::<u8>(), at()).prop_map(|(signal, handler, flags, at)| Op::Sigaction(signal, handler, flags, at)),
        2 => (0u8..4, prop_oneof![any::<u64>(), Just(0), Just(1 << 16), Just(1 << 14 | 1 << 17)], at()).prop_map(|(how, set, at)| Op::Sigprocmask(how, set, at)),
        1 => at().prop_map(Op::Sigpending),
        1 => Just(Op::Pause),
        2 => (who(), who()).prop_map(|(pid, pgid)| Op::Setpgid(pid, pgid)),
        1 => Just(Op::Setsid),
        3 => Just(Op::Resume),
        1 => prop_oneof![Just(4u8), Just(8u8), Just(11u8)].prop_map(Op::Trap),
    ]
}

fn time() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => Just(Op::Yield),
        2 => (0u8..4, who(), any::<i8>()).prop_map(|(which, who, value)| Op::Nice(which, who, value)),
        3 => any::<u16>().prop_map(Op::Sleep),
        1 => (any::<u8>(), at()).prop_map(|(which, at)| Op::Clock(which, at)),
        3 => (any::<u8>(), any::<u16>(), any::<u16>()).prop_map(|(which, value, interval)| Op::Itimer(which, value, interval)),
        2 => (any::<u8>(), any::<u16>()).prop_map(|(which, limit)| Op::Rlimit(which, limit)),
        3 => any::<u8>().prop_map(Op::Dispatch),
        3 => any::<u8>().prop_map(Op::Schedule),
        3 => (any::<u8>(), 0u32..200_000_000).prop_map(|(cpu, ns)| Op::Tick(cpu, ns)),
        3 => any::<u16>().prop_map(Op::Advance),
    ]
}

/// An operation and the task that makes it: the k-th; the highest bit says that it does not look for signals first.
pub type Step = (u8, Op);

pub fn steps(len: usize) -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((any::<u8>(), op()), 1..len)
}

/// What a step did.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Done {
    pub task: Option<TaskRef>,
    pub call: Option<Call>,
    pub outcome: Option<Outcome>,
}

impl<S: Storage<Thread = Regs> + Clone + PartialEq> World<S> {
    /// All tasks but the idle task and kthreadd, by number; without init unless it takes part.
    pub fn actors(&self, with_init: bool) -> Vec<TaskRef> {
        let view = self.k.view();
        let mut all: Vec<_> = view.tasks.iter().map(|(task, t)| (t.pid, task)).collect();
        all.sort_by_key(|(pid, _)| *pid);
        let hidden = |pid: Pid, task: TaskRef| {
            view.tasks[task]
                .flags
                .contains(kernel_model::abi::flags::TaskFlags::PF_KTHREAD)
                || !with_init && pid == Pid::INIT
        };
        all.into_iter()
            .filter(|(pid, task)| !hidden(*pid, *task))
            .map(|(_, task)| task)
            .collect()
    }

    fn nth(&self, k: u8) -> Option<TaskRef> {
        let all = self.actors(true);
        all.get(usize::from(k) % all.len().max(1)).copied()
    }

    fn number(&self, who: Who) -> i32 {
        let view = self.k.view();
        let pid = |k| {
            self.nth(k)
                .map_or(1, |task| i32::try_from(view.tasks[task].pid.0).unwrap())
        };
        match who {
            Who::Task(k) => pid(k),
            Who::Group(k) => self.nth(k).map_or(-1, |task| {
                -i32::try_from(view.pids[view.signal(task).pgrp].nr.0).unwrap()
            }),
            Who::Zero => 0,
            Who::MinusOne => -1,
            Who::Wild(number) => number,
        }
    }

    fn poke_arg(&mut self, task: TaskRef, bytes: &[u8]) -> UserPtr {
        let at = BSS + 1024;
        match self.k.copy_to_user(task, at, bytes, &mut self.m) {
            Ok(()) => UserPtr(at),
            Err(_) => UserPtr(8),
        }
    }

    /// The call that an operation means for this task.
    #[allow(clippy::too_many_lines, reason = "a table: one row an operation")]
    fn call_of(&mut self, task: TaskRef, op: &Op) -> Option<Call> {
        let fd = i32::from;
        let mut args = [0u8; 32];
        Some(match *op {
            Op::Fork => decode::fork(),
            Op::Vfork => decode::vfork(),
            Op::Clone(flags, exit_signal, at) => Call::Clone(CloneArgs {
                flags: CloneFlags::from_bits_truncate(flags),
                exit_signal,
                stack: at.addr(),
                parent_tid: at.ptr(),
                child_tid: at.ptr(),
                tls: 7,
                ..CloneArgs::default()
            }),
            Op::Exit(status) => Call::Exit {
                status: i32::from(status),
            },
            Op::ExitGroup(status) => Call::ExitGroup {
                status: i32::from(status) << 1,
            },
            Op::Wait4(who, options, at) => Call::Wait4 {
                pid: self.number(who),
                wstatus: if at.1 == 0 { UserPtr(0) } else { at.ptr() },
                options,
                rusage: if at.1 % 3 == 1 {
                    UserPtr(BSS + 2048)
                } else {
                    UserPtr(0)
                },
            },
            Op::Waitid(idtype, who, options, at) => Call::Waitid {
                idtype: i32::from(idtype),
                id: self.number(who).wrapping_abs(),
                infop: if at.1 == 0 { UserPtr(0) } else { at.ptr() },
                options: if options & 0xe == 0 { options | 4 } else { options },
                rusage: UserPtr(0),
            },
            Op::Ids(which, who) => match which % 10 {
                0 => Call::Getpid,
                1 => Call::Getppid,
                2 => Call::Gettid,
                3 => Call::Getpgid {
                    pid: self.number(who),
                },
                4 => Call::Getsid {
                    pid: self.number(who),
                },
                5 => Call::Getuid,
                6 => Call::Getegid,
                7 => Call::SetTidAddress {
                    tidptr: UserPtr(BSS + 64),
                },
                8 => Call::Umask { mask: 0o77 },
                _ => Call::Getgid,
            },
            Op::Setpgid(pid, pgid) => Call::Setpgid {
                pid: self.number(pid),
                pgid: self.number(pgid),
            },
            Op::Setsid => Call::Setsid,
            Op::Kill(who, signal) => Call::Kill {
                pid: self.number(who),
                signal: i32::from(signal),
            },
            Op::Tkill(who, signal) => Call::Tkill {
                tid: self.number(who),
                signal: i32::from(signal),
            },
            Op::Sigaction(signal, handler, flags, at) => {
                args[0] = handler;
                args[8] = flags & 3;
                let act = self.poke_arg(task, &args);
                let oldact = if at.1 == 0 { UserPtr(0) } else { at.ptr() };
                Call::RtSigaction {
                    signal: i32::from(signal),
                    act,
                    oldact,
                    size: 8,
                }
            }
            Op::Sigprocmask(how, set, at) => {
                let set = self.poke_arg(task, &set.to_le_bytes());
                let oldset = if at.1 == 0 { UserPtr(0) } else { at.ptr() };
                Call::RtSigprocmask {
                    how: i32::from(how),
                    set,
                    oldset,
                    size: 8,
                }
            }
            Op::Sigpending(at) => Call::RtSigpending {
                set: at.ptr(),
                size: 8,
            },
            Op::Pause => Call::Pause,
            Op::Read(n, at, count) => Call::Read {
                fd: fd(n),
                buf: at.ptr(),
                count: u64::from(count),
            },
            Op::Write(n, at, count) => Call::Write {
                fd: fd(n),
                buf: at.ptr(),
                count: u64::from(count),
            },
            Op::Close(n) => Call::Close { fd: fd(n) },
            Op::Dup(n) => Call::Dup { fd: fd(n) },
            Op::Dup2(n, new) => Call::Dup2 {
                fd: fd(n),
                newfd: fd(new),
            },
            Op::Dup3(n, new, flag) => Call::Dup3 {
                fd: fd(n),
                newfd: fd(new),
                flags: if flag { 0o2_000_000 } else { 0 },
            },
            Op::Pipe(at, flags) => Call::Pipe2 {
                fds: at.ptr(),
                flags: [
                    OpenFlags::empty(),
                    OpenFlags::O_NONBLOCK,
                    OpenFlags::O_CLOEXEC,
                    OpenFlags::empty(),
                    OpenFlags::O_APPEND,
                ][usize::from(flags) % 5],
            },
            Op::Fcntl(n, cmd, arg) => Call::Fcntl {
                fd: fd(n),
                cmd: [0, 1, 2, 3, 4, 1030, 1032, 99][usize::from(cmd) % 8],
                arg: if cmd % 8 == 4 {
                    u64::from(arg & 1) * 0o4000
                } else {
                    u64::from(arg % 12)
                },
            },
            Op::Brk(pages) => Call::Brk {
                addr: HEAP + u64::from(pages) * PAGE - u64::from(pages % 2),
            },
            Op::Mmap(at, len, prot, flags) => {
                let kind = [
                    MapFlags::MAP_PRIVATE,
                    MapFlags::MAP_SHARED,
                    MapFlags::MAP_PRIVATE,
                    MapFlags::empty(),
                ][usize::from(flags) % 4];
                let place = [
                    MapFlags::MAP_FIXED,
                    MapFlags::empty(),
                    MapFlags::MAP_FIXED_NOREPLACE,
                    MapFlags::MAP_POPULATE,
                ];
                Call::Mmap {
                    addr: at.page(),
                    length: u64::from(len) * PAGE,
                    prot: Prot::from_bits_truncate([3, 3, 1, 0, 7, 2, 3, 3][usize::from(prot) % 8]),
                    flags: kind | place[usize::from(flags / 4) % 4] | MapFlags::MAP_ANONYMOUS,
                    fd: -1,
                }
            }
            Op::Munmap(at, len) => Call::Munmap {
                addr: at.page(),
                length: u64::from(len) * PAGE,
            },
            Op::Mprotect(at, len, prot) => Call::Mprotect {
                addr: at.page(),
                length: u64::from(len) * PAGE,
                prot: Prot::from_bits_truncate(prot),
            },
            Op::Madvise(at, len, advice) => Call::Madvise {
                addr: at.page(),
                length: u64::from(len) * PAGE,
                advice: [4, 10, 11, 18, 19, 0, 99][usize::from(advice) % 7],
            },
            Op::Yield => Call::SchedYield,
            Op::Nice(which, who, value) => {
                let (which, who) = (i32::from(which), self.number(who));
                if value % 2 == 0 {
                    Call::Setpriority {
                        which,
                        who,
                        niceval: i32::from(value),
                    }
                } else {
                    Call::Getpriority { which, who }
                }
            }
            Op::Sleep(ms) => {
                args[..8].copy_from_slice(&u64::from(ms % 7).to_le_bytes());
                args[8..16].copy_from_slice(&(u64::from(ms) * 20_000).to_le_bytes());
                let request = self.poke_arg(task, &args[..16]);
                // Of processor time: of the own process, and of process 3.
                let clock = [1, 0, 7, 9, 2, !3 << 3 | 2][usize::from(ms % 6)];
                Call::ClockNanosleep {
                    clock,
                    absolute: ms % 5 == 0,
                    request,
                    remain: UserPtr(0),
                }
            }
            Op::Clock(which, at) => match which % 5 {
                0 => Call::ClockGettime {
                    clock: i32::from(which % 9),
                    tp: at.ptr(),
                },
                1 => Call::Gettimeofday { tv: at.ptr() },
                2 => Call::Time { tloc: at.ptr() },
                3 => Call::Times { buf: at.ptr() },
                _ => Call::Getrusage {
                    who: i32::from(which % 4) - 1,
                    usage: at.ptr(),
                },
            },
            Op::Itimer(which, value, interval) => match which % 8 {
                0 => Call::Alarm {
                    seconds: u32::from(value % 3),
                },
                1 => Call::Getitimer {
                    which: i32::from(value % 4),
                    value: UserPtr(BSS + 512),
                },
                which => {
                    let microseconds = |number: u16| u64::from(number) * 16;
                    args[8..16].copy_from_slice(&microseconds(interval % 4 * 2048).to_le_bytes());
                    args[24..32].copy_from_slice(&microseconds(value).to_le_bytes());
                    Call::Setitimer {
                        which: i32::from(which % 4),
                        new: self.poke_arg(task, &args),
                        old: UserPtr(0),
                    }
                }
            },
            Op::Rlimit(which, limit) => {
                let resource = [
                    Resource::Nofile,
                    Resource::Stack,
                    Resource::Data,
                    Resource::As,
                    Resource::Core,
                    Resource::Nproc,
                    Resource::Cpu,
                ][usize::from(which) % 7];
                let cur = match resource {
                    Resource::Nofile => u64::from(limit % 12),
                    Resource::Cpu => u64::from(limit % 2),
                    _ => u64::from(limit) * PAGE,
                };
                args[..8].copy_from_slice(&cur.to_le_bytes());
                args[8..16].copy_from_slice(&(cur + 4096).to_le_bytes());
                let new = self.poke_arg(task, &args[..16]);
                Call::Prlimit {
                    pid: 0,
                    resource: Some(resource),
                    new,
                    old: UserPtr(0),
                }
            }
            Op::Prctl(option, arg, at) => {
                let option =
                    [1, 2, 15, 16, 36, 37, 99, 3, 4, 7, 8, 23, 24, 38, 39, 28][usize::from(option) % 16];
                let arg2 = if matches!(option, 1 | 3..=8 | 23..=36 | 38 | 39) {
                    u64::from(arg % 70)
                } else {
                    at.addr()
                };
                Call::Prctl {
                    option,
                    args: [arg2, 0, 0, 0],
                }
            }
            Op::Raw(nr, args) => {
                let word = |at: At| match at.1 % 4 {
                    0 => u64::from(at.0 % 12),
                    1 => at.addr(),
                    2 => u64::from(at.1),
                    _ => u64::MAX - u64::from(at.0),
                };
                return decode::decode(u64::from(nr), args.map(word)).ok();
            }
            _ => return None,
        })
    }

    /// Chooses who makes a step, and what it comes to; nothing for steps that are no call. A task with signals
    /// takes them first, unless it is rude.
    pub fn prepare(&mut self, step: &Step, with_init: bool) -> (Option<TaskRef>, Option<Call>) {
        let actors = self.actors(with_init);
        let Some(task) = actors
            .get(usize::from(step.0 & 0x7f) % actors.len().max(1))
            .copied()
        else {
            return (Some(self.init), Some(decode::fork()));
        };
        let rude = step.0 & 0x80 != 0 && step.0 & 0x60 == 0;
        let call = self.call_of(task, &step.1);
        if call.is_some() && !rude && self.k.has_work(task) {
            let _ = self.k.resume(task, &mut self.m);
        }
        (Some(task), call)
    }

    /// Makes one step.
    pub fn step(&mut self, step: &Step, with_init: bool) -> Done {
        let (task, call) = self.prepare(step, with_init);
        self.perform(step, task, call)
    }

    /// Makes a step that has been prepared.
    pub fn perform(&mut self, step: &Step, task: Option<TaskRef>, call: Option<Call>) -> Done {
        let cpu = |n: u8| CpuId(n % self.k.cpus());
        let mut done = Done {
            task,
            call,
            outcome: None,
        };
        let Some(at) = task else { return done };
        if let Some(call) = call {
            if self.k.view().tasks.get(at).is_some() {
                done.outcome = Some(self.k.syscall(at, call, &mut self.m));
            }
            return done;
        }
        match step.1 {
            Op::Load(addr) => self.touch(at, addr, Access::Read, 0),
            Op::Store(addr, value) => self.touch(at, addr, Access::Write, value),
            Op::Fetch(addr) => self.touch(at, addr, Access::Exec, 0),
            Op::Resume => done.outcome = Some(self.k.resume(at, &mut self.m)),
            Op::Dispatch(n) => self.k.dispatch(cpu(n), at, &mut self.m),
            Op::Schedule(n) => {
                let _ = self.k.schedule(cpu(n), &mut self.m);
            }
            Op::Tick(n, ns) => self.k.tick(cpu(n), u64::from(ns), &mut self.m),
            Op::Advance(ms) => {
                let now = self.k.now() + u64::from(ms) * 100_000;
                self.k.advance(now, &mut self.m);
            }
            Op::Exec(image) => {
                done.outcome = Some(self.k.exec(at, &program(u32::from(image)), &mut self.m));
            }
            Op::Trap(signal) => {
                if let Some(signal) = Signal::new(u64::from(signal)) {
                    self.k.trap(at, signal, 1, 0, &mut self.m);
                }
            }
            _ => {}
        }
        done
    }

    fn touch(&mut self, task: TaskRef, at: At, access: Access, value: u8) {
        // Only a task that runs executes instructions.
        let view = self.k.view();
        let runs = view
            .tasks
            .get(task)
            .is_some_and(|t| t.state() == State::Running && t.parked.is_none());
        if !runs {
            return;
        }
        let (addr, m) = (at.addr(), &mut self.m);
        let frame = match self.k.translate(task, addr, access) {
            Some(mapped) => Some(mapped.frame),
            None => self
                .k
                .page_fault(task, addr, access, m)
                .ok()
                .map(|mapped| mapped.frame),
        };
        if let (Some(frame), Access::Write) = (frame, access) {
            self.m.frame(frame)[usize::try_from(addr % PAGE).unwrap()] = value;
        }
    }
}
