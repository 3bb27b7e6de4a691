//! Tables and closed pipes.

use super::*;

#[test]
fn columns_are_as_wide_as_their_longest_cell() {
    let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
    let text = table(&[row(["a", "long", "c"]), row(["ünf", "b", ""])]);
    assert_eq!(text, "a    long  c\nünf  b\n");
    assert_eq!(table(&[]), "");
}

#[test]
fn closed_pipe_is_told_apart_from_failure() {
    let error = |kind: io::ErrorKind| told(Err(kind.into())).unwrap_err();
    assert!(error(io::ErrorKind::BrokenPipe).is::<Closed>());
    assert!(!error(io::ErrorKind::StorageFull).is::<Closed>());
}

#[test]
fn control_characters_are_escaped_and_letters_kept() {
    assert_eq!(escaped("a\u{1b}[31mß\t"), "a\\u{1b}[31mß\\t");
    assert_eq!(escaped("a\u{9b}31m\nb"), "a\\u{9b}31m\\nb");
    assert_eq!(escaped_lines("a\u{1b}\nb\r\n"), "a\\u{1b}\nb\\r\n");
}
