use super::*;

fn sizes(bytes: &[usize]) -> Vec<usize> {
    let bodies: Vec<Vec<u8>> = bytes.iter().map(|len| vec![0; *len]).collect();
    let transactions: Vec<Validated<'_>> =
        bodies.iter().map(|body| (TransactionSource::External, body.as_slice())).collect();
    groups(&transactions).map(<[_]>::len).collect()
}

#[test]
fn groups_are_bounded_by_count_and_by_bytes_and_leave_none_out() {
    assert!(sizes(&[]).is_empty());
    assert_eq!(sizes(&[1; BATCH_COUNT_MAX]), [BATCH_COUNT_MAX]);
    assert_eq!(sizes(&[1; 2 * BATCH_COUNT_MAX + 1]), [BATCH_COUNT_MAX, BATCH_COUNT_MAX, 1]);
    assert_eq!(sizes(&[BATCH_BYTES_MAX - 1, 1, 1]), [2, 1]);
    assert_eq!(sizes(&[BATCH_BYTES_MAX + 1, 1, BATCH_BYTES_MAX + 1]), [1, 1, 1]);
}
