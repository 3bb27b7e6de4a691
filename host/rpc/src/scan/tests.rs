use super::*;

/// What is read of a message, and how many odd ids it has.
fn seen(message: &str, entries_max: usize) -> (String, usize) {
    let mut scan = Scan::default();
    let bytes = message.bytes().map(|byte| scan.next(byte, entries_max)).collect();
    (String::from_utf8(bytes).unwrap(), scan.odd_ids())
}

#[test]
fn odd_ids_are_counted_wherever_they_stand() {
    for id in ["-1", "1.5", "1e3", "true", "false", "{}", "[]", r#"{"id":1}"#, "18446744073709551616"] {
        for message in [
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"x"}}"#),
            format!(r#" {{ "method" : "x" , "id" : {id} , "jsonrpc" : "2.0"}} "#),
            format!(r#"{{"id":1,"id":{id},"jsonrpc":"2.0","method":"x"}}"#),
        ] {
            assert_eq!(seen(&message, 9), (message.clone(), 1), "{message}");
            let batch = format!(r#"[{message}, {{"id":2}},{message}, 5]"#);
            assert_eq!(seen(&batch, 9), (batch.clone(), 2), "{batch}");
        }
    }
    assert_eq!(seen(r#"{"jsonrpc":"2.0","method":"x","id":1,"id":2}"#, 9).1, 1);
}

#[test]
fn odd_ids_of_what_is_answered_anyway_are_not_counted() {
    // Requests that are no notifications either.
    for message in [r#"{"id":-1}"#, r#"{"id":-1,"method":"x"}"#, r#"{"jsonrpc":"2.0","id":-1,"methods":"x"}"#] {
        assert_eq!(seen(message, 9).1, 0, "{message}");
        assert_eq!(seen(&format!(r#"[{message},{message}]"#), 9).1, 0, "{message}");
    }
    // A batch that is refused as a whole.
    let odd = r#"{"jsonrpc":"2.0","id":-1,"method":"x"}"#;
    let batch = |count: usize| format!("[{}]", vec![odd; count].join(","));
    assert_eq!([seen(&batch(2), 2).1, seen(&batch(3), 2).1], [2, 0]);
}

#[test]
fn good_ids_and_notifications_are_not_counted() {
    for message in [
        r#"{"id":1}"#,
        r#"{"id":18446744073709551615 }"#,
        r#"{"id":null}"#,
        r#"{"id":"-1"}"#,
        r#"{"id":"\"id\":-1","method":"x"}"#,
        r#"{"method":"x"}"#,
        r#"{"idx":-1,"i":-1,"":-1,"ix":true}"#,
        r#"{"params":{"id":-1},"more":[{"id":-1}]}"#,
        r#"{"params":"{\"id\":-1}"}"#,
        r#"[[{"id":-1}]]"#,
        r#"{"id":-1"#,
        r#"-1"#,
        r#""{\"id\":-1}""#,
        "",
    ] {
        assert_eq!(seen(message, 9), (message.to_owned(), 0), "{message}");
    }
}

#[test]
fn batch_that_is_too_long_is_cut_after_one_entry_too_many() {
    for (message, entries_max, left) in [
        (r#"[{"id":1}, {"id":2}]"#, 2, r#"[{"id":1}, {"id":2}]"#),
        (r#"[{"id":1}, {"id":2}]"#, 1, r#"[{"id":1}, 0       ]"#),
        (r#"[{"a":["]",2]},3 ]"#, 0, r#"[0               ]"#),
        (r#"[1,2,3,4]"#, 2, r#"[1,2,0  ]"#),
        (r#"[ ]"#, 0, r#"[ ]"#),
        (r#"[[1,2,3],"a,b"]"#, 2, r#"[[1,2,3],"a,b"]"#),
        (r#"{"params":[1,2,3]}"#, 0, r#"{"params":[1,2,3]}"#),
    ] {
        assert_eq!(seen(message, entries_max).0, left, "{message}");
        assert_eq!(is_long_batch(message.as_bytes(), entries_max), message != left, "{message}");
    }
}
