//! Values, as the interpreter holds them, and their SCALE encoding.

use num_bigint::{BigInt, Sign};
use num_traits::{One, Signed, Zero};

use crate::ir::{Fault, Integer, Shape, Type, Types};

/// A value. Which variants a type has is clear but for records, which are tuples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Unit,
    /// A boolean.
    Boolean(bool),
    /// An integer of any width.
    Integer(BigInt),
    /// A string.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An address.
    Address([u8; 20]),
    /// A hash.
    Hash([u8; 32]),
    /// A list.
    List(Vec<Value>),
    /// An option.
    Option(Option<Box<Value>>),
    /// A tuple or record.
    Tuple(Vec<Value>),
    /// A variant of an enum.
    Variant(u8),
}

impl Value {
    /// The zero of a type.
    pub fn zero(ty: Type, types: &Types) -> Self {
        match ty {
            Type::Unit => Self::Unit,
            Type::Boolean => Self::Boolean(false),
            Type::Integer(_) => Self::Integer(BigInt::ZERO),
            Type::String => Self::String(String::new()),
            Type::Bytes => Self::Bytes(Vec::new()),
            Type::Address => Self::Address([0; 20]),
            Type::Hash => Self::Hash([0; 32]),
            Type::List(_) => Self::List(Vec::new()),
            Type::Option(_) => Self::Option(None),
            Type::Tuple(_) | Type::Record(_) => {
                let fields = types.fields(ty).unwrap_or_default();
                Self::Tuple(fields.into_iter().map(|field| Self::zero(field, types)).collect())
            }
            Type::Enum(_) => Self::Variant(0),
        }
    }

    /// About how many bytes it takes.
    pub fn weight(&self) -> u64 {
        let parts = |values: &[Self]| values.iter().map(Self::weight).sum::<u64>();
        match self {
            Self::String(text) => text.len() as u64,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::List(values) | Self::Tuple(values) => 1 + parts(values),
            Self::Option(Some(value)) => 1 + value.weight(),
            _ => 1,
        }
    }
}

/// Appends the SCALE encoding of a value of type `ty`.
pub fn encode(value: &Value, ty: Type, types: &Types, out: &mut Vec<u8>) {
    match value {
        Value::Unit => {}
        Value::Boolean(value) => out.push((*value).into()),
        Value::Integer(value) => out.extend(integer_bytes(value, ty.integer().unwrap_or(Integer::I256))),
        Value::String(text) => encode_bytes(text.as_bytes(), out),
        Value::Bytes(bytes) => encode_bytes(bytes, out),
        Value::Address(address) => out.extend(address),
        Value::Hash(hash) => out.extend(hash),
        Value::List(values) => {
            compact(values.len(), out);
            let element = types.element(ty).unwrap_or(Type::Unit);
            values.iter().for_each(|value| encode(value, element, types, out));
        }
        Value::Option(None) => out.push(0),
        Value::Option(Some(value)) => {
            out.push(1);
            encode(value, types.content(ty).unwrap_or(Type::Unit), types, out);
        }
        Value::Tuple(values) => {
            let fields = types.fields(ty).unwrap_or_default();
            values.iter().zip(fields).for_each(|(value, ty)| encode(value, ty, types, out));
        }
        Value::Variant(index) => out.push(*index),
    }
}

/// What all of `bytes` is the encoding of.
pub fn decode(mut bytes: &[u8], ty: Type, types: &Types) -> Result<Value, Fault> {
    let value = decode_part(&mut bytes, ty, types)?;
    if bytes.is_empty() { Ok(value) } else { Err(Fault::MalformedData) }
}

/// What the beginning of `bytes`, which is cut off, is the encoding of.
pub fn decode_part(bytes: &mut &[u8], ty: Type, types: &Types) -> Result<Value, Fault> {
    Ok(match ty {
        Type::Unit => Value::Unit,
        Type::Boolean => match take(bytes, 1)? {
            [0] => Value::Boolean(false),
            [1] => Value::Boolean(true),
            _ => return Err(Fault::MalformedData),
        },
        Type::Integer(integer) => Value::Integer(integer_from(take(bytes, integer.bytes() as usize)?, integer)),
        Type::String => {
            let length = length(bytes)?;
            let text = std::str::from_utf8(take(bytes, length)?).map_err(|_| Fault::MalformedData)?;
            Value::String(text.to_owned())
        }
        Type::Bytes => {
            let length = length(bytes)?;
            Value::Bytes(take(bytes, length)?.to_vec())
        }
        Type::Address => Value::Address(array(bytes)?),
        Type::Hash => Value::Hash(array(bytes)?),
        Type::List(_) => {
            let (length, element) = (length(bytes)?, types.element(ty).unwrap_or(Type::Unit));
            // Not reserved: a length is only a claim. Each element takes a byte of what is there.
            let mut values = Vec::new();
            for _ in 0..length {
                values.push(decode_part(bytes, element, types)?);
            }
            Value::List(values)
        }
        Type::Option(_) => match take(bytes, 1)? {
            [0] => Value::Option(None),
            [1] => {
                let content = types.content(ty).unwrap_or(Type::Unit);
                Value::Option(Some(Box::new(decode_part(bytes, content, types)?)))
            }
            _ => return Err(Fault::MalformedData),
        },
        Type::Tuple(_) | Type::Record(_) => {
            let fields = types.fields(ty).unwrap_or_default();
            Value::Tuple(fields.into_iter().map(|ty| decode_part(bytes, ty, types)).collect::<Result<_, _>>()?)
        }
        Type::Enum(_) => match (take(bytes, 1)?, types.shape(ty)) {
            ([index], Some(Shape::Enum { variants, .. })) if usize::from(*index) < variants.len() => {
                Value::Variant(*index)
            }
            _ => return Err(Fault::MalformedData),
        },
    })
}

/// Little endian, two's complement.
pub fn integer_bytes(value: &BigInt, integer: Integer) -> Vec<u8> {
    let modulus = BigInt::one() << integer.bits();
    let value = if value.is_negative() { value + modulus } else { value.clone() };
    let (_, mut bytes) = value.to_bytes_le();
    bytes.resize(integer.bytes() as usize, 0);
    bytes
}

/// The reverse of [`integer_bytes`].
pub fn integer_from(bytes: &[u8], integer: Integer) -> BigInt {
    let value = BigInt::from_bytes_le(Sign::Plus, bytes);
    let negative = integer.is_signed() && bytes.last().is_some_and(|last| *last >= 0x80);
    if negative { value - (BigInt::one() << integer.bits()) } else { value }
}

fn encode_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    compact(bytes.len(), out);
    out.extend(bytes);
}

fn compact(length: usize, out: &mut Vec<u8>) {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    match length {
        0..=0x3f => out.extend(&(length << 2).to_le_bytes()[..1]),
        0x40..=0x3fff => out.extend(&((length << 2) | 1).to_le_bytes()[..2]),
        0x4000..=0x3fff_ffff => out.extend(((length << 2) | 2).to_le_bytes()),
        _ => {
            out.push(3);
            out.extend(length.to_le_bytes());
        }
    }
}

/// A compact length below 2^30, in its shortest form: no contract has memory for more.
fn length(bytes: &mut &[u8]) -> Result<usize, Fault> {
    let first = *bytes.first().ok_or(Fault::MalformedData)?;
    let (width, least) = match first & 3 {
        0 => (1, 0),
        1 => (2, 1 << 6),
        2 => (4, 1 << 14),
        _ => return Err(Fault::MalformedData),
    };
    let mut raw = [0; 4];
    for (to, from) in raw.iter_mut().zip(take(bytes, width)?) {
        *to = *from;
    }
    let length = u32::from_le_bytes(raw) >> 2;
    if length < least { Err(Fault::MalformedData) } else { Ok(length as usize) }
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Result<&'a [u8], Fault> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or(Fault::MalformedData)?;
    *bytes = rest;
    Ok(taken)
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Fault> {
    take(bytes, N)?.try_into().map_err(|_| Fault::MalformedData)
}

/// As text: see [`Kind::Text`](crate::ir::Kind::Text).
pub fn text(value: &Value) -> String {
    let hex = |bytes: &[u8]| bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"));
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) if value.is_zero() => "0".to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Address(address) => hex(address),
        Value::Hash(hash) => hex(hash),
        Value::Bytes(bytes) => hex(bytes),
        _ => String::new(),
    }
}
