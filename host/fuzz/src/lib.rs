//! Fuzz targets: one for each decoder that takes bytes from outside. They are tests (`tests/it`); there is nothing else here.
//!
//! Each begins with valid input and damages it (proptest makes up the damage, and makes it smaller where something fails), then
//! asserts what has to hold whatever comes: nothing panics, what is refused leaves no trace, what decodes encodes to the same.
//! `cargo test` runs each for a second; `docs/testing.md` says how to run one for hours.
//!
//! # Out of scope
//! The JSON-RPC server (`host/rpc/tests/it/fuzz.rs`: nobody but the node may import it) and the files of blocks that the node
//! exports (`host/node`).
//!
//! Invariant: no crate imports this one.
#![forbid(unsafe_code)]
