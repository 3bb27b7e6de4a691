//! Events of this pallet.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_primitives::AccountId20;
use ziver_support::DispatchError;

/// What happened.
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_sudo", "pallet_sudo"), replace_segment("event", "pallet"), capture_docs = "always")]
pub enum Event {
    /// A sudo call just took place.
    Sudid { sudo_result: Result<(), DispatchError> },
    /// The sudo key has been updated.
    KeyChanged { old: Option<AccountId20>, new: AccountId20 },
    /// The key was permanently removed.
    KeyRemoved,
    /// A call as another account just took place.
    SudoAsDone { sudo_result: Result<(), DispatchError> },
}
