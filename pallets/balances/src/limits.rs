//! Limits of this pallet.

/// Holds on one account, in entries of its list.
pub const HOLDS_MAX: u32 = 16;
/// Freezes on one account, in entries of its list.
pub const FREEZES_MAX: u32 = 16;
