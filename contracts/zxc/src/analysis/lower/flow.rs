//! Which optional variables are known not to be `null`.
//!
//! Behind `x != null` in a condition, in the block that it guards, and behind `require(x != null)`, a variable `x` of type `T?`
//! is read as a `T`, until something is assigned to it. Only variables: storage may change with every call.

use std::collections::BTreeSet;

use crate::{
    analysis::Lowering,
    ir::LocalId,
    syntax::ast::{self, BinaryOperator, Expression, ExpressionKind, StatementKind, UnaryOperator},
};

impl<'w> Lowering<'w> {
    /// The variables that are not null if `condition` is `holds`.
    pub(super) fn facts(&self, condition: &Expression, holds: bool) -> BTreeSet<LocalId> {
        let mut facts = BTreeSet::new();
        self.add_facts(condition, holds, &mut facts);
        facts
    }

    /// No deeper than the tree.
    fn add_facts(&self, condition: &Expression, holds: bool, facts: &mut BTreeSet<LocalId>) {
        match &condition.kind {
            ExpressionKind::Parenthesised(inner) => self.add_facts(inner, holds, facts),
            ExpressionKind::Unary { operator: UnaryOperator::Not, operand } => self.add_facts(operand, !holds, facts),
            ExpressionKind::Binary { left, operator, right } => match (operator, holds) {
                (BinaryOperator::And, true) | (BinaryOperator::Or, false) => {
                    self.add_facts(left, holds, facts);
                    self.add_facts(right, holds, facts);
                }
                (BinaryOperator::NotEqual, true) | (BinaryOperator::Equal, false) => {
                    let name = match (&super::expression::plain(left).kind, &super::expression::plain(right).kind) {
                        (ExpressionKind::Name(name), ExpressionKind::Null)
                        | (ExpressionKind::Null, ExpressionKind::Name(name)) => name,
                        _ => return,
                    };
                    facts.extend(self.frame.variables.get(name.as_str()).map(|variable| variable.local));
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Forgets what is known of the variables that something in `block` assigns to: before a loop, or after what may have been
    /// left half-way.
    pub(super) fn forget_assigned(&mut self, block: &ast::Block) {
        if self.frame.not_null.is_empty() {
            return;
        }
        let mut names = BTreeSet::new();
        assigned(block, &mut names);
        for name in names {
            if let Some(variable) = self.frame.variables.get(name) {
                self.frame.not_null.remove(&variable.local);
            }
        }
    }

    /// Lowers something with more known, and forgets that again.
    pub(super) fn knowing<T>(&mut self, facts: BTreeSet<LocalId>, lower: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.frame.not_null.clone();
        self.frame.not_null.extend(facts);
        let result = lower(self);
        self.frame.not_null = before;
        result
    }
}

/// The names of the variables that statements of `block` assign to.
fn assigned<'a>(block: &'a ast::Block, names: &mut BTreeSet<&'a str>) {
    for statement in &block.statements {
        match &statement.kind {
            StatementKind::Assign { target, .. } => targets(target, names),
            StatementKind::If { branches, otherwise } => {
                branches.iter().for_each(|branch| assigned(&branch.body, names));
                otherwise.iter().for_each(|block| assigned(block, names));
            }
            StatementKind::While { body, .. }
            | StatementKind::ForEach { body, .. }
            | StatementKind::Scope { body, .. } => {
                assigned(body, names);
            }
            StatementKind::Tx { body, catch } => {
                assigned(body, names);
                catch.iter().for_each(|catch| assigned(&catch.body, names));
            }
            StatementKind::Try { body, catch } => {
                assigned(body, names);
                assigned(&catch.body, names);
            }
            _ => {}
        }
    }
}

fn targets<'a>(target: &'a Expression, names: &mut BTreeSet<&'a str>) {
    match &target.kind {
        ExpressionKind::Name(name) => {
            names.insert(name);
        }
        ExpressionKind::Parenthesised(inner) => targets(inner, names),
        ExpressionKind::Tuple(elements) => elements.iter().for_each(|element| targets(element, names)),
        _ => {}
    }
}
