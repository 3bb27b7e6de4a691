//! Whether a transaction may go into a block, and what it needs and gives: the words between pool and runtime.
//!
//! Encodings are Substrate's `sp_runtime::transaction_validity`; the texts are those that its clients show.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use alloc::{vec, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use scale_info::TypeInfo;

/// Larger goes first.
pub type TransactionPriority = u64;
/// A number of blocks.
pub type TransactionLongevity = u64;
/// What one transaction provides and another requires; for us the encoding of (account, nonce).
pub type TransactionTag = Vec<u8>;

/// The answer of `TaggedTransactionQueue_validate_transaction`.
pub type TransactionValidity = Result<ValidTransaction, TransactionValidityError>;

/// Where a transaction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum TransactionSource {
    /// It is in a block already.
    InBlock,
    /// From this node: an off-chain worker or the author.
    Local,
    /// From a client or a peer.
    External,
}

/// A transaction that may be included, now or once its requirements are provided.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct ValidTransaction {
    /// Larger goes first.
    pub priority: TransactionPriority,
    /// Tags that must have been provided before.
    pub requires: Vec<TransactionTag>,
    /// Tags that it provides.
    pub provides: Vec<TransactionTag>,
    /// For how many blocks this answer holds.
    pub longevity: TransactionLongevity,
    /// Whether peers should have it.
    pub propagate: bool,
}

impl Default for ValidTransaction {
    fn default() -> Self {
        Self { priority: 0, requires: vec![], provides: vec![], longevity: TransactionLongevity::MAX, propagate: true }
    }
}

/// Why a transaction can't be included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum TransactionValidityError {
    /// It is wrong, now at least.
    Invalid(InvalidTransaction),
    /// It can't be told.
    Unknown(UnknownTransaction),
}

/// Why a transaction is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum InvalidTransaction {
    /// The call is not one that this origin or moment allows.
    Call,
    /// The sender can't pay the fee.
    Payment,
    /// The nonce is ahead of the account's.
    Future,
    /// The nonce was used already.
    Stale,
    /// The signature does not fit: wrong key, chain, runtime version or era.
    BadProof,
    /// The era has ended or its birth block is not known any more.
    AncientBirthBlock,
    /// The block has no room for it.
    ExhaustsResources,
    /// Another reason, as a code.
    Custom(u8),
    /// A mandatory (inherent) extrinsic failed; the block is wrong.
    BadMandatory,
    /// Mandatory (inherent) extrinsics can't come from clients.
    MandatoryValidation,
    /// The sender's account can't sign.
    BadSigner,
}

/// Why it can't be told whether a transaction is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum UnknownTransaction {
    /// A look-up failed.
    CannotLookup,
    /// There is no rule for unsigned calls of this kind.
    NoUnsignedValidator,
    /// Another reason, as a code.
    Custom(u8),
}

impl From<InvalidTransaction> for TransactionValidityError {
    fn from(error: InvalidTransaction) -> Self {
        Self::Invalid(error)
    }
}

impl From<UnknownTransaction> for TransactionValidityError {
    fn from(error: UnknownTransaction) -> Self {
        Self::Unknown(error)
    }
}

impl TransactionValidityError {
    /// Whether the block is full for it, but not a later one.
    pub fn exhausted_resources(self) -> bool {
        self == Self::Invalid(InvalidTransaction::ExhaustsResources)
    }
}

impl fmt::Display for InvalidTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Call => "Transaction call is not expected",
            Self::Payment => "Inability to pay some fees (e.g. account balance too low)",
            Self::Future => "Transaction will be valid in the future",
            Self::Stale => "Transaction is outdated",
            Self::BadProof => "Transaction has a bad signature",
            Self::AncientBirthBlock => "Transaction has an ancient birth block",
            Self::ExhaustsResources => "Transaction would exhaust the block limits",
            Self::Custom(_) => "InvalidTransaction custom error",
            Self::BadMandatory => "A call was labelled as mandatory, but resulted in an Error.",
            Self::MandatoryValidation => "Transaction dispatch is mandatory; transactions must not be validated.",
            Self::BadSigner => "Invalid signing address",
        })
    }
}

impl fmt::Display for UnknownTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CannotLookup => "Could not lookup information required to validate the transaction",
            Self::NoUnsignedValidator => "Could not find an unsigned validator for the unsigned transaction",
            Self::Custom(_) => "UnknownTransaction custom error",
        })
    }
}

impl fmt::Display for TransactionValidityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => error.fmt(f),
            Self::Unknown(error) => error.fmt(f),
        }
    }
}
