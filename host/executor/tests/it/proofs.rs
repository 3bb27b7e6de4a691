//! Compact proofs of values in a trie, as a runtime lets the host check them.

use codec::Encode;
use memory_db::{HashKey, MemoryDB};
use ziver_executor::{CallError, CompileStrategy, Overlay};
use ziver_primitives::Hash;
use ziver_trie::hash_db::Hasher;
use ziver_trie::trie_db::{DBValue, TrieDBMutBuilder, TrieLayout, TrieMut, proof::generate_proof};
use ziver_trie::{Blake2Hasher, KeccakHasher, LayoutV0, LayoutV1};

use crate::guest::{code, entry, executor};

const PAIRS: [(&[u8], &[u8]); 4] = [(b"alpha", b"1"), (b"alphabet", &[7; 60]), (b"beta", &[8; 200]), (b"gamma", b"3")];

fn proof_of<L: TrieLayout>(key: &[u8]) -> (Hash, Vec<Vec<u8>>)
where
    L::Hash: Hasher<Out = Hash>,
{
    let mut db = MemoryDB::<L::Hash, HashKey<_>, DBValue>::new(&[0]);
    let mut root = Hash::default();
    {
        let mut trie = TrieDBMutBuilder::<L>::new(&mut db, &mut root).build();
        for (key, value) in PAIRS {
            trie.insert(key, value).unwrap();
        }
    }
    let proof = generate_proof::<_, L, _, _>(&db, &root, [&key]).unwrap();
    (root, proof)
}

/// What the host says to the proof; the arguments lie one after another in the input.
fn verify(function: &str, version: &str, root: &Hash, parts: [&[u8]; 3]) -> Result<u32, CallError> {
    let mut input = root.as_bytes().to_vec();
    let mut slices = String::new();
    for part in parts {
        let at = format!("(i64.extend_i32_u (i32.add (local.get $pointer) (i32.const {})))", input.len());
        slices += &format!("(i64.or (i64.const {}) {at})", (part.len() as u64) << 32);
        input.extend_from_slice(part);
    }
    let more = if version.is_empty() { "" } else { " i32" };
    let imports = format!(r#"(import "env" "{function}" (func $f (param i32 i64 i64 i64{more}) (result i32)))"#);
    let body =
        format!("(i32.store (i32.const 0) (call $f (local.get $pointer) {slices} {version})) (i64.const 0x400000000)");
    let code = code(&imports, &entry("run", &body));
    let answer = executor(CompileStrategy::WinchOnly).call(&code, "run", &input, &mut Overlay::default())?;
    Ok(u32::from_le_bytes(answer.try_into().unwrap()))
}

fn check<L: TrieLayout>(hash: &str, version: u32)
where
    L::Hash: Hasher<Out = Hash>,
{
    let mut forms = vec![(format!("ext_trie_{hash}_verify_proof_version_2"), format!("(i32.const {version})"))];
    if version == 0 {
        forms.push((format!("ext_trie_{hash}_verify_proof_version_1"), String::new()));
    }
    for (function, version) in &forms {
        for (key, value) in PAIRS {
            let (root, proof) = proof_of::<L>(key);
            let encoded = proof.encode();
            let none = Vec::<Vec<u8>>::new().encode();
            let more = [proof, vec![vec![0]]].concat().encode();
            let say = |root: &Hash, parts| verify(function, version, root, parts).unwrap();
            assert_eq!(say(&root, [&encoded, key, value]), 1, "{function}");
            assert_eq!(say(&root, [&encoded, key, b"2"]), 0, "{function} with another value");
            assert_eq!(say(&root, [&encoded, b"delta", value]), 0, "{function} with another key");
            assert_eq!(say(&Hash::zero(), [&encoded, key, value]), 0, "{function} with another root");
            assert_eq!(say(&root, [&none, key, value]), 0, "{function} without a node");
            assert_eq!(say(&root, [&more, key, value]), 0, "{function} with a node too many");
        }
        let torn = verify(function, version, &Hash::zero(), [&[0xff; 4], b"", b""]);
        assert!(matches!(torn, Err(CallError::Trap { .. })), "{torn:?}");
    }
}

#[test]
fn proofs_are_checked_in_both_layouts_and_with_both_hashes() {
    check::<LayoutV0<Blake2Hasher>>("blake2_256", 0);
    check::<LayoutV1<Blake2Hasher>>("blake2_256", 1);
    check::<LayoutV0<KeccakHasher>>("keccak_256", 0);
    check::<LayoutV1<KeccakHasher>>("keccak_256", 1);
}
