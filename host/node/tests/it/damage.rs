//! Files of the database that were damaged or lost: the node refuses to start, or ends, and says why.

use std::{
    fs,
    path::{Path, PathBuf},
};

use nix::sys::signal::Signal;
use serde_json::json;

use crate::{
    client,
    process::{Node, folder, run},
};

const MANUAL: &[&str] = &["--sealing", "manual"];

/// Files of the chain's database whose names end so, in the order of their numbers.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("ziver_dev/db")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == end)).collect();
    files.sort();
    files
}

/// Makes a chain of some blocks.
fn chain(folder: &Path) {
    with_blocks(folder).stop();
}

/// A node that has made some blocks.
fn with_blocks(folder: &Path) -> Node {
    let node = Node::start(folder, MANUAL);
    for _ in 0..5 {
        node.call("engine_createBlock", json!([true, true]));
    }
    node
}

/// Damages the first block of each table of a column. RocksDB writes the column's name behind that of the property.
fn damage_tables(folder: &Path, column: &str) {
    let name = format!("name{column}").into_bytes();
    let mut damaged = 0;
    for table in files(folder, "sst") {
        let mut bytes = fs::read(&table).unwrap();
        if bytes.windows(name.len()).any(|window| window == name) {
            bytes[10] ^= 0xff;
            fs::write(&table, bytes).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged > 0, "column {column} has no table");
}

#[test]
fn read_of_a_client_that_meets_damage_ends_the_node_with_code_70() {
    let folder = folder();
    chain(folder.path());
    damage_tables(folder.path(), "events");
    let node = Node::start(folder.path(), MANUAL);
    assert_eq!(node.call("zx_blockNumber", json!([])), "0x5", "what is not damaged is served");
    let (_, why) = client::error(node.address, "zx_getLogs", json!([{ "fromBlock": 1, "toBlock": 2 }]));
    let (status, log) = node.wait();
    assert_eq!(status.code(), Some(70), "{log}");
    assert!(log.contains("a client's read failed: the database is damaged: "), "{log}; the client got {why}");
}

#[test]
fn log_that_was_removed_is_noticed_at_the_start() {
    let folder = folder();
    // In order, it would have left nothing in the log.
    with_blocks(folder.path()).signal(Signal::SIGKILL);
    for log in files(folder.path(), "log") {
        fs::remove_file(log).unwrap();
    }
    let base = folder.path().to_str().unwrap();
    for command in [&["check-chain"][..], &["--rpc-port", "0"]] {
        let refused = run(&[command, &["--base-path", base]].concat());
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains("ziver-host: the database is damaged: "), "{}", refused.stderr);
        assert!(refused.stderr.contains("a .log file was removed"), "{}", refused.stderr);
    }
    let purged = run(&["purge-chain", "--yes", "--base-path", base]);
    assert_eq!(purged.code, Some(0), "{}", purged.stderr);
}

#[test]
fn kill_9_leaves_a_log_that_is_whole() {
    let folder = folder();
    let node = Node::start(folder.path(), MANUAL);
    node.call("engine_createBlock", json!([true, true]));
    let (status, _) = node.signal(Signal::SIGKILL);
    assert_eq!(status.code(), None);
    let node = Node::start(folder.path(), MANUAL);
    assert_eq!(node.call("zx_blockNumber", json!([])), "0x1");
    node.stop();
}

#[test]
fn check_chain_finds_a_value_of_the_final_state_that_is_another() {
    use ziver_db::{Batch, Column, Db, RocksDb, RocksOptions};
    use ziver_primitives::storage_keys::item_prefix;
    let folder = folder();
    chain(folder.path());
    let base = folder.path().to_str().unwrap();
    let good = run(&["check-chain", "--base-path", base]);
    assert_eq!(good.code, Some(0), "{}", good.stderr);
    assert!(
        good.stdout.contains("5 blocks are right") && good.stdout.contains("keys of the final state"),
        "{}",
        good.stdout
    );
    let db = RocksDb::open(folder.path().join("ziver_dev/db"), &RocksOptions::default()).unwrap();
    let key = item_prefix("Balances", "TotalIssuance");
    let mut value = db.get(Column::State, &key).unwrap().unwrap();
    value[0] ^= 1;
    let mut batch = Batch::new();
    batch.put(Column::State, key, value);
    db.write(batch).unwrap();
    drop(db);
    let bad = run(&["check-chain", "--base-path", base]);
    assert_eq!(bad.code, Some(1), "{}", bad.stdout);
    assert!(bad.stderr.contains("another value than the trie"), "{}", bad.stderr);
}
