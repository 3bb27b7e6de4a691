//! Offsets, lines and limits of source files.
use super::*;

fn source(text: &str) -> Source {
    Source::new("a.zx", text).unwrap()
}

#[test]
fn columns_count_characters_and_lines_end_at_newlines() {
    let source = source("a\r\né\u{1F600}x\n");
    assert_eq!(source.line_count(), 3);
    for (offset, line, column) in [(0, 1, 1), (1, 1, 2), (3, 2, 1), (5, 2, 2), (9, 2, 3), (10, 2, 4), (11, 3, 1)] {
        assert_eq!(source.line_column(offset), LineColumn { line, column }, "offset {offset}");
    }
}

#[test]
fn offsets_beyond_the_text_or_within_a_character_are_answered() {
    let source = source("é\nb");
    assert_eq!(source.line_column(1), LineColumn { line: 1, column: 1 });
    assert_eq!(source.line_column(u32::MAX), LineColumn { line: 2, column: 2 });
    assert_eq!(source.line_start(99), 4);
    assert_eq!(source.slice(Span::new(source.id(), 1, 2)), "");
    assert_eq!(source.slice(Span::new(source.id(), 3, 400)), "");
}

#[test]
fn one_byte_too_long_is_refused() {
    let text = "a".repeat(SOURCE_BYTES_MAX);
    assert!(Source::new("a.zx", text.clone()).is_ok());
    let error = SourceError::TooLong { name: "a.zx".into(), bytes: SOURCE_BYTES_MAX + 1 };
    assert_eq!(Source::new("a.zx", text + "a").unwrap_err(), error);
    let error = Sources::default().add_bytes("b.zx", &[0xff; SOURCE_BYTES_MAX + 1]).unwrap_err();
    assert_eq!(error, SourceError::TooLong { name: "b.zx".into(), bytes: SOURCE_BYTES_MAX + 1 });
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = Sources::default().add_bytes("a.zx", b"ab\xff").unwrap_err();
    assert_eq!(error.to_string(), "a.zx is not UTF-8: invalid utf-8 sequence of 1 bytes from index 2");
}

#[test]
fn one_file_too_many_is_refused() {
    let mut sources = Sources::default();
    for index in 0..SOURCE_FILES_MAX {
        assert_eq!(sources.add("a.zx", ""), Ok(FileId(index as u32)));
    }
    assert_eq!(sources.add("b.zx", ""), Err(SourceError::TooMany { name: "b.zx".into() }));
    assert_eq!(sources.iter().count(), SOURCE_FILES_MAX);
}
