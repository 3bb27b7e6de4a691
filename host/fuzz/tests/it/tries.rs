//! Nodes of tries and proofs.

use codec::{Decode, Encode};
use hex_literal::hex;
use memory_db::{HashKey, MemoryDB};
use ziver_primitives::Hash;
use ziver_state::{MemoryView, View};
use ziver_trie::hash_db::{EMPTY_PREFIX, HashDB, Hasher};
use ziver_trie::trie_db::proof::{generate_proof, verify_proof};
use ziver_trie::trie_db::{DBValue, NodeCodec as _};
use ziver_trie::{Blake2Hasher, KeccakHasher, LayoutV0, LayoutV1, NodeCodec, ProofReader, StateVersion};

use ziver_fuzz::damage::fuzz;

const KEYS: [&[u8]; 5] = [b"", b"alpha", b"alphabet", b"beta", &[0xff; 40]];

/// Their values.
fn values() -> [Vec<u8>; 5] {
    [vec![], vec![1], vec![2; 33], vec![3; 32], vec![4; 500]]
}

/// A state with a proof of all of it.
fn proof() -> (Hash, Vec<Vec<u8>>) {
    let pairs = KEYS.iter().map(|key| key.to_vec()).zip(values());
    let view = MemoryView::<KeccakHasher>::from_pairs(pairs, StateVersion::V1).expect("a trie in memory");
    let keys: Vec<_> = KEYS.iter().map(|key| key.to_vec()).collect();
    (view.root(), view.prove(None, &keys).expect("a proof of what is there"))
}

#[test]
fn node() {
    let (_, mut seeds) = proof();
    // An empty node, a leaf, a leaf with a hashed value, a branch.
    seeds.push(vec![0]);
    seeds.push(hex!("420a0104").to_vec());
    seeds.push([&hex!("2a0a01")[..], &[7; 32]].concat());
    seeds.push([&hex!("810a0300")[..], &hex!("80"), &[8; 32], &hex!("80"), &[9; 32]].concat());
    fuzz(&seeds, |bytes| {
        // An answer of either kind will do.
        let _ = NodeCodec::<KeccakHasher>::decode(bytes);
        let _ = NodeCodec::<Blake2Hasher>::decode(bytes);
    });
}

#[test]
fn proof_of_reads() {
    let (root, nodes) = proof();
    fuzz(&[nodes.encode()], |bytes| {
        let Ok(nodes) = Vec::<Vec<u8>>::decode(&mut &bytes[..]) else { return };
        // The damaged nodes under the true root, and under a root that has them.
        let roots = nodes.iter().map(|node| KeccakHasher::hash(node)).chain([root]).collect::<Vec<_>>();
        for root in roots {
            let reader = ProofReader::<KeccakHasher>::new(root, nodes.clone());
            for key in KEYS {
                let _ = reader.get(key);
                let _ = reader.child_get(b"child", key);
            }
        }
    });
}

/// Compact proofs: of each key, and of all of them.
fn compact_proofs(root: &Hash, nodes: &[Vec<u8>]) -> Vec<Vec<Vec<u8>>> {
    let mut db = MemoryDB::<KeccakHasher, HashKey<_>, DBValue>::new(&[0]);
    for node in nodes {
        db.insert(EMPTY_PREFIX, node);
    }
    let prove = |keys: &[&[u8]]| generate_proof::<_, LayoutV1<KeccakHasher>, _, _>(&db, root, keys).expect("a proof");
    KEYS.iter().map(|key| prove(&[*key])).chain([prove(&KEYS)]).collect()
}

#[test]
fn compact_proof() {
    let (root, nodes) = proof();
    let proofs = compact_proofs(&root, &nodes);
    for (key, (value, proof)) in KEYS.iter().zip(values().iter().zip(&proofs)) {
        let item = (*key, Some(value.as_slice()));
        verify_proof::<LayoutV1<KeccakHasher>, _, _, _>(&root, proof, [&item]).expect("what is damaged is valid");
    }
    let seeds: Vec<_> = proofs.iter().map(Encode::encode).collect();
    fuzz(&seeds, |bytes| {
        let Ok(nodes) = Vec::<Vec<u8>>::decode(&mut &bytes[..]) else { return };
        for key in KEYS {
            let item = (key, Some(&b"value"[..]));
            let _ = verify_proof::<LayoutV0<Blake2Hasher>, _, _, _>(&root, &nodes, [&item]);
            assert!(
                verify_proof::<LayoutV1<KeccakHasher>, _, _, _>(&root, &nodes, [&item]).is_err(),
                "a lie is proved"
            );
        }
    });
}
