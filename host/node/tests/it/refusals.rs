//! Starts that must fail: exit code 1 and one clear line, no panic.

use std::{fs, net::TcpListener, path::Path};

use serde_json::{Value, json};
use ziver_db::{Batch, Column, Db, RocksDb, RocksOptions};

use crate::process::{Node, Output, folder, run};

fn refused(args: &[&str], expected: &str) {
    refused_with(1, args, expected);
}

/// The same for what only another configuration helps against: a service manager must not try again.
fn misconfigured(args: &[&str], expected: &str) {
    refused_with(2, args, expected);
}

fn refused_with(expected_code: i32, args: &[&str], expected: &str) {
    let Output { code, stderr, .. } = run(args);
    let last = stderr.lines().last().unwrap_or_default();
    assert_eq!(code, Some(expected_code), "{stderr}");
    assert!(last.starts_with("ziver-host: ") && last.contains(expected), "{last}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(stderr.lines().filter(|line| line.starts_with("ziver-host: ")).count(), 1, "{stderr}");
}

fn dev_spec() -> Value {
    serde_json::from_str(include_str!("../../../../chain-specs/dev.json")).unwrap()
}

/// Starts with this text as chain spec.
fn spec_refused(text: &str, expected: &str) {
    spec_refused_with(2, text, expected);
}

/// Starts with this text as chain spec, whose genesis can't be made.
fn genesis_refused(text: &str, expected: &str) {
    spec_refused_with(1, text, expected);
}

fn spec_refused_with(code: i32, text: &str, expected: &str) {
    let folder = folder();
    let spec = folder.path().join("spec.json");
    fs::write(&spec, text).unwrap();
    let base = folder.path().join("base");
    let args = ["--chain", spec.to_str().unwrap(), "--base-path", base.to_str().unwrap(), "--rpc-port", "0"];
    refused_with(code, &args, expected);
}

#[test]
fn missing_chain_spec_is_named() {
    misconfigured(&["--chain", ""], "ziver-host: --chain: a chain spec's file, or dev, expected");
    misconfigured(&["metadata", "--chain", ""], "ziver-host: --chain: a chain spec's file, or dev, expected");
    misconfigured(&["--chain", "\u{1b}[31m"], "cannot read the chain spec \\u{1b}[31m: No such file");
    misconfigured(&["build-spec", "--chain", "/nowhere"], "--chain: cannot read the chain spec /nowhere: No such file");
    misconfigured(
        &["--chain", "/nowhere/spec.json"],
        "--chain: cannot read the chain spec /nowhere/spec.json: No such file",
    );
}

#[test]
fn chain_spec_that_never_ends_is_refused() {
    misconfigured(&["--chain", "/dev/zero"], "cannot read the chain spec /dev/zero: it is not a file");
    misconfigured(&["--chain", "/"], "cannot read the chain spec /: it is not a file");
}

#[test]
fn chain_spec_that_is_no_json_is_refused_with_its_place() {
    spec_refused("{ \"name\": ", "chain spec: EOF while parsing");
    spec_refused("[]", "chain spec: invalid length 0");
    spec_refused(&"[".repeat(100_000), "chain spec: ");
}

#[test]
fn chain_spec_with_wrong_fields_is_refused() {
    let with = |change: fn(&mut Value)| {
        let mut spec = dev_spec();
        change(&mut spec);
        spec.to_string()
    };
    spec_refused(&with(|spec| spec["id"] = json!("../escape")), "field `id`");
    spec_refused(&with(|spec| spec["name"] = json!(" ")), "field `name`");
    spec_refused(&with(|spec| spec["surprise"] = json!(1)), "unknown field `surprise`");
    spec_refused(&with(|spec| spec["genesis"] = json!({})), "chain spec");
    spec_refused(&with(|spec| spec["chainType"] = json!("Dev")), "chain spec: unknown variant `Dev`");
}

#[test]
fn genesis_that_the_runtime_refuses_is_an_error() {
    let with = |genesis: Value| {
        let mut spec = dev_spec();
        spec["genesis"]["runtimeGenesis"]["patch"] = genesis;
        spec.to_string()
    };
    genesis_refused(&with(json!({ "balances": { "balances": [["0x12", "1"]] } })), "genesis");
    genesis_refused(&with(json!({ "balances": { "balances": [[crate_account(), "minus one"]] } })), "genesis");
    genesis_refused(&with(json!({ "nonsense": {} })), "genesis");
}

fn crate_account() -> &'static str {
    "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac"
}

#[test]
fn genesis_code_that_is_no_runtime_is_an_error() {
    let mut spec = dev_spec();
    spec["genesis"]["runtimeGenesis"]["code"] = json!("0x0061736d01000000");
    genesis_refused(&spec.to_string(), "genesis");
    spec["genesis"]["runtimeGenesis"]["code"] = json!("0x00");
    genesis_refused(&spec.to_string(), "genesis");
}

#[test]
fn live_chain_needs_an_author() {
    let mut spec = dev_spec();
    spec["chainType"] = json!("Live");
    spec_refused(&spec.to_string(), "--author");
}

#[test]
fn ports_that_meet_are_refused_with_both_names() {
    for (args, expected) in [
        (&["--rpc-port", "9000", "--ws-port", "9000"][..], "--rpc-port and --ws-port are both 9000"),
        (&["--rpc-port", "8546", "--ws-port", "8546"], "--rpc-port and --ws-port are both 8546"),
        (&["--ws-port", "9615"], "--ws-port and prometheus-port (default) are both 9615"),
        (&["--prometheus-port", "8545"], "rpc-port (default) and --prometheus-port are both 8545"),
        (&["--prometheus-port", "8546"], "ws-port (default) and --prometheus-port are both 8546"),
    ] {
        misconfigured(&[args, &["--tmp"]].concat(), expected);
        misconfigured(&[&["config", "check"], args].concat(), expected);
    }
    for args in [
        &["--rpc-port", "0", "--ws-port", "0", "--prometheus-port", "0"][..],
        &["--rpc-listen", "127.0.0.2", "--prometheus-port", "8545"],
        &["--prometheus-port", "8545", "--rpc-port", "8544"],
    ] {
        assert_eq!(run(&[&["config", "check"], args].concat()).code, Some(0), "{args:?}");
    }
}

#[test]
fn taken_port_is_named() {
    let folder = folder();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let base = folder.path().to_str().unwrap();
    refused(&["--base-path", base, "--rpc-port", &port], &format!("cannot listen for RPC on 127.0.0.1:{port}"));
}

#[test]
fn taken_second_port_is_named() {
    let folder = folder();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let args = ["--base-path", folder.path().to_str().unwrap(), "--rpc-port", "0", "--ws-port", &port];
    refused(&args, &format!("cannot listen for RPC on 127.0.0.1:{port}"));
}

#[test]
fn second_node_on_one_folder_is_refused_and_the_first_goes_on() {
    let folder = folder();
    let base = folder.path().to_str().unwrap();
    let node = Node::start(folder.path(), &[]);
    refused(&["--base-path", base, "--rpc-port", "0"], "in use by another process");
    refused(&["check-chain", "--base-path", base], "in use by another process");
    refused(&["purge-chain", "--yes", "--base-path", base], "in use by another process");
    node.wait_for_block(node.best() + 2);
    node.stop();
}

#[test]
fn folder_of_another_chain_is_refused() {
    let folder = folder();
    Node::start(folder.path(), &[]).stop();
    let mut spec = dev_spec();
    spec["genesis"]["runtimeGenesis"]["patch"]["balances"]["balances"][0][1] = json!("5000000000000000000");
    let file = folder.path().join("other.json");
    fs::write(&file, spec.to_string()).unwrap();
    let args = ["--chain", file.to_str().unwrap(), "--base-path", folder.path().to_str().unwrap(), "--rpc-port", "0"];
    refused(&args, "the database belongs to the chain with genesis 0x");
    Node::start(folder.path(), &[]).stop();
}

#[test]
fn folder_that_can_not_be_made_is_refused() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    refused(&["--base-path", file.to_str().unwrap(), "--rpc-port", "0"], "file/ziver_dev");
}

#[test]
fn foreign_files_in_the_database_folder_are_refused() {
    let folder = folder();
    let db = folder.path().join("ziver_dev/db");
    fs::create_dir_all(&db).unwrap();
    fs::write(db.join("CURRENT"), "not a database\n").unwrap();
    refused(&["--base-path", folder.path().to_str().unwrap(), "--rpc-port", "0"], "the database is damaged: ");
}

/// A database that no node can open any more, after `spoil`, can be removed.
fn purged_after(spoil: impl Fn(&Path), expected: &str) {
    let folder = folder();
    Node::start(folder.path(), &[]).stop();
    let chain = folder.path().join("ziver_dev");
    spoil(&chain.join("db"));
    let base = folder.path().to_str().unwrap();
    refused(&["--base-path", base, "--rpc-port", "0"], expected);
    let purged = run(&["purge-chain", "--yes", "--base-path", base]);
    assert_eq!(purged.code, Some(0), "{}", purged.stderr);
    assert!(!chain.exists());
    Node::start(folder.path(), &[]).stop();
}

#[test]
fn damaged_database_can_be_purged() {
    purged_after(|db| fs::write(db.join("CURRENT"), "not a database\n").unwrap(), "the database is damaged: ");
}

#[test]
fn foreign_folder_is_not_purged_and_nothing_is_written_into_it() {
    let folder = folder();
    let db = folder.path().join("ziver_dev/db");
    fs::create_dir_all(&db).unwrap();
    fs::write(db.join("CURRENT"), "somebody's\n").unwrap();
    refused(
        &["purge-chain", "--yes", "--base-path", folder.path().to_str().unwrap()],
        "holds no database of this program",
    );
    let names: Vec<_> = fs::read_dir(&db).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["CURRENT"]);
}

#[test]
fn database_of_a_newer_program_can_be_purged() {
    let spoil = |db: &Path| {
        let mut batch = Batch::new();
        batch.put(Column::Meta, "schema", 99u32.to_be_bytes());
        RocksDb::open(db, &RocksOptions::default()).unwrap().write(batch).unwrap();
    };
    purged_after(spoil, "the database has schema 99, ");
}

#[test]
fn wrong_options_end_with_code_2_and_usage() {
    for (args, expected) in [
        (&["--sealing", "never"][..], "interval, interval=MS, instant or manual expected"),
        (&["--rpc-port", "x"], "a whole number from 0 to 65535 expected"),
        (&["--what"], "unexpected argument '--what'"),
        (&["--tmp", "--base-path", "x"], "'--tmp' cannot be used with '--base-path <DIR>'"),
        (&["--rpc-cors", "a\u{1}b"], "origins such as https://example.org"),
        (&["--rpc-cors", "https://a.org,b"], "\"b\" is no origin"),
        (&["--log", "=x=y"], "for '--log <FILTER>': "),
        (&["--log", "inof"], "\"inof\" is no level; error, warn, info, debug, trace, off, or part=level"),
        (
            &["check-chain", "--log", "ziver_rpcc=debug"],
            "nothing here is called \"ziver_rpcc\"; parts are ziver_host, ",
        ),
    ] {
        let Output { code, stderr, .. } = run(args);
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.starts_with("error: ") && stderr.contains(expected), "{args:?}: {stderr}");
        assert!(!stderr.contains('\u{1}'), "{stderr}");
    }
}

#[test]
fn check_and_purge_of_nothing_are_refused() {
    let folder = folder();
    let base = folder.path().to_str().unwrap();
    refused(&["check-chain", "--base-path", base], "there is no chain in");
    refused(&["purge-chain", "--yes", "--base-path", base], "there is no chain in");
    refused(&["purge-chain", "--base-path", base], "give --yes");
}
