//! Compiles this package for Wasm, as a contract, and leaves `contract.wasm` in `OUT_DIR`.

#[allow(dead_code, reason = "what it has for runtimes alone")]
#[path = "../../../runtime/wasm/build.rs"]
mod runtime;

use std::{fs, fs::File, path::Path};

/// The contract has a small stack, and what that and its own data leave of two pages of memory.
const LINKER: [&str; 4] = ["-C", "link-arg=-zstack-size=32768", "-C", "link-arg=--max-memory=131072"];

fn main() {
    if runtime::variable("CARGO_CFG_TARGET_FAMILY") == "wasm" {
        return;
    }
    let package = Path::new(&runtime::variable("CARGO_MANIFEST_DIR")).to_path_buf();
    let [benchmarks, root] =
        [1, 3].map(|up| package.ancestors().nth(up).expect("scripts/benchmarks/compute").to_path_buf());
    for path in ["runtime/wasm/build.rs", "scripts/benchmarks/compute", "scripts/benchmarks/Cargo.lock"] {
        println!("cargo:rerun-if-changed={}", root.join(path).display());
    }
    let out = Path::new(&runtime::variable("OUT_DIR")).to_path_buf();
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target_dir = out.ancestors().nth(4).expect("a target folder above OUT_DIR").join("wasm-compute");
    fs::create_dir_all(&target_dir).expect("the target folder is writable");
    let lock = File::create(target_dir.join(".ziver-lock")).expect("the target folder is writable");
    lock.lock().expect("the lock of the target folder");
    let std = runtime::wasm_std(&root);
    let mut cargo = runtime::cargo(&root, &std);
    let flags: Vec<_> = std.flags.iter().map(String::as_str).chain(LINKER).collect();
    cargo.current_dir(benchmarks).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    runtime::compile(cargo, "ziver-benchmarks-compute", &[], &target_dir, &out.join("contract.wasm"));
}
