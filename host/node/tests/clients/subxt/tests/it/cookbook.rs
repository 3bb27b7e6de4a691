//! The program of `docs/clients.md` is the one that is compiled here, and it works.

use std::{path::Path, process::Command};

use ziver_subxt_tests::Node;

#[test]
fn program_of_the_cookbook_is_the_one_compiled_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_to_string(folder.ancestors().nth(5).unwrap().join("docs/clients.md")).unwrap();
    let (_, rest) = docs.split_once("```rust\n").expect("a program");
    let (program, _) = rest.split_once("```").unwrap();
    assert_eq!(program, std::fs::read_to_string(folder.join("src/bin/cookbook.rs")).unwrap());
}

#[test]
fn program_of_the_cookbook_shows_balance_and_events() {
    let node = Node::start();
    let output = Command::new(env!("CARGO_BIN_EXE_cookbook")).arg(node.url()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.starts_with("free: 1"), "{text}");
    assert!(text.contains("Balances.Transfer\n"), "{text}");
    assert!(text.ends_with("System.ExtrinsicSuccess\n"), "{text}");
}
