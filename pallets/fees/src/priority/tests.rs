//! The order of transactions.
use super::*;
use crate::tests::{BYTES, INFO};
use ziver_primitives::UNIT;
use ziver_support::Weight;

const FEE: Balance = UNIT / 3_000;

fn of(info: &DispatchInfo, bytes: u32, tip: Balance) -> TransactionPriority {
    priority(info, bytes, tip, FEE + tip)
}

#[test]
fn higher_tip_goes_first_up_to_large_ones() {
    let tips = [0, 1_000_000_000, UNIT / 1_000, UNIT / 10, UNIT, 100 * UNIT, 10_000 * UNIT];
    let priorities = tips.map(|tip| of(&INFO, BYTES, tip));
    assert!(priorities.is_sorted_by(|a, b| a < b), "{priorities:?}");
}

#[test]
fn smaller_or_lighter_goes_first_at_equal_tips() {
    let heavy = DispatchInfo::normal(INFO.weight.saturating_mul(100));
    assert!(of(&INFO, BYTES, 0) > of(&heavy, BYTES, 0));
    assert!(of(&INFO, BYTES, 0) > of(&INFO, 100 * 1_024, 0));
}

#[test]
fn operational_goes_before_normal_without_a_tip() {
    let operational = DispatchInfo::operational(INFO.weight);
    assert!(of(&operational, BYTES, 0) > of(&INFO, BYTES, 0));
    assert!(of(&INFO, BYTES, 6 * FEE) > of(&operational, BYTES, 0), "but can be outbid");
}

#[test]
fn absurd_arguments_saturate() {
    assert_eq!(of(&INFO, BYTES, u128::MAX - FEE), TransactionPriority::MAX);
    assert_eq!(priority(&DispatchInfo::normal(Weight::MAX), u32::MAX, 0, 0), 1);
    assert!(priority(&DispatchInfo::normal(Weight::ZERO), 0, 0, 0) > 1);
}
