//! The pallet that every other one stands on: accounts, events, block data, upgrades of the runtime.
//!
//! # Calls
//! `remark`, `remark_with_event`, `set_heap_pages`, `set_code`, `set_code_without_checks`, `set_storage`,
//! `kill_storage`, `kill_prefix`, `authorize_upgrade`, `authorize_upgrade_without_checks`,
//! `apply_authorized_upgrade`: see [`Call`].
//!
//! # Storage
//! Accounts: [`account::ACCOUNT`]. The block: [`block`]. Events: [`event`]. Upgrades: [`code`].
//!
//! # Events, errors, weights
//! [`Event`], [`Error`], [`weights`]; limits of a block: [`limits`].
//!
//! Other pallets use [`deposit_event`] and [`account::mutate`]; the runtime's executive uses [`block`] and
//! [`code::note_version`].
//!
//! Invariant: an account's record is written by [`account::put`] alone.
//! Invariant: what only the making of a block needs (extrinsics and their length, the event cursor) is gone from state at
//! the block's end; what clients read of it (events, weight, digest, number) stays until the next one begins.
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

pub mod account;
pub mod block;
pub mod call;
pub mod code;
pub mod error;
pub mod event;
pub mod limits;
pub mod metadata;
mod protected;
pub mod weights;

pub use account::{AccountData, AccountInfo};
pub use call::Call;
pub use error::Error;
pub use event::{Event, EventRecord, Phase, deposit_event, deposit_event_with_topics, extrinsic_index, record_event};
pub use metadata::metadata;
