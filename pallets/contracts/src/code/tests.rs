//! Tests of code preparation: what is accepted, what prepared code does, what it pays.

mod corpus;
mod engines;
mod exports;
mod imports;
mod machine;
mod metering;
mod naive;
mod programs;
mod random;
mod refusals;

use super::{CodeError, Prepared, prepare};

/// A module of the text, with memory and entries unless `text` brings its own.
fn module(text: &str) -> Vec<u8> {
    wat::parse_str(format!("(module {text})")).expect("the text is a module")
}

/// A contract whose `call` has the given body; other items may precede it.
fn contract(items: &str, call: &str) -> Vec<u8> {
    module(&format!(r#"{items} (memory 1) (func (export "deploy")) (func (export "call") {call})"#))
}

/// Prepares a module that is accepted, and checks that what comes out is valid.
fn accepted(module: &[u8]) -> Prepared {
    let prepared = prepare(module).expect("the module is accepted");
    validate(&prepared.code);
    prepared
}

/// Whether the sandbox takes a module: the features that the host's engine has.
fn validate(code: &[u8]) {
    use wasmparser::WasmFeatures as F;
    let features = F::MUTABLE_GLOBAL | F::SIGN_EXTENSION | F::BULK_MEMORY_OPT;
    wasmparser::Validator::new_with_features(features).validate_all(code).expect("prepared code is valid");
}

fn refused(module: &[u8]) -> CodeError {
    prepare(module).expect_err("the module is refused")
}
