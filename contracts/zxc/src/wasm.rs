//! The code generator: from a checked program to the bytes of a Wasm module.
//!
//! ```text
//! let module: Vec<u8> = wasm::generate(&program)?;
//! ```
//!
//! The module imports the chain's functions and its memory, and exports `call` and `deploy`. It has MVP instructions, sign
//! extension and `memory.copy`/`fill`, and neither floats nor tables. The same program always gives the same bytes.
//!
//! # Memory
//!
//! ```text
//! 0        fixed places of the prelude (prelude/memory.wat)
//! 2560     constants and buffers: storage keys with their roots, topics            = the data segment
//!          frames: variables in memory and slots for intermediate results, each function's at a fixed address
//!          the input of the call: arguments are used where they are
//!          the arena: strings, lists, everything of unknown size; it only grows, and is reset when nothing points into it
//! ```
//!
//! A function that may be active twice gets its frames from the arena instead. When the arena is full, memory grows, up to 16
//! pages; then the call reverts, and no guard can catch that.
//!
//! # Functions
//!
//! A function of the program is one of the module, with a parameter for each parameter and, if the result is in memory, one
//! before them for its address. [`function`] says how values are held, [`prelude`] what the code calls.
//!
//! A revert ends the call at once with `seal_return`. Only in functions that may run inside a guard it sets a status and returns,
//! and callers look at the status.
//!
//! Out of scope: gas (the chain counts it), metadata.

mod arena;
mod assigned;
mod calls;
mod code;
mod codec;
mod convert;
mod entry;
mod event;
mod expression;
mod function;
mod graph;
mod integer;
mod memory;
mod module;
mod owning;
mod prelude;
mod sequence;
mod statement;
mod storage;

use crate::ir::{CheckError, Program, check, expand, optimise};

/// Why a program has no module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenerateError {
    /// It is not what it should be.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The chain would not take the module.
    #[error("{subject}: more than {max} {what}")]
    TooLarge {
        /// The function or contract.
        subject: String,
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        max: usize,
    },
}

/// Makes the module of a contract.
///
/// # Errors
///
/// The program is not well typed (an error of what lowered it), or too large for the chain.
pub fn generate(program: &Program) -> Result<Vec<u8>, GenerateError> {
    check(program)?;
    let mut program = expand(program);
    optimise(&mut program);
    module::Module::new(&program).generate()
}

#[cfg(test)]
pub(crate) mod tests;
