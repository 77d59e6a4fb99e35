//! Signal handlers: the model cannot run them yet, so a program that installs one is refused before it runs.

use lang_c::ast::{Expression, UnaryOperator};
use lang_c::span::Node;

use crate::c::compiler::Compiler;
use crate::c::scope::Entity;
use crate::c::source::{Result, error};

/// The function that an action names, if it names one: `h`, `&h`.
fn named(action: &Expression) -> Option<&str> {
    match action {
        Expression::Identifier(name) => Some(&name.node.name),
        Expression::UnaryOperator(unary) if unary.node.operator.node == UnaryOperator::Address => {
            named(&unary.node.operand.node)
        }
        _ => None,
    }
}

/// Whether an assignment to this sets the action of a signal.
pub(super) fn is_action(target: &Expression) -> bool {
    match target {
        Expression::Member(member) => {
            matches!(
                member.node.identifier.node.name.as_str(),
                "sa_handler" | "sa_sigaction"
            )
        }
        _ => false,
    }
}

impl Compiler<'_> {
    /// Refuses a function as the action of a signal.
    pub(super) fn refuse_handler(&mut self, action: &Node<Expression>) -> Result<()> {
        let Some(name) = named(&action.node) else {
            return Ok(());
        };
        let Some(found) = self.lookup(name)? else {
            return Ok(());
        };
        match found.entity {
            Entity::Symbol(_, ty) if self.types.is_function(ty.id) => Err(error(
                self.span(action.span),
                "signal handlers are not supported yet",
            )
            .with_help(
                "SIG_IGN and SIG_DFL are; to stop a child, send it a signal whose default action ends it",
            )),
            _ => Ok(()),
        }
    }
}
