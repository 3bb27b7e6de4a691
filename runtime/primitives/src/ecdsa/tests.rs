//! Signatures made by k256, then bent.
use super::*;
use crate::{AccountId20, EthereumSignature, hashing::keccak_256};
use hex_literal::hex;
use k256::ecdsa::SigningKey;
use proptest::prelude::*;

/// The well-known development key of Alith.
const ALITH: [u8; 32] = hex!("5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133");

fn sign(message: &[u8]) -> [u8; 65] {
    let key = SigningKey::from_slice(&ALITH).unwrap();
    let (signature, id) = key.sign_prehash_recoverable(&keccak_256(message));
    let mut out = [0; 65];
    out[..64].copy_from_slice(&signature.to_bytes());
    out[64] = id.to_byte();
    out
}

fn alith() -> AccountId20 {
    "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac".parse().unwrap()
}

#[test]
fn signature_recovers_to_its_account() {
    assert_eq!(EthereumSignature(sign(b"hello")).recover(b"hello"), Some(alith()));
    assert_ne!(EthereumSignature(sign(b"hello")).recover(b"hallo"), Some(alith()));
}

#[test]
fn ethereums_recovery_ids_are_accepted() {
    let mut signature = sign(b"hello");
    signature[64] += 27;
    assert_eq!(EthereumSignature(signature).recover(b"hello"), Some(alith()));
    signature[64] = 29;
    assert_eq!(EthereumSignature(signature).recover(b"hello"), None);
    signature[64] = 2;
    assert_eq!(EthereumSignature(signature).recover(b"hello"), None);
}

#[test]
fn high_s_is_refused() {
    let order = primitive_types::U256::from_big_endian(&hex!(
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
    ));
    let mut signature = sign(b"hello");
    let s = primitive_types::U256::from_big_endian(&signature[32..64]);
    signature[32..64].copy_from_slice(&(order - s).to_big_endian());
    signature[64] ^= 1;
    // The same key made it, as far as the curve is concerned.
    assert!(recover_normal(&signature, &keccak_256(b"hello")).is_some());
    assert_eq!(recover(&signature, &keccak_256(b"hello")), None);
}

#[test]
fn zero_r_or_s_is_refused() {
    for range in [0..32, 32..64] {
        let mut signature = sign(b"hello");
        signature[range].fill(0);
        assert_eq!(recover(&signature, &keccak_256(b"hello")), None);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::array::uniform32(any::<u8>()), r in prop::array::uniform32(any::<u8>()), v in any::<u8>()) {
        let mut signature = [v; 65];
        signature[..32].copy_from_slice(&r);
        signature[32..64].copy_from_slice(&bytes);
        let _ = recover(&signature, &bytes);
    }
}
