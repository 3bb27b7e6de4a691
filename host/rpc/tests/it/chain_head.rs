//! `chainHead_v1`: what a client hears, and what it may ask.

use std::collections::VecDeque;

use serde_json::{Value, json};
use ziver_primitives::Hash;
use ziver_rpc::{
    ChainRead, ReadError,
    limits::{
        FINAL_BLOCKS_TOLD_MAX, OPERATIONS_PER_FOLLOW_MAX, STORAGE_PAGE_ITEMS_MAX, STORAGE_QUERIES_PER_OPERATION_MAX,
    },
};

use crate::{client::Ws, fake::Node};

const EVENT: &str = "chainHead_v1_followEvent";

fn text(hash: Hash) -> String {
    format!("{hash:?}")
}

/// A follow, and its events until the first `bestBlockChanged`.
pub fn follow(ws: &mut Ws, with_runtime: bool) -> (String, Vec<Value>) {
    let id = ws.subscribe("chainHead_v1_follow", json!([with_runtime]));
    let mut events = vec![];
    loop {
        let event = ws.notification(EVENT, &id);
        let is_last = event["event"] == "bestBlockChanged";
        events.push(event);
        if is_last {
            return (id, events);
        }
    }
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event"].as_str().unwrap()).collect()
}

/// Starts an operation; returns its id.
fn start(ws: &mut Ws, method: &str, params: Value) -> String {
    let answer = ws.call(method, params);
    assert_eq!(answer["result"]["result"], "started", "{answer}");
    answer["result"]["operationId"].as_str().unwrap().to_owned()
}

fn at(node: &Node, number: u32) -> Hash {
    node.chain.hash_at(number).unwrap().unwrap()
}

#[test]
fn follow_begins_with_what_is_there_and_goes_on_with_each_change() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, events) = follow(&mut ws, true);
    assert_eq!(names(&events), ["initialized", "newBlock", "newBlock", "bestBlockChanged"]);
    assert_eq!(events[0]["finalizedBlockHashes"], json!([text(at(&node, 0))]));
    let runtime = json!({ "type": "valid", "spec": {
        "specName": "ziver", "implName": "ziver", "specVersion": 1, "implVersion": 1, "transactionVersion": 1, "apis": {},
    } });
    assert_eq!(events[0]["finalizedBlockRuntime"], runtime);
    for (number, event) in [(1, &events[1]), (2, &events[2])] {
        assert_eq!(event["blockHash"], text(at(&node, number)));
        assert_eq!(event["parentBlockHash"], text(at(&node, number - 1)));
        assert_eq!(event["newRuntime"], Value::Null);
    }
    assert_eq!(events[3], json!({ "event": "bestBlockChanged", "bestBlockHash": text(at(&node, 2)) }));

    node.push(&[], 2);
    let block = ws.notification(EVENT, &id);
    assert_eq!(
        (&block["blockHash"], &block["newRuntime"]["spec"]["specVersion"]),
        (&text(at(&node, 3)).into(), &2.into())
    );
    let best = ws.notification(EVENT, &id);
    assert_eq!(best, json!({ "event": "bestBlockChanged", "bestBlockHash": text(at(&node, 3)) }));
    let finalized = ws.notification(EVENT, &id);
    let expected =
        json!({ "event": "finalized", "finalizedBlockHashes": [text(at(&node, 1))], "prunedBlockHashes": [] });
    assert_eq!(finalized, expected);
}

#[test]
fn late_follow_knows_the_last_final_blocks_and_the_runtime_of_the_last() {
    let node = Node::start();
    for version in 0..30 {
        node.push(&[], version + 2);
    }
    let mut ws = Ws::connect(node.address);
    let (_, events) = follow(&mut ws, true);
    let hashes = events[0]["finalizedBlockHashes"].as_array().unwrap();
    assert_eq!(hashes.len(), FINAL_BLOCKS_TOLD_MAX);
    assert_eq!(hashes[FINAL_BLOCKS_TOLD_MAX - 1], text(at(&node, 30)));
    assert_eq!(hashes[0], text(at(&node, 31 - FINAL_BLOCKS_TOLD_MAX as u32)));
    assert_eq!(events[0]["finalizedBlockRuntime"]["spec"]["specVersion"], 29);
    assert_eq!(events[1]["newRuntime"]["spec"]["specVersion"], 30);
}

#[test]
fn notices_of_blocks_that_the_chain_shows_already_are_told_once() {
    let node = Node::start();
    // The chain is ahead of its notices, and the client comes in between.
    let header = node.chain.push(&[], 1);
    let mut ws = Ws::connect(node.address);
    let (id, events) = follow(&mut ws, false);
    assert_eq!(names(&events), ["initialized", "newBlock", "newBlock", "bestBlockChanged"]);
    assert!(events[0].get("finalizedBlockRuntime").is_none() && events[1].get("newRuntime").is_none());
    node.tell(&header);
    let told = [ws.notification(EVENT, &id), ws.notification(EVENT, &id), ws.notification(EVENT, &id)];
    assert_eq!(names(&told), ["newBlock", "bestBlockChanged", "finalized"]);
    assert_eq!(told[0]["blockHash"], text(header.hash()));
}

#[test]
fn discarded_fork_is_told_and_stays_pinned_with_its_header_only() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let (one, two) = (at(&node, 1), at(&node, 2));
    let fork = node.import(one, &[(b"a", Some(b"fork"))], 1, 9);
    assert_eq!(ws.notification(EVENT, &id)["blockHash"], text(fork));
    let header = ws.call("chainHead_v1_header", json!([id, text(fork)]))["result"].clone();
    node.finalize(&[one, two], &[fork]);
    let event = ws.notification(EVENT, &id);
    assert_eq!(event["finalizedBlockHashes"], json!([text(one), text(two)]));
    assert_eq!(event["prunedBlockHashes"], json!([text(fork)]));
    assert!(header.is_string());
    assert_eq!(ws.call("chainHead_v1_header", json!([id, text(fork)]))["result"], header);
    let asked = [
        ("chainHead_v1_body", json!([id, text(fork)])),
        ("chainHead_v1_call", json!([id, text(fork), "Echo_echo", "0x01"])),
        ("chainHead_v1_storage", json!([id, text(fork), [{ "key": "0x61", "type": "value" }], null])),
    ];
    for (method, params) in asked {
        let operation = start(&mut ws, method, params);
        let event = ws.notification(EVENT, &id);
        assert_eq!(event, json!({ "event": "operationInaccessible", "operationId": operation }), "{method}");
    }
    assert_eq!(ws.call("chainHead_v1_unpin", json!([id, [text(fork)]]))["result"], Value::Null);
    assert_eq!(ws.call("chainHead_v1_header", json!([id, text(fork)]))["error"]["code"], -32801);
}

#[test]
fn another_branch_that_becomes_best_is_told() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let fork = node.import(at(&node, 0), &[], 2, 9);
    let higher = node.import(fork, &[], 2, 9);
    node.best(higher);
    let told: Vec<Value> = (0..3).map(|_| ws.notification(EVENT, &id)).collect();
    assert_eq!(names(&told), ["newBlock", "newBlock", "bestBlockChanged"]);
    assert_eq!((&told[0]["newRuntime"]["spec"]["specVersion"], &told[1]["newRuntime"]), (&2.into(), &Value::Null));
    assert_eq!(told[2]["bestBlockHash"], text(higher));
    // A client that comes now is told of both branches.
    let (_, events) = follow(&mut Ws::connect(node.address), true);
    assert_eq!(names(&events), ["initialized", "newBlock", "newBlock", "newBlock", "newBlock", "bestBlockChanged"]);
    assert_eq!(events[5]["bestBlockHash"], text(higher));
}

#[test]
fn body_call_and_storage_answer_after_their_request() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let block = text(at(&node, 1));
    let body = start(&mut ws, "chainHead_v1_body", json!([id, block]));
    let event = ws.notification(EVENT, &id);
    assert_eq!(event, json!({ "event": "operationBodyDone", "operationId": body, "value": ["0x0c040102"] }));
    // Empty parameters and such without 0x are what clients send.
    for (input, output) in [(json!(""), "0x"), (json!("0102"), "0x0102"), (json!("0x0102"), "0x0102")] {
        let call = start(&mut ws, "chainHead_v1_call", json!([id, block, "Echo_echo", input]));
        let event = ws.notification(EVENT, &id);
        assert_eq!(event, json!({ "event": "operationCallDone", "operationId": call, "output": output }));
    }
    for (method, error) in [("Trap_trap", "boom"), ("None_none", "Exported method None_none is not found")] {
        let call = start(&mut ws, "chainHead_v1_call", json!([id, block, method, "0x"]));
        let event = ws.notification(EVENT, &id);
        assert_eq!((&event["event"], &event["operationId"]), (&"operationError".into(), &call.into()));
        assert!(event["error"].as_str().unwrap().contains(error), "{event}");
    }
    let items = json!([
        { "key": "0x61", "type": "value" },
        { "key": "0x6162", "type": "hash" },
        { "key": "0x00", "type": "value" },
        { "key": "0x61", "type": "closestDescendantMerkleValue" },
    ]);
    let storage = start(&mut ws, "chainHead_v1_storage", json!([id, block, items, null]));
    let event = ws.notification(EVENT, &id);
    assert_eq!((&event["event"], &event["operationId"]), (&"operationStorageItems".into(), &json!(storage)));
    assert_eq!(event["items"][0], json!({ "key": "0x61", "value": "0x6368616e676564" }));
    assert_eq!(event["items"][1]["key"], "0x6162");
    assert!(event["items"][1].get("value").is_none() && event["items"][1]["hash"].as_str().unwrap().len() == 66);
    assert!(event["items"][2]["closestDescendantMerkleValue"].is_string());
    assert_eq!(event["items"].as_array().unwrap().len(), 3);
    let done = ws.notification(EVENT, &id);
    assert_eq!(done, json!({ "event": "operationStorageDone", "operationId": storage }));
}

#[test]
fn long_lists_of_descendants_wait_for_the_client_between_pages() {
    let node = Node::start();
    let keys: Vec<Vec<u8>> = (0..STORAGE_PAGE_ITEMS_MAX + 10).map(|key| format!("many{key:08}").into_bytes()).collect();
    let changes: Vec<(&[u8], Option<&[u8]>)> = keys.iter().map(|key| (key.as_slice(), Some(&b"v"[..]))).collect();
    node.push(&changes, 1);
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let prefix = format!("0x{}", hex::encode("many"));
    let items = json!([{ "key": prefix, "type": "descendantsValues" }, { "key": "0x61", "type": "hash" }]);
    let operation = start(&mut ws, "chainHead_v1_storage", json!([id, text(at(&node, 3)), items]));
    let mut seen = vec![];
    let page = ws.notification(EVENT, &id);
    seen.extend(page["items"].as_array().unwrap().clone());
    assert_eq!(seen.len(), STORAGE_PAGE_ITEMS_MAX);
    let waiting = ws.notification(EVENT, &id);
    assert_eq!(waiting, json!({ "event": "operationWaitingForContinue", "operationId": operation }));
    // Nothing comes by itself; other operations go on.
    let other = start(&mut ws, "chainHead_v1_call", json!([id, text(at(&node, 3)), "Echo_echo", "0x"]));
    assert_eq!(ws.notification(EVENT, &id)["operationId"], other);
    // What it goes on with may come before its answer.
    let (answer, before) = ws.call_among("chainHead_v1_continue", json!([id, operation]));
    assert_eq!(answer["result"], Value::Null);
    let mut events: VecDeque<_> = before.into_iter().map(|message| message["params"]["result"].clone()).collect();
    let mut next = || events.pop_front().unwrap_or_else(|| ws.notification(EVENT, &id));
    seen.extend(next()["items"].as_array().unwrap().clone());
    assert_eq!(next()["event"], "operationStorageDone");
    let expected: Vec<String> =
        keys.iter().map(|key| format!("0x{}", hex::encode(key))).chain(["0x61".into()]).collect();
    assert_eq!(seen.iter().map(|item| item["key"].as_str().unwrap()).collect::<Vec<_>>(), expected);
    assert_eq!(ws.call("chainHead_v1_continue", json!([id, operation]))["result"], Value::Null);
}

#[test]
fn continue_of_an_operation_that_does_not_wait_is_an_error() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let call = start(&mut ws, "chainHead_v1_call", json!([id, text(at(&node, 1)), "Slow_slow", "0x"]));
    assert_eq!(ws.call("chainHead_v1_continue", json!([id, call]))["error"]["code"], -32803);
    assert_eq!(ws.call("chainHead_v1_continue", json!([id, "none"]))["result"], Value::Null);
}

#[test]
fn operations_beyond_the_limit_are_refused_until_one_ends_or_is_stopped() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let block = text(at(&node, 1));
    let slow = json!([id, block, "Slow_slow", "0x"]);
    let started: Vec<String> =
        (0..OPERATIONS_PER_FOLLOW_MAX).map(|_| start(&mut ws, "chainHead_v1_call", slow.clone())).collect();
    for (method, params) in [
        ("chainHead_v1_call", slow.clone()),
        ("chainHead_v1_body", json!([id, block])),
        ("chainHead_v1_storage", json!([id, block, [{ "key": "0x61", "type": "value" }]])),
    ] {
        assert_eq!(ws.call(method, params)["result"], json!({ "result": "limitReached" }), "{method}");
    }
    assert_eq!(ws.call("chainHead_v1_stopOperation", json!([id, started[3]]))["result"], Value::Null);
    let mut again = ws.call("chainHead_v1_call", slow.clone());
    while again["result"]["result"] == "limitReached" {
        again = ws.call("chainHead_v1_call", slow.clone());
    }
    node.chain.gate.open();
    let mut done: Vec<String> = (0..OPERATIONS_PER_FOLLOW_MAX)
        .map(|_| ws.notification(EVENT, &id)["operationId"].as_str().unwrap().to_owned())
        .collect();
    done.sort();
    let mut expected = started.clone();
    expected[3] = again["result"]["operationId"].as_str().unwrap().to_owned();
    expected.sort();
    assert_eq!(done, expected);
    assert_eq!(ws.call("chainHead_v1_stopOperation", json!([id, started[3]]))["result"], Value::Null);
}

#[test]
fn surplus_items_are_discarded_and_counted() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let items = vec![json!({ "key": "0x00", "type": "value" }); STORAGE_QUERIES_PER_OPERATION_MAX + 7];
    let answer = ws.call("chainHead_v1_storage", json!([id, text(at(&node, 1)), items]));
    assert_eq!(answer["result"]["discardedItems"], 7);
    assert_eq!(ws.notification(EVENT, &id)["event"], "operationStorageDone");
}

#[test]
fn unpin_takes_one_hash_or_several_and_is_all_or_nothing() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let blocks: Vec<String> = (0..3).map(|number| text(at(&node, number))).collect();
    let unpin = |ws: &mut Ws, hashes: Value| ws.call("chainHead_v1_unpin", json!([id, hashes]));
    assert_eq!(unpin(&mut ws, json!(blocks[0]))["result"], Value::Null);
    assert_eq!(unpin(&mut ws, json!(blocks[0]))["error"]["code"], -32801);
    assert_eq!(unpin(&mut ws, json!([blocks[1], blocks[0]]))["error"]["code"], -32801);
    assert_eq!(unpin(&mut ws, json!([blocks[1], blocks[1]]))["error"]["code"], -32804);
    assert_eq!(unpin(&mut ws, json!([blocks[1], blocks[2]]))["result"], Value::Null);
    for bad in [json!(5), json!("0x12"), json!(["0x12"]), json!({}), Value::Null] {
        assert_eq!(unpin(&mut ws, bad.clone())["error"]["code"], -32602, "{bad}");
    }
}

#[test]
fn pins_hold_the_states_from_the_lowest_on() {
    let node = Node::start();
    let held = || node.chain.holds.lock().unwrap().iter().copied().min();
    for _ in 0..2 * FINAL_BLOCKS_TOLD_MAX {
        node.push(&[], 1);
    }
    let mut ws = Ws::connect(node.address);
    let (id, events) = follow(&mut ws, true);
    let listed = held().unwrap();
    for _ in 0..FINAL_BLOCKS_TOLD_MAX {
        node.push(&[], 1);
    }
    assert_eq!(held(), Some(listed), "the follow holds what has left the list of a new one");
    let hashes = events[0]["finalizedBlockHashes"].clone();
    let (answer, _) = ws.call_among("chainHead_v1_unpin", json!([id, hashes]));
    assert_eq!(answer["result"], Value::Null);
    assert_eq!(held(), Some(listed + FINAL_BLOCKS_TOLD_MAX as u32));
}

#[test]
fn unknown_follows_are_treated_as_ended_ones() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    let mut stranger = Ws::connect(node.address);
    let block = text(at(&node, 1));
    let limit = json!({ "result": "limitReached" });
    let calls = |id: &str| {
        [
            ("chainHead_v1_header", json!([id, block]), Value::Null),
            ("chainHead_v1_unpin", json!([id, block]), Value::Null),
            ("chainHead_v1_unfollow", json!([id]), Value::Null),
            ("chainHead_v1_continue", json!([id, "0"]), Value::Null),
            ("chainHead_v1_stopOperation", json!([id, "0"]), Value::Null),
            ("chainHead_v1_body", json!([id, block]), limit.clone()),
            ("chainHead_v1_call", json!([id, block, "Echo_echo", ""]), limit.clone()),
            ("chainHead_v1_storage", json!([id, block, []]), limit.clone()),
        ]
    };
    for (method, params, expected) in calls("nobody").into_iter().chain(calls(&id)) {
        assert_eq!(stranger.call(method, params)["result"], expected, "{method}");
    }
    assert!(ws.call("chainHead_v1_header", json!([id, block]))["result"].is_string());
    assert_eq!(ws.call("chainHead_v1_unfollow", json!([id]))["result"], Value::Null);
    for (method, params, expected) in calls(&id) {
        assert_eq!(ws.call(method, params)["result"], expected, "{method}");
    }
}

#[test]
fn call_needs_a_follow_with_runtimes_and_a_pinned_block() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, false);
    let call = json!([id, text(at(&node, 1)), "Echo_echo", "0x"]);
    assert_eq!(ws.call("chainHead_v1_call", call)["error"]["code"], -32802);
    let (id, _) = follow(&mut ws, true);
    let elsewhere = text(Hash::zero());
    for (method, params) in [
        ("chainHead_v1_header", json!([id, elsewhere])),
        ("chainHead_v1_body", json!([id, elsewhere])),
        ("chainHead_v1_call", json!([id, elsewhere, "Echo_echo", "0x"])),
        ("chainHead_v1_storage", json!([id, elsewhere, []])),
    ] {
        assert_eq!(ws.call(method, params)["error"]["code"], -32801, "{method}");
    }
}

#[test]
fn state_that_cannot_be_read_is_told_as_what_it_is() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let (id, _) = follow(&mut ws, true);
    for (fault, event) in [
        (ReadError::Pruned(at(&node, 1)), "operationInaccessible"),
        (ReadError::Backend("a broken disk".into()), "operationError"),
    ] {
        node.chain.faults.lock().unwrap().insert(at(&node, 1), fault);
        let items = json!([{ "key": "0x61", "type": "value" }]);
        let operation = start(&mut ws, "chainHead_v1_storage", json!([id, text(at(&node, 1)), items]));
        let told = ws.notification(EVENT, &id);
        assert_eq!((&told["event"], &told["operationId"]), (&json!(event), &json!(operation)));
    }
}

#[test]
fn chain_spec_names_genesis_name_and_properties() {
    let node = Node::start();
    let result = |method| crate::client::result(node.address, method, json!([]));
    assert_eq!(result("chainSpec_v1_genesisHash"), text(at(&node, 0)));
    assert_eq!(result("chainSpec_v1_chainName"), "Fake Chain");
    assert_eq!(result("chainSpec_v1_properties"), json!({ "tokenDecimals": 18 }));
}
