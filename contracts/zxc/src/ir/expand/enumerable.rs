//! The functions of an enumerable cell.

use super::{Operation, number};
use crate::ir::{
    Binary, CellId, Comparison, Expression, Function, FunctionBuilder, LocalId, Program, Statement, Type, Unary,
};

/// The cells of an enumerable one.
pub(super) struct Enumerable {
    /// The values.
    pub(super) cell: CellId,
    /// For each key, 1 + its place.
    pub(super) position: CellId,
    /// How many keys there are.
    pub(super) count: CellId,
    /// The key at each place.
    pub(super) list: CellId,
}

impl Enumerable {
    pub(super) fn function(&self, program: &mut Program, operation: Operation) -> Function {
        match operation {
            Operation::Put => self.put(program),
            Operation::Remove => self.remove(program),
            _ => self.keys(program),
        }
    }

    fn begin(&self, program: &Program, name: &str, result: Type, keys: usize) -> (FunctionBuilder, Vec<Expression>) {
        let cell = &program.cells[self.cell.index()];
        let mut function = FunctionBuilder::new(&format!("{}.{name}", cell.name), result);
        let keys = cell.keys.iter().take(keys).map(|ty| (function.parameter("key", *ty), *ty));
        let keys: Vec<(LocalId, Type)> = keys.collect();
        (function, keys.into_iter().map(|(local, ty)| Expression::local(local, ty)).collect())
    }

    fn put(&self, program: &Program) -> Function {
        let cell = &program.cells[self.cell.index()];
        let (mut f, keys) = self.begin(program, "put", Type::Unit, cell.keys.len());
        let value = f.parameter("value", cell.value);
        let (last, prefix) = keys.split_last().expect("there is a key");
        let count = f.local("count", Type::U32);
        let is_new = Expression::exists(self.position, keys.clone()).unary(Unary::Not);
        let place = [prefix, &[f.get(count)]].concat();
        let more = || Expression::local(count, Type::U32).binary(Binary::Add, number(1));
        let enter = vec![
            Statement::set(count, Expression::read(program, self.count, prefix.to_vec())),
            Statement::Write(self.list, place, last.clone()),
            Statement::Write(self.count, prefix.to_vec(), more()),
            Statement::Write(self.position, keys.clone(), more()),
        ];
        let write = Statement::Write(self.cell, keys.clone(), f.get(value));
        f.finish([Statement::If(is_new, enter, Vec::new()), write])
    }

    fn remove(&self, program: &Program) -> Function {
        let cell = &program.cells[self.cell.index()];
        let (mut f, keys) = self.begin(program, "remove", Type::Unit, cell.keys.len());
        let (last_key, prefix) = keys.split_last().expect("there is a key");
        let (place, count) = (f.local("place", Type::U32), f.local("count", Type::U32));
        let last = f.local("last", last_key.ty);
        let at = |local| [prefix, &[Expression::local(local, Type::U32)]].concat();
        let less = |cell, keys| Expression::read(program, cell, keys).binary(Binary::Subtract, number(1));
        let moved = vec![
            Statement::set(last, Expression::read(program, self.list, at(count))),
            Statement::Write(self.list, at(place), f.get(last)),
            Statement::Write(
                self.position,
                [prefix, &[f.get(last)]].concat(),
                f.get(place).binary(Binary::Add, number(1)),
            ),
        ];
        let leave = vec![
            Statement::set(place, less(self.position, keys.clone())),
            Statement::set(count, less(self.count, prefix.to_vec())),
            Statement::If(f.get(place).compare(Comparison::NotEqual, f.get(count)), moved, Vec::new()),
            Statement::Clear(self.list, at(count)),
            Statement::Clear(self.position, keys.clone()),
            Statement::Write(self.count, prefix.to_vec(), f.get(count)),
        ];
        let is_there = Expression::exists(self.position, keys.clone());
        let clear = Statement::Clear(self.cell, keys.clone());
        f.finish([Statement::If(is_there, leave, Vec::new()), clear])
    }

    fn keys(&self, program: &mut Program) -> Function {
        let cell = &program.cells[self.cell.index()];
        let (count, last) = (cell.keys.len() - 1, *cell.keys.last().expect("there is a key"));
        let result = program.types.list(last);
        let (mut f, prefix) = self.begin(program, "keys", result, count);
        let (keys, index, count) = (f.local("keys", result), f.local("index", Type::U32), f.local("count", Type::U32));
        let place = [&prefix[..], &[f.get(index)]].concat();
        let each = Statement::Loop {
            condition: f.get(index).compare(Comparison::Less, f.get(count)),
            body: vec![Statement::Push(keys.into(), Expression::read(program, self.list, place))],
            step: vec![Statement::set(index, f.get(index).binary(Binary::Add, number(1)))],
        };
        let read = Statement::set(count, Expression::read(program, self.count, prefix));
        let give = Statement::Return(Some(f.get(keys)));
        f.finish([read, each, give])
    }
}
