//! Tests of the slots.

use super::Slots;

#[test]
fn slots_follow_the_clock_without_drift() {
    let mut slots = Slots::default();
    assert!(slots.is_due(10_500, 2_000));
    slots.used(10_500, 2_000);
    assert!(!slots.is_due(11_999, 2_000));
    assert_eq!(Slots::next_ms(10_500, 2_000), 12_000);
    assert!(slots.is_due(12_000, 2_000));
}

#[test]
fn clock_set_back_begins_a_new_slot() {
    let mut slots = Slots::default();
    slots.used(10_000, 2_000);
    assert!(slots.is_due(4_000, 2_000));
}

#[test]
fn interval_of_zero_is_taken_as_one_millisecond() {
    assert_eq!(Slots::next_ms(7, 0), 8);
    assert!(Slots::default().is_due(7, 0));
}
