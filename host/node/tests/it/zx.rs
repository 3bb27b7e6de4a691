//! Ethereum-like methods over the real chain: transactions by name, receipts, reorganisations, pruned states, logs.

use std::path::Path;

use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar, Ethan};

use crate::{
    client,
    process::{Node, folder, number},
};

/// A node that makes blocks when it is told.
fn manual(folder: &Path, args: &[&str]) -> Node {
    Node::start(folder, &[&["--sealing", "manual"], args].concat())
}

fn seal(node: &Node, parent: Option<&Value>) -> Value {
    node.call("engine_createBlock", json!([true, false, parent]))["hash"].clone()
}

fn send(node: &Node, request: Value) -> Value {
    node.call("zx_sendTransaction", json!([request]))
}

fn receipt(node: &Node, hash: &Value) -> Value {
    node.call("zx_getTransactionReceipt", json!([hash]))
}

#[test]
fn transfer_is_followed_from_the_pool_to_its_receipt() {
    let folder = folder();
    let node = manual(folder.path(), &[]);
    let (from, to) =
        (format!("0x{}", hex::encode(Alith.account().0)), format!("0x{}", hex::encode(Baltathar.account().0)));
    let request = json!({"from": from, "to": to, "value": "0xde0b6b3a7640000"});
    let gas = number(&node.call("zx_estimateGas", json!([request])));
    assert!(gas > 0 && number(&node.call("zx_gasPrice", json!([]))) > 0);
    let hash = send(&node, request);
    let waiting = node.call("zx_getTransactionByHash", json!([hash]));
    assert_eq!((&waiting["blockHash"], &waiting["from"], &waiting["to"]), (&Value::Null, &json!(from), &json!(to)));
    assert_eq!(receipt(&node, &hash), Value::Null);

    let block = seal(&node, None);
    let done = receipt(&node, &hash);
    assert_eq!(
        (&done["status"], &done["blockHash"], &done["transactionIndex"]),
        (&json!("0x1"), &block, &json!("0x1"))
    );
    assert_eq!(
        (number(&done["gasUsed"]), &done["error"], &done["value"]),
        (gas, &Value::Null, &json!("0xde0b6b3a7640000"))
    );
    assert!(u128::from_str_radix(&done["fee"].as_str().unwrap()[2..], 16).unwrap() > 0);
    let names: Vec<_> = done["events"].as_array().unwrap().iter().map(|event| event["name"].clone()).collect();
    assert!(names.contains(&json!("Transfer")) && names.contains(&json!("ExtrinsicSuccess")), "{names:?}");

    let full = node.call("zx_getBlockByNumber", json!(["latest", true]));
    assert!(number(&full["timestamp"]) > 1_600_000_000 && full["miner"] == from);
    let [inherent, transfer] = full["transactions"].as_array().unwrap().as_slice() else { panic!("{full}") };
    assert_eq!((&inherent["pallet"], &inherent["from"]), (&json!("Timestamp"), &Value::Null));
    assert_eq!((&transfer["hash"], &transfer["status"], &transfer["nonce"]), (&hash, &json!("0x1"), &json!("0x0")));
    assert_eq!(node.call("zx_getAccount", json!([from]))["nonce"], "0x1");
    assert_eq!(node.call("zx_validateChain", json!([]))["valid"], true);
    node.stop();
}

#[test]
fn failing_transfer_says_why_in_words() {
    let folder = folder();
    let node = manual(folder.path(), &[]);
    let (from, to) = (Ethan.account().to_string(), Baltathar.account().to_string());
    let much = u128::MAX.to_string();
    for method in ["zx_sendTransaction", "zx_estimateGas"] {
        let request = json!({"from": from, "to": to, "value": much});
        assert_eq!(client::error(node.address, method, json!([request])).0, -32011);
    }
    let args = json!({"dest": to, "value": much});
    let request = json!({"from": from, "call": {"pallet": "Balances", "name": "transfer_keep_alive", "args": args}});
    let (code, why) = client::error(node.address, "zx_estimateGas", json!([request]));
    assert_eq!(code, -32010, "{why}");
    let hash = send(&node, request);
    seal(&node, None);
    let done = receipt(&node, &hash);
    let error = done["error"].as_str().unwrap();
    assert_eq!(done["status"], "0x0");
    assert!(error.contains('.') && why.contains(error), "{error} / {why}");
    let stale = json!({"from": from, "to": to, "value": 1, "nonce": 0});
    assert_eq!(client::error(node.address, "zx_sendTransaction", json!([stale])).0, -32012);
    let call = json!({"from": from, "call": {"pallet": "System", "name": "remark", "args": {"remark": "0x0102"}}});
    let hash = send(&node, call);
    seal(&node, None);
    assert_eq!(receipt(&node, &hash)["status"], "0x1");
    let dry = node.call("system_dryRun", json!([node.call("zx_getTransactionByHash", json!([hash]))["raw"]]));
    assert!(dry.as_str().unwrap().starts_with("0x01"), "its nonce is used: {dry}");
    node.stop();
}

#[test]
fn bytes_that_are_no_transaction_are_the_callers_fault() {
    let folder = folder();
    let node = manual(folder.path(), &[]);
    for (method, bytes, expected) in [
        ("system_dryRun", "0x1234", 1001),
        ("zx_estimateGas", "0x1234", -32602),
        ("payment_queryInfo", "0x00", 1001),
        ("payment_queryFeeDetails", "0x00", 1001),
    ] {
        let (code, why) = client::error(node.address, method, json!([bytes]));
        assert_eq!(code, expected, "{method}: {why}");
        assert!(why.contains("the bytes are no transaction of this chain: "), "{method}: {why}");
    }
    node.stop();
}

#[test]
fn receipt_moves_with_the_best_chain() {
    let folder = folder();
    let node = manual(folder.path(), &[]);
    let genesis = node.call("chain_getBlockHash", json!([0]));
    let mut ws = client::Ws::connect(node.address);
    let logs = ws.subscribe("zx_subscribe", json!(["logs", {"pallet": "Balances", "name": "Transfer"}]));
    let request = json!({"from": Alith.account().to_string(), "to": Baltathar.account().to_string(), "value": 1_000_000_000_000_000_000u64});
    let hash = send(&node, request);
    let ours = seal(&node, None);
    assert_eq!(receipt(&node, &hash)["blockHash"], ours);
    assert_eq!(ws.notification("zx_subscription", &logs)["blockHash"], ours);
    let other = seal(&node, Some(&genesis));
    let longer = seal(&node, Some(&other));
    assert_eq!(node.call("zx_getBlockByNumber", json!(["latest"]))["hash"], longer);
    let moved = receipt(&node, &hash);
    // Back in the pool, or already in a block of the other branch: never in the block that is not best any more.
    assert!(moved.is_null() || moved["blockHash"] != ours, "{moved}");
    let mut tries = 0;
    while receipt(&node, &hash).is_null() {
        seal(&node, None);
        tries += 1;
        assert!(tries < 10, "the transaction is lost");
    }
    let again = receipt(&node, &hash);
    assert_eq!(again["status"], "0x1");
    let removed = |log: Value| (log["blockHash"].clone(), log["removed"].clone());
    let told = |ws: &mut client::Ws| removed(ws.notification("zx_subscription", &logs));
    assert_eq!(told(&mut ws), (ours.clone(), json!(true)));
    assert_eq!(told(&mut ws), (again["blockHash"].clone(), json!(false)));
    // And back to the first branch.
    let mut head = ours.clone();
    while node.call("zx_getBlockByNumber", json!(["latest"]))["hash"] != head {
        head = seal(&node, Some(&head));
    }
    assert_eq!(told(&mut ws), (again["blockHash"].clone(), json!(true)));
    assert_eq!(told(&mut ws), (ours, json!(false)));
    let best = node.call("zx_blockNumber", json!([]));
    let beyond = u64::from_str_radix(&best.as_str().unwrap()[2..], 16).unwrap() + 1;
    assert_eq!(node.call("zx_getLogs", json!([{"fromBlock": format!("{beyond:#x}")}])), json!([]));
    node.stop();
}

#[test]
fn receipts_outlive_their_states_and_restarts() {
    let folder = folder();
    let node = manual(folder.path(), &["--state-pruning", "1"]);
    let (from, to) = (Alith.account().to_string(), Baltathar.account().to_string());
    let hash = send(&node, json!({"from": from, "to": to, "value": 1_000_000_000_000_000_000u64}));
    let block = seal(&node, None);
    let before = receipt(&node, &hash);
    // Beyond the final blocks whose states a follower of the chain may still hold.
    for _ in 0..24 {
        let head = seal(&node, None);
        node.call("engine_finalizeBlock", json!([head]));
    }
    let (code, why) = client::error(node.address, "zx_getBalance", json!([to, block]));
    assert_eq!(code, -32001, "{why}");
    assert_eq!(receipt(&node, &hash), before);
    node.stop();
    let node = manual(folder.path(), &["--state-pruning", "1"]);
    assert_eq!(receipt(&node, &hash), before);
    let logs = node.call("zx_getLogs", json!([{"blockHash": block, "name": "Transfer", "address": to}]));
    assert_eq!(logs[0]["transactionHash"], hash);
    node.stop();
}

#[test]
fn transactions_sent_at_once_for_one_account_get_different_nonces() {
    let folder = folder();
    let node = manual(folder.path(), &[]);
    let request = json!({"from": Alith.account().to_string(), "to": Baltathar.account().to_string(), "value": "0x1"});
    let (clients, each) = (8, 8);
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| (0..each).for_each(|_| drop(send(&node, request.clone()))));
        }
    });
    let ours = node.call("txpool_contentFrom", json!([Alith.account().to_string()]));
    let nonces = ours["pending"].as_object().unwrap();
    assert_eq!((nonces.len(), &ours["queued"]), (clients * each, &json!({})));
    let last = &nonces[&(clients * each - 1).to_string()];
    assert_eq!((&last["pallet"], &last["nonce"]), (&json!("Balances"), &json!("0x3f")));
    assert_eq!(last["from"].as_str().unwrap().to_lowercase(), Alith.account().to_string().to_lowercase());
    seal(&node, None);
    assert_eq!(node.call("txpool_inspect", json!([])), json!({"pending": {}, "queued": {}}));
    node.stop();
}

#[test]
fn funded_account_has_the_money_in_the_next_block() {
    let folder = folder();
    let node = manual(folder.path(), &[]);
    let poor = "0x00000000000000000000000000000000000000aa";
    let hash = node.call("admin_fundAccount", json!([poor, "2500000000000000000"]));
    seal(&node, None);
    assert_eq!(receipt(&node, &hash)["status"], "0x1");
    assert_eq!(node.call("zx_getBalance", json!([poor])), "0x22b1c8c1227a0000");
    assert_eq!(client::error(node.address, "admin_fundAccount", json!([poor, u128::MAX.to_string()])).0, -32011);
    node.stop();
}
