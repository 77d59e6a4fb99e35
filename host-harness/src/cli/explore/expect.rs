//! `ktm explore --expect`: answers graded, for people, for programs and for Gradescope.

use clap::{Args, ValueEnum};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::super::{Stop, Streams, lost, status};
use crate::explore::grade::{Example, Mark, Verdict, WIDTH, grade, grade_answers};
use crate::explore::key::Key;
use crate::explore::{Ending, Explored};
use crate::report::acts::cut;
use crate::run::shell_status;

#[derive(Args, Debug)]
pub(super) struct ExpectArgs {
    /// Grade the answers in a key: counts, sets, orders, trees and tables, in TOML.
    #[arg(long, value_name = "FILE.toml", conflicts_with_all = ["outputs", "can", "always", "never", "count", "native", "graph", "diagram"])]
    expect: Option<PathBuf>,
    /// Grade these answers to the questions of the key, and not its own.
    #[arg(long, value_name = "FILE.toml", requires = "expect")]
    answers: Option<PathBuf>,
    /// How the grades are written.
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Form::Text, requires = "expect")]
    grade: Form,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// The results.json of an autograder for Gradescope.
    Gradescope,
}

/// Keys that were read.
pub(super) struct Expected {
    key: Key,
    answers: Option<Key>,
    form: Form,
}

fn read(path: &Path) -> Result<Key, String> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    Key::parse(&text).map_err(|why| format!("{name}: {why}"))
}

impl ExpectArgs {
    /// Reads what is expected, if anything is.
    pub(super) fn read(&self, streams: &mut Streams<'_>) -> Result<Option<Expected>, Stop> {
        let Some(key) = &self.expect else {
            return Ok(None);
        };
        let key = read(key).map_err(Stop::input)?;
        let answers = match self.answers.as_deref().map(read).transpose() {
            Ok(answers) => answers,
            Err(why) => {
                if self.grade == Form::Gradescope {
                    // Whoever gave the answers sees nothing but these results.
                    let max = key.questions.iter().map(|question| question.points).sum();
                    let results = Results::none(&why, max);
                    json(&results, streams.stdout).map_err(|error| lost(&error))?;
                }
                return Err(Stop::input(why));
            }
        };
        Ok(Some(Expected {
            key,
            answers,
            form: self.grade,
        }))
    }
}

/// A mark, and where the schedule of its example is.
struct Graded {
    mark: Mark,
    schedule: Option<PathBuf>,
}

impl Expected {
    /// Grades the answers; returns the exit status.
    pub(super) fn tell(
        &self,
        explored: &Explored,
        program: &Path,
        witness: Option<&Path>,
        out: &mut dyn Write,
    ) -> std::io::Result<i32> {
        let marks = match &self.answers {
            Some(answers) => grade_answers(explored, &self.key, answers),
            None => grade(explored, &self.key),
        };
        let any = |wanted: fn(&Verdict) -> bool| marks.iter().any(|mark| wanted(&mark.verdict));
        let status = match () {
            () if any(|verdict| matches!(verdict, Verdict::Wrong(_))) => status::NO,
            () if any(|verdict| matches!(verdict, Verdict::Undecided)) => status::NOT_COMPLETE,
            () => 0,
        };
        let graded = write_schedules(explored, marks, witness)?;
        match self.form {
            Form::Text => text(&graded, out)?,
            Form::Json => json(&Report::of(explored, program, &graded), out)?,
            Form::Gradescope => json(&Results::of(&graded), out)?,
        }
        Ok(status)
    }
}

/// Writes the schedule of each example: that of the first to the file, that of the second to the file's name with `.2`.
fn write_schedules(
    explored: &Explored,
    marks: Vec<Mark>,
    witness: Option<&Path>,
) -> std::io::Result<Vec<Graded>> {
    let mut written = 0;
    let graded = marks.into_iter().map(|mark| {
        let schedule = match (example(&mark), witness) {
            (Some(example), Some(path)) => {
                written += 1;
                let mut name = path.as_os_str().to_owned();
                if written > 1 {
                    name.push(format!(".{written}"));
                }
                std::fs::write(&name, explored.replay(&example.way).steps.to_string())?;
                Some(PathBuf::from(name))
            }
            _ => None,
        };
        Ok(Graded { mark, schedule })
    });
    graded.collect()
}

fn example(mark: &Mark) -> Option<&Example> {
    match &mark.verdict {
        Verdict::Wrong(wrong) => wrong.example.as_ref(),
        _ => None,
    }
}

fn sums(graded: &[Graded]) -> (f64, f64) {
    let score = graded.iter().map(|graded| graded.mark.score()).sum();
    (score, graded.iter().map(|graded| graded.mark.points).sum())
}

/// What there is to say about an answer that is not right, one thing a line.
fn remarks(graded: &Graded) -> Vec<String> {
    let wrong = match &graded.mark.verdict {
        Verdict::Right => return Vec::new(),
        Verdict::Undecided => {
            return vec!["not decided: the search is not complete".to_owned()];
        }
        Verdict::Wrong(wrong) => wrong,
    };
    let mut remarks = vec![wrong.why.clone()];
    if let Some(example) = &wrong.example {
        let output = cut(&example.output, WIDTH);
        remarks.push(format!(
            "for example {output}, and it {}",
            example.ending.in_words()
        ));
    }
    if let Some(path) = &graded.schedule {
        remarks.push(format!("its schedule is in {}", path.display()));
    }
    remarks
}

fn text(graded: &[Graded], out: &mut dyn Write) -> std::io::Result<()> {
    for one in graded {
        let mark = &one.mark;
        let verdict = match mark.verdict {
            Verdict::Right => "right",
            Verdict::Wrong(_) => "WRONG",
            Verdict::Undecided => "open ",
        };
        let points = if mark.points == 1.0 { "point" } else { "points" };
        writeln!(
            out,
            "{verdict}  {} ({} of {} {points})",
            mark.name,
            mark.score(),
            mark.points
        )?;
        for remark in remarks(one) {
            writeln!(out, "       {remark}")?;
        }
    }
    let right = graded
        .iter()
        .filter(|graded| graded.mark.verdict == Verdict::Right);
    let (score, max) = sums(graded);
    writeln!(
        out,
        "{} of {} right, {score} of {max} points",
        right.count(),
        graded.len()
    )
}

fn json(value: &impl Serialize, out: &mut dyn Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// What `--grade json` writes; a field that is taken away or changes its meaning makes a new version.
#[derive(Serialize)]
struct Report<'g> {
    version: u32,
    program: String,
    /// Whether everything was looked at.
    complete: bool,
    score: f64,
    max_score: f64,
    questions: Vec<Row<'g>>,
}

#[derive(Serialize)]
struct Row<'g> {
    name: &'g str,
    verdict: &'static str,
    score: f64,
    max_score: f64,
    why: Option<&'g str>,
    counterexample: Option<Counterexample>,
}

#[derive(Serialize)]
struct Counterexample {
    output: String,
    ending: &'static str,
    /// As a shell shows it; none if the first process has not ended.
    status: Option<i32>,
    zombies: bool,
    orphans: bool,
    schedule: Option<String>,
}

impl<'g> Report<'g> {
    fn of(explored: &Explored, program: &Path, graded: &'g [Graded]) -> Report<'g> {
        let (score, max_score) = sums(graded);
        Report {
            version: 1,
            program: program.display().to_string(),
            complete: explored.bound().is_none(),
            score,
            max_score,
            questions: graded.iter().map(Row::of).collect(),
        }
    }
}

impl<'g> Row<'g> {
    fn of(graded: &'g Graded) -> Row<'g> {
        let mark = &graded.mark;
        let (verdict, why) = match &mark.verdict {
            Verdict::Right => ("right", None),
            Verdict::Wrong(wrong) => ("wrong", Some(wrong.why.as_str())),
            Verdict::Undecided => ("undecided", None),
        };
        let schedule = graded.schedule.as_ref().map(|path| path.display().to_string());
        Row {
            name: &mark.name,
            verdict,
            score: mark.score(),
            max_score: mark.points,
            why,
            counterexample: example(mark).map(|example| Counterexample::of(example, schedule)),
        }
    }
}

impl Counterexample {
    fn of(example: &Example, schedule: Option<String>) -> Counterexample {
        let (ending, zombies, orphans) = match example.ending {
            Ending::Done(end) => ("done", end.zombies, end.orphans),
            Ending::Deadlocked(_) => ("deadlock", false, false),
            Ending::Livelocked(_) => ("livelock", false, false),
        };
        Counterexample {
            output: String::from_utf8_lossy(&example.output).into_owned(),
            ending,
            status: example.ending.status().map(shell_status),
            zombies,
            orphans,
            schedule,
        }
    }
}

/// The results.json of an autograder for Gradescope.
#[derive(Serialize)]
struct Results<'g> {
    tests: Vec<Test<'g>>,
}

#[derive(Serialize)]
struct Test<'g> {
    name: &'g str,
    score: f64,
    max_score: f64,
    status: &'static str,
    output: String,
}

impl<'g> Results<'g> {
    fn of(graded: &'g [Graded]) -> Results<'g> {
        let tests = graded.iter().map(|graded| Test {
            name: &graded.mark.name,
            score: graded.mark.score(),
            max_score: graded.mark.points,
            status: match graded.mark.verdict {
                Verdict::Right => "passed",
                _ => "failed",
            },
            output: remarks(graded).join("\n"),
        });
        // Gradescope adds up the tests.
        Results {
            tests: tests.collect(),
        }
    }

    /// Of answers that could not be read.
    fn none(why: &str, max_score: f64) -> Results<'static> {
        let test = Test {
            name: "reading the answers",
            score: 0.0,
            max_score,
            status: "failed",
            output: why.to_owned(),
        };
        Results { tests: vec![test] }
    }
}
