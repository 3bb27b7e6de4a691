//! Options from flags, environment and file, in the real program.

use std::fs;

use serde_json::json;

use crate::process::{Node, Output, folder, run, run_with};

/// Exit code, and the last line of stderr.
fn ended(output: &Output) -> (Option<i32>, &str) {
    (output.code, output.stderr.lines().last().unwrap_or_default())
}

#[test]
fn node_starts_with_what_its_file_says_and_flags_hold_against_it() {
    let folder = folder();
    let file = folder.path().join("ziver.toml");
    fs::write(&file, "sealing = \"manual\"\nfinality-lag = 1\nlog-format = \"json\"\nlog = \"info\"\n").unwrap();
    let node = Node::start(folder.path(), &["--sealing", "instant"]);
    // The chain has no block that nobody asked for, and engine_createBlock is there with manual sealing alone.
    assert_eq!(crate::client::call(node.address, "engine_createBlock", json!([true]))["error"]["code"], -32601);
    node.stop();

    let node = Node::start_with(folder.path(), &["--sealing", "manual", "--log", "info"], &[]);
    let (status, log) = node.signal(nix::sys::signal::Signal::SIGTERM);
    assert!(status.success());
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("JSON: {line}"));
        assert!(line["message"].is_string() && line["level"] == "INFO" && line["timestamp"].is_string(), "{line}");
    }
    assert!(log.contains("configured by") && log.contains("stopped"), "{log}");
}

#[test]
fn wrong_file_and_wrong_variable_end_with_code_2_and_one_line() {
    let folder = folder();
    let file = folder.path().join("own.toml");
    let name = file.to_str().unwrap();
    fs::write(&file, "rpc-port = 1\nrpc-prot = 70000\n").unwrap();
    let expected = format!("ziver-host: {name}:2: there is no option rpc-prot; did you mean rpc-port?");
    assert_eq!(ended(&run(&["--config", name])), (Some(2), &*expected));
    assert_eq!(ended(&run(&["config", "check", name])), (Some(2), &*expected));
    let expected =
        "ziver-host: ZIVER_RPC_PORT: rpc-port = \"x\" is not allowed: a whole number from 0 to 65535 expected";
    assert_eq!(ended(&run_with(&["--tmp"], &[("ZIVER_RPC_PORT", "x")])), (Some(2), expected));
}

#[test]
fn check_judges_the_file_without_starting() {
    let folder = folder();
    let file = folder.path().join("own.toml");
    let name = file.to_str().unwrap();
    fs::write(&file, format!("base-path = \"{}\"\n", folder.path().display())).unwrap();
    let checked = run(&["config", "check", name]);
    assert_eq!((checked.code, checked.stdout), (Some(0), format!("{name} is right\n")), "{}", checked.stderr);
    assert!(!folder.path().join("ziver_dev").exists());
    fs::write(&file, "chain = \"/nowhere/spec.json\"\n").unwrap();
    let (code, line) = (run(&["config", "check", name]).code, run(&["config", "check", name]).stderr);
    let expected = format!("ziver-host: {name}:1: chain: cannot read the chain spec /nowhere/spec.json: No such file");
    assert!(code == Some(2) && line.starts_with(&expected), "{line}");
    fs::write(&file, "\nlog = \"inof\"\n").unwrap();
    let expected = format!("ziver-host: {name}:2: log = \"inof\" is not allowed: \"inof\" is no level; error, warn,");
    let checked = run(&["config", "check", name]);
    assert!(ended(&checked).0 == Some(2) && ended(&checked).1.starts_with(&expected), "{}", checked.stderr);
    fs::write(&file, "chain = \"\"\n").unwrap();
    let expected = format!("ziver-host: {name}:1: chain: a chain spec's file, or dev, expected");
    assert_eq!(ended(&run(&["config", "check", name])), (Some(2), &*expected));
    let checked = run_with(&["config", "check"], &[("ZIVER_CHAIN", "/nowhere")]);
    assert!(checked.stderr.starts_with("ziver-host: ZIVER_CHAIN: chain: cannot read"), "{}", checked.stderr);
}

#[test]
fn print_tells_values_and_where_they_come_from() {
    let folder = folder();
    let file = folder.path().join("own.toml");
    fs::write(&file, "db-cache-mb = 64\n").unwrap();
    let name = file.to_str().unwrap();
    let printed = run_with(&["config", "print", "--config", name, "--tmp"], &[("ZIVER_LOG", "debug")]).stdout;
    let words: Vec<Vec<&str>> = printed.lines().map(|line| line.split_whitespace().collect()).collect();
    for expected in [
        &["db-cache-mb", "=", "64", "#", &format!("{name}:1")][..],
        &["tmp", "=", "true", "#", "flag"],
        &["log", "=", "\"debug\"", "#", "ZIVER_LOG"],
        &["rpc-port", "=", "8545", "#", "default"],
        &["#", "rpc-rate-limit", "=", "#", "not", "set:", "no", "limit"],
        // What follows from other options: it would hold on if it were no comment.
        &["#", "author", "=", "\"0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac\"", "#", "default"],
        &["#", "explorer", "=", "true", "#", "default"],
        &["#", "ws-port", "=", "8546", "#", "default"],
        &["#", "prometheus-port", "=", "9615", "#", "default"],
        &["#", "block-time-ms", "=", "2000", "#", "default"],
        &["#", "finality-lag", "=", "2", "#", "default"],
        &["#", "base-path", "=", "#", "not", "set:", "a", "temporary", "folder"],
    ] {
        assert!(words.iter().any(|line| line == expected), "{expected:?}: {printed}");
    }
    fs::write(&file, &printed).unwrap();
    let again = run(&["config", "print", "--config", name]).stdout;
    let said = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with("# with"));
        lines.map(|line| line.rsplit_once("  #").unwrap().0.trim().to_owned()).collect()
    };
    assert_eq!(said(&again), said(&printed));
    let manual = run(&["config", "print", "--sealing", "manual", "--rpc-port", "9000"]).stdout;
    for expected in ["# ws-port = \"none\" ", "# prometheus-port = ", "# block-time-ms = ", "# finality-lag = "] {
        assert!(manual.lines().any(|line| line.starts_with(expected)), "{expected}: {manual}");
    }
}

#[test]
fn development_chain_is_temporary() {
    let folder = folder();
    let node = Node::start_with(folder.path(), &["--dev"], &[("TMPDIR", folder.path())]);
    assert!(fs::read_dir(folder.path()).unwrap().next().is_some(), "the node keeps its chain elsewhere");
    node.stop();
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
}
