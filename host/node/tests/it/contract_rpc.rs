//! `contract_*` and what else of JSON-RPC knows contracts: deployed, called and asked, by bytes and by names.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use ziver_primitives::{
    hashing::blake2_256,
    transaction::DevelopmentAccount::{Alith, Baltathar},
};
use zxc::compile::{Options, compile};

use crate::{
    client,
    contracts::{COUNTER, manual, seal},
    process::{Node, folder, number},
};

/// Adds up; reverts where it would not grow.
pub const SUM: &str = r#"contract Sum {
    persistent storage sum: integer
    action constructor(start: integer) { sum = start }
    action add(amount: integer) -> integer { require(amount > 0, "not positive"); sum += amount; return sum }
    action view get() -> integer { return sum }
}"#;

fn alith() -> String {
    Alith.account().to_string()
}

fn counter() -> String {
    format!("0x{}", hex::encode(wat::parse_str(COUNTER).unwrap()))
}

/// What the compiler says of [`SUM`], without the module.
pub fn description() -> Value {
    let compilation = compile("sum.zx", SUM, &BTreeMap::new(), &Options::default());
    serde_json::from_str(&compilation.bundle.unwrap().metadata()).unwrap()
}

fn deploy(node: &Node, request: Value) -> Value {
    let told = node.call("contract_deploy", json!([request]));
    seal(node, None);
    let receipt = node.call("zx_getTransactionReceipt", json!([told["transactionHash"]]));
    assert_eq!(
        (&receipt["status"], &receipt["contractAddress"]),
        (&json!("0x1"), &told["contractAddress"]),
        "{receipt}"
    );
    told
}

fn receipt_of(node: &Node, hash: &Value) -> Value {
    seal(node, None);
    node.call("zx_getTransactionReceipt", json!([hash]))
}

/// The error's code, message and data.
pub fn refused(node: &Node, method: &str, params: Value) -> (i64, String, Value) {
    let answer = client::call(node.address, method, params);
    let error = &answer["error"];
    assert!(error.is_object(), "{answer}");
    (error["code"].as_i64().unwrap(), error["message"].as_str().unwrap().to_owned(), error["data"].clone())
}

#[test]
fn contract_of_a_module_and_of_its_hash_has_the_address_that_was_told() {
    let folder = folder();
    let node = manual(folder.path());
    let code = counter();
    let first = deploy(&node, json!({"from": alith(), "code": code}));
    assert_eq!(first["codeHash"], format!("0x{}", hex::encode(blake2_256(&hex::decode(&code[2..]).unwrap()))));
    let hash = &first["codeHash"];
    let second = deploy(&node, json!({"from": alith(), "codeHash": hash, "salt": "0x01"}));
    let third = deploy(&node, json!({"from": alith(), "codeHash": hash, "salt": format!("0x{}", "07".repeat(32))}));
    assert!(second["contractAddress"] != third["contractAddress"] && first["bundle"].is_null());
    // Several in one block: each has an address of its own nonce.
    let more: Vec<Value> = (0..3)
        .map(|_| {
            let request = json!({"from": alith(), "codeHash": hash, "gasLimit": "0x2540be400"});
            node.call("contract_deploy", json!([request]))
        })
        .collect();
    seal(&node, None);
    for told in &more {
        let receipt = node.call("zx_getTransactionReceipt", json!([told["transactionHash"]]));
        assert_eq!(receipt["contractAddress"], told["contractAddress"], "{receipt}");
    }

    assert_eq!(node.call("zx_getCode", json!([first["contractAddress"]])), code);
    assert_eq!(node.call("zx_getCode", json!([first["contractAddress"], "earliest"])), "0x");
    assert_eq!(node.call("zx_getCode", json!([alith()])), "0x");
    node.stop();
}

#[test]
fn call_is_tried_before_it_is_sent() {
    let folder = folder();
    let node = manual(folder.path());
    let contract = deploy(&node, json!({"from": alith(), "code": counter()}))["contractAddress"].clone();
    let ask = |data: &str| node.call("contract_staticCall", json!([{"to": contract, "data": data, "from": alith()}]));
    let tried = ask("0x");
    assert_eq!(
        (&tried["success"], &tried["returnValue"], &tried["error"]),
        (&json!(true), &json!("0x01000000"), &Value::Null),
        "{tried}"
    );
    assert!(number(&tried["gasRequired"]) >= number(&tried["gasUsed"]) && number(&tried["gasUsed"]) > 1_000_000);
    assert!(number(&tried["storageDeposit"]["charge"]) > 0, "{tried}");
    assert_eq!(ask("0x")["returnValue"], "0x01000000", "nothing was kept");

    let sent = node.call("contract_call", json!([{"from": alith(), "to": contract, "data": "0x"}]));
    let receipt = receipt_of(&node, &sent["transactionHash"]);
    assert_eq!((&receipt["status"], &receipt["returnValue"]), (&json!("0x1"), &json!("0x01000000")), "{receipt}");

    let reverted = ask("0x07");
    assert_eq!((&reverted["success"], &reverted["revertReason"]), (&json!(false), &json!("no")), "{reverted}");
    let failing = json!([{"from": alith(), "to": contract, "data": "0x07"}]);
    for method in ["contract_call", "zx_sendTransaction", "zx_estimateGas"] {
        let (code, message, data) = refused(&node, method, failing.clone());
        assert_eq!((code, &data["revertReason"]), (-32020, &json!("no")), "{method}: {message}");
        assert!(message.ends_with("the contract reverted: no"), "{message}");
    }
    // Whoever says what it may cost gets it into a block.
    let sent = node.call(
        "contract_call",
        json!([{"from": alith(), "to": contract, "data": "0x07", "gasLimit": 50_000_000_000u64}]),
    );
    let receipt = receipt_of(&node, &sent["transactionHash"]);
    assert_eq!((&receipt["status"], &receipt["revertReason"]), (&json!("0x0"), &json!("no")), "{receipt}");
    let nobody = json!([{"from": alith(), "to": Baltathar.account().to_string(), "data": "0x01"}]);
    assert!(refused(&node, "contract_call", nobody).1.contains("ContractNotFound"));
    node.stop();
}

#[test]
fn data_of_a_transaction_by_name_calls_the_contract() {
    let folder = folder();
    let node = manual(folder.path());
    let contract =
        deploy(&node, json!({"from": alith(), "source": SUM, "data": input("new", 5)}))["contractAddress"].clone();
    let request = json!({"from": alith(), "to": contract, "data": input("add", 3)});
    let gas = number(&node.call("zx_estimateGas", json!([request])));
    let hash = node.call("zx_sendTransaction", json!([request]));
    let receipt = receipt_of(&node, &hash);
    assert_eq!(receipt["status"], "0x1", "{receipt}");
    assert_eq!(number(&receipt["gasUsed"]), gas);
    node.stop();
}

/// Works as long as it is told.
const SPIN: &str = r#"contract Spin {
    action spin(rounds: integer) -> integer {
        let round = 0
        while round < rounds { round += 1 }
        return round
    }
}"#;

#[test]
fn call_that_takes_nearly_a_block_is_offered_no_more_than_there_is() {
    let folder = folder();
    let node = manual(folder.path());
    let told = deploy(&node, json!({"from": alith(), "source": SPIN}));
    let request = |rounds: u64| json!([{"from": alith(), "to": told["contractAddress"], "bundle": told["bundle"], "message": "spin", "args": [rounds]}]);
    // One that never ends is stopped by its gas, which is all that a transaction may have.
    let endless = node.call("contract_staticCall", request(u64::MAX));
    assert!(endless["error"].as_str().unwrap().contains("OutOfGas"), "{endless}");
    let max = number(&endless["gasUsed"]);
    assert_eq!(refused(&node, "contract_call", request(u64::MAX)).0, -32020);

    let [one, many] = [0, 100_000].map(|rounds| number(&node.call("contract_staticCall", request(rounds))["gasUsed"]));
    let rounds = (max - one) / 100 * 95 / ((many - one) / 100_000);
    let sent = node.call("contract_call", request(rounds));
    let receipt = receipt_of(&node, &sent["transactionHash"]);
    assert_eq!(receipt["status"], "0x1", "{receipt}");
    assert!(number(&receipt["contractGasUsed"]) > 0);
    node.stop();
}

/// A selector and an integer.
pub fn input(name: &str, number: u8) -> String {
    format!("0x{}{number:02x}{}", hex::encode(&blake2_256(name.as_bytes())[..4]), "00".repeat(31))
}

#[test]
fn source_is_compiled_and_called_by_names() {
    let folder = folder();
    let node = manual(folder.path());
    let told = deploy(&node, json!({"from": alith(), "source": SUM, "args": [40]}));
    assert_eq!(told["warnings"], json!([]));
    assert!(told["bundle"]["source"]["wasm"].as_str().unwrap().starts_with("0x0061736d"), "{told}");
    let contract = &told["contractAddress"];
    let ask = |message: &str, args: Value| {
        let call = json!({"to": contract, "from": alith(), "bundle": description(), "message": message, "args": args});
        node.call("contract_staticCall", json!([call]))
    };
    assert_eq!(ask("get", json!([]))["decoded"], "40");
    assert_eq!(ask("add", json!({"amount": 2}))["decoded"], "42");
    let failed = ask("add", json!(["-1"]));
    assert_eq!(
        (&failed["revertReason"], &failed["decoded"]),
        (&json!("not positive"), &json!({"Err": "not positive"}))
    );

    let call =
        json!({"from": alith(), "to": contract, "abi": description().to_string(), "message": "add", "args": [2]});
    let sent = node.call("contract_call", json!([call]));
    assert_eq!(receipt_of(&node, &sent["transactionHash"])["status"], "0x1");
    assert_eq!(ask("get", Value::Null)["decoded"], "42");

    // The same contract of a bundle with its module, the constructor by name.
    let mut bundle = description();
    bundle["source"] = json!({"wasm": told["bundle"]["source"]["wasm"]});
    let again =
        deploy(&node, json!({"from": alith(), "bundle": bundle, "constructor": "new", "args": {"start": "-7"}}));
    assert_eq!(again["codeHash"], told["codeHash"]);
    let call = json!({"to": again["contractAddress"], "bundle": bundle, "message": "get"});
    assert_eq!(node.call("contract_staticCall", json!([call]))["decoded"], "-7");
    node.stop();
}

#[test]
fn wrong_source_is_answered_with_its_problems() {
    let folder = folder();
    let node = manual(folder.path());
    let deploy = |source: &str| refused(&node, "contract_deploy", json!([{"from": alith(), "source": source}]));
    let (code, message, data) = deploy("contract Broken { action f() -> integer { return nothing } }");
    assert_eq!(code, -32021, "{message}");
    let first = &data["diagnostics"][0];
    assert_eq!(
        (&first["severity"], &first["line"], &first["column"]),
        (&json!("error"), &json!(1), &json!(50)),
        "{data}"
    );
    let head = format!("error[{}]: {}\n", first["code"].as_str().unwrap(), first["message"].as_str().unwrap());
    assert!(first["rendered"].as_str().unwrap().starts_with(&head) && message.contains("E0"), "{message} {data}");
    // What would exhaust a compiler leaves the node as it was.
    for bomb in [
        format!("contract C {{ action f() -> integer {{ return {}1{} }} }}", "(".repeat(200_000), ")".repeat(200_000)),
        format!("contract C {{ {} }}", "action f() { }\n".repeat(60_000)),
        "}".repeat(1_000_000),
        "use \"/etc/passwd\"\ncontract C { }".to_owned(),
        String::new(),
    ] {
        let (code, message, data) = deploy(&bomb);
        assert_eq!(code, -32021, "{message}");
        assert!(data.to_string().len() < 80_000);
    }
    let (code, message, _) = deploy(&" ".repeat(1_100_000));
    assert!(code == -32602 && message.contains("a source of 1100000 bytes"), "{message}");
    assert_eq!(number(&node.call("zx_blockNumber", json!([]))), 0);
    node.stop();
}

#[test]
fn wrong_requests_are_refused_with_what_is_wrong() {
    let folder = folder();
    let node = manual(folder.path());
    let to = Baltathar.account().to_string();
    let code = counter();
    let cases = [
        ("contract_call", json!({"to": to, "data": "0x"}), "`from` is missing"),
        ("contract_call", json!({"from": alith(), "to": to}), "either `data`, or `bundle` and `message`"),
        ("contract_call", json!({"from": alith(), "to": to, "data": "0x", "message": "get"}), "either `data`, or"),
        (
            "contract_call",
            json!({"from": alith(), "to": to, "data": "0x", "gasLimit": u128::MAX.to_string()}),
            "gas limit is too large",
        ),
        ("contract_call", json!({"from": alith(), "to": to, "data": "0x", "gasPrice": 1}), "unknown field"),
        ("contract_call", json!({"from": alith(), "to": to, "bundle": description(), "message": "nope"}), "add, get"),
        (
            "contract_call",
            json!({"from": alith(), "to": to, "bundle": description(), "message": "add", "args": {}}),
            "amount",
        ),
        (
            "contract_call",
            json!({"from": alith(), "to": to, "bundle": {"version": 5}, "message": "add"}),
            "missing field `spec`",
        ),
        (
            "contract_staticCall",
            json!({"to": to, "data": format!("0x{}", "00".repeat(300_000))}),
            "an input of 300000 bytes",
        ),
        ("contract_staticCall", json!(["0x"]), "an object"),
        ("contract_deploy", json!({"from": alith()}), "one of `code`, `codeHash`, `bundle`, `source`"),
        ("contract_deploy", json!({"from": alith(), "code": code, "source": SUM}), "one of `code`"),
        ("contract_deploy", json!({"from": alith(), "code": code, "args": []}), "need a `bundle` or a `source`"),
        ("contract_deploy", json!({"from": alith(), "bundle": description(), "args": [1]}), "has no module"),
        (
            "contract_deploy",
            json!({"from": alith(), "code": format!("0x{}", "00".repeat(200_000))}),
            "a module of 200000 bytes",
        ),
        (
            "contract_deploy",
            json!({"from": alith(), "code": code, "salt": format!("0x{}", "00".repeat(2_000))}),
            "a salt of 2000 bytes",
        ),
        ("zx_sendTransaction", json!({"from": alith(), "data": "0x01"}), "contract_deploy"),
        ("zx_sendTransaction", json!({"from": alith(), "to": to, "data": "0x01", "input": "0x02"}), "differ"),
    ];
    for (method, request, expected) in cases {
        let (code, message, _) = refused(&node, method, json!([request]));
        assert!(code == -32602 && message.contains(expected), "{method} {expected}: {code} {message}");
    }
    let (code, message, _) = refused(&node, "contract_deploy", json!([{"from": alith(), "code": "0x0061"}]));
    assert_eq!(code, -32020, "{message}");
    node.stop();
}
