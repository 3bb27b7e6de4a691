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

/// What k256 makes of a compressed key.
fn decompressed(compressed: &[u8; 33]) -> Option<[u8; 64]> {
    let key = k256::ecdsa::VerifyingKey::from_sec1_bytes(compressed).ok()?;
    key.to_sec1_point(false).as_bytes()[1..].try_into().ok()
}

#[test]
fn compressed_keys_at_the_edges_are_those_of_k256() {
    let mut half_and_one = HALF_ORDER;
    half_and_one[31] += 1;
    let mut one = [0; 32];
    one[31] = 1;
    // The generator's x, small and large x, and the field's prime and beyond.
    let generator = hex!("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    let prime = hex!("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    for x in [generator, HALF_ORDER, half_and_one, one, [0; 32], prime, [0xff; 32]] {
        for tag in [0, 1, 2, 3, 4, 6, 7, 0xff] {
            let mut compressed = [tag; 33];
            compressed[1..].copy_from_slice(&x);
            let expected = if tag == 2 || tag == 3 { decompressed(&compressed) } else { None };
            assert_eq!(decompress(&compressed), expected, "{tag} {x:?}");
        }
    }
}

#[test]
fn compressed_keys_whose_x_is_not_below_the_order_are_refused() {
    // They are points, but nobody finds a key for one: some 2^128 of 2^256. The order is no x of a point; this is the next one.
    let (mut x, mut found) = (ORDER, 0);
    for low in 0x41..=0xff {
        x[31] = low;
        let mut compressed = [2; 33];
        compressed[1..].copy_from_slice(&x);
        found += u32::from(decompressed(&compressed).is_some());
        assert_eq!(decompress(&compressed), None);
    }
    assert!(found > 0);
}

#[test]
fn compressed_keys_just_below_the_order_are_those_of_k256() {
    let mut x = ORDER;
    for low in 0..0x41 {
        x[31] = low;
        for tag in [2, 3] {
            let mut compressed = [tag; 33];
            compressed[1..].copy_from_slice(&x);
            assert_eq!(decompress(&compressed), decompressed(&compressed));
        }
    }
}

proptest! {
    #[test]
    fn compressed_keys_are_those_of_k256(secret in prop::array::uniform32(any::<u8>()), flip in any::<bool>()) {
        let Ok(key) = SigningKey::from_slice(&secret) else { return Ok(()) };
        let mut compressed: [u8; 33] = key.verifying_key().to_sec1_point(true).as_bytes().try_into().unwrap();
        // The other point with this x is a key, too.
        compressed[0] ^= u8::from(flip);
        let found = decompress(&compressed);
        prop_assert!(found.is_some());
        prop_assert_eq!(found, decompressed(&compressed));
    }

    #[test]
    fn any_x_is_answered_as_by_k256(x in prop::array::uniform32(any::<u8>()), tag in 2u8..4) {
        let mut compressed = [tag; 33];
        compressed[1..].copy_from_slice(&x);
        prop_assert_eq!(decompress(&compressed), decompressed(&compressed));
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::array::uniform32(any::<u8>()), r in prop::array::uniform32(any::<u8>()), v in any::<u8>()) {
        let mut signature = [v; 65];
        signature[..32].copy_from_slice(&r);
        signature[32..64].copy_from_slice(&bytes);
        let _ = recover(&signature, &bytes);
    }
}
