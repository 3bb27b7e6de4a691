//! What happens after a call that may come back: the order that re-entrancy makes use of.

use std::collections::BTreeSet;

use super::{
    facts::{Facts, locals_of},
    tree,
};
use crate::{
    source::Span,
    syntax::ast::{Action, Block, Expression, Statement, StatementKind},
};

/// A call, and the first write after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// The call.
    pub call: Span,
    /// The write.
    pub write: Span,
}

/// The first write of an action after a call that may come back.
pub fn late_write(facts: &Facts<'_>, action: &Action) -> Option<Late> {
    let locals = locals_of(action);
    let mut walk = Walk { facts, locals, call: None, late: None };
    walk.block(action.body.as_ref()?);
    walk.late
}

struct Walk<'a, 'b> {
    facts: &'b Facts<'a>,
    locals: BTreeSet<&'b str>,
    /// The call that may have happened.
    call: Option<Span>,
    late: Option<Late>,
}

impl Walk<'_, '_> {
    fn block(&mut self, block: &Block) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            for statement in &block.statements {
                self.statement(statement);
            }
        });
    }

    fn statement(&mut self, statement: &Statement) {
        for expression in tree::expressions(statement) {
            self.expression(expression);
        }
        let blocks = tree::blocks(statement);
        let loops = matches!(statement.kind, StatementKind::While { .. } | StatementKind::ForEach { .. });
        // A call at the end of a round comes before a write at the beginning of the next. Two rounds show it; loops in loops
        // would double that each time, so only a loop whose call is new is read twice.
        let before = self.call;
        let mut call = before;
        for block in &blocks {
            self.call = if loops { call } else { before };
            self.block(block);
            call = call.or(self.call);
        }
        if loops && before.is_none() && call.is_some() && self.late.is_none() {
            self.call = call;
            blocks.into_iter().for_each(|block| self.block(block));
        }
        self.call = self.call.or(call);
        self.write(self.facts.written_by(statement, &self.locals));
    }

    fn expression(&mut self, expression: &Expression) {
        let mut parts = Vec::new();
        tree::visit(expression, &mut |part| parts.push(part));
        for part in parts {
            self.write(self.facts.written_by_call(part, &self.locals));
            if let Some(name) = tree::own_call(part) {
                let doing = self.facts.of(name);
                self.write(doing.writes.map(|_| part.span));
                if doing.comes_back.is_some() {
                    self.call.get_or_insert(part.span);
                }
            }
            if tree::may_come_back(part) {
                self.call.get_or_insert(part.span);
            }
        }
    }

    fn write(&mut self, write: Option<Span>) {
        if let (None, Some(call), Some(write)) = (self.late, self.call, write) {
            self.late = Some(Late { call, write });
        }
    }
}
