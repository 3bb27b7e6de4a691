use alloc::collections::BTreeMap;

use proptest::prelude::*;
use sp_trie::{LayoutV0 as SpV0, LayoutV1 as SpV1, TrieConfiguration as _};

use super::*;
use crate::{Blake2Hasher, KeccakHasher};

fn pairs() -> impl Strategy<Value = BTreeMap<Vec<u8>, Vec<u8>>> {
    // Few different bytes, so that keys share beginnings and become each other's beginnings.
    let key = proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0x10), Just(0xff)], 0..6);
    let value = proptest::collection::vec(any::<u8>(), 0..80);
    proptest::collection::btree_map(key, value, 0..60)
}

proptest! {
    #[test]
    fn root_equals_that_of_sp_trie(pairs in pairs()) {
        let ours = root::<KeccakHasher>(&pairs, StateVersion::V0);
        prop_assert_eq!(ours.0, SpV0::<sp_core::KeccakHasher>::trie_root(&pairs).0);
        let ours = root::<KeccakHasher>(&pairs, StateVersion::V1);
        prop_assert_eq!(ours.0, SpV1::<sp_core::KeccakHasher>::trie_root(&pairs).0);
        let ours = root::<Blake2Hasher>(&pairs, StateVersion::V1);
        prop_assert_eq!(ours.0, SpV1::<sp_core::Blake2Hasher>::trie_root(&pairs).0);
    }

    #[test]
    fn ordered_root_equals_that_of_sp_trie(values in proptest::collection::vec(any::<Vec<u8>>(), 0..80)) {
        let ours = ordered_root::<KeccakHasher>(&values, StateVersion::V0);
        prop_assert_eq!(ours.0, SpV0::<sp_core::KeccakHasher>::ordered_trie_root(&values).0);
        let ours = ordered_root::<KeccakHasher>(&values, StateVersion::V1);
        prop_assert_eq!(ours.0, SpV1::<sp_core::KeccakHasher>::ordered_trie_root(&values).0);
    }
}

#[test]
fn root_of_many_values_equals_that_of_sp_trie() {
    let values: Vec<_> =
        (0..20_000u32).map(|number| number.to_le_bytes().repeat(usize::from(number % 7 == 0) * 9 + 1)).collect();
    let ours = ordered_root::<KeccakHasher>(&values, StateVersion::V1);
    assert_eq!(ours.0, SpV1::<sp_core::KeccakHasher>::ordered_trie_root(&values).0);
}

#[test]
fn empty_root_is_the_hash_of_the_empty_node() {
    assert_eq!(empty_root::<KeccakHasher>(), KeccakHasher::hash(&[0]));
    assert_eq!(root::<KeccakHasher>(Vec::<(Vec<u8>, Vec<u8>)>::new(), StateVersion::V1), KeccakHasher::hash(&[0]));
}

#[test]
fn state_versions_convert_both_ways() {
    for number in 0..=1 {
        assert_eq!(StateVersion::try_from(number).map(u8::from), Ok(number));
    }
    assert_eq!(StateVersion::try_from(2), Err(crate::UnknownStateVersion(2)));
}
