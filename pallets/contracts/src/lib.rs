//! Contracts: Wasm modules that anybody uploads, run by the host at native speed under the rules of this pallet.
//!
//! # Purpose
//! Code is uploaded once ([`upload`]): validated, and rewritten so that it counts its own gas and stack ([`code`]). Any number
//! of contracts are made from it ([`create`]), each with an address, money and storage. A call ([`exec`]) runs in a frame, in
//! the host's sandbox; what the contract imports comes back here ([`imports`]), where every rule and price is. Storage is
//! paid for by deposits ([`deposit`]).
//!
//! # Calls
//! [`Call`]: `upload_code`, `remove_code`, `set_code`, `call`, `instantiate_with_code`, `instantiate`, `set_owner`. Names, indices
//! and fields but for the last are those of Substrate's contracts pallet. Questions without a transaction: [`api`].
//!
//! # Storage
//! [`storage`] lists it.
//!
//! # Events, errors, weights
//! [`Event`], [`Error`], [`weights`]; gas prices: [`prices`], [`code::cost`].
//!
//! Out of scope: running code (the host's sandbox does that), the language that contracts are written in, receipts and logs
//! (the host makes them from events).
//!
//! Invariant: no module, however malformed, makes [`code::prepare`] panic or take more than its limits allow.
//! Invariant: a frame that reverts or fails leaves state as it was before, but for the gas that it used.
//! Invariant: what is on hold on a contract's account for storage is the sum of the deposits in its record.
//! Invariant: a code's `refcount` is the number of contracts that have it.
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

pub mod api;
pub mod call;
pub mod code;
pub mod create;
pub mod deposit;
pub mod error;
pub mod event;
pub mod exec;
pub mod imports;
pub mod limits;
pub mod metadata;
pub mod prices;
pub mod storage;
pub mod upload;
pub mod weights;

pub use call::Call;
pub use error::Error;
pub use event::Event;
pub use metadata::metadata;

/// The beginning of a block: it has no logs yet.
pub fn on_initialize(ctx: &mut ziver_support::Ctx) {
    storage::LOGS_BLOOM.clear(ctx);
}

/// The end of a block: removes some of what contracts that ended have stored.
pub fn on_finalize(ctx: &mut ziver_support::Ctx) {
    let removed = create::delete_cells(ctx, limits::DELETED_CELLS_MAX);
    if removed > 0 {
        ziver_system::block::note_mandatory(ctx, weights::DELETE_CELL.saturating_mul(removed.into()));
    }
}
