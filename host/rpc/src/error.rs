//! JSON-RPC error objects: the one place where codes and texts are chosen.
//!
//! Codes and wording follow Substrate's node, because clients show them and some compare them: 10xx for the pool, 4xxx
//! for state, 1x000 for manual sealing, the negative ones from the JSON-RPC specification.

use jsonrpsee::types::{ErrorObjectOwned, error::ErrorCode};
use ziver_primitives::{
    Hash,
    validity::{InvalidTransaction, UnknownTransaction},
};

use crate::{
    chain_read::ReadError,
    link::{SealError, SubmitError},
};

/// A method's answer.
pub type RpcResult<T> = Result<T, ErrorObjectOwned>;

/// The bytes are no extrinsic.
pub const BAD_FORMAT: i32 = 1001;
/// Validation itself failed.
pub const VERIFICATION: i32 = 1002;
/// The runtime refuses the transaction.
pub const INVALID_TRANSACTION: i32 = 1010;
/// The runtime can't judge the transaction.
pub const UNKNOWN_VALIDITY: i32 = 1011;
/// Refused a short while ago.
pub const TEMPORARILY_BANNED: i32 = 1012;
/// In the pool already.
pub const ALREADY_IMPORTED: i32 = 1013;
/// Pays less than the one it would replace.
pub const TOO_LOW_PRIORITY: i32 = 1014;
/// No room.
pub const IMMEDIATELY_DROPPED: i32 = 1016;
/// A chain read failed.
pub const CHAIN: i32 = 3003;
/// More was asked for than the limits allow.
pub const STATE_TOO_MUCH: i32 = 4002;
/// A state read or runtime call failed.
pub const STATE: i32 = 4003;
/// The node is going down.
pub const SHUTTING_DOWN: i32 = 10_000;
/// Making or finalising a block failed.
pub const SEAL_FAILED: i32 = 11_000;
/// No transaction to make a block of.
pub const EMPTY_POOL: i32 = 12_000;
/// The block to build on or to finalise is unknown.
pub const BLOCK_NOT_FOUND: i32 = 13_000;

fn object(code: i32, message: impl Into<String>) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, message, None::<()>)
}

fn object_with(code: i32, message: impl Into<String>, data: impl Into<String>) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, message, Some(data.into()))
}

/// -32602: the parameters don't fit the method.
pub fn invalid_params(why: impl std::fmt::Display) -> ErrorObjectOwned {
    object(ErrorCode::InvalidParams.code(), format!("Invalid params: {why}"))
}

/// -32603: a fault of the node, with its reason.
pub fn internal(why: impl std::fmt::Display) -> ErrorObjectOwned {
    object(ErrorCode::InternalError.code(), format!("Internal error: {why}"))
}

/// -32009: too much is in work.
pub fn busy() -> ErrorObjectOwned {
    object(ErrorCode::ServerIsBusy.code(), ErrorCode::ServerIsBusy.message())
}

/// The engine has gone: the node is being stopped.
pub fn shutting_down() -> ErrorObjectOwned {
    object(SHUTTING_DOWN, "Server is shutting down")
}

/// More keys or blocks were asked for than a limit allows.
pub fn too_much(what: &str, asked: usize, limit: usize) -> ErrorObjectOwned {
    object(STATE_TOO_MUCH, format!("{what} exceeds maximum value. value: {asked}, max: {limit}"))
}

/// The queue to the engine is full.
pub fn submit_queue_full() -> ErrorObjectOwned {
    object_with(IMMEDIATELY_DROPPED, "Immediately Dropped", "The queue of submissions is full, try again later")
}

/// A transaction is larger than the pool takes: no block could hold it.
pub fn transaction_too_large(bytes: usize, limit: usize) -> ErrorObjectOwned {
    let why = format!("The transaction has {bytes} bytes, more than the {limit} that the pool takes");
    object_with(INVALID_TRANSACTION, "Invalid Transaction", why)
}

/// The bytes of an extrinsic can't be read.
pub fn bad_format(why: impl std::fmt::Display) -> ErrorObjectOwned {
    object(BAD_FORMAT, format!("Extrinsic has invalid format: {why}"))
}

/// A read for one of the `state_*` and `payment_*` methods failed.
pub fn state(error: ReadError) -> ErrorObjectOwned {
    object(STATE, format!("Client error: {error}"))
}

/// A read for one of the `chain_*` methods failed.
pub fn chain(error: ReadError) -> ErrorObjectOwned {
    object(CHAIN, format!("Client error: {error}"))
}

/// What the pool has against a transaction.
pub fn submit(error: SubmitError) -> ErrorObjectOwned {
    match error {
        SubmitError::Invalid(why) => object_with(INVALID_TRANSACTION, "Invalid Transaction", invalid_text(why)),
        SubmitError::Unknown(why) => object_with(UNKNOWN_VALIDITY, "Unknown Transaction Validity", unknown_text(why)),
        SubmitError::BadFormat(why) => bad_format(why),
        SubmitError::Verification(why) => object_with(VERIFICATION, format!("Verification Error: {why}"), why),
        SubmitError::Banned => object(TEMPORARILY_BANNED, "Transaction is temporarily banned"),
        SubmitError::AlreadyImported(hash) => already_imported(hash),
        SubmitError::TooLowPriority { old, new } => object_with(
            TOO_LOW_PRIORITY,
            format!("Priority is too low: ({old} vs {new})"),
            "The transaction has too low priority to replace another transaction already in the pool.",
        ),
        SubmitError::ImmediatelyDropped => object_with(
            IMMEDIATELY_DROPPED,
            "Immediately Dropped",
            "The transaction couldn't enter the pool because of the limit",
        ),
    }
}

fn already_imported(hash: Hash) -> ErrorObjectOwned {
    object_with(ALREADY_IMPORTED, "Transaction Already Imported", format!("{hash:?}"))
}

/// A text for people; with a custom code, the code is the reason.
pub fn invalid_text(why: InvalidTransaction) -> String {
    match why {
        InvalidTransaction::Custom(code) => format!("Custom error: {code}"),
        why => why.to_string(),
    }
}

fn unknown_text(why: UnknownTransaction) -> String {
    match why {
        UnknownTransaction::Custom(code) => format!("Custom error: {code}"),
        why => why.to_string(),
    }
}

/// Why no block was made or finalised by hand.
pub fn seal(error: SealError) -> ErrorObjectOwned {
    let code = match &error {
        SealError::EmptyPool => EMPTY_POOL,
        SealError::BlockNotFound(_) => BLOCK_NOT_FOUND,
        SealError::Failed(_) => SEAL_FAILED,
    };
    object(code, error.to_string())
}
