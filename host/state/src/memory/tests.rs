use proptest::prelude::*;
use sp_trie::{LayoutV0 as SpV0, LayoutV1 as SpV1, TrieConfiguration as _};
use ziver_trie::{Blake2Hasher, ProofReader};

use super::*;

#[derive(Clone, Debug)]
enum Op {
    Set(Option<u8>, Vec<u8>, Vec<u8>),
    Clear(Option<u8>, Vec<u8>),
    ClearPrefix(Option<u8>, Vec<u8>),
    Root,
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0x10), Just(0xff)], 0..5)
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let child = || proptest::option::of(0u8..3);
    let value = proptest::collection::vec(any::<u8>(), 0..60);
    let op = prop_oneof![
        6 => (child(), key(), value).prop_map(|(child, key, value)| Op::Set(child, key, value)),
        3 => (child(), key()).prop_map(|(child, key)| Op::Clear(child, key)),
        1 => (child(), key()).prop_map(|(child, key)| Op::ClearPrefix(child, key)),
        1 => Just(Op::Root),
    ];
    proptest::collection::vec(op, 1..120)
}

fn name(child: u8) -> Vec<u8> {
    vec![b'c'; usize::from(child) + 1]
}

/// The records of every node: whole, as none was saved before.
fn records<H: Hasher<Out = Hash>>(view: &MemoryView<H>) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut batch = ziver_db::Batch::new();
    view.tries().save(&mut batch);
    let put = |op: ziver_db::Op<'_>| match op {
        ziver_db::Op::Put(_, key, value) => (key.to_vec(), value.to_vec()),
        ziver_db::Op::Delete(..) => unreachable!("nothing is removed"),
    };
    batch.ops().map(put).collect()
}

/// The root by `sp-trie` from the whole contents.
fn expected_root(main: &Map, children: &BTreeMap<Vec<u8>, Map>, version: StateVersion, blake2: bool) -> Hash {
    let root = |map: &Map| match (version, blake2) {
        (StateVersion::V0, false) => SpV0::<sp_core::KeccakHasher>::trie_root(map).0,
        (StateVersion::V1, false) => SpV1::<sp_core::KeccakHasher>::trie_root(map).0,
        (StateVersion::V0, true) => SpV0::<sp_core::Blake2Hasher>::trie_root(map).0,
        (StateVersion::V1, true) => SpV1::<sp_core::Blake2Hasher>::trie_root(map).0,
    };
    let mut main = main.clone();
    for (name, map) in children.iter().filter(|(_, map)| !map.is_empty()) {
        main.insert(child_root_key(name), root(map).to_vec());
    }
    Hash::from(root(&main))
}

fn check<H: Hasher<Out = Hash>>(ops: Vec<Op>, version: StateVersion, blake2: bool) -> Result<(), TestCaseError> {
    let mut view = MemoryView::<H>::new();
    let (mut main, mut children) = (Map::new(), BTreeMap::<Vec<u8>, Map>::new());
    let mut changes = Changes::default();
    for op in ops.into_iter().chain([Op::Root]) {
        let mut put = |child: Option<u8>, key: Vec<u8>, value: Option<Vec<u8>>| {
            let (map, set) = match child {
                None => (&mut main, &mut changes.main),
                Some(child) => {
                    (children.entry(name(child)).or_default(), changes.child.entry(name(child)).or_default())
                }
            };
            match &value {
                Some(value) => map.insert(key.clone(), value.clone()),
                None => map.remove(&key),
            };
            set.insert(key, value);
        };
        match op {
            Op::Set(child, key, value) => put(child, key, Some(value)),
            Op::Clear(child, key) => put(child, key, None),
            Op::ClearPrefix(child, prefix) => {
                let map = child.map_or(Some(&main), |child| children.get(&name(child)));
                let keys: Vec<_> = map.into_iter().flat_map(Map::keys).cloned().collect();
                for key in keys.into_iter().filter(|key| key.starts_with(&prefix)) {
                    let (map, set) = match child {
                        None => (&mut main, &mut changes.main),
                        Some(child) => {
                            (children.entry(name(child)).or_default(), changes.child.entry(name(child)).or_default())
                        }
                    };
                    map.remove(&key);
                    set.insert(key, None);
                }
            }
            Op::Root => {
                let root = view.apply(&std::mem::take(&mut changes), version).unwrap();
                prop_assert_eq!(root, expected_root(&main, &children, version, blake2));
            }
        }
    }
    // The same state made at once has the very same nodes: nothing was left behind.
    let all = |map: Map| map.into_iter().map(|(key, value)| (key, Some(value))).collect();
    let changes =
        Changes { main: all(main), child: children.into_iter().map(|(name, map)| (name, all(map))).collect() };
    let mut fresh = MemoryView::<H>::new();
    fresh.apply(&changes, version).unwrap();
    prop_assert_eq!(records(&view), records(&fresh));
    prop_assert_eq!((&view.main, &view.child), (&fresh.main, &fresh.child));
    Ok(())
}

proptest! {
    #[test]
    fn root_and_nodes_after_any_changes_equal_those_of_sp_trie(ops in ops(), new in any::<bool>()) {
        check::<KeccakHasher>(ops, if new { StateVersion::V1 } else { StateVersion::V0 }, false)?;
    }

    #[test]
    fn root_with_blake2_equals_that_of_sp_trie(ops in ops(), new in any::<bool>()) {
        check::<Blake2Hasher>(ops, if new { StateVersion::V1 } else { StateVersion::V0 }, true)?;
    }
}

#[test]
fn child_without_keys_leaves_the_main_trie() {
    let mut view = MemoryView::<KeccakHasher>::new();
    let set = |value: Option<&[u8]>| Changes {
        main: BTreeMap::new(),
        child: BTreeMap::from([(b"c".to_vec(), BTreeMap::from([(b"k".to_vec(), value.map(<[u8]>::to_vec))]))]),
    };
    view.apply(&set(Some(b"v")), StateVersion::V1).unwrap();
    assert!(view.get(None, b":child_storage:default:c").unwrap().is_some());
    assert_eq!(view.get(Some(b"c"), b"k").unwrap(), Some(b"v".to_vec()));
    assert_eq!(view.apply(&set(None), StateVersion::V1).unwrap(), empty_root::<KeccakHasher>());
    assert_eq!(view.get(None, b":child_storage:default:c").unwrap(), None);
    assert!(records(&view).is_empty());
}

#[test]
fn proof_of_a_child_key_shows_its_value_and_the_absence_of_others() {
    let mut view = MemoryView::<KeccakHasher>::new();
    let long = vec![7u8; 50];
    let changes = Changes {
        main: BTreeMap::from([(b"main".to_vec(), Some(long.clone()))]),
        child: BTreeMap::from([(b"c".to_vec(), BTreeMap::from([(b"k".to_vec(), Some(long.clone()))]))]),
    };
    let root = view.apply(&changes, StateVersion::V1).unwrap();
    let nodes = view.prove(Some(b"c"), &[b"k".to_vec(), b"other".to_vec()]).unwrap();
    let reader = ProofReader::<KeccakHasher>::new(root, nodes);
    assert_eq!(reader.child_get(b"c", b"k"), Ok(Some(long.clone())));
    assert_eq!(reader.child_get(b"c", b"other"), Ok(None));
    let nodes = view.prove(Some(b"nobody"), &[b"k".to_vec()]).unwrap();
    assert_eq!(ProofReader::<KeccakHasher>::new(root, nodes).child_get(b"nobody", b"k"), Ok(None));
    let nodes = view.prove(None, &[b"main".to_vec()]).unwrap();
    assert_eq!(ProofReader::<KeccakHasher>::new(root, nodes).get(b"main"), Ok(Some(long)));
}

#[test]
fn keys_are_listed_by_pages() {
    let pairs = [&b"a"[..], b"ab", b"abc", b"abd", b"b"].map(|key| (key.to_vec(), key.to_vec()));
    let view = MemoryView::<KeccakHasher>::from_pairs(pairs, StateVersion::V1).unwrap();
    let names = |keys: &[&[u8]]| keys.iter().map(|key| key.to_vec()).collect::<Vec<_>>();
    assert_eq!(view.keys(None, b"ab", None, 2).unwrap(), names(&[b"ab", b"abc"]));
    assert_eq!(view.keys(None, b"ab", Some(b"abc"), 2).unwrap(), names(&[b"abd"]));
    assert_eq!(view.keys(None, b"", None, 10).unwrap(), names(&[b"a", b"ab", b"abc", b"abd", b"b"]));
    assert_eq!(view.keys(None, b"ab", Some(b"a"), 1).unwrap(), names(&[b"ab"]));
    assert_eq!(view.keys(None, b"x", None, 10).unwrap(), names(&[]));
}

#[test]
fn merkle_value_stands_for_everything_below_a_key() {
    let view = |pairs: &[(&[u8], &[u8])]| {
        let main = pairs.iter().map(|(key, value)| (key.to_vec(), Some(value.to_vec()))).collect();
        let mut view = MemoryView::<KeccakHasher>::new();
        view.apply(&Changes { main, ..Changes::default() }, StateVersion::V1).unwrap();
        view
    };
    let large = [7; 40];
    let one = view(&[(b"aa", &large), (b"ab", b"2"), (b"b", b"3")]);
    let other = view(&[(b"aa", &large), (b"ab", b"changed"), (b"b", b"3")]);
    let at = |view: &MemoryView, key: &[u8]| view.merkle_value(None, key).unwrap();
    assert_eq!(at(&one, b""), Some(one.root().as_bytes().to_vec()));
    assert_eq!(at(&one, b"a"), at(&one, b"a"));
    assert_ne!(at(&one, b"a"), at(&other, b"a"));
    assert_eq!(at(&one, b"aa"), at(&other, b"aa"));
    // A leaf this small lies inside its parent, whose bytes stand for it.
    assert!(at(&one, b"b").is_some());
    assert_eq!((at(&one, b"c"), at(&one, b"aaa")), (None, None));
    assert_eq!(one.merkle_value(Some(b"child"), b""), Ok(None));
    assert_eq!(MemoryView::<KeccakHasher>::new().merkle_value(None, b""), Ok(None));
}
