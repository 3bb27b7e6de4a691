//! Storage items of this pallet: the one list.
//!
//! | item | key | value |
//! |---|---|---|
//! | `TotalIssuance` | | all money there is |
//! | `InactiveIssuance` | | the part of it that can't vote |
//! | `Holds` | account | list of holds, at most one a reason |
//! | `Freezes` | account | list of freezes, at most one a reason |

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use ziver_primitives::{AccountId20, Balance};
use ziver_support::{
    Pallet, pallets,
    storage::{Blake2_128Concat, StorageMap, StorageValue},
};

/// Why money is on hold or frozen: a pallet, and a code that it chose.
///
/// The encoding is that of Substrate's `RuntimeHoldReason`: the index of the pallet, then that of its reason.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Reason {
    /// Index of the pallet.
    pub pallet: u8,
    /// Which of its reasons.
    pub code: u8,
}

impl Reason {
    /// Reason `code` of `pallet`.
    pub const fn new(pallet: Pallet, code: u8) -> Self {
        Self { pallet: pallet.index, code }
    }
}

/// An amount under a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[scale_info(replace_segment("ziver_balances", "frame_support"), replace_segment("storage", "misc"))]
pub struct IdAmount {
    /// The reason.
    pub id: Reason,
    /// The amount, never zero.
    pub amount: Balance,
}

/// All money there is, in the smallest unit.
pub static TOTAL_ISSUANCE: StorageValue<Balance> = StorageValue::new(pallets::BALANCES.name, "TotalIssuance");
/// The part of all money that can't vote.
pub static INACTIVE_ISSUANCE: StorageValue<Balance> = StorageValue::new(pallets::BALANCES.name, "InactiveIssuance");
/// What of an account's `reserved` is held for which reason.
pub static HOLDS: StorageMap<Blake2_128Concat, AccountId20, Vec<IdAmount>> =
    StorageMap::new(pallets::BALANCES.name, "Holds");
/// Below what an account's total must not fall, for which reason; freezes overlap.
pub static FREEZES: StorageMap<Blake2_128Concat, AccountId20, Vec<IdAmount>> =
    StorageMap::new(pallets::BALANCES.name, "Freezes");

/// The amount under `id`, zero where there is none.
pub(crate) fn amount_of(list: &[IdAmount], id: Reason) -> Balance {
    list.iter().find(|entry| entry.id == id).map_or(0, |entry| entry.amount)
}

/// Sets the amount under `id`; zero removes the entry. `None` where that needs more than `max` entries.
pub(crate) fn with_amount(mut list: Vec<IdAmount>, id: Reason, amount: Balance, max: u32) -> Option<Vec<IdAmount>> {
    if amount == 0 {
        list.retain(|entry| entry.id != id);
    } else if let Some(entry) = list.iter_mut().find(|entry| entry.id == id) {
        entry.amount = amount;
    } else if u32::try_from(list.len()).is_ok_and(|len| len < max) {
        list.push(IdAmount { id, amount });
    } else {
        return None;
    }
    Some(list)
}
