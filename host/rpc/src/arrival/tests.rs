//! Which ids are let through.

use super::*;

fn seen(body: &str) -> Result<String, i32> {
    with_good_ids(body.as_bytes())
        .map(|body| String::from_utf8(body.into_owned()).unwrap())
        .map_err(|error| error.code())
}

#[test]
fn ids_that_answers_carry_are_left_alone() {
    for body in [
        r#"{"id":1}"#,
        r#" {"method":"x","id":"a"}"#,
        r#"{"id":null}"#,
        r#"{"id":18446744073709551615}"#,
        r#"{"jsonrpc":"2.0","method":"x"}"#,
        r#"{"jsonrpc":"2.0","method":"x","params":[1]}"#,
        r#"[{"id":1},{"id":"-1"},5,[]]"#,
        "[",
        "{",
        "",
        "nonsense",
    ] {
        assert_eq!(seen(body).as_deref(), Ok(body));
    }
}

#[test]
fn odd_ids_are_refused_and_replaced_in_batches() {
    for id in ["-1", "1.5", "1e3", "true", "false", "{}", "[]", "[[1]]", "18446744073709551616", r#""\ud800""#] {
        assert_eq!(seen(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"x"}}"#)), Err(-32600), "{id}");
        let batch = format!(r#"[{{"id":{id}}}, {{"id":2}},7]"#);
        assert_eq!(seen(&batch).as_deref(), Ok(r#"[0,{"id":2},7]"#), "{id}");
    }
    assert_eq!(seen(r#"{"id":1,"id":2}"#), Err(-32600), "two ids");
    assert_eq!(seen(r#"{"\u0069d":true}"#), Err(-32600), "an escaped name");
}

#[test]
fn json_that_is_no_request_is_told_from_what_is_no_json() {
    for body in ["{}", "null", "1", "true", r#""a""#, r#"{"method":"x"}"#, r#"{"jsonrpc":"2.0","method":1}"#] {
        assert_eq!(seen(body), Err(-32600), "{body}");
        assert!(is_no_request(body.as_bytes()), "{body}");
    }
    for (message, is_none) in [
        (r#"{"id":-1}"#, true),
        (r#"{"id":true,"method":"x"}"#, true),
        (r#"{"jsonrpc":"2.0","id":-1,"method":"x"}"#, false),
        (r#"{"id":1}"#, false),
        ("[]", false),
        ("{", false),
    ] {
        assert_eq!(is_no_request(message.as_bytes()), is_none, "{message}");
    }
}
