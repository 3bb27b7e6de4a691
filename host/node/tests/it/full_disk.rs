//! A write that fails: the node ends with a clear message, and nothing that it told of is lost.

use std::collections::BTreeMap;

use serde_json::json;
use ziver_primitives::transaction::DevelopmentAccount::Alith;

use crate::{
    client::Ws,
    process::{Node, folder, number, run},
    wallet::Wallet,
};

#[test]
fn failed_write_ends_the_node_and_every_told_block_is_kept() {
    let folder = folder();
    // Genesis fits (its code is the most of it), some blocks with large remarks do not.
    let node = Node::start_with_small_files(folder.path(), 8_000);
    let mut wallet = Wallet::new(&node, Alith);
    let mut ws = Ws::connect(node.address);
    let id = ws.subscribe("chain_subscribeNewHeads", json!([]));
    let mut told = BTreeMap::new();
    let mut sender = Ws::connect(node.address);
    for count in 0.. {
        assert!(count < 1_000, "the disk does not fill");
        // Answers are not read: the node may be gone in between.
        if !sender.try_request("author_submitExtrinsic", json!([wallet.remark(100_000)])) {
            break;
        }
        match ws.next() {
            Some(message) => {
                let header = &message["params"]["result"];
                assert_eq!(message["params"]["subscription"], id.as_str());
                // The parent of block 0 is nothing.
                if let Some(parent) = number(&header["number"]).checked_sub(1) {
                    told.insert(parent, header["parentHash"].clone());
                }
            }
            None => break,
        }
    }
    let (status, log) = node.wait();
    assert_eq!(status.code(), Some(70), "{log}");
    let last = log.lines().last().unwrap();
    assert!(last.starts_with("ziver-host: "), "{log}");
    assert!(!log.contains("panicked"), "{log}");

    let node = Node::start(folder.path(), &[]);
    for (number, hash) in &told {
        assert_eq!(node.call("chain_getBlockHash", json!([number])), *hash, "block {number}");
    }
    let best = node.best();
    assert!(best > *told.keys().last().unwrap());
    node.wait_for_block(best + 2);
    node.stop();
    let checked = run(&["check-chain", "--base-path", folder.path().to_str().unwrap()]);
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);
}
