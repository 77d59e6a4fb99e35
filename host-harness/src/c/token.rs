//! Preprocessing tokens: how the text of a file falls into words.

use std::collections::HashMap;
use std::rc::Rc;

use super::source::{Pos, Span};

/// The spelling of a token, interned: equal spellings have equal names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name(pub(crate) u32);

/// All spellings met so far.
#[derive(Debug, Default)]
pub(crate) struct Names {
    numbers: HashMap<Rc<str>, Name>,
    texts: Vec<Rc<str>>,
}

impl Names {
    pub(crate) fn intern(&mut self, text: &str) -> Name {
        if let Some(&name) = self.numbers.get(text) {
            return name;
        }
        let text: Rc<str> = Rc::from(text);
        let name = Name(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(Rc::clone(&text));
        self.numbers.insert(text, name);
        name
    }

    pub(crate) fn text(&self, name: Name) -> &str {
        usize::try_from(name.0)
            .ok()
            .and_then(|at| self.texts.get(at))
            .map_or("", |text| text)
    }

    pub(crate) fn shared(&self, name: Name) -> Rc<str> {
        Rc::from(self.text(name))
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Identifier or keyword.
    Word,
    Number,
    Char,
    Str,
    Punct,
    /// A character that C has no use for.
    Stray,
    /// A string literal that does not end on its line.
    OpenStr,
    /// A character constant that does not end on its line.
    OpenChar,
    /// A comment that does not end.
    OpenComment,
    /// An empty argument beside `##`.
    Placemarker,
}

/// One preprocessing token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) name: Name,
    pub(crate) pos: Pos,
    /// Length in the source.
    pub(crate) len: u32,
    /// First on its line.
    pub(crate) starts_line: bool,
    /// White space stands before it.
    pub(crate) spaced: bool,
    /// A macro's own name in its expansion: never expanded again.
    pub(crate) painted: bool,
}

impl Token {
    pub(crate) fn span(&self) -> Span {
        Span {
            start: self.pos,
            end: Pos(self.pos.0.saturating_add(self.len)),
        }
    }
}

/// Cuts a text into tokens.
pub(crate) fn tokenize(text: &str, start: Pos, names: &mut Names) -> Vec<Token> {
    let mut lexer = Lexer {
        bytes: text.as_bytes(),
        text,
        at: 0,
        spelling: String::new(),
    };
    // The byte order mark that some editors write.
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    lexer.skip_splices();
    let mut tokens = Vec::with_capacity(text.len() / 4);
    let (mut starts_line, mut spaced) = (true, false);
    while let Some(byte) = lexer.peek() {
        if byte == b'\n' {
            (starts_line, spaced) = (true, false);
            lexer.bump();
            continue;
        }
        if byte.is_ascii_whitespace() || byte == 0x0b {
            spaced = true;
            lexer.bump();
            continue;
        }
        let from = lexer.at;
        let kind = match lexer.comment() {
            Comment::None => lexer.token(),
            Comment::Skipped => {
                spaced = true;
                continue;
            }
            Comment::Open => Kind::OpenComment,
        };
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        tokens.push(Token {
            kind,
            name: names.intern(&lexer.spelling),
            pos: Pos(start.0.saturating_add(offset(from))),
            len: if kind == Kind::OpenComment {
                2
            } else {
                offset(lexer.at - from)
            },
            starts_line,
            spaced,
            painted: false,
        });
        (starts_line, spaced) = (false, false);
    }
    tokens
}

enum Comment {
    None,
    Skipped,
    Open,
}

struct Lexer<'a> {
    bytes: &'a [u8],
    text: &'a str,
    at: usize,
    /// The token so far, without line continuations.
    spelling: String,
}

/// Longest first.
const PUNCTUATORS: [&str; 23] = [
    "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=", "/=", "%=",
    "+=", "-=", "&=", "^=", "|=", "##",
];

impl Lexer<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// A backslash at the end of a line joins it to the next.
    fn skip_splices(&mut self) {
        while self.peek() == Some(b'\\') {
            let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
            match rest {
                [b'\n', ..] => self.at += 2,
                [b'\r', b'\n', ..] => self.at += 3,
                _ => break,
            }
        }
    }

    fn bump(&mut self) {
        self.at += 1;
        self.skip_splices();
    }

    /// Takes one character into the spelling.
    fn take(&mut self) {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(c) => {
                self.spelling.push(c);
                self.at += c.len_utf8() - 1;
                self.bump();
            }
            None => self.bump(),
        }
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.take();
        }
    }

    /// The byte after the current one.
    fn second(&mut self) -> Option<u8> {
        let here = self.at;
        self.bump();
        let byte = self.peek();
        self.at = here;
        byte
    }

    fn comment(&mut self) -> Comment {
        if self.peek() != Some(b'/') {
            return Comment::None;
        }
        match self.second() {
            Some(b'/') => {
                while self.peek().is_some_and(|byte| byte != b'\n') {
                    self.bump();
                }
                Comment::Skipped
            }
            Some(b'*') => {
                self.bump();
                self.bump();
                while let Some(byte) = self.peek() {
                    self.bump();
                    if byte == b'*' && self.peek() == Some(b'/') {
                        self.bump();
                        return Comment::Skipped;
                    }
                }
                self.spelling = "/*".to_owned();
                Comment::Open
            }
            _ => Comment::None,
        }
    }

    fn token(&mut self) -> Kind {
        self.spelling.clear();
        let first = self.peek().unwrap_or(0);
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                // The prefix of a wide or UTF-8 literal belongs to it.
                match (self.spelling.as_str(), self.peek()) {
                    ("L" | "u" | "U" | "u8", Some(b'"')) => self.literal(b'"'),
                    ("L" | "u" | "U", Some(b'\'')) => self.literal(b'\''),
                    _ => Kind::Word,
                }
            }
            b'0'..=b'9' => self.number(),
            b'.' if self.second().is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            b'"' | b'\'' => self.literal(first),
            _ => self.punctuator(),
        }
    }

    fn number(&mut self) -> Kind {
        self.take();
        while let Some(byte) = self.peek() {
            let exponent = self.spelling.ends_with(['e', 'E', 'p', 'P']);
            let hex_e = self.spelling.starts_with("0x") || self.spelling.starts_with("0X");
            let sign =
                matches!(byte, b'+' | b'-') && exponent && !(hex_e && self.spelling.ends_with(['e', 'E']));
            if byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' || sign {
                self.take();
            } else {
                break;
            }
        }
        Kind::Number
    }

    fn literal(&mut self, quote: u8) -> Kind {
        self.take();
        loop {
            match self.peek() {
                None | Some(b'\n') => {
                    return if quote == b'"' {
                        Kind::OpenStr
                    } else {
                        Kind::OpenChar
                    };
                }
                Some(b'\\') => {
                    self.take();
                    if self.peek().is_some_and(|byte| byte != b'\n') {
                        self.take();
                    }
                }
                Some(byte) => {
                    self.take();
                    if byte == quote {
                        return if quote == b'"' { Kind::Str } else { Kind::Char };
                    }
                }
            }
        }
    }

    fn punctuator(&mut self) -> Kind {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if let Some(long) = PUNCTUATORS.iter().find(|long| rest.starts_with(long.as_bytes())) {
            for _ in 0..long.len() {
                self.take();
            }
            return Kind::Punct;
        }
        let single = self
            .peek()
            .is_some_and(|byte| b"[](){}.&*+-~!/%<>^|?:;=,#".contains(&byte));
        self.take();
        if single { Kind::Punct } else { Kind::Stray }
    }
}
