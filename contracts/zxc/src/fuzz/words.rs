//! Words taken from one place and put into another, for what knows what programs mean.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::Index};
use ziver_fuzz::damage::fuzz_with;

use super::{assert_memory_is_bounded, in_time, sources};
use crate::{
    analysis::codes,
    compile::{Compilation, Options, check, compile, lower},
    ir::{
        EntryKind, Program,
        interpret::value::{Value, encode},
    },
    source::Source,
    syntax::{format, parse, testing::shape},
    wasm::tests::compare,
};

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
type Change = (Index, u8, Index);

fn changed(text: &str, changes: &[Change]) -> String {
    let mut found: Vec<&str> = words(text);
    for (at, kind, other) in changes {
        if found.is_empty() {
            break;
        }
        let at = at.index(found.len());
        let start = other.index(found.len());
        match kind % 8 {
            0 => {
                found.remove(at);
            }
            1 => found.insert(at, found[start]),
            // A name for a name, a number for a number: the syntax stays whole.
            _ => {
                let class = class(found[at]);
                let same = found[start..].iter().find(|word| self::class(word) == class);
                found[at] = same.unwrap_or(&found[at]);
            }
        }
    }
    found.concat()
}

/// What is refused only when a contract is compiled: which one, and how large it is.
const ONLY_COMPILED: [&str; 3] = [codes::LIMIT, codes::WHICH_CONTRACT, codes::CREATION_CYCLE];

fn judge(text: &str) {
    let Ok(source) = Source::new("a.zx", text) else { return };
    let (file, _) = parse(&source);
    let compiled = compiled(text);
    let checked = check("a.zx", text, &BTreeMap::new());
    let refused = checked.diagnostics.iter().any(|diagnostic| diagnostic.is_error());
    match &compiled.bundle {
        Some(bundle) => {
            assert!(!refused, "what does not check compiles:\n{text}");
            if let Err(problem) = ziver_contracts::code::prepare(&bundle.wasm) {
                panic!("the chain refuses what compiles: {problem:?}\n{text}");
            }
            let lowered = lower("a.zx", text, &BTreeMap::new(), &Options::default()).0;
            run(text, &lowered.and_then(|lowered| lowered.program).expect("it compiles"));
        }
        None => {
            let reasons = compiled.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
            let reasons: Vec<&str> = reasons.map(|diagnostic| diagnostic.code).collect();
            assert!(!reasons.is_empty(), "no contract, and no reason:\n{text}");
            assert!(
                refused || reasons.iter().all(|code| ONLY_COMPILED.contains(code)),
                "what checks does not compile: {reasons:?}\n{text}"
            );
        }
    }
    if file.broken {
        return;
    }
    let formatted = format(&file, &source);
    let again = Source::new("a.zx", &formatted).expect("a formatted file is not much longer");
    let (tree, _) = parse(&again);
    assert!(!tree.broken, "{text}\nbecame\n{formatted}");
    assert_eq!(shape(&file), shape(&tree), "{text}\nbecame\n{formatted}");
    assert_eq!(format(&tree, &again), formatted, "{text}");
    if let Some(bundle) = compiled.bundle {
        let other = self::compiled(&formatted).bundle.map(|bundle| bundle.wasm);
        assert!(other.as_ref() == Some(&bundle.wasm), "{text}\nmeans something else than\n{formatted}");
    }
}

fn compiled(text: &str) -> Compilation {
    let compilation = compile("a.zx", text, &BTreeMap::new(), &Options::default());
    let mistake = compilation.diagnostics.iter().find(|diagnostic| diagnostic.code == codes::INTERNAL);
    assert!(mistake.is_none(), "{mistake:?}\n{text}");
    compilation
}

/// Deploys the contract and calls each action, all with zeros, in the interpreter and as Wasm.
fn run(text: &str, program: &Program) {
    let kinds = [EntryKind::Constructor, EntryKind::Message];
    let entries = kinds.iter().flat_map(|kind| program.entries.iter().filter(move |entry| entry.kind == *kind));
    let inputs: Vec<(EntryKind, Vec<u8>)> = entries
        .map(|entry| {
            let function = &program.functions[entry.function.index()];
            let mut input = entry.selector.to_vec();
            for local in function.locals.iter().take(function.parameters) {
                encode(&Value::zero(local.ty, &program.types), local.ty, &program.types, &mut input);
            }
            (entry.kind, input)
        })
        .collect();
    if let Err(problem) = compare(program, &[], &inputs) {
        panic!("{problem}\n{text}");
    }
}

#[test]
fn changed_programs_are_refused_or_mean_one_thing() {
    let sources = sources();
    for source in &sources {
        judge(source);
    }
    let texts = (any::<Index>(), vec(any::<Change>(), 1..4))
        .prop_map(|(source, changes)| changed(&sources[source.index(sources.len())], &changes));
    fuzz_with(&texts, |text| in_time(&text, || judge(&text)));
    assert_memory_is_bounded();
}
