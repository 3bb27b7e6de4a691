//! Who calls whom.
//!
//! - **Reached** functions are called from an entry, directly or not: others are left out.
//! - **Recursive** functions can be active more than once: each activation gets its own frame from the arena. The frames of all
//!   others are at fixed addresses, after those of every function that may be active then.
//! - **Unwinding** functions may be active inside a guard: when they revert they return, with a status for their caller to see.
//!   All others end the call at once.

use std::collections::BTreeSet;

use crate::ir::{Expression, FunctionId, Kind, Program, Statement};

/// The facts about each function, by its index.
pub(super) struct Graph {
    callees: Vec<BTreeSet<usize>>,
    pub(super) reached: Vec<bool>,
    pub(super) recursive: Vec<bool>,
    pub(super) unwinding: Vec<bool>,
    /// Whether another function, not only an entry, calls it.
    pub(super) inner: Vec<bool>,
}

impl Graph {
    pub(super) fn new(program: &Program) -> Self {
        let callees: Vec<_> = program.functions.iter().map(|function| called(&function.body)).collect();
        let entries = program.entries.iter().map(|entry| entry.function).chain(program.fallback);
        let reached = reach(&callees, entries.map(FunctionId::index));
        let guarded = program.functions.iter().flat_map(|function| guarded(&function.body));
        let unwinding = reach(&callees, guarded);
        let recursive =
            (0..callees.len()).map(|index| reach(&callees, callees[index].iter().copied())[index]).collect();
        let mut inner = vec![false; callees.len()];
        callees.iter().flatten().for_each(|callee| inner[*callee] = true);
        Self { callees, reached, recursive, unwinding, inner }
    }

    /// Where frames of these sizes begin, counted from the first; recursive functions need no room. Also where the last ends.
    pub(super) fn frames(&self, sizes: &[u32], start: u32) -> (Vec<u32>, u32) {
        let mut bases = vec![start; sizes.len()];
        let mut work: Vec<usize> = (0..sizes.len()).collect();
        while let Some(caller) = work.pop() {
            let end = bases[caller].saturating_add(if self.recursive[caller] { 0 } else { sizes[caller] });
            for callee in &self.callees[caller] {
                if bases[*callee] < end {
                    bases[*callee] = end;
                    work.push(*callee);
                }
            }
        }
        let ends = bases.iter().zip(sizes).map(|(base, size)| base.saturating_add(*size));
        (bases.clone(), ends.max().unwrap_or(start).max(start))
    }
}

/// What is called from a block.
fn called(block: &[Statement]) -> BTreeSet<usize> {
    let mut callees = BTreeSet::new();
    let mut collect = |expression: &Expression| {
        if let Kind::Call(id, _) = &expression.kind {
            callees.insert(id.index());
        }
        false
    };
    block.iter().for_each(|statement| {
        statement.any_expression(&mut collect);
    });
    callees
}

/// What is called from inside the guards of a block.
fn guarded(block: &[Statement]) -> BTreeSet<usize> {
    let mut callees = BTreeSet::new();
    let mut collect = |statement: &Statement| {
        if let Statement::Guard { body, .. } = statement {
            callees.extend(called(body));
        }
        false
    };
    block.iter().for_each(|statement| {
        statement.any(&mut collect);
    });
    callees
}

fn reach(callees: &[BTreeSet<usize>], from: impl IntoIterator<Item = usize>) -> Vec<bool> {
    let mut reached = vec![false; callees.len()];
    let mut work: Vec<usize> = from.into_iter().collect();
    while let Some(index) = work.pop() {
        if !std::mem::replace(&mut reached[index], true) {
            work.extend(&callees[index]);
        }
    }
    reached
}
