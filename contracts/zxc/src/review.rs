//! What looks wrong in a contract though it compiles: the findings of `zxc verify`.
//!
//! It reads the syntax tree of a program that has been checked, so that each name means what it seems to. A finding is a
//! warning with a code from W0601 on. Each says something that holds: no guess on what the author meant, but a rule of safe
//! contracts that the code does not follow. Who means it so leaves it so.
//!
//! ```text
//! tree    what stands in an expression or statement
//! facts   what an action does, with all that it calls: writes, calls, who is asked for
//! order   what happens after a call that may come back
//! rules   the findings
//! ```
//!
//! Invariant: a file that does not parse has no findings, for its tree lacks what could not be read.
//! Out of scope: proofs, and anything that needs values.

mod facts;
mod order;
mod rules;
mod tree;

#[cfg(test)]
mod tests;

use crate::{
    diagnostics::Diagnostic,
    syntax::ast::{File, ItemKind},
};

/// The findings on the contracts of a file.
pub fn review(file: &File) -> Vec<Diagnostic> {
    if file.broken {
        return Vec::new();
    }
    let contracts = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Contract(contract) => Some(contract),
        _ => None,
    });
    contracts.flat_map(|contract| rules::findings(file, contract)).collect()
}
