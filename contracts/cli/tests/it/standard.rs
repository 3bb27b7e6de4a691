//! The standard contracts: their tests on the real runtime, and their pages.
//!
//! Each folder of `contracts/standard` is `NAME/NAME.zx`, tests in `NAME/tests` and a page, `NAME/README.md`. A new folder is found by itself.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Findings of `zxc verify` that are none: the calls of a proposal are bounded where it is made.
const ACCEPTED: [(&str, &str); 1] = [("dao", "W0604")];
/// What the ZRC-20 may have, in bytes.
const ZRC20_BYTES_MAX: usize = 12 * 1024;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names of all standard contracts; `tests` is what their tests share.
fn names() -> Vec<String> {
    let entries = fs::read_dir(repository().join("contracts/standard")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir() && entry.file_name() != "tests")
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 5, "{names:?}");
    names
}

fn folder(name: &str) -> PathBuf {
    repository().join("contracts/standard").join(name)
}

fn zxc(name: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zxc")).current_dir(folder(name)).args(arguments).output().unwrap()
}

fn assert_well(name: &str, output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{name}: {}{}", text(&output.stdout), text(&output.stderr));
}

/// The texts in quotes on a line that refuses something.
fn messages(source: &str) -> Vec<&str> {
    let refusals = source.lines().filter(|line| line.contains("require(") || line.contains("revert("));
    let quoted = refusals.filter_map(|line| line.rsplit('"').nth(1));
    quoted.filter(|message| !message.is_empty()).collect()
}

#[test]
fn each_contract_passes_its_tests() {
    for name in names() {
        let output = zxc(&name, &["test", "."]);
        assert_well(&name, &output);
    }
}

#[test]
fn each_contract_is_formatted_and_compiles_without_a_warning() {
    for name in names() {
        let file = format!("{name}.zx");
        let checked = zxc(&name, &["check", &file]);
        assert_well(&name, &checked);
        assert!(checked.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&checked.stderr));
        assert_well(&name, &zxc(&name, &["fmt", "--check", &file]));
    }
}

#[test]
fn nothing_unsafe_is_found_but_what_was_looked_at() {
    for name in names() {
        let output = zxc(&name, &["verify", &format!("{name}.zx")]);
        assert_well(&name, &output);
        let text = String::from_utf8(output.stderr).unwrap();
        let found: Vec<&str> = text.split("warning[").skip(1).filter_map(|finding| finding.split(']').next()).collect();
        let new: Vec<_> = found.iter().filter(|code| !ACCEPTED.contains(&(name.as_str(), code))).collect();
        assert!(new.is_empty(), "{name}: {text}");
    }
}

#[test]
fn each_contract_has_a_page_with_its_messages_and_is_listed() {
    let list = fs::read_to_string(repository().join("docs/standard-contracts.md")).unwrap();
    for name in names() {
        let page = fs::read_to_string(folder(&name).join("README.md")).unwrap();
        let source = fs::read_to_string(folder(&name).join(format!("{name}.zx"))).unwrap();
        assert!(list.contains(&format!("contracts/standard/{name}/README.md")), "{name} is not listed");
        for message in messages(&source) {
            assert!(page.contains(message), "the page of {name} does not have `{message}`");
        }
    }
}

#[test]
fn the_fungible_token_is_small() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().to_str().unwrap();
    assert_well("zrc20", &zxc("zrc20", &["build", "zrc20.zx", "--output", output]));
    let code = fs::read(folder.path().join("FungibleToken.wasm")).unwrap();
    assert!(code.len() < ZRC20_BYTES_MAX, "{} bytes", code.len());
}
