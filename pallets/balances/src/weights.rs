//! What calls take at most: benchmarks of this runtime, database accesses included. Time is in picoseconds.
//!
//! Made by a script from `host/chain/benches/weights/balances.rs.in`: change that, not this.
//! Measured on AMD EPYC on 2026-11-23; 50000 accounts; `scripts/weights --write`.
//!
//! A chain with its own validators has no limit on proofs, so proof sizes are zero.

use ziver_support::Weight;
use ziver_system::limits::DB_WEIGHT;

/// What lies at one key for all calls of a block, the total of money: its accesses are not in what was measured.
const TOTAL: Weight = DB_WEIGHT.reads_writes(1, 1);

/// `transfer_allow_death`: the sender is killed and leaves dust, the receiver is made.
pub const TRANSFER_ALLOW_DEATH: Weight = Weight::from_parts(315_000_000, 0).saturating_add(TOTAL);
/// `force_transfer`: the same, from an account that nothing has touched yet.
pub const FORCE_TRANSFER: Weight = Weight::from_parts(80_000_000, 0).saturating_add(TOTAL);
/// `transfer_keep_alive`: the receiver is made.
pub const TRANSFER_KEEP_ALIVE: Weight = Weight::from_parts(100_000_000, 0);
/// `transfer_all`: the sender is killed, the receiver is made.
pub const TRANSFER_ALL: Weight = Weight::from_parts(400_000_000, 0).saturating_add(TOTAL);
/// `force_unreserve`.
pub const FORCE_UNRESERVE: Weight = Weight::from_parts(31_500_000, 0);
/// `force_set_balance`: the account is made or killed.
pub const FORCE_SET_BALANCE: Weight = Weight::from_parts(50_000_000, 0).saturating_add(TOTAL);
/// `burn`.
pub const BURN: Weight = Weight::from_parts(4_000_000, 0).saturating_add(TOTAL);
