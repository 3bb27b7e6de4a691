//! Clients that mean harm: the node's memory stays bounded, others are served, and errors say what is wrong.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc::{Sender, channel},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar, Ethan};

use crate::{
    client::{Ws, call, post},
    process::{Node, folder, number},
    wallet::Wallet,
};

const MIB: u64 = 1 << 20;
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// Another client gets its answer, and the node has grown by no more than this.
fn unharmed(node: &Node, before: u64, grown_max: u64) {
    let begin = Instant::now();
    assert!(node.call("system_health", json!([])).is_object());
    assert!(begin.elapsed() < Duration::from_secs(20), "another client waited {:?}", begin.elapsed());
    let now = node.resident_bytes();
    assert!(now < before + grown_max, "{} MiB, {} MiB before", now / MIB, before / MIB);
}

#[test]
fn ten_thousand_subscriptions_are_served_or_refused_slow() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--block-time-ms", "1000"]);
    let before = node.resident_bytes();
    let mut clients: Vec<Ws> = (0..10).map(|_| Ws::connect(node.address)).collect();
    let mut refused = 0;
    for ws in &mut clients {
        for id in 0..1_030 {
            ws.request(json!(id), "chain_subscribeAllHeads", json!([]));
            let answer = std::iter::from_fn(|| ws.next()).find(|message| message["id"] == id).unwrap();
            refused += usize::from(answer["error"]["code"] == -32006);
        }
    }
    assert_eq!(refused, 10 * (1_030 - 1_024));
    unharmed(&node, before, 300 * MIB);
    node.wait_for_block(node.best() + 2);
    unharmed(&node, before, 300 * MIB);
    drop(clients);
    node.stop();
}

/// Sends zeros until the server has had enough; returns what it said.
fn send_without_end(mut stream: TcpStream, bytes: u64) -> String {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let chunk = vec![b' '; 1 << 16];
    for _ in 0..bytes / chunk.len() as u64 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_hundred_megabytes_are_refused() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let before = node.resident_bytes();
    let head = |length: &str| {
        let mut stream = TcpStream::connect(node.address).unwrap();
        let head = format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{length}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    // The answer may be lost when the server hangs up on what still comes; a lost one is no other one.
    let told = send_without_end(head("content-length: 104857600"), 100 * MIB);
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 413"), "{told}");
    let mut chunked = head("transfer-encoding: chunked");
    chunked.write_all(b"6400000\r\n").unwrap();
    let told = send_without_end(chunked, 100 * MIB);
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 413"), "{told}");
    let mut ws = Ws::connect(node.address);
    ws.send(&" ".repeat(100 << 20));
    assert_eq!(ws.next().unwrap()["error"]["code"], -32007);
    assert_eq!(post(node.address, &vec![b' '; 16 << 20]).0, 413);
    unharmed(&node, before, 200 * MIB);
    node.stop();
}

/// Sends `start`, and `then` once it is answered; then a byte, listens for a while, and so on until the server hangs up.
/// Returns what it said.
fn drip(address: SocketAddr, start: &[u8], mut then: Option<&[u8]>) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(start).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let begin = Instant::now();
    let mut said = Vec::new();
    loop {
        assert!(begin.elapsed() < PATIENCE, "still connected");
        let mut buffer = [0; 1_024];
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(bytes) => {
                said.extend_from_slice(&buffer[..bytes]);
                let _ = stream.write_all(then.take().unwrap_or_default());
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if then.is_none() {
                    let _ = stream.write_all(b"a");
                }
            }
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn a_byte_now_and_then_is_not_waited_for_slow() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--rpc-request-timeout", "2", "--rpc-max-connections", "4"]);
    let address = node.address;
    let handshake =
        b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let body = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    // A text message of 65,535 bytes begins.
    let frame = &[0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0, b'{'];
    let slow = [
        std::thread::spawn(move || drip(address, b"POST / HTTP/1.1\r\nx-slow: ", None)),
        std::thread::spawn(move || drip(address, body, None)),
        std::thread::spawn(move || drip(address, handshake, Some(frame))),
    ];
    assert!(node.call("system_health", json!([])).is_object());
    let [head, body, frame] = slow.map(|client| client.join().unwrap());
    assert!(head.is_empty() || head.starts_with("HTTP/1.1 408"), "{head}");
    assert!(body.starts_with("HTTP/1.1 408") && body.contains("-32600"), "{body}");
    assert!(frame.starts_with("HTTP/1.1 101"), "{frame}");
    let mut ws = Ws::connect(address);
    assert!(ws.call("system_health", json!([]))["result"].is_object(), "places are free again");
    node.stop();
}

/// Where the signature of a transfer begins: after two bytes of length, the version and the account.
const SIGNATURE_AT: usize = 23;

/// Invalid transactions of every kind, made from a good one, with the error codes that say so.
fn spoil(good: &str, outdated: &str, kind: usize, salt: usize) -> (String, &'static [i64]) {
    let mut bytes = hex::decode(&good[2..]).unwrap();
    let salt = salt.to_le_bytes();
    match kind {
        // Another signature is another account's, which has no money, or nobody's.
        0 => bytes[SIGNATURE_AT..SIGNATURE_AT + 8].copy_from_slice(&salt),
        // Another call under the same signature.
        1 => {
            let end = bytes.len();
            bytes[end - 16..end - 8].copy_from_slice(&salt);
        }
        2 => return (outdated.to_owned(), &[1010, 1012, 1013]),
        3 => bytes.truncate(20 + usize::from(salt[0]) % 60),
        4 => return (format!("0x{}84{:0200x}", "6501", u64::from_le_bytes(salt)), &[1001, 1002, 1010]),
        _ => return (format!("no hexadecimal {}", salt[0]), &[-32602]),
    }
    (format!("0x{}", hex::encode(bytes)), &[1001, 1002, 1010, 1012])
}

#[test]
fn floods_of_invalid_transactions_are_refused_one_by_one_slow() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--block-time-ms", "300"]);
    let address = node.address;
    let mut alith = Wallet::new(&node, Alith);
    let outdated = alith.transfer(Baltathar.account());
    node.call("author_submitExtrinsic", json!([outdated]));
    node.wait_for_block(node.best() + 2);
    let good = Wallet::new(&node, Baltathar).transfer(Alith.account());
    let before = node.resident_bytes();
    let floods = (0..3).map(|client: usize| {
        let (good, outdated) = (good.clone(), outdated.clone());
        std::thread::spawn(move || {
            for round in 0..10 {
                let (bad, codes): (Vec<_>, Vec<_>) = (0..400)
                    .map(|id| spoil(&good, &outdated, id % 6, (client * 10 + round) * 400 + id))
                    .unzip();
                let batch: Vec<Value> = (0..)
                    .zip(&bad)
                    .map(|(id, bad)| json!({ "jsonrpc": "2.0", "id": id, "method": "author_submitExtrinsic", "params": [bad] }))
                    .collect();
                let answers = post(address, Value::from(batch).to_string().as_bytes()).1;
                let answers: Value = serde_json::from_str(&answers).unwrap();
                let answers = answers.as_array().unwrap_or_else(|| panic!("{answers}"));
                assert_eq!(answers.len(), codes.len());
                for answer in answers {
                    let id = usize::try_from(answer["id"].as_u64().unwrap()).unwrap();
                    let code = answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{}: {answer}", bad[id]));
                    assert!(codes[id].contains(&code), "{}: {answer}", bad[id]);
                    assert!(answer["error"]["message"].as_str().unwrap().len() > 10, "{answer}");
                }
            }
        })
    });
    let floods: Vec<_> = floods.collect();
    // Meanwhile others pay, and are paid within a few blocks.
    let mut paid = 0;
    while paid == 0 || !floods.iter().all(std::thread::JoinHandle::is_finished) {
        let height = node.best();
        let hash = node.call("author_submitExtrinsic", json!([alith.transfer(Baltathar.account())]));
        let receipt = loop {
            let receipt = node.call("zx_getTransactionReceipt", json!([hash]));
            if !receipt.is_null() {
                break receipt;
            }
            node.wait_for_block(node.best() + 1);
            assert!(node.best() < height + 50, "not in a block yet");
        };
        assert_eq!(receipt["status"], "0x1", "{receipt}");
        paid += 1;
    }
    floods.into_iter().for_each(|flood| flood.join().unwrap());
    assert_eq!(node.call("author_pendingExtrinsics", json!([])), json!([]));
    unharmed(&node, before, 200 * MIB);
    node.stop();
}

#[test]
fn transactions_that_wait_for_ever_are_bounded_and_leave_room_for_others_slow() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--block-time-ms", "300", "--pool-limit", "8000"]);
    let before = node.resident_bytes();
    // The first of them is never sent: none can be in a block.
    let mut ethan = Wallet::new(&node, Ethan);
    ethan.transfer(Alith.account());
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..8 {
        let batch: Vec<Value> = (0..500)
            .map(|id| {
                let params = json!([ethan.transfer(Alith.account())]);
                json!({ "jsonrpc": "2.0", "id": id, "method": "author_submitExtrinsic", "params": params })
            })
            .collect();
        let answers = post(node.address, Value::from(batch).to_string().as_bytes()).1;
        for answer in serde_json::from_str::<Vec<Value>>(&answers).unwrap() {
            if answer["result"].is_string() {
                taken += 1;
            } else {
                assert_eq!(answer["error"]["code"], 1016, "{answer}");
                refused += 1;
            }
        }
    }
    assert_eq!((taken + refused, refused > 0), (4_000, true), "{taken} taken");
    let waiting = number(&node.call("txpool_status", json!([]))["queued"]);
    assert!((1..=1_000).contains(&waiting), "{waiting} wait");
    let mut alith = Wallet::new(&node, Alith);
    let hash = node.call("author_submitExtrinsic", json!([alith.transfer(Baltathar.account())]));
    node.wait_for_block(node.best() + 2);
    assert_eq!(node.call("zx_getTransactionReceipt", json!([hash]))["status"], "0x1");
    unharmed(&node, before, 100 * MIB);
    node.stop();
}

/// Follows the chain so many times on one connection and unpins nothing, until each follow was stopped.
fn pin_for_ever(address: SocketAddr, follows: usize, begun: Sender<()>) {
    let mut ws = Ws::connect(address);
    for id in 0..follows {
        ws.request(json!(id), "chainHead_v1_follow", json!([true]));
    }
    let (mut answered, mut stopped, mut told) = (0, 0, 0);
    let mut begun = Some(begun);
    while stopped < follows {
        let message = ws.next().expect("the connection stands");
        if message["id"].is_u64() {
            assert!(message["result"].is_string(), "{message}");
            answered += 1;
            if answered == follows {
                begun.take().unwrap().send(()).unwrap();
            }
            continue;
        }
        match message["params"]["result"]["event"].as_str().unwrap_or_else(|| panic!("{message}")) {
            "stop" => stopped += 1,
            "finalized" => told += 1,
            _ => {}
        }
    }
    assert!(told / follows >= 256, "stopped after {told} final blocks for {follows} follows");
    // Who follows anew is served.
    let follow = ws.subscribe("chainHead_v1_follow", json!([false]));
    assert_eq!(ws.notification("chainHead_v1_followEvent", &follow)["event"], "initialized");
}

#[test]
fn blocks_pinned_for_ever_stop_the_follow_and_go_slow() {
    const FOLLOWS: usize = 4;
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual", "--state-pruning", "16"]);
    let address = node.address;
    let (begin, begun) = channel();
    let clients = (0..8).map(|_| {
        let begin = begin.clone();
        std::thread::spawn(move || pin_for_ever(address, FOLLOWS, begin))
    });
    let clients: Vec<_> = clients.collect();
    drop(begin);
    // It ends when all have begun or failed.
    assert_eq!(begun.iter().count(), 8, "all follow");
    let before = node.resident_bytes();
    let mut alith = Wallet::new(&node, Alith);
    let mut block = |node: &Node| {
        node.call("author_submitExtrinsic", json!([alith.remark(20_000)]));
        let made = node.call("engine_createBlock", json!([true, true]));
        assert_eq!(node.call("system_health", json!([]))["isSyncing"], false);
        made["hash"].clone()
    };
    let first = block(&node);
    for _ in 0..400 {
        block(&node);
    }
    // Pinned, so it can be read, although its state lies far beyond the pruning window.
    let code = json!(["0x3a636f6465", first]);
    assert!(call(address, "state_getStorageHash", code.clone())["result"].is_string());
    for _ in 0..300 {
        block(&node);
    }
    clients.into_iter().for_each(|client| client.join().unwrap());
    unharmed(&node, before, 200 * MIB);
    // Nobody pins it any more.
    (0..20).for_each(|_| drop(block(&node)));
    assert_eq!(call(address, "state_getStorageHash", code)["error"]["code"], 4003);
    node.stop();
}

#[test]
fn client_that_never_reads_loses_its_connection_slow() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let code = json!(["0x3a636f6465"]);
    let one = call(node.address, "state_getStorage", code.clone()).to_string().len() as u64;
    let before = node.resident_bytes();
    // Each request asks for more than half a megabyte, and has so many bytes that the node's refusal to read is felt.
    let wished = 4_000;
    let request = json!(["0x3a636f6465", null, " ".repeat(60_000)]);
    assert!(one * wished > 1_024 * MIB, "an answer has {one} bytes");
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (mut ws, request) = (Ws::connect(node.address), request.clone());
            std::thread::spawn(move || {
                // Sending is held up until the server hangs up.
                (0..wished).take_while(|_| ws.try_request("state_getStorage", request.clone())).count() as u64
            })
        })
        .collect();
    unharmed(&node, before, 700 * MIB);
    for client in clients {
        let sent = client.join().unwrap();
        assert!(sent < wished, "all {sent} requests were taken");
        unharmed(&node, before, 700 * MIB);
    }
    node.stop();
}
