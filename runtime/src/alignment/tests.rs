use super::*;

#[test]
fn place_is_aligned_and_leaves_room_below_and_behind() {
    for align in [16, 32, 4_096] {
        for block in (0..3 * align).step_by(OF_HOST as usize).map(|offset| 0x1_0000 + offset) {
            let place = place(block, align);
            assert_eq!(place % align, 0, "{block} for {align}");
            assert!((block + OF_HOST..=block + align).contains(&place), "{block} for {align}");
        }
    }
}

/// The reason for this module: were the host's alignment enough, it could go.
#[test]
fn balances_want_more_than_the_host_gives() {
    assert!(align_of::<u128>() > OF_HOST as usize);
}
