//! What a diagram shows: a line for each task, and what happens on the lines, one thing after the other.

use kernel_model::abi::effect::Stream;
use kernel_model::abi::ids::Pid;
use kernel_model::abi::state::State;
use kernel_model::abi::wait::WaitStatus;
use std::collections::BTreeMap;

use crate::machine::{Event, Machine};
use crate::report::acts::{self, Act, Deed, failure, quoted};
use crate::report::{place, syscalls};

/// Characters of a text that are shown at most.
const MOST: usize = 28;

/// A line of the diagram.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) pid: Pid,
    pub(super) thread: bool,
    /// The lines of its children, in the order of their birth.
    children: Vec<usize>,
    /// Which line from the top it is.
    pub(super) place: i32,
    /// Whether its parent, or init, has taken its status.
    pub(super) reaped: bool,
    pub(super) ended: bool,
    /// How it is in the end, if it is still there.
    pub(super) rest: Option<Rest>,
}

/// How a task is that is left at the end.
#[derive(Debug)]
pub(super) struct Rest {
    pub(super) words: &'static str,
    /// Where in its program.
    pub(super) place: Option<String>,
}

/// Something that happens on a line.
#[derive(Debug)]
pub(super) struct Beat {
    pub(super) line: usize,
    pub(super) mark: Mark,
    /// What is done: the text below the vertex, or above it where an edge leads down.
    pub(super) words: String,
}

impl Beat {
    /// Whether the words stand above the vertex.
    pub(super) fn leads_down(&self, scene: &Scene) -> bool {
        matches!(self.mark, Mark::Signal(to, _) if scene.place(to) > scene.place(self.line))
    }
}

/// What it looks like.
#[derive(Debug)]
pub(super) enum Mark {
    /// A vertex, and the text above it: what is printed.
    Plain(String),
    /// A line begins.
    Birth(usize),
    /// The line ends.
    Death,
    /// Another line's end is waited for.
    Reap(usize),
    /// A signal goes to a line.
    Signal(usize, String),
    /// A signal comes from the kernel.
    Alarm(String),
    /// It gets another parent.
    Adoption,
}

/// Everything that a diagram shows.
#[derive(Debug)]
pub(super) struct Scene {
    /// The name of the program.
    pub(super) name: String,
    pub(super) lines: Vec<Line>,
    pub(super) beats: Vec<Beat>,
}

/// A text on one line, not too long.
fn shortened(text: &str) -> String {
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(MOST - 1).collect();
    short.push('…');
    short
}

fn printed(stream: Stream, bytes: &[u8]) -> String {
    let mut text = shortened(&quoted(bytes));
    if text.ends_with('…') {
        text.push('"');
    }
    match stream {
        Stream::Stdout => text,
        Stream::Stderr => format!("stderr: {text}"),
    }
}

/// The words below the vertex of a call; none for a call that says nothing about the course of the processes.
fn of_call(nr: u64, args: [u64; 6], value: Option<i64>) -> Option<String> {
    let call = match nr {
        0 | 1 => format!("{}({})", syscalls::name(nr)?, args[0]),
        61 | 247 => "wait".to_owned(),
        // fork, vfork, clone, execve, kill and pidfd_send_signal, each in all its forms, where they fail.
        56..=59 | 435 | 62 | 200 | 234 | 129 | 297 | 424 => syscalls::name(nr)?.to_owned(),
        // poll, pause, sleeping, sigsuspend, sigtimedwait.
        7 | 34 | 35 | 230 | 130 | 128 => syscalls::name(nr)?.to_owned(),
        37 | 38 | 109 | 112 => return Some(syscalls::name(nr)?.to_owned()),
        _ if value.is_none() => syscalls::name(nr)?.to_owned(),
        _ => return None,
    };
    Some(match value {
        None => call,
        Some(value) => match failure(value) {
            Some(errno) => format!("{call}: {errno}"),
            None if matches!(nr, 0 | 1) => format!("{call} = {value}"),
            None => call,
        },
    })
}

struct Builder {
    scene: Scene,
    /// Which line a task has. A number can be given again.
    line_of: BTreeMap<Pid, usize>,
}

impl Scene {
    pub(super) fn new(events: &[Event], machine: &Machine) -> Scene {
        let mut builder = Builder {
            scene: Scene {
                name: String::new(),
                lines: Vec::new(),
                beats: Vec::new(),
            },
            line_of: BTreeMap::new(),
        };
        for act in acts::of_run(events, machine) {
            builder.act(act);
        }
        builder.rest(machine);
        let mut scene = builder.scene;
        let mut places = 0;
        scene.give_places(0, &mut places);
        scene
    }

    /// The youngest child is next above its parent: what leads to the older ones passes before it is born.
    fn give_places(&mut self, line: usize, next: &mut i32) {
        let children = self.lines.get(line).map(|line| line.children.clone());
        for child in children.unwrap_or_default() {
            self.give_places(child, next);
        }
        if let Some(line) = self.lines.get_mut(line) {
            line.place = *next;
            *next += 1;
        }
    }

    /// Which line from the top this is.
    pub(super) fn place(&self, line: usize) -> i32 {
        self.lines.get(line).map_or(0, |line| line.place)
    }
}

impl Builder {
    fn line(&mut self, pid: Pid, thread: bool) -> usize {
        let line = self.scene.lines.len();
        self.scene.lines.push(Line {
            pid,
            thread,
            children: Vec::new(),
            place: 0,
            reaped: false,
            ended: false,
            rest: None,
        });
        self.line_of.insert(pid, line);
        line
    }

    fn beat(&mut self, line: usize, mark: Mark, words: impl Into<String>) {
        let words = words.into();
        self.scene.beats.push(Beat { line, mark, words });
    }

    fn act(&mut self, Act { by, deed }: Act) {
        let Some(line) = self.line_of.get(&by).copied() else {
            return self.before(by, deed);
        };
        match deed {
            Deed::Executes(path) => self.beat(line, Mark::Plain(shortened(&path)), "execve"),
            Deed::Creates { child, thread, call } => {
                let born = self.line(child, thread);
                if let Some(parent) = self.scene.lines.get_mut(line) {
                    parent.children.push(born);
                }
                self.beat(line, Mark::Birth(born), call);
            }
            Deed::Prints(stream, bytes) => self.beat(line, Mark::Plain(printed(stream, &bytes)), "write"),
            Deed::Ends {
                status,
                process,
                asked,
            } => self.ends(line, status, process, asked),
            Deed::Adopted(parent) => {
                let parent = if parent == Pid::INIT {
                    "init".to_owned()
                } else {
                    format!("pid {parent}")
                };
                self.beat(line, Mark::Adoption, format!("adopted by {parent}"));
            }
            Deed::Reaps(child) => {
                if let Some(child) = self.gone(child) {
                    self.beat(line, Mark::Reap(child), "wait");
                }
            }
            Deed::Vanishes => {
                self.gone(by);
            }
            Deed::Sends { signal, to } => match self.line_of.get(&to) {
                Some(to) => self.beat(line, Mark::Signal(*to, format!("{signal:?}")), "kill"),
                None => self.beat(line, Mark::Plain(format!("{signal:?} to pid {to}")), "kill"),
            },
            Deed::Gets(signal) => self.beat(line, Mark::Alarm(format!("{signal:?}")), ""),
            Deed::Catches { signal, handler } => {
                let handler = handler.unwrap_or_else(|| format!("{signal:?}"));
                self.beat(line, Mark::Plain(String::new()), shortened(&handler));
            }
            Deed::Stops => self.beat(line, Mark::Plain(String::new()), "stopped"),
            Deed::Continues => self.beat(line, Mark::Plain(String::new()), "continued"),
            Deed::Calls { nr, args, value } => {
                if let Some(words) = of_call(nr, args, value) {
                    self.beat(line, Mark::Plain(String::new()), words);
                }
            }
        }
    }

    /// Of those who have no line: the first process gets one when it executes the program, and init takes what has
    /// ended.
    fn before(&mut self, by: Pid, deed: Deed) {
        match deed {
            Deed::Executes(path) if self.scene.lines.is_empty() => {
                let name = path.rsplit('/').next().unwrap_or(&path);
                self.scene.name = shortened(name);
                self.line(by, false);
            }
            Deed::Reaps(child) => {
                self.gone(child);
            }
            _ => {}
        }
    }

    /// Nothing is left of a task.
    fn gone(&mut self, pid: Pid) -> Option<usize> {
        let line = self.line_of.get(&pid).copied()?;
        if let Some(line) = self.scene.lines.get_mut(line) {
            line.reaped = true;
        }
        Some(line)
    }

    fn ends(&mut self, at: usize, status: WaitStatus, process: bool, asked: bool) {
        if let Some(line) = self.scene.lines.get_mut(at) {
            line.ended = true;
            line.reaped |= line.thread;
        }
        let words = match status {
            WaitStatus::Exited(0) if process || asked => "exit".to_owned(),
            WaitStatus::Exited(code) if process => format!("exit {code}"),
            WaitStatus::Signaled { signal, .. } => format!("killed by {signal:?}"),
            _ if asked => "exit".to_owned(),
            _ => "ended".to_owned(),
        };
        self.beat(at, Mark::Death, words);
    }

    /// How those are that are left.
    fn rest(&mut self, machine: &Machine) {
        let view = machine.kernel().view();
        let left: Vec<_> = self
            .scene
            .lines
            .iter()
            .map(|line| machine.kernel().find(line.pid))
            .collect();
        let state = |task| view.tasks.get(task).map(|t| t.state());
        let runs = left
            .iter()
            .flatten()
            .any(|task| state(*task) == Some(State::Running));
        let goes_on = runs || machine.kernel().next_timer().is_some();
        for (line, task) in self.scene.lines.iter_mut().zip(left) {
            let Some(task) = task.filter(|_| !line.ended) else {
                continue;
            };
            let words = match state(task) {
                Some(State::Running) => "goes on for ever",
                Some(State::Stopped) => "stays stopped",
                _ if goes_on => "waits",
                _ => "waits for ever",
            };
            // Without the folders of the file.
            let place = place::of_task(machine, task);
            line.rest = Some(Rest {
                words,
                place: place.map(|place| place.rsplit('/').next().unwrap_or(&place).to_owned()),
            });
        }
    }
}
