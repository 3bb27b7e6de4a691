//! Errors of this pallet.
#![allow(clippy::cast_possible_truncation, reason = "derived codecs cast the discriminants of their variants")]

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use ziver_support::{impl_module_error, pallets};

/// Why a call failed; the order is that of Substrate's contracts pallet, and errors that nothing here raises keep their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
#[scale_info(
    replace_segment("ziver_contracts", "pallet_contracts"),
    replace_segment("error", "pallet"),
    capture_docs = "always"
)]
pub enum Error {
    /// Invalid schedule supplied, e.g. with zero weight of a basic operation.
    InvalidSchedule,
    /// Invalid combination of flags supplied to a call of another contract.
    InvalidCallFlags,
    /// The executed contract exhausted its gas limit.
    OutOfGas,
    /// The output buffer supplied to a contract API call was too small.
    OutputBufferTooSmall,
    /// Performing the requested transfer failed.
    TransferFailed,
    /// Calls of contracts are nested too deeply, or the code's own calls are.
    MaxCallDepthReached,
    /// No contract was found at the specified address.
    ContractNotFound,
    /// No code could be found at the supplied code hash.
    CodeNotFound,
    /// No code info could be found at the supplied code hash.
    CodeInfoNotFound,
    /// A buffer outside of memory was passed to a contract API function.
    OutOfBounds,
    /// Input passed to a contract API function failed to decode as expected type.
    DecodingFailed,
    /// Contract trapped during execution.
    ContractTrapped,
    /// A value, key, output or event is larger than allowed.
    ValueTooLarge,
    /// Termination of a contract is not allowed while it is called already.
    TerminatedWhileReentrant,
    /// The input was forwarded to another contract and is gone.
    InputForwarded,
    /// The subject passed to a random function is too long.
    RandomSubjectTooLong,
    /// The number of topics passed to `deposit_event` is too high.
    TooManyTopics,
    /// The chain does not provide a chain extension.
    NoChainExtension,
    /// Failed to decode an XCM program.
    XCMDecodeFailed,
    /// A contract with the same address already exists.
    DuplicateContract,
    /// A contract terminated itself in its constructor.
    TerminatedInConstructor,
    /// A call tried to re-enter a contract that does not allow it.
    ReentranceDenied,
    /// A contract attempted to write in a call that may only read.
    StateChangeDenied,
    /// Origin doesn't have enough balance to pay the required storage deposits.
    StorageDepositNotEnoughFunds,
    /// More storage was created than allowed by the storage deposit limit.
    StorageDepositLimitExhausted,
    /// Code removal was denied because the code is still in use by at least one contract.
    CodeInUse,
    /// The contract ran to completion but decided to revert its storage changes. Its output, if any, is in the event `Executed`.
    ContractReverted,
    /// The contract's code was found to be invalid during validation.
    CodeRejected,
    /// An indeterministic code was used in a context where this is not permitted.
    Indeterministic,
    /// A pending migration needs to complete before the extrinsic can be called.
    MigrationInProgress,
    /// Migrate dispatch call was attempted but no migration was performed.
    NoMigrationPerformed,
    /// The contract has reached its maximum number of delegate dependencies.
    MaxDelegateDependenciesReached,
    /// The dependency was not found in the contract's delegate dependencies.
    DelegateDependencyNotFound,
    /// The contract already depends on the given delegate dependency.
    DelegateDependencyAlreadyExists,
    /// Can not add a delegate dependency to the code hash of the contract itself.
    CannotAddSelfAsDelegateDependency,
    /// Can not add more data to transient storage.
    OutOfTransientStorage,
    /// More storage transactions are open than allowed, or none to close.
    InvalidTransaction,
    /// The contract imports a function that this runtime does not have any more.
    UnknownFunction,
}

impl_module_error!(Error, pallets::CONTRACTS);
