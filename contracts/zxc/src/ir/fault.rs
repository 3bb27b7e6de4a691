//! What reverts without a `revert` in the source, with the message that callers and `catch` see.

/// Why the machine reverted. The messages are part of the language: contracts and clients may compare them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// A result does not fit its width.
    Overflow,
    /// Division or remainder by 0.
    DivisionByZero,
    /// A conversion to a narrower integer, or to a type of another length, does not fit.
    OutOfRange,
    /// No such element or slice.
    IndexOutOfRange,
    /// `null` where a value is needed.
    NullValue,
    /// `pop` of an empty list.
    EmptyList,
    /// Bytes that are no UTF-8, or a slice through a character.
    MalformedText,
    /// Bytes that do not decode: arguments, `decode`, the answer of another contract, storage.
    MalformedData,
    /// A call of an action that the contract does not have.
    UnknownSelector,
    /// Value sent to an action that is not payable.
    ValueRefused,
    /// Re-entry into a `secure` action.
    ReentryRefused,
    /// The chain refused a transfer.
    TransferFailed,
    /// The other contract reverted without a message.
    CallReverted,
    /// The other contract trapped.
    CallTrapped,
    /// There is no contract at the address, or no code with the hash.
    NotCallable,
    /// The chain refused a call for another reason.
    CallFailed,
    /// More memory than a contract may have. It can't be caught.
    OutOfMemory,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Overflow,
        Self::DivisionByZero,
        Self::OutOfRange,
        Self::IndexOutOfRange,
        Self::NullValue,
        Self::EmptyList,
        Self::MalformedText,
        Self::MalformedData,
        Self::UnknownSelector,
        Self::ValueRefused,
        Self::ReentryRefused,
        Self::TransferFailed,
        Self::CallReverted,
        Self::CallTrapped,
        Self::NotCallable,
        Self::CallFailed,
        Self::OutOfMemory,
    ];

    /// What the revert says.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Overflow => "arithmetic overflow",
            Self::DivisionByZero => "division by zero",
            Self::OutOfRange => "value out of range",
            Self::IndexOutOfRange => "index out of range",
            Self::NullValue => "null value",
            Self::EmptyList => "empty list",
            Self::MalformedText => "malformed text",
            Self::MalformedData => "malformed data",
            Self::UnknownSelector => "unknown action",
            Self::ValueRefused => "action accepts no value",
            Self::ReentryRefused => "re-entry refused",
            Self::TransferFailed => "transfer failed",
            Self::CallReverted => "called contract reverted",
            Self::CallTrapped => "called contract trapped",
            Self::NotCallable => "no such contract",
            Self::CallFailed => "call failed",
            Self::OutOfMemory => "out of memory",
        }
    }
}
