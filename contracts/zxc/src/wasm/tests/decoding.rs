//! Arguments that are not exactly what they should be, and text that is none.

use proptest::prelude::*;

use super::{Both, returned, reverted};
use crate::ir::interpret::Outcome;
use crate::ir::program::selector;
use crate::ir::{EntryKind, FunctionBuilder, Program, Statement, Type};

/// A contract with an action for each of many types, which gives back what it gets.
fn echo() -> (Program, Vec<(String, Type)>) {
    let mut program = Program::new("Echo");
    let types = &mut program.types;
    let choice = types.enumeration("Choice", &["A", "B", "C"]);
    let maybe = types.option(Type::U64);
    let texts = types.list(Type::String);
    let record = types.record("Record", &[("a", Type::Boolean), ("b", texts), ("c", maybe), ("d", choice)]);
    let plain = types.tuple(&[Type::U8, Type::Address, Type::U128]);
    let all = [
        Type::Unit,
        Type::Boolean,
        Type::U32,
        Type::INTEGER,
        Type::String,
        Type::Bytes,
        Type::Address,
        choice,
        maybe,
        texts,
        record,
        plain,
        types.list(plain),
        types.list(record),
        types.list(Type::Boolean),
        types.list(Type::U8),
        types.option(record),
        types.tuple(&[Type::Boolean, choice]),
    ];
    let mut actions = Vec::new();
    for (index, ty) in all.into_iter().enumerate() {
        let name = format!("echo{index}");
        let mut f = FunctionBuilder::new(&name, ty);
        let value = f.parameter("value", ty);
        let give = Statement::Return(Some(f.get(value)));
        let function = program.add_function(f.finish([give]));
        program.add_message(&name, function);
        actions.push((name, ty));
    }
    (program, actions)
}

#[test]
fn a_length_has_one_encoding() {
    let mut contract = Both::new(echo().0);
    let malformed = || reverted("malformed data");
    let long = vec![7; 64];
    for (input, outcome) in [
        (&[0][..], returned(&[&[0]])),
        (&[1 << 2, 9], returned(&[&[1 << 2, 9]])),
        // The same lengths, longer than need be.
        (&[0b01, 0], malformed()),
        (&[0b101, 0, 9], malformed()),
        (&[0b10, 0, 0, 0], malformed()),
        (&[0b11, 0, 0, 0, 0], malformed()),
        // Longer than what there is.
        (&[2 << 2, 9], malformed()),
        (&[0xfe, 0xff, 0xff, 0xff], malformed()),
        (&[0b01], malformed()),
        (&[], malformed()),
        (&[0, 0], malformed()),
        (&[&[0b01, 1][..], &long].concat(), returned(&[&[0b01, 1], &long])),
        (&[&[0b10, 1, 0, 0][..], &long].concat(), malformed()),
    ] {
        assert_eq!(contract.run("echo5", &[input]), outcome, "{input:?}");
    }
}

#[test]
fn a_boolean_is_0_or_1_and_a_variant_is_one_of_them() {
    let mut contract = Both::new(echo().0);
    for action in ["echo1", "echo7", "echo8", "echo17"] {
        for byte in 0..=u8::MAX {
            for rest in [&[][..], &[0], &[2], &[0; 8]] {
                contract.run(action, &[&[byte], rest]);
            }
        }
    }
    assert_eq!(contract.run("echo1", &[&[2]]), reverted("malformed data"));
    assert_eq!(contract.run("echo7", &[&[2]]), returned(&[&[2]]));
    assert_eq!(contract.run("echo7", &[&[3]]), reverted("malformed data"));
}

#[test]
fn a_list_that_claims_to_be_long_takes_no_memory() {
    let (program, _) = echo();
    let module = crate::wasm::generate(&program).expect("a module");
    for action in ["echo9", "echo12", "echo13", "echo14"] {
        let input = [&selector(action)[..], &[0xfe, 0xff, 0xff, 0xff], &[0; 100]].concat();
        let mut chain = crate::ir::tests::mock::MockChain::default();
        let run = super::machine::run(&module, &mut chain, EntryKind::Message, &input);
        assert_eq!(run.outcome, Ok(reverted("malformed data")));
        assert_eq!(run.memory.len(), 2 * 65_536);
    }
}

/// A contract that says whether bytes are text.
fn text() -> Program {
    let mut program = Program::new("Text");
    let mut f = FunctionBuilder::new("f", Type::U32);
    let bytes = f.parameter("bytes", Type::Bytes);
    let give = Statement::Return(Some(f.get(bytes).convert(Type::String).length()));
    let function = program.add_function(f.finish([give]));
    program.add_message("f", function);
    program
}

#[test]
fn text_is_what_the_standard_says() {
    let mut contract = Both::new(text());
    let edges = [0u8, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf];
    let firsts = [&edges[..], &[0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff]].concat();
    let mut texts = vec![vec![]];
    for first in &firsts {
        texts.push(vec![*first]);
        for second in edges {
            texts.push(vec![*first, second]);
            for third in [0x80, 0xbf, 0xc0, 0x41] {
                texts.push(vec![*first, second, third]);
                texts.push(vec![*first, second, third, 0x80]);
                texts.push(vec![*first, second, third, 0xc0]);
            }
        }
    }
    for text in texts {
        let length = u8::try_from(text.len()).expect("short");
        let outcome = contract.run("f", &[&[length << 2], &text]);
        let is_text = std::str::from_utf8(&text).is_ok();
        assert_eq!(matches!(outcome, Outcome::Returned(_)), is_text, "{text:?}");
    }
}

#[test]
fn a_string_is_not_cut_through_a_character() {
    let mut program = Program::new("Test");
    let mut f = FunctionBuilder::new("f", Type::String);
    let (text, from, to) =
        (f.parameter("text", Type::String), f.parameter("from", Type::U8), f.parameter("to", Type::U8));
    let give = Statement::Return(Some(f.get(text).slice(f.get(from), Some(f.get(to)))));
    let function = program.add_function(f.finish([give]));
    program.add_message("f", function);
    let mut contract = Both::new(program);
    let text = "aé€𝄞z";
    let length = u8::try_from(text.len()).expect("short");
    for from in 0..=length + 1 {
        for to in 0..=length + 1 {
            let outcome = contract.run("f", &[&[length << 2], text.as_bytes(), &[from, to]]);
            let part = text.get(usize::from(from)..usize::from(to));
            assert_eq!(matches!(outcome, Outcome::Returned(_)), part.is_some(), "{from} {to}");
        }
    }
}

#[test]
fn a_bytes_is_an_address_only_if_it_is_as_long() {
    let mut program = Program::new("Test");
    let mut f = FunctionBuilder::new("f", Type::Address);
    let bytes = f.parameter("bytes", Type::Bytes);
    let give = Statement::Return(Some(f.get(bytes).convert(Type::Address)));
    let function = program.add_function(f.finish([give]));
    program.add_message("f", function);
    let mut contract = Both::new(program);
    assert_eq!(contract.run("f", &[&[20 << 2], &[5; 20]]), returned(&[&[5; 20]]));
    assert_eq!(contract.run("f", &[&[19 << 2], &[5; 19]]), reverted("value out of range"));
    assert_eq!(contract.run("f", &[&[21 << 2], &[5; 21]]), reverted("value out of range"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes, both take it or both refuse it.
    #[test]
    fn random_input_is_the_same_to_both(inputs in prop::collection::vec((0usize..18, input()), 1..20)) {
        let (program, actions) = echo();
        let mut contract = Both::new(program);
        for (action, input) in inputs {
            contract.run(&actions[action].0, &[&input]);
        }
    }
}

/// Bytes that often begin as encodings do.
fn input() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(0u8), Just(1), Just(4), Just(8), Just(12), Just(b'a'), any::<u8>()];
    prop::collection::vec(byte, 0..40)
}
