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
    scene
        .unknown_type(is_type)
        .or_else(|| scene.bad_word(here))
        .or_else(|| scene.missing(here))
        .unwrap_or_else(|| error(here, format!("syntax error before {}", scene.name(index))))
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

    /// Words that other languages have.
    fn bad_word(&self, here: Span) -> Option<Error> {
        let before = self.before().map(|at| self.text(at));
        let found = self.text(self.index);
        match (before, found) {
            (_, "else") => Some(
                error(here, "this 'else' belongs to no 'if'")
                    .with_help("more than one statement between 'if' and 'else' needs '{' and '}' around it"),
            ),
            (_, "case" | "default") => Some(error(here, format!("'{found}' must stand in a 'switch'"))),
            (_, "class" | "template" | "namespace" | "using" | "new") => {
                Some(error(here, format!("'{found}' is C++, not C")))
            }
            _ => None,
        }
    }

    /// The one token that is most likely missing.
    fn missing(&self, here: Span) -> Option<Error> {
        let wants = |what: &str| self.expected.contains(what);
        let before = self.before();
        let after = before.and_then(|at| self.tokens.get(at)).map(|token| {
            let end = token.span().end;
            Span {
                start: end,
                end: Pos(end.0.saturating_add(1)),
            }
        });
        let found = self.name(self.index);
        let operators = wants("&&") && wants("*=") || wants("&&") && wants("||");
        let starts_statement = match self.kind(self.index) {
            None | Some(Kind::Word) => true,
            _ => matches!(self.text(self.index), "}" | "{" | "*" | "++" | "--"),
        };
        let missing = |what: &str| {
            let place = after.unwrap_or(here);
            let previous = before.map(|at| self.name(at)).unwrap_or_default();
            error(place, format!("'{what}' is missing after {previous}"))
        };
        if wants(";") && starts_statement {
            return Some(missing(";"));
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
