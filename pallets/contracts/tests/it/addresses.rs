//! Addresses of contracts, against Ethereum's published ones.

use hex_literal::hex;
use proptest::prelude::*;
use ziver_contracts::create::{by_nonce, by_salt};
use ziver_primitives::{AccountId20, Hash, hashing::keccak_256};

#[test]
fn addresses_by_nonce_are_those_of_create() {
    // Published in many places, first on ethereum.stackexchange.com (question 760).
    let sender = AccountId20(hex!("6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"));
    assert_eq!(by_nonce(&sender, 0).0, hex!("cd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"));
    assert_eq!(by_nonce(&sender, 1).0, hex!("343c43a37d37dff08ae8c4a11544c718abb4fcf8"));
    assert_eq!(by_nonce(&sender, 2).0, hex!("f778b86fa74e846c4f0a1fbd1335fe81c00a0c91"));
    assert_eq!(by_nonce(&sender, 3).0, hex!("fffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c"));
}

#[test]
fn addresses_by_salt_are_those_of_create2() {
    // EIP-1014, the example whose code is long enough to be a code hash and an input.
    let deployer = AccountId20(hex!("00000000000000000000000000000000deadbeef"));
    let salt = hex!("00000000000000000000000000000000000000000000000000000000cafebabe");
    let init = hex!("deadbeef").repeat(11);
    let (code_hash, input) = init.split_at(32);
    let code_hash = Hash::from(<[u8; 32]>::try_from(code_hash).unwrap());
    let address = by_salt(&deployer, &code_hash, input, &salt);
    assert_eq!(address.0, hex!("1d8bfdc5d46dc4f61d6b6115972536ebe6a8854c"));
}

#[test]
fn salts_of_other_lengths_are_hashed() {
    let (deployer, code) = (AccountId20([1; 20]), Hash::from([2; 32]));
    for salt in [&b"salt"[..], &[3; 31], &[3; 33], &[3; 1000]] {
        assert_eq!(by_salt(&deployer, &code, b"", salt), by_salt(&deployer, &code, b"", &keccak_256(salt)));
    }
    assert_ne!(by_salt(&deployer, &code, b"", &[3; 32]), by_salt(&deployer, &code, b"", &keccak_256(&[3; 32])));
}

/// RLP of a string and of a list of encoded items, by the yellow paper's appendix B, both shorter than 56 bytes.
fn string(bytes: &[u8]) -> Vec<u8> {
    if let [byte @ ..0x80] = bytes {
        return vec![*byte];
    }
    [&[0x80 + bytes.len() as u8], bytes].concat()
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let items = items.concat();
    [&[0xc0 + items.len() as u8], &items[..]].concat()
}

proptest! {
    #[test]
    fn addresses_by_any_nonce_are_those_of_create(sender: [u8; 20], bits in 0u32..=64, nonce: u64) {
        let nonce = nonce.checked_shr(64 - bits).unwrap_or(0);
        let digits: Vec<u8> = nonce.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
        let hash = keccak_256(&list(&[string(&sender), string(&digits)]));
        prop_assert_eq!(&by_nonce(&AccountId20(sender), nonce).0, &hash[12..]);
    }
}
