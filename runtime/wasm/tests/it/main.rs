//! The blob: the same from every folder, and recognisable without running it.
//!
//! Tests whose names end in `_slow` build the runtime again.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The checkout.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

/// Copies what cargo needs of `from`; neither build products nor Node's modules.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if ["target", "node_modules", ".git"].iter().any(|skipped| entry.file_name() == *skipped) {
            continue;
        }
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy(&source, &target),
            kind if kind.is_file() => drop(fs::copy(&source, &target).unwrap()),
            _ => {}
        }
    }
}

#[test]
fn blob_built_in_another_folder_has_the_same_bytes_slow() {
    let elsewhere = tempfile::tempdir().unwrap();
    let root = elsewhere.path().join("a folder with another name");
    copy(&workspace(), &root);
    let target = root.join("target");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(&root).args(["build", "--locked", "--package", "ziver-wasm", "--target-dir"]).arg(&target);
    let output = cargo.env_remove("CARGO_TARGET_DIR").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let packages = fs::read_dir(target.join("debug/build")).unwrap().map(|entry| entry.unwrap().path());
    let blobs: Vec<_> = packages.map(|package| package.join("out/runtime.wasm")).filter(|blob| blob.exists()).collect();
    assert_eq!(blobs.len(), 1);
    assert!(fs::read(&blobs[0]).unwrap() == ziver_wasm::RUNTIME, "the two blobs differ");
}

/// Whether `blob` holds `text` somewhere.
fn holds(blob: &[u8], text: &str) -> bool {
    blob.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn blob_carries_its_version_and_no_path_of_this_machine() {
    assert!(ziver_wasm::RUNTIME.starts_with(b"\0asm\x01\0\0\0"));
    for text in ["runtime_version", "runtime_apis", "__heap_base"] {
        assert!(holds(ziver_wasm::RUNTIME, text), "{text}");
    }
    assert!(!holds(ziver_wasm::RUNTIME, &workspace().display().to_string()));
    assert!(!holds(ziver_wasm::RUNTIME, "registry/src"));
}
