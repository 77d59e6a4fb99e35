//! Definitions of functions: parameters, body, and what must be known before the body is lowered.

use lang_c::ast::{
    Declarator, DeclaratorKind, DerivedDeclarator, Expression, FunctionDefinition, Identifier, Statement,
    UnaryOperator, UnaryOperatorExpression,
};
use lang_c::span::Node;
use lang_c::visit::{self, Visit};
use std::collections::HashSet;

use super::code::Function;
use super::compiler::Compiler;
use super::declare::Parameter;
use super::scope::{Entity, Scope};
use super::source::{Result, fail};
use super::symbol::{Definition, Realm};
use super::types::{Ty, TypeId};
use super::value::{Operand, Value};
use crate::isa::Instr;

impl Compiler<'_> {
    pub(crate) fn function_definition(&mut self, node: &Node<FunctionDefinition>) -> Result<()> {
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
            self.function.note_object(Function::argument(next), u64::MAX);
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
            self.function.note_object(slot, size);
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
            self.put_into(value, slot);
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
