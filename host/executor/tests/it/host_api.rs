//! Hashes, roots and recovered keys as a runtime gets them, against the same computed natively.

use codec::Encode;
use k256::ecdsa::SigningKey;
use sha2::{Digest, Sha256};
use sha3::Keccak512;
use ziver_executor::{CallError, CompileStrategy, Overlay};
use ziver_primitives::hashing::{blake2_128, blake2_256, keccak_256, twox_64, twox_128, twox_256};
use ziver_trie::{Blake2Hasher, KeccakHasher, StateVersion, ordered_root, root};

use crate::guest::{INPUT, code, entry, executor};

/// What `function` leaves at the pointer it answers for `input`.
fn fixed(function: &str, more: &str, len: usize, input: &[u8]) -> Result<Vec<u8>, CallError> {
    let types = if more.is_empty() { "i64" } else { "i64 i32" };
    let imports = format!(r#"(import "env" "{function}" (func $f (param {types}) (result i32)))"#);
    let answer = format!("(i64.or (i64.const {}) (i64.extend_i32_u (call $f {INPUT} {more})))", (len as u64) << 32);
    let code = code(&imports, &entry("run", &answer));
    executor(CompileStrategy::WinchOnly).call(&code, "run", input, &mut Overlay::default())
}

#[test]
fn hashes_are_those_of_the_native_functions() {
    for input in [&b""[..], b"abc", &[9; 1_000]] {
        let expected: [(&str, Vec<u8>); 8] = [
            ("keccak_256", keccak_256(input).to_vec()),
            ("keccak_512", Keccak512::digest(input).to_vec()),
            ("sha2_256", Sha256::digest(input).to_vec()),
            ("blake2_128", blake2_128(input).to_vec()),
            ("blake2_256", blake2_256(input).to_vec()),
            ("twox_64", twox_64(input).to_vec()),
            ("twox_128", twox_128(input).to_vec()),
            ("twox_256", twox_256(input).to_vec()),
        ];
        for (name, hash) in expected {
            let function = format!("ext_hashing_{name}_version_1");
            assert_eq!(fixed(&function, "", hash.len(), input).unwrap(), hash, "{name}");
        }
    }
}

#[test]
fn trie_roots_are_those_of_the_trie() {
    let long = "long".repeat(20);
    let pairs = vec![(b"one".to_vec(), long.as_bytes().to_vec()), (b"two".to_vec(), b"2".to_vec())];
    let values: Vec<Vec<u8>> = pairs.iter().map(|(_, value)| value.clone()).collect();
    for (number, version) in [(0, StateVersion::V0), (1, StateVersion::V1)] {
        let expected = [
            ("blake2_256_root", pairs.encode(), root::<Blake2Hasher>(pairs.clone(), version)),
            ("keccak_256_root", pairs.encode(), root::<KeccakHasher>(pairs.clone(), version)),
            ("blake2_256_ordered_root", values.encode(), ordered_root::<Blake2Hasher>(&values, version)),
            ("keccak_256_ordered_root", values.encode(), ordered_root::<KeccakHasher>(&values, version)),
        ];
        for (name, input, root) in expected {
            let second = format!("ext_trie_{name}_version_2");
            let version = format!("(i32.const {number})");
            assert_eq!(fixed(&second, &version, 32, &input).unwrap(), root.as_bytes(), "{name}");
            if number == 0 {
                let first = format!("ext_trie_{name}_version_1");
                assert_eq!(fixed(&first, "", 32, &input).unwrap(), root.as_bytes(), "{name}");
            }
        }
    }
}

#[test]
fn trie_entries_that_do_not_decode_or_an_unknown_version_are_traps() {
    let function = "ext_trie_keccak_256_root_version_2";
    for (version, input) in [("(i32.const 1)", &[0xff; 9][..]), ("(i32.const 2)", &[0]), ("(i32.const 256)", &[0])] {
        assert!(matches!(fixed(function, version, 32, input), Err(CallError::Trap { .. })), "{version}");
    }
}

#[test]
fn recovered_key_is_a_scale_result() {
    let hash = keccak_256(b"message");
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let (signature, id) = key.sign_prehash_recoverable(&hash);
    let mut input = signature.to_bytes().to_vec();
    input.push(id.to_byte());
    input.extend_from_slice(&hash);
    let point = key.verifying_key().to_sec1_point(false);
    let long = [&[0], &point.as_bytes()[1..]].concat();
    let short = [&[0], key.verifying_key().to_sec1_point(true).as_bytes()].concat();
    let executor = executor(CompileStrategy::WinchOnly);
    for (name, expected) in [("recover", long), ("recover_compressed", short)] {
        for version in [1, 2] {
            let function = format!("ext_crypto_secp256k1_ecdsa_{name}_version_{version}");
            let imports = format!(r#"(import "env" "{function}" (func $f (param i32 i32) (result i64)))"#);
            let call = "(call $f (local.get $pointer) (i32.add (local.get $pointer) (i32.const 65)))";
            let code = code(&imports, &entry("run", call));
            let answer = executor.call(&code, "run", &input, &mut Overlay::default()).unwrap();
            assert_eq!(answer, expected, "{function}");
            let mut wrong = input.clone();
            wrong[64] = 9;
            assert_eq!(executor.call(&code, "run", &wrong, &mut Overlay::default()).unwrap(), [1, 1]);
        }
    }
}
