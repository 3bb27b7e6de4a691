//! What calls take at most beyond the calls that they contain, measured by benchmarks of this runtime.
//!
//! A script rewrites the constants.

use ziver_support::Weight;

/// A batch by itself.
pub const BATCH: Weight = Weight::from_parts(4_000_000, 0);
/// Each call in a batch: its storage transaction and its event.
pub const BATCH_ITEM: Weight = Weight::from_parts(3_000_000, 0);
/// `with_weight`.
pub const WITH_WEIGHT: Weight = Weight::from_parts(3_000_000, 0);
