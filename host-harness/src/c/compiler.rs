//! The order of work: the user's file first and whole, then what it needs of the library, name by name.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::archive;
use super::code::Function;
use super::expr::probe::Probes;
use super::expr::sequence;
use super::parse::chunk::{Chunk, ChunkKind, split};
use super::parse::{TextMap, parse};
use super::preprocess::{Context, preprocess};
use super::scope::{Declared, Entity, Scope};
use super::source::{Error, Result, Span, error};
use super::symbol::{Definition, Realm, SymbolId, Symbols};
use super::token::{Kind, Token};
use super::types::{TypeId, Types};
use super::unsupported;
use super::{Options, SourceFile};

/// One file with what it includes.
pub(crate) struct Unit {
    pub(crate) realm: Realm,
    tokens: Rc<[Token]>,
    chunks: Vec<Chunk>,
    /// Declarations that are parsed when their name or tag is met.
    lazy: HashMap<String, Vec<usize>>,
    /// Names of types among them.
    lazy_types: HashSet<String>,
    /// Those that waited and are done.
    compiled: HashSet<usize>,
    /// File scope.
    pub(crate) scope: Scope,
}

impl Unit {
    /// Names that are declared, though not looked at yet.
    pub(crate) fn waiting_names(&self) -> impl Iterator<Item = &str> {
        self.lazy
            .keys()
            .map(|key| key.trim_end_matches("{}"))
            .filter(|key| !key.contains(' '))
    }
}

/// The whole front end at work.
pub(crate) struct Compiler<'o> {
    pub(crate) cx: Context<'o>,
    pub(crate) types: Types,
    pub(crate) symbols: Symbols,
    pub(crate) units: Vec<Unit>,
    /// The unit that is being compiled.
    pub(crate) unit: usize,
    /// The function that is being compiled; outside of functions a scratch for constant expressions.
    pub(crate) function: Function,
    /// Where the syntax tree at hand comes from.
    pub(crate) map: Rc<TextMap>,
    /// The declaration that is being compiled: types that are defined below it are not complete in it.
    chunk_at_hand: usize,
    /// Library members by name of their file.
    members: HashMap<&'static str, usize>,
    pub(crate) errors: Vec<Error>,
    /// The lengths of arrays do not matter: in a prototype they may name parameters.
    pub(crate) any_length: bool,
    /// What is known of the expressions at hand.
    pub(crate) probes: Probes,
    /// Functions of the program that fork or write.
    pub(crate) shows: HashSet<String>,
}

/// More errors than anyone reads.
const MAX_ERRORS: usize = 10;

/// Functions that the library itself takes from the program if the program defines them.
const INTERPOSED: [&str; 4] = ["malloc", "free", "calloc", "realloc"];

impl<'o> Compiler<'o> {
    pub(crate) fn new(options: &'o Options) -> Compiler<'o> {
        Compiler {
            cx: Context::new(options),
            types: Types::new(),
            symbols: Symbols::default(),
            units: Vec::new(),
            unit: 0,
            function: Function::default(),
            map: Rc::default(),
            chunk_at_hand: usize::MAX,
            members: HashMap::new(),
            errors: Vec::new(),
            any_length: false,
            probes: Probes::default(),
            shows: HashSet::new(),
        }
    }

    /// Compiles the program and all that it needs. Errors are in `self.errors`.
    pub(crate) fn program(&mut self, source: &SourceFile) {
        if let Err(error) = self.user_unit(source) {
            self.errors.push(error);
        }
        if self.errors.is_empty() {
            self.check_main();
        }
        if self.errors.is_empty()
            && let Err(error) = self.close()
        {
            self.errors.push(error);
        }
    }

    fn user_unit(&mut self, source: &SourceFile) -> Result<()> {
        let text = Cow::Owned(source.text.clone());
        let tokens = self.cx.load(&source.name, text, false, Span::default())?;
        self.add_unit(&tokens, Realm::User)?;
        self.shows = self.functions_that_show();
        for index in 0..self.chunks() {
            let lazy = self.chunk(index).is_none_or(|chunk| self.is_lazy(chunk));
            if lazy {
                continue;
            }
            self.check_entry(index);
            let Err(error) = self.compile_chunk(index) else {
                continue;
            };
            // What follows a broken declaration would only repeat its error; a broken function stands alone.
            let stands_alone = self
                .chunk(index)
                .is_some_and(|chunk| chunk.kind == ChunkKind::Function);
            self.errors.push(error);
            if !stands_alone || self.errors.len() >= MAX_ERRORS {
                break;
            }
        }
        Ok(())
    }

    fn check_main(&mut self) {
        let main = self
            .symbols
            .external(Realm::User, "main")
            .and_then(|id| self.symbols.get(id));
        if !main.is_some_and(|main| matches!(main.definition, Definition::Function(_))) {
            let message = "the program has no function 'main'";
            let made =
                error(Span::default(), message).with_help("a program starts with: int main(void) { ... }");
            self.errors.push(made);
        }
    }

    /// Finds definitions until nothing is missing.
    fn close(&mut self) -> Result<()> {
        if let Some(start) = self.library_symbol("_start")? {
            self.symbols.refer(start, Span::default());
        }
        while let Some(id) = self.symbols.pending.pop() {
            self.define_symbol(id)?;
        }
        Ok(())
    }

    /// Sees to it that a symbol that is used has a definition.
    fn define_symbol(&mut self, id: SymbolId) -> Result<()> {
        let Some(symbol) = self.symbols.get(id) else {
            return Ok(());
        };
        if symbol.is_static && matches!(symbol.definition, Definition::None) {
            // A static function of the library: its body waits in its file.
            let (name, span) = (symbol.name.clone(), symbol.span);
            return self.compile_static(id, &name, span);
        }
        if !matches!(symbol.definition, Definition::None) {
            return Ok(());
        }
        let (name, realm, used) = (
            symbol.name.clone(),
            symbol.realm,
            symbol.used.unwrap_or(symbol.span),
        );
        let user_first = realm == Realm::Library && INTERPOSED.contains(&name.as_str());
        let own = self
            .symbols
            .external(Realm::User, &name)
            .filter(|&own| self.is_defined(own));
        if let Some(own) = own.filter(|_| user_first) {
            return self.alias(id, own, used);
        }
        match self.library_symbol(&name)? {
            Some(found) if found != id => self.alias(id, found, used),
            Some(_) => Ok(()),
            None => match own {
                Some(own) if own != id => self.alias(id, own, used),
                _ => Err(self.undefined(&name, used)),
            },
        }
    }

    fn alias(&mut self, id: SymbolId, to: SymbolId, used: Span) -> Result<()> {
        if let Some(symbol) = self.symbols.get_mut(id) {
            symbol.definition = Definition::Alias(to);
        }
        self.symbols.refer(to, used);
        Ok(())
    }

    fn is_defined(&self, id: SymbolId) -> bool {
        self.symbols
            .get(id)
            .is_some_and(|symbol| !matches!(symbol.definition, Definition::None))
    }

    fn undefined(&self, name: &str, used: Span) -> Error {
        let made = error(used, format!("'{name}' is used but nowhere defined"));
        if self.cx.sources.is_library(used.start) {
            return made.with_help("this is an error of ktm's C library");
        }
        match unsupported::function(name) {
            Some(why) => made.with_help(why),
            None => made.with_help(format!(
                "define '{name}' in this file; the library of ktm does not have it"
            )),
        }
    }

    /// The library's definition of a name, compiled now if it was not yet.
    fn library_symbol(&mut self, name: &str) -> Result<Option<SymbolId>> {
        if let Some(id) = self.symbols.external(Realm::Library, name)
            && self.is_defined(id)
        {
            return Ok(Some(id));
        }
        let Some((file, text)) = archive::member_of(&self.cx.options.library, name) else {
            return Ok(None);
        };
        let unit = match self.members.get(file) {
            Some(&unit) => unit,
            None => {
                let tokens = self.cx.load(file, Cow::Borrowed(text), true, Span::default())?;
                let unit = self.add_unit(&tokens, Realm::Library)?;
                self.members.insert(file, unit);
                unit
            }
        };
        self.in_unit(unit, |compiler| compiler.define_in_unit(name))?;
        Ok(self
            .symbols
            .external(Realm::Library, name)
            .filter(|&id| self.is_defined(id)))
    }

    /// Compiles what the current unit says about a name, its definition too.
    fn define_in_unit(&mut self, name: &str) -> Result<()> {
        for index in self.take_lazy(name) {
            self.compile_once(index)?;
        }
        let pending = self.unit().and_then(|unit| unit.lazy.remove(&body_key(name)));
        for index in pending.into_iter().flatten() {
            self.compile_chunk(index)?;
        }
        Ok(())
    }

    fn compile_static(&mut self, id: SymbolId, name: &str, span: Span) -> Result<()> {
        let key = body_key(name);
        let unit = self.units.iter().position(|unit| {
            let same = matches!(unit.scope.names.get(name).map(|found| found.entity), Some(Entity::Symbol(own, _)) if own == id);
            same && unit.lazy.contains_key(&key)
        });
        match unit {
            Some(unit) => self.in_unit(unit, |compiler| compiler.define_in_unit(name)),
            None => Err(self.undefined(name, span)),
        }
    }

    /// Does something in another unit, outside of functions.
    pub(crate) fn in_unit<T>(&mut self, unit: usize, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = std::mem::replace(&mut self.unit, unit);
        let function = std::mem::take(&mut self.function);
        let map = Rc::clone(&self.map);
        let done = work(self);
        self.unit = outer;
        self.function = function;
        self.map = map;
        done
    }

    pub(crate) fn unit(&mut self) -> Option<&mut Unit> {
        self.units.get_mut(self.unit)
    }

    pub(crate) fn realm(&self) -> Realm {
        self.units.get(self.unit).map_or(Realm::User, |unit| unit.realm)
    }

    fn chunk(&self, index: usize) -> Option<&Chunk> {
        self.units.get(self.unit)?.chunks.get(index)
    }

    fn chunks(&self) -> usize {
        self.units.get(self.unit).map_or(0, |unit| unit.chunks.len())
    }

    /// Preprocesses a file, and declares what cannot wait.
    pub(crate) fn add_unit(&mut self, tokens: &Rc<[Token]>, realm: Realm) -> Result<usize> {
        let tokens: Rc<[Token]> = preprocess(&mut self.cx, tokens)?.into();
        let chunks = split(&self.cx, &tokens)?;
        let unit = self.units.len();
        let scope = Scope::default();
        self.units.push(Unit {
            realm,
            tokens,
            chunks,
            lazy: HashMap::new(),
            lazy_types: HashSet::new(),
            compiled: HashSet::new(),
            scope,
        });
        self.unit = unit;
        for index in 0..self.chunks() {
            let Some(chunk) = self.chunk(index).cloned() else {
                continue;
            };
            if self.is_lazy(&chunk) {
                self.postpone(&chunk, index);
            } else if realm == Realm::Library {
                self.compile_chunk(index)?;
            }
        }
        Ok(unit)
    }

    /// Notes the names under which a declaration waits.
    fn postpone(&mut self, chunk: &Chunk, index: usize) {
        let name = self.chunk_name(chunk);
        let token = |at: usize| self.units.get(self.unit).and_then(|unit| unit.tokens.get(at));
        let tag = chunk
            .tag
            .and_then(token)
            .map(|token| tag_key(self.cx.text(token)));
        let is_function = chunk.kind == ChunkKind::Function;
        let Some(unit) = self.unit() else { return };
        if let Some(name) = name {
            if chunk.is_typedef {
                unit.lazy_types.insert(name.clone());
            }
            let key = if is_function { body_key(&name) } else { name };
            unit.lazy.entry(key).or_default().push(index);
        }
        if let Some(tag) = tag.filter(|_| !is_function) {
            unit.lazy.entry(tag).or_default().push(index);
        }
    }

    /// The type with a tag at file scope. A definition that waits is made now, if it stands above.
    pub(crate) fn file_tag(&mut self, tag: &str) -> Result<Option<TypeId>> {
        let find = |compiler: &Self| compiler.units.get(compiler.unit)?.scope.tags.get(tag).copied();
        let known = find(self);
        if known.is_some_and(|id| self.types.size(id).is_some()) {
            return Ok(known);
        }
        let (key, below) = (tag_key(tag), self.chunk_at_hand);
        let Some(unit) = self.unit() else { return Ok(known) };
        let above = unit
            .lazy
            .get(&key)
            .is_some_and(|waiting| waiting.iter().all(|&index| index < below));
        if !above {
            return Ok(known);
        }
        let waiting = self.take_lazy(&key);
        self.compile_waiting(&waiting)?;
        Ok(find(self))
    }

    /// Completes a struct whose definition has waited so far.
    pub(crate) fn complete(&mut self, id: TypeId) -> Result<()> {
        if self.types.size(id).is_some() {
            return Ok(());
        }
        match self.types.record(id).and_then(|record| record.tag.clone()) {
            Some(tag) => self.file_tag(&tag).map(drop),
            None => Ok(()),
        }
    }

    /// Compiles declarations that waited, apart from the function at hand.
    fn compile_waiting(&mut self, waiting: &[usize]) -> Result<()> {
        let unit = self.unit;
        self.in_unit(unit, |compiler| {
            waiting.iter().try_for_each(|&index| compiler.compile_once(index))
        })
    }

    /// A declaration may wait under its name and under its tag.
    fn compile_once(&mut self, index: usize) -> Result<()> {
        let first = self.unit().is_some_and(|unit| unit.compiled.insert(index));
        if first { self.compile_chunk(index) } else { Ok(()) }
    }

    fn functions_that_show(&self) -> HashSet<String> {
        let Some(unit) = self.units.get(self.unit) else {
            return HashSet::new();
        };
        let functions = unit
            .chunks
            .iter()
            .filter(|chunk| chunk.kind == ChunkKind::Function);
        let bodies = functions.filter_map(|chunk| {
            let tokens = unit.tokens.get(chunk.tokens.clone())?;
            Some((
                self.chunk_name(chunk)?,
                sequence::called(tokens, |token| self.cx.text(token)),
            ))
        });
        sequence::closure(bodies.collect())
    }

    /// Whether the program defines a function of this name at all.
    pub(crate) fn defines_below(&self, name: &str) -> bool {
        let Some(unit) = self.units.get(self.unit) else {
            return false;
        };
        let functions = unit
            .chunks
            .iter()
            .filter(|chunk| chunk.kind == ChunkKind::Function);
        functions
            .filter_map(|chunk| self.chunk_name(chunk))
            .any(|known| known == name)
    }

    fn chunk_name(&self, chunk: &Chunk) -> Option<String> {
        let token = self.units.get(self.unit)?.tokens.get(chunk.name?)?;
        Some(self.cx.text(token).to_owned())
    }

    /// What comes from the library can wait until its name is met.
    fn is_lazy(&self, chunk: &Chunk) -> bool {
        let first = self
            .units
            .get(self.unit)
            .and_then(|unit| unit.tokens.get(chunk.tokens.start));
        chunk.kind != ChunkKind::Other && first.is_some_and(|first| self.cx.sources.is_library(first.pos))
    }

    /// Numbers of the declarations that wait for a name.
    fn take_lazy(&mut self, name: &str) -> Vec<usize> {
        self.unit()
            .and_then(|unit| unit.lazy.remove(name))
            .unwrap_or_default()
    }

    /// What a name stands for at file scope; declarations that wait for it are made now.
    pub(crate) fn file_scope(&mut self, name: &str) -> Result<Option<Declared>> {
        let waiting = self.take_lazy(name);
        if !waiting.is_empty() {
            self.compile_waiting(&waiting)?;
        }
        let found = self
            .units
            .get(self.unit)
            .and_then(|unit| unit.scope.names.get(name).copied());
        // A function of this library file that has no prototype: only its head is needed now.
        if found.is_none()
            && let Some(index) = self.waiting_body(name)
        {
            let unit = self.unit;
            self.in_unit(unit, |compiler| compiler.declare_head(index))?;
            return Ok(self
                .units
                .get(self.unit)
                .and_then(|unit| unit.scope.names.get(name).copied()));
        }
        Ok(found)
    }

    fn waiting_body(&self, name: &str) -> Option<usize> {
        self.units
            .get(self.unit)?
            .lazy
            .get(&body_key(name))?
            .first()
            .copied()
    }

    /// Declares a function from its definition, leaving the body for later.
    fn declare_head(&mut self, index: usize) -> Result<()> {
        let Some((chunk, tokens)) = self.chunk_tokens(index) else {
            return Ok(());
        };
        let body = tokens
            .iter()
            .position(|token| self.cx.text(token) == "{")
            .unwrap_or(tokens.len());
        let mut head = tokens.get(..body).unwrap_or_default().to_vec();
        if let Some(last) = tokens.get(chunk.tokens.len().saturating_sub(1)) {
            head.push(Token {
                kind: Kind::Punct,
                name: self.cx.names.intern(";"),
                ..*last
            });
        }
        self.compile_tokens(&head)
    }

    fn chunk_tokens(&self, index: usize) -> Option<(Chunk, Vec<Token>)> {
        let unit = self.units.get(self.unit)?;
        let chunk = unit.chunks.get(index)?;
        Some((chunk.clone(), unit.tokens.get(chunk.tokens.clone())?.to_vec()))
    }

    fn compile_chunk(&mut self, index: usize) -> Result<()> {
        let Some((chunk, mut tokens)) = self.chunk_tokens(index) else {
            return Ok(());
        };
        self.assume_int(&chunk, &mut tokens);
        let outer = std::mem::replace(&mut self.chunk_at_hand, index);
        let done = self.compile_tokens(&tokens);
        self.chunk_at_hand = outer;
        done
    }

    /// Old C: a declaration without a type declares an `int`.
    fn assume_int(&mut self, chunk: &Chunk, tokens: &mut Vec<Token>) {
        let start = chunk.tokens.start;
        let specifiers = chunk
            .name
            .map(|name| name.saturating_sub(start))
            .unwrap_or(usize::MAX);
        let before = tokens.get(..specifiers).unwrap_or(tokens);
        let storage = |token: &Token| matches!(self.cx.text(token), "static" | "extern" | "inline");
        let Some(name) = tokens
            .get(specifiers)
            .filter(|_| before.iter().all(storage))
            .copied()
        else {
            return;
        };
        let text = self.cx.text(&name).to_owned();
        let message = match chunk.kind {
            ChunkKind::Function => format!("the return type of '{text}' is missing: int is assumed"),
            _ => format!("the type of '{text}' is missing: int is assumed"),
        };
        self.cx
            .warn(name.span(), message, Some(format!("write: int {text}")));
        let int = self.cx.names.intern("int");
        tokens.insert(specifiers, Token { name: int, ..name });
    }

    fn compile_tokens(&mut self, tokens: &[Token]) -> Result<()> {
        let unit = self.units.get(self.unit);
        let is_type = |name: &str| {
            let found = unit.and_then(|unit| unit.scope.names.get(name));
            let waits = || unit.is_some_and(|unit| unit.lazy_types.contains(name));
            matches!(found.map(|found| found.entity), Some(Entity::Typedef(_)))
                || (found.is_none() && waits())
        };
        let (declarations, map) = parse(&mut self.cx, tokens, is_type)?;
        let outer = std::mem::replace(&mut self.map, Rc::new(map));
        let probes = std::mem::take(&mut self.probes);
        let done = declarations.iter().try_for_each(|node| self.external(node));
        self.map = outer;
        // Keyed by address: the syntax tree ends here.
        self.probes = probes;
        done
    }

    /// A declaration of a name that a header of the library declares too: both must agree.
    fn check_entry(&mut self, index: usize) {
        let name = self
            .chunk(index)
            .cloned()
            .and_then(|chunk| self.chunk_name(&chunk));
        if let Some(name) = name
            && let Err(error) = self.file_scope(&name)
        {
            self.errors.push(error);
        }
    }
}

/// The key under which a struct or union waits.
fn tag_key(tag: &str) -> String {
    format!("struct {tag}")
}

/// The key under which the body of a function waits: its declaration may be wanted long before.
fn body_key(name: &str) -> String {
    format!("{name}{{}}")
}
