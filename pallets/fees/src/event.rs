//! Events of this pallet.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance};

/// What happened.
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_fees", "pallet_transaction_payment"),
    replace_segment("event", "pallet"),
    capture_docs = "always"
)]
pub enum Event {
    /// A transaction fee `actual_fee`, of which `tip` was added to the minimum inclusion fee, has been paid by `who`.
    TransactionFeePaid { who: AccountId20, actual_fee: Balance, tip: Balance },
}
