use proptest::prelude::*;
use ziver_db::{Batch, Db, MemoryDb, Op};
use ziver_trie::{
    KeccakHasher, LayoutV0, LayoutV1,
    trie_db::{TrieDBMutBuilder, TrieLayout, TrieMut},
};

use super::*;
use crate::{Changes, changes::ChangeSet};

/// Trie records as a database has them.
struct Disk(MemoryDb);

impl Records for Disk {
    fn record(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.get(ziver_db::Column::Trie, key)?)
    }
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0x10), Just(0x11), Just(0xff)], 0..4)
}

fn set() -> impl Strategy<Value = ChangeSet> {
    let value = proptest::option::weighted(0.6, proptest::collection::vec(any::<u8>(), 0..40));
    proptest::collection::btree_map(key(), value, 0..12)
}

/// `trie-db` with a plain store, as an oracle: one change after the other.
fn oracle<L: TrieLayout<Hash = KeccakHasher>>(
    db: &mut memory_db::MemoryDB<KeccakHasher, memory_db::PrefixedKey<KeccakHasher>, Vec<u8>>,
    mut root: Hash,
    before: &mut BTreeMap<Vec<u8>, Vec<u8>>,
    set: &ChangeSet,
) -> Hash {
    let mut trie = TrieDBMutBuilder::<L>::from_existing(db, &mut root).build();
    for (key, value) in set {
        match value {
            Some(value) => {
                trie.insert(key, value).unwrap();
                before.insert(key.clone(), value.clone());
            }
            // `trie-db` must not be asked to remove what is not there.
            None if before.remove(key).is_some() => drop(trie.remove(key).unwrap()),
            None => {}
        }
    }
    drop(trie);
    root
}

proptest! {
    /// Whatever is saved, dropped from memory and read again meanwhile, and under whichever versions values were put.
    #[test]
    fn roots_equal_those_of_trie_db_and_records_those_of_a_trie_made_at_once(
        rounds in proptest::collection::vec((set(), any::<bool>(), 0u8..4), 1..12),
    ) {
        let disk = Disk(MemoryDb::new());
        let mut theirs = memory_db::MemoryDB::<KeccakHasher, memory_db::PrefixedKey<KeccakHasher>, Vec<u8>>::new(&[0]);
        let (mut root, mut plain) = (empty_root::<KeccakHasher>(), BTreeMap::new());
        let (mut tries, mut removed) = (Tries::empty::<KeccakHasher>(), Vec::new());
        for (set, new, after) in rounds {
            root = match new {
                true => oracle::<LayoutV1<KeccakHasher>>(&mut theirs, root, &mut plain, &set),
                false => oracle::<LayoutV0<KeccakHasher>>(&mut theirs, root, &mut plain, &set),
            };
            let changes = Changes { main: set, ..Changes::default() };
            let version = if new { StateVersion::V1 } else { StateVersion::V0 };
            let next = tries.after::<KeccakHasher>(&disk, &changes.delta(), version).unwrap();
            prop_assert_eq!(next.tries.root(), root);
            removed.extend(next.removed);
            tries = next.tries;
            if after > 0 {
                let mut batch = Batch::new();
                removed.drain(..).for_each(|key| batch.delete(ziver_db::Column::Trie, key));
                tries.save(&mut batch);
                disk.0.write(batch).unwrap();
                let mut found = Vec::new();
                tries.for_each::<KeccakHasher>(&disk, None, &mut |key, value| { found.push((key.to_vec(), value.clone())); Ok(()) }).unwrap();
                prop_assert_eq!(found.len(), plain.len());
                for ((key, value), (expected, bytes)) in found.iter().zip(&plain) {
                    prop_assert!(key == expected && value.is::<KeccakHasher>(bytes));
                }
            }
            match after {
                2 => tries = Tries::saved(root),
                3 => tries.evict(0),
                _ => {}
            }
        }
        // A trie of the same keys from nothing, values as they were put, has the same records and no other.
        let mut batch = Batch::new();
        removed.into_iter().for_each(|key| batch.delete(ziver_db::Column::Trie, key));
        tries.save(&mut batch);
        disk.0.write(batch).unwrap();
        let mut positions = Vec::new();
        disk.0.iter(ziver_db::Column::Trie, &[]).for_each(|entry| positions.push(entry.unwrap().0));
        let fresh = Changes { main: plain.into_iter().map(|(key, value)| (key, Some(value))).collect(), ..Changes::default() };
        let fresh = Tries::empty::<KeccakHasher>().after::<KeccakHasher>(&NoRecords, &fresh.delta(), StateVersion::V1).unwrap();
        let mut batch = Batch::new();
        fresh.tries.save(&mut batch);
        let expected: Vec<_> = batch.ops().filter_map(|op| match op { Op::Put(_, key, _) => Some(key.to_vec()), _ => None }).collect();
        let mut expected: Vec<Vec<u8>> = expected;
        expected.sort_unstable();
        prop_assert_eq!(positions, expected);
    }
}

#[test]
fn record_of_another_state_is_refused() {
    let disk = Disk(MemoryDb::new());
    let set = |value: &[u8]| Changes {
        main: (0..4u8).map(|key| (vec![key], Some(value.to_vec()))).collect(),
        ..Changes::default()
    };
    let one =
        Tries::empty::<KeccakHasher>().after::<KeccakHasher>(&disk, &set(b"1").delta(), StateVersion::V1).unwrap();
    let other = one.tries.after::<KeccakHasher>(&disk, &set(b"2").delta(), StateVersion::V1).unwrap();
    let mut batch = Batch::new();
    other.tries.save(&mut batch);
    disk.0.write(batch).unwrap();
    let read = |root| Tries::saved(root).after::<KeccakHasher>(&disk, &set(b"3").delta(), StateVersion::V1);
    assert!(read(other.tries.root()).is_ok());
    let Err(StateError::Corrupt(why)) = read(one.tries.root()) else { panic!("an old root has no records") };
    assert!(why.contains("another state"), "{why}");
}
