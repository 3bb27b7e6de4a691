//! The time: each block begins with one inherent that sets it.
//!
//! # Calls
//! `set(now)`: origin none, mandatory, once per block and as its first extrinsic (the runtime's executive sees to
//! that). `now` must be at least [`MINIMUM_PERIOD_MS`] after the time of the block before. Errors: [`Error`].
//!
//! # Storage
//! [`NOW`]: milliseconds since the Unix epoch. [`DID_UPDATE`]: only within a block.
//!
//! # Inherent
//! Identifier `timstap0`, a `u64` of milliseconds. [`create_inherent`] makes the call, [`check_inherent`] tells whether
//! a block's time is too far ahead of the checker's clock ([`DRIFT_MAX_MS`]).
//!
//! Out of scope: clocks. The time comes from the block's author.
//!
//! Invariant: [`NOW`] grows with each block.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::cast_lossless,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::arithmetic_side_effects,
        clippy::panic
    )
)]
#![forbid(unsafe_code)]
// Derived codecs cast the discriminants of their variants.
#![allow(clippy::cast_possible_truncation)]

extern crate alloc;

use alloc::{vec, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::{TypeInfo, meta_type};
use ziver_primitives::{
    Moment,
    inherents::{InherentData, TIMESTAMP},
};
use ziver_support::{
    Ctx, DispatchInfo, DispatchResultWithPostInfo, Dispatchable, Origin, PostDispatchInfo, impl_module_error,
    metadata::{ConstantMetadata, PalletMetadata},
    pallets,
    storage::StorageValue,
};

pub mod weights;

/// The least time between two blocks that a block may claim, in milliseconds. Less than [`PERIOD_DECLARED_MS`], so that a
/// development chain may seal a block for each transaction.
pub const MINIMUM_PERIOD_MS: Moment = 1;
/// The constant `MinimumPeriod` of the metadata, in milliseconds: half of the usual time between blocks. Nothing enforces
/// it. Clients double it to guess the time between blocks, from which they choose how long a transaction stays valid.
pub const PERIOD_DECLARED_MS: Moment = 1_000;
/// How far a block's time may be ahead of the checker's clock, in milliseconds.
pub const DRIFT_MAX_MS: Moment = 30_000;

/// The time of the block.
pub static NOW: StorageValue<Moment> = StorageValue::new(pallets::TIMESTAMP.name, "Now");
/// Whether the block has set the time; only within a block.
pub static DID_UPDATE: StorageValue<bool> = StorageValue::new(pallets::TIMESTAMP.name, "DidUpdate");

/// What can be called.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(replace_segment("ziver_timestamp", "pallet_timestamp"), capture_docs = "always")]
#[allow(non_camel_case_types, reason = "clients show the variants as names of functions")]
pub enum Call {
    /// Sets the time. Origin: none. Once per block.
    #[codec(index = 0)]
    set {
        /// Milliseconds since the Unix epoch.
        #[codec(compact)]
        now: Moment,
    },
}

/// Why a call of this pallet failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_timestamp", "pallet_timestamp"), capture_docs = "always")]
pub enum Error {
    /// The block has set the time already.
    AlreadySet,
    /// The time is not at least [`MINIMUM_PERIOD_MS`] after the block before.
    TooEarly,
}

impl_module_error!(Error, pallets::TIMESTAMP);

/// What is wrong with a block's time, for the checker; encoded as in Substrate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum InherentError {
    /// It is not at least [`MINIMUM_PERIOD_MS`] after the block before; wrong for ever.
    TooEarly,
    /// It is more than [`DRIFT_MAX_MS`] ahead; may be right later.
    TooFarInFuture,
}

impl InherentError {
    /// Whether the block must be refused; for us always.
    pub const fn is_fatal(self) -> bool {
        true
    }
}

impl Dispatchable for Call {
    fn dispatch_info(&self) -> DispatchInfo {
        DispatchInfo::mandatory(weights::set())
    }

    fn dispatch(self, ctx: &mut Ctx, origin: Origin) -> DispatchResultWithPostInfo {
        let Self::set { now } = self;
        origin.ensure_none()?;
        if DID_UPDATE.exists(ctx) {
            return Err(Error::AlreadySet.into());
        }
        if now < earliest(ctx) {
            return Err(Error::TooEarly.into());
        }
        NOW.set(ctx, &now);
        DID_UPDATE.set(ctx, &true);
        Ok(PostDispatchInfo::default())
    }
}

/// The earliest time that the next block may set. The first block may set any.
fn earliest(ctx: &Ctx) -> Moment {
    NOW.get(ctx).map_or(0, |before| before.saturating_add(MINIMUM_PERIOD_MS))
}

/// The time of the block; zero in genesis.
pub fn now(ctx: &Ctx) -> Moment {
    NOW.get_or_default(ctx)
}

/// At a block's end: whether it has set the time, which it must.
pub fn finalize(ctx: &mut Ctx) -> bool {
    DID_UPDATE.take(ctx).is_some()
}

/// The call that sets the author's time, or the earliest that is allowed where his clock is behind. `None` where `data`
/// holds no time.
pub fn create_inherent(ctx: &Ctx, data: &InherentData) -> Option<Call> {
    let now: Moment = data.find(TIMESTAMP)?;
    Some(Call::set { now: now.max(earliest(ctx)) })
}

/// Whether a block that sets `call` is right for a checker with `data`, on the state of the block before.
pub fn check_inherent(ctx: &Ctx, call: &Call, data: &InherentData) -> Result<(), InherentError> {
    let Call::set { now } = call;
    if data.find::<Moment>(TIMESTAMP).is_some_and(|clock| *now > clock.saturating_add(DRIFT_MAX_MS)) {
        return Err(InherentError::TooFarInFuture);
    }
    if *now < earliest(ctx) {
        return Err(InherentError::TooEarly);
    }
    Ok(())
}

/// What clients learn of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        pallet: pallets::TIMESTAMP,
        calls: Some(meta_type::<Call>()),
        event: None,
        error: Some(meta_type::<Error>()),
        storage: vec![
            NOW.metadata_with_default(&["The time of the block, in milliseconds since the Unix epoch."]),
            DID_UPDATE.metadata_with_default(&["Whether the block has set the time."]),
        ],
        constants: Vec::from([ConstantMetadata::new(
            "MinimumPeriod",
            &PERIOD_DECLARED_MS,
            &[
                "Half of the usual time between two blocks, in milliseconds.",
                "",
                "Not enforced: a development chain may make blocks one millisecond apart.",
            ],
        )]),
        docs: &["The time, set by an inherent in each block."],
    }
}

#[cfg(test)]
mod tests;
