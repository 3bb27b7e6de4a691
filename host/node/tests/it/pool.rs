//! The pool of the real node: what survives its end, and what a client is told.

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::{Baltathar, Charleth, Faith};

use crate::{
    client::{self, Ws},
    metrics,
    process::{Node, folder},
    wallet::Wallet,
};

const MANUAL: &[&str] = &["--sealing", "manual"];

/// Waits until so many transactions are on the disk.
fn wait_for_journal(node: &Node, count: f64) {
    while metrics::value(&metrics::get(node.metrics.unwrap(), "/metrics").1, "ziver_local_transactions") < count {
        std::thread::yield_now();
    }
}

fn submit_three(node: &Node) -> Value {
    let mut wallet = Wallet::new(node, Baltathar);
    let transfers: Vec<String> = (0..3).map(|_| wallet.transfer(Faith.account())).collect();
    // The last one first: it waits for the others.
    for transfer in [&transfers[2], &transfers[0], &transfers[1]] {
        node.call("author_submitExtrinsic", json!([transfer]));
    }
    json!(transfers)
}

fn create_block(node: &Node, parent: Option<&str>) -> String {
    let made = node.call("engine_createBlock", json!([true, false, parent]));
    made["hash"].as_str().unwrap().to_owned()
}

fn body(node: &Node, block: &str) -> Vec<Value> {
    let block = node.call("chain_getBlock", json!([block]));
    block["block"]["extrinsics"].as_array().unwrap()[1..].to_vec()
}

/// They are pending, go into a block, and are forgotten once that is final.
fn goes_on(node: Node, folder: &std::path::Path, transfers: &Value) {
    assert_eq!(node.call("author_pendingExtrinsics", json!([])), *transfers);
    let block = create_block(&node, None);
    assert_eq!(json!(body(&node, &block)), *transfers);
    node.call("engine_finalizeBlock", json!([block]));
    node.stop();
    let node = Node::start(folder, MANUAL);
    assert_eq!(node.call("author_pendingExtrinsics", json!([])), json!([]));
    node.stop();
}

#[test]
fn transactions_of_own_clients_survive_kill_9_and_are_included_then() {
    let folder = folder();
    let node = Node::start(folder.path(), &[MANUAL, &["--prometheus-port", "0"]].concat());
    let transfers = submit_three(&node);
    wait_for_journal(&node, 3.0);
    node.kill();
    goes_on(Node::start(folder.path(), MANUAL), folder.path(), &transfers);
}

#[test]
fn orderly_end_writes_down_what_came_just_before() {
    let folder = folder();
    let node = Node::start(folder.path(), MANUAL);
    let transfers = submit_three(&node);
    let (status, log) = node.signal(Signal::SIGTERM);
    assert!(status.success(), "{log}");
    goes_on(Node::start(folder.path(), MANUAL), folder.path(), &transfers);
}

#[test]
fn watcher_is_told_of_retraction_and_of_usurpation() {
    let folder = folder();
    let node = Node::start(folder.path(), MANUAL);
    let transfer = Wallet::new(&node, Baltathar).transfer(Faith.account());
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("author_submitAndWatchExtrinsic", json!([transfer]));
    let mut told = |expected: Value| assert_eq!(ws.notification("author_extrinsicUpdate", &id), expected);
    told(json!("ready"));
    let genesis = node.call("chain_getBlockHash", json!([0]));
    let first = create_block(&node, None);
    told(json!({ "inBlock": first }));
    let side = create_block(&node, genesis.as_str());
    create_block(&node, Some(&side));
    told(json!({ "retracted": first }));
    told(json!("ready"));
    let second = create_block(&node, None);
    told(json!({ "inBlock": second }));
    node.call("engine_finalizeBlock", json!([second]));
    told(json!({ "finalized": second }));

    // All with the same nonce: the pool has none of them yet.
    let [mut one, mut same, mut other] = [(); 3].map(|()| Wallet::new(&node, Charleth));
    let id = ws.subscribe("author_submitAndWatchExtrinsic", json!([one.transfer(Faith.account())]));
    assert_eq!(ws.notification("author_extrinsicUpdate", &id), json!("ready"));
    let params = json!([same.transfer(Baltathar.account())]);
    assert_eq!(client::error(node.address, "author_submitExtrinsic", params).0, 1014);
    other.tip(10u128.pow(15));
    let new = node.call("author_submitExtrinsic", json!([other.transfer(Faith.account())]));
    assert_eq!(ws.notification("author_extrinsicUpdate", &id), json!({ "usurped": new }));
    node.stop();
}

const EVENT: &str = "transactionWatch_v1_watchEvent";

#[test]
fn transaction_of_the_pool_has_as_many_watchers_as_want_it() {
    let folder = folder();
    let node = Node::start(folder.path(), MANUAL);
    let transfer = json!([Wallet::new(&node, Baltathar).transfer(Faith.account())]);
    let mut first = Ws::connect(node.address);
    let legacy = first.subscribe("author_submitAndWatchExtrinsic", transfer.clone());
    assert_eq!(first.notification("author_extrinsicUpdate", &legacy), json!("ready"));
    // As in Substrate: the old methods refuse what is known, the new one watches it.
    for method in ["author_submitExtrinsic", "author_submitAndWatchExtrinsic"] {
        assert_eq!(first.call(method, transfer.clone())["error"]["code"], 1013, "{method}");
    }
    let mut second = Ws::connect(node.address);
    let mut ids = vec![];
    for _ in 0..2 {
        let id = second.subscribe("transactionWatch_v1_submitAndWatch", transfer.clone());
        assert_eq!(second.notification(EVENT, &id), json!({ "event": "validated" }));
        ids.push(id);
    }
    // One that hangs up does not take the others with it.
    assert_eq!(second.call("transactionWatch_v1_unwatch", json!([ids.pop()]))["result"], Value::Null);
    let block = create_block(&node, None);
    let place = json!({ "hash": block, "index": 1 });
    let included = json!({ "event": "bestChainBlockIncluded", "block": place });
    let mut third = Ws::connect(node.address);
    let late = third.subscribe("transactionWatch_v1_submitAndWatch", transfer.clone());
    assert_eq!(third.notification(EVENT, &late), json!({ "event": "validated" }));
    assert_eq!(third.notification(EVENT, &late), included);
    assert_eq!(second.notification(EVENT, &ids[0]), included);
    node.call("engine_finalizeBlock", json!([block]));
    let last = json!({ "event": "finalized", "block": place });
    assert_eq!(second.notification(EVENT, &ids[0]), last);
    assert_eq!(third.notification(EVENT, &late), last);
    assert_eq!(first.notification("author_extrinsicUpdate", &legacy), json!({ "inBlock": block }));
    assert_eq!(first.notification("author_extrinsicUpdate", &legacy), json!({ "finalized": block }));
    let stale = third.subscribe("transactionWatch_v1_submitAndWatch", transfer);
    assert_eq!(third.notification(EVENT, &stale)["event"], "invalid");
    node.stop();
}

#[test]
fn subscriber_hears_of_waiting_replacing_and_returning_transactions_once_they_are_ready() {
    let folder = folder();
    let node = Node::start(folder.path(), MANUAL);
    let genesis = node.call("chain_getBlockHash", json!([0]));
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("zx_subscribe", json!(["newTransactions"]));
    let mut told = |expected: &Value| assert_eq!(ws.notification("zx_subscription", &id), *expected);
    let [mut wallet, mut richer] = [(); 2].map(|()| Wallet::new(&node, Baltathar));
    let transfers = [(); 2].map(|()| wallet.transfer(Faith.account()));
    let second = node.call("author_submitExtrinsic", json!([transfers[1]]));
    let first = node.call("author_submitExtrinsic", json!([transfers[0]]));
    told(&first);
    told(&second);
    richer.tip(10u128.pow(15));
    let better = node.call("txpool_replaceByFee", json!([richer.transfer(Faith.account())]));
    told(&better);
    let block = create_block(&node, None);
    let side = create_block(&node, genesis.as_str());
    assert_ne!(block, side);
    create_block(&node, Some(&side));
    told(&better);
    told(&second);
    node.stop();
}
