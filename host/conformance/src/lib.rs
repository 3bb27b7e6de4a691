//! Tests of the host as a Polkadot Host: other chains' runtimes on our executor, our runtime on an executor of others.
//!
//! There is nothing here but tests (`tests/it`). They are a crate of their own for `smoldot`, a light client whose executor
//! shares no code with ours: it runs the same blocks in an interpreter and must come to the same changes of the state.
//!
//! - `published` loads the raw chain specifications of published chains, checks their genesis hashes, and builds and
//!   executes an empty block on each, by our executor and by smoldot's. `scripts/chain-specs` fetches them.
//! - `own` lets smoldot execute the blocks of a development chain, an upgrade among them.
//!
//! # Out of scope
//! chopsticks, a third host for our runtime: it is tested with the other clients (`scripts/test-clients`).
//!
//! Invariant: no crate imports this one.
#![forbid(unsafe_code)]
