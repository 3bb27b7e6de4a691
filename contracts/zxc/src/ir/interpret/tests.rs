//! The examples at work; what Wasm does beside it is compared in `wasm/tests`.

use super::{Interpreter, Limits, Outcome, Stop};
use crate::ir::program::selector;
use crate::ir::tests::mock::{Effect, MockChain};
use crate::ir::tests::{counter, token};
use crate::ir::{
    Binary, Cell, EntryKind, Expression, Fault, FunctionBuilder, Integer, Kind, Program, Statement, Type, storage,
};

fn run(program: &Program, chain: &mut MockChain, name: &str, arguments: &[&[u8]]) -> Outcome {
    let kind = if name == "constructor" { EntryKind::Constructor } else { EntryKind::Message };
    let input = [&selector(name)[..], &arguments.concat()].concat();
    Interpreter::new(program, chain, Limits::default()).run(kind, &input)
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
    let (program, mut chain) = (counter::program(), MockChain::default());
    assert_eq!(run(&program, &mut chain, "constructor", &[&40u32.to_le_bytes()]), returned(&[]));
    assert_eq!(run(&program, &mut chain, "increment", &[&2u32.to_le_bytes()]), returned(&[]));
    assert_eq!(run(&program, &mut chain, "value", &[]), returned(&[&[42, 0, 0, 0]]));
    assert_eq!(chain.state.storage.get(&storage::root("count")[..]), Some(&vec![42, 0, 0, 0]));
    assert_eq!(run(&program, &mut chain, "increment", &[&u32::MAX.to_le_bytes()]), reverted("arithmetic overflow"));
    assert_eq!(run(&program, &mut chain, "increment", &[&0u32.to_le_bytes()]), reverted("by nothing"));
}

#[test]
fn input_that_is_not_exact_is_refused() {
    let (program, mut chain) = (counter::program(), MockChain::default());
    assert_eq!(run(&program, &mut chain, "increment", &[&[1, 0, 0]]), reverted("malformed data"));
    assert_eq!(run(&program, &mut chain, "increment", &[&[1, 0, 0, 0, 0]]), reverted("malformed data"));
    assert_eq!(run(&program, &mut chain, "decrement", &[]), reverted("unknown action"));
    let too_short = Interpreter::new(&program, &mut chain, Limits::default()).run(EntryKind::Message, &[1, 2, 3]);
    assert_eq!(too_short, reverted("unknown action"));
    chain.context.value = 1;
    assert_eq!(run(&program, &mut chain, "value", &[]), reverted("action accepts no value"));
}

#[test]
fn the_token_moves_and_tells() {
    let (program, mut chain) = (token::program(), MockChain::from(1));
    assert_eq!(run(&program, &mut chain, "constructor", &[&integer(100)]), returned(&[]));
    assert_eq!(run(&program, &mut chain, "transfer", &[&[2; 20], &integer(30)]), returned(&[&[1]]));
    assert_eq!(run(&program, &mut chain, "balance_of", &[&[1; 20]]), returned(&[&integer(70)]));
    assert_eq!(run(&program, &mut chain, "balance_of", &[&[2; 20]]), returned(&[&integer(30)]));
    assert_eq!(run(&program, &mut chain, "transfer", &[&[1; 20], &integer(70)]), returned(&[&[1]]));
    assert_eq!(run(&program, &mut chain, "balance_of", &[&[1; 20]]), returned(&[&integer(70)]));
    assert_eq!(run(&program, &mut chain, "transfer", &[&[2; 20], &integer(71)]), reverted("insufficient balance"));
    let (mut from, mut to) = ([0; 32], [0; 32]);
    from[..20].fill(1);
    to[..20].fill(2);
    let topics = vec![program.events[0].topic(), from, to];
    let data = [&[1; 20][..], &[2; 20], &integer(30)].concat();
    assert_eq!(chain.state.effects[1], Effect::Event { topics, data });
    let key = [&storage::root("balances")[..], &[2; 20]].concat();
    assert_eq!(chain.state.storage[&key], integer(30));
}

#[test]
fn what_never_ends_is_stopped() {
    let mut program = Program::new("Test");
    let forever = Statement::Loop { condition: Expression::boolean(true), body: vec![], step: vec![] };
    let function = program.add_function(FunctionBuilder::new("forever", Type::Unit).finish([forever]));
    program.add_message("forever", function);
    let itself = program.declare("itself", Type::Unit);
    let call = Statement::Evaluate(Expression::call(&program, itself, vec![]));
    program.define(itself, FunctionBuilder::new("itself", Type::Unit).finish([call]));
    program.add_message("itself", itself);
    let mut chain = MockChain::default();
    assert_eq!(run(&program, &mut chain, "forever", &[]), Outcome::Stopped(Stop::Steps));
    assert_eq!(run(&program, &mut chain, "itself", &[]), Outcome::Stopped(Stop::Depth));
}

#[test]
fn an_atomic_guard_undoes_and_another_does_not() {
    for atomic in [true, false] {
        let mut program = Program::new("Test");
        let cell = program.add_cell(Cell::plain("x", &[], Type::U8));
        let one = || Expression::integer(Integer::U8, 1);
        let mut f = FunctionBuilder::new("f", Type::String);
        let (message, zero) = (f.local("message", Type::String), f.local("zero", Type::U8));
        let divide = one().binary(Binary::Divide, f.get(zero));
        let body = vec![Statement::Write(cell, vec![], one()), Statement::Evaluate(divide)];
        let caught = Statement::Return(Some(f.get(message)));
        let guard = Statement::Guard { body, atomic, message: Some(message), handler: vec![caught] };
        let function = program.add_function(f.finish([guard]));
        program.add_message("f", function);
        let mut chain = MockChain::default();
        let message = Fault::DivisionByZero.message();
        let expected = [&[u8::try_from(message.len()).expect("short") << 2], message.as_bytes()];
        assert_eq!(run(&program, &mut chain, "f", &[]), returned(&expected.map(|part| part)));
        assert_eq!(chain.state.storage.is_empty(), atomic);
    }
}

#[test]
fn a_change_of_one_list_leaves_its_copy() {
    let mut program = Program::new("Test");
    let list = program.types.list(Type::U8);
    let number = |value: u8| Expression::integer(Integer::U8, value);
    let mut f = FunctionBuilder::new("f", list);
    let (a, b) = (f.local("a", list), f.local("b", list));
    let result = Expression::new(list, Kind::Concat(vec![f.get(a), f.get(b)]));
    let function = program.add_function(f.finish([
        Statement::set(a, Expression::list(list, vec![number(1), number(2)])),
        Statement::set(b, Expression::local(a, list)),
        Statement::Push(a.into(), number(3)),
        Statement::Assign(crate::ir::Place::from(b).element(number(0)), number(9)),
        Statement::Return(Some(result)),
    ]));
    program.add_message("f", function);
    assert_eq!(crate::ir::check(&program), Ok(()));
    let outcome = run(&program, &mut MockChain::default(), "f", &[]);
    assert_eq!(outcome, returned(&[&[5 << 2, 1, 2, 3, 9, 2]]));
}

#[test]
fn an_enumerable_map_lists_its_keys() {
    let mut program = Program::new("Test");
    let cell = program.add_cell(Cell::enumerable("m", &[Type::U8], Type::U8));
    let list = program.types.list(Type::U8);
    let number = |value: u8| Expression::integer(Integer::U8, value);
    let write = |key: u8| Statement::Write(cell, vec![number(key)], number(key));
    let function = program.add_function(FunctionBuilder::new("f", list).finish([
        write(5),
        write(6),
        write(7),
        write(6),
        Statement::Clear(cell, vec![number(5)]),
        Statement::Clear(cell, vec![number(99)]),
        Statement::Return(Some(Expression::new(list, Kind::Keys(cell, vec![])))),
    ]));
    program.add_message("f", function);
    assert_eq!(crate::ir::check(&program), Ok(()));
    let mut chain = MockChain::default();
    assert_eq!(run(&program, &mut chain, "f", &[]), returned(&[&[2 << 2, 7, 6]]));
    // Two values, two positions, two keys and their number.
    assert_eq!(chain.state.storage.len(), 7);
}

#[test]
fn a_ledger_remembers() {
    let mut program = Program::new("Test");
    let cell = program.add_cell(Cell::ledger("rate", &[Type::U8], Type::Integer(Integer::U16)));
    let key = || vec![Expression::integer(Integer::U8, 1)];
    let mut set = FunctionBuilder::new("set", Type::Unit);
    let value = set.parameter("value", Type::Integer(Integer::U16));
    let write = Statement::Write(cell, key(), set.get(value));
    let set = program.add_function(set.finish([write]));
    program.add_message("set", set);
    let mut at = FunctionBuilder::new("at", Type::Integer(Integer::U16));
    let block = at.parameter("block", Type::U32);
    let ty = Type::Integer(Integer::U16);
    let read = Expression::new(ty, Kind::AtBlock(cell, key(), Box::new(at.get(block))));
    let at = program.add_function(at.finish([Statement::Return(Some(read))]));
    program.add_message("at", at);
    let mut chain = MockChain::default();
    for (block, value) in [(10u32, 7u16), (10, 8), (20, 9)] {
        chain.context.block_number = block;
        assert_eq!(run(&program, &mut chain, "set", &[&value.to_le_bytes()]), returned(&[]));
    }
    for (block, value) in [(9u32, 0u16), (10, 8), (19, 8), (20, 9), (u32::MAX, 9)] {
        assert_eq!(run(&program, &mut chain, "at", &[&block.to_le_bytes()]), returned(&[&value.to_le_bytes()]));
    }
}
