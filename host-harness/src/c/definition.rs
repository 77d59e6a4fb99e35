//! Declarations and definitions of names, of the file and of blocks.

use lang_c::ast::{Declaration, ExternalDeclaration, Identifier, InitDeclarator};
use lang_c::span::Node;

use super::compiler::Compiler;
use super::declare::{Specifiers, Storage};
use super::scope::{Declared, Entity};
use super::source::{Result, Span, error, fail};
use super::symbol::{Definition, Symbol, SymbolId};
use super::types::{Shape, Ty, TypeId};
use super::value::{LValue, Operand, Place};
use crate::isa::Instr;

impl Compiler<'_> {
    /// A declaration of the file.
    pub(crate) fn external(&mut self, node: &Node<ExternalDeclaration>) -> Result<()> {
        match &node.node {
            ExternalDeclaration::Declaration(declaration) => self.file_declaration(declaration),
            ExternalDeclaration::StaticAssert(assertion) => self.static_assert(assertion),
            ExternalDeclaration::FunctionDefinition(definition) => self.function_definition(definition),
        }
    }

    fn file_declaration(&mut self, node: &Node<Declaration>) -> Result<()> {
        let specifiers = self.specifiers(&node.node.specifiers)?;
        self.warn_empty(node, specifiers);
        for item in &node.node.declarators {
            let (name, ty) = self.declarator(specifiers.ty, &item.node.declarator)?;
            let Some(name) = name else { continue };
            match specifiers.storage {
                Storage::Typedef => self.declare(name, Entity::Typedef(ty))?,
                storage => self.global(name, ty, storage, item)?,
            }
        }
        Ok(())
    }

    fn warn_empty(&mut self, node: &Node<Declaration>, specifiers: Specifiers) {
        let only_type = !matches!(
            self.types.shape(specifiers.ty.id),
            Shape::Record(_) | Shape::Enum(_)
        );
        if node.node.declarators.is_empty() && only_type {
            let span = self.span(node.span);
            self.cx.warn(span, "this declaration declares nothing", None);
        }
    }

    /// Gives a name a meaning in the innermost scope.
    pub(crate) fn declare(&mut self, name: &Node<Identifier>, entity: Entity) -> Result<()> {
        let span = self.span(name.span);
        self.declare_name(&name.node.name, entity, span)
    }

    pub(crate) fn declare_name(&mut self, name: &str, entity: Entity, span: Span) -> Result<()> {
        let Some(scope) = self.scope_mut() else {
            return Ok(());
        };
        let old = scope.names.insert(name.to_owned(), Declared { entity, span });
        let Some(old) = old else { return Ok(()) };
        let again = match (old.entity, entity) {
            (Entity::Symbol(a, _), Entity::Symbol(b, _)) => a == b,
            // C11 allows to repeat a typedef.
            (Entity::Typedef(a), Entity::Typedef(b)) => self.types.compatible(a.id, b.id),
            _ => false,
        };
        if again {
            return Ok(());
        }
        Err(self.declared_twice(name, old.span, span))
    }

    pub(crate) fn declared_twice(&self, name: &str, old: Span, span: Span) -> super::source::Error {
        let made = error(span, format!("'{name}' is declared twice"));
        match self.cx.sources.locate(old.start) {
            Some(place) if self.cx.sources.is_library(old.start) => {
                let file = self
                    .cx
                    .sources
                    .file(place.file)
                    .map(|file| file.name.clone())
                    .unwrap_or_default();
                made.with_help(format!("<{file}> declares '{name}' too: choose another name"))
            }
            Some(place) => made.with_help(format!("the first declaration is in line {}", place.line)),
            None => made,
        }
    }

    /// A function or object with an address of its own, in the file's scope.
    fn global(
        &mut self,
        name: &Node<Identifier>,
        ty: Ty,
        storage: Storage,
        item: &Node<InitDeclarator>,
    ) -> Result<()> {
        let span = self.span(name.span);
        let text = &name.node.name;
        if ty.id == TypeId::VOID {
            return fail(span, format!("the variable '{text}' cannot have type void"));
        }
        let (symbol, ty) = self.file_symbol(text, ty, storage, span)?;
        self.declare(name, Entity::Symbol(symbol, ty))?;
        if self.types.is_function(ty.id) {
            return match &item.node.initializer {
                Some(_) => fail(span, "a function cannot be initialised"),
                None => Ok(()),
            };
        }
        match &item.node.initializer {
            Some(initializer) => {
                if matches!(
                    self.symbols.get(symbol).map(|found| &found.definition),
                    Some(Definition::Object { .. })
                ) {
                    return fail(span, format!("'{text}' is defined twice"));
                }
                self.static_object(symbol, ty, initializer, span)?;
                self.retype(text, symbol);
                Ok(())
            }
            None if storage == Storage::Extern => Ok(()),
            None => self.tentative(symbol, ty, text, span),
        }
    }

    fn tentative(&mut self, symbol: SymbolId, ty: Ty, name: &str, span: Span) -> Result<()> {
        let mut ty = ty;
        if let Shape::Array(of, None) = *self.types.shape(ty.id) {
            ty.id = self.types.array(of, 1);
        }
        if self.types.size(ty.id).is_none() && !self.is_declared_record(ty) {
            let what = self.types.describe(ty);
            return fail(
                span,
                format!("the size of '{name}' is not known: its type '{what}' is incomplete"),
            );
        }
        if let Some(found) = self.symbols.get_mut(symbol)
            && matches!(found.definition, Definition::None | Definition::Tentative)
        {
            found.definition = Definition::Tentative;
            found.ty = ty;
        }
        Ok(())
    }

    /// A struct that may still be completed further down in the file.
    fn is_declared_record(&self, ty: Ty) -> bool {
        self.types.is_record(ty.id)
    }

    /// The symbol that a name of the file stands for, new or known, and its type as far as this file knows it.
    pub(crate) fn file_symbol(
        &mut self,
        name: &str,
        ty: Ty,
        storage: Storage,
        span: Span,
    ) -> Result<(SymbolId, Ty)> {
        let realm = self.realm();
        let known = match self.unit().and_then(|unit| unit.scope.names.get(name).copied()) {
            Some(Declared {
                entity: Entity::Symbol(symbol, old),
                span: old_span,
            }) => {
                return Ok((symbol, self.merged(name, old, old_span, ty, span)?));
            }
            Some(other) => return Err(self.declared_twice(name, other.span, span)),
            None if storage == Storage::Static => None,
            None => self.symbols.external(realm, name),
        };
        let Some(symbol) = known else {
            let is_static = storage == Storage::Static;
            let definition = Definition::None;
            let name = name.to_owned();
            return Ok((
                self.symbols.add(Symbol {
                    name,
                    realm,
                    is_static,
                    ty,
                    definition,
                    span,
                    used: None,
                }),
                ty,
            ));
        };
        Ok((symbol, ty))
    }

    /// The length of an array may only be known from its initialiser.
    fn retype(&mut self, name: &str, symbol: SymbolId) {
        let Some(full) = self.symbols.get(symbol).map(|found| found.ty) else {
            return;
        };
        if let Some(scope) = self.scope_mut()
            && let Some(Declared {
                entity: Entity::Symbol(_, ty),
                ..
            }) = scope.names.get_mut(name)
        {
            *ty = full;
        }
    }

    /// A second declaration must agree with the first, and may complete it.
    fn merged(&mut self, name: &str, old: Ty, old_span: Span, ty: Ty, span: Span) -> Result<Ty> {
        if !self.types.compatible(old.id, ty.id) {
            let (was, is) = (self.types.describe(old), self.types.describe(ty));
            let made = error(span, format!("'{name}' has type '{is}' here, but '{was}' before"));
            let library = self.cx.sources.is_library(old_span.start);
            let file = self
                .cx
                .sources
                .file_at(old_span.start)
                .and_then(|index| self.cx.sources.file(index));
            return Err(match file {
                Some(file) if library => {
                    made.with_help(format!("<{}> declares '{name}': choose another name", file.name))
                }
                _ => made,
            });
        }
        let old_is_better = match (self.types.signature(old.id), self.types.signature(ty.id)) {
            (Some(old), Some(new)) => new.unchecked && !old.unchecked,
            _ => self.types.size(ty.id).is_none(),
        };
        Ok(if old_is_better { old } else { ty })
    }

    /// A declaration in a block.
    pub(crate) fn local_declaration(&mut self, node: &Node<Declaration>) -> Result<()> {
        self.function.pos = self.span(node.span).start;
        let specifiers = self.specifiers(&node.node.specifiers)?;
        self.warn_empty(node, specifiers);
        for item in &node.node.declarators {
            let (name, ty) = self.declarator(specifiers.ty, &item.node.declarator)?;
            let Some(name) = name else { continue };
            let span = self.span(name.span);
            let text = &name.node.name;
            if specifiers.storage == Storage::Typedef {
                self.declare(name, Entity::Typedef(ty))?;
                self.function.pin();
            } else if self.types.is_function(ty.id) || specifiers.storage == Storage::Extern {
                let (symbol, ty) = self.file_symbol(text, ty, Storage::Extern, span)?;
                self.declare(name, Entity::Symbol(symbol, ty))?;
            } else if ty.id == TypeId::VOID {
                return fail(span, format!("the variable '{text}' cannot have type void"));
            } else if specifiers.storage == Storage::Static {
                self.local_static(name, ty, item, span)?;
            } else {
                self.local_variable(name, ty, item, span)?;
            }
        }
        Ok(())
    }

    fn local_static(
        &mut self,
        name: &Node<Identifier>,
        ty: Ty,
        item: &Node<InitDeclarator>,
        span: Span,
    ) -> Result<()> {
        let text = name.node.name.clone();
        let realm = self.realm();
        let definition = Definition::Tentative;
        let symbol = self.symbols.add(Symbol {
            name: text.clone(),
            realm,
            is_static: true,
            ty,
            definition,
            span,
            used: None,
        });
        self.declare(name, Entity::Symbol(symbol, ty))?;
        match &item.node.initializer {
            Some(initializer) => {
                self.static_object(symbol, ty, initializer, span)?;
                self.retype(&text, symbol);
                Ok(())
            }
            None => self.tentative(symbol, ty, &text, span),
        }
    }

    fn local_variable(
        &mut self,
        name: &Node<Identifier>,
        ty: Ty,
        item: &Node<InitDeclarator>,
        span: Span,
    ) -> Result<()> {
        let text = &name.node.name;
        if let Shape::Vla(..) = self.types.shape(ty.id) {
            if item.node.initializer.is_some() {
                return fail(
                    span,
                    format!("the array '{text}' of variable length cannot be initialised"),
                );
            }
            return self.local_vla(name, ty);
        }
        let ty = self.completed(ty, item.node.initializer.as_ref())?;
        self.complete(ty.id)?;
        let Some(size) = self.types.size(ty.id) else {
            let what = self.types.describe(ty);
            return fail(
                span,
                format!("the size of '{text}' is not known: its type '{what}' is incomplete"),
            );
        };
        let private = self.types.is_scalar(ty.id) && !self.function.address_taken.contains(text.as_str());
        let offset = if private {
            self.function.reserve(size.max(1))
        } else {
            self.function.object(size)
        };
        self.function.pin();
        if self.function.frame_is_too_large() {
            return Err(error(span, format!("'{text}' is too large for a stack"))
                .with_help("make it static, or use malloc"));
        }
        let (entity, place) = if private {
            (Entity::Private(offset, ty), Place::Private(offset))
        } else {
            (Entity::Frame(offset, ty), Place::Frame(offset))
        };
        self.declare(name, entity)?;
        let Some(initializer) = &item.node.initializer else {
            return Ok(());
        };
        let mark = self.function.mark();
        let object = LValue {
            ty: Ty {
                is_const: false,
                ..ty
            },
            place,
            bits: None,
        };
        self.initialize_local(object, initializer, span)?;
        self.function.release(mark);
        Ok(())
    }

    fn local_vla(&mut self, name: &Node<Identifier>, ty: Ty) -> Result<()> {
        let needs_save = self
            .function
            .scopes
            .last()
            .is_some_and(|scope| scope.saved_sp.is_none());
        if needs_save {
            let dst = self.function.temp();
            self.emit(Instr::GetSp { dst });
            if let Some(scope) = self.function.scopes.last_mut() {
                scope.saved_sp = Some(dst);
            }
        }
        let size = self.size_value(ty.id);
        let size = self.slot(Operand::new(TypeId::ULONG, size));
        let dst = self.function.temp();
        self.emit(Instr::Alloca { dst, size });
        self.function.pin();
        self.declare(name, Entity::Vla(dst, ty))
    }
}
