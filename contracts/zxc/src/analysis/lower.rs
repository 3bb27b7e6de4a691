//! Statements and expressions: names, types and code in one walk.
//!
//! An expression gives a value; what has to be done before (a `pop` within a sum) is added to the block that is being made.
//! Where that happens, the operands that were evaluated before are kept in locals, so that the order stays as written: see
//! [`order`]. What is known not to be `null` is in [`flow`].
//!
//! Depth: the parser bounds the tree, and each level takes its stack from `stacker`.

mod assign;
mod builtin;
mod call;
mod chain;
mod control;
mod convert;
mod expression;
mod external;
mod flow;
mod ledger;
mod literal;
mod operator;
mod order;
mod place;
mod record;
mod statement;
pub(super) mod testing;

/// Whether what follows a statement is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It may be.
    Goes,
    /// It never is.
    Ends,
}

impl Flow {
    /// Of two ways, one of which is taken.
    pub fn either(self, other: Self) -> Self {
        if self == Self::Ends && other == Self::Ends { Self::Ends } else { Self::Goes }
    }
}
