//! States of published chains.
//!
//! The raw chain specification of Westend (2 MB) is not part of this repository. Put it, as published with the Polkadot
//! SDK (`polkadot/node/service/chain-specs/westend.json`), into a folder and name the folder in `ZIVER_CHAIN_SPECS`;
//! `polkadot.json` beside it is tried as well. Without them these tests print that they skip.

use std::{collections::BTreeMap, path::PathBuf};

use codec::Encode;
use ziver_primitives::{Digest, Hash, Header, hashing};
use ziver_state::{Blake2Hasher, MemoryView, StateVersion, View};
use ziver_trie::{ordered_root, root};

const POLKADOT: Published = Published {
    file: "polkadot.json",
    state_root: "29d0d972cd27cbc511e9589fcb7a4506d5eb6a9e8df205f00472e5ab354a4e17",
    hash: "91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3",
};
const WESTEND: Published = Published {
    file: "westend.json",
    state_root: "7e92439a94f79671f9cade9dff96a094519b9001a7432244d46ab644bb6f746f",
    hash: "e143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e",
};

/// What is known of a chain's genesis block.
struct Published {
    file: &'static str,
    state_root: &'static str,
    hash: &'static str,
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.trim_start_matches("0x").as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// The hash of a genesis block with this state.
fn genesis_hash(state_root: Hash) -> Hash {
    let header = Header {
        parent_hash: Hash::zero(),
        number: 0,
        state_root,
        extrinsics_root: ordered_root::<Blake2Hasher>(Vec::<Vec<u8>>::new(), StateVersion::V0),
        digest: Digest::default(),
    };
    Hash::from(hashing::blake2_256(&header.encode()))
}

fn check(published: &Published) {
    let path = std::env::var_os("ZIVER_CHAIN_SPECS").map(|folder| PathBuf::from(folder).join(published.file));
    let Some(path) = path.filter(|path| path.exists()) else {
        println!("skipped: no {} in the folder that ZIVER_CHAIN_SPECS names", published.file);
        return;
    };
    let spec: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let top = spec["genesis"]["raw"]["top"].as_object().unwrap();
    let pairs: BTreeMap<_, _> = top.iter().map(|(key, value)| (bytes(key), bytes(value.as_str().unwrap()))).collect();
    let expected = Hash::from_slice(&bytes(published.state_root));
    assert_eq!(root::<Blake2Hasher>(&pairs, StateVersion::V0), expected);
    let view = MemoryView::<Blake2Hasher>::from_pairs(pairs, StateVersion::V0).unwrap();
    assert_eq!(view.root(), expected);
    assert_eq!(genesis_hash(view.root()).as_bytes(), bytes(published.hash));
}

#[test]
fn genesis_headers_of_polkadot_and_westend_have_their_published_hashes() {
    for published in [POLKADOT, WESTEND] {
        let state_root = Hash::from_slice(&bytes(published.state_root));
        assert_eq!(genesis_hash(state_root).as_bytes(), bytes(published.hash), "{}", published.file);
    }
}

#[test]
fn genesis_state_of_westend_has_its_published_root() {
    check(&WESTEND);
}

#[test]
fn genesis_state_of_polkadot_has_its_published_root() {
    check(&POLKADOT);
}
