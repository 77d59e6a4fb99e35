//! `--json`: the event stream, one object a line. `docs/events.md` is its schema.

use kernel_model::abi::clock::ItimerWhich;
use kernel_model::abi::effect::{Effect, FaultKind, Stream, TaskId, TtyReason};
use kernel_model::abi::wait::WaitStatus;
use kernel_model::verbs::fault::BadAccess;
use serde_json::{Value, json};

use super::syscalls::name;
use crate::machine::cpu::Access;
use crate::machine::{BadTrap, Event, Machine};

/// The version of the schema: the first line of a stream names it.
pub const SCHEMA: u32 = 1;

fn status(status: WaitStatus) -> Value {
    match status {
        WaitStatus::Exited(code) => json!({"exited": code}),
        WaitStatus::Signaled { signal, core } => json!({"signaled": format!("{signal:?}"), "core": core}),
        WaitStatus::Stopped(signal) => json!({"stopped": format!("{signal:?}")}),
        WaitStatus::Continued => json!({"continued": true}),
    }
}

fn pid(id: TaskId) -> u32 {
    id.pid.0
}

/// The object for an event; none for what only the machine needs to know.
#[must_use]
pub fn line(event: &Event, machine: &Machine) -> Option<Value> {
    let mut value = match event {
        Event::Effect(effect) => of_effect(effect, machine)?,
        Event::Console { by, stream, bytes } => {
            let stream = if *stream == Stream::Stdout {
                "stdout"
            } else {
                "stderr"
            };
            json!({"event": "write", "pid": pid(*by), "stream": stream, "text": String::from_utf8_lossy(bytes)})
        }
        Event::Syscall { task, nr, args } => {
            json!({"event": "syscall", "pid": pid(*task), "nr": nr, "name": name(*nr), "args": args})
        }
        Event::Return { task, value } => json!({"event": "return", "pid": pid(*task), "value": value}),
        Event::Trap { task, pc, what } => trap(*task, *pc, what),
        Event::BadProgram { path } => json!({"event": "bad_program", "path": path}),
    };
    if let Some(object) = value.as_object_mut() {
        object.insert("ns".to_owned(), json!(machine.kernel().now()));
    }
    Some(value)
}

fn trap(task: TaskId, pc: u64, what: &BadTrap) -> Value {
    match what {
        BadTrap::Address { addr, access, why } => {
            let access = match access {
                Access::Read => "read",
                Access::Write => "write",
                Access::Exec => "exec",
            };
            let why = match why {
                BadAccess::Maperr => "SEGV_MAPERR",
                BadAccess::Accerr => "SEGV_ACCERR",
                BadAccess::Oom => "OOM",
            };
            json!({"event": "trap", "pid": pid(task), "pc": pc, "addr": addr, "access": access, "why": why})
        }
        BadTrap::Divide => json!({"event": "trap", "pid": pid(task), "pc": pc, "why": "divide"}),
        BadTrap::Opcode => json!({"event": "trap", "pid": pid(task), "pc": pc, "why": "opcode"}),
    }
}

fn of_effect(effect: &Effect, machine: &Machine) -> Option<Value> {
    Some(match *effect {
        Effect::Forked { parent, child, flags } => {
            let flags: Vec<&str> = flags.iter_names().map(|(name, _)| name).collect();
            json!({"event": "fork", "pid": pid(parent), "child": pid(child), "flags": flags})
        }
        Effect::Execed { task, image } => {
            let path = machine.programs().get(image).map(|program| program.path.clone());
            json!({"event": "exec", "pid": pid(task), "path": path})
        }
        Effect::Exited {
            task,
            status: how,
            last,
        } => {
            json!({"event": "exit", "pid": pid(task), "status": status(how), "process": last})
        }
        Effect::Reaped {
            child,
            by,
            status: how,
        } => {
            json!({"event": "reap", "pid": pid(by), "child": pid(child), "status": status(how)})
        }
        Effect::AutoReaped { child, parent } => {
            json!({"event": "autoreap", "pid": pid(parent), "child": pid(child)})
        }
        Effect::Reparented { child, from, to } => {
            json!({"event": "reparent", "pid": pid(child), "from": pid(from), "to": pid(to)})
        }
        Effect::StateChanged { task, from, to } => {
            json!({"event": "state", "pid": pid(task), "from": from.name(), "to": to.name()})
        }
        Effect::Switch { cpu, prev, next } => {
            json!({"event": "switch", "cpu": cpu.0, "prev": pid(prev), "next": pid(next)})
        }
        Effect::PageFault {
            task,
            addr,
            frame,
            kind,
        } => {
            let (kind, from) = fault_kind(kind);
            json!({"event": "fault", "pid": pid(task), "addr": addr, "frame": frame.0, "kind": kind, "from": from})
        }
        Effect::OutOfMemory { task } => json!({"event": "oom", "pid": pid(task)}),
        Effect::SignalSent {
            to,
            signal,
            from,
            ignored,
        } => {
            json!({"event": "signal", "pid": pid(to), "signal": format!("{signal:?}"), "from": from.map(pid), "ignored": ignored})
        }
        Effect::SignalCaught {
            task,
            signal,
            handler,
            code,
            from,
        } => {
            json!({"event": "handler", "pid": pid(task), "signal": format!("{signal:?}"), "handler": handler, "code": code, "from": from.0})
        }
        Effect::TimerSet {
            process,
            which,
            value,
            interval,
        } => {
            json!({"event": "timer", "pid": pid(process), "timer": timer(which), "value": value, "interval": interval})
        }
        Effect::TimerExpired { process, which } => {
            json!({"event": "timer_expired", "pid": pid(process), "timer": timer(which)})
        }
        Effect::TtySignal { signal, pgrp, why } => {
            let (why, by) = match why {
                TtyReason::Key => ("key", None),
                TtyReason::Background(task) => ("background", Some(pid(task))),
                TtyReason::HangUp(task) => ("hangup", Some(pid(task))),
                TtyReason::Resize => ("resize", None),
            };
            json!({"event": "tty_signal", "signal": format!("{signal:?}"), "pgrp": pgrp.0, "why": why, "pid": by})
        }
        Effect::Foreground { by, pgrp } => json!({"event": "foreground", "pid": pid(by), "pgrp": pgrp.0}),
        Effect::ControllingTty { leader } => json!({"event": "tty", "pid": pid(leader), "gets": true}),
        Effect::NoTty { leader } => json!({"event": "tty", "pid": pid(leader), "gets": false}),
        Effect::SignalDelivered { task, signal } => {
            json!({"event": "deliver", "pid": pid(task), "signal": format!("{signal:?}")})
        }
        _ => return None,
    })
}

const fn timer(which: ItimerWhich) -> &'static str {
    match which {
        ItimerWhich::Real => "ITIMER_REAL",
        ItimerWhich::Virtual => "ITIMER_VIRTUAL",
        ItimerWhich::Prof => "ITIMER_PROF",
    }
}

const fn fault_kind(kind: FaultKind) -> (&'static str, Option<u32>) {
    match kind {
        FaultKind::ZeroPage => ("zero_page", None),
        FaultKind::Anonymous => ("anonymous", None),
        FaultKind::File => ("file", None),
        FaultKind::Shared => ("shared", None),
        FaultKind::Copy { from } => ("copy", Some(from.0)),
        FaultKind::Reuse => ("reuse", None),
        FaultKind::Spurious => ("spurious", None),
    }
}
