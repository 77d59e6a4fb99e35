//! The files that `ktm explore` writes beside what it tells: the state graph, and the diagram of a schedule.

use clap::Args;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{Stop, lost};
use crate::explore::{Ending, Explored, Way};
use crate::report::acts::quoted;
use crate::report::diagram;

/// Characters of the output that the title of a diagram has at most.
const MOST: usize = 60;

#[derive(Args, Debug)]
pub(super) struct PictureArgs {
    /// Write the states and the steps between them, as FILE.json or, for Graphviz, as FILE.dot; may be given several
    /// times.
    #[arg(long, value_name = "FILE")]
    graph: Vec<PathBuf>,
    /// Draw a schedule as a process graph, FILE.svg: that of the first answer that has one, and otherwise the shortest
    /// way to a normal end.
    #[arg(long, value_name = "FILE.svg")]
    diagram: Option<PathBuf>,
}

/// In what a graph is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    Json,
    Dot,
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

fn format(path: &Path) -> Result<Format, Stop> {
    match extension(path) {
        Some("json") => Ok(Format::Json),
        Some("dot") => Ok(Format::Dot),
        _ => Err(Stop::input(format!(
            "--graph {}: a graph is written as .json or as .dot",
            path.display()
        ))),
    }
}

/// What a picture shows.
pub(super) struct Subject<'e> {
    pub(super) explored: &'e Explored,
    /// The file of the program.
    pub(super) file: &'e Path,
    /// The way of the first answer that has one.
    pub(super) way: Option<Way>,
    /// Whether an answer has no way although one was asked for.
    pub(super) asked: bool,
}

impl PictureArgs {
    /// Looks at the names of the files, before the search.
    pub(super) fn check(&self) -> Result<(), Stop> {
        for path in &self.graph {
            format(path)?;
        }
        match &self.diagram {
            Some(path) if extension(path) != Some("svg") => Err(Stop::input(format!(
                "--diagram {}: a diagram is written as .svg",
                path.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Writes what was asked for, and says where it is.
    pub(super) fn write(&self, subject: &Subject<'_>, out: &mut dyn Write) -> Result<(), Stop> {
        for path in &self.graph {
            write_graph(path, subject).map_err(|error| not_written(path, &error))?;
            writeln!(out, "the graph is in {}", path.display()).map_err(|error| lost(&error))?;
        }
        let Some(path) = &self.diagram else {
            return Ok(());
        };
        let told = match subject.diagram() {
            Some(text) => {
                std::fs::write(path, text).map_err(|error| not_written(path, &error))?;
                writeln!(out, "the diagram is in {}", path.display())
            }
            None => writeln!(
                out,
                "there is no schedule to draw, so {} is not written",
                path.display()
            ),
        };
        told.map_err(|error| lost(&error))
    }
}

/// An output as the title has it.
fn shown(output: &[u8]) -> String {
    let text = quoted(output);
    match text.char_indices().nth(MOST) {
        _ if output.is_empty() => "nothing".to_owned(),
        Some((at, _)) => format!("{}…\"", text.get(..at).unwrap_or(&text)),
        None => text,
    }
}

fn not_written(path: &Path, error: &std::io::Error) -> Stop {
    Stop::input(format!("cannot write {}: {error}", path.display()))
}

fn write_graph(path: &Path, subject: &Subject<'_>) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(path)?);
    let name = subject.name();
    match format(path) {
        Ok(Format::Json) => subject.explored.write_json(&name, &mut out)?,
        Ok(Format::Dot) | Err(_) => subject.explored.write_dot(&name, &mut out)?,
    }
    out.flush()
}

impl Subject<'_> {
    fn name(&self) -> String {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// The diagram of the way; none if there is no way.
    fn diagram(&self) -> Option<String> {
        let normal = || {
            let endings = self.explored.endings().iter();
            let done = endings.filter(|ending| matches!(ending, Ending::Done(_)));
            let ways =
                done.filter_map(|ending| Some((self.explored.way_to_ending(*ending)?, ending.in_words())));
            let shortest = ways.min_by_key(|(way, words)| (way.0.len(), words.clone()));
            shortest.map(|(way, _)| way)
        };
        let way = match &self.way {
            Some(way) => way.clone(),
            None if self.asked => return None,
            None => normal()?,
        };
        let replayed = self.explored.replay(&way);
        let title = format!("{} prints {}", self.name(), shown(&replayed.output()));
        Some(diagram::draw(&title, &replayed.events, &replayed.machine))
    }
}
