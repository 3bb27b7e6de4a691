use super::*;
use hex_literal::hex;

/// The example of go-ethereum's own test of its filter is not used; these bits follow from the published keccak-256 of the
/// empty string, c5d2 4601 86f7 ...: 0x5d2, 0x601 and 0x6f7 modulo 2,048.
#[test]
fn item_sets_the_bits_that_its_hash_names() {
    let mut bloom = Bloom::default();
    bloom.insert(b"");
    let mut wanted = [0u8; 256];
    for bit in [0x5d2usize, 0x601, 0x6f7] {
        wanted[255 - bit / 8] |= 1 << (bit % 8);
    }
    assert_eq!(bloom.0, wanted);
}

#[test]
fn items_that_were_added_are_found_and_most_others_are_not() {
    let mut bloom = Bloom::default();
    let contract = hex!("f24FF3a9CF04c71Dbc94D0b566f7A27B94566cac");
    bloom.insert(&contract);
    bloom.insert(&[7; 32]);
    assert!(bloom.may_contain(&contract) && bloom.may_contain(&[7; 32]));
    let found = (0u32..1_000).filter(|item| bloom.may_contain(&item.to_le_bytes())).count();
    assert!(found < 5, "{found}");
    assert!(!Bloom::default().may_contain(&contract));
}

#[test]
fn item_that_is_there_changes_nothing() {
    let mut bloom = Bloom::default();
    let hash = keccak_256(b"topic");
    assert!(bloom.insert_hash(&hash));
    let before = bloom.clone();
    assert!(!bloom.insert_hash(&hash));
    assert_eq!(bloom, before);
    assert!(bloom.may_contain(b"topic"));
}
