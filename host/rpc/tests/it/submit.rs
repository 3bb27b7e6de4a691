//! Submitting, watching, and sealing by hand.

use serde_json::{Value, json};

use crate::{
    client::{Ws, call, error, result},
    fake::Node,
};

#[test]
fn accepted_transaction_is_answered_with_its_hash() {
    let node = Node::start();
    let expected = format!("0x{}", hex::encode(ziver_primitives::hashing::blake2_256(&[4, 0])));
    for method in ["author_submitExtrinsic", "zx_sendRawTransaction"] {
        assert_eq!(result(node.address, method, json!(["0x0400"])), expected);
    }
}

#[test]
fn each_refusal_has_its_code_and_reason() {
    let node = Node::start();
    let already = format!("0x{}", hex::encode(ziver_primitives::hashing::blake2_256(&[4, 3])));
    let cases = [
        ("0x0401", 1010, "Invalid Transaction", json!("Transaction is outdated")),
        ("0x0402", 1012, "Transaction is temporarily banned", Value::Null),
        ("0x0403", 1013, "Transaction Already Imported", json!(already)),
        (
            "0x0404",
            1014,
            "Priority is too low: (9 vs 8)",
            json!("The transaction has too low priority to replace another transaction already in the pool."),
        ),
        ("0x0405", 1016, "Immediately Dropped", json!("The transaction couldn't enter the pool because of the limit")),
        ("0x0406", 1002, "Verification Error: Runtime panicked", json!("Runtime panicked")),
        ("0x0407", 1010, "Invalid Transaction", json!("Custom error: 42")),
        ("0x04", 1001, "Extrinsic has invalid format: Not enough data", Value::Null),
        ("0x", 1001, "Extrinsic has invalid format: no bytes", Value::Null),
    ];
    let mut ws = Ws::connect(node.address);
    for (bytes, code, message, data) in cases {
        let over_http = call(node.address, "author_submitExtrinsic", json!([bytes]));
        let watched = ws.call("author_submitAndWatchExtrinsic", json!([bytes]));
        for answer in [over_http, watched] {
            let error = &answer["error"];
            assert_eq!((&error["code"], &error["message"]), (&json!(code), &json!(message)), "{bytes}");
            assert_eq!(error["data"], data, "{bytes}");
        }
    }
}

#[test]
fn watcher_gets_the_reply_first_and_then_each_status() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("author_submitAndWatchExtrinsic", json!(["0x0400"]));
    let block = format!("0x{}", "09".repeat(32));
    assert_eq!(ws.notification("author_extrinsicUpdate", &id), "ready");
    assert_eq!(ws.notification("author_extrinsicUpdate", &id), json!({ "inBlock": block }));
    assert_eq!(ws.notification("author_extrinsicUpdate", &id), json!({ "finalized": block }));
}

#[test]
fn pending_transactions_are_listed_with_their_prefix() {
    let node = Node::start();
    assert_eq!(result(node.address, "author_pendingExtrinsics", json!([])), json!(["0x080700", "0x080800"]));
}

#[test]
fn block_is_made_and_finalised_by_hand() {
    let node = Node::start();
    let made = result(node.address, "engine_createBlock", json!([true, true, null]));
    assert_eq!(made["hash"], format!("0x{}", "08".repeat(32)));
    assert_eq!(made["aux"]["is_new_best"], false);
    assert_eq!(error(node.address, "engine_createBlock", json!([false, false])).0, 12_000);
    let unknown = format!("0x{}", "05".repeat(32));
    assert_eq!(error(node.address, "engine_createBlock", json!([true, false, unknown])).0, 13_000);
    assert_eq!(result(node.address, "engine_finalizeBlock", json!([unknown])), true);
}
