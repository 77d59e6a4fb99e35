//! What the front end tells a person: an error or a warning with its place, and how it looks on a terminal.

use annotate_snippets::{AnnotationKind, Level as Title, Message, Renderer, Snippet};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The program does not run.
    Error,
    /// It runs, though probably not as meant.
    Warning,
}

/// One message about one place in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// What is wrong, in one line.
    pub message: String,
    /// The file's name as the user gave it.
    pub file: String,
    /// Line, counted from 1; 0 if the message is about the whole file.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
    /// How many characters are meant.
    pub length: u32,
    /// The text of the line.
    pub source: String,
    /// What stands beside the caret.
    pub label: Option<String>,
    /// What to do instead.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error about a file as a whole.
    pub fn about_file(file: &str, message: impl Into<String>, help: Option<&str>) -> Diagnostic {
        Diagnostic {
            level: Level::Error,
            message: message.into(),
            file: file.to_owned(),
            line: 0,
            column: 0,
            length: 0,
            source: String::new(),
            label: None,
            help: help.map(str::to_owned),
        }
    }
}

/// The byte at which character `column` (from 0) starts.
fn byte_of(text: &str, column: usize) -> usize {
    text.char_indices().nth(column).map_or(text.len(), |(at, _)| at)
}

/// How a message looks on a terminal: the line with a caret below it, as compilers do.
pub fn render(diagnostic: &Diagnostic, color: bool) -> String {
    let level = match diagnostic.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
    };
    let mut group = if diagnostic.line == 0 {
        let title = level.primary_title(format!("{}: {}", diagnostic.file, diagnostic.message));
        title.elements(None::<Message<'_>>)
    } else {
        let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let first = number(diagnostic.column).saturating_sub(1);
        let start = byte_of(&diagnostic.source, first);
        let end = byte_of(&diagnostic.source, first + number(diagnostic.length)).max(start);
        let caret = AnnotationKind::Primary
            .span(start..end)
            .label(diagnostic.label.as_deref());
        let snippet = Snippet::source(diagnostic.source.as_str())
            .line_start(number(diagnostic.line))
            .path(diagnostic.file.as_str())
            .annotation(caret);
        level.primary_title(diagnostic.message.as_str()).element(snippet)
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Title::HELP.message(help.as_str()));
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = renderer.render(&[group]);
    text.push('\n');
    text
}
