//! Reading a method's parameters: positions, hexadecimal, block numbers, accounts.
//!
//! Parameters come as an array; missing ones at the end and `null` mean "not given", surplus ones are ignored, as
//! Substrate's node does. What does not fit is -32602 with the position and the reason. Nesting deeper than
//! serde_json's 128 levels is refused by it before any recursion of ours.
//!
//! Nothing is read into a general JSON value first: in memory that is sixteen times the text. A list is read no further
//! than one past its limit.

use std::{fmt, marker::PhantomData};

use jsonrpsee::types::Params;
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, Error, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor,
        value::MapAccessDeserializer,
    },
};
use serde_json::value::RawValue;
use ziver_primitives::{AccountId20, BlockNumber, Hash};

use crate::{
    error::{RpcResult, invalid_params},
    limits::ARGUMENTS_MAX,
};

/// The parameters of one request, read from the left.
#[derive(Debug)]
pub struct Arguments<'a> {
    items: Vec<&'a RawValue>,
    position: usize,
}

impl<'a> Arguments<'a> {
    /// Splits an array of parameters; none at all is an empty array. Of an object, [`crate::named`] has made one.
    pub fn new(params: &'a Params<'_>) -> RpcResult<Self> {
        let items: Option<Items<'a>> = params.parse().map_err(|_| invalid_params("not an array"))?;
        Ok(Self { items: items.unwrap_or_default().0, position: 0 })
    }

    /// The next parameter, which must be there.
    pub fn required<T: DeserializeOwned>(&mut self) -> RpcResult<T> {
        let position = self.position;
        self.optional()?.ok_or_else(|| invalid_params(format_args!("parameter {position} is missing")))
    }

    /// The next parameter; `None` when it is absent or null.
    pub fn optional<T: DeserializeOwned>(&mut self) -> RpcResult<Option<T>> {
        let position = self.position;
        self.position += 1;
        let Some(raw) = self.items.get(position) else { return Ok(None) };
        parse(raw).map_err(|why| invalid_params(format_args!("parameter {position}: {why}")))
    }
}

/// The first parameters; surplus ones are skipped.
#[derive(Default)]
struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while items.len() < ARGUMENTS_MAX {
                    let Some(item) = list.next_element()? else { return Ok(items) };
                    items.push(item);
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(items)
            }
        }
        deserializer.deserialize_seq(First).map(Self)
    }
}

/// Reads a parameter that was cut out before.
pub fn read<T: DeserializeOwned>(raw: &RawValue) -> RpcResult<T> {
    parse(raw).map_err(invalid_params)
}

/// Reads a value; else says why not, without "at line 1 column 9", which speaks of the cut-out parameter, and without
/// the names that Rust has for numbers.
fn parse<T: DeserializeOwned>(raw: &RawValue) -> Result<T, String> {
    serde_json::from_str(raw.get()).map_err(|why| {
        let text = why.to_string();
        let text = text.split(" at line ").next().unwrap_or_default();
        match text.split_once(", expected ") {
            Some((found, "u8" | "u16" | "u32" | "u64" | "u128" | "usize")) => {
                format!("{found}, expected a whole number without sign")
            }
            _ => text.to_owned(),
        }
    })
}

/// An object with members that have names: serde would take an array of their values, too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Object<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }
        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

/// Bytes as hexadecimal, with or without `0x`; the empty string is no bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Hexadecimal;
        impl Visitor<'_> for Hexadecimal {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("hexadecimal bytes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
                faster_hex::hex_decode_vec(text.strip_prefix("0x").unwrap_or(text).as_bytes())
                    .map_err(|why| E::custom(format_args!("hexadecimal bytes expected: {why}")))
            }
        }
        deserializer.deserialize_str(Hexadecimal).map(Self)
    }
}

/// A list of at most `MAX` values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtMost<T, const MAX: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for AtMost<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T, const MAX: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for List<T, MAX> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MAX} values")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
                at_most(MAX, list)
            }
        }
        deserializer.deserialize_seq(List::<T, MAX>(PhantomData)).map(Self)
    }
}

/// One value or a list of at most `MAX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SomeOrOne<T, const MAX: usize>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for SomeOrOne<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T, const MAX: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Either<T, MAX> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a string or a list of at most {MAX}")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
                T::deserialize(text.into_deserializer()).map(|one| vec![one])
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
                at_most(MAX, list)
            }
        }
        deserializer.deserialize_any(Either::<T, MAX>(PhantomData)).map(Self)
    }
}

/// Reads a list; stops with an error at the first value past the limit.
fn at_most<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(limit: usize, mut list: A) -> Result<Vec<T>, A::Error> {
    let mut items = Vec::new();
    while items.len() < limit {
        let Some(item) = list.next_element()? else { return Ok(items) };
        items.push(item);
    }
    match list.next_element::<IgnoredAny>()? {
        None => Ok(items),
        Some(_) => Err(A::Error::custom(format_args!("a list of more than {limit} values"))),
    }
}

/// A 32-byte hash as `0x` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashArg(pub Hash);

impl<'de> Deserialize<'de> for HashArg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Bytes(bytes) = Bytes::deserialize(deserializer)?;
        let hash: [u8; 32] =
            bytes.try_into().map_err(|_| D::Error::custom("a hash of 32 bytes in hexadecimal expected"))?;
        Ok(Self(hash.into()))
    }
}

/// An account as `0x` and 40 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountArg(pub AccountId20);

impl<'de> Deserialize<'de> for AccountArg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Bytes(bytes) = Bytes::deserialize(deserializer)?;
        let account: [u8; 20] =
            bytes.try_into().map_err(|_| D::Error::custom("an account of 20 bytes in hexadecimal expected"))?;
        Ok(Self(AccountId20(account)))
    }
}

/// A block number: a JSON number or a hexadecimal string, in which leading zeros may be left out or present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberArg(pub BlockNumber);

impl NumberArg {
    fn new<E: Error>(number: u64) -> Result<Self, E> {
        BlockNumber::try_from(number)
            .map(Self)
            .map_err(|_| E::custom(format_args!("`{number}` > u32::MAX, the max block number is u32.")))
    }

    fn read<E: Error>(text: &str) -> Result<Self, E> {
        Self::new(quantity(text).map_err(E::custom)?)
    }
}

impl<'de> Deserialize<'de> for NumberArg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = NumberArg;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a block number or its hexadecimal form")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<NumberArg, E> {
                NumberArg::new(number)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<NumberArg, E> {
                NumberArg::read(text)
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// An amount of money: `0x` and hexadecimal digits, decimal digits as text, or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount(pub u128);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(u64),
            Text(String),
        }
        match Form::deserialize(deserializer).map_err(|_| D::Error::custom("an amount as 0x.. or decimal digits"))? {
            Form::Number(number) => Ok(Self(number.into())),
            Form::Text(text) => {
                let parsed = match text.strip_prefix("0x") {
                    Some(digits) => u128::from_str_radix(digits, 16),
                    None => text.parse(),
                };
                let unfit = |_| D::Error::custom(format_args!("an amount as 0x.. or decimal digits, not {text:?}"));
                parsed.map(Self).map_err(unfit)
            }
        }
    }
}

/// The value of `0x` and up to 16 significant hexadecimal digits.
pub fn quantity(text: &str) -> Result<u64, String> {
    let digits = text.strip_prefix("0x").ok_or_else(|| format!("a number as 0x.. expected, not {text:?}"))?;
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(format!("not a hexadecimal number: {text:?}"));
    }
    u64::from_str_radix(digits, 16).map_err(|_| format!("{text} is too large"))
}

/// One block number (or none) or a list of at most `MAX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany<const MAX: usize> {
    /// A number; `None` for the best block.
    One(Option<NumberArg>),
    /// A list of them.
    Many(Vec<Option<NumberArg>>),
}

impl<'de, const MAX: usize> Deserialize<'de> for OneOrMany<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<const MAX: usize>;
        impl<'de, const MAX: usize> Visitor<'de> for Either<MAX> {
            type Value = OneOrMany<MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a block number, its hexadecimal form, or a list of these")
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(OneOrMany::One(None))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                NumberArg::new(number).map(Some).map(OneOrMany::One)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                NumberArg::read(text).map(Some).map(OneOrMany::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                at_most(MAX, list).map(OneOrMany::Many)
            }
        }
        deserializer.deserialize_any(Either::<MAX>)
    }
}

/// A block as Ethereum's clients name it: a tag, a number or a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BlockTag {
    /// `latest` or absent: the head of the best chain.
    #[default]
    Latest,
    /// The head of the best chain and the transactions that are ready for the next block.
    Pending,
    /// `finalized` or `safe`.
    Finalized,
    /// `earliest`: genesis.
    Earliest,
    /// A height.
    Number(BlockNumber),
    /// A block's hash.
    Hash(Hash),
}

const BLOCK_TAGS: &str = "latest, pending, finalized, safe, earliest, a number or a hash";

impl<'de> Deserialize<'de> for BlockTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tag;
        impl Visitor<'_> for Tag {
            type Value = BlockTag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(BLOCK_TAGS)
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<BlockTag, E> {
                NumberArg::new(number).map(|NumberArg(number)| BlockTag::Number(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<BlockTag, E> {
                match text {
                    "latest" => Ok(BlockTag::Latest),
                    "pending" => Ok(BlockTag::Pending),
                    "finalized" | "safe" => Ok(BlockTag::Finalized),
                    "earliest" => Ok(BlockTag::Earliest),
                    hash if hash.len() == 66 => {
                        HashArg::deserialize(hash.into_deserializer()).map(|HashArg(hash)| BlockTag::Hash(hash))
                    }
                    number => NumberArg::read(number)
                        .map(|NumberArg(number)| BlockTag::Number(number))
                        .map_err(|why: E| E::custom(format_args!("{why}; a block is {BLOCK_TAGS}"))),
                }
            }
        }
        deserializer.deserialize_any(Tag)
    }
}

#[cfg(test)]
mod tests;
