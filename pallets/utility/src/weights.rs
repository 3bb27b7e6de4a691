//! What calls take at most beyond the calls that they contain: benchmarks of this runtime. Time is in picoseconds.
//!
//! Made by a script from `host/chain/benches/weights/utility.rs.in`: change that, not this.
//! Measured on AMD EPYC on 2026-11-23; 50000 accounts; `scripts/weights --write`.

use ziver_support::Weight;

/// A batch by itself.
pub const BATCH: Weight = Weight::from_parts(3_150_000, 0);
/// Each call in a batch: its storage transaction and its event.
pub const BATCH_ITEM: Weight = Weight::from_parts(1_600_000, 0);
/// `with_weight`.
pub const WITH_WEIGHT: Weight = Weight::from_parts(31_500_000, 0);
