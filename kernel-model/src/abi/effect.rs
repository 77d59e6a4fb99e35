//! What the kernel asks of the machine under it, and tells whoever watches.

use super::clock::ItimerWhich;
use super::flags::CloneFlags;
use super::ids::{CpuId, FrameNo, ImageId, MmRef, PhysAddr, Pid, TaskRef};
use super::signal::Signal;
use super::state::State;
use super::wait::WaitStatus;

/// A task as an event names it: the handle may be stale by the time the event is read, the number stays true.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TaskId {
    /// The handle at the time of the event.
    pub task: TaskRef,
    /// Its pid (of a thread: the tid).
    pub pid: Pid,
}

/// Why a page fault was resolved the way it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FaultKind {
    /// First read of an anonymous page: the shared zero page was mapped.
    ZeroPage,
    /// First write of an anonymous page: a new frame of zeroes.
    Anonymous,
    /// A page of the program was read in.
    File,
    /// A page of a shared mapping was mapped.
    Shared,
    /// Copy-on-write: the frame has other users, so the writer got a copy.
    Copy {
        /// The frame that the others keep.
        from: FrameNo,
    },
    /// Copy-on-write by the last user: the frame is written in place.
    Reuse,
    /// The mapping already allowed the access; only the processor's cached translation was old.
    Spurious,
}

/// Where bytes written to the console go.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stream {
    /// The host's standard output.
    Stdout,
    /// The host's standard error.
    Stderr,
}

/// Why the terminal sends a signal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TtyReason {
    /// A key: ^C, ^\ or ^Z.
    Key,
    /// Somebody in the background wanted to read, to write or to change it.
    Background(TaskId),
    /// The leader of its session has ended, or gives it up.
    HangUp(TaskId),
    /// Its size has changed.
    Resize,
}

/// One thing that happened. Emitting cannot fail and cannot re-enter the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Effect {
    // Orders to the machine: memory.
    /// Fill a frame with zeroes.
    ZeroFrame {
        /// The frame.
        frame: FrameNo,
    },
    /// Copy a whole frame.
    CopyFrame {
        /// The source.
        from: FrameNo,
        /// The destination.
        to: FrameNo,
    },
    /// Fill a frame with a page of a program.
    FillFrame {
        /// The frame.
        frame: FrameNo,
        /// The program.
        image: ImageId,
        /// The page's number within the program's address range (address / 4096).
        page: u64,
    },
    /// Copy bytes; neither side crosses a frame's end.
    CopyBytes {
        /// The source.
        from: PhysAddr,
        /// The destination.
        to: PhysAddr,
        /// How many.
        len: u16,
    },
    /// Store bytes; they do not cross the frame's end.
    Store {
        /// The destination.
        to: PhysAddr,
        /// The bytes, of which the first `len` count.
        bytes: [u8; 8],
        /// How many.
        len: u8,
    },
    /// Write bytes to the console; they do not cross the frame's end.
    ConsoleWrite {
        /// Who writes.
        by: TaskId,
        /// Which stream.
        stream: Stream,
        /// The bytes.
        from: PhysAddr,
        /// How many.
        len: u16,
    },
    /// A page-table entry is set.
    MapPage {
        /// The address space.
        mm: MmRef,
        /// The page's address.
        addr: u64,
        /// The frame behind it.
        frame: FrameNo,
        /// Whether writes go through.
        writable: bool,
        /// Whether instructions may be fetched from it.
        executable: bool,
    },
    /// Cached translations of this range are no longer true.
    FlushTlb {
        /// The address space.
        mm: MmRef,
        /// The first address.
        start: u64,
        /// One past the last address.
        end: u64,
    },
    /// The address space is gone, with all its translations.
    DropMm {
        /// The address space.
        mm: MmRef,
    },

    // Orders to the machine: tasks.
    /// The processor goes from one task to another.
    Switch {
        /// The processor.
        cpu: CpuId,
        /// Who ran.
        prev: TaskId,
        /// Who runs now.
        next: TaskId,
    },

    // The story.
    /// A task was created.
    Forked {
        /// The caller of fork, vfork or clone.
        parent: TaskId,
        /// The new task.
        child: TaskId,
        /// How.
        flags: CloneFlags,
    },
    /// A task runs a new program.
    Execed {
        /// The task.
        task: TaskId,
        /// The program.
        image: ImageId,
    },
    /// A task went from one state to another.
    StateChanged {
        /// The task.
        task: TaskId,
        /// The old state.
        from: State,
        /// The new state.
        to: State,
    },
    /// A sleeping task was made ready.
    Woken {
        /// The task.
        task: TaskId,
    },
    /// A page fault was resolved.
    PageFault {
        /// The task.
        task: TaskId,
        /// The page's address.
        addr: u64,
        /// The frame now behind it.
        frame: FrameNo,
        /// How.
        kind: FaultKind,
    },
    /// There was no frame left for this task, which is killed for it.
    OutOfMemory {
        /// The task.
        task: TaskId,
    },
    /// A task ended.
    Exited {
        /// The task.
        task: TaskId,
        /// How its process ended.
        status: WaitStatus,
        /// Whether it was the last thread of its process.
        last: bool,
    },
    /// A child got a new parent.
    Reparented {
        /// The child.
        child: TaskId,
        /// The parent that ended.
        from: TaskId,
        /// The parent that adopts it.
        to: TaskId,
    },
    /// A parent took the status of a child, which is gone now.
    Reaped {
        /// The child.
        child: TaskId,
        /// Who took it.
        by: TaskId,
        /// What it was.
        status: WaitStatus,
    },
    /// A child was freed without anyone waiting, since its parent ignores SIGCHLD.
    AutoReaped {
        /// The child.
        child: TaskId,
        /// Its parent.
        parent: TaskId,
    },
    /// A signal was sent.
    SignalSent {
        /// To whom.
        to: TaskId,
        /// Which.
        signal: Signal,
        /// By whom; none when it is the kernel's own.
        from: Option<TaskId>,
        /// Whether it was thrown away, being ignored.
        ignored: bool,
    },
    /// An interval timer was set (`setitimer(2)`, `alarm(2)`).
    TimerSet {
        /// The process, by its leader.
        process: TaskId,
        /// Which timer.
        which: ItimerWhich,
        /// Nanoseconds until it goes off; 0 when it was stopped.
        value: u64,
        /// Nanoseconds from each time to the next; 0 for once.
        interval: u64,
    },
    /// An interval timer went off: its signal is sent next.
    TimerExpired {
        /// The process, by its leader.
        process: TaskId,
        /// Which timer.
        which: ItimerWhich,
    },
    /// A task goes on in a signal handler.
    SignalCaught {
        /// Who.
        task: TaskId,
        /// Which signal.
        signal: Signal,
        /// The address of the handler.
        handler: u64,
        /// `si_code`: why it was sent.
        code: i32,
        /// `si_pid`: by whom, where the code has one.
        from: Pid,
    },
    /// The terminal sends a signal to a process group.
    TtySignal {
        /// Which.
        signal: Signal,
        /// To which group.
        pgrp: Pid,
        /// Why.
        why: TtyReason,
    },
    /// A process group comes to the foreground of the terminal.
    Foreground {
        /// Who brings it there.
        by: TaskId,
        /// The group.
        pgrp: Pid,
    },
    /// A session gets the terminal.
    ControllingTty {
        /// Its leader.
        leader: TaskId,
    },
    /// The session loses the terminal.
    NoTty {
        /// Who was the last to have to do with it: the leader of the session, or of the one that takes it.
        leader: TaskId,
    },
    /// A signal took effect.
    SignalDelivered {
        /// On whom.
        task: TaskId,
        /// Which.
        signal: Signal,
    },
}

/// The machine under the kernel.
pub trait Board {
    /// Carries out an order, or takes note of an event. It cannot fail.
    fn emit(&mut self, effect: Effect);

    /// Reads physical memory, as the orders so far have left it: how the kernel reads a structure that a
    /// program passes by address. `from` and the length of `into` do not cross the frame's end.
    fn load(&self, from: PhysAddr, into: &mut [u8]);

    /// Whether it wants to hear the story too, which is told to nobody else; orders always come.
    fn hears(&self) -> bool {
        true
    }
}

/// A machine without memory: it forgets every effect and reads zeroes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoBoard;

impl Board for NoBoard {
    fn emit(&mut self, _: Effect) {}
    fn load(&self, _: PhysAddr, into: &mut [u8]) {
        into.fill(0);
    }
    fn hears(&self) -> bool {
        false
    }
}
