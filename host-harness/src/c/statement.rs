//! Statements.

use lang_c::ast::{
    BinaryOperator, BlockItem, DoWhileStatement, Expression, ForInitializer, ForStatement, IfStatement,
    Label as AstLabel, LabeledStatement, Statement, StaticAssert, SwitchStatement, WhileStatement,
};
use lang_c::span::Node;

use super::code::{Cases, Exits, GotoLabel, Label};
use super::compiler::Compiler;
use super::convert::{Reason, wrap};
use super::scope::Scope;
use super::source::{Result, Span, fail};
use super::types::{Ty, TypeId};
use super::value::{LValue, Operand, Place, Value};
use crate::isa::{Cond, Instr, Slot};

impl Compiler<'_> {
    pub(crate) fn open_scope(&mut self) {
        let mark = self.function.mark();
        self.function.pin();
        self.function.scopes.push(Scope {
            mark,
            ..Scope::default()
        });
    }

    pub(crate) fn close_scope(&mut self) {
        let Some(scope) = self.function.scopes.pop() else {
            return;
        };
        if let Some(src) = scope.saved_sp
            && self.function.reachable
        {
            self.emit(Instr::SetSp { src });
        }
        self.function.unpin(scope.mark);
    }

    /// The items of a block, in the scope that is open.
    pub(crate) fn items(&mut self, items: &[Node<BlockItem>]) -> Result<()> {
        for item in items {
            self.item(item)?;
        }
        Ok(())
    }

    fn item(&mut self, item: &Node<BlockItem>) -> Result<()> {
        self.function.pos = self.span(item.span).start;
        let mark = self.function.mark();
        match &item.node {
            BlockItem::Declaration(declaration) => return self.local_declaration(declaration),
            BlockItem::StaticAssert(assertion) => self.static_assert(assertion)?,
            BlockItem::Statement(statement) => self.statement(statement)?,
        }
        self.function.release(mark);
        Ok(())
    }

    /// The value of a GNU statement expression.
    pub(crate) fn block_value(&mut self, items: &[Node<BlockItem>], result: Slot) -> Result<Operand> {
        let void = Operand::new(TypeId::VOID, Value::Void);
        let Some((last, first)) = items.split_last() else {
            return Ok(void);
        };
        self.items(first)?;
        let expression = match &last.node {
            BlockItem::Statement(statement) => match &statement.node {
                Statement::Expression(Some(expression)) => expression,
                _ => return self.item(last).map(|()| void),
            },
            _ => return self.item(last).map(|()| void),
        };
        let operand = self.rvalue(expression, None)?;
        if operand.ty == TypeId::VOID {
            return Ok(void);
        }
        if self.types.is_record(operand.ty) {
            let span = self.span(expression.span);
            return fail(
                span,
                "a struct as the value of a statement expression is not supported",
            );
        }
        self.put_into(operand, result);
        Ok(Operand::new(operand.ty, Value::Temp(result)))
    }

    pub(crate) fn static_assert(&mut self, assertion: &Node<StaticAssert>) -> Result<()> {
        if self.constant(&assertion.node.expression)? != 0 {
            return Ok(());
        }
        let text: String = assertion
            .node
            .message
            .node
            .iter()
            .map(|part| part.trim_matches('"'))
            .collect();
        fail(
            self.span(assertion.span),
            format!("static assertion failed: {text}"),
        )
    }

    pub(crate) fn statement(&mut self, node: &Node<Statement>) -> Result<()> {
        let span = self.span(node.span);
        self.function.pos = span.start;
        match &node.node {
            Statement::Compound(items) => {
                self.open_scope();
                let done = self.items(items);
                self.close_scope();
                done
            }
            Statement::Expression(None) => Ok(()),
            Statement::Expression(Some(expression)) => {
                let mark = self.function.mark();
                self.effect(expression)?;
                self.function.release(mark);
                Ok(())
            }
            Statement::If(statement) => self.if_statement(&statement.node),
            Statement::While(statement) => self.while_statement(&statement.node),
            Statement::DoWhile(statement) => self.do_statement(&statement.node),
            Statement::For(statement) => self.for_statement(&statement.node),
            Statement::Switch(statement) => self.switch_statement(&statement.node),
            Statement::Labeled(labeled) => self.labeled(&labeled.node, span),
            Statement::Goto(name) => {
                let label = self.goto_label(&name.node.name, Some(self.span(name.span)), false, span)?;
                self.function.jump(label);
                Ok(())
            }
            Statement::Continue => match self
                .function
                .exits
                .iter()
                .rev()
                .find(|exits| exits.continue_to.is_some())
            {
                Some(&Exits {
                    continue_to: Some(label),
                    scopes,
                    ..
                }) => {
                    self.leave_scopes(scopes);
                    self.function.jump(label);
                    Ok(())
                }
                _ => fail(span, "'continue' stands in no loop"),
            },
            Statement::Break => match self.function.exits.last().copied() {
                Some(exits) => {
                    self.leave_scopes(exits.scopes);
                    self.function.jump(exits.break_to);
                    Ok(())
                }
                None => fail(span, "'break' stands in no loop and in no switch"),
            },
            Statement::Return(value) => self.return_statement(value.as_deref(), span),
            Statement::Asm(_) => fail(span, "inline assembly is not supported"),
        }
    }

    /// Gives back the stack of variable-length arrays when a jump leaves their blocks.
    fn leave_scopes(&mut self, depth: usize) {
        let outermost = self
            .function
            .scopes
            .iter()
            .skip(depth)
            .find_map(|scope| scope.saved_sp);
        if let Some(src) = outermost {
            self.emit(Instr::SetSp { src });
        }
    }

    /// Evaluates a condition and branches; its temporaries are gone afterwards.
    fn condition(&mut self, node: &Node<Expression>, when: bool, label: Label) -> Result<()> {
        let mark = self.function.mark();
        self.function.pos = self.span(node.span).start;
        self.warn_assignment(node);
        self.branch(node, when, label)?;
        self.function.release(mark);
        Ok(())
    }

    /// `if (a = b)`, unless it stands in parentheses of its own.
    fn warn_assignment(&mut self, node: &Node<Expression>) {
        let Expression::BinaryOperator(binary) = &node.node else {
            return;
        };
        if binary.node.operator.node != BinaryOperator::Assign
            || self.map.is_parenthesised(&self.cx.names, node.span)
        {
            return;
        }
        let span = self.span(node.span);
        let compares = matches!(&binary.node.rhs.node, Expression::BinaryOperator(_));
        let help = if compares {
            "write (a = b) == c to compare what was assigned"
        } else {
            "'==' compares; write ((a = b)) if you mean it"
        };
        self.cx.warn(
            span,
            "an assignment is used as a condition",
            Some(help.to_owned()),
        );
    }

    fn if_statement(&mut self, node: &IfStatement) -> Result<()> {
        let (no, end) = (self.function.label(), self.function.label());
        self.condition(&node.condition, false, no)?;
        self.statement(&node.then_statement)?;
        match &node.else_statement {
            Some(other) => {
                if self.function.reachable {
                    self.function.jump(end);
                }
                self.function.place(no);
                self.statement(other)?;
            }
            None => self.function.place(no),
        }
        self.function.place(end);
        Ok(())
    }

    fn body(&mut self, node: &Node<Statement>, break_to: Label, continue_to: Label) -> Result<()> {
        let scopes = self.function.scopes.len();
        self.function.exits.push(Exits {
            break_to,
            continue_to: Some(continue_to),
            scopes,
        });
        let done = self.statement(node);
        self.function.exits.pop();
        done
    }

    /// The condition stands below the body: one branch a turn.
    fn while_statement(&mut self, node: &WhileStatement) -> Result<()> {
        let (again, test, end) = (
            self.function.label(),
            self.function.label(),
            self.function.label(),
        );
        self.function.jump(test);
        self.function.place(again);
        self.body(&node.statement, end, test)?;
        self.function.place(test);
        self.condition(&node.expression, true, again)?;
        self.function.place(end);
        Ok(())
    }

    fn do_statement(&mut self, node: &DoWhileStatement) -> Result<()> {
        let (again, test, end) = (
            self.function.label(),
            self.function.label(),
            self.function.label(),
        );
        self.function.place(again);
        self.body(&node.statement, end, test)?;
        self.function.place(test);
        self.condition(&node.expression, true, again)?;
        self.function.place(end);
        Ok(())
    }

    fn for_statement(&mut self, node: &ForStatement) -> Result<()> {
        self.open_scope();
        let done = self.for_parts(node);
        self.close_scope();
        done
    }

    fn for_parts(&mut self, node: &ForStatement) -> Result<()> {
        match &node.initializer.node {
            ForInitializer::Empty => {}
            ForInitializer::Expression(expression) => {
                let mark = self.function.mark();
                self.effect(expression)?;
                self.function.release(mark);
            }
            ForInitializer::Declaration(declaration) => self.local_declaration(declaration)?,
            ForInitializer::StaticAssert(assertion) => self.static_assert(assertion)?,
        }
        let (again, next) = (self.function.label(), self.function.label());
        let (test, end) = (self.function.label(), self.function.label());
        if node.condition.is_some() {
            self.function.jump(test);
        }
        self.function.place(again);
        self.body(&node.statement, end, next)?;
        self.function.place(next);
        if let Some(step) = &node.step {
            let mark = self.function.mark();
            self.function.pos = self.span(step.span).start;
            self.effect(step)?;
            self.function.release(mark);
        }
        self.function.place(test);
        match &node.condition {
            Some(condition) => self.condition(condition, true, again)?,
            None => self.function.jump(again),
        }
        self.function.place(end);
        Ok(())
    }

    fn switch_statement(&mut self, node: &SwitchStatement) -> Result<()> {
        let span = self.span(node.expression.span);
        let mark = self.function.mark();
        let value = self.rvalue(&node.expression, None)?;
        if !self.types.is_integer(value.ty) {
            let what = self.types.describe(value.ty.into());
            return fail(
                span,
                format!("'switch' needs an integer, not a value of type '{what}'"),
            );
        }
        let ty = self.types.promoted(value.ty);
        let value = self.convert(value, ty, None);
        let stable = self.stable(value);
        let slot = self.slot(stable);
        let (dispatch, end) = (self.function.label(), self.function.label());
        self.function.jump(dispatch);
        let scopes = self.function.scopes.len();
        self.function.exits.push(Exits {
            break_to: end,
            continue_to: None,
            scopes,
        });
        self.function.switches.push(Cases {
            ty: Some(ty),
            ..Cases::default()
        });
        self.open_scope();
        let done = self.statement(&node.statement);
        self.close_scope();
        self.function.exits.pop();
        let cases = self.function.switches.pop().unwrap_or_default();
        done?;
        if self.function.reachable {
            self.function.jump(end);
        }
        self.function.place(dispatch);
        self.function.pos = span.start;
        self.dispatch(slot, cases, end);
        self.function.place(end);
        self.function.release(mark);
        Ok(())
    }

    /// Finds the case of a value.
    fn dispatch(&mut self, slot: Slot, mut cases: Cases, end: Label) {
        let unsigned = cases.ty.is_some_and(|ty| self.types.is_unsigned(ty));
        let other = cases.default.unwrap_or(end);
        cases
            .cases
            .sort_by_key(|&(low, _, _)| if unsigned { low ^ i64::MIN } else { low });
        self.search(slot, &cases.cases, unsigned, other);
        self.function.jump(other);
    }

    /// Binary search, down to a few comparisons.
    fn search(&mut self, slot: Slot, cases: &[(i64, i64, Label)], unsigned: bool, other: Label) {
        const FEW: usize = 6;
        if cases.len() > FEW {
            let (low, high) = cases.split_at(cases.len() / 2);
            if let Some(&(pivot, _, _)) = high.first() {
                let above = self.function.label();
                self.compare_and_branch(if unsigned { Cond::GeU } else { Cond::Ge }, slot, pivot, above);
                self.search(slot, low, unsigned, other);
                self.function.jump(other);
                self.function.place(above);
                return self.search(slot, high, unsigned, other);
            }
        }
        for &(low, high, label) in cases {
            if low == high {
                self.compare_and_branch(Cond::Eq, slot, low, label);
            } else {
                let skip = self.function.label();
                self.compare_and_branch(if unsigned { Cond::LtU } else { Cond::Lt }, slot, low, skip);
                self.compare_and_branch(if unsigned { Cond::LeU } else { Cond::Le }, slot, high, label);
                self.function.place(skip);
            }
        }
    }

    fn compare_and_branch(&mut self, cond: Cond, a: Slot, value: i64, label: Label) {
        let target = self.function.target(label);
        match i32::try_from(value) {
            Ok(imm) => self.emit(Instr::BranchImm { cond, a, imm, target }),
            Err(_) => {
                let b = self.slot(Operand::new(TypeId::LONG, Value::Int(value)));
                self.emit(Instr::Branch { cond, a, b, target });
            }
        }
    }

    fn labeled(&mut self, node: &LabeledStatement, span: Span) -> Result<()> {
        match &node.label.node {
            AstLabel::Identifier(name) => {
                let label = self.goto_label(&name.node.name, None, true, self.span(name.span))?;
                self.function.place(label);
            }
            AstLabel::Case(value) => {
                let at = self.span(value.span);
                let value = self.constant(value)?;
                self.add_case(value, value, at)?;
            }
            AstLabel::CaseRange(range) => {
                let at = self.span(range.span);
                let (low, high) = (self.constant(&range.node.low)?, self.constant(&range.node.high)?);
                self.add_case(low, high, at)?;
            }
            AstLabel::Default => {
                let label = self.function.label();
                self.function.place(label);
                match self.function.switches.last_mut() {
                    None => return fail(span, "'default' stands in no switch"),
                    Some(cases) if cases.default.is_some() => {
                        return fail(self.span(node.label.span), "this switch has two 'default'");
                    }
                    Some(cases) => cases.default = Some(label),
                }
            }
        }
        self.statement(&node.statement)
    }

    fn add_case(&mut self, low: i64, high: i64, at: Span) -> Result<()> {
        let label = self.function.label();
        self.function.place(label);
        let Some(ty) = self.function.switches.last().map(|cases| cases.ty) else {
            return fail(at, "'case' stands in no switch");
        };
        let kind = ty.and_then(|ty| self.types.int_kind(ty));
        let cut = |value: i64| kind.map_or(value, |kind| wrap(value, kind));
        let (low, high) = (cut(low), cut(high));
        let Some(cases) = self.function.switches.last_mut() else {
            return Ok(());
        };
        if cases.cases.iter().any(|&(from, to, _)| low <= to && from <= high) {
            return fail(
                at,
                format!("the value {low} has two 'case' labels in this switch"),
            );
        }
        cases.cases.push((low, high, label));
        Ok(())
    }

    fn goto_label(&mut self, name: &str, used: Option<Span>, defines: bool, span: Span) -> Result<Label> {
        if let Some(known) = self.function.gotos.get_mut(name) {
            if defines && known.defined {
                return fail(span, format!("the label '{name}' is there twice"));
            }
            known.defined |= defines;
            known.used = known.used.or(used);
            return Ok(known.label);
        }
        let label = self.function.label();
        self.function.gotos.insert(
            name.to_owned(),
            GotoLabel {
                label,
                used,
                defined: defines,
            },
        );
        Ok(label)
    }

    fn return_statement(&mut self, value: Option<&Node<Expression>>, span: Span) -> Result<()> {
        let ret = self.function.ret.unwrap_or(Ty::from(TypeId::VOID));
        let Some(node) = value else {
            if ret.id != TypeId::VOID {
                self.cx.warn(
                    span,
                    "'return' without a value in a function that returns one",
                    None,
                );
            }
            self.emit(Instr::Ret);
            self.function.reachable = false;
            return Ok(());
        };
        let at = self.span(node.span);
        let mark = self.function.mark();
        let operand = self.rvalue(node, None)?;
        if ret.id == TypeId::VOID {
            if operand.ty != TypeId::VOID {
                let name = self.function.name.clone();
                let message = format!("'return' with a value, but '{name}' returns nothing");
                let help =
                    "a function that returns a value is declared with its type instead of void".to_owned();
                self.cx.warn(at, message, Some(help));
            }
            self.emit(Instr::Ret);
        } else {
            let operand = self.assign_convert(operand, ret, Reason::Return, at, None)?;
            self.return_value(operand, ret);
        }
        self.function.release(mark);
        self.function.reachable = false;
        Ok(())
    }

    fn return_value(&mut self, operand: Operand, ret: Ty) {
        match self.function.ret_address {
            Some(address) if self.types.is_record(ret.id) => {
                self.store(
                    LValue {
                        ty: ret,
                        place: Place::Memory(address, 0),
                        bits: None,
                    },
                    operand,
                );
                self.emit(Instr::RetValue { src: address });
            }
            _ => {
                let src = self.slot(operand);
                self.emit(Instr::RetValue { src });
            }
        }
    }
}
