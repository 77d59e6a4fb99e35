//! What happens on the kernel, told line by line: the same lines on every machine, or the model depends on one.

use core::fmt::{self, Write};

use kernel_model::abi::call::{Call, Outcome, UserPtr};
use kernel_model::abi::effect::{Board, Effect};
use kernel_model::abi::flags::{OpenFlags, Prot, WaitOptions};
use kernel_model::abi::ids::{CpuId, FrameNo, ImageId, PhysAddr, Pid, TaskRef};
use kernel_model::kernel::storage::{Fixed, HandlerCall, Thread};
use kernel_model::kernel::{Config, Detail, Kernel};
use kernel_model::objects::mm::VmaKind;
use kernel_model::objects::task::Comm;
use kernel_model::store::bitmap::words;
use kernel_model::syscall::decode::fork;
use kernel_model::verbs::exec::{Program, Segment};
use kernel_model::verbs::fault::Access;
use kernel_model::verbs::frame::{Gregs, MAX_LINKAGE};

/// Tasks that there can be.
pub const TASKS: usize = 16;
const FRAMES: usize = 128;
const PIDS: u32 = 512;
/// 16 tasks, 128 frames, 96 ranges, 128 page tables, 32 open files, 4 pipes, pids below 512.
pub type Tables = Fixed<Registers, TASKS, FRAMES, 96, 128, 32, 4, { words(PIDS as usize) }>;

const PAGE: u64 = 4096;
const TEXT: u64 = 0x40_0000;
const DATA: u64 = 0x40_1000;
const END: u64 = DATA + 4 * PAGE;

const SEGMENTS: [Segment; 2] = [
    Segment {
        start: TEXT,
        end: DATA,
        prot: Prot::READ.union(Prot::EXEC),
        kind: VmaKind::Text,
        file: true,
    },
    Segment {
        start: DATA,
        end: END,
        prot: Prot::READ.union(Prot::WRITE),
        kind: VmaKind::Bss,
        file: false,
    },
];

/// The registers of a machine of 64 bits, whatever runs this: where it is, its stack, the value of its last call.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Registers {
    pc: u64,
    sp: u64,
    value: i64,
}

impl Registers {
    /// Of no task.
    pub const NONE: Registers = Registers {
        pc: 0,
        sp: 0,
        value: 0,
    };
}

impl Thread for Registers {
    const LINKAGE: usize = 1;

    fn stack_pointer(&self) -> u64 {
        self.sp
    }
    fn signal_frame(&self) -> u64 {
        self.sp.wrapping_sub(8)
    }
    fn restart_call(&mut self) {}
    fn save(&self) -> Gregs {
        let mut gregs = Gregs::default();
        for (at, word) in [(13, self.value.cast_unsigned()), (15, self.sp), (16, self.pc)] {
            gregs.words[at] = word;
            gregs.used |= 1 << at;
        }
        gregs
    }
    fn restore(&mut self, gregs: &Gregs) {
        self.value = gregs.words[13].cast_signed();
        (self.sp, self.pc) = (gregs.words[15], gregs.words[16]);
    }
    fn enter_handler(&mut self, call: &HandlerCall) -> [u64; MAX_LINKAGE] {
        (self.pc, self.sp) = (call.handler, call.sp);
        let mut words = [0; MAX_LINKAGE];
        words[0] = call.restorer;
        words
    }
    fn set_return_value(&mut self, value: i64) {
        self.value = value;
    }
    fn set_stack_pointer(&mut self, sp: u64) {
        self.sp = sp;
    }
    fn set_thread_pointer(&mut self, _: u64) {}
    fn start(&mut self, entry: u64, sp: u64) {
        (self.pc, self.sp) = (entry, sp);
    }
}

/// The memory behind the kernel's frames, and how often it was told what.
#[derive(Debug)]
pub struct Frames {
    bytes: [[u8; PAGE as usize]; FRAMES],
    effects: u32,
    copies: u32,
    faults: u32,
    switches: u32,
}

impl Frames {
    /// All zero bytes.
    pub const EMPTY: Frames = Frames {
        bytes: [[0; PAGE as usize]; FRAMES],
        effects: 0,
        copies: 0,
        faults: 0,
        switches: 0,
    };

    fn piece(&mut self, at: PhysAddr, len: usize) -> &mut [u8] {
        &mut self.bytes[at.frame.0 as usize][usize::from(at.offset)..][..len]
    }
}

impl Board for Frames {
    fn emit(&mut self, effect: Effect) {
        self.effects += 1;
        match effect {
            Effect::ZeroFrame { frame } => self.bytes[frame.0 as usize].fill(0),
            Effect::FillFrame { frame, .. } => self.bytes[frame.0 as usize].fill(0x90),
            Effect::CopyFrame { from, to } => {
                self.copies += 1;
                self.bytes[to.0 as usize] = self.bytes[from.0 as usize];
            }
            Effect::CopyBytes { from, to, len } => {
                let mut bytes = [0; PAGE as usize];
                let len = usize::from(len);
                self.load(from, &mut bytes[..len]);
                self.piece(to, len).copy_from_slice(&bytes[..len]);
            }
            Effect::Store { to, bytes, len } => {
                let len = usize::from(len);
                self.piece(to, len).copy_from_slice(&bytes[..len]);
            }
            Effect::PageFault { .. } => self.faults += 1,
            Effect::Switch { .. } => self.switches += 1,
            _ => {}
        }
    }

    fn load(&self, from: PhysAddr, into: &mut [u8]) {
        let frame = &self.bytes[from.frame.0 as usize];
        into.copy_from_slice(&frame[usize::from(from.offset)..][..into.len()]);
    }
}

/// The kernel, the memory and who listens.
struct Teller<'a> {
    kernel: &'a mut Kernel<Tables>,
    frames: &'a mut Frames,
    out: &'a mut dyn Write,
}

impl Teller<'_> {
    /// The task of this number; whoever is gone is told of as such.
    fn task(&self, pid: u32) -> Result<TaskRef, fmt::Error> {
        self.kernel.find(Pid(pid)).ok_or(fmt::Error)
    }

    fn audit(&mut self) -> fmt::Result {
        match self.kernel.audit() {
            Ok(()) => Ok(()),
            Err(violation) => {
                writeln!(self.out, "{violation}")?;
                Err(fmt::Error)
            }
        }
    }

    fn call(&mut self, what: &str, pid: u32, call: Call) -> fmt::Result {
        let task = self.task(pid)?;
        let outcome = self.kernel.syscall(task, call, self.frames);
        writeln!(self.out, "{pid}: {what}: {outcome:?}")?;
        self.audit()
    }

    fn resume(&mut self, pid: u32) -> fmt::Result {
        let task = self.task(pid)?;
        let outcome = self.kernel.resume(task, self.frames);
        writeln!(self.out, "{pid}: goes on: {outcome:?}")?;
        self.audit()
    }

    /// The program stores a word: through the page table, and with a page fault where that does not lead on.
    fn store(&mut self, pid: u32, addr: u64, word: u64) -> fmt::Result {
        let task = self.task(pid)?;
        let (copies, frame) = (self.frames.copies, self.frame(task, addr));
        let Some(frame) = frame else {
            writeln!(self.out, "{pid}: stores at {addr:#x}: a fault that ends it")?;
            return self.audit();
        };
        let offset = u16::try_from(addr % PAGE).unwrap_or(0);
        let place = self.frames.piece(PhysAddr { frame, offset }, 8);
        place.copy_from_slice(&word.to_le_bytes());
        let copied = self.frames.copies - copies;
        writeln!(self.out, "{pid}: stores at {addr:#x}: frames copied: {copied}")?;
        self.audit()
    }

    fn frame(&mut self, task: TaskRef, addr: u64) -> Option<FrameNo> {
        let mapped = match self.kernel.translate(task, addr, Access::Write) {
            Some(mapped) => Some(mapped),
            None => self
                .kernel
                .page_fault(task, addr, Access::Write, self.frames)
                .ok(),
        };
        mapped.map(|mapped| mapped.frame)
    }

    fn word(&mut self, pid: u32, addr: u64) -> fmt::Result {
        let task = self.task(pid)?;
        let mut bytes = [0; 8];
        let read = self.kernel.copy_from_user(task, addr, &mut bytes, self.frames);
        writeln!(
            self.out,
            "{pid}: finds at {addr:#x}: {:#x} {read:?}",
            u64::from_le_bytes(bytes)
        )
    }

    /// What is in use, and the number of the whole state.
    fn state(&mut self) -> fmt::Result {
        for (name, used) in self.kernel.used() {
            if used > 0 {
                write!(self.out, "{name} {used} ")?;
            }
        }
        let frames = &*self.frames;
        let contents = |frame: FrameNo, range: core::ops::Range<u16>, _| {
            let bytes = &frames.bytes[frame.0 as usize][usize::from(range.start)..usize::from(range.end)];
            fold(bytes.iter().map(|byte| u64::from(*byte)))
        };
        let mut scratch = [0; 4 * FRAMES];
        let number = self
            .kernel
            .fingerprint(Detail::Whole, &contents, &mut scratch)
            .ok_or(fmt::Error)?;
        let Frames {
            effects,
            copies,
            faults,
            switches,
            ..
        } = *frames;
        writeln!(
            self.out,
            "\n{effects} effects, {copies} copies, {faults} faults, {switches} switches, state {number:032x}"
        )
    }
}

fn fold(values: impl Iterator<Item = u64>) -> u64 {
    values.fold(0xcbf2_9ce4_8422_2325, |sum, value| {
        (sum ^ value).wrapping_mul(0x100_0000_01b3)
    })
}

const WNOHANG: u32 = WaitOptions::WNOHANG.bits();

const fn wait_any(options: u32) -> Call {
    Call::Wait4 {
        pid: -1,
        wstatus: UserPtr(DATA),
        options,
        rusage: UserPtr(0),
    }
}

/// The whole story.
///
/// # Errors
/// It could not be told, or the kernel does not add up.
pub fn tell(kernel: &mut Kernel<Tables>, frames: &mut Frames, out: &mut dyn Write) -> fmt::Result {
    let config = Config {
        pid_max: PIDS,
        kthreadd: false,
        ..Config::default()
    };
    kernel.boot_in_place(&config, frames).map_err(|_| fmt::Error)?;
    let init = kernel.find(Pid::INIT).ok_or(fmt::Error)?;
    let program = Program {
        image: ImageId(1),
        comm: Comm::new(b"init"),
        segments: &SEGMENTS,
        brk: END,
        entry: TEXT,
    };
    let outcome = kernel.exec(init, &program, frames);
    writeln!(out, "1: exec: {outcome:?}")?;
    let mut teller = Teller { kernel, frames, out };
    copy_on_write(&mut teller)?;
    pipes(&mut teller)?;
    wide_numbers(&mut teller)?;
    at_random(&mut teller)
}

/// fork, a page that both write, a wait that sleeps, a fault that ends a process.
fn copy_on_write(teller: &mut Teller<'_>) -> fmt::Result {
    teller.store(1, DATA + PAGE, 0x0123_4567_89ab_cdef)?;
    teller.call("fork", 1, fork())?;
    teller.store(2, DATA + PAGE, 2)?;
    teller.store(1, DATA + PAGE, 1)?;
    teller.word(2, DATA + PAGE)?;
    teller.call("wait", 1, wait_any(0))?;
    teller.call("exit_group(42)", 2, Call::ExitGroup { status: 42 })?;
    teller.resume(1)?;
    teller.word(1, DATA)?;
    teller.call("fork", 1, fork())?;
    teller.store(3, 0xdead_beef_0000, 0)?;
    teller.resume(3)?;
    teller.call("wait", 1, wait_any(0))?;
    teller.word(1, DATA)?;
    teller.state()
}

/// A pipe: a read that sleeps, a write that fills it.
fn pipes(teller: &mut Teller<'_>) -> fmt::Result {
    let fds = UserPtr(DATA);
    let flags = OpenFlags::empty();
    teller.call("pipe2", 1, Call::Pipe2 { fds, flags })?;
    teller.word(1, DATA)?;
    teller.call("fork", 1, fork())?;
    let buf = UserPtr(DATA + PAGE);
    let read = |count| Call::Read { fd: 3, buf, count };
    let write = |count| Call::Write { fd: 4, buf, count };
    teller.call("read", 1, read(8))?;
    teller.store(4, buf.0, 0x6f6c_6c65_6800)?;
    teller.call("write", 4, write(8))?;
    teller.resume(1)?;
    teller.word(1, buf.0)?;
    for _ in 0..6 {
        teller.call("write", 4, write(3 * PAGE))?;
    }
    teller.call("read", 1, read(2 * PAGE))?;
    teller.resume(4)?;
    for fd in [3, 4] {
        teller.call("close", 4, Call::Close { fd })?;
    }
    teller.call("exit_group(0)", 4, Call::ExitGroup { status: 0 })?;
    teller.call("wait", 1, wait_any(0))?;
    for fd in [3, 4] {
        teller.call("close", 1, Call::Close { fd })?;
    }
    teller.state()
}

/// Numbers that do not fit the machine's own words, where they are 32 bits wide.
fn wide_numbers(teller: &mut Teller<'_>) -> fmt::Result {
    const HIGH: u64 = 1 << 32;
    for (nr, args) in [
        (293, [DATA, 0, 0, 0, 0, 0]),
        (1, [4, DATA, 8, 0, 0, 0]),
        (0, [3, DATA, HIGH | 5, 0, 0, 0]),
        (1, [4, DATA + HIGH, 5, 0, 0, 0]),
        (1, [1, DATA, HIGH | 5, 0, 0, 0]),
        (3, [HIGH | 3, 0, 0, 0, 0, 0]),
        (3, [4, 0, 0, 0, 0, 0]),
        (7, [DATA, HIGH, 0, 0, 0, 0]),
        (9, [0, HIGH | PAGE, 3, 0x22, u64::MAX, 0]),
        (9, [0, 1 << 46, 3, 0x4022, u64::MAX, 0]),
        (9, [0, u64::MAX, 3, 0x22, u64::MAX, 0]),
        (11, [DATA + HIGH, PAGE, 0, 0, 0, 0]),
        (12, [HIGH | END, 0, 0, 0, 0, 0]),
        (115, [HIGH | 1, DATA, 0, 0, 0, 0]),
        (157, [15, HIGH | DATA, 0, 0, 0, 0]),
        (HIGH | 39, [0; 6]),
    ] {
        let task = teller.task(1)?;
        let outcome = teller.kernel.syscall_raw(task, nr, args, teller.frames);
        writeln!(teller.out, "1: call {nr} {args:x?}: {outcome:?}")?;
        teller.audit()?;
    }
    teller.call("fork", 1, fork())?;
    teller.store(5, (1 << 47) | DATA, 7)?;
    teller.resume(5)?;
    teller.call("wait", 1, wait_any(0))?;
    teller.state()
}

/// Calls as they come: numbers, pointers and tasks by a generator, the outcomes folded into one number.
fn at_random(teller: &mut Teller<'_>) -> fmt::Result {
    let mut seed = 0x2026_u64;
    let mut next = |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let (mut sum, mut now) = (0, 0);
    for round in 1..=20_000 {
        let tasks = u64::from(teller.kernel.view().tasks.used());
        let nth = usize::try_from(next(tasks)).unwrap_or(0);
        let chosen = teller.kernel.view().tasks.iter().nth(nth);
        let Some((task, pid)) = chosen.map(|(at, task)| (at, task.pid)) else {
            continue;
        };
        now += next(2_000_000);
        teller.kernel.tick(CpuId(0), 1_000_000, teller.frames);
        teller.kernel.advance(now, teller.frames);
        let mut word = || match next(8) {
            0 => DATA + next(4 * PAGE),
            1 => DATA + next(4) * PAGE,
            2 => u64::MAX - next(3),
            3 => next(3) << 32 | next(64),
            4 => next(4) * PAGE,
            5 => DATA,
            _ => next(40),
        };
        let last = teller
            .kernel
            .view()
            .tasks
            .iter()
            .map(|(_, task)| task.pid.0)
            .max();
        let youngest = last
            .filter(|pid| *pid > 1)
            .and_then(|pid| i32::try_from(pid).ok());
        let (nr, args) = (word().wrapping_add(word() % 330), [(); 6].map(|()| word()));
        let outcome = if pid == Pid::IDLE {
            Outcome::Resumed
        } else if teller.kernel.has_work(task) {
            teller.kernel.resume(task, teller.frames)
        } else if pid == Pid::INIT {
            // Init must stay: it only has children, ends one that may sleep for ever, and takes those that have ended.
            let call = match (nr % 4, youngest) {
                (0 | 1, _) => fork(),
                (2, Some(pid)) => Call::Kill { pid, signal: 9 },
                _ => wait_any(WNOHANG),
            };
            teller.kernel.syscall(task, call, teller.frames)
        } else if nr % 7 == 0 {
            let addr = DATA + nr % (4 * PAGE);
            let fault = teller.kernel.page_fault(task, addr, Access::Write, teller.frames);
            Outcome::Done(fault.map_or(-1, |mapped| i64::from(mapped.frame.0)))
        } else {
            teller.kernel.syscall_raw(task, nr, args, teller.frames)
        };
        let told = match outcome {
            Outcome::Done(value) => value.cast_unsigned(),
            Outcome::Blocked => 1 << 40,
            Outcome::Gone => 2 << 40,
            Outcome::Resumed => 3 << 40,
            Outcome::Caught { .. } => 4 << 40,
        };
        sum = fold([sum, u64::from(pid.0), told].into_iter());
        if round % 50 == 0 {
            teller.audit()?;
        }
        if round % 2000 == 0 {
            writeln!(teller.out, "{round} calls, outcomes {sum:016x}")?;
            teller.state()?;
        }
    }
    Ok(())
}
