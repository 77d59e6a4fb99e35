//! Kernels of the model in the states that the table measures.

use kernel_model::abi::call::UserPtr;
use kernel_model::abi::effect::NoBoard;
use kernel_model::abi::flags::{MapFlags, Prot};
use kernel_model::abi::ids::{ImageId, TaskRef};
use kernel_model::abi::limits::{PAGE_SIZE, STACK_TOP};
use kernel_model::kernel::Config;
use kernel_model::kernel::storage::{Boxed, Capacity, NoThread, Thread};
use kernel_model::objects::mm::VmaKind;
use kernel_model::objects::task::Comm;
use kernel_model::syscall::decode::fork;
use kernel_model::verbs::exec::{Program, Segment};
use kernel_model::verbs::fault::Access;
use kernel_model::{Call, Kernel, Outcome, Pid};

/// A kernel, and the process that is measured: a child of init with a program of its own.
#[derive(Clone)]
pub struct Model<T: Thread = NoThread> {
    pub kernel: Kernel<Boxed<T>>,
    pub shell: TaskRef,
}

const TEXT: u64 = 0x40_1000;
const STACK: u64 = STACK_TOP - 64;

/// A program like a small static one: text, constants, variables.
fn program(segments: &[Segment]) -> Program<'_> {
    let brk = segments.last().map_or(TEXT, |last| last.end);
    Program {
        image: ImageId(0),
        comm: Comm::new(b"bench"),
        segments,
        brk,
        entry: TEXT,
    }
}

fn segments() -> [Segment; 4] {
    let segment = |page: u64, pages: u64, prot, kind, file| Segment {
        start: TEXT + page * PAGE_SIZE,
        end: TEXT + (page + pages) * PAGE_SIZE,
        prot,
        kind,
        file,
    };
    [
        segment(0, 32, Prot::READ | Prot::EXEC, VmaKind::Text, true),
        segment(32, 8, Prot::READ, VmaKind::Rodata, true),
        segment(40, 4, Prot::READ | Prot::WRITE, VmaKind::Data, true),
        segment(44, 4, Prot::READ | Prot::WRITE, VmaKind::Bss, false),
    ]
}

/// What a call gave; a table of wrong doings would be worthless, so anything else ends the benchmark.
pub fn done(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Done(value) if value >= 0 => value,
        other => panic!("the call gave {other:?}"),
    }
}

pub fn pid(value: i64) -> Pid {
    Pid(u32::try_from(value).expect("a pid"))
}

impl<T: Thread> Model<T> {
    /// A kernel with this many other live tasks, children of init, and room for some more.
    pub fn with_tasks(live: usize) -> Self {
        Self::with(live, 64, 4096)
    }

    /// The same, with room for so many tables and frames.
    pub fn with(live: usize, tables: usize, frames: usize) -> Self {
        let mut model = Self::with_capacity_for(live, tables, frames);
        let shell = model.shell;
        model.shell = model.kernel.find(Pid::INIT).expect("init");
        for _ in 0..live {
            model.fork();
        }
        model.shell = shell;
        model
    }

    /// Room for so many tasks beside the measured process.
    pub fn with_capacity_for(others: usize, tables: usize, frames: usize) -> Self {
        let tasks = others + 64;
        let pid_max = kernel_model::abi::limits::PID_MAX_LIMIT;
        let capacity = Capacity {
            tasks,
            frames,
            vmas: tasks * 6 + 64,
            tables: tables + 512,
            files: 64,
            pipes: 16,
            sigqueues: 256,
            pid_max,
        };
        let config = Config {
            pid_max,
            ..Config::default()
        };
        let kernel =
            Kernel::boot(Boxed::new(&capacity), &config, &mut NoBoard).expect("a kernel of that size boots");
        let init = kernel.find(Pid::INIT).expect("init");
        let mut model = Model { kernel, shell: init };
        model.run_program();
        model.shell = model.fork();
        model.run_program();
        model
    }

    /// The measured process executes the program and touches all of it.
    fn run_program(&mut self) {
        let segments = segments();
        done(self.kernel.exec(self.shell, &program(&segments), &mut NoBoard));
        for page in 0..48 {
            let access = if page < 40 { Access::Read } else { Access::Write };
            self.touch(TEXT + page * PAGE_SIZE, access);
        }
        self.touch(STACK, Access::Write);
    }

    /// The same as [`Self::with_tasks`], the others being children of the measured process.
    pub fn with_children(children: usize) -> Self {
        let mut model = Self::with_capacity_for(children, 64, 4096);
        for _ in 0..children {
            model.fork();
        }
        model
    }

    /// The measured process maps so many pages of its own; where, is returned.
    pub fn map(&mut self, pages: u64) -> u64 {
        let (prot, flags) = (
            Prot::READ | Prot::WRITE,
            MapFlags::MAP_PRIVATE | MapFlags::MAP_ANONYMOUS,
        );
        let call = Call::Mmap {
            addr: 0,
            length: pages * PAGE_SIZE,
            prot,
            flags,
            fd: -1,
        };
        done(self.kernel.syscall(self.shell, call, &mut NoBoard)).unsigned_abs()
    }

    /// A child of the measured process ends and is waited for.
    pub fn end_and_reap(&mut self, nr: Pid) {
        self.end(i64::from(nr.0));
    }

    /// The measured process uses a page.
    pub fn touch(&mut self, addr: u64, access: Access) {
        self.touch_as(self.shell, addr, access);
    }

    fn touch_as(&mut self, task: TaskRef, addr: u64, access: Access) {
        let mapped = self.kernel.page_fault(task, addr, access, &mut NoBoard);
        assert!(mapped.is_ok(), "a fault at {addr:#x} gave {mapped:?}");
    }

    /// The measured process makes a child, which stays.
    pub fn fork(&mut self) -> TaskRef {
        self.make(fork())
    }

    fn make(&mut self, call: Call) -> TaskRef {
        let nr = pid(done(self.kernel.syscall(self.shell, call, &mut NoBoard)));
        self.kernel.find(nr).expect("the child")
    }

    /// fork; the parent waits, the child ends, the parent goes on: what `waitpid(fork(), ...)` comes to.
    pub fn life(&mut self, call: Call) {
        let nr = done(self.kernel.syscall(self.shell, call, &mut NoBoard));
        self.end(nr);
    }

    /// The same, in which both write to the page of the stack on which fork left them.
    pub fn life_with_stacks(&mut self, call: Call) {
        let nr = done(self.kernel.syscall(self.shell, call, &mut NoBoard));
        self.touch(STACK, Access::Write);
        let child = self.kernel.find(pid(nr)).expect("the child");
        self.touch_as(child, STACK, Access::Write);
        self.end(nr);
    }

    fn end(&mut self, nr: i64) {
        let wait = wait4(i32::try_from(nr).expect("a pid"));
        assert_eq!(
            self.kernel.syscall(self.shell, wait, &mut NoBoard),
            Outcome::Blocked
        );
        let child = self.kernel.find(pid(nr)).expect("the child");
        let exit = Call::ExitGroup { status: 0 };
        assert_eq!(self.kernel.syscall(child, exit, &mut NoBoard), Outcome::Gone);
        assert_eq!(done(self.kernel.resume(self.shell, &mut NoBoard)), nr);
    }

    /// The child ends first, and the parent asks then.
    pub fn life_of_a_zombie(&mut self, call: Call, wait: fn(i32) -> Call) {
        let nr = done(self.kernel.syscall(self.shell, call, &mut NoBoard));
        let child = self.kernel.find(pid(nr)).expect("the child");
        let exit = Call::ExitGroup { status: 0 };
        assert_eq!(self.kernel.syscall(child, exit, &mut NoBoard), Outcome::Gone);
        let wait = wait(i32::try_from(nr).expect("a pid"));
        assert_eq!(done(self.kernel.syscall(self.shell, wait, &mut NoBoard)), nr);
    }
}

pub fn wait4(pid: i32) -> Call {
    Call::Wait4 {
        pid,
        wstatus: UserPtr(0),
        options: 0,
        rusage: UserPtr(0),
    }
}

pub fn wait4_any(_: i32) -> Call {
    wait4(-1)
}
