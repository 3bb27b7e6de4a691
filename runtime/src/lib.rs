//! The runtime: what a block does to the state. Composes the pallets; compiled to Wasm it is the chain's code.
//!
//! A transaction's way: [`extrinsic`] (bytes) -> [`validity`] (may it be included?) -> [`executive`] (the block's life)
//! -> [`call`] (one `match`) -> a pallet -> events ([`event`]). The host comes in through [`api`]; clients read
//! [`metadata`]; a chain begins with [`genesis`] and changes its runtime with [`upgrade`].
//!
//! Natively this is a library for tests, over a state in memory; `runtime/wasm` builds the blob.
//!
//! Out of scope: the host, and what a pallet does.
//!
//! Invariant: an extrinsic that may not be included leaves no trace; one that fails leaves nonce, fee and events alone.
//! Invariant: answers depend on state and arguments alone.
#![no_std]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::arithmetic_side_effects,
        clippy::panic
    )
)]

extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(any(test, target_family = "wasm"))]
mod alignment;
pub mod api;
pub mod call;
#[cfg(any(test, target_family = "wasm"))]
mod copy;
#[cfg(target_family = "wasm")]
mod entry;
pub mod event;
pub mod executive;
pub mod extrinsic;
pub mod genesis;
#[cfg(test)]
mod harness;
#[cfg(any(test, target_family = "wasm"))]
mod heap;
pub mod metadata;
pub mod upgrade;
pub mod validity;
pub mod version;

pub use call::RuntimeCall;
pub use event::{RuntimeError, RuntimeEvent};
