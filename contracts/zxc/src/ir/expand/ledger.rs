//! The functions of a ledger.

use super::{Operation, number};
use crate::ir::{
    Binary, CellId, Comparison, Context, Expression, Fault, Function, FunctionBuilder, Integer, LocalId, Program,
    Statement, Type,
};

/// The cells of a ledger.
pub(super) struct Ledger {
    /// How many versions there are.
    pub(super) cell: CellId,
    /// The versions: block number and value.
    pub(super) versions: CellId,
}

impl Ledger {
    pub(super) fn function(&self, program: &mut Program, operation: Operation) -> Function {
        match operation {
            Operation::Append => self.append(program),
            Operation::Last => self.last(program),
            Operation::Version(index) => self.version(program, index),
            _ => self.at_block(program),
        }
    }

    fn begin(&self, program: &Program, name: &str, result: Type) -> (FunctionBuilder, Vec<Expression>) {
        let cell = &program.cells[self.cell.index()];
        let mut function = FunctionBuilder::new(&format!("{}.{name}", cell.name), result);
        let keys: Vec<(LocalId, Type)> = cell.keys.iter().map(|ty| (function.parameter("key", *ty), *ty)).collect();
        (function, keys.into_iter().map(|(local, ty)| Expression::local(local, ty)).collect())
    }

    /// The type of a version.
    fn pair(&self, program: &Program) -> Type {
        program.cells[self.versions.index()].value
    }

    /// The type of a value.
    fn value(&self, program: &Program) -> Type {
        program.types.field(self.pair(program), 1).unwrap_or(Type::Unit)
    }

    fn read(&self, program: &Program, keys: &[Expression], index: Expression) -> Expression {
        Expression::read(program, self.versions, [keys, &[index]].concat())
    }

    fn append(&self, program: &Program) -> Function {
        let (mut f, keys) = self.begin(program, "append", Type::Unit);
        let value = f.parameter("value", self.value(program));
        let count = f.local("count", Type::U32);
        let version =
            Expression::tuple(self.pair(program), vec![Expression::context(Context::BlockNumber), f.get(value)]);
        let body = [
            Statement::set(count, Expression::read(program, self.cell, keys.clone())),
            Statement::Write(self.versions, [&keys[..], &[f.get(count)]].concat(), version),
            Statement::Write(self.cell, keys, f.get(count).binary(Binary::Add, number(1))),
        ];
        f.finish(body)
    }

    fn last(&self, program: &Program) -> Function {
        let value = self.value(program);
        let (mut f, keys) = self.begin(program, "last", value);
        let count = f.local("count", Type::U32);
        let index = f.get(count).binary(Binary::Subtract, number(1));
        let last = self.read(program, &keys, index).field(1, &program.types);
        let is_empty = f.get(count).compare(Comparison::Equal, number(0));
        let nothing = Statement::Return(Some(Expression::zero(value)));
        let read = Statement::set(count, Expression::read(program, self.cell, keys));
        f.finish([read, Statement::If(is_empty, vec![nothing], Vec::new()), Statement::Return(Some(last))])
    }

    fn version(&self, program: &Program, ty: Type) -> Function {
        let (mut f, keys) = self.begin(program, "version", self.pair(program));
        let index = f.parameter("index", ty);
        let number_index = f.local("number", Type::U32);
        let mut in_range = Expression::boolean(true);
        if let Some(width) = ty.integer() {
            // Only where the width has such values.
            if width.is_signed() {
                let zero = Expression::integer(width, 0);
                in_range = in_range.and(f.get(index).compare(Comparison::GreaterOrEqual, zero));
            }
            if width.bits() > 32 {
                let most = Expression::integer(width, Integer::U32.max());
                in_range = in_range.and(f.get(index).compare(Comparison::LessOrEqual, most));
            }
        }
        let small = in_range.choose(f.get(index).convert(Type::U32), Expression::integer(Integer::U32, u32::MAX));
        let exists = f.get(number_index).compare(Comparison::Less, Expression::read(program, self.cell, keys.clone()));
        let message = Expression::string(Fault::IndexOutOfRange.message());
        let give = Statement::Return(Some(self.read(program, &keys, f.get(number_index))));
        f.finish([Statement::set(number_index, small), Statement::require(exists, message), give])
    }

    /// The versions' blocks never fall: the one after the last that counts is found by halving.
    fn at_block(&self, program: &Program) -> Function {
        let value = self.value(program);
        let (mut f, keys) = self.begin(program, "at_block", value);
        let block = f.parameter("block", Type::U32);
        let [low, high, middle] = ["low", "high", "middle"].map(|name| f.local(name, Type::U32));
        let half = f.get(high).binary(Binary::Subtract, f.get(low)).binary(Binary::Divide, number(2));
        let written = self.read(program, &keys, f.get(middle)).field(0, &program.types);
        let search = Statement::Loop {
            condition: f.get(low).compare(Comparison::Less, f.get(high)),
            body: vec![
                Statement::set(middle, f.get(low).binary(Binary::Add, half)),
                Statement::If(
                    written.compare(Comparison::LessOrEqual, f.get(block)),
                    vec![Statement::set(low, f.get(middle).binary(Binary::Add, number(1)))],
                    vec![Statement::set(high, f.get(middle))],
                ),
            ],
            step: Vec::new(),
        };
        let none = f.get(low).compare(Comparison::Equal, number(0));
        let nothing = Statement::Return(Some(Expression::zero(value)));
        let index = f.get(low).binary(Binary::Subtract, number(1));
        let found = self.read(program, &keys, index).field(1, &program.types);
        let count = Statement::set(high, Expression::read(program, self.cell, keys));
        f.finish([count, search, Statement::If(none, vec![nothing], Vec::new()), Statement::Return(Some(found))])
    }
}
