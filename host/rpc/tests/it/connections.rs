//! Many requests at once, many subscriptions, slow clients, and the server's end.

use std::time::{Duration, Instant};

use serde_json::json;
use ziver_rpc::limits::{REQUESTS_IN_WORK_PER_CONNECTION_MAX, SUBSCRIPTIONS_PER_CONNECTION_MAX};

use crate::{client::Ws, fake::Node};

#[test]
fn more_requests_than_may_be_in_work_are_all_answered() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let count = 3 * REQUESTS_IN_WORK_PER_CONNECTION_MAX;
    for id in 0..count {
        ws.request(json!(id), "state_call", json!(["Echo_echo", "0x01"]));
    }
    let mut seen: Vec<u64> = (0..count).map(|_| ws.next().unwrap()["id"].as_u64().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..count as u64).collect::<Vec<_>>());
}

#[test]
fn slow_runtime_calls_do_not_delay_other_requests() {
    let node = Node::start();
    let mut slow = Ws::connect(node.address);
    for id in 0..32 {
        slow.request(json!(id), "state_call", json!(["Slow_slow", "0x"]));
    }
    let begin = Instant::now();
    let mut ws = Ws::connect(node.address);
    for _ in 0..50 {
        assert!(ws.call("state_getStorage", json!(["0x61"]))["result"].is_string());
    }
    assert!(begin.elapsed() < Duration::from_millis(1_500), "{:?}", begin.elapsed());
}

#[test]
fn subscriptions_beyond_the_limit_are_refused() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let refused = (0..=SUBSCRIPTIONS_PER_CONNECTION_MAX).find_map(|id| {
        ws.request(json!(id), "chain_subscribeAllHeads", json!([]));
        loop {
            let message = ws.next().unwrap();
            if message["id"] == json!(id) {
                return message.get("error").cloned();
            }
        }
    });
    assert_eq!(refused.unwrap()["code"], -32006);
}

#[test]
fn subscription_over_http_is_refused() {
    let node = Node::start();
    let (code, _) = crate::client::error(node.address, "chain_subscribeNewHeads", json!([]));
    assert_eq!(code, -32603);
}

#[test]
fn client_too_far_behind_is_disconnected() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("state_subscribeStorage", json!([["0x61"]]));
    ws.notification("state_storage", &id);
    // Values so large that the socket's buffers hold few of them, and no reading.
    for round in 0..3_000u32 {
        let mut value = vec![0; 20_000];
        value[..4].copy_from_slice(&round.to_le_bytes());
        node.push(&[(b"a", Some(&value))], 1);
    }
    let begin = Instant::now();
    while ws.next().is_some() {
        assert!(begin.elapsed() < Duration::from_secs(60), "still connected");
    }
    let mut next = Ws::connect(node.address);
    assert!(next.call("zx_blockNumber", json!([]))["result"].is_string());
}

#[test]
fn stop_closes_connections_and_frees_the_port() {
    let mut node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("chain_subscribeNewHeads", json!([]));
    ws.notification("chain_newHead", &id);
    node.stop();
    assert_eq!(ws.next(), None);
    assert!(std::net::TcpListener::bind(node.address).is_ok());
}
