//! JSON-RPC error objects: the one place where codes and texts are chosen.
//!
//! Codes and wording of the legacy methods follow Substrate's node, because clients show them and some compare them:
//! 10xx for the pool, 4xxx for state, 1x000 for manual sealing. Ziver's own namespaces (`zx_*`, `txpool_*`, `miner_*`,
//! `admin_*`) have codes of their own from -32001 to -32050. The other negative ones are the JSON-RPC specification's
//! and the server library's (-32006 too many subscriptions, -32007 oversized request, -32008 oversized response, -32009
//! busy).
//!
//! Every text is one line of bounded length, whatever the runtime said.

use jsonrpsee::types::{ErrorObjectOwned, error::ErrorCode};
use ziver_primitives::{
    Hash,
    validity::{InvalidTransaction, UnknownTransaction},
};

use crate::{
    chain_read::ReadError,
    limits::{DIAGNOSTICS_BYTES_MAX, ERROR_TEXT_BYTES_MAX, FOLLOWS_PER_CONNECTION_MAX},
    link::{CompileError, SealError, SubmitError},
};

/// A method's answer.
pub type RpcResult<T> = Result<T, ErrorObjectOwned>;

/// What was asked for does not exist; of Ziver's own namespaces, as the codes down to [`RATE_LIMITED`].
pub const NOT_FOUND: i32 = -32001;
/// The transaction is refused.
pub const TRANSACTION_REJECTED: i32 = -32010;
/// The sender can't pay.
pub const INSUFFICIENT_FUNDS: i32 = -32011;
/// The nonce is used already.
pub const NONCE_TOO_LOW: i32 = -32012;
/// The transaction needs more than a block has.
pub const GAS_LIMIT_EXCEEDED: i32 = -32013;
/// A contract failed.
pub const CONTRACT_ERROR: i32 = -32020;
/// A contract's source does not compile.
pub const COMPILE_ERROR: i32 = -32021;
/// A block could not be made.
pub const MINING_ERROR: i32 = -32030;
/// The client asks too often.
pub const RATE_LIMITED: i32 = -32050;
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

/// The connection has as many follows as it may have, in the new specification's numbering like those below.
pub const TOO_MANY_FOLLOWS: i32 = -32800;
/// The block was never told of by the follow, or was unpinned.
pub const NOT_PINNED: i32 = -32801;
/// The follow was begun without runtimes.
pub const FOLLOW_WITHOUT_RUNTIME: i32 = -32802;
/// The operation does not wait for the client.
pub const NOT_WAITING: i32 = -32803;
/// A hash stands twice in the list of blocks to unpin.
pub const DUPLICATE_HASH: i32 = -32804;

/// An error with this code and message.
pub fn object(code: i32, message: impl Into<String>) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, one_line(message.into()), None::<()>)
}

/// The same with more to say about the case.
pub fn object_with(code: i32, message: impl Into<String>, data: impl Into<String>) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, one_line(message.into()), Some(one_line(data.into())))
}

/// A text as one line of bounded length: texts of the runtime have several, and clients show errors in one.
fn one_line(text: String) -> String {
    if text.len() <= ERROR_TEXT_BYTES_MAX && !text.contains(char::is_control) {
        return text;
    }
    let mut line = String::new();
    for part in text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push_str(if line.ends_with([':', ';', ',']) { " " } else { "; " });
        }
        line.push_str(part);
    }
    let end = line.floor_char_boundary(ERROR_TEXT_BYTES_MAX);
    if end < line.len() {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// -32001: what was asked for does not exist.
pub fn not_found(what: impl std::fmt::Display) -> ErrorObjectOwned {
    object(NOT_FOUND, format!("Not found: {what}"))
}

/// -32601: the asker may not call this method.
pub fn unsafe_call() -> ErrorObjectOwned {
    object(ErrorCode::MethodNotFound.code(), "RPC call is unsafe to be called externally")
}

/// -32601: a subscription was asked for over HTTP.
pub fn needs_websocket() -> ErrorObjectOwned {
    object(ErrorCode::MethodNotFound.code(), "Subscriptions are served over WebSocket only")
}

/// -32600: JSON that can be read and is no request.
pub fn invalid_request(why: impl std::fmt::Display) -> ErrorObjectOwned {
    object(ErrorCode::InvalidRequest.code(), format!("Invalid request: {why}"))
}

/// -32600: a request with an id that no answer can carry.
pub fn odd_id() -> ErrorObjectOwned {
    invalid_request("an id is a string, a number without sign, or null")
}

/// -32600: a batch of too many requests.
pub fn long_batch(requests_max: usize) -> ErrorObjectOwned {
    match requests_max {
        0 => invalid_request("batches are not served"),
        _ => invalid_request(format_args!("a batch of more than {requests_max} requests")),
    }
}

/// -32600: a call that can't be part of a batch.
pub fn not_in_batch(method: &str) -> ErrorObjectOwned {
    invalid_request(format_args!("{method:.64} sends more after its answer, it can't be part of a batch"))
}

/// -32050: the client has used up its calls; data is the number of milliseconds until the next is free.
pub fn rate_limited(wait_ms: u64) -> ErrorObjectOwned {
    let data = serde_json::json!({ "retryAfterMs": wait_ms });
    ErrorObjectOwned::owned(RATE_LIMITED, "Too many requests: the rate limit is exceeded", Some(data))
}

/// -32008: the answer is larger than the server sends.
pub fn oversized_response(why: impl Into<String>) -> ErrorObjectOwned {
    object_with(jsonrpsee::types::error::OVERSIZED_RESPONSE_CODE, "Response is too big", why)
}

/// -32030: a block could not be made, for the `miner_*` methods.
pub fn mining(error: SealError) -> ErrorObjectOwned {
    object(MINING_ERROR, format!("Mining failed: {error}"))
}

/// What the pool has against a transaction, in the codes of Ziver's own namespaces.
pub fn rejected(error: SubmitError) -> ErrorObjectOwned {
    let (code, message) = match &error {
        SubmitError::Invalid(InvalidTransaction::Payment) => (INSUFFICIENT_FUNDS, "Insufficient funds"),
        SubmitError::Invalid(InvalidTransaction::Stale) => (NONCE_TOO_LOW, "Nonce too low"),
        SubmitError::Invalid(InvalidTransaction::ExhaustsResources) => (GAS_LIMIT_EXCEEDED, "Gas limit exceeded"),
        _ => (TRANSACTION_REJECTED, "Transaction rejected"),
    };
    let why = submit(error);
    match why.data().and_then(|data| serde_json::from_str::<String>(data.get()).ok()) {
        Some(data) => object_with(code, message, data),
        None => object_with(code, message, why.message()),
    }
}

/// -32020: a contract failed; data says how.
pub fn contract(why: impl std::fmt::Display, data: serde_json::Value) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(CONTRACT_ERROR, one_line(format!("Contract failed: {why}")), Some(data))
}

/// -32021: a source does not compile; data has the problems, in whole ones up to a limit.
pub fn compile(error: CompileError) -> ErrorObjectOwned {
    let CompileError::Problems { diagnostics, .. } = &error else {
        return object(COMPILE_ERROR, format!("Compilation failed: {error}"));
    };
    let data = serde_json::json!({ "diagnostics": whole_diagnostics(diagnostics) });
    ErrorObjectOwned::owned(COMPILE_ERROR, one_line(format!("Compilation failed: {error}")), Some(data))
}

/// What the compiler says, as many as fit into [`DIAGNOSTICS_BYTES_MAX`].
pub fn whole_diagnostics(diagnostics: &[serde_json::Value]) -> Vec<serde_json::Value> {
    let mut bytes = 0;
    let fits = |one: &&serde_json::Value| {
        bytes += one.to_string().len();
        bytes <= DIAGNOSTICS_BYTES_MAX
    };
    diagnostics.iter().take_while(fits).cloned().collect()
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

/// -32009: more answers wait for the client than it may leave unread.
pub fn unread() -> ErrorObjectOwned {
    object_with(
        ErrorCode::ServerIsBusy.code(),
        ErrorCode::ServerIsBusy.message(),
        "Too many bytes of answers are unread",
    )
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
        SubmitError::ReplacementUnderpriced { old, new, needed } => object_with(
            TOO_LOW_PRIORITY,
            format!("Priority is too low: ({old} vs {new})"),
            format!("The transaction has too low priority to replace another one: it needs at least {needed}."),
        ),
        SubmitError::NothingToReplace => {
            object_with(INVALID_TRANSACTION, "Invalid Transaction", "There is no transaction in the pool to replace")
        }
        full @ SubmitError::AccountFull { .. } => {
            object_with(IMMEDIATELY_DROPPED, "Immediately Dropped", full.to_string())
        }
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

/// One `chainHead_v1_follow` more than allowed.
pub fn too_many_follows() -> ErrorObjectOwned {
    object(
        TOO_MANY_FOLLOWS,
        format!("A connection may have {FOLLOWS_PER_CONNECTION_MAX} chainHead_v1_follow at a time"),
    )
}

/// A block that the follow does not know, or knows no longer.
pub fn not_pinned(hash: Hash) -> ErrorObjectOwned {
    object(NOT_PINNED, format!("Block {hash:?} is not pinned: it was not reported, or it was unpinned"))
}

/// `chainHead_v1_call` on a follow that has no runtimes.
pub fn follow_without_runtime() -> ErrorObjectOwned {
    object(FOLLOW_WITHOUT_RUNTIME, "chainHead_v1_call needs a chainHead_v1_follow with withRuntime = true")
}

/// `chainHead_v1_continue` of an operation that goes on by itself.
pub fn not_waiting(operation: &str) -> ErrorObjectOwned {
    object(NOT_WAITING, format!("Operation {operation:.64} has not sent operationWaitingForContinue"))
}

/// A hash twice in `chainHead_v1_unpin`.
pub fn duplicate_hash(hash: Hash) -> ErrorObjectOwned {
    object(DUPLICATE_HASH, format!("Block {hash:?} is twice in the list"))
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

#[cfg(test)]
mod tests;
