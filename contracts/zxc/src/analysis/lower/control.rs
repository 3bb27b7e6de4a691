//! Statements with blocks.

use num_bigint::BigInt;

use super::{Flow, expression::plain};
use crate::{
    analysis::{
        Lowering, codes,
        value::{Reference, Ty, Value},
    },
    diagnostics::Diagnostic,
    ir::{Binary, CellId, CellKind, Comparison, Expression, Integer, Kind, LocalId, Program, Statement, Type, Unary},
    source::Span,
    syntax::ast::{self, ExpressionKind, StatementKind},
};

/// Branches of one `if`: each becomes a level of nesting.
const BRANCHES_MAX: usize = 40;

/// What a loop goes through.
enum Items {
    /// The elements of a list.
    Elements,
    /// The entries of an `EnumerableMap`, by the list of its last keys.
    Entries {
        /// The map.
        cell: CellId,
        /// The keys before the last.
        around: Vec<Expression>,
        /// The type of a key with its value.
        entry: Type,
    },
}

impl Items {
    /// What the pattern is bound to, given an element of the list.
    fn item(&self, element: Expression, program: &Program) -> Value {
        match self {
            Self::Elements => element.into(),
            Self::Entries { cell, around, entry } => {
                let keys = around.iter().cloned().chain([element.clone()]).collect();
                let value = Expression::read(program, *cell, keys);
                Expression::tuple(*entry, vec![element, value]).into()
            }
        }
    }
}

impl<'w> Lowering<'w> {
    /// A block of its own. What is known of variables afterwards is known around it too.
    fn block(&mut self, block: &'w ast::Block) -> (Vec<Statement>, Flow) {
        self.in_block(|lowering| lowering.statements(&block.statements))
    }

    /// A condition.
    pub(super) fn condition(&mut self, condition: &'w ast::Expression) -> Expression {
        self.typed(condition, Type::Boolean.into())
    }

    pub(super) fn if_statement(&mut self, branches: &'w [ast::Branch], otherwise: Option<&'w ast::Block>) -> Flow {
        if branches.len() > BRANCHES_MAX {
            let message = format!("an `if` has more than {BRANCHES_MAX} branches");
            let span = branches.first().map_or(Span::default(), |branch| branch.condition.span);
            self.report(Diagnostic::error(codes::LIMIT, message).label(span, "").help("split it into several actions"));
            return Flow::Goes;
        }
        let Some((branch, others)) = branches.split_first() else {
            let Some(block) = otherwise else { return Flow::Goes };
            // Its variables end with it, though its statements stand in the block around.
            let (statements, flow) = self.block(block);
            self.frame.out.extend(statements);
            return flow;
        };
        let condition = self.condition(&branch.condition);
        let before = self.frame.not_null.clone();
        let facts = self.facts(&branch.condition, true);
        self.frame.not_null.extend(facts);
        let (then, then_flow) = self.block(&branch.body);
        let after_then = std::mem::replace(&mut self.frame.not_null, before);
        let facts = self.facts(&branch.condition, false);
        self.frame.not_null.extend(facts);
        let (other, other_flow) = self.in_block(|lowering| lowering.if_statement(others, otherwise));
        match (then_flow, other_flow) {
            (Flow::Ends, _) => {}
            (_, Flow::Ends) => self.frame.not_null = after_then,
            _ => self.frame.not_null.retain(|local| after_then.contains(local)),
        }
        self.push(Statement::If(condition, then, other));
        then_flow.either(other_flow)
    }

    pub(super) fn while_statement(&mut self, condition: &'w ast::Expression, body: &'w ast::Block) -> Flow {
        self.forget_assigned(body);
        let facts = self.facts(condition, true);
        let mark = self.mark();
        let checked = self.condition(condition);
        let before = self.take_since(mark);
        self.frame.loops += 1;
        let (statements, _) = self.knowing(facts, |lowering| lowering.block(body));
        self.frame.loops -= 1;
        let endless = matches!(plain(condition).kind, ExpressionKind::Boolean(true)) && !breaks(body);
        let (condition, body) = if before.is_empty() {
            (checked, statements)
        } else {
            // What has to be done for the condition is done in each round.
            let leave = Statement::If(checked.unary(Unary::Not), vec![Statement::Break], Vec::new());
            (Expression::boolean(true), before.into_iter().chain([leave]).chain(statements).collect())
        };
        self.push(Statement::Loop { condition, body, step: Vec::new() });
        if endless { Flow::Ends } else { Flow::Goes }
    }

    pub(super) fn for_each(&mut self, pattern: &'w ast::Pattern, list: &'w ast::Expression, body: &'w ast::Block) {
        let Some((list, items)) = self.looped(list) else { return self.skip_loop(pattern, body) };
        self.forget_assigned(body);
        let list = self.keep(list);
        let (index_local, index) = self.slot(Type::U32);
        let zero = || Expression::integer(Integer::U32, 0);
        self.push(Statement::set(index_local, zero()));
        self.frame.loops += 1;
        let known = self.frame.not_null.clone();
        let (body, _) = self.in_block(|lowering| {
            let element = list.clone().element(index.clone(), &lowering.program.types);
            let element = lowering.keep(element);
            let item = items.item(element, &lowering.program);
            lowering.bind(pattern, item);
            lowering.statements(&body.statements)
        });
        self.frame.not_null = known;
        self.frame.loops -= 1;
        let condition = index.clone().compare(Comparison::Less, list.length());
        let next = index.binary(Binary::Add, Expression::integer(Integer::U32, BigInt::from(1)));
        let step = vec![Statement::set(index_local, next)];
        self.push(Statement::Loop { condition, body, step });
    }

    /// The list that a loop goes through, and what it makes of an element. None, and a complaint, if there is none.
    fn looped(&mut self, list: &'w ast::Expression) -> Option<(Expression, Items)> {
        let (problem, help) = match self.reference(list, None) {
            Reference::Map(map) if self.program.cells[map.cell.index()].kind == CellKind::Enumerable => {
                let keys = self.last_keys(&map, list.span)?;
                let around: Vec<Expression> = map.keys.into_iter().map(|key| self.repeatable(key)).collect();
                let key = self.program.types.element(keys.ty).unwrap_or(Type::Unit);
                let value = self.program.cells[map.cell.index()].value;
                let entry = self.program.types.tuple(&[key, value]);
                return Some((keys, Items::Entries { cell: map.cell, around, entry }));
            }
            Reference::Map(_) => (
                "the keys of a `Map` are not known, so there is no loop over them".to_owned(),
                "declare it as an `EnumerableMap`",
            ),
            Reference::Value(value) => match value.ty {
                Ty::Value(Type::List(_) | Type::Bytes) => return Some((value.code, Items::Elements)),
                Ty::Error => return None,
                ty => (
                    format!("there is no loop over {}", self.quote(ty)),
                    match ty {
                        Ty::Value(Type::Integer(_)) => "to count, use `while`",
                        _ => "`for each` goes through lists, `bytes` and each `EnumerableMap`",
                    },
                ),
            },
        };
        self.report(Diagnostic::error(codes::NO_ELEMENTS, problem).label(list.span, "").help(help));
        None
    }

    /// Checks the body of a loop over nothing.
    fn skip_loop(&mut self, pattern: &'w ast::Pattern, body: &'w ast::Block) {
        self.frame.loops += 1;
        self.in_block(|lowering| {
            lowering.bind(pattern, Value::error());
            lowering.statements(&body.statements)
        });
        self.frame.loops -= 1;
    }

    /// `tx`: what reverts in it is undone as a whole. Without `catch` every revert goes on, and whoever catches it undoes more
    /// than this block; so it is a block like any other.
    pub(super) fn tx(&mut self, body: &'w ast::Block, catch: Option<&'w ast::Catch>) -> Flow {
        match catch {
            Some(catch) => self.guard(body, catch),
            None => {
                let (statements, flow) = self.block(body);
                self.frame.out.extend(statements);
                flow
            }
        }
    }

    /// `try` and `tx` with `catch`: what reverts in it is undone, and the handler goes on.
    pub(super) fn guard(&mut self, body: &'w ast::Block, catch: &'w ast::Catch) -> Flow {
        let before = self.frame.not_null.clone();
        let (tried, tried_flow) = self.block(body);
        let after_body = std::mem::replace(&mut self.frame.not_null, before);
        self.forget_assigned(body);
        let mut message: Option<LocalId> = None;
        let (handler, handler_flow) = self.in_block(|lowering| {
            if let Some(name) = &catch.name {
                message = Some(lowering.variable(name, Type::String.into()));
            }
            lowering.statements(&catch.body.statements)
        });
        match (tried_flow, handler_flow) {
            (_, Flow::Ends) => self.frame.not_null = after_body,
            (Flow::Ends, _) => {}
            _ => self.frame.not_null.retain(|local| after_body.contains(local)),
        }
        // Where nothing can be written, nothing has to be undone.
        let atomic = !self.frame.read_only;
        self.push(Statement::Guard { body: tried, atomic, message, handler });
        tried_flow.either(handler_flow)
    }

    /// All last keys of an `EnumerableMap`: a list. None, and a complaint, if it needs more keys before.
    pub(super) fn last_keys(&mut self, map: &crate::analysis::value::Map, span: Span) -> Option<Expression> {
        let cell = &self.program.cells[map.cell.index()];
        let (kind, key) = (cell.kind, cell.keys.last().copied());
        if kind != CellKind::Enumerable || cell.keys.len() != map.keys.len() + 1 {
            let diagnostic =
                Diagnostic::error(codes::MAP_VALUE, "the keys of this map can't be listed").label(span, "");
            self.report(diagnostic.help("only an `EnumerableMap` knows its keys; give the keys of the maps around it"));
            return None;
        }
        let list = self.program.types.list(key?);
        self.frame.effects.read(span, "this reads storage");
        self.frame.effects.cells_read.insert(map.cell);
        Some(Expression::new(list, Kind::Keys(map.cell, map.keys.clone())))
    }
}

/// Whether a `break` in `block` leaves the loop that it is the body of.
fn breaks(block: &ast::Block) -> bool {
    block.statements.iter().any(|statement| match &statement.kind {
        StatementKind::Break => true,
        StatementKind::If { branches, otherwise } => {
            branches.iter().any(|branch| breaks(&branch.body)) || otherwise.iter().any(breaks)
        }
        StatementKind::Tx { body, catch } => breaks(body) || catch.iter().any(|catch| breaks(&catch.body)),
        StatementKind::Try { body, catch } => breaks(body) || breaks(&catch.body),
        _ => false,
    })
}
