//! The depth of JSON.

use super::*;

#[test]
fn depth_counts_brackets_outside_of_strings() {
    for (json, depth) in [
        ("1", 0),
        ("[]", 1),
        (r#"{"a":[1,{"b":2}],"c":[[]]}"#, 3),
        (r#"["[[[[","\"[[[","\\",[]]"#, 2),
        (r#"["a\\\"[[",{}]"#, 2),
    ] {
        assert!(!is_deeper_than(json, depth), "{json}");
        assert!(depth == 0 || is_deeper_than(json, depth - 1), "{json}");
    }
}
