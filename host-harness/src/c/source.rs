//! Source files, places in them, and what is wrong at a place.
//!
//! All files of one compilation share one range of positions, so that a place is a single number.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::bytes;
use super::diagnostic::{Diagnostic, Level};

/// A byte of some source file. [`Pos::NONE`] is no place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pos(pub(crate) u32);

impl Pos {
    pub(crate) const NONE: Pos = Pos(0);
}

/// From one byte up to another, of the same file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: Pos,
    pub(crate) end: Pos,
}

/// An error or warning that has not been shown yet.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) level: Level,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) label: Option<String>,
    pub(crate) help: Option<String>,
}

/// Boxed, because nearly every function of the front end may return one.
pub(crate) type Error = Box<Report>;
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// An error at a place.
pub(crate) fn error(span: Span, message: impl Into<String>) -> Error {
    Box::new(Report {
        level: Level::Error,
        span,
        message: message.into(),
        label: None,
        help: None,
    })
}

/// An error at a place.
pub(crate) fn fail<T>(span: Span, message: impl Into<String>) -> Result<T> {
    Err(error(span, message))
}

impl Report {
    pub(crate) fn with_help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn with_label(mut self: Box<Self>, label: impl Into<String>) -> Box<Self> {
        self.label = Some(label.into());
        self
    }
}

/// One source file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) text: Cow<'static, str>,
    /// Whether it belongs to the library: students are not shown warnings about it.
    pub(crate) is_library: bool,
    start: u32,
    lines: OnceCell<Vec<u32>>,
}

impl File {
    /// Offsets at which lines start.
    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            let after = breaks.filter_map(|(at, _)| u32::try_from(at + 1).ok());
            std::iter::once(0).chain(after).collect()
        })
    }

    pub(crate) fn start(&self) -> Pos {
        Pos(self.start)
    }
}

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Index of the file.
    pub(crate) file: usize,
    /// Line, counted from 1.
    pub(crate) line: u32,
    /// Bytes into the line.
    pub(crate) offset: usize,
}

/// All source files of a compilation.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<File>,
}

impl Sources {
    /// Adds a file; `None` if the positions are used up.
    pub(crate) fn add(&mut self, name: &str, text: Cow<'static, str>, is_library: bool) -> Option<usize> {
        let start = match self.files.last() {
            Some(last) => last
                .start
                .checked_add(u32::try_from(last.text.len()).ok()?)?
                .checked_add(1)?,
            None => 1,
        };
        start
            .checked_add(u32::try_from(text.len()).ok()?)?
            .checked_add(1)?;
        self.files.push(File {
            name: name.to_owned(),
            text,
            is_library,
            start,
            lines: OnceCell::new(),
        });
        Some(self.files.len() - 1)
    }

    pub(crate) fn file(&self, index: usize) -> Option<&File> {
        self.files.get(index)
    }

    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// Index of the file that a place lies in.
    pub(crate) fn file_at(&self, pos: Pos) -> Option<usize> {
        self.files
            .partition_point(|file| file.start <= pos.0)
            .checked_sub(1)
    }

    /// Whether a place lies in the library.
    pub(crate) fn is_library(&self, pos: Pos) -> bool {
        self.file_at(pos)
            .and_then(|index| self.file(index))
            .is_some_and(|file| file.is_library)
    }

    pub(crate) fn locate(&self, pos: Pos) -> Option<Location> {
        if pos == Pos::NONE {
            return None;
        }
        let index = self.file_at(pos)?;
        let file = self.file(index)?;
        let offset = pos.0 - file.start;
        let line = file.lines().partition_point(|&start| start <= offset);
        let start = *file.lines().get(line.checked_sub(1)?)?;
        let offset = usize::try_from(offset - start).ok()?;
        Some(Location {
            file: index,
            line: u32::try_from(line).ok()?,
            offset,
        })
    }

    /// A message for people out of a report.
    pub(crate) fn diagnose(&self, report: &Report) -> Diagnostic {
        let message = bytes::shown(&report.message);
        let mut diagnostic = Diagnostic::about_file("", message, report.help.as_deref());
        diagnostic.level = report.level;
        diagnostic.label = report.label.clone();
        let Some(location) = self.locate(report.span.start) else {
            diagnostic.file = self
                .files
                .first()
                .map(|file| file.name.clone())
                .unwrap_or_default();
            return diagnostic;
        };
        let Some(file) = self.file(location.file) else {
            return diagnostic;
        };
        let line_index = usize::try_from(location.line).unwrap_or(1).saturating_sub(1);
        let text = file
            .text
            .split('\n')
            .nth(line_index)
            .unwrap_or_default()
            .trim_end_matches('\r');
        let bytes = usize::try_from(report.span.end.0.saturating_sub(report.span.start.0)).unwrap_or(0);
        let start = floor_boundary(text, location.offset);
        let end = floor_boundary(text, location.offset.saturating_add(bytes.max(1))).max(start);
        let count = |part: Option<&str>| u32::try_from(part.unwrap_or_default().chars().count()).unwrap_or(0);
        diagnostic.file = file.name.clone();
        diagnostic.line = location.line;
        diagnostic.column = count(text.get(..start)) + 1;
        diagnostic.length = count(text.get(start..end)).max(1);
        diagnostic.source = bytes::shown(text).into_owned();
        diagnostic
    }
}

/// The nearest character boundary at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
