//! The executor from outside: runtimes written in the WebAssembly text format, called on states in memory.

// Contracts that the pallet's tests use, in an interpreter.
#[path = "../../../../pallets/contracts/tests/it/bank.rs"]
mod bank;
#[path = "../../../../pallets/contracts/tests/it/puppet.rs"]
#[allow(dead_code, reason = "those tests use more of it")]
mod puppet;

/// What they need of their own tests.
mod world {
    pub fn wat(text: &str) -> Vec<u8> {
        wat::parse_str(text).expect("the text is a module")
    }
}

mod bombs;
mod cache;
mod calls;
mod contracts;
mod development;
mod guest;
mod host_api;
mod hostile;
mod hot;
mod limits;
mod proofs;
mod real;
mod reuse;
mod signatures;
mod storage;
mod versions;
