//! Frames, the arena and its end.

use super::{Both, machine, returned, reverted};
use crate::ir::interpret::Outcome;
use crate::ir::program::selector;
use crate::ir::tests::mock::MockChain;
use crate::ir::{
    Binary, Cell, Comparison, EntryKind, Expression, FunctionBuilder, Integer, LocalId, Place, Program, Statement, Type,
};

fn number(value: u32) -> Expression {
    Expression::integer(Integer::U32, value)
}

/// A loop of so many rounds.
fn rounds(counter: LocalId, count: u32, body: Vec<Statement>) -> Statement {
    let counted = || Expression::local(counter, Type::U32);
    let next = counted().binary(Binary::Add, number(1));
    let condition = counted().compare(Comparison::Less, number(count));
    Statement::Loop { condition, body, step: vec![Statement::set(counter, next)] }
}

fn call(program: &Program, name: &str) -> machine::Run {
    let module = crate::wasm::generate(program).expect("a module");
    machine::run(&module, &mut MockChain::default(), EntryKind::Message, &selector(name))
}

#[test]
fn each_activation_of_a_recursive_function_has_its_own_variables() {
    let mut program = Program::new("Test");
    let ty = Type::INTEGER;
    let constant = |value: i32| Expression::integer(Integer::I256, value);
    // fibonacci(n) = if n < 2 { n } else { first = fibonacci(n - 1); fibonacci(n - 2) + first }
    let fibonacci = program.declare("fibonacci", ty);
    let mut f = FunctionBuilder::new("fibonacci", ty);
    let (n, first) = (f.parameter("n", ty), f.local("first", ty));
    let of = |program: &Program, less: i32| {
        let n = Expression::local(n, ty).binary(Binary::Subtract, constant(less));
        Expression::call(program, fibonacci, vec![n])
    };
    let small = f.get(n).compare(Comparison::Less, constant(2));
    let sum = of(&program, 2).binary(Binary::Add, f.get(first));
    let body = [
        Statement::If(small, vec![Statement::Return(Some(f.get(n)))], Vec::new()),
        Statement::set(first, of(&program, 1)),
        Statement::Return(Some(sum)),
    ];
    program.define(fibonacci, f.finish(body));
    program.add_message("fibonacci", fibonacci);
    let mut contract = Both::new(program);
    assert_eq!(contract.run("fibonacci", &[&super::integer(15)]), returned(&[&super::integer(610)]));
}

#[test]
fn a_loop_that_keeps_no_text_needs_no_more_memory() {
    let mut program = Program::new("Test");
    let cell = program.add_cell(Cell::plain("text", &[], Type::String));
    let mut f = FunctionBuilder::new("f", Type::U32);
    let (counter, length) = (f.local("counter", Type::U32), f.local("length", Type::U32));
    let text = Expression::string("number ").concat(f.get(counter).text());
    let body = vec![
        Statement::Write(cell, vec![], text.clone()),
        Statement::set(length, Expression::read(&program, cell, vec![]).concat(text).length()),
        Statement::require(f.get(length).compare(Comparison::Greater, number(0)), Expression::string("never")),
    ];
    let give = Statement::Return(Some(f.get(length)));
    let function = program.add_function(f.finish([rounds(counter, 3_000, body), give]));
    program.add_message("f", function);
    let run = call(&program, "f");
    assert_eq!(run.outcome, Ok(returned(&[&22u32.to_le_bytes()])));
    assert_eq!(run.memory.len(), 2 * 65_536);
}

#[test]
fn a_function_gives_back_what_it_took() {
    let mut program = Program::new("Test");
    let mut inner = FunctionBuilder::new("inner", Type::U32);
    let n = inner.parameter("n", Type::U32);
    let text = inner.local("text", Type::String);
    let long = Expression::string(&"long ".repeat(100)).concat(inner.get(n).text());
    let inner =
        program.add_function(inner.finish([
            Statement::set(text, long),
            Statement::Return(Some(Expression::local(text, Type::String).length())),
        ]));
    let mut f = FunctionBuilder::new("f", Type::U32);
    let (counter, sum) = (f.local("counter", Type::U32), f.local("sum", Type::U32));
    let add = f.get(sum).binary(Binary::Add, Expression::call(&program, inner, vec![f.get(counter)]));
    let give = Statement::Return(Some(f.get(sum)));
    let function = program.add_function(f.finish([rounds(counter, 1_000, vec![Statement::set(sum, add)]), give]));
    program.add_message("f", function);
    let run = call(&program, "f");
    assert_eq!(run.outcome, Ok(returned(&[&502_890u32.to_le_bytes()])));
    assert_eq!(run.memory.len(), 2 * 65_536);
}

#[test]
fn text_that_grows_at_the_end_is_not_copied_each_time() {
    let mut program = Program::new("Test");
    let mut f = FunctionBuilder::new("f", Type::U32);
    let (counter, text) = (f.local("counter", Type::U32), f.local("text", Type::String));
    let longer = f.get(text).concat(Expression::string("twenty-four bytes of it."));
    let give = Statement::Return(Some(f.get(text).length()));
    let function = program.add_function(f.finish([rounds(counter, 4_000, vec![Statement::set(text, longer)]), give]));
    program.add_message("f", function);
    // Copied each time, this would be 190 MB.
    assert_eq!(call(&program, "f").outcome, Ok(returned(&[&96_000u32.to_le_bytes()])));
}

#[test]
fn a_list_grows_up_to_the_end_of_memory_and_then_the_call_reverts() {
    for (count, outcome) in [(6_000, returned(&[&6_000u32.to_le_bytes()])), (60_000, reverted("out of memory"))] {
        let mut program = Program::new("Test");
        let list = program.types.list(Type::INTEGER);
        let mut f = FunctionBuilder::new("f", Type::U32);
        let (counter, values) = (f.local("counter", Type::U32), f.local("values", list));
        let push = Statement::Push(Place::from(values), f.get(counter).convert(Type::INTEGER));
        let body = vec![rounds(counter, count, vec![push])];
        // No guard catches it.
        let guard = Statement::Guard { body, atomic: true, message: None, handler: Vec::new() };
        let give = Statement::Return(Some(f.get(values).length()));
        let function = program.add_function(f.finish([guard, give]));
        program.add_message("f", function);
        assert_eq!(call(&program, "f").outcome, Ok(outcome));
    }
}

#[test]
fn recursion_without_end_reverts_or_traps() {
    let mut program = Program::new("Test");
    let itself = program.declare("itself", Type::INTEGER);
    let more = Expression::call(&program, itself, vec![]).binary(Binary::Add, Expression::integer(Integer::I256, 1));
    program.define(itself, FunctionBuilder::new("itself", Type::INTEGER).finish([Statement::Return(Some(more))]));
    program.add_message("itself", itself);
    assert!(!matches!(call(&program, "itself").outcome, Ok(Outcome::Returned(_))));
}

#[test]
fn many_rounds_of_guards_that_catch_leave_nothing_open() {
    let mut program = Program::new("Test");
    let cell = program.add_cell(Cell::plain("count", &[], Type::U32));
    let mut inner = FunctionBuilder::new("inner", Type::U32);
    let n = inner.parameter("n", Type::U32);
    let half = number(10).binary(Binary::Divide, inner.get(n).binary(Binary::Remainder, number(2)));
    let write = Statement::Write(cell, vec![], inner.get(n));
    let inner = program.add_function(inner.finish([write, Statement::Return(Some(half))]));
    let mut f = FunctionBuilder::new("f", Type::U32);
    let (counter, caught) = (f.local("counter", Type::U32), f.local("caught", Type::U32));
    let attempt = Statement::Evaluate(Expression::call(&program, inner, vec![f.get(counter)]));
    let leave = Statement::If(f.get(counter).compare(Comparison::Equal, number(9)), vec![Statement::Break], Vec::new());
    let count = Statement::set(caught, f.get(caught).binary(Binary::Add, number(1)));
    let guard = Statement::Guard { body: vec![attempt, leave], atomic: true, message: None, handler: vec![count] };
    let give = Statement::Return(Some(f.get(caught)));
    let function = program.add_function(f.finish([rounds(counter, 100, vec![guard]), give]));
    program.add_message("f", function);
    let mut contract = Both::new(program);
    assert_eq!(contract.run("f", &[]), returned(&[&5u32.to_le_bytes()]));
    assert_eq!(contract.chain.state.storage.values().next(), Some(&vec![9, 0, 0, 0]));
}
