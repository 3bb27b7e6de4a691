//! The flag is the whole process's, so one test sees both ways.

use super::*;

#[test]
fn large_process_has_huge_pages_and_small_one_has_none() {
    let is_off = || get_thp_disable().expect("the system tells");
    avoid();
    assert!(is_off());
    allow_if_large(i64::try_from(SMALL_PROCESS_BYTES_MAX).expect("it is small"));
    assert!(is_off(), "still small");
    allow_if_large(i64::MAX);
    assert!(!is_off());
    allow_if_large(0);
    assert!(!is_off(), "it does not go back");
}
