//! Fuzz targets: one for each decoder that takes bytes from outside. They are tests (`tests/it`); what is here is the damage
//! that is done to their input.
//!
//! Each begins with valid input and damages it (proptest makes up the damage, and makes it smaller where something fails), then
//! asserts what has to hold whatever comes: nothing panics, what is refused leaves no trace, what decodes encodes to the same.
//! `cargo test` runs each for a second; `docs/testing.md` says how to run one for hours.
//!
//! # Out of scope
//! The JSON-RPC server (`host/node/tests/clients/fuzz.test.mjs`), and what the node's own commands read: files of blocks, key
//! files, secrets (`fuzz.rs` beside each in `host/node/src`, which is a program and can't be imported). Sources in ZX
//! (`contracts/zxc/src/fuzz.rs`, which looks at what the compiler keeps to itself).
//!
//! Invariant: no crate imports this one, but for the tests of `host/node` and `contracts/zxc`.
#![forbid(unsafe_code)]

pub mod damage;
