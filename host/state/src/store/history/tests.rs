use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn escaped_keys_keep_their_order_and_come_back(
        one in proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0xff)], 0..5),
        other in proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0xff)], 0..5),
    ) {
        let escaped = |key: &[u8]| { let mut out = Vec::new(); push_escaped(key, &mut out); out };
        prop_assert_eq!(unescape(&escaped(&one)), Some(one.clone()));
        prop_assert_eq!(escaped(&one).cmp(&escaped(&other)), one.cmp(&other));
        if one != other {
            prop_assert!(!escaped(&one).starts_with(&escaped(&other)), "an entry of one key begins like one of another");
        }
    }
}

#[test]
fn malformed_keys_are_none() {
    for bytes in [&b""[..], &[0], &[1, 2], &[0, 1, 0, 0], &[0, 0, 0, 0]] {
        assert_eq!(unescape(bytes), None, "{bytes:?}");
    }
}
