//! Random programs, in both.

use proptest::prelude::*;

use super::{machine, validate};
use crate::ir::chain::Answer;
use crate::ir::interpret::{Interpreter, Limits, Outcome};
use crate::ir::tests::mock::MockChain;
use crate::ir::tests::random::case;
use crate::ir::{EntryKind, Fault, Program, check};
use crate::wasm::{GenerateError, generate};

/// Calls a program in both, one call after the other, and compares. What neither language promises is not compared: limits.
pub(crate) fn compare(
    program: &Program,
    answers: &[Answer],
    inputs: &[(EntryKind, Vec<u8>)],
) -> Result<(), TestCaseError> {
    prop_assert_eq!(check(program), Ok(()));
    let module = match generate(program) {
        Err(GenerateError::TooLarge { .. }) => return Ok(()),
        module => module.expect("a module"),
    };
    validate(&module);
    let mut chain = MockChain::default();
    chain.answers.extend(answers.iter().cloned());
    for (kind, input) in inputs {
        let (mut expected, mut actual) = (chain.clone(), chain.clone());
        let limits = Limits { steps: 200_000, depth: 64 };
        let outcome = Interpreter::new(program, &mut expected, limits).run(*kind, input);
        if matches!(outcome, Outcome::Stopped(_)) {
            return Ok(());
        }
        let run = machine::run(&module, &mut actual, *kind, input);
        if run.outcome == Ok(Outcome::Reverted(Fault::OutOfMemory.message().to_owned())) {
            return Ok(());
        }
        prop_assert_eq!(run.outcome.as_ref(), Ok(&outcome));
        prop_assert_eq!(&actual, &expected);
        if !matches!(outcome, Outcome::Reverted(_)) {
            chain = actual;
        }
        chain.context.block_number += 1;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_program_does_the_same_in_both(tape in prop::collection::vec(any::<u8>(), 0..3_000)) {
        let case = case(&tape);
        let inputs: Vec<_> = case.inputs.into_iter().map(|input| (EntryKind::Message, input)).collect();
        compare(&case.program, &case.answers, &inputs)?;
    }
}
