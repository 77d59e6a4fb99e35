//! Declarations and definitions: of the file, of blocks, of functions.

use lang_c::ast::{
    Declaration, Declarator, DeclaratorKind, DerivedDeclarator, Expression, ExternalDeclaration,
    FunctionDefinition, Identifier, InitDeclarator, Statement, UnaryOperator, UnaryOperatorExpression,
};
use lang_c::span::Node;
use lang_c::visit::{self, Visit};
use std::collections::HashSet;

use super::code::Function;
use super::compiler::Compiler;
use super::declare::{Parameter, Specifiers, Storage};
use super::scope::{Declared, Entity, Scope};
use super::source::{Result, Span, error, fail};
use super::symbol::{Definition, Realm, Symbol, SymbolId};
use super::types::{Shape, Ty, TypeId};
use super::value::{LValue, Operand, Place, Value};
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

    fn declare_name(&mut self, name: &str, entity: Entity, span: Span) -> Result<()> {
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

    fn declared_twice(&self, name: &str, old: Span, span: Span) -> super::source::Error {
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
        let offset = self.function.reserve(size.max(1));
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

    fn function_definition(&mut self, node: &Node<FunctionDefinition>) -> Result<()> {
        let definition = &node.node;
        let specifiers = self.specifiers(&definition.specifiers)?;
        let (name, ty) = self.declarator(specifiers.ty, &definition.declarator)?;
        let Some(name) = name else {
            return fail(self.span(node.span), "a function needs a name");
        };
        let span = self.span(name.span);
        let text = name.node.name.clone();
        let Some(signature) = self.types.signature(ty.id).cloned() else {
            return fail(span, format!("'{text}' has a body, but it is no function"));
        };
        if signature.ret.id != TypeId::VOID && self.types.size(signature.ret.id).is_none() {
            let what = self.types.describe(signature.ret);
            return fail(span, format!("'{text}' returns the incomplete type '{what}'"));
        }
        let first = self.lookup(&text)?.map(|found| found.span).unwrap_or_default();
        let (symbol, merged) = self.file_symbol(&text, ty, specifiers.storage, span)?;
        self.declare(name, Entity::Symbol(symbol, merged))?;
        if matches!(
            self.symbols.get(symbol).map(|found| &found.definition),
            Some(Definition::Function(_))
        ) {
            return Err(self.declared_twice(&text, first, span));
        }
        let mut taken = AddressTaken::default();
        taken.visit_function_definition(definition, &node.span);
        let address_taken = taken.names;
        let has_vla = taken.calls_alloca || self.may_have_vla(&definition.statement);
        let ret = Some(signature.ret);
        let mut function = Function::default();
        function.name = text.clone();
        function.ret = ret;
        function.address_taken = address_taken;
        function.has_vla = has_vla;
        function.reachable = true;
        let outer = std::mem::replace(&mut self.function, function);
        self.function.pos = span.start;
        let done = self.function_body(definition, signature.variadic, &text);
        let function = std::mem::replace(&mut self.function, outer);
        done?;
        let routine = function.finish();
        if let Some(found) = self.symbols.get_mut(symbol) {
            found.definition = Definition::Function(routine);
            found.span = span;
        }
        if self.realm() == Realm::User && !self.cx.sources.is_library(span.start) {
            self.symbols.refer(symbol, span);
        }
        Ok(())
    }

    fn function_body(&mut self, definition: &FunctionDefinition, variadic: bool, name: &str) -> Result<()> {
        self.emit(Instr::Enter { size: 0 });
        self.function.scopes.push(Scope::default());
        let mut next = 0_usize;
        if self.function.ret.is_some_and(|ret| self.types.is_record(ret.id)) {
            self.function.ret_address = Some(Function::argument(0));
            next = 1;
        }
        let next = self.parameters(definition, next)?;
        if variadic {
            self.function.rest = Some(Function::argument(next));
        }
        match &definition.statement.node {
            Statement::Compound(items) => self.items(items)?,
            _ => self.statement(&definition.statement)?,
        }
        self.check_gotos()?;
        if self.function.frame_is_too_large() {
            return fail(
                self.span(definition.declarator.span),
                format!("the variables of '{name}' are too large for a stack"),
            );
        }
        if name == "main" {
            let src = self.slot(Operand::int(0));
            self.emit(Instr::RetValue { src });
        } else {
            self.emit(Instr::Ret);
        }
        Ok(())
    }

    fn check_gotos(&self) -> Result<()> {
        for (name, label) in &self.function.gotos {
            if let (Some(used), false) = (label.used, label.defined) {
                return fail(used, format!("the label '{name}' is nowhere in this function"));
            }
        }
        Ok(())
    }

    /// Declares the parameters; returns the index of the slot after them.
    fn parameters(&mut self, definition: &FunctionDefinition, first: usize) -> Result<usize> {
        let mut next = first;
        match parameter_list(&definition.declarator).map(|node| &node.node) {
            Some(DerivedDeclarator::Function(list)) => {
                for node in &list.node.parameters {
                    let parameter = self.parameter(&node.node)?;
                    if parameter.ty.id == TypeId::VOID {
                        continue;
                    }
                    self.declare_parameter(&parameter, &mut next)?;
                }
            }
            Some(DerivedDeclarator::KRFunction(names)) => {
                let types = self.old_style(definition)?;
                for name in names {
                    let text = &name.node.name;
                    let ty = types
                        .iter()
                        .find(|(known, _)| known == text)
                        .map_or(Ty::from(TypeId::INT), |(_, ty)| *ty);
                    let span = self.span(name.span);
                    let parameter = Parameter {
                        name: Some(text.clone()),
                        ty,
                        span,
                    };
                    self.declare_old_parameter(&parameter, &mut next)?;
                }
            }
            _ => {}
        }
        Ok(next)
    }

    fn declare_parameter(&mut self, parameter: &Parameter, next: &mut usize) -> Result<()> {
        let slot = Function::argument(*next);
        let Some(size) = self.types.size(parameter.ty.id) else {
            let what = self.types.describe(parameter.ty);
            return fail(
                parameter.span,
                format!("a parameter cannot have the incomplete type '{what}'"),
            );
        };
        *next += usize::try_from(size.div_ceil(8)).unwrap_or(1);
        let Some(name) = &parameter.name else {
            return Ok(());
        };
        let ty = parameter.ty;
        let private = self.types.is_scalar(ty.id) && !self.function.address_taken.contains(name.as_str());
        let entity = if private {
            Entity::Private(slot, ty)
        } else {
            Entity::Frame(slot, ty)
        };
        self.declare_name(name, entity, parameter.span)
    }

    /// Arguments for a K&R function come promoted; they are converted on entry.
    fn declare_old_parameter(&mut self, parameter: &Parameter, next: &mut usize) -> Result<()> {
        let slot = Function::argument(*next);
        self.declare_parameter(parameter, next)?;
        let ty = parameter.ty.id;
        let passed = if ty == TypeId::FLOAT {
            TypeId::DOUBLE
        } else {
            self.types.promoted(ty)
        };
        if self.types.is_arithmetic(ty) && passed != ty {
            let value = self.convert(Operand::new(passed, Value::Temp(slot)), ty, Some(slot));
            self.into_slot(value, slot);
        }
        Ok(())
    }

    /// The declarations between the head of a K&R function and its body.
    fn old_style(&mut self, definition: &FunctionDefinition) -> Result<Vec<(String, Ty)>> {
        let mut types = Vec::new();
        for declaration in &definition.declarations {
            let specifiers = self.specifiers(&declaration.node.specifiers)?;
            for item in &declaration.node.declarators {
                let (name, ty) = self.declarator(specifiers.ty, &item.node.declarator)?;
                if let Some(name) = name {
                    let ty = self.adjusted(ty);
                    types.push((name.node.name.clone(), ty));
                }
            }
        }
        Ok(types)
    }

    /// Whether a block declares arrays whose length looks variable.
    fn may_have_vla(&self, statement: &Node<Statement>) -> bool {
        let mut finder = VariableLengths::default();
        finder.visit_statement(&statement.node, &statement.span);
        finder.found
    }
}

/// The parameter list of a function's declarator.
fn parameter_list(declarator: &Node<Declarator>) -> Option<&Node<DerivedDeclarator>> {
    if let DeclaratorKind::Declarator(inner) = &declarator.node.kind.node
        && let Some(found) = parameter_list(inner)
    {
        return Some(found);
    }
    let is_function = |node: &&Node<DerivedDeclarator>| {
        matches!(
            node.node,
            DerivedDeclarator::Function(_) | DerivedDeclarator::KRFunction(_)
        )
    };
    declarator.node.derived.iter().find(is_function)
}

/// Names whose address is taken somewhere in a function.
#[derive(Default)]
struct AddressTaken {
    names: HashSet<String>,
    calls_alloca: bool,
}

impl<'ast> Visit<'ast> for AddressTaken {
    fn visit_unary_operator_expression(
        &mut self,
        node: &'ast UnaryOperatorExpression,
        span: &'ast lang_c::span::Span,
    ) {
        if node.operator.node == UnaryOperator::Address
            && let Expression::Identifier(name) = &node.operand.node
        {
            self.names.insert(name.node.name.clone());
        }
        visit::visit_unary_operator_expression(self, node, span);
    }

    fn visit_call_expression(
        &mut self,
        node: &'ast lang_c::ast::CallExpression,
        span: &'ast lang_c::span::Span,
    ) {
        if let Expression::Identifier(name) = &node.callee.node {
            self.calls_alloca |= matches!(name.node.name.as_str(), "alloca" | "__builtin_alloca");
        }
        visit::visit_call_expression(self, node, span);
    }
}

/// Looks for arrays whose length is not a plain constant.
#[derive(Default)]
struct VariableLengths {
    found: bool,
    in_length: bool,
}

impl<'ast> Visit<'ast> for VariableLengths {
    fn visit_array_size(&mut self, node: &'ast lang_c::ast::ArraySize, span: &'ast lang_c::span::Span) {
        let outer = std::mem::replace(&mut self.in_length, true);
        visit::visit_array_size(self, node, span);
        self.in_length = outer;
    }

    fn visit_identifier(&mut self, _: &'ast Identifier, _: &'ast lang_c::span::Span) {
        // An enumerator looks the same; the price of a wrong guess is a slower call.
        self.found |= self.in_length;
    }
}
