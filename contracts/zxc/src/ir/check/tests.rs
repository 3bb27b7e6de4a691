//! Each rule, broken once.

use super::*;
use crate::ir::{
    Binary, Cell, Comparison, FunctionBuilder, Integer, LocalId, Place, Projection, Statement, Types, tests::token,
};

fn body(statements: Vec<Statement>) -> Program {
    let mut program = Program::new("Test");
    program.add_function(FunctionBuilder::new("f", Type::Unit).finish(statements));
    program
}

fn value(expression: Expression) -> Program {
    body(vec![Statement::Evaluate(expression)])
}

fn small(value: u8) -> Expression {
    Expression::integer(Integer::U8, value)
}

fn refused(program: &Program) -> String {
    check(program).expect_err("the program is wrong").to_string()
}

#[test]
fn operands_of_two_widths_are_refused() {
    let sum = small(1).binary(Binary::Add, Expression::integer(Integer::U16, 1));
    assert_eq!(refused(&value(sum)), "f: right operand: Integer(U8) expected, Integer(U16) found");
}

#[test]
fn a_constant_that_does_not_fit_is_refused() {
    assert_eq!(refused(&value(Expression::integer(Integer::U8, 256))), "f: a constant is no Integer(U8)");
}

#[test]
fn an_unknown_local_is_refused() {
    assert_eq!(refused(&value(Expression::local(LocalId(0), Type::U8))), "f: no such local");
}

#[test]
fn order_of_booleans_is_refused() {
    let less = Expression::boolean(false).compare(Comparison::Less, Expression::boolean(true));
    assert_eq!(refused(&value(less)), "f: values without an order are compared");
}

#[test]
fn a_break_outside_of_a_loop_is_refused() {
    assert_eq!(refused(&body(vec![Statement::Break])), "f: break or continue outside of a loop");
    let step = Statement::Loop { condition: Expression::boolean(true), body: vec![], step: vec![Statement::Continue] };
    assert_eq!(refused(&body(vec![step])), "f: break or continue outside of a loop");
}

#[test]
fn a_result_of_another_type_is_refused() {
    let refusal = refused(&body(vec![Statement::Return(Some(small(1)))]));
    assert_eq!(refusal, "f: result: Unit expected, Integer(U8) found");
}

#[test]
fn bytes_are_not_changed_in_place() {
    let mut f = FunctionBuilder::new("f", Type::Unit);
    let bytes = f.local("bytes", Type::Bytes);
    let place = Place { local: bytes, path: vec![Projection::Element(small(0))] };
    let mut program = Program::new("Test");
    program.add_function(f.finish([Statement::Assign(place, small(1))]));
    assert_eq!(refused(&program), "f: no such element to change");
}

#[test]
fn a_type_of_another_program_is_refused() {
    let mut types = Types::new();
    let list = types.list(Type::U8);
    assert!(refused(&value(Expression::zero(list))).contains("is no type of the program"));
}

#[test]
fn a_deep_expression_is_refused() {
    let mut deep = small(1);
    for _ in 0..=limits::EXPRESSION_DEPTH_MAX {
        deep = small(1).binary(Binary::Add, deep);
    }
    assert_eq!(refused(&value(deep)), "f: more than 64 expressions nested in each other");
}

#[test]
fn deep_statements_are_refused() {
    let mut deep = Vec::new();
    for _ in 0..=limits::STATEMENT_DEPTH_MAX {
        deep = vec![Statement::If(Expression::boolean(true), deep, vec![])];
    }
    assert_eq!(refused(&body(deep)), "f: more than 48 statements nested in each other");
}

#[test]
fn a_large_value_is_refused() {
    let mut program = body(vec![]);
    let mut ty = Type::INTEGER;
    for _ in 0..7 {
        ty = program.types.tuple(&[ty, ty]);
    }
    assert_eq!(refused(&program), "Test: more than 2048 bytes in a value");
}

#[test]
fn two_actions_with_one_selector_are_refused() {
    let mut program = token::program();
    let function = program.entries[0].function;
    program.add_message("transfer", function);
    assert_eq!(refused(&program), "transfer: another action has the same selector");
}

#[test]
fn two_cells_with_one_path_are_refused() {
    let mut program = token::program();
    program.add_cell(Cell::plain("total", &[], Type::U8));
    assert_eq!(refused(&program), "total: another member has this path");
    let mut program = token::program();
    program.add_cell(Cell::plain("rates#version", &[], Type::U8));
    program.add_cell(Cell::ledger("rates", &[], Type::U8));
    assert_eq!(refused(&program), "rates: another member has this path");
}

#[test]
fn another_number_of_keys_is_refused() {
    let mut program = token::program();
    let read = Expression::new(Type::INTEGER, crate::ir::Kind::Read(crate::ir::CellId(1), vec![]));
    program.add_function(FunctionBuilder::new("f", Type::Unit).finish([Statement::Evaluate(read)]));
    assert_eq!(refused(&program), "f: balances has another number of keys");
}
