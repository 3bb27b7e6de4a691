//! The compiler of ZX, Ziver's contract language: from source text to a Wasm module with its metadata.
//!
//! Every stage is a pure function from its input to a result and a list of diagnostics:
//!
//! - `source`, `diagnostics`: the text, places in it, and what is said about them;
//! - `syntax`: text to tokens to a syntax tree, and back to text (the formatter);
//! - `analysis`: names and types, and the lowering of the tree to the intermediate representation;
//! - `ir`: the typed intermediate representation, its optimiser and its reference interpreter;
//! - `wasm`: the code generator;
//! - `review`: what looks wrong though it compiles;
//! - `testing`: what a compiled test and its runner say to each other;
//! - `metadata`: what clients read, in the format of ink! 5;
//! - `compile`: all of them in a row. The command line around it is `contracts/cli`.
//!
//! Out of scope: running contracts (that is the chain's runtime), and anything beyond the words of the ABI that the chain
//! and a contract share.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod compile;
pub mod diagnostics;
pub mod ir;
pub mod limits;
pub mod metadata;
pub mod review;
pub mod source;
pub mod syntax;
pub mod testing;
pub mod wasm;

#[cfg(test)]
mod fuzz;
