//! Compiles this package for Wasm, by the functions that build the chain's runtime, and leaves `guest.wasm` in `OUT_DIR`.

#[allow(dead_code, reason = "its `main` is the other script's")]
#[path = "../../../runtime/wasm/build.rs"]
mod runtime;

use std::{fs, fs::File, path::Path};

fn main() {
    if runtime::variable("CARGO_CFG_TARGET_FAMILY") == "wasm" {
        return;
    }
    let package = Path::new(&runtime::variable("CARGO_MANIFEST_DIR")).to_path_buf();
    let [benchmarks, root] =
        [1, 3].map(|up| package.ancestors().nth(up).expect("scripts/benchmarks/guest").to_path_buf());
    for path in ["runtime", "pallets", "scripts/benchmarks/guest", "scripts/benchmarks/Cargo.lock"] {
        println!("cargo:rerun-if-changed={}", root.join(path).display());
    }
    let out = Path::new(&runtime::variable("OUT_DIR")).to_path_buf();
    // OUT_DIR is <target>/<profile>/build/<package>/out.
    let target_dir = out.ancestors().nth(4).expect("a target folder above OUT_DIR").join("wasm-guest");
    fs::create_dir_all(&target_dir).expect("the target folder is writable");
    let lock = File::create(target_dir.join(".ziver-lock")).expect("the target folder is writable");
    lock.lock().expect("the lock of the target folder");
    let mut cargo = runtime::cargo(&root, &runtime::wasm_std(&root));
    cargo.current_dir(benchmarks);
    runtime::compile(cargo, "ziver-benchmarks-guest", &[], &target_dir, &out.join("guest.wasm"));
}
