//! `txpool_*`, `net_*`, `miner_*`, `admin_*`, and what the server says about itself.

use std::collections::BTreeSet;

use codec::{Decode, Encode};
use serde_json::{Value, json};
use ziver_primitives::{Block, Hash, hashing::blake2_256};
use ziver_rpc::catalog::{self, Condition};

use crate::{
    client::{error, result},
    fake::{ALITH, Node},
};

#[test]
fn pool_is_counted_and_listed_ready_ones_first() {
    let node = Node::start();
    let status = result(node.address, "txpool_status", json!([]));
    assert_eq!((&status["pending"], &status["queued"]), (&json!("0x2"), &json!("0x1")));
    assert_eq!((&status["transactionsMax"], &status["bytesMax"]), (&json!("0x2000"), &json!("0x1400000")));
    let content = result(node.address, "txpool_content", json!([]));
    let of = |list: &str| content[list].as_array().unwrap().iter().map(|one| one["raw"].clone()).collect::<Vec<_>>();
    assert_eq!((of("pending"), of("queued")), (vec![json!("0x080700"), json!("0x080800")], vec![json!("0x080900")]));
    let first = &content["pending"][0];
    assert_eq!(first["hash"], format!("{:?}", Hash::from(blake2_256(&[8, 7, 0]))));
    assert_eq!(
        (&first["validTill"], &first["isLocal"], &first["priority"]),
        (&json!("0x40"), &json!(true), &json!("7"))
    );
    let limited = result(node.address, "txpool_content", json!([1]));
    assert_eq!((limited["pending"].as_array().unwrap().len(), limited["queued"].as_array().unwrap().len()), (1, 0));
}

#[test]
fn replacing_answers_in_the_own_codes() {
    let node = Node::start();
    assert!(result(node.address, "txpool_replaceByFee", json!(["0x0c0001"])).is_string());
    for (bytes, code) in
        [("0x0c0a01", -32010), ("0x0c0901", -32010), ("0x0c0101", -32012), ("0x0c0b01", -32011), ("0x0c0c01", -32013)]
    {
        assert_eq!(error(node.address, "txpool_replaceByFee", json!([bytes])).0, code, "{bytes}");
    }
    assert_eq!(error(node.address, "txpool_replaceByFee", json!([])).0, -32602);
}

#[test]
fn network_is_the_node_alone() {
    let node = Node::start();
    assert_eq!(result(node.address, "net_peerCount", json!([])), "0x0");
    assert_eq!(result(node.address, "net_listening", json!([])), false);
    assert_eq!(result(node.address, "net_peers", json!([])), json!([]));
    assert_eq!(result(node.address, "net_version", json!([])), ziver_rpc::DEVELOPMENT_CHAIN_ID.to_string());
}

#[test]
fn mining_is_stopped_started_and_given_to_another() {
    let node = Node::start();
    assert_eq!(result(node.address, "miner_status", json!([]))["mining"], true);
    assert_eq!(result(node.address, "miner_stop", json!([]))["mining"], false);
    assert_eq!(result(node.address, "miner_status", json!([]))["mining"], false);
    assert_eq!(result(node.address, "miner_start", json!([]))["mining"], true);
    let other = "0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0";
    let status = result(node.address, "miner_setMinerAddress", json!([other]));
    assert_eq!(status["author"].as_str().unwrap().to_lowercase(), other);
    assert_ne!(other, ALITH);
    assert_eq!(error(node.address, "miner_setMinerAddress", json!(["0x12"])).0, -32602);
    assert_eq!(result(node.address, "miner_mineBlock", json!([]))["hash"], format!("{:?}", Hash::from([8; 32])));
    assert_eq!(error(node.address, "miner_mineBlock", json!([false])).0, -32030);
}

#[test]
fn chain_is_exported_a_page_at_a_time() {
    let node = Node::start();
    let page = result(node.address, "admin_exportChain", json!([1, 2]));
    assert_eq!((&page["from"], &page["next"]), (&json!("0x1"), &json!(null)));
    let blocks: Vec<Block> = page["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| Block::decode(&mut &*hex::decode(&block.as_str().unwrap()[2..]).unwrap()).unwrap())
        .collect();
    assert_eq!(blocks.iter().map(|block| block.header.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(result(node.address, "admin_exportChain", json!([0]))["blocks"].as_array().unwrap().len(), 3);
    assert_eq!(error(node.address, "admin_exportChain", json!([9])).0, -32001);
    for _ in 0..256 {
        node.push(&[], 1);
    }
    let page = result(node.address, "admin_exportChain", json!(["0x1"]));
    assert_eq!((page["blocks"].as_array().unwrap().len(), &page["next"]), (256, &json!("0x101")));
    assert!(!blocks[0].encode().is_empty());
}

#[test]
fn node_tells_about_itself() {
    let node = Node::start();
    let info = result(node.address, "admin_nodeInfo", json!([]));
    assert_eq!(
        (&info["name"], &info["chain"], &info["best"]["number"]),
        (&json!("fake"), &json!("Fake Chain"), &json!("0x2"))
    );
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|one| one.as_str().or(one["name"].as_str()).unwrap().to_owned()).collect()
}

/// Described ahead of their landing.
fn is_awaited(name: &str) -> bool {
    ["chainHead_v1", "chainSpec_v1", "transaction_v1", "transactionWatch_v1", "archive_v1", "childstate", "zx_"]
        .iter()
        .any(|group| name.starts_with(group))
}

#[test]
fn table_holds_just_the_methods_that_are_served() {
    for manual_seal in [true, false] {
        let node = Node::start_with(manual_seal, |_| ());
        let served = names(&result(node.address, "rpc_methods", json!([]))["methods"]);
        let described = catalog::all().iter().filter(|one| manual_seal || one.condition == Condition::Always);
        let described: BTreeSet<String> = described.map(|one| one.name.to_owned()).collect();
        let surplus: Vec<_> = described.difference(&served).filter(|name| !is_awaited(name)).collect();
        let missing: Vec<_> = served.difference(&described).collect();
        assert!(
            surplus.is_empty() && missing.is_empty(),
            "described, not served: {surplus:?}; not described: {missing:?}"
        );
        let document = result(node.address, "rpc.discover", json!([]));
        assert_eq!(document["openrpc"], "1.3.2");
        assert_eq!(names(&document["methods"]), served);
        assert_eq!(names(&result(node.address, "admin_rpcMethods", json!([]))), served);
    }
}

#[test]
fn table_tells_subscriptions_from_calls() {
    let node = Node::start();
    for method in catalog::all() {
        let mut ends = catalog::all().iter().filter_map(|one| one.feed);
        let is_end =
            ends.any(|feed| feed.unsubscribe == method.name || feed.unsubscribe_aliases.contains(&method.name));
        let answer = crate::client::call(node.address, method.name, json!([]));
        if is_end || answer["error"]["message"] == "Method not found" {
            continue;
        }
        let needs_websocket = answer["error"]["message"] == "Subscriptions are served over WebSocket only";
        assert_eq!(needs_websocket, method.feed.is_some(), "{}: {answer}", method.name);
    }
}
