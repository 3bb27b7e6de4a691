//! Code preparation: which modules are contracts, and how they are made to count their gas and stack.
//!
//! Consensus must not depend on an engine's own fuel, so the runtime writes the metering into the code once, at upload;
//! from then on every engine runs the same counting instructions (see
//! `docs/decisions/0017-gas-is-counted-in-the-code.md`).
//!
//! ```
//! # use ziver_contracts::code::{prepare, CodeError};
//! let module = wat::parse_str(r#"(module
//!     (memory 1) (func (export "call")) (func (export "deploy")))"#).unwrap();
//! let prepared = prepare(&module)?;
//! assert_eq!(prepared.memory_pages_max, 16);
//! # Ok::<(), CodeError>(())
//! ```
//!
//! **Accepted** is WebAssembly 1.0 with integers only, mutable globals, sign extension, `memory.copy` and
//! `memory.fill`; no start function; one memory, own or imported as `env.memory`; no other imports than functions of
//! [`imports`]; exported functions `call` and `deploy` without parameters and results; all within [`limits`]. Segments
//! lie within memory and table, so a prepared module always instantiates.
//!
//! **A prepared module** imports its functions as (`ziver`, number), the last one being (`ziver`, `0`), `exhausted`; it
//! exports exactly
//!
//! | export | |
//! |---|---|
//! | `call`, `deploy` | functions without parameters and results |
//! | `memory` | at most 16 pages: growth beyond its maximum fails within the module |
//! | `gas_left` | mutable i64, 0 in a new instance; before a call what it may use (0 or more), less what imports charge |
//! | `stack_left` | mutable i32, [`stack::LIMIT_UNITS`] in a new instance; what it was after a call that returns |
//! | `global_N` | each mutable global of the contract, `N` being its number: so a host can restore an instance |
//!
//! Other exports and custom sections are dropped, so an export that is called `memory` or `gas_left` disturbs nothing.
//!
//! **How it ends.** `exhausted(1)`: the next run of instructions, or the bytes or pages that its next instruction asks
//! for, cost more than was left. Nothing of that was done; `gas_left` is 0. `exhausted(2)`: a call does not fit on the
//! stack. `stack_left` is what was left before that call, and the callee's entry is paid for. Neither returns: the host
//! must stop the instance there (should it return all the same, the module traps). After a trap, and in an import that
//! never returns, `gas_left` already lacks the rest of the run, and `stack_left` what the open functions took: an
//! instance whose call did not return is not called again before all of its state has been restored.
//!
//! Out of scope: prices of imports, which the pallet charges; storage of the code.

use alloc::vec::Vec;

pub mod cost;
pub mod imports;
pub mod limits;
pub mod stack;

mod body;
mod error;
mod helpers;
mod lengths;
mod module;
mod operators;
mod write;

pub use error::CodeError;

/// A module that was accepted, and made to meter itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The module to store and to run.
    pub code: Vec<u8>,
    /// Ids of the [`imports`] that it uses, ascending, each once.
    pub imports: Vec<u16>,
    /// Pages of 64 KiB that its memory has in the beginning.
    pub memory_pages_min: u32,
    /// Pages of 64 KiB that its memory may grow to.
    pub memory_pages_max: u32,
    /// Functions that it defines, added ones included: compiling costs something for each.
    pub functions: u32,
}

/// Validates a module and makes it meter itself.
///
/// # Errors
/// [`CodeError`] says what is wrong with the module.
pub fn prepare(module: &[u8]) -> Result<Prepared, CodeError> {
    if module.len() > limits::MODULE_BYTES_MAX {
        return Err(CodeError::TooLarge);
    }
    lengths::check(module)?;
    let prepared = write::write(&module::Module::read(module)?);
    if prepared.code.len() > limits::prepared_bytes_max(module.len()) {
        Err(CodeError::PreparedTooLarge)
    } else {
        Ok(prepared)
    }
}

#[cfg(test)]
mod tests;
