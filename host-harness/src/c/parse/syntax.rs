//! A syntax error in words: from the set of things that lang-c would have taken to the one thing that is missing.

use std::collections::HashSet;

use lang_c::driver::SyntaxError;

use super::TextMap;
use super::chunk::is_keyword;
use crate::c::preprocess::Context;
use crate::c::source::{Error, Pos, Span, error};
use crate::c::token::{Kind, Token};

/// Says what is wrong where the parser could not go on.
pub(super) fn explain(
    cx: &Context<'_>,
    map: &TextMap,
    failure: &SyntaxError,
    is_type: &impl Fn(&str) -> bool,
) -> Error {
    // The parser counts tokens from where it skipped white space, so the offset may lie just before a token.
    let index = map.starts.partition_point(|&start| start < failure.offset);
    let index = match map.starts.get(index) {
        Some(&start) if start > failure.offset && index > 0 && inside(cx, map, index - 1, failure.offset) => {
            index - 1
        }
        _ => index,
    };
    let scene = Scene {
        cx,
        tokens: &map.tokens,
        index,
        expected: &failure.expected,
    };
    let end = map.tokens.last().map(Token::span).unwrap_or_default();
    let here = map.tokens.get(index).map_or(end, Token::span);
    let mut made = scene
        .unknown_type(is_type)
        .or_else(|| scene.outside_function(here))
        .or_else(|| scene.wrong_word(here))
        .or_else(|| scene.wrong_shape(here))
        .or_else(|| scene.missing(here))
        .unwrap_or_else(|| error(here, format!("syntax error before {}", scene.name(index))));
    if made.help.is_none() {
        made.help = scene
            .macro_of(index)
            .or_else(|| scene.macro_of(index.saturating_sub(1)));
    }
    made
}

/// Whether an offset lies inside the text of a token.
fn inside(cx: &Context<'_>, map: &TextMap, index: usize, offset: usize) -> bool {
    let start = map.starts.get(index).copied().unwrap_or(0);
    map.tokens
        .get(index)
        .is_some_and(|token| offset < start + cx.text(token).len())
}

struct Scene<'a, 'o> {
    cx: &'a Context<'o>,
    tokens: &'a [Token],
    /// The first token that does not fit.
    index: usize,
    expected: &'a HashSet<&'static str>,
}

impl Scene<'_, '_> {
    fn text(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| self.cx.text(token))
    }

    fn kind(&self, index: usize) -> Option<Kind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    fn name(&self, index: usize) -> String {
        match self.kind(index) {
            None => "the end of the file".to_owned(),
            Some(Kind::Str) => "a string".to_owned(),
            Some(_) => format!("'{}'", self.text(index)),
        }
    }

    fn before(&self) -> Option<usize> {
        self.index.checked_sub(1)
    }

    /// A name that is no keyword.
    fn is_name(&self, index: usize) -> bool {
        self.kind(index) == Some(Kind::Word) && !is_keyword(self.text(index))
    }

    /// `foo x;` where `foo` is no type.
    fn unknown_type(&self, is_type: &impl Fn(&str) -> bool) -> Option<Error> {
        let starts = |index: usize| {
            let before = index.checked_sub(1).map(|before| self.text(before));
            matches!(
                before,
                None | Some(";" | "{" | "}" | "(" | "," | "const" | "static" | "extern" | "volatile")
            )
        };
        let candidate = [self.before(), Some(self.index)]
            .into_iter()
            .flatten()
            .find(|&at| {
                let next = self.text(at + 1);
                let declares = self.is_name(at + 1)
                    || (next == "*" && (self.is_name(at + 2) || self.text(at + 2) == "*"));
                self.is_name(at) && !is_type(self.text(at)) && starts(at) && declares
            })?;
        let token = self.tokens.get(candidate)?;
        let name = self.text(candidate);
        let made = error(token.span(), format!("unknown type name '{name}'"));
        Some(match header_of_type(self.cx, name) {
            Some(header) => made.with_help(format!("include <{header}>")),
            None => made,
        })
    }

    /// Statements at the margin of the file.
    fn outside_function(&self, here: Span) -> Option<Error> {
        const STATEMENTS: [&str; 8] = ["if", "for", "while", "do", "switch", "return", "goto", "else"];
        let (first, second) = (self.tokens.first()?, self.tokens.get(1));
        let assumed = second.is_some_and(|second| second.pos == first.pos && self.text(0) == "int");
        if STATEMENTS.contains(&self.text(0)) || (assumed && self.text(2) == "(") {
            let at = if assumed {
                first.span()
            } else {
                first.up_to(second.unwrap_or(first))
            };
            return Some(
                error(at, "a statement stands outside of any function")
                    .with_help("put it into main, or close one '}' less above"),
            );
        }
        // Not even the first word fits: most likely a text that is no program.
        let prose = self.index == 0 && self.is_name(0);
        prose.then(|| error(here, format!("unknown type name '{}'", self.text(0))))
    }

    /// Words in a place where they cannot stand.
    fn wrong_word(&self, here: Span) -> Option<Error> {
        let before = self.before()?;
        let (last, found) = (self.text(before), self.text(self.index));
        let at = self.tokens.get(before).map(Token::span)?;
        const RESERVED: [&str; 9] = [
            "switch", "case", "default", "if", "while", "for", "return", "break", "continue",
        ];
        match found {
            "else" => return Some(no_if(here)),
            "case" | "default" => return Some(error(here, format!("'{found}' must stand in a 'switch'"))),
            "&&" if !self.expected.contains("&&") => {
                return Some(
                    error(here, "'&&' needs an operand on its left")
                        .with_help("addresses of labels (&&label) are not supported"),
                );
            }
            _ => {}
        }
        if last == "else" {
            return Some(no_if(at));
        }
        let names = matches!(found, "=" | ";" | "," | ")" | "[" | "+" | "-" | "==" | "+=");
        let statement = matches!((last, found), ("break" | "continue" | "return" | "default", ";"));
        if names
            && !statement
            && (RESERVED.contains(&last) || matches!(last, "int" | "char" | "double" | "struct" | "do"))
        {
            return Some(error(
                at,
                format!("'{last}' is a word of C itself: it cannot be a name here"),
            ));
        }
        None
    }

    /// Constructions that are recognisable as a whole.
    fn wrong_shape(&self, here: Span) -> Option<Error> {
        let before = self.before()?;
        let (last, found) = (self.text(before), self.text(self.index));
        let is_assignment = found.ends_with('=') && !matches!(found, "==" | "!=" | "<=" | ">=");
        if is_assignment && self.expected.contains(";") {
            return Some(error(
                here,
                format!(
                    "what stands on the left of '{found}' cannot be assigned to: it is a value, not a variable"
                ),
            ));
        }
        if found == "{" && last == ")" && self.expected.contains(";") {
            let open = self.opening(before)?;
            let name = open.checked_sub(1).filter(|&at| self.is_name(at))?;
            let typed = name
                .checked_sub(1)
                .is_some_and(|at| is_keyword(self.text(at)) || self.text(at) == "*");
            let at = self.tokens.get(name).map(Token::span)?;
            let word = self.text(name);
            return Some(if typed {
                error(at, "a function inside a function is not supported")
                    .with_help(format!("move '{word}' out of the function around it"))
            } else {
                error(
                    at,
                    format!("'{word}' is no statement of C that a block can follow"),
                )
            });
        }
        let do_body = |close: usize| {
            let open = self.opening(close)?;
            open.checked_sub(1).filter(|&at| self.text(at) == "do")
        };
        for close in [self.index, before] {
            if self.text(close) == "}" && self.text(close + 1) != "while" && do_body(close).is_some() {
                let at = self.tokens.get(close).map(Token::span)?;
                return Some(error(
                    after(at),
                    "'while (...);' is missing after the body of this 'do'",
                ));
            }
        }
        // `struct s { ... } int main(void)`
        let earlier = before
            .checked_sub(1)
            .filter(|&at| self.text(at) == "}" && is_keyword(last));
        let close = if last == "}" && self.expected.contains(";") {
            Some(before)
        } else {
            earlier
        };
        let close = close.and_then(|at| self.tokens.get(at)).map(Token::span)?;
        Some(error(after(close), "';' is missing after '}'"))
    }

    /// The bracket that a closing one belongs to.
    fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for index in (0..=close).rev() {
            match self.text(index) {
                ")" | "}" | "]" => depth += 1,
                "(" | "{" | "[" => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return Some(index);
            }
        }
        None
    }

    /// What a macro did to the text, if the token comes out of one.
    fn macro_of(&self, index: usize) -> Option<String> {
        let token = self.tokens.get(index)?;
        let file = self
            .cx
            .sources
            .file_at(token.pos)
            .and_then(|file| self.cx.sources.file(file))?;
        let start = usize::try_from(token.pos.0.checked_sub(file.start().0)?).ok()?;
        let written = file.text.get(start..start + usize::try_from(token.len).ok()?)?;
        let is_word = written.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let found = self.text(index);
        (written != found && is_word && !written.is_empty() && found != "int")
            .then(|| format!("'{found}' comes out of the macro '{written}'"))
    }

    /// The one token that is most likely missing.
    fn missing(&self, here: Span) -> Option<Error> {
        let wants = |what: &str| self.expected.contains(what);
        let before = self.before();
        let behind = before
            .and_then(|at| self.tokens.get(at))
            .map(|token| after(token.span()));
        let found = self.name(self.index);
        let operators = wants("&&") && wants("*=") || wants("&&") && wants("||");
        let starts_statement = match self.kind(self.index) {
            None | Some(Kind::Word) => true,
            _ => matches!(self.text(self.index), "}" | "{" | "*" | "++" | "--"),
        };
        let missing = |what: &str| {
            let place = behind.unwrap_or(here);
            let previous = before.map(|at| self.name(at)).unwrap_or_default();
            error(place, format!("'{what}' is missing after {previous}"))
        };
        if wants(";") && starts_statement {
            return Some(missing(";"));
        }
        let operand = matches!(
            self.kind(self.index),
            Some(Kind::Word | Kind::Number | Kind::Str | Kind::Char)
        );
        if wants(")") && wants(",") && operators && operand {
            return Some(error(
                here,
                format!("',' or an operator is missing before {found}"),
            ));
        }
        if wants(")") && (operators || !wants("(")) {
            return Some(self.unexpected(here, ")"));
        }
        if wants("]") && operators {
            return Some(self.unexpected(here, "]"));
        }
        if wants(";") && operators {
            return Some(self.unexpected(here, ";"));
        }
        if !operators && wants("++") && wants("(") {
            let what = if wants(";") || wants("{") {
                "a statement or expression"
            } else {
                "an expression"
            };
            return Some(error(here, format!("expected {what} before {found}")));
        }
        if wants("[_a-zA-Z]") && !wants("[uUL]") {
            return Some(error(here, format!("expected a name before {found}")));
        }
        [";", "}", ")", "{", "(", ":", "while"]
            .into_iter()
            .find(|what| wants(what))
            .map(|what| self.unexpected(here, what))
    }

    fn unexpected(&self, here: Span, wanted: &str) -> Error {
        error(
            here,
            format!("expected '{wanted}' before {}", self.name(self.index)),
        )
    }
}

fn no_if(at: Span) -> Error {
    error(at, "this 'else' belongs to no 'if'")
        .with_help("more than one statement between 'if' and 'else' needs '{' and '}' around it")
}

/// Right behind a place.
fn after(span: Span) -> Span {
    Span {
        start: span.end,
        end: Pos(span.end.0.saturating_add(1)),
    }
}

/// The header of the library that defines a type.
fn header_of_type(cx: &Context<'_>, name: &str) -> Option<&'static str> {
    let library = &cx.options.library;
    (library.headers)().iter().copied().find(|header| {
        let text = (library.header)(header).unwrap_or_default();
        text.lines().any(|line| {
            let typedef =
                line.trim_start().starts_with("typedef") && line.trim_end().ends_with(&format!(" {name};"));
            typedef || line.trim_start().starts_with(&format!("#define {name} "))
        })
    })
}
