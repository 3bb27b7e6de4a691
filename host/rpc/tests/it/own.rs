//! `txpool_*`, `net_*`, `miner_*`, `admin_*`, and what the server says about itself.

use std::collections::BTreeSet;

use codec::{Compact, Decode, Encode};
use serde_json::{Value, json};
use ziver_primitives::{
    AccountId20, Block, Hash,
    hashing::{blake2_128, blake2_256},
    storage_keys::item_prefix,
};
use ziver_rpc::{
    ChainRead, ReadError,
    catalog::{self, Condition},
};

use crate::{
    client::{error, result},
    fake::{ALITH, Node},
};

const BALTATHAR: &str = "0x3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0";
const CHARLETH: &str = "0x798d4ba9baf0064ec19eb4f0a1a45785ae9d6dfc";

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

/// A transfer, with a length that the made-up engine keeps it by.
fn kept_transfer() -> Vec<u8> {
    let account = |text: &str| text.parse::<AccountId20>().unwrap();
    let mut body = vec![0x84];
    account(BALTATHAR).encode_to(&mut body);
    body.extend([7; 65]);
    body.extend([5, 0]);
    account(ALITH).encode_to(&mut body);
    Compact(1_000u128).encode_to(&mut body);
    let mut bytes = Compact(body.len() as u32).encode();
    bytes.append(&mut body);
    bytes
}

#[test]
fn pool_is_taken_apart_and_listed_by_account_and_in_lines() {
    let node = Node::start();
    let (bytes, long) = (kept_transfer(), vec![0; (1 << 20) + 1]);
    node.keep(&bytes);
    node.keep(&long);
    let content = result(node.address, "txpool_content", json!([]));
    let [plain, _, transfer, long] = content["pending"].as_array().unwrap().as_slice() else { panic!("{content}") };
    assert_eq!((&plain["from"], &plain["nonce"], &plain["args"]), (&json!(ALITH), &json!("0x7"), &Value::Null));
    assert_eq!(
        (&transfer["from"], &transfer["nonce"], &transfer["pallet"], &transfer["call"]),
        (&json!(BALTATHAR), &Value::Null, &json!("Balances"), &json!("transfer_allow_death"))
    );
    assert_eq!(transfer["args"], json!({"dest": ALITH, "value": "1000"}));
    assert_eq!((&long["from"], &long["pallet"]), (&Value::Null, &Value::Null));
    let shown = result(node.address, "zx_getTransactionByHash", json!([transfer["hash"]]));
    assert_eq!((&shown["blockHash"], &shown["from"]), (&Value::Null, &json!(BALTATHAR)));

    let of = |account: &str| result(node.address, "txpool_contentFrom", json!([account]));
    let ours = of(ALITH);
    assert_eq!((&ours["pending"]["7"], &ours["pending"]["8"]["nonce"]), (plain, &json!("0x8")));
    assert_eq!(ours["queued"]["9"]["raw"], "0x080900");
    assert_eq!(of(CHARLETH), json!({"pending": {}, "queued": {}}));
    assert_eq!(error(node.address, "txpool_contentFrom", json!([])).0, -32602);

    let lines = result(node.address, "txpool_inspect", json!([]));
    assert_eq!((&lines["pending"][ALITH]["7"], &lines["queued"][ALITH]["9"]), (&json!("3 bytes"), &json!("3 bytes")));
    let line = &lines["pending"][BALTATHAR][transfer["hash"].as_str().unwrap()];
    assert_eq!(line, &json!(format!("Balances.transfer_allow_death {{\"dest\":\"{ALITH}\",\"value\":\"1000\"}}")));
    assert_eq!(lines["pending"]["unsigned"][long["hash"].as_str().unwrap()], "1048577 bytes");
}

/// The key of an account's record, and a record with this much money.
fn account_record(account: &str, free: u128) -> (Vec<u8>, Vec<u8>) {
    let account = account.parse::<AccountId20>().unwrap();
    let key = [item_prefix("System", "Account"), blake2_128(&account.0).to_vec(), account.0.to_vec()].concat();
    (key, (0u32, [0u32; 3], free, 0u128, 0u128, 0u128).encode())
}

#[test]
fn funding_takes_from_the_richest_development_account() {
    let node = Node::start();
    let fund = |params: Value| error(node.address, "admin_fundAccount", params);
    let (code, why) = fund(json!([CHARLETH, 1]));
    assert_eq!((code, why.as_str()), (-32011, "Insufficient funds"));
    let [(alith, poor), (baltathar, rich)] = [account_record(ALITH, 100), account_record(BALTATHAR, 1_000)];
    node.push(&[(&alith, Some(&poor)), (&baltathar, Some(&rich))], 1);
    // The made-up engine knows no nonce of Baltathar, and refuses what Alith sends, by a byte of its length.
    assert_eq!(fund(json!([CHARLETH, "0x3e8"])).0, 4003);
    assert_eq!(fund(json!([BALTATHAR, "100"])).0, -32012);
    assert_eq!(fund(json!([BALTATHAR, 101])).0, -32011);
    assert_eq!(fund(json!([CHARLETH, 1001])).0, -32011);
    for wrong in [json!([]), json!([CHARLETH]), json!([CHARLETH, 0]), json!([CHARLETH, "much"]), json!(["0x12", 1])] {
        assert_eq!(fund(wrong.clone()).0, -32602, "{wrong}");
    }
}

#[test]
fn funding_is_for_development_chains() {
    let node = Node::start_as("Live", true, |_| ());
    let (code, why) = error(node.address, "admin_fundAccount", json!([CHARLETH, 1]));
    assert_eq!((code, why.contains("development chains alone")), (-32010, true), "{why}");
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
fn block_stats_are_those_of_the_chain() {
    let node = Node::start();
    let best = node.chain.best().hash;
    let stats = |hash: Hash| result(node.address, "dev_getBlockStats", json!([format!("{hash:?}")]));
    let expected = json!({"witnessLen": 27, "witnessCompactLen": 4, "blockLen": 103, "numExtrinsics": 1});
    assert_eq!(stats(best), expected);
    assert_eq!(stats(Hash::zero()), Value::Null);
    node.chain.faults.lock().unwrap().insert(best, ReadError::Pruned(best));
    assert_eq!(error(node.address, "dev_getBlockStats", json!([format!("{best:?}")])).0, 4003);
    assert_eq!(error(node.address, "dev_getBlockStats", json!([])).0, -32602);
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

#[test]
fn table_holds_just_the_methods_that_are_served() {
    for manual_seal in [true, false] {
        let node = Node::start_with(manual_seal, |_| ());
        let served = names(&result(node.address, "rpc_methods", json!([]))["methods"]);
        let described = catalog::all().iter().filter(|one| manual_seal || one.condition == Condition::Always);
        let described: BTreeSet<String> = described.map(|one| one.name.to_owned()).collect();
        let surplus: Vec<_> = described.difference(&served).collect();
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
        if is_end {
            continue;
        }
        let needs_websocket = answer["error"]["message"] == "Subscriptions are served over WebSocket only";
        assert_eq!(needs_websocket, method.feed.is_some(), "{}: {answer}", method.name);
    }
}
