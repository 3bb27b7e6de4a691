//! Runtimes of others on our host, our runtime on the host of others.

mod blocks;
// The same small world that the chain's own tests are about.
#[allow(dead_code, reason = "those tests use more of it")]
#[path = "../../../chain/tests/it/fixture.rs"]
mod development_chain;
mod foreign_host;
mod inherents;
mod own;
mod published;
mod specs;
