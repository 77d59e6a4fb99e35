//! Where two answers differ, in words.

use std::fmt;

use super::program::Answer;
use super::system::{Snapshot, TaskView};

/// In what a system disagrees with the model.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum What {
    /// What became of the command.
    Outcome,
    /// What the commands of others gave.
    Returned,
    /// What can be seen: this field.
    Seen(&'static str),
    /// The system broke down.
    Lost,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Outcome => write!(f, "what the call gives"),
            What::Returned => write!(f, "what other calls that ended with it give"),
            What::Seen(field) => write!(f, "what can be seen: {field}"),
            What::Lost => write!(f, "the system broke down"),
        }
    }
}

/// A field of a task in which two snapshots differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The task.
    pub task: u32,
    /// The field.
    pub field: &'static str,
    /// What the one shows.
    pub left: String,
    /// What the other shows.
    pub right: String,
}

/// The fields of a task as text, in the order of [`TaskView`].
fn fields(task: &TaskView) -> [(&'static str, String); 15] {
    let set = |bits: u64| format!("{bits:#x}");
    let fd = |(fd, d): (&u32, &super::system::Descriptor)| {
        let flags = [(d.cloexec, " cloexec"), (d.nonblock, " nonblock")];
        let flags: String = flags
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, name)| *name)
            .collect();
        format!(
            "{fd}: {:?} of pipe {}, description {}{flags}",
            d.kind, d.pipe, d.description
        )
    };
    let handler = |h: &super::system::Handling| {
        let [pid, uid, value] = h.words;
        format!("{} (code {}, {pid} {uid} {value})", h.signo, h.code)
    };
    let page = |(page, frame): (&u32, &u32)| format!("{page}: {frame}");
    [
        ("state", task.state.to_string()),
        ("tgid", task.tgid.to_string()),
        ("ppid", task.ppid.to_string()),
        ("pgid", task.pgid.to_string()),
        ("sid", task.sid.to_string()),
        ("threads", task.threads.to_string()),
        ("exit_signal", task.exit_signal.to_string()),
        ("pending", set(task.pending)),
        ("shared_pending", set(task.shared_pending)),
        ("blocked", set(task.blocked)),
        ("ignored", set(task.ignored)),
        ("caught", set(task.caught)),
        (
            "handlers",
            task.handlers.iter().map(handler).collect::<Vec<_>>().join(", "),
        ),
        (
            "descriptors",
            task.descriptors.iter().map(fd).collect::<Vec<_>>().join("; "),
        ),
        (
            "frames of pages",
            task.pages.iter().map(page).collect::<Vec<_>>().join(", "),
        ),
    ]
}

/// Every field in which two snapshots differ, by task.
#[must_use]
pub fn differences(left: &Snapshot, right: &Snapshot) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut tids: Vec<u32> = left.tasks.keys().chain(right.tasks.keys()).copied().collect();
    tids.sort_unstable();
    tids.dedup();
    for tid in tids {
        let there = |task: Option<&TaskView>| match task {
            Some(_) => "there".to_owned(),
            None => "not there".to_owned(),
        };
        match (left.tasks.get(&tid), right.tasks.get(&tid)) {
            (Some(l), Some(r)) if l == r => {}
            (Some(l), Some(r)) => {
                let pairs = fields(l).into_iter().zip(fields(r)).filter(|(l, r)| l != r);
                found.extend(pairs.map(|((field, left), (_, right))| Difference {
                    task: tid,
                    field,
                    left,
                    right,
                }));
            }
            (l, r) => found.push(Difference {
                task: tid,
                field: "existence",
                left: there(l),
                right: there(r),
            }),
        }
    }
    found
}

/// In what two answers differ first; none if they are the same.
#[must_use]
pub fn what(left: &Answer, right: &Answer) -> Option<What> {
    if left.outcome != right.outcome {
        return Some(What::Outcome);
    }
    if left.returned != right.returned {
        return Some(What::Returned);
    }
    match (&left.seen, &right.seen) {
        (Some(l), Some(r)) => differences(l, r).first().map(|first| What::Seen(first.field)),
        _ => None,
    }
}
