//! Why a dispatched call failed, in the shape that Substrate's clients decode.
//!
//! Source: `sp_runtime::DispatchError`; the order of the variants is part of the encoding. The metadata shows these types
//! under Substrate's paths (`runtime/metadata`).
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum DispatchError {
    /// Anything else.
    Other,
    /// Failed to look something up.
    CannotLookup,
    /// The origin may not do this.
    BadOrigin,
    /// A pallet's own error.
    Module(ModuleError),
    /// Consumers remain, so the account can't be destroyed.
    ConsumerRemaining,
    /// There are no providers, so the account can't be created.
    NoProviders,
    /// There are too many consumers, so the account can't be created.
    TooManyConsumers,
    /// An error with tokens.
    Token(TokenError),
    /// An error of arithmetic.
    Arithmetic(ArithmeticError),
    /// The nesting of storage transactions is too deep, or there is none.
    Transactional(TransactionalError),
    /// Resources are exhausted; try again later.
    Exhausted,
    /// The state is corrupt.
    Corruption,
    /// Something that is needed is not there; try again later.
    Unavailable,
    /// Root may not do this.
    RootNotAllowed,
}

/// A pallet's own error: its index in the runtime, and its encoded error padded to four bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ModuleError {
    /// Index of the pallet.
    pub index: u8,
    /// The encoded error.
    pub error: [u8; 4],
}

impl ModuleError {
    /// The error with discriminant `error` of the pallet at `index`.
    pub const fn new(index: u8, error: u8) -> Self {
        Self { index, error: [error, 0, 0, 0] }
    }
}

impl From<ModuleError> for DispatchError {
    fn from(error: ModuleError) -> Self {
        Self::Module(error)
    }
}

/// What is wrong with a movement of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum TokenError {
    /// Funds are unavailable.
    FundsUnavailable,
    /// The account would be left with less than the existential deposit, but must stay alive.
    OnlyProvider,
    /// The receiver would have less than the existential deposit.
    BelowMinimum,
    /// The account can't be created.
    CannotCreate,
    /// There is no such asset.
    UnknownAsset,
    /// Funds are frozen.
    Frozen,
    /// The operation is not supported.
    Unsupported,
    /// Funds on hold can't be moved to an account that does not exist.
    CannotCreateHold,
    /// The account must not be killed by this.
    NotExpendable,
    /// The account is blocked.
    Blocked,
}

/// What is wrong with a calculation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ArithmeticError {
    /// The result is too small.
    Underflow,
    /// The result is too large.
    Overflow,
    /// Division by zero.
    DivisionByZero,
}

/// What is wrong with storage transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum TransactionalError {
    /// Too many layers.
    LimitReached,
    /// There is no layer to close.
    NoLayer,
}

impl From<TokenError> for DispatchError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<ArithmeticError> for DispatchError {
    fn from(error: ArithmeticError) -> Self {
        Self::Arithmetic(error)
    }
}

/// Makes an enum of fieldless errors a pallet's error: `impl_module_error!(Error, pallets::BALANCES)`.
#[macro_export]
macro_rules! impl_module_error {
    ($error:ty, $pallet:expr) => {
        impl From<$error> for $crate::ModuleError {
            fn from(error: $error) -> Self {
                let discriminant = codec::Encode::using_encoded(&error, |bytes| bytes.first().copied());
                Self::new($pallet.index, discriminant.unwrap_or_default())
            }
        }

        impl From<$error> for $crate::DispatchError {
            fn from(error: $error) -> Self {
                Self::Module(error.into())
            }
        }
    };
}
