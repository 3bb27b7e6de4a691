//! Calls that succeed, and the ways in which they fail.

use std::sync::Arc;

use ziver_executor::{CallError, CompileStrategy, InvalidCode, Overlay};
use ziver_state::{Changes, Delta, Hash, RuntimeCode, StateError, StateVersion, TrieChanges, View};

use crate::guest::{INPUT, STRATEGIES, code, entry, executor};

#[test]
fn output_is_what_the_entry_point_names() {
    let echo = code("", &entry("echo", INPUT));
    for strategy in STRATEGIES {
        let executor = executor(strategy);
        for input in [&b""[..], b"x", &[7; 100_000]] {
            assert_eq!(executor.call(&echo, "echo", input, &mut Overlay::default()).unwrap(), input);
        }
    }
}

#[test]
fn instances_share_nothing() {
    let body = "(i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))) (i64.const 0x400000000)";
    let count = code("", &entry("count", body));
    let executor = executor(CompileStrategy::default());
    for _ in 0..3 {
        assert_eq!(executor.call(&count, "count", &[], &mut Overlay::default()).unwrap(), [1, 0, 0, 0]);
    }
}

#[test]
fn missing_method_has_the_text_that_clients_look_for() {
    let echo = code("", &entry("echo", INPUT));
    let error =
        executor(CompileStrategy::WinchOnly).call(&echo, "Core_missing", &[], &mut Overlay::default()).unwrap_err();
    assert!(matches!(error, CallError::MethodNotFound { .. }));
    assert_eq!(error.to_string(), "Exported method Core_missing is not found");
    assert!(error.is_runtime_fault());
}

#[test]
fn entry_point_with_another_signature_is_refused() {
    let odd = code("", r#"(func (export "odd") (param i32) (result i64) (i64.const 0))"#);
    let error = executor(CompileStrategy::WinchOnly).call(&odd, "odd", &[], &mut Overlay::default()).unwrap_err();
    assert!(matches!(error, CallError::InvalidCode(InvalidCode::EntryPoint(name)) if name == "odd"));
}

#[test]
fn reported_panic_is_kept() {
    let imports = r#"(import "env" "ext_panic_handler_abort_on_panic_version_1" (func $abort (param i64)))"#;
    let body = format!("(call $abort {INPUT}) (unreachable)");
    let panicking = code(imports, &entry("panic", &body));
    let result =
        executor(CompileStrategy::WinchOnly).call(&panicking, "panic", b"broken rule", &mut Overlay::default());
    assert!(matches!(result, Err(CallError::Trap { panic: Some(text), .. }) if text == "broken rule"));
}

#[test]
fn error_logged_before_a_trap_is_kept() {
    let imports = r#"(import "env" "ext_logging_log_version_1" (func $log (param i32 i64 i64)))"#;
    let body = format!("(call $log (i32.const 1) (i64.const 0) {INPUT}) (unreachable)");
    let panicking = code(imports, &entry("panic", &body));
    let result =
        executor(CompileStrategy::WinchOnly).call(&panicking, "panic", b"panicked at x", &mut Overlay::default());
    match result {
        Err(CallError::Trap { message, panic: Some(text) }) => {
            assert_eq!(text, "panicked at x");
            assert!(message.contains("unreachable"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn output_outside_of_the_memory_is_a_trap() {
    let lying = code("", &entry("lie", "(i64.const 0x7fffffff_7fffffff)"));
    let result = executor(CompileStrategy::WinchOnly).call(&lying, "lie", &[], &mut Overlay::default());
    assert!(matches!(result, Err(CallError::Trap { .. })), "{result:?}");
}

#[test]
fn division_by_zero_bad_access_and_bad_table_entry_are_traps() {
    let bodies = [
        "(i64.div_u (i64.const 1) (i64.extend_i32_u (local.get $len)))",
        "(i64.load (i32.const -9))",
        "(i64.extend_i32_u (call_indirect (result i32) (i32.const 3)))",
    ];
    for strategy in STRATEGIES {
        let executor = executor(strategy);
        for body in bodies {
            let trapping = code("", &format!("(table 4 funcref) {}", entry("trap", body)));
            let result = executor.call(&trapping, "trap", &[], &mut Overlay::default());
            assert!(matches!(result, Err(CallError::Trap { .. })), "{body}: {result:?}");
        }
    }
}

#[test]
fn imported_memory_works_like_an_exported_one() {
    let text = format!(
        r#"(module (import "env" "memory" (memory 2)) (global (export "__heap_base") i32 (i32.const 4096))
            (data (i32.const 8) "data") {} {})"#,
        entry("echo", INPUT),
        entry("data", "(i64.const 0x4_00000008)"),
    );
    let imported = RuntimeCode::new(wat::parse_str(text).unwrap());
    for strategy in STRATEGIES {
        let executor = executor(strategy);
        assert_eq!(executor.call(&imported, "echo", b"abc", &mut Overlay::default()).unwrap(), b"abc");
        assert_eq!(executor.call(&imported, "data", b"", &mut Overlay::default()).unwrap(), b"data");
    }
}

#[test]
fn code_that_is_no_runtime_is_refused_each_time() {
    let executor = executor(CompileStrategy::default());
    for bytes in [&b""[..], b"not wasm", b"\0asm\x01\0\0\0", b"\0asm\x01\0\0\0\xff"] {
        let code = RuntimeCode::new(bytes);
        for _ in 0..2 {
            let error = executor.call(&code, "x", &[], &mut Overlay::default()).unwrap_err();
            assert!(matches!(error, CallError::InvalidCode(_)), "{error:?}");
        }
    }
}

/// A view whose database is gone.
struct Broken;

impl Broken {
    fn error<T>() -> Result<T, StateError> {
        Err(StateError::Corrupt("gone".to_owned()))
    }
}

impl View for Broken {
    fn empty_root(&self) -> Hash {
        Hash::zero()
    }
    fn root(&self) -> Hash {
        Hash::zero()
    }
    fn get(&self, _: Option<&[u8]>, _: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Self::error()
    }
    fn next_key(&self, _: Option<&[u8]>, _: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Self::error()
    }
    fn root_after(&self, _: &Delta<'_>, _: StateVersion) -> Result<TrieChanges, StateError> {
        Self::error()
    }
    fn compute_root(&self, _: &Changes, _: StateVersion) -> Result<(Hash, TrieChanges), StateError> {
        Self::error()
    }
    fn runtime_code(&self) -> Result<Option<Arc<RuntimeCode>>, StateError> {
        Self::error()
    }
    fn prove(&self, _: Option<&[u8]>, _: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StateError> {
        Self::error()
    }
    fn merkle_value(&self, _: Option<&[u8]>, _: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Self::error()
    }
}

#[test]
fn failing_state_ends_the_call_and_is_not_the_runtimes_fault() {
    let imports = r#"(import "env" "ext_storage_get_version_1" (func $get (param i64) (result i64)))
        (import "env" "ext_storage_next_key_version_1" (func $next (param i64) (result i64)))
        (import "env" "ext_storage_exists_version_1" (func $exists (param i64) (result i32)))
        (import "env" "ext_storage_root_version_2" (func $root (param i32) (result i64)))
        (import "env" "ext_storage_append_version_1" (func $append (param i64 i64)))
        (import "env" "ext_storage_clear_prefix_version_1" (func $clear (param i64)))
        (import "env" "ext_default_child_storage_get_version_1" (func $child (param i64 i64) (result i64)))"#;
    let calls = [
        ("get", format!("(call $get {INPUT})")),
        ("next", format!("(call $next {INPUT})")),
        ("exists", format!("(i64.extend_i32_u (call $exists {INPUT}))")),
        ("root", "(call $root (i32.const 1))".to_owned()),
        ("append", format!("(call $append {INPUT} {INPUT}) (i64.const 0)")),
        ("clear", format!("(call $clear {INPUT}) (i64.const 0)")),
        ("child", format!("(call $child {INPUT} {INPUT})")),
    ];
    let body: String = calls.iter().map(|(name, body)| entry(name, body)).collect();
    let reading = code(imports, &body);
    let executor = executor(CompileStrategy::WinchOnly);
    for (name, _) in calls {
        let error = executor.call(&reading, name, b"key", &mut Overlay::new(Arc::new(Broken))).unwrap_err();
        assert!(matches!(&error, CallError::State(StateError::Corrupt(_))), "{name}: {error:?}");
        assert!(!error.is_runtime_fault());
    }
}
