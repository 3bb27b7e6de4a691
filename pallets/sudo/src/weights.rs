//! What calls take at most beyond the call that they contain, measured by benchmarks of this runtime.
//!
//! A script rewrites the constants.

use ziver_support::Weight;

/// `sudo`.
pub const SUDO: Weight = Weight::from_parts(10_000_000, 0);
/// `sudo_as`.
pub const SUDO_AS: Weight = Weight::from_parts(10_000_000, 0);
/// `set_key`.
pub const SET_KEY: Weight = Weight::from_parts(40_000_000, 0);
/// `remove_key`.
pub const REMOVE_KEY: Weight = Weight::from_parts(40_000_000, 0);
