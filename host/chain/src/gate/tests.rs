//! Tests of the gate.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Gate;

#[test]
fn never_more_than_the_turns_are_inside_and_all_get_theirs() {
    let gate = Gate::new(2);
    let (inside, most, done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _turn = gate.enter();
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert!(most.into_inner() <= 2);
    assert_eq!(done.into_inner(), 400);
}
