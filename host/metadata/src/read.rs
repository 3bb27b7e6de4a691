//! SCALE to JSON, by type.
//!
//! Written here and not with `scale-decode`: after an error that skips the rest of a list by recursion without a bound,
//! and our bytes may be hostile. This reader counts levels and values, and stops at the first error.

use std::cell::Cell;

use codec::{Compact, Decode};
use scale_info::{PortableRegistry, TypeDef, TypeDefBitSequence, TypeDefPrimitive, form::PortableForm};
use serde_json::{Map, Value};
use ziver_primitives::U256;

use crate::error::DecodeError;
use crate::limits::{DEPTH_LEVELS_MAX, VALUES_COUNT_MAX};
use crate::types::{self, PortableField};
use crate::wide;

/// Numbers up to this are exact in JSON, for readers whose numbers are floating-point.
const EXACT_MAX: u64 = 1 << 53;

/// How many more values may be read.
#[derive(Debug)]
pub(crate) struct Budget(Cell<usize>);

impl Budget {
    pub fn new() -> Self {
        Self::of(VALUES_COUNT_MAX)
    }

    pub fn of(values: usize) -> Self {
        Self(Cell::new(values))
    }

    pub fn left(&self) -> usize {
        self.0.get()
    }

    fn take(&self) -> Result<(), DecodeError> {
        self.0.set(self.0.get().checked_sub(1).ok_or(DecodeError::TooMany)?);
        Ok(())
    }
}

/// Reads a value that is all of `bytes`.
pub(crate) fn value(types: &PortableRegistry, type_id: u32, bytes: &[u8]) -> Result<Value, DecodeError> {
    let mut input = bytes;
    let value = next(types, type_id, &mut input, &Budget::new())?;
    finished(input)?;
    Ok(value)
}

/// Reads a value from the front of `input`.
pub(crate) fn next(
    types: &PortableRegistry,
    type_id: u32,
    input: &mut &[u8],
    budget: &Budget,
) -> Result<Value, DecodeError> {
    Reader { types, budget }.value(type_id, input, 0)
}

/// Nothing may be left.
pub(crate) fn finished(input: &[u8]) -> Result<(), DecodeError> {
    if input.is_empty() { Ok(()) } else { Err(DecodeError::LeftOver(input.len())) }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> Value {
    Value::String(format!("0x{}", hex::encode(bytes)))
}

/// The first `count` bytes of the input.
pub(crate) fn take<'a>(input: &mut &'a [u8], count: usize) -> Result<&'a [u8], DecodeError> {
    let (taken, rest) = input
        .split_at_checked(count)
        .ok_or_else(|| DecodeError::Bytes(format!("{count} bytes expected, {} are left", input.len())))?;
    *input = rest;
    Ok(taken)
}

/// Reads values of one metadata's types.
struct Reader<'a> {
    types: &'a PortableRegistry,
    budget: &'a Budget,
}

impl Reader<'_> {
    fn value(&self, id: u32, input: &mut &[u8], depth: usize) -> Result<Value, DecodeError> {
        if depth >= DEPTH_LEVELS_MAX {
            return Err(DecodeError::TooDeep);
        }
        self.budget.take()?;
        let below = depth + 1;
        let ty = self.types.resolve(id).ok_or_else(|| DecodeError::Unknown(format!("type {id}")))?;
        match &ty.type_def {
            TypeDef::Primitive(primitive) => number_or_text(primitive, input),
            TypeDef::Compact(inner) => self.compact(inner.type_param.id, input),
            TypeDef::Sequence(inner) => {
                let count = Compact::<u32>::decode(input)?.0;
                self.list(inner.type_param.id, count, input, below)
            }
            TypeDef::Array(inner) => self.list(inner.type_param.id, inner.len, input, below),
            TypeDef::Tuple(tuple) => match tuple.fields.as_slice() {
                [] => Ok(Value::Null),
                [only] => self.value(only.id, input, below),
                fields => fields.iter().map(|field| self.value(field.id, input, below)).collect(),
            },
            TypeDef::Composite(composite) => self.fields(&composite.fields, input, below),
            TypeDef::Variant(variant) => {
                let index = u8::decode(input)?;
                let found = variant.variants.iter().find(|one| one.index == index);
                let unknown = || DecodeError::Unknown(format!("variant {index} of {}", types::name(self.types, id)));
                let found = found.ok_or_else(unknown)?;
                let inner = self.fields(&found.fields, input, below)?;
                Ok(match () {
                    () if types::is_option(ty) => option(&found.name, inner),
                    () if found.fields.is_empty() => Value::String(found.name.clone()),
                    () => Value::Object(Map::from_iter([(found.name.clone(), inner)])),
                })
            }
            TypeDef::BitSequence(bits) => self.bits(bits, input),
        }
    }

    fn fields(&self, fields: &[PortableField], input: &mut &[u8], depth: usize) -> Result<Value, DecodeError> {
        match fields {
            [] => Ok(Value::Null),
            [only] if only.name.is_none() => self.value(only.ty.id, input, depth),
            _ if !types::are_named(fields) => {
                fields.iter().map(|field| self.value(field.ty.id, input, depth)).collect()
            }
            _ => {
                let mut object = Map::new();
                for field in fields {
                    let name = field.name.clone().unwrap_or_default();
                    object.insert(name, self.value(field.ty.id, input, depth)?);
                }
                Ok(Value::Object(object))
            }
        }
    }

    /// A list; bytes at once.
    fn list(&self, inner: u32, count: u32, input: &mut &[u8], depth: usize) -> Result<Value, DecodeError> {
        if types::is_byte(self.types, inner) {
            return take(input, usize::try_from(count).unwrap_or(usize::MAX)).map(hexadecimal);
        }
        (0..count).map(|_| self.value(inner, input, depth)).collect()
    }

    fn compact(&self, inner: u32, input: &mut &[u8]) -> Result<Value, DecodeError> {
        use TypeDefPrimitive::{U8, U16, U32, U64, U128};
        match types::compact_of(self.types, inner) {
            Some(U8) => Ok(Value::from(Compact::<u8>::decode(input)?.0)),
            Some(U16) => Ok(Value::from(Compact::<u16>::decode(input)?.0)),
            Some(U32) => Ok(Value::from(Compact::<u32>::decode(input)?.0)),
            Some(U64) => Ok(unsigned(Compact::<u64>::decode(input)?.0)),
            Some(U128) => Ok(Value::String(Compact::<u128>::decode(input)?.0.to_string())),
            _ if types::is_unit(self.types, inner) => Ok(Value::Null),
            _ => Err(DecodeError::Unknown(format!("compact form of {}", types::name(self.types, inner)))),
        }
    }

    /// Bits in words of 1, 2, 4 or 8 bytes, from the lowest or from the highest bit on (`bitvec`'s encoding).
    fn bits(&self, bits: &TypeDefBitSequence<PortableForm>, input: &mut &[u8]) -> Result<Value, DecodeError> {
        let unknown = || DecodeError::Unknown("such sequence of bits".to_owned());
        let word_bytes = match self.types.resolve(bits.bit_store_type.id).map(|ty| &ty.type_def) {
            Some(TypeDef::Primitive(TypeDefPrimitive::U8)) => 1,
            Some(TypeDef::Primitive(TypeDefPrimitive::U16)) => 2,
            Some(TypeDef::Primitive(TypeDefPrimitive::U32)) => 4,
            Some(TypeDef::Primitive(TypeDefPrimitive::U64)) => 8,
            _ => return Err(unknown()),
        };
        let order = self.types.resolve(bits.bit_order_type.id).and_then(|ty| ty.path.ident()).ok_or_else(unknown)?;
        let count = usize::try_from(Compact::<u32>::decode(input)?.0).unwrap_or(usize::MAX);
        let words = count.div_ceil(word_bytes * 8);
        let bytes = take(input, words.saturating_mul(word_bytes))?;
        let mut text = "0b".to_owned();
        for word in bytes.chunks_exact(word_bytes) {
            let word = word.iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
            for position in 0..word_bytes * 8 {
                let shift = if order == "Msb0" { word_bytes * 8 - 1 - position } else { position };
                text.push(if word >> shift & 1 == 1 { '1' } else { '0' });
            }
        }
        text.truncate(count.saturating_add(2));
        Ok(Value::String(text))
    }
}

fn number_or_text(primitive: &TypeDefPrimitive, input: &mut &[u8]) -> Result<Value, DecodeError> {
    use TypeDefPrimitive::{Bool, Char, I8, I16, I32, I64, I128, I256, Str, U8, U16, U32, U64, U128, U256 as Wide};
    Ok(match primitive {
        Bool => Value::from(bool::decode(input)?),
        Char => {
            let letter = char::from_u32(u32::decode(input)?);
            Value::String(letter.ok_or_else(|| DecodeError::Bytes("not a character".to_owned()))?.to_string())
        }
        Str => Value::String(String::decode(input)?),
        U8 => Value::from(u8::decode(input)?),
        U16 => Value::from(u16::decode(input)?),
        U32 => Value::from(u32::decode(input)?),
        U64 => unsigned(u64::decode(input)?),
        U128 => Value::String(u128::decode(input)?.to_string()),
        Wide => Value::String(U256::from_little_endian(take(input, 32)?).to_string()),
        I8 => Value::from(i8::decode(input)?),
        I16 => Value::from(i16::decode(input)?),
        I32 => Value::from(i32::decode(input)?),
        I64 => signed(i64::decode(input)?),
        I128 => Value::String(i128::decode(input)?.to_string()),
        I256 => Value::String(wide::text(U256::from_little_endian(take(input, 32)?))),
    })
}

/// `null`, the value, or `{"Some": value}` where the value alone could be taken for something else.
fn option(variant: &str, inner: Value) -> Value {
    let doubtful = match &inner {
        Value::Null => true,
        Value::String(text) => text == "None",
        Value::Object(object) => object.len() == 1 && object.contains_key("Some"),
        _ => false,
    };
    match variant {
        "Some" if !doubtful => inner,
        "Some" => Value::Object(Map::from_iter([("Some".to_owned(), inner)])),
        _ => Value::Null,
    }
}

fn unsigned(value: u64) -> Value {
    if value <= EXACT_MAX { Value::from(value) } else { Value::String(value.to_string()) }
}

fn signed(value: i64) -> Value {
    if value.unsigned_abs() <= EXACT_MAX { Value::from(value) } else { Value::String(value.to_string()) }
}
