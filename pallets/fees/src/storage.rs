//! Storage items of this pallet: the one list.
//!
//! | item | value |
//! |---|---|
//! | `NextFeeMultiplier` | what weight fees are multiplied with; missing: 1 |
//! | `BurnShare` | the share of a fee that is burnt, in millionths; missing: 0 |

use ziver_support::{pallets, storage::StorageValue};

use crate::FixedU128;

/// What weight fees are multiplied with.
pub static NEXT_FEE_MULTIPLIER: StorageValue<FixedU128> =
    StorageValue::new(pallets::TRANSACTION_PAYMENT.name, "NextFeeMultiplier");
/// The share of a fee (not of the tip) that is burnt, in millionths.
pub static BURN_SHARE: StorageValue<u32> = StorageValue::new(pallets::TRANSACTION_PAYMENT.name, "BurnShare");
/// The whole, in the unit of [`BURN_SHARE`].
pub const BURN_SHARE_WHOLE: u32 = 1_000_000;
