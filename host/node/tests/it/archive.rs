//! `archive_v1_storageDiff` on the real trie.

use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::Alith;

use crate::{
    client::Ws,
    process::{Node, folder},
};

/// Makes a block in which the chain's owner calls the pallet System; returns its hash.
fn seal_with(node: &Node, call: Value) -> Value {
    let sudo = json!({"pallet": "Sudo", "name": "sudo", "args": {"call": {"System": call}}});
    let hash = node.call("zx_sendTransaction", json!([{"from": Alith.account().to_string(), "call": sudo}]));
    let block = node.call("engine_createBlock", json!([false]))["hash"].clone();
    let receipt = node.call("zx_getTransactionReceipt", json!([hash]));
    let names: Vec<_> = receipt["events"].as_array().unwrap().iter().map(|event| event["name"].clone()).collect();
    assert!(receipt["status"] == "0x1" && names.contains(&json!("Sudid")), "{receipt}");
    block
}

/// The same node of the trie, with the rest of its way `a7a` and one value, is below the prefix `7a7a7a` in both states:
/// before behind a branch at `7a`, after behind one at `7a7a`. Its Merkle value is the same, its key is not.
#[test]
fn node_that_stands_at_another_key_is_a_difference() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    let value = format!("0x{}", "11".repeat(40));
    let set = |items: Value| json!({"set_storage": {"items": items}});
    let before = seal_with(&node, set(json!([["0x7a7a7a", value], ["0x7a55", "0x01"]])));
    seal_with(&node, json!({"kill_storage": {"keys": ["0x7a7a7a"]}}));
    let after = seal_with(&node, set(json!([["0x7a7a7a7a", value], ["0x7a7a55", "0x01"]])));
    let mut ws = Ws::connect(node.address);
    let mut merkle = |block: &Value| {
        let item = json!({"key": "0x7a7a7a", "type": "closestDescendantMerkleValue"});
        let id = ws.subscribe("archive_v1_storage", json!([block, [item]]));
        let told = [(); 2].map(|()| ws.notification("archive_v1_storageEvent", &id));
        assert_eq!(told[1]["event"], "storageDone");
        told[0]["closestDescendantMerkleValue"].clone()
    };
    assert_eq!(merkle(&before), merkle(&after));
    let items = json!([{"key": "0x7a7a7a", "returnType": "value"}]);
    let id = ws.subscribe("archive_v1_storageDiff", json!([after, items, before]));
    let mut told = Vec::new();
    while told.last().is_none_or(|event: &Value| event["event"] == "storageDiff") {
        told.push(ws.notification("archive_v1_storageDiffEvent", &id));
    }
    let told: Vec<_> = told.iter().map(|event| (event["key"].as_str(), event["type"].as_str())).collect();
    assert_eq!(told, [(Some("0x7a7a7a"), Some("deleted")), (Some("0x7a7a7a7a"), Some("added")), (None, None)]);
    node.stop();
}
