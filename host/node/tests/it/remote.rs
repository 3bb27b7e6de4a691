//! Commands that talk to a running node: transactions made, sent and followed, and the chain looked into.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::Stdio,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use ziver_primitives::transaction::DevelopmentAccount::{Alith, Charleth};

use crate::process::{Node, Output, command, folder, run};

/// Runs a command on the node.
fn ask(node: &Node, args: &[&str]) -> Output {
    run(&[args, &["--url", &format!("ws://{}", node.address)]].concat())
}

fn good(node: &Node, args: &[&str]) -> String {
    let Output { code, stdout, stderr } = ask(node, args);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}: {stdout}");
    stdout
}

fn json_of(node: &Node, args: &[&str]) -> Value {
    serde_json::from_str(&good(node, &[args, &["--json"]].concat())).unwrap()
}

/// Runs a command that must fail with one line, which is returned.
fn bad(node: &Node, args: &[&str]) -> String {
    let Output { code, stderr, .. } = ask(node, args);
    assert_eq!(code, Some(1), "{args:?}: {stderr}");
    assert!(stderr.starts_with("ziver-host: ") && stderr.lines().count() == 1, "{stderr}");
    stderr
}

const TO: &str = "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0";

#[test]
fn transfer_is_sent_followed_and_seen() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let before = json_of(&node, &["query", "account", "baltathar"]);
    let told = good(&node, &["tx", "transfer", TO, "1.5ZIV", "--suri", "//Alith", "--wait", "finalized"]);
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines[0], format!("signed by {} with nonce 0", Alith.account()));
    assert!(lines.contains(&"ready"), "{told}");
    assert!(lines.iter().any(|line| line.starts_with("in block 0x")), "{told}");
    assert!(told.contains("  Balances.Transfer ") && told.contains("amount=1.5 ZIV"), "{told}");
    assert!(lines.last().unwrap().starts_with("finalized in 0x"), "{told}");
    let after = json_of(&node, &["query", "account", TO]);
    let free = |account: &Value| account["data"]["free"].as_str().unwrap().parse::<u128>().unwrap();
    assert_eq!(free(&after) - free(&before), 1_500_000_000_000_000_000);
    assert_eq!(json_of(&node, &["query", "account", "//Alith"])["nonce"], 1);
    assert!(good(&node, &["query", "account", TO]).contains("Free:      "));
    assert_eq!(json_of(&node, &["query", "account", TO, "--at", "0"])["data"], before["data"]);
    let nobody = good(&node, &["query", "account", &format!("0x{}", "12".repeat(20))]);
    assert!(nobody.contains("There is no such account"), "{nobody}");
    node.stop();
}

#[test]
fn failed_calls_and_refused_transactions_end_with_code_1_and_say_why() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let told = bad(&node, &["tx", "transfer", TO, "99999999ZIV", "--suri", "//Alith"]);
    assert!(told.contains("the call failed: "), "{told}");
    let told = bad(&node, &["tx", "remark", "x", "--sudo", "--suri", "//Baltathar"]);
    assert!(told.contains("the call failed: Sudo.RequireSudo"), "{told}");
    let told = bad(&node, &["tx", "remark", "x", "--nonce", "0", "--suri", "//Baltathar"]);
    assert!(told.contains("author_submitAndWatchExtrinsic: Invalid Transaction") && told.contains("(1010)"), "{told}");
    let told = bad(&node, &["tx", "call", "Balances", "no_such", "--suri", "//Alith"]);
    assert!(told.contains("the runtime has no call `Balances.no_such`; it has: "), "{told}");
    let told = bad(&node, &["tx", "call", "Balances", "transfer_keep_alive", "--suri", "//Alith"]);
    assert!(told.contains("Balances.transfer_keep_alive takes dest, value; none is given"), "{told}");
    let wrong = "{\"dest\": 1, \"amount\": 2}";
    let told = bad(&node, &["tx", "call", "Balances", "transfer_keep_alive", wrong, "--suri", "//Alith"]);
    assert!(told.contains("takes dest, value; \"amount\" is none of them"), "{told}");
    let told = bad(&node, &["tx", "transfer", TO, "1", "--nonce", "900", "--timeout", "1", "--suri", "//Dorothy"]);
    assert!(told.contains("the transaction, with nonce 900, still waits for one with nonce 0"), "{told}");
    let url = format!("ws://{}", node.address);
    let shown = run(&["tx", "remark", "x", "--sudo", "--suri", "//Baltathar", "--url", &url]).stdout;
    assert!(shown.contains("System.ExtrinsicFailed dispatch_error=Sudo.RequireSudo "), "{shown}");
    let told = bad(&node, &["tx", "call", "Balances", "transfer_keep_alive", TO, "many", "--suri", "//Alith"]);
    assert!(told.contains("argument `value`"), "{told}");
    let told = bad(&node, &["tx", "set-code", "/dev/null", "--suri", "//Alith"]);
    assert!(told.contains("cannot read /dev/null: it is not a file"), "{told}");
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let told = bad(&node, &["tx", "set-code", pipe.to_str().unwrap(), "--suri", "//Alith"]);
    assert!(told.contains("pipe: it is not a file"), "{told}");
    let long = folder.path().join("long");
    fs::File::create(&long).unwrap().set_len((64 << 20) + 1).unwrap();
    let told = bad(&node, &["tx", "set-code", long.to_str().unwrap(), "--suri", "//Alith"]);
    assert!(told.contains("long: it is longer than 67108864 bytes"), "{told}");
    let told = bad(&node, &["tx", "send", "0x1234"]);
    assert!(told.contains("author_submitAndWatchExtrinsic: "), "{told}");
    node.stop();
    let told = run(&["query", "block", "--url", "ws://127.0.0.1:1"]);
    assert_eq!(told.code, Some(1));
    assert!(told.stderr.starts_with("ziver-host: cannot connect to ws://127.0.0.1:1: "), "{}", told.stderr);
}

#[test]
fn transactions_are_signed_without_a_node_and_sent_later() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let path = folder.path().join("metadata.hex");
    fs::write(&path, good(&node, &["metadata", "--raw"])).unwrap();
    let genesis = node.call("chain_getBlockHash", json!([0]));
    let sign = |args: &[&str]| {
        let all = ["tx", "sign", "Balances", "transfer_keep_alive"];
        let rest = ["--metadata", path.to_str().unwrap(), "--genesis-hash", genesis.as_str().unwrap()];
        run(&[&all[..], args, &rest, &["--spec-version", "1", "--nonce", "0", "--suri", "//Charleth"]].concat())
    };
    let signed = sign(&[TO, "20mZIV"]);
    assert_eq!(signed.code, Some(0), "{}", signed.stderr);
    let named = sign(&[&format!("{{\"dest\": \"{TO}\", \"value\": \"20000000000000000\"}}")]);
    assert_eq!(named.stdout, signed.stdout, "{}", named.stderr);
    let dry = ["tx", "transfer", TO, "20mZIV", "--era", "immortal", "--dry-run", "--suri", "//Charleth"];
    assert_eq!(good(&node, &dry), signed.stdout);
    assert_eq!(json_of(&node, &["query", "account", "charleth"])["nonce"], 0, "nothing was sent");
    let mortal = sign(&[TO, "1", "--era", "64"]);
    assert_eq!(mortal.code, Some(2), "{}", mortal.stderr);
    assert!(mortal.stderr.contains("needs --current-block and --birth-hash"), "{}", mortal.stderr);
    let born = sign(&[TO, "1", "--birth-hash", genesis.as_str().unwrap(), "--current-block", "0"]);
    assert_eq!(born.code, Some(2), "{}", born.stderr);
    assert!(born.stderr.contains("--birth-hash is for mortal transactions"), "{}", born.stderr);

    let mut send = command(&["tx", "send", "-", "--json", "--url", &format!("http://{}", node.address)]);
    let mut send = send.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    send.stdin.take().unwrap().write_all(signed.stdout.as_bytes()).unwrap();
    let output = send.wait_with_output().unwrap();
    assert!(output.status.success());
    let last = String::from_utf8(output.stdout).unwrap().lines().last().unwrap().to_owned();
    let last: Value = serde_json::from_str(&last).unwrap();
    assert_eq!((&last["status"], &last["error"]), (&json!("inBlock"), &json!(null)), "{last}");
    assert!(last["events"].as_array().unwrap().iter().any(|event| event["name"] == "Transfer"), "{last}");
    let submitted = good(&node, &["tx", "remark", "hello", "--wait", "submitted", "--suri", "//Charleth"]);
    assert!(submitted.contains("submitted 0x"), "{submitted}");
    node.stop();
}

#[test]
fn mortal_transactions_are_taken_where_finality_is_far_behind() {
    let folder = folder();
    // Nothing becomes final by itself.
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    for _ in 0..70 {
        node.call("engine_createBlock", json!([true, false]));
    }
    for (nonce, era) in [(1, "64"), (2, "4"), (3, "256"), (4, "65536")] {
        good(&node, &["tx", "transfer", TO, "1ZIV", "--era", era, "--wait", "submitted", "--suri", "//Alith"]);
        node.call("engine_createBlock", json!([false, false]));
        assert_eq!(json_of(&node, &["query", "account", "alith"])["nonce"], nonce, "era of {era} blocks");
    }
    node.stop();
}

#[test]
fn sudo_and_set_code_replace_the_runtime() {
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let told = good(
        &node,
        &["tx", "call", "System", "set_storage", "[[\"0x6b6579\", \"0x05\"]]", "--sudo", "--suri", "//Alith"],
    );
    assert!(told.contains("Sudo.Sudid"), "{told}");
    let blob = folder.path().join("upgraded.wasm");
    fs::write(&blob, ziver_wasm::UPGRADED).unwrap();
    let told = good(&node, &["tx", "set-code", blob.to_str().unwrap(), "--suri", "//Alith"]);
    assert!(
        told.contains("System.CodeUpdated") && told.contains("the runtime is ziver 2 from the next block on"),
        "{told}"
    );
    node.wait_for_block(node.best() + 2);
    // The old blocks are read by the old runtime's metadata, the new ones by the new.
    good(&node, &["query", "events", "1"]);
    good(&node, &["tx", "transfer", TO, "1", "--suri", "//Alith"]);
    let told = bad(&node, &["tx", "set-code", blob.to_str().unwrap(), "--suri", "//Alith"]);
    assert!(told.contains("the call failed: System.SpecVersionNeedsToIncrease"), "{told}");
    node.stop();
}

#[test]
fn blocks_events_and_storage_are_shown() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    let dry = ["tx", "transfer", TO, "1ZIV", "--suri", "//Alith", "--dry-run"];
    let transfer = good(&node, &dry);
    node.call("author_submitExtrinsic", json!([transfer.trim()]));
    let made = node.call("engine_createBlock", json!([true, true]))["hash"].clone();
    let hash = made.as_str().unwrap();

    let block = good(&node, &["query", "block"]);
    assert!(block.contains(&format!("Hash:    {hash}")), "{block}");
    assert!(block.contains("0  Timestamp.set now=") && block.contains("1  Balances.transfer_keep_alive "), "{block}");
    assert!(block.contains("value=1 ZIV") && block.contains(&format!("by {} (nonce 0)", Alith.account())), "{block}");
    let block = json_of(&node, &["query", "block", "1"]);
    assert_eq!(block["extrinsics"][1]["call"], "transfer_keep_alive");
    assert_eq!(json_of(&node, &["query", "block", hash])["hash"], block["hash"]);
    assert!(good(&node, &["query", "events", hash]).contains("extrinsic 1    Balances.Transfer "));
    let events = json_of(&node, &["query", "events"]);
    assert_eq!(events["events"][0]["phase"], json!({ "ApplyExtrinsic": 0 }));
    assert!(bad(&node, &["query", "block", "77"]).contains("block 77 is unknown to the node"));

    assert_eq!(good(&node, &["query", "storage", "System", "Number"]), "1\n");
    assert_eq!(good(&node, &["query", "storage", "System", "Number", "--at", "0"]), "0\n");
    let account = json_of(&node, &["query", "storage", "System", "Account", "//Baltathar"]);
    assert_eq!(account, json_of(&node, &["query", "storage", "System", "Account", TO]));
    assert_eq!(account, json_of(&node, &["query", "storage", "System", "Account", "baltathar"]));
    let all = good(&node, &["query", "storage", "System", "Account"]);
    assert!(
        all.contains(&Charleth.account().to_string().to_lowercase()) || all.contains(&Charleth.account().to_string()),
        "{all}"
    );
    assert!(all.ends_with("entries\n"), "{all}");
    let two = good(&node, &["query", "storage", "System", "Account", "--limit", "2"]);
    assert!(two.ends_with("There are more than 2 entries: see --limit.\n") && two.lines().count() == 3, "{two}");
    let error = bad(&node, &["query", "storage", "System", "Nothing"]);
    assert!(error.contains("the runtime has no storage item `System.Nothing`; it has: "), "{error}");
    let error = bad(&node, &["query", "storage", "System", "Number", "5"]);
    assert!(error.contains("System.Number takes no key; 1 is given"), "{error}");
    let error = bad(&node, &["query", "storage", "System", "Account", "alith", "5"]);
    assert!(error.contains("System.Account takes AccountId20; 2 are given"), "{error}");
    let error = bad(&node, &["query", "storage", "System", "Account", "0x12"]);
    assert!(error.contains("key 0"), "{error}");

    let table = good(&node, &["query", "blocks"]);
    let lines: Vec<_> = table.lines().collect();
    assert!(lines[0].starts_with("NUMBER  HASH") && lines.len() == 3, "{table}");
    assert!(lines[1].starts_with(&format!("1       {hash}")) && lines[1].ends_with("final"), "{table}");
    assert_eq!(json_of(&node, &["query", "blocks", "--last", "1"])[0]["transactions"], 1);
    node.stop();
}

#[test]
fn watch_tells_each_block_as_it_comes() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    for json in [false, true] {
        let mut watch = command(&["query", "blocks", "--watch", "--url", &format!("ws://{}", node.address)]);
        if json {
            watch.arg("--json");
        }
        let mut watch = watch.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines().map(Result::unwrap);
        let begin = node.best();
        let number = |line: String| match json {
            true => serde_json::from_str::<Value>(&line).unwrap()["number"].as_u64().unwrap(),
            false => line[1..].split(' ').next().unwrap().parse().unwrap(),
        };
        assert_eq!(number(lines.next().unwrap()), begin);
        for next in 1..=3 {
            node.call("engine_createBlock", json!([true, false]));
            assert_eq!(number(lines.next().unwrap()), begin + next);
        }
        kill(Pid::from_raw(watch.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
        watch.wait().unwrap();
    }
    let mut watch = command(&["query", "blocks", "--watch", "--url", &format!("ws://{}", node.address)]);
    let mut watch = watch.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    BufReader::new(watch.stdout.as_mut().unwrap()).read_line(&mut String::new()).unwrap();
    node.stop();
    let output = watch.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("ziver-host: the node ended the "), "{stderr}");
}

#[test]
fn metadata_is_shown_from_a_node_and_from_a_chain_spec() {
    let folder = folder();
    let node = Node::start(folder.path(), &["--sealing", "manual"]);
    let raw = good(&node, &["metadata", "--raw"]);
    assert!(raw.starts_with("0x6d657461"), "{}", &raw[..20]);
    assert_eq!(run(&["metadata", "--raw", "--chain", "dev"]).stdout, raw);
    let all = good(&node, &["metadata"]);
    assert!(all.contains("PALLET") && all.contains("Balances") && all.contains("CheckNonce"), "{all}");
    let one = good(&node, &["metadata", "--pallet", "Balances"]);
    assert!(one.contains("  transfer_keep_alive(dest: ") && one.contains("ExistentialDeposit"), "{one}");
    assert_eq!(json_of(&node, &["metadata", "--pallet", "System"])["index"], 0);
    assert!(json_of(&node, &["metadata"])["pallets"].is_array());
    assert!(
        bad(&node, &["metadata", "--pallet", "Nope"]).contains("the runtime has no pallet \"Nope\"; it has System")
    );
    node.stop();
}

#[test]
fn completions_are_taken_by_the_shell() {
    let Output { code, stdout, .. } = run(&["completions", "bash"]);
    assert_eq!(code, Some(0));
    let mut bash = std::process::Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(stdout.as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
    assert!(stdout.contains("export-blocks") && stdout.contains("--finality-lag"));
    for shell in ["zsh", "fish"] {
        assert!(run(&["completions", shell]).stdout.contains("export-blocks"));
    }
}

/// What bash offers for the last of these words.
fn offered(completion: &str, words: &[&str]) -> String {
    let quoted = words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let (last, before) = (words.last().unwrap(), words[words.len() - 2]);
    let script = format!(
        "{completion}\nCOMP_WORDS=({quoted}); COMP_CWORD={}\n_ziver__host ziver-host '{last}' '{before}'\necho \"${{COMPREPLY[*]}}\"",
        words.len() - 1
    );
    let mut bash = std::process::Command::new("bash");
    let mut bash =
        bash.arg("--norc").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bash_completes_words_and_options_at_every_depth() {
    let completion = run(&["completions", "bash"]).stdout;
    for (words, expected) in [
        (&["ziver-host", "che"][..], "check-chain"),
        (&["ziver-host", "query", "st"], "storage"),
        (&["ziver-host", "query", "blocks", "--wa"], "--watch"),
        (&["ziver-host", "key", "keystore", "cr"], "create"),
        (&["ziver-host", "export-blocks", "--bin"], "--binary"),
    ] {
        assert_eq!(offered(&completion, words).trim(), expected, "{words:?}");
    }
}

#[test]
fn wrong_values_name_option_value_and_what_is_allowed() {
    let cases: &[(&[&str], &str)] = &[
        (&["run", "--sealing", "never"], "'never' for '--sealing"),
        (&["build-spec", "--raw=1"], "'1' for '--raw'"),
        (&["check-chain", "--state-pruning", "some"], "'some' for '--state-pruning"),
        (
            &["export-blocks", "--from", "-1"],
            "'-1' for '--from <NUMBER>': a whole number from 0 to 4294967295 expected",
        ),
        (
            &["export-blocks", "--from", "99999999999999999999"],
            "for '--from <NUMBER>': a whole number from 0 to 4294967295",
        ),
        (&["revert", "-1"], "'-1' for '[N]'"),
        (&["export-blocks", "--to", "x"], "'x' for '--to <NUMBER>'"),
        (&["import-blocks", "--finality-lag", "5000"], "'5000' for '--finality-lag <N>': 5000 is not in 0..=4000"),
        (&["revert", "0"], "'0' for '[N]': 0 is not in 1.."),
        (&["export-state", "best"], "'best' for '[NUMBER|HASH]': a block number, or 0x and the 64 digits"),
        (&["purge-chain", "--no"], "'--no'"),
        (&["key", "generate", "--words", "15"], "'15' for '--words <12|24>': 12 or 24 expected"),
        (&["tx", "transfer", TO, "1DOT"], "'1DOT' for '<AMOUNT>': an amount like 1.5ZIV"),
        (&["tx", "transfer", "0x12", "1"], "'0x12' for '<TO>': an address is 0x followed by 40"),
        (&["tx", "transfer", "0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6E0", "1"], "the checksum of the address"),
        (&["tx", "remark", "x", "--era", "63"], "'63' for '--era <BLOCKS|immortal>': a power of two from 4 to 65536"),
        (&["tx", "remark", "x", "--tip", "much"], "'much' for '--tip <AMOUNT>': an amount like"),
        (&["tx", "remark", "x", "--nonce", "-1"], "'-1' for '--nonce <N>': a whole number from 0 to"),
        (
            &["tx", "transfer", TO, "1.5"],
            "'1.5' for '<AMOUNT>': 1.5 is more exact than the smallest unit; did you mean 1.5ZIV?",
        ),
        (
            &["tx", "remark", "x", "--wait", "soon"],
            "'soon' for '--wait <STATUS>'\n  [possible values: submitted, inBlock, finalized]",
        ),
        (&["tx", "remark", "0xzz"], "'0xzz' for '<TEXT>': pairs of hexadecimal digits expected after 0x"),
        (&["tx", "send", "12"], "'12' for '<HEX>': 0x and hexadecimal digits expected"),
        (&["tx", "sign", "A", "b", "--genesis-hash", "0x1"], "'0x1' for '--genesis-hash <HASH>': 0x and 64"),
        (&["query", "account", "Zoe"], "'Zoe' for '<ADDRESS>'"),
        (&["query", "block", "0x12"], "'0x12' for '[NUMBER|HASH]'"),
        (&["query", "blocks", "--last", "0"], "'0' for '--last <N>': 0 is not in 1..=1000"),
        (&["query", "blocks", "--url", "wss://x"], "'wss://x' for '--url <URL>': TLS is not built in"),
        (&["query", "blocks", "--url", "localhost"], "'localhost' for '--url <URL>': ws://HOST:PORT expected"),
        (&["query", "storage", "A", "B", "--limit", "0"], "'0' for '--limit <N>'"),
        (&["metadata", "--raw", "--json"], "cannot be used with '--json'"),
        (&["completions", "dos"], "'dos' for '<SHELL>'\n  [possible values: bash"),
        (&["nonsense"], "'nonsense'"),
    ];
    for (args, expected) in cases {
        let Output { code, stderr, .. } = run(args);
        assert_eq!(code, Some(2), "{args:?}: {stderr}");
        assert!(stderr.starts_with("error: ") && stderr.contains(expected), "{args:?}: {stderr}");
    }
}

/// Every command of the guide, as it is written there.
#[test]
fn commands_of_the_guide_do_what_it_says() {
    let guide = include_str!("../../../../docs/command-line.md");
    let folder = folder();
    let node = Node::start(folder.path(), &[]);
    let port = format!("127.0.0.1:{}", node.address.port());
    node.wait_for_block(3);
    let mut node = Some(node);
    for block in guide.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        // What is done to the stored chain needs the folder for itself.
        if block.starts_with("# without the node") {
            node.take().into_iter().for_each(Node::stop);
        }
        let script = block.replace("scripts/run ", "ziver-host ").replace("127.0.0.1:8545", &port);
        assert_script(&script, folder.path(), &port);
    }
}

/// Runs shell commands with the program in the path and the folder as the usual place of chains.
fn assert_script(script: &str, folder: &Path, port: &str) {
    let program = env!("CARGO_BIN_EXE_ziver-host");
    let wrapper = format!(
        "ziver-host() {{ case \"$1 ${{2-}}\" in 'tx sign'|key*) {program} \"$@\" ;; tx*|query*|metadata*|contract*) {program} \"$@\" --url ws://{port} ;; \
         export-*|import-*|check-*|revert*|purge-*) {program} \"$@\" --base-path {} ;; \
         *) {program} \"$@\" ;; esac; }}\nset -e\ncd {}\n{script}",
        folder.display(),
        folder.display(),
    );
    let output = std::process::Command::new("bash").args(["-c", &wrapper]).stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n{stderr}");
}
