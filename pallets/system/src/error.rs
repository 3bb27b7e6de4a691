//! Errors of this pallet, in Substrate's order.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_support::{impl_module_error, pallets};

/// Why a call of this pallet failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_system", "frame_system"),
    replace_segment("error", "pallet"),
    capture_docs = "always"
)]
pub enum Error {
    /// The new code is another chain's runtime.
    InvalidSpecName,
    /// The new code's version is not higher than the current one.
    SpecVersionNeedsToIncrease,
    /// The new code is not a runtime: no Wasm, too large, without a version or without a required entry point.
    FailedToExtractRuntimeVersion,
    /// The account's record is not empty.
    NonDefaultComposite,
    /// Something still refers to the account.
    NonZeroRefCount,
    /// The chain does not allow this call.
    CallFiltered,
    /// A migration is under way.
    MultiBlockMigrationsOngoing,
    /// No upgrade was authorised.
    NothingAuthorized,
    /// The code is not the authorised one.
    Unauthorized,
}

impl_module_error!(Error, pallets::SYSTEM);
