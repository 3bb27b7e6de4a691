//! JSON-RPC rules that clients insist on.

use serde_json::{Value, json};

use crate::{
    client::{Ws, post},
    fake::Node,
};

#[test]
fn ids_are_echoed_as_they_came() {
    let node = Node::start();
    for id in ["7", "\"seven\"", "null", "9007199254740993"] {
        let request = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"zx_blockNumber\",\"params\":[]}}");
        let (_, answer) = post(node.address, request.as_bytes());
        assert!(answer.contains(&format!("\"id\":{id}")), "{answer}");
    }
}

#[test]
fn success_has_a_result_even_if_null_and_no_error_member() {
    let node = Node::start();
    let request = r#"{"jsonrpc":"2.0","id":1,"method":"state_getStorage","params":["0x00"]}"#;
    let (_, answer) = post(node.address, request.as_bytes());
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer, json!({ "jsonrpc": "2.0", "id": 1, "result": null }));
}

#[test]
fn failure_has_no_result_member() {
    let node = Node::start();
    let (_, answer) = post(node.address, br#"{"jsonrpc":"2.0","id":"x","method":"nothing_here"}"#);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let expected = json!({ "jsonrpc": "2.0", "id": "x", "error": { "code": -32601, "message": "Method not found" } });
    assert_eq!(answer, expected);
}

#[test]
fn params_may_be_absent() {
    let node = Node::start();
    let (_, answer) = post(node.address, br#"{"jsonrpc":"2.0","id":1,"method":"chain_getHeader"}"#);
    assert!(answer.contains("\"number\":\"0x2\""), "{answer}");
}

#[test]
fn batch_is_answered_in_one_array() {
    let node = Node::start();
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "zx_blockNumber" },
        { "jsonrpc": "2.0", "id": "b", "method": "nothing" },
        5,
    ]);
    let (_, over_http) = post(node.address, batch.to_string().as_bytes());
    let mut ws = Ws::connect(node.address);
    ws.send(&batch.to_string());
    let over_ws = ws.next().unwrap();
    for answer in [serde_json::from_str::<Value>(&over_http).unwrap(), over_ws] {
        assert_eq!(answer[0], json!({ "jsonrpc": "2.0", "id": 1, "result": "0x2" }));
        assert_eq!((&answer[1]["id"], &answer[1]["error"]["code"]), (&json!("b"), &json!(-32601)));
        assert_eq!(answer[2]["error"]["code"], -32600);
    }
}

#[test]
fn notification_gets_no_answer() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    ws.send(r#"{"jsonrpc":"2.0","method":"zx_blockNumber"}"#);
    assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], "0x2");
}

#[test]
fn web_pages_are_allowed_by_cors() {
    let node = Node::start();
    let preflight = [
        ("origin", "https://example.org"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    let (status, head, _) = crate::client::request(node.address, "OPTIONS", &preflight, b"");
    assert_eq!(status, 200, "{head}");
    assert!(head.to_lowercase().contains("access-control-allow-origin: *"), "{head}");
}

#[test]
fn other_web_pages_are_not_allowed_when_origins_are_named() {
    let node = Node::start_with(false, |config| {
        config.cors = ziver_rpc::Cors::Origins(vec!["https://wallet.example".into()]);
    });
    let allowed = |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        let (_, head, _) = crate::client::request(node.address, "OPTIONS", &headers, b"");
        head.to_lowercase().contains("access-control-allow-origin")
    };
    assert!(allowed("https://wallet.example"));
    assert!(!allowed("https://example.org"));
}
