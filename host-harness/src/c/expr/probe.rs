//! Looking at an expression without making code of it: its type, or its value if that is known now.
//!
//! What was found is kept by node, so that nested expressions are not looked at again and again.

use std::collections::HashMap;

use lang_c::ast::Expression;
use lang_c::span::Node;

use crate::c::compiler::Compiler;
use crate::c::source::{Result, error};
use crate::c::types::TypeId;
use crate::c::value::{Operand, Value};

/// What is known of the expressions of a declaration, by the address of their node in its syntax tree.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    /// Types with arrays as arrays.
    types: HashMap<usize, TypeId>,
    /// Types of values.
    decayed: HashMap<usize, TypeId>,
    known: HashMap<usize, Option<Operand>>,
}

fn key(node: &Node<Expression>) -> usize {
    std::ptr::from_ref(node).addr()
}

impl Compiler<'_> {
    /// Does something and forgets the code; whether there was any.
    fn without_code<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> (Result<T>, bool) {
        let before = self.function.checkpoint();
        let done = work(self);
        let emitted = self.function.roll_back(before);
        (done, emitted)
    }

    /// The type of an expression that is not evaluated.
    pub(crate) fn type_of(&mut self, node: &Node<Expression>) -> Result<TypeId> {
        if let Some(&known) = self.probes.types.get(&key(node)) {
            return Ok(known);
        }
        if !self.is_object(node)? {
            return self.decayed_type(node);
        }
        let warnings = self.cx.warnings.len();
        let (ty, _) = self.without_code(|compiler| compiler.lvalue(node).map(|object| object.ty.id));
        self.cx.warnings.truncate(warnings);
        self.probes.types.insert(key(node), ty.clone()?);
        ty
    }

    /// The type of the value of an expression that is not evaluated: arrays are pointers.
    pub(crate) fn decayed_type(&mut self, node: &Node<Expression>) -> Result<TypeId> {
        if let Some(&known) = self.probes.decayed.get(&key(node)) {
            return Ok(known);
        }
        let warnings = self.cx.warnings.len();
        let (ty, _) = self.without_code(|compiler| compiler.rvalue(node, None).map(|operand| operand.ty));
        self.cx.warnings.truncate(warnings);
        self.probes.decayed.insert(key(node), ty.clone()?);
        ty
    }

    /// The value of an expression if it is known now.
    pub(super) fn known_value(&mut self, node: &Node<Expression>) -> Result<Option<Operand>> {
        if let Some(&known) = self.probes.known.get(&key(node)) {
            return Ok(known);
        }
        let warnings = self.cx.warnings.len();
        let (operand, emitted) = self.without_code(|compiler| compiler.rvalue(node, None));
        let is_known = |operand: &Operand| {
            !emitted
                && matches!(
                    operand.value,
                    Value::Int(_) | Value::Float(_) | Value::Address(..)
                )
        };
        let known = Some(operand?).filter(is_known);
        if known.is_none() {
            // It will be evaluated again, as code.
            self.cx.warnings.truncate(warnings);
        }
        self.probes.known.insert(key(node), known);
        Ok(known)
    }

    /// The truth of a condition if it is known now.
    pub(super) fn known_truth(&mut self, node: &Node<Expression>) -> Result<Option<bool>> {
        Ok(self.known_value(node)?.and_then(Operand::truth))
    }

    /// The value of an expression if it is an integer known now.
    pub(crate) fn try_constant(&mut self, node: &Node<Expression>) -> Result<Option<(i64, TypeId)>> {
        Ok(match self.known_value(node)? {
            Some(Operand {
                ty,
                value: Value::Int(value),
            }) => Some((value, ty)),
            _ => None,
        })
    }

    /// An integer constant expression.
    pub(crate) fn constant(&mut self, node: &Node<Expression>) -> Result<i64> {
        let span = self.span(node.span);
        match self.try_constant(node)? {
            Some((value, ty)) if self.types.is_integer(ty) => Ok(value),
            _ => Err(error(span, "a constant integer is needed here")
                .with_help("use a number, an enumerator or a #define")),
        }
    }
}

impl Operand {
    /// Whether a known value counts as true.
    pub(super) fn truth(self) -> Option<bool> {
        match self.value {
            Value::Int(value) => Some(value != 0),
            Value::Float(value) => Some(value != 0.0),
            Value::Address(..) => Some(true),
            _ => None,
        }
    }
}
