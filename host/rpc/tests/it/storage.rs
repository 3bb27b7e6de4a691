//! Subscriptions to storage.

use std::sync::atomic::Ordering;

use serde_json::json;
use ziver_primitives::storage_keys::item_prefix;
use ziver_rpc::{
    ReadError,
    limits::{
        KEYS_PER_QUERY_MAX, KEYS_PER_READ, STORAGE_ANSWER_BYTES_MAX, STORAGE_ANSWERS_AT_ONCE_MAX,
        WATCHED_BYTES_PER_CONNECTION_MAX,
    },
};

use crate::{
    client::{Ws, error, result},
    fake::Node,
};

#[test]
fn storage_is_told_at_once_and_then_what_changes() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("state_subscribeStorage", json!([["0x61", "0x7a"]]));
    let first = ws.notification("state_storage", &id);
    assert_eq!(first["changes"], json!([["0x61", "0x6368616e676564"], ["0x7a", null]]));
    node.push(&[(b"b", Some(b"unwatched"))], 1);
    let header = node.push(&[(b"z", Some(b"!")), (b"b", None)], 1);
    let second = ws.notification("state_storage", &id);
    assert_eq!(second, json!({ "block": format!("{:?}", header.hash()), "changes": [["0x7a", "0x21"]] }));
    node.push(&[(b"a", None)], 1);
    assert_eq!(ws.notification("state_storage", &id)["changes"], json!([["0x61", null]]));
}

#[test]
fn events_are_told_for_each_block_even_if_they_equal_those_before() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let events = item_prefix("System", "Events");
    let key = format!("0x{}", hex::encode(&events));
    let id = ws.subscribe("state_subscribeStorage", json!([[key, "0x61"]]));
    ws.notification("state_storage", &id);
    for _ in 0..2 {
        let header = node.push(&[(&events, Some(b"paid")), (b"a", Some(b"same"))], 1);
        let told = ws.notification("state_storage", &id);
        assert_eq!(
            (&told["block"], &told["changes"][0]),
            (&json!(format!("{:?}", header.hash())), &json!([key, "0x70616964"]))
        );
    }
}

#[test]
fn storage_change_set_of_one_block_is_a_list_of_one() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let answer = ws.call("state_queryStorageAt", json!([["0x61", "0x7a"]]));
    assert_eq!(answer["result"][0]["changes"], json!([["0x61", "0x6368616e676564"], ["0x7a", null]]));
    assert_eq!(answer["result"].as_array().unwrap().len(), 1);
}

#[test]
fn subscription_to_all_storage_is_refused() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    for params in [json!([]), json!([null]), json!([[]])] {
        assert_eq!(ws.call("state_subscribeStorage", params)["error"]["code"], -32602);
    }
}

#[test]
fn pruned_head_is_passed_over_and_a_failing_read_ends_the_connection() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("state_subscribeStorage", json!([["0x61"]]));
    ws.notification("state_storage", &id);
    node.push_faulty(ReadError::Pruned);
    node.push_faulty(ReadError::UnknownBlock);
    node.push(&[(b"a", Some(b"!"))], 1);
    assert_eq!(ws.notification("state_storage", &id)["changes"], json!([["0x61", "0x21"]]));
    node.push_faulty(|_| ReadError::Backend("gone".into()));
    assert_eq!(ws.next(), None);
}

/// Puts `count` values of a megabyte at keys that begin with `big`, and returns the keys as parameters.
fn big_values(node: &Node, count: u8) -> Vec<String> {
    let value = vec![7; 1 << 20];
    let keys: Vec<_> = (0..count).map(|index| [b"big".as_slice(), &[index]].concat()).collect();
    let changes: Vec<_> = keys.iter().map(|key| (key.as_slice(), Some(value.as_slice()))).collect();
    node.push(&changes, 1);
    node.chain.bytes_read.store(0, Ordering::Relaxed);
    (0..count).map(|index| format!("0x626967{index:02x}")).collect()
}

fn bytes_read(node: &Node) -> usize {
    node.chain.bytes_read.load(Ordering::Relaxed)
}

#[test]
fn repeated_keys_are_read_and_answered_once_in_the_order_of_their_first_place() {
    let node = Node::start();
    let big = big_values(&node, 1);
    let mut keys = vec!["0x7a", "0x61"];
    keys.extend(vec![big[0].as_str(); KEYS_PER_QUERY_MAX - 3]);
    keys.push("0x7a");
    let mut ws = Ws::connect(node.address);
    let answer = ws.call("state_queryStorageAt", json!([keys]));
    let changes = answer["result"][0]["changes"].as_array().unwrap();
    assert_eq!(changes.iter().map(|change| &change[0]).collect::<Vec<_>>(), ["0x7a", "0x61", &big[0]]);
    assert!(bytes_read(&node) < 2 << 20, "{}", bytes_read(&node));
    let id = ws.subscribe("state_subscribeStorage", json!([["0x61", "0x7a", "0x61"]]));
    let first = ws.notification("state_storage", &id);
    assert_eq!(first["changes"], json!([["0x61", "0x6368616e676564"], ["0x7a", null]]));
}

#[test]
fn answer_over_the_budget_is_refused_before_all_of_it_is_read() {
    let node = Node::start();
    let keys = big_values(&node, 100);
    let refused = |method: &str| {
        node.chain.bytes_read.store(0, Ordering::Relaxed);
        let refusal = error(node.address, method, json!([keys]));
        assert!(bytes_read(&node) <= STORAGE_ANSWER_BYTES_MAX + (1 << 20), "{}", bytes_read(&node));
        refusal
    };
    let value = 12 * ((1 << 20) + 4);
    let text =
        format!("size of the answer in bytes exceeds maximum value. value: {value}, max: {STORAGE_ANSWER_BYTES_MAX}");
    assert_eq!(refused("state_queryStorageAt"), (4002, text.clone()));
    let mut ws = Ws::connect(node.address);
    let answer = ws.call("state_subscribeStorage", json!([keys]));
    assert_eq!((&answer["error"]["code"], &answer["error"]["message"]), (&json!(4002), &json!(text)));
    let fits = result(node.address, "state_queryStorageAt", json!([keys[..11]]));
    assert_eq!(fits[0]["changes"].as_array().unwrap().len(), 11);
}

#[test]
fn answers_of_all_namespaces_take_turns_together() {
    let node = Node::start();
    let (slow, child) =
        (format!("0x{}", hex::encode("slow")), format!("0x{}", hex::encode(":child_storage:default:x")));
    let mut ws = Ws::connect(node.address);
    for id in 0..STORAGE_ANSWERS_AT_ONCE_MAX {
        ws.request(json!(id), "state_queryStorageAt", json!([[slow]]));
    }
    node.chain.gate.await_waiting(STORAGE_ANSWERS_AT_ONCE_MAX);
    let more = ["childstate_getStorageEntries"; 3];
    for method in more {
        ws.request(json!(method), method, json!([child, [slow]]));
    }
    // What comes after them is answered, so they have been begun.
    assert_eq!(ws.call("state_getStorage", json!(["0x61"]))["result"], "0x6368616e676564");
    node.chain.gate.open();
    for _ in 0..STORAGE_ANSWERS_AT_ONCE_MAX + more.len() {
        assert!(ws.next().unwrap().get("result").is_some());
    }
    assert_eq!(node.chain.gate.most_waiting(), STORAGE_ANSWERS_AT_ONCE_MAX);
}

#[test]
fn page_of_long_keys_is_refused_before_all_of_it_is_read() {
    let node = Node::start();
    let keys: Vec<_> =
        (0..1_000u32).map(|index| [b"l".as_slice(), &index.to_be_bytes(), &[0; 40_000]].concat()).collect();
    node.push(&keys.iter().map(|key| (key.as_slice(), Some(&b""[..]))).collect::<Vec<_>>(), 1);
    let (code, message) = error(node.address, "state_getKeysPaged", json!(["0x6c", 1_000]));
    assert_eq!(code, 4002, "{message}");
    let read_max = STORAGE_ANSWER_BYTES_MAX + KEYS_PER_READ * 40_005;
    assert!(bytes_read(&node) <= read_max, "{}", bytes_read(&node));
}

#[test]
fn page_of_keys_that_takes_several_reads_is_whole() {
    let node = Node::start();
    let keys: Vec<_> = (0..300u32).map(|index| [b"l".as_slice(), &index.to_be_bytes()].concat()).collect();
    node.push(&keys.iter().map(|key| (key.as_slice(), Some(&b""[..]))).collect::<Vec<_>>(), 1);
    let names: Vec<_> = (0..300u32).map(|index| format!("0x6c{index:08x}")).collect();
    for count in [0, 1, KEYS_PER_READ, KEYS_PER_READ + 1, 299, 300, 301] {
        let page = result(node.address, "state_getKeysPaged", json!(["0x6c", count]));
        assert_eq!(page, json!(names[..count.min(300)]), "{count}");
    }
    let page = result(node.address, "state_getKeysPaged", json!(["0x6c", 1_000, names[9]]));
    assert_eq!(page, json!(names[10..]));
}

#[test]
fn subscriptions_of_one_connection_watch_a_bounded_number_of_bytes() {
    let node = Node::start();
    let keys = big_values(&node, 1);
    let mut ws = Ws::connect(node.address);
    let mut ids = vec![];
    for _ in 0..WATCHED_BYTES_PER_CONNECTION_MAX / (1 << 20) - 1 {
        ids.push(ws.subscribe("state_subscribeStorage", json!([keys])));
        ws.notification("state_storage", ids.last().unwrap());
    }
    let answer = ws.call("state_subscribeStorage", json!([keys]));
    assert_eq!(answer["error"]["code"], 4002, "{answer}");
    assert_eq!(ws.call("state_unsubscribeStorage", json!([ids[0]]))["result"], true);
    let mut other = Ws::connect(node.address);
    let id = other.subscribe("state_subscribeStorage", json!([keys]));
    other.notification("state_storage", &id);
}

#[test]
fn subscription_whose_values_grow_over_the_budget_ends_with_its_connection() {
    let node = Node::start();
    let mut keys = big_values(&node, 7);
    keys.extend((7..13).map(|index| format!("0x626967{index:02x}")));
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("state_subscribeStorage", json!([keys]));
    ws.notification("state_storage", &id);
    big_values(&node, 13);
    assert_eq!(ws.next(), None);
}
