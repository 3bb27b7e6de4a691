//! Utility: several calls in one transaction.
//!
//! # Purpose
//! One signature and one base fee for many calls, in order, as the same sender.
//!
//! # Calls
//! [`Call`]: `batch` stops at the first failure and keeps what was done; `batch_all` does all or nothing; `force_batch`
//! goes on after failures; `with_weight` runs a call as root under another weight. Names and indices are Substrate's.
//!
//! # Storage
//! None.
//!
//! # Events, errors, weights
//! [`Event`], [`Error`], [`weights`].
//!
//! Out of scope: derived accounts, dispatching as another account (`pallets/sudo` has that).
//!
//! Invariant: a contained call that fails has changed nothing.
//! Invariant: a batch has at most [`limits::BATCHED_CALLS_MAX`] calls, and calls contain calls at most
//! `ziver_support::ctx::CALL_DEPTH_MAX` levels deep; a deeper one fails, it does not exhaust the stack.
#![cfg_attr(not(feature = "std"), no_std)]
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
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec;
use scale_info::{TypeInfo, meta_type};
use ziver_support::{
    metadata::{ConstantMetadata, PalletMetadata},
    pallets,
};

pub mod call;
pub mod error;
pub mod event;
pub mod limits;
pub mod weights;

pub use call::Call;
pub use error::Error;
pub use event::Event;

/// The description of this pallet in a runtime whose calls are `C`.
pub fn metadata<C: TypeInfo + 'static>() -> PalletMetadata {
    let limit_docs = &["The limit on the number of batched calls."];
    PalletMetadata {
        pallet: pallets::UTILITY,
        calls: Some(meta_type::<Call<C>>()),
        event: Some(meta_type::<Event>()),
        error: Some(meta_type::<Error>()),
        storage: vec![],
        constants: vec![ConstantMetadata::new("batched_calls_limit", &limits::BATCHED_CALLS_MAX, limit_docs)],
        docs: &["Several calls in one transaction."],
    }
}

#[cfg(test)]
mod tests;
