//! Runs the Wasm runtime: wasmtime, the Polkadot Host API, and what keeps both within bounds.
//!
//! # Usage
//! One [`Executor`] serves a node. [`Executor::call`] takes the code (from the state that the call is about), an entry
//! point, its input, and an [`Overlay`](ziver_state::Overlay) that the runtime reads and writes; each call runs in a fresh
//! instance. [`Executor::prepare`] compiles code ahead, [`Executor::validate`] says whether code may become a runtime.
//!
//! # The pieces
//! - `host`: the functions that runtimes import; `recover` and `allocator` are two of them that have a life of their own.
//! - `code`: what is known of a blob before it is compiled; `engine`: how it is compiled; `cache`: what is kept.
//! - `sandbox`: contracts, run natively for the runtime.
//! - `instance`: one call. `hints`: what its caller knows already. `limits`: every limit. `error`: what can go wrong.
//!
//! # Out of scope
//! What entry points mean, which state a call is about, what is done with its changes: the chain's business.
//!
//! Invariant: a runtime that loops, recurses, traps, lies about pointers or grabs memory ends its call, nothing else.
//! Invariant: the result of a call depends on code, input and state; not on the compiler, the caches, or the machine.
//! Invariant: this crate knows no pallet and no runtime.
#![deny(unsafe_code)]

mod allocator;
mod cache;
mod code;
mod engine;
mod error;
mod executor;
mod hints;
mod host;
mod instance;
pub mod limits;
pub mod recover;
mod sandbox;

pub use cache::ModuleFigures;
pub use code::REQUIRED_ENTRY_POINTS;
pub use error::{CallError, InvalidCode, StartError};
pub use executor::{CompileStrategy, Executor, ExecutorConfig};
pub use hints::{Hints, ListRoot};
pub use limits::Limits;
pub use recover::Ahead;
pub use ziver_primitives::RuntimeVersion;
pub use ziver_state::{Overlay, RuntimeCode};
