//! Contracts over the real chain: deployed, called, searched for logs, through a restart and another branch.

use serde_json::{Value, json};
use ziver_primitives::{
    hashing::keccak_256,
    transaction::DevelopmentAccount::{Alith, Baltathar},
};

use crate::process::{Node, folder, number};

/// Counts its calls in a cell. Each call emits an event with the topic "call" and the count, and answers it; with input it
/// reverts with the text "no".
pub const COUNTER: &str = r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
    (import "seal1" "get_storage" (func $get (param i32 i32 i32 i32) (result i32)))
    (import "seal0" "deposit_event" (func $event (param i32 i32 i32 i32)))
    (import "seal0" "seal_return" (func $return (param i32 i32 i32)))
    (import "env" "memory" (memory 1))
    (data (i32.const 0) "cell")
    (data (i32.const 64) "\04call............................")
    (data (i32.const 128) "\01\08no")
    (func (export "deploy"))
    (func (export "call")
        (i32.store (i32.const 16) (i32.const 32))
        (call $input (i32.const 256) (i32.const 16))
        (if (i32.load (i32.const 16)) (then (call $return (i32.const 1) (i32.const 128) (i32.const 4))))
        (i32.store (i32.const 16) (i32.const 4))
        (drop (call $get (i32.const 0) (i32.const 4) (i32.const 32) (i32.const 16)))
        (i32.store (i32.const 32) (i32.add (i32.load (i32.const 32)) (i32.const 1)))
        (drop (call $set (i32.const 0) (i32.const 4) (i32.const 32) (i32.const 4)))
        (call $event (i32.const 64) (i32.const 33) (i32.const 32) (i32.const 4))
        (call $return (i32.const 0) (i32.const 32) (i32.const 4))))"#;

pub fn manual(folder: &std::path::Path) -> Node {
    Node::start(folder, &["--sealing", "manual"])
}

pub fn seal(node: &Node, parent: Option<&Value>) -> Value {
    node.call("engine_createBlock", json!([true, false, parent]))["hash"].clone()
}

/// Sends a call of the pallet from Alith, makes a block, and answers the receipt.
fn transact(node: &Node, name: &str, args: Value) -> Value {
    let call = json!({"pallet": "Contracts", "name": name, "args": args});
    let hash = node.call("zx_sendTransaction", json!([{"from": Alith.account().to_string(), "call": call}]));
    seal(node, None);
    node.call("zx_getTransactionReceipt", json!([hash]))
}

fn gas() -> Value {
    json!({"ref_time": 50_000_000_000u64, "proof_size": 0})
}

/// Deploys the counter; its address.
fn deploy(node: &Node, salt: &str) -> Value {
    let code = format!("0x{}", hex::encode(wat::parse_str(COUNTER).unwrap()));
    let args = json!({
        "value": "0", "gas_limit": gas(), "storage_deposit_limit": null, "code": code, "data": "0x", "salt": salt,
    });
    let receipt = transact(node, "instantiate_with_code", args);
    assert_eq!(receipt["status"], "0x1", "{receipt}");
    receipt["contractAddress"].clone()
}

fn call(node: &Node, contract: &Value, data: &str) -> Value {
    let args = json!({"dest": contract, "value": "0", "gas_limit": gas(), "storage_deposit_limit": null, "data": data});
    transact(node, "call", args)
}

#[test]
fn contract_is_deployed_called_and_its_logs_are_found() {
    let folder = folder();
    let node = manual(folder.path());
    let contract = deploy(&node, "0x");
    // Ethereum's address of the first contract of an account: keccak256(rlp([account, 0])).
    let rlp = [&[0xd6, 0x94], &Alith.account().0[..], &[0x80]].concat();
    let address = format!("0x{}", hex::encode(&keccak_256(&rlp)[12..]));
    assert_eq!(contract.as_str().unwrap().to_lowercase(), address);

    let first = call(&node, &contract, "0x");
    assert_eq!((&first["status"], &first["returnValue"]), (&json!("0x1"), &json!("0x01000000")), "{first}");
    assert!(number(&first["contractGasUsed"]) > 20_000);
    let log = &first["logs"][0];
    assert_eq!((&log["address"], &log["data"]), (&contract, &json!("0x01000000")));

    let reverted = call(&node, &contract, "0x07");
    assert_eq!((&reverted["status"], &reverted["revertReason"]), (&json!("0x0"), &json!("no")), "{reverted}");
    assert_eq!(reverted["logs"], json!([]));
    assert!(reverted["error"].as_str().unwrap().contains("ContractReverted"), "{reverted}");

    let second = call(&node, &contract, "0x");
    let range = json!({"contract": contract, "fromBlock": "0x0", "toBlock": "latest"});
    let found = node.call("zx_getLogs", json!([range]));
    let hashes: Vec<_> = found.as_array().unwrap().iter().map(|log| &log["transactionHash"]).collect();
    assert_eq!(hashes, [&first["transactionHash"], &second["transactionHash"]], "{found}");
    let topic = &log["topics"][0];
    let with = |topics: Value| {
        let mut filter = range.clone();
        filter["topics"] = topics;
        node.call("zx_getLogs", json!([filter])).as_array().unwrap().len()
    };
    assert_eq!((with(json!([topic])), with(json!([format!("0x{}", "11".repeat(32))]))), (2, 0));
    let other = json!({"contract": Baltathar.account().to_string(), "fromBlock": "0x0", "toBlock": "latest"});
    assert_eq!(node.call("zx_getLogs", json!([other])), json!([]));
    node.stop();

    // Contract, logs and their search are there after a restart, and the compiled module comes from the disk.
    let node = manual(folder.path());
    assert_eq!(node.call("zx_getLogs", json!([range])), found);
    assert_eq!(call(&node, &contract, "0x")["returnValue"], "0x03000000");
    node.stop();
}

#[test]
fn logs_of_a_branch_that_lost_are_not_found() {
    let folder = folder();
    let node = manual(folder.path());
    let contract = deploy(&node, "0x01");
    let base = node.call("chain_getBlockHash", json!([]));
    let lost = call(&node, &contract, "0x");
    let range = json!({"contract": contract, "fromBlock": "0x0", "toBlock": "latest"});
    assert_eq!(node.call("zx_getLogs", json!([range])).as_array().unwrap().len(), 1);
    // Another branch, longer by a block; the transaction comes into it again.
    let one = seal(&node, Some(&base));
    seal(&node, Some(&one));
    let logs = node.call("zx_getLogs", json!([range]));
    let logs = logs.as_array().unwrap();
    assert!(logs.iter().all(|log| log["blockHash"] != lost["blockHash"]), "{logs:?}");
    node.stop();
}
