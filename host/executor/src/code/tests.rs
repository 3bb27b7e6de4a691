//! Blobs before they are compiled: unpacking, the form of their memory, what they show and tell.

use codec::Encode;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use ziver_primitives::RuntimeVersion;
use ziver_primitives::hashing::blake2_64;

use super::*;

fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

fn compressed(plain: &[u8]) -> Vec<u8> {
    let mut out = COMPRESSED_PREFIX.to_vec();
    out.extend(compress_to_vec(plain, CompressionLevel::Fastest));
    out
}

fn engine() -> wasmtime::Engine {
    wasmtime::Engine::default()
}

fn version(apis: Vec<([u8; 8], u32)>) -> RuntimeVersion {
    RuntimeVersion {
        spec_name: "sample".into(),
        impl_name: "test".into(),
        authoring_version: 1,
        spec_version: 7,
        impl_version: 2,
        apis: apis.into(),
        transaction_version: 3,
        system_version: 1,
    }
}

#[test]
fn plain_code_is_taken_as_it_is() {
    assert_eq!(unpack(b"\0asm anything").unwrap(), &b"\0asm anything"[..]);
}

#[test]
fn no_code_is_refused() {
    assert_eq!(unpack(b""), Err(InvalidCode::Empty));
}

#[test]
fn compressed_code_is_decompressed() {
    let plain: Vec<u8> = (0..100_000u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
    let packed = compressed(&plain);
    assert!(packed.len() < plain.len() / 2);
    assert_eq!(unpack(&packed).unwrap(), &plain[..]);
}

#[test]
fn damaged_compressed_code_is_refused() {
    let packed = compressed(b"some code that is long enough to be a frame");
    assert_eq!(unpack(&packed[..packed.len() - 6]), Err(InvalidCode::Compression));
    assert_eq!(unpack(&COMPRESSED_PREFIX), Err(InvalidCode::Compression));
    let mut noise = COMPRESSED_PREFIX.to_vec();
    noise.extend_from_slice(&[0xa5; 100]);
    assert_eq!(unpack(&noise), Err(InvalidCode::Compression));
}

#[test]
fn code_beyond_the_limit_is_refused_packed_or_not() {
    let plain = vec![0; CODE_BYTES_MAX + 1];
    let too_large = Err(InvalidCode::TooLarge { max: CODE_BYTES_MAX });
    assert_eq!(unpack(&plain), too_large);
    let packed = compressed(&plain);
    assert!(packed.len() < 100_000);
    assert_eq!(unpack(&packed), too_large);
}

#[test]
fn imported_memory_becomes_a_defined_one() {
    for (imports, exports) in [
        (r#"(import "env" "memory" (memory 3 9))"#, ""),
        (
            r#"(import "env" "before" (func)) (import "env" "memory" (memory 3)) (import "env" "after" (func (param i64)))"#,
            "",
        ),
        (r#"(import "env" "memory" (memory 3))"#, r#"(export "memory" (memory 0))"#),
        (r#"(import "env" "memory" (memory 3))"#, r#"(global (export "__heap_base") i32 (i32.const 8))"#),
    ] {
        let text = format!(
            r#"(module {imports} (type (func (result i32))) (table 1 funcref) {exports}
                (func $one (result i32) (i32.load8_u (i32.const 5)))
                (elem (i32.const 0) $one) (data (i32.const 5) "x"))"#
        );
        let defined = define_imported_memory(&wasm(&text)).unwrap();
        let module = wasmtime::Module::from_binary(&engine(), &defined).unwrap();
        assert!(module.imports().all(|import| import.name() != "memory"), "{text}");
        let memory = module.get_export("memory").unwrap().unwrap_memory().clone();
        assert_eq!(memory.minimum(), 3);
        let shape = Shape::read(&defined).unwrap();
        assert!(shape.exports_memory && !shape.imports_memory);
        assert_eq!(shape.memory_pages, Some(3));
    }
}

#[test]
fn memory_type_keeps_its_maximum() {
    let defined = define_imported_memory(&wasm(r#"(module (import "env" "memory" (memory 1 200)))"#)).unwrap();
    let module = wasmtime::Module::from_binary(&engine(), &defined).unwrap();
    assert_eq!(module.get_export("memory").unwrap().unwrap_memory().maximum(), Some(200));
}

#[test]
fn shape_lists_imports_exports_and_sections() {
    let bytes = wasm(
        r#"(module (import "env" "f" (func (param i32 i64) (result i64))) (import "env" "g" (global i32))
            (memory (export "memory") 2) (global (export "__heap_base") i32 (i32.const 1024))
            (func (export "Core_version") (param i32 i32) (result i64) (i64.const 0))
            (@custom "runtime_version" "abc") (@custom "runtime_apis" ""))"#,
    );
    let shape = Shape::read(&bytes).unwrap();
    let imported = Signature { params: vec![ValType::I32, ValType::I64], results: vec![ValType::I64] };
    assert_eq!(shape.imports, vec![("env", "f", imported)]);
    assert_eq!(shape.foreign_imports, vec![("env", "g")]);
    assert_eq!(shape.functions.get("Core_version"), Some(&Signature::entry_point()));
    assert!(shape.exports_memory && shape.exports_heap_base && !shape.imports_memory);
    assert_eq!(
        (shape.memory_pages, shape.version_section, shape.apis_section),
        (Some(2), Some(&b"abc"[..]), Some(&b""[..]))
    );
    assert_eq!(check_runnable(&shape, 2), Err(unresolved("env", "g")));
}

#[test]
fn module_without_memory_heap_or_room_is_not_runnable() {
    let check = |text: &str| check_runnable(&Shape::read(&wasm(text)).unwrap(), 4);
    assert_eq!(check("(module)"), Err(InvalidCode::NoMemory));
    assert_eq!(check("(module (memory 1))"), Err(InvalidCode::NoMemory));
    assert_eq!(check(r#"(module (memory (export "memory") 1))"#), Err(InvalidCode::NoHeapBase));
    let pages = r#"(module (memory (export "memory") 5))"#;
    assert_eq!(check(pages), Err(InvalidCode::MemoryTooLarge { pages: 5, max: 4 }));
    let table = r#"(module (memory (export "memory") 4) (table 65537 funcref))"#;
    assert_eq!(check(table), Err(InvalidCode::TableTooLarge { elements: 65_537, max: 65_536 }));
    let whole = r#"(module (memory (export "memory") 4) (table 65536 funcref) (global (export "__heap_base") i32 (i32.const 0)))"#;
    assert_eq!(check(whole), Ok(()));
}

#[test]
fn version_is_read_from_the_sections() {
    let core = blake2_64(b"Core");
    let apis = vec![(core, 5u32), ([9; 8], 2)];
    let embedded = version(Vec::new()).encode();
    let section: Vec<u8> = apis.iter().flat_map(|(id, number)| [&id[..], &number.to_le_bytes()].concat()).collect();
    let shape = |version, apis| Shape { version_section: Some(version), apis_section: apis, ..Shape::default() };
    let read = |version, apis| embedded_version(&shape(version, apis)).unwrap();
    assert_eq!(read(&embedded, Some(&section)), Ok(version(apis.clone())));
    let whole = version(apis).encode();
    assert_eq!(read(&whole, None).unwrap().encode(), whole);
    assert!(matches!(read(&embedded, Some(&section[1..])), Err(InvalidCode::Version(_))));
    assert!(matches!(read(&embedded[..20], Some(&section)), Err(InvalidCode::Version(_))));
    assert!(embedded_version(&Shape::default()).is_none());
}

#[test]
fn version_of_an_older_core_ends_early() {
    let apis = [(blake2_64(b"Core"), 3u32)];
    let section: Vec<u8> = apis.iter().flat_map(|(id, number)| [&id[..], &number.to_le_bytes()].concat()).collect();
    let mut embedded = version(Vec::new()).encode();
    embedded.pop();
    let shape = Shape { version_section: Some(&embedded), apis_section: Some(&section), ..Shape::default() };
    let read = embedded_version(&shape).unwrap().unwrap();
    assert_eq!((read.transaction_version, read.system_version), (3, 0));
}

#[test]
fn endless_version_is_refused() {
    assert!(matches!(decode_version(&vec![0; 100_000]), Err(InvalidCode::Version(_))));
    // A list of APIs that claims 2^30 entries.
    let mut claims = ("a".to_owned(), "b".to_owned(), 1u32, 1u32, 1u32).encode();
    claims.extend_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    assert!(matches!(decode_version(&claims), Err(InvalidCode::Version(_))));
}
