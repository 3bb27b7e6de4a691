//! Calls: to bytes by name, from bytes to names.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::{DecodeError, EncodeError};
use crate::read::{self, Budget};
use crate::{Metadata, write};

/// A call that was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecodedCall {
    /// Name of the pallet.
    pub pallet: String,
    /// Name of the call.
    pub call: String,
    /// What it was given, by name.
    pub args: Map<String, Value>,
    /// Index of the pallet.
    pub pallet_index: u8,
    /// Index of the call in the pallet.
    pub call_index: u8,
}

impl Metadata {
    /// Writes a call. Arguments are an object by name or an array by position, in the [JSON form](crate#the-json-form);
    /// text goes through [`parse_arguments`](crate::parse_arguments) first. Errors name the argument and its type.
    pub fn encode_call(&self, pallet: &str, call: &str, arguments: &Value) -> Result<Vec<u8>, EncodeError> {
        let unknown = |what: String, known: Vec<&str>| EncodeError::Unknown { what, known: known.join(", ") };
        let names = || self.pallets().iter().filter(|one| !one.calls.is_empty()).map(|one| one.name.as_str()).collect();
        let found = self.pallet(pallet).ok_or_else(|| unknown(format!("pallet `{pallet}`"), names()))?;
        let names = || found.calls.iter().map(|one| one.name.as_str()).collect();
        let wanted = found.calls.iter().find(|one| one.name == call);
        let wanted = wanted.ok_or_else(|| unknown(format!("call `{pallet}.{call}`"), names()))?;
        let mut out = vec![found.index, wanted.index];
        // No arguments at all are the empty list.
        let none = Value::Array(Vec::new());
        let arguments = if arguments.is_null() { &none } else { arguments };
        write::arguments(&self.0.types, &wanted.args, arguments, &mut out)?;
        Ok(out)
    }

    /// Reads a call.
    pub fn decode_call(&self, bytes: &[u8]) -> Result<DecodedCall, DecodeError> {
        let mut input = bytes;
        let call = self.next_call(&mut input, &Budget::new())?;
        read::finished(input)?;
        Ok(call)
    }

    /// Reads a call from the front of `input`.
    pub(crate) fn next_call(&self, input: &mut &[u8], budget: &Budget) -> Result<DecodedCall, DecodeError> {
        let indices = read::take(input, 2)?;
        let &[pallet_index, call_index] = indices else { return Err(DecodeError::LeftOver(indices.len())) };
        let pallet = self.pallet_at(pallet_index);
        let pallet = pallet.ok_or_else(|| DecodeError::Unknown(format!("pallet with index {pallet_index}")))?;
        let call = pallet.calls.iter().find(|one| one.index == call_index);
        let unknown = || DecodeError::Unknown(format!("call with index {call_index} in pallet {}", pallet.name));
        let call = call.ok_or_else(unknown)?;
        let mut args = Map::new();
        for arg in &call.args {
            args.insert(arg.name.clone(), read::next(&self.0.types, arg.type_id, input, budget)?);
        }
        Ok(DecodedCall { pallet: pallet.name.clone(), call: call.name.clone(), args, pallet_index, call_index })
    }
}
