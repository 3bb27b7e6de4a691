//! When a node counts as ready.

use super::*;

#[test]
fn node_without_blocks_for_ten_intervals_is_not_ready_until_one_comes() {
    let health = Health::new(Sealing::Interval { interval_ms: 2_000 }, 1_000);
    assert_eq!(health.fault_at(21_000), None);
    assert_eq!(health.fault_at(21_001).as_deref(), Some("no block for 20 s"));
    health.block(21_001);
    assert_eq!(health.fault_at(41_001), None);
    assert!(health.fault_at(41_002).is_some());
    // The clock may be set back.
    assert_eq!(health.fault_at(0), None);
}

#[test]
fn short_intervals_have_ten_seconds_and_other_sealing_all_the_time() {
    assert_eq!(Health::new(Sealing::Interval { interval_ms: 1 }, 0).fault_at(10_000), None);
    assert!(Health::new(Sealing::Interval { interval_ms: 1 }, 0).fault_at(10_001).is_some());
    assert_eq!(Health::new(Sealing::Manual, 0).fault_at(u64::MAX), None);
    assert_eq!(Health::new(Sealing::Instant, 0).fault_at(u64::MAX), None);
}

#[test]
fn node_whose_blocks_were_stopped_on_request_is_ready() {
    let health = Health::new(Sealing::Interval { interval_ms: 1_000 }, 0);
    health.mining(false, 5_000);
    assert_eq!(health.fault_at(1_000_000), None);
    // The next block has its time from when it was asked for, and asking again gives it no more.
    health.mining(true, 1_000_000);
    health.mining(true, 1_005_000);
    assert_eq!(health.fault_at(1_010_000), None);
    assert_eq!(health.fault_at(1_010_001).as_deref(), Some("no block for 10 s"));
}

#[test]
fn ending_node_is_not_ready() {
    let health = Health::new(Sealing::Manual, 0);
    health.end();
    assert_eq!(health.fault_at(0).as_deref(), Some("the node is ending"));
}
