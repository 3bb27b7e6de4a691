//! Every bound of this crate, with its unit in its name.

/// Longest chain specification.
pub const SPEC_BYTES_MAX: usize = 64 << 20;
/// Deepest nesting of objects in a genesis configuration.
pub const GENESIS_JSON_DEPTH_MAX: usize = 64;
/// Longest storage key taken from a raw genesis.
pub const GENESIS_KEY_BYTES_MAX: usize = 8 << 10;

/// Longest body of a block as SCALE, before the runtime's own (stricter) limit is asked.
pub const BODY_BYTES_MAX: usize = 8 << 20;
/// Most extrinsics in a block.
pub const EXTRINSICS_COUNT_MAX: usize = 100_000;
/// Longest header as SCALE.
pub const HEADER_BYTES_MAX: usize = 16 << 10;
/// Most digest items in a header.
pub const DIGEST_ITEMS_COUNT_MAX: usize = 64;

/// Blocks above the finalised one, over all forks.
pub const NON_FINAL_COUNT_MAX: usize = 4_096;
/// Blocks on one height above the finalised one.
pub const SIBLINGS_COUNT_MAX: usize = 64;
/// Blocks that one call finalises.
pub const FINALIZE_COUNT_MAX: usize = NON_FINAL_COUNT_MAX;
/// Transactions that a block under construction has no room for before its author stops trying smaller ones.
pub const EXHAUSTED_SKIPS_MAX: usize = 8;

/// Memory for what was read of the last final state, in bytes, unless another figure is given: enough for about a million accounts.
pub const STATE_CACHE_BYTES: usize = 768 * 1024 * 1024;

/// Transactions that the runtime is given in one call, at most.
pub const BATCH_COUNT_MAX: usize = 64;
/// Bytes of them, at most. A longer one has a call of its own.
pub const BATCH_BYTES_MAX: usize = 256 * 1024;

/// Blocks whose signatures are recovered before their turn; the oldest makes room.
pub const PREPARED_BLOCKS_MAX: usize = 3;

/// Time that the runtime may take to name a block's signatures, in milliseconds. Past it they are recovered when execution comes
/// to them.
pub const AHEAD_CALL_MS_MAX: u64 = 2_000;

/// Calls of readers into the runtime that run at once. Less than the executor allows in all, so that the engine never waits
/// for clients.
pub const READER_CALLS_COUNT_MAX: usize = 16;
/// Time that a reader's call may take, in milliseconds.
pub const READER_CALL_MS_MAX: u64 = 10_000;
