//! Which blobs are accepted as a new runtime, and the version they tell.

use codec::{Decode, Encode};
use ziver_executor::{CompileStrategy, InvalidCode, Overlay, REQUIRED_ENTRY_POINTS, RuntimeCode, RuntimeVersion};

use crate::guest::{INPUT, code, entry, executor, module};

fn version() -> RuntimeVersion {
    let core = ziver_primitives::hashing::blake2_64(b"Core");
    RuntimeVersion {
        spec_name: "sample".into(),
        impl_name: "test".into(),
        authoring_version: 1,
        spec_version: 7,
        impl_version: 2,
        apis: vec![(core, 5)].into(),
        transaction_version: 3,
        system_version: 1,
    }
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// All required entry points but `without`; `Core_version` answers from data at 8.
fn entries(without: &str) -> String {
    let answer = version().encode();
    let data = format!(r#"(data (i32.const 8) "{}")"#, escaped(&answer));
    let body = |name: &str| match name {
        "Core_version" => format!("(i64.const {})", (answer.len() as u64) << 32 | 8),
        _ => "(i64.const 0)".to_owned(),
    };
    let names = REQUIRED_ENTRY_POINTS.iter().filter(|name| **name != without);
    data + &names.map(|name| entry(name, &body(name))).collect::<String>()
}

fn section() -> String {
    format!(r#"(@custom "runtime_version" "{}")"#, escaped(&version().encode()))
}

#[test]
fn runtime_with_section_is_accepted_and_tells_its_version() {
    let executor = executor(CompileStrategy::default());
    let blob = module("", &(entries("") + &section()));
    assert_eq!(executor.validate(&blob), Ok(version()));
    assert_eq!(executor.runtime_version(&RuntimeCode::new(blob)), Ok(version()));
}

#[test]
fn runtime_without_section_is_asked() {
    let executor = executor(CompileStrategy::WinchOnly);
    let blob = module("", &entries(""));
    assert_eq!(executor.validate(&blob), Ok(version()));
    assert_eq!(executor.runtime_version(&RuntimeCode::new(blob)), Ok(version()));
}

#[test]
fn runtime_that_lacks_an_entry_point_is_refused() {
    let executor = executor(CompileStrategy::WinchOnly);
    for name in REQUIRED_ENTRY_POINTS {
        let blob = module("", &(entries(name) + &section()));
        assert_eq!(executor.validate(&blob), Err(InvalidCode::EntryPoint(name.to_owned())));
    }
}

#[test]
fn unknown_import_is_refused_and_a_published_one_is_not() {
    let executor = executor(CompileStrategy::WinchOnly);
    let with = |import: &str| executor.validate(&module(import, &(entries("") + &section())));
    assert_eq!(
        with(r#"(import "env" "ext_crypto_sr25519_verify_version_2" (func (param i32 i64 i32) (result i32)))"#),
        Ok(version())
    );
    for (from, name) in [("env", "ext_made_up_version_1"), ("wasi", "ext_storage_get_version_1")] {
        let refused = InvalidCode::Import { module: from.to_owned(), name: name.to_owned() };
        let import = format!(r#"(import "{from}" "{name}" (func (param i64) (result i64)))"#);
        assert_eq!(with(&import), Err(refused));
    }
    let odd = with(r#"(import "env" "ext_storage_get_version_1" (func (param i32) (result i64)))"#);
    assert!(matches!(odd, Err(InvalidCode::Import { .. })));
}

#[test]
fn what_is_not_wasm_is_refused() {
    let executor = executor(CompileStrategy::WinchOnly);
    assert_eq!(executor.validate(b""), Err(InvalidCode::Empty));
    for bytes in [&b"hello"[..], b"\0asm", b"\0asm\x02\0\0\0"] {
        assert!(matches!(executor.validate(bytes), Err(InvalidCode::NotWasm(_))), "{bytes:?}");
    }
    let mut cut = module("", &(entries("") + &section()));
    cut.truncate(cut.len() / 2);
    assert!(matches!(executor.validate(&cut), Err(InvalidCode::NotWasm(_))));
}

#[test]
fn blob_that_loops_or_traps_when_asked_is_refused_without_a_clock() {
    let executor = executor(CompileStrategy::WinchOnly);
    for body in ["(loop (br 0)) (unreachable)", "(unreachable)", "(i64.const 0x7fffffff_00000000)"] {
        let blob = module("", &(entries("Core_version") + &entry("Core_version", body)));
        assert!(matches!(executor.validate(&blob), Err(InvalidCode::Version(_))), "{body}");
    }
}

#[test]
fn runtime_learns_the_version_of_a_blob_and_nothing_of_a_bad_one() {
    let imports = r#"(import "env" "ext_misc_runtime_version_version_1" (func $version (param i64) (result i64)))"#;
    let asking = code(imports, &entry("ask", &format!("(call $version {INPUT})")));
    let executor = executor(CompileStrategy::default());
    let ask = |blob: &[u8]| {
        let output = executor.call(&asking, "ask", blob, &mut Overlay::default()).unwrap();
        Option::<Vec<u8>>::decode(&mut &output[..]).unwrap()
    };
    assert_eq!(ask(&module("", &(entries("") + &section()))), Some(version().encode()));
    assert_eq!(ask(b"nonsense"), None);
    assert_eq!(ask(&module("", &entries("Metadata_metadata"))), None);
}
