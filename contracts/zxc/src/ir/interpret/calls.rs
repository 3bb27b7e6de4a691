//! Calls of other contracts.

use super::value::{decode, decode_part};
use super::{Exit, Interpreter, Result, Value};
use crate::ir::chain::{Answer, Request, ReturnCode, Target};
use crate::ir::{CallInput, CallKind, CallOutput, ContractCall, Creation, Expression, Fault, Type};

impl Interpreter<'_> {
    pub(super) fn invoke(&mut self, call: &ContractCall) -> Result<Value> {
        let target = match call.kind {
            CallKind::Normal => Target::Contract(self.address(&call.target)?),
            CallKind::Static => Target::Static(self.address(&call.target)?),
            CallKind::Delegate => Target::Code(self.digest(&call.target)?),
        };
        let request = self.request(target, &call.input, call.value.as_ref(), call.gas.as_ref(), call.reentry)?;
        let answer = self.chain.call(&request);
        self.charge(answer.output.len() as u64)?;
        match call.output {
            CallOutput::Outcome => {
                let succeeded = Value::Boolean(answer.code == ReturnCode::Success);
                Ok(Value::Tuple(vec![succeeded, Value::Bytes(answer.output)]))
            }
            CallOutput::Raw => Ok(Value::Bytes(self.succeeded(answer)?)),
            CallOutput::Value(ty) => match self.succeeded(answer)?.split_first() {
                Some((0, value)) => Ok(decode(value, ty, &self.program.types)?),
                // A contract that has ended itself says nothing.
                None if ty == Type::Unit => Ok(Value::Unit),
                _ => Err(Fault::MalformedData.into()),
            },
        }
    }

    pub(super) fn create(&mut self, creation: &Creation) -> Result<Value> {
        let target = Target::Code(self.digest(&creation.code)?);
        let request = self.request(target, &creation.input, creation.value.as_ref(), creation.gas.as_ref(), false)?;
        let salt = creation.salt.as_ref().map(|salt| self.bytes(salt)).transpose()?.unwrap_or_default();
        let (answer, address) = self.chain.instantiate(&request, &salt);
        self.succeeded(answer)?;
        Ok(Value::Address(address))
    }

    fn request(
        &mut self,
        target: Target,
        input: &CallInput,
        value: Option<&Expression>,
        gas: Option<&Expression>,
        reentry: bool,
    ) -> Result<Request> {
        let input = match input {
            CallInput::Action(selector, arguments) => [&selector[..], &self.encoded(arguments)?].concat(),
            CallInput::Raw(bytes) => self.bytes(bytes)?,
        };
        let value = value.map(|value| self.number(value)).transpose()?.unwrap_or_default();
        let gas = gas.map(|gas| self.number(gas)).transpose()?.unwrap_or_default();
        Ok(Request { target, input, value, gas, reentry })
    }

    /// The output of a call that succeeded; of one that reverted, the other contract's message.
    fn succeeded(&self, answer: Answer) -> Result<Vec<u8>> {
        let fault = match answer.code {
            ReturnCode::Success => return Ok(answer.output),
            ReturnCode::CalleeReverted => match self.message(&answer.output) {
                Some(message) => return Err(Exit::Revert(message)),
                None => Fault::CallReverted,
            },
            ReturnCode::CalleeTrapped => Fault::CallTrapped,
            ReturnCode::TransferFailed => Fault::TransferFailed,
            ReturnCode::CodeNotFound | ReturnCode::NotCallable => Fault::NotCallable,
            _ => Fault::CallFailed,
        };
        Err(fault.into())
    }

    fn message(&self, output: &[u8]) -> Option<String> {
        let (1, mut rest) = output.split_first().map(|(first, rest)| (*first, rest))? else { return None };
        match decode_part(&mut rest, Type::String, &self.program.types) {
            Ok(Value::String(message)) if rest.is_empty() => Some(message),
            _ => None,
        }
    }
}
