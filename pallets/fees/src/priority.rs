//! Which transaction the pool and the author take first.
//!
//! The tip decides, by what a block full of such transactions would tip: small and light ones win at equal tips. A tip
//! counts in steps of 10^9 of the smallest unit; without the steps, tips of a thousandth of a ZIV would already be beyond
//! what a priority can say, and all alike. Operational transactions count as if they tipped five times their fee.

use ziver_primitives::{Balance, validity::TransactionPriority};
use ziver_support::{DispatchClass, DispatchInfo};
use ziver_system::limits::{BLOCK_LENGTH, BLOCK_WEIGHTS};

/// A tip counts in steps of this, in the smallest unit.
pub const TIP_STEP: Balance = 1_000_000_000;
/// Operational transactions count as if they tipped so many times their fee.
pub const OPERATIONAL_FEE_MULTIPLIER: u8 = 5;

/// The priority of a transaction of `bytes` that tips `tip` and announces to cost `fee`, tip included.
pub fn priority(info: &DispatchInfo, bytes: u32, tip: Balance, fee: Balance) -> TransactionPriority {
    let per_block = Balance::from(count_per_block(info, bytes));
    // One step more, so that size decides where nobody tips.
    let mut offered = tip.saturating_add(TIP_STEP);
    if info.class == DispatchClass::Operational {
        offered = offered.saturating_add(fee.saturating_mul(Balance::from(OPERATIONAL_FEE_MULTIPLIER)));
    }
    let scaled = offered.saturating_mul(per_block).checked_div(TIP_STEP).unwrap_or(0);
    TransactionPriority::try_from(scaled).unwrap_or(TransactionPriority::MAX)
}

/// How many transactions like this one fit an empty block, by weight and length; at least one.
fn count_per_block(info: &DispatchInfo, bytes: u32) -> u64 {
    let fits = |room: u64, one: u64| room.checked_div(one.max(1)).unwrap_or(1);
    let room = BLOCK_WEIGHTS.max_block;
    let weight = info.weight.saturating_add(BLOCK_WEIGHTS.per_class.get(info.class).base_extrinsic);
    let by_weight = fits(room.ref_time, weight.ref_time).min(fits(room.proof_size, weight.proof_size));
    let by_length = fits(u64::from(*BLOCK_LENGTH.max.get(info.class)), u64::from(bytes));
    by_weight.min(by_length).max(1)
}

#[cfg(test)]
mod tests;
