//! `--trace`: what happens, one line an event, in words that a student knows.

use kernel_model::abi::clock::{CpuOf, ItimerWhich};
use kernel_model::abi::effect::{Effect, FaultKind, Stream, TaskId, TtyReason};
use kernel_model::abi::flags::CloneFlags;
use kernel_model::abi::ids::{Pid, TaskRef};
use kernel_model::abi::limits::KTIME_MAX;
use kernel_model::abi::signal::{DefaultAction, Signal};
use kernel_model::abi::state::State;
use kernel_model::abi::wait::WaitStatus;
use kernel_model::objects::blocked::Blocked;
use kernel_model::objects::futex::{FutexObject, FutexWait};
use kernel_model::objects::pid::find_pid;
use kernel_model::verbs::fault::BadAccess;
use std::collections::BTreeMap;

use super::syscalls::{errno_name, name};
use super::{pages, place};
use crate::machine::cpu::Access;
use crate::machine::{BadTrap, Event, Machine};

/// The exit status in words, of a process that has ended.
#[must_use]
pub fn ended(status: WaitStatus) -> String {
    match status {
        WaitStatus::Exited(code) => format!("exited with status {code}"),
        WaitStatus::Signaled { signal, .. } => format!("was killed by {signal:?}"),
        WaitStatus::Stopped(signal) => format!("was stopped by {signal:?}"),
        WaitStatus::Continued => "was continued".to_owned(),
    }
}

/// The same, of a process that ends now.
#[must_use]
pub fn ending(status: WaitStatus) -> String {
    match status {
        WaitStatus::Exited(code) => format!("exits with status {code}"),
        WaitStatus::Signaled { signal, core } => {
            format!(
                "is killed by {signal:?}{}",
                if core { ", with a core dump" } else { "" }
            )
        }
        WaitStatus::Stopped(signal) => format!("is stopped by {signal:?}"),
        WaitStatus::Continued => "is continued".to_owned(),
    }
}

/// A signal and what everybody knows it by.
fn described(signal: Signal) -> String {
    format!("{signal:?}")
}

/// Tells the story of a run.
#[derive(Debug, Default)]
pub struct Story {
    /// The call in which each task is.
    calls: BTreeMap<Pid, u64>,
    /// Whether the program has begun: what init does before is not told.
    begun: bool,
}

impl Story {
    /// Whether the program has been executed.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// The line for an event; none where there is nothing to tell.
    pub fn line(&mut self, event: &Event, machine: &Machine) -> Option<String> {
        let line = match event {
            Event::Effect(effect) => self.effect(effect, machine),
            Event::Console { by, stream, bytes } => {
                let to = if *stream == Stream::Stdout {
                    "stdout"
                } else {
                    "stderr"
                };
                let text = String::from_utf8_lossy(bytes);
                Some(format!(
                    "pid {} writes {} bytes to {to}: {:?}",
                    by.pid,
                    bytes.len(),
                    text
                ))
            }
            Event::Syscall { task, nr, .. } => {
                self.calls.insert(task.pid, *nr);
                None
            }
            Event::Return { task, value } => self.failure(*task, *value),
            Event::Trap { task, what, .. } => Some(trap(*task, what, machine)),
            Event::BadProgram { path } => Some(format!("{path} cannot be executed: it does not compile")),
        };
        line.filter(|_| self.begun)
    }

    /// Only calls that fail are told of; what the others did is told as what happened.
    fn failure(&mut self, task: TaskId, value: i64) -> Option<String> {
        let nr = self.calls.remove(&task.pid)?;
        if !(-4095..0).contains(&value) || task.pid == Pid::INIT {
            return None;
        }
        Some(format!(
            "pid {}: {} fails with {}",
            task.pid,
            name(nr).unwrap_or("the call"),
            errno_name(value)
        ))
    }

    fn effect(&mut self, effect: &Effect, machine: &Machine) -> Option<String> {
        Some(match *effect {
            Effect::Forked { parent, child, flags } => forked(parent, child, flags),
            Effect::Execed { task, image } => {
                let path = machine
                    .programs()
                    .get(image)
                    .map_or("a program", |program| &program.path);
                self.begun |= task.pid != Pid::INIT;
                format!(
                    "pid {} executes {path}: the same process, a new program",
                    task.pid
                )
            }
            Effect::Exited {
                task,
                status,
                last: true,
            } => format!("pid {} {}", task.pid, ending(status)),
            Effect::Exited {
                task, last: false, ..
            } => format!("thread {} ends; its process goes on", task.pid),
            Effect::Reparented { child, from, to } => reparented(child, from, to, machine),
            Effect::Reaped { child, by, status } => {
                format!(
                    "pid {} has waited for pid {}, which {}: pid {} is gone",
                    by.pid,
                    child.pid,
                    ended(status),
                    child.pid
                )
            }
            Effect::AutoReaped { child, parent } => {
                format!(
                    "pid {} is gone at once: its parent, pid {}, ignores SIGCHLD",
                    child.pid, parent.pid
                )
            }
            Effect::StateChanged { task, from, to } => return state_changed(task, from, to, machine),
            Effect::SignalSent {
                to,
                signal,
                from,
                ignored,
            } => return signal_sent(to, signal, from, ignored),
            Effect::PageFault {
                task,
                addr,
                frame,
                kind,
            } => match kind {
                FaultKind::Copy { from } if from.0 != 0 => format!(
                    "pid {} writes to a shared page of its {}: it gets a copy (frame {} -> {})",
                    task.pid,
                    pages::kind_of(machine, task.task, addr),
                    from.0,
                    frame.0
                ),
                FaultKind::Reuse => format!(
                    "pid {} writes to a page of its {} that nobody shares any more: no copy (frame {})",
                    task.pid,
                    pages::kind_of(machine, task.task, addr),
                    frame.0
                ),
                _ => return None,
            },
            Effect::SignalCaught {
                task,
                signal,
                handler,
                code,
                from,
            } => caught(task, signal, (code, from), handler, machine),
            Effect::TimerSet {
                process,
                which,
                value,
                interval,
            } => timer_set(process, which, value, interval),
            Effect::TimerExpired { process, which } => {
                format!("the {} of pid {} goes off", timer(which), process.pid)
            }
            Effect::TtySignal { signal, pgrp, why } => return tty_signal(signal, pgrp, why, machine),
            // Init's own part as a shell is not told.
            Effect::Foreground { by, .. } if by.pid == Pid::INIT => return None,
            Effect::Foreground { by, pgrp } => {
                format!(
                    "pid {} brings group {pgrp} to the foreground of the terminal",
                    by.pid
                )
            }
            Effect::ControllingTty { leader } => format!("session {} gets the terminal", leader.pid),
            Effect::NoTty { leader } => format!("the terminal is nobody's: pid {} gives it up", leader.pid),
            Effect::OutOfMemory { task } => format!("no frame is left for pid {}: it is killed", task.pid),
            _ => return None,
        })
    }
}

fn forked(parent: TaskId, child: TaskId, flags: CloneFlags) -> String {
    let (parent, child) = (parent.pid, child.pid);
    match () {
        () if flags.contains(CloneFlags::CLONE_THREAD) => format!("pid {parent} starts a thread: {child}"),
        () if flags.contains(CloneFlags::CLONE_VFORK | CloneFlags::CLONE_VM) => {
            format!(
                "pid {parent} vforks: pid {child} is born and borrows its memory; pid {parent} waits until it execs or exits"
            )
        }
        () if flags.contains(CloneFlags::CLONE_VM) => {
            format!("pid {parent} clones: pid {child} is born and shares its memory")
        }
        () => format!("pid {parent} forks: pid {child} is born, a copy of it"),
    }
}

fn reparented(child: TaskId, from: TaskId, to: TaskId, machine: &Machine) -> String {
    let adopter = if to.pid == Pid::INIT {
        "init (pid 1)".to_owned()
    } else {
        format!("pid {}", to.pid)
    };
    let zombie = machine
        .kernel()
        .view()
        .tasks
        .get(child.task)
        .is_none_or(|t| t.state().has_exited());
    let what = if zombie {
        ", a zombie, is left behind"
    } else {
        " is an orphan"
    };
    format!(
        "pid {}{what}, since pid {} has ended: {adopter} adopts it",
        child.pid, from.pid
    )
}

fn state_changed(task: TaskId, from: State, to: State, machine: &Machine) -> Option<String> {
    let pid = task.pid;
    if pid == Pid::INIT {
        return None;
    }
    Some(match to {
        State::Zombie => {
            // Nobody waits for a thread, nor for a child of those who ignore SIGCHLD: they are gone already.
            machine.kernel().view().tasks.get(task.task)?;
            format!("pid {pid} is a zombie until its parent waits for it")
        }
        State::Stopped => format!("pid {pid} stops"),
        State::Sleeping(_) => {
            let reason = machine.kernel().view().tasks.get(task.task)?.parked?;
            format!("pid {pid} sleeps: {}", waits_for(&reason, machine))
        }
        State::Running if from == State::Stopped => format!("pid {pid} continues"),
        State::Running if matches!(from, State::Sleeping(_)) => format!("pid {pid} wakes up"),
        _ => return None,
    })
}

/// A time to the millisecond.
fn seconds(ns: u64) -> String {
    let ms = ns.saturating_add(500_000) / 1_000_000;
    format!("{}.{:03} s", ms / 1000, ms % 1000)
}

/// `pid 3 sets its alarm: SIGALRM in 1.000 s, and then every 0.010 s`
fn timer_set(process: TaskId, which: ItimerWhich, value: u64, interval: u64) -> String {
    let (pid, timer) = (process.pid, timer(which));
    let by = match which {
        ItimerWhich::Real => "",
        ItimerWhich::Virtual => " of its user time",
        ItimerWhich::Prof => " of its processor time",
    };
    match (value, interval) {
        (0, _) => format!("pid {pid} stops its {timer}"),
        (value, 0) => format!(
            "pid {pid} sets its {timer}: {:?} in {}{by}",
            which.signal(),
            seconds(value)
        ),
        (value, interval) => format!(
            "pid {pid} sets its {timer}: {:?} in {}{by}, and then every {}",
            which.signal(),
            seconds(value),
            seconds(interval)
        ),
    }
}

/// What people call an interval timer.
const fn timer(which: ItimerWhich) -> &'static str {
    match which {
        ItimerWhich::Real => "alarm",
        ItimerWhich::Virtual => "virtual timer",
        ItimerWhich::Prof => "profiling timer",
    }
}

/// `SIGTSTP from the terminal stops group 7: pids 7, 8`.
fn tty_signal(signal: Signal, pgrp: Pid, why: TtyReason, machine: &Machine) -> Option<String> {
    let view = machine.kernel().view();
    let group = find_pid(view.pids, view.hash, pgrp)?;
    let members: Vec<TaskRef> = view.pids[group]
        .pgrp
        .iter(view.signals)
        .map(|member| view.signals[member].leader)
        .filter(|task| !view.tasks[*task].state().has_exited())
        .collect();
    if members.is_empty() {
        return None;
    }
    let by_default = |task: &TaskRef| {
        let actions = view.tasks[*task].sighand.map(|sighand| &view.sighands[sighand]);
        let left_alone =
            actions.is_some_and(|actions| !actions.ignored().has(signal) && !actions.caught().has(signal));
        left_alone && !view.tasks[*task].blocked.has(signal)
    };
    let verb = match signal.default_action() {
        _ if !members.iter().all(by_default) => "goes to",
        DefaultAction::Stop => "stops",
        DefaultAction::Terminate | DefaultAction::Core => "ends",
        DefaultAction::Ignore | DefaultAction::Continue => "goes to",
    };
    let because = match why {
        TtyReason::Key | TtyReason::Resize => String::new(),
        TtyReason::Background(task) => format!(", since pid {} is in the background", task.pid),
        TtyReason::HangUp(task) => format!(", since pid {}, which led its session, has ended", task.pid),
    };
    let mut pids: Vec<u32> = members.iter().map(|task| view.tasks[*task].pid.0).collect();
    pids.sort_unstable();
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    let s = if pids.len() == 1 { "" } else { "s" };
    Some(format!(
        "{signal:?} from the terminal {verb} group {pgrp}: pid{s} {}{because}",
        pids.join(", ")
    ))
}

/// What a sleeper waits for.
#[must_use]
pub fn waits_for(reason: &Blocked, machine: &Machine) -> String {
    match reason {
        Blocked::Wait(args) => match args.who {
            kernel_model::abi::call::WaitFor::Any => "it waits for a child to end".to_owned(),
            kernel_model::abi::call::WaitFor::Pid(pid) => {
                format!("it waits for its child, pid {pid}, to end")
            }
            kernel_model::abi::call::WaitFor::Group(pgid) => {
                format!("it waits for a child in group {pgid} to end")
            }
        },
        Blocked::VforkDone { child } => format!("until pid {child}, its vfork child, execs or exits"),
        Blocked::PipeRead(_) => "it reads from a pipe that is empty and still open for writing".to_owned(),
        Blocked::SignalfdRead(_) => "it reads signals, and none that it asks for pends".to_owned(),
        Blocked::PipeWrite(_) => "it writes to a pipe that is full".to_owned(),
        Blocked::TtyRead(_) => "it reads from the terminal, where nothing was typed".to_owned(),
        Blocked::TtyWrite(_) | Blocked::TtyIoctl { .. } => {
            "it wants the terminal in the background".to_owned()
        }
        Blocked::Nanosleep {
            until: KTIME_MAX.., ..
        } => "for ever".to_owned(),
        Blocked::Nanosleep { until, .. } => {
            format!("for {}", seconds(until.saturating_sub(machine.kernel().now())))
        }
        Blocked::CpuNanosleep(sleep) => {
            let whose = match (sleep.clock.of, sleep.clock.pid) {
                (CpuOf::Process, Pid(0)) => "its own process".to_owned(),
                (CpuOf::Process, pid) => format!("pid {pid}"),
                (CpuOf::Thread, pid) => format!("thread {pid}"),
            };
            format!("until {whose} has used {} of the processor", seconds(sleep.until))
        }
        Blocked::Pause | Blocked::Sigsuspend { .. } | Blocked::SigsuspendRestart { .. } => {
            "until a signal comes".to_owned()
        }
        Blocked::Sigtimedwait { set, .. } => format!("until one of {set:?} comes"),
        Blocked::DeThread => "until its other threads have ended".to_owned(),
        Blocked::Exit => "it is about to end".to_owned(),
        Blocked::Kthread => "a kernel thread without work".to_owned(),
        Blocked::Clone(_) => "a fork that a signal put off".to_owned(),
        Blocked::Poll(wait) | Blocked::PollRestart(wait) => {
            format!("until one of {} descriptors has something to tell", wait.nfds)
        }
        Blocked::Futex(wait) | Blocked::FutexRestart(wait) => {
            let name = futex_name(wait, machine).unwrap_or_default();
            format!(
                "until the futex at {:#x}{name} is woken; it holds {}",
                wait.uaddr.0, wait.val
            )
        }
    }
}

/// In which object of the program a futex lies, if it is one with a name: ` (forks + 64)`.
fn futex_name(wait: &FutexWait, machine: &Machine) -> Option<String> {
    let (FutexObject::Private(mm) | FutexObject::Mm(mm)) = wait.key?.object else {
        return None;
    };
    let image = machine.kernel().view().mms.get(mm)?.exe_file?;
    let symbol = machine.programs().get(image)?.image.symbol_at(wait.uaddr.0)?;
    Some(match wait.uaddr.0.saturating_sub(symbol.addr) {
        0 => format!(" ({})", symbol.name),
        within => format!(" ({} + {within})", symbol.name),
    })
}

/// `SIGCHLD from pid 4 runs handler on_child in pid 3`.
fn caught(task: TaskId, signal: Signal, (code, from): (i32, Pid), handler: u64, machine: &Machine) -> String {
    // Codes above 0 are the kernel's own; SIGCHLD's have the pid of the child.
    let by = match code {
        1.. if signal != Signal::SIGCHLD => String::new(),
        _ if from.0 == 0 => String::new(),
        _ => format!(" from pid {from}"),
    };
    let name = place::function_at(machine, task.task, handler);
    let name = name.map_or_else(|| format!("at {handler:#x}"), str::to_owned);
    format!(
        "{}{by} runs handler {name} in pid {}",
        described(signal),
        task.pid
    )
}

fn signal_sent(to: TaskId, signal: Signal, from: Option<TaskId>, ignored: bool) -> Option<String> {
    // Every child's end sends SIGCHLD; the end itself has been told.
    if signal == Signal::SIGCHLD && ignored || to.pid == Pid::INIT {
        return None;
    }
    let by = match from {
        Some(from) => format!("pid {} sends {} to pid {}", from.pid, described(signal), to.pid),
        None => format!("the kernel sends {} to pid {}", described(signal), to.pid),
    };
    Some(if ignored {
        format!("{by}, which ignores it")
    } else {
        by
    })
}

/// What a program did that it may not.
#[must_use]
pub fn trap(task: TaskId, what: &BadTrap, machine: &Machine) -> String {
    let place = place::of_task(machine, task.task).map_or(String::new(), |place| format!(" ({place})"));
    let pid = task.pid;
    match what {
        BadTrap::Address { addr, access, why } => {
            let verb = match access {
                Access::Read => "reads",
                Access::Write => "writes",
                Access::Exec => "jumps to",
            };
            let because = match why {
                BadAccess::Maperr if *addr < 4096 => "a null pointer",
                BadAccess::Maperr => "where nothing is mapped",
                BadAccess::Accerr => "where it may not",
                BadAccess::Oom => "and memory is used up",
            };
            format!("pid {pid} {verb} {addr:#x}, {because}{place}")
        }
        BadTrap::Divide => format!("pid {pid} divides by zero{place}"),
        BadTrap::Opcode => format!("pid {pid} executes what is no instruction{place}"),
    }
}
