//! Prices.
use super::*;
use crate::{
    FixedU128,
    tests::{BYTES, INFO, state},
};
use ziver_primitives::UNIT;

#[test]
fn transfer_costs_a_fraction_of_a_thousandth() {
    let mut ext = state();
    let fee = announced(&Ctx::new(&mut ext), BYTES, &INFO, 0).total();
    assert!((UNIT / 10_000..UNIT / 1_000).contains(&fee), "{fee}");
}

#[test]
fn fee_is_the_sum_of_its_parts_and_the_multiplier_moves_weight_alone() {
    let mut ext = state();
    let mut ctx = Ctx::new(&mut ext);
    NEXT_FEE_MULTIPLIER.set(&mut ctx, &FixedU128::ratio(5, 2));
    let details = announced(&ctx, BYTES, &INFO, 7);
    let base = BLOCK_WEIGHTS.per_class.normal.base_extrinsic;
    let inclusion = InclusionFee {
        base_fee: weight_to_fee(base),
        len_fee: Balance::from(BYTES) * FEE_PER_BYTE,
        adjusted_weight_fee: weight_to_fee(INFO.weight) * 5 / 2,
    };
    assert_eq!(details, FeeDetails { inclusion_fee: Some(inclusion), tip: 7 });
    assert_eq!(details.total(), inclusion.base_fee + inclusion.len_fee + inclusion.adjusted_weight_fee + 7);
}

#[test]
fn call_that_does_not_pay_costs_its_tip() {
    let mut ext = state();
    let free = DispatchInfo { pays_fee: Pays::No, ..INFO };
    assert_eq!(announced(&Ctx::new(&mut ext), BYTES, &free, 7), FeeDetails { inclusion_fee: None, tip: 7 });
}

#[test]
fn actual_fee_is_never_more_than_the_announced_one() {
    let mut ext = state();
    let ctx = Ctx::new(&mut ext);
    let most = announced(&ctx, BYTES, &INFO, 0);
    let post = |actual_weight| PostDispatchInfo { actual_weight, pays_fee: Pays::Yes };
    assert_eq!(actual(&ctx, BYTES, &INFO, &post(None), 0), most);
    assert_eq!(actual(&ctx, BYTES, &INFO, &post(Some(Weight::MAX)), 0), most);
    assert!(actual(&ctx, BYTES, &INFO, &post(Some(Weight::ZERO)), 0).total() < most.total());
}

#[test]
fn absurd_amounts_saturate() {
    let mut ext = state();
    let mut ctx = Ctx::new(&mut ext);
    NEXT_FEE_MULTIPLIER.set(&mut ctx, &FixedU128(u128::MAX));
    assert_eq!(announced(&ctx, u32::MAX, &DispatchInfo::normal(Weight::MAX), u128::MAX).total(), u128::MAX);
}
