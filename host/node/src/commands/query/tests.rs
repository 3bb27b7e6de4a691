//! What values do on the terminal: nothing.

use super::*;

#[test]
fn values_of_the_state_are_shown_without_control_characters() {
    assert_eq!(pretty(&json!("\u{1b}[2Jtwo\nlines")).unwrap(), "\\u{1b}[2Jtwo\\nlines");
    assert_eq!(pretty(&json!({ "a": "\u{9b}2J" })).unwrap(), "{\n  \"a\": \"\\u{9b}2J\"\n}");
    assert_eq!(pretty(&json!(5)).unwrap(), "5");
}
