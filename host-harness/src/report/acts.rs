//! What the tasks of a program do, act by act: of all the events those that are worth a word on an edge of the state
//! graph, or a place in a diagram.

use kernel_model::abi::effect::{Effect, Stream};
use kernel_model::abi::flags::CloneFlags;
use kernel_model::abi::ids::{ImageId, Pid};
use kernel_model::abi::signal::Signal;
use kernel_model::abi::state::State;
use kernel_model::abi::wait::WaitStatus;
use std::collections::BTreeMap;

use super::story;
use super::syscalls::{errno_name, name};
use crate::machine::{Event, Machine};

/// exit and exit_group.
const EXIT: [u64; 2] = [60, 231];
/// Calls by which the C library keeps house, and the return from a handler.
const HOUSEKEEPING: [u64; 13] = [5, 9, 10, 11, 12, 15, 16, 28, 186, 218, 273, 274, 302];

/// Something that a task does, or that befalls it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Act {
    /// The task.
    pub by: Pid,
    /// What.
    pub deed: Deed,
}

/// What a task does, or what befalls it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// It executes a program.
    Executes(String),
    /// It creates a task.
    Creates {
        /// Which.
        child: Pid,
        /// Whether that is a thread of its own process.
        thread: bool,
        /// By which call.
        call: &'static str,
    },
    /// It writes to the console.
    Prints(Stream, Vec<u8>),
    /// It ends.
    Ends {
        /// How its process ends.
        status: WaitStatus,
        /// Whether the process ends with it.
        process: bool,
        /// Whether it asked for that.
        asked: bool,
    },
    /// Its parent has ended, and it gets another.
    Adopted(Pid),
    /// It takes the status of a child, which is gone.
    Reaps(Pid),
    /// It is gone without being waited for.
    Vanishes,
    /// It sends a signal.
    Sends {
        /// Which.
        signal: Signal,
        /// To whom.
        to: Pid,
    },
    /// The kernel sends it a signal.
    Gets(Signal),
    /// It goes on in the handler of a signal.
    Catches {
        /// Which signal.
        signal: Signal,
        /// The handler's name, where it has one.
        handler: Option<String>,
    },
    /// It is stopped.
    Stops,
    /// It goes on after it was stopped.
    Continues,
    /// It makes another call.
    Calls {
        /// Its number.
        nr: u64,
        /// Its arguments.
        args: [u64; 6],
        /// Its value; none while it is in the call.
        value: Option<i64>,
    },
}

/// The errno in a call's value, if it failed.
#[must_use]
pub fn failure(value: i64) -> Option<String> {
    (-4095..0).contains(&value).then(|| errno_name(value))
}

/// A text that was written, on one line: its control characters as in JSON.
#[must_use]
pub fn quoted(bytes: &[u8]) -> String {
    serde_json::Value::from(String::from_utf8_lossy(bytes)).to_string()
}

/// The same, cut to a width.
#[must_use]
pub fn cut(bytes: &[u8], width: usize) -> String {
    let whole = quoted(bytes);
    if whole.chars().count() <= width {
        return whole;
    }
    let kept = whole.chars().take(width.saturating_sub(3));
    kept.chain("...".chars()).collect()
}

impl std::fmt::Display for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let by = if self.by == Pid::INIT {
            "init".to_owned()
        } else {
            self.by.to_string()
        };
        match &self.deed {
            Deed::Executes(path) => write!(f, "{by} executes {path}"),
            Deed::Creates {
                child, thread: false, ..
            } => write!(f, "{by} forks {child}"),
            Deed::Creates {
                child, thread: true, ..
            } => write!(f, "{by} creates thread {child}"),
            Deed::Prints(Stream::Stdout, bytes) => write!(f, "{by} writes {}", quoted(bytes)),
            Deed::Prints(Stream::Stderr, bytes) => write!(f, "{by} writes {} to stderr", quoted(bytes)),
            Deed::Ends {
                status,
                process: true,
                ..
            } => write!(f, "{by} {}", story::ending(*status)),
            Deed::Ends { process: false, .. } => write!(f, "thread {by} ends"),
            Deed::Adopted(Pid::INIT) => write!(f, "{by} is adopted by init"),
            Deed::Adopted(parent) => write!(f, "{by} is adopted by {parent}"),
            Deed::Reaps(child) => write!(f, "{by} has waited for {child}"),
            Deed::Vanishes => write!(f, "{by} is gone, since its parent ignores SIGCHLD"),
            Deed::Sends { signal, to } => write!(f, "{by} sends {signal:?} to {to}"),
            Deed::Gets(signal) => write!(f, "the kernel sends {signal:?} to {by}"),
            Deed::Catches {
                signal,
                handler: Some(handler),
            } => {
                write!(f, "{by} runs {handler} for {signal:?}")
            }
            Deed::Catches {
                signal,
                handler: None,
            } => write!(f, "{by} runs the handler of {signal:?}"),
            Deed::Stops => write!(f, "{by} is stopped"),
            Deed::Continues => write!(f, "{by} continues"),
            Deed::Calls { nr, value, .. } => {
                let call = name(*nr).map_or_else(|| format!("call {nr}"), str::to_owned);
                match value.and_then(failure) {
                    Some(errno) => write!(f, "{by}: {call} fails with {errno}"),
                    None => write!(f, "{by} calls {call}"),
                }
            }
        }
    }
}

/// A call that a task is in.
struct Call {
    nr: u64,
    args: [u64; 6],
    /// Where among the acts it stands as one of its own, while nothing else tells of it.
    slot: Option<usize>,
}

impl Call {
    /// Whether this is a call for sending this signal.
    fn sends(&self, signal: Signal) -> bool {
        let which = match self.nr {
            // kill, tkill, rt_sigqueueinfo, pidfd_send_signal.
            62 | 200 | 129 | 424 => self.args[1],
            // tgkill, rt_tgsigqueueinfo.
            234 | 297 => self.args[2],
            _ => return false,
        };
        which == u64::from(signal.number())
    }
}

struct Teller<'m> {
    machine: &'m Machine,
    acts: Vec<Option<Act>>,
    calls: BTreeMap<Pid, Call>,
    images: BTreeMap<Pid, ImageId>,
    begun: bool,
}

/// The acts in the events of a whole run: from the moment at which init's child executes the program.
#[must_use]
pub fn of_run(events: &[Event], machine: &Machine) -> Vec<Act> {
    of(events, machine, false)
}

/// The acts in the events of a step, somewhere on the way.
#[must_use]
pub fn of_step(events: &[Event], machine: &Machine) -> Vec<Act> {
    of(events, machine, true)
}

fn of(events: &[Event], machine: &Machine, begun: bool) -> Vec<Act> {
    let mut teller = Teller {
        machine,
        acts: Vec::new(),
        calls: BTreeMap::new(),
        images: BTreeMap::new(),
        begun,
    };
    events.iter().for_each(|event| teller.event(event));
    teller.acts.into_iter().flatten().collect()
}

impl Teller<'_> {
    /// Something befalls a task.
    fn befalls(&mut self, by: Pid, deed: Deed) {
        if self.begun {
            self.acts.push(Some(Act { by, deed }));
        }
    }

    /// A task does something: this is what its call was for.
    fn does(&mut self, by: Pid, deed: Deed) {
        let slot = self.calls.get_mut(&by).and_then(|call| call.slot.take());
        self.forget(slot);
        self.befalls(by, deed);
    }

    fn forget(&mut self, slot: Option<usize>) {
        if let Some(place) = slot.and_then(|slot| self.acts.get_mut(slot)) {
            *place = None;
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Effect(effect) => self.effect(effect),
            Event::Console { by, stream, bytes } => self.prints(by.pid, *stream, bytes),
            Event::Syscall { task, nr, args } if task.pid != Pid::INIT => {
                let (nr, args) = (*nr, *args);
                let own = self.begun && !HOUSEKEEPING.contains(&nr) && !EXIT.contains(&nr);
                let slot = own.then_some(self.acts.len());
                if own {
                    self.befalls(
                        task.pid,
                        Deed::Calls {
                            nr,
                            args,
                            value: None,
                        },
                    );
                }
                self.calls.insert(task.pid, Call { nr, args, slot });
            }
            Event::Return { task, value } => {
                // It stands where the call has its value: what the value depends on comes before.
                if let Some(Call {
                    nr,
                    args,
                    slot: slot @ Some(_),
                }) = self.calls.remove(&task.pid)
                {
                    self.forget(slot);
                    let value = Some(*value);
                    self.befalls(task.pid, Deed::Calls { nr, args, value });
                }
            }
            Event::Syscall { .. } | Event::Trap { .. } | Event::BadProgram { .. } => {}
        }
    }

    /// One write may come in pieces, page by page.
    fn prints(&mut self, by: Pid, stream: Stream, bytes: &[u8]) {
        let goes_on = self.calls.get(&by).is_some_and(|call| call.slot.is_none());
        match self.acts.last_mut() {
            Some(Some(Act {
                by: before,
                deed: Deed::Prints(to, text),
            })) if goes_on && *before == by && *to == stream => text.extend_from_slice(bytes),
            _ => self.does(by, Deed::Prints(stream, bytes.to_vec())),
        }
    }

    fn effect(&mut self, effect: &Effect) {
        match *effect {
            Effect::Forked { parent, child, flags } => self.forked(parent.pid, child.pid, flags),
            Effect::Execed { task, image } => {
                self.images.insert(task.pid, image);
                self.begun |= task.pid != Pid::INIT;
                let program = self.machine.programs().get(image);
                let path = program.map_or_else(|| "a program".to_owned(), |program| program.path.clone());
                self.does(task.pid, Deed::Executes(path));
            }
            Effect::Exited { task, status, last } => {
                let call = self.calls.remove(&task.pid);
                let deed = Deed::Ends {
                    status,
                    process: last,
                    asked: call.is_some_and(|call| EXIT.contains(&call.nr)),
                };
                self.befalls(task.pid, deed);
            }
            Effect::Reparented { child, to, .. } => self.befalls(child.pid, Deed::Adopted(to.pid)),
            Effect::Reaped { child, by, .. } => self.does(by.pid, Deed::Reaps(child.pid)),
            Effect::AutoReaped { child, .. } => self.befalls(child.pid, Deed::Vanishes),
            Effect::StateChanged { task, from, to } => match (from, to) {
                (_, State::Stopped) => self.befalls(task.pid, Deed::Stops),
                (State::Stopped, State::Running) => self.befalls(task.pid, Deed::Continues),
                _ => {}
            },
            _ => self.signal(effect),
        }
    }

    fn forked(&mut self, parent: Pid, child: Pid, flags: CloneFlags) {
        if let Some(image) = self.images.get(&parent).copied() {
            self.images.insert(child, image);
        }
        let call = self.calls.get(&parent).and_then(|call| name(call.nr));
        let deed = Deed::Creates {
            child,
            thread: flags.contains(CloneFlags::CLONE_THREAD),
            call: call.unwrap_or("fork"),
        };
        self.does(parent, deed);
    }

    fn signal(&mut self, effect: &Effect) {
        match *effect {
            Effect::SignalSent { to, signal, from, .. } => {
                let sender =
                    from.filter(|from| self.calls.get(&from.pid).is_some_and(|call| call.sends(signal)));
                match sender {
                    _ if to.pid == Pid::INIT => {}
                    Some(from) => self.does(from.pid, Deed::Sends { signal, to: to.pid }),
                    // A child has ended or was stopped, which is told.
                    None if signal == Signal::SIGCHLD => {}
                    None => self.befalls(to.pid, Deed::Gets(signal)),
                }
            }
            Effect::SignalCaught {
                task,
                signal,
                handler,
                ..
            } => {
                let image = self.images.get(&task.pid);
                let program = image.and_then(|image| self.machine.programs().get(*image));
                let place = program.and_then(|program| program.image.place(handler));
                let handler = place.map(|place| place.function.to_owned());
                self.befalls(task.pid, Deed::Catches { signal, handler });
                // The call that the signal broke off has no value any more, or is made again.
                self.calls.remove(&task.pid);
            }
            _ => {}
        }
    }
}
