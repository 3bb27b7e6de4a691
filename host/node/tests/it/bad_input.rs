//! Whatever clients send, the real node answers with an error and goes on.

use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar};

use crate::{
    client::{call, post, result},
    process::{Node, folder},
    wallet::Wallet,
};

/// Steps of a well-known generator (splitmix64): tests of one seed are the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn bytes(&mut self, max: u64) -> Vec<u8> {
        let length = self.next() % (max + 1);
        (0..length).map(|_| self.next() as u8).collect()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

#[test]
fn truncated_and_changed_extrinsics_are_refused_and_the_good_one_is_taken() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    let good = Wallet::new(&node, Alith).transfer(Baltathar.account());
    let bytes = hex::decode(&good[2..]).unwrap();
    for length in 0..bytes.len() {
        let answer = call(node.address, "author_submitExtrinsic", json!([hexadecimal(&bytes[..length])]));
        assert_eq!(answer["error"]["code"], 1001, "{length}: {answer}");
    }
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x01;
        let answer = call(node.address, "author_submitExtrinsic", json!([hexadecimal(&changed)]));
        let code = answer["error"]["code"].as_i64();
        assert!(matches!(code, Some(1001 | 1002 | 1010)), "byte {place}: {answer}");
    }
    assert!(call(node.address, "author_submitExtrinsic", json!([good]))["result"].is_string());
    node.stop();
}

#[test]
fn random_bytes_to_every_entry_point_end_in_an_answer() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let seed = 7;
    let mut random = Random(seed);
    let entry_points = [
        "Core_version",
        "Core_execute_block",
        "Core_initialize_block",
        "Metadata_metadata_at_version",
        "BlockBuilder_apply_extrinsic",
        "BlockBuilder_finalize_block",
        "BlockBuilder_inherent_extrinsics",
        "BlockBuilder_check_inherents",
        "TaggedTransactionQueue_validate_transaction",
        "AccountNonceApi_account_nonce",
        "TransactionPaymentApi_query_info",
        "TransactionPaymentApi_query_fee_details",
        "GenesisBuilder_build_state",
        "GenesisBuilder_get_preset",
        "malloc",
        "memory",
        "__heap_base",
        "",
    ];
    for entry_point in entry_points {
        for _ in 0..8 {
            let input = hexadecimal(&random.bytes(400));
            let answer = call(node.address, "state_call", json!([entry_point, input]));
            let is_error = answer["error"]["code"] == 4003;
            assert!(is_error || answer["result"].is_string(), "seed {seed}, {entry_point}({input}): {answer}");
        }
    }
    node.wait_for_block(node.best() + 2);
    node.stop();
}

#[test]
fn random_bytes_as_transactions_are_refused() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let mut random = Random(11);
    for _ in 0..200 {
        let bytes = random.bytes(300);
        let answer = call(node.address, "author_submitExtrinsic", json!([hexadecimal(&bytes)]));
        assert!(answer["error"]["code"].is_i64(), "{bytes:?}: {answer}");
    }
    node.wait_for_block(node.best() + 2);
    node.stop();
}

#[test]
fn malformed_requests_are_refused() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    for (body, code) in [
        (&b"{"[..], -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1}", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"no_such\"}", -32601),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"chain_getHeader\",\"params\":[7]}", -32602),
    ] {
        let answer: Value = serde_json::from_str(&post(node.address, body).1).unwrap();
        assert_eq!(answer["error"]["code"], code, "{answer}");
    }
    let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    let deep = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"chain_getBlockHash\",\"params\":{deep}}}");
    let answer: Value = serde_json::from_str(&post(node.address, deep.as_bytes()).1).unwrap();
    assert_eq!(answer["error"]["code"], -32600, "{answer}");
    assert_eq!(post(node.address, &vec![b'x'; 16 * 1024 * 1024]).0, 413);
    assert!(result(node.address, "system_health", json!([])).is_object());
    node.stop();
}

#[test]
fn unknown_fields_of_seal_requests_are_refused() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    let unknown = hexadecimal(&[7; 32]);
    assert_eq!(call(node.address, "engine_createBlock", json!([true, false, unknown]))["error"]["code"], 13_000);
    assert_eq!(call(node.address, "engine_finalizeBlock", json!([unknown]))["error"]["code"], 13_000);
    assert_eq!(call(node.address, "engine_createBlock", json!([false]))["error"]["code"], 12_000);
    assert_eq!(call(node.address, "engine_createBlock", json!(["yes"]))["error"]["code"], -32602);
    let made = result(node.address, "engine_createBlock", json!([true, true]))["hash"].clone();
    assert_eq!(result(node.address, "chain_getFinalizedHead", json!([])), made);
    node.stop();
}
