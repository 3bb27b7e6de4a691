//! Bad requests: each is refused with the right code, and the server lives on.

use serde_json::{Value, json};
use ziver_rpc::limits::{BATCH_REQUESTS_MAX, HASHES_PER_QUERY_MAX, KEYS_PER_QUERY_MAX, REQUEST_BYTES_MAX};

use crate::{
    client::{Ws, call, error, post, request, result},
    fake::Node,
};

fn code(node: &Node, body: &[u8]) -> i64 {
    let (_, answer) = post(node.address, body);
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|_| panic!("no JSON: {answer}"));
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"))
}

fn alive(node: &Node) {
    assert_eq!(result(node.address, "zx_blockNumber", json!([])), "0x2");
}

#[test]
fn broken_json_is_a_parse_error() {
    let node = Node::start();
    for body in [&b"{"[..], b"[", b"{]", b"nonsense", b"\xff\xfe", b"{\"jsonrpc\":\"2.0\",\"method\":"] {
        assert_eq!(code(&node, body), -32700, "{:?}", String::from_utf8_lossy(body));
    }
    alive(&node);
}

#[test]
fn well_formed_json_that_is_no_request_is_an_invalid_request() {
    let node = Node::start();
    for body in [r#"{"id":1}"#, r#"{"jsonrpc":"2.0","id":1}"#, r#"{"jsonrpc":"1.0","id":1,"method":"x"}"#] {
        assert_eq!(code(&node, body.as_bytes()), -32600, "{body}");
    }
    let half_a_pair = r#"{"jsonrpc":"2.0","id":"\ud800","method":"zx_blockNumber"}"#;
    let mut ws = Ws::connect(node.address);
    for body in ["{}", "null", "1", "true", r#""a""#, r#"{"method":"zx_blockNumber"}"#, half_a_pair] {
        assert_eq!(code(&node, body.as_bytes()), -32600, "{body}");
        assert_eq!(ws.answer(body)["error"]["code"], -32600, "{body}");
    }
    assert_eq!(ws.answer("nonsense")["error"]["code"], -32700);
    alive(&node);
}

#[test]
fn deep_json_is_refused_wherever_it_stands() {
    let node = Node::start();
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(50_000), close.repeat(50_000));
    let in_params =
        |deep: &str| format!(r#"{{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":[{deep}]}}"#);
    for deep in [deep("[", "]"), deep("{\"a\":", "}")] {
        let (_, answer) = post(node.address, in_params(&deep).as_bytes());
        let expected = json!({ "code": -32600, "message": "Invalid request: nested deeper than 64 levels" });
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["error"], expected);
        assert_eq!(Ws::connect(node.address).answer(&in_params(&deep))["error"], expected);
    }
    let in_id = format!(r#"{{"jsonrpc":"2.0","method":"chain_getBlockHash","id":{}}}"#, deep("[", "]"));
    assert_eq!(code(&node, in_id.as_bytes()), -32600);
    // A batch of one request that is none.
    let (_, batch) = post(node.address, deep("[", "]").as_bytes());
    let refused = json!([{ "jsonrpc": "2.0", "id": null, "error": { "code": -32600, "message": "Invalid request" } }]);
    assert_eq!(serde_json::from_str::<Value>(&batch).unwrap(), refused);
    alive(&node);
}

#[test]
fn odd_ids_are_invalid_requests_alone_and_in_batches() {
    let node = Node::start();
    for id in ["-1", "1.5", "true", "{}", "[]"] {
        let request = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"zx_blockNumber"}}"#);
        let refusal = |answer: &Value| (answer["id"].clone(), answer["error"]["code"].clone());
        let (status, answer) = post(node.address, request.as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!((status, refusal(&answer)), (200, (Value::Null, json!(-32600))), "{id}");
        let batch = format!(r#"[{request},{{"jsonrpc":"2.0","id":7,"method":"zx_blockNumber"}}]"#);
        let answers: Value = serde_json::from_str(&post(node.address, batch.as_bytes()).1).unwrap();
        assert_eq!((refusal(&answers[0]), &answers[1]["id"]), ((Value::Null, json!(-32600)), &json!(7)), "{id}");

        let mut ws = Ws::connect(node.address);
        assert_eq!(refusal(&ws.answer(&request)), (Value::Null, json!(-32600)), "{id}");
        let answers = ws.answer(&batch);
        let mut codes: Vec<_> = answers.as_array().unwrap().iter().map(refusal).collect();
        codes.sort_by_key(|(id, _)| !id.is_null());
        assert_eq!(codes, [(Value::Null, json!(-32600)), (json!(7), Value::Null)], "{id}");
        // What is no request for other reasons, too, and too long a batch are answered as such.
        let long = Value::from(vec![serde_json::from_str::<Value>(&request).unwrap(); BATCH_REQUESTS_MAX as usize + 1]);
        for other in [format!(r#"{{"id":{id}}}"#), long.to_string()] {
            assert_eq!(refusal(&ws.answer(&other)), (Value::Null, json!(-32600)), "{id}");
        }
        // Notifications are none, and each odd id is answered once.
        ws.send(r#"{"jsonrpc":"2.0","method":"zx_blockNumber"}"#);
        assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], "0x2", "{id}");
    }
}

#[test]
fn wrong_params_are_refused() {
    let node = Node::start();
    for (method, params) in [
        ("chain_getBlockHash", json!(["four"])),
        ("chain_getBlockHash", json!([-1])),
        ("chain_getBlockHash", json!([4294967296u64])),
        ("chain_getHeader", json!(["0x1234"])),
        ("chain_getHeader", json!([{}])),
        ("chain_getHeader", json!({ "hash": null })),
        ("state_getStorage", json!([])),
        ("state_getStorage", json!(["0xgg"])),
        ("state_call", json!(["Echo_echo"])),
        ("state_queryStorageAt", json!(["0x61"])),
        ("author_submitExtrinsic", json!([])),
        ("author_submitExtrinsic", json!([12])),
        ("payment_queryInfo", json!([null])),
    ] {
        assert_eq!(error(node.address, method, params.clone()).0, -32602, "{method} {params}");
    }
    alive(&node);
}

#[test]
fn blanks_before_a_request_are_passed_over() {
    let node = Node::start();
    let request = format!("{}{}", " \n".repeat(1_000), r#"{"jsonrpc":"2.0","id":1,"method":"zx_blockNumber"}"#);
    assert!(post(node.address, request.as_bytes()).1.contains(r#""result":"0x2""#));
    assert_eq!(Ws::connect(node.address).answer(&request)["result"], "0x2");
}

#[test]
fn wrong_http_methods_are_told_the_right_ones() {
    let node = Node::start();
    let (status, head, _) = request(node.address, "PUT", &[("content-type", "application/json")], b"{}");
    assert_eq!(status, 405);
    assert!(head.to_ascii_lowercase().contains("\r\nallow: post"), "{head}");
}

#[test]
fn unknown_methods_are_refused() {
    let node = Node::start();
    for method in ["", "chainHead_unstable_follow", "state_getstorage", "rpc", "eth_chainId"] {
        assert_eq!(error(node.address, method, json!([])).0, -32601, "{method}");
    }
}

#[test]
fn too_many_keys_or_hashes_are_refused() {
    let node = Node::start();
    let keys = vec!["0x61"; KEYS_PER_QUERY_MAX + 1];
    let too_many_keys = format!("Invalid params: parameter 0: a list of more than {KEYS_PER_QUERY_MAX} values");
    for method in ["state_queryStorageAt", "state_getReadProof"] {
        assert_eq!(error(node.address, method, json!([keys])), (-32602, too_many_keys.clone()));
    }
    let numbers = vec![0; HASHES_PER_QUERY_MAX + 1];
    let too_many_numbers = format!("Invalid params: parameter 0: a list of more than {HASHES_PER_QUERY_MAX} values");
    assert_eq!(error(node.address, "chain_getBlockHash", json!([numbers])), (-32602, too_many_numbers));
}

#[test]
fn oversize_request_is_refused_over_http_and_websocket() {
    let node = Node::start();
    let huge = vec![b' '; REQUEST_BYTES_MAX as usize + 1];
    let (status, answer) = post(node.address, &huge);
    assert_eq!(status, 413, "{answer}");
    let mut ws = Ws::connect(node.address);
    ws.send(&" ".repeat(REQUEST_BYTES_MAX as usize + 1));
    assert_eq!(ws.next().unwrap()["error"]["code"], -32007);
    alive(&node);
}

#[test]
fn request_of_several_megabytes_is_served() {
    let node = Node::start();
    let input = format!("0x{}", "ab".repeat(5_000_000));
    assert_eq!(call(node.address, "state_call", json!(["Echo_echo", input]))["result"], json!(input));
}

#[test]
fn oversize_batch_is_refused() {
    let node = Node::start();
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "zx_blockNumber" });
    let fits = Value::from(vec![request.clone(); BATCH_REQUESTS_MAX as usize]).to_string();
    let batch = Value::from(vec![request; BATCH_REQUESTS_MAX as usize + 1]).to_string();
    let refused = json!({ "jsonrpc": "2.0", "id": null,
        "error": { "code": -32600, "message": "Invalid request: a batch of more than 1000 requests" } });
    let (status, answer) = post(node.address, batch.as_bytes());
    assert_eq!((status, serde_json::from_str::<Value>(&answer).unwrap()), (200, refused.clone()));
    let mut ws = Ws::connect(node.address);
    assert_eq!(ws.answer(&batch), refused);
    assert_eq!(ws.answer(&fits).as_array().unwrap().len(), BATCH_REQUESTS_MAX as usize);
    // Nothing is kept of what is too much.
    assert_eq!(ws.answer(&format!("[{}0]", "0,".repeat(7_000_000))), refused);
    assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], "0x2");
    assert_eq!(code(&node, b"[]"), -32600);
    assert_eq!(ws.answer("[]")["error"]["code"], -32600);
}

#[test]
fn batches_are_not_served_where_they_may_have_no_requests() {
    let node = Node::start_with(true, |config| config.batch_requests_max = 0);
    let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"zx_blockNumber"}]"#;
    let (_, answer) = post(node.address, batch.as_bytes());
    let refused = json!({ "code": -32600, "message": "Invalid request: batches are not served" });
    assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["error"], refused);
    assert_eq!(Ws::connect(node.address).answer(batch)["error"], refused);
    alive(&node);
}

#[test]
fn notifications_are_taken_without_a_word() {
    let node = Node::start();
    let note = r#"{"jsonrpc":"2.0","method":"zx_blockNumber"}"#;
    for body in [note.to_owned(), format!("[{note},{note}]")] {
        assert_eq!(post(node.address, body.as_bytes()), (204, String::new()), "{body}");
        let mut ws = Ws::connect(node.address);
        ws.send(&body);
        assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], "0x2");
    }
}

#[test]
fn get_and_other_content_types_are_refused() {
    let node = Node::start();
    assert_eq!(crate::client::request(node.address, "GET", &[], b"").0, 405);
    assert_eq!(crate::client::request(node.address, "POST", &[("content-type", "text/plain")], b"{}").0, 415);
}
