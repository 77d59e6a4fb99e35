//! `#if` and its relatives (C99 6.10.1).

use super::{Conditional, Preprocessor};
use crate::c::literal;
use crate::c::source::{Result, Span, error, fail};
use crate::c::token::{Kind, Token};

impl Preprocessor<'_, '_> {
    pub(super) fn conditional(
        &mut self,
        name: &str,
        directive: &Token,
        line: &[Token],
        outer: usize,
    ) -> Result<()> {
        if matches!(name, "if" | "ifdef" | "ifndef") {
            let skipped = self.skipping();
            let taking = !skipped && self.opens(name, directive, line)?;
            let opened = directive.span();
            self.conditionals.push(Conditional {
                opened,
                taking,
                done: skipped || taking,
                seen_else: false,
            });
            return Ok(());
        }
        let inside = self.conditionals.len() > outer;
        let Some(done) = self
            .conditionals
            .last()
            .filter(|_| inside)
            .map(|open| (open.done, open.seen_else))
        else {
            return fail(directive.span(), format!("#{name} without #if"));
        };
        if name == "endif" {
            self.conditionals.pop();
            return Ok(());
        }
        let (done, seen_else) = done;
        if seen_else {
            return fail(directive.span(), format!("#{name} after #else"));
        }
        let taking = !done && (name == "else" || self.condition(directive, line)?);
        if let Some(open) = self.conditionals.last_mut() {
            open.taking = taking;
            open.done |= taking;
            open.seen_else = name == "else";
        }
        Ok(())
    }

    fn opens(&mut self, name: &str, directive: &Token, line: &[Token]) -> Result<bool> {
        if name == "if" {
            return self.condition(directive, line);
        }
        let Some(wanted) = line.first().filter(|token| token.kind == Kind::Word) else {
            return fail(directive.span(), format!("#{name} needs the name of a macro"));
        };
        Ok(self.is_defined(wanted) == (name == "ifdef"))
    }

    fn is_defined(&self, token: &Token) -> bool {
        self.macros.contains_key(&token.name) || matches!(self.cx.text(token), "__FILE__" | "__LINE__")
    }

    fn condition(&mut self, directive: &Token, line: &[Token]) -> Result<bool> {
        let resolved = self.resolve_defined(line)?;
        let tokens = self.expand_all(&resolved)?;
        let end = line.last().unwrap_or(directive).span().end;
        let words = tokens.iter().map(|token| (token, self.cx.text(token))).collect();
        let mut expression = Expression {
            words,
            at: 0,
            end: Span {
                start: directive.pos,
                end,
            },
            depth: 0,
        };
        let value = expression.ternary()?;
        match expression.words.get(expression.at) {
            Some((token, text)) => fail(token.span(), format!("unexpected '{text}' in the condition")),
            None => Ok(value.bits != 0),
        }
    }

    /// Replaces `defined X` and `defined(X)` by 1 or 0.
    fn resolve_defined(&mut self, line: &[Token]) -> Result<Vec<Token>> {
        let mut out = Vec::with_capacity(line.len());
        let mut rest = line.iter();
        while let Some(token) = rest.next() {
            if !self.is(token, "defined") {
                out.push(*token);
                continue;
            }
            let mut wanted = rest.next();
            let paren = wanted.is_some_and(|next| self.is(next, "("));
            if paren {
                wanted = rest.next();
            }
            let Some(wanted) = wanted.filter(|next| next.kind == Kind::Word) else {
                return fail(token.span(), "'defined' needs the name of a macro");
            };
            if paren && !rest.next().is_some_and(|close| self.is(close, ")")) {
                return fail(wanted.span(), "')' is missing after 'defined(NAME'");
            }
            let name = self
                .cx
                .names
                .intern(if self.is_defined(wanted) { "1" } else { "0" });
            out.push(Token {
                kind: Kind::Number,
                name,
                ..*token
            });
        }
        Ok(out)
    }
}

/// A value of `#if`: 64 bits, signed or not.
#[derive(Clone, Copy)]
struct Number {
    bits: i64,
    unsigned: bool,
}

struct Expression<'a> {
    words: Vec<(&'a Token, &'a str)>,
    at: usize,
    end: Span,
    depth: usize,
}

const MAX_DEPTH: usize = 200;

/// Binary operators from the loosest to the tightest.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<", ">", "<=", ">="],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

fn truth(value: bool) -> Number {
    Number {
        bits: i64::from(value),
        unsigned: false,
    }
}

impl<'a> Expression<'a> {
    fn word(&self) -> &'a str {
        self.words.get(self.at).map_or("", |(_, text)| text)
    }

    fn span(&self) -> Span {
        self.words
            .get(self.at)
            .map_or(self.end, |(token, _)| token.span())
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.word() == text;
        self.at += usize::from(found);
        found
    }

    fn ternary(&mut self) -> Result<Number> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail(self.span(), "this condition is nested too deeply");
        }
        let condition = self.binary(0)?;
        let value = if self.eat("?") {
            let yes = self.ternary()?;
            if !self.eat(":") {
                return fail(self.span(), "':' is missing in the condition");
            }
            let no = self.ternary()?;
            let unsigned = yes.unsigned || no.unsigned;
            Number {
                bits: if condition.bits != 0 { yes.bits } else { no.bits },
                unsigned,
            }
        } else {
            condition
        };
        self.depth -= 1;
        Ok(value)
    }

    fn binary(&mut self, level: usize) -> Result<Number> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        while operators.contains(&self.word()) {
            let (operator, span) = (self.word(), self.span());
            self.at += 1;
            let right = self.binary(level + 1)?;
            // What is not evaluated may divide by zero.
            let idle = (operator == "&&" && left.bits == 0) || (operator == "||" && left.bits != 0);
            left = if idle {
                truth(operator == "||")
            } else {
                apply(operator, left, right, span)?
            };
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Number> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return fail(self.span(), "this condition is nested too deeply");
        }
        let (word, span) = (self.word(), self.span());
        let kind = self.words.get(self.at).map(|(token, _)| token.kind);
        self.at += 1;
        let value = match (word, kind) {
            ("!", _) => truth(self.unary()?.bits == 0),
            ("-", _) => self.unary().map(|value| Number {
                bits: value.bits.wrapping_neg(),
                ..value
            })?,
            ("+", _) => self.unary()?,
            ("~", _) => self.unary().map(|value| Number {
                bits: !value.bits,
                ..value
            })?,
            ("(", _) => {
                let value = self.ternary()?;
                if !self.eat(")") {
                    return fail(self.span(), "')' is missing in the condition");
                }
                value
            }
            (text, Some(Kind::Number)) => {
                let parsed = literal::integer(text).map_err(|message| error(span, message))?;
                Number {
                    bits: parsed.value.cast_signed(),
                    unsigned: parsed.unsigned,
                }
            }
            (text, Some(Kind::Char)) => {
                let bits = literal::character(text).map_err(|message| error(span, message))?;
                Number {
                    bits,
                    unsigned: false,
                }
            }
            // A name that is no macro is 0.
            (_, Some(Kind::Word)) => Number {
                bits: 0,
                unsigned: false,
            },
            ("", _) => return fail(span, "an operand is missing in the condition"),
            (text, _) => return fail(span, format!("unexpected '{text}' in the condition")),
        };
        self.depth -= 1;
        Ok(value)
    }
}

fn apply(operator: &str, a: Number, b: Number, span: Span) -> Result<Number> {
    let unsigned = a.unsigned || b.unsigned;
    let (x, y, ux, uy) = (a.bits, b.bits, a.bits.cast_unsigned(), b.bits.cast_unsigned());
    let number = |bits: i64| Number { bits, unsigned };
    let less = if unsigned { ux < uy } else { x < y };
    let count = u32::try_from(y & 63).unwrap_or(0);
    let division = |signed: Option<i64>, plain: Option<u64>| {
        let bits = if unsigned {
            plain.map(u64::cast_signed)
        } else {
            signed
        };
        bits.map(number)
            .ok_or_else(|| error(span, "division by zero in the condition"))
    };
    Ok(match operator {
        "||" => truth(x != 0 || y != 0),
        "&&" => truth(x != 0 && y != 0),
        "|" => number(x | y),
        "^" => number(x ^ y),
        "&" => number(x & y),
        "==" => truth(x == y),
        "!=" => truth(x != y),
        "<" => truth(less),
        ">=" => truth(!less),
        ">" => truth(x != y && !less),
        "<=" => truth(x == y || less),
        "<<" => Number {
            bits: x.wrapping_shl(count),
            unsigned: a.unsigned,
        },
        ">>" if a.unsigned => Number {
            bits: (ux >> count).cast_signed(),
            unsigned: true,
        },
        ">>" => Number {
            bits: x >> count,
            unsigned: false,
        },
        "+" => number(x.wrapping_add(y)),
        "-" => number(x.wrapping_sub(y)),
        "*" => number(x.wrapping_mul(y)),
        "/" => division(x.checked_div(y), ux.checked_div(uy))?,
        _ => division(x.checked_rem(y), ux.checked_rem(uy))?,
    })
}
