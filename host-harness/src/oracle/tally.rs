//! How often each answer of each call was reached.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::alphabet::CallId;
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

/// A line of a tally in a file.
#[derive(Serialize, Deserialize)]
struct Line {
    call: CallId,
    reached: Reached,
    times: u64,
}

/// How often each answer of each call was reached. It prints as a table, one line a call.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Line>", into = "Vec<Line>")]
pub struct Tally {
    times: BTreeMap<(CallId, Reached), u64>,
    made: u64,
}

impl From<Vec<Line>> for Tally {
    fn from(lines: Vec<Line>) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            *tally.times.entry((line.call, line.reached)).or_default() += line.times;
        }
        tally
    }
}

impl From<Tally> for Vec<Line> {
    fn from(tally: Tally) -> Vec<Line> {
        let line = |((call, reached), times)| Line { call, reached, times };
        tally.times.into_iter().map(line).collect()
    }
}

impl Tally {
    /// Counts the outcome of a call.
    pub fn count(&mut self, call: CallId, outcome: &Outcome) {
        let reached = match outcome {
            Outcome::Done(returned) => Tally::reached(returned.value),
            Outcome::Blocked => Reached::Blocked,
            Outcome::Gone => Reached::Gone,
        };
        *self.times.entry((call, reached)).or_default() += 1;
        self.made += 1;
    }

    /// Counts what a call gave that had slept.
    pub fn count_value(&mut self, call: CallId, value: i64) {
        *self.times.entry((call, Tally::reached(value))).or_default() += 1;
    }

    const fn reached(value: i64) -> Reached {
        if is_errno(value) {
            Reached::Errno(value)
        } else {
            Reached::Ok
        }
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
            write!(f, "{:12}", call.row().name)?;
            let of = self.times.iter().filter(|((other, _), _)| *other == call);
            let cells: Vec<String> = of
                .map(|((_, reached), times)| format!("{reached} {times}"))
                .collect();
            let cells = if cells.is_empty() {
                "never made".to_owned()
            } else {
                cells.join(", ")
            };
            writeln!(f, "{cells}")?;
        }
        Ok(())
    }
}
