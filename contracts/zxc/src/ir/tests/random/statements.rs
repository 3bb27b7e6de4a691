//! Random statements.

use super::{Maker, Scope, show};
use crate::ir::{
    CallInput, CallKind, CallOutput, CellKind, Comparison, ContractCall, EventId, Expression, Integer, LocalId, Place,
    Shape, Statement, Type,
};

impl Maker<'_> {
    pub(super) fn block(&mut self, scope: &mut Scope, depth: usize) -> Vec<Statement> {
        let mut block = Vec::new();
        for _ in 0..self.choose(6) {
            if scope.budget == 0 || self.at > self.tape.len() {
                break;
            }
            scope.budget -= 1;
            // Most of what is random reverts: a careful function goes on.
            if !scope.careful || self.choose(4) == 0 {
                self.statement(scope, depth, &mut block);
                continue;
            }
            let mut body = Vec::new();
            self.statement(scope, depth, &mut body);
            let atomic = self.choose(4) == 0;
            block.push(Statement::Guard { body, atomic, message: None, handler: Vec::new() });
        }
        block
    }

    fn statement(&mut self, scope: &mut Scope, depth: usize, block: &mut Vec<Statement>) {
        match self.choose(20) {
            0..=4 => {
                let place = self.place(scope);
                let (place, ty) = place;
                let value = self.expression(scope, ty, 3);
                block.push(Statement::Assign(place, value));
            }
            5 | 6 => self.write(scope, block),
            7 => {
                let index = self.choose(self.program.events.len());
                let fields = self.program.events[index].fields.clone();
                let values = fields.iter().map(|field| self.expression(scope, field.ty, 2)).collect();
                block.push(Statement::Emit(EventId(u32::try_from(index).expect("a few")), values));
            }
            8 | 9 if depth < 4 => {
                let condition = self.expression(scope, Type::Boolean, 3);
                let then = self.block(scope, depth + 1);
                let otherwise = if self.flip() { self.block(scope, depth + 1) } else { Vec::new() };
                block.push(Statement::If(condition, then, otherwise));
            }
            10 if depth < 3 && scope.counters < 4 => self.rounds(scope, depth, block),
            11 | 12 if depth < 4 => {
                let atomic = self.flip();
                let body = self.block(scope, depth + 1);
                let messages: Vec<LocalId> =
                    scope.locals.iter().filter(|(_, ty)| *ty == Type::String).map(|(local, _)| *local).collect();
                let message = self.pick(&messages);
                let handler = self.block(scope, depth + 1);
                block.push(Statement::Guard { body, atomic, message, handler });
            }
            13 => {
                let lists = self.lists(scope);
                let Some((place, element)) = self.pick(&lists) else { return };
                if self.flip() {
                    let value = self.expression(scope, element, 2);
                    return block.push(Statement::Push(place, value));
                }
                let fits: Vec<LocalId> =
                    scope.locals.iter().filter(|(_, ty)| *ty == element).map(|(local, _)| *local).collect();
                let into = if self.flip() { self.pick(&fits) } else { None };
                block.push(Statement::Pop(place, into));
            }
            14 if self.flip() => block.push(show(scope.locals.iter().copied())),
            14 => {
                let ty = self.any_type();
                let value = self.expression(scope, ty, 3);
                block.push(Statement::Evaluate(value));
            }
            15 => {
                let condition = self.expression(scope, Type::Boolean, 2);
                let message = self.expression(scope, Type::String, 1);
                block.push(Statement::require(condition, message));
            }
            16 => {
                let to = self.expression(scope, Type::Address, 1);
                let amount = self.expression(scope, Type::U128, 2);
                block.push(Statement::Transfer(to, amount));
            }
            17 => {
                let statement = match self.choose(4) {
                    0 => Statement::Debug(self.expression(scope, Type::String, 2)),
                    1 => Statement::LimitGas(self.expression(scope, Type::U64, 1)),
                    2 => Statement::SetCode(self.expression(scope, Type::Hash, 1)),
                    _ => self.outcome(scope),
                };
                block.push(statement);
            }
            18 if scope.in_loop => block.push(if self.flip() { Statement::Break } else { Statement::Continue }),
            _ => match self.choose(8) {
                0 => {
                    let value = self.expression(scope, scope.result, 2);
                    block.push(Statement::Return(Some(value)));
                }
                1 => block.push(Statement::Revert(self.expression(scope, Type::String, 1))),
                2 if self.flip() => block.push(Statement::Terminate(self.expression(scope, Type::Address, 1))),
                _ => {}
            },
        }
    }

    fn write(&mut self, scope: &mut Scope, block: &mut Vec<Statement>) {
        let (id, cell) = self.any_cell();
        let keys = self.keys(scope, &cell.keys, 2);
        if cell.kind != CellKind::Ledger && self.choose(4) == 3 {
            return block.push(Statement::Clear(id, keys));
        }
        let value = self.expression(scope, cell.value, 3);
        block.push(Statement::Write(id, keys, value));
    }

    /// A loop of a few rounds.
    fn rounds(&mut self, scope: &mut Scope, depth: usize, block: &mut Vec<Statement>) {
        let counter = scope.builder.local("counter", Type::U8);
        scope.counters += 1;
        let number = |value: u8| Expression::integer(Integer::U8, value);
        let rounds = u8::try_from(1 + self.choose(3)).expect("a few");
        let before = scope.in_loop;
        scope.in_loop = true;
        let body = self.block(scope, depth + 1);
        scope.in_loop = before;
        let count = || Expression::local(counter, Type::U8);
        block.push(Statement::set(counter, number(0)));
        let condition = count().compare(Comparison::Less, number(rounds));
        let next = count().binary(crate::ir::Binary::Add, number(1));
        block.push(Statement::Loop { condition, body, step: vec![Statement::set(counter, next)] });
    }

    /// A call that may fail without harm, its outcome in a new local.
    fn outcome(&mut self, scope: &mut Scope) -> Statement {
        let call = ContractCall {
            kind: CallKind::Normal,
            target: self.expression(scope, Type::Address, 1),
            input: CallInput::Raw(self.expression(scope, Type::Bytes, 1)),
            value: None,
            gas: None,
            reentry: false,
            output: CallOutput::Outcome,
        };
        let call = Expression::invoke(call, &mut self.program.types);
        let local = scope.builder.local("outcome", call.ty);
        scope.locals.push((local, call.ty));
        Statement::set(local, call)
    }

    /// A local or a part of one, and its type.
    fn place(&mut self, scope: &Scope) -> (Place, Type) {
        let (local, mut ty) = self.pick(&scope.locals).expect("there are some");
        let mut place = Place::from(local);
        while self.flip() {
            match self.program.types.shape(ty).cloned() {
                Some(Shape::List(element)) => {
                    let index = self.index(scope, 1);
                    (place, ty) = (place.element(index), element);
                }
                Some(Shape::Tuple(_) | Shape::Record { .. }) => {
                    let fields = self.program.types.fields(ty).expect("fields");
                    let index = self.choose(fields.len());
                    (place, ty) = (place.field(u32::try_from(index).expect("a few")), fields[index]);
                }
                _ => break,
            }
        }
        (place, ty)
    }

    /// The places of lists, and the types of their elements.
    fn lists(&mut self, scope: &Scope) -> Vec<(Place, Type)> {
        let mut lists = Vec::new();
        for _ in 0..4 {
            let (place, ty) = self.place(scope);
            if let Some(Shape::List(element)) = self.program.types.shape(ty) {
                lists.push((place, *element));
            }
        }
        lists
    }
}
