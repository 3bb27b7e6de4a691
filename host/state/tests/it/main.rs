//! Headers of published chains. Their whole genesis states are loaded by `host/conformance`.

use codec::Encode;
use hex_literal::hex;
use ziver_primitives::{Digest, Hash, Header, hashing};
use ziver_state::{Blake2Hasher, StateVersion};
use ziver_trie::ordered_root;

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

#[test]
fn genesis_headers_of_polkadot_and_westend_have_their_published_hashes() {
    let polkadot = Hash::from(hex!("29d0d972cd27cbc511e9589fcb7a4506d5eb6a9e8df205f00472e5ab354a4e17"));
    let westend = Hash::from(hex!("7e92439a94f79671f9cade9dff96a094519b9001a7432244d46ab644bb6f746f"));
    assert_eq!(genesis_hash(polkadot).0, hex!("91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3"));
    assert_eq!(genesis_hash(westend).0, hex!("e143f23803ac50e8f6f8e62695d1ce9e4e1d68aa36c1cd2cfd15340213f3423e"));
}
