//! What a step touches that other tasks may touch too: two steps of different tasks that touch nothing in common, or
//! only read it, can change places and nobody notices.

mod calls;
mod life;
mod space;

pub(super) use life::copies_shared_memory;
pub(super) use space::{Maps, maps};

use kernel_model::abi::effect::Stream;
use kernel_model::abi::ids::{Handle, Pid, TaskRef, kind};
use kernel_model::objects::file::{FileKind, FileRef};
use kernel_model::world::WorldView;

use super::births::Numbers;
use crate::machine::Machine;
use crate::machine::watch::words;

/// Something that more than one task can touch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Object {
    /// Everything: written by the calls whose reach is not told here, and read by all the others.
    All,
    /// What stands on standard output.
    Console,
    /// What comes in on the console.
    Input,
    /// What a pipe holds, and who sleeps on it.
    Pipe(Handle<kind::Pipe>),
    /// How many could still read from a pipe.
    PipeReaders(Handle<kind::Pipe>),
    /// How many could still write to a pipe.
    PipeWriters(Handle<kind::Pipe>),
    /// A table of descriptors that tasks share.
    Files,
    /// Whether an open file is O_NONBLOCK and the like.
    Flags(FileRef),
    /// Address spaces that tasks share: which ranges they have.
    Space,
    /// Who sleeps on a futex, by its address.
    Futex(u64),
    /// The time.
    Clock,
    /// What time it is, and not only how long something still takes: contended as soon as anybody asks.
    Now,
    /// What pends for a process, and what it does about it.
    Signals(Pid),
    /// What a process does about SIGCHLD.
    Sigchld(Pid),
    /// Which children a process has to wait for.
    Children(Pid),
    /// Who the parent of a process is.
    Parent(Pid),
    /// Whether there is a task with this number.
    Number(Pid),
    /// Who is in a process group.
    Group(Pid),
    /// The threads of a process.
    Threads(Pid),
    /// Eight bytes of shared memory.
    Word(u64),
}

/// How a step touches something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Touch {
    /// Looks at it.
    Read,
    /// Takes something from it: whoever does so first, what is left is the same.
    Take,
    /// The order counts.
    Write,
}
use Touch::{Read, Take, Write};

impl Touch {
    /// Whether it matters which of two touches comes first.
    pub(super) const fn conflicts(self, other: Touch) -> bool {
        !matches!((self, other), (Read, Read) | (Take, Take))
    }
}

/// What is done with a descriptor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Write,
    Close,
}

/// All that a step touches.
pub(super) type Footprint = Vec<(Object, Touch)>;

pub(super) const CLONE: u64 = 56;
pub(super) const FORK: u64 = 57;
pub(super) const VFORK: u64 = 58;
pub(super) const CLONE3: u64 = 435;
const SIGCHLD: u64 = 17;
const SIGCONT_AND_STOPS: std::ops::RangeInclusive<u64> = 18..=22;

/// Whether a call asks how late it is, or how much time was used: gettimeofday, getrusage, times, time, clock_gettime.
/// Of its answers only one is explored.
pub(super) const fn asks_for_time(nr: u64) -> bool {
    matches!(nr, 96 | 98 | 100 | 201 | 228)
}

/// Whether a call depends on what time it is: those that ask; clock_nanosleep with TIMER_ABSTIME and futex, some of whose
/// limits are moments, may have been told.
pub(super) const fn asks_now((nr, args): (u64, [u64; 6])) -> bool {
    const TIMER_ABSTIME: u64 = 1;
    let [_, flags, _, limit, ..] = args;
    match nr {
        _ if asks_for_time(nr) => true,
        230 => flags & TIMER_ABSTIME != 0,
        202 => is_futex_wait(flags) && limit != 0,
        _ => false,
    }
}

/// Whether a call asks what others have used: wait4 and waitid with a `struct rusage`.
pub(super) const fn asks_for_rusage((nr, [_, _, _, d, e, _]): (u64, [u64; 6])) -> bool {
    matches!((nr, d, e), (61, 1.., _) | (247, _, 1..))
}

/// FUTEX_WAIT and FUTEX_WAIT_BITSET, whose fourth argument is a limit of time.
const fn is_futex_wait(op: u64) -> bool {
    const FUTEX_CMD_MASK: u64 = 0x7f;
    matches!(op & FUTEX_CMD_MASK, 0 | 9)
}

/// FUTEX_REQUEUE, FUTEX_CMP_REQUEUE and FUTEX_WAKE_OP, which touch a second futex and those who sleep on it.
const fn is_futex_of_two(op: u64) -> bool {
    const FUTEX_CMD_MASK: u64 = 0x7f;
    matches!(op & FUTEX_CMD_MASK, 3..=5)
}

/// Notes what a step of one task touches.
struct Reach<'m> {
    machine: &'m Machine,
    view: WorldView<'m>,
    task: TaskRef,
    tgid: Pid,
    /// The program's first process: what it leaves behind is part of the outcome.
    main: Option<Pid>,
    numbers: &'m Numbers,
    footprint: Footprint,
}

/// What a system call of a task will touch.
pub(super) fn of_syscall(
    machine: &Machine,
    numbers: &Numbers,
    task: TaskRef,
    (nr, args): (u64, [u64; 6]),
    main: Option<Pid>,
) -> Footprint {
    let mut reach = Reach::new(machine, numbers, task, main);
    reach.syscall(nr, args);
    reach.footprint
}

/// What a task will touch that goes on in the kernel, or takes a signal.
pub(super) fn of_resume(machine: &Machine, numbers: &Numbers, task: TaskRef, main: Option<Pid>) -> Footprint {
    let mut reach = Reach::new(machine, numbers, task, main);
    reach.resume();
    reach.footprint
}

impl<'m> Reach<'m> {
    fn new(machine: &'m Machine, numbers: &'m Numbers, task: TaskRef, main: Option<Pid>) -> Reach<'m> {
        let view = machine.kernel().view();
        let tgid = view.tasks.get(task).map_or(Pid(0), |t| t.tgid);
        let mut footprint = Footprint::with_capacity(8);
        // Whether a signal comes before or after matters to every call.
        footprint.extend([(Object::All, Read), (Object::Signals(tgid), Read)]);
        Reach {
            machine,
            view,
            task,
            tgid,
            main,
            numbers,
            footprint,
        }
    }

    fn add(&mut self, object: Object, touch: Touch) {
        self.footprint.push((object, touch));
    }

    fn all(&mut self) {
        self.add(Object::All, Write);
    }

    fn threads(&self) -> u32 {
        self.view.signal(self.task).live
    }

    fn shares_mm(&self) -> bool {
        let mm = self
            .view
            .tasks
            .get(self.task)
            .and_then(|t| self.view.mms.get(t.mm?));
        mm.is_some_and(|mm| mm.mm_users > 1)
    }

    fn shares_files(&self) -> bool {
        let files = self.view.tasks.get(self.task).and_then(|t| t.files);
        let users = self
            .view
            .tasks
            .iter()
            .filter(|(_, t)| files.is_some() && t.files == files);
        users.count() > 1
    }

    fn files(&mut self, touch: Touch) {
        if self.shares_files() {
            self.add(Object::Files, touch);
        }
    }

    /// The flags of the open file that a descriptor leads to.
    fn flags(&mut self, fd: u64, touch: Touch) {
        let file = u32::try_from(fd & 0xffff_ffff)
            .ok()
            .and_then(|fd| self.machine.kernel().open_file(self.task, fd));
        if let Some(file) = file {
            self.add(Object::Flags(file), touch);
        }
    }

    /// Whether another process has the same actions for signals: CLONE_SIGHAND without CLONE_THREAD.
    fn shares_sighand(&self) -> bool {
        let sighand = self.view.tasks.get(self.task).and_then(|t| t.sighand);
        sighand.is_some()
            && self
                .view
                .tasks
                .iter()
                .any(|(_, t)| t.sighand == sighand && t.tgid != self.tgid)
    }

    fn kind(&self, fd: u64) -> Option<FileKind> {
        self.machine
            .kernel()
            .descriptor(self.task, u32::try_from(fd & 0xffff_ffff).ok()?)
    }

    /// A descriptor is read, written or closed.
    fn descriptor(&mut self, fd: u64, use_of: Use) {
        let writes = use_of == Use::Write;
        let reads_or_writes = use_of != Use::Close;
        match self.kind(fd) {
            Some(kind @ (FileKind::PipeRead(_) | FileKind::PipeWrite(_))) if reads_or_writes => {
                self.pipe(kind)
            }
            Some(FileKind::PipeRead(pipe)) => self.add(Object::PipeReaders(pipe), Take),
            Some(FileKind::PipeWrite(pipe)) => self.add(Object::PipeWriters(pipe), Take),
            Some(FileKind::ConsoleInput { .. }) if reads_or_writes => self.add(Object::Input, Write),
            Some(FileKind::Console {
                stream: Stream::Stdout,
            }) if reads_or_writes => {
                self.add(Object::Console, Write);
            }
            // Whether it may be written from the background, and by whom it is read, ioctl decides, which touches all.
            Some(FileKind::Tty { .. }) if writes => self.add(Object::Console, Write),
            Some(FileKind::Tty { .. }) if reads_or_writes => self.all(),
            Some(FileKind::Pidfd(_) | FileKind::Signalfd(_)) if reads_or_writes => self.all(),
            _ => {}
        }
    }

    /// A pipe is read or written. Who holds its other end too cannot find that nobody does.
    fn pipe(&mut self, end: FileKind) {
        let (pipe, other, others) = match end {
            FileKind::PipeRead(pipe) => (pipe, FileKind::PipeWrite(pipe), Object::PipeWriters(pipe)),
            FileKind::PipeWrite(pipe) => (pipe, FileKind::PipeRead(pipe), Object::PipeReaders(pipe)),
            _ => return,
        };
        self.add(Object::Pipe(pipe), Write);
        // Of a table that threads share, one of them may close it meanwhile.
        if self.shares_files() || !self.open().any(|kind| kind == other) {
            self.add(others, Read);
        }
    }

    /// A read or a write goes on.
    fn file(&mut self, file: FileRef) {
        match self.view.filp.get(file).map(|file| file.kind) {
            Some(kind @ (FileKind::PipeRead(_) | FileKind::PipeWrite(_))) => self.pipe(kind),
            Some(FileKind::ConsoleInput { .. }) => self.add(Object::Input, Write),
            _ => self.all(),
        }
    }

    /// All that it has open.
    fn open(&self) -> impl Iterator<Item = FileKind> + use<'m> {
        let view = self.view;
        let files = view.tasks.get(self.task).and_then(|t| view.files.get(t.files?));
        let open = files.map(|files| files.open(view.fdtables));
        open.into_iter()
            .flatten()
            .map(move |(_, file)| view.filp[file].kind)
    }

    /// All its pipes are closed, if it has some.
    fn closes_pipes(&mut self) {
        for kind in self.open() {
            match kind {
                FileKind::PipeRead(pipe) => self.add(Object::PipeReaders(pipe), Take),
                FileKind::PipeWrite(pipe) => self.add(Object::PipeWriters(pipe), Take),
                _ => {}
            }
        }
    }

    fn futex(&mut self, addr: u64) {
        self.add(Object::Futex(addr), Write);
        self.reads(addr, 4);
    }

    /// The kernel reads a text that may be in shared memory, to its end.
    fn reads_text(&mut self, addr: u64) {
        const PATH_MAX: u64 = 4096;
        for word in words(addr, PATH_MAX) {
            self.reads(word * 8, 8);
            let Some(bytes) = self.machine.load_user(self.task, word * 8) else {
                return;
            };
            let begins = usize::try_from(addr.saturating_sub(word * 8)).unwrap_or(0);
            if bytes.to_le_bytes().iter().skip(begins).any(|byte| *byte == 0) {
                return;
            }
        }
    }

    /// The kernel reads a list of texts, with a null pointer at its end: `argv` or `envp`.
    fn reads_texts(&mut self, list: u64) {
        const MOST: u64 = 1024;
        if list == 0 || self.machine.shared(self.task).is_nothing() {
            return;
        }
        for addr in (0..MOST).map(|at| list.wrapping_add(8 * at)) {
            self.reads(addr, 8);
            match self.machine.load_user(self.task, addr) {
                Some(text) if text != 0 => self.reads_text(text),
                _ => return,
            }
        }
    }

    /// The kernel reads memory that may be shared.
    fn reads(&mut self, addr: u64, len: u64) {
        self.words(addr, len, Read);
    }

    /// The kernel may store something there.
    fn stores(&mut self, addr: u64, len: u64) {
        self.words(addr, len, Write);
    }

    fn words(&mut self, addr: u64, len: u64, touch: Touch) {
        let shared = self.machine.shared(self.task);
        if addr == 0 || shared.is_nothing() {
            return;
        }
        for word in words(addr, len).filter(|word| shared.contains_word(*word)) {
            self.add(Object::Word(word), touch);
        }
    }
}
