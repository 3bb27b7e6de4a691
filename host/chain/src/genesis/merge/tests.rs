//! Tests of the merge.

use super::merge;

#[test]
fn patch_replaces_adds_and_removes_fields() {
    let base = r#"{"a": {"x": 1, "y": [1, 2]}, "b": "text", "c": true}"#;
    let patch = r#"{"a": {"y": [3], "z": null}, "b": null, "d": {"e": {"f": 0}}}"#;
    assert_eq!(merge(base, patch).unwrap(), r#"{"a":{"x":1,"y":[3]},"c":true,"d":{"e":{"f":0}}}"#);
}

#[test]
fn numbers_beyond_64_bits_keep_every_digit() {
    let patch = r#"{"balances": [["0x01", 340282366920938463463374607431768211455]]}"#;
    assert_eq!(merge("{}", patch).unwrap(), r#"{"balances":[["0x01", 340282366920938463463374607431768211455]]}"#);
}

#[test]
fn object_over_a_scalar_replaces_it() {
    assert_eq!(merge(r#"{"a": 1}"#, r#"{"a": {"b": 2}}"#).unwrap(), r#"{"a":{"b":2}}"#);
    assert_eq!(merge(r#"{"a": {"b": 2}}"#, r#"{"a": 1}"#).unwrap(), r#"{"a":1}"#);
}

#[test]
fn names_that_need_escapes_survive() {
    assert_eq!(merge(r#"{"a\"\n": 1}"#, "{}").unwrap(), r#"{"a\"\n":1}"#);
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100));
    assert_eq!(merge("{}", &deep).unwrap_err(), "objects are nested deeper than 64");
}
