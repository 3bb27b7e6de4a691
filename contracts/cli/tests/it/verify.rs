//! `zxc verify`.

use std::fs;

use serde_json::Value;

use crate::commands::{code, folder, zxc};

const OWNED: &str =
    "contract Owned {\n    data owner = TX.caller\n    state n = 0\n\n    action set(m: integer) { n = m }\n}\n";

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn code_of_the_source_is_recognised_and_other_code_is_not() {
    let folder = folder(&[("a.zx", "contract A { action view one() -> u8 { return 1 } }\n")]);
    assert_eq!(code(&zxc(folder.path(), &["build", "a.zx"])), Some(0));
    let verify = |arguments: &[&str]| zxc(folder.path(), &[&["verify", "a.zx"], arguments].concat());
    for file in ["build/A.contract", "build/A.wasm"] {
        let output = verify(&["--against", file]);
        assert_eq!(code(&output), Some(0), "{}", said(&output));
    }
    let bundle: Value = serde_json::from_slice(&fs::read(folder.path().join("build/A.json")).unwrap()).unwrap();
    let hash = bundle["source"]["hash"].as_str().unwrap();
    assert_eq!(code(&verify(&["--code-hash", hash])), Some(0));
    let output = verify(&["--json", "--code-hash", hash]);
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&verdict["code_hash"], &verdict["matches"]), (&Value::from(hash), &Value::from(true)));
    fs::write(folder.path().join("a.zx"), "contract A { action view one() -> u8 { return 2 } }\n").unwrap();
    for arguments in [["--against", "build/A.contract"], ["--against", "build/A.wasm"], ["--code-hash", hash]] {
        let output = verify(&arguments);
        assert_eq!(code(&output), Some(1));
        assert!(said(&output).contains("this is other code"), "{}", said(&output));
    }
}

#[test]
fn what_is_no_code_is_refused() {
    let bundle = r#"{"source": {"hash": "0x00", "wasm": "0x0061736d"}}"#;
    let folder = folder(&[("a.zx", "contract A {}\n"), ("text", "hello"), ("empty.json", "{}"), ("lies.json", bundle)]);
    for arguments in [
        ["--against", "text"],
        ["--against", "empty.json"],
        ["--against", "lies.json"],
        ["--against", "missing"],
        ["--code-hash", "0x12"],
    ] {
        let output = zxc(folder.path(), &[&["verify", "a.zx"], &arguments[..]].concat());
        assert_eq!(code(&output), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn findings_are_warnings_unless_they_are_to_be_errors() {
    let folder = folder(&[("a.zx", OWNED)]);
    let output = zxc(folder.path(), &["verify", "a.zx"]);
    assert_eq!(code(&output), Some(0));
    assert!(said(&output).starts_with("warning[W0602]"), "{}", said(&output));
    assert_eq!(code(&zxc(folder.path(), &["verify", "--strict", "a.zx"])), Some(1));
    assert_eq!(code(&zxc(folder.path(), &["check", "a.zx"])), Some(0));
    fs::write(folder.path().join("a.zx"), "contract A { action f() { g() } }\n").unwrap();
    assert_eq!(code(&zxc(folder.path(), &["verify", "a.zx"])), Some(1));
}
