//! What goes, and what stays.

use super::{dead, fold, optimise};
use crate::ir::tests::token;
use crate::ir::{
    Binary, Cell, Comparison, Expression, FunctionBuilder, Integer, Kind, LocalId, Program, Statement, Type, Unary,
    check,
};

fn number(value: u8) -> Expression {
    Expression::integer(Integer::U8, value)
}

fn folded(mut expression: Expression) -> Expression {
    fold::expression(&mut expression);
    expression
}

/// How often a program reads storage, in all.
fn reads(program: &Program, name: &str) -> usize {
    let mut count = 0;
    for function in program.functions.iter().filter(|function| function.name == name) {
        for statement in &function.body {
            statement.any_expression(&mut |it| {
                count += usize::from(matches!(it.kind, Kind::Read(..)));
                false
            });
        }
    }
    count
}

#[test]
fn operations_on_constants_are_done() {
    assert_eq!(folded(number(2).binary(Binary::Multiply, number(3).binary(Binary::Add, number(1)))), number(8));
    assert_eq!(folded(number(9).text().length()), Expression::integer(Integer::U32, 1));
    assert_eq!(folded(number(9).convert(Type::U64)), Expression::integer(Integer::U64, 9));
    assert_eq!(folded(Expression::string("a").concat(Expression::string("b"))), Expression::string("ab"));
    let local = Expression::local(LocalId(0), Type::Boolean);
    assert_eq!(folded(local.clone().unary(Unary::Not).unary(Unary::Not)), local);
    assert_eq!(folded(number(1).compare(Comparison::Less, number(2)).and(local.clone())), local);
}

#[test]
fn what_reverts_stays() {
    for wrong in [
        number(255).binary(Binary::Add, number(1)),
        number(1).binary(Binary::Divide, number(0)),
        Expression::integer(Integer::U16, 256).convert(Type::U8),
    ] {
        assert_eq!(folded(wrong.clone()), wrong);
    }
}

#[test]
fn branches_that_are_never_taken_go() {
    let mark = |value| Statement::set(LocalId(0), number(value));
    let mut block = vec![
        Statement::If(number(1).compare(Comparison::Equal, number(1)), vec![mark(1)], vec![mark(2)]),
        Statement::Loop { condition: Expression::boolean(false), body: vec![mark(3)], step: vec![] },
        Statement::Evaluate(Expression::local(LocalId(0), Type::U8)),
        Statement::Return(None),
        mark(4),
    ];
    fold::block(&mut block);
    dead::block(&mut block);
    assert_eq!(block, vec![mark(1), Statement::Return(None)]);
}

#[test]
fn functions_that_nobody_calls_go() {
    let mut program = token::program();
    let before = program.functions.len();
    let unused = program.add_function(FunctionBuilder::new("unused", Type::Unit).finish([]));
    let call = Statement::Evaluate(Expression::call(&program, unused, vec![]));
    program.add_function(FunctionBuilder::new("unused too", Type::Unit).finish([call]));
    optimise(&mut program);
    assert_eq!(program.functions.len(), before);
    assert_eq!(check(&program), Ok(()));
}

#[test]
fn a_balance_is_read_once_for_each_account() {
    let mut program = token::program();
    assert_eq!(reads(&program, "move_tokens"), 4);
    optimise(&mut program);
    assert_eq!(check(&program), Ok(()));
    // Whether it is paused, the sender's and the receiver's balance.
    assert_eq!(reads(&program, "move_tokens"), 3);
}

#[test]
fn what_may_have_changed_is_read_again() {
    let mut program = Program::new("Test");
    let (a, b) = (program.add_cell(Cell::plain("a", &[], Type::U8)), program.add_cell(Cell::plain("b", &[], Type::U8)));
    let other = Statement::Write(a, vec![], number(1));
    let other = program.add_function(FunctionBuilder::new("other", Type::U8).finish([other]));
    let read = |program: &Program, cell| Expression::read(program, cell, vec![]);
    let (first, second) = (read(&program, a), read(&program, b));
    let call = Expression::call(&program, other, vec![]);
    // a + b + other() + b + a: only the second read of b is the same.
    let sum = [second.clone(), call, second, first.clone()];
    let sum = sum.into_iter().fold(first, |sum, part| sum.binary(Binary::Add, part));
    let function = program.add_function(FunctionBuilder::new("f", Type::U8).finish([Statement::Return(Some(sum))]));
    program.add_message("f", function);
    optimise(&mut program);
    assert_eq!(check(&program), Ok(()));
    assert_eq!(reads(&program, "f"), 3);
}
