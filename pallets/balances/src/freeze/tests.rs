//! freeze.
