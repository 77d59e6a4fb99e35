//! The observer of `ktm run`: output goes out as it comes, the story goes to stderr.

use kernel_model::abi::effect::Stream;
use std::io::{Read, Write};

use super::Observer;
use crate::machine::{Event, Machine};
use crate::report::notes::Notes;
use crate::report::story::Story;
use crate::report::{json, pages, tree};

/// What is shown of a run beside its output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Views {
    /// `--trace`.
    pub trace: bool,
    /// `--tree`.
    pub tree: bool,
    /// `--pages`.
    pub pages: bool,
}

/// Shows a run.
pub struct Show<'o> {
    views: Views,
    stdin: &'o mut dyn Read,
    stdout: &'o mut dyn Write,
    stderr: &'o mut dyn Write,
    json: Option<&'o mut dyn Write>,
    story: Story,
    notes: Notes,
    last_tree: String,
    last_pages: String,
    /// The first write that failed; the run goes on, for its end is wanted all the same.
    error: Option<std::io::Error>,
}

impl<'o> Show<'o> {
    /// An observer that writes to these.
    pub fn new(
        views: Views,
        stdin: &'o mut dyn Read,
        stdout: &'o mut dyn Write,
        stderr: &'o mut dyn Write,
        json: Option<&'o mut dyn Write>,
    ) -> Show<'o> {
        let mut show = Show {
            views,
            stdin,
            stdout,
            stderr,
            json,
            story: Story::default(),
            notes: Notes::default(),
            last_tree: String::new(),
            last_pages: String::new(),
            error: None,
        };
        if let Some(json) = &mut show.json {
            show.error = writeln!(json, "{}", serde_json::json!({"schema": json::SCHEMA})).err();
        }
        show
    }

    /// The remarks for the end, or what went wrong in writing.
    ///
    /// # Errors
    /// The first write that failed.
    pub fn finish(self) -> std::io::Result<Vec<String>> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.notes.finish()),
        }
    }

    fn show(&mut self, event: &Event, machine: &Machine) -> std::io::Result<()> {
        if let Some(json) = &mut self.json
            && let Some(value) = json::line(event, machine)
        {
            writeln!(json, "{value}")?;
        }
        if let Event::Console { stream, bytes, .. } = event {
            let out: &mut dyn Write = if *stream == Stream::Stdout {
                &mut self.stdout
            } else {
                &mut self.stderr
            };
            out.write_all(bytes)?;
            out.flush()?;
        }
        let line = self.story.line(event, machine);
        if self.views.trace
            && let Some(line) = line
        {
            let ns = machine.kernel().now();
            writeln!(
                self.stderr,
                "[{:>4}.{:06}] {line}",
                ns / 1_000_000_000,
                ns / 1000 % 1_000_000
            )?;
        }
        self.pictures(event, machine)
    }

    fn pictures(&mut self, event: &Event, machine: &Machine) -> std::io::Result<()> {
        if self.views.tree && self.story.has_begun() && tree::changes(event) {
            let now = tree::draw(machine);
            if now != self.last_tree {
                writeln!(self.stderr, "{now}")?;
                self.last_tree = now;
            }
        }
        if self.views.pages {
            if let Some(line) = pages::fault_line(event) {
                writeln!(self.stderr, "{line}")?;
            }
            if pages::changes(event) {
                let now = pages::draw(machine);
                if now != self.last_pages {
                    write!(self.stderr, "{now}")?;
                    self.last_pages = now;
                }
            }
        }
        Ok(())
    }
}

impl Observer for Show<'_> {
    fn event(&mut self, event: &Event, machine: &Machine) {
        self.notes.event(event, machine);
        if self.error.is_none() {
            self.error = self.show(event, machine).err();
        }
    }

    fn input(&mut self) -> Vec<u8> {
        let mut bytes = vec![0; 4096];
        match self.stdin.read(&mut bytes) {
            Ok(len) => bytes.truncate(len),
            Err(error) => {
                self.error.get_or_insert(error);
                bytes.clear();
            }
        }
        bytes
    }
}
