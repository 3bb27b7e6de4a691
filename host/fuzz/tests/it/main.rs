//! A fuzz target per decoder.

// The same small world that the chain's own tests are about.
#[allow(dead_code, reason = "those tests use more of it")]
#[path = "../../../chain/tests/it/fixture.rs"]
mod development_chain;

mod blocks;
mod damage;
mod metadata;
mod runtimes;
mod specs;
mod tries;
mod words;
