//! Random programs, in both.

use proptest::prelude::*;

use super::{machine, validate};
use crate::ir::interpret::{Interpreter, Limits, Outcome};
use crate::ir::tests::mock::MockChain;
use crate::ir::tests::random::{Case, case};
use crate::ir::{EntryKind, Fault, check};
use crate::wasm::{GenerateError, generate};

/// Runs a case in both, and compares. What neither language promises is not compared: limits.
fn compare(case: &Case) -> Result<(), TestCaseError> {
    prop_assert_eq!(check(&case.program), Ok(()));
    let module = match generate(&case.program) {
        Err(GenerateError::TooLarge { .. }) => return Ok(()),
        module => module.expect("a module"),
    };
    validate(&module);
    let mut chain = MockChain::default();
    chain.answers.extend(case.answers.iter().cloned());
    for input in &case.inputs {
        let (mut expected, mut actual) = (chain.clone(), chain.clone());
        let limits = Limits { steps: 200_000, depth: 64 };
        let outcome = Interpreter::new(&case.program, &mut expected, limits).run(EntryKind::Message, input);
        if matches!(outcome, Outcome::Stopped(_)) {
            return Ok(());
        }
        let run = machine::run(&module, &mut actual, EntryKind::Message, input);
        if run.outcome == Ok(Outcome::Reverted(Fault::OutOfMemory.message().to_owned())) {
            return Ok(());
        }
        prop_assert_eq!(run.outcome.as_ref(), Ok(&outcome));
        prop_assert_eq!(&actual, &expected);
        if !matches!(outcome, Outcome::Reverted(_)) {
            chain = actual;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_program_does_the_same_in_both(tape in prop::collection::vec(any::<u8>(), 0..1_500)) {
        compare(&case(&tape))?;
    }
}

#[test]
fn stats() {
    use std::collections::BTreeMap;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut state = 12345u64;
    let mut sizes = 0usize;
    for _ in 0..3000 {
        let mut tape = Vec::new();
        for _ in 0..1500 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            tape.push((state >> 56) as u8);
        }
        let case = case(&tape);
        let Ok(m) = generate(&case.program) else {
            *seen.entry("err".into()).or_default() += 1;
            continue;
        };
        sizes += m.len();
        let mut chain = MockChain::default();
        for input in &case.inputs {
            let outcome = Interpreter::new(&case.program, &mut chain, Limits { steps: 200_000, depth: 64 })
                .run(EntryKind::Message, input);
            let key = match outcome {
                Outcome::Returned(_) => "returned".to_owned(),
                Outcome::Reverted(m) => m,
                o => format!("{o:?}"),
            };
            *seen.entry(key.chars().take(24).collect()).or_default() += 1;
        }
    }
    eprintln!("{seen:#?} {}", sizes / 3000);
}

#[test]
fn debug_tape() {
    let Ok(text) = std::fs::read_to_string("/tmp/tape") else { return };
    let tape: Vec<u8> = text.split(',').filter_map(|it| it.trim().parse().ok()).collect();
    let case = case(&tape);
    for f in &case.program.functions {
        eprintln!("{f:?}\n");
    }
    eprintln!("{:?} {:?}", case.inputs, case.answers);
    let mut p = crate::ir::expand(&case.program);
    crate::ir::optimise(&mut p);
    eprintln!("OPTIMISED");
    for f in &p.functions {
        eprintln!("{f:?}\n");
    }
    compare(&case).unwrap();
}
