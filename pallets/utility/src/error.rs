//! Errors of this pallet.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_support::{impl_module_error, pallets};

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_utility", "pallet_utility"),
    replace_segment("error", "pallet"),
    capture_docs = "always"
)]
pub enum Error {
    /// Too many calls batched.
    TooManyCalls,
}

impl_module_error!(Error, pallets::UTILITY);
