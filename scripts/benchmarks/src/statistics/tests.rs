use super::*;

#[test]
fn median_is_the_middle_value_or_the_mean_of_two() {
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[3.0, 100.0, 1.0]), Some(3.0));
    assert_eq!(median(&[4.0, 1.0, 2.0, 100.0]), Some(3.0));
}

#[test]
fn ratio_compares_runs_of_the_same_number_alone() {
    let subject = [(1, 10.0), (2, 30.0), (3, 1_000.0)];
    let peer = [(2, 10.0), (1, 10.0)];
    assert_eq!(paired_ratio(&subject, &peer), Some(2.0));
    assert_eq!(paired_ratio(&subject, &[]), None);
}

#[test]
fn percentile_is_a_value_that_was_seen() {
    let values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
    assert_eq!(percentile(&values, 0.99), Some(99.0));
    assert_eq!(percentile(&values, 0.0), Some(1.0));
    assert_eq!(percentile(&values, 1.0), Some(100.0));
    assert_eq!(percentile(&[], 0.5), None);
}
