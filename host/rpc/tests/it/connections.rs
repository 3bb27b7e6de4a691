//! Many requests at once, many subscriptions, slow clients, and the server's end.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::json;
use ziver_rpc::limits::{
    ARRIVING_BYTES_MAX, REQUEST_BYTES_IN_WORK_MAX, REQUESTS_IN_WORK_PER_CONNECTION_MAX,
    SUBSCRIPTIONS_PER_CONNECTION_MAX,
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
fn connection_that_may_not_become_a_websocket_goes_on_with_http() {
    let node = Node::start_with(true, |config| config.connections_max = 1);
    let mut first = Ws::connect(node.address);
    first.call("zx_blockNumber", json!([]));
    let mut stream = TcpStream::connect(node.address).unwrap();
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Ng==";
    let mut ask = |headers: &str| {
        write!(stream, "GET /health HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n").unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
        stream.read_exact(&mut vec![0; length]).unwrap();
        head.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(ask(upgrade), "429");
    assert_eq!(ask("Accept: */*"), "200");
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
        config.proxy_header = ziver_rpc::ProxyHeader::XForwardedFor;
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

/// Begins a WebSocket message of so many bytes, and sends `sent` of them.
fn begin_message(node: &Node, bytes: u64, sent: usize) -> TcpStream {
    let mut socket = open(node);
    socket.write_all(&[0x81, 0xff]).unwrap();
    socket.write_all(&bytes.to_be_bytes()).unwrap();
    // What stands behind the mask is blanks.
    socket.write_all(b"    ").unwrap();
    // The server may lose patience before.
    let _ = socket.write_all(&vec![0; sent]);
    socket
}

fn open(node: &Node) -> TcpStream {
    let headers = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let (status, mut socket) = Ws::handshake_kept(node.address, &headers);
    assert_eq!(status, 101);
    let mut end = [0; 4];
    while end != *b"\r\n\r\n" {
        end.rotate_left(1);
        socket.read_exact(&mut end[3..]).unwrap();
    }
    socket
}

/// A request of 300 kB.
fn post_much(node: &Node) -> u16 {
    let surplus = " ".repeat(300_000);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "zx_blockNumber", "params": [surplus] });
    post(node.address, body.to_string().as_bytes()).0
}

#[test]
fn message_far_too_long_is_refused_at_its_head_and_takes_no_room_from_others() {
    let node = Node::start();
    let mut socket = begin_message(&node, 200 << 20, 0);
    // Besides pings.
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while !String::from_utf8_lossy(&answer).contains("-32007") {
        socket.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    // More than all messages together may have.
    socket.write_all(&vec![0; ARRIVING_BYTES_MAX + (8 << 20)]).unwrap();
    assert_eq!(post_much(&node), 200);
    drop(socket);
    assert_eq!(post_much(&node), 200);
}

#[test]
fn those_who_do_not_finish_large_messages_leave_room_for_others_and_are_dropped() {
    let node = Node::start_with(true, |config| config.request_timeout_s = 3);
    let count = ARRIVING_BYTES_MAX / (10 << 20);
    let senders: Vec<_> = (0..count)
        .map(|_| {
            let address = node.address;
            let socket = open(&node);
            std::thread::spawn(move || {
                let mut socket = socket;
                socket.write_all(&[0x81, 0xff]).unwrap();
                socket.write_all(&(15u64 << 20).to_be_bytes()).unwrap();
                let _ = socket.write_all(&vec![0; 14 << 20]);
                // Until the server has closed it, whatever it says before.
                let _ = socket.read_to_end(&mut Vec::new());
                address
            })
        })
        .collect();
    while senders.iter().any(|sender| !sender.is_finished()) {
        assert_eq!(post_much(&node), 200);
    }
    senders.into_iter().for_each(|sender| assert_eq!(sender.join().unwrap(), node.address));
    assert_eq!(post_much(&node), 200);
}

#[test]
fn message_too_long_in_several_frames_is_refused_and_later_calls_are_answered() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    ws.send_in_parts(&vec![" ".repeat(1 << 20); 17]);
    assert_eq!(ws.next().unwrap()["error"]["code"], -32007);
    ws.send_in_parts(&[r#"{"jsonrpc":"2.0","id":1,"#, r#""method":"zx_blockNumber"}"#].map(str::to_owned));
    assert_eq!(ws.next().unwrap()["result"], "0x2");
    assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], "0x2");
}

#[test]
fn broken_frames_close_the_connection_with_the_code_that_says_why() {
    let node = Node::start();
    // A reserved bit, no mask, a byte that no text has.
    for (bytes, code) in
        [(&[0xc1, 0x80, 0, 0, 0, 0][..], 1002u16), (&[0x81, 1, b'x'], 1002), (&[0x81, 0x81, 0, 0, 0, 0, 0xff], 1007)]
    {
        let mut socket = open(&node);
        socket.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        assert_eq!(answer[answer.len() - 4..], [&[0x88, 2][..], &code.to_be_bytes()].concat(), "{bytes:?}");
    }
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
