//! Statements, but for those with blocks and for assignments.

use super::Flow;
use crate::{
    analysis::{
        Lowering, codes,
        frame::FrameKind,
        value::{Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{Expression, Kind, Statement, Type},
    source::Span,
    syntax::ast::{self, ExpressionKind, PatternKind, StatementKind},
};

impl<'w> Lowering<'w> {
    /// Lowers statements into the block that is being made.
    pub(in crate::analysis) fn statements(&mut self, statements: &'w [ast::Statement]) -> Flow {
        let mut flow = Flow::Goes;
        let mut reached = None;
        for statement in statements {
            if flow == Flow::Ends && reached.is_none() {
                reached = Some(self.frame.out.len());
                let diagnostic = Diagnostic::warning(codes::UNREACHABLE, "this is never reached");
                self.report(diagnostic.label(statement.span, "").help("remove it, or what leaves before it"));
            }
            let result = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.statement(statement));
            if result == Flow::Ends {
                flow = Flow::Ends;
            }
        }
        if let Some(length) = reached {
            self.frame.out.truncate(length);
        }
        flow
    }

    fn statement(&mut self, statement: &'w ast::Statement) -> Flow {
        let span = statement.span;
        self.at(span);
        match &statement.kind {
            StatementKind::Error => {}
            StatementKind::Let { pattern, ty, value } => self.let_statement(pattern, ty.as_ref(), value),
            StatementKind::Assign { target, operator, value } => self.assign(target, *operator, value),
            StatementKind::If { branches, otherwise } => return self.if_statement(branches, otherwise.as_ref()),
            StatementKind::While { condition, body } => return self.while_statement(condition, body),
            StatementKind::ForEach { pattern, list, body } => self.for_each(pattern, list, body),
            StatementKind::Break => return self.leave_loop(Statement::Break, "break", span),
            StatementKind::Continue => return self.leave_loop(Statement::Continue, "continue", span),
            StatementKind::Return(value) => {
                self.return_statement(value.as_ref(), span);
                return Flow::Ends;
            }
            StatementKind::Require { condition, message } => return self.require(condition, message.as_ref()),
            StatementKind::Revert { message } => {
                let message = self.message(message.as_ref());
                self.push(Statement::Revert(message));
                return Flow::Ends;
            }
            StatementKind::Emit { event, arguments } => self.emit(event, arguments, span),
            StatementKind::Tx { body, catch } => return self.tx(body, catch.as_ref()),
            StatementKind::Try { body, catch } => return self.guard(body, catch),
            StatementKind::Scope { word, arguments, body } => return self.scope(word, arguments, body),
            StatementKind::Limit(gas) => {
                let gas = self.typed(gas, Type::U64.into());
                self.frame.effects.read_outside(span, "this depends on the gas");
                self.push(Statement::LimitGas(gas));
            }
            StatementKind::Print(arguments) => self.print(arguments),
            StatementKind::Expression(expression) => return self.expression_statement(expression),
        }
        Flow::Goes
    }

    fn let_statement(&mut self, pattern: &'w ast::Pattern, ty: Option<&'w ast::Type>, value: &'w ast::Expression) {
        let place = self.frame.place;
        let value = match ty {
            Some(ty) => {
                let ty = self.ty(place, ty);
                let code = self.typed(value, ty);
                Value { ty, code }
            }
            None => {
                let hint = None;
                let found = self.value(value, hint);
                // A call may stand here for its effect alone: `let _ = this.f()`.
                if matches!(pattern.kind, PatternKind::Ignore) { found } else { self.inferred(found, value.span) }
            }
        };
        self.bind(pattern, value);
    }

    /// Gives the names of a pattern their values.
    pub(super) fn bind(&mut self, pattern: &'w ast::Pattern, value: Value) {
        match &pattern.kind {
            PatternKind::Error => {}
            PatternKind::Ignore => {
                if value.ty.known().is_some() {
                    self.push(Statement::Evaluate(value.code));
                }
            }
            PatternKind::Name(name) => {
                let local = self.variable(name, value.ty);
                if value.ty.known().is_some() {
                    self.push(Statement::set(local, value.code));
                }
            }
            PatternKind::Tuple(patterns) => self.bind_tuple(pattern.span, patterns, value),
        }
    }

    fn bind_tuple(&mut self, span: Span, patterns: &'w [ast::Pattern], value: Value) {
        let types = match value.ty {
            Ty::Value(Type::Tuple(_)) => self.program.types.fields(value.code.ty),
            _ => None,
        };
        let Some(types) = types.filter(|types| types.len() == patterns.len()) else {
            if value.ty != Ty::Error {
                let count = patterns.len();
                let message = format!("a pattern of {count} parts can't take apart {}", self.quote(value.ty));
                let help = match value.ty {
                    Ty::Value(Type::Record(_)) => "give the record a name, and write `name.field`",
                    Ty::Value(Type::Tuple(_)) => {
                        "write as many names as there are elements; `_` for those that nobody needs"
                    }
                    _ => "write one name",
                };
                self.report(Diagnostic::error(codes::PATTERN, message).label(span, "").help(help));
            }
            patterns.iter().for_each(|pattern| self.bind(pattern, Value::error()));
            return;
        };
        let whole = self.keep(value.code);
        for (index, (pattern, ty)) in patterns.iter().zip(types).enumerate() {
            if matches!(pattern.kind, PatternKind::Ignore) {
                continue;
            }
            let part = whole.clone().field(u32::try_from(index).unwrap_or(u32::MAX), &self.program.types);
            self.bind(pattern, Value { ty: ty.into(), code: part });
        }
    }

    fn leave_loop(&mut self, statement: Statement, word: &str, span: Span) -> Flow {
        if self.frame.loops == 0 {
            let diagnostic = Diagnostic::error(codes::OUTSIDE_LOOP, format!("`{word}` stands outside of a loop"));
            let help = if self.frame.scopes > 0 {
                "what is in `as` and `expect_revert` can't leave the loop around them"
            } else {
                "remove it; `return` leaves an action"
            };
            self.report(diagnostic.label(span, "").help(help));
            return Flow::Goes;
        }
        self.push(statement);
        Flow::Ends
    }

    fn return_statement(&mut self, value: Option<&'w ast::Expression>, span: Span) {
        let problem = |message: &str, span| Diagnostic::error(codes::RETURN, message.to_owned()).label(span, "");
        if self.frame.kind == FrameKind::Modifier {
            self.report(
                problem("a modifier can't return", span).help(
                    "a modifier runs before the action's body; `require` or `revert` keeps the action from running",
                ),
            );
            return;
        }
        match (value, self.frame.result) {
            (None, Ty::Value(Type::Unit) | Ty::Error) => {
                self.act_as_before();
                self.push(Statement::Return(None));
            }
            (None, result) => {
                let message = format!("the action's result is {}", self.quote(result));
                self.report(problem("`return` has no value", span).note(message).help("write `return value`"));
            }
            (Some(value), Ty::Value(Type::Unit)) => {
                let found = self.value(value, None);
                if matches!(found.ty, Ty::Value(Type::Unit)) {
                    self.push(Statement::Evaluate(found.code));
                    self.act_as_before();
                    self.push(Statement::Return(None));
                } else if found.ty != Ty::Error {
                    let help = match found.ty {
                        Ty::Value(ty) => {
                            format!("write `-> {}` behind the action's parameters, or remove the value", self.show(ty))
                        }
                        _ => "remove the value".to_owned(),
                    };
                    self.report(problem("`return` has a value, but the action has no result", value.span).help(help));
                }
            }
            (Some(value), result) => {
                let mut value = self.typed(value, result);
                if self.frame.acts_for.is_some() {
                    value = self.keep(value);
                }
                self.act_as_before();
                self.push(Statement::Return(Some(value)));
            }
        }
    }

    fn require(&mut self, condition: &'w ast::Expression, message: Option<&'w ast::Expression>) -> Flow {
        let checked = self.condition(condition);
        // The message is evaluated only when it is needed; so is what has to be done for it.
        let (before, message) = self.in_block(|lowering| lowering.message(message));
        if before.is_empty() {
            self.push(Statement::require(checked, message));
        } else {
            let revert = before.into_iter().chain([Statement::Revert(message)]).collect();
            self.push(Statement::If(checked, Vec::new(), revert));
        }
        let facts = self.facts(condition, true);
        self.frame.not_null.extend(facts);
        let never = matches!(super::expression::plain(condition).kind, ExpressionKind::Boolean(false));
        if never { Flow::Ends } else { Flow::Goes }
    }

    /// What a revert says; without a message, nothing.
    fn message(&mut self, message: Option<&'w ast::Expression>) -> Expression {
        match message {
            Some(message) => self.typed(message, Type::String.into()),
            None => Expression::string(""),
        }
    }

    fn emit(&mut self, event: &'w ast::Identifier, arguments: &'w [ast::Expression], span: Span) {
        self.frame.effects.write(span, "this emits an event");
        if self.frame.kind == FrameKind::Test {
            let diagnostic = Diagnostic::error(codes::TEST_WORD, "a test is no contract: it emits nothing");
            let help = "to look at what a contract emitted, write `emitted(Event(...))`";
            return self.report(diagnostic.label(span, "").help(help));
        }
        let Some(id) = self.find_event(&event.name) else {
            self.unknown_event(event);
            arguments.iter().for_each(|argument| {
                self.value(argument, None);
            });
            return;
        };
        let found = self.program.events[id.index()].clone();
        let types: Vec<Ty> =
            found.fields.iter().map(|field| if field.ty == Type::Unit { Ty::Error } else { field.ty.into() }).collect();
        let names: Vec<&str> = found.fields.iter().map(|field| field.name.as_str()).collect();
        let values = self.event_arguments(arguments, &types, span, &found.name, &names);
        self.push(Statement::Emit(id, values));
    }

    fn unknown_event(&mut self, name: &ast::Identifier) {
        if name.name.is_empty() {
            return;
        }
        let diagnostic = Diagnostic::error(codes::UNKNOWN_EVENT, format!("there is no event `{}`", name.name));
        let near = self.closest(&name.name, self.visible_events());
        let diagnostic = diagnostic.label(name.span, "");
        self.report(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => {
                diagnostic.help(format!("declare it: `event {}(indexed who: Address, amount: integer)`", name.name))
            }
        });
    }

    fn print(&mut self, arguments: &'w [ast::Expression]) {
        let mut parts = Vec::new();
        let values = self.in_order(arguments, |lowering, argument| {
            let value = lowering.value(argument, None);
            lowering.text_of(value, argument.span)
        });
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                parts.push(Expression::string(" "));
            }
            parts.push(value);
        }
        let message = match parts.len() {
            0 => Expression::string(""),
            1 => parts.remove(0),
            _ => Expression::new(Type::String, crate::ir::Kind::Concat(parts)),
        };
        self.push(Statement::Debug(message));
    }

    fn expression_statement(&mut self, expression: &'w ast::Expression) -> Flow {
        let value = self.value(expression, None);
        let plain = super::expression::plain(expression);
        let called = match &plain.kind {
            ExpressionKind::Call { callee, .. } => match &super::expression::plain(callee).kind {
                ExpressionKind::Name(name) => name.as_str(),
                _ => "",
            },
            // The parser has told that this does nothing.
            _ => "pop",
        };
        if let Ty::Value(ty) = value.ty
            && ty != Type::Unit
            && called != "pop"
            // A test looks at what is done, not always at what is answered.
            && self.frame.kind != FrameKind::Test
        {
            let diagnostic =
                Diagnostic::warning(codes::IGNORED, format!("nobody uses the result, {}", self.quote(value.ty)));
            let help = if ty == Type::Boolean {
                "write `require(...)` if it has to be true, or `let _ = ...`"
            } else {
                "write `let _ = ...` if that is meant"
            };
            self.report(diagnostic.label(expression.span, "").help(help));
        }
        // What is a statement of its own has been added already.
        let done = matches!(value.code.kind, Kind::Constant(_) | Kind::Local(_));
        if value.ty.known().is_some() && !done {
            self.push(Statement::Evaluate(value.code));
        }
        if called == "terminate" { Flow::Ends } else { Flow::Goes }
    }
}
