//! Subscriptions to storage.

use serde_json::json;
use ziver_rpc::ReadError;

use crate::{client::Ws, fake::Node};

#[test]
fn storage_is_told_at_once_and_then_what_changes() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("state_subscribeStorage", json!([["0x61", "0x7a"]]));
    let first = ws.notification("state_storage", &id);
    assert_eq!(first["changes"], json!([["0x61", "0x6368616e676564"], ["0x7a", null]]));
    node.push(&[(b"b", Some(b"unwatched"))], 1);
    let header = node.push(&[(b"z", Some(b"!")), (b"b", None)], 1);
    let second = ws.notification("state_storage", &id);
    assert_eq!(second, json!({ "block": format!("{:?}", header.hash()), "changes": [["0x7a", "0x21"]] }));
    node.push(&[(b"a", None)], 1);
    assert_eq!(ws.notification("state_storage", &id)["changes"], json!([["0x61", null]]));
}

#[test]
fn storage_change_set_of_one_block_is_a_list_of_one() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let answer = ws.call("state_queryStorageAt", json!([["0x61", "0x7a"]]));
    assert_eq!(answer["result"][0]["changes"], json!([["0x61", "0x6368616e676564"], ["0x7a", null]]));
    assert_eq!(answer["result"].as_array().unwrap().len(), 1);
}

#[test]
fn subscription_to_all_storage_is_refused() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    for params in [json!([]), json!([null]), json!([[]])] {
        assert_eq!(ws.call("state_subscribeStorage", params)["error"]["code"], -32602);
    }
}

#[test]
fn pruned_head_is_passed_over_and_a_failing_read_ends_the_connection() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("state_subscribeStorage", json!([["0x61"]]));
    ws.notification("state_storage", &id);
    node.push_faulty(ReadError::Pruned);
    node.push_faulty(ReadError::UnknownBlock);
    node.push(&[(b"a", Some(b"!"))], 1);
    assert_eq!(ws.notification("state_storage", &id)["changes"], json!([["0x61", "0x21"]]));
    node.push_faulty(|_| ReadError::Backend("gone".into()));
    assert_eq!(ws.next(), None);
}
