//! Builds `ziver-runtime` for Wasm by a second cargo and leaves `runtime.wasm` (with the feature `upgraded` also
//! `runtime-upgraded.wasm`) in `OUT_DIR`.
//!
//! The second cargo gets none of the first one's flags, wrappers and profiles. Its compiler flags are exactly those of
//! [`flags`]: what finds `core` (see [`wasm_std`]), the exports of the Polkadot Host API, and path prefixes mapped to
//! fixed names, so that the blob is the same from every folder. Runtimes of benchmarks are built by the same functions.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

const TARGET: &str = "wasm32v1-none";
const TARGET_FLAGS: &str = "CARGO_TARGET_WASM32V1_NONE_RUSTFLAGS";
/// Memory that each instance has from the beginning: a call with one transaction need not ask for more, which costs two system
/// calls. Only what is touched is really taken.
const INITIAL_MEMORY_BYTES: u32 = 4 << 20;

fn main() {
    let workspace = Path::new(&variable("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("runtime/wasm").to_path_buf();
    let out = PathBuf::from(variable("OUT_DIR"));
    // OUT_DIR is <target>/<profile>/build/<package>/out: all profiles share the blob's dependencies.
    let target_dir = out.ancestors().nth(4).expect("a target folder above OUT_DIR").join("wasm-blob");
    watch(&workspace);
    fs::create_dir_all(&target_dir).expect("the target folder is writable");
    let lock = File::create(target_dir.join(".ziver-lock")).expect("the target folder is writable");
    lock.lock().expect("the lock of the target folder");
    let std = wasm_std(&workspace);
    let build = |features: &[&str], name: &str| {
        let mut cargo = cargo(&workspace, &std);
        cargo.current_dir(&workspace);
        compile(cargo, "ziver-runtime", features, &target_dir, &out.join(name));
    };
    build(&[], "runtime.wasm");
    if env::var_os("CARGO_FEATURE_UPGRADED").is_some() {
        build(&["upgraded"], "runtime-upgraded.wasm");
    }
}

/// A variable that cargo sets for build scripts.
pub fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

/// Everything that the blob is made of.
fn watch(workspace: &Path) {
    for path in ["Cargo.toml", "Cargo.lock", "runtime/Cargo.toml", "runtime/src", "runtime/wasm/build.rs", "pallets"] {
        println!("cargo:rerun-if-changed={}", workspace.join(path).display());
    }
    for path in
        ["runtime/primitives/Cargo.toml", "runtime/primitives/src", "runtime/trie/Cargo.toml", "runtime/trie/src"]
    {
        println!("cargo:rerun-if-changed={}", workspace.join(path).display());
    }
    println!("cargo:rerun-if-env-changed={TARGET_FLAGS}");
}

/// How the compiler finds `core` and `alloc` of the Wasm target.
#[derive(Default)]
pub struct WasmStd {
    /// Flags for the compiler.
    pub flags: Vec<String>,
    /// Another compiler than this build's.
    pub rustc: Option<String>,
}

/// From the environment, else installed in the compiler's own folder, else made by `scripts/wasm-std.sh`.
pub fn wasm_std(workspace: &Path) -> WasmStd {
    if let Ok(flags) = env::var(TARGET_FLAGS) {
        return WasmStd { flags: flags.split_whitespace().map(String::from).collect(), rustc: None };
    }
    if is_installed() {
        return WasmStd::default();
    }
    let script = workspace.join("scripts/wasm-std.sh");
    println!("cargo:warning=the target {TARGET} is not installed: asking {}", script.display());
    let output = Command::new(&script).env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTFLAGS").output();
    let output = match output {
        Ok(output) if output.status.success() => output,
        Ok(output) => fail(&String::from_utf8_lossy(&output.stderr)),
        Err(error) => fail(&format!("{}: {error}", script.display())),
    };
    let mut std = WasmStd::default();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let assignment = line.strip_prefix("export ").and_then(|rest| rest.split_once('='));
        match assignment.map(|(name, value)| (name, value.trim_matches('\'').to_string())) {
            Some((TARGET_FLAGS, flag)) => std.flags.push(flag),
            Some(("RUSTC", rustc)) => std.rustc = Some(rustc),
            _ => fail(&format!("{} printed {line:?}", script.display())),
        }
    }
    std
}

fn fail(why: &str) -> ! {
    panic!("the runtime needs `core` for {TARGET}: run `rustup target add {TARGET}` or `scripts/setup`\n{why}")
}

fn is_installed() -> bool {
    let output = Command::new(variable("RUSTC")).args(["--print", "sysroot"]).output().expect("rustc runs");
    let sysroot = String::from_utf8_lossy(&output.stdout).trim().to_string();
    let library = Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib");
    fs::read_dir(library)
        .is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
}

/// The compiler's flags; all that the blob depends on beside the sources.
fn flags(workspace: &Path, std: &WasmStd) -> Vec<String> {
    let home = env::var("CARGO_HOME").map(PathBuf::from).ok();
    let home = home.or_else(|| env::var("HOME").ok().map(|home| Path::new(&home).join(".cargo")));
    let registry = home.map(|home| home.join("registry/src"));
    let mut flags = std.flags.clone();
    flags.extend(["-C".into(), "link-arg=--export=__heap_base".into()]);
    // The host puts the sandbox into the table, at the place that `sandbox_slot` names.
    flags.extend(["-C".into(), "link-arg=--export=sandbox_slot".into(), "-C".into(), "link-arg=--export-table".into()]);
    flags.extend(["-C".into(), format!("link-arg=--initial-memory={INITIAL_MEMORY_BYTES}")]);
    // Later mappings win: the registry's folder may lie inside the workspace, one level down is the registry's name.
    flags.push(format!("--remap-path-prefix={}=/ziver", workspace.display()));
    for index in registry.iter().flat_map(|registry| fs::read_dir(registry).into_iter().flatten().flatten()) {
        flags.push(format!("--remap-path-prefix={}=/registry", index.path().display()));
    }
    flags
}

/// A second cargo, without the first one's flags, wrappers and profiles, and with the flags of a runtime.
pub fn cargo(workspace: &Path, std: &WasmStd) -> Command {
    let mut cargo = Command::new(variable("CARGO"));
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        let foreign = ["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_FEATURE_", "CARGO_CFG_", "CARGO_PKG_"];
        if foreign.iter().any(|prefix| name.starts_with(prefix)) {
            cargo.env_remove(&*name);
        }
    }
    for name in [
        "CARGO_TARGET_DIR",
        "CARGO_INCREMENTAL",
        "RUSTFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "TARGET",
        TARGET_FLAGS,
    ] {
        cargo.env_remove(name);
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(workspace, std).join("\x1f"));
    if let Some(rustc) = &std.rustc {
        cargo.env("RUSTC", rustc);
    }
    cargo
}

/// Builds the library `package` of the folder that `cargo` runs in for Wasm, with `features`, and copies the module to `to`.
pub fn compile(mut cargo: Command, package: &str, features: &[&str], target_dir: &Path, to: &Path) {
    cargo.args(["rustc", "--locked", "--package", package, "--lib"]);
    cargo.args(["--crate-type", "cdylib", "--target", TARGET, "--profile", "wasm", "--no-default-features"]);
    cargo.arg("--features").arg(features.join(",")).arg("--target-dir").arg(target_dir);
    let output = cargo.output().unwrap_or_else(|error| panic!("{cargo:?}: {error}"));
    if !output.status.success() {
        panic!("the runtime did not build:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let blob = target_dir.join(TARGET).join("wasm").join(package.replace('-', "_") + ".wasm");
    fs::copy(&blob, to).unwrap_or_else(|error| panic!("{}: {error}", blob.display()));
}
