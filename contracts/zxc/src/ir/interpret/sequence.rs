//! Lists, bytes and strings.

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{Interpreter, Result, Value, malformed};
use crate::ir::{Expression, Fault, Kind};

impl Interpreter<'_> {
    pub(super) fn sequence(&mut self, kind: &Kind) -> Result<Value> {
        match kind {
            Kind::Element(list, index) => {
                let list = self.expression(list)?;
                let index = self.index(index)?;
                match list {
                    Value::List(mut values) if index < values.len() => Ok(values.swap_remove(index)),
                    Value::Bytes(bytes) if index < bytes.len() => Ok(Value::Integer(bytes[index].into())),
                    _ => Err(Fault::IndexOutOfRange.into()),
                }
            }
            Kind::Slice(list, from, to) => {
                let list = self.expression(list)?;
                let from = self.index(from)?;
                let to = match to {
                    Some(to) => self.index(to)?,
                    None => length(&list),
                };
                slice(list, from, to)
            }
            Kind::Length(list) => Ok(Value::Integer(length(&self.expression(list)?).into())),
            Kind::Concat(parts) => {
                let mut parts = self.expressions(parts)?.into_iter();
                let Some(mut whole) = parts.next() else { return malformed() };
                for part in parts {
                    match (&mut whole, part) {
                        (Value::String(whole), Value::String(part)) => whole.push_str(&part),
                        (Value::Bytes(whole), Value::Bytes(part)) => whole.extend(part),
                        (Value::List(whole), Value::List(part)) => whole.extend(part),
                        _ => return malformed(),
                    }
                }
                Ok(whole)
            }
            Kind::Contains(list, element) => match (self.expression(list)?, self.expression(element)?) {
                (Value::List(values), element) => Ok(Value::Boolean(values.contains(&element))),
                (Value::Bytes(bytes), Value::Integer(byte)) => {
                    Ok(Value::Boolean(bytes.iter().any(|it| BigInt::from(*it) == byte)))
                }
                _ => malformed(),
            },
            _ => malformed(),
        }
    }

    /// An index; one that no list can have is the greatest.
    pub(super) fn index(&mut self, expression: &Expression) -> Result<usize> {
        match self.expression(expression)? {
            Value::Integer(index) => Ok(index.to_usize().unwrap_or(usize::MAX)),
            _ => malformed(),
        }
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::List(values) => values.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::String(text) => text.len(),
        _ => 0,
    }
}

fn slice(value: Value, from: usize, to: usize) -> Result<Value> {
    if from > to || to > length(&value) {
        return Err(Fault::IndexOutOfRange.into());
    }
    Ok(match value {
        Value::List(values) => Value::List(values[from..to].to_vec()),
        Value::Bytes(bytes) => Value::Bytes(bytes[from..to].to_vec()),
        Value::String(text) => Value::String(text.get(from..to).ok_or(Fault::MalformedText)?.to_owned()),
        _ => return malformed(),
    })
}
