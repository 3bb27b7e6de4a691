//! How diagnostics are shown.
use super::*;
use crate::source::{FileId, Source, Sources};

fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.add("token.zx", "contract Token {\n    total: integer\n}\n").unwrap();
    sources.add("zrc20.zx", "protocol ZRC20 {\n}\n").unwrap();
    sources
}

fn span(file: u32, start: u32, end: u32) -> Span {
    Span::new(FileId(file), start, end)
}

#[test]
fn a_diagnostic_shows_places_of_both_files_notes_and_help() {
    let diagnostic = Diagnostic::error("E9999", "something is wrong")
        .label(span(0, 21, 26), "here")
        .context(span(0, 9, 14), "in this contract")
        .context(span(1, 9, 14), "because of this")
        .note("it is so")
        .help("mend it");
    let expected = "\
error[E9999]: something is wrong
 --> token.zx:2:5
  |
1 | contract Token {
  |          ----- in this contract
2 |     total: integer
  |     ^^^^^ here
  |
 ::: zrc20.zx:1:10
  |
1 | protocol ZRC20 {
  |          ----- because of this
  |
  = note: it is so
  = help: mend it

";
    assert_eq!(render(&[diagnostic], &sources(), Style::Plain), expected);
}

#[test]
fn a_label_of_many_lines_underlines_its_first() {
    let diagnostic = Diagnostic::warning("W9999", "all of this").label(span(0, 0, 38), "");
    let expected = "\
warning[W9999]: all of this
 --> token.zx:1:1
  |
1 | contract Token {
  | ^^^^^^^^^^^^^^^^

";
    assert_eq!(render(&[diagnostic], &sources(), Style::Plain), expected);
}

#[test]
fn labels_beyond_the_text_and_of_unknown_files_are_survived() {
    for (file, start, end) in [(0, 38, 38), (0, 37, 38), (0, 1000, 2000), (0, u32::MAX, u32::MAX), (7, 0, 1)] {
        let diagnostic = Diagnostic::error("E9999", "where").label(span(file, start, end), "");
        let text = render(std::slice::from_ref(&diagnostic), &sources(), Style::Plain);
        assert!(text.starts_with("error[E9999]: where\n"), "{text}");
        report(&diagnostic, &sources());
    }
}

#[test]
fn lines_between_two_labels_are_shown_if_they_are_few() {
    let text = |lines: u32| (1..=lines).map(|line| format!("line {line}\n")).collect::<String>();
    let told = |lines: u32| {
        let source = Source::new("a.zx", text(lines)).unwrap();
        let last = source.line_start(lines);
        let diagnostic = Diagnostic::error("E9999", "both").label(span(0, 0, 4), "").label(span(0, last, last + 4), "");
        render(&[diagnostic], &source.into(), Style::Plain)
    };
    assert!(told(3).contains("2 | line 2\n"), "{}", told(3));
    assert!(!told(9).contains("line 5"), "{}", told(9));
    assert!(told(9).contains("...\n"), "{}", told(9));
}

#[test]
fn a_place_far_within_a_line_is_named_and_not_shown() {
    let source = Source::new("a.zx", "a".repeat(10_000)).unwrap();
    let diagnostic = Diagnostic::error("E9999", "far").label(span(0, 5_000, 5_001), "here").help("mend it");
    let expected = "\
error[E9999]: far
--> a.zx:1:5001
 = note: here
 = help: mend it

";
    assert_eq!(render(&[diagnostic], &source.clone().into(), Style::Plain), expected);
    let diagnostic = Diagnostic::error("E9999", "near").label(span(0, 100, 9_000), "here");
    let told = render(&[diagnostic], &source.into(), Style::Plain);
    assert!(told.contains("a.zx:1:101") && told.len() < 1_000, "{told}");
}

#[test]
fn a_report_names_files_lines_and_bytes() {
    let diagnostic = Diagnostic::error("E9999", "wrong").label(span(0, 21, 26), "here").help("mend it");
    let expected = serde_json::json!({
        "severity": "error",
        "code": "E9999",
        "message": "wrong",
        "labels": [{
            "file": "token.zx",
            "start_byte": 21,
            "end_byte": 26,
            "start": { "line": 2, "column": 5 },
            "end": { "line": 2, "column": 10 },
            "message": "here",
            "primary": true,
        }],
        "notes": [],
        "help": ["mend it"],
    });
    assert_eq!(serde_json::to_value(report(&diagnostic, &sources())).unwrap(), expected);
}

#[test]
fn diagnostics_are_bounded_and_sorted_by_place() {
    let mut diagnostics = Diagnostics::default();
    for index in 0..DIAGNOSTICS_MAX as u32 + 5 {
        diagnostics.push(Diagnostic::warning("W9999", "unused").label(span(0, 1000 - index, 1001), ""));
    }
    assert!(!diagnostics.has_errors());
    diagnostics.push(Diagnostic::error("E9999", "wrong"));
    assert!(diagnostics.has_errors());
    let list = diagnostics.into_sorted();
    assert_eq!(list.len(), DIAGNOSTICS_MAX + 1);
    assert!(list[..DIAGNOSTICS_MAX].is_sorted_by_key(Diagnostic::span));
    assert_eq!((list[DIAGNOSTICS_MAX].code, list[DIAGNOSTICS_MAX].severity), ("E0001", Severity::Error));
}
