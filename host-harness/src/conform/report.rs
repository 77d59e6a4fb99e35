//! What came of it, as it is graded: a point for each call of the kernel on which it never disagreed with the model,
//! and one for each law that it keeps.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diff::{Outcome, divergence};
use crate::oracle::alphabet::{Area, CallId};
use crate::oracle::laws::{Broken, Law};
use crate::oracle::scope::{FIELDS, Scope};
use crate::oracle::system::Lost;

/// The name of an area.
#[must_use]
pub(super) const fn area_name(area: Area) -> &'static str {
    match area {
        Area::Life => "life",
        Area::Groups => "groups",
        Area::Signals => "signals",
        Area::Memory => "memory",
        Area::Files => "files",
        Area::Threads => "threads",
        Area::Credentials => "credentials",
        Area::Time => "time",
        Area::Terminals => "terminals",
    }
}

/// A call, and where the kernel disagreed with the model on it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CallResult {
    /// Its name.
    pub call: String,
    /// Its area.
    pub area: String,
    /// How often it was made. With 0 it is not known whether it is right, and it gives no point.
    pub made: u64,
    /// The shortest programs found on which it is wrong, with both answers, one for each kind of difference.
    pub wrong: Vec<String>,
}

/// A law, and how it was broken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LawResult {
    /// Its name.
    pub law: String,
    /// What it says.
    pub says: String,
    /// The program that broke it, and what was found.
    pub broken: Option<String>,
}

/// All that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// What started the kernel.
    pub command: Vec<String>,
    /// Programs compared.
    pub programs: u64,
    /// Calls made.
    pub calls_made: u64,
    /// Programs on which it disagreed.
    pub divergences: u64,
    /// Why not all programs were compared.
    pub stopped: Option<String>,
    /// Fields that it does not tell, and that were not compared.
    pub untold: Vec<String>,
    /// The calls that it has.
    pub calls: Vec<CallResult>,
    /// The laws that could be tried.
    pub laws: Vec<LawResult>,
}

impl CallResult {
    /// Whether it gives its point.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.made > 0 && self.wrong.is_empty()
    }
}

impl LawResult {
    /// So far it was kept.
    pub(super) fn new(law: &Law) -> LawResult {
        LawResult {
            law: law.name.to_owned(),
            says: law.says.to_owned(),
            broken: None,
        }
    }

    pub(super) fn broken_text(broken: &Broken) -> String {
        let steps: String = broken.steps.iter().map(|made| format!("  {made}\n")).collect();
        format!("{steps}  {}\n", broken.found)
    }
}

/// Points, and how many there could be.
pub(super) type Points = (usize, usize);

impl Report {
    pub(super) fn new(
        command: &[String],
        scope: &Scope,
        laws: Vec<LawResult>,
        lost: Option<Lost>,
        done: &Outcome,
    ) -> Report {
        let told: Vec<&str> = scope.fields().collect();
        let of = |call: CallId| CallResult {
            call: call.row().name.to_owned(),
            area: area_name(call.row().area).to_owned(),
            made: done.tally.calls_of(call),
            wrong: done
                .found
                .iter()
                .filter(|found| found.divergence.call == Some(call))
                .map(|found| divergence(&found.divergence))
                .collect(),
        };
        Report {
            command: command.to_vec(),
            programs: done.programs,
            calls_made: done.tally.calls_made(),
            divergences: done.divergences,
            stopped: done.skipped.clone().or(lost.map(|lost| lost.0)),
            untold: FIELDS
                .iter()
                .filter(|field| !told.contains(field))
                .map(|field| (*field).to_owned())
                .collect(),
            calls: CallId::all().filter(|call| scope.has(*call)).map(of).collect(),
            laws,
        }
    }

    /// Adds the report of another part of the same campaign.
    ///
    /// # Errors
    /// It is about another kernel, or one that has other calls or tells other fields.
    pub(super) fn add(&mut self, other: Report) -> Result<(), String> {
        let calls =
            |report: &Report| -> Vec<String> { report.calls.iter().map(|of| of.call.clone()).collect() };
        if (&self.command, &self.untold, calls(self)) != (&other.command, &other.untold, calls(&other)) {
            return Err("it is the report of another kernel than the first".to_owned());
        }
        self.programs += other.programs;
        self.calls_made += other.calls_made;
        self.divergences += other.divergences;
        self.stopped = self.stopped.take().or(other.stopped);
        for (mine, its) in self.calls.iter_mut().zip(other.calls) {
            mine.made += its.made;
            mine.wrong.extend(its.wrong);
        }
        for its in other.laws {
            match self.laws.iter_mut().find(|mine| mine.law == its.law) {
                Some(mine) => mine.broken = mine.broken.take().or(its.broken),
                None => self.laws.push(its),
            }
        }
        Ok(())
    }

    /// Whether nothing was found wrong.
    #[must_use]
    pub fn conforms(&self) -> bool {
        let kept = self.laws.iter().all(|law| law.broken.is_none());
        self.divergences == 0 && self.stopped.is_none() && kept
    }

    /// The areas of the calls that the kernel has, with their calls.
    pub(super) fn areas(&self) -> Vec<(&'static str, Vec<&CallResult>)> {
        let of = |area: Area| {
            let calls = self.calls.iter().filter(|call| call.area == area_name(area));
            (area_name(area), calls.collect())
        };
        let areas = Area::ALL.into_iter().map(of);
        areas
            .filter(|(_, calls): &(_, Vec<&CallResult>)| !calls.is_empty())
            .collect()
    }

    pub(super) fn law_points(&self) -> Points {
        let kept = self.laws.iter().filter(|law| law.broken.is_none());
        (kept.count(), self.laws.len())
    }
}

pub(super) fn points(calls: &[&CallResult]) -> Points {
    (calls.iter().filter(|call| call.passes()).count(), calls.len())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (area, calls) in self.areas() {
            let (points, of) = points(&calls);
            writeln!(f, "{area:8} {points:2} of {of:2}")?;
            for call in calls {
                match (call.made, call.wrong.as_slice()) {
                    (0, []) => writeln!(f, "  {}: never made", call.call)?,
                    (_, wrong) => wrong
                        .iter()
                        .try_for_each(|text| write!(f, "  {}: {text}", call.call))?,
                }
            }
        }
        if !self.laws.is_empty() {
            let (points, of) = self.law_points();
            writeln!(f, "{:8} {points:2} of {of:2}", "laws")?;
        }
        for law in &self.laws {
            if let Some(broken) = &law.broken {
                write!(f, "  {} ({}):\n{broken}", law.law, law.says)?;
            }
        }
        if !self.untold.is_empty() {
            writeln!(f, "not told, not compared: {}", self.untold.join(", "))?;
        }
        if let Some(why) = &self.stopped {
            writeln!(f, "stopped early: {why}")?;
        }
        let Report {
            programs,
            calls_made,
            divergences,
            ..
        } = self;
        writeln!(
            f,
            "{programs} programs, {calls_made} calls, {divergences} divergences"
        )
    }
}
