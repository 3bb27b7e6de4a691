//! A token in ZX through JSON-RPC alone: deployed from its source, transferred, read, its events found; and what goes wrong.

use std::{thread, time::Instant};

use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::{self, Alith, Baltathar, Charleth, Faith};

use crate::{
    client,
    contract_rpc::refused,
    contracts::{manual, seal},
    process::{Node, folder, number},
};

/// A token whose constructor takes values of every shape.
const TOKEN: &str = r#"contract Token {
    enum Kind { Fixed, Open }
    record Grant { to: Address, amount: integer }
    event Transfer(indexed from: Address, indexed to: Address, amount: integer)

    persistent storage title: string
    persistent storage kind: Kind
    persistent storage minter: Address?
    persistent storage cap: u256
    persistent storage total: integer
    persistent storage balances: Map<Address, integer>

    action constructor(name: string, kind: Kind, minter: Address?, cap: u256, grants: List<Grant>) {
        title = name
        this.kind = kind
        this.minter = minter
        this.cap = cap
        for each grant in grants {
            require(grant.amount > 0, "a grant is not positive")
            balances[grant.to] += grant.amount
            total += grant.amount
            emit Transfer(address(0), grant.to, grant.amount)
        }
    }

    action transfer(to: Address, amount: integer) -> boolean {
        require(amount > 0, "amount must be positive")
        require(balances[TX.caller] >= amount, "insufficient balance")
        balances[TX.caller] -= amount
        balances[to] += amount
        emit Transfer(TX.caller, to, amount)
        return true
    }

    action view balance_of(account: Address) -> integer { return balances[account] }
    action view total_supply() -> integer { return total }
    action view describe() -> (string, Kind, Address?, u256) { return (title, kind, minter, cap) }
}"#;

fn address(of: DevelopmentAccount) -> String {
    format!("0x{}", hex::encode(of.account().0))
}

/// The constructor's arguments, by name.
fn arguments() -> Value {
    json!({
        "name": "Gold", "kind": "Open", "minter": null, "cap": format!("0x{}", "f".repeat(64)),
        "grants": [{"to": address(Alith), "amount": "1_000"}, [address(Baltathar), 7]],
    })
}

fn deployment() -> Value {
    json!({"from": address(Alith), "source": TOKEN, "args": arguments()})
}

fn with(mut request: Value, name: &str, value: Value) -> Value {
    request[name] = value;
    request
}

/// A deployed token: what calls it.
struct Token<'a> {
    node: &'a Node,
    address: Value,
    bundle: Value,
}

impl<'a> Token<'a> {
    fn deploy(node: &'a Node, request: Value) -> Self {
        let told = node.call("contract_deploy", json!([request]));
        let receipt = receipt(node, &told["transactionHash"]);
        assert_eq!((&receipt["status"], &receipt["contractAddress"]), (&json!("0x1"), &told["contractAddress"]));
        Self { node, address: told["contractAddress"].clone(), bundle: told["bundle"].clone() }
    }

    fn request(&self, from: DevelopmentAccount, message: &str, args: Value) -> Value {
        json!([{"from": address(from), "to": self.address, "bundle": self.bundle, "message": message, "args": args}])
    }

    fn ask(&self, message: &str, args: Value) -> Value {
        let told = self.node.call("contract_staticCall", self.request(Charleth, message, args));
        assert_eq!(told["success"], true, "{told}");
        told["decoded"].clone()
    }

    fn call(&self, from: DevelopmentAccount, message: &str, args: Value) -> Value {
        let told = self.node.call("contract_call", self.request(from, message, args));
        receipt(self.node, &told["transactionHash"])
    }
}

fn receipt(node: &Node, hash: &Value) -> Value {
    seal(node, None);
    node.call("zx_getTransactionReceipt", json!([hash]))
}

#[test]
fn token_is_deployed_transferred_read_and_its_events_are_found() {
    let folder = folder();
    let node = manual(folder.path());
    let token = Token::deploy(&node, deployment());
    let max = (ziver_primitives::U256::MAX).to_string();
    assert_eq!(token.ask("describe", json!([])), json!(["Gold", "Open", null, max]));
    assert_eq!(token.ask("total_supply", json!({})), "1007");

    let moved = token.call(Alith, "transfer", json!({"to": address(Charleth), "amount": "0x10"}));
    assert_eq!((&moved["status"], &moved["contract"]), (&json!("0x1"), &token.address), "{moved}");
    let balance = |of| token.ask("balance_of", json!([address(of)]));
    assert_eq!([balance(Alith), balance(Baltathar), balance(Charleth)], ["984", "7", "16"]);
    let (code, message, data) =
        refused(&node, "contract_call", token.request(Baltathar, "transfer", json!([address(Alith), 8])));
    assert_eq!((code, &data["revertReason"]), (-32020, &json!("insufficient balance")), "{message}");
    assert_eq!(balance(Baltathar), "7", "a trial changes nothing");

    // The events: two grants, and a transfer, found by the contract, and by who sent.
    let topic = |of: DevelopmentAccount| format!("{}{}", address(of), "00".repeat(12));
    let logs = |topics: Value| {
        let filter = json!({"contract": token.address, "fromBlock": "0x0", "toBlock": "latest", "topics": topics});
        node.call("zx_getLogs", json!([filter])).as_array().unwrap().clone()
    };
    let (all, sent) = (logs(json!([])), logs(json!([null, topic(Alith)])));
    assert_eq!((all.len(), sent.len()), (3, 1), "{all:?}");
    assert_eq!(sent[0]["transactionHash"], moved["transactionHash"]);
    let transfer = format!("{}{}10{}", address(Alith), &address(Charleth)[2..], "00".repeat(31));
    assert_eq!(sent[0]["data"], transfer, "from, to, amount");

    // Another from the bundle, arguments by position; a minter.
    let again = json!({
        "from": address(Baltathar), "bundle": token.bundle, "constructor": "new",
        "args": ["Silver", "Fixed", address(Alith), 0, []],
    });
    let again = Token { bundle: token.bundle.clone(), ..Token::deploy(&node, again) };
    assert_eq!(again.ask("describe", Value::Null), json!(["Silver", "Fixed", address(Alith), "0"]));
    node.stop();
}

#[test]
fn deployments_that_would_fail_are_refused_with_the_reason() {
    let folder = folder();
    let node = manual(folder.path());
    let refuse = |request: Value| refused(&node, "contract_deploy", json!([request]));

    // The constructor reverts.
    let args = with(arguments(), "grants", json!([{"to": address(Alith), "amount": -1}]));
    let (code, message, data) = refuse(with(deployment(), "args", args));
    assert_eq!((code, &data["revertReason"]), (-32020, &json!("a grant is not positive")), "{message}");

    // Too little gas, in a trial and in a block.
    let call = json!([{"to": address(Alith), "data": "0x", "gasLimit": "0x1"}]);
    assert_eq!(node.call("contract_staticCall", call)["success"], false);
    let told = node.call("contract_deploy", json!([with(deployment(), "gasLimit", json!(1_000_000))]));
    let starved = receipt(&node, &told["transactionHash"]);
    assert_eq!((&starved["status"], &starved["contractAddress"]), (&json!("0x0"), &Value::Null), "{starved}");
    assert!(starved["error"].as_str().unwrap().contains("OutOfGas"), "{starved}");
    assert_eq!(node.call("zx_getCode", json!([told["contractAddress"]])), "0x");

    // Somebody without money.
    let balance = node.call("zx_getBalance", json!([address(Faith)]));
    let all = json!({"pallet": "Balances", "name": "transfer_all", "args": [address(Alith), false]});
    let gone = node.call("zx_sendTransaction", json!([{"from": address(Faith), "call": all}]));
    assert_eq!(receipt(&node, &gone)["status"], "0x1");
    assert!(node.call("zx_getBalance", json!([address(Faith)])) == "0x0" && balance != "0x0");
    let (code, message, _) = refuse(with(deployment(), "from", json!(address(Faith))));
    assert!(code == -32020 && message.to_lowercase().contains("fund"), "{code} {message}");
    let (code, message, _) =
        refuse(with(with(deployment(), "from", json!(address(Faith))), "gasLimit", json!(1_000_000_000)));
    assert!(code == -32011, "{code} {message}");

    // Arguments that do not fit are named, with their types.
    for (name, wrong) in [
        ("kind", json!("Closed")),
        ("minter", json!(5)),
        ("cap", json!(-1)),
        ("cap", json!(format!("0x1{}", "0".repeat(64)))),
        ("cap", json!(1.5)),
        ("name", json!(["Gold"])),
        ("grants", json!([{"to": address(Alith)}])),
        ("grants", json!([{"to": "Alith", "amount": 1}])),
        ("grants", json!({"0": 1})),
    ] {
        let (code, message, _) = refuse(with(deployment(), "args", with(arguments(), name, wrong)));
        assert!(code == -32602 && message.contains(name), "{name}: {code} {message}");
    }
    for (depth, expected) in [(20, -32602), (120, -32600)] {
        let deep = serde_json::from_str(&format!("{}{}", "[".repeat(depth), "]".repeat(depth))).unwrap();
        assert_eq!(refuse(with(deployment(), "args", with(arguments(), "grants", deep))).0, expected, "{depth}");
    }
    assert_eq!(refuse(with(deployment(), "contract", json!("Other"))).0, -32021);
    node.stop();
}

/// A module of exactly so many bytes: most of them are data.
fn module(bytes: usize) -> Vec<u8> {
    let make = |data: usize| {
        wat::parse_str(format!(
            r#"(module (import "env" "memory" (memory 3)) (func (export "deploy")) (func (export "call"))
                (data (i32.const 0) "{}"))"#,
            "x".repeat(data)
        ))
        .unwrap()
    };
    let frame = make(bytes - 1_000).len() - (bytes - 1_000);
    make(bytes - frame)
}

#[test]
fn module_of_128_kib_is_deployed_and_one_byte_more_is_refused() {
    let folder = folder();
    let node = manual(folder.path());
    let request = |bytes| json!([{"from": address(Alith), "code": format!("0x{}", hex::encode(module(bytes)))}]);
    let told = node.call("contract_deploy", request(131_072));
    let receipt = receipt(&node, &told["transactionHash"]);
    assert_eq!(
        (&receipt["status"], &receipt["contractAddress"]),
        (&json!("0x1"), &told["contractAddress"]),
        "{receipt}"
    );
    assert_eq!(node.call("zx_getCode", json!([told["contractAddress"]])).as_str().unwrap().len(), 2 + 2 * 131_072);
    let (code, message, _) = refused(&node, "contract_deploy", request(131_073));
    assert_eq!((code, message.as_str()), (-32602, "Invalid params: a module of 131073 bytes; at most 131072"));
    node.stop();
}

#[test]
fn hundred_sources_at_once_are_compiled_or_told_that_the_node_is_busy() {
    const CLIENTS: usize = 100;
    let folder = folder();
    let node = manual(folder.path());
    let answers: Vec<Value> = thread::scope(|scope| {
        let send = || client::call(node.address, "contract_deploy", json!([deployment()]));
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(send)).collect();
        // The node does its work meanwhile.
        let begun = Instant::now();
        seal(&node, None);
        assert!(begun.elapsed().as_secs() < 10);
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let (done, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer["error"].is_null());
    for answer in &refused {
        assert_eq!(answer["error"]["code"], -32009, "{answer}");
    }
    // Two at work and eight that wait, at the least; and not all of a hundred find room.
    assert!(done.len() >= 10 && !refused.is_empty(), "{} of {CLIENTS}", done.len());
    seal(&node, None);
    seal(&node, None);
    for answer in done {
        let receipt = node.call("zx_getTransactionReceipt", json!([answer["result"]["transactionHash"]]));
        assert_eq!(receipt["contractAddress"], answer["result"]["contractAddress"], "{receipt}");
    }
    assert!(number(&node.call("zx_blockNumber", json!([]))) >= 3);
    node.stop();
}
