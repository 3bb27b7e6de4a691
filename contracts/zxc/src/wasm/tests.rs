//! The generated Wasm beside the reference interpreter: the same results, storage, events and calls.

mod arithmetic;
mod budget;
mod decoding;
mod machine;
mod memory;
mod random;

pub(crate) use random::compare;

use crate::ir::chain::{Answer, ReturnCode};
use crate::ir::interpret::{Interpreter, Limits, Outcome};
use crate::ir::program::selector;
use crate::ir::tests::mock::MockChain;
use crate::ir::tests::{counter, token};
use crate::ir::{
    Binary, CallInput, CallKind, CallOutput, Context, ContractCall, EntryKind, Expression, FunctionBuilder, Integer,
    Program, Statement, Type,
};

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

#[test]
fn the_same_program_gives_the_same_module() {
    let module = super::generate(&token::program()).expect("a module");
    assert_eq!(super::generate(&token::program()), Ok(module));
}

#[test]
fn a_contract_that_is_too_large_is_refused() {
    let mut program = Program::new("Large");
    let mut f = FunctionBuilder::new("f", Type::Unit);
    let local = f.local("x", Type::INTEGER);
    let add = || Expression::local(local, Type::INTEGER).binary(Binary::Add, Expression::integer(Integer::I256, 1));
    let body: Vec<Statement> = (0..6_000).map(|_| Statement::set(local, add())).collect();
    let function = program.add_function(f.finish(body));
    program.add_message("f", function);
    let what = "bytes of code in a function";
    let error = super::GenerateError::TooLarge { subject: "f".into(), what, max: 65_536 };
    assert_eq!(super::generate(&program), Err(error));
}

#[test]
fn a_program_that_is_not_checked_is_refused() {
    let mut program = Program::new("Wrong");
    program.add_function(FunctionBuilder::new("f", Type::Unit).finish([Statement::Break]));
    assert!(matches!(super::generate(&program), Err(super::GenerateError::Check(_))));
}

#[test]
fn value_and_re_entry_are_refused_where_they_are_not_admitted() {
    let mut program = Program::new("Test");
    let give = Statement::Return(Some(Expression::context(Context::Value)));
    let function = program.add_function(FunctionBuilder::new("f", Type::U128).finish([give]));
    program.add_message("plain", function);
    program.add_message("payable", function).payable = true;
    program.add_message("secure", function).secure = true;
    let mut contract = Both::new(program);
    assert_eq!(contract.run("plain", &[]), returned(&[&[0; 16]]));
    contract.chain.context.value = 7 << 64;
    assert_eq!(contract.run("plain", &[]), reverted("action accepts no value"));
    assert_eq!(contract.run("payable", &[]), returned(&[&(7u128 << 64).to_le_bytes()]));
    contract.chain.context.value = 0;
    assert_eq!(contract.run("secure", &[]), returned(&[&[0; 16]]));
    contract.chain.context.reentrance = 1;
    assert_eq!(contract.run("plain", &[]), returned(&[&[0; 16]]));
    assert_eq!(contract.run("secure", &[]), reverted("re-entry refused"));
}

#[test]
fn a_contract_that_ended_itself_answers_nothing_which_will_do_for_no_value() {
    let mut program = Program::new("Caller");
    for (name, ty) in [("nothing", Type::Unit), ("number", Type::U8)] {
        let call = ContractCall {
            kind: CallKind::Normal,
            target: Expression::address([7; 20]),
            input: CallInput::Action([1, 2, 3, 4], Vec::new()),
            value: None,
            gas: None,
            reentry: false,
            output: CallOutput::Value(ty),
        };
        let call = Expression::invoke(call, &mut program.types);
        let f = FunctionBuilder::new(name, ty);
        let function = program.add_function(f.finish([Statement::Return(Some(call))]));
        program.add_message(name, function);
    }
    let mut contract = Both::new(program);
    for (action, output, outcome) in [
        ("nothing", &[][..], returned(&[])),
        ("nothing", &[0], returned(&[])),
        ("nothing", &[1], reverted("malformed data")),
        ("nothing", &[0, 0], reverted("malformed data")),
        ("number", &[0, 9], returned(&[&[9]])),
        ("number", &[], reverted("malformed data")),
    ] {
        // A call that reverted left its answer.
        contract.chain.answers.clear();
        contract.chain.answers.extend([Answer { code: ReturnCode::Success, output: output.to_vec() }]);
        assert_eq!(contract.run(action, &[]), outcome, "{action} {output:?}");
    }
}

#[test]
fn a_fallback_gets_the_whole_input_and_gives_the_whole_output() {
    let mut program = Program::new("Proxy");
    let mut f = FunctionBuilder::new("fallback", Type::Bytes);
    let input = f.parameter("input", Type::Bytes);
    let call = ContractCall {
        kind: CallKind::Delegate,
        target: Expression::hash([9; 32]),
        input: CallInput::Raw(f.get(input)),
        value: None,
        gas: None,
        reentry: false,
        output: CallOutput::Raw,
    };
    let call = Expression::invoke(call, &mut program.types);
    let function = program.add_function(f.finish([Statement::Return(Some(call))]));
    program.fallback = Some(function);
    let mut contract = Both::new(program);
    let answer = |output: &[u8]| Answer { code: ReturnCode::Success, output: output.to_vec() };
    contract.chain.answers.extend([answer(b"anything"), answer(b"")]);
    assert_eq!(contract.run_input(EntryKind::Message, b"abcdefgh"), Outcome::Returned(b"anything".to_vec()));
    assert_eq!(contract.run_input(EntryKind::Message, b"ab"), Outcome::Returned(Vec::new()));
    let reverts = Answer { code: ReturnCode::CalleeReverted, output: vec![1, 2 << 2, b'n', b'o'] };
    contract.chain.answers.extend([reverts]);
    assert_eq!(contract.run_input(EntryKind::Message, b"abcd"), reverted("no"));
    assert_eq!(contract.run_input(EntryKind::Constructor, b"abcd"), reverted("unknown action"));
}
