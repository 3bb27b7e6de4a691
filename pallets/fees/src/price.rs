//! What weight, length and a whole transaction cost.

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_primitives::Balance;
use ziver_support::{Ctx, DispatchInfo, Pays, PostDispatchInfo, Weight};
use ziver_system::limits::BLOCK_WEIGHTS;

use crate::storage::NEXT_FEE_MULTIPLIER;

/// A picosecond of computation, in the smallest unit: one ZIV a second.
pub const FEE_PER_PICOSECOND: Balance = 1_000_000;
/// A byte of a transaction, in the smallest unit: one ZIV for 10^6 bytes.
pub const FEE_PER_BYTE: Balance = 1_000_000_000_000;

/// What a transaction costs, by reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_fees", "pallet_transaction_payment"), replace_segment("price", "types"))]
pub struct FeeDetails {
    /// What inclusion costs; nothing for transactions that don't pay.
    pub inclusion_fee: Option<InclusionFee>,
    /// What the sender adds to go first.
    pub tip: Balance,
}

/// What inclusion in a block costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_fees", "pallet_transaction_payment"), replace_segment("price", "types"))]
pub struct InclusionFee {
    /// For what each extrinsic takes beside its call.
    pub base_fee: Balance,
    /// For its bytes.
    pub len_fee: Balance,
    /// For its weight, times the multiplier.
    pub adjusted_weight_fee: Balance,
}

impl InclusionFee {
    /// The sum.
    pub fn total(&self) -> Balance {
        self.base_fee.saturating_add(self.len_fee).saturating_add(self.adjusted_weight_fee)
    }
}

impl FeeDetails {
    /// Everything, tip included.
    pub fn total(&self) -> Balance {
        self.inclusion_fee.map_or(0, |fee| fee.total()).saturating_add(self.tip)
    }
}

/// What weight costs before the multiplier. Proof size is free.
pub fn weight_to_fee(weight: Weight) -> Balance {
    FEE_PER_PICOSECOND.saturating_mul(Balance::from(weight.ref_time))
}

/// What bytes cost.
pub fn length_to_fee(bytes: u32) -> Balance {
    FEE_PER_BYTE.saturating_mul(Balance::from(bytes))
}

/// What a transaction of `bytes` costs that takes what it announces.
pub fn announced(ctx: &Ctx, bytes: u32, info: &DispatchInfo, tip: Balance) -> FeeDetails {
    details(ctx, bytes, info, info.weight, info.pays_fee, tip)
}

/// What a transaction of `bytes` costs after it ran; never more than announced.
pub fn actual(ctx: &Ctx, bytes: u32, info: &DispatchInfo, post: &PostDispatchInfo, tip: Balance) -> FeeDetails {
    details(ctx, bytes, info, post.actual_weight(info), post.pays_fee(info), tip)
}

fn details(ctx: &Ctx, bytes: u32, info: &DispatchInfo, weight: Weight, pays: Pays, tip: Balance) -> FeeDetails {
    let inclusion_fee = (pays == Pays::Yes).then(|| InclusionFee {
        base_fee: weight_to_fee(BLOCK_WEIGHTS.per_class.get(info.class).base_extrinsic),
        len_fee: length_to_fee(bytes),
        adjusted_weight_fee: NEXT_FEE_MULTIPLIER.get_or_default(ctx).saturating_mul_int(weight_to_fee(weight)),
    });
    FeeDetails { inclusion_fee, tip }
}

#[cfg(test)]
mod tests;
