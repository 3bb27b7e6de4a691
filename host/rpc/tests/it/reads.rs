//! Methods that answer from the snapshot.

use serde_json::{Value, json};
use ziver_rpc::ChainRead;

use crate::{
    client::{error, result},
    fake::{ALITH, Node},
};

fn hash(node: &Node, number: u32) -> String {
    format!("{:?}", node.chain.hash_at(number).unwrap().unwrap())
}

#[test]
fn block_hash_takes_a_number_hexadecimal_null_nothing_and_lists() {
    let node = Node::start();
    let [zero, one, two] = [0, 1, 2].map(|number| hash(&node, number));
    let cases = [
        (json!([]), json!(two)),
        (json!([null]), json!(two)),
        (json!([1]), json!(one)),
        (json!(["0x1"]), json!(one)),
        (json!(["0x00000001"]), json!(one)),
        (json!([99]), Value::Null),
        (json!([[0, "0x1", 99]]), json!([zero, one, null])),
        (json!([[]]), json!([])),
    ];
    for (params, expected) in cases {
        assert_eq!(result(node.address, "chain_getBlockHash", params.clone()), expected, "{params}");
        assert_eq!(result(node.address, "chain_getHead", params.clone()), expected, "{params}");
    }
}

#[test]
fn unknown_blocks_are_null_for_chain_methods() {
    let node = Node::start();
    let unknown = json!([format!("0x{}", "77".repeat(32))]);
    for method in ["chain_getHeader", "chain_getBlock"] {
        assert_eq!(result(node.address, method, unknown.clone()), Value::Null);
    }
}

#[test]
fn unknown_blocks_are_an_error_for_state_methods() {
    let node = Node::start();
    let unknown = format!("0x{}", "77".repeat(32));
    let message = format!("Client error: UnknownBlock: Header was not found in the database: {unknown}");
    for (method, params) in [
        ("state_getStorage", json!(["0x61", unknown])),
        ("state_getStorageSize", json!(["0x61", unknown])),
        ("state_getKeysPaged", json!(["0x61", 10, null, unknown])),
        ("state_queryStorageAt", json!([["0x61"], unknown])),
        ("state_getMetadata", json!([unknown])),
        ("state_getRuntimeVersion", json!([unknown])),
        ("state_call", json!(["Echo_echo", "0x", unknown])),
        ("state_getReadProof", json!([["0x61"], unknown])),
    ] {
        assert_eq!(error(node.address, method, params), (4003, message.clone()), "{method}");
    }
}

#[test]
fn header_and_block_are_of_the_best_block_by_default() {
    let node = Node::start();
    let header = result(node.address, "chain_getHeader", json!([]));
    assert_eq!(header["number"], "0x2");
    assert_eq!(header["parentHash"], hash(&node, 1));
    let block = result(node.address, "chain_getBlock", json!([hash(&node, 1)]));
    assert_eq!(block["block"]["header"]["number"], "0x1");
    assert_eq!(block["block"]["extrinsics"], json!(["0x0c040102"]));
    assert_eq!(result(node.address, "chain_getFinalizedHead", json!([])), hash(&node, 0));
    assert_eq!(result(node.address, "chain_getFinalisedHead", json!([])), hash(&node, 0));
}

#[test]
fn storage_is_read_at_a_block() {
    let node = Node::start();
    let genesis = hash(&node, 0);
    assert_eq!(result(node.address, "state_getStorage", json!(["0x61"])), "0x6368616e676564");
    assert_eq!(result(node.address, "state_getStorage", json!(["0x61", genesis])), "0x31");
    assert_eq!(result(node.address, "state_getStorageAt", json!(["0x61", genesis])), "0x31");
    assert_eq!(result(node.address, "state_getStorage", json!(["0x62"])), "0x");
    assert_eq!(result(node.address, "state_getStorage", json!(["0x63"])), Value::Null);
}

#[test]
fn storage_hash_and_size_are_told() {
    let node = Node::start();
    let at = hash(&node, 0);
    let expected = format!("0x{}", hex::encode(ziver_primitives::hashing::blake2_256(b"1")));
    assert_eq!(result(node.address, "state_getStorageHash", json!(["0x61", at])), expected);
    assert_eq!(result(node.address, "state_getStorageHash", json!(["0x63", at])), Value::Null);
    assert_eq!(result(node.address, "state_getStorageSize", json!(["0x6162", at])), 2);
    assert_eq!(result(node.address, "state_getStorageSize", json!(["0x", at])), 6, "sum over the prefix");
    assert_eq!(result(node.address, "state_getStorageSize", json!(["0x63", at])), Value::Null);
}

#[test]
fn keys_come_in_pages() {
    let node = Node::start();
    assert_eq!(result(node.address, "state_getKeysPaged", json!(["0x61", 2])), json!(["0x61", "0x6162"]));
    assert_eq!(result(node.address, "state_getKeysPaged", json!(["0x61", 2, "0x6162"])), json!(["0x6163"]));
    assert_eq!(result(node.address, "state_getKeysPaged", json!([null, 1000, "0x6163"])), json!(["0x62"]));
    let (code, message) = error(node.address, "state_getKeysPaged", json!(["0x", 1001]));
    assert_eq!((code, message.as_str()), (4002, "count exceeds maximum value. value: 1001, max: 1000"));
}

#[test]
fn metadata_comes_without_its_length() {
    let node = Node::start();
    assert_eq!(result(node.address, "state_getMetadata", json!([])), "0x6d6574610e");
}

#[test]
fn runtime_calls_take_bytes_with_and_without_prefix() {
    let node = Node::start();
    for input in ["0x0aff", "0aff", "0x0aFF"] {
        assert_eq!(result(node.address, "state_call", json!(["Echo_echo", input])), "0x0aff");
    }
    assert_eq!(result(node.address, "state_call", json!(["Echo_echo", ""])), "0x");
    assert_eq!(result(node.address, "state_callAt", json!(["Echo_echo", "0x", hash(&node, 0)])), "0x");
}

#[test]
fn missing_runtime_function_has_the_exact_text_that_clients_compare() {
    let node = Node::start();
    let (code, message) = error(node.address, "state_call", json!(["Core_nothing", "0x"]));
    let text = "Client error: Execution failed: Other: Exported method Core_nothing is not found";
    assert_eq!((code, message.as_str()), (4003, text));
    let (code, message) = error(node.address, "state_call", json!(["Trap_trap", "0x"]));
    assert_eq!((code, message.as_str()), (4003, "Client error: Execution failed: Runtime panicked: boom"));
}

#[test]
fn next_index_is_what_the_engine_says() {
    let node = Node::start();
    for method in ["system_accountNextIndex", "account_nextIndex"] {
        assert_eq!(result(node.address, method, json!([ALITH])), 9);
    }
    let other = format!("0x{}", "01".repeat(20));
    assert_eq!(error(node.address, "account_nextIndex", json!([other])).0, 4003);
    assert_eq!(error(node.address, "account_nextIndex", json!(["0x12"])).0, -32602);
}

#[test]
fn fee_is_asked_with_the_length_of_the_extrinsic() {
    let node = Node::start();
    let info = result(node.address, "payment_queryInfo", json!(["0x080400"]));
    assert_eq!(info["partialFee"], "3");
    let (code, message) = error(node.address, "payment_queryInfo", json!(["0x0804"]));
    assert_eq!(code, 1001, "{message}");
}

#[test]
fn system_methods_tell_the_chain_spec() {
    let node = Node::start();
    let cases = [
        ("system_chain", json!("Fake Chain")),
        ("system_chainType", json!("Development")),
        ("system_properties", json!({ "tokenDecimals": 18 })),
        ("system_name", json!("fake")),
        ("system_version", json!("0.0.1")),
        ("system_health", json!({ "peers": 0, "isSyncing": false, "shouldHavePeers": false })),
        ("system_peers", json!([])),
        ("system_nodeRoles", json!(["Authority"])),
        ("system_localListenAddresses", json!([])),
        ("system_syncState", json!({ "startingBlock": 2, "currentBlock": 2, "highestBlock": 2 })),
    ];
    for (method, expected) in cases {
        assert_eq!(result(node.address, method, json!([])), expected, "{method}");
    }
    node.push(&[], 1);
    let state = result(node.address, "system_syncState", json!([]));
    assert_eq!(state, json!({ "startingBlock": 2, "currentBlock": 3, "highestBlock": 3 }));
}

#[test]
fn zx_methods_speak_hexadecimal_quantities() {
    let node = Node::start();
    assert_eq!(result(node.address, "zx_blockNumber", json!([])), "0x2");
    assert_eq!(result(node.address, "zx_getBalance", json!([ALITH])), "0x0");
    assert_eq!(result(node.address, "zx_getBalance", json!([ALITH, "earliest"])), "0x0");
    assert_eq!(result(node.address, "zx_getTransactionCount", json!([ALITH, "latest"])), "0x0");
    assert_eq!(result(node.address, "zx_getTransactionCount", json!([ALITH, "pending"])), "0x9");
    assert_eq!(error(node.address, "zx_getBalance", json!([ALITH, "0x99"])).0, -32001);
    assert_eq!(error(node.address, "zx_getBalance", json!([ALITH, "yesterday"])).0, -32602);
}

#[test]
fn zx_balance_is_the_free_part_of_the_account() {
    use codec::Encode;
    let node = Node::start();
    let account: ziver_primitives::AccountId20 = ALITH.parse().unwrap();
    let mut key = ziver_primitives::storage_keys::item_prefix("System", "Account");
    key.extend(ziver_primitives::hashing::blake2_128(&account.0));
    key.extend(account.0);
    let info = (5u32, [1u32, 2, 3], [1u128 << 70, 9, 9, 9]).encode();
    node.push(&[(&key, Some(&info))], 1);
    assert_eq!(result(node.address, "zx_getBalance", json!([ALITH])), "0x400000000000000000");
    assert_eq!(result(node.address, "zx_getTransactionCount", json!([ALITH])), "0x5");
    assert_eq!(result(node.address, "zx_getBalance", json!([ALITH, 2])), "0x0");
}

#[test]
fn listed_groups_are_complete_and_none_is_unstable() {
    let node = Node::start();
    let listed = result(node.address, "rpc_methods", json!([]));
    let names: Vec<&str> = listed["methods"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let new: Vec<&str> = include_str!("new-methods.txt").split_whitespace().collect();
    for wanted in include_str!("legacy-methods.txt").split_whitespace().chain(new.iter().copied()) {
        assert!(names.contains(&wanted), "{wanted} is missing");
    }
    for name in names {
        assert!(!name.contains("_v1_") || new.contains(&name), "{name}");
        assert!(!name.contains("unstable"), "{name}");
    }
}

#[test]
fn sealing_methods_are_listed_on_a_manual_chain_only() {
    let manual = Node::start();
    let automatic = Node::start_with(false, |_| ());
    let lists = |node: &Node| result(node.address, "rpc_methods", json!([])).to_string().contains("engine_");
    assert!(lists(&manual));
    assert!(!lists(&automatic));
    assert_eq!(error(automatic.address, "engine_createBlock", json!([true])).0, -32601);
}
