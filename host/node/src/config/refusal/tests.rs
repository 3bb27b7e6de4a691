//! What is shown of values that are refused.

use std::os::unix::ffi::OsStringExt;

use super::*;

#[test]
fn secrets_are_hidden_and_control_characters_escaped() {
    let key = "5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133";
    let phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    for secret in [key, &format!("0x{key}"), phrase] {
        assert_eq!(shown(secret), HIDDEN);
    }
    assert_eq!(shown("a\u{1b}[31mb\u{7}"), "a\\u{1b}[31mb\\u{7}");
    assert_eq!(shown("häßlich 0x12"), "häßlich 0x12");
}

#[test]
fn clap_shows_the_cleaned_value() {
    let refused = |args: &[&str]| clean(crate::cli::command().try_get_matches_from(args).unwrap_err()).to_string();
    let told = refused(&["ziver-host", "query", "account", &"a7".repeat(32)]);
    assert!(
        told.contains("invalid value '(hidden: it may be a secret)' for '<ADDRESS>'") && !told.contains("a7a7"),
        "{told}"
    );
    let told = refused(&["ziver-host", "--rpc-port", "\u{1b}[31mx"]);
    assert!(told.contains("'\\u{1b}[31mx' for '--rpc-port <PORT>'") && !told.contains('\u{1b}'), "{told}");
}

#[test]
fn argument_that_is_no_text_is_named() {
    let bad = || OsString::from_vec(vec![0xff]);
    let words = |list: &[&str]| list.iter().map(OsString::from).collect::<Vec<_>>();
    assert_eq!(not_text(&[words(&["x", "--rpc-port"]), vec![bad()]].concat()), "the value of --rpc-port is not UTF-8");
    let joined = OsString::from_vec(b"--log=\xff".to_vec());
    assert_eq!(not_text(&[words(&["x"]), vec![joined]].concat()), "the value of --log is not UTF-8");
    assert_eq!(not_text(&[words(&["x", "query"]), vec![bad()]].concat()), "argument 2 is not UTF-8");
}
