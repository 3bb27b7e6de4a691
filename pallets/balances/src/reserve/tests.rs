//! reserve.
