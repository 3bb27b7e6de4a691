//! Answers for the runtime API `TransactionPaymentApi`.

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_primitives::Balance;
use ziver_support::{Ctx, DispatchClass, DispatchInfo, Pays, Weight};

use crate::price::{self, FeeDetails};

pub use crate::price::{length_to_fee, weight_to_fee};

/// What clients learn of a transaction before they send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(replace_segment("ziver_fees", "pallet_transaction_payment"), replace_segment("query", "types"))]
pub struct RuntimeDispatchInfo {
    /// The most that it may take.
    pub weight: Weight,
    /// Its class.
    pub class: DispatchClass,
    /// What it costs, without its tip.
    pub partial_fee: Balance,
}

/// `query_info`: for a transaction of `bytes`. Bare extrinsics cost nothing.
pub fn info(ctx: &Ctx, info: &DispatchInfo, bytes: u32, signed: bool) -> RuntimeDispatchInfo {
    let partial_fee = details(ctx, info, bytes, signed, 0).total();
    RuntimeDispatchInfo { weight: info.weight, class: info.class, partial_fee }
}

/// `query_fee_details`: for a transaction of `bytes`. Bare extrinsics cost nothing.
pub fn details(ctx: &Ctx, info: &DispatchInfo, bytes: u32, signed: bool, tip: Balance) -> FeeDetails {
    let pays_fee = if signed { info.pays_fee } else { Pays::No };
    price::announced(ctx, bytes, &DispatchInfo { pays_fee, ..*info }, if signed { tip } else { 0 })
}

#[cfg(test)]
mod tests;
