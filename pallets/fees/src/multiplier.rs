//! The fee multiplier follows how full blocks are, so that a flood gets expensive and quiet times are cheap.
//!
//! With `s` the share of a block's room for normal transactions that was used, the target `t` and the speed `v`, each
//! block multiplies it by `1 + v(s - t) + (v(s - t))^2 / 2`, close to `e^(v(s - t))` (Substrate's targeted fee
//! adjustment). Full blocks raise it elevenfold in a day of two-second slots; empty ones halve it in 20 hours.

use ziver_support::{Ctx, Weight};
use ziver_system::{block::BLOCK_WEIGHT, limits::BLOCK_WEIGHTS};

use crate::{FixedU128, fixed::ONE, storage::NEXT_FEE_MULTIPLIER};

/// The fullness at which the multiplier stays: a quarter.
pub const FULLNESS_TARGET: FixedU128 = FixedU128::ratio(1, 4);
/// How fast it moves: `v`.
pub const ADJUSTMENT: FixedU128 = FixedU128::ratio(75, 1_000_000);
/// The least: low enough to make quiet times cheap, high enough to rise again within two days.
pub const MULTIPLIER_MIN: FixedU128 = FixedU128::ratio(1, 10);
/// The most: a second of computation then costs 10,000 ZIV. A limit keeps the chain usable should it ever run away.
pub const MULTIPLIER_MAX: FixedU128 = FixedU128::ratio(10_000, 1);

/// Moves the multiplier by how full the block has become. To be called when a block ends.
pub fn on_finalize(ctx: &mut Ctx) {
    let used = BLOCK_WEIGHT.get_or_default(ctx).normal;
    let room = BLOCK_WEIGHTS.per_class.normal.max_total.unwrap_or(BLOCK_WEIGHTS.max_block);
    let before = NEXT_FEE_MULTIPLIER.get_or_default(ctx);
    let after = next(before, fullness(used, room));
    if after != before {
        NEXT_FEE_MULTIPLIER.set(ctx, &after);
    }
}

/// The share of `room`'s time that `used` takes; at most one. Proof size does not count: it is free, and what is free
/// must not make others pay more.
pub fn fullness(used: Weight, room: Weight) -> FixedU128 {
    FixedU128::ratio(used.ref_time.min(room.ref_time), room.ref_time)
}

/// The multiplier after a block of this fullness.
pub fn next(multiplier: FixedU128, fullness: FixedU128) -> FixedU128 {
    let off = FixedU128(fullness.0.abs_diff(FULLNESS_TARGET.0));
    let first = ADJUSTMENT.saturating_mul(off);
    let second = first.saturating_mul(first).0 >> 1;
    let factor = if fullness >= FULLNESS_TARGET {
        ONE.saturating_add(first.0).saturating_add(second)
    } else {
        ONE.saturating_sub(first.0).saturating_add(second)
    };
    multiplier.saturating_mul(FixedU128(factor)).clamp(MULTIPLIER_MIN, MULTIPLIER_MAX)
}

#[cfg(test)]
mod tests;
