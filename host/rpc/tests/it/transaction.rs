//! `transaction_v1`: transactions that are kept before the pool until the client says stop.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ziver_rpc::limits::BROADCASTS_PER_CONNECTION_MAX;

use crate::{client::Ws, fake::Node};

fn broadcast(ws: &mut Ws, transaction: &str) -> Value {
    ws.call("transaction_v1_broadcast", json!([transaction]))["result"].clone()
}

/// Makes blocks until the engine has been handed as many transactions.
fn until_submitted(node: &Node, count: usize) {
    let begin = Instant::now();
    while node.submitted() < count {
        assert!(begin.elapsed() < Duration::from_secs(60), "only {} submissions", node.submitted());
        node.push(&[], 1);
        std::thread::yield_now();
    }
}

/// Each broadcast listens for new blocks.
fn until_listeners(node: &Node, count: usize) {
    let begin = Instant::now();
    while node.listeners() != count {
        assert!(begin.elapsed() < Duration::from_secs(60), "{} broadcasts", node.listeners());
        std::thread::yield_now();
    }
}

#[test]
fn refused_transaction_is_handed_in_again_at_later_blocks_until_stopped() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    // The engine says that it is banned.
    let id = broadcast(&mut ws, "0x080200");
    assert!(id.is_string());
    until_submitted(&node, 4);
    assert_eq!(ws.call("transaction_v1_stop", json!([id]))["result"], Value::Null);
    assert_eq!(ws.call("transaction_v1_stop", json!([id]))["error"]["code"], -32602);
    until_listeners(&node, 0);
}

#[test]
fn transaction_that_leaves_the_pool_is_handed_in_again() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    // The engine takes it, and then loses sight of it.
    assert!(broadcast(&mut ws, "0x080800").is_string());
    until_submitted(&node, 3);
}

#[test]
fn broadcasts_have_a_limit_per_connection_and_belong_to_it() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let ids: Vec<Value> = (0..BROADCASTS_PER_CONNECTION_MAX).map(|_| broadcast(&mut ws, "0x080100")).collect();
    assert!(ids.iter().all(Value::is_string));
    assert_eq!(broadcast(&mut ws, "0x080100"), Value::Null);
    let mut stranger = Ws::connect(node.address);
    assert_eq!(stranger.call("transaction_v1_stop", json!([ids[0]]))["error"]["code"], -32602);
    assert!(broadcast(&mut stranger, "0x080100").is_string());
    assert_eq!(ws.call("transaction_v1_stop", json!([ids[0]]))["result"], Value::Null);
    assert!(broadcast(&mut ws, "0x080100").is_string());
}

#[test]
fn what_is_no_transaction_counts_and_says_nothing() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    for nonsense in ["", "0x", "00"] {
        assert!(broadcast(&mut ws, nonsense).is_string());
    }
    for bad in [json!([]), json!(["0xz"]), json!([5])] {
        assert_eq!(ws.call("transaction_v1_broadcast", bad)["error"]["code"], -32602);
    }
}

#[test]
fn broadcasts_end_with_their_connection() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    assert!(broadcast(&mut ws, "0x080200").is_string());
    until_submitted(&node, 2);
    assert_eq!(node.listeners(), 1);
    drop(ws);
    until_listeners(&node, 0);
}
