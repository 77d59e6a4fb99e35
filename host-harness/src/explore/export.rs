//! `--graph`: the positions and steps that were found, for other programs to read (JSON) and to draw (DOT).
//!
//! What a step does beyond its writes is not kept by the search: all steps are made once more.

use kernel_model::abi::ids::Pid;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;

use super::Explored;
use super::graph::{Edge, Ending, Write};
use super::position::{Choice, Position};
use crate::report::acts::{self, Act};
use crate::report::story::ended;
use crate::run::shell_status;

/// The version of the JSON: its first field.
const SCHEMA: u32 = 1;

/// Lines of a label that are shown at most.
const LINES: usize = 6;
/// Characters of a line that are shown at most.
const COLUMNS: usize = 60;

impl Ending {
    /// Which kind of ending it is: `done`, `deadlock` or `livelock`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Ending::Done(_) => "done",
            Ending::Deadlocked(_) => "deadlock",
            Ending::Livelocked(_) => "livelock",
        }
    }

    /// The ending in words, of a program: `exited with status 0, leaving zombies behind`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let main = |status: &Option<_>| match status {
            Some(status) => format!(", after its first process {}", ended(*status)),
            None => String::new(),
        };
        match self {
            Ending::Done(end) => {
                let left = match (end.zombies, end.orphans) {
                    (false, false) => "",
                    (true, false) => ", leaving zombies behind",
                    (false, true) => ", leaving orphans behind",
                    (true, true) => ", leaving zombies and orphans behind",
                };
                format!("{}{left}", ended(end.status))
            }
            Ending::Deadlocked(status) => format!("deadlocked{}", main(status)),
            Ending::Livelocked(status) => format!("goes on for ever{}", main(status)),
        }
    }

    fn to_json(self) -> Value {
        let mut value = json!({
            "kind": self.kind(),
            "words": self.in_words(),
            "status": self.status().map(shell_status),
        });
        if let (Ending::Done(end), Some(object)) = (self, value.as_object_mut()) {
            object.insert("zombies".to_owned(), json!(end.zombies));
            object.insert("orphans".to_owned(), json!(end.orphans));
        }
        value
    }

    /// Shape and colours in DOT.
    const fn look(&self) -> &'static str {
        match self {
            Ending::Done(_) => "shape=box, peripheries=2, color=\"#2e7d32\", fillcolor=\"#e3f4e4\"",
            Ending::Deadlocked(_) => "shape=octagon, color=\"#b3261e\", fillcolor=\"#fbe4e2\"",
            Ending::Livelocked(_) => "shape=hexagon, color=\"#b26a00\", fillcolor=\"#fdf0d8\"",
        }
    }
}

impl Choice {
    fn to_json(self) -> Value {
        match self {
            Choice::Task(pid) => json!({"kind": "task", "pid": pid.0}),
            Choice::Late(pid) => json!({"kind": "late", "pid": pid.0}),
            Choice::Clock => json!({"kind": "clock"}),
        }
    }

    /// What is said of a step that does nothing else worth a word.
    fn in_words(self) -> String {
        match self {
            Choice::Task(Pid::INIT) => "init goes on".to_owned(),
            Choice::Task(pid) => format!("{pid} goes on"),
            Choice::Late(pid) => format!("{pid} goes on before it takes its signal"),
            Choice::Clock => "time passes".to_owned(),
        }
    }
}

fn writes(writes: &[Write]) -> Value {
    let each = writes.iter().map(|write| {
        let text = String::from_utf8_lossy(&write.bytes);
        json!({"pid": write.by.0, "text": text})
    });
    Value::Array(each.collect())
}

/// What every step does, in words.
#[derive(Debug, Default)]
struct Deeds {
    all: Vec<Vec<String>>,
    known: HashMap<Vec<String>, usize>,
    /// Of each step of each node, which of them.
    of: Vec<Vec<usize>>,
    /// What is done before there is anything to choose.
    first: Option<Vec<String>>,
}

impl Deeds {
    fn number(&mut self, words: Vec<String>) -> usize {
        let Deeds { all, known, .. } = self;
        *known.entry(words).or_insert_with_key(|words| {
            all.push(words.clone());
            all.len() - 1
        })
    }

    fn of(&self, node: usize, step: usize) -> Option<&[String]> {
        let number = self.of.get(node)?.get(step)?;
        self.all.get(*number).map(Vec::as_slice)
    }
}

impl Explored {
    /// Makes every step again. Where the search was stopped nothing is sure to be the same, and nothing is said.
    fn deeds(&self) -> Deeds {
        let mut deeds = Deeds {
            of: vec![Vec::new(); self.graph.nodes.len()],
            ..Deeds::default()
        };
        if self.bound.is_some() {
            return deeds;
        }
        let mut lore = self.lore.clone();
        let mut events = Vec::new();
        let mut position = Position::new(self.start.clone());
        position.settle(None, &mut lore, &mut events);
        deeds.first = Some(in_words(&acts::of_run(&events, position.machine())));
        let mut seen = vec![false; self.graph.nodes.len()];
        if let Some(first) = seen.first_mut() {
            *first = true;
        }
        let mut stack = vec![(0u32, position.bookmark(), 0usize)];
        while let Some((at, bookmark, step)) = stack.last_mut() {
            let at = *at;
            let Some(edge) = self.graph.node(at).and_then(|node| node.edges.get(*step)) else {
                stack.pop();
                continue;
            };
            *step += 1;
            position.go_back(bookmark);
            events.clear();
            position.take(edge.choice, &mut lore, &mut events);
            let number = deeds.number(in_words(&acts::of_step(&events, position.machine())));
            if let Some(of) = deeds.of.get_mut(at as usize) {
                of.push(number);
            }
            if let Some(seen @ false) = seen.get_mut(edge.to as usize) {
                *seen = true;
                stack.push((edge.to, position.bookmark(), 0));
            }
        }
        deeds
    }

    /// The edges with where they come from and what is done on them.
    fn each_edge<'e>(
        &'e self,
        deeds: &'e Deeds,
    ) -> impl Iterator<Item = (usize, &'e Edge, Option<&'e [String]>)> + 'e {
        self.graph.nodes.iter().enumerate().flat_map(move |(from, node)| {
            let edges = node.edges.iter().enumerate();
            edges.map(move |(step, edge)| (from, edge, deeds.of(from, step)))
        })
    }

    /// Writes the graph as JSON, a node or an edge a line; `docs/diagrams.md` is its schema.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write_json(&self, program: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let deeds = self.deeds();
        writeln!(out, "{{\"schema\": {SCHEMA},")?;
        writeln!(out, " \"program\": {},", json!(program))?;
        writeln!(out, " \"complete\": {},", self.bound.is_none())?;
        writeln!(out, " \"initial\": 0,")?;
        let first = json!({"does": deeds.first, "writes": writes(&self.graph.first.writes)});
        writeln!(out, " \"first\": {first},")?;
        let nodes = self
            .graph
            .nodes
            .iter()
            .enumerate()
            .map(|(id, node)| match node.ending {
                Some(ending) => json!({"id": id, "ending": ending.to_json()}),
                None => json!({"id": id}),
            });
        list("nodes", nodes, ",", out)?;
        let edges = self.each_edge(&deeds).map(|(from, edge, deeds)| {
            json!({
                "from": from,
                "to": edge.to,
                "choice": edge.choice.to_json(),
                "does": deeds,
                "writes": writes(self.graph.writes(edge)),
            })
        });
        list("edges", edges, "}", out)
    }

    /// Writes the graph as DOT, for Graphviz.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write_dot(&self, program: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let deeds = self.deeds();
        writeln!(out, "digraph {} {{", dot_text([program]))?;
        writeln!(
            out,
            "  node [shape=circle, style=filled, fillcolor=\"#ffffff\", fontname=\"monospace\"];"
        )?;
        writeln!(out, "  edge [fontname=\"monospace\", fontsize=11];")?;
        if self.bound.is_some() {
            writeln!(out, "  label=\"not complete: the search was stopped\";")?;
        }
        writeln!(out, "  start [shape=point, width=0.15, fillcolor=\"#000000\"];")?;
        let first = some(lines(deeds.first.as_deref(), &self.graph.first.writes));
        writeln!(
            out,
            "  start -> 0 [label={}];",
            dot_text(first.iter().map(String::as_str))
        )?;
        for (id, node) in self.graph.nodes.iter().enumerate() {
            if let Some(ending) = &node.ending {
                let words = ending.in_words();
                let label = dot_text([id.to_string().as_str()].into_iter().chain(words.split(", ")));
                writeln!(out, "  {id} [label={label}, {}];", ending.look())?;
            } else {
                writeln!(out, "  {id};")?;
            }
        }
        for (from, edge, deeds) in self.each_edge(&deeds) {
            let words = self.label(edge, deeds);
            let label = dot_text(words.iter().map(String::as_str));
            let style = match edge.choice {
                Choice::Task(_) => "",
                Choice::Late(_) => ", style=dashed",
                Choice::Clock => ", style=dotted",
            };
            writeln!(out, "  {from} -> {} [label={label}{style}];", edge.to)?;
        }
        writeln!(out, "}}")
    }

    /// The lines of an edge's label.
    fn label(&self, edge: &Edge, deeds: Option<&[String]>) -> Vec<String> {
        let mut lines = lines(deeds, self.graph.writes(edge));
        if lines.is_empty() || edge.choice == Choice::Clock {
            lines.insert(0, edge.choice.in_words());
        }
        some(lines)
    }
}

fn in_words(acts: &[Act]) -> Vec<String> {
    acts.iter().map(ToString::to_string).collect()
}

/// What is known to be done: where that is not all of it, what is written.
fn lines(deeds: Option<&[String]>, writes: &[Write]) -> Vec<String> {
    let writes = writes.iter();
    let write = |write: &Write| format!("{} writes {}", write.by, acts::quoted(&write.bytes));
    deeds.map_or_else(|| writes.map(write).collect(), <[String]>::to_vec)
}

/// Not too many lines.
fn some(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > LINES {
        let more = lines.len() - (LINES - 1);
        lines.truncate(LINES - 1);
        lines.push(format!("and {more} more"));
    }
    lines
}

/// A list, one value a line, and what comes after it.
fn list(
    name: &str,
    values: impl Iterator<Item = Value>,
    after: &str,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    write!(out, " \"{name}\": [")?;
    for (at, value) in values.enumerate() {
        write!(out, "{}\n  {value}", if at == 0 { "" } else { "," })?;
    }
    writeln!(out, "\n ]{after}")
}

/// Lines as a string of DOT. Backslashes begin escapes there: each is doubled; control characters have become words
/// before, or vanish.
fn dot_text<'t>(lines: impl IntoIterator<Item = &'t str>) -> String {
    let mut text = String::from("\"");
    for (at, line) in lines.into_iter().enumerate() {
        if at > 0 {
            text.push_str("\\n");
        }
        let mut shown: String = line.chars().take(COLUMNS).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        for c in shown.chars().filter(|c| !c.is_control()) {
            if matches!(c, '"' | '\\') {
                text.push('\\');
            }
            text.push(c);
        }
    }
    text.push('"');
    text
}
