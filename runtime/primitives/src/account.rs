//! Accounts and signatures as on Ethereum: a 20-byte address made of a secp256k1 key, a 65-byte recoverable signature.
//!
//! The type paths that clients look for are `account::AccountId20` and `account::EthereumSignature`.
//! Out of scope: the elliptic curve itself, see [`crate::ecdsa`].

use alloc::{format, string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::{Path, Type, TypeInfo, build::Fields};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::hashing::keccak_256;

/// An account: the last 20 bytes of keccak-256 of the uncompressed public key without its leading byte.
#[derive(
    Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen,
)]
pub struct AccountId20(pub [u8; 20]);

impl AccountId20 {
    /// The account of nobody; it can't sign.
    pub const ZERO: Self = Self([0; 20]);

    /// The account that an uncompressed public key (64 bytes, without the leading 0x04) controls.
    pub fn from_public_key(uncompressed: &[u8; 64]) -> Self {
        let hash = keccak_256(uncompressed);
        let mut account = [0u8; 20];
        for (to, from) in account.iter_mut().zip(hash.iter().skip(12)) {
            *to = *from;
        }
        Self(account)
    }

    /// The address with EIP-55's mixed-case checksum, as people know it.
    pub fn to_checksum_address(self) -> String {
        let lower = hex::encode(self.0);
        let hash = hex::encode(keccak_256(lower.as_bytes()));
        let mut out = String::from("0x");
        for (letter, nibble) in lower.chars().zip(hash.chars()) {
            out.push(if nibble >= '8' { letter.to_ascii_uppercase() } else { letter });
        }
        out
    }
}

/// Clients recognise an Ethereum-style chain by exactly this path.
impl TypeInfo for AccountId20 {
    type Identity = Self;

    fn type_info() -> Type {
        let path = Path::new("AccountId20", "account");
        Type::builder().path(path).composite(Fields::unnamed().field(|f| f.ty::<[u8; 20]>().type_name("[u8; 20]")))
    }
}

impl AsRef<[u8]> for AccountId20 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<[u8; 20]> for AccountId20 {
    fn from(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for AccountId20 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_checksum_address())
    }
}

impl fmt::Debug for AccountId20 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAddress;

impl fmt::Display for InvalidAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address is 0x followed by 40 hexadecimal digits")
    }
}

impl core::error::Error for InvalidAddress {}

impl FromStr for AccountId20 {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let bytes: Vec<u8> = hex::decode(digits).map_err(|_| InvalidAddress)?;
        bytes.try_into().map(Self).map_err(|_| InvalidAddress)
    }
}

impl Serialize for AccountId20 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_checksum_address())
    }
}

impl<'de> Deserialize<'de> for AccountId20 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| de::Error::custom(format!("{error}: {text:?}")))
    }
}

/// A recoverable secp256k1 signature: r (32 bytes), s (32 bytes), v (1 byte: 0, 1, 27 or 28).
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen)]
pub struct EthereumSignature(pub [u8; 65]);

impl EthereumSignature {
    /// The account whose key signed `message` (of any length; it is hashed with keccak-256 here), or `None` where the
    /// signature is malformed, malleable (high s) or belongs to no key.
    pub fn recover(&self, message: &[u8]) -> Option<AccountId20> {
        crate::ecdsa::recover(&self.0, &keccak_256(message)).map(|key| AccountId20::from_public_key(&key))
    }
}

/// Clients recognise an Ethereum-style signature by exactly this path.
impl TypeInfo for EthereumSignature {
    type Identity = Self;

    fn type_info() -> Type {
        let path = Path::new("EthereumSignature", "account");
        Type::builder().path(path).composite(Fields::unnamed().field(|f| f.ty::<[u8; 65]>().type_name("[u8; 65]")))
    }
}

impl fmt::Debug for EthereumSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests;
