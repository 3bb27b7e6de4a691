//! Ends and restarts, and the subcommands on what a node left behind.

use std::fs;

use nix::sys::signal::Signal;
use serde_json::json;
use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar};

use crate::{
    client,
    process::{Node, folder, number, run},
    wallet::Wallet,
};

#[test]
fn signals_end_the_node_in_order() {
    let folder = folder();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let node = Node::start(folder.path(), &[]);
        node.wait_for_block(node.best() + 1);
        let (status, log) = node.signal(signal);
        assert_eq!(status.code(), Some(0), "{log}");
        assert!(!log.contains("panicked"), "{log}");
    }
}

#[test]
fn signal_ends_the_node_while_clients_are_connected() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let mut ws = client::Ws::connect(node.address);
    let id = ws.subscribe("chain_subscribeNewHeads", json!([]));
    ws.notification("chain_newHead", &id);
    node.stop();
    while ws.next().is_some() {}
}

#[test]
fn restart_goes_on_where_the_chain_was() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let mut wallet = Wallet::new(&node, Alith);
    let to = Baltathar.account();
    let before = number_of(&node.call("zx_getBalance", json!([to.to_string()])));
    let mut ws = client::Ws::connect(node.address);
    let id = ws.subscribe("author_submitAndWatchExtrinsic", json!([wallet.transfer(to)]));
    let block = loop {
        let status = ws.notification("author_extrinsicUpdate", &id);
        if let Some(block) = status.get("inBlock") {
            break block.clone();
        }
    };
    let best = node.best();
    node.stop();

    let node = Node::start(folder.path(), &[]);
    assert!(node.best() >= best);
    let held = node.call("chain_getBlock", json!([block]));
    assert_eq!(held["block"]["extrinsics"].as_array().unwrap().len(), 2);
    let after = number_of(&node.call("zx_getBalance", json!([to.to_string()])));
    assert_eq!(after - before, 1_000_000_000_000_000);
    node.wait_for_block(best + 3);
    node.stop();

    let checked = run(&["check-chain", "--base-path", folder.path().to_str().unwrap()]);
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);
    assert!(checked.stdout.contains("blocks are right"), "{}", checked.stdout);
}

fn number_of(value: &serde_json::Value) -> u128 {
    u128::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

#[test]
fn temporary_folder_is_gone_at_the_end() {
    let folder = folder();
    let node = Node::start_with(folder.path(), &["--tmp"], &[("TMPDIR", folder.path())]);
    assert!(fs::read_dir(folder.path()).unwrap().next().is_some(), "the node keeps its chain elsewhere");
    node.stop();
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn data_go_to_the_users_data_folder_by_default() {
    let folder = folder();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ziver-host"));
    command.args(["check-chain"]).env("XDG_DATA_HOME", folder.path());
    let output = command.output().unwrap();
    let expected = format!("there is no chain in {}", folder.path().join("ziver/ziver_dev").display());
    assert!(String::from_utf8_lossy(&output.stderr).contains(&expected), "{output:?}");
}

#[test]
fn raw_spec_makes_the_same_genesis() {
    let folder = folder();
    let built = run(&["build-spec", "--raw"]);
    assert_eq!(built.code, Some(0), "{}", built.stderr);
    let spec = folder.path().join("raw.json");
    fs::write(&spec, &built.stdout).unwrap();
    let small = Node::start(&folder.path().join("small"), &[]);
    let raw = Node::start(&folder.path().join("raw"), &["--chain", spec.to_str().unwrap()]);
    let genesis = |node: &Node| node.call("chain_getBlockHash", json!([0]));
    assert_eq!(genesis(&small), genesis(&raw));
    raw.wait_for_block(2);
    small.stop();
    raw.stop();
}

#[test]
fn printed_spec_can_be_read_again() {
    let folder = folder();
    let printed = run(&["build-spec"]);
    let file = folder.path().join("again.json");
    fs::write(&file, &printed.stdout).unwrap();
    let again = run(&["build-spec", "--chain", file.to_str().unwrap()]);
    assert_eq!((again.code, again.stdout), (Some(0), printed.stdout));
}

#[test]
fn purged_chain_begins_anew() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    node.wait_for_block(3);
    let first = node.call("chain_getBlockHash", json!([1]));
    node.stop();
    let purged = run(&["purge-chain", "--yes", "--base-path", folder.path().to_str().unwrap()]);
    assert_eq!(purged.code, Some(0), "{}", purged.stderr);
    let node = Node::start(folder.path(), &[]);
    node.wait_for_block(1);
    assert_ne!(node.call("chain_getBlockHash", json!([1])), first);
    node.stop();
}

#[test]
fn old_states_are_pruned_and_archived_as_asked() {
    for (pruning, is_kept) in [("2", false), ("archive", true)] {
        let folder = folder();
        let node = Node::start(folder.path(), &["--state-pruning", pruning]);
        // Beyond the final blocks whose states a follower of the chain may still hold.
        node.wait_for_block(30);
        let hash = node.call("chain_getBlockHash", json!([1]));
        let answer = client::call(node.address, "state_getRuntimeVersion", json!([hash]));
        assert_eq!(answer.get("result").is_some(), is_kept, "{answer}");
        if !is_kept {
            let message = answer["error"]["message"].as_str().unwrap();
            assert!(message.starts_with("Client error: UnknownBlock: State already discarded for 0x"), "{message}");
            assert_eq!(answer["error"]["code"], 4003);
        }
        assert_eq!(number(&node.call("chain_getHeader", json!([hash]))["number"]), 1);
        node.stop();
        // Without a wish the database goes on as it was begun.
        Node::start(folder.path(), &[]).stop();
        let checked = run(&["check-chain", "--base-path", folder.path().to_str().unwrap()]);
        assert_eq!(checked.code, Some(0), "{}", checked.stderr);
    }
}

#[test]
fn help_and_version_are_printed() {
    assert!(run(&["--help"]).stdout.contains("--state-pruning"));
    assert!(run(&["--version"]).stdout.starts_with("ziver-host "));
}

#[test]
fn second_port_serves_the_same() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--ws-port", "0"]);
    let mut ws = crate::client::Ws::connect(node.second_address.unwrap());
    assert_eq!(ws.call("chain_getBlockHash", json!([0]))["result"], node.call("chain_getBlockHash", json!([0])));
    node.stop();
}

#[test]
fn rpc_options_reach_the_server() {
    let folder = folder();
    let args = ["--sealing", "manual", "--rpc-methods", "safe", "--rpc-max-request-size", "1", "--rpc-rate-limit", "3"];
    let node = Node::start(folder.path(), &args);
    let code = |method: &str| crate::client::call(node.address, method, json!([true]))["error"]["code"].clone();
    assert_eq!(code("engine_createBlock"), -32601);
    assert_eq!(crate::client::post(node.address, &vec![b' '; (1 << 20) + 1]).0, 413);
    assert_eq!(
        (code("zx_blockNumber"), code("zx_blockNumber"), code("zx_blockNumber")),
        (json!(null), json!(null), json!(-32050))
    );
    node.stop();
}
