//! What calls of this pallet take, in picoseconds.
//!
//! Made by a script from `host/chain/benches/weights/timestamp.rs.in`: change that, not this.
//! Measured on AMD EPYC on 2026-11-23; 50000 accounts; `scripts/weights --write`.

use ziver_support::Weight;

/// `set`: a read and two writes. It is in each block, so that it can't be measured by itself: the block's own weight has it
/// already, and this counts it again.
pub const fn set() -> Weight {
    Weight::from_parts(40_000_000, 0)
}
