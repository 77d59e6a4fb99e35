//! Macro expansion (C99 6.10.3).

use std::rc::Rc;

use super::{MAX_TOKENS, Macro, Preprocessor};
use crate::c::bytes;
use crate::c::source::{Pos, Result, Span, error, fail};
use crate::c::token::{Kind, Name, Token, tokenize};

/// Tokens that are still to be read: a stretch of the file, or the expansion of a macro.
struct Stretch {
    tokens: Rc<[Token]>,
    at: usize,
    /// The macro whose expansion this is.
    of: Option<Name>,
}

/// What is read from: the innermost stretch last.
#[derive(Default)]
struct Input {
    stretches: Vec<Stretch>,
}

/// Deeper nests of macro calls are nobody's homework.
const MAX_NESTING: usize = 200;

impl Preprocessor<'_, '_> {
    /// Expands the text of a file from token `at` up to the next directive; returns where that is.
    pub(super) fn text_from(&mut self, tokens: &Rc<[Token]>, at: usize) -> Result<usize> {
        let mut input = Input {
            stretches: vec![Stretch {
                tokens: Rc::clone(tokens),
                at,
                of: None,
            }],
        };
        loop {
            // Only between two tokens of the file itself can a directive stand.
            if let [file] = input.stretches.as_slice() {
                match file.tokens.get(file.at) {
                    None => return Ok(file.at),
                    Some(token) if token.starts_line && self.is(token, "#") => return Ok(file.at),
                    Some(_) => {}
                }
            }
            let Some(token) = self.next(&mut input) else {
                continue;
            };
            if let Some(token) = self.try_expand(token, &mut input)? {
                self.check_lexical(&token)?;
                self.out.push(token);
            }
        }
    }

    /// Expands a list of tokens completely.
    pub(super) fn expand_all(&mut self, tokens: &[Token]) -> Result<Vec<Token>> {
        if self.nesting >= MAX_NESTING {
            let span = tokens.first().map(Token::span).unwrap_or_default();
            return fail(
                span,
                format!("macro calls are nested more than {MAX_NESTING} deep"),
            );
        }
        self.nesting += 1;
        let mut input = Input {
            stretches: vec![Stretch {
                tokens: tokens.into(),
                at: 0,
                of: None,
            }],
        };
        let mut out = Vec::new();
        while !input.stretches.is_empty() {
            let Some(token) = self.next(&mut input) else {
                if input.stretches.len() <= 1 {
                    break;
                }
                continue;
            };
            if let Some(token) = self.try_expand(token, &mut input)? {
                out.push(token);
            }
        }
        self.nesting -= 1;
        Ok(out)
    }

    /// A character, string or comment that never ends is an error once it is really used.
    fn check_lexical(&self, token: &Token) -> Result<()> {
        match token.kind {
            Kind::OpenStr => Err(
                error(token.span(), "this string is not closed: a '\"' is missing")
                    .with_help("a string ends on the line where it starts; \"...\" \"...\" joins two"),
            ),
            Kind::OpenChar => fail(
                token.span(),
                "this character constant is not closed: a \"'\" is missing",
            ),
            Kind::OpenComment => fail(token.span(), "this comment is not closed: '*/' is missing"),
            Kind::Stray => {
                let text = self.cx.text(token);
                let help = match text {
                    "\u{201c}" | "\u{201d}" | "\u{201e}" => Some("write \" instead of the typographic quote"),
                    "\u{2018}" | "\u{2019}" => Some("write ' instead of the typographic quote"),
                    "\u{a0}" => Some("this is a no-break space: write an ordinary space"),
                    "\u{2013}" | "\u{2014}" | "\u{2212}" => Some("write - instead of the dash"),
                    _ if !text.is_ascii() => Some("outside of strings C is written in ASCII"),
                    _ => None,
                };
                let mut error = error(
                    token.span(),
                    format!("stray '{}' in the program", bytes::shown(text).escape_debug()),
                );
                error.help = help.map(str::to_owned);
                Err(error)
            }
            _ => Ok(()),
        }
    }

    /// The next token, leaving stretches that are used up.
    fn next(&mut self, input: &mut Input) -> Option<Token> {
        loop {
            let depth = input.stretches.len();
            let stretch = input.stretches.last_mut()?;
            if let Some(token) = stretch.tokens.get(stretch.at) {
                stretch.at += 1;
                return Some(*token);
            }
            if depth == 1 {
                return None;
            }
            if let Some(done) = input.stretches.pop()
                && done.of.is_some()
            {
                self.active.pop();
            }
        }
    }

    /// What the next token will be.
    fn peek<'i>(&self, input: &'i Input) -> Option<&'i Token> {
        input
            .stretches
            .iter()
            .rev()
            .find_map(|stretch| stretch.tokens.get(stretch.at))
    }

    /// Replaces a macro by its expansion, to be read next; anything else comes back.
    fn try_expand(&mut self, mut token: Token, input: &mut Input) -> Result<Option<Token>> {
        if token.kind != Kind::Word || token.painted {
            return Ok(Some(token));
        }
        let Some(found) = self.macros.get(&token.name).map(Rc::clone) else {
            return self.builtin(token).map(Some);
        };
        if self.active.contains(&token.name) {
            token.painted = true;
            return Ok(Some(token));
        }
        let body = match &found.params {
            None => self.substitute(&found, &[], &token)?,
            Some(params) => {
                let called = self
                    .peek(input)
                    .is_some_and(|next| next.kind == Kind::Punct && self.is(next, "("));
                if !called {
                    return Ok(Some(token));
                }
                let args = self.arguments(&found, params.len(), &token, input)?;
                self.substitute(&found, &args, &token)?
            }
        };
        self.produced += body.len() + 1;
        if self.produced > MAX_TOKENS {
            return fail(token.span(), "this macro expands to too much");
        }
        self.active.push(token.name);
        input.stretches.push(Stretch {
            tokens: body.into(),
            at: 0,
            of: Some(token.name),
        });
        Ok(None)
    }

    /// `__FILE__` and `__LINE__`.
    fn builtin(&mut self, mut token: Token) -> Result<Token> {
        let text = match self.cx.text(&token) {
            "__LINE__" => self
                .cx
                .sources
                .locate(token.pos)
                .map_or(0, |place| place.line)
                .to_string(),
            "__FILE__" => {
                let file = self
                    .cx
                    .sources
                    .file_at(token.pos)
                    .and_then(|index| self.cx.sources.file(index));
                format!("{:?}", file.map_or("", |file| &file.name))
            }
            _ => return Ok(token),
        };
        token.kind = if text.starts_with('"') {
            Kind::Str
        } else {
            Kind::Number
        };
        token.name = self.cx.names.intern(&text);
        Ok(token)
    }

    /// Reads the arguments of a call, from its `(` to its `)`.
    fn arguments(
        &mut self,
        found: &Macro,
        wanted: usize,
        caller: &Token,
        input: &mut Input,
    ) -> Result<Vec<Vec<Token>>> {
        let name = self.cx.text(caller).to_owned();
        self.next(input);
        let mut args = vec![Vec::new()];
        let mut depth = 0_usize;
        loop {
            let Some(token) = self.next(input) else {
                return fail(
                    caller.span(),
                    format!("the call of macro '{name}' has no closing ')'"),
                );
            };
            let text = if token.kind == Kind::Punct {
                self.cx.text(&token)
            } else {
                ""
            };
            match text {
                "#" if token.starts_line && input.stretches.len() == 1 && self.nesting == 0 => {
                    return fail(
                        token.span(),
                        format!("a directive inside the call of macro '{name}'"),
                    );
                }
                "(" => depth += 1,
                ")" if depth == 0 => break,
                ")" => depth -= 1,
                "," if depth == 0 && !(found.variadic && args.len() == wanted) => {
                    args.push(Vec::new());
                    continue;
                }
                _ => {}
            }
            if let Some(last) = args.last_mut() {
                last.push(token);
            }
        }
        if wanted == 0 && args.iter().all(Vec::is_empty) {
            args.clear();
        }
        if found.variadic && args.len() + 1 == wanted {
            args.push(Vec::new());
        }
        if args.len() != wanted {
            let message = format!("macro '{name}' takes {wanted} argument(s), {} given", args.len());
            return fail(caller.span(), message);
        }
        Ok(args)
    }

    /// The body of a macro with its arguments in place.
    fn substitute(&mut self, found: &Macro, args: &[Vec<Token>], caller: &Token) -> Result<Vec<Token>> {
        let params = found.params.as_deref().unwrap_or_default();
        let param = |token: &Token| {
            let index = params
                .iter()
                .position(|&name| token.kind == Kind::Word && name == token.name)?;
            args.get(index)
                .map(|arg| (arg.as_slice(), found.variadic && index + 1 == params.len()))
        };
        let mut out: Vec<Token> = Vec::with_capacity(found.body.len());
        let mut at = 0;
        while let Some(token) = found.body.get(at) {
            at += 1;
            let after = found.body.get(at);
            if found.params.is_some() && self.is(token, "#") {
                let Some((arg, _)) = after.and_then(param) else {
                    return fail(caller.span(), "'#' in this macro is not followed by a parameter");
                };
                out.push(self.stringize(arg, caller, token.spaced));
                at += 1;
            } else if self.is(token, "##") {
                let Some(right) = after else { continue };
                at += 1;
                match param(right) {
                    Some((arg, rest)) => self.paste_argument(&mut out, arg, rest, caller)?,
                    None => self.paste(&mut out, &moved(right, caller), caller)?,
                }
            } else if let Some((arg, _)) = param(token) {
                let from = out.len();
                if !after.is_some_and(|next| self.is(next, "##")) {
                    out.extend(self.expand_all(arg)?);
                } else if arg.is_empty() {
                    out.push(placemarker(caller));
                } else {
                    out.extend_from_slice(arg);
                }
                if let Some(first) = out.get_mut(from) {
                    first.spaced = token.spaced;
                }
            } else {
                out.push(moved(token, caller));
            }
        }
        out.retain(|token| token.kind != Kind::Placemarker);
        if let Some(first) = out.first_mut() {
            first.spaced = caller.spaced;
        }
        Ok(out)
    }

    /// `left ## parameter`. GNU: `, ## __VA_ARGS__` drops the comma when there are no further arguments.
    fn paste_argument(
        &mut self,
        out: &mut Vec<Token>,
        arg: &[Token],
        is_rest: bool,
        caller: &Token,
    ) -> Result<()> {
        let after_comma = is_rest && out.last().is_some_and(|last| self.is(last, ","));
        match arg.split_first() {
            None if after_comma => {
                out.pop();
            }
            None => {}
            Some(_) if after_comma => out.extend(self.expand_all(arg)?),
            Some((first, rest)) => {
                self.paste(out, first, caller)?;
                out.extend_from_slice(rest);
            }
        }
        Ok(())
    }

    /// `left ## right`.
    fn paste(&mut self, out: &mut Vec<Token>, right: &Token, caller: &Token) -> Result<()> {
        let Some(left) = out.pop().filter(|left| left.kind != Kind::Placemarker) else {
            out.push(*right);
            return Ok(());
        };
        let text = format!("{}{}", self.cx.text(&left), self.cx.text(right));
        let made = tokenize(&text, Pos::NONE, &mut self.cx.names);
        let [one] = made.as_slice() else {
            return fail(caller.span(), format!("## does not make one token of '{text}'"));
        };
        out.push(Token {
            spaced: left.spaced,
            ..moved(one, caller)
        });
        Ok(())
    }

    /// `#param`.
    fn stringize(&mut self, arg: &[Token], caller: &Token, spaced: bool) -> Token {
        let mut text = String::from("\"");
        for (index, token) in arg.iter().enumerate() {
            if index > 0 && (token.spaced || token.starts_line) {
                text.push(' ');
            }
            let quotes = matches!(token.kind, Kind::Str | Kind::Char);
            for c in self.cx.text(token).chars() {
                if quotes && matches!(c, '"' | '\\') {
                    text.push('\\');
                }
                text.push(c);
            }
        }
        text.push('"');
        let name = self.cx.names.intern(&text);
        Token {
            kind: Kind::Str,
            name,
            spaced,
            ..moved(caller, caller)
        }
    }
}

/// A token of a macro's body, at the place where the macro is used.
fn moved(token: &Token, caller: &Token) -> Token {
    Token {
        pos: caller.pos,
        len: caller.len,
        starts_line: false,
        painted: false,
        ..*token
    }
}

/// What stands for an empty argument beside `##` (C99 6.10.3.3).
fn placemarker(caller: &Token) -> Token {
    Token {
        kind: Kind::Placemarker,
        name: Name(u32::MAX),
        painted: true,
        ..moved(caller, caller)
    }
}

impl Token {
    /// From this token up to the end of another.
    pub(crate) fn up_to(&self, end: &Token) -> Span {
        Span {
            start: self.pos,
            end: end.span().end,
        }
    }
}
