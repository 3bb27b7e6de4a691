//! Events of this pallet.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_support::DispatchError;

/// What happened.
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_utility", "pallet_utility"),
    replace_segment("event", "pallet"),
    capture_docs = "always"
)]
pub enum Event {
    /// Batch of dispatches did not complete fully. Index of first failing dispatch given, as well as the error.
    BatchInterrupted { index: u32, error: DispatchError },
    /// Batch of dispatches completed fully with no error.
    BatchCompleted,
    /// Batch of dispatches completed but has errors.
    BatchCompletedWithErrors,
    /// A single item within a Batch of dispatches has completed with no error.
    ItemCompleted,
    /// A single item within a Batch of dispatches has completed with error.
    ItemFailed { error: DispatchError },
}
