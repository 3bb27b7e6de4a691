//! Statements: in each place what it needs, `break` and `continue` in loops only.

use super::{Checker, Result};
use crate::ir::{CellKind, LocalId, Place, Projection, Statement, Type, limits};

/// Where a statement stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope {
    depth: usize,
    in_loop: bool,
}

impl Scope {
    fn inner(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

impl Checker<'_> {
    pub(super) fn block(&mut self, block: &[Statement], scope: Scope) -> Result {
        self.at_most(scope.depth, limits::STATEMENT_DEPTH_MAX, "statements nested in each other")?;
        block.iter().try_for_each(|statement| self.statement(statement, scope))
    }

    fn statement(&mut self, statement: &Statement, scope: Scope) -> Result {
        self.node()?;
        let inner = scope.inner();
        match statement {
            Statement::Assign(place, value) => {
                let ty = self.place(place)?;
                self.typed(value, ty, 0, "assigned value")
            }
            Statement::Push(place, value) => {
                let element = self.list_in(place)?;
                self.typed(value, element, 0, "pushed value")
            }
            Statement::Pop(place, into) => {
                let element = self.list_in(place)?;
                into.iter().try_for_each(|local| self.same(self.local(*local)?, element, "popped value"))
            }
            Statement::Evaluate(value) => self.expression(value, 0),
            Statement::If(condition, then, otherwise) => {
                self.typed(condition, Type::Boolean, 0, "condition")?;
                self.block(then, inner)?;
                self.block(otherwise, inner)
            }
            Statement::Loop { condition, body, step } => {
                self.typed(condition, Type::Boolean, 0, "condition")?;
                self.block(body, Scope { in_loop: true, ..inner })?;
                self.block(step, Scope { in_loop: false, ..inner })
            }
            Statement::Break | Statement::Continue if scope.in_loop => Ok(()),
            Statement::Break | Statement::Continue => self.fail("break or continue outside of a loop"),
            Statement::Return(value) => {
                let result = self.function.map_or(Type::Unit, |function| function.result);
                match value {
                    Some(value) => self.typed(value, result, 0, "result"),
                    None => self.same(result, Type::Unit, "result"),
                }
            }
            Statement::Guard { body, message, handler, atomic: _ } => {
                let message = message.map(|local| self.local(local)).transpose()?;
                self.same(Type::String, message.unwrap_or(Type::String), "message")?;
                self.block(body, inner)?;
                self.block(handler, inner)
            }
            Statement::Emit(event, values) => {
                let event = self.found(self.program.events.get(event.index()), "event")?;
                if event.fields.len() != values.len() {
                    return self.fail(format!("{} has another number of fields", event.name));
                }
                values.iter().zip(&event.fields).try_for_each(|(value, field)| self.typed(value, field.ty, 0, "field"))
            }
            Statement::Write(id, keys, value) => {
                self.keys(*id, keys, 0, 0)?;
                self.typed(value, self.cell(*id)?.value, 0, "stored value")
            }
            Statement::Clear(id, keys) => {
                if self.cell(*id)?.kind == CellKind::Ledger {
                    return self.fail("a ledger is cleared");
                }
                self.keys(*id, keys, 0, 0)
            }
            Statement::Transfer(to, amount) => {
                self.typed(to, Type::Address, 0, "receiver")?;
                self.typed(amount, Type::U128, 0, "amount")
            }
            Statement::Revert(message) | Statement::Debug(message) => self.typed(message, Type::String, 0, "message"),
            Statement::LimitGas(gas) => self.typed(gas, Type::U64, 0, "gas"),
            Statement::SetCode(hash) => self.typed(hash, Type::Hash, 0, "code hash"),
            Statement::Terminate(to) => self.typed(to, Type::Address, 0, "beneficiary"),
        }
    }

    fn place(&mut self, place: &Place) -> Result<Type> {
        let mut ty = self.local(place.local)?;
        self.at_most(place.path.len(), limits::TYPE_DEPTH_MAX, "steps to a part of a value")?;
        for projection in &place.path {
            ty = match projection {
                Projection::Field(index) => self.found(self.program.types.field(ty, *index), "field")?,
                Projection::Element(index) => {
                    self.any_integer(index, 0)?;
                    self.list_element(ty)?
                }
            };
        }
        Ok(ty)
    }

    fn list_in(&mut self, place: &Place) -> Result<Type> {
        let ty = self.place(place)?;
        self.list_element(ty)
    }

    /// The elements of a list: bytes are not changed in place.
    fn list_element(&self, ty: Type) -> Result<Type> {
        let element = if ty == Type::Bytes { None } else { self.program.types.element(ty) };
        self.found(element, "element to change")
    }

    fn local(&self, id: LocalId) -> Result<Type> {
        let locals = self.function.map_or(&[][..], |function| &function.locals);
        Ok(self.found(locals.get(id.index()), "local")?.ty)
    }
}
