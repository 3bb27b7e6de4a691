//! Codes and texts.

use super::*;

#[test]
fn texts_of_the_runtime_become_one_bounded_line() {
    let trap = "Execution failed:\n  wasm trap: unreachable\n\n\tframe 1\u{7}frame 2";
    let error = state(ReadError::Execution(trap.into()));
    assert_eq!(error.code(), STATE);
    assert!(error.message().ends_with("Execution failed: wasm trap: unreachable; frame 1; frame 2"), "{error:?}");
    let long = internal("ä".repeat(ERROR_TEXT_BYTES_MAX));
    assert!(long.message().len() <= ERROR_TEXT_BYTES_MAX + 3 && long.message().ends_with('…'));
}

#[test]
fn refusals_have_the_codes_of_the_own_namespaces() {
    for (refusal, code, message) in [
        (SubmitError::Invalid(InvalidTransaction::Payment), -32011, "Insufficient funds"),
        (SubmitError::Invalid(InvalidTransaction::Stale), -32012, "Nonce too low"),
        (SubmitError::Invalid(InvalidTransaction::ExhaustsResources), -32013, "Gas limit exceeded"),
        (SubmitError::NothingToReplace, -32010, "Transaction rejected"),
        (SubmitError::Banned, -32010, "Transaction rejected"),
    ] {
        let error = rejected(refusal);
        assert_eq!((error.code(), error.message()), (code, message));
        assert!(error.data().is_some());
    }
}
