//! Cuts the tokens of a file into its external declarations, before anything is parsed.

use std::ops::Range;

use crate::c::preprocess::Context;
use crate::c::source::{Error, Result, error};
use crate::c::token::{Kind, Token};

/// What an external declaration seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChunkKind {
    /// A function with its body.
    Function,
    /// One prototype, object or type: nothing else depends on it until its name or tag is met.
    Named,
    /// Types, several declarators, or something that only the parser understands.
    Other,
}

/// One external declaration.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub(crate) tokens: Range<usize>,
    pub(crate) kind: ChunkKind,
    /// The index of the token that it declares.
    pub(crate) name: Option<usize>,
    /// The index of the tag of a struct or union that it defines.
    pub(crate) tag: Option<usize>,
    pub(crate) is_typedef: bool,
}

/// The deepest nesting of brackets.
const MAX_BRACKETS: usize = 200;
/// The most tokens of one expression or of statements within statements without braces.
const MAX_RUN: usize = 4000;
/// The most `else` of one function.
const MAX_ELSE: usize = 1000;

/// Refuses what would make the parser recurse too deeply.
pub(super) fn check_nesting(cx: &Context<'_>, tokens: &[Token]) -> Result<()> {
    let (mut depth, mut parens, mut run, mut elses) = (0_usize, 0_usize, 0_usize, 0_usize);
    for token in tokens {
        run += 1;
        match cx.text(token) {
            _ if matches!(token.kind, Kind::Str | Kind::Char) => {}
            open @ ("(" | "[" | "{") => {
                depth += 1;
                parens += usize::from(open != "{");
                if open == "{" {
                    run = 0;
                }
            }
            close @ (")" | "]" | "}") => {
                depth = depth.saturating_sub(1);
                parens = parens.saturating_sub(usize::from(close != "}"));
                if close == "}" {
                    run = 0;
                }
            }
            "," => run = 0,
            ";" if parens == 0 => run = 0,
            "else" => elses += 1,
            _ => {}
        }
        if depth > MAX_BRACKETS {
            let message = format!("brackets are nested more than {MAX_BRACKETS} deep");
            return Err(
                error(token.span(), message).with_help("take the inner part into a variable or function")
            );
        }
        if run > MAX_RUN || elses > MAX_ELSE {
            return Err(error(token.span(), "this statement is too long")
                .with_help("divide it into several statements or functions"));
        }
    }
    Ok(())
}

/// The index after a parenthesised group that starts at `at`.
pub(super) fn skip_parens(cx: &Context<'_>, tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(token) = tokens.get(at) {
        match cx.text(token) {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            // Not a parenthesis at all: nothing to skip.
            return if cx.text(token) == ")" { at + 1 } else { at };
        }
        at += 1;
    }
    at
}

/// Cuts a file's tokens into external declarations.
pub(crate) fn split(cx: &Context<'_>, tokens: &[Token]) -> Result<Vec<Chunk>> {
    let mut chunks = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut scan = Scan::new(at);
        while let Some(token) = tokens.get(scan.at) {
            scan.at += 1;
            if scan.ends_with(cx, tokens, token)? {
                break;
            }
        }
        if !scan.ended
            && let Some(&outer) = scan.open.first()
        {
            return Err(unclosed(cx, tokens, outer, &scan.pairs));
        }
        let range = at..scan.at;
        at = scan.at;
        let lone = range.len() == 1 && tokens.get(range.start).is_some_and(|token| cx.text(token) == ";");
        if !lone {
            chunks.push(scan.chunk(cx, tokens, range));
        }
    }
    Ok(chunks)
}

/// A bracket that is not closed. Of braces, the indentation tells which was meant: one that stands in a deeper line
/// than the brace that closes it.
fn unclosed(cx: &Context<'_>, tokens: &[Token], outer: usize, pairs: &[(usize, usize)]) -> Error {
    let deeper = pairs.iter().find(|&&(open, close)| {
        open > outer && indentation(cx, tokens, open) > indentation(cx, tokens, close)
    });
    let token = tokens.get(deeper.map_or(outer, |&(open, _)| open));
    let text = token.map_or("{", |token| cx.text(token));
    let close = match text {
        "(" => ")",
        "[" => "]",
        _ => "}",
    };
    error(
        token.map(Token::span).unwrap_or_default(),
        format!("this '{text}' is never closed: '{close}' is missing"),
    )
}

/// How far the line of a token is indented.
fn indentation(cx: &Context<'_>, tokens: &[Token], index: usize) -> usize {
    let Some(place) = tokens.get(index).and_then(|token| cx.sources.locate(token.pos)) else {
        return 0;
    };
    let line = usize::try_from(place.line).unwrap_or(1).saturating_sub(1);
    let text = cx
        .sources
        .file(place.file)
        .and_then(|file| file.text.split('\n').nth(line))
        .unwrap_or_default();
    text.len() - text.trim_start().len()
}

/// What is known of a declaration while its tokens are read.
struct Scan {
    at: usize,
    start: usize,
    /// Open brackets, by token index.
    open: Vec<usize>,
    /// Braces that belong together.
    pairs: Vec<(usize, usize)>,
    /// `=` was met outside of brackets.
    assigned: bool,
    /// A parameter list of names only, with declarations behind it.
    old_style: bool,
    /// `{` of a function's body.
    body: Option<usize>,
    /// The first parenthesis outside of brackets.
    paren: Option<usize>,
    commas: bool,
    braces: bool,
    ended: bool,
    /// The token before the first `=`, `[`, `;` or `,` outside of brackets.
    last_name: Option<usize>,
    /// The tag before the first `{` of a struct or union.
    tag: Option<usize>,
    /// It defines enumerators: names that cannot wait.
    enumerates: bool,
}

impl Scan {
    fn new(at: usize) -> Scan {
        Scan {
            at,
            start: at,
            open: Vec::new(),
            pairs: Vec::new(),
            assigned: false,
            old_style: false,
            body: None,
            paren: None,
            commas: false,
            braces: false,
            ended: false,
            last_name: None,
            tag: None,
            enumerates: false,
        }
    }

    /// Takes one token in; whether the declaration ends with it.
    fn ends_with(&mut self, cx: &Context<'_>, tokens: &[Token], token: &Token) -> Result<bool> {
        if matches!(token.kind, Kind::Str | Kind::Char) {
            return Ok(false);
        }
        let index = self.at - 1;
        let outside = self.open.is_empty();
        match cx.text(token) {
            "(" => {
                if outside && self.paren.is_none() && !self.assigned {
                    self.paren = Some(index);
                }
                self.open.push(index);
            }
            "[" => {
                self.name_ends(index, outside);
                self.open.push(index);
            }
            ")" | "]" => {
                self.open.pop();
                if self.open.is_empty() && !self.assigned && self.is_old_style(cx, tokens) {
                    self.old_style = true;
                }
            }
            "{" => {
                let after_paren = index
                    .checked_sub(1)
                    .and_then(|at| tokens.get(at))
                    .map(|t| cx.text(t))
                    == Some(")");
                if outside && !self.assigned && ((after_paren && self.paren.is_some()) || self.old_style) {
                    self.body = Some(index);
                }
                if outside && !self.braces {
                    self.tag = index.checked_sub(1);
                }
                self.braces = true;
                self.open.push(index);
            }
            "}" => return self.close_brace(cx, tokens, token),
            "enum" => self.enumerates = true,
            "=" if outside => {
                self.name_ends(index, true);
                self.assigned = true;
            }
            "," if outside => {
                self.name_ends(index, true);
                self.commas = true;
            }
            ";" if !self.old_style && self.braces_open(cx, tokens) == 0 => {
                self.name_ends(index, outside);
                self.ended = true;
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    fn braces_open(&self, cx: &Context<'_>, tokens: &[Token]) -> usize {
        let is_brace = |index: &&usize| tokens.get(**index).is_some_and(|token| cx.text(token) == "{");
        self.open.iter().filter(is_brace).count()
    }

    fn name_ends(&mut self, index: usize, outside: bool) {
        if outside && self.last_name.is_none() {
            self.last_name = index.checked_sub(1).filter(|&at| at >= self.start);
        }
    }

    fn close_brace(&mut self, cx: &Context<'_>, tokens: &[Token], token: &Token) -> Result<bool> {
        // A parenthesis that is still open inside is the parser's to complain about.
        while let Some(open) = self.open.pop() {
            if tokens.get(open).is_some_and(|token| cx.text(token) == "{") {
                self.pairs.push((open, self.at - 1));
                self.ended = self.open.is_empty() && self.body == Some(open);
                return Ok(self.ended);
            }
        }
        Err(error(token.span(), "this '}' closes nothing")
            .with_help("there is one '}' too many here, or a '{' is missing above"))
    }

    /// `name(a, b)` with a declaration behind it instead of `;`, `{` or the like.
    fn is_old_style(&self, cx: &Context<'_>, tokens: &[Token]) -> bool {
        let Some(open) = self.paren else { return false };
        let inside = tokens.get(open + 1..self.at - 1).unwrap_or_default();
        let names = !inside.is_empty()
            && inside.iter().enumerate().all(|(place, token)| match place % 2 {
                0 => token.kind == Kind::Word && !is_keyword(cx.text(token)),
                _ => cx.text(token) == ",",
            });
        let next = tokens.get(self.at);
        names && next.is_some_and(|next| next.kind == Kind::Word && !cx.text(next).starts_with("__a"))
    }

    fn chunk(self, cx: &Context<'_>, tokens: &[Token], range: Range<usize>) -> Chunk {
        let text = |index: usize| tokens.get(index).map_or("", |token| cx.text(token));
        let usable = |at: &usize| {
            let word = tokens.get(*at).is_some_and(|token| token.kind == Kind::Word);
            word && range.contains(at) && !is_keyword(text(*at))
        };
        let is_typedef = text(range.start) == "typedef";
        let name = match self.paren {
            // A pointer to a function has its name inside: `(*name)`.
            Some(paren) if text(paren + 1) == "*" => Some(paren + 2).filter(|_| text(paren + 3) == ")"),
            Some(paren) => paren.checked_sub(1),
            None => self.last_name,
        };
        let name = name.filter(usable);
        let tag = self.tag.filter(usable);
        let kind = if self.body.is_some() && name.is_some() {
            ChunkKind::Function
        } else if self.commas
            || self.enumerates
            || range.len() <= 2
            || (self.braces && !self.assigned && tag.is_none() && !is_typedef)
        {
            ChunkKind::Other
        } else if name.is_some() || tag.is_some() {
            ChunkKind::Named
        } else {
            ChunkKind::Other
        };
        // In `struct tag { ... };` nothing but the tag is named.
        let name = name.filter(|_| !(tag.is_some() && text(range.end.saturating_sub(2)) == "}"));
        Chunk {
            tokens: range,
            kind,
            name,
            tag,
            is_typedef,
        }
    }
}

/// Whether a word is one of the language's own.
pub(crate) fn is_keyword(word: &str) -> bool {
    const KEYWORDS: [&str; 37] = [
        "auto",
        "break",
        "case",
        "char",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extern",
        "float",
        "for",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "register",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "struct",
        "switch",
        "typedef",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
        "_Bool",
        "__inline",
        "_Noreturn",
    ];
    KEYWORDS.contains(&word)
}
