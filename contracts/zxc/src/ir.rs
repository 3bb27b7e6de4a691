//! The typed intermediate representation (IR): what the checker lowers a contract to, what the reference interpreter runs,
//! and what the code generator turns into Wasm.
//!
//! A [`Program`] is one contract: its [`Types`], storage [`Cell`]s, [`Event`]s, [`Function`]s and [`Entry`] points. A function's
//! body is a list of structured [`Statement`]s over typed [`Expression`] trees: there are no jumps but `break`, `continue` and
//! `return`. Nothing is implied: every conversion stands there, every integer operation has one width, every expression
//! carries its type.
//!
//! # Meaning
//!
//! - **Values** have no identity: an assignment copies. A list that is changed in one variable stays as it was in all others.
//! - **Order**: operands are evaluated from left to right, each before the operation. An expression changes no local.
//!   [`Kind::Choose`] and [`Kind::Coalesce`] evaluate only the branch that they need.
//! - **Locals** begin as the zero of their type (0, false, empty, null, the first variant) when the function is entered.
//! - **Arithmetic** is checked: what does not fit reverts with the message of a [`Fault`]. Division truncates towards zero and
//!   the remainder has the sign of the dividend.
//! - **Revert** (a [`Statement::Revert`] or a [`Fault`]) leaves everything up to the nearest [`Statement::Guard`] around it,
//!   also in callers, and its handler gets the message. Without one the contract ends: all it did is undone by the chain.
//! - **Storage** is read and written as the statements say, in order: what the code generator saves must not be seen.
//!
//! # Usage
//!
//! Build types with [`Types`], expressions with the constructors of [`Expression`], functions with [`FunctionBuilder`]; put
//! them into a [`Program`]; [`check`] it. `ir/tests/` has a counter and a token built by hand.
//!
//! Out of scope: names, inference, modifiers, `view` and `pure`: the checker is done with them before it lowers.

pub mod build;
pub mod chain;
pub mod check;
pub mod event;
pub mod expand;
pub mod expression;
pub mod fault;
pub mod interpret;
pub mod layout;
pub mod limits;
pub mod optimise;
pub mod program;
pub mod statement;
pub mod storage;
pub mod types;
pub mod walk;

pub use build::FunctionBuilder;
pub use check::{CheckError, check};
pub use event::{Event, EventField};
pub use expand::expand;
pub use expression::{
    Binary, CallInput, CallKind, CallOutput, Comparison, Constant, Context, ContractCall, Creation, Expression, Hasher,
    Kind, Unary,
};
pub use fault::Fault;
pub use optimise::optimise;
pub use program::{CellId, Entry, EntryKind, EventId, Function, FunctionId, Local, LocalId, Program};
pub use statement::{Place, Projection, Statement};
pub use storage::{Cell, CellKind};
pub use types::{Integer, Shape, Type, TypeId, Types};

#[cfg(test)]
pub(crate) mod tests;
