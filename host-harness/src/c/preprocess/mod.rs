//! The preprocessor: directives and macros, from the tokens of a file to the tokens that are parsed.
//!
//! A token that comes out of a macro's body has the place where the macro was used; a macro's arguments keep
//! their own place. So every message points to what the user wrote.

mod condition;
mod expand;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use super::Options;
use super::diagnostic::Level;
use super::source::{Pos, Report, Result, Sources, Span, error, fail};
use super::token::{Kind, Name, Names, Token, tokenize};
use super::unsupported;

/// What all files of one compilation share.
pub(crate) struct Context<'o> {
    pub(crate) options: &'o Options,
    pub(crate) sources: Sources,
    pub(crate) names: Names,
    pub(crate) warnings: Vec<Report>,
    headers: HashMap<String, Rc<[Token]>>,
}

impl<'o> Context<'o> {
    pub(crate) fn new(options: &'o Options) -> Context<'o> {
        Context {
            options,
            sources: Sources::default(),
            names: Names::default(),
            warnings: Vec::new(),
            headers: HashMap::new(),
        }
    }

    /// Notes a warning, unless it is about the library.
    pub(crate) fn warn(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        if !self.sources.is_library(span.start) {
            let message = message.into();
            self.warnings.push(Report {
                level: Level::Warning,
                span,
                message,
                label: None,
                help,
            });
        }
    }

    /// Adds a file and cuts it into tokens.
    pub(crate) fn load(
        &mut self,
        name: &str,
        text: Cow<'static, str>,
        is_library: bool,
        at: Span,
    ) -> Result<Rc<[Token]>> {
        let added = self.sources.add(name, text, is_library);
        match added.and_then(|index| self.sources.file(index)) {
            Some(file) => Ok(tokenize(&file.text, file.start(), &mut self.names).into()),
            None => fail(at, "the program is too large"),
        }
    }

    pub(crate) fn text(&self, token: &Token) -> &str {
        self.names.text(token.name)
    }
}

/// `#define`.
#[derive(Debug)]
pub(super) struct Macro {
    /// `None` for an object-like macro.
    params: Option<Vec<Name>>,
    /// The last parameter takes all further arguments.
    variadic: bool,
    body: Vec<Token>,
}

/// One `#if` with what follows it.
struct Conditional {
    opened: Span,
    /// Tokens of the present branch are taken.
    taking: bool,
    /// Some branch was taken, or the whole group lies in one that is skipped.
    done: bool,
    seen_else: bool,
}

const MAX_INCLUDE_DEPTH: usize = 32;
/// More tokens than any program of a course has; macros that double themselves reach it at once.
const MAX_TOKENS: usize = 2_000_000;

/// Preprocesses one translation unit.
pub(crate) fn preprocess(cx: &mut Context<'_>, tokens: &Rc<[Token]>) -> Result<Vec<Token>> {
    let mut preprocessor = Preprocessor {
        cx,
        macros: HashMap::new(),
        out: Vec::with_capacity(tokens.len() * 2),
        conditionals: Vec::new(),
        active: Vec::new(),
        depth: 0,
        nesting: 0,
        produced: 0,
    };
    preprocessor.predefine();
    preprocessor.file(tokens)?;
    Ok(preprocessor.out)
}

struct Preprocessor<'c, 'o> {
    cx: &'c mut Context<'o>,
    macros: HashMap<Name, Rc<Macro>>,
    out: Vec<Token>,
    conditionals: Vec<Conditional>,
    /// Macros whose expansions are being read.
    active: Vec<Name>,
    depth: usize,
    nesting: usize,
    produced: usize,
}

/// Macros that every program sees.
const PREDEFINED: &str = "__STDC__ 1\n__STDC_VERSION__ 199901L\n__STDC_HOSTED__ 1\n__linux__ 1\n__linux 1\nlinux 1\n\
    __unix__ 1\n__unix 1\nunix 1\n__x86_64__ 1\n__x86_64 1\n__amd64__ 1\n__LP64__ 1\n_LP64 1\n__ktm__ 1\n\
    __CHAR_BIT__ 8\n__INT_MAX__ 2147483647\n__LONG_MAX__ 9223372036854775807L\n__SIZEOF_INT__ 4\n\
    __SIZEOF_LONG__ 8\n__SIZEOF_POINTER__ 8\n__DATE__ \"Jan  1 1970\"\n__TIME__ \"00:00:00\"\n\
    __ATOMIC_RELAXED 0\n__ATOMIC_CONSUME 1\n__ATOMIC_ACQUIRE 2\n__ATOMIC_RELEASE 3\n__ATOMIC_ACQ_REL 4\n\
    __ATOMIC_SEQ_CST 5\n__BYTE_ORDER__ 1234\n__ORDER_LITTLE_ENDIAN__ 1234\n__ORDER_BIG_ENDIAN__ 4321\n";

impl Preprocessor<'_, '_> {
    fn predefine(&mut self) {
        for line in PREDEFINED.lines() {
            let mut tokens = tokenize(line, Pos::NONE, &mut self.cx.names).into_iter();
            if let Some(name) = tokens.next() {
                let body = tokens.collect();
                self.macros.insert(
                    name.name,
                    Rc::new(Macro {
                        params: None,
                        variadic: false,
                        body,
                    }),
                );
            }
        }
    }

    /// Preprocesses one file from its first token to its last.
    fn file(&mut self, tokens: &Rc<[Token]>) -> Result<()> {
        let outer = self.conditionals.len();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            if token.starts_line && self.is(token, "#") {
                let end = line_end(tokens, at + 1);
                let line = tokens.get(at + 1..end).unwrap_or_default();
                self.directive(token, line, outer)?;
                at = end;
            } else if self.skipping() {
                at = line_end(tokens, at + 1);
            } else {
                at = self.text_from(tokens, at)?;
            }
        }
        if self.conditionals.len() > outer {
            let opened = self
                .conditionals
                .last()
                .map(|open| open.opened)
                .unwrap_or_default();
            return fail(opened, "this conditional is never closed: #endif is missing");
        }
        Ok(())
    }

    fn is(&self, token: &Token, text: &str) -> bool {
        self.cx.text(token) == text
    }

    fn skipping(&self) -> bool {
        self.conditionals.last().is_some_and(|open| !open.taking)
    }

    fn directive(&mut self, hash: &Token, line: &[Token], outer: usize) -> Result<()> {
        // A lone # does nothing.
        let Some((first, rest)) = line.split_first() else {
            return Ok(());
        };
        let name = self.cx.names.shared(first.name);
        match &*name {
            "if" | "ifdef" | "ifndef" | "elif" | "else" | "endif" => {
                self.conditional(&name, first, rest, outer)
            }
            _ if self.skipping() => Ok(()),
            "define" => self.define(first, rest),
            "undef" => {
                let Some(name) = rest.first().filter(|token| token.kind == Kind::Word) else {
                    return fail(first.span(), "#undef needs the name of a macro");
                };
                self.macros.remove(&name.name);
                Ok(())
            }
            "include" => self.include(first, rest),
            "error" => {
                let span = rest.first().map_or(first.span(), Token::span);
                let span = Span {
                    start: span.start,
                    end: rest.last().map_or(span, Token::span).end,
                };
                fail(span, format!("#error {}", self.spell(rest)))
            }
            "warning" => {
                let message = format!("#warning {}", self.spell(rest));
                self.cx.warn(first.span(), message, None);
                Ok(())
            }
            "pragma" | "line" | "ident" => Ok(()),
            _ if first.kind == Kind::Number => Ok(()),
            _ => {
                let span = Span {
                    start: hash.pos,
                    end: first.span().end,
                };
                fail(span, format!("unknown preprocessing directive #{name}"))
            }
        }
    }

    /// The text of tokens, as near to the source as their spaces tell.
    fn spell(&self, tokens: &[Token]) -> String {
        let mut text = String::new();
        for token in tokens {
            if token.spaced && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(self.cx.text(token));
        }
        text
    }

    fn define(&mut self, directive: &Token, line: &[Token]) -> Result<()> {
        let Some((name, rest)) = line.split_first() else {
            return fail(directive.span(), "#define needs the name of a macro");
        };
        if name.kind != Kind::Word || self.is(name, "defined") {
            return fail(
                name.span(),
                format!("'{}' cannot be the name of a macro", self.cx.text(name)),
            );
        }
        let mut made = Macro {
            params: None,
            variadic: false,
            body: rest.to_vec(),
        };
        if let Some((open, after)) = rest.split_first()
            && self.is(open, "(")
            && !open.spaced
        {
            let Some(close) = after.iter().position(|token| self.is(token, ")")) else {
                return fail(open.span(), "the parameters of this macro need a closing ')'");
            };
            let (params, body) = after.split_at(close);
            (made.params, made.variadic) = self.parameters(params)?;
            made.body = body.get(1..).unwrap_or_default().to_vec();
        }
        for (edge, token) in [("start", made.body.first()), ("end", made.body.last())] {
            if let Some(token) = token.filter(|token| self.is(token, "##")) {
                return fail(token.span(), format!("## cannot stand at the {edge} of a macro"));
            }
        }
        if let Some(first) = made.body.first_mut() {
            first.spaced = false;
        }
        if let Some(old) = self.macros.insert(name.name, Rc::new(made))
            && let Some(new) = self.macros.get(&name.name)
            && !same_body(&old, new)
        {
            let message = format!("macro '{}' is defined again, differently", self.cx.text(name));
            self.cx.warn(name.span(), message, None);
        }
        Ok(())
    }

    fn parameters(&mut self, tokens: &[Token]) -> Result<(Option<Vec<Name>>, bool)> {
        let mut names = Vec::new();
        let mut variadic = false;
        let mut rest = tokens.iter().peekable();
        while let Some(token) = rest.next() {
            let ellipsis = self.is(token, "...");
            if variadic || !(ellipsis || token.kind == Kind::Word) || names.contains(&token.name) {
                return fail(
                    token.span(),
                    format!(
                        "unexpected '{}' in the parameters of a macro",
                        self.cx.text(token)
                    ),
                );
            }
            variadic = ellipsis;
            names.push(if ellipsis {
                self.cx.names.intern("__VA_ARGS__")
            } else {
                token.name
            });
            // GNU: a name before the dots.
            if !ellipsis && rest.next_if(|next| self.is(next, "...")).is_some() {
                variadic = true;
            }
            if let Some(comma) = rest.next()
                && (!self.is(comma, ",") || rest.peek().is_none())
            {
                return fail(
                    comma.span(),
                    "the parameters of a macro are names with commas between them",
                );
            }
        }
        Ok((Some(names), variadic))
    }

    fn include(&mut self, directive: &Token, line: &[Token]) -> Result<()> {
        let line = if line.first().is_some_and(|token| token.kind == Kind::Word) {
            self.expand_all(line)?
        } else {
            line.to_vec()
        };
        let Some(first) = line.first() else {
            return fail(directive.span(), "#include needs \"FILE\" or <FILE>");
        };
        let span = Span {
            start: first.pos,
            end: line.last().unwrap_or(first).span().end,
        };
        let spelled: String = line.iter().map(|token| self.cx.text(token)).collect();
        let angle = spelled
            .strip_prefix('<')
            .and_then(|rest| rest.split_once('>'))
            .map(|(name, _)| name);
        let quoted = spelled
            .strip_prefix('"')
            .and_then(|rest| rest.split_once('"'))
            .map(|(name, _)| name);
        let (Some(name), is_quoted) = (angle.or(quoted), quoted.is_some()) else {
            return fail(span, "#include needs \"FILE\" or <FILE>");
        };
        if self.depth >= MAX_INCLUDE_DEPTH {
            return fail(
                span,
                format!("#include nested more than {MAX_INCLUDE_DEPTH} deep"),
            );
        }
        let tokens = self.header(name, is_quoted, span)?;
        self.depth += 1;
        let done = self.file(&tokens);
        self.depth -= 1;
        done
    }

    /// The path of a header that is named in a file.
    fn beside(&self, at: Span, name: &str) -> String {
        let sources = &self.cx.sources;
        let file = sources.file_at(at.start).and_then(|index| sources.file(index));
        let folder = file.and_then(|file| Path::new(&file.name).parent());
        folder
            .unwrap_or(Path::new(""))
            .join(name)
            .to_string_lossy()
            .into_owned()
    }

    /// The tokens of a header, from the user's own files or the library.
    fn header(&mut self, name: &str, is_quoted: bool, span: Span) -> Result<Rc<[Token]>> {
        let path = if is_quoted {
            self.beside(span, name)
        } else {
            name.to_owned()
        };
        let key = format!("{}{path}", if is_quoted { '"' } else { '<' });
        if let Some(tokens) = self.cx.headers.get(&key) {
            return Ok(Rc::clone(tokens));
        }
        let options = self.cx.options;
        let own = if is_quoted {
            options.include.as_ref().and_then(|find| find(&path))
        } else {
            None
        };
        let tokens = match own {
            Some(text) => self.cx.load(&path, Cow::Owned(text), false, span)?,
            None => match (options.library.header)(name) {
                Some(text) => self.cx.load(name, Cow::Borrowed(text), true, span)?,
                None if is_quoted => {
                    let help = "it is looked for beside the file that includes it, and in the library";
                    return Err(
                        error(span, format!("the header \"{name}\" is not to be found")).with_help(help)
                    );
                }
                None => {
                    let known = (options.library.headers)().join(" ");
                    let help = match unsupported::header(name) {
                        Some(why) => why.to_owned(),
                        None => format!("supported headers are: {known}"),
                    };
                    return Err(error(span, format!("the header <{name}> is not supported")).with_help(help));
                }
            },
        };
        self.cx.headers.insert(key, Rc::clone(&tokens));
        Ok(tokens)
    }
}

/// The index of the first token after `from` that starts a line.
fn line_end(tokens: &[Token], from: usize) -> usize {
    let rest = tokens.get(from..).unwrap_or_default();
    rest.iter()
        .position(|token| token.starts_line)
        .map_or(tokens.len(), |distance| from + distance)
}

fn same_body(a: &Macro, b: &Macro) -> bool {
    let names = |m: &Macro| m.body.iter().map(|token| token.name).collect::<Vec<_>>();
    a.params == b.params && a.variadic == b.variadic && names(a) == names(b)
}
