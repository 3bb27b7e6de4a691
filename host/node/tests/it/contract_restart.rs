//! Contracts over a node that is killed and started again: their state, their logs, and their compiled modules.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar};

use crate::{
    contract_rpc::SUM,
    contracts::{COUNTER, manual, seal},
    process::{Node, folder},
};

/// Compiled contracts by their paths. A module that is compiled again is another file, with another number.
fn compiled(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let is_contract = path.extension().is_some_and(|extension| extension == "cwasm")
                && path.parent().is_some_and(|parent| parent.ends_with("contracts"));
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(path),
                false if is_contract => drop(found.insert(path, entry.metadata().unwrap().ino())),
                false => {}
            }
        }
    }
    found
}

/// Deploys, and answers the address.
fn deploy(node: &Node, request: Value) -> Value {
    let told = node.call("contract_deploy", json!([request]));
    seal(node, None);
    told["contractAddress"].clone()
}

/// Calls by a transaction; its receipt.
fn call(node: &Node, contract: &Value, data: &str) -> Value {
    let request = json!([{"from": Baltathar.account().to_string(), "to": contract, "data": data}]);
    let told = node.call("contract_call", request);
    seal(node, None);
    node.call("zx_getTransactionReceipt", json!([told["transactionHash"]]))
}

#[test]
fn killed_node_starts_contracts_from_the_modules_on_disk() {
    let folder = folder();
    let node = manual(folder.path());
    assert_eq!(compiled(folder.path()).len(), 0);
    let code = format!("0x{}", hex::encode(wat::parse_str(COUNTER).unwrap()));
    let alith = Alith.account().to_string();
    let counter = deploy(&node, json!({"from": alith, "code": code}));
    let sum = deploy(&node, json!({"from": alith, "source": SUM, "args": [5]}));
    assert_eq!(call(&node, &counter, "0x")["returnValue"], "0x01000000");
    let range = json!([{"contract": counter, "fromBlock": "0x0", "toBlock": "latest"}]);
    let (code, logs) = (node.call("zx_getCode", json!([sum])), node.call("zx_getLogs", range.clone()));
    let before = compiled(folder.path());
    assert!(before.len() >= 2, "{before:?}");
    node.kill();

    let node = manual(folder.path());
    assert_eq!(node.call("zx_getCode", json!([sum])), code);
    assert_eq!(node.call("zx_getLogs", range), logs);
    assert_eq!(call(&node, &counter, "0x")["returnValue"], "0x02000000");
    let ask = json!([{"to": sum, "data": format!("0x{}", selector("get"))}]);
    let answer = node.call("contract_staticCall", ask.clone())["returnValue"].clone();
    assert_eq!(answer, format!("0x0005{}", "00".repeat(31)), "no error, and 5");
    let after = compiled(folder.path());
    for (path, number) in &before {
        assert_eq!(after.get(path), Some(number), "{} was compiled again", path.display());
    }
    node.stop();

    // Without the files the modules are compiled again: it was they that were read before.
    before.keys().for_each(|path| fs::remove_file(path).unwrap());
    let node = manual(folder.path());
    assert_eq!(node.call("contract_staticCall", ask)["returnValue"], answer);
    assert!(!compiled(folder.path()).is_empty());
    node.stop();
}

fn selector(name: &str) -> String {
    hex::encode(&ziver_primitives::hashing::blake2_256(name.as_bytes())[..4])
}
