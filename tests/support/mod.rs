//! What the tests of the model share: memory with real bytes, a tiny program, and the few steps that every test
//! makes.
#![allow(dead_code, unreachable_pub, reason = "each test uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::collections::BTreeMap;

use kernel_model::abi::call::{Call, CloneArgs, Outcome, UserPtr};
use kernel_model::abi::effect::{Board, Effect};
use kernel_model::abi::errno::Errno;
use kernel_model::abi::flags::{CloneFlags, Prot, WaitOptions};
use kernel_model::abi::ids::{FrameNo, ImageId, MmRef, PhysAddr};
use kernel_model::abi::state::State;
use kernel_model::abi::wait::WaitStatus;
use kernel_model::kernel::storage::{Boxed, Capacity, Storage};
use kernel_model::kernel::{Config, Detail, Kernel};
use kernel_model::objects::mm::VmaKind;
use kernel_model::objects::task::Comm;
use kernel_model::syscall::decode;
use kernel_model::verbs::exec::{Program, Segment};
use kernel_model::verbs::fault::{Access, BadAccess, Mapped, translate};
use kernel_model::{Pid, TaskRef};

pub mod ops;
mod regs;

pub use regs::Regs;

pub const PAGE: u64 = 4096;
/// The program's text, r-x.
pub const TEXT: u64 = 0x40_0000;
/// Two pages of initialised variables, rw-.
pub const DATA: u64 = 0x40_2000;
/// Two pages of other variables, rw-.
pub const BSS: u64 = 0x40_4000;
/// Where the heap begins.
pub const HEAP: u64 = 0x40_6000;
/// A few pages for mmap.
pub const ARENA: u64 = 0x1000_0000;
/// The highest page of the stack.
pub const STACK: u64 = 0x7fff_ffff_e000;

/// A byte of a page of a program.
pub fn image_byte(image: ImageId, page: u64, offset: u64) -> u8 {
    let mixed = page
        .wrapping_mul(31)
        .wrapping_add(offset)
        .wrapping_add(u64::from(image.0) * 7);
    mixed.to_le_bytes()[0]
}

/// Physical memory that does what it is told, a processor's cached translations, and everything it was told.
#[derive(Clone, PartialEq, Debug)]
pub struct Memory {
    pub frames: BTreeMap<u32, Vec<u8>>,
    pub tlb: BTreeMap<(u64, u64), (MmRef, Mapped)>,
    pub log: Vec<Effect>,
    pub console: Vec<u8>,
}

fn key(mm: MmRef) -> u64 {
    // The Debug form of a handle is "#index.generation".
    let text = format!("{mm:?}");
    let (index, generation) = text.trim_start_matches('#').split_once('.').unwrap();
    index.parse::<u64>().unwrap() << 32 | generation.parse::<u64>().unwrap()
}

impl Memory {
    pub fn new() -> Memory {
        let frames = BTreeMap::from([(0, vec![0; 4096])]);
        Memory {
            frames,
            tlb: BTreeMap::new(),
            log: Vec::new(),
            console: Vec::new(),
        }
    }

    fn frame(&mut self, frame: FrameNo) -> &mut Vec<u8> {
        // What no order has filled is rubbish, so that a forgotten order shows.
        self.frames.entry(frame.0).or_insert_with(|| vec![0xa5; 4096])
    }

    pub fn byte(&self, frame: FrameNo, offset: u64) -> u8 {
        self.frames
            .get(&frame.0)
            .map_or(0xa5, |bytes| bytes[usize::try_from(offset).unwrap()])
    }

    /// What was told since the last time.
    pub fn take_log(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.log)
    }
}

fn span(at: PhysAddr, len: usize) -> std::ops::Range<usize> {
    let start = usize::from(at.offset);
    assert!(
        start + len <= 4096,
        "{at:?} and {len} bytes cross the frame's end"
    );
    start..start + len
}

impl Board for Memory {
    fn emit(&mut self, effect: Effect) {
        match effect {
            Effect::ZeroFrame { frame } => {
                assert_ne!(frame, FrameNo::ZERO_PAGE);
                self.frame(frame).fill(0);
            }
            Effect::CopyFrame { from, to } => {
                assert_ne!(to, FrameNo::ZERO_PAGE);
                let bytes = self.frame(from).clone();
                *self.frame(to) = bytes;
            }
            Effect::FillFrame { frame, image, page } => {
                let bytes = (0..PAGE).map(|offset| image_byte(image, page, offset)).collect();
                *self.frame(frame) = bytes;
            }
            Effect::CopyBytes { from, to, len } => {
                assert_ne!(to.frame, FrameNo::ZERO_PAGE);
                let bytes = self.frame(from.frame)[span(from, len.into())].to_vec();
                self.frame(to.frame)[span(to, len.into())].copy_from_slice(&bytes);
            }
            Effect::Store { to, bytes, len } => {
                assert_ne!(to.frame, FrameNo::ZERO_PAGE);
                self.frame(to.frame)[span(to, len.into())].copy_from_slice(&bytes[..usize::from(len)]);
            }
            Effect::ConsoleWrite { from, len, .. } => {
                let bytes = self.frame(from.frame)[span(from, len.into())].to_vec();
                self.console.extend(bytes);
            }
            Effect::MapPage {
                mm,
                addr,
                frame,
                writable,
                executable,
            } => {
                let mapped = Mapped {
                    frame,
                    writable,
                    executable,
                };
                self.tlb.insert((key(mm), addr / PAGE), (mm, mapped));
            }
            Effect::FlushTlb { mm, start, end } => {
                self.tlb
                    .retain(|(of, page), _| *of != key(mm) || page * PAGE < start || page * PAGE >= end);
            }
            Effect::DropMm { mm } => self.tlb.retain(|(of, _), _| *of != key(mm)),
            _ => {}
        }
        self.log.push(effect);
    }

    fn load(&self, from: PhysAddr, into: &mut [u8]) {
        let span = span(from, into.len());
        match self.frames.get(&from.frame.0) {
            Some(bytes) => into.copy_from_slice(&bytes[span]),
            None => into.fill(0xa5),
        }
    }
}

const SEGMENTS: [Segment; 3] = [
    Segment {
        start: TEXT,
        end: TEXT + PAGE,
        prot: Prot::READ.union(Prot::EXEC),
        kind: VmaKind::Text,
        file: true,
    },
    Segment {
        start: DATA,
        end: DATA + 2 * PAGE,
        prot: Prot::READ.union(Prot::WRITE),
        kind: VmaKind::Data,
        file: true,
    },
    Segment {
        start: BSS,
        end: BSS + 2 * PAGE,
        prot: Prot::READ.union(Prot::WRITE),
        kind: VmaKind::Bss,
        file: false,
    },
];

/// A tiny program, by number.
pub fn program(image: u32) -> Program<'static> {
    let names: [&[u8]; 3] = [b"init", b"one", b"two"];
    Program {
        image: ImageId(image),
        comm: Comm::new(names[image as usize % 3]),
        segments: &SEGMENTS,
        brk: HEAP,
        entry: TEXT,
    }
}

/// A kernel over boxed slices.
pub type Big = Kernel<Boxed<Regs>>;

/// A kernel in which init runs its program.
pub struct World<S> {
    pub k: Kernel<S>,
    pub m: Memory,
    pub init: TaskRef,
}

impl<S: Clone> Clone for World<S> {
    fn clone(&self) -> Self {
        World {
            k: self.k.clone(),
            m: self.m.clone(),
            init: self.init,
        }
    }
}

/// A roomy kernel, for tests about rules and not about limits.
pub fn roomy() -> World<Boxed<Regs>> {
    boot(
        Boxed::new(&Capacity::for_tasks(32)),
        &Config {
            kthreadd: false,
            ..Config::default()
        },
    )
}

/// Boots, and lets init execute its program.
pub fn boot<S: Storage<Thread = Regs> + Clone + PartialEq>(storage: S, config: &Config) -> World<S> {
    let mut m = Memory::new();
    let mut k = Kernel::boot(storage, config, &mut m).unwrap();
    let init = k.find(Pid::INIT).unwrap();
    assert_eq!(k.exec(init, &program(0), &mut m), Outcome::Done(0));
    let mut world = World { k, m, init };
    world.audit();
    world
}

/// fork, with these flags and this exit signal.
pub fn clone_call(flags: CloneFlags, exit_signal: u8) -> Call {
    Call::Clone(CloneArgs {
        flags,
        exit_signal,
        ..CloneArgs::default()
    })
}

/// The flags of a thread.
pub const THREAD: CloneFlags = CloneFlags::CLONE_VM
    .union(CloneFlags::CLONE_SIGHAND)
    .union(CloneFlags::CLONE_THREAD)
    .union(CloneFlags::CLONE_FILES)
    .union(CloneFlags::CLONE_FS);

/// wait4 for a pid, storing the status word at the start of .bss.
pub fn wait4(pid: i32, options: WaitOptions) -> Call {
    Call::Wait4 {
        pid,
        wstatus: UserPtr(BSS),
        options: options.bits(),
        rusage: UserPtr(0),
    }
}

pub fn kill(pid: i32, signal: i32) -> Call {
    Call::Kill { pid, signal }
}

pub fn exit_group(status: i32) -> Call {
    Call::ExitGroup { status }
}

pub fn fail(errno: Errno) -> Outcome {
    Outcome::Done(errno.to_return_value())
}

impl<S: Storage<Thread = Regs> + Clone + PartialEq> World<S> {
    #[track_caller]
    pub fn audit(&mut self) {
        if let Err(violation) = self.k.audit() {
            panic!("{violation}");
        }
    }

    /// The task with this number.
    #[track_caller]
    pub fn task(&self, pid: u32) -> TaskRef {
        match self.k.find(Pid(pid)) {
            Some(task) => task,
            None => panic!("there is no task {pid}"),
        }
    }

    /// A call of a task, audited.
    #[track_caller]
    pub fn call(&mut self, pid: u32, call: Call) -> Outcome {
        let task = self.task(pid);
        let outcome = self.k.syscall(task, call, &mut self.m);
        self.audit();
        outcome
    }

    /// A call that succeeds; its value.
    #[track_caller]
    pub fn ok(&mut self, pid: u32, call: Call) -> i64 {
        match self.call(pid, call) {
            Outcome::Done(value) if value >= 0 => value,
            other => panic!("{call:?} of {pid} gave {other:?}"),
        }
    }

    /// A call that fails, with this errno.
    #[track_caller]
    pub fn fails(&mut self, pid: u32, call: Call, errno: Errno) {
        assert_eq!(self.call(pid, call), fail(errno), "{call:?} of {pid}");
    }

    /// A call that sleeps.
    #[track_caller]
    pub fn blocks(&mut self, pid: u32, call: Call) {
        assert_eq!(self.call(pid, call), Outcome::Blocked, "{call:?} of {pid}");
    }

    /// fork; the child's number.
    #[track_caller]
    pub fn fork(&mut self, pid: u32) -> u32 {
        u32::try_from(self.ok(pid, decode::fork())).unwrap()
    }

    /// A further thread; its number.
    #[track_caller]
    pub fn thread(&mut self, pid: u32) -> u32 {
        u32::try_from(self.ok(pid, clone_call(THREAD, 0))).unwrap()
    }

    /// exit_group.
    #[track_caller]
    pub fn exit(&mut self, pid: u32, status: i32) {
        assert_eq!(self.call(pid, exit_group(status)), Outcome::Gone);
    }

    /// The task goes on with what it sleeps in.
    #[track_caller]
    pub fn resume(&mut self, pid: u32) -> Outcome {
        let task = self.task(pid);
        let outcome = self.k.resume(task, &mut self.m);
        self.audit();
        outcome
    }

    pub fn state(&self, pid: u32) -> State {
        self.k.view().tasks[self.task(pid)].state()
    }

    /// The letter of the task; '-' if there is none.
    pub fn letter(&self, pid: u32) -> char {
        match self.k.find(Pid(pid)) {
            Some(task) => self.k.view().tasks[task].state().letter(),
            None => '-',
        }
    }

    pub fn ppid(&self, pid: u32) -> u32 {
        let view = self.k.view();
        view.tasks[view.tasks[self.task(pid)].real_parent].tgid.0
    }

    /// The children in their order.
    pub fn children(&self, pid: u32) -> Vec<u32> {
        let view = self.k.view();
        view.children(self.task(pid))
            .map(|child| view.tasks[child].pid.0)
            .collect()
    }

    /// A byte as the program reads it.
    #[track_caller]
    pub fn read(&mut self, pid: u32, addr: u64) -> u8 {
        match self.try_access(pid, addr, Access::Read) {
            Ok(frame) => self.m.byte(frame, addr % PAGE),
            Err(bad) => panic!("{pid} cannot read {addr:#x}: {bad:?}"),
        }
    }

    /// The program writes a byte.
    #[track_caller]
    pub fn write(&mut self, pid: u32, addr: u64, value: u8) {
        match self.try_access(pid, addr, Access::Write) {
            Ok(frame) => self.m.frame(frame)[usize::try_from(addr % PAGE).unwrap()] = value,
            Err(bad) => panic!("{pid} cannot write {addr:#x}: {bad:?}"),
        }
    }

    /// An access as the processor makes it: through the page table, with a page fault if need be.
    pub fn try_access(&mut self, pid: u32, addr: u64, access: Access) -> Result<FrameNo, BadAccess> {
        let task = self.task(pid);
        if let Some(mapped) = self.k.translate(task, addr, access) {
            return Ok(mapped.frame);
        }
        let mapped = self.k.page_fault(task, addr, access, &mut self.m);
        if let Err(violation) = self.k.audit() {
            panic!("{violation}");
        }
        mapped.map(|mapped| mapped.frame)
    }

    /// Where the page lies, if it is there.
    pub fn frame_of(&self, pid: u32, addr: u64) -> Option<FrameNo> {
        self.k
            .translate(self.task(pid), addr, Access::Read)
            .map(|mapped| mapped.frame)
    }

    /// The status word that the last wait stored.
    #[track_caller]
    pub fn status(&mut self, pid: u32) -> WaitStatus {
        let bytes: Vec<u8> = (0..4).map(|at| self.read(pid, BSS + at)).collect();
        let word = i32::from_le_bytes(bytes.try_into().unwrap());
        WaitStatus::from_word(word).unwrap()
    }

    /// Puts bytes into a program's memory.
    #[track_caller]
    pub fn poke(&mut self, pid: u32, addr: u64, bytes: &[u8]) {
        let task = self.task(pid);
        self.k.copy_to_user(task, addr, bytes, &mut self.m).unwrap();
    }

    /// rt_sigaction for SIG_DFL (0) or SIG_IGN (1), with flags.
    #[track_caller]
    pub fn sigaction(&mut self, pid: u32, signal: i32, handler: u64, flags: u64) {
        let mut act = [0; 32];
        act[..8].copy_from_slice(&handler.to_le_bytes());
        act[8..16].copy_from_slice(&flags.to_le_bytes());
        self.poke(pid, BSS + 256, &act);
        let (act, oldact) = (UserPtr(BSS + 256), UserPtr(0));
        self.ok(
            pid,
            Call::RtSigaction {
                signal,
                act,
                oldact,
                size: 8,
            },
        );
    }

    /// Sets the signal mask.
    #[track_caller]
    pub fn mask(&mut self, pid: u32, set: u64) {
        self.poke(pid, BSS + 256, &set.to_le_bytes());
        let (set, oldset) = (UserPtr(BSS + 256), UserPtr(0));
        self.ok(
            pid,
            Call::RtSigprocmask {
                how: 2,
                set,
                oldset,
                size: 8,
            },
        );
    }

    /// Sets a limit of a process.
    #[track_caller]
    pub fn limit(&mut self, pid: u32, resource: kernel_model::abi::rlimit::Resource, cur: u64, max: u64) {
        self.poke(pid, BSS + 256, &[cur.to_le_bytes(), max.to_le_bytes()].concat());
        let call = Call::Prlimit {
            pid: 0,
            resource: Some(resource),
            new: UserPtr(BSS + 256),
            old: UserPtr(0),
        };
        self.ok(pid, call);
    }

    /// The pipe of a process: its read and write descriptor.
    #[track_caller]
    pub fn pipe(&mut self, pid: u32, flags: kernel_model::abi::flags::OpenFlags) -> (i32, i32) {
        self.ok(
            pid,
            Call::Pipe2 {
                fds: UserPtr(BSS + 512),
                flags,
            },
        );
        (
            i32::from(self.read(pid, BSS + 512)),
            i32::from(self.read(pid, BSS + 516)),
        )
    }

    /// No cached translation says what the page table does not: what a processor may keep is true.
    #[track_caller]
    pub fn check_tlb(&self) {
        let view = self.k.view();
        for ((_, page), (mm, kept)) in &self.m.tlb {
            let mm = view
                .mms
                .get(*mm)
                .expect("no translation of an address space that is gone");
            let known = translate(mm, view.vmas, view.tables, page * PAGE, Access::Read);
            let same = known.is_some_and(|known| {
                let more = (known.writable || !kept.writable) && (known.executable || !kept.executable);
                known.frame == kept.frame && more
            });
            assert!(same, "page {page:#x}: cached {kept:?}, in the table {known:?}");
        }
    }

    /// The number of the state.
    pub fn fingerprint(&self) -> u128 {
        let mut scratch = vec![0; self.k.fingerprint_words()];
        let contents = |frame: FrameNo, _, _| {
            let bytes = self.m.frames.get(&frame.0);
            bytes.map_or(0, |bytes| {
                bytes.iter().enumerate().fold(1u64, |sum, (at, byte)| {
                    sum.wrapping_mul(31)
                        .wrapping_add(u64::from(*byte) * (at as u64 + 1))
                })
            })
        };
        self.k
            .fingerprint(Detail::Whole, &contents, &mut scratch)
            .unwrap()
    }

    /// All that a program or `/proc` can see of the tasks.
    pub fn visible(&self) -> String {
        let mut text = String::new();
        for row in self.k.ps() {
            let (stat, status) = (self.k.stat(row.tid).unwrap(), self.k.status(row.tid).unwrap());
            text += &format!("{row} {:?} {:?}\n{stat}\n{status}\n", row.tid, row.textbook);
        }
        text
    }
}
