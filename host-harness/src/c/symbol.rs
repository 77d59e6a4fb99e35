//! Functions and objects with an address: what the linker puts together.

use std::collections::HashMap;

use super::code::Routine;
use super::source::Span;
use super::types::Ty;

/// A function or object of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SymbolId(pub(crate) u32);

/// Whose a name is: the library's own references go to the library first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Realm {
    User,
    Library,
}

/// An address inside the bytes of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DataReloc {
    pub(crate) at: u64,
    pub(crate) symbol: SymbolId,
    pub(crate) addend: i64,
}

/// What a symbol is.
#[derive(Clone, Debug)]
pub(crate) enum Definition {
    /// Only declared so far.
    None,
    /// `int x;`: zeros, unless a definition follows.
    Tentative,
    Function(Routine),
    Object {
        bytes: Vec<u8>,
        relocs: Vec<DataReloc>,
        is_const: bool,
    },
    /// Another symbol: the library's definition of what the user declares.
    Alias(SymbolId),
}

/// A function or object.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) realm: Realm,
    pub(crate) is_static: bool,
    pub(crate) ty: Ty,
    pub(crate) definition: Definition,
    /// Where it is declared.
    pub(crate) span: Span,
    /// Where it was first used.
    pub(crate) used: Option<Span>,
}

/// All symbols.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    symbols: Vec<Symbol>,
    external: HashMap<(Realm, String), SymbolId>,
    strings: HashMap<Vec<u8>, SymbolId>,
    /// Used, but not looked at yet by the linker.
    pub(crate) pending: Vec<SymbolId>,
}

impl Symbols {
    pub(crate) fn add(&mut self, symbol: Symbol) -> SymbolId {
        let id = SymbolId(u32::try_from(self.symbols.len()).unwrap_or(u32::MAX));
        if !symbol.is_static {
            self.external.insert((symbol.realm, symbol.name.clone()), id);
        }
        self.symbols.push(symbol);
        id
    }

    pub(crate) fn get(&self, id: SymbolId) -> Option<&Symbol> {
        self.symbols.get(usize::try_from(id.0).ok()?)
    }

    pub(crate) fn get_mut(&mut self, id: SymbolId) -> Option<&mut Symbol> {
        self.symbols.get_mut(usize::try_from(id.0).ok()?)
    }

    pub(crate) fn external(&self, realm: Realm, name: &str) -> Option<SymbolId> {
        self.external.get(&(realm, name.to_owned())).copied()
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = SymbolId> + use<> {
        (0..u32::try_from(self.symbols.len()).unwrap_or(u32::MAX)).map(SymbolId)
    }

    /// A symbol is needed: the linker will look for its definition.
    pub(crate) fn refer(&mut self, id: SymbolId, span: Span) {
        if let Some(symbol) = self.get_mut(id)
            && symbol.used.is_none()
        {
            symbol.used = Some(span);
            self.pending.push(id);
        }
    }

    /// The object with the bytes of a string literal: equal ones are one object.
    pub(crate) fn string(&mut self, bytes: Vec<u8>, ty: Ty, span: Span, realm: Realm) -> SymbolId {
        if let Some(&id) = self.strings.get(&bytes) {
            return id;
        }
        let definition = Definition::Object {
            bytes: bytes.clone(),
            relocs: Vec::new(),
            is_const: true,
        };
        let name = String::new();
        let id = self.add(Symbol {
            name,
            realm,
            is_static: true,
            ty,
            definition,
            span,
            used: None,
        });
        self.strings.insert(bytes, id);
        id
    }
}
