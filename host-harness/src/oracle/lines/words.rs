//! The lines, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::oracle::alphabet::{CallId, Verb};
use crate::oracle::system::{
    Command, Descriptor, FileKind, Handling, Lost, Out, Outcome, Returned, Snapshot, TaskView,
};

/// What the kernel is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(super) enum Request {
    /// Begin anew.
    Boot,
    /// A task does something.
    Step {
        /// Who.
        task: u32,
        /// The name of the call.
        call: String,
        /// Its number; -1 for load, store and exec.
        nr: i64,
        /// Its arguments, signed.
        args: Vec<i64>,
    },
    /// What has come of calls that slept?
    Returned,
    /// What can be seen?
    Observe,
}

impl Request {
    pub(super) fn step(task: u32, command: &Command) -> Result<Request, Lost> {
        let call = CallId::of(command).ok_or_else(|| Lost(format!("no line says {command:?}")))?;
        let row = call.row();
        let (nr, words) = match *command {
            Command::Syscall { nr, args } => (i64::try_from(nr).unwrap_or(-1), args.to_vec()),
            Command::Load { addr } => (-1, vec![addr]),
            Command::Store { addr, byte } => (-1, vec![addr, u64::from(byte)]),
            Command::Exec => (-1, Vec::new()),
        };
        let args = words.into_iter().take(row.kinds.len()).map(u64::cast_signed);
        Ok(Request::Step {
            task,
            call: row.name.to_owned(),
            nr,
            args: args.collect(),
        })
    }

    /// The command of a step: by the name of the call, which says all.
    pub(super) fn command(name: &str, args: &[i64]) -> Result<Command, String> {
        let call = CallId::named(name).ok_or_else(|| format!("there is no call {name}"))?;
        let values: Vec<u64> = args.iter().map(|arg| arg.cast_unsigned()).collect();
        let missing = match call.row().verb {
            Verb::Load => values.is_empty(),
            Verb::Store => values.len() < 2,
            Verb::Syscall(_) | Verb::Exec => false,
        };
        if missing {
            return Err(format!("{name} with too few arguments"));
        }
        Ok(call.row().command(&values))
    }
}

/// A line of the kernel.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Said<R> {
    Error { error: String },
    Answer(R),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Booted {
    pub(super) ok: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) observes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) calls: Option<Vec<String>>,
}

/// What a call stored in the OUT area, at most one of the four.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    info: Option<[i32; 4]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fds: Option<[i32; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<[u32; 8]>,
}

impl From<Out> for Stored {
    fn from(out: Out) -> Stored {
        let mut stored = Stored::default();
        match out {
            Out::None => {}
            Out::Status(status) => stored.status = Some(status),
            Out::Fds(read, write) => stored.fds = Some([read, write]),
            Out::Words(words) => stored.words = Some(words),
            Out::Info {
                signo,
                code,
                pid,
                status,
            } => stored.info = Some([signo, code, pid, status]),
        }
        stored
    }
}

impl Stored {
    fn read(self) -> Result<Out, String> {
        match (self.status, self.info, self.fds, self.words) {
            (None, None, None, None) => Ok(Out::None),
            (Some(status), None, None, None) => Ok(Out::Status(status)),
            (None, Some([signo, code, pid, status]), None, None) => Ok(Out::Info {
                signo,
                code,
                pid,
                status,
            }),
            (None, None, Some([read, write]), None) => Ok(Out::Fds(read, write)),
            (None, None, None, Some(words)) => Ok(Out::Words(words)),
            _ => Err("it said more than one of status, info, fds and words".to_owned()),
        }
    }
}

/// What became of a step.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Told {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done: Option<i64>,
    #[serde(flatten)]
    stored: Stored,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    blocked: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    gone: bool,
}

impl Told {
    pub(super) fn outcome(&self) -> Result<Outcome, String> {
        match (self.done, self.blocked, self.gone) {
            (Some(value), false, false) => Ok(Outcome::Done(Returned {
                value,
                out: self.stored.read()?,
            })),
            (None, true, false) => Ok(Outcome::Blocked),
            (None, false, true) => Ok(Outcome::Gone),
            _ => Err("it said none, or more than one, of done, blocked and gone".to_owned()),
        }
    }
}

impl From<Outcome> for Told {
    fn from(outcome: Outcome) -> Told {
        match outcome {
            Outcome::Done(returned) => Told {
                done: Some(returned.value),
                stored: returned.out.into(),
                ..Told::default()
            },
            Outcome::Blocked => Told {
                blocked: true,
                ..Told::default()
            },
            Outcome::Gone => Told {
                gone: true,
                ..Told::default()
            },
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct OneReturned {
    task: u32,
    done: i64,
    #[serde(flatten)]
    stored: Stored,
}

/// What came of calls that slept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AllReturned {
    returned: Vec<OneReturned>,
}

impl AllReturned {
    pub(super) fn new(all: &BTreeMap<u32, Returned>) -> AllReturned {
        let one = |(task, returned): (&u32, &Returned)| OneReturned {
            task: *task,
            done: returned.value,
            stored: returned.out.into(),
        };
        AllReturned {
            returned: all.iter().map(one).collect(),
        }
    }

    pub(super) fn read(&self) -> Result<BTreeMap<u32, Returned>, String> {
        let one = |one: &OneReturned| {
            let out = one.stored.read()?;
            Ok((one.task, Returned { value: one.done, out }))
        };
        self.returned.iter().map(one).collect()
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct OneDescriptor {
    fd: u32,
    description: u32,
    pipe: u32,
    /// "read" or "write".
    end: String,
    #[serde(default)]
    cloexec: bool,
    #[serde(default)]
    nonblock: bool,
}

impl OneDescriptor {
    fn new(fd: u32, descriptor: &Descriptor) -> OneDescriptor {
        let Descriptor {
            description,
            pipe,
            kind,
            cloexec,
            nonblock,
        } = *descriptor;
        let end = match kind {
            FileKind::PipeRead => "read",
            FileKind::PipeWrite => "write",
            FileKind::Pidfd => "task",
            FileKind::Signalfd => "signals",
            FileKind::Tty => "terminal",
        };
        OneDescriptor {
            fd,
            description,
            pipe,
            end: end.to_owned(),
            cloexec,
            nonblock,
        }
    }

    fn read(&self) -> Result<(u32, Descriptor), String> {
        let kind = match self.end.as_str() {
            "read" => FileKind::PipeRead,
            "write" => FileKind::PipeWrite,
            "task" => FileKind::Pidfd,
            "signals" => FileKind::Signalfd,
            "terminal" => FileKind::Tty,
            other => {
                return Err(format!(
                    "a descriptor's end is {other:?}, not read, write, task, signals or terminal"
                ));
            }
        };
        let descriptor = Descriptor {
            description: self.description,
            pipe: self.pipe,
            kind,
            cloexec: self.cloexec,
            nonblock: self.nonblock,
        };
        Ok((self.fd, descriptor))
    }
}

/// A task; what the kernel leaves out is not compared.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
struct OneTask {
    tid: u32,
    state: char,
    tgid: u32,
    ppid: u32,
    pgid: u32,
    sid: u32,
    threads: u32,
    exit_signal: i32,
    pending: u64,
    shared_pending: u64,
    blocked: u64,
    ignored: u64,
    caught: u64,
    /// Of each handler the signal, the code and the three words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    handlers: Vec<[i64; 5]>,
    descriptors: Vec<OneDescriptor>,
    /// Page of the arena, frame.
    pages: Vec<[u32; 2]>,
}

impl Default for OneTask {
    fn default() -> OneTask {
        OneTask::new(0, &TaskView::default())
    }
}

fn handler_words(handler: &Handling) -> [i64; 5] {
    let [pid, uid, value] = handler.words.map(i64::from);
    [i64::from(handler.signo), i64::from(handler.code), pid, uid, value]
}

fn read_handler([signo, code, pid, uid, value]: &[i64; 5]) -> Result<Handling, String> {
    let word = |word: i64| u32::try_from(word).map_err(|_| format!("a handler with {word}"));
    Ok(Handling {
        signo: word(*signo)?,
        code: i32::try_from(*code).map_err(|_| format!("a handler with code {code}"))?,
        words: [word(*pid)?, word(*uid)?, word(*value)?],
    })
}

impl OneTask {
    fn new(tid: u32, task: &TaskView) -> OneTask {
        let descriptors = task.descriptors.iter();
        OneTask {
            tid,
            state: task.state,
            tgid: task.tgid,
            ppid: task.ppid,
            pgid: task.pgid,
            sid: task.sid,
            threads: task.threads,
            exit_signal: task.exit_signal,
            pending: task.pending,
            shared_pending: task.shared_pending,
            blocked: task.blocked,
            ignored: task.ignored,
            caught: task.caught,
            handlers: task.handlers.iter().map(handler_words).collect(),
            descriptors: descriptors
                .map(|(fd, descriptor)| OneDescriptor::new(*fd, descriptor))
                .collect(),
            pages: task.pages.iter().map(|(page, frame)| [*page, *frame]).collect(),
        }
    }

    fn read(&self) -> Result<(u32, TaskView), String> {
        let descriptors = self.descriptors.iter().map(OneDescriptor::read);
        let view = TaskView {
            state: self.state,
            tgid: self.tgid,
            ppid: self.ppid,
            pgid: self.pgid,
            sid: self.sid,
            threads: self.threads,
            exit_signal: self.exit_signal,
            pending: self.pending,
            shared_pending: self.shared_pending,
            blocked: self.blocked,
            ignored: self.ignored,
            caught: self.caught,
            handlers: self.handlers.iter().map(read_handler).collect::<Result<_, _>>()?,
            descriptors: descriptors.collect::<Result<_, _>>()?,
            pages: self.pages.iter().map(|[page, frame]| (*page, *frame)).collect(),
        };
        Ok((self.tid, view))
    }
}

/// All tasks.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Observed {
    tasks: Vec<OneTask>,
}

impl Observed {
    pub(super) fn new(seen: &Snapshot) -> Observed {
        let tasks = seen.tasks.iter();
        Observed {
            tasks: tasks.map(|(tid, task)| OneTask::new(*tid, task)).collect(),
        }
    }

    pub(super) fn read(&self) -> Result<Snapshot, String> {
        let tasks = self.tasks.iter().map(OneTask::read);
        Ok(Snapshot {
            tasks: tasks.collect::<Result<_, _>>()?,
            ..Snapshot::default()
        })
    }
}
