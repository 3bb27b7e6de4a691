//! `ziver-host contract` against a node: deployed, called, asked, logs.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    contract_rpc::{SUM, description, input},
    process::{Node, Output, folder, run},
};

/// Runs a command of the node.
fn contract(node: &Node, args: &[&str]) -> Output {
    let url = format!("ws://{}", node.address);
    run(&[&["contract"], args, &["--url", &url]].concat())
}

fn good(node: &Node, args: &[&str]) -> String {
    let Output { code, stdout, stderr } = contract(node, args);
    assert_eq!(code, Some(0), "{args:?}: {stderr}");
    stdout
}

fn bad(node: &Node, args: &[&str]) -> String {
    let Output { code, stderr, .. } = contract(node, args);
    assert!(code == Some(1) || code == Some(2), "{args:?}: {code:?} {stderr}");
    stderr
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The address in the first line that a deployment prints.
fn address(told: &str) -> String {
    let line: Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    line["contract"].as_str().unwrap().to_owned()
}

#[test]
fn contract_is_deployed_called_and_asked_by_names() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "instant"]);
    let (abi, source) =
        (write(folder.path(), "sum.json", description().to_string()), write(folder.path(), "sum.zx", SUM));
    let told = good(&node, &["deploy", &source, "40", "--suri", "//Alith", "--json"]);
    let sum = address(&told);
    let done: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!((&done["status"], &done["error"]), (&Value::from("inBlock"), &Value::Null), "{told}");
    let events = done["events"].to_string().to_lowercase();
    assert!(events.contains("instantiated") && events.contains(&sum.to_lowercase()), "{events}");

    assert_eq!(good(&node, &["query", &sum, "get", "--abi", &abi]), "40\n");
    good(&node, &["call", &sum, "add", "amount=2", "--abi", &abi, "--suri", "//Baltathar"]);
    good(&node, &["call", &sum, &input("add", 1), "--suri", "//Baltathar"]);
    assert_eq!(good(&node, &["query", &sum, "get", "--abi", &source]), "43\n");
    assert_eq!(good(&node, &["query", &sum, "add", r#"{"amount": 7}"#, "--abi", &abi, "--from", "alith"]), "50\n");
    assert!(
        bad(&node, &["call", &sum, "add", "0", "--abi", &abi, "--suri", "//Alith"])
            .contains("it would fail: the contract reverted: not positive")
    );
    assert!(bad(&node, &["query", &sum, "sub", "--abi", &abi]).contains("add, get"));
    assert!(bad(&node, &["query", &sum, "get"]).contains("names need --abi"));
    assert!(
        bad(&node, &["call", &sum, "add", "amount=1", "amount=2", "--abi", &abi, "--suri", "//Alith"])
            .contains("given twice")
    );

    // A description with its module; the address of a salt.
    let mut bundle = description();
    let code = node.call("zx_getCode", serde_json::json!([sum]));
    bundle["source"] = serde_json::json!({ "wasm": code });
    let bundle = write(folder.path(), "sum.contract", bundle.to_string());
    let salted = ["deploy", &bundle, "start=-1", "--salt", "0x01", "--suri", "//Charleth", "--json"];
    let again = address(&good(&node, &salted));
    assert_eq!(good(&node, &["query", &again, "get", "--abi", &bundle]), "-1\n");
    node.stop();
}

#[test]
fn logs_of_a_module_are_shown() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "instant"]);
    let module = write(folder.path(), "counter.wasm", wat::parse_str(crate::contracts::COUNTER).unwrap());
    let counter = address(&good(&node, &["deploy", &module, "--suri", "//Alith", "--json"]));
    assert_eq!(good(&node, &["logs", &counter]), "0 logs\n");
    good(&node, &["call", &counter, "0x", "--suri", "//Alith"]);
    let logs = good(&node, &["logs", &counter]);
    assert!(logs.contains(r#"data "0x01000000""#) && logs.ends_with("1 log\n"), "{logs}");
    let log: Value = serde_json::from_str(good(&node, &["logs", &counter, "--json"]).trim()).unwrap();
    assert_eq!(log["data"], "0x01000000");
    node.stop();
}

/// Rings so often as it is told.
const BELL: &str = r#"contract Bell {
    event Rang(count: integer)
    persistent storage count: integer
    action ring(times: integer) {
        let rung = 0
        while rung < times { count += 1; emit Rang(count); rung += 1 }
    }
}"#;

#[test]
fn logs_of_several_pages_are_shown_once_each_and_in_order() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "instant"]);
    let source = write(folder.path(), "bell.zx", BELL);
    let bell = address(&good(&node, &["deploy", &source, "--suri", "//Alith", "--json"]));
    let mut last = String::new();
    // The first page ends within the first block, the second and the third within the third.
    for times in ["300", "5", "600"] {
        let told = good(&node, &["call", &bell, "ring", times, "--abi", &source, "--suri", "//Alith", "--json"]);
        last = told;
    }
    assert!(last.contains("inBlock"), "{last}");
    let counts = |args: &[&str]| -> Vec<String> {
        let told = good(&node, &[&["logs", &bell, "--abi", &source, "--json"], args].concat());
        let logs = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        logs.map(|log| log["event"]["fields"]["count"].as_str().unwrap().to_owned()).collect()
    };
    let all: Vec<_> = (1..=905).map(|count| count.to_string()).collect();
    assert_eq!(counts(&[]), all);
    assert_eq!(counts(&["--limit", "301"]), all[..301]);
    let best = node.best();
    assert_eq!(counts(&["--from-block", &best.to_string()]), all[305..]);
    assert_eq!(counts(&["--to-block", &(best - 1).to_string()]), all[..305]);
    assert!(good(&node, &["logs", &bell, "--abi", &source]).ends_with("905 logs\n"));
    node.stop();
}

#[test]
fn wrong_files_are_refused_in_a_line() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    let deploy =
        |name: &str, text: &str| bad(&node, &["deploy", &write(folder.path(), name, text), "--suri", "//Alith"]);
    let broken = deploy("broken.zx", "contract Broken { action f() -> integer { return nothing } }");
    assert!(broken.contains(" --> broken.zx:1:") && broken.contains("does not compile: E"), "{broken}");
    assert!(deploy("a.wasm", "text").contains("is no Wasm module"));
    assert!(deploy("a.contract", "{}").contains("missing field `spec`"));
    assert!(deploy("a.txt", "").contains("a file .zx, .contract, .json or .wasm expected"));
    assert!(deploy("a.json", &description().to_string()).contains("has no module"));
    let used = deploy("uses.zx", "use \"missing.zx\"\ncontract C { }");
    assert!(used.contains("there is no such file"), "{used}");
    node.stop();
}
