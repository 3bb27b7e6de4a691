//! Why bytes could not be read or values not be written.

use crate::limits::{DEPTH_LEVELS_MAX, VALUES_COUNT_MAX};

/// Why bytes are no metadata that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// They are not in the format.
    #[error("not the metadata of a runtime: {0}")]
    Format(String),
    /// They are in a version of the format that is not read here.
    #[error("metadata of version {0}; versions 14, 15 and 16 can be read")]
    Version(u32),
    /// The runtime does not describe something that is needed.
    #[error("the metadata does not describe {0}")]
    Missing(&'static str),
}

/// Why bytes don't fit the type that they should have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end too early, or name a variant that is not there.
    #[error("{0}")]
    Bytes(String),
    /// Values are nested too deep.
    #[error("values nested deeper than {DEPTH_LEVELS_MAX} levels")]
    TooDeep,
    /// There are too many values.
    #[error("more than {VALUES_COUNT_MAX} values")]
    TooMany,
    /// Bytes are left.
    #[error("{0} bytes are left over")]
    LeftOver(usize),
    /// The runtime has nothing of this name.
    #[error("the runtime has no {0}")]
    Unknown(String),
    /// The extrinsic's format is of a version that the runtime does not describe.
    #[error("extrinsic format {0:#04x} is not known")]
    ExtrinsicFormat(u8),
}

impl From<codec::Error> for DecodeError {
    fn from(error: codec::Error) -> Self {
        Self::Bytes(error.to_string())
    }
}

/// Why a value can't be written as the type that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The runtime has nothing of this name.
    #[error("the runtime has no {what}; it has: {known}")]
    Unknown {
        /// What was asked for.
        what: String,
        /// What there is.
        known: String,
    },
    /// The contract has nothing of this name.
    #[error("the contract has no {what}; it has: {known}")]
    UnknownToContract {
        /// What was asked for.
        what: String,
        /// What there is.
        known: String,
    },
    /// An argument is missing.
    #[error("argument `{name}` ({expected}) is missing")]
    Missing {
        /// Its place.
        name: String,
        /// Its type.
        expected: String,
    },
    /// Something is there that has no place.
    #[error("`{name}` is not among the arguments; expected: {expected}")]
    Surplus {
        /// Its place.
        name: String,
        /// What is wanted.
        expected: String,
    },
    /// A value does not fit its type.
    #[error("argument `{name}`: {expected} expected, {found} found")]
    Unfit {
        /// Its place: `calls[2].Balances.transfer_keep_alive.dest`.
        name: String,
        /// What is wanted.
        expected: String,
        /// What is there.
        found: String,
    },
    /// Values are nested too deep.
    #[error("arguments nested deeper than {DEPTH_LEVELS_MAX} levels")]
    TooDeep,
    /// The arguments are no JSON and no scale-value text.
    #[error("arguments can be read neither as JSON ({json}) nor as scale-value text ({text})")]
    Text {
        /// What a reader of JSON says.
        json: String,
        /// What a reader of scale-value text says.
        text: String,
    },
    /// The arguments are too long.
    #[error("arguments of {0} bytes are too long")]
    TooLong(usize),
}

/// Why a contract's description can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    /// It is too long.
    #[error("a contract's description of {0} bytes is too long")]
    TooLong(usize),
    /// It is not what it should be.
    #[error("no description of a contract: {0}")]
    Format(String),
    /// It is of a version that is not known.
    #[error("a contract's description of version {0}; 4 and 5 are known")]
    Version(String),
}
