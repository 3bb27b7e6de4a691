//! Statements.

use super::{Exit, Interpreter, Result, Value, malformed};
use crate::ir::{Fault, Place, Projection, Statement};

/// How a block ended.
pub(super) enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

/// A step to a part of a value, its index evaluated.
#[derive(Clone, Copy)]
struct Step(usize);

impl Interpreter<'_> {
    pub(super) fn block(&mut self, block: &[Statement]) -> Result<Flow> {
        for statement in block {
            let flow = self.statement(statement)?;
            if !matches!(flow, Flow::Next) {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, statement: &Statement) -> Result<Flow> {
        self.charge(1)?;
        match statement {
            Statement::If(condition, then, otherwise) => {
                let chosen = if self.condition(condition)? { then } else { otherwise };
                return self.block(chosen);
            }
            Statement::Loop { condition, body, step } => {
                while self.condition(condition)? {
                    match self.block(body)? {
                        Flow::Break => break,
                        Flow::Return(value) => return Ok(Flow::Return(value)),
                        Flow::Next | Flow::Continue => {}
                    }
                    if let Flow::Return(value) = self.block(step)? {
                        return Ok(Flow::Return(value));
                    }
                }
            }
            Statement::Break => return Ok(Flow::Break),
            Statement::Continue => return Ok(Flow::Continue),
            Statement::Return(value) => {
                let value = value.as_ref().map(|value| self.expression(value)).transpose()?;
                return Ok(Flow::Return(value.unwrap_or(Value::Unit)));
            }
            Statement::Guard { body, atomic, message, handler } => {
                if *atomic {
                    self.chain.begin();
                }
                match self.block(body) {
                    Err(Exit::Revert(text)) => {
                        if *atomic {
                            self.chain.rollback();
                        }
                        if let Some(local) = message {
                            *self.local(*local)? = Value::String(text);
                        }
                        return self.block(handler);
                    }
                    flow => {
                        if *atomic && flow.is_ok() {
                            self.chain.commit();
                        }
                        return flow;
                    }
                }
            }
            _ => self.simple(statement)?,
        }
        Ok(Flow::Next)
    }

    /// What has no statements in it.
    fn simple(&mut self, statement: &Statement) -> Result {
        match statement {
            Statement::Assign(place, value) => {
                let path = self.resolve(place)?;
                let value = self.expression(value)?;
                *self.part(place, &path)? = value;
            }
            Statement::Push(place, value) => {
                let path = self.resolve(place)?;
                let value = self.expression(value)?;
                let Value::List(values) = self.part(place, &path)? else { return malformed() };
                values.push(value);
            }
            Statement::Pop(place, into) => {
                let path = self.resolve(place)?;
                let Value::List(values) = self.part(place, &path)? else { return malformed() };
                let value = values.pop().ok_or(Fault::EmptyList)?;
                if let Some(local) = into {
                    *self.local(*local)? = value;
                }
            }
            Statement::Evaluate(value) => {
                self.expression(value)?;
            }
            Statement::Revert(message) => return Err(Exit::Revert(self.string(message)?)),
            Statement::Emit(event, values) => self.emit(*event, values)?,
            Statement::Write(cell, keys, value) => self.write(*cell, keys, value)?,
            Statement::Clear(cell, keys) => self.clear(*cell, keys)?,
            Statement::Transfer(to, amount) => {
                let (to, amount) = (self.address(to)?, self.number(amount)?);
                if !self.chain.transfer(&to, amount) {
                    return Err(Fault::TransferFailed.into());
                }
            }
            Statement::LimitGas(gas) => {
                let gas = self.number(gas)?;
                self.chain.limit_gas(gas);
            }
            Statement::Debug(message) => {
                let message = self.string(message)?;
                self.chain.debug(&message);
            }
            Statement::SetCode(hash) => {
                let hash = self.digest(hash)?;
                if !self.chain.set_code(&hash) {
                    return Err(Fault::NotCallable.into());
                }
            }
            Statement::Terminate(to) => {
                let to = self.address(to)?;
                self.chain.terminate(&to);
                return Err(Exit::Terminated);
            }
            _ => return malformed(),
        }
        Ok(())
    }

    /// Evaluates the indices of a place, and sees that they are in range.
    fn resolve(&mut self, place: &Place) -> Result<Vec<Step>> {
        let mut path = Vec::new();
        for projection in &place.path {
            match projection {
                Projection::Field(index) => path.push(Step(*index as usize)),
                Projection::Element(index) => {
                    path.push(Step(self.index(index)?));
                    self.part(place, &path)?;
                }
            }
        }
        Ok(path)
    }

    fn part(&mut self, place: &Place, path: &[Step]) -> Result<&mut Value> {
        let mut value = self.local(place.local)?;
        for Step(index) in path {
            value = match value {
                Value::List(values) => values.get_mut(*index).ok_or(Fault::IndexOutOfRange)?,
                Value::Tuple(values) => values.get_mut(*index).map_or_else(malformed, Ok)?,
                _ => return malformed(),
            };
        }
        Ok(value)
    }
}
