//! The chain's runtime, and beside its own entry points those of benchmarks (`entry`): calls of contracts without what surrounds
//! them in an extrinsic, and everything once more with an interpreter in the runtime (`interpreter`) in place of the host's sandbox.
//!
//! Natively this package is the compiled module: [`RUNTIME`]. For Wasm it is the runtime's source, which the build script compiles.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
extern crate alloc;

#[cfg(target_family = "wasm")]
mod entry;
#[cfg(target_family = "wasm")]
mod interpreter;

/// The runtime with the entry points of benchmarks.
#[cfg(not(target_family = "wasm"))]
pub const RUNTIME: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guest.wasm"));
