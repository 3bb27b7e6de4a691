//! What typed values mean.

use serde_json::json;

use super::*;

#[test]
fn typed_values_are_read_as_people_mean_them() {
    for (text, expected) in [
        ("5", json!("5")),
        ("340282366920938463463374607431768211455", json!("340282366920938463463374607431768211455")),
        ("1.5ZIV", json!("1500000000000000000")),
        ("//Baltathar", json!("0x3Cd0A705a2DC65e5b1E1205896BaA2be8A07c6e0")),
        ("0x1234", json!("0x1234")),
        ("true", json!(true)),
        ("null", json!(null)),
        ("hello", json!("hello")),
        ("two words", json!("two words")),
        ("\"5\"", json!("5")),
        ("[1, 2]", json!([1, 2])),
        ("{\"a\": 1}", json!({ "a": 1 })),
        ("Some(5)", json!({ "Some": "5" })),
    ] {
        assert_eq!(value(&TypedValue(text.to_owned())).unwrap(), expected, "{text}");
    }
    assert!(value(&TypedValue("[1, 2".to_owned())).unwrap_err().to_string().contains("[1, 2"));
}
