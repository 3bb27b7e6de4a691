//! Each form, whole.

use super::*;
use crate::link::Inclusion;
use ziver_primitives::{Digest, DigestItem, OpaqueExtrinsic};

fn sample() -> Header {
    Header {
        parent_hash: [1; 32].into(),
        number: 26,
        state_root: [2; 32].into(),
        extrinsics_root: [3; 32].into(),
        digest: Digest { logs: vec![DigestItem::PreRuntime(*b"zivr", vec![9]), DigestItem::RuntimeEnvironmentUpdated] },
    }
}

#[test]
fn header_has_the_legacy_shape() {
    let expected = json!({
        "parentHash": format!("0x{}", "01".repeat(32)),
        "number": "0x1a",
        "stateRoot": format!("0x{}", "02".repeat(32)),
        "extrinsicsRoot": format!("0x{}", "03".repeat(32)),
        "digest": { "logs": ["0x067a6976720409", "0x08"] },
    });
    assert_eq!(header(&sample()), expected);
}

#[test]
fn genesis_number_is_0x0() {
    assert_eq!(header(&Header { number: 0, ..sample() })["number"], "0x0");
}

#[test]
fn block_keeps_length_prefixes_and_has_null_justifications() {
    let block = Block { header: sample(), extrinsics: vec![OpaqueExtrinsic(vec![4, 0xab])] };
    let json = signed_block(&block);
    assert_eq!(json["block"]["extrinsics"], json!(["0x0804ab"]));
    assert_eq!(json["justifications"], Value::Null);
    assert!(json.as_object().unwrap().contains_key("justifications"));
}

#[test]
fn runtime_version_has_the_legacy_shape() {
    let version = RuntimeVersion {
        spec_name: "ziver".into(),
        impl_name: "ziver-host".into(),
        authoring_version: 1,
        spec_version: 100,
        impl_version: 2,
        apis: vec![(*b"\xdf\x6a\xcb\x68\x99\x07\x60\x9b", 5)].into(),
        transaction_version: 3,
        system_version: 1,
    };
    let expected = json!({
        "specName": "ziver", "implName": "ziver-host", "authoringVersion": 1, "specVersion": 100, "implVersion": 2,
        "apis": [["0xdf6acb689907609b", 5]], "transactionVersion": 3, "stateVersion": 1, "systemVersion": 1,
    });
    assert_eq!(runtime_version(&version), expected);
}

#[test]
fn statuses_have_the_legacy_names() {
    let h = Hash::from([7; 32]);
    let text = format!("0x{}", "07".repeat(32));
    let expected = [
        (TransactionStatus::Future, json!("future")),
        (TransactionStatus::Ready, json!("ready")),
        (TransactionStatus::Broadcast(vec![]), json!({ "broadcast": [] })),
        (TransactionStatus::InBlock(Inclusion { block: h, index: 1 }), json!({ "inBlock": text })),
        (TransactionStatus::Retracted(h), json!({ "retracted": text })),
        (TransactionStatus::FinalityTimeout(h), json!({ "finalityTimeout": text })),
        (TransactionStatus::Finalized(Inclusion { block: h, index: 1 }), json!({ "finalized": text })),
        (TransactionStatus::Usurped(h), json!({ "usurped": text })),
        (TransactionStatus::Dropped, json!("dropped")),
        (TransactionStatus::Invalid, json!("invalid")),
    ];
    for (given, wanted) in expected {
        assert_eq!(status(&given), wanted);
    }
}
