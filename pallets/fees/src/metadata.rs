//! What clients learn of this pallet.

use alloc::vec;
use scale_info::meta_type;
use ziver_support::{
    metadata::{ConstantMetadata, PalletMetadata},
    pallets,
};

use crate::{
    Event,
    price::{FEE_PER_BYTE, FEE_PER_PICOSECOND},
    priority::OPERATIONAL_FEE_MULTIPLIER,
    storage::{BURN_SHARE, NEXT_FEE_MULTIPLIER},
};

/// The description of this pallet.
pub fn metadata() -> PalletMetadata {
    PalletMetadata {
        pallet: pallets::TRANSACTION_PAYMENT,
        calls: None,
        event: Some(meta_type::<Event>()),
        error: None,
        storage: vec![
            NEXT_FEE_MULTIPLIER.metadata_with_default(&["What weight fees are multiplied with."]),
            BURN_SHARE.metadata_with_default(&["The share of a fee that is burnt, in millionths."]),
        ],
        constants: vec![
            ConstantMetadata::new(
                "OperationalFeeMultiplier",
                &OPERATIONAL_FEE_MULTIPLIER,
                &["Operational transactions are ordered as if they tipped so many times their fee."],
            ),
            ConstantMetadata::new("FeePerByte", &FEE_PER_BYTE, &["The price of a byte."]),
            ConstantMetadata::new(
                "FeePerPicosecond",
                &FEE_PER_PICOSECOND,
                &["The price of a picosecond of computation, before the multiplier."],
            ),
        ],
        docs: &["What a transaction costs, who pays it and who gets it."],
    }
}
