//! Submitting, watching, and sealing by hand.

use serde_json::{Value, json};
use ziver_rpc::limits::{PENDING_AT_ONCE_MAX, PENDING_BYTES_MAX, TRANSACTION_BYTES_MAX};

use crate::{
    client::{Ws, call, error, post, result},
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
fn submissions_in_a_row_of_a_batch_are_in_work_together_and_answered_in_their_order() {
    let node = Node::start();
    // The engine answers the first ones when it has the last one.
    let transactions = ["0x080d01", "0x080d02", "0x0801", "0x080d03", "0x080e"];
    let request = |id: usize, method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let methods = ["author_submitExtrinsic", "zx_sendRawTransaction"].into_iter().cycle();
    let mut batch: Vec<Value> =
        (0..).zip(methods.zip(transactions)).map(|(id, (method, bytes))| request(id, method, json!([bytes]))).collect();
    batch.push(request(9, "zx_blockNumber", json!([])));
    let hash = |bytes: &str| {
        let bytes = hex::decode(bytes.trim_start_matches("0x")).unwrap();
        format!("0x{}", hex::encode(ziver_primitives::hashing::blake2_256(&bytes)))
    };
    let batch = Value::from(batch).to_string();
    let over_http: Value = serde_json::from_str(&post(node.address, batch.as_bytes()).1).unwrap();
    let over_websocket = Ws::connect(node.address).answer(&batch);
    for answers in [over_http, over_websocket] {
        for (id, bytes) in transactions.iter().enumerate() {
            assert_eq!(answers[id]["id"], id);
            match *bytes {
                "0x0801" => assert_eq!(answers[id]["error"]["code"], 1010),
                _ => assert_eq!(answers[id]["result"], hash(bytes)),
            }
        }
        assert_eq!((&answers[5]["id"], answers[5]["result"].is_string()), (&json!(9), true), "{answers}");
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

#[test]
fn watcher_that_would_miss_a_status_is_disconnected() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    ws.request(json!(1), "author_submitAndWatchExtrinsic", json!(["0x0408"]));
    // The reply and the first status may be cut off by the end, which comes at once; nothing comes after it.
    let before_the_end = std::iter::from_fn(|| ws.next()).count();
    assert!(before_the_end <= 2);
}

#[test]
fn transaction_larger_than_the_pool_takes_is_refused_unasked() {
    let node = Node::start();
    let sized = |bytes: usize| format!("0x{}", "00".repeat(bytes));
    let largest = call(node.address, "author_submitExtrinsic", json!([sized(TRANSACTION_BYTES_MAX)]));
    assert!(largest["result"].is_string(), "{largest}");
    let cases = [
        ("author_submitExtrinsic", 1010, "Invalid Transaction"),
        ("zx_sendRawTransaction", -32010, "Transaction rejected"),
    ];
    for (method, code, message) in cases {
        let refused = call(node.address, method, json!([sized(TRANSACTION_BYTES_MAX + 1)]));
        let why = "The transaction has 4194305 bytes, more than the 4194304 that the pool takes";
        assert_eq!(refused["error"], json!({ "code": code, "message": message, "data": why }));
    }
}

#[test]
fn pending_transactions_are_listed_as_far_as_they_fit_a_response() {
    let node = Node::start();
    let large = format!("0x{}", "00".repeat(TRANSACTION_BYTES_MAX));
    let fit = (PENDING_BYTES_MAX - 6) / TRANSACTION_BYTES_MAX;
    for _ in 0..=fit {
        result(node.address, "author_submitExtrinsic", json!([large]));
    }
    let clients: Vec<_> = (0..2 * PENDING_AT_ONCE_MAX)
        .map(|_| {
            let address = node.address;
            std::thread::spawn(move || result(address, "author_pendingExtrinsics", json!([])))
        })
        .collect();
    for client in clients {
        let listed = client.join().unwrap();
        assert_eq!(listed.as_array().unwrap().len(), 2 + fit);
        assert_eq!((&listed[0], &listed[2]), (&json!("0x080700"), &json!(large)));
    }
}
