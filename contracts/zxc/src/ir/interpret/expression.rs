//! Expressions, but for what has a file of its own.

use super::value::{decode, encode, text};
use super::{Interpreter, Result, Value, malformed};
use crate::ir::{Constant, Context, Expression, Fault, Hasher, Integer, Kind, Type};

impl Interpreter<'_> {
    pub(super) fn expression(&mut self, expression: &Expression) -> Result<Value> {
        self.charge(1)?;
        let value = match &expression.kind {
            Kind::Constant(constant) => self.constant(constant, expression.ty),
            Kind::Local(id) => {
                let weight = self.local(*id)?.weight();
                self.charge(weight)?;
                self.local(*id)?.clone()
            }
            Kind::Tuple(values) => Value::Tuple(self.expressions(values)?),
            Kind::List(values) => Value::List(self.expressions(values)?),
            Kind::Some(value) => Value::Option(Some(Box::new(self.expression(value)?))),
            Kind::Field(value, index) => match self.expression(value)? {
                Value::Tuple(mut values) if (*index as usize) < values.len() => values.swap_remove(*index as usize),
                _ => return malformed(),
            },
            Kind::IsSome(value) => Value::Boolean(self.option(value)?.is_some()),
            Kind::Unwrap(value) => self.option(value)?.ok_or(Fault::NullValue)?,
            Kind::Coalesce(value, other) => match self.option(value)? {
                Some(value) => value,
                None => self.expression(other)?,
            },
            Kind::Choose(condition, then, otherwise) => {
                let chosen = if self.condition(condition)? { then } else { otherwise };
                self.expression(chosen)?
            }
            Kind::Element(..) | Kind::Slice(..) | Kind::Length(..) | Kind::Concat(..) | Kind::Contains(..) => {
                self.sequence(&expression.kind)?
            }
            Kind::Unary(..) | Kind::Binary(..) | Kind::Compare(..) => self.arithmetic(expression)?,
            Kind::Convert(operand) => {
                let value = self.expression(operand)?;
                self.convert(value, expression.ty)?
            }
            Kind::Text(value) => Value::String(text(&self.expression(value)?)),
            Kind::Encode(values) => Value::Bytes(self.encoded(values)?),
            Kind::Decode(bytes) => decode(&self.bytes(bytes)?, expression.ty, &self.program.types)?,
            Kind::Hash(hasher, bytes) => Value::Hash(hash(*hasher, &self.bytes(bytes)?)),
            Kind::Context(context) => self.context(*context),
            Kind::Read(..) | Kind::Exists(..) | Kind::Count(..) | Kind::Keys(..) => self.storage(expression)?,
            Kind::Version(..) | Kind::AtBlock(..) => self.storage(expression)?,
            Kind::Call(function, arguments) => {
                let arguments = self.expressions(arguments)?;
                self.call(*function, arguments)?
            }
            Kind::Invoke(call) => self.invoke(call)?,
            Kind::Create(creation) => self.create(creation)?,
            Kind::Recover(..) | Kind::BlockHash(..) | Kind::IsContract(..) | Kind::CodeHash(..) => {
                self.question(&expression.kind)?
            }
        };
        if matches!(value, Value::String(_) | Value::Bytes(_) | Value::List(_)) {
            self.charge(value.weight())?;
        }
        Ok(value)
    }

    fn constant(&self, constant: &Constant, ty: Type) -> Value {
        match constant {
            Constant::Zero => self.zero(ty),
            Constant::Boolean(value) => Value::Boolean(*value),
            Constant::Integer(value) => Value::Integer(value.clone()),
            Constant::String(value) => Value::String(value.clone()),
            Constant::Bytes(value) => Value::Bytes(value.clone()),
            Constant::Address(value) => Value::Address(*value),
            Constant::Hash(value) => Value::Hash(*value),
            Constant::Variant(index) => Value::Variant(*index),
        }
    }

    pub(super) fn expressions(&mut self, expressions: &[Expression]) -> Result<Vec<Value>> {
        expressions.iter().map(|expression| self.expression(expression)).collect()
    }

    /// The encodings of some values, one after the other.
    pub(super) fn encoded(&mut self, expressions: &[Expression]) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        for expression in expressions {
            let value = self.expression(expression)?;
            encode(&value, expression.ty, &self.program.types, &mut out);
        }
        Ok(out)
    }

    pub(super) fn condition(&mut self, expression: &Expression) -> Result<bool> {
        match self.expression(expression)? {
            Value::Boolean(value) => Ok(value),
            _ => malformed(),
        }
    }

    pub(super) fn option(&mut self, expression: &Expression) -> Result<Option<Value>> {
        match self.expression(expression)? {
            Value::Option(value) => Ok(value.map(|value| *value)),
            _ => malformed(),
        }
    }

    pub(super) fn bytes(&mut self, expression: &Expression) -> Result<Vec<u8>> {
        match self.expression(expression)? {
            Value::Bytes(bytes) => Ok(bytes),
            _ => malformed(),
        }
    }

    pub(super) fn string(&mut self, expression: &Expression) -> Result<String> {
        match self.expression(expression)? {
            Value::String(text) => Ok(text),
            _ => malformed(),
        }
    }

    pub(super) fn address(&mut self, expression: &Expression) -> Result<[u8; 20]> {
        match self.expression(expression)? {
            Value::Address(address) => Ok(address),
            _ => malformed(),
        }
    }

    pub(super) fn digest(&mut self, expression: &Expression) -> Result<[u8; 32]> {
        match self.expression(expression)? {
            Value::Hash(hash) => Ok(hash),
            _ => malformed(),
        }
    }

    /// An integer that its type bounds.
    pub(super) fn number<T: TryFrom<num_bigint::BigInt>>(&mut self, expression: &Expression) -> Result<T> {
        match self.expression(expression)? {
            Value::Integer(value) => T::try_from(value).or_else(|_| malformed()),
            _ => malformed(),
        }
    }

    fn context(&mut self, context: Context) -> Value {
        let call = self.chain.call_context();
        match context {
            Context::Caller => Value::Address(call.caller),
            Context::Origin => Value::Address(call.origin),
            Context::This => Value::Address(call.this),
            Context::Value => Value::Integer(call.value.into()),
            Context::BlockNumber => Value::Integer(call.block_number.into()),
            Context::Timestamp => Value::Integer(call.timestamp.into()),
            Context::GasLimit => Value::Integer(call.gas_limit.into()),
            Context::OwnCodeHash => Value::Hash(call.own_code_hash),
            Context::CallerIsOrigin => Value::Boolean(call.caller_is_origin),
            Context::Reentrance => Value::Integer(call.reentrance.into()),
            Context::Balance => Value::Integer(self.chain.balance().into()),
            Context::GasLeft => Value::Integer(self.chain.gas_left().into()),
            Context::GasUsed => {
                let limit = call.gas_limit;
                Value::Integer(limit.wrapping_sub(self.chain.gas_left()).into())
            }
        }
    }

    fn convert(&mut self, value: Value, ty: Type) -> Result<Value> {
        Ok(match (value, ty) {
            (Value::Integer(value), Type::Integer(integer)) if integer.contains(&value) => Value::Integer(value),
            (Value::Variant(index), Type::Integer(_)) => Value::Integer(index.into()),
            (Value::Integer(value), Type::Enum(_)) => match u8::try_from(value) {
                Ok(index) if self.program.types.variants(ty).is_some_and(|count| usize::from(index) < count) => {
                    Value::Variant(index)
                }
                _ => return Err(Fault::OutOfRange.into()),
            },
            (Value::Address(address), Type::Bytes) => Value::Bytes(address.to_vec()),
            (Value::Hash(hash), Type::Bytes) => Value::Bytes(hash.to_vec()),
            (Value::String(text), Type::Bytes) => Value::Bytes(text.into_bytes()),
            (Value::Bytes(bytes), Type::Address) => Value::Address(bytes.try_into().map_err(|_| Fault::OutOfRange)?),
            (Value::Bytes(bytes), Type::Hash) => Value::Hash(bytes.try_into().map_err(|_| Fault::OutOfRange)?),
            (Value::Bytes(bytes), Type::String) => {
                Value::String(String::from_utf8(bytes).map_err(|_| Fault::MalformedText)?)
            }
            _ => return Err(Fault::OutOfRange.into()),
        })
    }

    fn question(&mut self, kind: &Kind) -> Result<Value> {
        let option = |value: Option<Value>| Value::Option(value.map(Box::new));
        Ok(match kind {
            Kind::Recover(signature, digest) => {
                let (signature, digest) = (self.bytes(signature)?, self.digest(digest)?);
                let key = <&[u8; 65]>::try_from(&*signature).ok().and_then(|it| self.chain.recover(it, &digest));
                option(key.map(|key| Value::Address(self.chain.address_of(&key))))
            }
            Kind::BlockHash(number) => {
                let number = self.number(number)?;
                option(self.chain.block_hash(number).map(Value::Hash))
            }
            Kind::IsContract(address) => {
                let address = self.address(address)?;
                Value::Boolean(self.chain.code_hash(&address).is_some())
            }
            Kind::CodeHash(address) => {
                let address = self.address(address)?;
                option(self.chain.code_hash(&address).map(Value::Hash))
            }
            _ => return malformed(),
        })
    }
}

fn hash(hasher: Hasher, bytes: &[u8]) -> [u8; 32] {
    match hasher {
        Hasher::Sha256 => <sha2::Sha256 as sha2::Digest>::digest(bytes).into(),
        Hasher::Keccak256 => ziver_primitives::hashing::keccak_256(bytes),
        Hasher::Blake2b256 => ziver_primitives::hashing::blake2_256(bytes),
        Hasher::Sha3256 => <sha3::Sha3_256 as sha3::Digest>::digest(bytes).into(),
    }
}

/// The integer type of an expression.
pub(super) fn width(ty: Type) -> Integer {
    ty.integer().unwrap_or(Integer::I256)
}
