//! Storage through host functions: values, transactions, roots.

use std::sync::Arc;

use codec::{Decode, Encode};
use ziver_executor::{CallError, CompileStrategy, Overlay};
use ziver_state::{KeccakHasher, MemoryView, StateVersion};

use crate::guest::{INPUT, code, entry, executor};

const IMPORTS: &str = r#"
    (import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))
    (import "env" "ext_storage_get_version_1" (func $get (param i64) (result i64)))
    (import "env" "ext_storage_read_version_1" (func $read (param i64 i64 i32) (result i64)))
    (import "env" "ext_storage_append_version_1" (func $append (param i64 i64)))
    (import "env" "ext_storage_next_key_version_1" (func $next (param i64) (result i64)))
    (import "env" "ext_storage_clear_prefix_version_2" (func $clear (param i64 i64) (result i64)))
    (import "env" "ext_storage_root_version_2" (func $root (param i32) (result i64)))
    (import "env" "ext_storage_start_transaction_version_1" (func $start))
    (import "env" "ext_storage_commit_transaction_version_1" (func $commit))
    (import "env" "ext_storage_rollback_transaction_version_1" (func $rollback))
    (import "env" "ext_default_child_storage_set_version_1" (func $child_set (param i64 i64 i64)))
    (import "env" "ext_default_child_storage_get_version_1" (func $child_get (param i64 i64) (result i64)))
    (import "env" "ext_default_child_storage_storage_kill_version_3" (func $kill (param i64 i64) (result i64)))"#;

/// Calls an entry point with this body on `overlay`. The memory holds "key" at 0, "value" at 8, and None at 16.
fn run(body: &str, input: &[u8], overlay: &mut Overlay) -> Result<Vec<u8>, CallError> {
    let data = r#"(data (i32.const 0) "key") (data (i32.const 8) "value")"#;
    let code = code(IMPORTS, &format!("{data} {}", entry("run", body)));
    executor(CompileStrategy::WinchOnly).call(&code, "run", input, overlay)
}

const KEY: &str = "(i64.const 0x3_00000000)";
const VALUE: &str = "(i64.const 0x5_00000008)";
const NONE: &str = "(i64.const 0x1_00000010)";

fn overlay(pairs: &[(&str, &str)]) -> Overlay {
    let pairs = pairs.iter().map(|(key, value)| (key.as_bytes().to_vec(), value.as_bytes().to_vec()));
    Overlay::new(Arc::new(MemoryView::<KeccakHasher>::from_pairs(pairs, StateVersion::V1).unwrap()))
}

#[test]
fn value_that_was_set_is_got_and_stays_in_the_overlay() {
    let mut overlay = overlay(&[]);
    let output = run(&format!("(call $set {KEY} {VALUE}) (call $get {KEY})"), &[], &mut overlay).unwrap();
    assert_eq!(Option::<Vec<u8>>::decode(&mut &output[..]).unwrap(), Some(b"value".to_vec()));
    assert_eq!(overlay.get(None, b"key").unwrap().as_deref(), Some(&b"value"[..]));
}

#[test]
fn absent_empty_and_large_values_are_told_apart() {
    let large = "x".repeat(70_000);
    let mut overlay = overlay(&[("empty", ""), ("large", &large)]);
    for (key, value) in [("absent", None), ("empty", Some("")), ("large", Some(large.as_str()))] {
        let output = run(&format!("(call $get {INPUT})"), key.as_bytes(), &mut overlay).unwrap();
        assert_eq!(output, value.map(|value| value.as_bytes().to_vec()).encode(), "{key}");
    }
}

#[test]
fn read_copies_what_fits_and_tells_what_is_left() {
    let mut overlay = overlay(&[("key", "0123456789")]);
    for (offset, left, copied) in [(0, 10u32, "0123"), (8, 2, "89\0\0"), (10, 0, "\0\0\0\0"), (99, 0, "\0\0\0\0")] {
        // The buffer of four bytes at 32; the answer goes behind it.
        let body = format!(
            "(local $at i32) (local.set $at (i32.wrap_i64 (call $read {KEY} (i64.const 0x4_00000020) (i32.const {offset}))))
             (i32.store8 (i32.const 36) (i32.load8_u (local.get $at)))
             (i32.store (i32.const 37) (i32.load offset=1 (local.get $at))) (i64.const 0x9_00000020)"
        );
        let output = run(&body, &[], &mut overlay).unwrap();
        assert_eq!((&output[..4], &output[4..]), (copied.as_bytes(), &Some(left).encode()[..]));
    }
    assert_eq!(run(&format!("(call $read {INPUT} (i64.const 0) (i32.const 0))"), b"none", &mut overlay).unwrap(), [0]);
}

#[test]
fn append_next_key_and_prefix_answer_in_scale() {
    let mut overlay = overlay(&[("a1", "x"), ("a2", "x"), ("b", "x")]);
    run(&format!("(call $append {KEY} {VALUE}) (call $append {KEY} {VALUE}) (i64.const 0)"), &[], &mut overlay)
        .unwrap();
    assert_eq!(overlay.get(None, b"key").unwrap().as_deref(), Some(&b"\x08valuevalue"[..]));
    let next = run(&format!("(call $next {INPUT})"), b"a1", &mut overlay).unwrap();
    assert_eq!(next, Some(b"a2".to_vec()).encode());
    assert_eq!(run(&format!("(call $next {INPUT})"), b"z", &mut overlay).unwrap(), [0]);
    assert_eq!(run(&format!("(call $clear {INPUT} {NONE})"), b"a", &mut overlay).unwrap(), [0, 2, 0, 0, 0]);
    let limited = format!("(i32.store8 (i32.const 16) (i32.const 1)) (call $clear {INPUT} (i64.const 0x5_00000010))");
    assert_eq!(run(&limited, b"b", &mut overlay).unwrap(), [1, 0, 0, 0, 0]);
}

#[test]
fn child_storage_is_apart_and_can_be_killed() {
    let mut overlay = overlay(&[]);
    let set = format!("(call $child_set {KEY} {KEY} {VALUE}) (call $child_get {KEY} {KEY})");
    assert_eq!(run(&set, &[], &mut overlay).unwrap(), Some(b"value".to_vec()).encode());
    assert_eq!(overlay.get(None, b"key").unwrap(), None);
    assert_eq!(run(&format!("(call $kill {KEY} {NONE})"), &[], &mut overlay).unwrap()[0], 0);
    assert_eq!(overlay.get(Some(b"key"), b"key").unwrap(), None);
}

#[test]
fn root_is_that_of_the_overlay() {
    let mut overlay = overlay(&[("a", "b")]);
    let root = run(&format!("(call $set {KEY} {VALUE}) (call $root (i32.const 1))"), &[], &mut overlay).unwrap();
    assert_eq!(root, overlay.storage_root(StateVersion::V1).unwrap().as_bytes());
    let wrong = run("(call $root (i32.const 2))", &[], &mut overlay);
    assert!(matches!(wrong, Err(CallError::Trap { .. })));
}

#[test]
fn rolled_back_writes_are_gone_and_committed_ones_stay() {
    let mut overlay = overlay(&[]);
    run(&format!("(call $start) (call $set {KEY} {VALUE}) (call $rollback) (i64.const 0)"), &[], &mut overlay).unwrap();
    assert_eq!(overlay.get(None, b"key").unwrap(), None);
    run(&format!("(call $start) (call $set {KEY} {VALUE}) (call $commit) (i64.const 0)"), &[], &mut overlay).unwrap();
    assert!(overlay.exists(None, b"key").unwrap());
}

#[test]
fn guest_can_not_close_a_transaction_of_the_host() {
    for close in ["$commit", "$rollback"] {
        let mut overlay = overlay(&[]);
        overlay.start_transaction();
        let result = run(&format!("(call {close}) (i64.const 0)"), &[], &mut overlay);
        assert!(matches!(result, Err(CallError::Trap { .. })), "{result:?}");
        assert_eq!(overlay.transaction_depth(), 1);
    }
}

#[test]
fn transactions_left_open_fail_the_call_and_are_rolled_back() {
    for end in ["(i64.const 0)", "(unreachable)"] {
        let mut overlay = overlay(&[]);
        overlay.start_transaction();
        let body = format!("(call $start) (call $start) (call $set {KEY} {VALUE}) {end}");
        let result = run(&body, &[], &mut overlay);
        assert!(matches!(result, Err(CallError::Trap { .. })), "{result:?}");
        assert_eq!(overlay.transaction_depth(), 1);
        assert_eq!(overlay.get(None, b"key").unwrap(), None);
    }
}

#[test]
fn endless_nesting_of_transactions_is_a_trap() {
    let mut overlay = overlay(&[]);
    let result = run("(loop (call $start) (br 0)) (unreachable)", &[], &mut overlay);
    assert!(matches!(result, Err(CallError::Trap { message, .. }) if message.contains("too many")));
    assert_eq!(overlay.transaction_depth(), 0);
}
