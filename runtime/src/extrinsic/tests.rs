//! Byte-exact against transactions that two clients made; malformed ones.
use alloc::{string::ToString, vec};
use ziver_primitives::transaction::DevelopmentAccount::Alith;

use super::*;
use crate::harness::{remark, transfer};

const VECTORS: &str = include_str!("../../primitives/src/transaction/extrinsics-v4.json");

fn bytes(value: &serde_json::Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().trim_start_matches("0x")).unwrap()
}

#[test]
fn transactions_of_clients_decode_verify_and_encode_to_the_same_bytes() {
    let file: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
    let hash = |name: &str| Hash::from_slice(&bytes(&file["inputs"][name]));
    let implicit = Implicit { spec_version: 1, ..Implicit::new(hash("genesis"), hash("birth")) };
    for (name, vector) in file["vectors"].as_object().unwrap() {
        let encoded = bytes(&vector["extrinsic"]);
        let opaque = Vec::<u8>::decode(&mut encoded.as_slice()).unwrap();
        let extrinsic = Extrinsic::decode_bytes(&opaque).unwrap();
        assert_eq!(extrinsic.to_prefixed_bytes(), encoded, "{name}");
        assert_eq!(prefixed_len(&opaque) as usize, encoded.len(), "{name}");
        assert_eq!(extrinsic.call.encode(), bytes(&vector["call"]), "{name}");
        let signed = extrinsic.signature.unwrap();
        assert_eq!(signed.address.to_string(), vector["signer"].as_str().unwrap(), "{name}");
        assert_eq!(signed.extra.encode(), bytes(&vector["extra"]), "{name}");
        assert_eq!(implicit.encode(), bytes(&vector["additionalSigned"]), "{name}");
        assert!(signed.is_authentic(&implicit), "{name}");
        let other_chain = Implicit { genesis_hash: Hash::zero(), ..implicit };
        assert!(!signed.is_authentic(&other_chain), "{name}");
    }
}

fn signed_transfer() -> Extrinsic {
    let extra = Extra { era: Era::Immortal, nonce: 1, tip: 2, metadata_hash_mode: 0 };
    let implicit = Implicit::new(Hash::zero(), Hash::zero());
    Extrinsic::signed(transfer([1; 20].into(), 5), Alith.account(), extra, &implicit, |message| {
        Alith.key().sign(message)
    })
}

#[test]
fn signed_extrinsic_round_trips_and_is_authentic() {
    let extrinsic = signed_transfer();
    assert_eq!(Extrinsic::decode_bytes(&extrinsic.to_bytes()), Ok(extrinsic.clone()));
    assert!(extrinsic.signature.unwrap().is_authentic(&Implicit::new(Hash::zero(), Hash::zero())));
}

#[test]
fn bytes_cut_anywhere_do_not_decode() {
    let bytes = signed_transfer().to_bytes();
    for len in 0..bytes.len() {
        assert!(Extrinsic::decode_bytes(&bytes[..len]).is_err(), "{len}");
    }
}

#[test]
fn bytes_after_the_call_are_refused() {
    let mut bytes = signed_transfer().to_bytes();
    bytes.push(0);
    assert!(Extrinsic::decode_bytes(&bytes).is_err());
}

#[test]
fn versions_other_than_4_are_refused() {
    for version in [0, 3, 5, 0x45, 0x83, 0x85] {
        let mut bytes = Extrinsic::bare(remark(b"")).to_bytes();
        assert!(Extrinsic::decode_bytes(&bytes).is_ok());
        bytes[0] = version;
        assert!(Extrinsic::decode_bytes(&bytes).is_err(), "{version}");
    }
}

#[test]
fn unknown_pallets_and_calls_are_refused() {
    for call in [[2, 0, 0], [0, 8, 0], [5, 1, 0], [255, 255, 0]] {
        assert!(Extrinsic::decode_bytes(&[&[VERSION_BARE], &call[..]].concat()).is_err(), "{call:?}");
    }
}

/// `levels` batches in one another.
fn nested(levels: usize) -> Vec<u8> {
    let mut bytes = vec![VERSION_BARE];
    for _ in 0..levels {
        bytes.extend([1, 0, 4]);
    }
    remark(b"").encode_to(&mut bytes);
    bytes
}

#[test]
fn calls_nested_too_deep_are_refused_without_a_stack_for_them() {
    assert!(Extrinsic::decode_bytes(&nested(16)).is_ok());
    assert!(Extrinsic::decode_bytes(&nested(CALL_DEPTH_MAX as usize + 1)).is_err());
    assert!(Extrinsic::decode_bytes(&nested(1_000_000)).is_err());
}

#[test]
fn batch_that_would_not_fit_memory_is_refused() {
    let len = 1_500_000u32;
    let mut bytes = vec![VERSION_BARE, 1, 0];
    Compact(len).encode_to(&mut bytes);
    for _ in 0..len {
        remark(b"").encode_to(&mut bytes);
    }
    assert!(Extrinsic::decode_bytes(&bytes).is_err());
}

#[test]
fn long_messages_are_hashed_first() {
    let implicit = Implicit::new(Hash::zero(), Hash::zero());
    let implicit_len = implicit.encode().len();
    assert_eq!(message(&vec![0; 256 - implicit_len], &implicit).len(), 256);
    assert_eq!(message(&vec![0; 257 - implicit_len], &implicit).len(), 32);
}
