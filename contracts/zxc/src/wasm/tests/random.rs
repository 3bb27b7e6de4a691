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
        chain.context.block_number += 1;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_program_does_the_same_in_both(tape in prop::collection::vec(any::<u8>(), 0..3_000)) {
        compare(&case(&tape))?;
    }
}
