//! What calls take at most, measured by benchmarks of this runtime, database accesses included.
//!
//! A script rewrites the constants. A chain with its own validators has no limit on proofs, so proof sizes are zero.

use ziver_support::Weight;

/// `transfer_allow_death`: two accounts, one of them made or killed.
pub const TRANSFER_ALLOW_DEATH: Weight = Weight::from_parts(100_000_000, 0);
/// `force_transfer`.
pub const FORCE_TRANSFER: Weight = Weight::from_parts(100_000_000, 0);
/// `transfer_keep_alive`.
pub const TRANSFER_KEEP_ALIVE: Weight = Weight::from_parts(75_000_000, 0);
/// `transfer_all`.
pub const TRANSFER_ALL: Weight = Weight::from_parts(100_000_000, 0);
/// `force_unreserve`.
pub const FORCE_UNRESERVE: Weight = Weight::from_parts(45_000_000, 0);
/// `force_set_balance`: the account is made or killed.
pub const FORCE_SET_BALANCE: Weight = Weight::from_parts(75_000_000, 0);
/// `burn`.
pub const BURN: Weight = Weight::from_parts(75_000_000, 0);
