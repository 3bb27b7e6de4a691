//! What clients learn of this pallet.

use alloc::vec;
use scale_info::meta_type;
use ziver_support::{
    metadata::{ConstantMetadata, PalletMetadata},
    pallets,
};

use crate::{
    Call, EXISTENTIAL_DEPOSIT, Error, Event, limits,
    storage::{FREEZES, HOLDS, INACTIVE_ISSUANCE, TOTAL_ISSUANCE},
};

/// The description of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        pallet: pallets::BALANCES,
        calls: Some(meta_type::<Call>()),
        event: Some(meta_type::<Event>()),
        error: Some(meta_type::<Error>()),
        storage: vec![
            TOTAL_ISSUANCE.metadata_with_default(&["All money there is, in the smallest unit."]),
            INACTIVE_ISSUANCE.metadata_with_default(&["The part of all money that can't vote."]),
            HOLDS.metadata_with_default(&["What of an account's reserved balance is held for which reason."]),
            FREEZES.metadata_with_default(&["Below what an account's total must not fall, for which reason."]),
        ],
        constants: vec![
            ConstantMetadata::new(
                "ExistentialDeposit",
                &EXISTENTIAL_DEPOSIT,
                &["The least that keeps an account alive."],
            ),
            ConstantMetadata::new("MaxHolds", &limits::HOLDS_MAX, &["How many holds an account may have."]),
            ConstantMetadata::new("MaxFreezes", &limits::FREEZES_MAX, &["How many freezes an account may have."]),
        ],
        docs: &["The money of accounts, what may be done with it, and how much of it there is."],
    }
}
