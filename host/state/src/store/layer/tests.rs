use std::collections::BTreeMap;

use super::*;

fn layer(main: &[(&str, Option<&str>)]) -> Layer {
    let bytes = |text: &str| text.as_bytes().to_vec();
    let main: BTreeMap<_, _> = main.iter().map(|(key, value)| (bytes(key), value.map(bytes))).collect();
    let changes = Changes { main, child: BTreeMap::from([(bytes("kid"), BTreeMap::from([(bytes("b"), None)]))]) };
    Layer::new(Hash::zero(), 1, Hash::zero(), changes, TrieChanges::default())
}

#[test]
fn keys_with_one_hash_are_both_found() {
    let mut layer = layer(&[("a", Some("1")), ("b", None), ("c", Some("3"))]);
    // As if all of them had the hash 7.
    layer.places = HashMap::from_iter([(7, 1)]);
    let change = |key: &str| layer.change(None, key.as_bytes(), 7).map(|value| value.as_deref());
    assert_eq!(change("a"), Some(Some(&b"1"[..])));
    assert_eq!(change("b"), Some(None));
    assert_eq!(change("c"), Some(Some(&b"3"[..])));
    assert_eq!(change("bb"), None);
    assert_eq!(layer.change(None, b"a", 8), None);
}

#[test]
fn next_change_is_the_first_behind_a_key_in_each_trie() {
    let layer = layer(&[("a", Some("1")), ("c", None)]);
    let next = |child, after: &str| layer.next_change(child, after.as_bytes()).map(Vec::as_slice);
    assert_eq!(next(None, ""), Some(&b"a"[..]));
    assert_eq!(next(None, "a"), Some(&b"c"[..]));
    assert_eq!(next(None, "c"), None);
    assert_eq!(next(Some(b"kid"), "a"), Some(&b"b"[..]));
    assert_eq!(next(Some(b"kid"), "b"), None);
    assert_eq!(next(Some(b"other"), "a"), None);
}
