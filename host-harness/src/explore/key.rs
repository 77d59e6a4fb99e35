//! Answer keys: questions about what a program can do, with their answers, in a TOML file.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::Claim;
use super::tree::Tree;

/// Questions with answers: a teacher's, or a student's to the same questions.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(try_from = "File")]
pub struct Key {
    /// In the order of the file.
    pub questions: Vec<Question>,
}

/// A question: right when all of its answers are.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Question {
    /// What it is called; no two of a key have the same name.
    pub name: String,
    /// What it is worth.
    pub points: f64,
    /// At least one.
    pub answers: Vec<Answer>,
}

/// One thing that is said of the program. A text may lack the newline at its end.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// So many outputs.
    Outputs(Total),
    /// So many orders of the writes.
    Interleavings(Total),
    /// So many of something, on every way through the program.
    Counted(Counted, Times),
    /// All outputs.
    Exactly(Vec<String>),
    /// Whether an output is possible.
    Possible(String, bool),
    /// How often a claim holds.
    Holds(String, Holds),
    /// Who forks whom.
    Tree(Tree),
    /// All the ways in which the program can end after an output.
    Endings(String, Vec<End>),
}

/// What there is more or less of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Counted {
    /// Processes, the first one among them.
    Processes,
    /// Writes to standard output.
    Writes,
    /// Lines of the output.
    Lines,
    /// How often a text is printed.
    Printed(String),
}

/// How often a claim holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// Of every outcome.
    Always,
    /// Of some, and not of others.
    Sometimes,
    /// Of none.
    Never,
}

/// How many there are in all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged, expecting = "expected a number, or \"infinite\"")]
pub enum Total {
    /// So many.
    Exactly(u64),
    /// No end of them.
    Infinite(Infinite),
}

/// The word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Infinite {
    /// `"infinite"`.
    Infinite,
}

/// How many there are on every way: between these two, each of which there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "TimesForms")]
pub struct Times {
    /// The fewest.
    pub least: u64,
    /// The most.
    pub most: u64,
}

/// How a program ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged, expecting = "expected an exit status, \"deadlock\" or \"livelock\"")]
pub enum End {
    /// With this exit status, as a shell shows it.
    Status(i32),
    /// Not at all.
    Stuck(Stuck),
}

/// Why it does not end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stuck {
    /// Some of it is left and can never go on.
    Deadlock,
    /// It goes on for ever.
    Livelock,
}

impl Key {
    /// Reads a key. What is wrong with it is told with its line.
    ///
    /// # Errors
    ///
    /// The message, for people.
    pub fn parse(text: &str) -> Result<Key, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

impl Answer {
    /// What is asked: two answers to the same have it in common.
    #[must_use]
    pub fn asked(&self) -> String {
        match self {
            Answer::Outputs(_) => "outputs".to_owned(),
            Answer::Interleavings(_) => "interleavings".to_owned(),
            Answer::Counted(Counted::Processes, _) => "processes".to_owned(),
            Answer::Counted(Counted::Writes, _) => "writes".to_owned(),
            Answer::Counted(Counted::Lines, _) => "lines".to_owned(),
            Answer::Counted(Counted::Printed(text), _) => format!("how often {text:?} is printed"),
            Answer::Exactly(_) => "exactly".to_owned(),
            Answer::Possible(text, _) => format!("whether {:?} is possible", text.trim_end_matches('\n')),
            Answer::Holds(claim, _) => format!("whether always, sometimes or never: {claim}"),
            Answer::Tree(_) => "tree".to_owned(),
            Answer::Endings(text, _) => {
                format!("the endings after {:?}", text.trim_end_matches('\n'))
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    question: Vec<Question>,
}

impl TryFrom<File> for Key {
    type Error = String;

    fn try_from(File { question }: File) -> Result<Key, String> {
        if question.is_empty() {
            return Err("a key has at least one [[question]]".to_owned());
        }
        let mut names = std::collections::HashSet::new();
        match question.iter().find(|question| !names.insert(&question.name)) {
            Some(again) => Err(format!("two questions have the name {:?}", again.name)),
            None => Ok(Key { questions: question }),
        }
    }
}

/// A question as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    name: String,
    #[serde(default = "one")]
    points: f64,
    outputs: Option<Total>,
    interleavings: Option<Total>,
    processes: Option<Times>,
    writes: Option<Times>,
    lines: Option<Times>,
    #[serde(default)]
    printed: BTreeMap<String, Times>,
    exactly: Option<Vec<String>>,
    #[serde(default)]
    possible: Vec<String>,
    #[serde(default)]
    impossible: Vec<String>,
    #[serde(default)]
    table: Vec<(String, bool)>,
    #[serde(default)]
    always: Vec<String>,
    #[serde(default)]
    sometimes: Vec<String>,
    #[serde(default)]
    never: Vec<String>,
    tree: Option<Tree>,
    #[serde(default)]
    endings: BTreeMap<String, OneOrMore>,
}

const fn one() -> f64 {
    1.0
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected an exit status, \"deadlock\" or \"livelock\", or a list of these"
)]
enum OneOrMore {
    One(End),
    More(Vec<End>),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number, or { least = N, most = N }")]
enum TimesForms {
    Always(u64),
    Between(Between),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Between {
    least: u64,
    most: u64,
}

impl TryFrom<TimesForms> for Times {
    type Error = String;

    fn try_from(forms: TimesForms) -> Result<Times, String> {
        match forms {
            TimesForms::Always(times) => Ok(Times {
                least: times,
                most: times,
            }),
            TimesForms::Between(Between { least, most }) if least > most => {
                Err(format!("the least, {least}, is more than the most, {most}"))
            }
            TimesForms::Between(Between { least, most }) => Ok(Times { least, most }),
        }
    }
}

impl TryFrom<Fields> for Question {
    type Error = String;

    fn try_from(fields: Fields) -> Result<Question, String> {
        let (name, points) = (fields.name.clone(), fields.points);
        if !points.is_finite() || points < 0.0 {
            return Err(format!(
                "question {name:?} is worth {points} points: write 0 or more"
            ));
        }
        let answers = answers(fields);
        if answers.is_empty() {
            return Err(format!(
                "question {name:?} has no answer: give outputs, exactly, always, tree or another"
            ));
        }
        let mut asked = std::collections::HashSet::new();
        for answer in &answers {
            if !asked.insert(answer.asked()) {
                return Err(format!("question {name:?} is answered twice: {}", answer.asked()));
            }
            let empty = match answer {
                Answer::Counted(Counted::Printed(text), _) => text.is_empty(),
                Answer::Holds(claim, _) => match Claim::parse(claim) {
                    Claim::Prints(text) => text.is_empty(),
                    Claim::Before(first, second) => first.is_empty() || second.is_empty(),
                    _ => false,
                },
                _ => false,
            };
            if empty {
                return Err(format!("question {name:?} names an empty text: it is everywhere"));
            }
        }
        Ok(Question {
            name,
            points,
            answers,
        })
    }
}

fn answers(fields: Fields) -> Vec<Answer> {
    let counted = |counted, times: Option<Times>| times.map(|times| Answer::Counted(counted, times));
    let single = [
        fields.outputs.map(Answer::Outputs),
        fields.interleavings.map(Answer::Interleavings),
        counted(Counted::Processes, fields.processes),
        counted(Counted::Writes, fields.writes),
        counted(Counted::Lines, fields.lines),
        fields.exactly.map(Answer::Exactly),
        fields.tree.map(Answer::Tree),
    ];
    let printed = fields.printed.into_iter();
    let printed = printed.map(|(text, times)| Answer::Counted(Counted::Printed(text), times));
    let rows = fields.table.into_iter();
    let rows = rows
        .chain(fields.possible.into_iter().map(|text| (text, true)))
        .chain(fields.impossible.into_iter().map(|text| (text, false)));
    let claims = [
        (fields.always, Holds::Always),
        (fields.sometimes, Holds::Sometimes),
        (fields.never, Holds::Never),
    ];
    let claims = claims
        .into_iter()
        .flat_map(|(claims, holds)| claims.into_iter().map(move |claim| Answer::Holds(claim, holds)));
    let endings = fields.endings.into_iter().map(|(text, ends)| {
        let ends = match ends {
            OneOrMore::One(end) => vec![end],
            OneOrMore::More(ends) => ends,
        };
        Answer::Endings(text, ends)
    });
    single
        .into_iter()
        .flatten()
        .chain(printed)
        .chain(rows.map(|(text, possible)| Answer::Possible(text, possible)))
        .chain(claims)
        .chain(endings)
        .collect()
}
