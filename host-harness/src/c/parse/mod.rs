//! Parsing: one external declaration at a time, by lang-c.
//!
//! lang-c parses text, so the tokens of a declaration are written out again, and places in that text are led back
//! to tokens. Parsing each declaration by itself has three uses: a syntax error names the declaration it is in,
//! what a program does not use of the library is never parsed, and nesting can be limited before the parser
//! (which is recursive) sees it.

pub(crate) mod chunk;
mod syntax;

use lang_c::ast::{ExternalDeclaration, TranslationUnit};
use lang_c::driver::{Config, Flavor, parse_preprocessed};
use lang_c::span::Node;

use super::literal;
use super::preprocess::Context;
use super::source::{Result, Span, error, fail};
use super::token::{Kind, Names, Token};

/// The way from places in the text that lang-c saw to the tokens it was made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct TextMap {
    /// Where in the text each token starts.
    starts: Vec<usize>,
    tokens: Vec<Token>,
}

impl TextMap {
    /// The token at or before a place in the text.
    pub(super) fn index(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|&start| start <= offset)
            .saturating_sub(1)
    }

    /// Whether a node is one pair of parentheses with something in it.
    pub(crate) fn is_parenthesised(&self, names: &Names, span: lang_c::span::Span) -> bool {
        let (first, last) = (self.index(span.start), self.index(span.end.saturating_sub(1)));
        let Some(tokens) = self.tokens.get(first..=last) else {
            return false;
        };
        let mut depth = 0_usize;
        for (at, token) in tokens.iter().enumerate() {
            match names.text(token.name) {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return at > 0 && at + 1 == tokens.len();
            }
        }
        false
    }

    /// The source of a node of the syntax tree.
    pub(crate) fn span(&self, span: lang_c::span::Span) -> Span {
        let Some(first) = self.tokens.get(self.index(span.start)) else {
            return Span::default();
        };
        let end = span.end.saturating_sub(1).max(span.start);
        let last = self.tokens.get(self.index(end)).unwrap_or(first);
        let whole = first.up_to(last);
        // Tokens out of a macro have the place of its call: such a span may seem to end before it starts.
        if whole.end >= whole.start {
            whole
        } else {
            first.span()
        }
    }
}

/// Parses one external declaration. `is_type` knows the typedef names of the file.
pub(crate) fn parse(
    cx: &mut Context<'_>,
    tokens: &[Token],
    is_type: impl Fn(&str) -> bool,
) -> Result<(Vec<Node<ExternalDeclaration>>, TextMap)> {
    chunk::check_nesting(cx, tokens)?;
    let mut text = prelude(cx, tokens, &is_type);
    let types = text.matches(';').count();
    let mut map = TextMap::default();
    write_out(cx, tokens, &mut text, &mut map)?;
    let config = Config {
        flavor: Flavor::GnuC11,
        ..Config::default()
    };
    match parse_preprocessed(&config, text) {
        Ok(parsed) => {
            let TranslationUnit(mut declarations) = parsed.unit;
            declarations.drain(..types.min(declarations.len()));
            Ok((declarations, map))
        }
        Err(failure) => Err(syntax::explain(cx, &map, &failure, &is_type)),
    }
}

/// Tells lang-c which names are types: only those that stand in the declaration.
fn prelude(cx: &Context<'_>, tokens: &[Token], is_type: &impl Fn(&str) -> bool) -> String {
    let mut text = String::with_capacity(tokens.len() * 6);
    let mut seen = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Word) {
        if !seen.contains(&token.name) {
            let name = cx.text(token);
            if is_type(name) {
                seen.push(token.name);
                text.push_str("typedef int ");
                text.push_str(name);
                text.push(';');
            }
        }
    }
    text
}

/// Words that say nothing about a program's meaning here.
const IGNORED: [&str; 3] = ["__extension__", "__restrict", "restrict"];

fn write_out(cx: &mut Context<'_>, tokens: &[Token], text: &mut String, map: &mut TextMap) -> Result<()> {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let word = cx.text(token);
        match (token.kind, word) {
            (Kind::Word, "__attribute__" | "__attribute") => {
                at = chunk::skip_parens(cx, tokens, at);
                continue;
            }
            (Kind::Word, "asm" | "__asm__" | "__asm") => {
                return fail(token.span(), "inline assembly is not supported");
            }
            (Kind::Word, "_Generic") => return fail(token.span(), "_Generic is not supported"),
            (Kind::Word, word) if IGNORED.contains(&word) => continue,
            _ => {}
        }
        let plain = plain_literal(cx, token)?;
        text.push(' ');
        map.starts.push(text.len());
        map.tokens.push(*token);
        match plain {
            Some(plain) => text.push_str(&plain),
            None => text.push_str(cx.text(token)),
        }
    }
    text.push(' ');
    Ok(())
}

/// Checks a literal. lang-c knows fewer escapes than gcc: a literal with others is written anew.
fn plain_literal(cx: &mut Context<'_>, token: &Token) -> Result<Option<String>> {
    let text = cx.text(token);
    let checked = match token.kind {
        Kind::Number => literal::number(text),
        Kind::Char => literal::character(text).map(drop),
        Kind::Str => literal::string(text).map(drop),
        _ => Ok(()),
    };
    checked.map_err(|message| error(token.span(), message))?;
    if !matches!(token.kind, Kind::Char | Kind::Str) || !text.contains('\\') {
        return Ok(None);
    }
    let (plain, unknown) = literal::plain(text);
    if let Some(unknown) = unknown {
        let help = format!("a backslash itself is written \\\\: did you mean \\\\{unknown}?");
        cx.warn(
            token.span(),
            format!("unknown escape sequence '\\{unknown}'"),
            Some(help),
        );
    }
    Ok(Some(plain))
}
