//! The published genesis header of Polkadot.
use super::*;
use hex_literal::hex;

#[test]
fn hash_of_polkadots_genesis_header_is_the_published_one() {
    let header = Header {
        parent_hash: Hash::zero(),
        number: 0,
        state_root: Hash::from(hex!("29d0d972cd27cbc511e9589fcb7a4506d5eb6a9e8df205f00472e5ab354a4e17")),
        extrinsics_root: Hash::from(hex!("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314")),
        digest: Digest::default(),
    };
    assert_eq!(header.hash(), Hash::from(hex!("91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3")));
}
