//! What is never reached.

use crate::ir::walk::diverges;
use crate::ir::{Expression, FunctionId, Kind, Program, Statement};

/// Removes what follows a statement that is never left.
pub(super) fn block(block: &mut Vec<Statement>) {
    if let Some(last) = block.iter().position(|statement| diverges(std::slice::from_ref(statement))) {
        block.truncate(last + 1);
    }
    for statement in block {
        statement.blocks_mut().into_iter().for_each(self::block);
    }
}

/// Removes functions that no entry calls, directly or not.
pub(super) fn functions(program: &mut Program) {
    let mut reached = vec![false; program.functions.len()];
    let mut work: Vec<FunctionId> =
        program.entries.iter().map(|entry| entry.function).chain(program.fallback).collect();
    while let Some(id) = work.pop() {
        if std::mem::replace(&mut reached[id.index()], true) {
            continue;
        }
        let mut collect = |expression: &Expression| {
            if let Kind::Call(callee, _) = &expression.kind {
                work.push(*callee);
            }
            false
        };
        for statement in &program.functions[id.index()].body {
            statement.any_expression(&mut collect);
        }
    }
    let mut ids = Vec::with_capacity(reached.len());
    let mut next = 0;
    for reached in &reached {
        ids.push(FunctionId(next));
        next += u32::from(*reached);
    }
    let mut reached = reached.into_iter();
    program.functions.retain(|_| reached.next().unwrap_or_default());
    for entry in &mut program.entries {
        entry.function = ids[entry.function.index()];
    }
    program.fallback = program.fallback.map(|id| ids[id.index()]);
    for function in &mut program.functions {
        function.body.iter_mut().for_each(|statement| rename(statement, &ids));
    }
}

fn rename(statement: &mut Statement, ids: &[FunctionId]) {
    statement.expressions_mut().into_iter().for_each(|expression| rename_in(expression, ids));
    statement.blocks_mut().into_iter().flatten().for_each(|statement| rename(statement, ids));
}

fn rename_in(expression: &mut Expression, ids: &[FunctionId]) {
    if let Kind::Call(callee, _) = &mut expression.kind {
        *callee = ids[callee.index()];
    }
    expression.children_mut().into_iter().for_each(|child| rename_in(child, ids));
}
