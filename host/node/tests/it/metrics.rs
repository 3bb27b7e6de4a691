//! What Prometheus gets from the real node.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar};

use crate::{
    client::{self, Ws},
    process::{Node, folder, run},
    wallet::Wallet,
};

/// Status and whole text of the answer to one request.
fn ask(address: SocketAddr, request: &str) -> (u16, String) {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap_or_else(|| panic!("an answer: {answer}")).parse().unwrap();
    (status, answer)
}

pub fn get(address: SocketAddr, path: &str) -> (u16, String) {
    ask(address, &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
}

/// The value of one series.
pub fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find(|line| line.strip_prefix(series).is_some_and(|rest| rest.starts_with(' ')));
    let line = line.unwrap_or_else(|| panic!("{series} is missing:\n{text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Names of all series, without labels.
fn names(text: &str) -> BTreeSet<&str> {
    let series = text.lines().filter(|line| !line.starts_with('#'));
    series.filter_map(|line| line.split(['{', ' ']).next()).filter(|name| !name.is_empty()).collect()
}

fn watched_node(args: &[&str]) -> (tempfile::TempDir, Node, SocketAddr) {
    let folder = folder();
    let node = Node::start(folder.path(), &[args, &["--prometheus-port", "0"]].concat());
    let metrics = node.metrics.unwrap();
    (folder, node, metrics)
}

#[test]
fn blocks_transactions_sizes_and_calls_are_counted() {
    let (_folder, node, metrics) = watched_node(&["--sealing", "manual"]);
    let mut wallet = Wallet::new(&node, Alith);
    for _ in 0..2 {
        node.call("author_submitExtrinsic", json!([wallet.transfer(Baltathar.account())]));
    }
    let (_, before) = get(metrics, "/metrics");
    assert_eq!(value(&before, "ziver_pool_transactions{queue=\"ready\"}"), 2.0);
    node.call("engine_createBlock", json!([true, true]));
    node.call("engine_createBlock", json!([true, false]));
    client::call(node.address, "no_such_method", json!([]));
    client::call(node.address, "chain_getBlock", json!(["0x12"]));
    // Blocks are counted beside the engine: wait until that is done.
    let text = loop {
        let (status, text) = get(metrics, "/metrics");
        assert_eq!(status, 200);
        if value(&text, "ziver_blocks_total") == 2.0 {
            break text;
        }
        std::thread::yield_now();
    };
    assert!(text.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"), "{text}");
    for (series, expected) in [
        ("ziver_block_height{status=\"best\"}", 2.0),
        ("ziver_block_height{status=\"finalized\"}", 1.0),
        ("ziver_blocks_not_final", 1.0),
        ("ziver_transactions_total", 2.0),
        ("ziver_block_build_seconds_count", 2.0),
        ("ziver_pool_transactions{queue=\"ready\"}", 0.0),
        ("ziver_pool_transactions{queue=\"future\"}", 0.0),
        ("ziver_rpc_calls_total{method=\"engine_createBlock\",outcome=\"ok\"}", 2.0),
        ("ziver_rpc_calls_total{method=\"unknown\",outcome=\"error\"}", 1.0),
        ("ziver_rpc_calls_total{method=\"chain_getBlock\",outcome=\"error\"}", 1.0),
        ("ziver_rpc_call_seconds_count{method=\"engine_createBlock\"}", 2.0),
    ] {
        assert_eq!(value(&text, series), expected, "{series}");
    }
    for series in ["ziver_database_bytes{column=\"state\"}", "process_resident_memory_bytes", "process_open_fds"] {
        assert!(value(&text, series) > 0.0, "{series}");
    }
    assert!(value(&text, "ziver_cache_reads_total{cache=\"runtime\",result=\"hit\"}") > 0.0);
    node.stop();
}

#[test]
fn sessions_are_counted_while_they_last_and_batches_call_by_call() {
    let (_folder, node, metrics) = watched_node(&["--sealing", "manual"]);
    let mut ws = Ws::connect(node.address);
    ws.call("system_name", json!([]));
    assert_eq!(value(&get(metrics, "/metrics").1, "ziver_rpc_sessions"), 1.0);
    drop(ws);
    while value(&get(metrics, "/metrics").1, "ziver_rpc_sessions") > 0.0 {
        std::thread::yield_now();
    }
    let call = |id: u32, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": [] });
    let batch = json!([call(1, "system_chain"), call(2, "system_chain"), call(3, "none")]).to_string();
    assert_eq!(client::post(node.address, batch.as_bytes()).0, 200);
    let text = get(metrics, "/metrics").1;
    assert_eq!(value(&text, "ziver_rpc_calls_total{method=\"system_chain\",outcome=\"ok\"}"), 2.0);
    assert_eq!(value(&text, "ziver_rpc_calls_total{method=\"unknown\",outcome=\"error\"}"), 1.0);
    node.stop();
}

#[test]
fn only_metrics_are_served_and_only_to_get() {
    let (_folder, node, metrics) = watched_node(&["--sealing", "manual"]);
    assert_eq!(get(metrics, "/").0, 404);
    assert_eq!(
        ask(metrics, "POST /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").0,
        405
    );
    assert_eq!(ask(metrics, "HEAD /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").0, 200);
    let long = format!("GET /metrics HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", "x".repeat(100_000));
    let mut socket = TcpStream::connect(metrics).unwrap();
    // It may close before all is sent.
    let _ = socket.write_all(long.as_bytes());
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "a head of 100 kB is refused");
    // Many that send nothing do not keep the others out for ever: the node ends in order beside them.
    let idle: Vec<_> = (0..40).map(|_| TcpStream::connect(metrics).unwrap()).collect();
    node.stop();
    drop(idle);
    assert!(TcpStream::connect(metrics).is_err(), "the port is closed");
}

#[test]
fn port_that_is_taken_is_named() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let ended = run(&["--tmp", "--rpc-port", "0", "--prometheus-port", &port]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains(&format!("cannot listen for Prometheus on 127.0.0.1:{port}")), "{}", ended.stderr);
}

#[test]
fn every_metric_of_dashboard_and_guide_is_exported() {
    let (_folder, node, metrics) = watched_node(&["--sealing", "manual"]);
    node.call("engine_createBlock", json!([true, true]));
    let (_, text) = get(metrics, "/metrics");
    let exported = names(&text);
    let dashboard: Value = serde_json::from_str(include_str!("../../../../docs/grafana-dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let queries = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let queries: Vec<&str> = queries.map(|target| target["expr"].as_str().unwrap()).collect();
    assert!(queries.len() > 20);
    let guide = include_str!("../../../../docs/operator.md");
    for query in queries.into_iter().chain(guide.lines()) {
        let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for name in words.filter(|word| word.starts_with("ziver_") || word.starts_with("process_")) {
            let is_exported = exported.contains(name) || exported.contains(&*format!("{name}_count"));
            assert!(
                is_exported || ["ziver_dev", "ziver_rpc"].contains(&name),
                "{name} of {query} is not among {exported:?}"
            );
        }
    }
    node.stop();
}
