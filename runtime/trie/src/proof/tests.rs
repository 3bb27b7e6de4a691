use memory_db::{HashKey, MemoryDB};
use proptest::prelude::*;
use sp_trie::{LayoutV0 as SpV0, LayoutV1 as SpV1, StorageProof, read_trie_value};
use trie_db::{TrieDBMutBuilder, TrieMut};

use super::*;
use crate::{KeccakHasher, LayoutV0, StateVersion};

type SpKeccak = sp_core::KeccakHasher;
type Pairs = BTreeMap<Vec<u8>, Vec<u8>>;

fn pairs() -> impl Strategy<Value = Pairs> {
    let key = proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0x10), Just(0xff)], 0..6);
    proptest::collection::btree_map(key, proptest::collection::vec(any::<u8>(), 0..80), 1..60)
}

fn asked() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let key = proptest::collection::vec(prop_oneof![Just(0u8), Just(1), Just(0x10), Just(0xff)], 0..6);
    proptest::collection::vec(key, 1..20)
}

/// A trie built by our codec.
fn ours(pairs: &Pairs, version: StateVersion) -> (MemoryDB<KeccakHasher, HashKey<KeccakHasher>, DBValue>, H256) {
    let mut db = MemoryDB::new(&[0]);
    let mut root = H256::zero();
    match version {
        StateVersion::V0 => {
            let mut trie = TrieDBMutBuilder::<LayoutV0<KeccakHasher>>::new(&mut db, &mut root).build();
            pairs.iter().for_each(|(key, value)| drop(trie.insert(key, value).unwrap()));
        }
        StateVersion::V1 => {
            let mut trie = TrieDBMutBuilder::<LayoutV1<KeccakHasher>>::new(&mut db, &mut root).build();
            pairs.iter().for_each(|(key, value)| drop(trie.insert(key, value).unwrap()));
        }
    }
    (db, root)
}

proptest! {
    #[test]
    fn our_proofs_convince_sp_trie_and_us(pairs in pairs(), asked in asked(), new in any::<bool>()) {
        let version = if new { StateVersion::V1 } else { StateVersion::V0 };
        let (db, root) = ours(&pairs, version);
        let nodes = prove::<KeccakHasher>(&db, &root, &asked).unwrap();
        let theirs = StorageProof::new(nodes.iter().cloned()).into_memory_db::<SpKeccak>();
        let reader = ProofReader::<KeccakHasher>::new(root, nodes);
        for key in &asked {
            let value = read_trie_value::<SpV1<SpKeccak>, _>(&theirs, &root.0.into(), key, None, None).unwrap();
            prop_assert_eq!(value.as_ref(), pairs.get(key));
            prop_assert_eq!(reader.get(key), Ok(value));
        }
    }

    #[test]
    fn proofs_of_sp_trie_convince_us(pairs in pairs(), asked in asked(), new in any::<bool>()) {
        let mut db = sp_trie::MemoryDB::<SpKeccak>::default();
        let mut root = Default::default();
        if new {
            let mut trie = TrieDBMutBuilder::<SpV1<SpKeccak>>::new(&mut db, &mut root).build();
            pairs.iter().for_each(|(key, value)| drop(trie.insert(key, value).unwrap()));
        } else {
            let mut trie = TrieDBMutBuilder::<SpV0<SpKeccak>>::new(&mut db, &mut root).build();
            pairs.iter().for_each(|(key, value)| drop(trie.insert(key, value).unwrap()));
        }
        let mut recorder = Recorder::<SpV1<SpKeccak>>::new();
        {
            let trie = TrieDBBuilder::<SpV1<SpKeccak>>::new(&db, &root).with_recorder(&mut recorder).build();
            asked.iter().for_each(|key| drop(trie.get(key).unwrap()));
        }
        let nodes = recorder.drain().into_iter().map(|record| record.data);
        let reader = ProofReader::<KeccakHasher>::new(H256(root.0), nodes);
        for key in &asked {
            prop_assert_eq!(reader.get(key).unwrap(), pairs.get(key).cloned());
        }
    }

    /// With a node taken away or changed, the answer is right or there is none.
    #[test]
    fn damaged_proofs_never_lie(pairs in pairs(), asked in asked(), which in any::<usize>(), at in any::<usize>(), bit in 0..8) {
        let (db, root) = ours(&pairs, StateVersion::V1);
        let mut nodes: Vec<_> = prove::<KeccakHasher>(&db, &root, &asked).unwrap().into_iter().collect();
        let which = which % nodes.len();
        let at = at % nodes[which].len();
        nodes[which][at] ^= 1u8 << bit;
        let reader = ProofReader::<KeccakHasher>::new(root, nodes);
        for key in &asked {
            if let Ok(value) = reader.get(key) {
                prop_assert_eq!(value.as_ref(), pairs.get(key));
            }
        }
    }
}

#[test]
fn missing_nodes_are_told_apart_from_missing_keys() {
    let pairs = Pairs::from([(vec![1], vec![7; 40]), (vec![2], vec![8; 40])]);
    let (db, root) = ours(&pairs, StateVersion::V1);
    let nodes = prove::<KeccakHasher>(&db, &root, [[1u8]]).unwrap();
    let reader = ProofReader::<KeccakHasher>::new(root, nodes);
    assert_eq!(reader.get(&[1]), Ok(Some(vec![7; 40])));
    assert_eq!(reader.get(&[2]), Err(ProofError::Incomplete));
    assert_eq!(reader.get(&[0x31]), Ok(None));
    assert_eq!(ProofReader::<KeccakHasher>::new(root, []).get(&[1]), Err(ProofError::Incomplete));
}
