//! Clients that hold as many connections as they can get: the node does without the descriptors they use.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::json;

use crate::{
    client::{self, Ws},
    process::{Node, folder, run},
};

#[test]
fn idle_connections_beyond_the_limit_of_open_files_do_not_stop_blocks() {
    let folder = folder();
    let node = Node::start_limited(folder.path(), "ulimit -n 256");
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("chain_subscribeNewHeads", json!([]));
    let connect = |_| TcpStream::connect_timeout(&node.address, Duration::from_secs(5));
    let idle: Vec<_> = (0..400).map_while(|place| connect(place).ok()).collect();
    assert!(idle.len() > 100, "{} connections", idle.len());
    for _ in 0..20 {
        ws.notification("chain_newHead", &id);
    }
    drop(idle);
    // The node learns of each end by itself, and takes nobody new until then.
    let is_answered = |_| {
        let Ok(mut stream) = TcpStream::connect(node.address) else { return false };
        let mut answer = String::new();
        let sent = stream.write_all(b"GET /health HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n");
        sent.and_then(|()| stream.read_to_string(&mut answer)).is_ok() && answer.starts_with("HTTP/1.1 ")
    };
    assert!((0..100_000).any(is_answered), "the node takes connections again");
    assert!(client::result(node.address, "system_health", json!([])).is_object());
    node.stop();
    // As many files of the database are open as before.
    Node::start_limited(folder.path(), "ulimit -n 256").stop();
}

#[test]
fn too_few_descriptors_are_refused_at_the_start() {
    let folder = folder();
    let program = env!("CARGO_BIN_EXE_ziver-host");
    let script = format!("ulimit -n 100; exec '{program}' --rpc-port 0 --base-path '{}'", folder.path().display());
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.lines().last().unwrap().contains("100 files may be open, 192 are needed"), "{stderr}");
    assert!(run(&["--version"]).code == Some(0));
}
