//! Limits of execution. Those of code are in [`code::limits`](crate::code::limits).

/// How deep contracts may call each other: the called one of a transaction is the first, this many may lie above it.
pub const CALL_DEPTH_MAX: usize = 10;
/// Bytes of a key of storage.
pub const KEY_BYTES_MAX: u32 = 128;
/// Bytes of a value in storage.
pub const VALUE_BYTES_MAX: u32 = 16 * 1024;
/// Bytes of the data of an event.
pub const EVENT_BYTES_MAX: u32 = 16 * 1024;
/// Topics of an event.
pub const TOPICS_MAX: usize = 4;
/// Bytes of input or output of a call.
pub const CALL_BYTES_MAX: u32 = 256 * 1024;
/// Bytes of debug messages that a dry run collects; the rest is dropped.
pub const DEBUG_BYTES_MAX: usize = 64 * 1024;
/// Bytes of output that the event `Executed` shows.
pub const OUTPUT_BYTES_MAX: usize = 1024;
/// Storage transactions that all contracts of a call stack may have open together.
pub const TRANSACTIONS_MAX: u32 = 16;
/// Bytes of a salt.
pub const SALT_BYTES_MAX: usize = 1024;
/// Block hashes that contracts see.
pub const BLOCK_HASHES_MAX: u32 = 256;
/// Cells of terminated contracts that are removed at the end of a block.
pub const DELETED_CELLS_MAX: u32 = 128;

/// What is held for each cell that a contract stores.
pub const DEPOSIT_PER_ITEM: u128 = 1_000_000_000_000_000;
/// What is held for each byte that a contract stores, key not counted.
pub const DEPOSIT_PER_BYTE: u128 = 10_000_000_000_000;
