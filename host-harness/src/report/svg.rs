//! The few elements of SVG that a diagram needs, each with attributes of its own: no style sheet, no font but the
//! viewer's monospace.

use std::fmt::Write;

/// The size of the text.
pub const FONT: i32 = 13;
/// How wide a column of text is taken to be: a little wider than monospace fonts of this size are.
const COLUMN: i32 = 8;

/// How wide a line of text is at most.
#[must_use]
pub fn width(text: &str) -> i32 {
    text.chars()
        .map(|c| if is_wide(c) { 2 * COLUMN } else { COLUMN })
        .sum()
}

/// Whether a character takes two columns of a terminal: the scripts of East Asia, and pictures.
fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0x1f000..=0x3fffd)
}

/// A text as XML has it; what XML has no way to say becomes U+FFFD.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..' ' | '\u{7f}'..'\u{a0}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A point of the picture.
pub type Point = (i32, i32);

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pen {
    /// A process.
    Solid,
    /// A thread.
    Dashed,
    /// What has ended.
    Dotted,
    /// What leads from one task to another.
    Thin,
    /// A signal.
    Signal,
}

/// Which side of its place a text is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
}

/// The colour of almost everything.
pub const INK: &str = "#1a1a1a";
/// The colour of what is less important.
pub const GREY: &str = "#666666";
/// The colour of what is printed.
pub const BLUE: &str = "#0b4f9e";
/// The colour of signals.
pub const VIOLET: &str = "#7a1fa2";
/// The colour of what is wrong.
pub const RED: &str = "#b3261e";

/// A picture that is being drawn.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    elements: String,
}

impl Picture {
    /// A straight line.
    pub fn line(&mut self, from: Point, to: Point, pen: Pen) {
        let (colour, width, more) = match pen {
            Pen::Solid => (INK, "2", ""),
            Pen::Dashed => (INK, "2", " stroke-dasharray=\"8 4\""),
            Pen::Dotted => (GREY, "2", " stroke-dasharray=\"0.1 5\" stroke-linecap=\"round\""),
            Pen::Thin => (INK, "1.2", ""),
            Pen::Signal => (VIOLET, "1.5", ""),
        };
        let ((x1, y1), (x2, y2)) = (from, to);
        self.add(format_args!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{colour}\" stroke-width=\"{width}\"{more}/>"
        ));
    }

    /// The head of an arrow that points up or down and ends at this point.
    pub fn head(&mut self, (x, y): Point, up: bool) {
        let back = if up { y + 9 } else { y - 9 };
        let (left, right) = (x - 4, x + 4);
        self.add(format_args!(
            "<polygon points=\"{x},{y} {left},{back} {right},{back}\" fill=\"{VIOLET}\"/>"
        ));
    }

    /// A vertex: filled, or only its outline.
    pub fn vertex(&mut self, (x, y): Point, colour: &str, filled: bool) {
        let fill = if filled { colour } else { "#ffffff" };
        self.add(format_args!(
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"4\" fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"1.5\"/>"
        ));
    }

    /// A cross: here it goes no further.
    pub fn cross(&mut self, (x, y): Point) {
        let (left, right, top, bottom) = (x - 5, x + 5, y - 5, y + 5);
        self.add(format_args!(
            "<path d=\"M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}\" stroke=\"{RED}\" \
             stroke-width=\"2.5\"/>"
        ));
    }

    /// A line of text.
    pub fn text(&mut self, (x, y): Point, anchor: Anchor, colour: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
        };
        self.add(format_args!(
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>",
            escaped(text)
        ));
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.elements, "  {element}");
    }

    /// The whole file: on white, whatever the viewer's own background is.
    #[must_use]
    pub fn finish(self, title: &str, (width, height): Point) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"monospace\" font-size=\"{FONT}\" \
             xml:space=\"preserve\">\n  \
             <title>{}</title>\n  \
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            escaped(title),
            self.elements
        )
    }
}
