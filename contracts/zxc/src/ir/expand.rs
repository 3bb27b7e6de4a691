//! Enumerable cells and ledgers, said with plain cells: the code generator knows no others.
//!
//! Each gets the plain cells that [`ir::storage`](super::storage) lists, and a function for each operation that needs more than
//! one access. What it means stays the same; the interpreter, which knows all kinds of cells, is held against it.

mod enumerable;
mod ledger;

use std::collections::BTreeMap;

use super::{Cell, CellId, CellKind, Expression, Function, FunctionId, Kind, Program, Statement, Type};

/// The same program with plain cells only.
pub fn expand(program: &Program) -> Program {
    let mut expander = Expander { program: program.clone(), parts: Vec::new(), functions: BTreeMap::new() };
    for index in 0..program.cells.len() {
        let parts = expander.split(&program.cells[index]);
        expander.parts.push(parts);
    }
    for index in 0..program.functions.len() {
        let mut body = std::mem::take(&mut expander.program.functions[index].body);
        expander.block(&mut body);
        expander.program.functions[index].body = body;
    }
    expander.program
}

/// What a function made here does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Operation {
    /// Writes, and enters a new key into the list.
    Put,
    /// Clears, and takes the key out of the list.
    Remove,
    /// Gives the list of keys.
    Keys,
    /// Adds a version.
    Append,
    /// Gives the last version's value.
    Last,
    /// Gives a version by an index of a type.
    Version(Type),
    /// Gives the value at the end of a block.
    AtBlock,
}

/// The cells that a cell is split into.
#[derive(Clone, Copy, Debug)]
enum Parts {
    Plain,
    Enumerable { position: CellId, count: CellId, list: CellId },
    Ledger { versions: CellId },
}

struct Expander {
    program: Program,
    /// For each cell of the source.
    parts: Vec<Parts>,
    functions: BTreeMap<(CellId, Operation), FunctionId>,
}

impl Expander {
    /// Makes the plain cells; a ledger's own cell keeps the number of versions from now on.
    fn split(&mut self, cell: &Cell) -> Parts {
        match cell.kind {
            CellKind::Plain => Parts::Plain,
            CellKind::Enumerable => {
                let (last, prefix) = cell.keys.split_last().expect("a checked enumerable cell has a key");
                let numbered = [prefix, &[Type::U32]].concat();
                let position = self.add(cell, "#position", &cell.keys, Type::U32);
                let count = self.add(cell, "#keys", prefix, Type::U32);
                let list = self.add(cell, "#key", &numbered, *last);
                self.set_plain(cell, cell.value);
                Parts::Enumerable { position, count, list }
            }
            CellKind::Ledger => {
                let version = self.program.types.tuple(&[Type::U32, cell.value]);
                let numbered = [&cell.keys[..], &[Type::U32]].concat();
                let versions = self.add(cell, "#version", &numbered, version);
                self.set_plain(cell, Type::U32);
                Parts::Ledger { versions }
            }
        }
    }

    fn add(&mut self, cell: &Cell, part: &str, keys: &[Type], value: Type) -> CellId {
        self.program.add_cell(Cell::plain(&format!("{}{part}", cell.path), keys, value))
    }

    fn set_plain(&mut self, cell: &Cell, value: Type) {
        let place = self.program.cells.iter_mut().find(|it| it.path == cell.path);
        let place = place.expect("a checked program has each path once");
        (place.kind, place.value) = (CellKind::Plain, value);
    }

    fn block(&mut self, block: &mut Vec<Statement>) {
        for statement in block {
            statement.expressions_mut().into_iter().for_each(|expression| self.expression(expression));
            statement.blocks_mut().into_iter().for_each(|block| self.block(block));
            let (cell, operation, values) = match statement {
                Statement::Write(cell, keys, value) => match self.parts(*cell) {
                    Parts::Plain => continue,
                    Parts::Enumerable { .. } => {
                        (*cell, Operation::Put, [&keys[..], std::slice::from_ref(value)].concat())
                    }
                    Parts::Ledger { .. } => {
                        (*cell, Operation::Append, [&keys[..], std::slice::from_ref(value)].concat())
                    }
                },
                Statement::Clear(cell, keys) if matches!(self.parts(*cell), Parts::Enumerable { .. }) => {
                    (*cell, Operation::Remove, keys.clone())
                }
                _ => continue,
            };
            *statement = Statement::Evaluate(self.call(cell, operation, values));
        }
    }

    fn expression(&mut self, expression: &mut Expression) {
        expression.children_mut().into_iter().for_each(|child| self.expression(child));
        let ty = expression.ty;
        let replacement = match &expression.kind {
            Kind::Read(cell, keys) if matches!(self.parts(*cell), Parts::Ledger { .. }) => {
                self.call(*cell, Operation::Last, keys.clone())
            }
            Kind::Count(cell, keys) => {
                let cell = match self.parts(*cell) {
                    Parts::Enumerable { count, .. } => count,
                    _ => *cell,
                };
                Expression::new(ty, Kind::Read(cell, keys.clone()))
            }
            Kind::Keys(cell, keys) => self.call(*cell, Operation::Keys, keys.clone()),
            Kind::Version(cell, keys, index) => {
                let values = [&keys[..], &[(**index).clone()]].concat();
                self.call(*cell, Operation::Version(index.ty), values)
            }
            Kind::AtBlock(cell, keys, block) => {
                let values = [&keys[..], &[(**block).clone()]].concat();
                self.call(*cell, Operation::AtBlock, values)
            }
            _ => return,
        };
        *expression = replacement;
    }

    fn parts(&self, cell: CellId) -> Parts {
        self.parts.get(cell.index()).copied().unwrap_or(Parts::Plain)
    }

    fn call(&mut self, cell: CellId, operation: Operation, values: Vec<Expression>) -> Expression {
        let id = match self.functions.get(&(cell, operation)) {
            Some(id) => *id,
            None => {
                let function = self.function(cell, operation);
                let id = self.program.add_function(function);
                self.functions.insert((cell, operation), id);
                id
            }
        };
        Expression::call(&self.program, id, values)
    }

    fn function(&mut self, cell: CellId, operation: Operation) -> Function {
        match self.parts(cell) {
            Parts::Enumerable { position, count, list } => {
                enumerable::Enumerable { cell, position, count, list }.function(&mut self.program, operation)
            }
            Parts::Ledger { versions } => ledger::Ledger { cell, versions }.function(&mut self.program, operation),
            Parts::Plain => unreachable!("plain cells need no functions"),
        }
    }
}

/// A number that counts.
fn number(value: u32) -> Expression {
    Expression::integer(super::Integer::U32, value)
}
