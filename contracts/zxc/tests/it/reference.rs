//! `docs/zx.md` says what the compiler does.

use std::{fs, path::PathBuf};

use zxc::{
    diagnostics::{Style, render},
    source::Source,
    syntax::{format, parse, reserved_words},
};

const REFERENCE: &str = include_str!("../../../../docs/zx.md");

#[test]
fn the_programs_of_the_reference_are_sound_and_formatted() {
    let programs = REFERENCE.split("```zx\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let mut count = 0;
    for program in programs {
        let source = Source::new("zx.md", program).unwrap();
        let (file, diagnostics) = parse(&source);
        assert_eq!(render(&diagnostics, &source.clone().into(), Style::Plain), "");
        assert_eq!(without_alignment(&format(&file, &source)), without_alignment(program));
        count += 1;
    }
    assert!(count >= 3);
}

/// Comments may stand below each other in the reference.
fn without_alignment(text: &str) -> String {
    text.lines().map(|line| line.split(" //").map(str::trim_end).collect::<Vec<_>>().join(" //") + "\n").collect()
}

#[test]
fn the_reserved_words_of_the_reference_are_the_compilers() {
    let listed = REFERENCE.lines().filter_map(|line| line.strip_prefix("> ")).flat_map(str::split_whitespace);
    let listed = listed.map(|word| word.trim_matches('`')).collect::<Vec<_>>();
    assert_eq!(listed, reserved_words().collect::<Vec<_>>());
}

#[test]
fn each_code_of_lexer_and_parser_is_in_the_reference() {
    let source = include_str!("../../src/syntax/codes.rs");
    let constants = source.lines().filter(|line| line.starts_with("pub const"));
    let codes = constants.filter_map(|line| line.split('"').nth(1));
    let listed = REFERENCE.lines().filter_map(|line| line.strip_prefix("| ")).filter_map(|line| line.get(..5));
    let listed = listed.filter(|code| code.starts_with(['E', 'W']) && code[1..].parse::<u32>().is_ok());
    let listed = listed.filter(|code| ["E01", "E02", "W02"].contains(&&code[..3])).collect::<Vec<_>>();
    assert_eq!(listed, codes.collect::<Vec<_>>());
}

/// No source is known that shows it: it would be a mistake of the compiler.
const NEVER_SHOWN: &str = "E0602";

#[test]
fn each_code_of_the_reference_is_shown_by_some_file() {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let folders = [tests.clone(), tests.join("analysis"), tests.join("compile")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let told = files.filter(|path| path.extension().is_some_and(|extension| extension == "txt"));
    let told = told.map(|path| fs::read_to_string(path).unwrap()).collect::<String>();
    // What `zxc verify` finds is in programs that are otherwise sound.
    let reviewed = include_str!("../../src/review/tests.rs");
    let listed = REFERENCE.lines().filter_map(|line| line.strip_prefix("| ")).filter_map(|line| line.get(..5));
    let listed = listed.filter(|code| code.starts_with(['E', 'W']) && code[1..].parse::<u32>().is_ok());
    let missing = listed
        .chain(["E0001"])
        .filter(|code| !told.contains(&format!("[{code}]")) && !reviewed.contains(&format!("\"{code}\"")));
    assert_eq!(missing.collect::<Vec<_>>(), [NEVER_SHOWN]);
}
