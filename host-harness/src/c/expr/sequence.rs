//! A warning that only this project needs: two calls in one expression whose order C leaves open, although both
//! fork or print. Here the left one goes first; `cc` may do otherwise.

use std::collections::{HashMap, HashSet};

use lang_c::ast::Expression;
use lang_c::span::Node;

use crate::c::compiler::Compiler;
use crate::c::source::Span;
use crate::c::token::{Kind, Token};

/// Functions of the library that fork or write.
const SHOWS: [&str; 24] = [
    "fork", "vfork", "clone", "_Fork", "printf", "puts", "putchar", "putc", "fputc", "fputs", "fprintf",
    "vprintf", "vfprintf", "dprintf", "write", "fwrite", "perror", "fflush", "system", "popen", "exit",
    "wait", "waitpid", "read",
];

impl Compiler<'_> {
    /// Warns if more than one of these operands forks or prints.
    pub(super) fn warn_unsequenced(&mut self, operands: &[&Node<Expression>]) {
        if operands.len() < 2 {
            return;
        }
        let mut calls = operands.iter().filter_map(|node| self.shown_call(node));
        let (Some((first, _)), Some((second, span))) = (calls.next(), calls.next()) else {
            return;
        };
        let message =
            format!("C does not say whether '{first}' or '{second}' is called first in this expression");
        let help = "here the left one is first, cc may choose the other: use two statements".to_owned();
        self.cx.warn(span, message, Some(help));
    }

    /// The first call in an expression that forks or prints.
    fn shown_call<'n>(&self, node: &'n Node<Expression>) -> Option<(&'n str, Span)> {
        let shown = |node: &'n Node<Expression>| self.shown_call(node);
        match &node.node {
            Expression::Call(call) => {
                if let Expression::Identifier(name) = &call.node.callee.node
                    && (SHOWS.contains(&name.node.name.as_str()) || self.shows.contains(&name.node.name))
                {
                    return Some((&name.node.name, self.span(node.span)));
                }
                shown(&call.node.callee).or_else(|| call.node.arguments.iter().find_map(shown))
            }
            Expression::UnaryOperator(unary) => shown(&unary.node.operand),
            Expression::BinaryOperator(binary) => shown(&binary.node.lhs).or_else(|| shown(&binary.node.rhs)),
            Expression::Cast(cast) => shown(&cast.node.expression),
            Expression::Member(member) => shown(&member.node.expression),
            Expression::Comma(list) => list.iter().find_map(shown),
            Expression::Conditional(conditional) => shown(&conditional.node.condition)
                .or_else(|| shown(&conditional.node.then_expression))
                .or_else(|| shown(&conditional.node.else_expression)),
            _ => None,
        }
    }
}

/// The names that are called in the tokens of a function.
pub(crate) fn called<'t>(tokens: &[Token], text: impl Fn(&Token) -> &'t str) -> Vec<String> {
    let calls = tokens.windows(2).filter_map(|pair| match pair {
        [word, open] if word.kind == Kind::Word && text(open) == "(" => Some(text(word).to_owned()),
        _ => None,
    });
    calls.collect()
}

/// The functions that fork or write, by themselves or through others. Takes what each of them calls.
pub(crate) fn closure(calls: HashMap<String, Vec<String>>) -> HashSet<String> {
    let mut known = HashSet::new();
    loop {
        let shows = |word: &String| SHOWS.contains(&word.as_str()) || known.contains(word);
        // Every function "calls" itself in its head.
        let found: Vec<String> = calls
            .iter()
            .filter(|(name, _)| !known.contains(*name))
            .filter(|(name, called)| called.iter().any(|word| word != *name && shows(word)))
            .map(|(name, _)| name.clone())
            .collect();
        if found.is_empty() {
            return known;
        }
        known.extend(found);
    }
}
