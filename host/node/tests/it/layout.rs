//! The rules on which crate may import which, held against the manifests (`docs/architecture.md`).
//!
//! All kinds of dependencies count, those of tests and build scripts too.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::Value;

/// A crate: its folder, the names of what it imports, and of those what it imports for more than tests.
struct Crate {
    folder: String,
    imports: Vec<String>,
    runs: Vec<String>,
}

fn crates() -> BTreeMap<String, Crate> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let command = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(env!("CARGO")).args(command).current_dir(root).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let describe = |package: &Value| {
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap();
        let folder = folder.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let dependencies = package["dependencies"].as_array().unwrap();
        let name = |dependency: &Value| dependency["name"].as_str().unwrap().to_owned();
        let imports = dependencies.iter().map(name).collect();
        let runs = dependencies.iter().filter(|dependency| dependency["kind"] != "dev").map(name).collect();
        (name(package), Crate { folder, imports, runs })
    };
    let crates: BTreeMap<_, _> = metadata["packages"].as_array().unwrap().iter().map(describe).collect();
    assert!(crates.len() > 10, "the workspace was found");
    crates
}

/// Asserts that `allowed` holds for each import among our own crates, by their folders.
fn assert_imports(rule: &str, applies: impl Fn(&str) -> bool, allowed: impl Fn(&str, &str) -> bool) {
    let crates = crates();
    let importers: Vec<_> = crates.values().filter(|importer| applies(&importer.folder)).collect();
    assert!(!importers.is_empty(), "{rule}: no crate is meant");
    for importer in importers {
        for imported in importer.imports.iter().filter_map(|name| crates.get(name)) {
            let (from, to) = (&importer.folder, &imported.folder);
            assert!(allowed(from, to), "{rule}: {from} imports {to}");
        }
    }
}

#[test]
fn primitives_import_nothing_of_ours() {
    assert_imports("nothing", |from| from == "runtime/primitives", |_, _| false);
    assert_imports("the blob is bytes", |from| from == "runtime/wasm", |_, _| false);
}

#[test]
fn trie_support_and_pool_import_primitives_alone() {
    for folder in ["runtime/trie", "pallets/support", "host/pool"] {
        assert_imports("primitives alone", |from| from == folder, |_, to| to == "runtime/primitives");
    }
}

#[test]
fn rpc_imports_primitives_and_what_reads_metadata() {
    let allowed = |_: &str, to: &str| ["runtime/primitives", "host/metadata"].contains(&to);
    assert_imports("no chain behind RPC", |from| from == "host/rpc", allowed);
}

#[test]
fn metadata_imports_primitives_and_for_its_tests_what_runs_the_blob() {
    let allowed = |_: &str, to: &str| ["runtime/primitives", "runtime/wasm", "host/executor"].contains(&to);
    assert_imports("metadata knows no chain", |from| from == "host/metadata", allowed);
}

#[test]
fn compiler_imports_primitives_alone() {
    let tests = ["host/fuzz", "pallets/contracts"];
    let allowed = |_: &str, to: &str| to == "runtime/primitives" || tests.contains(&to);
    assert_imports("words of the ABI", |from| from == "contracts/zxc", allowed);
    let zxc = crates().remove("zxc").unwrap();
    assert!(!zxc.runs.iter().any(|name| ["ziver-fuzz", "ziver-contracts"].contains(&&**name)), "for its tests alone");
}

#[test]
fn command_line_of_contracts_imports_the_compiler_and_what_runs_the_blob() {
    let allowed = |_: &str, to: &str| {
        let lower = ["host/executor", "host/metadata"];
        lower.contains(&to) || ["contracts/zxc", "runtime/primitives", "runtime/wasm"].contains(&to)
    };
    assert_imports("tests of contracts need no node", |from| from == "contracts/cli", allowed);
}

#[test]
fn pallets_import_pallets_and_primitives() {
    let allowed = |_: &str, to: &str| to.starts_with("pallets/") || to == "runtime/primitives";
    assert_imports("pallets never import the host or the runtime", |from| from.starts_with("pallets/"), allowed);
}

#[test]
fn runtime_imports_pallets_and_primitives() {
    let allowed = |_: &str, to: &str| to.starts_with("pallets/") || to == "runtime/primitives";
    assert_imports("the runtime composes pallets", |from| from == "runtime", allowed);
}

#[test]
fn host_imports_no_pallet_and_no_runtime_but_its_bytes() {
    let allowed = |from: &str, to: &str| {
        to.starts_with("host/")
            || ["runtime/primitives", "runtime/trie", "runtime/wasm"].contains(&to)
            || (from, to) == ("host/node", "contracts/zxc")
            // What their tests try contracts with.
            || ["host/executor", "host/fuzz"].contains(&from) && ["pallets/contracts", "pallets/support"].contains(&to)
    };
    assert_imports("the host knows no pallet", |from| from.starts_with("host/"), allowed);
    let crates = crates();
    for name in ["ziver-executor", "ziver-fuzz"] {
        let runs = &crates[name].runs;
        assert!(
            !runs.iter().any(|name| ["ziver-contracts", "ziver-support"].contains(&&**name)),
            "{name} without tests"
        );
    }
}

#[test]
fn only_the_node_joins_engine_and_rpc() {
    let joins = |from: &str| from == "host/node";
    assert_imports("rpc and engine", |from| !joins(from), |_, to| to != "host/rpc");
    assert_imports("rpc and engine", |from| from == "host/rpc", |_, to| to != "host/engine");
}

#[test]
fn nothing_imports_a_crate_of_tests_but_the_tests_of_the_node() {
    assert_imports("tests alone", |_| true, |_, to| to != "host/conformance");
    let targets = ["host/node", "contracts/zxc"];
    assert_imports("tests alone", |from| !targets.contains(&from), |_, to| to != "host/fuzz");
    let node = crates().remove("ziver-node").unwrap();
    assert!(!node.runs.iter().any(|name| name == "ziver-fuzz"), "the program has no fuzz target");
}

#[test]
fn lower_host_crates_never_import_higher_ones() {
    let order = ["host/db", "host/state", "host/executor", "host/chain", "host/engine", "host/node"];
    let place = |folder: &str| order.iter().position(|name| *name == folder);
    assert_imports(
        "layers",
        |from| place(from).is_some(),
        |from, to| place(to).is_none_or(|to| Some(to) < place(from)),
    );
}

#[test]
fn async_runtime_stays_in_rpc_and_node() {
    for (name, one) in crates() {
        let may = ["host/rpc", "host/node", "host/network"].contains(&one.folder.as_str());
        for import in &one.imports {
            assert!(
                may || !["tokio", "jsonrpsee", "tower", "tower-http"].contains(&import.as_str()),
                "{name} imports {import}"
            );
        }
    }
}

#[test]
fn crates_are_named_after_their_folders() {
    for (name, one) in crates() {
        let last = one.folder.rsplit('/').next().unwrap();
        // The compiler bears the name of its program.
        let is_compiler = name == "zxc" || (name == "zxc-cli" && one.folder == "contracts/cli");
        assert!(name == format!("ziver-{last}") || is_compiler, "{name} in {}", one.folder);
    }
}
