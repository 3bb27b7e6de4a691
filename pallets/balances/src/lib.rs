//! Balances: the money of accounts, what may be done with it, and how much of it there is.
//!
//! # Purpose
//! An account's money stands in its system record: `free`, `reserved` (on hold or reserved) and `frozen`. `free` is what
//! it may spend, except what freezes keep: `free + reserved` must not fall below `frozen` by spending. An account lives
//! while `free` is at least [`EXISTENTIAL_DEPOSIT`] or something else provides for it; what is left below that, with
//! nothing reserved, is dust and is burnt.
//!
//! # Calls
//! [`Call`]: `transfer_allow_death`, `force_transfer`, `transfer_keep_alive`, `transfer_all`, `force_unreserve`,
//! `force_set_balance`, `burn`; names, indices and fields are those of Substrate's balances.
//!
//! # For other pallets
//! [`transfer()`], [`mint`], [`burn`], [`withdraw`] and [`deposit`] (by [`Credit`]), [`hold()`], [`release`],
//! [`slash_held`], [`transfer_held`], [`reserve()`], [`unreserve`], [`slash_reserved`], [`repatriate_reserved`],
//! [`set_freeze`], [`extend_freeze`], [`thaw`], [`reducible_balance`], [`can_withdraw`], [`can_deposit`],
//! [`deactivate`], [`reactivate`].
//!
//! # Storage
//! `TotalIssuance`, `InactiveIssuance`, `Holds`, `Freezes` ([`storage`]); the rest is in `System.Account`.
//!
//! # Events, errors, weights
//! [`Event`], [`Error`], [`weights`].
//!
//! Out of scope: locks and named reserves (holds and freezes replace them), forcing the total issuance to a number
//! (call index 9 of Substrate): it would break the first invariant.
//!
//! Invariant: `TotalIssuance` equals the sum of `free + reserved` over all accounts, plus [`Credit`]s not yet used.
//! Invariant: a function or call that returns an error has written nothing.
//! Invariant: `frozen` of an account is the largest of its freezes; `reserved` is at least the sum of its holds.
//! Invariant: each list in `Holds` and `Freezes` has at most [`limits::HOLDS_MAX`] or [`limits::FREEZES_MAX`] entries.
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

pub mod call;
pub mod credit;
pub mod error;
pub mod event;
pub mod freeze;
pub mod genesis;
pub mod hold;
pub mod issuance;
mod ledger;
pub mod limits;
pub mod metadata;
pub mod reserve;
pub mod storage;
pub mod transfer;
pub mod weights;

pub use call::Call;
pub use credit::{Credit, deposit, destroy, issue, withdraw};
pub use error::Error;
pub use event::{BalanceStatus, Event};
pub use freeze::{extend_freeze, frozen_by, set_freeze, thaw};
pub use genesis::{GenesisError, genesis};
pub use hold::{Precision, held_by, hold, release, slash_held, transfer_held};
pub use issuance::{burn, deactivate, mint, reactivate, total_issuance};
pub use metadata::metadata;
pub use reserve::{repatriate_reserved, reserve, reserved_plain, slash_reserved, unreserve};
pub use storage::{IdAmount, Reason};
pub use transfer::{Existence, Freezing, can_deposit, can_withdraw, reducible_balance, transfer};

use ziver_primitives::{AccountId20, Balance};
use ziver_support::Ctx;

/// The least that keeps an account alive, in the smallest unit: a millionth of a ZIV.
///
/// It bounds how many accounts a sum of money can keep in state (10^6 a ZIV) and makes dust worth collecting. It is far
/// below the fee of the transfer that makes an account (`pallets/fees`), so it never decides whether somebody can join.
pub const EXISTENTIAL_DEPOSIT: Balance = 1_000_000_000_000;

/// The free balance of `who`.
pub fn free_balance(ctx: &Ctx, who: &AccountId20) -> Balance {
    ziver_system::account::get(ctx, who).data.free
}

/// Free and reserved balance of `who` together.
pub fn total_balance(ctx: &Ctx, who: &AccountId20) -> Balance {
    let data = ziver_system::account::get(ctx, who).data;
    data.free.saturating_add(data.reserved)
}

#[cfg(test)]
mod tests;
