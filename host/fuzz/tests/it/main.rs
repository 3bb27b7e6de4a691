//! A fuzz target per decoder.

// The same small world that the chain's own tests are about.
#[path = "../../../chain/tests/it/fixture.rs"]
#[allow(dead_code, unused_imports, reason = "those tests use more of it")]
mod development_chain;

// The chain that the executor's tests run contracts on.
#[path = "../../../executor/tests/it/development.rs"]
#[allow(dead_code, reason = "those tests use more of it")]
mod development_contracts;

// The contract that the pallet's tests let do what they want.
#[path = "../../../../pallets/contracts/tests/it/puppet.rs"]
#[allow(dead_code, reason = "those tests use more of it")]
mod puppet;

/// What that needs of its own tests.
mod world {
    pub fn wat(text: &str) -> Vec<u8> {
        wat::parse_str(text).expect("the text is a module")
    }
}

mod blocks;
mod contracts;
mod metadata;
mod runtimes;
mod specs;
mod tries;
mod words;
