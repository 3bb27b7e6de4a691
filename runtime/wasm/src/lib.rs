//! The compiled runtime: the Wasm blob of `ziver-runtime`, built by this crate's build script.
//!
//! `cargo build` is all it takes: the build script runs a second cargo for `wasm32v1-none` in a target folder of its own
//! (`wasm-blob` beside the profiles), so only the runtime itself is compiled again after a change. Where the standard
//! library for that target is missing, it calls `scripts/wasm-std.sh`.
//!
//! The bytes do not depend on where the checkout or the registry lies; a test builds twice and compares.
//!
//! Invariant: host crates reach the runtime through these bytes alone; this crate has no dependencies.

/// The runtime that a chain starts from.
pub const RUNTIME: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime.wasm"));

/// The next version of it: `spec_version` one higher, a constant changed, a call added, a storage migration.
#[cfg(feature = "upgraded")]
pub const UPGRADED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime-upgraded.wasm"));
