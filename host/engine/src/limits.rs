//! Bounds of what the engine hands out in one answer, and of what it has written down.

/// Bytes of transactions in one answer to [`Event::Pending`](crate::Event::Pending). As hexadecimal they fit into one
/// response of JSON-RPC, which holds 32 MiB.
pub const PENDING_BYTES_MAX: usize = 15 << 20;
/// Transactions in one such answer.
pub const PENDING_COUNT_MAX: usize = 16_384;
/// Transactions that are written down to survive a restart.
pub const JOURNAL_COUNT_MAX: usize = 8_192;
/// Bytes of such transactions.
pub const JOURNAL_BYTES_MAX: usize = 32 << 20;
