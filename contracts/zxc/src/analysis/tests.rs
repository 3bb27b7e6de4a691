//! Programs of `tests/run`, in the interpreter and as Wasm.
//!
//! Each action that takes nothing is called after a deployment of its own. The comment above it is the message that it has to
//! revert with; without one it has to return.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use crate::{
    analysis::words,
    compile::{Compilation, Options, lower},
    diagnostics::{Style, render},
    ir::{EntryKind, Program, interpret::Outcome, program::selector},
    syntax::reserved_words,
    wasm::tests::Both,
};

mod behaviour;

/// The program of a source without errors; warnings are shown.
pub(crate) fn program(name: &str, source: &str) -> (Program, Vec<Vec<String>>) {
    let (lowered, Compilation { diagnostics, sources, .. }) =
        lower(name, source, &BTreeMap::new(), &Options::default());
    let said = render(&diagnostics, &sources, Style::Plain);
    let lowered = lowered.unwrap_or_else(|| panic!("{name} does not compile:\n{said}"));
    assert_eq!(said, "", "{name}");
    (lowered.program.expect("a program"), lowered.docs.entries)
}

#[test]
fn each_action_of_the_programs_does_what_its_comment_says() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/run");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (program, docs) = program(name, &fs::read_to_string(&path).unwrap());
        let mut deployed = Both::new(program.clone());
        let outcome = deployed.run_input(EntryKind::Constructor, &selector("new"));
        assert!(matches!(outcome, Outcome::Returned(_)), "{name}: {outcome:?}");
        let start = deployed.chain.clone();
        for (entry, docs) in program.entries.iter().zip(docs) {
            let parameters = program.functions[entry.function.index()].parameters;
            if entry.kind == EntryKind::Constructor || parameters > 0 {
                continue;
            }
            deployed.chain = start.clone();
            let outcome = deployed.run_input(EntryKind::Message, &entry.selector);
            let expected = docs.join(" ");
            let fits = match &outcome {
                Outcome::Returned(_) => expected.is_empty(),
                Outcome::Reverted(message) => !docs.is_empty() && *message == expected,
                _ => false,
            };
            if !fits {
                wrong.push(format!("{name}: {} gives {outcome:?}, not {expected:?}", entry.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_first_example_of_the_language_compiles_and_moves_tokens() {
    let files = BTreeMap::from([(
        "interfaces/zrc20.zx".to_owned(),
        include_str!("../../tests/contracts/interfaces/zrc20.zx").to_owned(),
    )]);
    let source = include_str!("../../tests/contracts/token.zx");
    let program = lower("token.zx", source, &files, &Options::default()).0.and_then(|lowered| lowered.program);
    let mut token = Both::new(program.expect("a program"));
    let integer = |value: u8| [&[value][..], &[0; 31]].concat();
    let mut run = |kind, name: &str, arguments: &[&[u8]]| {
        token.run_input(kind, &[&selector(name)[..], &arguments.concat()].concat())
    };
    let returned = |value: &[u8]| Outcome::Returned([&[0][..], value].concat());
    let (caller, other) = ([0xca; 20], [2; 20]);
    assert_eq!(run(EntryKind::Constructor, "new", &[&integer(100)]), returned(&[]));
    assert_eq!(run(EntryKind::Message, "transfer", &[&other, &integer(30)]), returned(&[1]));
    assert_eq!(run(EntryKind::Message, "balance_of", &[&caller]), returned(&integer(70)));
    let refused = Outcome::Reverted("insufficient balance".to_owned());
    assert_eq!(run(EntryKind::Message, "transfer", &[&other, &integer(71)]), refused);
    assert_eq!(run(EntryKind::Message, "mint", &[&other, &integer(5)]), returned(&[]));
    assert_eq!(run(EntryKind::Message, "total_supply", &[]), returned(&integer(105)));
}

#[test]
fn each_word_of_the_language_is_in_a_program_that_runs() {
    let mut text = include_str!("tests/behaviour.rs").to_owned();
    for entry in fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/run")).unwrap() {
        text.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    let used: BTreeSet<&str> = text.split(|it: char| !it.is_ascii_alphanumeric() && it != '_').collect();
    let types = words::SIMPLE_TYPES.iter().map(|(name, _)| *name).chain(words::GENERIC_TYPES);
    // What the grammar has besides the reserved words.
    let others = "persistent storage data state ledger event indexed modifier invariant record enum public private view pure \
        payable secure inline constructor init each in from std limit print test TX gas caller origin value timestamp \
        block_number block_hash gas_limit gas_used gas_remaining balance code_hash";
    let words = words::BUILT_INS.into_iter().chain(types).chain(reserved_words()).chain(others.split_whitespace());
    let missing: Vec<&str> = words.filter(|word| !used.contains(word)).collect();
    assert_eq!(missing, [""; 0]);
}
