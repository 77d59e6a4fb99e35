//! The machine: a kernel, the memory behind its frames, and processors that execute programs.
//!
//! [`Machine::step`] is its one door: some instructions of one task. Whoever drives the machine chooses the task and
//! the time; the machine has no choice and no clock of its own.

pub mod bus;
pub mod cpu;
pub mod exec;
pub(crate) mod hash;
pub mod memory;
pub mod program;
pub mod random;
mod registers;
mod uname;
mod user;
pub mod watch;

use kernel_model::abi::effect::{Board, Effect, Stream, TaskId};
use kernel_model::abi::errno::Errno;
use kernel_model::abi::ids::{CpuId, PhysAddr, Pid, TaskRef};
use kernel_model::abi::signal::Signal;
use kernel_model::kernel::Config;
use kernel_model::kernel::storage::{Boxed, Capacity, Snapshot, Thread};
use kernel_model::verbs::fault::{self, BadAccess};
use kernel_model::{Kernel, Outcome};
use std::sync::Arc;

use crate::isa::{INSTR_BYTES, Regs};
use bus::{Port, Tlb};
use cpu::{Access, Fault, Trap};
use exec::Arguments;
use memory::Memory;
use program::Programs;
pub use user::Standing;
use watch::{Watch, Watched};

/// `si_code` of SIGFPE: an integer was divided by zero.
const FPE_INTDIV: i32 = 1;
/// `si_code` of SIGILL: what lies there is no instruction.
const ILL_ILLOPN: i32 = 2;

/// Something that happened while the machine ran.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// The kernel did something.
    Effect(Effect),
    /// A program wrote to the console.
    Console {
        /// Who.
        by: TaskId,
        /// Where to.
        stream: Stream,
        /// What.
        bytes: Vec<u8>,
    },
    /// A program made a system call.
    Syscall {
        /// Who.
        task: TaskId,
        /// Its number.
        nr: u64,
        /// Its arguments.
        args: [u64; 6],
    },
    /// A system call gave its value.
    Return {
        /// To whom.
        task: TaskId,
        /// The value, or minus the errno.
        value: i64,
    },
    /// A program did what it may not.
    Trap {
        /// Who.
        task: TaskId,
        /// Where in the program.
        pc: u64,
        /// What.
        what: BadTrap,
    },
    /// A program that was to be executed does not compile.
    BadProgram {
        /// Its path.
        path: String,
    },
}

/// What a program may not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadTrap {
    /// Use this address so: SIGSEGV, or SIGKILL where memory is used up.
    Address {
        /// The address.
        addr: u64,
        /// The use.
        access: Access,
        /// Why not.
        why: BadAccess,
    },
    /// Divide by zero: SIGFPE.
    Divide,
    /// Execute what is no instruction: SIGILL.
    Opcode,
}

/// The call that needs the programs.
const EXECVE: u64 = 59;

/// What the kernel's orders meet: memory and translations; what it tells is kept.
struct Bay<'m> {
    memory: &'m mut Memory,
    tlbs: &'m mut [Tlb],
    programs: &'m Programs,
    events: &'m mut Vec<Event>,
}

impl Board for Bay<'_> {
    fn emit(&mut self, effect: Effect) {
        self.memory.apply(&effect, self.programs);
        match effect {
            Effect::FlushTlb { mm, .. } | Effect::DropMm { mm } => {
                self.tlbs.iter_mut().for_each(|tlb| tlb.flush(mm));
            }
            Effect::ConsoleWrite {
                by,
                stream,
                from,
                len,
            } => {
                let bytes = self.memory.bytes(from, usize::from(len)).to_vec();
                self.events.push(Event::Console { by, stream, bytes });
            }
            _ => {}
        }
        self.events.push(Event::Effect(effect));
    }

    fn load(&self, from: PhysAddr, into: &mut [u8]) {
        let bytes = self.memory.bytes(from, into.len());
        for (to, from) in into.iter_mut().zip(bytes) {
            *to = *from;
        }
    }
}

/// How a machine is built.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The sizes of the kernel's tables.
    pub capacity: Capacity,
    /// How the kernel boots.
    pub config: Config,
}

impl Default for Setup {
    /// At most 1,024 tasks.
    fn default() -> Setup {
        Setup {
            capacity: Capacity::for_tasks(1024),
            config: Config::default(),
        }
    }
}

/// A kernel, its memory and its processors: one owned value.
#[derive(Clone, Debug)]
pub struct Machine {
    kernel: Kernel<Boxed<Regs>>,
    memory: Memory,
    tlbs: Vec<Tlb>,
    programs: Arc<Programs>,
}

/// A machine as it was, to go back to: it takes as much room as was in use.
#[derive(Clone, Debug)]
pub struct MachineSnapshot {
    kernel: Kernel<Snapshot<Regs>>,
    memory: Memory,
}

/// What a step came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stepped {
    /// Instructions executed.
    pub instructions: u64,
    /// Whether the task can go on at once.
    pub runnable: bool,
}

impl Machine {
    /// A machine on which init is about to execute the program at `path`.
    ///
    /// # Errors
    /// ENOENT: no such program, or it does not compile. Others: the tables are too small; see [`Kernel::boot`].
    pub fn boot(
        setup: &Setup,
        programs: Arc<Programs>,
        path: &str,
        arguments: &Arguments,
        events: &mut Vec<Event>,
    ) -> Result<Machine, Errno> {
        let mut memory = Memory::new(setup.capacity.frames);
        let mut tlbs = vec![Tlb::default(); usize::from(setup.config.cpus)];
        let mut bay = Bay {
            memory: &mut memory,
            tlbs: &mut tlbs,
            programs: &programs,
            events,
        };
        let storage = Boxed::new(&setup.capacity);
        let mut kernel = Kernel::boot(storage, &setup.config, &mut bay)?;
        let init = kernel.find(Pid::INIT).ok_or(Errno::ESRCH)?;
        let program = match programs.find(path) {
            Some(Ok(program)) => program,
            Some(Err(_)) => return Err(Errno::ENOEXEC),
            None => return Err(Errno::ENOENT),
        };
        match exec::exec(&mut kernel, init, program, path, arguments, &mut bay) {
            Outcome::Done(0) => Ok(Machine {
                kernel,
                memory,
                tlbs,
                programs,
            }),
            _ => Err(Errno::ENOMEM),
        }
    }

    /// The kernel, to look at.
    pub fn kernel(&self) -> &Kernel<Boxed<Regs>> {
        &self.kernel
    }

    /// The memory, to look at.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// What a test disturbs, to see that nobody minds.
    #[cfg(test)]
    pub(crate) fn insides(&mut self) -> (&mut Kernel<Boxed<Regs>>, &mut Memory) {
        (&mut self.kernel, &mut self.memory)
    }

    /// The programs.
    pub fn programs(&self) -> &Arc<Programs> {
        &self.programs
    }

    /// `kernel.ns_last_pid`: the next task gets the number after this one.
    pub fn set_last_pid(&mut self, nr: Pid) {
        self.kernel.set_last_pid(nr);
    }

    /// The machine as it is. [`Self::freeze`] before makes it cheap.
    #[must_use]
    pub fn snapshot(&self) -> MachineSnapshot {
        MachineSnapshot {
            kernel: self.kernel.snapshot(),
            memory: self.memory.clone(),
        }
    }

    /// Goes back to what this machine was once, or a clone of it.
    pub fn restore(&mut self, once: &MachineSnapshot) {
        self.kernel.restore(&once.kernel);
        self.memory.clone_from(&once.memory);
        // What a processor remembers of page tables is not part of the state.
        self.tlbs.iter_mut().for_each(|tlb| *tlb = Tlb::default());
    }

    /// Prepares for being cloned often: all memory is shared with the clones until one side writes.
    pub fn freeze(&mut self) {
        self.memory.freeze();
    }

    /// From now on kernel and memory tell what changes. It goes back with a restored machine.
    pub fn forget_changes(&mut self) {
        self.kernel.forget_changes();
        self.memory.forget_changes();
    }

    fn parts<'m>(&'m mut self, events: &'m mut Vec<Event>) -> (&'m mut Kernel<Boxed<Regs>>, Bay<'m>) {
        let Machine {
            kernel,
            memory,
            tlbs,
            programs,
        } = self;
        (
            kernel,
            Bay {
                memory,
                tlbs,
                programs,
                events,
            },
        )
    }

    /// The task that a processor would run next.
    pub fn schedule(&mut self, cpu: CpuId, events: &mut Vec<Event>) -> Option<TaskRef> {
        let (kernel, mut bay) = self.parts(events);
        kernel.schedule(cpu, &mut bay)
    }

    /// Lets a processor turn to this ready task.
    pub fn dispatch(&mut self, cpu: CpuId, task: TaskRef, events: &mut Vec<Event>) {
        let (kernel, mut bay) = self.parts(events);
        kernel.dispatch(cpu, task, &mut bay);
    }

    /// So many nanoseconds have passed on a processor.
    pub fn tick(&mut self, cpu: CpuId, ns: u64, events: &mut Vec<Event>) {
        let (kernel, mut bay) = self.parts(events);
        kernel.tick(cpu, ns, &mut bay);
    }

    /// It is now so many nanoseconds after boot.
    pub fn advance(&mut self, now: u64, events: &mut Vec<Event>) {
        let (kernel, mut bay) = self.parts(events);
        kernel.advance(now, &mut bay);
    }

    /// Bytes for the console's input; returns how many there was room for.
    pub fn console_input(&mut self, bytes: &[u8], events: &mut Vec<Event>) -> usize {
        let mut taken = 0;
        for chunk in bytes.chunks(memory::FRAME) {
            let (kernel, mut bay) = self.parts(events);
            let Some(frame) = kernel.console_room(&mut bay) else {
                break;
            };
            bay.memory.write(PhysAddr { frame, offset: 0 }, chunk);
            kernel.console_received(frame, u16::try_from(chunk.len()).unwrap_or(u16::MAX), &mut bay);
            taken += chunk.len();
        }
        taken
    }

    /// All the input that there will be, at once.
    pub fn feed(&mut self, bytes: &[u8], events: &mut Vec<Event>) {
        if self.kernel.console_is_pipe() {
            self.console_input(bytes, events);
            self.console_closed(events);
        } else {
            self.keys(bytes, events);
        }
    }

    /// Somebody types at the terminal; returns how many bytes were taken.
    pub fn keys(&mut self, bytes: &[u8], events: &mut Vec<Event>) -> usize {
        let (kernel, mut bay) = self.parts(events);
        kernel.receive_buf(bytes, &mut bay)
    }

    /// There will be no more input.
    pub fn console_closed(&mut self, events: &mut Vec<Event>) {
        let (kernel, mut bay) = self.parts(events);
        kernel.console_closed(&mut bay);
    }

    fn id(&self, task: TaskRef) -> TaskId {
        TaskId {
            task,
            pid: self.kernel.view().tasks.get(task).map_or(Pid(0), |t| t.pid),
        }
    }

    /// The one door: a processor runs a ready task for at most `fuel` instructions, or until it traps into the
    /// kernel, whichever comes first. A task that was parked in a call goes on with the call and does no more.
    pub fn step(&mut self, cpu: CpuId, task: TaskRef, fuel: u64, events: &mut Vec<Event>) -> Stepped {
        self.dispatch(cpu, task, events);
        if self.kernel.has_work(task) {
            let (kernel, mut bay) = self.parts(events);
            let outcome = kernel.resume(task, &mut bay);
            return Stepped {
                instructions: 0,
                runnable: self.settle(task, outcome, events),
            };
        }
        self.user_step(cpu, task, fuel, events)
    }

    /// The same for a task that was sent a signal and has not taken it: it was in the kernel already when the signal
    /// came, or the signal is a little late.
    pub fn step_before_signal(&mut self, cpu: CpuId, task: TaskRef, events: &mut Vec<Event>) -> Stepped {
        self.dispatch(cpu, task, events);
        let mut left = 1;
        let runnable = match self.execute(cpu, task, &mut left, None) {
            Some(Trap::Syscall { nr, args }) if !matches!(nr, EXECVE | uname::UNAME) => {
                events.push(Event::Syscall {
                    task: self.id(task),
                    nr,
                    args,
                });
                let (kernel, mut bay) = self.parts(events);
                let outcome = kernel.syscall_entered(task, nr, args, &mut bay);
                self.settle(task, outcome, events)
            }
            Some(trap) => self.trapped(task, trap, events),
            None => false,
        };
        Stepped {
            instructions: 1 - left,
            runnable,
        }
    }

    fn user_step(&mut self, cpu: CpuId, task: TaskRef, fuel: u64, events: &mut Vec<Event>) -> Stepped {
        let mut left = fuel;
        let Some(trap) = self.execute(cpu, task, &mut left, None) else {
            return Stepped {
                instructions: 0,
                runnable: false,
            };
        };
        let instructions = fuel - left;
        Stepped {
            instructions,
            runnable: self.trapped(task, trap, events),
        }
    }

    /// What the kernel makes of a trap; tells whether the task can go on at once.
    fn trapped(&mut self, task: TaskRef, trap: Trap, events: &mut Vec<Event>) -> bool {
        match trap {
            Trap::OutOfFuel => true,
            Trap::Syscall { nr, args } => self.syscall(task, nr, args, events),
            Trap::Fault(fault) => self.page_fault(task, fault, events),
            Trap::Fetch(addr) => self.page_fault(
                task,
                Fault {
                    addr,
                    access: Access::Exec,
                },
                events,
            ),
            Trap::DivideError => self.trap(task, Signal::SIGFPE, BadTrap::Divide, events),
            Trap::InvalidOpcode => self.trap(task, Signal::SIGILL, BadTrap::Opcode, events),
        }
    }

    /// Runs the processor; none if the task has no program.
    fn execute(
        &mut self,
        cpu: CpuId,
        task: TaskRef,
        fuel: &mut u64,
        watch: Option<&mut Watch<'_>>,
    ) -> Option<Trap> {
        let Machine {
            kernel,
            memory,
            tlbs,
            programs,
        } = self;
        let view = kernel.view();
        let mm = view.tasks.get(task)?.mm?;
        let image = &programs.get(view.mms.get(mm)?.exe_file?)?.image;
        let tlb = tlbs.get_mut(usize::from(cpu.0))?;
        tlb.switch(Some(mm));
        let mut regs = *kernel.thread(task)?;
        let mut port = Port::new(kernel, memory, tlb, task);
        let trap = match watch {
            Some(watch) if !watch.shared.is_nothing() => {
                let mut port = Watched {
                    port: &mut port,
                    watch,
                };
                cpu::run(image, &mut regs, &mut port, fuel)
            }
            _ => cpu::run(image, &mut regs, &mut port, fuel),
        };
        drop(port);
        *kernel.thread_mut(task)? = regs;
        Some(trap)
    }

    /// What a call's outcome means for the task; notes the value that it gave.
    fn settle(&mut self, task: TaskRef, outcome: Outcome, events: &mut Vec<Event>) -> bool {
        match outcome {
            Outcome::Done(value) => {
                events.push(Event::Return {
                    task: self.id(task),
                    value,
                });
                true
            }
            Outcome::Resumed => true,
            // The value waits in the handler's frame; what the call did, it has done.
            Outcome::Caught { value } => {
                let task = self.id(task);
                events.extend(value.map(|value| Event::Return { task, value }));
                true
            }
            Outcome::Blocked | Outcome::Gone => false,
        }
    }

    fn syscall(&mut self, task: TaskRef, nr: u64, args: [u64; 6], events: &mut Vec<Event>) -> bool {
        events.push(Event::Syscall {
            task: self.id(task),
            nr,
            args,
        });
        if nr == EXECVE {
            let [path, argv, envp, ..] = args;
            return self.execve(task, [path, argv, envp], events);
        }
        if nr == uname::UNAME {
            let [buf, ..] = args;
            return self.uname(task, buf, events);
        }
        let (kernel, mut bay) = self.parts(events);
        let outcome = kernel.syscall_raw(task, nr, args, &mut bay);
        self.settle(task, outcome, events)
    }

    fn execve(&mut self, task: TaskRef, args: [u64; 3], events: &mut Vec<Event>) -> bool {
        let outcome = self.try_execve(task, args, events);
        if let Err(errno) = outcome {
            let value = errno.to_return_value();
            if let Some(regs) = self.kernel.thread_mut(task) {
                regs.set_return_value(value);
            }
            return self.settle(task, Outcome::Done(value), events);
        }
        match outcome.unwrap_or(Outcome::Gone) {
            // Other threads must end first: the call is made again when the task runs.
            Outcome::Blocked => {
                if let Some(regs) = self.kernel.thread_mut(task) {
                    regs.pc -= INSTR_BYTES;
                }
                false
            }
            outcome => self.settle(task, outcome, events),
        }
    }

    fn try_execve(
        &mut self,
        task: TaskRef,
        args: [u64; 3],
        events: &mut Vec<Event>,
    ) -> Result<Outcome, Errno> {
        let programs = Arc::clone(&self.programs);
        let (kernel, mut bay) = self.parts(events);
        let [path, argv, envp] = args;
        let path = exec::read_path(kernel, task, path, &mut bay)?;
        // The file is opened before the arguments are read.
        let program = programs.find(&path).ok_or(Errno::ENOENT)?;
        let arguments = exec::read_arguments(kernel, task, &path, [argv, envp], &mut bay)?;
        match program {
            Ok(program) => Ok(exec::exec(kernel, task, program, &path, &arguments, &mut bay)),
            Err(_) => {
                bay.events.push(Event::BadProgram { path });
                Err(Errno::ENOEXEC)
            }
        }
    }

    fn page_fault(&mut self, task: TaskRef, Fault { addr, access }: Fault, events: &mut Vec<Event>) -> bool {
        let wanted = match access {
            Access::Read => fault::Access::Read,
            Access::Write => fault::Access::Write,
            Access::Exec => fault::Access::Exec,
        };
        let pc = self.kernel.thread(task).map_or(0, |regs| regs.pc);
        let (kernel, mut bay) = self.parts(events);
        match kernel.page_fault(task, addr, wanted, &mut bay) {
            // What may be executed and is mapped, but holds no instruction.
            Ok(_) if access == Access::Exec => self.trap(task, Signal::SIGILL, BadTrap::Opcode, events),
            Ok(_) => true,
            Err(why) => {
                events.push(Event::Trap {
                    task: self.id(task),
                    pc,
                    what: BadTrap::Address { addr, access, why },
                });
                true
            }
        }
    }

    fn trap(&mut self, task: TaskRef, signal: Signal, what: BadTrap, events: &mut Vec<Event>) -> bool {
        let pc = self.kernel.thread(task).map_or(0, |regs| regs.pc);
        events.push(Event::Trap {
            task: self.id(task),
            pc,
            what,
        });
        let code = match what {
            BadTrap::Divide => FPE_INTDIV,
            BadTrap::Opcode | BadTrap::Address { .. } => ILL_ILLOPN,
        };
        let (kernel, mut bay) = self.parts(events);
        kernel.trap(task, signal, code, pc, &mut bay);
        true
    }
}
