//! Build, check, format, metadata, new projects.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

const SOUND: &str = "contract Sound {\n    action view one() -> u8 { return 1 }\n}\n";
const WRONG: &str = "contract Wrong { action f() { g() } }\n";

pub fn zxc(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zxc")).current_dir(folder).args(arguments).output().unwrap()
}

pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

pub fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn build_writes_the_bundle_and_its_parts() {
    let folder = folder(&[("sound.zx", SOUND)]);
    let built = zxc(folder.path(), &["build", "sound.zx", "--output", "out"]);
    assert_eq!(code(&built), Some(0), "{}", String::from_utf8_lossy(&built.stderr));
    let wasm = fs::read(folder.path().join("out/Sound.wasm")).unwrap();
    assert_eq!(&wasm[..4], b"\0asm");
    let read = |name: &str| -> Value { serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap() };
    let (bundle, parts) = (read("out/Sound.contract"), read("out/Sound.json"));
    assert_eq!(bundle["source"]["wasm"].as_str().unwrap().len(), 2 + wasm.len() * 2);
    assert_eq!(bundle["source"]["hash"], parts["source"]["hash"]);
    assert_eq!(parts["source"].get("wasm"), None);
}

#[test]
fn a_program_with_errors_gives_1_and_no_file() {
    let folder = folder(&[("wrong.zx", WRONG)]);
    let built = zxc(folder.path(), &["build", "wrong.zx"]);
    assert_eq!(code(&built), Some(1));
    assert!(String::from_utf8_lossy(&built.stderr).starts_with("error[E0310]"));
    assert!(!folder.path().join("build").exists());
    assert_eq!(code(&zxc(folder.path(), &["check", "wrong.zx"])), Some(1));
    assert_eq!(code(&zxc(folder.path(), &["abi", "wrong.zx"])), Some(1));
}

#[test]
fn what_can_not_be_done_gives_2() {
    let folder = folder(&[]);
    for arguments in [&["build", "missing.zx"][..], &["check"], &["nothing"], &["new", "9lives"], &["new", "../up"]] {
        let output = zxc(folder.path(), arguments);
        assert_eq!(code(&output), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn problems_can_be_read_by_programs() {
    let folder = folder(&[("wrong.zx", WRONG), ("sound.zx", SOUND)]);
    let checked = zxc(folder.path(), &["check", "--json", "sound.zx", "wrong.zx"]);
    assert_eq!(code(&checked), Some(1));
    assert!(checked.stderr.is_empty());
    let lines: Vec<Value> =
        String::from_utf8(checked.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["code"], "E0310");
    assert_eq!(lines[0]["labels"][0]["file"], "wrong.zx");
    assert_eq!(lines[0]["labels"][0]["start"]["line"], 1);
}

#[test]
fn used_files_are_found_beside_the_file_that_uses_them() {
    let folder = folder(&[("a.zx", "use \"parts/b.zx\"\ncontract A { data x = b() }\n")]);
    fs::create_dir(folder.path().join("parts")).unwrap();
    fs::write(folder.path().join("parts/b.zx"), "use \"c.zx\"\nexport action b() -> u8 { return c() }\n").unwrap();
    fs::write(folder.path().join("parts/c.zx"), "export action c() -> u8 { return 7 }\n").unwrap();
    assert_eq!(code(&zxc(folder.path(), &["check", "a.zx"])), Some(0));
    let absolute = folder.path().join("a.zx").display().to_string();
    assert_eq!(code(&zxc(Path::new("/"), &["check", &absolute])), Some(0));
}

#[test]
fn fmt_formats_and_check_only_tells() {
    let folder = folder(&[("a.zx", "contract  A{}"), ("b.zx", SOUND), ("c.zx", "contract {")]);
    let before = zxc(folder.path(), &["fmt", "--check", "a.zx", "b.zx"]);
    assert_eq!(code(&before), Some(1));
    assert_eq!(String::from_utf8_lossy(&before.stderr), "a.zx is not formatted\n");
    assert_eq!(fs::read_to_string(folder.path().join("a.zx")).unwrap(), "contract  A{}");
    assert_eq!(code(&zxc(folder.path(), &["fmt", "a.zx"])), Some(0));
    assert_eq!(code(&zxc(folder.path(), &["fmt", "--check", "a.zx", "b.zx"])), Some(0));
    assert_eq!(code(&zxc(folder.path(), &["fmt", "c.zx"])), Some(1));
    assert_eq!(fs::read_to_string(folder.path().join("c.zx")).unwrap(), "contract {");
}

#[test]
fn a_new_contract_compiles_is_formatted_and_passes_its_tests() {
    let folder = folder(&[]);
    assert_eq!(code(&zxc(folder.path(), &["new", "my_token"])), Some(0));
    let built = zxc(folder.path(), &["build", "my_token/my_token.zx"]);
    assert_eq!(code(&built), Some(0), "{}", String::from_utf8_lossy(&built.stderr));
    assert!(folder.path().join("build/MyToken.contract").exists());
    assert_eq!(code(&zxc(folder.path(), &["fmt", "--check", "my_token/my_token.zx"])), Some(0));
    assert_eq!(code(&zxc(folder.path(), &["new", "my_token"])), Some(2));
    assert_eq!(code(&zxc(folder.path(), &["fmt", "--check", "my_token/tests/my_token.zx"])), Some(0));
    let tested = zxc(folder.path(), &["test", "my_token"]);
    assert_eq!(code(&tested), Some(0), "{}", String::from_utf8_lossy(&tested.stderr));
    assert!(String::from_utf8_lossy(&tested.stderr).ends_with("2 passed, 0 failed\n"));
}

#[test]
fn abi_shows_the_metadata() {
    let folder = folder(&[("two.zx", "contract A {}\ncontract B { action f() {} }\n")]);
    assert_eq!(code(&zxc(folder.path(), &["abi", "two.zx"])), Some(1));
    let shown = zxc(folder.path(), &["abi", "two.zx", "--contract", "B"]);
    let json: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(json["spec"]["messages"][0]["label"], "f");
}
