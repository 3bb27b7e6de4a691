//! Extrinsics: those that clients made, and ours.

use codec::{Compact, Decode, Encode};
use serde_json::{Value, json};
use ziver_metadata::DecodeError;
use ziver_primitives::{
    Era, Hash,
    transaction::{DevelopmentAccount::Alith, UnsignedTransaction},
};

use crate::runtime::{all, metadata};

/// Made by two clients, which agree on them.
const VECTORS: &str = include_str!("../../../../runtime/primitives/src/transaction/extrinsics-v4.json");

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().trim_start_matches("0x")).unwrap()
}

#[test]
fn extrinsics_of_clients_are_read_with_their_signed_parts() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    for (name, vector) in file["vectors"].as_object().unwrap() {
        let encoded = bytes(&vector["extrinsic"]);
        for metadata in all() {
            let extrinsic = metadata.decode_extrinsic(&encoded).unwrap();
            assert_eq!(format!("{:?}", extrinsic.hash), vector["extrinsicHashBlake2"].as_str().unwrap(), "{name}");
            assert_eq!(extrinsic.signer.as_ref().unwrap(), &vector["signer"].as_str().unwrap().to_lowercase());
            assert_eq!(extrinsic.signature.as_ref().unwrap(), &vector["signature"]);
            assert_eq!((extrinsic.version, extrinsic.nonce, extrinsic.tip.as_deref()), (4, Some(5), Some("3")));
            assert_eq!(extrinsic.era, Some(json!({"Mortal": {"period": 64, "phase": 36}})));
            let call = &extrinsic.call;
            let again = metadata.encode_call(&call.pallet, &call.call, &Value::Object(call.args.clone()));
            assert_eq!(again, Ok(bytes(&vector["call"])), "{name}");
        }
    }
}

fn signed(call: Vec<u8>) -> Vec<u8> {
    UnsignedTransaction { call, nonce: 9, tip: u128::MAX, ..Default::default() }.sign(&Alith.key()).encode()
}

#[test]
fn length_before_an_extrinsic_is_optional_and_the_hash_the_same() {
    let encoded = signed(vec![0, 0, 0]);
    let bare = Vec::<u8>::decode(&mut encoded.as_slice()).unwrap();
    let metadata = metadata();
    let extrinsic = metadata.decode_extrinsic(&encoded).unwrap();
    assert_eq!(metadata.decode_extrinsic(&bare), Ok(extrinsic.clone()));
    assert_eq!(extrinsic.hash, Hash::from(ziver_primitives::hashing::blake2_256(&encoded)));
    assert_eq!(extrinsic.tip, Some(u128::MAX.to_string()));
    assert_eq!(extrinsic.era, Some(json!("Immortal")));
    assert_eq!(extrinsic.extensions["CheckMetadataHash"], json!({"mode": "Disabled"}));
}

#[test]
fn inherents_have_no_signer() {
    let inner = (4u8, [3u8, 0], Compact(1_700_000_000_000u64)).encode();
    for metadata in all() {
        let extrinsic = metadata.decode_extrinsic(&inner.encode()).unwrap();
        assert_eq!((extrinsic.signer, extrinsic.nonce, extrinsic.era), (None, None, None));
        assert_eq!(extrinsic.call.pallet, "Timestamp");
        assert_eq!(extrinsic.call.args["now"], 1_700_000_000_000u64);
    }
}

#[test]
fn json_of_an_extrinsic_holds_its_call() {
    let extrinsic = metadata().decode_extrinsic(&signed(vec![0, 0, 4, 255])).unwrap();
    let json = serde_json::to_value(&extrinsic).unwrap();
    assert_eq!((&json["pallet"], &json["call"]), (&json!("System"), &json!("remark")));
    assert_eq!(json["args"], json!({"remark": "0xff"}));
    assert_eq!(json["hash"], format!("{:?}", extrinsic.hash));
}

#[test]
fn unknown_formats_and_cut_extrinsics_are_refused() {
    let metadata = metadata();
    assert_eq!(metadata.decode_extrinsic(&[8, 0x83, 0]), Err(DecodeError::ExtrinsicFormat(0x83)));
    assert!(metadata.decode_extrinsic(&[]).is_err());
    let encoded = signed(vec![0, 0, 0]);
    for length in 0..encoded.len() {
        assert!(metadata.decode_extrinsic(&encoded[..length]).is_err(), "{length}");
    }
}

#[test]
fn eras_are_told_by_period_and_phase() {
    let era = Era::mortal(4_096, 12_345);
    let form = UnsignedTransaction { call: vec![0, 0, 0], era, ..Default::default() };
    let extrinsic = metadata().decode_extrinsic(&form.sign(&Alith.key()).encode()).unwrap();
    assert_eq!(extrinsic.era, Some(json!({"Mortal": {"period": 4_096, "phase": 12_345 % 4_096}})));
}
