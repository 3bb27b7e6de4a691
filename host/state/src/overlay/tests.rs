use std::collections::BTreeMap;

use codec::{Compact, Decode, Encode};
use proptest::prelude::*;

use super::*;
use crate::{KeccakHasher, MemoryView};

type Plain = BTreeMap<Vec<u8>, Vec<u8>>;
type Changed = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// An overlay that copies everything for each transaction.
#[derive(Clone, Default)]
struct Naive {
    below: [Plain; 2],
    changed: [Changed; 2],
    stack: Vec<[Changed; 2]>,
}

fn list_items(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut rest = bytes;
    let Compact(count) = Compact::<u32>::decode(&mut rest).ok()?;
    Some((count, rest))
}

impl Naive {
    fn get(&self, trie: usize, key: &[u8]) -> Option<Vec<u8>> {
        match self.changed[trie].get(key) {
            Some(change) => change.clone(),
            None => self.below[trie].get(key).cloned(),
        }
    }

    fn all(&self, trie: usize) -> Plain {
        let mut all = self.below[trie].clone();
        for (key, change) in &self.changed[trie] {
            match change {
                Some(value) => all.insert(key.clone(), value.clone()),
                None => all.remove(key),
            };
        }
        all
    }

    fn append(&mut self, trie: usize, key: &[u8], item: &[u8]) {
        let before = self.get(trie, key).unwrap_or_default();
        let (count, items) = list_items(&before).unwrap_or((0, &[]));
        let value = [Compact(count + 1).encode(), items.to_vec(), item.to_vec()].concat();
        self.changed[trie].insert(key.to_vec(), Some(value));
    }

    fn clear_prefix(&mut self, trie: usize, prefix: &[u8], limit: Option<u32>) -> Removal {
        let mut removal = Removal::default();
        for (_, change) in self.changed[trie].iter_mut().filter(|(key, _)| key.starts_with(prefix)) {
            removal.unique += u32::from(change.take().is_some());
        }
        for key in self.below[trie].keys().filter(|key| key.starts_with(prefix)) {
            if limit == Some(removal.loops) {
                removal.cursor = Some(key.clone());
                break;
            }
            removal.loops += 1;
            if self.changed[trie].insert(key.clone(), None).is_none() {
                removal.backend += 1;
                removal.unique += 1;
            }
        }
        removal
    }
}

#[derive(Clone, Debug)]
enum Op {
    Set(bool, Vec<u8>, Vec<u8>),
    Clear(bool, Vec<u8>),
    Append(bool, Vec<u8>, Vec<u8>, u16),
    ClearPrefix(bool, Vec<u8>, Option<u32>),
    KillChild(Option<u32>),
    Root,
    Start,
    Commit,
    Rollback,
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just(b'0'), Just(b'1')], 1..4)
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        // Lists of one-byte items, so that appending to them counts on.
        (0u32..70).prop_map(|count| vec![5u8; usize::try_from(count).unwrap()].encode()),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let child = any::<bool>;
    let limit = || proptest::option::of(0u32..4);
    prop_oneof![
        5 => (child(), key(), value()).prop_map(|(child, key, value)| Op::Set(child, key, value)),
        2 => (child(), key()).prop_map(|(child, key)| Op::Clear(child, key)),
        5 => (child(), key(), proptest::collection::vec(any::<u8>(), 0..3), prop_oneof![4 => Just(1u16), 1 => Just(70)])
            .prop_map(|(child, key, item, times)| Op::Append(child, key, item, times)),
        1 => (child(), key(), limit()).prop_map(|(child, prefix, limit)| Op::ClearPrefix(child, prefix, limit)),
        1 => limit().prop_map(Op::KillChild),
        1 => Just(Op::Root),
        3 => Just(Op::Start),
        2 => Just(Op::Commit),
        2 => Just(Op::Rollback),
    ]
}

const CHILD: &[u8] = b"kid";

fn child(is_child: bool) -> Option<&'static [u8]> {
    is_child.then_some(CHILD)
}

fn plain_map() -> impl Strategy<Value = Plain> {
    proptest::collection::btree_map(key(), value(), 0..8)
}

fn state(main: &Plain, kid: &Plain) -> MemoryView<KeccakHasher> {
    let all = |map: &Plain| map.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
    let mut view = MemoryView::new();
    let child = BTreeMap::from([(CHILD.to_vec(), all(kid))]);
    view.apply(&Changes { main: all(main), child }, StateVersion::V1).unwrap();
    view
}

fn compare(overlay: &mut Overlay, naive: &Naive) -> Result<(), TestCaseError> {
    for trie in 0..2 {
        let all = naive.all(trie);
        let name = child(trie == 1);
        let mut after = Vec::new();
        for (key, value) in all.iter() {
            prop_assert_eq!(overlay.next_key(name, &after).unwrap(), Some(key.clone()));
            let found = overlay.get(name, key).unwrap();
            prop_assert_eq!(found.as_deref(), Some(value.as_slice()));
            after = key.clone();
        }
        let end = overlay.next_key(name, &after).unwrap();
        prop_assert!(end.is_none_or(|key| key.starts_with(CHILD_STORAGE_PREFIX)));
        for key in naive.changed[trie].iter().filter(|(_, change)| change.is_none()).map(|(key, _)| key) {
            prop_assert!(!overlay.exists(name, key).unwrap());
        }
    }
    Ok(())
}

fn run(overlay: &mut Overlay, naive: &mut Naive, op: Op) -> Result<(), TestCaseError> {
    match op {
        Op::Set(is_child, key, value) => {
            overlay.set(child(is_child), &key, value.clone());
            naive.changed[usize::from(is_child)].insert(key, Some(value));
        }
        Op::Clear(is_child, key) => {
            overlay.clear(child(is_child), &key);
            naive.changed[usize::from(is_child)].insert(key, None);
        }
        Op::Append(is_child, key, item, times) => {
            for _ in 0..times {
                overlay.append(child(is_child), &key, &item).unwrap();
                naive.append(usize::from(is_child), &key, &item);
            }
        }
        Op::ClearPrefix(is_child, prefix, limit) => {
            let removal = overlay.clear_prefix(child(is_child), &prefix, limit).unwrap();
            prop_assert_eq!(removal, naive.clear_prefix(usize::from(is_child), &prefix, limit));
        }
        Op::KillChild(limit) => {
            let removal = overlay.kill_child(CHILD, limit).unwrap();
            prop_assert_eq!(removal, naive.clear_prefix(1, &[], limit));
        }
        Op::Root => {
            let expected = state(&naive.all(0), &naive.all(1)).root();
            prop_assert_eq!(overlay.storage_root(StateVersion::V1).unwrap(), expected);
            let empty = overlay.view().empty_root();
            let kid = MemoryView::<KeccakHasher>::from_pairs(naive.all(1), StateVersion::V1).unwrap().root();
            prop_assert_eq!(overlay.child_root(CHILD, StateVersion::V1).unwrap(), kid);
            let stored = overlay.get(None, &child_root_key(CHILD)).unwrap().map(Cow::into_owned);
            prop_assert_eq!(stored, (kid != empty).then(|| kid.as_bytes().to_vec()));
            prop_assert_eq!(overlay.storage_root(StateVersion::V1).unwrap(), expected);
        }
        Op::Start => {
            overlay.start_transaction();
            naive.stack.push(naive.changed.clone());
        }
        Op::Commit => prop_assert_eq!(overlay.commit_transaction().is_ok(), naive.stack.pop().is_some()),
        Op::Rollback => {
            let before = naive.stack.pop();
            prop_assert_eq!(overlay.rollback_transaction().is_ok(), before.is_some());
            if let Some(before) = before {
                naive.changed = before;
            }
        }
    }
    prop_assert_eq!(overlay.transaction_depth(), naive.stack.len());
    Ok(())
}

proptest! {
    #[test]
    fn any_operations_act_as_on_an_overlay_that_copies(
        main in plain_map(), kid in plain_map(), ops in proptest::collection::vec(op(), 1..60),
    ) {
        let mut overlay = Overlay::new(Arc::new(state(&main, &kid)));
        let mut naive = Naive { below: [main, kid], ..Naive::default() };
        for op in ops {
            run(&mut overlay, &mut naive, op)?;
            compare(&mut overlay, &naive)?;
        }
        let expected = state(&naive.all(0), &naive.all(1)).root();
        let finished = overlay.finish(StateVersion::V1).unwrap();
        prop_assert_eq!(finished.root, expected);
        prop_assert_eq!(&finished.changes.main, &naive.changed[0]);
        prop_assert_eq!(finished.changes.child.get(CHILD).cloned().unwrap_or_default(), naive.changed[1].clone());
    }
}

/// A view that counts what is asked of it.
struct Counting(MemoryView<KeccakHasher>, std::sync::atomic::AtomicUsize, std::sync::atomic::AtomicUsize);

impl View for Counting {
    fn root(&self) -> Hash {
        self.0.root()
    }
    fn empty_root(&self) -> Hash {
        self.0.empty_root()
    }
    fn get(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.0.get(child, key)
    }
    fn next_key(&self, child: Option<&[u8]>, after: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.0.next_key(child, after)
    }
    fn root_after(&self, delta: &Delta<'_>, version: StateVersion) -> Result<TrieChanges, StateError> {
        self.2.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.0.root_after(delta, version)
    }
    fn runtime_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        self.0.runtime_code()
    }
    fn prove(&self, child: Option<&[u8]>, keys: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StateError> {
        self.0.prove(child, keys)
    }
    fn merkle_value(&self, child: Option<&[u8]>, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.0.merkle_value(child, key)
    }
}

fn counting() -> Arc<Counting> {
    Arc::new(Counting(MemoryView::new(), Default::default(), Default::default()))
}

#[test]
fn changed_keys_and_unchanged_roots_do_not_touch_the_view() {
    let view = counting();
    let mut overlay = Overlay::new(view.clone());
    overlay.set(None, b"k", b"v".to_vec());
    overlay.clear(None, b"gone");
    assert_eq!(overlay.get(None, b"k").unwrap().as_deref(), Some(&b"v"[..]));
    assert!(!overlay.exists(None, b"gone").unwrap());
    overlay.append(None, b"gone", b"i").unwrap();
    assert_eq!(view.1.load(std::sync::atomic::Ordering::SeqCst), 0);
    for _ in 0..3 {
        overlay.storage_root(StateVersion::V1).unwrap();
    }
    overlay.finish(StateVersion::V1).unwrap();
    assert_eq!(view.2.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[test]
fn roots_of_child_tries_cannot_be_written_or_cleared_directly() {
    let mut overlay = Overlay::new(Arc::new(state(&Plain::new(), &Plain::from([(b"k".to_vec(), b"v".to_vec())]))));
    let key = child_root_key(CHILD);
    let before = overlay.get(None, &key).unwrap().map(Cow::into_owned);
    assert!(before.is_some());
    overlay.set(None, &key, b"x".to_vec());
    overlay.clear(None, &key);
    overlay.append(None, &key, b"x").unwrap();
    for prefix in [&b""[..], b":child", b":child_storage:default:", key.as_slice()] {
        assert_eq!(overlay.clear_prefix(None, prefix, None), Ok(Removal::default()));
    }
    assert_eq!(overlay.get(None, &key).unwrap().map(Cow::into_owned), before);
    assert_eq!(overlay.into_changes(), Changes::default());
}

#[test]
fn ending_a_transaction_that_is_not_open_is_refused() {
    let mut overlay = Overlay::default();
    assert_eq!(overlay.commit_transaction(), Err(NoTransaction));
    assert_eq!(overlay.rollback_transaction(), Err(NoTransaction));
}

/// A hundred thousand appends in a thousand transactions: with a copy each it would move 25 GB.
#[test]
fn appending_in_many_transactions_does_not_copy_the_list() {
    let mut overlay = Overlay::default();
    for round in 0..1_000u32 {
        overlay.start_transaction();
        for _ in 0..100 {
            overlay.append(None, b"events", &[1, 2, 3, 4, 5]).unwrap();
        }
        if round % 2 == 0 {
            overlay.commit_transaction().unwrap();
        } else {
            overlay.rollback_transaction().unwrap();
        }
    }
    let list = overlay.get(None, b"events").unwrap().unwrap().into_owned();
    assert_eq!(Vec::<[u8; 5]>::decode(&mut list.as_slice()).unwrap().len(), 50_000);
}
