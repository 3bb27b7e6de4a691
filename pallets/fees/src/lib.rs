//! Fees: what a transaction costs, who pays it and who gets it. Clients know this pallet as `TransactionPayment`.
//!
//! # Purpose
//! A transaction that pays costs
//!
//! > base fee + length fee + weight fee x multiplier + tip
//!
//! The prices are round: one ZIV for a second of computation on the reference machine, one ZIV for a megabyte (10^6
//! bytes). The base fee is the price of what each extrinsic takes beside its call. A transfer (about 150 bytes) so
//! costs some 0.0003 ZIV at multiplier 1, and a block full of bytes about 4 ZIV.
//!
//! The multiplier follows the fullness of blocks ([`multiplier`]). The full announced fee is taken before the call runs
//! and must leave the existential deposit: a fee never ends an account. What the call did not take is given back
//! ([`charge`]). The author gets fee and tip; a share of the fee, none by default, is burnt.
//!
//! # Calls
//! None. Queries of clients: [`query`]. Order in the pool: [`priority()`].
//!
//! # Storage
//! `NextFeeMultiplier`, `BurnShare` ([`storage`]).
//!
//! # Events, errors, weights
//! [`Event`]; no errors: who can't pay gets `InvalidTransaction::Payment`. The weight of charging is part of the base.
//!
//! Out of scope: who signed a transaction, how long it is and who the author is: the executive says so.
//!
//! Invariant: money is neither made nor lost here: what is taken from the payer is what is refunded, what the author
//! gets and what is burnt.
//! Invariant: what is kept is never more than what [`query::info`] said before, plus the tip.
//! Invariant: the multiplier stays within [`multiplier::MULTIPLIER_MIN`] and [`multiplier::MULTIPLIER_MAX`].
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

pub mod charge;
pub mod event;
pub mod fixed;
pub mod genesis;
pub mod metadata;
pub mod multiplier;
pub mod price;
pub mod priority;
pub mod query;
pub mod storage;

pub use charge::{Charge, check, settle, withdraw};
pub use event::Event;
pub use fixed::FixedU128;
pub use genesis::{GenesisError, genesis};
pub use metadata::metadata;
pub use multiplier::on_finalize;
pub use price::{FeeDetails, InclusionFee};
pub use priority::priority;
pub use query::RuntimeDispatchInfo;

#[cfg(test)]
mod tests;
