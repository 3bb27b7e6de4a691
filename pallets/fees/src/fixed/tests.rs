//! Products against exact ones.
use super::*;
use proptest::prelude::*;

#[test]
fn ratios_and_products_round_down() {
    assert_eq!(FixedU128::ratio(1, 3).0, 333_333_333_333_333_333);
    assert_eq!(FixedU128::ratio(1, 0).0, 0);
    assert_eq!(FixedU128::ratio(u64::MAX, 1).0, u128::from(u64::MAX) * ONE);
    assert_eq!(FixedU128::ratio(1, 3).saturating_mul_int(10), 3);
    assert_eq!(format!("{:?}", FixedU128::ratio(5, 4)), "1.250000000000000000");
}

#[test]
fn products_saturate() {
    assert_eq!(FixedU128(u128::MAX).saturating_mul_int(u128::MAX), u128::MAX);
    assert_eq!(FixedU128(u128::MAX).saturating_mul(FixedU128(u128::MAX)), FixedU128(u128::MAX));
    assert_eq!(FixedU128::ONE.saturating_mul_int(u128::MAX), u128::MAX);
}

#[test]
fn clients_see_substrates_type() {
    assert_eq!(FixedU128::type_info().path.segments, ["sp_arithmetic", "fixed_point", "FixedU128"]);
}

proptest! {
    #[test]
    fn small_products_are_exact(a in 0..u64::MAX, b in 0..u64::MAX) {
        let exact = u128::from(a) * u128::from(b) / ONE;
        prop_assert_eq!(FixedU128(a.into()).saturating_mul_int(b.into()), exact);
        prop_assert_eq!(FixedU128(a.into()).saturating_mul(FixedU128(b.into())).0, exact);
    }

    #[test]
    fn products_of_any_size_are_those_of_wide_numbers(a: u128, b: u128, by in 0u32..128) {
        for (a, b) in [(a, b), (a >> by, b), (a >> by, b >> by)] {
            let exact = U256::from(a) * U256::from(b) / U256::from(ONE);
            let wanted = u128::try_from(exact).unwrap_or(u128::MAX);
            prop_assert_eq!(FixedU128(a).saturating_mul_int(b), wanted);
        }
    }
}
