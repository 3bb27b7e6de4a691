//! Why a transaction was not taken.

use ziver_primitives::Hash;

/// A refused submission. Nothing but the eviction that made room (if any) has changed in the pool.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// The same bytes are in the pool already.
    #[error("transaction {0:?} is already in the pool")]
    AlreadyImported(Hash),
    /// Found invalid a short while ago.
    #[error("transaction is temporarily banned")]
    TemporarilyBanned,
    /// Another transaction gives the same tags, and this one's priority is not higher by so much as a replacement needs.
    #[error("priority is too low: {new} does not replace {old}, which takes {needed}")]
    TooLowPriority {
        /// Highest priority among the transactions in the way.
        old: u64,
        /// Priority of the refused one.
        new: u64,
        /// Lowest priority that would do.
        needed: u64,
    },
    /// It was to replace another transaction, but none of the pool gives the same tags.
    #[error("no transaction of the pool gives the same tags")]
    NothingToReplace,
    /// The sender has as many transactions in the pool as one account may have, and this one comes after them.
    #[error("the account has reached its limit of {count_max} transactions or {bytes_max} bytes in the pool")]
    AccountFull {
        /// Most transactions of one account.
        count_max: usize,
        /// Most bytes of one account's transactions.
        bytes_max: usize,
    },
    /// The pool is full of better transactions.
    #[error("the pool is full and the priority of the transaction too low to make room")]
    ImmediatelyDropped,
    /// Longer than the pool takes.
    #[error("transaction of {bytes} bytes is longer than the limit of {bytes_max}")]
    TooLong {
        /// Its encoded length.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// Its validity provides no tag, so that the pool could not tell it from another.
    #[error("transaction provides no tag")]
    NoTags,
    /// Its validity names more or longer tags than the pool takes.
    #[error("transaction names too many or too long tags")]
    TooManyTags,
    /// Somebody wants to follow its status, but too many transactions are followed already.
    #[error("too many transactions are being watched (limit {watched_count_max})")]
    TooManyWatched {
        /// The limit.
        watched_count_max: usize,
    },
}
