//! The budget's bounds.

use super::*;

#[test]
fn share_beyond_the_budget_is_refused_until_another_is_given_back() {
    let budget = Budget::new();
    let half = REQUEST_BYTES_IN_WORK_MAX / 2;
    let first = budget.take(half).unwrap();
    let _second = budget.clone().take(half).unwrap();
    assert!(budget.take(REQUEST_BYTES_SMALL_MAX + 1).is_none());
    drop(first);
    assert!(budget.take(REQUEST_BYTES_SMALL_MAX + 1).is_some());
}

#[test]
fn large_requests_leave_room_for_small_ones() {
    let budget = Budget::new();
    let _all = budget.take(REQUEST_BYTES_IN_WORK_MAX).unwrap();
    assert!(budget.take(REQUEST_BYTES_SMALL_MAX).is_some());
    assert!(budget.take(0).is_some());
}

#[test]
fn total_has_a_bound_for_large_things_and_room_for_small_ones() {
    let total = Total::new(10 * REQUEST_BYTES_SMALL_MAX, 10 * REQUEST_BYTES_SMALL_MAX);
    assert!(total.add(9 * REQUEST_BYTES_SMALL_MAX));
    assert!(!total.add(2 * REQUEST_BYTES_SMALL_MAX));
    for _ in 0..3 {
        assert!(total.add(REQUEST_BYTES_SMALL_MAX));
    }
    assert!(total.has_room(REQUEST_BYTES_SMALL_MAX) && !total.has_room(REQUEST_BYTES_SMALL_MAX + 1));
    total.take(12 * REQUEST_BYTES_SMALL_MAX);
    assert_eq!(total.bytes.load(Ordering::Relaxed), 0);
    assert!(total.add(10 * REQUEST_BYTES_SMALL_MAX));
}

#[test]
fn nobody_grows_beyond_what_is_free_and_the_large_leave_room_for_others() {
    let total = Total::new(ARRIVING_BYTES_MAX, ARRIVING_BYTES_LARGE_MAX);
    let grow = |up_to: usize| {
        let mut own = 0;
        while own < up_to && total.has_room(own) {
            total.replace(own, own + 4_096);
            own += 4_096;
        }
        own
    };
    assert!(grow(ARRIVING_BYTES_MAX) < ARRIVING_BYTES_MAX / 2);
    // However many there are, each gets past what is medium.
    for _ in 0..40 {
        assert!(grow(ARRIVING_BYTES_MAX) >= ARRIVING_BYTES_OF_MEDIUM_MAX);
    }
    assert_eq!(grow(512 * 1024), 512 * 1024);
}
