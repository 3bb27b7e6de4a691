//! Many requests at once, many subscriptions, slow clients, and the server's end.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::json;
use ziver_rpc::limits::{
    REQUEST_BYTES_IN_WORK_MAX, REQUESTS_IN_WORK_PER_CONNECTION_MAX, SUBSCRIPTIONS_PER_CONNECTION_MAX,
};

use crate::{
    client::{Ws, post, request, result},
    fake::Node,
};

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
fn runtime_calls_that_do_not_end_hold_up_no_other_requests() {
    let node = Node::start();
    let mut slow = Ws::connect(node.address);
    for id in 0..32 {
        slow.request(json!(id), "state_call", json!(["Slow_slow", "0x"]));
    }
    // The calls are in work: this one came after them on the same connection.
    assert!(slow.call("state_getStorage", json!(["0x61"]))["result"].is_string());
    let mut ws = Ws::connect(node.address);
    for _ in 0..50 {
        assert!(ws.call("state_getStorage", json!(["0x61"]))["result"].is_string());
    }
    node.chain.gate.open();
    for _ in 0..32 {
        assert_eq!(slow.next().unwrap()["result"], "0x");
    }
}

#[test]
fn connections_beyond_the_limit_are_told_why_until_one_leaves() {
    let node = Node::start_with(true, |config| config.connections_max = 1);
    let mut first = Ws::connect(node.address);
    first.call("zx_blockNumber", json!([]));
    let (status, _) = post(node.address, br#"{"jsonrpc":"2.0","id":1,"method":"zx_blockNumber"}"#);
    assert_eq!(status, 429);
    drop(first);
    let begin = Instant::now();
    while post(node.address, br#"{"jsonrpc":"2.0","id":1,"method":"zx_blockNumber"}"#).0 == 429 {
        assert!(begin.elapsed() < Duration::from_secs(60), "still full");
    }
}

#[test]
fn client_has_so_many_connections_and_others_go_on() {
    let node = Node::start_with(true, |config| {
        config.connections_per_address_max = 2;
        config.trusts_proxy = true;
    });
    let open = |client: &str| {
        let headers = [
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("x-forwarded-for", client),
        ];
        Ws::handshake_kept(node.address, &headers)
    };
    let ask = |client: &str| {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", client)];
        request(node.address, "POST", &headers, br#"{"jsonrpc":"2.0","id":1,"method":"zx_blockNumber"}"#).0
    };
    let [(first, kept), (second, _also_kept)] = [open("203.0.113.7"), open("203.0.113.7")];
    assert_eq!((first, second), (101, 101));
    assert_eq!((open("203.0.113.7").0, ask("203.0.113.7")), (429, 429));
    assert_eq!((open("203.0.113.8").0, ask("203.0.113.8")), (101, 200));
    // Of this machine any number.
    let local: Vec<_> = (0..4).map(|_| Ws::connect(node.address)).collect();
    assert_eq!(local.len(), 4);
    drop(kept);
    let begin = Instant::now();
    while ask("203.0.113.7") == 429 {
        assert!(begin.elapsed() < Duration::from_secs(60), "still full");
    }
}

#[test]
fn large_requests_of_all_connections_have_one_limit_and_small_ones_go_on() {
    let node = Node::start();
    let request_bytes = 14 << 20;
    let allowed = REQUEST_BYTES_IN_WORK_MAX / request_bytes;
    let refused = 2;
    let (answer, answers) = mpsc::channel();
    let clients: Vec<_> = (0..allowed + refused)
        .map(|_| {
            let (address, answer) = (node.address, answer.clone());
            std::thread::spawn(move || {
                let mut ws = Ws::connect(address);
                let surplus = " ".repeat(request_bytes - 64);
                answer.send(ws.call("state_call", json!(["Slow_slow", "0x", null, surplus]))).unwrap();
            })
        })
        .collect();
    // From here on a failed client ends the waiting.
    drop(answer);
    // The others can't be answered yet.
    for _ in 0..refused {
        assert_eq!(answers.recv().unwrap()["error"]["code"], -32009);
    }
    assert_eq!(result(node.address, "zx_blockNumber", json!([])), "0x2");
    node.chain.gate.open();
    for _ in 0..allowed {
        assert_eq!(answers.recv().unwrap()["result"], "0x");
    }
    clients.into_iter().for_each(|client| client.join().unwrap());
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
    for method in ["chain_subscribeNewHeads", "chain_unsubscribeNewHeads"] {
        let refused = crate::client::error(node.address, method, json!([]));
        assert_eq!(refused, (-32601, "Subscriptions are served over WebSocket only".to_owned()));
    }
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
