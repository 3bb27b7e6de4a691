//! A fuzz target per decoder.

// The same small world that the chain's own tests are about.
#[path = "../../../chain/tests/it/fixture.rs"]
#[allow(dead_code, unused_imports, reason = "those tests use more of it")]
mod development_chain;

mod blocks;
mod metadata;
mod runtimes;
mod specs;
mod tries;
mod words;
