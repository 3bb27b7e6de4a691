use super::is_reusable;

/// The answer of a module that imports a function and has a memory, a table, segments and a constant, and `items` beside.
fn with(items: &str) -> bool {
    let text = format!(
        r#"(module (import "ziver" "1" (func $import)) (memory (export "memory") 1) (table $t 2 funcref) (func $f)
        (elem (i32.const 0) $f) (data (i32.const 8) "data") (global $constant i32 (i32.const 7))
        (global (export "gas_left") (mut i64) (i64.const 0)) {items})"#
    );
    is_reusable(&wat::parse_str(text).unwrap())
}

#[test]
fn module_whose_whole_state_is_memory_and_exported_globals_is_reusable() {
    assert!(with(""));
    let body = "(memory.fill (i32.const 0) (i32.const 1) (i32.const 9)) (drop (memory.grow (i32.const 1)))
        (memory.copy (i32.const 0) (i32.const 1) (i32.const 9)) (call_indirect (i32.const 0)) (global.set $g (i32.const 1))";
    assert!(with(&format!(r#"(global $g (export "g") (mut i32) (i32.const 1)) (func {body})"#)));
}

#[test]
fn module_with_a_mutable_global_that_is_not_exported_is_not_reusable() {
    assert!(!with("(global $g (mut i32) (i32.const 1))"));
    assert!(!with(r#"(global $g (export "g") (mut i32) (i32.const 1)) (global $h (mut i64) (i64.const 1))"#));
}

#[test]
fn module_that_changes_its_table_or_its_segments_is_not_reusable() {
    for (segment, body) in [
        ("", "(table.copy (i32.const 0) (i32.const 1) (i32.const 1))"),
        ("(elem $e func $f)", "(table.init $e (i32.const 0) (i32.const 0) (i32.const 1))"),
        ("(elem $e func $f)", "(elem.drop $e)"),
        ("(data $d \"abc\")", "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))"),
        ("(data $d \"abc\")", "(data.drop $d)"),
        ("", "(table.set (i32.const 0) (ref.null func))"),
        ("", "(table.fill (i32.const 0) (ref.null func) (i32.const 1))"),
        ("", "(drop (table.grow (ref.null func) (i32.const 1)))"),
    ] {
        assert!(with(segment), "{segment}");
        assert!(!with(&format!("{segment} (func {body})")), "{body}");
    }
}

#[test]
fn module_with_a_start_function_is_not_reusable() {
    assert!(!with("(start $f)"));
}

#[test]
fn module_with_an_imported_memory_or_global_is_not_reusable() {
    for import in [r#"(import "a" "m" (memory 1))"#, r#"(import "a" "g" (global (mut i32)))"#] {
        assert!(!is_reusable(&wat::parse_str(format!("(module {import})")).unwrap()), "{import}");
    }
}

#[test]
fn bytes_that_are_no_module_are_not_reusable() {
    for bytes in [&b""[..], b"\0asm", b"\0asm\x01\0\0\0\x0a\x03\x01\xff\xff"] {
        assert!(!is_reusable(bytes), "{bytes:?}");
    }
}
