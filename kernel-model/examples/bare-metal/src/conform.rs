//! The other end of `ktm conform`: requests come over the first serial port, tasks of ring 3 carry them out, answers go
//! back. Everything runs until nobody has anything to do; that is when the idle loop is reached, and asks for the next line.

use core::fmt::Write;

use kernel_model::abi::flags::Prot;
use kernel_model::abi::ids::TaskRef;
use kernel_model::abi::rlimit::{Resource, Rlimit, Rlimits};
use kernel_model::kernel::Config;
use kernel_model::objects::mm::VmaKind;
use kernel_model::objects::task::Comm;
use kernel_model::verbs::binfmt::Arguments;
use kernel_model::verbs::exec::{Program, Segment};
use kernel_model::{Call, Kernel, Outcome, Pid};

use crate::board::Hardware;
use crate::json::{self, Commas};
use crate::puppets::{AREA, AREAS, Doing, Puppets, Returned, STACKS, STACKS_LEN};
use crate::serial::COM1;
use crate::tasks::{self, CPU, PID_MAX, TASKS, Tables, kernel};
use crate::x86::OneCpu;
use crate::{look, machine, timer};

/// The calls that only puppets make, and the commands that are no call; programs/puppet.rs says the same.
const NEXT: u64 = 0x1_0000;
const LOAD: u64 = 0x1_0001;
const STORE: u64 = 0x1_0002;
const EXEC: u64 = 0x1_0003;
const LEAVE: u64 = 0x1_0004;
const ENTERED: u64 = 0x1_0005;

/// The call by which a command ends a handler.
const RT_SIGRETURN: u64 = 15;

/// Where their heap begins.
const HEAP: u64 = 0x3000_0000_0000;

/// What this kernel says it has.
const CALLS: &str = concat!(
    r#""fork","vfork","clone","exit","exit_group","wait4","waitid","exec","sched_yield","getpid","getppid","gettid","#,
    r#""getpgrp","getpgid","getsid","setpgid","setsid","kill","tkill","tgkill","pause","load","store","mmap","munmap","#,
    r#""mprotect","madvise","brk","pipe","pipe2","read","write","close","dup","dup2","dup3","fcntl","pidfd_open","#,
    r#""pidfd_getfd","waitid_pidfd","set_tid_address","setuid","setreuid","setresuid","setfsuid","getuid","geteuid","#,
    r#""getresuid","setgid","setregid","setresgid","setfsgid","getgid","getegid","getresgid","getpriority","setpriority","#,
    r#""rt_sigaction","rt_sigreturn","rt_sigprocmask","rt_sigpending","rt_sigsuspend","rt_sigtimedwait","#,
    r#""rt_sigqueueinfo","rt_tgsigqueueinfo","sigaltstack","signalfd4","signalfd","read_signals","pidfd_send_signal""#,
);
const FIELDS: &str = concat!(
    r#""state","tgid","ppid","pgid","sid","threads","exit_signal","pending","shared_pending","blocked","ignored","#,
    r#""caught","handlers","descriptors","pages""#,
);

/// What task 1 is capable of, and its limits: as the harness has them.
const CAPABILITIES: u64 = ((1 << 41) - 1) & !(1 << 24);
const PR_CAPBSET_DROP: i32 = 24;
const LIMITS: Rlimits = {
    let mut limits = Rlimits::INIT;
    limits.set(Resource::Nproc, both(1024));
    limits.set(Resource::Sigpending, both(1024));
    limits.set(Resource::Memlock, both(1 << 16));
    limits.set(Resource::Msgqueue, both(1 << 16));
    limits
};

const fn both(limit: u64) -> Rlimit {
    Rlimit {
        cur: limit,
        max: limit,
    }
}

/// A request that is coming, and the tasks that carry it out.
struct Conform {
    line: heapless::Vec<u8, 1024>,
    complete: bool,
    puppets: Puppets,
}

static STATE: OneCpu<Conform> = OneCpu::new(Conform {
    line: heapless::Vec::new(),
    complete: false,
    puppets: Puppets::NONE,
});

/// Takes requests for ever.
pub fn serve() -> ! {
    machine::conform();
    timer::init(false, true);
    COM1.listen();
    tasks::idle();
    unreachable!("there is no end of requests")
}

/// A byte of a request.
pub fn received(byte: u8) {
    STATE.with(|state| match byte {
        b'\n' => state.complete = true,
        _ => assert!(state.line.push(byte).is_ok(), "a line is too long"),
    });
}

/// The calls that only puppets make; tells whether this was one.
pub fn syscall(me: TaskRef, nr: u64, args: [u64; 6]) -> bool {
    let [first, second, ..] = args;
    match nr {
        NEXT => STATE.with(|state| {
            kernel(|k, hw| state.puppets.conclude(k, hw, me, first.cast_signed(), second));
        }),
        ENTERED => STATE.with(|state| kernel(|k, hw| state.puppets.enter(k, hw, me, first))),
        EXEC => {
            let _: Outcome = kernel(|k, hw| exec(k, me, hw));
        }
        _ => return false,
    }
    true
}

/// A handler has been set up for the task, which may have waited for a command: it is to run first.
pub fn caught(me: TaskRef) {
    STATE.with(|state| {
        if let Some(puppet) = state.puppets.get(me) {
            puppet.idle = false;
        }
    });
}

/// The puppet's program, from its beginning.
fn load(k: &mut Kernel<Tables>, me: TaskRef, hw: &mut Hardware) -> Outcome {
    let image = hw.image.clone();
    let program = image.program(b"puppet");
    let bss = |start, end| Segment {
        start,
        end,
        prot: Prot::READ.union(Prot::WRITE),
        kind: VmaKind::Bss,
        file: false,
    };
    let mut segments = heapless::Vec::<Segment, 8>::from_slice(program.segments).expect("few segments");
    segments.extend([
        bss(AREAS, AREAS + TASKS as u64 * AREA),
        bss(STACKS, STACKS + STACKS_LEN),
    ]);
    let program = Program {
        segments: &segments,
        brk: HEAP,
        comm: Comm::new(b"puppet"),
        ..program
    };
    let arguments = Arguments {
        filename: b"puppet",
        argv: &[b"puppet"],
        envp: &[],
        random: [0; 16],
    };
    k.execve(me, &program, &arguments, hw)
}

/// The same for a puppet that runs already.
pub fn exec(k: &mut Kernel<Tables>, me: TaskRef, hw: &mut Hardware) -> Outcome {
    let outcome = load(k, me, hw);
    if outcome == Outcome::Done(0) {
        let doing = Doing {
            nr: EXEC,
            args: [0; 6],
            own: true,
        };
        STATE.with(|state| state.puppets.start(me, doing));
    }
    outcome
}

/// Whom the processor turns to: whoever has something to do, and not whom the model would take next, who may wait for a
/// command.
pub fn choose() -> Option<TaskRef> {
    STATE.with(|state| {
        kernel(|k, hw| {
            if let Some((parent, child)) = hw.forked.take() {
                state.puppets.adopt(k, Some(parent), child);
            }
            let next = {
                let w = k.view();
                let mut all = w
                    .for_each_process()
                    .flat_map(|process| w.for_each_thread(process));
                all.find(|task| state.puppets.works(k, *task))
            };
            let next = next?;
            k.dispatch(CPU, next, hw);
            Some(next)
        })
    })
}

/// Nobody has anything to do: the last step is answered, or the next line is read. Tells whether there was something.
pub fn answer() -> bool {
    STATE.with(|state| {
        if let Some(caller) = state.puppets.caller.take() {
            told(&mut state.puppets, caller);
            return true;
        }
        if !core::mem::take(&mut state.complete) {
            return false;
        }
        let line = core::mem::take(&mut state.line);
        let line = core::str::from_utf8(&line).unwrap_or_default();
        if let Err(why) = request(state, line) {
            say(format_args!("{{\"error\":\"{why}\"}}"));
        }
        true
    })
}

/// An answer.
fn say(text: core::fmt::Arguments<'_>) {
    // Writing to a port does not fail.
    let _ = writeln!({ COM1 }, "{text}");
}

fn request(state: &mut Conform, line: &str) -> Result<(), &'static str> {
    match json::word(line, "op").ok_or("no op")? {
        "boot" => {
            state.puppets.clear();
            boot();
            kernel(|k, hw| {
                // Init was born before there was anybody to adopt it.
                hw.forked = None;
                let init = k.find(Pid::INIT).expect("the model has booted");
                state.puppets.adopt(k, None, init);
            });
            say(format_args!(
                "{{\"ok\":true,\"observes\":[{FIELDS}],\"calls\":[{CALLS}]}}"
            ));
        }
        "step" => step(state, line)?,
        "returned" => returned(&mut state.puppets).map_err(|_| "no room")?,
        "observe" => {
            let puppets = &mut state.puppets;
            kernel(|k, _| look::observe(k, puppets, &mut { COM1 })).map_err(|_| "no room")?;
            say(format_args!(""));
        }
        _ => return Err("no such op"),
    }
    Ok(())
}

/// The model begins anew, with one task that runs the puppet's program.
fn boot() {
    tasks::clear();
    kernel(|k, hw| {
        let config = Config {
            pid_max: PID_MAX,
            kthreadd: false,
            console: None,
            rlimits: LIMITS,
            ..Config::default()
        };
        k.boot_in_place(&config, hw).expect("there is room to boot");
        let init = k.find(Pid::INIT).expect("the model has booted");
        // The first process of a namespace leads nothing until it says so.
        assert_eq!(k.syscall(init, Call::Setsid, hw), Outcome::Done(1));
        for number in (0..41).filter(|number| CAPABILITIES & 1 << number == 0) {
            let drop = Call::Prctl {
                option: PR_CAPBSET_DROP,
                args: [number, 0, 0, 0],
            };
            assert_eq!(k.syscall(init, drop, hw), Outcome::Done(0));
        }
        assert_eq!(load(k, init, hw), Outcome::Done(0));
    });
}

/// A task is told to do something.
fn step(state: &mut Conform, line: &str) -> Result<(), &'static str> {
    let tid = json::number(line, "task")
        .and_then(|tid| u32::try_from(tid).ok())
        .ok_or("no task")?;
    let args = json::numbers(line, "args")
        .ok_or("no args")?
        .map(i64::cast_unsigned);
    let nr = match (
        json::word(line, "call").ok_or("no call")?,
        json::number(line, "nr").ok_or("no nr")?,
    ) {
        ("load", _) => LOAD,
        ("store", _) => STORE,
        ("exec", _) => EXEC,
        (_, nr) => u64::try_from(nr).map_err(|_| "no such call")?,
    };
    kernel(|k, hw| {
        let task = k.find(Pid(tid)).ok_or("no such task")?;
        let doing = Doing { nr, args, own: true };
        let puppets = &mut state.puppets;
        puppets.begin(k, hw, task, doing)?;
        if nr == RT_SIGRETURN && puppets.leave(k, task) {
            let regs = k.thread_mut(task).ok_or("no such task")?;
            regs.frame.rax = LEAVE;
        }
        Ok(())
    })
}

/// What became of the last step.
fn told(state: &mut Puppets, caller: TaskRef) {
    let alive = kernel(|k, _| {
        k.view()
            .tasks
            .get(caller)
            .is_some_and(|t| !t.state().has_exited())
    });
    match state.answer.take() {
        Some(Returned { value, stored, .. }) => say(format_args!("{{\"done\":{value}{stored}}}")),
        None if alive => say(format_args!("{{\"blocked\":true}}")),
        None => say(format_args!("{{\"gone\":true}}")),
    }
}

/// The calls of other tasks that are over.
fn returned(state: &mut Puppets) -> core::fmt::Result {
    let (mut out, mut commas) = (COM1, Commas::new());
    write!(out, "{{\"returned\":[")?;
    for Returned { tid, value, stored } in &state.returned {
        commas.next(&mut out)?;
        write!(out, "{{\"task\":{tid},\"done\":{value}{stored}}}")?;
    }
    state.returned.clear();
    writeln!(out, "]}}")
}
