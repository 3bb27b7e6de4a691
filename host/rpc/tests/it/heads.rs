//! Subscriptions to heads and to the runtime's version.

use serde_json::json;
use ziver_rpc::ReadError;

use crate::{client::Ws, fake::Node};

#[test]
fn best_heads_begin_with_the_present_one() {
    let node = Node::start();
    for method in ["chain_subscribeNewHeads", "chain_subscribeNewHead"] {
        let mut ws = Ws::connect(node.address);
        let id = ws.subscribe(method, json!([]));
        let present = ws.notification("chain_newHead", &id);
        let next = node.push(&[], 1);
        let told = ws.notification("chain_newHead", &id);
        assert_eq!(told["number"], format!("{:#x}", next.number));
        assert_eq!(told["parentHash"], format!("{:?}", next.parent_hash));
        assert_eq!(present["number"], format!("{:#x}", next.number - 1));
    }
}

#[test]
fn all_heads_and_final_heads_have_their_own_names() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let all = ws.subscribe("chain_subscribeAllHeads", json!([]));
    assert_eq!(ws.notification("chain_allHead", &all)["number"], "0x2");
    let mut other = Ws::connect(node.address);
    let last = other.subscribe("chain_subscribeFinalizedHeads", json!([]));
    assert_eq!(other.notification("chain_finalizedHead", &last)["number"], "0x0");
    node.push(&[], 1);
    assert_eq!(ws.notification("chain_allHead", &all)["number"], "0x3");
    assert_eq!(other.notification("chain_finalizedHead", &last)["number"], "0x1");
}

#[test]
fn every_subscription_has_an_unsubscribe_that_ends_it() {
    let node = Node::start();
    for (subscribe, name, unsubscribe) in [
        ("chain_subscribeNewHead", "chain_newHead", "chain_unsubscribeNewHead"),
        ("chain_subscribeNewHeads", "chain_newHead", "chain_unsubscribeNewHeads"),
        ("chain_subscribeAllHeads", "chain_allHead", "chain_unsubscribeAllHeads"),
        ("chain_subscribeFinalizedHeads", "chain_finalizedHead", "chain_unsubscribeFinalizedHeads"),
        ("state_subscribeRuntimeVersion", "state_runtimeVersion", "state_unsubscribeRuntimeVersion"),
    ] {
        let mut ws = Ws::connect(node.address);
        let id = ws.subscribe(subscribe, json!([]));
        ws.notification(name, &id);
        assert_eq!(ws.call(unsubscribe, json!([id]))["result"], true, "{unsubscribe}");
        node.push(&[], 1);
        assert_eq!(ws.call(unsubscribe, json!([id]))["result"], false, "{unsubscribe}");
    }
}

#[test]
fn runtime_version_is_told_at_once_and_when_it_changes_only() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("state_subscribeRuntimeVersion", json!([]));
    assert_eq!(ws.notification("state_runtimeVersion", &id)["specVersion"], 1);
    node.push(&[], 1);
    node.push(&[], 2);
    assert_eq!(ws.notification("state_runtimeVersion", &id)["specVersion"], 2);
}

#[test]
fn many_blocks_are_told_in_order_without_gap_or_repetition() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("chain_subscribeNewHeads", json!([]));
    for _ in 0..200 {
        node.push(&[], 1);
    }
    for number in 2..=202 {
        assert_eq!(ws.notification("chain_newHead", &id)["number"], format!("{number:#x}"));
    }
}

#[test]
fn head_whose_notice_comes_after_the_subscription_is_told_once() {
    let streams = [
        ("chain_subscribeNewHeads", "chain_newHead", 0),
        ("chain_subscribeAllHeads", "chain_allHead", 0),
        ("chain_subscribeFinalizedHeads", "chain_finalizedHead", 2),
    ];
    for (method, name, lag) in streams {
        let node = Node::start();
        // The chain shows the block before its notice goes out, and the client comes in between.
        let header = node.chain.push(&[], 1);
        let mut ws = Ws::connect(node.address);
        let id = ws.subscribe(method, json!([]));
        assert_eq!(ws.notification(name, &id)["number"], format!("{:#x}", header.number - lag));
        node.tell(&header);
        node.push(&[], 1);
        assert_eq!(ws.notification(name, &id)["number"], format!("{:#x}", header.number + 1 - lag));
    }
}

#[test]
fn runtime_version_that_cannot_be_read_ends_the_connection() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("state_subscribeRuntimeVersion", json!([]));
    ws.notification("state_runtimeVersion", &id);
    node.push_faulty(ReadError::Pruned);
    node.push(&[], 2);
    assert_eq!(ws.notification("state_runtimeVersion", &id)["specVersion"], 2);
    node.push_faulty(|_| ReadError::Backend("gone".into()));
    assert_eq!(ws.next(), None);
}
