//! The optimiser: a program that does the same with less.
//!
//! - [`fold`]: what is known is computed; branches that are never taken go.
//! - [`dead`]: statements that are never reached, and functions that nobody calls, go.
//! - [`reads`]: a cell that was read or written is not read again while nobody can have changed it.
//!
//! What reverts stays, with its message and in its order.

mod dead;
mod fold;
mod reads;

use super::Program;

/// Optimises a checked program.
pub fn optimise(program: &mut Program) {
    for function in &mut program.functions {
        fold::block(&mut function.body);
        dead::block(&mut function.body);
    }
    reads::reuse(program);
    dead::functions(program);
}

#[cfg(test)]
mod tests;
