//! Who may call what and how often, and the second port.

use std::num::NonZeroU32;

use serde_json::{Value, json};
use ziver_rpc::RpcMethods;

use crate::{
    client::{Ws, call, error, post, request, result},
    fake::Node,
};

fn refused() -> (i64, String) {
    (-32601, "RPC call is unsafe to be called externally".to_owned())
}

fn listed(answer: &Value) -> Vec<&str> {
    answer["methods"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

#[test]
fn local_callers_may_call_unsafe_methods_and_see_them() {
    let node = Node::start();
    assert!(result(node.address, "engine_createBlock", json!([true]))["hash"].is_string());
    let answer = result(node.address, "rpc_methods", json!([]));
    assert!(listed(&answer).contains(&"engine_createBlock"));
}

#[test]
fn foreign_web_pages_and_forwarded_callers_may_not() {
    let node = Node::start();
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "engine_createBlock", "params": [true] }).to_string();
    for foreign in [("origin", "https://example.org"), ("x-forwarded-for", "192.0.2.1")] {
        let headers = [("content-type", "application/json"), foreign];
        let (_, _, answer) = request(node.address, "POST", &headers, body.as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["error"]["code"], -32601, "{foreign:?}: {answer}");
    }
}

#[test]
fn safe_servers_refuse_unsafe_methods_in_calls_and_batches_and_do_not_list_them() {
    let node = Node::start_with(true, |config| config.rpc_methods = RpcMethods::Safe);
    assert_eq!(error(node.address, "engine_createBlock", json!([true])), refused());
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "engine_createBlock", "params": [true] },
        { "jsonrpc": "2.0", "id": 2, "method": "zx_blockNumber" },
    ]);
    let answers: Value = serde_json::from_str(&post(node.address, batch.to_string().as_bytes()).1).unwrap();
    assert_eq!((&answers[0]["error"]["code"], &answers[0]["id"]), (&json!(-32601), &json!(1)));
    assert_eq!(answers[1]["result"], "0x2");
    let mut ws = Ws::connect(node.address);
    assert_eq!(ws.call("engine_createBlock", json!([true]))["error"]["message"], refused().1);
    let answer = result(node.address, "rpc_methods", json!([]));
    assert!(!listed(&answer).contains(&"engine_createBlock"));
    assert!(listed(&answer).contains(&"zx_blockNumber"));
}

#[test]
fn callers_beyond_the_rate_limit_are_told_when_to_come_back() {
    let node = Node::start_with(true, |config| config.rate_limit_per_minute = NonZeroU32::new(5));
    let mut ws = Ws::connect(node.address);
    for _ in 0..3 {
        assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], "0x2");
    }
    // The same client over other connections.
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "zx_blockNumber" });
    let batch = Value::from(vec![request; 3]);
    let answers: Value = serde_json::from_str(&post(node.address, batch.to_string().as_bytes()).1).unwrap();
    assert_eq!((&answers[0]["result"], &answers[1]["result"]), (&json!("0x2"), &json!("0x2")));
    assert_eq!(answers[2]["error"]["code"], -32050);
    let refusal = call(node.address, "zx_blockNumber", json!([]))["error"].clone();
    assert_eq!(refusal["code"], -32050);
    assert!(refusal["data"]["retryAfterMs"].as_u64().is_some_and(|ms| (1..=12_001).contains(&ms)), "{refusal}");
}

#[test]
fn exempt_networks_are_not_limited() {
    let node = Node::start_with(true, |config| {
        config.rate_limit_per_minute = NonZeroU32::new(1);
        config.rate_limit_exempt = vec!["127.0.0.0/8".parse().unwrap()];
    });
    for _ in 0..5 {
        assert_eq!(result(node.address, "zx_blockNumber", json!([])), "0x2");
    }
}

#[test]
fn trusted_proxy_has_its_clients_limited_one_by_one() {
    let node = Node::start_with(true, |config| {
        config.rate_limit_per_minute = NonZeroU32::new(1);
        config.proxy_header = ziver_rpc::ProxyHeader::XForwardedFor;
    });
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"zx_blockNumber"}"#;
    let is_served = |client: &str| {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", client)];
        request(node.address, "POST", &headers, body).2.contains("\"result\"")
    };
    let served = ["192.0.2.1", "192.0.2.2", "192.0.2.1"].map(is_served);
    assert_eq!(served, [true, true, false]);
}

#[test]
fn clients_behind_a_proxy_are_known_by_its_header_alone() {
    let node = Node::start_with(true, |config| {
        config.rate_limit_per_minute = NonZeroU32::new(1);
        config.proxy_header = ziver_rpc::ProxyHeader::XRealIp;
    });
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"zx_blockNumber"}"#;
    let is_served = |claimed: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("x-forwarded-for", claimed),
            ("forwarded", &format!("for={claimed}")),
            ("x-real-ip", "192.0.2.1"),
        ];
        request(node.address, "POST", &headers, body).2.contains("\"result\"")
    };
    assert_eq!(["192.0.2.7", "192.0.2.8", "192.0.2.9"].map(is_served), [true, false, false]);
}

#[test]
fn notifications_count_for_the_rate_limit() {
    let node = Node::start_with(true, |config| config.rate_limit_per_minute = NonZeroU32::new(3));
    let note = json!({ "jsonrpc": "2.0", "method": "zx_blockNumber" });
    post(node.address, note.to_string().as_bytes());
    post(node.address, Value::from(vec![note; 2]).to_string().as_bytes());
    assert_eq!(error(node.address, "zx_blockNumber", json!([])).0, -32050);
}

#[test]
fn second_port_serves_the_same_and_shares_the_limits() {
    let mut node = Node::start_with(true, |config| {
        config.second_address = Some("127.0.0.1:0".parse().unwrap());
        config.connections_max = 1;
    });
    let second = node.second_address.unwrap();
    assert_ne!(second, node.address);
    let mut ws = Ws::connect(second);
    assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], "0x2");
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"zx_blockNumber"}"#;
    assert_eq!((post(node.address, body).0, post(second, body).0), (429, 429));
    node.stop();
    assert_eq!(ws.next(), None);
    assert!(std::net::TcpListener::bind(second).is_ok());
}

#[test]
fn websockets_of_pages_that_are_not_named_are_refused() {
    let node = Node::start_with(true, |config| {
        config.cors = ziver_rpc::Cors::Origins(vec!["https://wallet.example".into()]);
    });
    let upgrade = |origin: &'static str| {
        let headers = [
            ("origin", origin),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        Ws::handshake(node.address, &headers)
    };
    assert_eq!((upgrade("https://wallet.example"), upgrade("https://example.org")), (101, 403));
}

#[test]
fn limits_of_the_configuration_hold() {
    let node = Node::start_with(true, |config| {
        config.request_bytes_max = 1_000;
        config.response_bytes_max = 300;
        config.batch_requests_max = 2;
        config.subscriptions_per_connection_max = 1;
    });
    assert_eq!(post(node.address, &[b' '; 1_001]).0, 413);
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "zx_blockNumber" });
    let batch = Value::from(vec![request; 3]);
    assert!(post(node.address, batch.to_string().as_bytes()).1.contains("a batch of more than 2 requests"));
    let mut ws = Ws::connect(node.address);
    assert_eq!(ws.call("rpc_methods", json!([]))["error"]["code"], -32008);
    ws.subscribe("state_subscribeStorage", json!([["0x61"]]));
    ws.request(json!(2), "state_subscribeStorage", json!([["0x61"]]));
    let refusal = std::iter::from_fn(|| ws.next()).find(|message| message["id"] == 2).unwrap();
    assert_eq!(refusal["error"]["code"], -32006);
}

#[test]
fn answers_of_a_batch_that_are_too_large_together_have_the_code_of_large_answers() {
    let node = Node::start_with(true, |config| config.response_bytes_max = 4_000);
    let input = format!("0x{}", "ab".repeat(1_000));
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "state_call", "params": ["Echo_echo", input] });
    let answer = post(node.address, Value::from(vec![request; 3]).to_string().as_bytes()).1;
    assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["error"]["code"], -32008, "{answer}");
}
