//! The generated Wasm beside the reference interpreter: the same results, storage, events and calls.

mod arithmetic;
mod machine;
mod random;

use crate::ir::interpret::{Interpreter, Limits, Outcome};
use crate::ir::program::selector;
use crate::ir::tests::mock::MockChain;
use crate::ir::tests::{counter, token};
use crate::ir::{EntryKind, Expression, FunctionBuilder, Integer, Program, Statement, Type};

/// A contract that runs in both.
pub(crate) struct Both {
    pub(crate) program: Program,
    module: Vec<u8>,
    pub(crate) chain: MockChain,
}

impl Both {
    pub(crate) fn new(program: Program) -> Self {
        let module = super::generate(&program).expect("a module");
        validate(&module);
        Self { program, module, chain: MockChain::default() }
    }

    /// Calls an action, or the one constructor; what it did is kept unless it reverted, as the chain does.
    fn run(&mut self, name: &str, arguments: &[&[u8]]) -> Outcome {
        let kind = if name == "constructor" { EntryKind::Constructor } else { EntryKind::Message };
        self.run_input(kind, &[&selector(name)[..], &arguments.concat()].concat())
    }

    pub(crate) fn run_input(&mut self, kind: EntryKind, input: &[u8]) -> Outcome {
        let (mut expected, mut actual) = (self.chain.clone(), self.chain.clone());
        let outcome = Interpreter::new(&self.program, &mut expected, Limits::default()).run(kind, input);
        let run = machine::run(&self.module, &mut actual, kind, input);
        assert_eq!(run.outcome.as_ref(), Ok(&outcome));
        assert_eq!(actual, expected, "after {outcome:?}");
        if !matches!(outcome, Outcome::Reverted(_)) {
            self.chain = actual;
        }
        outcome
    }
}

/// What the chain admits.
fn validate(module: &[u8]) {
    use wasmparser::WasmFeatures as Features;
    let features = Features::MUTABLE_GLOBAL | Features::SIGN_EXTENSION | Features::BULK_MEMORY | Features::GC_TYPES;
    wasmparser::Validator::new_with_features(features).validate_all(module).expect("a valid module");
}

fn integer(value: i64) -> [u8; 32] {
    let mut bytes = [if value < 0 { 0xff } else { 0 }; 32];
    bytes[..8].copy_from_slice(&value.to_le_bytes());
    bytes
}

fn returned(parts: &[&[u8]]) -> Outcome {
    Outcome::Returned([&[0][..], &parts.concat()].concat())
}

fn reverted(message: &str) -> Outcome {
    Outcome::Reverted(message.to_owned())
}

#[test]
fn the_counter_counts() {
    let mut contract = Both::new(counter::program());
    assert_eq!(contract.run("constructor", &[&40u32.to_le_bytes()]), returned(&[]));
    assert_eq!(contract.run("increment", &[&2u32.to_le_bytes()]), returned(&[]));
    assert_eq!(contract.run("value", &[]), returned(&[&[42, 0, 0, 0]]));
    assert_eq!(contract.run("increment", &[&u32::MAX.to_le_bytes()]), reverted("arithmetic overflow"));
    assert_eq!(contract.run("increment", &[&0u32.to_le_bytes()]), reverted("by nothing"));
    assert_eq!(contract.run("value", &[&[0]]), reverted("malformed data"));
    assert_eq!(contract.run("nothing", &[]), reverted("unknown action"));
    assert_eq!(contract.run_input(EntryKind::Message, &[1, 2]), reverted("unknown action"));
    contract.chain.context.value = 1;
    assert_eq!(contract.run("value", &[]), reverted("action accepts no value"));
}

#[test]
fn the_token_moves_and_tells() {
    let mut contract = Both::new(token::program());
    contract.chain.context.caller = [1; 20];
    assert_eq!(contract.run("constructor", &[&integer(1_000)]), returned(&[]));
    assert_eq!(contract.run("transfer", &[&[2; 20], &integer(300)]), returned(&[&[1]]));
    assert_eq!(contract.run("transfer", &[&[1; 20], &integer(300)]), returned(&[&[1]]));
    assert_eq!(contract.run("transfer", &[&[2; 20], &integer(701)]), reverted("insufficient balance"));
    assert_eq!(contract.run("transfer", &[&[2; 20], &integer(-1)]), reverted("amount must be positive"));
    assert_eq!(contract.run("balance_of", &[&[1; 20]]), returned(&[&integer(700)]));
    assert_eq!(contract.run("approve", &[&[3; 20], &integer(50)]), returned(&[&[1]]));
    assert_eq!(contract.run("pause", &[]), returned(&[]));
    assert_eq!(contract.run("transfer", &[&[2; 20], &integer(1)]), reverted("paused"));
    assert_eq!(contract.run("unpause", &[]), returned(&[]));
    assert_eq!(contract.run("mint", &[&[9; 20], &integer(5)]), returned(&[]));
    assert_eq!(contract.run("burn", &[&integer(5)]), returned(&[]));
    contract.chain.context.caller = [3; 20];
    assert_eq!(contract.run("mint", &[&[9; 20], &integer(5)]), reverted("not the owner"));
    assert_eq!(contract.run("transfer_from", &[&[1; 20], &[4; 20], &integer(51)]), reverted("insufficient allowance"));
    assert_eq!(contract.run("transfer_from", &[&[1; 20], &[4; 20], &integer(50)]), returned(&[&[1]]));
    assert_eq!(contract.run("allowance", &[&[1; 20], &[3; 20]]), returned(&[&integer(0)]));
    assert_eq!(contract.run("name", &[]), returned(&[&[7 << 2], b"Example"]));
    assert_eq!(contract.run("decimals", &[]), returned(&[&[18]]));
    assert_eq!(contract.run("total_supply", &[]), returned(&[&integer(1_000)]));
}

#[test]
fn a_function_that_leaves_by_both_branches_has_a_result() {
    let mut program = Program::new("Test");
    let mut f = FunctionBuilder::new("f", Type::U8);
    let choice = f.parameter("choice", Type::Boolean);
    let give = |value| vec![Statement::Return(Some(Expression::integer(Integer::U8, value)))];
    let branch = Statement::If(f.get(choice), give(1), give(2));
    let function = program.add_function(f.finish([branch]));
    program.add_message("f", function);
    let mut contract = Both::new(program);
    assert_eq!(contract.run("f", &[&[0]]), returned(&[&[2]]));
    assert_eq!(contract.run("f", &[&[1]]), returned(&[&[1]]));
    assert_eq!(contract.run("f", &[&[2]]), reverted("malformed data"));
}
