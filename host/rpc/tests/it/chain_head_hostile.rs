//! `chainHead_v1` and clients that mean no good, or are just too slow.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ziver_primitives::Hash;
use ziver_rpc::{
    ChainRead,
    limits::{FOLLOWS_PER_CONNECTION_MAX, PINNED_SETTLED_BLOCKS_MAX, UNPINNED_BLOCKS_PER_REQUEST_MAX},
};

use crate::{chain_head::follow, client::Ws, fake::Node};

const EVENT: &str = "chainHead_v1_followEvent";

#[test]
fn ten_thousand_follows_end_at_the_limit_and_free_their_places() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let mut ids = vec![];
    for _ in 0..10_000 {
        let (answer, _) = ws.call_among("chainHead_v1_follow", json!([false]));
        match answer.get("result") {
            Some(id) => ids.push(id.as_str().unwrap().to_owned()),
            None => assert_eq!(answer["error"]["code"], -32800),
        }
    }
    assert_eq!(ids.len(), FOLLOWS_PER_CONNECTION_MAX);
    let (answer, _) = ws.call_among("chainHead_v1_unfollow", json!([ids[0]]));
    assert_eq!(answer["result"], Value::Null);
    let (answer, _) = ws.call_among("chainHead_v1_follow", json!([true]));
    assert!(answer["result"].is_string(), "{answer}");
    // Another client has places of its own.
    follow(&mut Ws::connect(node.address), true);
}

#[test]
fn client_that_never_unpins_is_stopped_and_may_begin_anew() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let mut finalized = 1;
    let begin = Instant::now();
    let stopped = loop {
        assert!(begin.elapsed() < Duration::from_secs(60), "never stopped");
        node.push(&[], 1);
        let [block, best, last] =
            [ws.notification(EVENT, &id), ws.notification(EVENT, &id), ws.notification(EVENT, &id)];
        assert_eq!((&block["event"], &best["event"]), (&json!("newBlock"), &json!("bestBlockChanged")));
        if last["event"] == "stop" {
            break last;
        }
        finalized += last["finalizedBlockHashes"].as_array().unwrap().len();
    };
    assert_eq!(stopped, json!({ "event": "stop" }));
    assert_eq!(finalized, PINNED_SETTLED_BLOCKS_MAX);
    // All is released: the follow is unknown, and the states are held for new ones only.
    assert_eq!(ws.call("chainHead_v1_header", json!([id, format!("{:?}", Hash::zero())]))["result"], Value::Null);
    assert_eq!(ws.call("chainHead_v1_unfollow", json!([id]))["result"], Value::Null);
    let (id, _) = follow(&mut ws, true);
    node.push(&[], 1);
    assert_eq!(ws.notification(EVENT, &id)["event"], "newBlock");
}

#[test]
fn client_that_hangs_up_leaves_no_hold_behind() {
    let node = Node::start();
    let holds = || node.chain.holds.lock().unwrap().len();
    assert_eq!(holds(), 1, "for new follows");
    let mut clients: Vec<Ws> = (0..3).map(|_| Ws::connect(node.address)).collect();
    for ws in &mut clients {
        let (id, _) = follow(ws, true);
        let block = format!("{:?}", node.chain.genesis());
        ws.request(json!(5), "chainHead_v1_call", json!([id, block, "Slow_slow", "0x"]));
    }
    assert_eq!(holds(), 4);
    drop(clients);
    let begin = Instant::now();
    while holds() > 1 {
        assert!(begin.elapsed() < Duration::from_secs(60), "{} holds are left", holds());
        std::thread::yield_now();
    }
}

#[test]
fn client_that_reads_nothing_is_disconnected_and_others_go_on() {
    let node = Node::start();
    let mut slow = Ws::connect(node.address);
    let mut quick = Ws::connect(node.address);
    let (id, _) = follow(&mut slow, true);
    let (other, _) = follow(&mut quick, true);
    let value = vec![7; 1 << 20];
    node.push(&[(b"large", Some(&value))], 1);
    let block = format!("{:?}", node.chain.best().hash);
    let items = vec![json!({ "key": format!("0x{}", hex::encode("large")), "type": "value" }); 1_000];
    let begin = Instant::now();
    // It asks for gigabytes, and reads none of them.
    while slow.try_request("chainHead_v1_storage", json!([id, block, items])) {
        assert!(begin.elapsed() < Duration::from_secs(60), "still connected");
    }
    for _ in 0..3 {
        assert_eq!(quick.notification(EVENT, &other)["event"].as_str().map(str::is_empty), Some(false));
    }
}

#[test]
fn odd_parameters_are_errors_and_nothing_more() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, events) = follow(&mut ws, true);
    let block = events[0]["finalizedBlockHashes"][0].clone();
    let many = vec![block.clone(); UNPINNED_BLOCKS_PER_REQUEST_MAX + 1];
    let deep = serde_json::from_str::<Value>(&("[".repeat(50) + &"]".repeat(50))).unwrap();
    let key = |kind: Value| json!([id, block, [{ "key": "0x61", "type": kind }]]);
    for (method, params) in [
        ("chainHead_v1_follow", json!([])),
        ("chainHead_v1_follow", json!(["true"])),
        ("chainHead_v1_unfollow", json!([])),
        ("chainHead_v1_unfollow", json!([5])),
        ("chainHead_v1_header", json!([5, block])),
        ("chainHead_v1_header", json!([id])),
        ("chainHead_v1_unpin", json!([id, many])),
        ("chainHead_v1_unpin", json!([id, deep])),
        ("chainHead_v1_body", json!([id, "0x"])),
        ("chainHead_v1_call", json!([id, block, 5, "0x"])),
        ("chainHead_v1_call", json!([id, block, "Echo_echo", "0xz"])),
        ("chainHead_v1_call", json!([id, block, "Echo_echo"])),
        ("chainHead_v1_storage", json!([id, block])),
        ("chainHead_v1_storage", json!([id, block, [5]])),
        ("chainHead_v1_storage", json!([id, block, deep])),
        ("chainHead_v1_storage", key(json!("everything"))),
        ("chainHead_v1_storage", key(Value::Null)),
        ("chainHead_v1_storage", json!([id, block, [{ "key": "61x", "type": "value" }]])),
        ("chainHead_v1_storage", json!([id, block, [{ "key": "0x61", "type": "value", "paginationStartKey": "0x" }]])),
        ("chainHead_v1_storage", json!([id, block, [], 5])),
        ("chainHead_v1_continue", json!([id])),
        ("chainHead_v1_stopOperation", json!([id, 5])),
    ] {
        let answer = ws.call(method, params.clone());
        assert_eq!(answer["error"]["code"], -32602, "{method} {params}: {answer}");
    }
    assert!(ws.call("chainHead_v1_header", json!([id, block]))["result"].is_string());
}

#[test]
fn keys_too_long_are_discarded() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, events) = follow(&mut ws, true);
    let block = events[0]["finalizedBlockHashes"][0].clone();
    let long = json!({ "key": "ab".repeat(200_000), "type": "value" });
    let answer = ws.call("chainHead_v1_storage", json!([id, block, [long, long]]));
    assert_eq!(answer["result"], json!({ "result": "limitReached" }));
    let short = json!({ "key": "0x00", "type": "value" });
    let answer = ws.call("chainHead_v1_storage", json!([id, block, [short, long, short]]));
    assert_eq!(answer["result"]["discardedItems"], 2);
}

#[test]
fn what_sends_more_after_its_answer_is_no_part_of_a_batch() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let request = |id: u32, method: &str, params: Value| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let methods =
        ["chain_subscribeNewHeads", "zx_subscribe", "chainHead_v1_follow", "chainHead_v1_body", "chainHead_v1_storage"];
    let mut batch: Vec<Value> = (1..).zip(methods).map(|(id, method)| request(id, method, json!([]))).collect();
    batch.push(request(9, "zx_blockNumber", json!([])));
    let answers = ws.answer(&Value::from(batch).to_string());
    let mut answers = answers.as_array().unwrap().clone();
    answers.sort_by_key(|answer| answer["id"].as_u64());
    assert_eq!(answers.pop().unwrap()["result"], "0x2");
    for (answer, method) in answers.iter().zip(methods) {
        let why = format!("Invalid request: {method} sends more after its answer, it can't be part of a batch");
        assert_eq!(answer["error"], json!({ "code": -32600, "message": why }));
    }
    // Nothing has begun: the next message is the answer to the next request.
    assert_eq!(ws.call("zx_blockNumber", json!([]))["result"], "0x2");
}
