//! The multiplier against the exponential that it follows, and its limits.
use super::*;
use crate::tests::state;
use proptest::prelude::*;
use ziver_support::MemoryExternalities;
use ziver_system::limits::PerDispatchClass;

const FULL: FixedU128 = FixedU128::ONE;
const EMPTY: FixedU128 = FixedU128(0);
/// Blocks of two seconds.
const BLOCKS_A_DAY: usize = 43_200;

fn after(blocks: usize, fullness: FixedU128, from: FixedU128) -> FixedU128 {
    (0..blocks).fold(from, |multiplier, _| next(multiplier, fullness))
}

fn as_f64(number: FixedU128) -> f64 {
    number.0 as f64 / ONE as f64
}

#[test]
fn quarter_full_blocks_leave_it_alone() {
    assert_eq!(after(1_000, FULLNESS_TARGET, FixedU128::ratio(3, 1)), FixedU128::ratio(3, 1));
}

#[test]
fn full_blocks_raise_it_elevenfold_in_a_day() {
    let day = as_f64(after(BLOCKS_A_DAY, FULL, FixedU128::ONE));
    assert!((11.0..11.5).contains(&day), "{day}");
}

#[test]
fn empty_blocks_halve_it_in_twenty_hours_or_so() {
    let later = as_f64(after(BLOCKS_A_DAY * 20 / 24, EMPTY, FixedU128::ratio(1_000, 1)));
    assert!((480.0..520.0).contains(&later), "{later}");
}

#[test]
fn it_stays_within_its_limits_and_leaves_them_again() {
    let low = after(10, EMPTY, MULTIPLIER_MIN);
    assert_eq!(low, MULTIPLIER_MIN);
    assert!(next(low, FULL) > low);
    assert!(after(2 * BLOCKS_A_DAY, FULL, low) > FixedU128::ONE);
    let high = after(10, FULL, MULTIPLIER_MAX);
    assert_eq!(high, MULTIPLIER_MAX);
    assert!(next(high, EMPTY) < high);
}

#[test]
fn only_normal_weight_moves_it() {
    let run = |weight: PerDispatchClass<Weight>| {
        let mut ext: MemoryExternalities = state();
        let mut ctx = Ctx::new(&mut ext);
        BLOCK_WEIGHT.set(&mut ctx, &weight);
        on_finalize(&mut ctx);
        NEXT_FEE_MULTIPLIER.get_or_default(&ctx)
    };
    let much = BLOCK_WEIGHTS.max_block;
    assert!(run(PerDispatchClass { normal: much, ..Default::default() }) > FixedU128::ONE);
    assert!(run(PerDispatchClass { mandatory: much, operational: much, ..Default::default() }) < FixedU128::ONE);
}

#[test]
fn fullness_is_that_of_time_and_not_of_the_proof_that_nobody_pays_for() {
    let room = Weight::from_parts(100, 1_000);
    assert_eq!(fullness(Weight::from_parts(50, 100), room), FixedU128::ratio(1, 2));
    assert_eq!(fullness(Weight::from_parts(10, 900), room), FixedU128::ratio(1, 10));
    assert_eq!(fullness(Weight::from_parts(0, u64::MAX), room), EMPTY);
    assert_eq!(fullness(Weight::from_parts(500, 0), room), FULL);
    assert_eq!(fullness(Weight::from_parts(5, 5), Weight::ZERO), EMPTY);
}

proptest! {
    #[test]
    fn one_step_is_close_to_the_exponential(
        multiplier in MULTIPLIER_MIN.0..MULTIPLIER_MAX.0,
        full in 0..=ONE,
    ) {
        let stepped = next(FixedU128(multiplier), FixedU128(full));
        prop_assert!((MULTIPLIER_MIN..=MULTIPLIER_MAX).contains(&stepped));
        let exponent = as_f64(ADJUSTMENT) * (as_f64(FixedU128(full)) - as_f64(FULLNESS_TARGET));
        let exact = (as_f64(FixedU128(multiplier)) * exponent.exp())
            .clamp(as_f64(MULTIPLIER_MIN), as_f64(MULTIPLIER_MAX));
        prop_assert!((as_f64(stepped) / exact - 1.0).abs() < 1e-12);
    }
}
