//! Answers held against all that a program can do.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use super::graph::{Birth, Ending, Label};
use super::key::{Answer, Counted, End, Holds, Infinite, Key, Question, Stuck, Times, Total};
use super::monitor::advance;
use super::search::births;
use super::tree::Tree;
use super::{Claim, Count, Explored, Way};
use crate::report::acts::{cut, quoted};
use crate::run::shell_status;

/// A question, graded.
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// What it is called.
    pub name: String,
    /// What it is worth.
    pub points: f64,
    /// Whether it was answered rightly.
    pub verdict: Verdict,
}

impl Mark {
    /// The points that it brings.
    #[must_use]
    pub fn score(&self) -> f64 {
        match self.verdict {
            Verdict::Right => self.points,
            Verdict::Wrong(_) | Verdict::Undecided => 0.0,
        }
    }
}

/// Whether an answer is right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is.
    Right,
    /// It is not.
    Wrong(Wrong),
    /// The search came to a bound before it was decided.
    Undecided,
}

/// What is wrong with an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// In words.
    pub why: String,
    /// What the program can do, and could not if the answer were right.
    pub example: Option<Example>,
}

/// An outcome, and the way there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// What is printed.
    pub output: Vec<u8>,
    /// How the program ends.
    pub ending: Ending,
    /// What is chosen.
    pub way: Way,
}

/// How much of an output is shown.
pub const WIDTH: usize = 200;

fn wrong(why: impl Into<String>, example: Option<Example>) -> Verdict {
    Verdict::Wrong(Wrong {
        why: why.into(),
        example,
    })
}

/// Grades the answers of a key.
#[must_use]
pub fn grade(explored: &Explored, key: &Key) -> Vec<Mark> {
    let marks = key.questions.iter().map(|question| Mark {
        name: question.name.clone(),
        points: question.points,
        verdict: of_question(explored, question),
    });
    marks.collect()
}

/// Grades the answers of somebody else to the questions of a key, by the points of the key. Whatever the key asks must
/// be answered, and nothing else counts; its own answers do not matter.
#[must_use]
pub fn grade_answers(explored: &Explored, key: &Key, answers: &Key) -> Vec<Mark> {
    let marks = key.questions.iter().map(|question| Mark {
        name: question.name.clone(),
        points: question.points,
        verdict: match own_words(question, answers) {
            Ok(question) => of_question(explored, &question),
            Err(why) => wrong(why, None),
        },
    });
    marks.collect()
}

/// The answers to a question; or what of it was not answered.
fn own_words(question: &Question, answers: &Key) -> Result<Question, String> {
    let own = answers.questions.iter().find(|own| own.name == question.name);
    let own = own.ok_or("it is not answered")?;
    let chosen = question.answers.iter().map(|answer| {
        let asked = answer.asked();
        let found = own.answers.iter().find(|own| own.asked() == asked);
        found.cloned().ok_or(format!("it is not answered: {asked}"))
    });
    Ok(Question {
        name: question.name.clone(),
        points: question.points,
        answers: chosen.collect::<Result<_, _>>()?,
    })
}

/// The first answer that is wrong decides; else the first that is not decided.
fn of_question(explored: &Explored, question: &Question) -> Verdict {
    let mut all = Verdict::Right;
    for answer in &question.answers {
        match explored.check(answer) {
            Verdict::Right => {}
            Verdict::Undecided => all = Verdict::Undecided,
            Verdict::Wrong(wrong) => return Verdict::Wrong(wrong),
        }
    }
    all
}

/// A memory of numbers: how many of something there were, and where in a text the output stands.
type Tally = (u64, usize);

fn processes<'b>(births: impl IntoIterator<Item = &'b Birth>) -> usize {
    births.into_iter().filter(|birth| !birth.thread).count()
}

/// How many lines there are, or how often a text was printed, one byte further on.
fn tallied(what: &Counted, (count, at): Tally, byte: u8) -> Tally {
    match what {
        Counted::Printed(text) => match advance(text.as_bytes(), at, byte) {
            all if all == text.len() => (count + 1, 0),
            part => (count, part),
        },
        // A line counts as soon as it begins.
        _ => (count + u64::from(at == 0), usize::from(byte != b'\n')),
    }
}

impl Explored {
    fn check(&self, answer: &Answer) -> Verdict {
        match answer {
            Answer::Outputs(total) => self.check_total(*total, self.outputs(), "outputs"),
            Answer::Interleavings(total) => {
                self.check_total(*total, self.interleavings(), "orders of the writes")
            }
            Answer::Counted(what, times) => self.check_counted(what, *times),
            Answer::Exactly(texts) => self.check_set(texts),
            Answer::Possible(text, possible) => self.check_possible(text, *possible),
            Answer::Holds(claim, holds) => self.check_claim(claim, *holds),
            Answer::Tree(tree) => self.check_tree(tree),
            Answer::Endings(text, ends) => self.check_endings(text, ends),
        }
    }

    /// What an answer is against which nothing was found.
    fn right_if_complete(&self) -> Verdict {
        match self.bound() {
            Some(_) => Verdict::Undecided,
            None => Verdict::Right,
        }
    }

    /// What an answer is that names what was not found.
    fn wrong_if_complete(&self, why: impl Into<String>, example: Option<Example>) -> Verdict {
        match self.bound() {
            Some(_) => Verdict::Undecided,
            None => wrong(why, example),
        }
    }

    fn example(&self, output: Vec<u8>, ending: Ending) -> Option<Example> {
        let way = self.way_to_output(&output, Some(ending))?;
        Some(Example { output, ending, way })
    }

    fn example_of_way(&self, way: Way, ending: Ending) -> Example {
        let output = self.replay(&way).output();
        Example { output, ending, way }
    }

    fn check_total(&self, said: Total, found: Count, what: &str) -> Verdict {
        let (fits, more) = match (said, found) {
            (Total::Exactly(said), Count::Exactly(found)) => {
                (u128::from(said) == found, found > u128::from(said))
            }
            (Total::Exactly(_), Count::TooMany | Count::Infinite) => (false, true),
            (Total::Infinite(Infinite::Infinite), found) => (found == Count::Infinite, false),
        };
        match (fits, self.bound()) {
            (true, None) => Verdict::Right,
            (false, None) => wrong(format!("there are {found} {what}"), None),
            // No end of them is no end of them, however many were not found.
            (true, Some(_)) if found == Count::Infinite => Verdict::Right,
            (false, Some(_)) if more => wrong(format!("there are at least {found} {what}"), None),
            (_, Some(_)) => Verdict::Undecided,
        }
    }

    fn check_counted(&self, what: &Counted, times: Times) -> Verdict {
        let limit = times.most.saturating_add(1);
        let name = match what {
            Counted::Processes => "processes".to_owned(),
            Counted::Writes => "writes".to_owned(),
            Counted::Lines => "lines".to_owned(),
            Counted::Printed(text) => format!("times of {}", quoted(text.as_bytes())),
        };
        let outside = self.count_where(what, limit, &|count| count < times.least || count > times.most);
        if let Some(example) = outside {
            let count = self.count_in(what, &example);
            return wrong(format!("possible: {name} = {count}"), Some(example));
        }
        // Each way fits; but do the fewest and the most occur?
        for end in [times.least, times.most] {
            if self.count_where(what, limit, &|count| count == end).is_none() {
                let other = self.count_where(what, limit, &|count| count != end);
                return self.wrong_if_complete(format!("impossible: {name} = {end}"), other);
            }
        }
        self.right_if_complete()
    }

    /// A way on which the count of something is one that is looked for. Counts above the limit count as the limit, so
    /// that a loop comes to an end.
    fn count_where(&self, what: &Counted, limit: u64, goal: &dyn Fn(u64) -> bool) -> Option<Example> {
        match what {
            Counted::Processes | Counted::Writes => {
                let see = |count: &u64, label: &Label| {
                    let more = match what {
                        Counted::Processes => processes(&label.births),
                        _ => label.writes.len(),
                    };
                    Some(count.saturating_add(more as u64).min(limit))
                };
                let (way, ending, _) = self.way_where(0, see, |count, _| goal(*count))?;
                Some(self.example_of_way(way, ending))
            }
            Counted::Printed(_) | Counted::Lines => {
                let see = |tally: &Tally, byte| {
                    let (count, at) = tallied(what, *tally, byte);
                    (count.min(limit), at)
                };
                let found = self.first_outcome((0, 0), see, |(count, _), _| goal(*count));
                let (output, ending, _) = found?;
                self.example(output, ending)
            }
        }
    }

    fn count_in(&self, what: &Counted, example: &Example) -> u64 {
        match what {
            Counted::Processes => {
                let births: Vec<Birth> = births(&self.replay(&example.way).events).collect();
                processes(&births) as u64
            }
            Counted::Writes => self.replay(&example.way).writes.len() as u64,
            Counted::Printed(_) | Counted::Lines => {
                let bytes = example.output.iter();
                let (count, _) = bytes.fold((0, 0), |tally, byte| tallied(what, tally, *byte));
                count
            }
        }
    }

    /// The output that a text stands for, and how the program can end then: the text, or if only that is possible the text
    /// with a newline at its end.
    #[must_use]
    pub fn meant(&self, text: &str) -> Option<(Vec<u8>, Vec<Ending>)> {
        let texts = [text.to_owned(), format!("{text}\n")];
        texts.into_iter().find_map(|text| {
            let endings = self.endings_of(text.as_bytes())?;
            Some((text.into_bytes(), endings))
        })
    }

    fn check_possible(&self, text: &str, possible: bool) -> Verdict {
        let shown = quoted(text.as_bytes());
        match (self.meant(text), possible) {
            (Some(_), true) => Verdict::Right,
            (Some((output, endings)), false) => {
                let ending = endings.first().copied();
                let example = ending.and_then(|ending| self.example(output, ending));
                wrong(format!("{shown} is possible"), example)
            }
            (None, true) => self.wrong_if_complete(format!("{shown} is impossible"), None),
            (None, false) => self.right_if_complete(),
        }
    }

    fn check_set(&self, texts: &[String]) -> Verdict {
        let meant: Vec<_> = texts.iter().map(|text| (text, self.meant(text))).collect();
        let given: HashSet<&[u8]> = meant
            .iter()
            .filter_map(|(_, meant)| meant.as_ref().map(|(output, _)| output.as_slice()))
            .collect();
        if let Some((output, ending)) = self.output_not_in(&given) {
            let why = format!("{} is possible too", cut(&output, WIDTH));
            return wrong(why, self.example(output, ending));
        }
        match meant.iter().find(|(_, meant)| meant.is_none()) {
            Some((text, _)) => {
                self.wrong_if_complete(format!("{} is impossible", quoted(text.as_bytes())), None)
            }
            None => self.right_if_complete(),
        }
    }

    fn output_not_in(&self, given: &HashSet<&[u8]>) -> Option<(Vec<u8>, Ending)> {
        if self.outputs() == Count::Infinite {
            // One of them is longer than all that were given.
            let longest = given.iter().map(|output| output.len()).max().unwrap_or(0);
            let see = |length: &usize, _| (length + 1).min(longest + 1);
            let longer = self.first_outcome(0, see, |length, _| *length > longest);
            return longer.map(|(output, ending, _)| (output, ending));
        }
        let mut found = None;
        self.for_each_output(&mut |output, endings| {
            if let Some(ending) = endings.first().filter(|_| !given.contains(output)) {
                found = Some((output.to_vec(), *ending));
            }
            found.is_none()
        });
        found
    }

    fn check_claim(&self, text: &str, holds: Holds) -> Verdict {
        let claim = Claim::parse(text);
        let outcome = |wanted| {
            let (output, ending) = self.outcome_where(&claim, wanted)?;
            self.example(output, ending)
        };
        match holds {
            Holds::Always => match outcome(false) {
                Some(example) => wrong(format!("not always: {text}"), Some(example)),
                None => self.right_if_complete(),
            },
            Holds::Never => match outcome(true) {
                Some(example) => wrong(format!("not never: {text}"), Some(example)),
                None => self.right_if_complete(),
            },
            Holds::Sometimes => match (outcome(true), outcome(false)) {
                (Some(_), Some(_)) => Verdict::Right,
                (None, example) => self.wrong_if_complete(format!("never: {text}"), example),
                (example, None) => self.wrong_if_complete(format!("always: {text}"), example),
            },
        }
    }

    fn check_tree(&self, said: &Tree) -> Verdict {
        let limit = said.size();
        // What goes beyond the tree that was given is wrong already, so it need not be remembered.
        let see = |born: &Rc<BTreeSet<Birth>>, label: &Label| {
            if label.births.is_empty() || processes(born.iter()) > limit {
                return Some(born.clone());
            }
            let mut more = BTreeSet::clone(born);
            more.extend(label.births.iter().copied());
            Some(Rc::new(more))
        };
        let differs = |births: &Rc<BTreeSet<Birth>>, _: &Ending| {
            Tree::of(births).is_none_or(|tree| !tree.has_shape_of(said))
        };
        match self.way_where(Rc::default(), see, differs) {
            Some((way, ending, _)) => {
                let real = self
                    .tree_of(&way)
                    .map_or("none".to_owned(), |tree| tree.to_string());
                let why = format!("the tree can be {real}, by pid");
                wrong(why, Some(self.example_of_way(way, ending)))
            }
            None => self.right_if_complete(),
        }
    }

    /// Who forks whom on a way.
    #[must_use]
    pub fn tree_of(&self, way: &Way) -> Option<Tree> {
        let events = self.replay(way).events;
        Tree::of(&births(&events).collect())
    }

    fn check_endings(&self, text: &str, ends: &[End]) -> Verdict {
        let shown = quoted(text.as_bytes());
        let Some((output, endings)) = self.meant(text) else {
            return self.wrong_if_complete(format!("{shown} is impossible"), None);
        };
        let other = endings
            .iter()
            .find(|ending| !ends.iter().any(|end| end.is(ending)));
        if let Some(other) = other {
            let why = format!("after {shown} it can end in another way");
            return wrong(why, self.example(output, *other));
        }
        match ends
            .iter()
            .find(|end| !endings.iter().any(|ending| end.is(ending)))
        {
            Some(end) => {
                let example = endings.first().and_then(|ending| self.example(output, *ending));
                self.wrong_if_complete(format!("after {shown} it never ends so: {end}"), example)
            }
            None => self.right_if_complete(),
        }
    }
}

impl End {
    fn is(self, ending: &Ending) -> bool {
        match (self, ending) {
            (End::Status(said), Ending::Done(end)) => shell_status(end.status) == said,
            (End::Stuck(Stuck::Deadlock), Ending::Deadlocked(_)) => true,
            (End::Stuck(Stuck::Livelock), Ending::Livelocked(_)) => true,
            _ => false,
        }
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            End::Status(status) => write!(f, "status {status}"),
            End::Stuck(Stuck::Deadlock) => f.write_str("deadlock"),
            End::Stuck(Stuck::Livelock) => f.write_str("livelock"),
        }
    }
}
