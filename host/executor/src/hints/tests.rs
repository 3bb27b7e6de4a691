use codec::Encode;
use ziver_primitives::OpaqueExtrinsic;
use ziver_trie::{KeccakHasher, StateVersion, ordered_root};

use super::*;

fn items() -> Vec<OpaqueExtrinsic> {
    (0..300u32).map(|index| OpaqueExtrinsic(vec![index as u8; index as usize])).collect()
}

#[test]
fn root_is_that_of_the_encoded_items() {
    for version in [StateVersion::V0, StateVersion::V1] {
        let expected = ordered_root::<KeccakHasher>(items().iter().map(Encode::encode), version);
        assert_eq!(ListRoot::of(&items(), version).root(), expected);
    }
}

#[test]
fn list_as_the_runtime_gives_it_is_answered_and_no_other() {
    let known = ListRoot::of(&items(), StateVersion::V1);
    let list = items().iter().map(Encode::encode).collect::<Vec<_>>().encode();
    assert_eq!(known.answer(&list, StateVersion::V1), Some(known.root()));
    assert_eq!(known.answer(&list, StateVersion::V0), None);
    let mut other = list.clone();
    *other.last_mut().unwrap() ^= 1;
    assert_eq!(known.answer(&other, StateVersion::V1), None);
    assert_eq!(known.answer(&list[..list.len() - 1], StateVersion::V1), None);
}
