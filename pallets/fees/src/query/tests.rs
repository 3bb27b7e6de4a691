//! Answers to clients, and their encodings.
use super::*;
use crate::tests::{BYTES, INFO, state};

#[test]
fn partial_fee_is_the_fee_without_the_tip() {
    let mut ext = state();
    let ctx = Ctx::new(&mut ext);
    let answer = info(&ctx, &INFO, BYTES, true);
    let expected = details(&ctx, &INFO, BYTES, true, 5).total() - 5;
    assert_eq!(answer, RuntimeDispatchInfo { weight: INFO.weight, class: INFO.class, partial_fee: expected });
    // Compact weight, class, 16 bytes of fee.
    assert_eq!(answer.encode().len(), 4 + 1 + 1 + 16);
}

#[test]
fn bare_extrinsic_costs_nothing() {
    let mut ext = state();
    let ctx = Ctx::new(&mut ext);
    assert_eq!(info(&ctx, &INFO, BYTES, false).partial_fee, 0);
    assert_eq!(details(&ctx, &INFO, BYTES, false, 5), FeeDetails { inclusion_fee: None, tip: 0 });
}

#[test]
fn prices_are_linear() {
    assert_eq!(length_to_fee(1_000_000), ziver_primitives::UNIT);
    assert_eq!(weight_to_fee(Weight::from_parts(1_000_000_000_000, 99)), ziver_primitives::UNIT);
}
