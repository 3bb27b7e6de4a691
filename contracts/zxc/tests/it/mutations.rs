//! Programs with something wrong in them: words taken from one place and put into another. Whatever comes of it, the compiler
//! says so; it never panics, and never finds a mistake of its own.

use std::{collections::BTreeMap, fs, path::PathBuf};

use proptest::prelude::*;
use zxc::compile::{Options, compile};

/// The sources that are changed.
fn sources() -> Vec<String> {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folders = ["run", "programs", "contracts", "diagnostics/analysis"];
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(tests.join(folder)).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "zx"))
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// The words, numbers, strings and signs of a text, blanks behind them included.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let end = if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let end = end + (rest[end..].len() - rest[end..].trim_start().len());
        let (word, behind) = rest.split_at(end);
        words.push(word);
        rest = behind;
    }
    words
}

/// Names, numbers, or the sign.
fn class(word: &str) -> char {
    match word.chars().next() {
        Some(first) if first.is_ascii_digit() => '0',
        Some(first) if first.is_ascii_alphabetic() => 'a',
        Some('+' | '*' | '/' | '%') => '+',
        first => first.unwrap_or(' '),
    }
}

/// One change: at a place, of a kind, with a word from another place.
type Change = (prop::sample::Index, u8, prop::sample::Index);

fn changed(text: &str, changes: &[Change]) -> String {
    let mut found: Vec<String> = words(text).into_iter().map(str::to_owned).collect();
    for (at, kind, other) in changes {
        let at = at.index(found.len());
        let start = other.index(found.len());
        match kind % 8 {
            0 => {
                found.remove(at);
            }
            1 => found.insert(at, found[start].clone()),
            // A name for a name, a number for a number: the syntax stays whole.
            _ => {
                let class = class(&found[at]);
                let same = found[start..].iter().find(|word| self::class(word) == class);
                if let Some(word) = same.cloned() {
                    found[at] = word;
                }
            }
        }
    }
    found.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_programs_are_compiled_or_refused(
        source in any::<prop::sample::Index>(),
        changes in prop::collection::vec(any::<Change>(), 1..4),
    ) {
        let sources = sources();
        let text = changed(&sources[source.index(sources.len())], &changes);
        let compilation = compile("a.zx", &text, &BTreeMap::new(), &Options::default());
        let mistake = compilation.diagnostics.iter().find(|diagnostic| diagnostic.code == "E0602");
        prop_assert!(mistake.is_none(), "{mistake:?}\n{text}");
    }
}

/// More than those of every day, if somebody asks for them.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(200)
}
