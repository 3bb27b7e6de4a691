//! What functions do.

use super::{CellId, EventId, Expression, LocalId};

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// Stores a value. Indices in the place are evaluated and checked first, then the value.
    Assign(Place, Expression),
    /// Adds a value at the end of the list in a place; evaluated as an assignment is.
    Push(Place, Expression),
    /// Takes the last value from the list in a place and stores it in a local. Reverts with `EmptyList`.
    Pop(Place, Option<LocalId>),
    /// Evaluates an expression for its effect.
    Evaluate(Expression),
    /// Runs the first block if the condition is true, else the second.
    If(Expression, Vec<Statement>, Vec<Statement>),
    /// While the condition is true: runs `body`, then `step`. `continue` goes on with `step`, which has no `break` or `continue`
    /// of this loop.
    Loop {
        /// Evaluated before each round.
        condition: Expression,
        /// The round.
        body: Vec<Statement>,
        /// What is done between rounds.
        step: Vec<Statement>,
    },
    /// Leaves the innermost loop.
    Break,
    /// Goes on with the innermost loop's step.
    Continue,
    /// Leaves the function, with a value unless its result is [`Type::Unit`](super::Type::Unit). A function that ends without
    /// gives the zero of its result's type.
    Return(Option<Expression>),
    /// Reverts with a message (string).
    Revert(Expression),
    /// Runs `body`. If that reverts, `message` gets the message and `handler` runs. With `atomic`, what `body` did to the chain's
    /// state (its own storage, transfers, events, calls) is undone before; locals keep what they have in any case.
    Guard {
        /// What is tried.
        body: Vec<Statement>,
        /// Whether it is all or nothing.
        atomic: bool,
        /// A local of type string.
        message: Option<LocalId>,
        /// What is done when it reverted.
        handler: Vec<Statement>,
    },
    /// Emits an event with the values of its fields.
    Emit(EventId, Vec<Expression>),
    /// Writes a cell, given its keys; to a ledger, a new version. The keys are evaluated first.
    Write(CellId, Vec<Expression>, Expression),
    /// Clears a cell, given its keys. Not for ledgers.
    Clear(CellId, Vec<Expression>),
    /// Sends an amount (`u128`) to an account (address). Reverts with `TransferFailed`.
    Transfer(Expression, Expression),
    /// From here on the call may use at most so much gas (`u64`).
    LimitGas(Expression),
    /// A message (string) for those who debug: no effect on state.
    Debug(Expression),
    /// Makes the code with a hash the contract's own, from the next call on. Reverts with `NotCallable` if there is none.
    SetCode(Expression),
    /// Ends the contract; an account (address) gets what it has.
    Terminate(Expression),
}

/// Something that can be changed: a local or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The local.
    pub local: LocalId,
    /// The way from it to the part, outermost first.
    pub path: Vec<Projection>,
}

/// A step from a value to a part of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Projection {
    /// A tuple's element or a record's field.
    Field(u32),
    /// A list's element; any integer. Reverts with `IndexOutOfRange`.
    Element(Expression),
}

impl From<LocalId> for Place {
    fn from(local: LocalId) -> Self {
        Self { local, path: Vec::new() }
    }
}

impl Place {
    /// The field of what is in this place.
    pub fn field(mut self, index: u32) -> Self {
        self.path.push(Projection::Field(index));
        self
    }

    /// The element of the list in this place.
    pub fn element(mut self, index: Expression) -> Self {
        self.path.push(Projection::Element(index));
        self
    }
}
