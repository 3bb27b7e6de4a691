//! What calls take at most beyond the call that they contain: benchmarks of this runtime. Time is in picoseconds.
//!
//! Made by a script from `host/chain/benches/weights/sudo.rs.in`: change that, not this.
//! Measured on AMD EPYC on 2026-11-23; 50000 accounts; `scripts/weights --write`.

use ziver_support::Weight;
use ziver_system::limits::DB_WEIGHT;

/// What lies at one key for all calls of a block, sudo's own: its accesses are not in what was measured.
const READ: Weight = DB_WEIGHT.reads_writes(1, 0);
const READ_AND_WRITE: Weight = DB_WEIGHT.reads_writes(1, 1);

/// `sudo`.
pub const SUDO: Weight = Weight::from_parts(0, 0).saturating_add(READ);
/// `sudo_as`: the contained call finds an account that nothing has touched yet.
pub const SUDO_AS: Weight = Weight::from_parts(50_000_000, 0).saturating_add(READ);
/// `set_key`.
pub const SET_KEY: Weight = Weight::from_parts(1_600_000, 0).saturating_add(READ_AND_WRITE);
/// `remove_key`: works once, so it was not measured; the same accesses as `set_key`.
pub const REMOVE_KEY: Weight = SET_KEY;
