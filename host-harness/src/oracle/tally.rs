//! How often each answer of each call was reached.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::alphabet::CallId;
use super::answers;
use super::program::{errno_name, is_errno};
use super::system::Outcome;

/// What a call came to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// A value.
    Ok,
    /// It slept.
    Blocked,
    /// The caller ended.
    Gone,
    /// This errno.
    Errno(i64),
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reached::Ok => f.write_str("ok"),
            Reached::Blocked => f.write_str("blocked"),
            Reached::Gone => f.write_str("gone"),
            Reached::Errno(value) => f.write_str(&errno_name(*value)),
        }
    }
}

impl Reached {
    /// What an outcome is.
    #[must_use]
    pub const fn of(outcome: &Outcome) -> Reached {
        match outcome {
            Outcome::Done(returned) => Reached::value(returned.value),
            Outcome::Blocked => Reached::Blocked,
            Outcome::Gone => Reached::Gone,
        }
    }

    const fn value(value: i64) -> Reached {
        if is_errno(value) {
            Reached::Errno(value)
        } else {
            Reached::Ok
        }
    }
}

/// A line of a tally in a file.
#[derive(Clone, Serialize, Deserialize)]
struct Line {
    call: CallId,
    reached: Reached,
    times: u64,
}

/// A tally in a file.
#[derive(Clone, Serialize, Deserialize)]
struct Lines {
    made: u64,
    reached: Vec<Line>,
}

/// How often each answer of each call was reached. It prints as a table, one line a call; what Linux can answer and
/// was not reached stands there with a 0.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Lines", into = "Lines")]
pub struct Tally {
    times: BTreeMap<(CallId, Reached), u64>,
    made: u64,
}

impl From<Lines> for Tally {
    fn from(lines: Lines) -> Tally {
        let mut tally = Tally {
            times: BTreeMap::new(),
            made: lines.made,
        };
        for line in lines.reached {
            *tally.times.entry((line.call, line.reached)).or_default() += line.times;
        }
        tally
    }
}

impl From<Tally> for Lines {
    fn from(tally: Tally) -> Lines {
        let line = |((call, reached), times)| Line { call, reached, times };
        Lines {
            made: tally.made,
            reached: tally.times.into_iter().map(line).collect(),
        }
    }
}

impl Tally {
    /// Counts the outcome of a call.
    pub fn count(&mut self, call: CallId, outcome: &Outcome) {
        let reached = Reached::of(outcome);
        *self.times.entry((call, reached)).or_default() += 1;
        self.made += 1;
    }

    /// Counts what a call gave that had slept.
    pub fn count_value(&mut self, call: CallId, value: i64) {
        *self.times.entry((call, Reached::value(value))).or_default() += 1;
    }

    /// How often a call came to this.
    #[must_use]
    pub fn times(&self, call: CallId, reached: Reached) -> u64 {
        self.times.get(&(call, reached)).copied().unwrap_or(0)
    }

    /// The calls made.
    #[must_use]
    pub const fn calls_made(&self) -> u64 {
        self.made
    }

    /// How often this call was made. A call that slept and ended counts twice.
    #[must_use]
    pub fn calls_of(&self, call: CallId) -> u64 {
        let of = self.times.iter().filter(|((other, _), _)| *other == call);
        of.map(|(_, times)| times).sum()
    }

    /// The answers that Linux can give, and that were not reached.
    pub fn missing(&self) -> impl Iterator<Item = (CallId, Reached)> + '_ {
        let each = CallId::all().flat_map(|call| answers::expected(call).map(move |reached| (call, reached)));
        each.filter(|(call, reached)| self.times(*call, *reached) == 0)
    }

    /// The answers that were reached, and that [`answers`] does not list.
    pub fn unexpected(&self) -> impl Iterator<Item = (CallId, Reached)> + '_ {
        let reached = self.times.keys().copied();
        reached.filter(|(call, reached)| !answers::expected(*call).any(|expected| expected == *reached))
    }

    /// Adds another tally.
    pub fn add(&mut self, other: &Tally) {
        self.made += other.made;
        for (key, times) in &other.times {
            *self.times.entry(*key).or_default() += times;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for call in CallId::all() {
            write!(f, "{:11} ", call.row().name)?;
            if self.calls_of(call) == 0 {
                writeln!(f, "never made")?;
                continue;
            }
            let of = self.times.keys().filter(|(other, _)| *other == call);
            let all: BTreeSet<Reached> = of
                .map(|(_, reached)| *reached)
                .chain(answers::expected(call))
                .collect();
            let cell = |reached| format!("{reached} {}", self.times(call, reached));
            let cells: Vec<String> = all.into_iter().map(cell).collect();
            writeln!(f, "{}", cells.join(", "))?;
        }
        Ok(())
    }
}
