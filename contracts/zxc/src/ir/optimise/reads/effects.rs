//! Which cells running something may change.

use std::collections::BTreeSet;

use crate::ir::{CallKind, CellId, Expression, Kind, Program, Statement};

/// The cells that may be written or cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Effects {
    /// Another contract is called: it may call back.
    everything: bool,
    cells: BTreeSet<CellId>,
}

/// The effects of all functions of a program.
pub(super) fn of(program: &Program) -> Vec<Effects> {
    let mut effects = vec![Effects::default(); program.functions.len()];
    // What functions do grows until all calls are in it.
    loop {
        let next: Vec<Effects> =
            program.functions.iter().map(|function| Effects::of_block(&function.body, &effects)).collect();
        if next == effects {
            return effects;
        }
        effects = next;
    }
}

impl Effects {
    pub(super) fn may_write(&self, cell: CellId) -> bool {
        self.everything || self.cells.contains(&cell)
    }

    pub(super) fn is_none(&self) -> bool {
        !self.everything && self.cells.is_empty()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.everything |= other.everything;
        self.cells.extend(&other.cells);
    }

    /// Of a block, given those of functions.
    pub(super) fn of_block(block: &[Statement], functions: &[Self]) -> Self {
        let mut effects = Self::default();
        for statement in block {
            match statement {
                Statement::Write(cell, ..) | Statement::Clear(cell, _) => {
                    effects.cells.insert(*cell);
                }
                _ => {}
            }
            statement.expressions().into_iter().for_each(|it| effects.add(&Self::of_expression(it, functions)));
            statement.blocks().into_iter().for_each(|it| effects.add(&Self::of_block(it, functions)));
        }
        effects
    }

    /// Of an expression, given those of functions.
    pub(super) fn of_expression(expression: &Expression, functions: &[Self]) -> Self {
        let mut effects = Self::default();
        expression.any(&mut |it| {
            match &it.kind {
                Kind::Call(id, _) => effects.add(&functions[id.index()]),
                Kind::Invoke(call) if call.kind == CallKind::Static => {}
                Kind::Invoke(_) | Kind::Create(_) => effects.everything = true,
                _ => {}
            }
            false
        });
        effects
    }
}
