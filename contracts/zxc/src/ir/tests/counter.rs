//! The smallest contract: it counts.

use crate::ir::{Binary, Cell, Expression, FunctionBuilder, Integer, Program, Statement, Type};

/// `constructor(start: u32)`, `increment(by: u32)`, `view value() -> u32`.
pub(crate) fn program() -> Program {
    let mut program = Program::new("Counter");
    let count = program.add_cell(Cell::plain("count", &[], Type::U32));

    let mut constructor = FunctionBuilder::new("constructor", Type::Unit);
    let start = constructor.parameter("start", Type::U32);
    let write = Statement::Write(count, vec![], constructor.get(start));
    let constructor = program.add_function(constructor.finish([write]));
    program.add_constructor("constructor", constructor);

    let mut increment = FunctionBuilder::new("increment", Type::Unit);
    let by = increment.parameter("by", Type::U32);
    let sum = Expression::read(&program, count, vec![]).binary(Binary::Add, increment.get(by));
    let increment = program.add_function(
        increment.finish([
            Statement::require(
                Expression::local(by, Type::U32)
                    .compare(crate::ir::Comparison::Greater, Expression::integer(Integer::U32, 0)),
                Expression::string("by nothing"),
            ),
            Statement::Write(count, vec![], sum),
        ]),
    );
    program.add_message("increment", increment);

    let value = FunctionBuilder::new("value", Type::U32);
    let read = Statement::Return(Some(Expression::read(&program, count, vec![])));
    let value = program.add_function(value.finish([read]));
    program.add_message("value", value).mutates = false;
    program
}
