//! Blocks and states out of one folder and into another, and blocks taken back.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::Stdio,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use ziver_primitives::transaction::DevelopmentAccount::{Alith, Baltathar};

use crate::{
    client,
    process::{Node, Output, command, folder, run},
    wallet::Wallet,
};

/// A folder in which a node made some blocks with transfers.
struct Made {
    folder: TempDir,
    best: u64,
}

impl Made {
    fn new() -> Self {
        let folder = folder();
        // Nothing is final, so that there is something to revert.
        let node = Node::start(folder.path(), &["--sealing", "manual", "--finality-lag", "6"]);
        let mut wallet = Wallet::new(&node, Alith);
        for _ in 0..10 {
            let transfer = wallet.transfer(Baltathar.account());
            client::result(node.address, "author_submitExtrinsic", json!([transfer]));
            client::result(node.address, "engine_createBlock", json!([true, false]));
        }
        let best = node.best();
        node.stop();
        Self { folder, best }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Runs a command that must succeed; returns stdout.
fn good(args: &[&str], base: &Path) -> String {
    let Output { code, stdout, stderr } = run(&[args, &["--base-path", text(base)]].concat());
    assert_eq!(code, Some(0), "{args:?}: {stderr}");
    stdout
}

/// Runs a command that must fail with one line on stderr, which is returned.
fn bad(args: &[&str], base: &Path) -> String {
    failed_with(1, args, base)
}

/// The same for a command that can't be meant, whatever the folder holds.
fn misused(args: &[&str], base: &Path) -> String {
    failed_with(2, args, base)
}

fn failed_with(expected: i32, args: &[&str], base: &Path) -> String {
    let Output { code, stderr, .. } = run(&[args, &["--base-path", text(base), "--log", "off"]].concat());
    assert_eq!(code, Some(expected), "{args:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    stderr
}

fn header(base: &Path, number: u64) -> Value {
    let number = number.to_string();
    let line = good(&["export-blocks", "--from", &number, "--to", &number], base);
    serde_json::from_str::<Value>(&line).unwrap()["block"]["header"].clone()
}

#[test]
fn exported_blocks_make_the_same_chain_in_an_empty_folder() {
    let made = Made::new();
    for (name, binary) in [("blocks.json", &[][..]), ("blocks.bin", &["--binary"])] {
        let file = made.path(name);
        let told = good(&[&["export-blocks", text(&file)], binary].concat(), made.folder.path());
        assert!(told.contains(&format!("{} blocks, from 1 to {0}", made.best)), "{told}");
        let other = folder();
        let told = good(&[&["import-blocks", text(&file)], binary].concat(), other.path());
        assert!(told.starts_with("10 blocks imported (0 were there already)"), "{told}");
        assert_eq!(header(other.path(), made.best), header(made.folder.path(), made.best));
        assert!(good(&["check-chain"], other.path()).contains("10 blocks are right"));
        let again = good(&["import-blocks", text(&file)], other.path());
        assert!(again.starts_with("0 blocks imported (10 were there already)"), "{again}");
    }
}

#[test]
fn import_goes_on_where_a_truncated_file_ended() {
    let made = Made::new();
    let file = made.path("blocks.bin");
    good(&["export-blocks", text(&file), "--binary"], made.folder.path());
    let bytes = fs::read(&file).unwrap();
    let other = folder();
    let cut = made.path("cut.bin");
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let error = bad(&["import-blocks", text(&cut)], other.path());
    assert!(error.contains("the file is truncated: it ends in block") && error.contains("of 10"), "{error}");
    let mut import = command(&["import-blocks", "-", "--base-path", text(other.path())]);
    let mut import = import.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    import.stdin.take().unwrap().write_all(&bytes).unwrap();
    let output = import.wait_with_output().unwrap();
    assert!(output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    let known: u64 = told.split(['(', ' ']).nth(4).unwrap().parse().unwrap();
    assert!(known > 0 && told.starts_with(&format!("{} blocks imported", 10 - known)), "{told}");
    assert_eq!(header(other.path(), 10), header(made.folder.path(), 10));
}

#[test]
fn import_stops_at_the_first_bad_block_and_names_it() {
    let made = Made::new();
    let lines = good(&["export-blocks"], made.folder.path());
    let mut blocks: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    blocks[4]["block"]["header"]["stateRoot"] = json!(format!("0x{}", "7".repeat(64)));
    let file = made.path("bad.json");
    fs::write(&file, blocks.iter().map(|block| format!("{block}\n")).collect::<String>()).unwrap();
    let other = folder();
    let error = bad(&["import-blocks", text(&file)], other.path());
    assert!(error.contains("block 5: ") && error.contains("state root"), "{error}");
    let last = good(&["export-blocks"], other.path());
    assert_eq!(last.lines().count(), 4, "what came before is stored");
    // Without the fourth, the fifth has no parent.
    fs::write(&file, format!("{}\n", blocks[9])).unwrap();
    let error = bad(&["import-blocks", text(&file)], other.path());
    assert!(error.contains("block 10: parent 0x") && error.contains("is unknown"), "{error}");
}

#[test]
fn files_that_are_none_are_refused_and_no_chain_is_begun() {
    let folder = folder();
    let file = folder.path().join("noise");
    fs::write(&file, "no blocks at all").unwrap();
    let base = folder.path().join("base");
    for (args, expected) in [
        (["import-blocks", text(&file)], "this is no file of blocks"),
        (["import-blocks", "/nowhere"], "cannot read /nowhere: No such file"),
        (["import-blocks", "/"], "cannot read /: it is a folder"),
        (["import-blocks", "-"], "stdin: this is no file of blocks"),
    ] {
        let error = bad(&args, &base);
        assert!(error.contains(expected), "{error}");
        assert!(!base.exists());
    }
    assert!(bad(&["export-blocks"], &base).contains("there is no chain in"));
    assert!(bad(&["revert"], &base).contains("there is no chain in"));
    assert!(bad(&["export-state"], &base).contains("there is no chain in"));
}

#[test]
fn impossible_ranges_and_places_are_refused() {
    let made = Made::new();
    let base = made.folder.path();
    assert!(bad(&["export-blocks", "--to", "11"], base).contains("--to 11: the best block is 10"));
    for base in [base, Path::new("/nowhere")] {
        let told = misused(&["export-blocks", "--from", "8", "--to", "7"], base);
        assert!(told.contains("--to 7 is below --from 8, the first block"), "{told}");
        let told = misused(&["export-blocks", "--to", "0"], base);
        assert!(told.contains("--to 0 is below --from 1"), "{told}");
    }
    assert!(bad(&["export-blocks", "--from", "11"], base).contains("--from 11 is above the best block, 10"));
    assert!(bad(&["export-blocks", "/nowhere/file"], base).contains("cannot write /nowhere/file: No such file"));
    assert!(bad(&["export-state", "11"], base).contains("block 11 is unknown; the best block is 10"));
    let hash = format!("0x{}", "7".repeat(64));
    assert!(bad(&["export-state", &hash], base).contains("is unknown"));
}

#[test]
fn reader_of_stdout_may_go() {
    let made = Made::new();
    let mut export = command(&["export-state", "--base-path", text(made.folder.path())]);
    let mut export = export.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(export.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "{\n");
    let output = export.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn reverted_blocks_are_gone_after_a_restart() {
    let made = Made::new();
    let base = made.folder.path();
    let fifth = header(base, 5);
    let told = good(&["revert", "3"], base);
    assert!(told.starts_with("reverted 3 blocks: best is 7 0x"), "{told}");
    assert!(bad(&["export-blocks", "--to", "8"], base).contains("the best block is 7"));
    let told = good(&["revert"], base);
    assert!(told.starts_with("reverted 3 blocks: best is 4 0x"), "{told}");
    assert!(told.contains("block 4 is final: what is final can't be reverted"), "{told}");
    let told = good(&["revert", "1"], base);
    assert!(told.starts_with("nothing was reverted: best is 4 0x"), "{told}");
    assert!(good(&["check-chain"], base).contains("4 blocks are right"));
    let node = Node::start(base, &[]);
    node.wait_for_block(6);
    node.stop();
    assert_ne!(header(base, 5), fifth);
}

/// Names of scratch databases in a chain's folder.
fn scratch(chain: &Path) -> Vec<String> {
    let names = fs::read_dir(chain).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("check-")).collect()
}

#[test]
fn interrupted_check_leaves_nothing_behind_and_the_next_removes_what_a_killed_one_left() {
    let made = Made::new();
    let chain = made.path("ziver_dev");
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130), (Signal::SIGHUP, 129)] {
        let mut check = command(&["check-chain", "--log", "off", "--base-path", text(made.folder.path())]);
        let mut check = check.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while scratch(&chain).is_empty() {
            assert_eq!(check.try_wait().unwrap(), None, "it ended before it began to check");
            std::thread::yield_now();
        }
        kill(Pid::from_raw(check.id().try_into().unwrap()), signal).unwrap();
        let output = check.wait_with_output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains(&format!("ended by {signal}")), "{told}");
        assert_eq!(scratch(&chain), Vec::<String>::new());
    }
    fs::create_dir_all(chain.join("check-A1b2C3/db")).unwrap();
    fs::write(chain.join("check-A1b2C3/db/CURRENT"), "x").unwrap();
    assert!(good(&["check-chain"], made.folder.path()).contains("10 blocks are right"));
    assert_eq!(scratch(&chain), Vec::<String>::new());
}

#[test]
fn counts_of_one_and_none_are_words_that_fit() {
    let made = Made::new();
    let file = made.path("one.json");
    let told = good(&["export-blocks", text(&file), "--from", "10"], made.folder.path());
    assert_eq!(told, format!("1 block, 10, is in {}\n", file.display()));
    assert!(good(&["revert", "1"], made.folder.path()).starts_with("reverted 1 block: "));
    let empty = folder();
    Node::start(empty.path(), &["--sealing", "manual"]).stop();
    let told = good(&["check-chain"], empty.path());
    assert!(told.starts_with("the chain has no block but the first, which is right, and "), "{told}");
}

#[test]
fn chain_starts_from_an_exported_state() {
    let made = Made::new();
    for at in [&[][..], &["7"]] {
        let spec = made.path("state.json");
        fs::write(&spec, good(&[&["export-state"], at].concat(), made.folder.path())).unwrap();
        let raw = run(&["build-spec", "--raw", "--chain", text(&spec)]);
        assert_eq!(raw.stdout, fs::read_to_string(&spec).unwrap(), "{}", raw.stderr);
        let other = folder();
        let node = Node::start(other.path(), &["--chain", text(&spec)]);
        let root =
            node.call("chain_getHeader", json!([node.call("chain_getBlockHash", json!([0]))]))["stateRoot"].clone();
        let number = at.first().map_or(made.best, |number| number.parse().unwrap());
        assert_eq!(root, header(made.folder.path(), number)["stateRoot"]);
        assert_eq!(node.call("account_nextIndex", json!([Alith.account().to_string()])), json!(number));
        node.wait_for_block(2);
        let mut wallet = Wallet::new(&node, Alith);
        client::result(node.address, "author_submitExtrinsic", json!([wallet.transfer(Baltathar.account())]));
        node.wait_for_block(node.best() + 2);
        assert_eq!(node.call("account_nextIndex", json!([Alith.account().to_string()])), json!(number + 1));
        node.stop();
    }
}
