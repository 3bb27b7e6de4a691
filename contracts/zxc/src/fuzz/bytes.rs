//! Bytes changed, for what reads text.

use ziver_fuzz::damage::fuzz;

use super::{assert_memory_is_bounded, in_time, sources};
use crate::{
    diagnostics::{Style, render, report},
    limits::DIAGNOSTICS_MAX,
    source::Source,
    syntax::{format, parse, testing::shape},
};

/// What is told about one source, at most: each problem shows some lines, and long ones are cut.
const TOLD_BYTES_MAX: usize = 200_000;

/// Reads a text, shows what is told about it, and formats it.
fn read(text: &str) {
    let Ok(source) = Source::new("a.zx", text) else { return };
    let (file, diagnostics) = parse(&source);
    assert_eq!(file.broken, diagnostics.iter().any(|diagnostic| diagnostic.is_error()));
    assert!(diagnostics.len() <= DIAGNOSTICS_MAX + 1);
    let formatted = format(&file, &source);
    if file.broken {
        assert_eq!(formatted, text);
    } else {
        let again = Source::new("a.zx", &formatted).expect("a formatted file is not much longer");
        let (tree, _) = parse(&again);
        assert!(!tree.broken, "{text}\nbecame\n{formatted}");
        assert_eq!(shape(&file), shape(&tree), "{text}\nbecame\n{formatted}");
        assert_eq!(format(&tree, &again), formatted, "{text}");
    }
    let sources = source.into();
    let told = render(&diagnostics, &sources, Style::Plain);
    assert!(told.len() < TOLD_BYTES_MAX, "{}", told.len());
    for diagnostic in &diagnostics {
        report(diagnostic, &sources);
    }
}

#[test]
fn any_text_is_read_to_its_end_and_formatted_to_what_means_the_same() {
    let seeds: Vec<Vec<u8>> = sources().into_iter().map(String::into_bytes).collect();
    fuzz(&seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        in_time(&text, || read(&text));
    });
    assert_memory_is_bounded();
}
