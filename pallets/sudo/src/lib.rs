//! Sudo: one key that may do anything, for development chains and the first days of a chain.
//!
//! # Purpose
//! The key's holder runs any call as root, or as any account. Root (governance) may use every call here as well. A
//! chain without a key has no sudo.
//!
//! # Calls
//! [`Call`]: `sudo`, `sudo_unchecked_weight`, `set_key`, `sudo_as`, `remove_key`; names and indices are Substrate's. Each
//! is free of charge when it succeeds; anybody else pays for trying.
//!
//! # Storage
//! `Key`: the account of the key, where there is one.
//!
//! # Events, errors, weights
//! [`Event`], [`Error`], [`weights`].
//!
//! Out of scope: which calls a root may make; keeping others from sending these calls (they only waste their fee).
//!
//! Invariant: a contained call that fails has changed nothing, and its error is in the event, not in the result.
//! Invariant: only the key's holder and root get past the first line of any call.
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
use ziver_primitives::AccountId20;
use ziver_support::{Ctx, metadata::PalletMetadata, pallets, storage::StorageValue};

pub mod call;
pub mod error;
pub mod event;
pub mod weights;

pub use call::Call;
pub use error::Error;
pub use event::Event;

/// The account of the key.
pub static KEY: StorageValue<AccountId20> = StorageValue::new(pallets::SUDO.name, "Key");

/// Sets the first key, if there is to be one.
pub fn genesis(ctx: &mut Ctx, key: Option<AccountId20>) {
    if let Some(key) = key {
        KEY.set(ctx, &key);
    }
}

/// The description of this pallet in a runtime whose calls are `C`.
pub fn metadata<C: TypeInfo + 'static>() -> PalletMetadata {
    PalletMetadata {
        pallet: pallets::SUDO,
        calls: Some(meta_type::<Call<C>>()),
        event: Some(meta_type::<Event>()),
        error: Some(meta_type::<Error>()),
        storage: vec![KEY.metadata(&["The account of the key."])],
        constants: vec![],
        docs: &["One key that may do anything, for development chains."],
    }
}

#[cfg(test)]
mod tests;
