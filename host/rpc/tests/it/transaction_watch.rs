//! `transactionWatch_v1`: what is told of a submitted transaction.

use serde_json::{Value, json};

use crate::{client::Ws, fake::Node};

const EVENT: &str = "transactionWatch_v1_watchEvent";

#[test]
fn transaction_is_watched_until_it_is_final() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("transactionWatch_v1_submitAndWatch", json!(["0x080000"]));
    let block = json!({ "hash": format!("0x{}", "09".repeat(32)), "index": 1 });
    assert_eq!(ws.notification(EVENT, &id), json!({ "event": "validated" }));
    assert_eq!(ws.notification(EVENT, &id), json!({ "event": "bestChainBlockIncluded", "block": block }));
    assert_eq!(ws.notification(EVENT, &id), json!({ "event": "finalized", "block": block }));
    assert_eq!(ws.call("transactionWatch_v1_unwatch", json!([id]))["error"]["code"], -32602);
}

#[test]
fn transaction_that_is_known_already_is_watched() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("transactionWatch_v1_submitAndWatch", json!(["0x080300"]));
    assert_eq!(ws.notification(EVENT, &id), json!({ "event": "validated" }));
    let mut other = Ws::connect(node.address);
    assert_eq!(other.call("author_submitAndWatchExtrinsic", json!(["0x080300"]))["error"]["code"], 1013);
}

#[test]
fn refused_transaction_is_an_event_and_not_an_error() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    for (transaction, event, reason) in [
        ("0x080100", "invalid", "outdated"),
        ("0x080200", "invalid", "banned"),
        ("0x080400", "dropped", "Priority is too low"),
        ("0x080500", "dropped", "limit"),
        ("0x080600", "error", "Runtime panicked"),
        ("0x080700", "invalid", "Custom error: 42"),
        ("0x00", "invalid", "Not enough data"),
        ("", "invalid", "no bytes"),
    ] {
        let id = ws.subscribe("transactionWatch_v1_submitAndWatch", json!([transaction]));
        let told = ws.notification(EVENT, &id);
        assert_eq!(told["event"], event, "{told}");
        assert!(told["error"].as_str().unwrap().contains(reason), "{told}");
    }
}

#[test]
fn transaction_that_the_node_loses_sight_of_is_dropped() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("transactionWatch_v1_submitAndWatch", json!(["0x080800"]));
    assert_eq!(ws.notification(EVENT, &id)["event"], "validated");
    assert_eq!(ws.notification(EVENT, &id)["event"], "dropped");
}

#[test]
fn text_that_is_no_hexadecimal_is_an_error() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    for bad in [json!(["0xz"]), json!([]), json!([5]), json!([null])] {
        assert_eq!(ws.call("transactionWatch_v1_submitAndWatch", bad.clone())["error"]["code"], -32602, "{bad}");
    }
    assert_eq!(ws.call("transactionWatch_v1_unwatch", json!(["none"]))["error"]["code"], -32602);
    assert_eq!(ws.call("transactionWatch_v1_unwatch", json!([]))["error"]["code"], -32602);
    assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], Value::from("0x2"));
}
