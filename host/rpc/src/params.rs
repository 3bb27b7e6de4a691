//! Reading a method's parameters: positions, hexadecimal, block numbers, accounts.
//!
//! Parameters come as an array; missing ones at the end and `null` mean "not given", surplus ones are ignored, as
//! Substrate's node does. What does not fit is -32602 with the position and the reason. Nesting deeper than
//! serde_json's 128 levels is refused by it before any recursion of ours.

use jsonrpsee::types::Params;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::value::RawValue;
use ziver_primitives::{AccountId20, BlockNumber, Hash};

use crate::error::{RpcResult, invalid_params};

/// The parameters of one request, read from the left.
#[derive(Debug)]
pub struct Arguments<'a> {
    items: Vec<&'a RawValue>,
    position: usize,
}

impl<'a> Arguments<'a> {
    /// Splits an array of parameters; none at all is an empty array.
    pub fn new(params: &'a Params<'_>) -> RpcResult<Self> {
        if params.is_object() {
            return Err(invalid_params("parameters go by position, in an array"));
        }
        let items: Option<Vec<&'a RawValue>> = params.parse().map_err(|_| invalid_params("not an array"))?;
        Ok(Self { items: items.unwrap_or_default(), position: 0 })
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
        serde_json::from_str(raw.get())
            .map_err(|why| invalid_params(format_args!("parameter {position}: {}", without_place(&why))))
    }
}

/// serde_json's reason without "at line 1 column 9", which speaks of the cut-out parameter.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// Bytes as hexadecimal, with or without `0x`; the empty string is no bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bytes(pub Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        hex::decode(text.strip_prefix("0x").unwrap_or(&text))
            .map(Self)
            .map_err(|why| D::Error::custom(format_args!("hexadecimal bytes expected: {why}")))
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

impl<'de> Deserialize<'de> for NumberArg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Number(u64),
            Text(String),
        }
        let number = match Form::deserialize(deserializer) {
            Ok(Form::Number(number)) => number,
            Ok(Form::Text(text)) => quantity(&text).map_err(D::Error::custom)?,
            Err(_) => return Err(D::Error::custom("a block number or its hexadecimal form expected")),
        };
        BlockNumber::try_from(number)
            .map(Self)
            .map_err(|_| D::Error::custom(format_args!("`{number}` > u32::MAX, the max block number is u32.")))
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

/// One value (or none) or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany<T> {
    /// A value.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            list @ serde_json::Value::Array(_) => serde_json::from_value(list).map(Self::Many),
            one => serde_json::from_value(one).map(Self::One),
        }
        .map_err(D::Error::custom)
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

impl<'de> Deserialize<'de> for BlockTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        match value.as_str() {
            Some("latest") => return Ok(Self::Latest),
            Some("pending") => return Ok(Self::Pending),
            Some("finalized" | "safe") => return Ok(Self::Finalized),
            Some("earliest") => return Ok(Self::Earliest),
            Some(text) if text.len() == 66 => {
                return HashArg::deserialize(value).map(|HashArg(hash)| Self::Hash(hash)).map_err(D::Error::custom);
            }
            _ => {}
        }
        NumberArg::deserialize(value).map(|NumberArg(number)| Self::Number(number)).map_err(|why| {
            D::Error::custom(format_args!(
                "{why}; a block is latest, pending, finalized, safe, earliest, a number or a hash"
            ))
        })
    }
}

#[cfg(test)]
mod tests;
