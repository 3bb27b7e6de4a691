//! `archive_v1`: any block and its state.

use serde_json::{Value, json};
use ziver_primitives::Hash;
use ziver_rpc::{ChainRead, ReadError, limits::STORAGE_PAGE_ITEMS_MAX};

use crate::{
    client::{Ws, error, result},
    fake::Node,
};

const EVENT: &str = "archive_v1_storageEvent";

fn text(hash: Hash) -> String {
    format!("{hash:?}")
}

fn at(node: &Node, number: u32) -> Hash {
    node.chain.hash_at(number).unwrap().unwrap()
}

/// All events of one storage request.
fn storage(ws: &mut Ws, params: Value) -> Vec<Value> {
    let id = ws.subscribe("archive_v1_storage", params);
    let mut events = vec![];
    loop {
        events.push(ws.notification(EVENT, &id));
        if events[events.len() - 1]["event"] != "storage" {
            return events;
        }
    }
}

#[test]
fn blocks_are_found_by_height_and_hash() {
    let node = Node::start();
    let call = |method, params| result(node.address, method, params);
    assert_eq!(call("archive_v1_genesisHash", json!([])), text(at(&node, 0)));
    assert_eq!(call("archive_v1_finalizedHeight", json!([])), 0);
    let fork = node.import(at(&node, 1), &[], 1, 9);
    for (height, hashes) in
        [(0, vec![at(&node, 0)]), (1, vec![at(&node, 1)]), (2, vec![at(&node, 2), fork]), (9, vec![])]
    {
        let hashes: Vec<String> = hashes.into_iter().map(text).collect();
        assert_eq!(call("archive_v1_hashByHeight", json!([height])), json!(hashes), "{height}");
    }
    node.finalize(&[at(&node, 1), at(&node, 2)], &[fork]);
    assert_eq!(call("archive_v1_hashByHeight", json!([2])), json!([text(at(&node, 2))]));
    assert_eq!(call("archive_v1_hashByHeight", json!({ "height": 2 })), json!([text(at(&node, 2))]));
    assert_eq!(call("archive_v1_finalizedHeight", json!([])), 2);
    assert!(call("archive_v1_header", json!([text(at(&node, 1))])).as_str().unwrap().starts_with("0x"));
    assert_eq!(call("archive_v1_body", json!([text(at(&node, 1))])), json!(["0x0c040102"]));
    for unknown in [fork, Hash::zero()] {
        for method in ["archive_v1_header", "archive_v1_body"] {
            assert_eq!(call(method, json!([text(unknown)])), Value::Null, "{method}");
        }
        assert_eq!(call("archive_v1_call", json!([text(unknown), "Echo_echo", "0x"])), Value::Null);
    }
}

#[test]
fn call_says_whether_it_succeeded() {
    let node = Node::start();
    let block = text(at(&node, 1));
    let call = |method, input| result(node.address, "archive_v1_call", json!([block, method, input]));
    assert_eq!(call("Echo_echo", "0x0102"), json!({ "success": true, "value": "0x0102" }));
    assert_eq!(call("Echo_echo", ""), json!({ "success": true, "value": "0x" }));
    for method in ["Trap_trap", "None_none"] {
        let answer = call(method, "0x");
        assert_eq!(answer["success"], false);
        assert!(answer["error"].is_string() && answer.get("value").is_none());
    }
    assert_eq!(error(node.address, "archive_v1_call", json!([block, "Echo_echo"])).0, -32602);
}

#[test]
fn storage_comes_item_by_item_and_ends() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let items = json!([
        { "key": "0x61", "type": "descendantsValues" },
        { "key": "0x62", "type": "hash" },
        { "key": "0xff", "type": "value" },
        { "key": "0x61", "type": "closestDescendantMerkleValue" },
        { "key": "0x61", "type": "descendantsHashes", "paginationStartKey": "0x6162" },
    ]);
    let events = storage(&mut ws, json!([text(at(&node, 0)), items, null]));
    let keys: Vec<&str> = events.iter().filter_map(|event| event["key"].as_str()).collect();
    assert_eq!(keys, ["0x61", "0x6162", "0x6163", "0x62", "0x61", "0x6163"]);
    assert_eq!(events[1], json!({ "event": "storage", "key": "0x6162", "value": "0x3232" }));
    assert!(events[3]["hash"].is_string() && events[4]["closestDescendantMerkleValue"].is_string());
    assert_eq!(events[6], json!({ "event": "storageDone" }));
    let of_child = storage(&mut ws, json!([text(at(&node, 0)), [{ "key": "0x61", "type": "value" }], "0x6b6964"]));
    assert_eq!(of_child[0]["childTrieKey"], "0x6b6964");
}

#[test]
fn storage_of_many_pages_is_whole() {
    let node = Node::start();
    let keys: Vec<Vec<u8>> = (0..3 * STORAGE_PAGE_ITEMS_MAX).map(|key| format!("many{key:08}").into_bytes()).collect();
    let changes: Vec<(&[u8], Option<&[u8]>)> = keys.iter().map(|key| (key.as_slice(), Some(&b"v"[..]))).collect();
    node.push(&changes, 1);
    let items = json!([{ "key": hex::encode("many"), "type": "descendantsValues" }]);
    let events = storage(&mut Ws::connect(node.address), json!([text(at(&node, 3)), items]));
    assert_eq!(events.len(), keys.len() + 1);
}

#[test]
fn storage_that_cannot_be_read_says_so() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    let items = json!([{ "key": "0x61", "type": "value" }]);
    let unknown = storage(&mut ws, json!([text(Hash::zero()), items]));
    assert_eq!(unknown[0]["event"], "storageError");
    node.chain.faults.lock().unwrap().insert(at(&node, 1), ReadError::Pruned(at(&node, 1)));
    let pruned = storage(&mut ws, json!([text(at(&node, 1)), items]));
    assert!(pruned[0]["error"].as_str().unwrap().contains("State already discarded"), "{pruned:?}");
    for bad in
        [json!([]), json!([text(at(&node, 1))]), json!([text(at(&node, 1)), [{ "key": "0x61" }]]), json!(["0x", []])]
    {
        assert_eq!(ws.call("archive_v1_storage", bad.clone())["error"]["code"], -32602, "{bad}");
    }
    let surplus = vec![json!({ "key": "0x61", "type": "value" }); 2_000];
    let answer = ws.call("archive_v1_storage", json!([text(at(&node, 1)), surplus]));
    assert_eq!(answer["error"]["code"], -32602);
}

#[test]
fn stop_ends_a_storage_request_and_is_harmless_otherwise() {
    let node = Node::start();
    let mut ws = Ws::connect(node.address);
    for id in [json!("none"), json!("")] {
        assert_eq!(ws.call("archive_v1_stopStorage", json!([id]))["result"], Value::Null);
    }
}

/// All events of one comparison.
fn diff(ws: &mut Ws, params: Value) -> Vec<Value> {
    let id = ws.subscribe("archive_v1_storageDiff", params);
    let mut events = vec![];
    loop {
        events.push(ws.notification("archive_v1_storageDiffEvent", &id));
        if events[events.len() - 1]["event"] != "storageDiff" {
            return events;
        }
    }
}

#[test]
fn difference_of_states_tells_what_was_added_modified_and_deleted() {
    let node = Node::start();
    let changes: [(&[u8], Option<&[u8]>); 4] =
        [(b"a", Some(b"again")), (b"ab", None), (b"b", Some(b"")), (b"new", Some(b"n"))];
    node.push(&changes, 1);
    let mut ws = Ws::connect(node.address);
    let event = |key: &str, kind: &str, value: &str| json!({ "event": "storageDiff", "key": key, "value": value, "type": kind });
    let done = json!({ "event": "storageDiffDone" });
    let all = [
        event("0x61", "modified", "0x616761696e"),
        event("0x6162", "deleted", "0x3232"),
        event("0x6e6577", "added", "0x6e"),
        done.clone(),
    ];
    assert_eq!(diff(&mut ws, json!([text(at(&node, 3))])), all);
    assert_eq!(diff(&mut ws, json!([text(at(&node, 3)), null, text(at(&node, 1))])), all);
    assert_eq!(diff(&mut ws, json!([text(at(&node, 2))])), std::slice::from_ref(&done));
    let items = json!([
        { "key": "0x6162", "returnType": "hash" },
        { "key": "0x6e", "returnType": "value", "childTrieKey": "0x6b6964" },
        { "key": "0x63", "returnType": "value" },
    ]);
    let [hashed, of_child, end] = &diff(&mut ws, json!([text(at(&node, 3)), items]))[..] else {
        panic!("three events")
    };
    assert!(hashed["hash"].is_string() && hashed.get("value").is_none(), "{hashed}");
    assert_eq!((&hashed["key"], &of_child["childTrieKey"], end), (&json!("0x6162"), &json!("0x6b6964"), &done));
}

#[test]
fn difference_of_large_states_is_whole_and_read_sparingly() {
    let node = Node::start();
    let key =
        |number: usize| [[7; 32].as_slice(), &ziver_primitives::hashing::blake2_128(&number.to_le_bytes())].concat();
    let keys: Vec<Vec<u8>> = (0..5_000).map(key).collect();
    let all: Vec<(&[u8], Option<&[u8]>)> = keys.iter().map(|key| (key.as_slice(), Some(&[1; 100][..]))).collect();
    node.push(&all, 1);
    let mut ws = Ws::connect(node.address);
    assert_eq!(diff(&mut ws, json!([text(at(&node, 3))])).len(), keys.len() + 1);
    let few: Vec<(&[u8], Option<&[u8]>)> = keys[..5].iter().map(|key| (key.as_slice(), Some(&[2][..]))).collect();
    node.push(&few, 1);
    let before = node.chain.bytes_read.load(std::sync::atomic::Ordering::Relaxed);
    let events = diff(&mut ws, json!([text(at(&node, 4))]));
    let read = node.chain.bytes_read.load(std::sync::atomic::Ordering::Relaxed) - before;
    assert_eq!(events.len(), 6);
    assert!(events[..5].iter().all(|event| event["type"] == "modified" && event["value"] == "0x02"), "{events:?}");
    assert!(read < 300_000, "{read} bytes of the 700 000 in each state");
}

#[test]
fn difference_that_cannot_be_told_says_why() {
    let node = Node::start();
    let fork = node.import(at(&node, 1), &[], 1, 9);
    let mut ws = Ws::connect(node.address);
    let mut why = |params: Value| diff(&mut ws, params)[0]["error"].as_str().unwrap_or_default().to_owned();
    assert!(why(json!([text(Hash::zero())])).contains("UnknownBlock"));
    assert!(why(json!([text(at(&node, 1)), null, text(Hash::zero())])).contains("UnknownBlock"));
    assert_eq!(why(json!([text(at(&node, 0))])), "the first block has no parent");
    for (block, before) in [(at(&node, 2), fork), (at(&node, 1), at(&node, 2)), (fork, at(&node, 2))] {
        assert!(why(json!([text(block), null, text(before)])).contains("is no ancestor of"));
    }
    node.chain.faults.lock().unwrap().insert(at(&node, 1), ReadError::Pruned(at(&node, 1)));
    assert!(why(json!([text(at(&node, 2))])).contains("State already discarded"));
    for bad in [json!([]), json!(["0x"]), json!([text(fork), [{}]]), json!([text(fork), [{ "returnType": "both" }]])] {
        assert_eq!(ws.call("archive_v1_storageDiff", bad.clone())["error"]["code"], -32602, "{bad}");
    }
    let surplus = vec![json!({ "returnType": "value" }); 2_000];
    assert_eq!(ws.call("archive_v1_storageDiff", json!([text(fork), surplus]))["error"]["code"], -32602);
    assert_eq!(ws.call("archive_v1_stopStorageDiff", json!(["none"]))["result"], Value::Null);
}
