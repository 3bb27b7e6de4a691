//! What follows from the command line.

use super::*;

#[test]
fn building_takes_half_of_the_interval_at_most() {
    for (interval_ms, expected) in [(1, 1), (100, 50), (2_000, 1_000), (60_000, 1_000)] {
        assert_eq!(build_ms_max(Sealing::Interval { interval_ms }), expected);
    }
    assert_eq!(build_ms_max(Sealing::Instant), 1_000);
}

#[test]
fn instantly_made_blocks_are_final_at_once() {
    assert_eq!(default_finality_lag(Sealing::Instant), Some(0));
    assert_eq!(default_finality_lag(Sealing::Interval { interval_ms: 2_000 }), Some(2));
    assert_eq!(default_finality_lag(Sealing::Manual), None);
}
