//! What the scripts do when a step fails, and the variables that they know.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use crate::process::folder;

fn write_program(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Calls `scripts/run` of a checkout with this set-up and this cargo, where an older build of the program lies.
fn run_with(setup: &str, cargo: &str) -> Output {
    let folder = folder();
    let (checkout, programs) = (folder.path().join("checkout"), folder.path().join("programs"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/run");
    write_program(&checkout.join("scripts/setup"), setup);
    fs::copy(script, checkout.join("scripts/run")).unwrap();
    write_program(&checkout.join("target/release/ziver-host"), "echo \"started with $*\"");
    let metadata = format!("{{\"target_directory\":\"{}\"}}", checkout.join("target").display());
    write_program(&programs.join("cargo"), &format!("case $1 in build) {cargo} ;; *) echo '{metadata}' ;; esac"));
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    Command::new(checkout.join("scripts/run")).arg("--tmp").env("PATH", path).output().unwrap()
}

/// Names that begin with `ZIVER_`.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let is_of_name = |letter: char| letter.is_ascii_uppercase() || letter == '_';
    text.split(move |letter| !is_of_name(letter)).filter(|word| word.starts_with("ZIVER_") && !word.ends_with('_'))
}

#[test]
fn variables_of_scripts_and_clients_are_in_the_guides() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let guides = ["docs/testing.md", "docs/operator.md"].map(|guide| fs::read_to_string(root.join(guide)).unwrap());
    let known: BTreeSet<_> = guides.iter().flat_map(|guide| variables(guide)).collect();
    for folder in ["scripts", "host/node/tests/clients", "host/node/tests/it", "host/fuzz/src"] {
        let paths = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        let mut found = 0;
        for path in paths.filter(|path| path.is_file()) {
            let text = fs::read_to_string(&path).unwrap();
            for name in variables(&text) {
                assert!(known.contains(name), "{name}, of {}, is in no table of docs", path.display());
                found += 1;
            }
        }
        assert!(found > 0, "{folder}");
    }
}

#[test]
fn run_starts_the_program_that_it_built() {
    let output = run_with("exit 0", "exit 0");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "started with --tmp\n", "{output:?}");
}

#[test]
fn run_starts_nothing_if_set_up_or_build_fail() {
    for (setup, cargo) in [("exit 3", "exit 0"), ("exit 0", "exit 3")] {
        let output = run_with(setup, cargo);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b""[..]), "{output:?}");
    }
}
