//! What calls of this pallet take, on the reference machine.
//!
//! The numbers are a script's: it measures and writes them. Time is in picoseconds.

use ziver_support::Weight;

/// `set`.
pub const fn set() -> Weight {
    Weight::from_parts(20_000_000, 0)
}
