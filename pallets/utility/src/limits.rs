//! Limits of this pallet.

/// Calls in one batch.
pub const BATCHED_CALLS_MAX: u32 = 10_000;
