//! Events of this pallet.
//!
//! Indices are those of Substrate's balances; events that nothing here emits (suspended, upgraded, locked, ...) leave a
//! gap.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance};
use ziver_support::{Ctx, pallets};

use crate::Reason;

/// Which part of a balance money goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(replace_segment("ziver_balances", "frame_support"), replace_segment("event", "traits"))]
pub enum BalanceStatus {
    /// To `free`.
    Free,
    /// To `reserved`.
    Reserved,
}

/// What happened to money.
#[allow(missing_docs, reason = "the fields are explained by their variants")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_balances", "pallet_balances"),
    replace_segment("event", "pallet"),
    capture_docs = "always"
)]
pub enum Event {
    /// An account was created with some free balance.
    #[codec(index = 0)]
    Endowed { account: AccountId20, free_balance: Balance },
    /// What was left of a balance was below the existential deposit and is lost.
    #[codec(index = 1)]
    DustLost { account: AccountId20, amount: Balance },
    /// Transfer succeeded.
    #[codec(index = 2)]
    Transfer { from: AccountId20, to: AccountId20, amount: Balance },
    /// A balance was set by root.
    #[codec(index = 3)]
    BalanceSet { who: AccountId20, free: Balance },
    /// Some balance was reserved (moved from free to reserved).
    #[codec(index = 4)]
    Reserved { who: AccountId20, amount: Balance },
    /// Some balance was unreserved (moved from reserved to free).
    #[codec(index = 5)]
    Unreserved { who: AccountId20, amount: Balance },
    /// Some balance was moved from the reserve of the first account to the second account.
    #[codec(index = 6)]
    ReserveRepatriated { from: AccountId20, to: AccountId20, amount: Balance, destination_status: BalanceStatus },
    /// Some amount was deposited (e.g. transaction fees).
    #[codec(index = 7)]
    Deposit { who: AccountId20, amount: Balance },
    /// Some amount was withdrawn from the account (e.g. for transaction fees).
    #[codec(index = 8)]
    Withdraw { who: AccountId20, amount: Balance },
    /// Some amount was removed from the account (e.g. for misbehaviour).
    #[codec(index = 9)]
    Slashed { who: AccountId20, amount: Balance },
    /// Some amount was minted into an account.
    #[codec(index = 10)]
    Minted { who: AccountId20, amount: Balance },
    /// Some amount was burned from an account.
    #[codec(index = 11)]
    Burned { who: AccountId20, amount: Balance },
    /// Total issuance was increased, to be given to accounts.
    #[codec(index = 15)]
    Issued { amount: Balance },
    /// Total issuance was decreased by an amount that was withdrawn or slashed before.
    #[codec(index = 16)]
    Rescinded { amount: Balance },
    /// Some balance was frozen.
    #[codec(index = 19)]
    Frozen { who: AccountId20, amount: Balance },
    /// Some balance was thawed.
    #[codec(index = 20)]
    Thawed { who: AccountId20, amount: Balance },
    /// Some balance was placed on hold.
    #[codec(index = 22)]
    Held { reason: Reason, who: AccountId20, amount: Balance },
    /// Some balance on hold was moved to another account.
    #[codec(index = 24)]
    TransferOnHold { reason: Reason, source: AccountId20, dest: AccountId20, amount: Balance },
    /// Some balance was released from hold.
    #[codec(index = 26)]
    Released { reason: Reason, who: AccountId20, amount: Balance },
}

/// Appends an event of this pallet.
pub(crate) fn announce(ctx: &mut Ctx, event: &Event) {
    ziver_system::deposit_event(ctx, pallets::BALANCES, event);
}
