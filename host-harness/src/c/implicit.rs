//! Names that a program uses without declaring them: what old compilers accept, and what a student meant.

use std::rc::Rc;

use super::archive;
use super::compiler::Compiler;
use super::scope::Entity;
use super::source::{Result, Span, error};
use super::symbol::Realm;
use super::types::{Shape, Signature, Ty, TypeId};
use super::unsupported;

impl Compiler<'_> {
    /// The header of the library that declares a function or macro.
    pub(crate) fn header_of(&self, name: &str) -> Option<&'static str> {
        let library = &self.cx.options.library;
        let declares = |header: &&'static str| {
            let text = (library.header)(header).unwrap_or_default();
            text.lines().any(|line| declares(line, name))
        };
        (library.headers)().iter().copied().find(declares)
    }

    /// A function that is called, but not declared. If the library has it, it is taken, with a warning.
    pub(crate) fn declare_implicitly(&mut self, name: &str, span: Span) -> Result<()> {
        let header = self.header_of(name);
        if let Some(header) = header
            && let Some(ty) = self.type_in_header(header, name)?
        {
            let message = format!("'{name}' is called, but not declared");
            self.cx.warn(span, message, Some(format!("include <{header}>")));
            return self.declare_function(name, ty, span);
        }
        let defined_below = self.defines_below(name);
        if defined_below || archive::member_of(&self.cx.options.library, name).is_some() {
            let message = format!("'{name}' is called, but not declared: int {name}() is assumed");
            let help = if defined_below {
                "declare or define the function above its first call"
            } else {
                "declare it"
            };
            self.cx.warn(span, message, Some(help.to_owned()));
            let signature = Signature {
                ret: TypeId::INT.into(),
                params: Vec::new(),
                variadic: false,
                unchecked: true,
            };
            let ty = self.types.intern(Shape::Function(Box::new(signature)));
            return self.declare_function(name, ty.into(), span);
        }
        if let Some(header) = header {
            // A macro there: it would have to be known before the program is read.
            let made = error(span, format!("'{name}' is called, but not declared"));
            return Err(made.with_help(format!("include <{header}>")));
        }
        let made = error(span, format!("the function '{name}' is not known"));
        let why = unsupported::function(name).map(str::to_owned);
        let similar = || {
            self.similar_name(name)
                .map(|similar| format!("did you mean '{similar}'?"))
        };
        Err(match why.or_else(similar) {
            Some(help) => made.with_help(help),
            None => made.with_help("define it in this file; the library of ktm does not have it"),
        })
    }

    fn declare_function(&mut self, name: &str, ty: Ty, span: Span) -> Result<()> {
        let (symbol, ty) = self.file_symbol(name, ty, super::declare::Storage::Extern, span)?;
        if let Some(unit) = self.unit() {
            let declared = super::scope::Declared {
                entity: Entity::Symbol(symbol, ty),
                span,
            };
            unit.scope.names.insert(name.to_owned(), declared);
        }
        Ok(())
    }

    /// The type that a header gives a function, read apart from the program's own declarations.
    fn type_in_header(&mut self, header: &str, name: &str) -> Result<Option<Ty>> {
        let Some(text) = (self.cx.options.library.header)(header) else {
            return Ok(None);
        };
        let tokens = self.cx.load(header, text.into(), true, Span::default())?;
        let outer = self.unit;
        let map = Rc::clone(&self.map);
        let function = std::mem::take(&mut self.function);
        let found = self.add_unit(&tokens, Realm::Library).and_then(|unit| {
            self.unit = unit;
            self.file_scope(name)
        });
        self.unit = outer;
        self.map = map;
        self.function = function;
        Ok(match found?.map(|found| found.entity) {
            Some(Entity::Symbol(_, ty)) => Some(ty),
            _ => None,
        })
    }

    /// A declared name that differs by one letter.
    pub(crate) fn similar_name(&self, name: &str) -> Option<String> {
        let local = self.function.scopes.iter().flat_map(|scope| scope.names.keys());
        let file = self
            .units
            .get(self.unit)
            .into_iter()
            .flat_map(|unit| unit.scope.names.keys());
        let lazy = self
            .units
            .get(self.unit)
            .into_iter()
            .flat_map(|unit| unit.waiting_names());
        let names = local
            .map(String::as_str)
            .chain(file.map(String::as_str))
            .chain(lazy);
        let near: Vec<&str> = names
            .filter(|known| name.len() > 2 && is_near(known, name))
            .collect();
        near.into_iter().min().map(str::to_owned)
    }
}

/// Whether a line of a header declares or defines a name.
fn declares(line: &str, name: &str) -> bool {
    let Some(at) = line.find(name) else { return false };
    let before = line.get(..at).unwrap_or_default();
    let after = line.get(at + name.len()..).unwrap_or_default();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if before.ends_with(is_word) || after.starts_with(is_word) {
        return false;
    }
    let macro_name = before.trim_end().ends_with("#define");
    // At the margin: `type name(`, `extern type name;`, `type (*name(`.
    let prototype =
        after.starts_with('(') && !before.is_empty() && !before.starts_with([' ', '\t', '/', '*', '#']);
    let object = before.starts_with("extern ") && after.starts_with([';', '[']);
    macro_name || prototype || object
}

/// One letter more, less or different, or two exchanged.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a == b || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let end = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let most = a.len().max(b.len());
    let least = a.len().min(b.len());
    if (start + end).min(least) + 1 >= most {
        return true;
    }
    let swapped = a.len() == b.len() && start + end + 2 == a.len();
    swapped && a.get(start) == b.get(start + 1) && a.get(start + 1) == b.get(start)
}
