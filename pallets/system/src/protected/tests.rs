use ziver_primitives::storage_keys::{HEAP_PAGES, item_prefix};

use super::*;

#[test]
fn keys_of_the_block_the_code_and_child_tries_are_protected_with_all_their_prefixes() {
    let items = [
        ("System", "Number"),
        ("System", "ParentHash"),
        ("System", "Digest"),
        ("System", "ExtrinsicData"),
        ("System", "AllExtrinsicsLen"),
        ("System", "BlockWeight"),
        ("System", "EventCursor"),
        ("System", "Events"),
        ("System", "EventCount"),
        ("Timestamp", "DidUpdate"),
    ];
    let items = items.map(|(pallet, item)| item_prefix(pallet, item)).into_iter();
    for key in items.chain([CODE.to_vec(), b":child_storage:default:x".to_vec()]) {
        assert!(is_protected(&key), "{key:?}");
        for len in 0..=key.len() {
            assert!(covers_protected(&key[..len]), "{:?}", &key[..len]);
        }
    }
}

#[test]
fn what_lies_beside_them_is_not() {
    let account = item_prefix("System", "Account");
    let longer = [CODE, b"x"].concat();
    for key in [b"key".as_slice(), &account, &longer, HEAP_PAGES, &item_prefix("Timestamp", "Now")] {
        assert!(!is_protected(key), "{key:?}");
        assert!(!covers_protected(key), "{key:?}");
    }
}
